"""Reading a raw CSV file as described in the catalogue, or saying in one sentence why it cannot be used.

Every message names the file, the row (as a spreadsheet numbers it: the header is row 1), the column,
what was found, what was expected and what to do.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from casebook import digest
from casebook.data.catalogue import TableColumn, TableEntry
from casebook.data.project import ACCEPTED, RAW
from casebook.errors import InputError, and_list, one_of

LARGEST = 10**15  # above it, numbers are mistakes, and floating point no longer holds every unit
WANTED = {
    "integer": "a whole number such as 2020",
    "number": "a number such as 12.5",
    "date": "a date such as 2020-03-31",
    "string": "text",
}


def read(root: Path, table: TableEntry) -> pd.DataFrame:
    """Read and validate one raw table.

    Returns
    -------
    pandas.DataFrame
        One column for each described field, typed; the index is the row's number in the file
        (first data row: 2). Values printed as missing are missing, never zero.

    Raises
    ------
    InputError
        If the file cannot be used, for the first reason found.
    """
    file = RAW / table.path
    key = state(root, table)
    if key in _checked:
        return _checked[key].copy()
    header, rows = cells(root / file, file, table.column_names)
    columns = {}
    for field in table.columns:
        position = header.index(field.name)
        values = [_value(file, number, field, row[position], table.missing) for number, row in rows]
        columns[field.name] = pd.Series(values, index=[number for number, _ in rows], dtype=field.dtype)
    frame = pd.DataFrame(columns, index=pd.Index([number for number, _ in rows], name="row"))
    if frame.empty:
        raise InputError(f"{file} has a header and no rows: add the table's rows below it.")
    _check_values(file, table, frame)
    _checked[key] = frame.copy()
    return frame


State = tuple[str, str]
# Tables found to be in order: a notebook reads the same ones again and again.
_checked: dict[State, pd.DataFrame] = {}


def state(root: Path, table: TableEntry) -> State:
    """Return a table's description and the SHA-256 of its file: where they are the same, so is what is read."""
    return table.plain, digest.of(root / RAW / table.path)


def cells(path: Path, file: Path, columns: list[str] | None) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Split a CSV file into its header and its rows, each with its number, as text.

    Parameters
    ----------
    path, file
        Where it is, and what messages call it.
    columns
        The columns it must have, no more and no fewer; any, if None.

    Raises
    ------
    InputError
        If the file cannot be split into a table.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise InputError(f"{file} is a pipe or a device, not a file: put the table's file in its place.")
    try:
        content = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise InputError(
            f"{file} is not there, though {file.with_suffix('.yaml')} describes it: put it back, or delete its "
            f"description and its line in {ACCEPTED}."
            if columns is not None
            else f"{file} is not there: give the path of a CSV file."
        ) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row, byte = content.count(b"\n", 0, error.start) + 1, content[error.start]
        line = content[: error.start].rsplit(b"\n", 1)[-1]
        names = content.split(b"\n", 1)[0].decode("utf-8-sig", errors="replace").strip().split(",")
        column = names[min(line.count(b","), len(names) - 1)]
        raise InputError(
            f"{file}, row {row}, column {column}: found the byte 0x{byte:02X}, which is not UTF-8 text; "
            "save the file again as 'CSV UTF-8'."
        ) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for found in reader:
            number += 1
            if not header:
                header = found
                _check_separator(file, header)
                _check_header(file, header, header if columns is None else columns)
            elif not found or not any(found):
                raise InputError(f"{file}, row {number}: the row is empty; delete it.")
            elif len(found) != len(header):
                raise InputError(
                    f"{file}, row {number}: found {len(found)} cells where the header has {len(header)} columns; "
                    "add the missing cell, or put quotation marks round a value that holds a comma."
                )
            else:
                rows.append((number, found))
    except csv.Error as error:
        raise InputError(
            f"{file}, row {number + 1}: cannot be split into cells ({error}); check the quotation marks."
        ) from None
    if not header:
        raise InputError(f"{file} is empty: it needs a header row and the table's rows.")
    return header, rows


def _check_separator(file: Path, header: list[str]) -> None:
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and mark in header[0]:
            raise InputError(
                f"{file}, row 1: found {name} between the columns, expected commas: save the file again as 'CSV UTF-8 "
                "(comma delimited)'."
            )


