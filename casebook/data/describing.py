"""A first description of a table that somebody brings: what its cells suggest, each guess to be looked at by a person.

A description says what a valid table is, so nothing is accepted here: the guesses stand in a file of ten lines or so,
marked, and ``accept`` takes the table when somebody has read them.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import yaml

from casebook.data import catalogue, formats, personal, sheets
from casebook.data.areas import Gazetteer
from casebook.data.project import COMMON, RAW, write_whole
from casebook.data.sheets import CODES
from casebook.errors import InputError, and_list, one_of

MARK = "  # guess"
_NUMBER = re.compile(r"[£$]?[+-]?(\d{1,3}(,\d{3})+|\d+|(?=\.\d))(\.\d+)?%?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS = {
    r"per 100,?000": "per 100,000", r"per 10,?000": "per 10,000", r"per 1,?000\b": "per 1,000",
    r"%|per ?cent|percentage|proportion|_pc\b": "per cent", r"£|\bcosts?\b|spend|pounds|price|budget": "pounds",
    r"\bdays?\b": "days", r"\bweeks?\b": "weeks", r"wte|fte": "whole-time equivalents",
    r"number|count|\bno\b": "number",
}  # fmt: skip
_FEW = 12
"""So many different texts at most are taken for a list of what may stand in a column."""


@dataclass
class Draft:
    """A table as it would be described: its name, its cells, the description, and what somebody has to know of it."""

    name: str
    header: list[str]
    rows: list[list[str]]
    description: str = ""
    notes: list[str] = field(default_factory=list)


def of_file(root: Path, path: Path, areas: Gazetteer, *, name: str = "", sheet: str = "", source: str = "") -> Draft:
    """Return the description that a file suggests; nothing is written.

    Parameters
    ----------
    root
        The project.
    path
        A CSV, XLSX or Parquet file; one in ``data/raw`` stays as it is, of another the cells go to ``data/raw``.
    areas
        The areas known.
    name
        What the table is to be called; without, like its file.
    sheet
        Which sheet of a workbook; needed where several hold something.
    source
        A publication in ``data/raw/common.yaml``.

    Raises
    ------
    InputError
        If the file cannot be read, holds nothing or what is about single persons, or the name is taken.
    """
    name = name or re.sub(r"\W+", "_", path.stem.lower()).strip("_")
    if not re.fullmatch(r"[a-z]\w*", name):
        raise InputError(f"A table cannot be called {name!r}: give --name, of small letters, digits and _.")
    if (root / RAW / f"{name}.yaml").exists():
        raise InputError(f"{RAW / name}.yaml describes a table of that name: change that file, or give another --name.")
    table = root / RAW / f"{name}.csv"
    in_place = table.exists() and path.resolve() == table.resolve()
    if table.exists() and not in_place:
        raise InputError(f"{RAW / name}.csv is there already: give another --name, or describe that file.")
    header, rows, notes = _table(path, sheet)
    for column, number, words in personal.of_file(path):
        raise InputError(
            f"{path.name}, {column}: {number} {'row holds' if number == 1 else 'rows hold'} what looks like {words}; "
            "take the column out: nothing about single persons belongs among the tables."
        )
    if in_place and notes:
        raise InputError(f"{RAW / name}.csv: {notes[0]} Take them out of the file, then describe it.")
    names = header if in_place else _named(header)
    columns = [_Column(own, printed, cells) for own, printed, cells in _columns(names, header, rows)]
    draft = Draft(name, names, rows, notes=notes)
    draft.description = "\n".join(_lines(root, draft, columns, areas, source, path.name)) + "\n"
    return draft


def write(root: Path, draft: Draft) -> list[Path]:
    """Write a draft's description and, where it does not stand in ``data/raw`` yet, its table; return both paths."""
    table, said = RAW / f"{draft.name}.csv", RAW / f"{draft.name}.yaml"
    if not (root / table).exists():
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([draft.header, *draft.rows])
        write_whole(root / table, text.getvalue().encode())
    write_whole(root / said, draft.description.encode())
    return [table, said]


