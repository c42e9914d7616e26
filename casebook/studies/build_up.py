"""A sum built up from its parts: what each adds, whether the paper's totals add up, and what is said of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from casebook.data.catalogue import TableEntry
from casebook.english import Money, Noun, Number, capital, count, listed, percent, some_of
from casebook.errors import InputError
from casebook.methods.costing import FinancialYear
from casebook.studies.assumed import Assumed
from casebook.studies.found import Found

COLUMNS = ("id", "item", "step", "part", "for_year", "recurs", "times", "sum", "unit")
ALL = "All"
"""What a sum of everything is a sum of; another is of a part, or of an item over all years."""
SAID = ("said", "rise", "left")
"""Sums that a case is proposed with: what it comes to, by how much more than the year before, what a budget leaves."""
RECURS = ("yes", "permanent")
"""A row that counts in later years too; that it is permanent, the paper says itself."""
MOST = 12
"""Rows that a chart can show; of more, it shows the parts."""
FEW = 4
"""Parts that a sentence can name."""
_STEPS = {"thousand pounds": 1e3, "million pounds": 1e6}
"""What the digits of a sum are in, where they are not in pounds."""
_SUMS = Noun("sum")


@dataclass(frozen=True)
class BuildUp:
    """Rows in the order printed, with ``pounds``: how often it is counted, times the sum."""

    table: TableEntry
    area: str
    rows: pd.DataFrame

    def _of(self, *steps: str) -> pd.DataFrame:
        found: pd.DataFrame = self.rows[self.rows["step"].isin(steps)]
        return found

    @cached_property
    def _added(self) -> pd.DataFrame:
        return self._of("row")

    @cached_property
    def _columns(self) -> dict[str, Any]:
        """What decides whether a row counts, as plain arrays: a page asks it some hundred times."""
        rows = self._added
        words = {name: rows[name].fillna("").to_numpy(object) for name in ("part", "item", "recurs")}
        return {**words, "for_year": rows["for_year"].to_numpy(float), "pounds": rows["pounds"].to_numpy(float)}

    def _counts(self, year: int | None, part: str = ALL) -> np.ndarray:
        """Return for each row whether it counts in a year, or in all: its own, and what recurs of those before."""
        of = self._columns
        counts: np.ndarray = (of["part"] == part) | (of["item"] == part) | (part == ALL)
        if year is not None:
            counts &= (of["for_year"] == year) | (np.isin(of["recurs"], RECURS) & (of["for_year"] <= year))
        return counts

    def _parts(self, year: int | None) -> pd.DataFrame:
        """Return the rows that count in a year, or in all."""
        found: pd.DataFrame = self._added[self._counts(year)]
        return found

    def total(self, year: int | None, part: str = ALL) -> Money:
        """Return what the rows of a year, or of all, come to."""
        return Money(float(np.nansum(self._columns["pounds"][self._counts(year, part)])))

    @cached_property
    def years(self) -> list[int]:
        """The years that there are rows for."""
        return sorted({int(year) for year in self._added["for_year"].dropna()})

    @property
    def recurs(self) -> bool:
        """Whether each year's rows add to those of the years before."""
        return bool(self._added["recurs"].isin(RECURS).any())

    @property
    def year(self) -> int | None:
        """The year that the case is proposed with; None for all years together."""
        first = self._of(*SAID).iloc[0]["for_year"]
        return None if pd.isna(first) else int(first)

    @property
    def period(self) -> str:
        """That year, or all."""
        return self._called(self.year)

    def _called(self, year: int | None) -> str:
        first, last = FinancialYear(self.years[0]), FinancialYear(self.years[-1])
        return str(FinancialYear(year)) if year is not None else f"{first} to {last}"

    @cached_property
    def sums(self) -> pd.DataFrame:
        """A row a sum that the paper has: ``item``, ``period``, ``printed``, ``rebuilt``, ``off`` and ``follows``."""
        found = []
        for row in self._of("total", *SAID).to_dict("records"):
            year = None if pd.isna(row["for_year"]) else int(row["for_year"])
            rebuilt = self._rebuilt(str(row["step"]), year, str(row["part"]))
            printed = float(row["pounds"])
            # What rounding allows: half of the last digit of the sum, and half a pound of each row.
            rows = int(self._counts(year, str(row["part"])).sum()) if row["step"] == "total" else 1
            allowed = 0.5 * (_STEPS.get(str(row["unit"]), 1.0) + rows)
            found.append(
                {
                    "item": row["item"], "step": row["step"], "period": self._called(year), "printed": printed,
                    "rebuilt": rebuilt, "off": printed - rebuilt, "follows": abs(printed - rebuilt) <= allowed,
                }
            )  # fmt: skip
        return pd.DataFrame(found)

    def _rebuilt(self, step: str, year: int | None, part: str) -> float:
        rebuilt = float(self.total(year, part))
        if step == "rise" and year is not None:
            return rebuilt - float(self.total(year - 1, part))
        return float(self.budget) - rebuilt if step == "left" else rebuilt

    @property
    def budget(self) -> Money:
        """What the rows are set against; nothing where there is no such thing."""
        return Money(float(self._of("budget")["pounds"].sum()))

    @property
    def brings(self) -> Money:
        """What the paper says that it brings or avoids; nothing where it does not say."""
        return Money(float(self._of("brings")["pounds"].sum()))

    @property
    def most(self) -> Money:
        """What is asked for in the year in which that is most, as the case says it or as its rows add up."""
        said = [row["pounds"] for row in self._of("said").to_dict("records") if not pd.isna(row["for_year"])]
        rows = self.by_year.iloc[-1].tolist() if len(self.by_year) else []
        return Money(max([*said, *rows] or [float(self.proposed["printed"])]))

    @property
    def besides(self) -> str:
        """What is not in the sum, a sentence each."""
        rows = self._of("besides").to_dict("records")
        return " ".join(f"Not in the sum is {row['item']}: {Money(row['pounds'])}." for row in rows)

    @property
    def proposed(self) -> pd.Series:
        """The first of the sums that it is proposed with."""
        return self.sums[self.sums["step"].isin(SAID)].iloc[0]

    @property
    def wrong(self) -> pd.DataFrame:
        """The totals that do not add up, the one that is off most first."""
        rows: pd.DataFrame = self.sums[~self.sums["follows"]]
        return rows.sort_values("off", key=abs, ascending=False, kind="stable")

    @property
    def shown(self) -> pd.Series:
        """The steps from nothing to the sum, in pounds, in order: rows or, if they are many, their parts."""
        rows = self._added if self.recurs else self._parts(self.year)
        if self.recurs:
            years, several = [str(FinancialYear(int(year))) for year in rows["for_year"]], rows["item"].nunique() > 1
            rows = rows.assign(item=[*map(": ".join, zip(years, rows["item"], strict=True))] if several else years)
        by = "part" if rows["item"].nunique() > MOST else "item"
        steps: pd.Series = rows.groupby(by, sort=False)["pounds"].sum()
        return steps

    @property
    def by_part(self) -> pd.Series:
        """What the parts add in the year proposed or, where a rise is, what they add to it; the largest first."""
        rows = self._parts(self.year)
        if self._rises:
            rows = rows[rows["for_year"] == self.year]
        found = rows.groupby("part", sort=False)["pounds"].sum()
        return found.sort_values(key=abs, ascending=False, kind="stable")

    @property
    def _rises(self) -> bool:
        return bool(self._of(*SAID).iloc[0]["step"] == "rise")

    @cached_property
    def by_year(self) -> pd.DataFrame:
        """What each part comes to, a column a year, with the sum of all in the last row; empty for a single year."""
        if len(self.years) < 2:
            return pd.DataFrame()
        parts = list(dict.fromkeys(self._added["part"]))
        found = pd.DataFrame(
            {
                year: [
                    float(self.total(year, part)) if self._counts(year, part).any() else float("nan")
                    for part in [*parts, ALL]
                ]
                for year in self.years
            },
            index=[*parts, ALL],
        )
        return found if len(parts) > 1 else found.tail(1)

    # --- What a reader is told ----------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What it is called."""
        return self.table.title

    @property
    def missing(self) -> list[str]:
        """What the paper leaves out, to be said after "The paper does not say"."""
        return list(map(str, self._of("missing")["item"]))

    @property
    def summary(self) -> tuple[str, str, str]:
        """What the case is proposed with, whether its totals add up, and what to ask."""
        ask = f"Who can say {self.missing[0]}?" if self.missing else f"What does {self.share} pay for?"
        if self.budget.value:
            return self.leaves, self._apart or self.added, ask
        if self._asks:
            return self._asks, self._grows, ask
        if self._heads_less:
            return self._heads, self._passes, ask
        grows = len(self.years) > 1 and self.wrong.empty
        # Where each year adds to those before, what is proposed first is the least of it.
        if grows and self.recurs:
            return self._grows, self._said(self.proposed), ask
        second = self._grows if grows else self.added
        if self.brings.value and self.wrong.empty:
            second = self._avoids
        elif len(self.wrong) == 1 and not self.proposed["follows"]:
            # That the sum proposed is off is said with it; what it is made of comes next.
            second = self._largest
        return self._said(self.proposed), second, ask

    @property
    def _largest(self) -> str:
        return f"The largest part{' of the rise' * self._rises} is {self.share}."

    @property
    def _avoids(self) -> str:
        times = Number(float(self.brings) / float(self.proposed["printed"]), unit="pounds for each pound")
        return f"The case is said to avoid {self.brings}, {times.with_unit} asked for; no part of it shows how."

    @property
    def leaves(self) -> str:
        """What is left of the budget, as a sentence."""
        more = Money(self.proposed["rebuilt"] - self.proposed["printed"]).more
        so = "as proposed" if self.proposed["follows"] else f"{more} than proposed"
        return f"{self.total(self.year)} of a budget of {self.budget} leaves {self.left}, {so}."

    @property
    def left(self) -> Money:
        """What the rows leave of the budget."""
        return Money(float(self.budget) - float(self.total(self.year)))

    @property
    def _apart(self) -> str:
        """How much of what is left comes from rows below nothing, as a sentence; nothing where there is none."""
        rows = self._parts(self.year)
        less = rows[rows["pounds"] < 0]
        if less.empty or not self.left.value > 0:
            return ""
        taken = Money(-float(less["pounds"].sum()))
        names = listed(f'"{name}"' for name in dict.fromkeys(less["part"]))
        return f"Of the {self.left}, {taken} ({percent(taken.value / self.left.value)}) comes from {names}."

    @property
    def _heads_less(self) -> bool:
        """Whether the case is proposed with its first year's sum alone, and takes more each year to the last."""
        if not self.recurs or len(self.sums) > 1 or len(self.years) < 2:
            return False
        whole = self.by_year.iloc[-1]
        return bool(whole.iloc[0] < whole.iloc[-1])

    @property
    def _heads(self) -> str:
        whole, last = self.by_year.iloc[-1], self._called(self.years[-1])
        times = Number(float(whole.iloc[-1] / whole.iloc[0]), 1)
        return (
            f"The head of the case names {Money(float(self.proposed['printed']))}; by {last} it is "
            f"{Money(float(whole.iloc[-1]))} a year, {times} times as much."
        )

    @property
    def _passes(self) -> str:
        whole = self.by_year.iloc[-1]
        adds = [(year, float(whole[year] - whole[before])) for before, year in pairwise(self.years)]
        year, most = max(adds, key=lambda one: one[1])
        return f"Most is added in {self._called(year)}: {Money(most)} more than the year before."

    @property
    def _asks(self) -> str:
        """How far what it is asked for by year is from the rows, in its year and in all; nothing if it follows."""
        said = self.sums[self.sums["step"] == "said"]
        wrong = said[~said["follows"]]
        if wrong.empty or len(said) < 2:
            return ""
        worst = wrong.iloc[int(wrong["off"].abs().argmax())]
        asks, rows = self._over_all
        return (
            f"The head has {Money(worst['printed'])} in {worst['period']}, its table "
            f"{Money(worst['rebuilt'])}: {asks} or {rows} over {count(len(said), 'year', 'years')}."
        )

    @property
    def _over_all(self) -> tuple[Money, Money]:
        """What the head asks for in all its years, and what the rows come to in them."""
        said = self.sums[self.sums["step"] == "said"]
        return Money(float(said["printed"].sum())), Money(float(said["rebuilt"].sum()))

    @property
    def _grows(self) -> str:
        whole = self.by_year.iloc[-1]
        first, last = Money(float(whole.iloc[0])), Money(float(whole.iloc[-1]))
        ends = self._called(self.years[0]), self._called(self.years[-1])
        return f"The yearly sum goes from {first} in {ends[0]} to {last} in {ends[1]}."

    def _said(self, row: pd.Series) -> str:
        more = Money(row["rebuilt"] - row["printed"])
        same = "the same" if not more.value else "the same when rounded"
        rest = same if row["follows"] else f"{Money(row['rebuilt'])}, {more.more}"
        what = f"{row['item']} in {row['period']} is {Money(row['printed'])}"
        # There is nothing to add up where one part is all.
        alone = row["step"] == "said" and len(self._parts(self.year)) == 1 and row["follows"]
        adds = "the budget leaves" if row["step"] == "left" else "its parts add up to"
        return f"{what}." if alone else f"{what}; {adds} {rest}."

    @property
    def comes_to(self) -> str:
        """What the parts add up to, and whether that is what is proposed, in few words."""
        row = self.proposed
        more = Money(row["rebuilt"] - row["printed"]).more
        if self.recurs:
            return f"By {self._called(self.years[-1])} the parts add up to {self.total(self.years[-1])} a year."
        if self.budget.value:
            return self.leaves
        so = "as proposed" if row["follows"] else f"{more} than proposed"
        return f"The parts add up to {Money(row['rebuilt'])}, {so}."

    @property
    def added(self) -> str:
        """Whether the paper's totals add up, as a sentence."""
        every, wrong = len(self.sums), self.wrong
        if wrong.empty:
            return f"{capital(some_of(every, every, 'total', 'totals', 'adds', 'add'))} up."
        few = capital(some_of(len(wrong), every, "total", "totals", "does", "do"))
        worst = wrong.iloc[0]
        name, said = f'"{worst["item"]}" ({worst["period"]})', Money(worst["printed"])
        parts = f"is {said}, and its parts {Money(worst['rebuilt'])}"
        return f"{few} not add up{f': {name}' if len(wrong) == 1 else f'; the furthest off, {name},'} {parts}."

    @property
    def share(self) -> str:
        """The largest part, with its share of all."""
        parts = self.by_part
        years = f" in {self.period}" if self.year is not None and len(self.years) > 1 else ""
        share = (
            ""
            if (parts < 0).any() and (parts > 0).any()
            else f" ({percent(parts.iloc[0] / parts.sum())} of all{years})"
        )
        return f'"{parts.index[0]}"{share}'

    @property
    def findings(self) -> list[Found]:
        """What it comes to, the sums that do not follow, what is largest, how it grows, what would use up a saving."""
        said = self.sums[self.sums["step"].isin(SAID)]
        wrong = [
            f"{row['item']} in {row['period']} differs from its parts by {Money(abs(row['off']))}"
            for _, row in self.wrong.iterrows()
        ]
        parts = self.by_part
        first = self._heads if self._heads_less else self.leaves if self.budget.value else self._said(said.iloc[0])
        also = self._apart if self.budget.value else " ".join(self._said(row) for _, row in said.iloc[1:].iterrows())
        found = [Found("comes-to", first, also, Money(float(said.iloc[0]["rebuilt"])))]
        if self._asks:
            asks, rows = self._over_all
            found.insert(0, Found("asks", self._asks, "", Money(float(rows) - float(asks))))
        # That the only sum is right is said with the sum itself, and that what is asked for is not, before it.
        last: list[Found] = []
        if (wrong and not (self._asks and len(wrong) == 1)) or (not wrong and len(self.sums) > 1):
            (last if self._stands else found).append(Found(
                "sums", self.added, f"{capital('; '.join(wrong))}." if len(wrong) > 1 else "",
                Number(len(wrong), unit=_SUMS.for_number(len(wrong))),
            ))  # fmt: skip
        if self.brings.value:
            found.append(Found("brings", self._avoids, self.besides, self.brings))
        if len(parts) > 1:
            found.append(Found(
                "largest", self._largest,
                f"After it {'comes' if len(parts) == 2 else 'come'} "
                f"{listed(f'{name} ({Money(pounds)})' for name, pounds in parts.iloc[1:FEW].items())}.",
                Money(float(parts.iloc[0])),
            ))  # fmt: skip
        if len(self.years) > 1 and not self.budget.value:
            whole = self.by_year.iloc[-1]
            found.append(Found(
                "grows", self._passes if self._heads_less else self._grows,
                f"It is highest in {self._called(int(str(whole.idxmax())))}, at {Money(float(whole.max()))}."
                if int(str(whole.idxmax())) not in (self.years[0], self.years[-1]) else "",
                Money(float(whole.iloc[-1])),
            ))  # fmt: skip
        if self.budget.value:
            cost = self.total(self.year)
            room = float(self.budget) / float(cost) - 1
            found.append(Found(
                "room", f"Nothing is left of the saving if the cost is {percent(room, 1)} higher.",
                f"The cost is {cost}; it is set against a budget of {self.budget}.{self._by_rate}",
                Number(room * 100, 1, "%"),
            ))  # fmt: skip
        return found + last

    @property
    def _stands(self) -> bool:
        """Whether one sum is wrong, and what the case is proposed with is right all the same."""
        return len(self.wrong) == 1 and bool(self.sums.loc[self.sums["step"].isin(SAID), "follows"].all())

    @property
    def _by_rate(self) -> str:
        """What rate of a part would use the rest up, and what the same again would take off; if one is given."""
        said = []
        for row in self._of("rate").to_dict("records"):
            part, rate = float(self.total(self.year, str(row["part"]))), float(row["sum"])
            uses, again = percent(rate / 100 * (1 + float(self.left) / part), 1), Money(part * (1 + rate / 100))
            once = percent(rate / 100, 1)
            said.append(f' For "{row["part"]}" that is {uses}, not {once}; {once} twice would take off {again}.')
        return "".join(said)

    @property
    def glance(self) -> str:
        """The finding of the report's card."""
        wrong = len(self.wrong)
        if self._asks:
            asks, rows = self._over_all
            years = count(int(self.sums["step"].eq("said").sum()), "year", "years")
            return f"The head has {asks} over {years}, its table {rows}."
        if self._stands:
            off = Money(abs(self.wrong.iloc[0]["off"]))
            proposed = f"{self.proposed['item']} of {Money(self.proposed['rebuilt'])}"
            return f"{proposed} is right; one total does not add up, by {off}."
        if wrong:
            most = f"{'' if wrong == 1 else 'up to '}{Money(abs(self.wrong.iloc[0]['off']))}"
            return f"{capital(count(wrong, 'total does not', 'totals do not'))} add up, by {most}."
        return self._grows if len(self.sums) == 1 and len(self.years) > 1 else self.added

    @property
    def drawn(self) -> pd.Series:
        """What the report's card draws: the largest parts or, where there is one part, what the years come to."""
        parts = self.by_part.head(FEW)
        return parts if len(parts) > 1 or len(self.years) < 2 else self.by_year.iloc[-1].rename(self._called)

    @property
    def cautions(self) -> list[str]:
        """What speaks against it, in a few words each."""
        return ["totals that do not add up"] if len(self.wrong) else []

    @property
    def assumptions(self) -> list[Assumed]:
        """What is taken as true."""
        found = [
            Assumed(
                "The parts are right, and a total that differs from them is wrong.", "amber", "high",
                "a total is made of its parts", "Otherwise a part is missing, or wrong.",
            )
        ]  # fmt: skip
        if self.recurs:
            permanent = bool(self._added["recurs"].eq("permanent").all())
            found.append(Assumed(
                "What a year adds goes on in all later years.", "green" if permanent else "amber", "high",
                "the paper calls it permanent" if permanent
                else "business plans give changes on the year before, which recur",
            ))  # fmt: skip
        return found


