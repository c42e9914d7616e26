"""The record of a report: what its executed notebook says it found, assumed and read."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from casebook.data.provenance import READ
from casebook.errors import ReportFailedError
from casebook.report.blocks import (
    Assumption,
    Block,
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
SHOWN = (Title, Headline, Text, Table, Figure, Assumption, Reconciliations, Result, Source)


@dataclass(frozen=True)
class Record:
    """What a report consists of, as its notebook's outputs hold it; every part is plain data."""

    title: dict[str, Any]
    headlines: list[dict[str, Any]]
    assumptions: list[dict[str, Any]]
    reads: list[dict[str, Any]]
    reconciliations: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    tables: list[dict[str, Any]]
    """Its tables and the data of its charts, in the order shown."""
    figures: int = 0
    """How many charts it has."""


def of(name: str, notebook: NotebookNode) -> Record:
    """Read the record of an executed notebook, and check that it is one of a whole report.

    Raises
    ------
    ReportFailedError
        If the title, headlines, a figure or table, assumptions or reads are missing or stand twice.
    """
    found: dict[type[Block], list[dict[str, Any]]] = {block: [] for block in SHOWN}
    reads: list[dict[str, Any]] = []
    tables: list[dict[str, Any]] = []
    for number, output in _outputs(notebook):
        data = output.get("data", {})
        known = [block for block in SHOWN if block.mime() in data]
        for block in known:
            found[block].append(data[block.mime()])
            if block in (Table, Figure):
                tables.append(data[block.mime()] if block is Table else data[block.mime()]["data"])
        if READ in data:
            if data[READ] not in reads:
                reads.append(data[READ])
        elif not known and output.output_type in ("display_data", "execute_result"):
            raise ReportFailedError(
                f"{name}, cell {number}: shows something without a caption or description, which cannot be published; "
                "show it with report.table, report.figure or report.text."
            )
    _check(name, found, reads)
    reconciled = [figure for group in found[Reconciliations] for figure in group["figures"]]
    return Record(
        found[Title][0],
        found[Headline],
        found[Assumption],
        reads,
        reconciled,
        found[Source],
        tables,
        len(found[Figure]),
    )


def check_contains(name: str, found: Record, headlines: int, figures: int) -> None:
    """Check that a report has as many headlines and charts as ``pipeline.py`` says it must contain.

    Raises
    ------
    ReportFailedError
        If it has fewer.
    """
    for kind, number, least in (("headlines", len(found.headlines), headlines), ("charts", found.figures, figures)):
        if number < least:
            raise ReportFailedError(
                f"{name} has {number} {kind}, and pipeline.py says it must contain {least}: find out why the notebook "
                "said less, or change its line there."
            )


def _check(name: str, found: dict[type[Block], list[dict[str, Any]]], reads: list[dict[str, Any]]) -> None:
    if len(found[Title]) != 1:
        raise ReportFailedError(f"{name} has {len(found[Title])} titles: call report.title once.")
    if len(found[Headline]) not in HEADLINES:
        raise ReportFailedError(f"{name} has {len(found[Headline])} headlines: a report has two to five.")
    if not found[Table] and not found[Figure]:
        raise ReportFailedError(f"{name} shows no table and no figure: a report shows what its findings rest on.")
    if not found[Assumption]:
        raise ReportFailedError(f"{name} states no assumption: call report.assumption for what it takes as true.")
    if not reads:
        raise ReportFailedError(f"{name} read no table: read data with tables.read, so that its source is recorded.")
    ids = [block["id"] for kind in (Headline, Table, Figure) for block in found[kind]]
    ids += [figure["data"]["id"] for figure in found[Figure]]
    twice = [identifier for identifier, count in Counter(ids).items() if count > 1]
    if twice:
        raise ReportFailedError(f"{name} uses the id or title {twice[0]!r} twice: each must be its own.")


def _outputs(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            yield number, output


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
