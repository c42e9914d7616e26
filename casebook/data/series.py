"""Series: what is measured, where it is held, and as of which file. Reports ask for a series, an area and a vintage.

``data/raw/series.yaml`` describes them. Exports in ``data/raw/exports`` and tables of ``data/raw`` are sources alike;
of an export there may be several vintages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, Self

import pandas as pd
import yaml
from pydantic import Field, ValidationError, model_validator

from casebook.data import exports, formats, project, provenance, raw, template
from casebook.data.areas import Gazetteer
from casebook.data.catalogue import Described, Polarity, TableEntry
from casebook.data.exports import Vintage
from casebook.data.tables import Tables
from casebook.english import with_articles
from casebook.errors import InputError, and_list, one_of
from casebook.methods import disclosure
from casebook.once import NothingTwice

DESCRIBED = Path("data/raw/series.yaml")
NUMBERS = ["value", "lower", "upper", "count", "denominator"]
COLUMNS = ["area", "area_code", "year", *NUMBERS, "status"]


class _Words(NothingTwice, yaml.SafeLoader):
    pass


class SeriesGoal(Described):
    """A published target: for one sex and age, and nobody else."""

    at_least: float | None = None
    at_most: float | None = None
    sex: str
    age: str
    source: str

    @model_validator(mode="after")
    def _has_one_end(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a goal needs either at_least or at_most")
        return self


class SeriesSource(Described):
    """Where a series is held: a measure of an export, or a column of a table of ``data/raw``."""

    export: str | None = None
    measure: str | None = None
    parts: dict[str, str] = Field(default_factory=dict)
    """Of a whole of which an export gives the parts: what each of its measures is called."""
    of: str = ""
    """Of which of them the parts are taken, where an export breaks them down: "aged 18 and over"."""
    continued_by: dict[str, str] = Field(default_factory=dict)
    """Authorities that ended, under whose names the export goes on giving another's figures."""
    zero: Literal["a number", "missing"] = "a number"
    table: str | None = None
    where: dict[str, str] = Field(default_factory=dict)
    """Which rows of the table, by the values of columns."""
    value: str = "value"
    """The column of the value; of an export, one of its five."""
    part: str | None = None
    """The column that names the parts of a whole, of a table that has them."""

    @model_validator(mode="after")
    def _is_an_export_or_a_table(self) -> Self:
        if (self.export is None) == (self.table is None):
            raise ValueError("a source needs either export or table")
        known = [one.name for one in formats.FORMATS]
        if self.export is not None and self.export not in known:
            raise ValueError(f"there is no export {self.export!r}: {one_of(dict.fromkeys(known), self.export)}")
        if self.export is not None and (self.measure is None) == (not self.parts):
            raise ValueError("an export needs either its measure or its parts")
        return self

    @property
    def name(self) -> str:
        """What it is called for: the export's or the table's name."""
        return self.export or self.table or ""


class Disclosure(Described):
    """Which small counts are not shown, whoever gives them, and whose rule that is."""

    hides_below: int = Field(0, ge=0)
    """Counts from 1 to one less are hidden, and rates of so few; 0: all are published."""
    rule: str


class About(Described):
    """The words of a report that ranks the areas of a region by a series, and the printed table that it continues."""

    measure: str
    unit: str
    people: str
    event: str
    label: str = ""
    basis: str | None = None
    sampled: bool = False
    continues: str
    """The table with an ``indicator`` entry: its service and fund are the series' too."""


