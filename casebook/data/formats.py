"""The official exports Casebook can read: each known by its columns, and made tidy in the same way.

A file's name and date say nothing here. A format is recognised by columns that no other has, in whichever of the first
rows they stand; reading it gives a row for each measure, area and year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from casebook.data import parquet

HEADER_WITHIN = 12
"""A header stands in one of so many first rows; some workbooks have others above it."""
TIDY = ["measure", "area", "period", "value", "lower", "upper", "count", "denominator", "status"]
_NUMBERS = TIDY[3:8]
DICTIONARY = "lait-dictionary"
_OGL = "Open Government Licence v3.0"


@dataclass(frozen=True)
class Format:
    """One kind of file: what it is called, who publishes it, the columns it is known by, and how it is made tidy."""

    name: str
    title: str
    publisher: str
    columns: frozenset[str]
    tidy: Callable[[pd.DataFrame], pd.DataFrame]
    licence: str = _OGL

    @property
    def source(self) -> str:
        """Where it comes from, as a page cites it."""
        return f"{self.title}, {self.publisher}"


def _lait(frame: pd.DataFrame) -> pd.DataFrame:
    return _filled(
        frame, measure=frame["Short Desc"], area=frame["LA Number"], period=frame["Years"], value=frame["Values"]
    )


def _lait_dictionary(frame: pd.DataFrame) -> pd.DataFrame:
    """Take for each measure of the tool which way is good ("High", "Low", "-"), in place of a value."""
    found = _filled(frame, measure=frame["Measure_short"], area="England", period="0")
    return found.assign(status=frame["Polarity"].astype("str").str.strip())


def _children_looked_after(frame: pd.DataFrame) -> pd.DataFrame:
    return _filled(
        frame, measure=frame["population_type"], area=_place(frame), period=frame["time_period"],
        value=frame["rate_per_10000"], count=frame["children_count"], denominator=frame["population_estimate"],
    )  # fmt: skip


def _mid_year(frame: pd.DataFrame) -> pd.DataFrame:
    return _filled(
        frame, measure=frame["age_group"], area=_place(frame), period=frame["time_period"],
        value=frame["population_estimate"],
    )  # fmt: skip


_PLACES = {
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code", "region_name",
    "old_la_code", "new_la_code", "la_name", "breakdown_topic", "breakdown",
}  # fmt: skip


def _columns_are_measures(frame: pd.DataFrame) -> pd.DataFrame:
    """Take every column of figures as a measure, and of breakdowns the whole."""
    if "breakdown_topic" in frame:
        frame = frame[frame["breakdown_topic"].str.startswith("All ")]
    place, period = _place(frame), frame["time_period"]
    measures = [column for column in frame.columns if column not in _PLACES]
    return pd.concat(
        [_filled(frame, measure=column, area=place, period=period, value=frame[column]) for column in measures]
    )


NEW, LEAVING = "in place for less than a year", "aged 18 and over"


def _needs(frame: pd.DataFrame) -> pd.DataFrame:
    """Take plans by need as ``_columns_are_measures`` does; besides those that are new, and those of young adults."""
    topic, kind = frame["breakdown_topic"], frame["breakdown"]
    age = pd.to_numeric(kind.str.extract(r"^age (\d+)", expand=False), errors="coerce")
    some = {
        NEW: topic.str.startswith("Years ") & kind.str.startswith("Less than"),
        LEAVING: topic.str.contains("age") & (age >= 18),
    }
    found = [_columns_are_measures(frame)]
    for called, chosen in some.items():
        rows = frame[chosen]
        numbers = rows.drop(columns=[*_PLACES.intersection(rows)]).apply(pd.to_numeric, errors="coerce")
        place, period = _place(rows).rename("place"), rows["time_period"]
        total = numbers.groupby([place, period]).sum().stack().rename("value").reset_index()
        measure = total["level_2"] + ", " + called
        found.append(
            _filled(total, measure=measure, area=total["place"], period=total["time_period"], value=total["value"])
        )
    return pd.concat(found)


def _plans(frame: pd.DataFrame) -> pd.DataFrame:
    return _filled(frame, measure="plans", area=frame["new_la_code"], period=frame["year"], value=frame["plans"])


def _plans_by_age(frame: pd.DataFrame) -> pd.DataFrame:
    measure = "plans, " + frame["age"].str.lower()
    return _filled(frame, measure=measure, area=frame["new_la_code"], period=frame["year"], value=frame["plans"])


def _fingertips(frame: pd.DataFrame) -> pd.DataFrame:
    # England stands there once for each kind of area it is compared with; those rows differ in other columns only.
    key = ["Indicator ID", "Area Code", "Sex", "Age", "Time period"]
    whole = frame if "Category" not in frame else frame[frame["Category"].isna()]
    once = whole.drop_duplicates(key)
    limits = {end: f"{name} CI 95.0 limit" for end, name in {"lower": "Lower", "upper": "Upper"}.items()}
    return _filled(
        once, measure=once["Indicator ID"] + ", " + once["Sex"] + ", " + once["Age"], area=once["Area Code"],
        period=once["Time period"], value=once["Value"], count=once["Count"], denominator=once["Denominator"],
        **{end: once[column] for end, column in limits.items() if column in once},
    )  # fmt: skip


def _own(frame: pd.DataFrame) -> pd.DataFrame:
    """Take a council's own figures, as the template of a series has them (``casebook.data.template``)."""
    numbers = {name: frame[name] for name in _NUMBERS if name in frame}
    return _filled(frame, measure=frame["series"], area=frame["area"], period=frame["year"], **numbers)