def _table(path: Path, sheet: str) -> tuple[list[str], list[list[str]], list[str]]:
    if not path.is_file():
        raise InputError(f"{path} is not there: give the path of a CSV, XLSX or Parquet file.")
    if path.suffix.lower() not in (".csv", ".xlsx", ".xlsm", ".parquet"):
        raise InputError(f"{path.name} is no CSV, XLSX or Parquet file: save it as one, then describe that.")
    try:
        if (export := formats.recognise(path)) and export[0].name != "own":
            raise InputError(
                f"{path.name} is an export that is read as published ({export[0].title}): put it into "
                "data/raw/exports, where it needs no description."
            )
        held = sheets.of_file(path)
    except InputError:
        raise
    except Exception as error:
        # What a damaged file makes the libraries raise has no end; whatever it is, the file is to blame.
        why = " ".join(str(error).split())[:120] or type(error).__name__
        raise InputError(f"{path.name} cannot be read ({why}): save it again, then describe it.") from None
    if sheet and sheet not in held:
        raise InputError(f"{path.name} has no sheet {sheet!r}: {one_of(held, sheet)}")
    if not sheet and len(held) > 1:
        raise InputError(f"{path.name} has several sheets: say which with --sheet; {one_of(held, '')}")
    found = held.get(sheet) or next(iter(held.values()), [])
    at = sheets.header_of(found) if found else 0
    width = max((index + 1 for index, cell in enumerate(found[at]) if cell), default=0) if found else 0
    body = [(number, [*row, *[""] * width][:width]) for number, row in enumerate(found[at + 1 :], start=at + 2)]
    # A note below a table fills its first cell only.
    rows = [(number, row) for number, row in body if any(row[1:]) or (width == 1 and row[0])]
    if not rows:
        raise InputError(f"{path.name} holds no table: a header and the rows below it are expected.")
    notes = []
    if at:
        above = "Row 1 above the header is" if at == 1 else f"Rows 1 to {at} above the header are"
        notes.append(f"{above} left out.")
    if lost := [str(number) for number, row in body if any(row) and (number, row) not in rows]:
        verb = "Row {} with a first cell only is" if len(lost) == 1 else "Rows {} with a first cell only are"
        notes.append(f"{verb.format(and_list(lost))} left out.")
    return [cell.strip() for cell in found[at][:width]], [row for _, row in rows], notes


def _named(header: Sequence[str]) -> list[str]:
    names: list[str] = []
    for position, printed in enumerate(header, start=1):
        words = printed.lower().replace("%", " per cent ").replace("£", " pounds ")
        plain = re.sub(r"[^a-z0-9]+", "_", words).strip("_") or f"column_{position}"
        names.append(plain if plain not in names else f"{plain}_{position}")
    return names


def _columns(names: list[str], header: list[str], rows: list[list[str]]) -> Iterator[tuple[str, str, list[str]]]:
    for position, (name, printed) in enumerate(zip(names, header, strict=True)):
        yield name, printed, [row[position] for row in rows]


class _Column:
    """What the cells of a column suggest."""

    def __init__(self, name: str, printed: str, cells: list[str]) -> None:
        self.name, self.printed, self.cells = name, printed, cells
        filled = [cell for cell in cells if cell]
        self.codes = sorted({cell for cell in filled if cell in CODES})
        values = [cell for cell in filled if cell not in CODES]
        numbers = [cell for cell in values if _NUMBER.fullmatch(cell)]
        led_by_zero = any(re.fullmatch(r"0\d+", cell) for cell in values)
        # One cell in ten may be a slip, which reading the table then names.
        numeric = bool(numbers) and not led_by_zero and len(numbers) >= 0.9 * len(values)
        odd = sorted({repr(cell) for cell in values} - {repr(cell) for cell in numbers})
        self.odd = odd[:5] if not numeric and not led_by_zero and len(numbers) >= 0.5 * len(values) else []
        """What keeps a column of numbers, by most of its cells, from being taken for one."""
        self.is_date = bool(values) and all(map(_DATE.fullmatch, values))
        self.numbers = [float(re.sub("[£$,%]", "", cell)) for cell in numbers] if numeric and not self.is_date else []
        if not self.numbers:
            self.codes = []
        self.values = values if self.numbers else filled
        self.is_year = bool(self.numbers) and all(re.fullmatch(r"(19|20)\d\d", cell) for cell in values)
        self.marked = bool(self.numbers) and any(re.search("[£$,%]", cell) for cell in numbers)
        self.decimals = max((len(cell.rstrip("%").partition(".")[2]) for cell in numbers), default=0)
        self.empty = any(not cell or cell in self.codes for cell in cells)

    @property
    def names_rows(self) -> bool:
        """Whether it can be part of a key: it says what a row is about."""
        return self.is_year or self.is_date or not self.numbers

    def said(self, areas: Gazetteer, shared: dict[str, dict[str, object]]) -> dict[str, object]:
        """Return what a description says of it."""
        found: dict[str, object] = {}
        if self.is_date:
            found = {"type": "date", "unit": "date"}
        elif self.is_year:
            found = {"type": "integer", "unit": "year", "minimum": 1900, "maximum": 2100}
        elif self.numbers:
            found = {"type": "number" if self.decimals else "integer", "unit": self._unit()}
            if self.decimals > 1:
                found["decimals"] = self.decimals
            if min(self.numbers) >= 0:
                found["minimum"] = 0
            if self.marked:
                found["marked"] = "yes"
        if self.empty:
            found["required"] = "no"
        if role := self._role(areas):
            found["role"] = role
        elif not found and len(set(self.values)) <= _FEW and len(self.values) >= 3 * len(set(self.values)):
            found["enum"] = sorted(set(self.values))
        if self.printed and self.printed != self.name.replace("_", " ").capitalize() and self.printed != self.name:
            found = {"title": self.printed, **found}
        if same := shared.get(self.name):
            # What is said for all tables stays said, unless the cells are against it.
            least, most = (float(str(same.get(end, limit))) for end, limit in (("minimum", "-inf"), ("maximum", "inf")))
            outside = any(not least <= number <= most for number in self.numbers)
            kept = ("type", "required", "marked", "role", "title", *(("minimum", "maximum") if outside else ()))
            found = {key: value for key, value in found.items() if key in kept and same.get(key) != str(value)}
        return found

    def _unit(self) -> str:
        words = f"{self.printed} {self.name}".lower().replace("_", " ")
        percent = "per cent" if any(cell.endswith("%") for cell in self.values) else ""
        return percent or next((unit for form, unit in _UNITS.items() if re.search(form, words)), "number")

    def _role(self, areas: Gazetteer) -> str:
        different = set(self.values)
        known = {cell for cell in different if areas.find(cell)}
        if self.numbers and not self.is_year:
            return "la_number" if known == different and re.search(r"la|authority", self.name) else ""
        codes = all(re.fullmatch(r"[EWSNK]\d{8}", cell) for cell in known)
        return "area" if known and not codes and len(known) >= 0.6 * len(different) else ""


