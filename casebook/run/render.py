"""Turning executed notebooks into the pages a committee reads, and the index of the pack."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from casebook.run.record import Record

TEMPLATES = Path(str(files("casebook.run") / "templates"))

_pages = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def report_page(notebook: NotebookNode, record: Record, made: dict[str, Any]) -> str:
    """Return a report's page.

    Parameters
    ----------
    notebook
        The executed notebook; its prose and the blocks it shows become the body.
    record
        Its record; headlines, assumptions and sources are taken from here.
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
    page, _ = exporter.from_notebook_node(notebook, resources={"record": record, "made": made, "css": _css()})
    return str(page)


def index_page(pack: dict[str, Any]) -> str:
    """Return the page that lists a pack's reports by area."""
    areas = sorted({report["area"] for report in pack["reports"]})
    by_area = {area: [report for report in pack["reports"] if report["area"] == area] for area in areas}
    return _pages.get_template("index.html.j2").render(pack=pack, by_area=by_area, css=_css())


def _css() -> str:
    return (TEMPLATES / "casebook.css").read_text(encoding="utf-8")
