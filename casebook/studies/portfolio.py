"""All cases that spend to save, side by side, and what is announced without a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from casebook.data.tables import Prepared
from casebook.english import Money, capital, count, number
from casebook.errors import InputError
from casebook.studies import build_up
from casebook.studies.appraisal import Basis, Case, case
from casebook.studies.build_up import BuildUp


@dataclass(frozen=True)
class Portfolio:
    """Cases, the one with most at stake first, each over its own years.

    ``missing`` has a row a saving without a case, ``posts`` a row a team that asks for staff without a caseload.
    ``built`` are those that only cost or earn, and whose sum is built up from rows.
    """

    cases: tuple[Case, ...]
    missing: pd.DataFrame
    posts: pd.DataFrame
    built: tuple[BuildUp, ...] = ()

    @property
    def paying(self) -> list[Case]:
        """Those that at least break even if all they claim comes about."""
        return [one for one in self.cases if one.pays]

    @property
    def losing(self) -> list[Case]:
        """The others, the one that loses most first."""
        return sorted((one for one in self.cases if not one.pays), key=lambda one: float(one.net))

    @property
    def unsure(self) -> list[Case]:
        """Of those that pay, the ones that break even in fewer than nine of ten simulated futures."""
        return [one for one in self.paying if one.chance.value < 90]

    @property
    def verdict(self) -> str:
        """How many pay for themselves, as a sentence."""
        pay, all_cases = capital(number(len(self.paying))), count(len(self.cases), "case", "cases")
        return f"{pay} of {all_cases} at least break even if all they claim comes about."

    @property
    def lost(self) -> str:
        """Which do not, as a sentence; nothing where all do."""
        if not self.losing:
            return ""
        worst = self.losing[0]
        return f'Even then, "{worst.table.title}" costs {Money(-worst.net.value)} more than it brings {worst.over}.'

    @property
    def doubtful(self) -> str:
        """How many of those that pay may well not, as a sentence; nothing where none."""
        if not self.unsure:
            return ""
        few, paying = capital(number(len(self.unsure))), number(len(self.paying))
        return f"{few} of the {paying} that can break even do so in fewer than nine of ten simulated futures."

    @property
    def announced(self) -> Money:
        """The savings of the first year that have no case."""
        return Money(float(self.missing["saving"].sum()))

    @property
    def without(self) -> str:
        """What is announced without a case, as a sentence."""
        proposals = capital(count(len(self.missing), "proposal announces", "proposals announce"))
        return (
            f"{proposals} {self.announced} of savings, each for its first year, and leave out what it takes to "
            "appraise them."
        )

    @property
    def frame(self) -> pd.DataFrame:
        """A row a case: costs, benefits and net worth in pounds, what it takes to break even, and what is missing."""
        return pd.DataFrame(
            {
                "case": one.table.title,
                "years": one.basis.years,
                "costs": float(one.costs),
                "benefits": float(one.benefits),
                "net": float(one.net),
                "ratio": None if one.ratio is None else one.ratio.value,
                "cash": float(one.cashable) / float(one.benefits) * 100,
                "needed": None if one.needed is None else one.needed.value,
                "chance": one.chance.value,
                "missing": one.missing[0] if one.missing else "",
            }
            for one in self.cases
        )

    @property
    def sums(self) -> pd.DataFrame:
        """A row a sum that is built up, the largest first: what is proposed, what its rows come to, what is wrong."""
        found = []
        for one in self.built:
            said, wrong = one.proposed, one.wrong
            found.append(
                {
                    "case": one.title, "proposed": said["printed"], "rebuilt": said["rebuilt"],
                    "follow": len(one.sums) - len(wrong), "of": len(one.sums),
                    "worst": "none" if wrong.empty else wrong.iloc[0]["item"],
                    "off": None if wrong.empty else abs(wrong.iloc[0]["off"]),
                }
            )  # fmt: skip
        frame = pd.DataFrame(found, columns=["case", "proposed", "rebuilt", "follow", "of", "worst", "off"])
        return frame.sort_values("proposed", ascending=False, kind="stable", ignore_index=True)


def of(prepared: Sequence[Prepared], missing: pd.DataFrame, posts: pd.DataFrame, area: str, basis: Basis) -> Portfolio:
    """Appraise all cases of an area.

    Parameters
    ----------
    prepared
        Tables of the catalogue; those that are no case of the area's are passed over.
    missing
        A row a saving without a case: ``subject``, ``saving`` (pounds a year), ``missing`` and ``takes``.
    posts
        A row a team that asks for staff without a caseload: the same, with ``asked`` in place of ``saving``.
    area
        Whose cases they are.
    basis
        How they are appraised; over the years of each table's description, unless it says otherwise.

    Raises
    ------
    InputError
        If no table is a case of the area's, or one cannot be used.

    Examples
    --------
    >>> from casebook.data import tables
    >>> missing, posts = tables.read("portfolio_missing"), tables.read("portfolio_missing_posts")
    >>> found = of(tables.read_all(), missing, posts, "Cambridgeshire", Basis())
    >>> [one.table.title for one in found.losing]
    ['Independent Living, built by the council', 'Support for informal carers']
    """
    found, built = [], []
    for one in prepared:
        if not {"cashable", "step"}.isdisjoint(one.frame) and one.table.area == area:
            frame = one.frame.copy()
            frame.attrs["table"] = one.table
            if "step" in frame:
                built.append(build_up.read(frame, area))
            else:
                found.append(case(frame, area, basis))
    if not found:
        raise InputError(f"no table of the catalogue is a case of {area} that spends to save: add one.")
    cases = tuple(sorted(found, key=lambda one: -float(one.costs)))
    return Portfolio(cases, missing, posts, tuple(built))
