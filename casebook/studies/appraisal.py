"""A case that spends to save: what it costs and brings over years, what must come about, and how sure that is."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook.data.catalogue import TableEntry
from casebook.english import Money, Number, Odds, Payback, PerPound, Range, count, listed, percent
from casebook.errors import InputError
from casebook.methods import appraisal
from casebook.methods.costing import FinancialYear
from casebook.studies.sensitivity import Bar, Sensitivity

COLUMNS = ("id", "item", "kind", "of", "cashable", "starts", "until", "amount", "low", "high", "unit")
_UP_TO, _AROUND = (0.25, 0.5, 0.75, 1.0), (0.5, 0.75, 1.0, 1.25)
"""Of what the paper says, in a table of two inputs: where that is the most there can be, and where it is not."""
_SAME = 1e-9
YEARS = 5
WEEKS = 52
"""Of a year: what an amount "a week" is counted for."""


@dataclass(frozen=True)
class Basis:
    """How a case is appraised: over how many years, at which rate, in which prices, and how far inputs may be off.

    Without ``years`` it is looked at over those that its table's description says, or over five.
    ``inflation`` turns amounts into cash or, where they are ``nominal``, cash into real amounts. ``optimism`` raises
    costs by a share. Where a paper gives no range, costs and benefits are tried at ``cost_spread`` and
    ``benefit_spread``, shares of what it says, on either side.
    """

    years: int = 0
    rate: float = appraisal.STANDARD
    inflation: float = 0.02
    nominal: bool = False
    optimism: float = 0.0
    cost_spread: float = 0.1
    benefit_spread: float = 0.25
    runs: int = 10_000
    seed: int = 0

    @property
    def prices(self) -> str:
        """In which prices the source's sums are taken to be."""
        if self.nominal:
            return f"cash, with prices rising by {percent(self.inflation, 1)} a year"
        return "sums in the prices of the first year"

    @property
    def levels(self) -> NDArray[np.float64]:
        """The price level of each year, the first 1."""
        return appraisal.price_levels(self.years, self.inflation)


@dataclass(frozen=True)
class Flow:
    """A cost, a benefit or funding: pounds of each year, in the first year's prices."""

    id: str
    item: str
    kind: str
    cashable: bool
    by_year: tuple[float, ...]
    worth: Money
    """All its years together, in the first year."""


@dataclass(frozen=True)
class Input:
    """What flows are in proportion to: the number the paper gives, and the least and the most it is tried at."""

    item: str
    paper: Number
    low: float
    high: float
    of: tuple[str, ...]
    least: float | None = None
    """The least that the paper names, where it gives a range."""

    @property
    def factors(self) -> tuple[float, float, float]:
        """The lowest, the central and the highest, as a share of what the paper says."""
        return self.low, 1.0, self.high

    @property
    def counted(self) -> bool:
        """Whether it is a number of people or things, which are whole."""
        return not isinstance(self.paper, Money) and not self.paper.unit.startswith(("per ", "week"))

    def at(self, factor: float) -> str:
        """Return the number it is at a share of what the paper says: of what is counted, the whole ones that suffice.

        Of other numbers with a decimal more than the paper has.
        """
        exact = self.paper.like(self.paper.value * factor)
        if not self.counted:
            return str(exact if isinstance(exact, Money) else replace(exact, decimals=exact.decimals + 1))
        # Binary noise adds nobody.
        return f"{ceil(exact.value - _SAME):,}"

    @property
    def steps(self) -> tuple[float, ...]:
        """The shares of what the paper says that a table shows."""
        return _UP_TO if self.high <= 1 else _AROUND

    def tried(self, *factors: float) -> list[Number]:
        """Return the numbers it is tried at: as they are calculated with, but ten and more of what is counted whole."""
        exact = [self.paper.like(self.paper.value * factor) for factor in factors]
        if isinstance(self.paper, Money):
            return exact
        whole = self.counted and min(one.value for one in exact) >= 10
        places = next(
            (some for some in (0, 1) if whole or all(abs(round(one.value, some) - one.value) < _SAME for one in exact)),
            2,
        )
        return [replace(one, decimals=places) for one in exact]