def _neighbours(frame: pd.DataFrame) -> pd.DataFrame:
    """Take the n-th nearest authority's number as the value of the measure ``neighbour n``."""
    number = frame["LA num"] if "LA num" in frame else frame["old_la_code"]
    columns = {n: next(one for one in (f"SN{n}", f"SN_{n}") if one in frame) for n in range(1, 11)}
    return pd.concat(
        [
            _filled(frame, measure=f"neighbour {n}", area=number, period="0", value=frame[column])
            for n, column in columns.items()
        ]
    )


def _projection(frame: pd.DataFrame) -> pd.DataFrame:
    years = [column for column in frame.columns if re.fullmatch(r"\d{4}", column)]
    measure = frame["SEX"] + ", " + frame["AGE_GROUP"]
    return pd.concat(
        [_filled(frame, measure=measure, area=frame["AREA_CODE"], period=year, value=frame[year]) for year in years]
    )


def _waits(frame: pd.DataFrame) -> pd.DataFrame:
    columns = ["Total waiting list", "Waiting >18-52 weeks", "Waiting >52 weeks"]
    return pd.concat(
        [
            _filled(
                frame, measure=frame["Therapy"] + ", " + column.lower(), area=frame["Organisation Name"].str.title(),
                period=frame["formattedDate"], value=frame[column],
            )
            for column in columns
        ]
    )  # fmt: skip


_DFE, _NHS, _ONS = "Department for Education", "NHS England", "Office for National Statistics"
_EES = {"time_period", "geographic_level"}


def _format(name: str, title: str, publisher: str, columns: set[str], tidy: Callable[..., pd.DataFrame]) -> Format:
    return Format(name, title, publisher, frozenset(columns), tidy)


