"""Small reports for tests of runs: a project whose pipeline consists of a few notebooks of five cells."""

from __future__ import annotations

import json
import re

import nbformat

PARAMETERS = 'area: str = "Cambridgeshire"'
BEGIN = """\
from casebook import report, tables
report.title("A small report", area=area, as_of="1 May 2026")
frame = tables.read("smoking_prevalence")
"""
SAY = """\
report.summary("The table is small.", "Is it right?")
report.headline("rows", f"The table has {len(frame)} rows.", value=len(frame), unit="rows", alert_threshold=3)
report.headline("two", "Two is 2.", value=2, unit="one")
"""
SHOW = """\
report.table(frame[["area", "value"]], caption="Smoking", columns={"area": "Area", "value": "Per cent"})
report.assumption("The table is right.", quality="green", impact="low")
"""
GOOD = ("# Begin", BEGIN, "# Say", SAY, SHOW)
OWN_FILE_REPORT = ("# Words", BEGIN, "from pathlib import Path\nnote = Path('note.txt').read_text();", SAY, SHOW)
NEVER = "import time\ntime.sleep(1000)"


def notebook(*cells: str, parameters: str = PARAMETERS) -> nbformat.NotebookNode:
    """Return a notebook: cells of one line that begin with # are headings."""
    code = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    made = [code]
    for cell in cells:
        is_words = re.match("#+ ", cell) and "\n" not in cell
        made.append(nbformat.v4.new_markdown_cell("#" + cell) if is_words else nbformat.v4.new_code_cell(cell))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def write(project, entries: dict[str, tuple[str, ...]], options: dict[str, str] | None = None, **more: str) -> None:
    """Make a project's pipeline consist of small reports."""
    lines = []
    for name, cells in entries.items():
        nbformat.write(notebook(*cells, **more), project.root / "notebooks" / f"{name}.ipynb")
        lines.append(f'    Report("{name}", {(options or {}).get(name, "")}),')
    text = ["from casebook.cli import Limits, Report, main", "PACK = [", *lines, "]", 'main(PACK, "Cambridgeshire")']
    (project.root / "pipeline.py").write_text("\n".join(text) + "\n")


def events(project) -> list[dict]:
    return [json.loads(line) for line in (project.root / ".casebook" / "runs.jsonl").read_text().splitlines()]