@dataclass(frozen=True)
class Case:
    """A case with what it costs and brings; ``missing`` says what the paper leaves out that a decision needs."""

    table: TableEntry
    area: str
    basis: Basis
    first: FinancialYear
    flows: tuple[Flow, ...]
    inputs: tuple[Input, ...]
    missing: tuple[str, ...]
    against: tuple[Input, ...] = ()
    """What would undo it, each by what one of it costs a year."""

    def of_kind(self, kind: str) -> list[Flow]:
        """Return its costs, benefits or funding."""
        return [flow for flow in self.flows if flow.kind == kind]

    def _yearly(self, kind: str) -> NDArray[np.float64]:
        rows = [np.array(flow.by_year) for flow in self.of_kind(kind)]
        return np.asarray(sum(rows, np.zeros(self.basis.years)))

    def _worth(self, flows: Sequence[Flow]) -> Money:
        return Money(sum(float(flow.worth) for flow in flows))

    @property
    def period(self) -> str:
        """The years it is appraised over."""
        return f"{self.first} to {FinancialYear(self.first.starts + self.basis.years - 1)}"

    @property
    def cost(self) -> Money:
        """What it costs in the last of the years: a year, once it is running."""
        return Money(float(self._yearly("cost")[-1]))

    @property
    def benefit(self) -> Money:
        """What it brings in the same year."""
        return Money(float(self._yearly("benefit")[-1]))

    @property
    def costs(self) -> Money:
        """All costs, discounted."""
        return self._worth(self.of_kind("cost"))

    @property
    def benefits(self) -> Money:
        """All benefits, discounted."""
        return self._worth(self.of_kind("benefit"))

    @property
    def cashable(self) -> Money:
        """Those by which a budget can be cut."""
        return self._worth([flow for flow in self.of_kind("benefit") if flow.cashable])

    @property
    def funding(self) -> Money:
        """Money from elsewhere, discounted; no benefit, since it could be spent otherwise."""
        return self._worth(self.of_kind("funding"))

    @property
    def net(self) -> Money:
        """The net present value."""
        return Money(float(self.benefits) - float(self.costs))

    @property
    def pays(self) -> bool:
        """Whether it at least breaks even where all is as the paper says."""
        return self.net.value >= 0 or self.net.nothing

    @property
    def ratio(self) -> PerPound | None:
        """Benefits for each pound of cost; None where nothing is spent."""
        found = appraisal.benefit_cost_ratio(float(self.benefits), float(self.costs))
        return None if found is None else PerPound(found)

    @property
    def net_by_year(self) -> NDArray[np.float64]:
        """Benefits less costs of each year, not discounted."""
        return self._yearly("benefit") - self._yearly("cost")

    @property
    def payback(self) -> Payback:
        """When what was spent has come back."""
        return Payback(appraisal.payback(self.net_by_year.tolist()), self.basis.years)

    @property
    def discounted_payback(self) -> Payback:
        """The same, later years counting less."""
        return Payback(appraisal.payback(self.net_by_year.tolist(), self.basis.rate), self.basis.years)

    @property
    def needed(self) -> Number | None:
        """How much of its benefits must come about for it to break even, per cent; None where the paper gives none."""
        return Number(float(self.costs) / float(self.benefits) * 100, unit="%") if float(self.benefits) else None

    @property
    def cannot_lose(self) -> list[str]:
        """The benefits without which it no longer breaks even, the largest first."""
        ordered = sorted(self.of_kind("benefit"), key=lambda flow: -float(flow.worth))
        return [flow.item for flow in ordered if self.pays and float(self.net) < float(flow.worth)]

    @property
    def at_least(self) -> Money | None:
        """The net present value where all is at the least that the paper names; None where it names no range."""
        named = [1.0 if one.least is None else one.least for one in self.inputs]
        return self._net(named) if min(named) < 1 else None

    # --- What a reader is told ----------------------------------------------------------------------

    @property
    def all_cash(self) -> bool:
        """Whether a budget can be cut by all its benefits."""
        return not self.cashable.nothing and all(flow.cashable for flow in self.of_kind("benefit"))

    @property
    def cash(self) -> str:
        """Whether a budget can be cut by its benefits."""
        if self.cashable.nothing:
            return "none of it is cash by which a budget can be cut"
        if self.all_cash:
            return "all of it is cash by which a budget can be cut"
        return (
            f"{Number(float(self.cashable) / float(self.benefits) * 100)}% of it is cash by which a budget can be cut"
        )

    @property
    def verdict(self) -> str:
        """Whether it pays, to be said after what it costs and brings in a year."""
        if self.needed is None:
            return "The paper puts no sum on what it brings."
        if not self.pays:
            return f"Even in full that is {Money(-self.net.value)} too little {self.over}; {self.cash}."
        return f"It breaks even if {self.needed.with_unit} of that comes about; {self.cash}."

    @property
    def over(self) -> str:
        """Over how many years it is looked at."""
        return f"over {count(self.basis.years, 'year', 'years')}"

    @property
    def question(self) -> str:
        """What to ask: for the first thing that the paper leaves out."""
        return f"Who can say {self.missing[0]}?" if self.missing else "Who will count whether the benefits come about?"

    @property
    def enough(self) -> str:
        """How much of the benefits it takes to break even, as a sentence."""
        if self.needed is None:
            return "The paper puts no sum on what it brings."
        if not self.pays:
            return f"It breaks even only if benefits are {Number(self.needed.value / 100, 1)} times those claimed."
        return f"It breaks even if {self.needed.with_unit} of the benefits claimed come about."

    @property
    def gap(self) -> Money:
        """What every year would have to bring more for it to break even, such as income that the paper leaves out."""
        return Money(-float(self.net) / appraisal.present_value([1.0] * self.basis.years, self.basis.rate))

    @property
    def weighed(self) -> str:
        """Benefits against costs, and against them while there are costs, where these end and benefits go on."""
        said = (
            f"Benefits of {self.period} are worth {self.benefits} in {self.first}, {self.net.more} than the costs of "
            f"{self.costs}."
        )
        costs, benefits = self._yearly("cost"), self._yearly("benefit")
        last = int(np.flatnonzero(costs)[-1])
        # What is built first and brings something later is no such case.
        if (
            not benefits[0]
            or not 0 < last < self.basis.years - 1
            or np.count_nonzero(costs) < last + 1
            or not benefits[last + 1 :].any()
        ):
            return said
        cost, benefit = (
            appraisal.present_value(one[: last + 1].tolist(), self.basis.rate) for one in (costs, benefits)
        )
        return (
            f"{said} Costs end in {self._year(last)} and benefits are counted on; up to then these bring "
            f"{PerPound(benefit / cost)}."
        )

    @property
    def spread(self) -> str:
        """Between what most futures lie, and whether any that was tried could fail."""
        said = f"In 80 of 100, benefits less costs lie {self.middle.between}."
        ends = [min((float(self._with((one, end))), end) for end in (one.low, one.high))[1] for one in self.inputs]
        sure = self.pays and float(self._net(ends)) >= 0
        return f"{said} Even the worst of all that is tried breaks even, so this is no test." if sure else said

    @property
    def leans(self) -> str:
        """What the benefits that must come about rest on."""
        said = [self._in_numbers] if self._in_numbers else []
        if self.needed is not None and not self.pays:
            said.append(f"{self.gap} more every year, of whatever kind, would be enough, too.")
        if len(self.of_kind("benefit")) > 1 and self.cannot_lose:
            said.append(self.without_the_largest)
        if self.at_least is not None:
            least = self.at_least
            brings = "brings" if least.value > 0 else "loses"
            said.append(
                "At the least that the paper's words allow, it "
                f"{'only breaks even' if least.nothing else f'{brings} {least.size}'}."
            )
        return " ".join([*said, *self._undone])

    @property
    def _undone(self) -> list[str]:
        """How many of what would undo it are as dear as what it brings in the last year."""
        left = Money(float(self.benefit) - float(self.cost))
        return [
            f"The {left} that it brings a year is what {Number(float(left) / float(one.paper), 1)} "
            f"{one.item} would cost."
            for one in self.against
            if left.value > 0
        ]

    @property
    def without_the_largest(self) -> str:
        """What does not cover the cost without the largest benefit it cannot lose, as a sentence."""
        rest = "the other benefit does" if len(self.of_kind("benefit")) == 2 else "the other benefits do"
        return f'Without "{self.cannot_lose[0]}", {rest} not cover the cost.'

    @property
    def asked(self) -> str:
        """What it costs and is said to bring, as a sentence."""
        costs, benefits = self._yearly("cost"), self._yearly("benefit")
        if costs[-1]:
            first = Money(float(costs[0]))
            spent = f"{self.cost} a year" + ("" if str(first) == str(self.cost) else f" ({first} in the first)")
        else:
            last = int(np.flatnonzero(costs)[-1])
            spent = f"{Money(float(costs.sum()))} {'up to' if last else 'in'} {self._year(last)}"
        full = int(np.flatnonzero(benefits < benefits[-1])[-1]) + 1 if benefits[0] < benefits[-1] else 0
        since = f" from {self._year(full)} on" if full else ""
        if self.all_cash:
            brings = f"bring {self.benefit} a year in cash"
        else:
            brings = (
                f"avoid {self.benefit} of other costs a year"
                if self.cashable.nothing
                else f"save {self.benefit} a year"
            )
        return f"It costs {spent} and is said to {brings}{since}."

    def _year(self, at: int) -> FinancialYear:
        return FinancialYear(self.first.starts + at)

    @property
    def _in_numbers(self) -> str:
        """How many are enough of what all benefits are in proportion to, if the paper counts anything of the kind."""
        benefits = {flow.id for flow in self.of_kind("benefit")}
        for one, factor in self.breaking_even_at:
            if one.counted and factor is not None and factor >= 0 and set(one.of) == benefits:
                if factor > 1:
                    return f"In proportion, that is {one.at(factor)} {one.paper.unit}, not {one.paper}."
                enough = one.at(factor)
                return f"That is {'all' if enough == str(one.paper) else f'{enough} of the'} {one.paper.with_unit}."
        return ""

    @property
    def doubts(self) -> list[str]:
        """What speaks against it, in a few words each."""
        found = {
            "it costs more than it brings": not self.pays,
            "no benefit is cash": self.cashable.nothing,
            "at the paper's lowest it loses": self.at_least is not None and float(self.at_least) < -1,
        }
        return [said for said, so in found.items() if so]

    @property
    def with_funding(self) -> str:
        """What it would bring if funding were a benefit; nothing where there is none."""
        if self.funding.nothing:
            return ""
        yearly = Money(float(self._yearly("funding")[-1]))
        after = Money(float(self.net) + float(self.funding))
        return (
            f"Counted with {yearly} a year that was saved elsewhere before, it would bring {after.size} "
            f"{'more' if after.value > 0 else 'less'} than it costs."
        )

    def for_each(self, item: str) -> Money | None:
        """Return the discounted costs for each of what an input counts; None where it counts no such thing."""
        counted = [one for one in self.inputs if one.item == item and not isinstance(one.paper, Money)]
        return Money(float(self.costs) / counted[0].paper.value) if counted else None

    # --- What if ------------------------------------------------------------------------------------

    @cached_property
    def _parts(self) -> tuple[list[float], list[list[int]]]:
        counted = [flow for flow in self.flows if flow.kind != "funding"]
        signs = {"cost": -1, "benefit": 1}
        worth = [signs[flow.kind] * float(flow.worth) for flow in counted]
        return worth, [[int(flow.id in one.of) for one in self.inputs] for flow in counted]

    def _net(self, factors: Sequence[float]) -> Money:
        parts, uses = self._parts
        return Money(float(appraisal.combined(parts, list(factors), uses)))

    def _with(self, *changed: tuple[Input, float]) -> Money:
        factors = {one.item: factor for one, factor in changed}
        return self._net([factors.get(one.item, 1.0) for one in self.inputs])

    @cached_property
    def breaking_even_at(self) -> list[tuple[Input, float | None]]:
        """Each input with the share of what the paper says at which the case breaks even; None where it never does."""
        # A value is in proportion to each input, so what moves with one is what is lost without it.
        return [
            (one, appraisal.switching_factor(float(self.net), float(self.net) - float(self._with((one, 0.0)))))
            for one in self.inputs
        ]

    @property
    def sensitivity(self) -> Sensitivity:
        """How far each input moves the net present value."""
        bars = [
            Bar(
                f"{one.item}: {Range(*one.tried(one.low, one.high))}",
                f'"{one.item}"',
                self._with((one, one.low)),
                self._with((one, one.high)),
            )
            for one in self.inputs
        ]
        return Sensitivity.of(self.net, bars)

    @property
    def two_inputs(self) -> tuple[Input, Input]:
        """The two benefits' inputs that move it most; the costs, where there is one."""
        moved = {one.item: abs(float(self._with((one, 0.0))) - float(self.net)) for one in self.inputs}
        cost, *others = self.inputs
        first, *rest = sorted(others, key=lambda one: -moved[one.item])
        return first, (rest or [cost])[0]

    @property
    def grid(self) -> pd.DataFrame:
        """The net present value at shares of two inputs: a row a share of the first, a column one of the second."""
        first, second = self.two_inputs
        cells = [[float(self._with((first, one), (second, other))) for other in second.steps] for one in first.steps]
        rows, columns = (list(map(str, one.tried(*one.steps))) for one in (first, second))
        return pd.DataFrame(cells, index=rows, columns=columns)

    @cached_property
    def _simulated(self) -> appraisal.Outcomes:
        parts, uses = self._parts
        ranges = [one.factors for one in self.inputs]
        return appraisal.simulate(parts, ranges, uses, self.basis.runs, self.basis.seed)

    @property
    def chance(self) -> Odds:
        """In how many simulated futures it at least breaks even."""
        return Odds(self._simulated.breaking_even * 100, runs=self.basis.runs)

    @property
    def middle(self) -> Range:
        """Where 80 of 100 net present values lie, to ten thousand pounds: a simulation knows no single pound."""
        return Range(*(Money(round(float(end), -4)) for end in np.quantile(self._simulated.values, [0.1, 0.9])))

    @property
    def by_year(self) -> pd.DataFrame:
        """A row a year: real costs, benefits and their difference, discounted and summed up, and in cash."""
        factors = appraisal.discount_factors(self.basis.years, self.basis.rate)
        years = [str(self._year(year)) for year in range(self.basis.years)]
        worth = self.net_by_year * factors
        return pd.DataFrame(
            {
                "year": years,
                "costs": self._yearly("cost"),
                "benefits": self._yearly("benefit"),
                "net": self.net_by_year,
                "factor": factors,
                "worth": worth,
                "so_far": worth.cumsum(),
                "cash": self.net_by_year * self.basis.levels,
            }
        )


