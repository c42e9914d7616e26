"""What goes in step with a number that is forecast: what it comes to with its range, and a paper's own path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from casebook.data.catalogue import TableEntry
from casebook.english import Money, Number, Range, capital, count, listed, percent, whole
from casebook.errors import InputError
from casebook.methods import forecast, intervals
from casebook.studies.assumed import Assumed
from casebook.studies.found import Found
from casebook.studies.projection import LIMITS

COLUMNS = ("id", "item", "kind", "year", "amount", "unit")
_SCALES = {"per cent": 0.01, "thousand pounds": 1e3}


@dataclass(frozen=True)
class Driver:
    """What is forecast: how many there are of it, by year from the one it is known for, and where it is from.

    ``path`` has the columns ``central``, ``lower`` and ``upper``; without a range all three are the same.
    """

    noun: str
    path: pd.DataFrame
    source: str

    @property
    def ranged(self) -> bool:
        """Whether it comes with a range."""
        return bool((self.path["lower"] < self.path["upper"]).any())


def from_forecast(noun: str, now: pd.DataFrame, to_come: pd.DataFrame, source: str) -> Driver:
    """Return a driver from another report: ``year`` and a number now, and ``year`` with the limits of years to come.

    Examples
    --------
    >>> now = pd.DataFrame({"year": [2025], "plans": [100]})
    >>> to_come = pd.DataFrame({"year": [2026], "central": [110], "lower": [105], "upper": [120]})
    >>> from_forecast("plans", now, to_come, "a forecast").path["upper"].tolist()
    [100.0, 120.0]
    """
    known = pd.DataFrame({"year": now.iloc[:, 0], **dict.fromkeys(LIMITS, now.iloc[:, 1])})
    path = pd.concat([known, to_come[["year", *LIMITS]]]).set_index("year").astype(float)
    return Driver(noun, path, source)


def from_table(noun: str, by_year: pd.Series, since: int, source: str) -> Driver:
    """Return a driver without a range from numbers by year, from a year on."""
    own = by_year[by_year.index >= since].astype(float)
    return Driver(noun, pd.DataFrame(dict.fromkeys(LIMITS, own)), source)


@dataclass(frozen=True)
class InStep:
    """So much for each of a driver: ``factors`` are the paper's, ``printed`` its driver, ``said`` its own path.

    ``counted`` are those that it counts, of the driver of the same year: they go before the share that it states.
    ``history`` is what happened before, to ``history_item``.
    """

    table: TableEntry
    area: str
    driver: Driver
    factors: pd.DataFrame
    counted: pd.DataFrame
    printed: pd.Series
    said: pd.Series
    history: pd.Series
    item: str
    history_item: str
    missing: tuple[str, ...]

    @property
    def money(self) -> bool:
        """Whether it is pounds."""
        return bool(self.factors["unit"].str.contains("pounds").any())

    @property
    def noun(self) -> str:
        """What the driver counts."""
        return self.driver.noun

    def _like(self, value: float) -> Number:
        return Money(value) if self.money else Number(value, unit=self.noun)

    @property
    def stated(self) -> float:
        """How much there is for each of the driver as the paper states it: the product of the factors."""
        return float(np.prod(self.factors["value"]))

    @property
    def each(self) -> float:
        """The same, with the share that the paper counts in place of the one that it states."""
        return self.stated if self.share is None else self.stated / self.stated_share * self.share

    @property
    def stated_share(self) -> float:
        """The share that the paper states."""
        return float(self.factors.loc[self.factors["unit"] == "per cent", "value"].iloc[0])

    @property
    def path(self) -> pd.DataFrame:
        """What it comes to by year, with its limits."""
        return self.driver.path * self.each

    @property
    def end(self) -> int:
        """The last year that the paper and the forecast both reach."""
        return int(min(self.path.index[-1], self.said.index[-1]))

    @property
    def start(self) -> int:
        """The year that the driver is known for."""
        return int(self.path.index[0])

    @property
    def at_end(self) -> Range:
        """The last year's sum with its range, to as many figures as that allows."""
        central, lower, upper = (float(self.path[limit][self.end]) for limit in LIMITS)
        if not self.driver.ranged:
            return Range(self._like(lower), self._like(upper), self._like(central))
        unit = 1e6 if upper >= 1e6 else 1.0
        last = intervals.rounded(central / unit, lower / unit, upper / unit, 0.1)
        return Range(*(self._like(one * unit) for one in (last.lower, last.upper, last.value)))

    @property
    def now(self) -> Number:
        """What it comes to in the year that the driver is known for."""
        return self._like(float(self.path["central"].iloc[0]))

    @property
    def own(self) -> pd.Series:
        """What the paper's own factors make of its own driver."""
        return self.printed.iloc[[0, -1]] * self.stated

    @property
    def course(self) -> pd.Series:
        """The paper's sum in the driver's years, taken to grow by the same share each year between the two it gives."""
        years, (first, last) = self.path.index, self.said.index[[0, -1]]
        start, end = (float(self.said.iloc[at]) for at in (0, -1))
        pace = forecast.yearly_growth(start, end, float(last - first))
        return pd.Series([start * (1 + pace) ** (year - first) for year in years], index=years)

    @property
    def rises(self) -> tuple[float, float]:
        """By what share the paper's sum rises, and its driver."""
        return tuple(float(one.iloc[-1] / one.iloc[0]) - 1 for one in (self.said, self.printed))  # type: ignore[return-value]

    @property
    def share(self) -> float | None:
        """Those whom the paper counts, as a share of its driver of that year; None where it counts none."""
        return None if self.counted.empty else self.counted_of(self.counted_in)

    @property
    def counted_in(self) -> int:
        """The year that the paper counts them in."""
        return int(self.counted["year"].iloc[0])

    def counted_of(self, year: int) -> float:
        """Return those whom the paper counts, as a share of its driver of a year."""
        return float(self.counted["amount"].sum() / self.printed[year])

    # --- What a reader is told ----------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.table.title} to {self.end}"

    @property
    def verdict(self) -> str:
        """What it comes to at the end, as a sentence."""
        end = f"{self.at_end.central} ({self.at_end.limits})" if self.driver.ranged else f"{self.at_end.central}"
        each = " a year" if self.money else ""
        return f"{self.item} would be {end}{each} in {self.end}, against {self.now} in {self.start}."

    @property
    def paper(self) -> str:
        """How the paper's sum and its driver rise, as a sentence."""
        first, last = (self._like(float(self.said.iloc[at])) for at in (0, -1))
        years = self.said.index
        sums, driver = (percent(one) for one in self.rises)
        between = f"from {int(self.printed.index[0])} to {int(self.printed.index[-1])}"
        return (
            f"The paper has {first} in {int(years[0])} and {last} in {int(years[-1])}, {sums} more; {between} its "
            f"{self.noun} rise by {driver}."
        )

    @property
    def recounted(self) -> str:
        """What its own factors make of its own driver, as a sentence."""
        first, last = (self._like(float(self.own.iloc[at])) for at in (0, -1))
        return f"Its own numbers give {first} in {int(self.own.index[0])} and {last} in {int(self.own.index[-1])}."

    @property
    def other_share(self) -> str:
        """What it comes to with the share that the paper states; nothing where it counts none itself."""
        if self.share is None:
            return ""
        end, now = (
            self._like(float(self.driver.path["central"][year]) * self.stated) for year in (self.end, self.start)
        )
        share = percent(self.stated_share)
        return f"With the {share} that the paper states it would be {end} in {self.end}, against {now}."

    @property
    def counts(self) -> str:
        """Those whom the paper counts, of its driver of the same year and of its first."""
        first, year, noun = int(self.printed.index[0]), self.counted_in, self.noun
        return (
            f"The paper counts {whole(self.counted['amount'].sum())} in {year}: {percent(self.counted_of(year))} of "
            f"its {whole(self.printed[year])} {noun} of then, {percent(self.counted_of(first))} of the "
            f"{whole(self.printed[first])} of {first}."
        )

    @property
    def too_few(self) -> str:
        """Why it is not forecast by itself, as a sentence."""
        if self.history.empty:
            return f"All is calculated from {self.noun}; nobody counted it in any year, so no forecast can be tested."
        first, last = (self._like(float(self.history.iloc[at])) for at in (0, -1))
        years = self.history.index
        pace = forecast.yearly_growth(float(first), float(last), float(years[-1] - years[0]))
        return (
            f"Of {self.history_item} {count(len(years), 'sum is', 'sums are')} known, too few for a forecast: they "
            f"rise by {percent(pace, 1)} a year, from {first} to {last}."
        )

    @property
    def question(self) -> str:
        """What to ask: for the first thing that the paper leaves out."""
        return f"Who can say {self.missing[0]}?"

    @property
    def findings(self) -> list[Found]:
        """What is found, the most important first."""
        central = self.at_end.central
        assert central is not None
        found = [
            Found("at-end", self.verdict, f"That takes {self.means}.", central),
            Found("paper", self.paper, self.recounted, Number(self.rises[0] * 100, unit="%")),
        ]
        if self.share is not None:
            found.insert(1, Found("counted", self.other_share, self.counts, Number(self.share * 100, unit="%")))
        found.append(Found("too-few", self.too_few, "", Number(len(self.history), unit="years known")))
        return found

    @property
    def means(self) -> str:
        """The factors, as a sentence names them, with the share that counts."""
        rows = self.factors.to_dict("records")
        share = self.share if self.share is not None else self.stated_share
        said = [percent(share) if row["unit"] == "per cent" else Money(row["value"]) for row in rows]
        return listed(f"{row['item']} ({one})" for row, one in zip(rows, said, strict=True))

    @property
    def glance(self) -> str:
        """The finding of the report's card."""
        at = "" if self.share is None else f"At {percent(self.share)} of {self.noun}: "
        return f"{at}{self.at_end.central} in {self.end}, against {self.now} in {self.start}."

    @property
    def cautions(self) -> list[str]:
        """What speaks against the paper's path, in a few words each."""
        sums, driver = self.rises
        return [f"the paper's sum rises faster than its {self.noun}"] if sums - driver > 0.01 else []

    @property
    def assumptions(self) -> list[Assumed]:
        """What all this rests on."""
        tenth = self._like(float(self.path["central"][self.end]) / 10)
        return [
            Assumed(
                f"It stays in step with {self.noun}, with {self.means}.", "red", "high", "the paper",
                f"A tenth more of one of them is {tenth} more in {self.end}.",
            ),
            Assumed(
                f"{capital(self.noun)} are as in {self.driver.source}.", "amber", "high", self.driver.source,
                "" if self.driver.ranged else "No range is given, so that nobody can say how sure it is.",
            ),
        ]  # fmt: skip


