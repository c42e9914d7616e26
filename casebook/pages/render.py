"""Turning executed notebooks into the pages a committee reads, and the index of the pack."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import cache
from html import unescape
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2
from nbconvert import HTMLExporter, TemplateExporter
from nbformat import NotebookNode

from casebook.pack import reconciliation
from casebook.pack.differences import PackDifference
from casebook.pack.models import Pack, Published, Row
from casebook.pack.record import Record
from casebook.pages import gates, harmless, readability, script
from casebook.report import look
from casebook.report.blocks import RECONCILED, Figure, SourceRow, Table, Text
from casebook.text import slug

TEMPLATES = Path(str(files("casebook.pages") / "templates"))
BLOCKS = Path(str(files("casebook.report") / "templates"))

HEADING = "## What the papers said"
_BARE = re.compile(r"\s*(#+) [^\n]+\s*")
# What stands under this heading, the last of a notebook, is folded at the end of the page.
METHOD = "## Method"

_pages = jinja2.Environment(
    loader=jinja2.FileSystemLoader([TEMPLATES, BLOCKS]),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
_pages.globals.update(RECONCILED)
_pages.globals["script"] = script
_pages.filters["slug"] = slug


def template(name: str) -> jinja2.Template:
    """Return a template of the pages about all reports."""
    return _pages.get_template(name)


def report_page(
    notebook: NotebookNode,
    record: Record,
    reconciled: list[Row],
    papers: dict[str, str],
    made: Published,
    source: str,
) -> tuple[str, list[str]]:
    """Return a report's page, and what is to be said of HTML in its notebook that a page may not hold.

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
        How the page was made: the report's entry in ``pack.json``.
    source
        The name of its notebook.
    """
    section = _pages.get_template("reconciliation_section.html.j2").render(
        summary=reconciliation.summary(reconciled), figures=reconciled, papers=papers
    )
    refused: list[str] = []

    def only_good(html: str) -> str:
        refused.extend(gates.harms(html))
        return harmless.sanitise(html)

    def words(html: str) -> str:
        # Nothing that somebody wrote is left out without a word; of what does harm, the gates say more.
        if not (harms := list(gates.harms(html))):
            refused.extend(
                f"it holds {one}, which a page may not hold: take it out." for one in harmless.left_out(html)
            )
        refused.extend(harms)
        return harmless.sanitise(html)

    notebook = _without_empty_headings(notebook, figures=bool(reconciled))
    # Where the notebook has the heading, the figures stand under it; otherwise before the assumptions.
    placed = any(_is(HEADING, cell) for cell in notebook.cells)
    resources = {
        "record": record, "made": made, "source": source, "css": style(), "heading": HEADING,
        "placed": placed, "figures": len(reconciled), "method": METHOD,
        "folds": any(_is(METHOD, cell) for cell in notebook.cells),
        "reconciliation": section, "harmless": only_good, "words": words, **_together(record),
    }  # fmt: skip
    page, _ = _exporter().from_notebook_node(notebook, resources=resources)
    page = _with_whole_sums(_with_terms(_with_ids(str(page))))
    return page.replace("<!--contents-->", _contents(page), 1), list(dict.fromkeys(refused))


def _is(heading: str, cell: Any) -> bool:
    return bool(cell.cell_type == "markdown" and cell.source.startswith(heading))


def _without_empty_headings(notebook: NotebookNode, figures: bool) -> NotebookNode:
    """Return a notebook without the headings that nothing stands under, such as that of papers where there are none."""
    kept: list[Any] = []
    reaches = 0  # Headings down to this level have something under them.
    for cell in reversed(notebook.cells):
        prose = cell.cell_type == "markdown"
        bare = _BARE.fullmatch(cell.source) if prose else None
        if _is(METHOD, cell):
            reaches = 0
        elif bare is None:
            reaches = 9 if prose or any(map(_is_seen, cell.get("outputs", []))) else reaches
        elif len(bare.group(1)) > reaches and not (figures and _is(HEADING, cell)):
            continue
        else:
            reaches = len(bare.group(1)) - 1
        kept.append(cell)
    return NotebookNode({**notebook, "cells": kept[::-1]})


def _is_seen(output: Any) -> bool:
    """Return whether an output stands where the notebook shows it, and is not put together elsewhere on the page."""
    return any(kind.mime() in output.get("data", {}) for kind in (Text, Table, Figure))


def _together(record: Record) -> dict[str, str]:
    """Return the blocks that a page puts together, wherever the notebook shows them, in their own markup."""
    parts: Any = _pages.get_template("parts.html.j2").module
    return {
        "title": str(parts.title(record.title)).strip(),
        "summary": str(parts.summary(record.summary)).strip() if record.summary else "",
        "headlines": str(parts.headlines(record.headlines)).strip(),
        "assumptions": str(parts.assumptions(record.assumptions, "assumptions-caption")).strip(),
        "sources": str(parts.sources(_sources(record), "sources-caption")).strip(),
        "contents": str(parts.contents(record.reads, "contents-caption")).strip() if record.reads else "",
    }


def _sources(record: Record) -> list[SourceRow]:
    """Return each source once, with all that was taken from it."""
    taken: dict[tuple[str, str], list[str]] = {}
    for read in record.reads:
        for source in read.sources:
            taken.setdefault((source, read.licence), []).append(read.title)
    rows = [SourceRow(source, tuple(dict.fromkeys(titles)), licence) for (source, licence), titles in taken.items()]
    return [*rows, *(one.row for one in record.sources)]


class _Exporter(HTMLExporter):
    """nbconvert's exporter, without what costs it most of its time and these pages do not need.

    It copies the notebook, parses its own page again to describe pictures, and checks the notebook after each of eleven
    preprocessors. Here the notebook is already a copy, pictures are described, the gates see to it, and nothing is
    preprocessed.
    """

    def _preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        return nb, resources

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **options: Any) -> tuple[str, dict[str, Any]]:
        page: tuple[str, dict[str, Any]] = TemplateExporter.from_notebook_node(self, _Copied(nb), resources, **options)
        return page


class _Copied(NotebookNode):
    """A notebook that is a copy, made for its page alone."""

    def __deepcopy__(self, memo: object = None) -> NotebookNode:
        return self


@cache
def _exporter() -> HTMLExporter:
    """Return what turns a notebook into a page; its templates are read once."""
    exporter = _Exporter(
        template_name="report",
        extra_template_basedirs=[str(TEMPLATES)],
        extra_template_paths=[str(TEMPLATES)],
        exclude_input=True,
        exclude_anchor_links=True,
    )
    exporter.register_filter("unwrap", look.unwrap)
    exporter.environment.globals["script"] = script
    exporter.template  # noqa: B018 - it is loaded when first asked for
    return exporter


def load_templates() -> None:
    """Read every template of the pages, which takes longer than to use them."""
    for name in ("base/null.j2", "base/display_priority.j2", "page.html.j2"):
        _exporter().environment.get_template(name)
    for name in (
        "reconciliation_section.html.j2",
        "reconciliation_macros.html.j2",
        "parts.html.j2",
        "contents.html.j2",
    ):
        _pages.get_template(name)


def accessibility_page(pack: Pack) -> str:
    """Return the accessibility statement of the pack."""
    return _pages.get_template("accessibility.html.j2").render(pack=pack, css=style())


def differences_page(before: str, after: str, found: Sequence[PackDifference]) -> str:
    """Return the page of what is another in one pack than in another, called by their names; it stands by itself."""
    groups = {key: list(group) for key, group in groupby(found, key=lambda one: (one.report, one.area))}
    return _pages.get_template("differences.html.j2").render(before=before, after=after, groups=groups, css=style())


def glossary_page() -> str:
    """Return the page that says what terms mean."""
    return _pages.get_template("glossary.html.j2").render(terms=readability.words().terms, css=style())


def committee_pack(pack: Pack, area: str, reports: list[tuple[Published, str]]) -> str:
    """Return all reports of an area in one document, with a cover and contents, to be printed.

    Parameters
    ----------
    pack
        The content of ``pack.json``.
    area
        The area.
    reports
        Each report's entry and what its page says, with ids of its own.
    """
    rows = [row for row in pack.reconciliation if row.area == area]
    # What the others say comes before the tables they are made from.
    reports = sorted(reports, key=lambda one: one[0].name == "register")
    return _pages.get_template("committee-pack.html.j2").render(
        pack=pack, area=area, reports=reports, summary=reconciliation.summary(rows), css=style()
    )


def _with_ids(page: str) -> str:
    """Give every heading of the notebook's own an id, for the contents to lead to."""
    taken = set(re.findall(r'\bid="([^"]+)"', page))

    def named(heading: re.Match[str]) -> str:
        identifier = name = slug(unescape(re.sub(r"<[^>]+>", "", heading[2])))
        count = 1
        while identifier in taken:
            count += 1
            identifier = f"{name}-{count}"
        taken.add(identifier)
        return f'<h{heading[1]} id="{identifier}">{heading[2]}</h{heading[1]}>'

    return re.sub(r"<h([2-6])>(.*?)</h\1>", named, page, flags=re.DOTALL)