def read(frame: pd.DataFrame, area: str) -> BuildUp:
    """Build a sum up from its rows.

    Parameters
    ----------
    frame
        A table of the catalogue in the order printed: ``step`` is row, total, said, rise, left, budget, rate (per cent,
        that a part is calculated by), brings (what it is said to avoid), besides (what is not in the sum), given or
        missing; a row counts ``times`` its ``sum``, in ``for_year`` and, if it ``recurs``, in all later ones; a total
        is of a ``part``, an item over all years, or all.
    area
        Whose it is.

    Raises
    ------
    InputError
        If the table has other columns, no row, or nothing it is proposed with.

    Examples
    --------
    >>> from casebook.data import tables
    >>> found = read(tables.read("think_communities"), "Cambridgeshire")
    >>> str(found.total(2022)), found.added.partition("; ")[0]
    ('£1.35 million', 'Two of the ten totals do not add up')
    """
    table: TableEntry = frame.attrs["table"]
    file = f"data/raw/{table.path}"
    if lacking := [name for name in COLUMNS if name not in frame]:
        raise InputError(f"{file} has no column {listed(lacking)}, expected those of a build-up: add it.")
    for step, kinds in (("row", ["row"]), ("said, rise or left", list(SAID))):
        if not frame["step"].isin(kinds).any():
            raise InputError(f"{file} has no row with the step {step}, expected one at least: add it.")
    return BuildUp(table, area, frame.assign(pounds=frame["sum"] * frame["times"].fillna(1.0)))
