"""Tables for analysis: validated, typed, with official area names and codes."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pandas as pd

from casebook import digest
from casebook.data import areas, project, provenance, raw
from casebook.data.areas import Gazetteer
from casebook.data.catalogue import Catalogue, TableEntry, load
from casebook.data.project import RAW
from casebook.errors import InputError, one_of

_OFFERED = ["authorities_in", "authority", "between", "own", "read", "read_all", "split"]


def __dir__() -> list[str]:
    # What completion offers in JupyterLab: what notebooks call, and nothing that it is made with.
    return _OFFERED


PROCESSED = Path("data/processed")


@dataclass(frozen=True)
class Correction:
    """One thing processing changed: where, what was printed, what is used instead, and why."""

    table: str
    row: int
    column: str
    printed: str
    used: str
    why: str


@dataclass(frozen=True)
class Prepared:
    """A table ready for analysis, and what was done to make it so.

    ``frame`` has the described columns in order, ``area`` by its official name, and ``area_code``
    after it.
    """

    table: TableEntry
    frame: pd.DataFrame
    corrections: tuple[Correction, ...]


class Tables:
    """The tables of one project."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or project.root()
        self.catalogue: Catalogue = load(self.root)
        self.areas: Gazetteer = areas.load(self.root, self.catalogue)

    def prepare(self, name: str) -> Prepared:
        """Validate a raw table and make it tidy.

        Raises
        ------
        InputError
            If the table, or a cell of it, cannot be used.
        """
        table = self.catalogue.table(name)
        key = raw.state(self.root, table)
        areas_then, prepared = _prepared.get(key, (None, None))
        if prepared is None or areas_then is not self.areas:
            frame, corrections = _with_official_areas(table, raw.read(self.root, table), self.areas)
            _check_complete(table, frame)
            prepared = Prepared(table, frame.reset_index(drop=True), tuple(corrections))
            _prepared[key] = self.areas, prepared
        check_hash(self.root, table)
        return replace(prepared, table=table, frame=prepared.frame.copy())

    def write_processed(self, prepared: Prepared) -> None:
        """Write a prepared table to ``data/processed``, if what stands there differs."""
        path = self.root / PROCESSED / f"{prepared.table.name}.csv"
        key = raw.state(self.root, prepared.table)
        areas_then, written = _written.get(key, (None, ""))
        if areas_then is self.areas and digest.of(path) == written:
            return
        buffer = io.StringIO()
        prepared.frame.to_csv(buffer, index=False, date_format="%Y-%m-%d", lineterminator="\n")
        content = buffer.getvalue().encode()
        if not path.is_file() or path.read_bytes() != content:
            project.write_whole(path, content)
        _written[key] = self.areas, sha256(content).hexdigest()

    def reads(self, prepared: Prepared) -> list[provenance.Read]:
        """Return what was read to prepare a table: its own file, and the areas' where it names areas."""
        found = [read_of(self.root, prepared.table, len(prepared.frame))]
        if prepared.table.column_with_role("area"):
            found.append(read_of(self.root, self.catalogue.table(areas.AREAS), len(self.areas.areas)))
            found.append(read_of(self.root, self.catalogue.table(areas.SPELLINGS), len(self.areas.spellings)))
            found.append(read_of(self.root, self.catalogue.table(areas.CHANGES), len(self.areas.changes)))
        return found


# Tables that were prepared, with the areas they name: a run's reports read the same.
_prepared: dict[raw.State, tuple[Gazetteer, Prepared]] = {}
# What stands in data/processed, by the table it is made from, with the areas it names.
_written: dict[raw.State, tuple[Gazetteer, str]] = {}


def read_of(root: Path, table: TableEntry, rows: int) -> provenance.Read:
    """Return the record of reading a table's file."""
    path = RAW / table.path
    return provenance.Read(
        name=table.name,
        title=table.title,
        path=path.as_posix(),
        sha256=digest.of(root / path),
        rows=rows,
        sources=tuple(source.citation() for source in table.sources),
        licence=table.sources[0].licence.title,
    )