# No term is looked for in these: they lead somewhere themselves, or their words are a name.
_NAMES = {
    "a",
    "caption",
    "code",
    "figcaption",
    "h1",
    "h2",
    "h3",
    "h4",
    "pre",
    "style",
    "summary",
    "svg",
    "table",
    "title",
}
_NO_MARKUP = {"code", "option", "pre", "script", "style", "svg", "title"}
"""Elements that hold words alone, or a language of their own."""
_BELOW_NOTHING = re.compile(r"(?<![\w£-])-£[\d,.]*\d")


def _with_terms(page: str, up: str = "../") -> str:
    """Let the first mention of each term of the glossary, in a sentence, lead there.

    Examples
    --------
    >>> _with_terms("<h2>Caseload</h2><p>A pooled rate, the pooled rate.</p>")
    '<h2>Caseload</h2><p>A <a class="term" href="../glossary.html#pooled-rate">pooled rate</a>, the pooled rate.</p>'
    """
    leads, pattern = _terms()
    met: set[str] = set()

    def led(match: re.Match[str]) -> str:
        place = leads[match[0].lower()]
        if place in met:
            return match[0]
        met.add(place)
        return f'<a class="term" href="{up}glossary.html#{place}">{match[0]}</a>'

    return _in_text(page, _NAMES, lambda words: pattern.sub(led, words))