def case(frame: pd.DataFrame, area: str, basis: Basis) -> Case:
    """Appraise a case.

    Parameters
    ----------
    frame
        A table of the catalogue, a row an item: ``kind`` is cost, benefit, funding, input, against, given or missing;
        ``amount`` is of each year from ``starts`` to ``until``, or on and on, and a benefit without one is the product
        of its inputs; ``low`` and ``high`` are the range that the source gives; ``of`` names the flows that an input is
        in proportion to. Rows of one kind and item are one flow. What is a week is counted for 52.
    area
        Whose case it is.
    basis
        How it is appraised.

    Raises
    ------
    InputError
        If the table has other columns, no cost or no benefit, or a row that cannot be used.

    Examples
    --------
    >>> from casebook.data import tables
    >>> found = case(tables.read("care_home_support"), "Cambridgeshire", Basis())
    >>> str(found.cost), str(found.benefit), str(found.ratio), found.needed.with_unit
    ('£297,000', '£731,839', '£2.46 for every £1', '41%')
    """
    table: TableEntry = frame.attrs["table"]
    file = f"data/raw/{table.path}"
    if lacking := [name for name in COLUMNS if name not in frame]:
        raise InputError(f"{file} has no column {listed(lacking)}, expected those of a case: add it.")
    flows = frame[frame["kind"].isin(["cost", "benefit", "funding"])]
    for kind in ("cost", "benefit"):
        if kind not in set(flows["kind"]):
            raise InputError(f"{file} has no row of the kind {kind}, expected one at least: add it.")
    lacking_sum = flows["amount"].isna() & (flows["kind"] != "benefit")
    if len(undated := flows.index[flows["starts"].isna() | lacking_sum]):
        raise InputError(f"{file}, row {_row(undated[0])}: a {flows['kind'][undated[0]]} needs a year and an amount.")
    _check_ranges(file, frame)
    basis = replace(basis, years=basis.years or table.years or YEARS)
    given = frame[frame["kind"] == "input"]
    yearly = _yearly(file, flows, given)
    first = int(flows["starts"].min())
    groups = flows.groupby(["kind", "item"], sort=False)
    made = tuple(_flow(group, yearly, first, basis) for _, group in groups)
    named = {str(name): str(group["id"].iloc[0]) for _, group in groups for name in group["id"]}
    return Case(
        table,
        area,
        basis,
        FinancialYear(first),
        made,
        tuple(_inputs(file, frame, made, named, basis)),
        tuple(map(str, frame.loc[frame["kind"] == "missing", "item"])),
        tuple(_against(row) for _, row in frame[frame["kind"] == "against"].iterrows()),
    )


