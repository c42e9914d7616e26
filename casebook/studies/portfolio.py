"""All cases in one view: what each asks for and saves, whether it pays, whether its figures stand, what is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from casebook.data import catalogue
from casebook.data.project import root
from casebook.data.tables import Prepared
from casebook.english import Money, capital, count, number, some_of
from casebook.errors import InputError
from casebook.methods import appraisal as methods
from casebook.methods.costing import FinancialYear
from casebook.reconcile import figures
from casebook.reconcile.cases import Cases, Reconciliation
from casebook.reconcile.faults import Card, cards
from casebook.reconcile.places import Places
from casebook.reconcile.verdicts import Verdict
from casebook.studies import appraisal, budget, build_up, proposals, savings, short_series, team
from casebook.studies.appraisal import Basis, Case

TOO_LITTLE, OWN_REPORT, LEDGER = "too little printed", "own report", "ledger"
"""Kinds: what nobody can appraise from the papers, what a report of another kind is about, and sums of many cases."""
MEASURES = {
    "place": ("Place in the ranking, 1 where most is at stake", "place"),
    "case": "Case",
    "kind": "Kind of case",
    "report": "Report about it, a name of the same pack; none where it has none of its own",
    "stake": (
        "At stake in a year: the larger of what is asked for and saved",
        "pounds",
    ),
    "asked": ("Asked for in the year in which that is most", "pounds"),
    "saved": ("Saved, earned or avoided in the year in which that is most", "pounds"),
    "pays_back": "Whether it pays back within the years looked at",
    "payback": ("Pays back after, where a later year counts less", "years"),
    "chance": ("Probability of breaking even", "per cent"),
    "stands": ("Printed figures that stand, of those that can be calculated", "per cent"),
    "figures": ("Printed figures looked at", "figures"),
    "matters": "Printed figure that matters most",
    "right": "Whether that is right",
    "worst": "Most serious of the printed figures that are wrong",
    "missing": "What the paper does not say first of all",
}
"""What each column of the ranking holds, and the unit of numbers."""
RIGHT, WRONG, UNKNOWN = "right", "wrong", "cannot be calculated"
_UNSURE = 90
_VERDICTS = {Verdict.CANNOT: UNKNOWN, Verdict.DIFFERS: WRONG, Verdict.UNREADABLE: WRONG}


@dataclass(frozen=True)
class Entry:
    """One case: what it asks for and is said to save, pounds in the year in which each is most; None where nothing.

    ``pays_back`` (within the years looked at), ``payback`` (years, later ones counting less) and ``chance`` (of
    breaking even, of 100) are of cases that spend to save; None of others. ``missing`` is what its paper leaves out
    first of all, ``report`` the name of the report about it, if there is one.
    """

    case: str
    kind: str
    asked: float | None
    saved: float | None
    pays_back: bool | None
    payback: float | None
    chance: float | None
    missing: str
    report: str = ""
    printed: tuple[Reconciliation, ...] = ()
    matters: Reconciliation | None = None

    @property
    def stake(self) -> float:
        """What is at stake: the larger of what is asked for and what is saved."""
        return max(self.asked or 0.0, self.saved or 0.0)

    @property
    def stands(self) -> float | None:
        """How many of a hundred printed figures that can be worked out stand; None where none can."""
        known = [one for one in self.printed if one.verdict != Verdict.CANNOT]
        return sum(Verdict(one.verdict).stands for one in known) / len(known) * 100 if known else None

    @property
    def right(self) -> str | None:
        """Whether the figure that matters most is right; None where none can be checked."""
        return None if self.matters is None else _VERDICTS.get(Verdict(self.matters.verdict), RIGHT)

    @property
    def worst(self) -> Card[Reconciliation] | None:
        """The fault of its printed figures that most hangs on; None where none is wrong."""
        return next(iter(cards(self.printed)), None)


@dataclass(frozen=True)
class Portfolio:
    """``entries`` are all cases, the one with most at stake first; ``cases`` those of them that spend to save.

    ``others`` has a row a saving or a request that no notebook appraises.
    """

    entries: tuple[Entry, ...]
    cases: tuple[Case, ...]
    others: pd.DataFrame

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
        return [one for one in self.paying if one.chance.value < _UNSURE]

    def _back(self, pays: bool) -> list[Entry]:
        """Return those that pay back, or do not; also such as are no ``Case``, like a short series with its costs."""
        return [one for one in self.entries if one.pays_back is pays]

    @property
    def verdict(self) -> str:
        """How many pay for themselves, as a sentence."""
        pay, others = len(self._back(True)), len(self._back(False))
        many = f"{capital(number(pay))} of {number(pay + others)} cases that spend to save"
        return f"{many} at least break even if all they claim comes about."

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
    def unknown(self) -> pd.DataFrame:
        """What the papers say too little of to appraise it, a row each, the largest sum first."""
        rows = self.others[self.others["kind"] == TOO_LITTLE]
        return rows.assign(pounds=rows["saving"].fillna(rows["asked"])).sort_values("pounds", ascending=False)

    @property
    def _latest(self) -> pd.DataFrame:
        """Those of the latest papers: sums that began in different years are not to be added."""
        rows: pd.DataFrame = self.unknown[self.unknown["begins"] == self.unknown["begins"].max()]
        return rows

    @property
    def announced(self) -> Money:
        """What those of the latest papers save in their first year."""
        return Money(float(self._latest["saving"].sum()))

    @property
    def without(self) -> str:
        """What the latest papers announce and ask for and say too little of, as a sentence."""
        of = self._latest
        asking, saving = of["asked"].notna().sum(), of["saving"].notna().sum()
        proposals = count(int(saving), "proposal announces", "proposals announce")
        asks = f"{count(int(asking), 'asks', 'ask')} for {Money(float(of['asked'].sum()))}"
        first = FinancialYear(int(of["begins"].iloc[0]))
        sums = f"{proposals} {self.announced} of savings and {asks}"
        return f"For {first} {sums}, with too little printed to appraise them."

    def decided(self, right: str) -> list[Entry]:
        """Return the cases whose figure that matters most is right, wrong, or cannot be calculated."""
        return [one for one in self.entries if one.right == right]

    @property
    def decisive(self) -> str:
        """How far the figures that matter most can be relied on, as a sentence."""
        known = sum(one.matters is not None for one in self.entries)
        wrong, unknown = (len(self.decided(one)) for one in (WRONG, UNKNOWN))
        said = some_of(wrong, known, "figure that matters most", "figures that matter most", "is", "are")
        return f"{capital(said)} wrong, and {number(unknown)} cannot be calculated."

    @property
    def wrongest(self) -> str:
        """The case with most at stake of those whose figure that matters most is wrong, as a sentence."""
        wrong = self.decided(WRONG)
        return f'Of those that are wrong most is at stake in "{wrong[0].case}".' if wrong else ""

    @property
    def glance(self) -> str:
        """How many pay, and of how many the papers say too little, in a few words."""
        pay, others = len(self._back(True)), len(self._back(False))
        return f"{pay} of {pay + others} cases pay if all comes about; {len(self.unknown)} cannot be appraised."

    @property
    def cautions(self) -> list[str]:
        """What speaks against them, in a few words each."""
        found = {
            f"{len(self._back(False))} cost more than they bring": self._back(False),
            f"in {len(self.decided(WRONG))} the figure that matters most is wrong": self.decided(WRONG),
        }
        return [said for said, so in found.items() if so]

    @property
    def largest(self) -> str:
        """Where most is at stake, as a sentence."""
        return f'Most is at stake in "{self.stakes.index[0]}": {Money(float(self.stakes.iloc[0]))} in a year.'

    @property
    def stakes(self) -> pd.Series:
        """What is at stake, pounds, by case; without ledgers, which hold the sums of many cases."""
        return pd.Series({one.case: one.stake for one in self.entries if one.kind != LEDGER}, name="stake", dtype=float)

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """A row a case, the one with most at stake first: every measure (``MEASURES``), or nothing."""
        found = []
        for place, one in enumerate(self.entries, start=1):
            found.append(
                {
                    "place": place, "case": one.case, "kind": one.kind, "report": one.report or None,
                    "stake": one.stake, "asked": one.asked, "saved": one.saved, "pays_back": one.pays_back,
                    "payback": one.payback, "chance": one.chance, "stands": one.stands, "figures": len(one.printed),
                    "matters": _plain_name(one.matters), "right": one.right,
                    "worst": one.worst.fault.title if one.worst else None, "missing": one.missing,
                }
            )  # fmt: skip
        frame = pd.DataFrame(found)
        return frame.astype(dict.fromkeys(["asked", "saved", "payback", "stands", "chance"], float))

    @property
    def frame(self) -> pd.DataFrame:
        """A row a case that spends to save, the dearest first: costs, benefits and net worth in pounds."""
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
            }
            for one in self.cases
        )


def _plain_name(of: Reconciliation | None) -> str | None:
    """Return what a figure is, without where else it is printed."""
    return None if of is None else re.sub(r" \([^)]*\)|, in the (?:head|text|table|description)\b.*", "", of.figure)


class _Printed:
    """The printed figures of a table's report, or of one passage of a paper."""

    def __init__(self) -> None:
        self._register = figures.load(root())
        self._cases = Cases(root(), self._register)
        self._places = Places(root(), catalogue.load(root()))

    def of_table(self, name: str) -> dict[str, Any]:
        """Return the figures of the report about a table, and the one that matters most."""
        report = self._register.report_about(name)
        found = self._cases.of_report(report) if report else ()
        return {"report": report, "printed": found, "matters": self._cases.matters(report) if found else None}

    def of_case(self, row: Mapping[Any, Any]) -> dict[str, Any]:
        """Return the figures that stand in the same case of a paper as a row's line, and the one that the row names."""
        if not isinstance(row["figure"], str):
            return {}
        paper, here = str(row["paper"]), self._places.section(str(row["paper"]), int(row["line"]))[0]
        near = [one for one in self._register.figures.values() if one.paper == paper]
        own = tuple(self._cases.of(one.id) for one in near if self._places.section(paper, one.line)[0] == here)
        return {
            "report": self._register.figures[row["figure"]].report if row["kind"] == OWN_REPORT else "",
            "printed": own,
            "matters": next((one for one in own if one.id == row["figure"]), None),
        }