def _with_whole_sums(page: str) -> str:
    """Keep the sign of a sum below nothing on its line: a browser may end one between "-" and "£".

    Examples
    --------
    >>> _with_whole_sums('<p title="-£5">-£4.1 million, or £3-£5</p>')
    '<p title="-£5"><span class="whole">-£4.1</span> million, or £3-£5</p>'
    """
    return _in_text(page, _NO_MARKUP, lambda words: _BELOW_NOTHING.sub(r'<span class="whole">\g<0></span>', words))


def _in_text(page: str, but: Collection[str], change: Callable[[str], str]) -> str:
    """Change the words between tags, except within some elements."""
    within = 0
    pieces = re.split(r"(</?([A-Za-z0-9]+)[^>]*>)", page)
    for at in range(0, len(pieces), 3):
        if not within:
            pieces[at] = change(pieces[at])
        if at + 2 < len(pieces) and pieces[at + 2].lower() in but:
            within += -1 if pieces[at + 1].startswith("</") else 1
    return "".join(one for at, one in enumerate(pieces) if at % 3 != 2)


@cache
def _terms() -> tuple[dict[str, str], re.Pattern[str]]:
    """Return where each word that a term is known by leads, and what finds these words."""
    leads = {word.lower(): term.id for term in readability.words().terms for word in term.also}
    named = sorted((word for term in readability.words().terms for word in term.also), key=len, reverse=True)
    either = "|".join(re.escape(word) if word.isupper() else f"(?i:{re.escape(word)})" for word in named)
    return leads, re.compile(rf"(?<![\w-])(?:{either})(?![\w-])")


def _contents(page: str) -> str:
    headings = re.findall(r'<h2 id="([^"]+)"[^>]*>(.*?)</h2>', page, flags=re.DOTALL)
    # Summary and findings stand right above.
    listed = [
        (identifier, re.sub(r"<[^>]+>", "", words).strip())
        for identifier, words in headings
        if identifier not in ("summary", "headlines")
    ]
    return _pages.get_template("contents.html.j2").render(headings=listed).strip()


def reconciliation_page(pack: Pack) -> str:
    """Return the page of every printed figure that the pack's reports worked out again."""
    found = reconciliation.once(pack.reconciliation)
    papers = sorted({row.paper for row in found})
    entries = {entry.key: entry for entry in pack.reports}
    return _pages.get_template("reconciliation.html.j2").render(
        pack=pack,
        summary=reconciliation.summary(found),
        figures=found,
        by_paper={paper: [row for row in reconciliation.told(found) if row.paper == paper] for paper in papers},
        by_report=[(entry, [row for row in found if (row.report, row.area) == key]) for key, entry in entries.items()],
        titles=entries,
        css=style(),
    )


def style() -> str:
    """Return the style of all pages."""
    return "".join(styles().values())


def styles() -> dict[str, str]:
    """Return the style of all pages by the files it stands in."""
    return {"block.css": look.style(), "casebook.css": (TEMPLATES / "casebook.css").read_text(encoding="utf-8")}