class Series(Described):
    """What is measured: in words, of whom, when, and what is good."""

    name: str
    is_: str = Field(alias="is")
    period: str
    kind: Literal["count", "rate", "proportion", "pounds"]
    per: float | None = None
    decimals: int = Field(0, ge=0)
    """With how many decimals its values are written in reports, however many a source gives."""
    sex: str = "Persons"
    age: str = ""
    polarity: Polarity = "no judgement"
    goal: SeriesGoal | None = None
    about: About | None = None
    disclosure: Disclosure
    sources: tuple[SeriesSource, ...]
    """Besides these, a council's own figures always serve it."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.per is None) == (self.kind == "rate"):
            raise ValueError("a rate, and nothing else, needs per: for how many it is given")
        if self.goal and (self.goal.sex, self.goal.age) != (self.sex, self.age):
            raise ValueError(
                f"the goal is for {self.goal.sex} aged {self.goal.age}, the series for {self.sex} aged {self.age}: "
                "they cannot be compared"
            )
        if self.goal and self.polarity != ("low is good" if self.goal.at_least is None else "high is good"):
            raise ValueError("with a goal of at_least, high is good, and with at_most, low is good")
        return self


@dataclass(frozen=True)
class Neighbours:
    """The authorities most like an area, nearest first, and the list they stand in.

    ``of_number`` is how many the list names; those that ended since are left out.
    """

    area: str
    names: tuple[str, ...]
    vintage: str
    of_number: int


def load(root: Path) -> dict[str, Series]:
    """Read the series of a project, by name.

    Raises
    ------
    InputError
        If the file is not there, is not YAML, or an entry lacks something or says what cannot be.
    """
    try:
        return _described((root / DESCRIBED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{DESCRIBED} is not there: restore it from version control.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{DESCRIBED} cannot be read as YAML: {' '.join(str(error).split())}.") from None


# Kept, because every reading of a series begins here.
@lru_cache(maxsize=4)
def _described(text: str) -> dict[str, Series]:
    content = yaml.load(text, Loader=_Words) or {}
    if not isinstance(content, dict):
        raise InputError(
            f"{DESCRIBED}: found {type(content).__name__}, expected the names of series with their values."
        )
    found = {}
    for name, described in content.items():
        try:
            found[name] = Series.model_validate({"name": name, **(described or {})})
        except TypeError:
            raise InputError(f"{DESCRIBED}, {name}: found {described!r}, expected names with their values.") from None
        except ValidationError as error:
            first = error.errors()[0]
            where = ", ".join([name, *(str(step) for step in first["loc"])])
            said = str(first["msg"]).removeprefix("Value error, ").rstrip(".?")
            raise InputError(f"{DESCRIBED}, {where}: {said}.") from None
    return found


def read(name: str, area: str, vintage: str = "latest", beside: Sequence[str] = ()) -> pd.DataFrame:
    """Read a series of one area for analysis, and record that it was read.

    Parameters
    ----------
    name
        The series' name in ``data/raw/series.yaml``.
    area
        The area.
    vintage
        ``latest``: of the sources and their files the one that reaches furthest for the area (of equal ones, the one
        described first). Or a source's name (``lait``, ``care_applications``), or the first digits of a file's hash.
    beside
        Other areas whose rows of that vintage come too, such as England.

    Returns
    -------
    pandas.DataFrame
        A row for each area and year: ``area``, ``area_code``, ``year`` (the one a period ends in), ``value``,
        ``lower``, ``upper``, ``count``, ``denominator`` and ``status`` (what stands in place of a value). ``attrs`` has
        the ``series``, in words the ``vintage`` and, where that is a table of ``data/raw``, the ``table``. All rows are
        of one vintage. Of a whole in parts there is a row for each ``part`` too.

    Raises
    ------
    InputError
        If there is no such series or vintage, or no source of it has a value for the area.

    Examples
    --------
    >>> rates = read("care-applications", "Cambridgeshire", vintage="care_applications")
    >>> rates[["year", "value"]].to_numpy().tolist()
    [[2017, 12.0], [2018, 11.1], [2019, 10.3], [2020, 8.0]]
    """
    frame = _frame(Held.of_project(), name, area, vintage, to_compare=False)
    own = frame[frame["area"].isin([area, *beside])].reset_index(drop=True)
    own.attrs = frame.attrs
    return own


def if_held(name: str, area: str) -> pd.DataFrame:
    """Read a series of one area as ``read`` does; where nothing is held, return no rows.

    Then ``attrs["served_by"]`` has the titles and publishers of the exports that would serve it.

    Raises
    ------
    InputError
        If there is no such series, or what is held cannot be read.
    """
    held = Held.of_project()
    one = held.series(name)
    if held.has(one, area):
        return read(name, area)
    none = pd.DataFrame(columns=[*COLUMNS, "part"])
    none.attrs.update(served_by=[formats.named(source.export).source for source in one.sources if source.export])
    return none


def panel(name: str, area: str, vintage: str = "latest") -> pd.DataFrame:
    """Read a series of all areas, to compare one of them with others, and record that it was read.

    The latest vintage is the one that reaches furthest with a value both of the area and of another authority; where
    none has another authority, the one that ``read`` takes.

    Returns
    -------
    pandas.DataFrame
        As ``read`` returns it, by area and year, with all areas of that vintage.

    Raises
    ------
    InputError
        As ``read`` does.

    Examples
    --------
    >>> panel("care-applications", "Cambridgeshire", vintage="care_applications")["area"].nunique()
    13
    """
    return _frame(Held.of_project(), name, area, vintage, to_compare=True)


def panels(names: Iterable[str], area: str) -> dict[str, pd.DataFrame]:
    """Read those of several series that have a value of an area, each as ``panel`` does; the others are left out.

    Raises
    ------
    InputError
        If there is no such series.

    Examples
    --------
    >>> list(panels(["care-applications"], "Cambridgeshire")), list(panels(["care-applications"], "Luton"))
    (['care-applications'], [])
    """
    held = Held.of_project()
    found = [name for name in names if held.has(held.series(name), area)]
    return {name: _frame(held, name, area, "latest", to_compare=True) for name in found}


def _frame(held: Held, name: str, area: str, vintage: str, to_compare: bool) -> pd.DataFrame:
    one = held.series(name)
    found = [each for each in held.sources(one) if vintage in ("latest", each.source.name) or each.is_(vintage)]
    if not found and vintage == "latest":
        raise InputError(held.lacking(one, area))
    if not found:
        names = dict.fromkeys([*(source.name for source in one.sources), *(v.digits for v in held.vintages)])
        raise InputError(f"The series {name!r} has no vintage {vintage!r} here: {one_of(names, vintage)}")
    # Of equal ones, this is the first.
    chosen = max(found, key=lambda each: (to_compare and each.compares(area), each.reaches(area)))
    if not chosen.reaches(area):
        raise InputError(held.lacking(one, area))
    provenance.record(held.reads(chosen))
    frame = chosen.frame.copy(deep=False)
    table = held.tables.catalogue.table(chosen.source.table) if chosen.source.table else None
    frame.attrs.update(series=one, vintage=chosen.said, table=table)
    return frame


def continuing(table: str, area: str) -> pd.DataFrame | None:
    """Read the series that continues a printed table, if it has a value of an area; see ``panel``.

    Examples
    --------
    >>> continuing("savings_schedule", "Cambridgeshire") is None
    True
    """
    held = Held.of_project()
    for name, one in held.described.items():
        if one.about and one.about.continues == table and held.has(one, area):
            return _frame(held, name, area, "latest", to_compare=True)
    return None


def neighbour_lists(area: str) -> list[Neighbours]:
    """Return an area's statistical neighbours by every list of the Department for Education that is held.

    The newest list, the one that knows most of the present authorities, is the first; of lists that name the same
    neighbours one stands for all, and there are none where none is held.
    """
    held = Held.of_project()
    found: dict[tuple[str, ...], Neighbours] = {}
    for one in held.neighbour_lists:
        named = _named(held, one, area)
        if named.names and (key := tuple(sorted(named.names))) not in found:
            read = held.read_of(one, named.of_number)
            provenance.record([replace(read, name=f"older {read.name}") if found else read])
            found[key] = named
    return list(found.values())


def neighbours(area: str, vintage: str = "latest") -> Neighbours:
    """Return an area's statistical neighbours, from a list of the Department for Education.

    Parameters
    ----------
    vintage
        ``latest``: the list that knows most of the present authorities; or the first digits of a file's hash.

    Raises
    ------
    InputError
        If no list is held, there is no such vintage, or the list has none for the area.
    """
    held = Held.of_project()
    lists = held.neighbour_lists
    if not lists:
        raise InputError(
            f"No list of statistical neighbours is held, so {area} can be compared with none: put the Department for "
            f"Education's workbook into {exports.FOLDER}."
        )
    chosen = [one for one in lists if vintage == "latest" or one.sha256.startswith(vintage)]
    if not chosen:
        raise InputError(f"No list of statistical neighbours begins with {vintage!r}: give digits of one that is held.")
    named = _named(held, chosen[0], area)
    if not named.names:
        raise InputError(f"{chosen[0]} names no neighbours of {area}: choose another list.")
    provenance.record([held.read_of(chosen[0], named.of_number)])
    return named


_NEIGHBOURS = [f"neighbour {n}" for n in range(1, 11)]


def _named(held: Held, one: Vintage, area: str) -> Neighbours:
    rows = held.neighbour_lists[one].query("area == @area").set_index("measure")["value"]
    named = [held.by_number(rows[measure]) for measure in _NEIGHBOURS if measure in rows.index]
    names = [name for name in named if name in held.areas.areas and held.areas.areas[name].kind == "authority"]
    return Neighbours(area, tuple(names), str(one), len(named))


# --- What is held ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """One source of a series, one vintage of it, and its rows, by area and year."""

    source: SeriesSource
    vintage: Vintage | None
    said: str
    frame: pd.DataFrame
    authorities: Collection[str] = ()

    def is_(self, digits: str) -> bool:
        return self.vintage is not None and len(digits) >= 4 and self.vintage.sha256.startswith(digits)

    def reaches(self, area: str) -> int:
        """Return the last year in which it has a value of an area, or 0."""
        return max(self._years.get(area, ()), default=0)

    def compares(self, area: str) -> int:
        """Return the last year in which it has a value of an area and of another authority, or 0."""
        own = self._years.get(area, set())
        itself = area in self.authorities
        return max((year for year in own if self._authorities_in[year] > itself), default=0)

    @cached_property
    def _authorities_in(self) -> Counter[int]:
        """How many authorities have a value, by year."""
        return Counter(year for one in self.authorities for year in self._years.get(one, ()))

    @cached_property
    def _years(self) -> dict[str, set[int]]:
        """The years in which there is a value, by area."""
        valued = self.frame.dropna(subset="value")
        found: dict[str, set[int]] = {}
        for area, year in zip(valued["area"], valued["year"], strict=True):
            found.setdefault(area, set()).add(int(year))
        return found


class Held:
    """The series of a project, and the files that hold them."""

    def __init__(self, root: Path, known: Tables | None = None) -> None:
        self.root = root
        self.tables = known or Tables(root)
        self.areas: Gazetteer = self.tables.areas
        self.described = load(root)
        self.vintages = exports.vintages(root)
        self.authorities = {name for name, one in self.areas.areas.items() if one.kind == "authority"}
        self._sources: dict[tuple[str, tuple[raw.State, ...]], list[_Found]] = {}
        self._named_in: dict[raw.State, set[str]] = {}
        for one in self.described.values():
            for source in one.sources:
                self._check(one, source)

    @classmethod
    def of(cls, root: Path, known: Tables | None = None) -> Held:
        """Return what a project holds: what it did the last time, as long as that is made from the same files."""
        known = known or Tables(root)
        made_from = known.catalogue, known.areas, load(root), exports.vintages(root)
        if root not in _held or _held[root][0] != made_from:
            _held[root] = made_from, cls(root, known)
        return _held[root][1]

    @classmethod
    def of_project(cls) -> Held:
        """Return what the project at work holds."""
        return cls.of(project.root())

    def read(self) -> None:
        """Read all there is, so that what is forked of this process finds it read."""
        for one in self.described.values():
            for found in self.sources(one):
                found.compares("England")
        _ = self.neighbour_lists

    def series(self, name: str) -> Series:
        """Return a series by name.

        Raises
        ------
        InputError
            If there is none of that name.
        """
        if name not in self.described:
            raise InputError(f"There is no series {name!r} in {DESCRIBED}: {one_of(self.described, name)}")
        return self.described[name]

    def _check(self, one: Series, source: SeriesSource) -> None:
        """Refuse a source that names an area, a table or a column that there is none of."""
        where = f"{DESCRIBED}, {one.name}, {source.name}"
        for name in [*source.continued_by, *source.continued_by.values()]:
            if name not in self.areas.areas:
                raise InputError(f"{where}: there is no area {name!r}: {one_of(self.areas.areas, name)}")
        columns = list(NUMBERS)
        if source.table is not None:
            columns = self.tables.catalogue.table(source.table).column_names
        for name in [source.value, *source.where, *([source.part] if source.part else [])]:
            if name not in columns:
                raise InputError(f"{where}: there is no column {name!r}: {one_of(columns, name)}")

    def not_served(self) -> list[str]:
        """Say which sources name a measure that no held file of their export has."""
        said = []
        for one in self.described.values():
            for source in one.sources:
                # A file of Fingertips may hold one measure of many; of the others each holds all.
                is_held = source.export in {v.format.name for v in self.vintages} - {"fingertips"}
                if is_held and not any(found.source == source for found in self.sources(one)):
                    said.append(
                        f"{DESCRIBED}, {one.name}: no file of {source.export} has the measure {source.measure!r}."
                    )
        return said

    def judged_otherwise(self) -> list[str]:
        """Say which series judge the other way round than the dictionary of the tool that they are from."""
        said = []
        ways = {"high is good": "Low", "low is good": "High"}
        for vintage in [one for one in self.vintages if one.format.name == formats.DICTIONARY]:
            named = {source.measure: one for one in self.described.values() for source in one.sources if source.measure}
            polarity = exports.read(self.root, vintage, [*named], self.areas, {}).set_index("measure")["status"]
            said += [
                f"{DESCRIBED}, {one.name}: {one.polarity}, but the dictionary {vintage.path.name} has {measure!r} as "
                f"{polarity[measure]!r}: correct the one that is wrong."
                for measure, one in named.items()
                if polarity.get(measure) == ways.get(one.polarity, "")
            ]
        return said

    def sources(self, one: Series) -> list[_Found]:
        """Return every source of a series in every vintage that is held, with its rows, in the order described."""
        tables = [self.tables.catalogue.table(source.table) for source in one.sources if source.table]
        key = one.name, tuple(raw.state(self.root, table) for table in tables)
        if key not in self._sources:
            self._sources[key] = [
                replace(found, frame=_in_order(found.frame), authorities=self.authorities)
                for found in self._all_sources(one)
            ]
        return self._sources[key]

    def _all_sources(self, one: Series) -> Iterator[_Found]:
        for source in [*one.sources, SeriesSource(export="own", measure=one.name)]:
            if source.table is not None:
                found = self._of_table(source, source.table)
                yield replace(found, frame=_shown(found.frame, one))
                continue
            for vintage in self.vintages:
                if vintage.format.name == source.export:
                    parts = {f"{name}, {source.of}" if source.of else name: part for name, part in source.parts.items()}
                    measures = [source.measure] if source.measure else [*parts]
                    frame = exports.read(self.root, vintage, measures, self.areas, source.continued_by)
                    if source.parts:
                        frame["part"] = frame["measure"].map(parts)
                    if not frame.empty:
                        yield _Found(source, vintage, str(vintage), _shown(_valued(frame, one, source, vintage), one))

    def served_by(self, vintage: Vintage) -> list[str]:
        """Say for each series that a vintage serves how many authorities and which years it has."""
        if vintage.format.name == "neighbours":
            frame = exports.read(self.root, vintage, ["neighbour 1"], self.areas, {})
            return [f"the neighbours of {self._authorities(frame)}"]
        if vintage.format.name == formats.DICTIONARY:
            return ["which way is good, of the tool's measures"]
        said = []
        for one in self.described.values():
            for found in self.sources(one):
                if found.vintage == vintage:
                    years = found.frame.loc[found.frame["value"].notna(), "year"]
                    who = self._authorities(found.frame.dropna(subset="value"))
                    said.append(f"{one.name} of {who} from {years.min()} to {years.max()}")
        return said

    def _authorities(self, frame: pd.DataFrame) -> str:
        names = {name for name in frame["area"].unique() if self.areas.areas[name].kind == "authority"}
        return f"{len(names)} authorities" if len(names) != 1 else "one authority"

    def has(self, one: Series, area: str) -> bool:
        """Return whether a source has a value of a series for an area."""
        return any(found.reaches(area) for found in self.sources(one))

    def lacking(self, one: Series, area: str, alone: bool = True) -> str:
        """Say that no figures of a series are held for an area, and which files would give them; see ``lacks``."""
        titles = dict.fromkeys(formats.named(source.export).title for source in one.sources if source.export)
        there = {found.vintage.format.title for found in self.sources(one) if found.vintage}
        tables = [self.tables.catalogue.table(source.table) for source in one.sources if source.table]
        own = [f"data/raw/{table.path}" for table in tables]
        ways = []
        if wanted := [title for title in titles if title not in there]:
            ways.append(f"put the export of {' or '.join(wanted)} into {exports.FOLDER}")
        if own:
            ways.append(f"add its rows to {' or '.join(own)}")
        if alone:
            ways.append(f"fill in {self._template(one, area)} and put it into {exports.FOLDER}")
        else:
            ways.append("run it for this area alone, which writes a table to fill in")
        none = f"; {and_list(sorted(there))}, of which an export is held, gives none" if there else ""
        return with_articles(f"No figures of {one.is_} are held for {area}{none}: {', or '.join(ways)}.")

    def _template(self, one: Series, area: str) -> Path:
        years = sorted({int(year) for found in self.sources(one) for year in found.frame["year"].dropna() if year})
        return template.write(self.root, one.name, [area, *self._neighbours_of(area), "England"], years[-5:])

    def _neighbours_of(self, area: str) -> tuple[str, ...]:
        return next((named.names for one in self.neighbour_lists if (named := _named(self, one, area)).names), ())

    def lacks(self, name: str, area: str, alone: bool = True) -> str:
        """Say why a series, or a table, has nothing of an area, and what would help; nothing if it has.

        Of several names with "or" between them one is enough. Whoever asks for an area ``alone`` has a template
        written; of many areas there would be hundreds.

        Raises
        ------
        InputError
            If there is neither a series nor a table of that name, or it cannot be read.
        """
        if " or " in name:
            names = name.split(" or ")
            none = all(self.lacks(each, area, alone=False) for each in names)
            return self.lacks(names[0], area, alone) if none else ""
        if name in self.described:
            one = self.described[name]
            return "" if self.has(one, area) else self.lacking(one, area, alone)
        known = {table.name: table for table in self.tables.catalogue.tables}
        if name not in known:
            raise InputError(f"There is no series and no table {name!r}: {one_of([*self.described, *known], name)}")
        return with_articles(self._table_lacks(known[name], area, alone))

    def _table_lacks(self, table: TableEntry, area: str, alone: bool) -> str:
        if table.indicator:
            # It may lack one of its region's authorities, and the report says so.
            later = [one for one in self.described.values() if one.about and one.about.continues == table.name]
            if area in self.areas.authorities_of(table.indicator.region) or any(self.has(one, area) for one in later):
                return ""
            only = f"data/raw/{table.path} is of authorities of one region only, {table.indicator.region}."
            return " ".join([only, *(self.lacking(one, area, alone) for one in later)])
        if field := table.column_with_role("area"):
            return (
                ""
                if area in self._areas_of(table, field.name)
                else f"data/raw/{table.path} has no row of {area}: add its rows."
            )
        if table.area in (None, area):
            return ""
        return (
            f"data/raw/{table.path} is of {table.area}: put {area}'s own in its place, with the same columns, and its "
            f"name under 'area' in data/raw/{table.name}.yaml."
        )

    def _areas_of(self, table: TableEntry, column: str) -> set[str]:
        key = raw.state(self.root, table)
        if key not in self._named_in:
            self._named_in[key] = set(self.tables.prepare(table.name).frame[column])
        return self._named_in[key]

    @cached_property
    def neighbour_lists(self) -> dict[Vintage, pd.DataFrame]:
        """The lists of neighbours, the one that knows most of the present authorities first."""
        lists = {
            one: exports.read(self.root, one, _NEIGHBOURS, self.areas, {}).dropna(subset="value")
            for one in self.vintages
            if one.format.name == "neighbours"
        }

        def known(one: Vintage) -> int:
            return len(self.authorities & {*lists[one]["area"], *map(self.by_number, lists[one]["value"].unique())})

        return {one: lists[one] for one in sorted(lists, key=known, reverse=True)}

    def by_number(self, number: float) -> str:
        """Return the name of the area with a number; empty if there is none."""
        found = self.areas.find(str(int(number)))
        return found.name if found else ""

    def reads(self, found: _Found) -> list[provenance.Read]:
        """Return what was read for a source: its file, or its table with the areas'."""
        if found.vintage:
            return [self.read_of(found.vintage, len(found.frame))]
        return self.tables.reads(self.tables.prepare(found.source.name))

    def read_of(self, vintage: Vintage, rows: int) -> provenance.Read:
        """Return the record of reading an export."""
        path = vintage.path.relative_to(self.root).as_posix()
        of = vintage.format
        return provenance.Read(of.name, of.title, path, vintage.sha256, rows, (of.source,), of.licence)

    def _of_table(self, source: SeriesSource, name: str) -> _Found:
        prepared = self.tables.prepare(name)
        frame = prepared.frame
        for column, wanted in source.where.items():
            frame = frame[frame[column] == wanted]
        official = {one for one, place in self.areas.areas.items() if place.kind != "group"}
        if "area" not in frame:
            frame = frame.assign(area=prepared.table.area, area_code=self.areas.areas[prepared.table.area or ""].code)
        frame = frame[frame["area"].isin(official)]
        made = pd.DataFrame({**{column: frame[column] for column in COLUMNS[:3]}, "value": frame[source.value]})
        made = made.assign(**{one: float("nan") for one in NUMBERS[1:]}, status="")
        made["status"] = made["status"].mask(made["value"].isna(), "missing")
        if source.part:
            made["part"] = frame[source.part]
        return _Found(source, None, prepared.table.title, made)