def _lines(root: Path, draft: Draft, columns: list[_Column], areas: Gazetteer, source: str, file: str) -> Iterator[str]:
    common = catalogue.shared(root)
    if source and source not in common.publications:
        raise InputError(f"There is no publication {source!r} in {COMMON}: {one_of(common.publications, source)}")
    codes = sorted({code for column in columns for code in column.codes})
    yield f"title: {_flow(draft.name.replace('_', ' ').capitalize())}{MARK}"
    yield f"description: {_flow(f'As in {file}.')}{MARK}"
    yield "sources:"
    yield f"  {source}:" if source else f"  which-publication:  # one of {COMMON.name}; describe a new one there"
    if codes:
        meanings = "; ".join(f"{code}: {CODES[code]}" for code in codes)
        yield f"missing: {_flow(['', *codes])}{MARK}, {meanings}"
    key = _key(columns)
    yield f"key: {_flow([one.name for one in key])}{MARK}"
    yield "columns:"
    roles: set[object] = set()
    for column in columns:
        said = column.said(areas, common.columns)
        role = said.get("role", common.columns.get(column.name, {}).get("role"))
        if role in roles:
            # One column says whose a row is; another one names something else of it, such as its region.
            role = said.pop("role", None) and None
        roles.add(role)
        yield f"  {_flow(column.name)}: {_flow(said)}{MARK}" if said else f"  {_flow(column.name)}:"
        draft.notes += _remarks(column, role, areas)
    if twice := _twice(key):
        draft.notes.append(
            f"No columns tell the rows apart: {and_list(twice)} stands more than once. Say in key what does, or delete "
            "a row."
        )
    if years := [one.printed for one in columns if re.fullmatch(r"(19|20)\d\d", one.printed)]:
        draft.notes.append(
            f"{and_list(years)} are columns: with a row for each year, a new year needs no new description."
        )


def _remarks(column: _Column, role: object, areas: Gazetteer) -> Iterator[str]:
    if role == "area" and (unknown := sorted({one for one in column.values if not areas.find(one)})):
        nearest = [f"{name!r} ({one_of(sorted(areas.areas), name).rstrip('.')})" for name in unknown]
        yield (
            f"{column.name} has names of areas that are not known: {'; '.join(nearest)}. Add each to "
            "data/raw/area_spellings.csv with the official name."
        )
    if column.numbers and (odd := [cell for cell in column.values if not _NUMBER.fullmatch(cell)]):
        yield f"{column.name} holds {and_list(sorted({repr(one) for one in odd}))} among numbers."
    elif column.odd:
        yield (
            f"{column.name} is taken for words, though most of its cells are numbers: these are none: "
            f"{and_list(column.odd)}. If it holds numbers, say type: number, correct slips, and name codes in missing."
        )


def _key(columns: list[_Column]) -> list[_Column]:
    """Return the fewest columns that tell the rows apart, or all that could."""
    able = [column for column in columns if column.names_rows and not column.empty]
    for many in range(1, min(4, len(able)) + 1):
        for some in combinations(able, many):
            rows = list(zip(*(one.cells for one in some), strict=True))
            if len(set(rows)) == len(rows):
                return list(some)
    return able or columns[:1]


def _twice(key: list[_Column]) -> tuple[str, ...]:
    """Return the first values of a key that stand more than once; none where each stands once."""
    times = Counter(zip(*(one.cells for one in key), strict=True))
    return next((values for values, number in times.items() if number > 1), ())


def _flow(value: object) -> str:
    """Write a value as YAML on one line."""
    said = yaml.safe_dump(value, default_flow_style=True, width=10**6, allow_unicode=True, sort_keys=False)
    return re.sub(r"'(yes|no)'", r"\1", said.removesuffix("...\n").strip())
