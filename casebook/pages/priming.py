"""A small report, made and thrown away, so that of the reports made next none is the first to do anything."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import nbformat
import pandas as pd

from casebook import report
from casebook.data import provenance
from casebook.data.project import RAW
from casebook.data.series import Held
from casebook.data.tables import Tables, read_of
from casebook.engine import shell
from casebook.engine.task import Task
from casebook.english import Number
from casebook.pack import record
from casebook.pages import layout, render
from casebook.reconcile import figures
from casebook.report import blocks, charts

_LARGE = 1_000_000
_COLUMNS: report.Columns = {"place": "Place", "value": ("Value, of all", ".1f")}


def prime_caches() -> None:
    """Do once what every report does: read, compare, draw, show, and lay out a page and a spreadsheet.

    Raises
    ------
    InputError
        If a table of the project cannot be used.
    ReportFailedError
        If its page does not pass the gates.
    """
    known = Tables()
    for table in known.catalogue.tables:
        # What is read here is not read again; a large table is read where it is used, and no other report carries it.
        if (known.root / RAW / table.path).stat().st_size < _LARGE:
            known.write_processed(known.prepare(table.name))
    Held.of(known.root, known).read()
    # Every working may name another figure.
    _ = figures.load(known.root).tables[figures.REGISTER]
    # Whether a value of a kind that JSON has is a mapping, Python finds out once, and slowly.
    nbformat.from_dict({"nothing": None, "yes": True, "one": 1, "half": 0.5}).update(zip("a", "b", strict=True))
    outputs = shell.prepare().outputs
    outputs.begin()
    provenance.record([read_of(known.root, known.catalogue.tables[0], 1)])
    _say()
    cells = [
        nbformat.v4.new_markdown_cell("## Prose\n\nOf **one** kind."),
        nbformat.v4.new_code_cell(outputs=outputs.shown),
    ]
    outputs.begin()
    blocks.load()
    render.load_templates()
    _lay_out(known.root, nbformat.v4.new_notebook(cells=cells))


def _say() -> None:
    frame = pd.DataFrame({"place": ["Here", "There"], "value": [1.5, None]})
    frame[frame["place"] == "Here"].pivot(index="place", columns="value").to_csv(io.StringIO())
    report.title("Rehearsal", area="Nowhere", as_of="today")
    report.summary("It is done.", "Is it?")
    for name in ("one", "two"):
        report.headline(name, f"It is {Number(1.5, 1)} of all.", value=1.5, unit="of all")
    report.text(f"There are {Number(1000)} of them.")
    report.table(frame, caption="What there is", columns=_COLUMNS, notes=["A note."], highlight="Here")
    report.figure(
        charts.changes(pd.Series({"Change": 1.0}), "pounds"),
        title="A chart to begin with",
        subtitle="Nothing, nowhere, never",
        alt="Nobody sees this chart, because it is thrown away at once.",
        data=frame,
        columns=_COLUMNS,
    )
    report.assumption("All is as it is.", quality="green", impact="low")
    report.source("Nothing", publisher="Nobody", date="2026")


def _lay_out(root: Path, notebook: nbformat.NotebookNode) -> None:
    found = record.of(notebook)
    with tempfile.TemporaryDirectory() as folder:
        task = Task("priming", "priming.ipynb", "Nowhere", "", str(root), folder, own=folder)
        nbformat.write(notebook, Path(folder) / task.notebook)
        layout.lay_out(task, layout.Order(), notebook, found, [], {})