def _case(frame: pd.DataFrame, area: str, basis: Basis) -> dict[str, Any]:
    of = appraisal.case(frame, area, basis)
    costs, benefits = (of.by_year[what].max() for what in ("costs", "benefits"))
    return _plain("spends to save", float(costs), float(benefits), of.missing) | {
        "of": of, "chance": round(of.chance.value), **_back(of.discounted_payback.years),
    }  # fmt: skip


def _plain(kind: str, asked: float | None, saved: float | None, missing: Sequence[str] = ()) -> dict[str, Any]:
    """Return the measures of what neither pays back nor breaks even."""
    return {
        "kind": kind, "asked": asked, "saved": saved, "pays_back": None, "payback": None,
        "chance": None, "missing": missing[0] if missing else "",
    }  # fmt: skip


def _back(years: float | None) -> dict[str, Any]:
    return {"pays_back": years is not None, "payback": None if years is None else round(years, 1)}


def _sum(frame: pd.DataFrame, area: str, basis: Basis) -> dict[str, Any]:
    of = build_up.read(frame, area)
    if of.proposed["step"] != "said":
        return _plain("sum of parts", None, float(of.proposed["printed"]), of.missing)
    return _plain("sum of parts", float(of.most), float(of.brings) or None, of.missing)


def _team(frame: pd.DataFrame, area: str, basis: Basis) -> dict[str, Any]:
    of = team.read(frame, area, team.Terms())
    return _plain("staff for a list", None if of.price is None else float(of.price), None, of.missing)


