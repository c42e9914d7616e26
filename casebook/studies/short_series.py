"""A series too short for a model: what happened, mended where it was copied wrongly, and scenarios of what may come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from casebook.data.catalogue import TableEntry
from casebook.english import Gap, Money, capital, count, listed, ordinal, percent, written
from casebook.errors import InputError
from casebook.methods import forecast, repair
from casebook.methods.costing import FinancialYear
from casebook.methods.repair import Repaired
from casebook.studies.assumed import Assumed
from casebook.studies.found import Found
from casebook.studies.projection import Scenario

COLUMNS = ("id", "item", "kind", "year", "amount", "unit")
_PARTS = ["q1", "q2", "q3", "q4"]


@dataclass(frozen=True)
class Quarters:
    """A table of quarters as printed, a row a year, its totals, and what it is when the repeat is taken out."""

    printed: pd.DataFrame
    totals: pd.Series
    mended: Repaired | None

    @property
    def year(self) -> FinancialYear:
        """The year whose row was mended."""
        return FinancialYear(int(self.printed.index[self._mended.row]))

    @property
    def _mended(self) -> Repaired:
        if self.mended is None:
            raise InputError("No row of the quarters was mended: ask first whether one was.")
        return self.mended

    @property
    def said(self) -> str:
        """What was wrong in the row, as a sentence."""
        which = ordinal(self._mended.repeated + 1)
        return f"The row of {self.year} has its {which} quarter twice; without the repeat its total and all others fit."

    @property
    def steps(self) -> pd.DataFrame:
        """The row as printed, without the repeat, and the change of each quarter: ``what`` and the quarters."""
        row = self._mended.row
        before, after = self.printed.iloc[row].to_numpy(), self._mended.cells[row]
        rows = {"As printed": before, "Without the repeat": after, "Difference": after - before}
        frame = pd.DataFrame(rows, index=_PARTS).T
        return frame.assign(total=frame.sum(axis=1)).rename_axis("what").reset_index()

    @property
    def by_quarter(self) -> pd.DataFrame:
        """All quarters, mended where there was a repeat, a row a year."""
        cells = self.printed.to_numpy() if self.mended is None else self.mended.cells
        return pd.DataFrame(cells, self.printed.index, self.printed.columns)


@dataclass(frozen=True)
class ShortSeries:
    """A series in pounds by financial year, what a paper takes to come of it, and what that is to pay for.

    ``growth`` is the paper's, a share a year from the year ``starts`` on; ``unusual`` are the years that it calls so,
    because of ``why``. ``costs`` and ``gains`` are by year, as printed.
    """

    table: TableEntry
    area: str
    item: str
    history: pd.Series
    growth: float
    starts: int
    unusual: tuple[int, ...]
    why: str
    costs: pd.Series
    gains: pd.Series
    missing: tuple[str, ...]
    quarters: Quarters | None = None

    @property
    def usual(self) -> pd.Series:
        """The years that the paper does not call unusual."""
        return self.history[~self.history.index.isin(self.unusual)]

    @property
    def last(self) -> Money:
        """The last year's sum, from which the paper starts."""
        return Money(float(self.history.iloc[-1]))

    @property
    def mean(self) -> Money:
        """The mean of the usual years."""
        return Money(float(self.usual.mean()))

    @property
    def pace(self) -> float:
        """The growth from the first to the last of the usual years, a share a year."""
        years = self.usual.index
        return forecast.yearly_growth(
            float(self.usual.iloc[0]), float(self.usual.iloc[-1]), float(years[-1] - years[0])
        )

    def _path(self, base: float, growth: float) -> pd.Series:
        years = range(int(self.history.index[-1]) + 1, int(self.costs.index[-1]) + 1)
        return pd.Series([base * (1 + growth) ** max(0, year - self.starts + 1) for year in years], index=list(years))

    @property
    def scenarios(self) -> list[Scenario]:
        """What may come: from the paper's start, from the usual years, and without growth."""
        grow = f"grow by {percent(self.growth)} a year from {FinancialYear(self.starts)} on"
        return [
            Scenario("As the paper has it", f"{self.item} {grow}", self._path(self.last.value, self.growth)),
            Scenario(
                "From a usual year", f"the same growth from {self.mean}", self._path(self.mean.value, self.growth)
            ),
            Scenario("No growth", f"they stay at {self.mean}", self._path(self.mean.value, 0)),
        ]

    # --- What it is to pay for ----------------------------------------------------------------------

    def _above(self, base: float) -> float:
        """All that lies above the start, added up over the years."""
        return float((self._path(base, self.growth) - base).loc[self.costs.index[0] :].sum())

    def _each_rise(self, base: float) -> float:
        """As the paper counts: a year's growth of what the growth of the years before had become, for itself."""
        path = self._path(base, self.growth)
        before = path.shift(fill_value=base)
        return float((path - before).loc[self.costs.index[0] :].sum())

    @property
    def cost(self) -> Money:
        """All costs of the years."""
        return Money(float(self.costs.sum()))

    @property
    def gain(self) -> Money:
        """What the paper says that they bring, added up."""
        return Money(float(self.gains.sum()))

    @property
    def outcomes(self) -> pd.DataFrame:
        """What comes in over the years by what is taken: ``taken``, ``start``, ``gain`` and ``net`` of the costs."""
        last, mean = self.last.value, self.mean.value
        rows = [
            ("Each year's rise alone, as the paper prints it", self._last, last, self.gain.value),
            ("Each year's rise alone", self._usual, mean, self._each_rise(mean)),
            ("All above the start, each year", self._last, last, self._above(last)),
            ("All above the start, each year", self._usual, mean, self._above(mean)),
            ("No growth", self._usual, mean, 0.0),
        ]
        found = pd.DataFrame(rows, columns=["taken", "start", "base", "gain"])
        return found.assign(net=found["gain"] - self.cost.value)

    @property
    def _last(self) -> str:
        return str(FinancialYear(int(self.history.index[-1])))

    @property
    def _usual(self) -> str:
        years = self.usual.index
        return f"the mean of {FinancialYear(int(years[0]))} to {FinancialYear(int(years[-1]))}"

    @property
    def over(self) -> str:
        """Over how many years costs are printed."""
        return f"over {count(len(self.costs), 'year', 'years')}"

    # --- What a reader is told ----------------------------------------------------------------------

    @property
    def balance(self) -> str:
        """What it costs and brings in the paper's own figures, as a sentence."""
        net = Money(self.gain.value - self.cost.value)
        return f"{capital(self.over)} the plan costs {self.cost} and is said to bring {self.gain}, {net.more}."

    @property
    def glance(self) -> str:
        """The same in a few words."""
        net = Money(self.gain.value - self.cost.value)
        return f"{capital(self.over)} the plan brings {net.size} {_side(net)} than it costs."

    @property
    def from_usual(self) -> str:
        """What the same growth brings from the usual years, as a sentence."""
        gain = Money(float(self.outcomes["gain"].iloc[1]))
        return f"The same growth from {self.mean_of} brings {gain}."

    @property
    def mean_of(self) -> str:
        """What the usual years are called, as a sentence names their mean."""
        return f"the mean of {count(len(self.usual), 'year', 'years')}{f' before {self.why}' if self.why else ''}"

    @property
    def start(self) -> str:
        """How unusual the start is, as a sentence."""
        gap = Gap.between(self.last, self.mean)
        return f"The paper starts from {self.last} in {self._last}, {gap.share} {self.mean_of}."

    @property
    def counted(self) -> str:
        """What changes if all growth is counted in each later year, as a sentence."""
        low, high = (Money(float(self.outcomes["net"].iloc[at])) for at in (3, 2))
        return (
            f"If rises stay and are counted each year, the plan brings {high.size} {_side(high)} than it costs; "
            f"from the usual mean, {low.size} {_side(low)}."
        )

    @property
    def grew(self) -> str:
        """What the usual years did, as a sentence."""
        first, last = (FinancialYear(int(year)) for year in self.usual.index[[0, -1]])
        way = "grew" if self.pace > 0 else "fell"
        pace = f"{written(abs(self.pace) * 100, '.1f')}% a year"
        return f"From {first} to {last} {self.item} {way} by {pace}; the paper has {percent(self.growth)} growth."

    @property
    def too_few(self) -> str:
        """Why no forecast is made, as sentences."""
        years = count(len(self.history), "year", "years")
        unusual = (
            f", {listed(str(FinancialYear(year)) for year in self.unusual)} unusual among them" if self.unusual else ""
        )
        return (
            f"{capital(years)} are known{unusual}. That is too little for a forecast with a tested range, so scenarios "
            "say what would come of what is taken. No scenario is said to be likelier than another."
        )

    @property
    def question(self) -> str:
        """What to ask: for the first thing that the paper leaves out."""
        return f"Who can say {self.missing[0]}?" if self.missing else "Who counts what comes, year by year?"

    @property
    def cautions(self) -> list[str]:
        """What speaks against the paper's growth, in a few words each."""
        found = {
            "it costs more than it brings": self.gain.value < self.cost.value,
            "it starts from an unusual year": int(self.history.index[-1]) in self.unusual,
            f"{self.item} fell before": self.pace < 0,
        }
        return [said for said, so in found.items() if so]

    @property
    def findings(self) -> list[Found]:
        """What is found, the most important first."""
        net = Money(self.gain.value - self.cost.value)
        low = float(self.outcomes["net"].iloc[1])
        found = [
            Found("balance", self.balance, f"{self.from_usual} That is {Money(-low)} short of the costs.", net),
            Found("start", self.start, self.grew, self.last),
            Found(
                "counted",
                self.counted,
                "The paper counts each rise in its own year alone.",
                Money(float(self.outcomes["net"].iloc[2])),
            ),
        ]
        if self.quarters is not None and self.quarters.mended is not None:
            moved = float(self.quarters.steps[_PARTS].iloc[2].abs().sum())
            found.append(
                Found(
                    "repeat",
                    self.quarters.said,
                    "The row is corrected here, and the years' totals stay as printed.",
                    Money(moved),
                )
            )
        return found

    @property
    def assumptions(self) -> list[Assumed]:
        """What all this rests on."""
        return [
            Assumed(
                f"{capital(self.item)} grow by {percent(self.growth)} a year.", "red", "high", "the paper, as its aim",
                f"Without it nothing more would come {self.over}.",
            ),
            Assumed(
                "Money that comes back is a gain. It was paid out before, and need not be a saving.",
                "red", "high", "the paper", "Without it nothing pays for the costs.",
            ),
            Assumed(
                "Sums are as printed, whatever prices do.", "amber", "low", "the paper gives no price base",
            ),
        ]  # fmt: skip