FORMATS = (
    _format("lait", "Local Authority Interactive Tool", _DFE, {"Short Desc", "LA Number", "Years", "Values"}, _lait),
    _format(
        DICTIONARY, "Local Authority Interactive Tool, data dictionary", _DFE,
        {"Measure_code", "Measure_short", "Polarity", "Next Update"}, _lait_dictionary,
    ),
    _format(
        "children-looked-after", "Children looked after in England including adoptions", _DFE,
        {*_EES, "population_type", "children_count", "rate_per_10000"}, _children_looked_after,
    ),
    _format(
        "mid-year", "Mid-year population estimates of children", _ONS, {*_EES, "age_group", "population_estimate"},
        _mid_year,
    ),
    _format(
        "sen2-needs", "Education, health and care plans, by primary need", _DFE, {*_EES, "ehc_plans", "number_asd"},
        _needs,
    ),
    _format(
        "sen2-plans", "Education, health and care plans as at January each year", _DFE, {*_EES, "ehcplans"},
        _columns_are_measures,
    ),
    _format(
        "sen2-requests", "Education, health and care plans, requests", _DFE, {*_EES, "requests_received_in_year"},
        _columns_are_measures,
    ),
    _format(
        "sen2-assessments", "Education, health and care plans, assessments", _DFE, {*_EES, "assess_in_year"},
        _columns_are_measures,
    ),
    _format(
        "sen2-ceased", "Education, health and care plans, ceased plans", _DFE, {*_EES, "total_ceased"},
        _columns_are_measures,
    ),
    _format(
        "sen2-management", "Education, health and care plans, management information", _DFE,
        {*_EES, "ass_nodecision", "assessment_mediation"}, _columns_are_measures,
    ),
    _format(
        "plans", "Education, health and care plans in force each January", _DFE,
        {"year", "new_la_code", "plans", "release"}, _plans,
    ),
    _format(
        "plans-by-age", "Education, health and care plans in force each January, by age", _DFE,
        {"year", "new_la_code", "age", "plans"}, _plans_by_age,
    ),
    _format(
        "fingertips", "Fingertips public health profiles", "Office for Health Improvement and Disparities",
        {"Indicator ID", "Area Code", "Sex", "Age", "Time period", "Value", "Count", "Denominator"}, _fingertips,
    ),
    _format("own", "Figures of the council's own", "the council", {"series", "area", "year", "value"}, _own),
    _format("neighbours", "Statistical neighbours benchmarking tool", _DFE, {"LA num", "SN1", "SN10"}, _neighbours),
    _format(
        "neighbours", "Statistical neighbours benchmarking tool", _DFE, {"old_la_code", "SN_1", "SN_10"}, _neighbours
    ),
    _format(
        "projection", "Subnational population projections", _ONS, {"AREA_CODE", "SEX", "AGE_GROUP", "COMPONENT"},
        _projection,
    ),
    _format(
        "therapy-waits", "Community health services waiting lists", _NHS,
        {"Organisation Name", "Therapy", "Total waiting list", "formattedDate"}, _waits,
    ),
)  # fmt: skip


def named(name: str) -> Format:
    """Return a format by its name."""
    return next(one for one in FORMATS if one.name == name)


def recognise(path: Path) -> tuple[Format, int, str] | None:
    """Return a file's format, the row its header stands in (from 0) and its sheet; None if it is none of these.

    Raises
    ------
    Exception
        Of many kinds, if it cannot be read as what its ending says.
    """
    for sheet, rows in _first_rows(path):
        for number, row in enumerate(rows):
            found = {str(cell).strip() for cell in row}
            for one in FORMATS:
                if one.columns <= found:
                    return one, number, sheet
    return None


def read(path: Path) -> tuple[Format, pd.DataFrame] | None:
    """Read an export and make it tidy; None if it is of no known format.

    Returns
    -------
    tuple
        The format and a frame with the columns ``TIDY``: ``measure``, ``area`` as it is written (number, code or name),
        ``period``, five columns of numbers, and ``status``, which holds what stands where a value would
        (``c``, ``x``, ``-`` ...).

    Raises
    ------
    Exception
        Of many kinds, if it cannot be read as what its ending says.
    """
    recognised = recognise(path)
    if recognised is None:
        return None
    found, header, sheet = recognised
    if path.suffix.lower() == ".parquet":
        frame = parquet.read(path)
    elif path.suffix.lower() == ".xlsx":
        frame = pd.read_excel(path, sheet_name=sheet, header=header, dtype="object").dropna(how="all")
    else:
        frame = pd.read_csv(path, header=header, dtype="str", encoding="utf-8-sig", keep_default_na=False)
        frame = frame.replace("", pd.NA)
    frame.columns = [str(column).strip() for column in frame.columns]
    return found, found.tidy(frame)[TIDY].reset_index(drop=True)