def read(name: str, area: str | None = None) -> pd.DataFrame:
    """Read a table for analysis, by name, and record that it was read.

    The raw file is validated, its areas are given their official names and codes, and the result is
    also left in ``data/processed``. The result depends on the raw files alone.

    Parameters
    ----------
    name
        The table's name: that of its file in ``data/raw``.
    area
        The authority to read it for: the rows that name it or, where the table names no areas, all of them if they are
        described as its own. There may be none (``own`` refuses then).

    Returns
    -------
    pandas.DataFrame
        One row for each row of the raw file; columns as described there, and ``area_code``. Units
        are in the description of each field. ``attrs["table"]`` holds the table's description.

    Raises
    ------
    InputError
        If there is no such table, or it cannot be used as it is.

    Examples
    --------
    >>> health_checks = read("health_checks")
    >>> health_checks.loc[health_checks["area"] == "Central Bedfordshire", "value"].item()
    49.8
    >>> [len(read("ot_posts", area)) for area in ("Cambridgeshire", "Essex")], len(read("smoking_prevalence", "Essex"))
    ([7, 0], 1)
    """
    return _read(Tables(), name, area)


def read_all() -> list[Prepared]:
    """Prepare every table of the catalogue, recording each as read; for the data register.

    Raises
    ------
    InputError
        If any table cannot be used.
    """
    tables = Tables()
    prepared = [tables.prepare(table.name) for table in tables.catalogue.tables]
    for one in prepared:
        tables.write_processed(one)
        provenance.record(tables.reads(one)[:1])
    return prepared


