"""gptables' workbook, made in a fraction of its time.

gptables lays out each table cell by cell in pandas frames of format dictionaries, which takes longer than the analysis
the table comes from. Here the same sheets, theme and formats are written from plain lists; what gptables checks
of a table on the way (no empty cell, none without a letter or digit) ``spreadsheet`` sees to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil
from numbers import Number
from typing import Any

import pandas as pd
from gptables import Cover, GPTable
from gptables.core.wrappers import GPWorkbook, GPWorksheet, cell_autofit_width

_SHORTHAND = re.compile(r"^\[[\w\s]+\]$")
_GRIDLINES_HIDDEN = 2
CONTENTS, NOTES = "Contents", "Notes"


class Sheet(GPWorksheet):
    """A worksheet of a table."""

    def _write_table_elements(self, pos: list[int], gptable: Any, auto_width: bool) -> list[int]:
        table, theme = gptable.table, self.theme
        rows = table.to_numpy(dtype=object).tolist()
        indexes = {column: level for level, column in gptable.index_columns.items()}
        formats = []
        for number in range(table.shape[1]):
            own = theme.data_format
            if number in indexes:
                own = (theme.index_1_format, theme.index_2_format, theme.index_3_format)[indexes[number] - 1]
            numeric = (
                (number > 0 or bool(indexes)) and number not in indexes and _is_numeric(row[number] for row in rows)
            )
            align = {"align": "right" if numeric else "left"}
            formats.append((theme.column_heading_format | align, own | align))
        heading, own = ([one[which] for one in formats] for which in (0, 1))
        top = gptable.data_range[0]
        laid_out = [(list(table.columns), heading), *((row, own) for row in rows)]
        for number, (row, theirs) in enumerate(laid_out):
            for column, (value, properties) in enumerate(zip(row, theirs, strict=True)):
                self._smart_write(top + number, column, value, properties)
        if auto_width:
            self._set_column_widths([self._width(laid_out, column) for column in range(len(formats))])
        self._mark_data_as_worksheet_table(gptable, pd.DataFrame([heading], dtype=object))
        return [top + len(laid_out), 0]

    def _width(self, laid_out: list[tuple[list[Any], list[Any]]], column: int) -> int:
        widest = 0
        for row, formats in laid_out:
            line = self._get_longest_line(row[column])
            widest = max(widest, ceil(cell_autofit_width(line) * self._get_scaling_factor(formats[column], line)))
        return widest

    def _parse_table_urls(self, gptable: Any) -> None:
        """Look for no links: ``spreadsheet`` lets none in."""


def _is_numeric(values: Any) -> bool:
    known = [one for one in values if not (isinstance(one, str) and _SHORTHAND.match(one))]
    return bool(known) and all(isinstance(one, Number) and not isinstance(one, bool) for one in known)


class Workbook(GPWorkbook):
    """A workbook of such sheets."""

    def add_worksheet(self, name: str | None = None, gridlines: str = "hide_all") -> Any:
        """Add a sheet."""
        sheet = super(GPWorkbook, self).add_worksheet(name, Sheet)
        sheet.theme, sheet._workbook = self.theme, self
        sheet.hide_gridlines(_GRIDLINES_HIDDEN)
        return sheet


def write(
    path: str, sheets: Mapping[str, GPTable], cover: Cover, notes: pd.DataFrame | None, options: dict[str, Any]
) -> None:
    """Write a workbook of a cover, contents, notes and tables, as ``gptables.write_workbook`` does."""
    book = Workbook(path, options=options)
    book.add_worksheet(cover.cover_label).write_cover(cover)
    contents = book.make_table_of_contents(dict(sheets))
    book._update_annotations(dict(sheets))
    front = {CONTENTS: contents} | ({} if notes is None else {NOTES: book.make_notesheet(notes)})
    for label, table in {**front, **sheets}.items():
        book.add_worksheet(label).write_gptable(table, True, book._annotations)
    book.close()