def read(frame: pd.DataFrame, area: str, driver: Driver) -> InStep:
    """Read what goes in step with a driver.

    Parameters
    ----------
    frame
        A table of the catalogue, a row an item: ``kind`` is ``factor`` (how much for each; their product counts),
        ``driver`` (as the paper has it, of a ``year``), ``said`` (what the paper says it comes to), ``counted`` (those
        the paper counts itself), ``history``, or ``missing``. Amounts are numbers, per cent, or pounds.
    area
        Whose it is.
    driver
        What it goes in step with.

    Raises
    ------
    InputError
        If the table has other columns, or lacks a factor, or two years of the driver or of what is said.
    """
    table: TableEntry = frame.attrs["table"]
    file = f"data/raw/{table.path}"
    if lacking := [name for name in COLUMNS if name not in frame]:
        raise InputError(f"{file} has no column {lacking[0]}, expected those of what goes in step: add it.")
    scale = frame["unit"].map(_SCALES).fillna(1.0)
    rows = frame.assign(value=frame["amount"].astype(float) * scale)
    by_kind = {
        kind: rows[rows["kind"] == kind] for kind in ("factor", "driver", "said", "counted", "history", "missing")
    }
    for kind, least in (("factor", 1), ("driver", 2), ("said", 2), ("missing", 1)):
        if len(by_kind[kind]) < least:
            raise InputError(f"{file} has too few rows of the kind {kind}, expected {least} at least: add them.")
    series = {
        kind: by_kind[kind].set_index(by_kind[kind]["year"].astype(int))["value"].sort_index()
        for kind in ("driver", "said", "history")
    }
    return InStep(
        table, area, driver, by_kind["factor"], by_kind["counted"], series["driver"], series["said"],
        series["history"], str(by_kind["said"]["item"].iloc[0]), " ".join(by_kind["history"]["item"].head(1)),
        tuple(map(str, by_kind["missing"]["item"])),
    )  # fmt: skip