def split(frame: pd.DataFrame, area: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split a table into one authority's rows and those of the other authorities in it.

    Regions, England and printed averages are in neither.

    Raises
    ------
    InputError
        If the table has no such authority; the message says which it has.

    Examples
    --------
    >>> here, others = split(read("care_applications"), "Cambridgeshire")
    >>> len(here), others["area"].nunique()
    (4, 10)
    """
    known = Tables().areas
    names = [name for name in frame["area"].unique() if known.areas[name].kind == "authority"]
    if area not in names:
        title = frame.attrs["table"].title
        raise InputError(f"{area} is not in the table '{title}': {one_of(sorted(names), area)}")
    return frame[frame["area"] == area], frame[frame["area"].isin(set(names) - {area})]


def own(frame: pd.DataFrame, area: str) -> pd.DataFrame:
    """Return a table that is of one area as a whole, if it is of this one.

    Raises
    ------
    InputError
        If it is another area's.

    Examples
    --------
    >>> len(own(read("savings_schedule"), "Cambridgeshire"))
    17
    """
    table = frame.attrs["table"]
    if table.area != area:
        raise InputError(
            f"data/raw/{table.path} is of {table.area}, not of {area}: choose {table.area}, or put {area}'s own table "
            f"in its place and its name under 'area' in data/raw/{table.name}.yaml."
        )
    return frame


def between(frame: pd.DataFrame, first_year: int, last_year: int) -> pd.DataFrame:
    """Return the rows of a table for a span of years, both ends included.

    Raises
    ------
    InputError
        If the span is empty or reaches outside the table's years.

    Examples
    --------
    >>> between(read("care_applications"), 2019, 2020)["year"].unique().tolist()
    [2019, 2020]
    """
    earliest, latest = int(frame["year"].min()), int(frame["year"].max())
    for name, year in (("first_year", first_year), ("last_year", last_year)):
        if not earliest <= year <= latest:
            raise InputError(
                f"{name} is {year}, but the table's years are {earliest} to {latest}: choose one of these."
            )
    if first_year > last_year:
        raise InputError(f"first_year is {first_year}, after last_year, {last_year}: exchange them.")
    return frame[frame["year"].between(first_year, last_year)]


def authority(name: str) -> areas.Area:
    """Return a local authority by its official name, its code or a spelling used in the papers.

    Raises
    ------
    InputError
        If there is none; the message names the nearest.

    Examples
    --------
    >>> authority("Central Beds").code
    'E06000056'
    """
    return Tables().areas.authority(name)


def authorities_in(region: str = "") -> list[str]:
    """Return the names of a region's local authorities, or of all there are, in alphabetical order.

    Examples
    --------
    >>> len(authorities_in("East of England")), len(authorities_in())
    (11, 153)
    """
    return Tables().areas.authorities_of(region)


def _read(tables: Tables, name: str, area: str | None) -> pd.DataFrame:
    prepared = tables.prepare(name)
    tables.write_processed(prepared)
    frame, table = prepared.frame, prepared.table
    if area is not None:
        field = table.column_with_role("area")
        frame = frame[frame[field.name] == area] if field else frame[[table.area == area] * len(frame)]
    reads = tables.reads(prepared)
    # A page cites a table only if it has something of the area.
    provenance.record(reads if len(frame) else [replace(read, sources=()) for read in reads])
    frame.attrs["table"] = table
    return frame


def _with_official_areas(
    table: TableEntry, frame: pd.DataFrame, known: Gazetteer
) -> tuple[pd.DataFrame, list[Correction]]:
    field = table.column_with_role("area")
    if field is None:
        if table.area is not None:
            known.authority(table.area)
        return frame, []
    number = table.column_with_role("la_number")
    file = RAW / table.path
    corrections, names, codes = [], [], []
    numbers = frame[number.name] if number is not None else pd.Series(pd.NA, index=frame.index)
    for row, printed, stated in zip(frame.index.tolist(), frame[field.name], numbers, strict=True):
        area = known.find(printed)
        if area is None:
            raise InputError(
                f"{file}, row {row}, column {field.name}: found {printed!r}, which is not in data/raw/areas.csv: "
                "correct it, or add the spelling to data/raw/area_spellings.csv; "
                + one_of(sorted(known.areas), printed)
            )
        if number is not None and pd.notna(stated) and stated != area.la_number:
            raise InputError(
                f"{file}, row {row}, column {number.name}: found {stated} for {area.name}, expected "
                f"{area.la_number} (data/raw/areas.csv); correct whichever is wrong."
            )
        if printed != area.name:
            why = "One spelling for each area, the official one where there is one"
            corrections.append(Correction(table.name, row, field.name, printed, area.name, why))
        names.append(area.name)
        codes.append(area.code or None)
    frame = frame.assign(**{field.name: pd.Series(names, index=frame.index, dtype="str")})
    frame.insert(
        list(frame.columns).index(field.name) + 1, "area_code", pd.Series(codes, index=frame.index, dtype="str")
    )
    _check_key_after(table, file, frame)
    return frame, corrections


def _check_key_after(table: TableEntry, file: Path, frame: pd.DataFrame) -> None:
    # Two spellings of one area are two keys to the raw check and one here.
    key = list(table.key)
    repeated = frame.index[frame.duplicated(key)]
    if len(repeated):
        row = repeated[0]
        first = frame.index[(frame[key] == frame.loc[row, key]).all(axis=1)][0]
        raise InputError(
            f"{file}, row {row}, column {' and '.join(key)}: "
            f"{' and '.join(str(value) for value in frame.loc[row, key])} already stands in row {first} under another "
            "spelling; each may stand once, so delete or correct one of them."
        )


def _check_complete(table: TableEntry, frame: pd.DataFrame) -> None:
    file = RAW / table.path
    for area in table.required_areas:
        if area not in set(frame["area"]):
            raise InputError(f"{file} has no row for {area}, which its reports compare with: add the row.")
    if table.every_year:
        stated = set(zip(frame["area"], frame["year"], strict=True))
        for area in dict.fromkeys(frame["area"]):
            for year in dict.fromkeys(frame["year"]):
                if (area, year) not in stated:
                    raise InputError(
                        f"{file} has no row for {area} in {year}, though it has that area and that year: add the row, "
                        "with a mark for a value that is not printed."
                    )


def check_hash(root: Path, table: TableEntry) -> None:
    """Refuse a file that is not the one described.

    Raises
    ------
    InputError
        If its content is another.
    """
    found = digest.of(root / RAW / table.path)
    if found != table.sha256:
        raise InputError(
            f"{RAW / table.path} is not the file that was accepted: its content has the SHA-256 {found[:12]}..., "
            f"expected {table.sha256[:12]}... ({project.ACCEPTED}); if the change is meant, accept it with "
            f"`python pipeline.py accept {table.name}`, otherwise restore the file."
        )
