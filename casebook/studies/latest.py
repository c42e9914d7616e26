"""A table's latest values: where an area stands among the others that have one. What a new report begins with."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from casebook.data.catalogue import TableColumn, TableEntry
from casebook.english import Change, Gap, Noun, Number, Place
from casebook.errors import InputError, and_list, one_of
from casebook.methods import benchmark


@dataclass(frozen=True)
class LatestValues:
    """An area's latest value among those of the others.

    ``by_area`` has the latest values by area, ``by_year`` the area's own (one, where the table has no years).
    England and the regions are left out.
    """

    area: str
    table: TableEntry
    column: TableColumn
    by_area: pd.Series
    by_year: pd.Series

    @property
    def when(self) -> str:
        """What the values are for: the latest year, or when the table is from."""
        return str(self.by_year.index[-1]) if len(self.by_year) > 1 else self.table.sources[0].date_in_words

    @property
    def here(self) -> Number:
        """The area's value."""
        return self._number(self.by_area[self.area])

    @property
    def others(self) -> pd.Series:
        """The others' values, the highest first."""
        return self.by_area.drop(self.area).sort_values(ascending=False, kind="stable")

    @property
    def middle(self) -> Number:
        """The median of the others."""
        return self._number(float(self.others.median()))

    @property
    def gap(self) -> Gap:
        """How far the area lies from that."""
        return Gap.between(self.here, self.middle)

    @property
    def place(self) -> Place:
        """The area's place among all."""
        noun = Noun("authority with a value", "authorities with a value")
        return Place.like(benchmark.place(self.here.value, self.others), noun)

    @property
    def change(self) -> Change | None:
        """How it moved from the year before; None where the table has one value of it."""
        if len(self.by_year) < 2:
            return None
        before, after = map(self._number, self.by_year.iloc[-2:])
        return Change(before, after, (f"in {self.by_year.index[-2]}", f"in {self.when}"))

    @property
    def measure(self) -> str:
        """What the values are, with their unit."""
        return f"{self.column.title}, {self.column.unit}"

    @property
    def frame(self) -> pd.DataFrame:
        """``area``, ``value`` and ``distance`` from the middle of the others, the highest first."""
        ordered = self.by_area.sort_values(ascending=False, kind="stable")
        return pd.DataFrame(
            {"area": ordered.index, "value": ordered.to_numpy(), "distance": (ordered - self.middle.value).to_numpy()}
        )

    @property
    def columns(self) -> dict[str, str | tuple[str, str]]:
        """The headers of ``frame``."""
        spec = self.here.spec
        return {
            "area": "Authority", "value": (self.measure, spec),
            "distance": (f"Distance from the median of the others, {self.column.unit}", f"+{spec}"),
        }  # fmt: skip

    def _number(self, value: float) -> Number:
        decimals = 0 if self.column.type == "integer" else self.column.decimals
        return Number(float(value), decimals, self.column.unit)


def values(frame: pd.DataFrame, area: str, column: str = "") -> LatestValues:
    """Return where an area stands by the latest values of a table.

    Parameters
    ----------
    frame
        A table as ``tables.read`` gives it, with a column of areas.
    area
        The local authority.
    column
        Which column holds the values; needed where several hold numbers.

    Raises
    ------
    InputError
        If the table has no areas, the area or nobody else has a value, or it is not clear which column is meant.

    Examples
    --------
    >>> from casebook import tables
    >>> found = values(tables.read("smoking_prevalence"), "Cambridgeshire", "value")
    >>> found.here.with_unit, found.place.among
    ('13.2 per cent', 'joint third lowest of the eleven authorities with a value')
    """
    table: TableEntry = frame.attrs["table"]
    where = f"data/raw/{table.path}"
    named = table.column_with_role("area")
    if named is None:
        raise InputError(f"{where} has no column of areas: describe one with role: area, or write the report by hand.")
    year = next((one.name for one in table.columns if one.unit == "year" and one.type == "integer"), None)
    able = {one.name: one for one in table.columns if _measures(one)}
    if not column and len(able) > 1:
        raise InputError(f"{where} has several columns of numbers ({and_list(able)}): name one (--column, column=).")
    if (column or not able) and column not in able:
        raise InputError(f"{where} has no column of numbers {column!r}: {one_of(able, column)}")
    about = able[column or next(iter(able))]
    held = frame[frame["area_code"].astype("str").str.match("E0[6-9]|E10")].dropna(subset=about.name)
    by_year = held[held[named.name] == area]
    if by_year.empty:
        raise InputError(f"{where} has no value of {about.name} for {area}: add its row, or choose another area.")
    key = by_year[year] if year else pd.Series(0, index=by_year.index)
    own = pd.Series(by_year[about.name].to_numpy(dtype=float), index=key).sort_index()
    latest = held[held[year] == own.index[-1]] if year else held
    if twice := sorted({str(name) for name in latest.loc[latest.duplicated(named.name), named.name]}):
        raise InputError(f"{where} has several rows of {and_list(twice)} for one period: choose among them first.")
    by_area = latest.set_index(named.name)[about.name].astype(float)
    if len(by_area) == 1:
        raise InputError(f"{where} has no authority besides {area} to compare it with: add the rows of others.")
    return LatestValues(area, table, about, by_area, own)


def _measures(column: TableColumn) -> bool:
    """Whether a column's numbers are values: no year, no number of a line or of an authority."""
    return (
        column.type in ("integer", "number")
        and column.unit not in ("year", "line number")
        and column.role is None
        and column.name != "la_number"
    )
