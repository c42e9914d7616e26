"""The register of published figures: what the papers print that follows from something else, row by row.

A row whose figure is a cell of a table says which (``table``, ``row``, ``column``); its words are then the
cell's, and ``accept`` brings them along when a changed table is accepted. ``value`` and ``precision`` are read from the
words, so they too can only be wrong together with them; a row that states another ``precision`` says why in
``precision_reason``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from pathlib import Path

from casebook.data import catalogue, raw
from casebook.data.catalogue import Catalogue
from casebook.data.project import ACCEPTED, COMMON, RAW, write_whole
from casebook.errors import InputError, one_of
from casebook.reconcile import as_printed, audit
from casebook.reconcile.as_printed import PrintedTable
from casebook.reconcile.explanations import Sibling
from casebook.reconcile.quantities import Cell, Quantity, Reading, read

REGISTER = "published_figures"
FILE = RAW / f"{REGISTER}.csv"
CLAIM, REPEAT = "claim", "repeat"


@dataclass(frozen=True)
class PublishedFigure:
    """One published figure: where it is printed, in which words, and what it is."""

    id: str
    paper: str
    line: int
    figure: str
    printed: str
    value: str
    unit: str
    precision: str
    precision_reason: str
    kind: str
    report: str
    table: str
    row: str
    column: str
    same_as: str

    @cached_property
    def reading(self) -> Reading:
        """The number read from the words."""
        if self.kind == CLAIM and not self.value:
            return Reading("", None, Fraction(1))
        reading = replace(self.from_words, bound=self.kind == CLAIM)
        if self.precision_reason:
            return reading.with_step(Fraction(self.precision))
        # An unreadable number still says with how many decimals it was meant.
        return replace(reading, step=Fraction(self.precision)) if reading.value is None and self.precision else reading

    @property
    def from_words(self) -> Reading:
        """The number as the words alone say it, without what the row states."""
        value = float(self.value) if self.value else None
        return read(self.printed, prose=not self.table, unit=self.unit, value=value)

    @property
    def where(self) -> str:
        """Where it is printed."""
        return f"paper {self.paper}, line {self.line}"

    @property
    def quantity(self) -> Quantity | None:
        """The figure as a number to compare another with, or None if it is none."""
        reading = self.reading
        if reading.value is None:
            return None
        low, high = reading.bounds
        cell = Cell(REGISTER, (self.id,), "printed", f"{self.figure}, as printed in {self.where}")
        return Quantity(reading.value, low, high, reading.number, cell, reading)


class _Tables(dict[str, PrintedTable]):
    """Tables as printed, each read when it is first asked for."""

    def __init__(self, root: Path, described: Catalogue) -> None:
        super().__init__()
        self.root, self.described = root, described

    def __missing__(self, name: str) -> PrintedTable:
        self[name] = as_printed.of(self.root, self.described.table(name))
        return self[name]


@dataclass(frozen=True)
class Register:
    """All published figures, by id, and the other tables as printed."""

    figures: dict[str, PublishedFigure]
    tables: _Tables
    catalogue: Catalogue

    def figure(self, identifier: str) -> PublishedFigure:
        """Return a figure.

        Raises
        ------
        InputError
            If there is none of that id.
        """
        if identifier not in self.figures:
            raise InputError(
                f"There is no published figure {identifier!r} in {FILE}: {one_of(self.figures, identifier)}"
            )
        return self.figures[identifier]

    def report_about(self, name: str) -> str:
        """Return the report that has the figures of a report or, where a notebook is run for a table, of a table.

        That is the report of the table's own cells, or else the one called like it; empty, if there is no such thing.

        Raises
        ------
        InputError
            If several reports have the table's cells.
        """
        reports = dict.fromkeys(figure.report for figure in self.figures.values())
        if name in reports:
            return name
        if name not in [table.name for table in self.catalogue.tables]:
            return ""
        about = dict.fromkeys(figure.report for figure in self.of_table(name))
        if len(about) > 1:
            raise InputError(f"{FILE}: several reports have the figures of {name}: {one_of(about, name)}")
        alike = name.replace("_", "-")
        return next(iter(about), alike if alike in reports else name)

    def of_report(self, report: str) -> list[PublishedFigure]:
        """Return a report's figures."""
        return self._by_report.get(report, [])

    def of_table(self, table: str) -> list[PublishedFigure]:
        """Return the figures that are cells of a table."""
        return self._by_table.get(table, []) if table else []

    @cached_property
    def _by_report(self) -> Groups:
        return _grouped(self.figures.values(), lambda figure: figure.report)

    @cached_property
    def _by_table(self) -> Groups:
        return _grouped(self.figures.values(), lambda figure: figure.table)

    def unregistered(self) -> list[Cell]:
        """Return the cells that follow from others by an identity and have no row, of tables of which some have one."""
        found = []
        for table in dict.fromkeys(figure.table for figure in self.figures.values() if figure.table):
            registered = {self.cell(figure) for figure in self.of_table(table)}
            followed = audit.results(self.tables[table], self.catalogue.table(table).identities)
            found += [cell for cell in followed if cell not in registered]
        return found

    def siblings(self, cell: Cell) -> list[Sibling]:
        """Return the numbers of a cell's column in other rows of its table."""
        return [] if cell.table == REGISTER else self.tables[cell.table].siblings(cell)

    def cell(self, figure: PublishedFigure) -> Cell | None:
        """Return the cell a figure stands in, if it is one of a table."""
        if not figure.table:
            return None
        table = self.tables[figure.table]
        return table.cell(as_printed.known_row(table, figure.row), figure.column)


