"""The record of a report: what its executed notebook says it found, assumed and read."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from casebook.data import provenance
from casebook.data.provenance import READ, Read
from casebook.errors import and_list
from casebook.reconcile.cases import Reconciliation
from casebook.report.blocks import (
    Assumption,
    AtAGlance,
    Block,
    Briefing,
    Figure,
    Headline,
    Reconciliations,
    Result,
    Source,
    Table,
    Text,
    Title,
)

HEADLINES = range(2, 6)
SHOWN = (Title, Briefing, Headline, AtAGlance, Text, Table, Figure, Assumption, Reconciliations, Result, Source)
PICTURES = ("image/png", "image/svg+xml", "image/jpeg")
_CHART, _PRINTED, _VALUE = "a chart", "printed words", "a value"

Placed = tuple[str, Any]
"""Where something is shown, such as "cell 3", and the block it is."""


@dataclass(frozen=True)
class Record:
    """What a report consists of: the blocks that its notebook's outputs hold, read back, and what it read."""

    title: Title | None
    summary: Briefing | None
    headlines: list[Headline]
    assumptions: list[Assumption]
    reads: list[Read]
    reconciliations: list[Reconciliation]
    sources: list[Source]
    tables: list[Table]
    """Its tables and the data of its charts, in the order shown."""
    figures: int = 0
    """How many charts it has."""
    problems: tuple[str, ...] = ()
    """What keeps it from being the record of a whole report, each as a clause without the report's name."""
    explored: tuple[str, ...] = ()
    """What its cells show that no function of ``report`` shows, such as "cell 7 (a table)"; it is not published."""
    glance: AtAGlance | None = None
    """What its card on the index says."""
    results: tuple[Result, ...] = ()
    """What it keeps for other reports and for programs."""


def of(notebook: NotebookNode) -> Record:
    """Read the record of an executed notebook, and find what is missing from it or stands twice."""
    found: dict[type[Block], list[Placed]] = {block: [] for block in SHOWN}
    reads: list[Read] = []
    tables: list[Table] = []
    bare: dict[str, list[str]] = {}
    false: list[str] = []
    for where, output in _outputs(notebook):
        data = output.get("data", {})
        for block in _blocks(data):
            found[type(block)].append((where, block))
            if isinstance(block, Table | Figure):
                tables.append(block if isinstance(block, Table) else block.data)
        if (read := provenance.read_back(data.get(READ))) and read not in reads:
            reads.append(read)
        if _is_false(data):
            false.append(f"{where} shows a block that Casebook did not make: show it with the functions of report.")
        elif kind := _kind_of_bare(output):
            bare.setdefault(where, []).append(kind)
    shown: dict[type[Block], list[Any]] = {kind: [block for _, block in placed] for kind, placed in found.items()}
    return Record(
        shown[Title][0] if shown[Title] else None,
        shown[Briefing][0] if shown[Briefing] else None,
        shown[Headline],
        shown[Assumption],
        reads,
        [figure for group in shown[Reconciliations] for figure in group.figures],
        shown[Source],
        tables,
        len(shown[Figure]),
        (*dict.fromkeys(false), *_problems(found, reads)),
        tuple(f"{where} ({kind})" for where, kinds in bare.items() for kind in _told_apart(kinds)),
        shown[AtAGlance][0] if shown[AtAGlance] else None,
        tuple(shown[Result]),
    )


def too_little(found: Record, headlines: int, figures: int) -> Iterator[str]:
    """Say where a report has fewer headlines or charts than ``pipeline.py`` says it must contain.

    That every report has two headlines is said already (``Record.problems``).
    """
    headlines = headlines if headlines > HEADLINES.start else 0
    for kind, number, least in (("headline", len(found.headlines), headlines), ("chart", found.figures, figures)):
        if number < least:
            yield (
                f"it has {_count(number, kind)}, and pipeline.py says it must contain {least}: find out why the "
                "notebook said less, or change its line there."
            )


def of_another_area(found: Record, area: str) -> Iterator[str]:
    """Say where the title names another area than the one the report is made for."""
    if found.title and found.title.area != area:
        yield (
            f"its title names {found.title.area}, and the run is for {area}: write report.title(..., area=area), "
            "and let no cell but the parameters' say which area it is."
        )


def published(notebook: NotebookNode) -> NotebookNode:
    """Return an executed notebook with only what is published of what it shows: the blocks, and what it read."""
    left = copy(notebook)
    left.cells = [copy(cell) for cell in notebook.cells]
    for cell in left.cells:
        if "outputs" in cell:
            cell.outputs = [one for one in cell.outputs if READ in one.get("data", {}) or _blocks(one.get("data", {}))]
    return left


