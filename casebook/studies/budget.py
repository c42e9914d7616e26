"""A budget over years: what is added to its costs, what must be saved to balance it, and how much of that is found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from casebook.data.catalogue import TableEntry
from casebook.english import Money, Number, count
from casebook.errors import InputError
from casebook.methods import budget
from casebook.methods.costing import FinancialYear
from casebook.studies.assumed import Assumed
from casebook.studies.found import Found

CAUSES = {"inflation": "Inflation", "demand": "Demand", "pressure": "Pressures"}
"""What adds to costs, as the paper groups it."""
NEEDED = ("inflation", "requirement", "saving", "income", "gap", "council tax", "precept", "limit", "index")
_POUNDS = {"thousand pounds": 1_000.0, "million pounds": 1e6}


@dataclass(frozen=True)
class Budget:
    """A budget's changes in pounds, a row of ``lines`` each; ``tax`` is tried above the plan, per cent a year."""

    table: TableEntry
    area: str
    lines: pd.DataFrame
    tax: float | None = None

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.table.title}, {self.period}"

    @property
    def period(self) -> str:
        """The years it reaches over."""
        return f"{FinancialYear(self.years[0])} to {FinancialYear(self.years[-1])}"

    @cached_property
    def by_year(self) -> pd.DataFrame:
        """A row a year: each cause, ``costs``, ``requirement``, ``unexplained``, ``found`` and ``gap``, in pounds."""
        items = self.lines[self.lines["level"] == "item"]
        sums = items.pivot_table(index="year", columns="kind", values="pounds", aggfunc="sum", fill_value=0.0)
        found = pd.DataFrame({kind: sums.get(kind, 0.0) for kind in CAUSES}, index=self.years)
        found["costs"] = found.sum(axis=1)
        found["requirement"] = sums["requirement"]
        found["unexplained"] = found["requirement"] - found["costs"]
        found["saving"], found["income"] = -sums["saving"], -sums["income"]
        found["found"] = found["saving"] + found["income"]
        found["gap"] = found["requirement"] - found["found"]
        return found

    @property
    def years(self) -> list[int]:
        """The calendar years in which its financial years begin."""
        return [int(year) for year in sorted(self.lines.loc[self.lines["kind"] == "requirement", "year"])]

    def total(self, what: str) -> Money:
        """Return what a column of ``by_year`` comes to over all years."""
        return Money(float(self.by_year[what].sum()))

    def at(self, year: int, what: str) -> Money:
        """Return a column of ``by_year`` in a year."""
        return Money(float(self.by_year[what][year]))

    def _given(self, kind: str) -> pd.Series:
        return self.lines[self.lines["kind"] == kind].iloc[0]

    @property
    def by_service(self) -> pd.DataFrame:
        """What is added to the costs of each service over all years, a column a cause, the most first."""
        added = self.lines[self.lines["kind"].isin(list(CAUSES)) & (self.lines["level"] == "item")]
        sums = added.pivot_table(index="service", columns="kind", values="pounds", aggfunc="sum", fill_value=0.0)
        sums = sums[list(CAUSES)].assign(all=sums.sum(axis=1))
        return sums.sort_values("all", ascending=False, kind="stable")

    @property
    def pressures(self) -> pd.DataFrame:
        """Each pressure, a column a year, with what is left of it after the last, the largest first."""
        rows = self.lines[(self.lines["kind"] == "pressure") & (self.lines["level"] == "item")]
        wide = rows.pivot_table(
            index="item", columns="year", values="pounds", aggfunc="sum", fill_value=0.0, sort=False
        )
        wide["all"] = wide.sum(axis=1)
        return wide.sort_values("all", ascending=False, kind="stable")

    @property
    def passing(self) -> list[str]:
        """The pressures that are taken out again within the years."""
        over = self.pressures
        return [str(name) for name in over.index[(over["all"] == 0) & (over.drop(columns="all") != 0).any(axis=1)]]

    @property
    def share_missing(self) -> Number:
        """How much of what must be saved is not found, per cent."""
        return Number(self.total("gap").value / self.total("requirement").value * 100, unit="%")

    @property
    def widest(self) -> int:
        """The year with the largest gap."""
        return self.years[int(self.by_year["gap"].argmax())]

    # --- Council tax --------------------------------------------------------------------------------

    @property
    def per_cent(self) -> Money:
        """What one per cent of council tax brings a year."""
        return Money(float(self._given("council tax")["pounds"]))

    @property
    def limit(self) -> Number:
        """The largest rise without a referendum, per cent."""
        return Number(float(self._given("limit")["amount"]), 2, "%")

    @property
    def rise(self) -> Number:
        """The rise that is tried, per cent a year above the plan's: the limit, unless another was asked for."""
        return self.limit if self.tax is None else Number(self.tax, 2, "%")

    @property
    def precept_until(self) -> FinancialYear:
        """The last year for which the precept is confirmed that the plan counts on."""
        return FinancialYear(int(self._given("precept")["year"]))

    @property
    def at_risk(self) -> Money:
        """What the precept brings in the years for which it is not confirmed."""
        return Money(float(self._without_precept.sum()))

    @property
    def _without_precept(self) -> pd.Series:
        lost = float(self._given("precept")["amount"]) * float(self.per_cent)
        return pd.Series([lost if year > self.precept_until.starts else 0.0 for year in self.years], self.years)

    @property
    def with_tax(self) -> pd.DataFrame:
        """A row a year: ``gap``, the rise that ``closes`` it, the gap with tax ``raised``, and ``without`` precept."""
        gap = self.by_year["gap"]
        raised = gap - float(self.rise) * float(self.per_cent)
        return pd.DataFrame(
            {
                "gap": gap,
                "closes": gap / float(self.per_cent),
                "raised": raised,
                "without": raised + self._without_precept,
            }
        )

    # --- Prices -------------------------------------------------------------------------------------

    @property
    def in_first_prices(self) -> pd.DataFrame:
        """The requirement and the gap in the prices of the first year, by the first index printed."""
        index = self.lines[self.lines["kind"] == "index"]
        first = index[index["item"] == index["item"].iloc[0]].sort_values("year")
        rises = (first["amount"] / 100).tolist()
        return pd.DataFrame(
            {what: budget.rebased(self.by_year[what].tolist(), rises) for what in ("requirement", "gap")}, self.years
        )

    @property
    def in_force(self) -> pd.DataFrame:
        """What all changes up to a year come to in it: the requirement, and what is found of it."""
        return pd.DataFrame(
            {what: budget.in_force(self.by_year[what].tolist()) for what in ("requirement", "found")}, self.years
        )

    # --- What a reader is told ----------------------------------------------------------------------

    @property
    def over(self) -> str:
        """Over how many years it reaches."""
        return f"over {count(len(self.years), 'year', 'years')}"

    @property
    def summary(self) -> tuple[str, str, str]:
        """What must be saved, how much of it is not found, and what to ask."""
        first, widest = self.years[0], self.widest
        return (
            f"To balance its budget the council had to save or earn {self.total('requirement')} {self.over}, "
            f"{self.at(first, 'requirement')} of it in {FinancialYear(first)}.",
            f"For {self.total('gap')} of that ({self.share_missing.with_unit}) nothing had been found, "
            f"{self.at(widest, 'gap')} of it in {FinancialYear(widest)}.",
            self.question,
        )

    @property
    def question(self) -> str:
        """What to ask: for the part of the first year that the paper does not explain, or for the widest gap."""
        first = self.years[0]
        if self.at(first, "unexplained").value > 0:
            return (
                f"How much government funding is lost in {FinancialYear(first)}, when "
                f"{self.at(first, 'unexplained')} more must be saved than costs rise by?"
            )
        return f"Where will {self.at(self.widest, 'gap')} be found for {FinancialYear(self.widest)}?"

    @property
    def findings(self) -> list[Found]:
        """The gap, the year in which it is widest, what is not explained, and what council tax could do."""
        first, widest = self.years[0], self.widest
        share = Number(self.at(widest, "gap").value / self.at(widest, "requirement").value * 100, unit="%")
        left = Money(float(self.with_tax["raised"].sum()))
        return [
            Found(
                "gap",
                f"Nothing had been found for {self.total('gap')} of the {self.total('requirement')} to be saved "
                f"{self.over}.",
                f"Savings of {self.total('saving')} and new income of {self.total('income')} had been found.",
                self.total("gap"),
            ),
            Found(
                "widest-gap",
                f"The gap is widest in {FinancialYear(widest)}: {self.at(widest, 'gap')}, {share.with_unit} of what "
                "must be saved that year.",
                f"For {FinancialYear(first)} itself {self.at(first, 'gap')} is missing.",
                self.at(widest, "gap"),
            ),
            Found("unexplained", self.unexplained, self.explained, self.at(first, "unexplained")),
            Found(
                "council-tax",
                f"Council tax {self.rise.with_unit} higher in each year would leave {left} of the gap."
                if left.value > 0
                else f"Council tax {self.rise.with_unit} higher in each year would close the gap {self.over}.",
                f"Each 1% brings about {self.per_cent} a year. The plan already counts on a precept for adult social "
                f"care, confirmed up to {self.precept_until}; without it {self.at_risk} more would be missing later.",
                left,
            ),
        ]

    @property
    def unexplained(self) -> str:
        """By how much the first year's requirement and the costs listed differ, as a sentence."""
        first = self.years[0]
        differs = self.at(first, "unexplained")
        return (
            f"In {FinancialYear(first)} {differs.size} {'more' if differs.value > 0 else 'less'} must be saved than "
            "inflation, demand and pressures add."
        )

    @property
    def explained(self) -> str:
        """How far the costs listed explain what must be saved over all years."""
        rest = self.total("unexplained")
        return (
            f"{self.over.capitalize()} costs rise by {self.total('costs')}, {rest.size} "
            f"{'less' if rest.value > 0 else 'more'} than must be saved. The paper names less government "
            "funding as a reason, but no amount."
        )

    @property
    def glance(self) -> str:
        """The finding of the report's card."""
        return f"Nothing was found for {self.total('gap')} of {self.total('requirement')} to be saved."

    @property
    def trend(self) -> tuple[pd.Series, str]:
        """What the card draws, and of what it is."""
        # By names of years: what is planned has no last year to have gone up or down in.
        return self.by_year["gap"].rename(lambda year: str(FinancialYear(year))), "not found, by financial year"

    @property
    def cautions(self) -> list[str]:
        """What speaks against it, in a few words each."""
        return [f"no saving found for {self.share_missing.with_unit}"] if self.share_missing.value > 0 else []

    @property
    def assumptions(self) -> list[Assumed]:
        """What is taken as true."""
        return [
            Assumed(
                "What a year saves it saves in every later year too; the paper adds up the years in the same way.",
                "green", "high", "the paper speaks of a total across the five years",
            ),
            Assumed(
                f"One per cent of council tax brings {self.per_cent} in each year, however much it was raised before; "
                "the plan counts on the precept in each year.",
                "amber", "low", "the paper says approximately so much for each 1%",
            ),
            Assumed(
                "Prices rise as the paper expects of standard costs other than pay.",
                "amber", "low", "the first row of its table of inflation",
            ),
        ]  # fmt: skip


def read(frame: pd.DataFrame, area: str, tax: float | None = None) -> Budget:
    """Read a budget over years.

    Parameters
    ----------
    frame
        A table of the catalogue, a row a change: ``kind``, ``service``, ``item``, ``year``, ``amount`` in the ``unit``
        and ``level``, "item" or "total".
    area
        Whose it is.
    tax
        How much more than planned council tax rises each year, per cent; None for the limit that the table gives.

    Raises
    ------
    InputError
        If the table lacks a kind of row.

    Examples
    --------
    >>> from casebook.data import tables
    >>> found = read(tables.read("five_year_budget"), "Cambridgeshire")
    >>> str(found.total("requirement")), str(found.total("gap")), found.share_missing.with_unit
    ('£84.8 million', '£44.7 million', '53%')
    """
    table: TableEntry = frame.attrs["table"]
    if lacking := [kind for kind in NEEDED if kind not in set(frame["kind"])]:
        raise InputError(f"data/raw/{table.path} has no row of the kind {lacking[0]}, which a budget needs: add one.")
    pounds = frame["amount"] * frame["unit"].map(_POUNDS)
    lines = frame.assign(pounds=pounds)
    return Budget(table, area, lines, tax)