def checked(root: Path) -> Register:
    """Read the register of a project and check every row; what a run and a check begin with.

    Raises
    ------
    InputError
        If a row cannot be used; one sentence says which and why.
    """
    register = load(root)
    for number, figure in enumerate(register.figures.values(), start=2):
        _check(number, figure, register)
    return register


def load(root: Path) -> Register:
    """Read the register of a project as it was accepted.

    Raises
    ------
    InputError
        If the file cannot be split into its columns.
    """
    names = [table.name for table in catalogue.load(root).tables]
    files = [COMMON, ACCEPTED, *(RAW / f"{name}{ending}" for name in names for ending in (".csv", ".yaml"))]
    return _load(root, tuple(_stamp(root / file) for file in files))


Groups = dict[str, list[PublishedFigure]]


def _grouped(found: Iterable[PublishedFigure], by: Callable[[PublishedFigure], str]) -> Groups:
    groups: Groups = {}
    for figure in found:
        groups.setdefault(by(figure), []).append(figure)
    return groups


def _stamp(path: Path) -> tuple[int, int]:
    # Looked at one by one: a folder that a notebook has listed would make it stale with every new table.
    try:
        there = path.stat()
    except OSError:
        return 0, 0
    return there.st_mtime_ns, there.st_size


@lru_cache(maxsize=4)
def _load(root: Path, fingerprint: tuple[tuple[int, int], ...]) -> Register:
    described = catalogue.load(root)
    # The kinds of value are checked with every other table's, when a run or a check starts.
    header, rows = raw.cells(root / FILE, FILE, described.table(REGISTER).column_names)
    figures = [_figure(dict(zip(header, cells, strict=True))) for _, cells in rows]
    return Register({figure.id: figure for figure in figures}, _Tables(root, described), described)


