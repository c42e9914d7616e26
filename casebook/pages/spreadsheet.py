"""A report's tables as a spreadsheet, after the Analysis Function's guidance on statistics in spreadsheets.

Cover, contents, notes, then one table a sheet. Numbers are numbers and dates are dates, shown as on the page. Text is
only ever text: formulas and links are switched off in the writer, so nothing in the data can become one.

References
----------
Government Analysis Function, Releasing statistics in spreadsheets, 2021, last updated 2024.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casebook.english import written
from casebook.pack.models import Published, Row
from casebook.pack.record import Record
from casebook.report.blocks import MISSING, Column, Table

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

AS_TEXT = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
    "in_memory": True,
}
LONGEST = 32_000  # a cell holds 32,767 characters
WIDEST = 60  # characters; what is longer is broken over lines
TAB = 31  # characters that a sheet's name may have
LEADING = frozenset(("a", "and", "at", "by", "for", "from", "in", "is", "of", "on", "or", "that", "the", "to", "with"))
DAY = "%d %B %Y"
FINISHED = f"{DAY} at %H:%M"
# A number that stands as text; "000" is the name of a paper.
NUMBER = re.compile(r"(-?)(£?)(-?(?:0|[1-9][\d,]*)(?:\.(\d+))?)(%?)")
PRINTED = {
    "where": "Where",
    "figure": "Figure",
    "printed": "As printed",
    "computed": "Calculated",
    "computed_shown": "Calculated, as shown",
    "unit": "Unit",
    "verdict": "Verdict",
    "formula": "Formula",
    "note": "Note",
    "follows": "What follows",
}
# Colours and borders would say nothing; type sizes lead the eye.
FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 15},
    "heading": {"bold": True, "font_size": 12},
    "header": {"bold": True, "text_wrap": True, "valign": "top"},
    "text": {"text_wrap": True, "valign": "top"},
    "link": {"font_color": "#0000EE", "underline": 1, "valign": "top"},
}


@dataclass
class _Sheet:
    """A sheet of one table: its tab, its title, its columns with their number formats, and its rows."""

    tab: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    remarks: Sequence[str] = ()
    references: list[int] = field(default_factory=list)


def write(path: Path, record: Record, reconciled: Sequence[Row], made: Published) -> None:
    """Write a report's spreadsheet.

    Parameters
    ----------
    path
        The file to write.
    record
        The report's record: its tables and the data of its charts, in order, assumptions and sources.
    reconciled
        Its reconciled figures.
    made
        How the report was made: its entry in ``pack.json``.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    # Loaded when the first is written: commands that write none need not spend the time.
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    sheets = list(_sheets(record, reconciled))
    notes = list(dict.fromkeys(remark for sheet in sheets for remark in sheet.remarks))
    for sheet in sheets:
        sheet.references = [notes.index(remark) + 1 for remark in sheet.remarks]
    book = xlsxwriter.Workbook(str(path), AS_TEXT)
    finished = datetime.strptime(made.finished, FINISHED)
    book.set_properties({"title": _safe(f"{made.title}: {made.area}"), "author": "Casebook", "created": finished})
    book.set_custom_property("Language", "en-GB")
    writer = _Writer(book)
    writer.cover(record, made)
    told = [("Notes", "Notes"), *((sheet.tab, sheet.title) for sheet in sheets)]
    contents = writer.table(_Sheet("Contents", "Table of contents", _columns("Sheet", "What it holds"), told))
    for row, (tab, _) in enumerate(told, start=contents):
        writer.link(row, tab)
    writer.table(_Sheet("Notes", "Notes", _columns("Note", "Text"), list(enumerate(notes, start=1)) or [("", "None.")]))
    about = (
        f"{made.area}; data as of {made.as_of}",
        f"Source: {'; '.join(dict.fromkeys(read.title for read in record.reads))}",
    )
    for sheet in sheets:
        writer.table(sheet, about)
    try:
        book.close()
    except FileCreateError as error:
        raise error.args[0] from None


