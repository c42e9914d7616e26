"""Raw tables as printed: every number a quantity that knows its cell and how closely it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from casebook.data import raw
from casebook.data.catalogue import TableEntry
from casebook.data.project import RAW
from casebook.errors import InputError, and_list, one_of
from casebook.reconcile.explanations import Sibling
from casebook.reconcile.quantities import Cell, Quantity, Reading, read

NOT_NUMBERS = ("text", "name", "line number", "year", "date", "number", "code")
# Columns of a key that tell when, or where printed: rows that differ in nothing else are one thing at several times.
WHEN = ("year", "month", "date_printed")
PLACES = ("paper", "line", "id")


@dataclass(frozen=True)
class PrintedTable:
    """One table with its cells as text and its numbers as quantities.

    Parameters
    ----------
    name, file
        The table's name, and the file it was read from.
    key
        The columns whose values name a row.
    titles
        The columns that hold numbers, each with what it is called.
    rows
        Each row's text by column.
    quantities
        Numbers by position of the row and column; None where nothing is printed or it cannot be read.
    words
        What is printed, by position of the row and column.
    missing
        What stands where nothing is printed.
    labels
        The columns that say what a row is; the key, if none.
    rounded
        What the numbers of a column are rounded to, where their digits do not say it.
    """

    name: str
    file: str
    key: tuple[str, ...]
    titles: Mapping[str, str]
    rows: tuple[dict[str, str], ...]
    quantities: Mapping[tuple[int, str], Quantity | None]
    words: Mapping[tuple[int, str], str]
    missing: tuple[str, ...] = ("",)
    labels: tuple[str, ...] = ()
    rounded: Mapping[str, float] = field(default_factory=dict)

    def reading(self, at: int, column: str) -> Reading:
        """Return what a cell prints, as closely as it is known."""
        if (known := self.quantities[at, column]) and known.reading:
            return known.reading
        return _rounded(read(self.words[at, column], prose=False), self.rounded.get(column))

    @cached_property
    def positions(self) -> dict[tuple[str, ...], int]:
        """The position of each row by its key."""
        return {key: at for at, key in enumerate(self.keys)}

    @cached_property
    def named(self) -> dict[str, int]:
        """The position of each row by its key in one string."""
        return {"; ".join(key): at for key, at in self.positions.items()}

    @cached_property
    def keys(self) -> list[tuple[str, ...]]:
        """The key of each row."""
        return [tuple(row[name] for name in self.key) for row in self.rows]

    @cached_property
    def having(self) -> dict[str, frozenset[int]]:
        """The positions of the rows whose key has a word, by the word."""
        found: dict[str, set[int]] = {}
        for at, key in enumerate(self.keys):
            for word in key:
                found.setdefault(word, set()).add(at)
        return {word: frozenset(rows) for word, rows in found.items()}

    def cell(self, at: int, column: str) -> Cell:
        """Return where a number stands, with what it is called."""
        return _cell(self.name, self.key, self.titles, self.labels, self.rows[at], column)

    def siblings(self, cell: Cell) -> list[Sibling]:
        """Return the numbers that a cell may be mistaken for, each with which it is: "of the next month".

        Its column in other rows, the nearest first: the same thing at other times or, failing that, the next rows; then
        the other columns of its row.
        """
        at = self.positions[cell.row]
        own = self.rows[at]
        same = [name for name in self.key if name not in WHEN and name not in PLACES]
        rows = [at - 1, at, at + 1]
        time = next((name.removesuffix("_printed") for name in WHEN if name in self.key), "row")
        if any(name in self.key for name in WHEN):
            rows = [one for one, row in enumerate(self.rows) if all(row[name] == own[name] for name in same)]
        elif set(self.key) & set(PLACES):
            rows = [at]
        places = [(_row_off(position - rows.index(at), time), row, cell.column) for position, row in enumerate(rows)]
        places.sort(key=lambda place: abs(rows.index(place[1]) - rows.index(at)))
        places += [(f"of the column {title}", at, column) for column, title in self.titles.items()]
        return [
            (which, self.cell(row, column), number)
            for which, row, column in places
            if (number := self.quantities.get((row, column))) is not None and (row, column) != (at, cell.column)
        ]

    def neighbours(self, cell: Cell) -> dict[str, Quantity]:
        """Return the numbers printed next to a cell, by where they stand."""
        at = self.positions[cell.row]
        found: dict[str, Quantity | None] = {}
        columns = list(self.titles)
        place = columns.index(cell.column)
        for other in (place - 1, place + 1):
            if 0 <= other < len(columns):
                found[f"the cell beside it, {self.cell(at, columns[other])}"] = self.quantities[at, columns[other]]
        for name in self.key:
            values = list(dict.fromkeys(row[name] for row in self.rows))
            position = values.index(self.rows[at][name])
            for other, where in ((position - 1, "before"), (position + 1, "after")):
                if 0 <= other < len(values):
                    key = tuple(values[other] if one == name else self.rows[at][one] for one in self.key)
                    if key in self.positions:
                        row = self.positions[key]
                        found[f"the cell {where} it, {self.cell(row, cell.column)}"] = self.quantities[row, cell.column]
        return {where: one for where, one in found.items() if one is not None}


def of(root: Path, table: TableEntry) -> PrintedTable:
    """Read a table of the catalogue as printed.

    Raises
    ------
    InputError
        If the file cannot be split into the table's columns, or a number is not in the words it is printed in.
    """
    fields = table.columns
    key = table.key
    numbers = {
        one.name: one
        for one in fields
        if one.unit not in NOT_NUMBERS and one.name not in key and one.role is None and one.type != "date"
    }
    titles = {name: one.title for name, one in numbers.items()}
    labels = tuple(one.name for one in fields if one.role == "label")
    rows = _rows(root / RAW / table.path, RAW / table.path, [one.name for one in fields])
    quantities, words = {}, {}
    for at, row in enumerate(rows):
        for name, one in numbers.items():
            words[at, name] = row[one.printed_in or name]
            unit = row.get("unit", "") if one.unit == "see the column unit" else one.unit
            blank = row[name] in table.missing
            cell = _cell(table.name, key, titles, labels, row, name)
            meant = row[name] if one.printed_in else None
            number = None if blank else _quantity(words[at, name], table.prose, unit, meant, cell)
            if number is None and meant and not blank:
                raise InputError(
                    f"{RAW / table.path}, row {at + 2}, column {name}: found {meant}, which the words beside it, "
                    f"{words[at, name]!r}, do not hold: correct whichever the paper does not print."
                )
            quantities[at, name] = number
    return PrintedTable(
        table.name, (RAW / table.path).as_posix(), key, titles, rows, quantities, words,
        table.missing, labels,
    )  # fmt: skip


def of_file(
    path: Path, key: tuple[str, ...], numbers: tuple[str, ...], missing: tuple[str, ...],
    rounded: Mapping[str, float] | None = None,
) -> PrintedTable:  # fmt: skip
    """Read any CSV file as printed.

    Parameters
    ----------
    path
        The file.
    key
        The columns that name a row; the first column, if none.
    numbers
        The columns that hold numbers.
    missing
        What stands where there is no number.
    rounded
        What whole numbers are rounded to, by column, in the unit printed; counts are exact, if it is not said.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column named, or has rows without a name or of the same one.
    """
    rounded = rounded or {}
    rows = tuple({name: cell.strip() for name, cell in row.items()} for row in _rows(path, path, None))
    header = list(rows[0])
    for name in (*key, *numbers, *rounded):
        if name not in header:
            raise InputError(f"{path} has no column {name!r}, which its descriptor names: {one_of(header, name)}")
    key = key or (header[0],)
    _check_key(path, key, rows)
    titles = {name: name for name in header if name in numbers}
    quantities = {}
    for at, row in enumerate(rows):
        for name in titles:
            cell, step = _cell(path.name, key, titles, (), row, name), rounded.get(name)
            quantities[at, name] = None if row[name] in missing else _quantity(row[name], False, "", None, cell, step)
    words = {(at, name): row[name] for at, row in enumerate(rows) for name in titles}
    return PrintedTable(path.name, str(path), key, titles, rows, quantities, words, missing, rounded=rounded)


def _check_key(path: Path, key: tuple[str, ...], rows: tuple[dict[str, str], ...]) -> None:
    """Refuse rows that nothing names, or the same words as another."""
    for name in key:
        blank = [f"{at + 2}" for at, row in enumerate(rows) if not row[name]]
        if blank:
            raise InputError(
                f"{path}, {'row' if len(blank) == 1 else 'rows'} {and_list(blank)}, column {name or '1'}: nothing "
                "names the row: write it, as it stands above if the cell was merged, or delete the row."
            )
    seen: dict[tuple[str, ...], int] = {}
    for at, row in enumerate(rows):
        own = tuple(row[name] for name in key)
        if own in seen:
            raise InputError(
                f"{path}, row {at + 2}, column {and_list(key)}: {', '.join(own)} already stands in row "
                f"{seen[own] + 2}; give each a name of its own, or name in 'primaryKey' the columns that differ."
            )
        seen[own] = at


def _rows(path: Path, file: Path, columns: list[str] | None) -> tuple[dict[str, str], ...]:
    header, rows = raw.cells(path, file, columns)
    if not rows:
        raise InputError(f"{file} has a header and no rows: add the table's rows below it.")
    return tuple(dict(zip(header, cells, strict=True)) for _, cells in rows)


def _rounded(reading: Reading, step: float | None) -> Reading:
    # Decimals say themselves what they are rounded to.
    return reading.with_step(Fraction(str(step))) if step and reading.exact else reading


def _quantity(
    printed: str, prose: bool, unit: str, value: str | None, cell: Cell, step: float | None = None
) -> Quantity | None:
    reading = _rounded(read(printed, prose=prose, unit=unit, value=float(value) if value else None), step)
    if reading.value is None:
        return None
    low, high = reading.bounds
    return Quantity(reading.value, low, high, reading.number, cell, reading)


def _cell(
    table: str,
    key: tuple[str, ...],
    titles: Mapping[str, str],
    labels: tuple[str, ...],
    row: Mapping[str, str],
    column: str,
) -> Cell:
    named = [_in_words(row[name]) for name in labels or [one for one in key if one not in PLACES] or key]
    label = ", ".join(named) + (f": {titles[column]}" if len(titles) > 1 else "")
    return Cell(table, tuple(row[name] for name in key), column, label)


def _row_off(offset: int, time: str) -> str:
    if abs(offset) > 1:
        return f"{abs(offset)} {time}s {'later' if offset > 0 else 'earlier'}"
    return f"of the next {time}" if offset > 0 else f"of the {time} before"


def _in_words(text: str) -> str:
    try:
        return f"{date.fromisoformat(text):%d %B %Y}".lstrip("0") if len(text) == 10 else text
    except ValueError:
        return text


def known_row(table: PrintedTable, row: str) -> int:
    """Return the position of the row whose key, joined by "; ", is ``row``.

    Raises
    ------
    InputError
        If there is none.
    """
    if row not in table.named:
        raise InputError(f"{table.file} has no row {row!r} (by {and_list(table.key)}): {one_of(table.named, row)}")
    return table.named[row]