_held: dict[Path, tuple[tuple[Any, ...], Held]] = {}


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    columns = [*COLUMNS, *(["part"] if "part" in frame else [])]
    return frame[columns].sort_values(["area", "year"], kind="stable", ignore_index=True)


def _valued(frame: pd.DataFrame, one: Series, source: SeriesSource, vintage: Vintage) -> pd.DataFrame:
    frame = frame.assign(value=frame[source.value])
    value = frame["value"]
    wrong = (value < 0) | ((one.kind == "proportion") & (value > 100)) | ((one.kind == "count") & (value % 1 != 0))
    if len(bad := frame[wrong & value.notna()]):
        row = bad.iloc[0]
        expected = {"count": "a whole number from 0", "proportion": "0 to 100"}.get(one.kind, "0 or more")
        raise InputError(
            f"{exports.FOLDER / vintage.path.name}, {source.measure!r} for {row['area']} in {row['year']}: found "
            f"{row['value']:g}, expected {expected}: download it again as published, or take it out of the folder."
        )
    if source.zero == "missing":
        none = frame["value"] == 0
        frame = frame.assign(value=frame["value"].mask(none), status=frame["status"].mask(none, "zero"))
    return frame


TOGETHER = "Small numbers, together"


def _shown(frame: pd.DataFrame, one: Series) -> pd.DataFrame:
    """Hide small counts and rates of so few by the series' rule; of parts of a whole, put those hidden into one."""
    below = one.disclosure.hides_below
    if not below:
        return frame
    if "part" not in frame:
        few = frame["value" if one.kind == "count" else "count"].between(1, below - 1)
        frame = frame.assign(status=frame["status"].mask(few, "c"))
        frame.loc[few, ["value", "lower", "upper", "count"]] = float("nan")
        return frame
    parts = frame.groupby(["area", "year"])["value"]
    shut = parts.transform(lambda counts: disclosure.hidden(counts, below)).astype(bool)
    places = frame[shut].groupby(["area", "area_code", "year"], as_index=False)
    together = places.agg({"value": "sum", "status": "first"}).assign(part=TOGETHER)
    return pd.concat([frame[~shut], together], ignore_index=True)