def _side(net: Money) -> str:
    return "more" if net.value >= 0 else "less"


def read(
    frame: pd.DataFrame, area: str, by_quarter: pd.DataFrame | None = None, growth: float | None = None
) -> ShortSeries:
    """Read a short series, with what a paper takes to come of it and what that is to pay for.

    Parameters
    ----------
    frame
        A table of the catalogue, a row an item: ``kind`` is ``history`` (of a ``year``), ``cost`` and ``gain`` (of a
        year), ``growth`` (per cent a year, from a year on; its ``item`` says of what), ``unusual`` (a year; its
        ``item`` says why), ``missing``, or another that is not read here. Amounts are in pounds or thousands of them.
    area
        Whose it is.
    by_quarter
        The history by quarter, in its place: ``measure`` ("amount" is read), ``period`` ("2017-18", or "Total"), ``q1``
        to ``q4`` and ``total``. A row that has a quarter twice is mended.
    growth
        A share a year, in place of the paper's.

    Raises
    ------
    InputError
        If a table has other columns, or lacks a kind.

    Examples
    --------
    >>> from casebook.data import tables
    >>> found = read(tables.read("direct_payments"), "Cambridgeshire", tables.read("direct_payment_clawbacks"))
    >>> str(found.mean), found.balance
    ('£1.54 million', 'Over four years the plan costs £1.21 million and is said to bring £1.09 million, £124,263 less.')
    """
    table: TableEntry = frame.attrs["table"]
    file = f"data/raw/{table.path}"
    if lacking := [name for name in COLUMNS if name not in frame]:
        raise InputError(f"{file} has no column {lacking[0]}, expected those of a short series: add it.")
    grows = frame[frame["kind"] == "growth"]
    if len(grows) != 1:
        raise InputError(f"{file} has {len(grows)} rows of the kind growth, expected one: correct it.")
    sums = {kind: by_year(frame, kind) for kind in ("history", "cost", "gain")}
    quarters = None if by_quarter is None else _quarters(by_quarter)
    history = sums["history"] if quarters is None else quarters.totals
    for kind, held in {**sums, "history": history}.items():
        if len(held) < (2 if kind == "history" else 1):
            raise InputError(f"{file} has too few rows of the kind {kind}: give a sum of each year.")
    unusual = frame[frame["kind"] == "unusual"]
    years = tuple(int(year) for year in unusual["year"])
    if (~history.index.isin(years)).sum() < 2:
        raise InputError(f"{file} calls all years but one unusual: two usual years are needed to compare with.")
    stated = float(grows["amount"].iloc[0]) / 100 if growth is None else growth
    return ShortSeries(
        table, area, str(grows["item"].iloc[0]), history, stated,
        int(grows["year"].iloc[0]), years, " and ".join(unusual["item"]), sums["cost"], sums["gain"],
        tuple(map(str, frame.loc[frame["kind"] == "missing", "item"])), quarters,
    )  # fmt: skip


