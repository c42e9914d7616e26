"""Faults: what is wrong with the figures that differ, each told once, the most consequential first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from casebook.english import Money, about
from casebook.reconcile.verdicts import Verdict


@dataclass(frozen=True)
class PaperFault:
    """Why figures differ together, in plain words, what follows, and how much hangs on it."""

    id: str
    title: str
    follows: str = ""
    weight: float | None = None
    unit: str = "pounds"
    """What the weight counts: pounds, or people and the like, such as children."""

    @property
    def weighs(self) -> str:
        """The weight in words, as closely as a reader needs it; nothing, if it has none.

        Examples
        --------
        >>> PaperFault("a", "A.", weight=555_050).weighs, PaperFault("a", "A.", weight=1355.6, unit="children").weighs
        ('£555,050', 'about 1,400 children')
        >>> PaperFault("a", "A.", weight=1.28, unit="tonnes").weighs
        'about 1.3 tonnes'
        """
        if not self.weight or self.weight < 1:
            return ""
        if self.unit.startswith("pounds"):
            return str(Money(self.weight))
        if self.weight % 1 == 0:
            return f"{self.weight:,.0f} {self.unit}"
        # What is calculated through a rate or a share is no count; of few, a tenth is not too close.
        return f"{about(self.weight) if self.weight >= 10 else f'about {self.weight:.1f}'} {self.unit}"


class Reconciled(Protocol):
    """A printed figure with its verdict: of a notebook's record, or of a pack."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def figure(self) -> str: ...  # noqa: D102
    @property
    def verdict(self) -> str: ...  # noqa: D102
    @property
    def fault(self) -> PaperFault | None: ...  # noqa: D102
    @property
    def follows(self) -> str: ...  # noqa: D102


F = TypeVar("F", bound=Reconciled)


@dataclass(frozen=True)
class Card(Generic[F]):
    """A fault with its figures."""

    fault: PaperFault
    figures: tuple[F, ...]

    @property
    def anchor(self) -> str:
        """Where it stands on a page: a figure keeps its place, whether it differs alone or not."""
        return f"fault-{self.fault.id}" if len(self.figures) > 1 else f"figure-{self.figures[0].id}"

    @property
    def follows(self) -> str:
        """What follows from the fault or, if it does not say, from its figures."""
        return self.fault.follows or " ".join(dict.fromkeys(one.follows for one in self.figures if one.follows))

    @property
    def dependents(self) -> int:
        """How many other figures are calculated from these, as far as it is known."""
        own = {one.id for one in self.figures}
        return len({other for one in self.figures for other in getattr(one, "dependents", ())} - own)

    @property
    def _turn(self) -> tuple[bool, bool, float, bool]:
        weight = self.fault.weight or 0
        unreadable = self.figures[0].verdict == Verdict.UNREADABLE
        return not weight, not self.fault.unit.startswith("pounds"), -weight, unreadable


def cards(found: Iterable[F]) -> list[Card[F]]:
    """Return a card for each fault: by pounds, then by people, then those without a weight, in the order given."""
    groups: dict[Any, list[F]] = {}
    for one in found:
        if one.verdict in (Verdict.DIFFERS, Verdict.UNREADABLE):
            # A fault is of one report; another may have one of the same name.
            groups.setdefault((getattr(one, "report", ""), one.fault.id) if one.fault else one.id, []).append(one)
    made = [Card(group[0].fault or PaperFault(group[0].id, group[0].figure), tuple(group)) for group in groups.values()]
    return sorted(made, key=lambda card: card._turn)


def by_missing(found: Sequence[F]) -> dict[str, list[F]]:
    """Return the figures that cannot be calculated by what is missing for them."""
    groups: dict[str, list[F]] = {}
    for one in found:
        if one.verdict == Verdict.CANNOT:
            groups.setdefault(getattr(one, "missing", ""), []).append(one)
    return groups
