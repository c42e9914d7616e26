"""What a run would say of what an analyst's session has shown so far."""

from __future__ import annotations

import tempfile
from typing import Any

import nbformat

from casebook.data import project
from casebook.engine.task import Task
from casebook.errors import ReportFailedError
from casebook.pack import reconciliation, record
from casebook.pages import layout

_SO_FAR = "What is shown so far"


def of(cells: list[list[dict[str, Any]]]) -> str:
    """Return what would keep a report from being published, in words.

    Parameters
    ----------
    cells
        The outputs of each execution, in order; a problem names its place by the number of the execution, which stands
        in brackets beside the cell.
    """
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(one) for one in outputs]) for outputs in cells]
    )
    found = record.of(notebook)
    rows = reconciliation.rows(found.reconciliations, "", "")
    with tempfile.TemporaryDirectory() as folder:
        task = Task(_SO_FAR, "", found.title.area if found.title else "", "", str(project.root()), folder, own=folder)
        problems = ""
        try:
            layout.lay_out(task, layout.Order(), notebook, found, rows, {}, found.problems)
        except ReportFailedError as refused:
            problems = str(refused)
    said = [problems or f"{_SO_FAR} can be published."]
    if found.explored:
        said.append(f"It has {record.in_words(found.explored)}.")
    if found.explored or problems:
        said.append("(A cell is named by the number in brackets beside it.)")
    return "\n".join(said)