def _series(frame: pd.DataFrame, area: str, basis: Basis) -> dict[str, Any]:
    costs, gains = (short_series.by_year(frame, kind) for kind in ("cost", "gain"))
    missing = [str(item) for item in frame.loc[frame["kind"] == "missing", "item"]]
    if costs.empty:
        return _plain("series", None, None, missing)
    back = methods.payback(gains.sub(costs, fill_value=0.0).tolist())
    return _plain("series", float(costs.max()), float(gains.max()), missing) | _back(back)


def _proposals(frame: pd.DataFrame, area: str, basis: Basis) -> dict[str, Any]:
    of = proposals.read(frame, area)
    silent = count(int(of.rounds["silent"].sum()), "proposal", "proposals")
    added, taken = (float(of.by_year[what].max()) for what in ("added", "taken"))
    return _plain(LEDGER, added, taken, [f"the sums of {silent}"])


def _budget(frame: pd.DataFrame, area: str, basis: Basis) -> dict[str, Any]:
    of = budget.read(frame, area)
    by_year, first = of.by_year, of.years[0]
    missing = f"why {of.at(first, 'unexplained').size} more must be saved in {FinancialYear(first)} than costs rise"
    return _plain(LEDGER, float(by_year["costs"].max()), float(by_year["found"].max()), [missing])


