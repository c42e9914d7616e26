"""What people are told of a night: each trouble once and when it changes, then its end; readers, what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from casebook import clock
from casebook.data import project
from casebook.errors import and_list
from casebook.nightly import sending
from casebook.nightly.sending import Message, NotSentError
from casebook.nightly.settings import Nightly
from casebook.pack import comparison, models
from casebook.pack.models import Pack

TOLD = Path(".casebook/told.json")
_WAITING = 10
"""How many messages wait, at most, for a way to people that does not work."""


@dataclass(frozen=True)
class Night:
    """How a scheduled run ended: what is wrong, each a sentence, and how many reports it published anew."""

    ended: datetime
    failed: Sequence[str] = ()
    held: Sequence[str] = ()
    not_fetched: Sequence[str] = ()
    made: int = 0

    @property
    def troubles(self) -> list[str]:
        """All that is wrong."""
        return [*self.failed, *self.held, *self.not_fetched]


class _Told(BaseModel):
    """What the maintainers were told last, since when it is so, and what waits to be sent, by the way to send it."""

    troubles: tuple[str, ...] = ()
    since: datetime | None = None
    waiting: dict[str, tuple[Message, ...]] = {}


def tell(root: Path, nightly: Nightly, night: Night) -> list[str]:
    """Tell people of a night what they do not know yet.

    Parameters
    ----------
    root
        The project's folder: what was told is kept in ``.casebook/told.json``.
    nightly
        Whom to tell, and how.
    night
        How it went.

    Returns
    -------
    list of str
        What could not be sent, or not be noted as sent, and why, a sentence each. It is sent again the next night.
    """
    told = _told(root)
    said: list[str] = []
    waiting: dict[str, tuple[Message, ...]] = {}
    new = messages(night, told.troubles, told.since, models.read(root / "reports"))
    for way in nightly.tell:
        left = [*told.waiting.get(repr(way), ()), *new]
        try:
            while left:
                sending.send(left[0], way, root)
                del left[0]
        except NotSentError as error:
            said.append(f"People could not be told: {error}")
            waiting[repr(way)] = tuple(left[error.some_have_it :][-_WAITING:])
    began = told.since if told.since and night.troubles and told.troubles else night.ended
    now = _Told(troubles=tuple(night.troubles), since=began if night.troubles else None, waiting=waiting)
    try:
        project.write_whole(root / TOLD, now.model_dump_json(indent=2).encode())
    except OSError as error:
        said.append(f"What people were told cannot be noted ({error.strerror}), so they are told it again.")
    return said


def last_told(root: Path) -> datetime | None:
    """Return since when something is wrong, as the maintainers were told last; None if nothing is."""
    return _told(root).since


def messages(night: Night, before: Sequence[str], since: datetime | None, pack: Pack | None) -> list[Message]:
    """Return what is to be told.

    Parameters
    ----------
    night
        How it went.
    before, since
        What the maintainers know to be wrong, and since when something has been.
    pack
        What readers see now.

    Examples
    --------
    >>> night = Night(datetime(2026, 11, 24, 2, 1), failed=["care-rates: there is no table 'x'."])
    >>> [one] = messages(night, [], None, None)
    >>> print(one.subject)
    Casebook: 1 report failed
    >>> messages(night, night.troubles, night.ended, None)
    []
    """
    found = []
    name = f"Casebook, {and_list(pack.areas)}" if pack and 0 < len(pack.areas) < 4 else "Casebook"
    if night.troubles and sorted(before) != sorted(night.troubles):
        counts = [
            (len(night.failed), "report", "failed"),
            (len(night.held), "report", "held"),
            (len(night.not_fetched), "source", "not downloaded"),
        ]
        subject = and_list(f"{number} {noun}{'s' * (number != 1)} {what}" for number, noun, what in counts if number)
        lines = [*night.troubles, ""]
        if before and since:
            lines.append(f"Something has been wrong since {clock.in_words(since)}.")
        lines += [_what_readers_see(pack), "What each run did: python pipeline.py runs"]
        found.append(Message("maintainers", f"{name}: {subject}", "\n".join(lines)))
    elif before and not night.troubles:
        lines = [f"Nothing is wrong any more. Since {clock.in_words(since)} it had been:" if since else "", *before]
        found.append(Message("maintainers", f"{name}: all is well again", "\n".join(lines)))
    if night.made and pack and pack.reports:
        moved = [one for one in pack.changes if one.kind in ("headline", "new")]
        lines = [f"The reports were published on {pack.published}.", ""]
        if not pack.before:
            subject = "published for the first time"
            lines += [f"{one.title}, {one.area}" for one in pack.reports]
        elif moved:
            subject = f"{len(moved)} figure{'s' * (len(moved) != 1)} changed"
            lines += ["What changed:", *(comparison.in_words(one) for one in moved)]
        else:
            subject = "published anew"
            lines.append("No figure changed.")
        found.append(Message("audience", f"{name}: {subject}", "\n".join(lines)))
    return found


def _what_readers_see(pack: Pack | None) -> str:
    if pack is None or not pack.reports:
        return "No pack is published."
    kept = [one.title for one in pack.reports if one.kept_since]
    said = f"Readers see the pack published on {pack.published}"
    return f"{said}, with the last good page of {and_list(kept)}, marked." if kept else f"{said}."


def _told(root: Path) -> _Told:
    try:
        return _Told.model_validate_json((root / TOLD).read_bytes())
    except (FileNotFoundError, ValidationError):
        # What nobody remembers telling is told again.
        return _Told()