def _check_header(file: Path, found: list[str], wanted: list[str]) -> None:
    for name in wanted:
        if name not in found:
            extra = [other for other in found if other not in wanted]
            instead = f", found {and_list(repr(other) for other in extra)} instead" if extra else ""
            raise InputError(
                f"{file}, row 1: the column {name!r} is missing{instead}; "
                f"the header must be {','.join(wanted)} (see {file.with_suffix('.yaml')})."
            )
    for position, name in enumerate(found):
        if name not in wanted:
            raise InputError(
                f"{file}, row 1, column {position + 1}: found the column {name!r}, which {file.with_suffix('.yaml')} "
                f"does not describe: describe it there, or delete it; {one_of(wanted, name)}"
            )
        if not name and "" in found[:position]:
            raise InputError(
                f"{file}, row 1, column {position + 1}: the column has no name: write one, or delete what stands above "
                "the header."
            )
        if name in found[:position]:
            raise InputError(f"{file}, row 1, column {position + 1}: the column {name!r} stands twice; delete one.")


def _value(file: Path, row: int, field: TableColumn, cell: str, missing: tuple[str, ...]) -> Any:
    if cell in missing:
        return None
    try:
        return _parse(field, cell)
    except (ValueError, InvalidOperation):
        raise InputError(
            f"{file}, row {row}, column {field.name}: found {cell!r}, expected {WANTED[field.type]} "
            f"({field.unit}); correct the cell{'' if field.required else _how_to_leave_empty(missing)}."
        ) from None


def _how_to_leave_empty(missing: tuple[str, ...]) -> str:
    shown = [repr(word) if word else "an empty cell" for word in missing]
    return f", or mark it as not printed with {' or '.join(shown)}" if shown else ""


def _parse(field: TableColumn, cell: str) -> Any:
    if field.type == "string":
        return cell
    if not cell.isascii() and any(mark.isdigit() and not mark.isascii() for mark in cell):
        # Digits of other scripts and wide ones look like ours, or like others.
        raise ValueError(cell)
    if field.type == "date":
        return pd.Timestamp(date.fromisoformat(cell))
    text = cell
    if field.marked:
        text = re.sub(r"^[^\d.+-]+|[^\d.]+$", "", text.replace(",", ""))
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text):
        raise ValueError(cell)
    if field.type == "integer":
        number = Decimal(text)
        if number != number.to_integral_value() or abs(number) > LARGEST:
            raise ValueError(cell)
        return int(number)
    if abs(Decimal(text)) > LARGEST:
        raise ValueError(cell)
    return float(text)


def _check_values(file: Path, table: TableEntry, frame: pd.DataFrame) -> None:
    """Refuse a typed table with a value that its description does not allow; the first row's is told."""
    faults = [*_repeated(table, frame), *_not_allowed(table, frame)]
    rows = sorted({row for wrong, _ in faults for row in frame.index[wrong]})
    if not rows:
        return
    first = next(describe for wrong, describe in faults if wrong[rows[0]])
    more = len(rows) - 1
    others = f" ({more} more rows have a problem)" if more > 1 else " (1 more row has a problem)" if more else ""
    raise InputError(f"{file}, row {rows[0]}, column {first(rows[0])}{others}.")


Fault = tuple[pd.Series, Callable[[int], str]]
"""Which rows have it, and what is said of one of them, from the column's name on."""


def _repeated(table: TableEntry, frame: pd.DataFrame) -> Iterator[Fault]:
    names = list(table.key)

    def describe(row: int) -> str:
        first = frame.index[(frame[names] == frame.loc[row, names]).all(axis=1)][0]
        shown = and_list(f"{name} {_shown(frame.loc[row, name])}" for name in names)
        return (
            f"{' and '.join(names)}: {shown} already stands in row {first}; each may stand once, so delete or "
            "correct one of them"
        )

    yield frame.duplicated(names) & frame[names].notna().all(axis=1), describe


def _not_allowed(table: TableEntry, frame: pd.DataFrame) -> Iterator[Fault]:
    for field in table.columns:
        values = frame[field.name]
        there = values.notna()

        def describe(row: int, expected: str, field: TableColumn = field) -> str:
            value: Any = frame.loc[row, field.name]
            found = "nothing" if pd.isna(value) else repr(_shown(value)) if field.type == "string" else _shown(value)
            return f"{field.name}: found {found}, expected {expected} ({field.unit}); correct the cell"

        if field.required or field.name in table.key:
            yield ~there, partial(describe, expected=WANTED[field.type])
        if field.minimum is not None:
            yield there & (values < field.minimum), partial(describe, expected=f"at least {field.minimum:,.10g}")
        if field.maximum is not None:
            yield there & (values > field.maximum), partial(describe, expected=f"at most {field.maximum:,.10g}")
        if field.enum is not None:
            yield there & ~values.isin(field.enum), partial(describe, expected=f"one of {', '.join(field.enum)}")
        if field.pattern is not None:
            matches = values[there].str.fullmatch(field.pattern).reindex(values.index, fill_value=True)
            yield ~matches.astype(bool), partial(describe, expected=f"of the form {field.pattern}")


def _shown(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return f"{value:.10g}" if isinstance(value, float) else str(value)
