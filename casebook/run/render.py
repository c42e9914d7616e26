"""Turning executed notebooks into the pages a committee reads, and the index of the pack."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from casebook.run import reconciliation
from casebook.run.record import Record

TEMPLATES = Path(str(files("casebook.run") / "templates"))

HEADING = "## How this compares with what was printed"

_pages = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def report_page(
    notebook: NotebookNode,
    record: Record,
    reconciled: list[reconciliation.Row],
    papers: dict[str, str],
    made: dict[str, Any],
) -> str:
    """Return a report's page.

    Parameters
    ----------
    notebook
        The executed notebook; its prose and the blocks it shows become the body.
    record
        Its record; headlines, assumptions and sources are taken from here.
    reconciled
        Its reconciled figures, by paper and line.
    papers
        The titles of the papers it draws on, by number.
    made
        How the page was made: the report's entry in ``pack.json``, with the name of its ``source``.
    """
    exporter = HTMLExporter(
        template_name="report",
        extra_template_basedirs=[str(TEMPLATES)],
        extra_template_paths=[str(TEMPLATES)],
        exclude_input=True,
        exclude_anchor_links=True,
    )
    shown, rest = reconciliation.parts(reconciled)
    section = _pages.get_template("reconciliation_section.html.j2").render(
        summary=reconciliation.summary(reconciled), shown=shown, rest=rest, papers=papers
    )
    # Where the notebook has the heading, the figures stand under it; otherwise before the assumptions.
    placed = any(cell.cell_type == "markdown" and cell.source.startswith(HEADING) for cell in notebook.cells)
    resources = {
        "record": record, "made": made, "css": _css(), "heading": HEADING, "placed": placed, "reconciliation": section,
    }  # fmt: skip
    page, _ = exporter.from_notebook_node(notebook, resources=resources)
    return str(page)


def index_page(pack: dict[str, Any]) -> str:
    """Return the page that lists a pack's reports by area."""
    areas = sorted({report["area"] for report in pack["reports"]})
    by_area = {area: [report for report in pack["reports"] if report["area"] == area] for area in areas}
    found = reconciliation.once(pack["reconciliation"])
    return _pages.get_template("index.html.j2").render(
        pack=pack, by_area=by_area, summary=reconciliation.summary(found), css=_css()
    )


def reconciliation_page(pack: dict[str, Any]) -> str:
    """Return the page of every printed figure that the pack's reports worked out again."""
    found = reconciliation.once(pack["reconciliation"])
    shown, _ = reconciliation.parts(found)
    papers = sorted({row["paper"] for row in found})
    return _pages.get_template("reconciliation.html.j2").render(
        pack=pack,
        summary=reconciliation.summary(found),
        shown=shown,
        by_paper={paper: [row for row in found if row["paper"] == paper] for paper in papers},
        csv=reconciliation.as_csv(found),
        titles={(entry["name"], entry["area"]): entry for entry in pack["reports"]},
        css=_css(),
    )


def _css() -> str:
    return (TEMPLATES / "casebook.css").read_text(encoding="utf-8")
