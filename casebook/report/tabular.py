"""Rows as CSV that a reader can save from a page, and that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a header and rows as CSV.

    Text that begins like a formula gets an apostrophe before it, as OWASP advises; numbers stay numbers.

    Examples
    --------
    >>> as_csv(["Area", "Rate"], [["=1+1", -2.5]]).splitlines()
    ['Area,Rate', "'=1+1,-2.5"]
    """
    written = io.StringIO()
    writer = csv.writer(written)
    for row in (header, *rows):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return written.getvalue()


def harmless(text: str) -> str:
    """Return text that a spreadsheet shows and does not compute.

    Examples
    --------
    >>> harmless("=HYPERLINK()"), harmless("-11.6%"), harmless("Essex")
    ("'=HYPERLINK()", '-11.6%', 'Essex')
    """
    return f"'{text}" if text.startswith(FORMULA) and not _is_number(text) else text


def address(content: str) -> str:
    """Return an address that holds a CSV, for a link in a page that nothing else goes with."""
    return f"data:text/csv;charset=utf-8,{quote(content, safe=',:;/()')}"


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "").rstrip("%"))
    except ValueError:
        return False
    return True