def _in_pounds(row: Mapping[Hashable, Any]) -> float:
    """Return the pounds a year of an amount in pounds or thousands of them, a week or a year; of others, the number."""
    unit = str(row["unit"])
    return float(row["amount"]) * _scale(unit) * (WEEKS if "a week" in unit else 1)


def _scale(unit: str) -> int:
    return 1000 if unit.startswith("thousand") else 1


def _yearly(file: str, flows: pd.DataFrame, given: pd.DataFrame) -> dict[str, float]:
    """Return the pounds a year of each flow: its own amount or, without one, the product of its inputs."""
    found = {}
    for at, row in flows.iterrows():
        parts = [row] if pd.notna(row["amount"]) else [
            one for _, one in given.iterrows() if str(row["id"]) in str(one["of"]).split()
        ]  # fmt: skip
        if not parts:
            raise InputError(f"{file}, row {_row(int(str(at)))}: a benefit needs an amount, or inputs to multiply.")
        found[str(row["id"])] = float(np.prod([_in_pounds(part.to_dict()) for part in parts]))
    return found


def _row(at: int) -> int:
    # Frames count from 0, a spreadsheet from its header.
    return int(at) + 2


def _check_ranges(file: str, frame: pd.DataFrame) -> None:
    for at, row in frame.iterrows():
        low, high = (row["amount"] if pd.isna(row[end]) else row[end] for end in ("low", "high"))
        if not (pd.isna(row["amount"]) or low <= row["amount"] <= high):
            raise InputError(
                f"{file}, row {_row(int(str(at)))}: the amount is {row['amount']:g}, expected one from the least, "
                f"{low:g}, to the most, {high:g}: correct one of the three."
            )