def _schedule(frame: pd.DataFrame, area: str, basis: Basis) -> dict[str, Any]:
    of = savings.schedule(frame)
    return _plain(LEDGER, None, float(of.total), [f"what {of.unlisted} of it is taken from"])


_Told = Callable[[set[str], set[str]], bool]
_Look = Callable[[pd.DataFrame, str, Basis], dict[str, Any]]
_KINDS: tuple[tuple[_Told, _Look], ...] = (
    (lambda columns, _: "cashable" in columns, _case),
    (lambda columns, _: "step" in columns, _sum),
    (lambda columns, _: set(proposals.COLUMNS) <= columns, _proposals),
    (lambda _, kinds: "requirement" in kinds, _budget),
    (lambda _, kinds: {"post", "allocated"} <= kinds, _team),
    (lambda _, kinds: "growth" in kinds, _series),
    (lambda columns, kinds: {"service", "item", "amount"} <= columns and "total" in kinds, _schedule),
)
"""How each kind of table is told and looked at, the first that fits."""


def _other(row: Mapping[Any, Any], printed: _Printed) -> Entry:
    """Return a row for what no notebook appraises, so that the pack does not say whether it pays."""
    asked, saved = (None if pd.isna(row[name]) else float(row[name]) for name in ("asked", "saving"))
    named = str(row["subject"]), str(row["kind"])
    return Entry(*named, asked, saved, None, None, None, str(row["missing"]), **printed.of_case(row))


def of(prepared: Sequence[Prepared], others: pd.DataFrame, area: str, basis: Basis) -> Portfolio:
    """Set all cases of an area side by side.

    Parameters
    ----------
    prepared
        Tables of the catalogue; those that are no case of the area's are passed over.
    others
        A row a saving or a request that no notebook appraises: ``subject``, ``kind`` ("too little printed", or "own
        report"), ``paper``, ``line``, ``begins`` (the first year), ``asked``, ``once`` (besides) and ``saving`` (pounds
        in that year), ``missing``, ``takes``, and the id of the ``figure`` that matters most.
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
    >>> found = of(tables.read_all(), tables.read("portfolio_others"), "Cambridgeshire", Basis())
    >>> [one.table.title for one in found.losing]
    ['Independent Living, built by the council', 'Support for informal carers']
    """
    others = others.assign(asked=others["asked"] + others["once"].fillna(0))
    printed, entries, cases = _Printed(), [], []
    for one in prepared:
        columns, kinds = set(map(str, one.frame)), set(one.frame.get("kind", ()))
        look = next((look for told, look in _KINDS if told(columns, kinds)), None)
        if look is None or one.table.area != area:
            continue
        frame = one.frame.copy()
        frame.attrs["table"] = one.table
        found = look(frame, area, basis)
        if "of" in found:
            cases.append(found.pop("of"))
        entries.append(Entry(one.table.title, **found, **printed.of_table(one.table.name)))
    if not cases:
        raise InputError(f"no table of the catalogue is a case of {area} that spends to save: add one.")
    entries += [_other(row, printed) for row in others.to_dict("records")]
    ranked = sorted(entries, key=lambda one: -one.stake)
    return Portfolio(tuple(ranked), tuple(sorted(cases, key=lambda one: -float(one.costs))), others)
