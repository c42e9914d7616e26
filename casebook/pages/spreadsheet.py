"""A report's tables as a spreadsheet, after the Analysis Function's guidance on statistics in spreadsheets.

gptables lays the sheets out: cover, contents, notes, then one table a sheet. Text is only ever text: formulas and links
are switched off in the writer, so nothing in the data can become one.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from casebook.pack.models import Published, Row
from casebook.pack.record import Record
from casebook.report.blocks import Column, Table

AS_TEXT = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
    "in_memory": True,
}
LONGEST = 32_000  # a cell holds 32,767 characters
MISSING = "[x]"
PRINTED = {
    "paper": "Paper",
    "line": "Line",
    "figure": "Figure",
    "printed": "As printed",
    "computed_shown": "Worked out",
    "verdict": "Verdict",
    "formula": "Formula",
    "note": "Note",
    "follows": "What follows",
}


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
    import gptables

    sheets: dict[str, Any] = {}
    notes: list[tuple[str, str]] = []

    def add(label: str, title: str, frame: pd.DataFrame, remarks: Sequence[str] = ()) -> None:
        references = []
        for remark in remarks:
            reference = f"note{len(notes) + 1}"
            notes.append((reference, _safe(remark)))
            references.append(f"$${reference}$$")
        missing = any(str(value) == MISSING for value in frame.to_numpy().ravel())
        sheets[label] = gptables.GPTable(
            table=frame,
            table_name=re.sub(r"\W", "_", label),
            title=_safe(title) + "".join(references),
            subtitles=[],
            scope=_safe(f"{made.area}; data as of {made.as_of}"),
            source=_safe("; ".join(dict.fromkeys(read.title for read in record.reads))),
            instructions="This worksheet contains one table."
            + (" Notes are on the worksheet named Notes." if remarks else ""),
            legend=[f"{MISSING}: not available"] if missing else [],
            index_columns={},
        )

    for number, table in enumerate(record.tables, start=1):
        add(f"Table {number}", table.caption, _frame(table), table.notes)
    if reconciled:
        add(
            "Printed figures",
            "How this compares with what was printed",
            _texts([row.model_dump() for row in reconciled], PRINTED),
        )
    columns = {"text": "Assumption", "quality": "Quality of the grounds", "impact": "Impact if wrong"}
    add("Assumptions", "Assumptions and limits", _texts([asdict(one) for one in record.assumptions], columns))
    sources = [{**asdict(read), "sources": "; ".join(read.sources)} for read in record.reads]
    sources += [
        {**asdict(one), "sources": f"{one.publisher}, {one.date}", "path": "", "sha256": ""} for one in record.sources
    ]
    columns = {
        "title": "Table",
        "sources": "Source",
        "licence": "Licence",
        "path": "File",
        "sha256": "Content (SHA-256)",
    }
    add("Sources", "Where the figures come from", _texts(sources, columns))
    cover = gptables.Cover(
        title=_safe(f"{made.title}: {made.area}"),
        intro=["Headlines", *(_safe(headline.text) for headline in record.headlines)],
        about=[
            _safe(f"Data as of: {made.as_of}."),
            _safe(f"Made by Casebook on {made.finished}, {made.built_from}."),
            "Contains public sector information licensed under the Open Government Licence v3.0.",
        ],
    )
    noted = pd.DataFrame(notes, columns=["Note reference", "Note text"]) if notes else None
    with warnings.catch_warnings():
        # gptables warns of its own use of pandas, and where a report has no notes.
        warnings.simplefilter("ignore")
        gptables.write_workbook(str(path), sheets, cover=cover, notes_table=noted, workbook_options=AS_TEXT)


def _frame(table: Table) -> pd.DataFrame:
    labels: list[str] = []
    for column in table.columns:
        label = _safe(column.label)
        labels.append(label if label not in labels else f"{label} ({len(labels) + 1})")
    rows = [[_cell(value, column) for value, column in zip(row, table.columns, strict=True)] for row in table.rows]
    return pd.DataFrame(rows, columns=labels, dtype=object)


def _cell(value: Any, column: Column) -> Any:
    if value is None:
        return MISSING
    if isinstance(value, str):
        return _worded(_safe(value))
    if isinstance(value, float):
        if not math.isfinite(value):
            return MISSING
        # As many decimals as the page shows: the rest is noise of the arithmetic.
        decimals = re.search(r"\.(\d+)f$", column.format)
        return round(value, int(decimals[1])) if decimals else value
    return value


def _texts(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    cells = [[_worded(_safe(str(row[name]))) for name in columns] for row in rows]
    return pd.DataFrame(cells, columns=list(columns.values()), dtype=object)


def _worded(text: str) -> str:
    # The guidance allows no cell without a letter or a digit; gptables refuses one.
    if any(character.isalnum() for character in text):
        return text
    return f"{text} (as printed)" if text.strip() else MISSING


def _safe(text: str) -> str:
    """Return text without what gptables would read as a note or a link, and without characters XML cannot hold."""
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text)
    return text.replace("$$", "$ $").replace("](", "] (")[:LONGEST]