def _flow(rows: pd.DataFrame, yearly: Mapping[str, float], first: int, basis: Basis) -> Flow:
    amounts = np.zeros(basis.years)
    for _, row in rows.iterrows():
        start = int(row["starts"]) - first
        end = basis.years - 1 if pd.isna(row["until"]) else int(row["until"]) - first
        amounts = amounts + appraisal.recurring(yearly[str(row["id"])], start, max(end, 0), basis.years)
    one = rows.iloc[0]
    if basis.nominal:
        amounts = amounts / basis.levels
    if one["kind"] == "cost":
        amounts = appraisal.with_optimism_bias(amounts, basis.optimism)
    by_year = tuple(amounts.tolist())
    worth = Money(appraisal.present_value(by_year, basis.rate))
    return Flow(str(one["id"]), str(one["item"]), str(one["kind"]), one["cashable"] == "yes", by_year, worth)


def _inputs(
    file: str, frame: pd.DataFrame, flows: Sequence[Flow], named: Mapping[str, str], basis: Basis
) -> list[Input]:
    """Return the cost as a whole, the inputs that benefits are in proportion to, and the benefits without any."""
    costs = [flow for flow in flows if flow.kind == "cost"]
    worth = Money(sum(float(flow.worth) for flow in costs), unit="pounds over all years")
    spread = basis.cost_spread
    found = [Input("All costs", worth, 1 - spread, 1 + spread, tuple(flow.id for flow in costs))]
    given = frame[frame["kind"] == "input"]
    for at, row in given.iterrows():
        of = tuple(str(row["of"]).split())
        if wrong := [name for name in of if name not in named]:
            raise InputError(
                f"{file}, row {_row(int(str(at)))}, column of: found {wrong[0]!r}, expected the id of a benefit or "
                "a cost: correct it."
            )
        found.append(_input(row, tuple(dict.fromkeys(named[name] for name in of)), basis))
    moved = {name for one in found for name in one.of}
    alone = [flow for flow in flows if flow.kind == "benefit" and flow.id not in moved]
    for flow in alone:
        rows = frame[(frame["kind"] == "benefit") & (frame["item"] == flow.item)]
        row = rows.iloc[0] if len(rows) == 1 else pd.Series({**rows.iloc[0], "amount": rows["amount"].sum()})
        found.append(_input(row, (flow.id,), basis))
    return found


def _against(row: pd.Series) -> Input:
    return Input(str(row["item"]), Money(_in_pounds(row.to_dict()), unit="pounds a year"), 1, 1, ())


def _input(row: pd.Series, of: tuple[str, ...], basis: Basis) -> Input:
    amount, unit = float(row["amount"]), str(row["unit"])
    decimals = next(places for places in (0, 1, 2) if places == 2 or round(amount, places) == amount)
    pounds, period = unit.partition("pounds")[1:]
    paper = Money(amount * _scale(unit), unit=pounds + period) if pounds else Number(amount, decimals, unit)
    if not amount or (pd.isna(row["low"]) and pd.isna(row["high"])):
        return Input(str(row["item"]), paper, 1 - basis.benefit_spread, 1 + basis.benefit_spread, of)
    low, high = (1.0 if pd.isna(row[end]) else float(row[end]) / amount for end in ("low", "high"))
    return Input(str(row["item"]), paper, min(low, 1 - basis.benefit_spread), high, of, low)