def by_year(frame: pd.DataFrame, kind: str) -> pd.Series:
    """Return the sums of a kind by the year in which each financial year begins, in pounds."""
    rows = frame[frame["kind"] == kind]
    scale = np.where(rows["unit"].astype(str).str.startswith("thousand"), 1000, 1)
    return pd.Series((rows["amount"].astype(float) * scale).to_numpy(), index=rows["year"].astype(int)).sort_index()


def _quarters(frame: pd.DataFrame) -> Quarters:
    table: TableEntry = frame.attrs["table"]
    if lacking := [name for name in ("measure", "period", *_PARTS, "total") if name not in frame]:
        raise InputError(f"data/raw/{table.path} has no column {lacking[0]}, expected those of quarters: add it.")
    amounts = frame[frame["measure"] == "amount"]
    years, total = amounts[amounts["period"] != "Total"], amounts[amounts["period"] == "Total"]
    printed = years.set_index(years["period"].str[:4].astype(int))[_PARTS].astype(float)
    totals = pd.Series(years["total"].astype(float).to_numpy(), index=printed.index)
    mended = None
    if len(total) == 1:
        mended = repair.without_repeat(
            printed.to_numpy(), totals.to_numpy(), total[_PARTS].iloc[0].astype(float).to_numpy()
        )
    return Quarters(printed, totals, mended)
