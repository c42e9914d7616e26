"""Personal data: what must not lie among the tables, told by file, column and number of rows, never by its value.

A value is told by what is in it (a check digit that is right, the form of a postcode), a column by its name ("date of
birth"). What only might be a person's, such as a number of ten digits, is judged by its whole column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import zip_longest
from pathlib import Path

from casebook.data import parquet, sheets
from casebook.data.project import RAW
from casebook.once import texts

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN = re.compile(r"(?<![A-Z0-9])[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z](?![A-Z0-9])", re.I)
# Not a part of a longer number, of a sum of money or of decimals.
_NHS = re.compile(r"(?<![\w.,£+-])\d{3}([ -]?)\d{3}\1\d{4}(?!\w|%|[,.-]\d)")
_FILE = files("casebook.data") / "personal.yaml"
_LISTED = {name: words.split() for name, words in texts(_FILE.read_text(encoding="utf-8"), "personal.yaml").items()}
_POSTCODE = re.compile(rf"(?<!\w)(?:{'|'.join(_LISTED['postcode_areas'])})\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{{2}}(?!\w)")
_DATE = re.compile(r"\d{1,4}[-/. ](?:\d{1,2}|[A-Z]{3,9})[-/. ]\d{2,4}", re.I)
_BORN = re.compile(r"\b(?:d\.?o\.?b\.?|date of birth|birth ?date|born(?: on)?)\b", re.I)
_NAMED = re.compile(
    r"\b(?:(?:fore|sur|given |family |first |last |middle |maiden |full |preferred )names?|known as"
    r"|(?:child|pupil|student|young person|patient|client|service user|carer|mother|father|guardian|social worker"
    r"|worker|officer|staff|employee)(?: ?s)? names?)\b",
    re.I,
)
_GIVEN = frozenset(_LISTED["given_names"])
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def _nhs_number(found: str) -> bool:
    """Return whether ten digits are an NHS number: the last is right for the nine before it, modulo 11."""
    digits = [int(one) for one in found if one.isdigit()]
    check = -sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return check == digits[9] and len(set(digits)) > 1


def _pupil_number(found: str) -> bool:
    """Return whether it is a unique pupil number: its letter is right for the rest, modulo 23."""
    last = found[-1].upper()
    rest = [*map(int, found[1:12]), int(last) if last.isdigit() else _UPN_LETTERS.index(last)]
    total = sum(digit * weight for weight, digit in enumerate(rest, start=2))
    return _UPN_LETTERS[total % 23] == found[0].upper()


def _person(found: str) -> bool:
    """Return whether a cell is the name of a person: two to four words, one of them a given name."""
    words = _WORDS.findall(found)
    whole = len(words) in (2, 3, 4) and "".join(words) == re.sub(r"[\s,.]+", "", found)
    return whole and any(word.casefold() in _GIVEN for word in words) and all(word[0].isupper() for word in words)


@dataclass(frozen=True)
class _Kind:
    """One kind of personal data: what it is called, and which cells of a column hold it."""

    words: str
    cells: Callable[[str, list[str]], set[str]]


def _nhs(name: str, cells: list[str]) -> set[str]:
    ten = {cell: found for cell in cells if len(cell) > 9 and (found := [one[0] for one in _NHS.finditer(cell)])}
    right = {cell for cell, found in ten.items() if any(map(_nhs_number, found))}
    # Of other numbers of ten digits every eleventh is one by chance.
    mostly = len(right) >= 0.9 * len(ten)
    return right if mostly or "nhs" in name.casefold() else set()


def _pupils(_: str, cells: list[str]) -> set[str]:
    return {cell for cell in cells if len(cell) > 12 and any(_pupil_number(found[0]) for found in _UPN.finditer(cell))}


def _births(name: str, cells: list[str]) -> set[str]:
    if _BORN.search(name):
        return {cell for cell in cells if _DATE.search(cell)}
    return {cell for cell in cells if _BORN.search(cell) and _DATE.search(cell)}


def _postcodes(_: str, cells: list[str]) -> set[str]:
    # A whole cell may be written small; of "B1 1st" only half is.
    small = {cell for cell in cells if cell.islower() and _POSTCODE.fullmatch(cell.upper())}
    return small | {cell for cell in cells if _POSTCODE.search(cell)}


def _persons(name: str, cells: list[str]) -> set[str]:
    if _NAMED.search(name):
        return {cell for cell in cells if _WORDS.search(cell)}
    named = {cell for cell in cells if cell[0].isalpha() and " " in cell and _person(cell)}
    return named if len(named) >= len(cells) / 2 else set()


KINDS = (
    _Kind("NHS numbers", _nhs),
    _Kind("pupil numbers (UPN)", _pupils),
    _Kind("dates of birth", _births),
    _Kind("full postcodes", _postcodes),
    _Kind("names of persons", _persons),
)


def problems(root: Path) -> list[str]:
    """Return a sentence for each column in ``data/raw`` and below that holds what is about single persons.

    It names the file, the column, what it holds and in how many rows, and never a value.
    """
    files = sorted(path for path in (root / RAW).rglob("*") if path.is_file() and path.suffix not in (".yaml", ".md"))
    return [
        f"{path.relative_to(root).as_posix()}, {column}: {rows} {'row holds' if rows == 1 else 'rows hold'} what looks "
        f"like {words}; take the column out, or the file away: nothing about single persons belongs among the tables."
        for path in files
        for column, rows, words in of_file(path)
    ]


def of_file(path: Path) -> list[tuple[str, int, str]]:
    """Return the columns of a file that hold personal data: where, in how many rows, and what."""
    try:
        return list(_found(path))
    except Exception:
        # What a damaged file makes the libraries raise has no end; whoever reads it for its figures says so.
        return []


def _found(path: Path) -> Iterator[tuple[str, int, str]]:
    for position, (header, times) in _columns(path):
        name, cells = re.sub(r"[_\W]+", " ", header), [cell for cell in times if cell]
        for kind in KINDS:
            held = kind.cells(name, cells)
            # A file without a header has a value where the column's name would stand, which is not to be told.
            valued = bool(header) and bool(kind.cells("", [header]))
            if rows := sum(times[cell] for cell in held) + valued:
                yield f"column {position if valued else repr(header)}", rows, kind.words


def _columns(path: Path) -> Iterator[tuple[int, tuple[str, Counter[str]]]]:
    """Return the columns of a file, numbered from 1: the header, and each text in it with the number of its rows."""
    if path.suffix.lower() == ".parquet":
        # By column: what repeats is counted before it is made a text.
        for position, (name, column) in enumerate(parquet.read(path).items(), start=1):
            times = column.value_counts().items()
            yield position, (str(name), Counter({sheets.text_of(cell): rows for cell, rows in times}))
        return
    for rows in sheets.of_file(path).values():
        head = sheets.header_of(rows)
        for position, cells in enumerate(zip_longest(*rows, fillvalue=""), start=1):
            yield position, (cells[head], Counter(cells) - Counter([cells[head]]))