def _sheets(record: Record, reconciled: Sequence[Row]) -> Iterator[_Sheet]:
    for number, table in enumerate(record.tables, start=1):
        yield _Sheet(
            _tab(number, table), table.caption, table.columns, [_dated(row) for row in table.rows], table.notes
        )
    if reconciled:
        yield _Sheet(
            "Printed figures",
            "What the papers said",
            _columns(*PRINTED.values()),
            [[getattr(row, name) for name in PRINTED] for row in reconciled],
        )
    yield _Sheet(
        "Assumptions",
        "Assumptions and limits",
        _columns("Assumption", "Quality of the grounds", "Impact if wrong"),
        [(one.text, one.grounds, one.consequence) for one in record.assumptions],
    )
    read: list[tuple[str | None, ...]] = [
        (one.title, "; ".join(one.sources), one.licence, one.path, one.sha256) for one in record.reads
    ]
    read += [(one.title, f"{one.publisher}, {one.date}", one.licence, None, None) for one in record.sources]
    yield _Sheet(
        "Sources",
        "Where the figures come from",
        _columns("Table", "Source", "Licence", "File", "Content (SHA-256)"),
        read,
    )


class _Writer:
    """Writes sheets into a workbook."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._formats = {name: book.add_format(properties) for name, properties in FORMATS.items()}
        self._tables = 0

    def cover(self, record: Record, made: Published) -> None:
        """Write what the report is, what it found and how it was made."""
        sheet = self._book.add_worksheet("Cover")
        sheet.set_column(0, 0, WIDEST + 19)
        lines = [
            ("title", f"{made.title}: {made.area}"),
            ("heading", "Summary"),
            *(("text", sentence) for sentence in (record.summary.sentences if record.summary else ())),
            ("heading", "Findings"),
            *(("text", headline.plain()) for headline in record.headlines),
            ("heading", "About these data"),
            ("text", f"Data as of: {made.as_of}."),
            ("text", f"Made by Casebook on {made.finished}, {made.built_from}."),
            ("text", "Contains public sector information licensed under the Open Government Licence v3.0."),
        ]
        for row, (style, text) in enumerate(lines):
            sheet.write_string(row, 0, _safe(text), self._formats[style])

    def table(self, sheet: _Sheet, about: Sequence[str] = ()) -> int:
        """Write one table on a sheet of its own, and return the row its values begin in."""
        page = self._book.add_worksheet(sheet.tab)
        rows = [[_shown(value) for value in row] for row in sheet.rows]
        notes = ", ".join(map(str, sheet.references))
        lines = [
            "This worksheet contains one table."
            + (f" Its notes on the worksheet named Notes: {notes}." if notes else ""),
            *([f"{MISSING}: not available"] if any(MISSING in row for row in rows) else []),
            *about,
        ]
        page.write_string(0, 0, _safe(sheet.title), self._formats["title"])
        for row, line in enumerate(lines, start=1):
            page.write_string(row, 0, _safe(line))
        first = len(lines) + 1
        labels = list(_labels(sheet.columns))
        self._tables += 1
        page.add_table(
            first, 0, first + max(len(rows), 1), len(labels) - 1,
            {
                "name": f"Table_{self._tables}", "style": None, "autofilter": False,
                "columns": [{"header": label, "header_format": self._formats["header"]} for label in labels],
            },
        )  # fmt: skip
        for number, (column, label) in enumerate(zip(sheet.columns, labels, strict=True)):
            cells = [row[number] for row in rows]
            for row, value in enumerate(cells, start=first + 1):
                self._cell(page, row, number, value, column.format)
            widest = max((len(line) for value in cells for line in str(value).split("\n")), default=0)
            # A header may break between words, a value that fits may not.
            longest = max(map(len, label.split()))
            page.set_column(number, number, min(max(widest, longest, min(len(label), 20)) + 2, WIDEST))
        return first + 1

    def _cell(self, page: Worksheet, row: int, column: int, value: Any, spec: str) -> None:
        if isinstance(value, datetime):
            page.write_datetime(row, column, value, self._number("d mmmm yyyy"))
        elif isinstance(value, bool) or not isinstance(value, int | float):
            shown = self._formats["text"]
            printed = NUMBER.fullmatch(str(value))
            if printed and not spec:
                page.write_number(row, column, *self._printed(printed))
            else:
                page.write_string(row, column, str(value), shown)
        else:
            # The number that the page shows: the rest is noise of the arithmetic.
            shown = written(value, spec.strip("+,")) if spec.endswith("f") else value
            page.write_number(row, column, float(shown), self._number(_excel(spec)))

    def _printed(self, number: re.Match[str]) -> tuple[float, Any]:
        """Return a number that stands as text, and the format that shows it as it is printed."""
        minus, pound, digits, decimals, per_cent = number.groups()
        shown = ("#,##0" if "," in digits else "0") + (f".{'0' * len(decimals)}" if decimals else "")
        value = float(digits.replace(",", "")) * (-1 if minus else 1) / (100 if per_cent else 1)
        return value, self._number(f"{pound}{shown}{per_cent}")

    def _number(self, shown: str) -> Any:
        if shown not in self._formats:
            self._formats[shown] = self._book.add_format({"num_format": shown, "valign": "top"})
        return self._formats[shown]

    def link(self, row: int, tab: str) -> None:
        """Lead from a cell of the contents to the sheet it names."""
        sheet = self._book.get_worksheet_by_name("Contents")
        quoted = tab.replace("'", "''")
        sheet.write_url(row, 0, f"internal:'{quoted}'!A1", self._formats["link"], tab)


def _columns(*labels: str) -> tuple[Column, ...]:
    return tuple(Column(label, label) for label in labels)


def _labels(columns: Iterable[Column]) -> Iterator[str]:
    """Give each column a header of its own, as a table of a spreadsheet asks; capitals count for nothing."""
    taken: set[str] = set()
    for column in columns:
        label = _safe(column.label) or "-"
        while label.casefold() in taken:
            label = f"{_safe(column.label)} ({len(taken) + 1})"
        taken.add(label.casefold())
        yield label


def _tab(number: int, table: Table) -> str:
    """Return a table's number and as many words of its caption as a tab holds.

    Examples
    --------
    >>> _tab(2, Table("t", "Data: Plans by need, each January: Cambridgeshire", (), ()))
    '2 Plans by need, each January'
    >>> _tab(3, Table("t", "Where 2026/27 stands and by what it is moved", (), ()))
    '3 Where 2026-27 stands'
    """
    caption = _safe(table.caption).removeprefix("Data:").replace("/", "-")
    kept = [str(number)]
    for word in re.sub(r"[\[\]:*?\\'\"]", "", caption).split():
        if len(" ".join([*kept, word])) > TAB:
            # Cut short, it does not end in a word that leads on to the next, or in a part of a sum.
            while kept[-1] in LEADING or (word == "million" and kept[-1][-1].isdigit()):
                kept.pop()
            break
        kept.append(word)
    return " ".join(kept).rstrip(" ,.;")


def _dated(row: Sequence[Any]) -> list[Any]:
    """Return a row with the dates that its texts are."""
    return [_date(value) if isinstance(value, str) else value for value in row]


def _date(text: str) -> datetime | str:
    if not re.fullmatch(r"\d{1,2} [A-Z][a-z]+ \d{4}", text):
        return text
    try:
        return datetime.strptime(text, DAY)
    except ValueError:
        return text


def _shown(value: Any) -> Any:
    """Return what a cell holds: text that a sheet may hold, a number that there is, or the mark of what is missing."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return MISSING
    if isinstance(value, str):
        text = _safe(value)
        # The guidance allows no cell without a letter or a digit.
        return text if any(map(str.isalnum, text)) else f"{text} (as printed)" if text.strip() else MISSING
    return value


def _excel(spec: str) -> str:
    """Return the number format of a spreadsheet that shows what a format of Python shows.

    Examples
    --------
    >>> _excel(",.1f"), _excel("+.0f"), _excel("d"), _excel(".1%")
    ('#,##0.0', '+0;-0;0', '0', '0.0%')
    """
    read = re.fullmatch(r"(\+?)(,?)(?:\.(\d+)([fg%])|d|)", spec)
    if not read or read[4] == "g":
        return "#,##0.##########" if read and read[2] else "General" if spec or not read else "0"
    shown = "#,##0" if read[2] else "0"
    shown += f".{'0' * int(read[3])}" if int(read[3] or 0) else ""
    shown += "%" if read[4] == "%" else ""
    return f"+{shown};-{shown};{shown}" if read[1] else shown


def _safe(text: str) -> str:
    """Return text without characters that XML cannot hold, no longer than a cell."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text)[:LONGEST]