def _first_rows(path: Path) -> Iterator[tuple[str, list[list[object]]]]:
    ending = path.suffix.lower()
    if ending == ".parquet":
        from pyarrow.parquet import read_schema

        yield "", [list(read_schema(path).names)]
    elif ending == ".xlsx":
        for sheet, frame in pd.read_excel(path, sheet_name=None, header=None, nrows=HEADER_WITHIN).items():
            yield str(sheet), frame.to_numpy().tolist()
    elif ending == ".csv":
        import csv

        with path.open(encoding="utf-8-sig", newline="") as file:
            yield "", [list(row) for row, _ in zip(csv.reader(file), range(HEADER_WITHIN), strict=False)]


def _place(frame: pd.DataFrame) -> pd.Series:
    """Return the key of each row's place: the number that never changed where there is one, else its code."""
    number = frame["old_la_code"].where(frame["old_la_code"].astype("str").str.fullmatch(r"\d{3}"))
    return number.fillna(frame["new_la_code"]).fillna(frame["region_code"]).fillna(frame["country_code"])


def _filled(frame: pd.DataFrame, **columns: object) -> pd.DataFrame:
    made = pd.DataFrame({"status": pd.Series("", index=frame.index, dtype="str"), **columns}, index=frame.index)
    # A number in a column with gaps came as 201.0; a reader of the key wants 201.
    for key in ("area", "measure", "period"):
        made[key] = made[key].astype("str").str.strip().str.removesuffix(".0")
    for name in _NUMBERS:
        if name not in made:
            made[name] = pd.Series(float("nan"), index=frame.index, dtype="float64")
            continue
        written = made[name].astype("str").str.strip()
        # Ten decimals keep all that is printed and drop what binary numbers add to it.
        made[name] = pd.to_numeric(written.str.replace(",", ""), errors="coerce").round(10)
        if name == "value":
            # An empty cell is missing; any other that is no number says why there is none.
            marks = written.where(made[name].isna(), "").fillna("missing")
            made["status"] = marks.mask(marks.isin(["nan", "<NA>", "None", ""]) & made[name].isna(), "missing")
    return made


def year_of(period: str) -> int | None:
    """Return the year that a period ends in, from any way of writing it; None if it names none.

    Examples
    --------
    >>> [year_of(one) for one in ("2025", "2016-17", "202425", "2022/23", "2014-2016", "Jan 2024", "2023-01-01", "0")]
    [2025, 2017, 2025, 2023, 2016, 2024, 2023, None]
    >>> year_of("1999-00"), year_of("2018 to 2020"), year_of("2020/21 - 22/23")
    (2000, 2020, 2023)
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\d", period):
        return int(period[:4])
    whole = re.fullmatch(r"(\d{4})(\d{2})", period)
    found = [whole[1], whole[2]] if whole else re.findall(r"\d{4}|\d{2}", period)
    if not found or len(found[0]) != 4:
        return None
    last = found[-1]
    if len(last) == 4:
        return int(last)
    year = int(found[0][:2] + last)
    return year if year >= int(found[0]) else year + 100


def not_recognised(path: Path) -> str:
    """Say that a file is of no known format, and what to do."""
    return (
        f"data/raw/exports/{path.name} has no columns that Casebook knows in its first {HEADER_WITHIN} rows, so it is "
        "not used: download it again as published (docs/data.md lists the exports that can be read), or take it out."
    )