def _check(number: int, figure: PublishedFigure, register: Register) -> None:
    where = f"{FILE}, row {number}"
    if figure.table:
        table = register.tables[figure.table]
        printed = _printed(table, figure, where)
        if printed != figure.printed:
            raise InputError(
                f"{where}, column printed: found {figure.printed!r}, but that cell of {table.file} is "
                f"{printed!r}: correct whichever the paper does not print, then `python pipeline.py accept {REGISTER}`."
            )
    if figure.same_as and (figure.same_as not in register.figures or figure.same_as == figure.id):
        raise InputError(
            f"{where}, column same_as: found {figure.same_as!r}, expected the id of another row; "
            + one_of([name for name in register.figures if name != figure.id], figure.same_as)
        )
    # What has none is taken for a statement in words.
    if figure.value and not figure.unit:
        raise InputError(
            f"{where}, column unit: found nothing beside the value {figure.value}, expected what it counts or "
            "measures, such as pounds a year: fill it in."
        )
    _check_precision(where, figure)
    value, precision = _read_from(figure)
    for column, found, expected in (("value", figure.value, value), ("precision", figure.precision, precision)):
        if found != expected:
            raise InputError(
                f"{where}, column {column}: found {found!r}, but {figure.printed!r} is read as {expected!r}: "
                f"`python pipeline.py accept {REGISTER}` writes what is read"
                + ("." if column == "value" else "; if another is meant, say why in precision_reason.")
            )


def _check_precision(where: str, figure: PublishedFigure) -> None:
    if not figure.precision_reason:
        return
    if not re.fullmatch(r"\d+(\.\d+)?", figure.precision) or not float(figure.precision):
        raise InputError(
            f"{where}, column precision: found {figure.precision!r} with a reason for it, expected the unit of "
            "the last digit that means something, such as 100."
        )
    if figure.from_words.value is not None and Fraction(figure.precision) == figure.from_words.step:
        raise InputError(
            f"{where}, column precision_reason: found {figure.precision_reason!r}, but {figure.printed!r} is read to "
            f"{figure.precision} in any case: leave the reason out, or state another precision."
        )


def _printed(table: PrintedTable, figure: PublishedFigure, where: str) -> str:
    if figure.column not in table.titles:
        raise InputError(
            f"{where}, column column: found {figure.column!r}, which is no column of numbers of {table.file}: "
            + one_of(table.titles, figure.column)
        )
    return table.words[as_printed.known_row(table, figure.row), figure.column]


def _read_from(figure: PublishedFigure) -> tuple[str, str]:
    if figure.kind == CLAIM and not figure.value:
        return "", figure.precision
    reading = figure.from_words
    if reading.value is None and figure.value:
        # The number meant is not in the words; what is in them is.
        reading = read(figure.printed, prose=not figure.table, unit=figure.unit)
    if reading.value is None:
        return "", figure.precision
    if figure.precision_reason:
        return f"{float(reading.value):.12g}", figure.precision
    return f"{float(reading.value):.12g}", f"{float(reading.step):.12g}"


def follow(root: Path, names: list[str]) -> list[str]:
    """Bring the register along with changed tables: words from the cells, numbers from the words.

    Returns
    -------
    list of str
        The ids of the figures whose row was changed.
    """
    described = catalogue.load(root)
    if REGISTER not in {table.name for table in described.tables}:
        return []
    header, rows = raw.cells(root / FILE, FILE, described.table(REGISTER).column_names)
    tables: dict[str, PrintedTable] = {}
    changed = []
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(header)
    for number, cells in rows:
        row = dict(zip(header, cells, strict=True))
        if row["table"] and (not names or row["table"] in names or REGISTER in names):
            if row["table"] not in tables:
                tables[row["table"]] = as_printed.of(root, described.table(row["table"]))
            row["printed"] = _printed(tables[row["table"]], _figure(row), f"{FILE}, row {number}")
        row["value"], row["precision"] = _read_from(_figure(row))
        if list(row.values()) != cells:
            changed.append(row["id"])
        writer.writerow(row.values())
    if changed:
        write_whole(root / FILE, written.getvalue().encode())
    return changed


def _figure(row: dict[str, str]) -> PublishedFigure:
    line = int(row["line"]) if row["line"].isdigit() else 0
    return PublishedFigure(line=line, **{name: cell for name, cell in row.items() if name != "line"})
