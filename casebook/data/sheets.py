"""A file of figures as rows of texts, whatever kind it is: for what looks at every cell."""

from __future__ import annotations

import csv
import io
import math
import re
from datetime import datetime
from pathlib import Path

import pandas as pd

from casebook.data import parquet
from casebook.data.formats import HEADER_WITHIN

CODES = {
    "c": "hidden, to protect persons", "x": "not available", "z": "does not apply", "u": "too unreliable",
    "k": "rounds to nothing", "low": "rounds to nothing", "w": "withheld", "*": "hidden, to protect persons",
    "-": "nothing, or not given", ".": "nothing, or not given", "..": "not available", ":": "not available",
    "n/a": "does not apply", "N/A": "does not apply", "NA": "does not apply",
}  # fmt: skip
# As the Government Analysis Function has them written since 2021.
CODES |= {f"[{code}]": CODES[code] for code in ("c", "x", "z", "u", "low", "w")}
"""What official tables put in place of a number, and what it mostly means; the publisher's notes know better."""
_A_NUMBER = re.compile(r"[£$]?[+-]?[\d,]*\.?\d+%?")
_A_YEAR = re.compile(r"(19|20)\d\d")


def of_file(path: Path) -> dict[str, list[list[str]]]:
    """Return the sheets of a file, by name, as rows of texts; one without a name, unless it is a workbook.

    The header is a row like any other (of Parquet the first). Empty sheets are left out. A file that is none of CSV,
    XLSX or Parquet raises whatever the library that tries to read it raises.
    """
    kind = path.suffix.lower()
    if kind == ".parquet":
        frame = parquet.read(path)
        return {"": [[str(name) for name in frame.columns], *_rows(frame)]}
    if kind in (".xlsx", ".xlsm"):
        sheets = pd.read_excel(path, sheet_name=None, header=None, dtype="object")
        return {str(name): _rows(frame) for name, frame in sheets.items() if len(frame)}
    text = path.read_text(encoding="utf-8-sig", errors="replace").replace("\0", "")
    first = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count)))
    return {"": rows} if rows else {}


def header_of(rows: list[list[str]]) -> int:
    """Return which row is the header: the first of words only that fills half the columns and has numbers below it.

    One or two cells above a wider header are a title, which may have a comma in it. Where there is no such row, because
    years are columns or nothing is a number, it is the fullest.

    Examples
    --------
    >>> header_of([["Children, 2024"], ["area", "children"], ["Essex", "300000"]])
    1
    >>> header_of([["Children", " by area"], ["area", "children", "rate"], ["Essex", "300000", "61.5"]])
    1
    >>> header_of([["area", "2024"], ["Essex", "300000"]])
    0
    >>> header_of([["area", "children", ""], ["Essex", "2015", "provisional"], ["Kent", "2044", ""]])
    0
    """
    first = rows[:HEADER_WITHIN]
    filled = [[cell for cell in row if cell] for row in first]
    most = max(map(len, filled), default=0)
    plain = [[cell for cell in row if cell in CODES or _A_NUMBER.fullmatch(cell)] for row in filled]
    above_numbers = [any(plain[at + 1 :]) for at in range(len(filled))]
    heads = [above_numbers[at] and all(map(_A_YEAR.fullmatch, plain[at])) for at in range(len(filled))]
    for at, row in enumerate(filled):
        # A single year below two names may be a value, beside a note in a column without a name.
        wider = (
            heads[later] and len(filled[later]) > len(row) and (len(row) == 1 or len(plain[later]) != 1)
            for later in range(at + 1, len(filled))
        )  # fmt: skip
        is_title = len(row) <= 2 and any(wider)
        if not plain[at] and above_numbers[at] and 2 * len(row) > most and not is_title:
            return at
    return max(range(len(first)), key=lambda at: len(filled[at]))


def _rows(frame: pd.DataFrame) -> list[list[str]]:
    return [[text_of(cell) for cell in row] for row in frame.to_numpy(dtype="object").tolist()]


def text_of(cell: object) -> str:
    """Return what a cell shows, as text: nothing of a missing one, a date as 2025-03-31, a whole number without ``.0``.

    Examples
    --------
    >>> text_of(12.0), text_of(0.1 + 0.2), text_of(float("nan")), text_of(datetime(2025, 3, 31))
    ('12', '0.3', '', '2025-03-31')
    """
    if isinstance(cell, float):
        return "" if math.isnan(cell) else f"{cell:.0f}" if cell.is_integer() else f"{cell:.15g}"
    if cell is None or cell is pd.NaT or cell is pd.NA:
        return ""
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    return str(cell)