def _problems(found: dict[type[Block], list[Placed]], reads: list[Read]) -> Iterator[str]:
    titles, headlines = len(found[Title]), len(found[Headline])
    if titles != 1:
        to_do = "delete all but one" if titles else "call it after reading the parameters"
        yield (f"it has {_count(titles, 'title')}{_in(found[Title])}, and a report has one, by report.title: {to_do}.")
    if (summaries := len(found[Briefing])) != 1:
        to_do = "keep one" if summaries else "say first what happened last, whether it is worrying and what to ask"
        how_many = f"{_count(summaries, 'summary')}{_in(found[Briefing])}"
        yield f"it has {how_many}, and a report has one, by report.summary: {to_do}."
    if headlines not in HEADLINES:
        few = headlines < HEADLINES.start
        to_do = (
            "state what was found with report.headline"
            if few
            else "keep the most important and say the rest with report.text"
        )
        yield f"it has {_count(headlines, 'headline')}{_in(found[Headline])}, and a report has two to five: {to_do}."
    if len(found[AtAGlance]) > 1:
        yield (
            f"it says how the area stands {len(found[AtAGlance])} times{_in(found[AtAGlance])}, and the index says it "
            "once: call report.at_a_glance once."
        )
    if not found[Table] and not found[Figure]:
        yield (
            "it shows no table and no chart, and a report shows what its findings rest on: call report.table or "
            "report.figure."
        )
    if not found[Assumption]:
        yield "it states no assumption, and a report has one or more: say with report.assumption what it takes as true."
    if not reads:
        yield "it read no table, and a page names the sources of its figures: read data with tables.read."
    named = [(where, block.id) for kind in (Headline, Table, Figure) for where, block in found[kind]]
    named += [(where, figure.data.id) for where, figure in found[Figure]]
    for identifier, count in Counter(identifier for _, identifier in named).items():
        if count > 1:
            where = and_list(dict.fromkeys(where for where, other in named if other == identifier))
            yield f"the id or title {identifier!r} stands {count} times ({where}), and each is its own: change one."


def in_words(explored: Sequence[str]) -> str:
    """Return what is said of what cells show that is not published.

    Examples
    --------
    >>> in_words(["cell 7 (a table)", "cell 9 (a chart)"])
    '2 things shown that are not published: cell 7 (a table), cell 9 (a chart)'
    """
    things = "1 thing shown that is" if len(explored) == 1 else f"{len(explored)} things shown that are"
    return f"{things} not published: {', '.join(explored)}"


def _count(number: int, kind: str) -> str:
    many = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
    return f"{number} {kind if number == 1 else many}" if number else f"no {kind}"


def _in(placed: list[Placed]) -> str:
    where = and_list(dict.fromkeys(where for where, _ in placed)) if placed else ""
    return f" ({where})" if where else ""


def _blocks(data: dict[str, Any]) -> list[Block]:
    # What only looks like one of ours is not believed.
    read = [kind.read(data[kind.mime()]) for kind in SHOWN if kind.mime() in data]
    return [block for block in read if block is not None]


def _is_false(data: dict[str, Any]) -> bool:
    ours = any(kind.startswith("application/vnd.casebook.") for kind in data)
    return ours and not _blocks(data) and provenance.read_back(data.get(READ)) is None


def _kind_of_bare(output: NotebookNode) -> str:
    """Return what an output is that no function of ``report`` shows; nothing for a block, a warning or an error."""
    if output.output_type == "stream":
        return _PRINTED if output.name == "stdout" else ""
    data = output.get("data", {})
    if not data or READ in data or _blocks(data):
        return ""
    if any(picture in data for picture in PICTURES):
        return _CHART
    return "a table" if "<table" in data.get("text/html", "") else _VALUE


def _told_apart(kinds: list[str]) -> Iterator[str]:
    # What is printed comes in pieces; beside a chart, a value is what the call that drew it returned.
    for number, kind in enumerate(kinds):
        if not (kind == _PRINTED and kind in kinds[:number]) and not (kind == _VALUE and _CHART in kinds):
            yield kind


def _outputs(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    number = 0
    for cell in notebook.cells:
        # As in the notebook as written, which lacks the cell that papermill puts in.
        number += "injected-parameters" not in cell.metadata.get("tags", [])
        for output in cell.get("outputs", []):
            yield f"cell {number}", output


def built_from(root: Path) -> str:
    """Return the commit the project stands at, and whether files differ from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        commit = git("rev-parse", "--short=12", "HEAD")
        changed = git("status", "--porcelain")
    except (OSError, subprocess.CalledProcessError):
        return "outside version control"
    return f"from commit {commit}, with changes not committed" if changed else f"from commit {commit}"
