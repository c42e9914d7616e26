"""Laying out one report: read the record of its executed notebook, check it, write its page and spreadsheet.

This happens in a process that ran none of the notebook's cells, so that no cell can change how it is checked.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import nbformat
from pydantic import BaseModel, ConfigDict

from casebook import clock, digest
from casebook.data import catalogue, executed, exports
from casebook.data.provenance import Read
from casebook.engine import execution, observation
from casebook.engine import outcome as outcomes
from casebook.engine.outcome import Cost, Outcome, of_error
from casebook.engine.redaction import Redactor
from casebook.engine.task import Task, keep_failed
from casebook.errors import ReportFailedError, one_of
from casebook.pack import freshness, reconciliation, record
from casebook.pack.models import Data, Finding, Fingerprint, Glance, Published, ReadFile, Row
from casebook.pages import draft, gates, render, spreadsheet
from casebook.report.blocks import Result, Title


class Order(BaseModel):
    """What the page of a report is to be besides its notebook: what the run knows of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    overrides: tuple[str, ...] = ()
    headlines: int = 2
    figures: int = 0
    """How many headlines and charts it must contain at least."""
    fingerprint: Fingerprint = Fingerprint()
    why: str = ""
    built_from: str = ""
    papers: dict[str, str] = {}
    """The titles of the papers, by number."""
    kept_since: str = ""
    """For a page that is kept although its report failed: since when."""
    older: str = ""
    """For a page that is kept although it is older than its data: what changed."""
    several: bool = False
    """Whether the pack has the report of other areas too."""
    before: Published | None = None
    """The report's entry in the pack before."""
    compressed: bool = False
    """Whether its executed notebook is kept compressed."""
    draft: bool = False
    """Whether it is for a preview, which shows a page with what keeps it from being published."""

    @property
    def kept(self) -> bool:
        """Whether the page is one that stays as it was, and is only marked."""
        return bool(self.kept_since or self.older)


class LaidOut(BaseModel):
    """A report's entry in the pack and its reconciled figures."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entry: Published
    rows: tuple[Row, ...]
    problems: tuple[str, ...] = ()
    """Of a draft, what keeps it from being published."""


FILES = ("html", "notebook", "spreadsheet")
DRAFTED = FILES[:2]


def names(name: str, compressed: bool = False) -> dict[str, str]:
    """Return what the files of a report are called, by their kind.

    Examples
    --------
    >>> names("smoking")
    {'html': 'smoking.html', 'notebook': 'smoking.ipynb', 'spreadsheet': 'smoking.xlsx'}
    """
    return {"html": f"{name}.html", "notebook": f"{name}{executed.ending(compressed)}", "spreadsheet": f"{name}.xlsx"}


def work(task: Task, emit: Callable[[dict[str, Any]], None]) -> None:
    """Lay out a report and tell how it ended, with its entry, figures and files' hashes; nothing is raised."""
    notebook: Any = None
    # The process may have laid out others before.
    started, began = time.perf_counter(), outcomes.processor()

    def cost() -> Cost:
        seconds = round(task.cost.seconds + time.perf_counter() - started, 3)
        processor = round(task.cost.processor_seconds + outcomes.processor() - began, 3)
        return Cost(seconds, processor, max(task.cost.peak_megabytes, outcomes.peak()))

    try:
        notebook = _executed(task)
        order = _order(task)
        laid_out = _checked_and_written(task, order, notebook)
        if order.compressed:
            executed.compress(task.executed_notebook)
        own = names(task.name, order.compressed)
        kinds = DRAFTED if order.draft else FILES
        files = {own[kind]: digest.of(Path(task.own) / own[kind]) for kind in kinds}
    except execution.StoppedError as stopped:
        outcome = stopped.outcome
    except Exception as error:
        outcome = of_error(error, "its page was made; please report it")
    else:
        emit(
            {
                "outcome": Outcome("succeeded").costing(cost()).plain(),
                "made": laid_out.model_dump_json(),
                "files": files,
            }
        )
        return
    if notebook is not None and not task.only_render:
        keep_failed(task, notebook)
    emit({"outcome": outcome.costing(cost()).plain()})


def _executed(task: Task) -> Any:
    """Return the executed notebook: as its cells left it, or for a page rendered anew that of the pack."""
    if not task.only_render:
        content = task.executed_notebook.read_bytes()
        if sha256(content).hexdigest() != task.executed:
            raise ReportFailedError(
                f"{task.name} was changed after its cells had run, by another notebook or program: find out which one "
                "writes there, then run again."
            )
        notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
        if failure := execution.failure(Path(task.notebook).name, notebook):
            raise execution.StoppedError(failure)
        return notebook
    order = _order(task)
    there = order.before.notebook if order.before else f"{task.folder}/{task.name}{executed.PLAIN}"
    notebook = executed.read(Path(task.stage) / there)
    if not order.kept:
        notebook = _with_present_words(Path(task.notebook), notebook)
    nbformat.write(notebook, task.executed_notebook)
    return notebook


def _order(task: Task) -> Order:
    return Order.model_validate_json(task.order or "{}")


def _checked_and_written(task: Task, order: Order, notebook: Any) -> LaidOut:
    root = Path(task.root)
    shown = Redactor(task.secrets)
    shown.redact([cell.get("outputs", []) for cell in notebook.cells])
    if shown.found:
        raise ReportFailedError(execution.shows_secret(min(shown.found)))
    shown.redact([cell.source for cell in notebook.cells])
    if shown.found:
        raise ReportFailedError(
            f"the notebook holds the secret parameter {min(shown.found)} in the text of a cell, which is published "
            "with it: take it out there."
        )
    found = record.of(notebook)
    problems = [*found.problems, *_unknown_reads(task, found.reads)]
    if not order.kept:
        # A kept page is from before; what the report must contain may have changed since.
        problems += record.too_little(found, order.headlines, order.figures)
        problems += record.of_another_area(found, task.area)
    rows = reconciliation.rows(found.reconciliations, task.name, task.area)
    if not order.overrides and not order.kept:
        # With other settings than usual a notebook may be about something else.
        try:
            reconciliation.check_complete(task.name, task.area, root, rows)
        except ReportFailedError as error:
            problems.append(str(error))
    before = order.before.model_dump(include=set(observation.PARTS)) if order.before else {}
    seen = {**(before if task.only_render else task.seen)}
    known = {read.path for read in found.reads}
    opened = [one for one in seen.get("opened", []) if one["path"] not in known]
    seen["opened"] = [one for one in opened if freshness.is_input(one["path"])]
    seen["unseen"] = sorted({*seen.get("unseen", []), *(one.title for one in found.sources if one.unseen)})
    if not order.draft:
        return LaidOut(entry=lay_out(task, order, notebook, found, rows, seen, problems), rows=tuple(rows))
    entry, page, problems = _page(task, order, notebook, found, rows, seen, problems)
    (Path(task.own) / f"{task.name}.html").write_text(draft.shown(page, problems), encoding="utf-8")
    return LaidOut(entry=entry, rows=tuple(rows), problems=tuple(problems))


def _unknown_reads(task: Task, reads: Iterable[Read]) -> Iterator[str]:
    """Believe what a notebook says it read only of tables and exports of the project, and of reports it builds on."""
    tables = {table.name: f"data/raw/{table.path}" for table in catalogue.load(Path(task.root)).tables}
    for read in reads:
        name, path = read.name, read.path
        report = name.partition("/")[0]
        exported = str(Path(path).parent) == exports.FOLDER.as_posix()
        if exported and (task.only_render or digest.of(Path(task.root) / path) == read.sha256):
            continue
        if path.startswith("reports/") and ".." not in Path(path).parts and Path(path).stem == report:
            continue
        if tables.get(name) != path and not task.only_render:
            yield f"it says that it read {path} as {name!r}, which is no table of the project: {one_of(tables, name)}"


def lay_out(
    task: Task,
    order: Order,
    notebook: nbformat.NotebookNode,
    found: record.Record,
    rows: list[Row],
    seen: Mapping[str, Any],
    problems: Sequence[str] = (),
) -> Published:
    """Write the page and the spreadsheet of an executed notebook, and return the report's entry for ``pack.json``.

    Parameters
    ----------
    task, order
        What was made, and what the run knows of it.
    notebook, found, rows
        The executed notebook, its record and its reconciled figures.
    seen
        What it looked at besides the tables it read (``engine.observation``).
    problems
        What keeps it from being published, as far as it is known without its page.

    Raises
    ------
    ReportFailedError
        If there is such a problem, or the page does not pass the gates; all that was found stands in it.
    """
    entry, page, problems = _page(task, order, notebook, found, rows, seen, problems)
    own = Path(task.own)
    if problems:
        raise ReportFailedError(gates.refusal(task.name, problems))
    (own / f"{task.name}.html").write_text(page, encoding="utf-8")
    spreadsheet.write(own / f"{task.name}.xlsx", found, rows, entry)
    return entry


def _page(
    task: Task, order: Order, notebook: nbformat.NotebookNode, found: record.Record, rows: list[Row],
    seen: Mapping[str, Any], problems: Sequence[str],
) -> tuple[Published, str, list[str]]:  # fmt: skip
    """Return a report's entry, its page, and all that keeps it from being published."""
    if not found.title:
        # Without it there is no page.
        raise ReportFailedError(gates.refusal(task.name, problems))
    entry = _entry(task, order, found, found.title, seen)
    used = {paper: title for paper, title in order.papers.items() if any(row.paper == paper for row in rows)}
    name = Path(task.notebook).name
    page, refused = render.report_page(record.published(notebook), found, rows, used, entry, name)
    return entry, page, [*problems, *refused, *gates.problems(page)]


def unfinished(task: Task, notebook: Any, said: str, cell: int | None) -> str:
    """Return the page of a draft whose notebook failed: as far as it came, with what is said where it happened.

    Parameters
    ----------
    task
        What was to be made.
    notebook
        The notebook as far as it came, or None.
    said
        Why it came no further.
    cell
        The number of the cell that failed, in the notebook as written, if one did.
    """
    if notebook is None:
        return draft.shown("", [said])
    found, order = record.of(notebook), _order(task)
    broken = draft.broken(notebook, said, cell)
    if not found.title:
        return draft.shown("", [said], broken.source if broken else "")
    rows = reconciliation.rows(found.reconciliations, task.name, task.area)
    _, page, _ = _page(task, order, notebook, found, rows, {}, [])
    return draft.shown(page, [said])


def _entry(task: Task, order: Order, found: record.Record, title: Title, seen: Mapping[str, Any]) -> Published:
    ran = {
        "parameters": dict(task.parameters),
        "overrides": order.overrides,
        "secrets": sorted(task.secrets),
        "seconds": round(task.cost.seconds, 2),
        "processor_seconds": task.cost.processor_seconds,
        "peak_megabytes": task.cost.peak_megabytes,
        "engine": task.engine,
        "finished": clock.now_in_words(),
        "built_from": order.built_from,
        "versions": versions(),
        "why": order.why,
        **seen,
    }
    if task.only_render and order.before:
        # What was made stays as it was; that other settings are named, or no longer, is said anew.
        ran = order.before.model_dump(include=set(ran)) | {
            "rendered": clock.now_in_words(),
            "overrides": order.overrides,
        }
    fingerprint = order.fingerprint
    if not order.kept:
        read = [*fingerprint.reads, *(read.name for read in found.reads)]
        fingerprint = fingerprint.model_copy(update={"described": freshness.described(Path(task.root), read)})
    return Published(
        name=task.name,
        title=title.text,
        area=task.area,
        folder=task.folder,
        as_of=title.as_of,
        status="failed" if order.kept_since else "succeeded",
        kept_since=order.kept_since,
        older=order.older,
        several=order.several,
        **{kind: f"{task.folder}/{name}" for kind, name in names(task.name, order.compressed).items()},
        **ran,
        inputs=tuple(ReadFile(name=read.name, path=read.path, sha256=read.sha256) for read in found.reads),
        explored=found.explored,
        fingerprint=fingerprint,
        summary=found.summary.sentences if found.summary else (),
        headlines=tuple(Finding.model_validate(asdict(headline)) for headline in found.headlines),
        glance=Glance.model_validate(asdict(found.glance)) if found.glance else None,
        data=tuple(_data(one) for one in found.results if one.published),
    )


def _data(of: Result) -> Data:
    columns = [asdict(column) for column in of.published]
    return Data.model_validate({"name": of.name, "columns": columns, "rows": of.objects()})


def write_page(path: Path, page: str) -> None:
    """Write a page that passes the gates.

    Raises
    ------
    ReportFailedError
        If it does not.
    """
    if found := list(gates.problems(page)):
        raise ReportFailedError(gates.refusal(path.name, found))
    path.write_text(page, encoding="utf-8")


@cache
def versions() -> dict[str, str]:
    """Return the versions of what a report is made with."""
    from importlib.metadata import version

    packages = ("casebook", "papermill", "nbconvert", "pandas", "numpy", "scipy", "matplotlib", "seaborn")
    return {"python": platform.python_version(), "system": platform.system(), **{one: version(one) for one in packages}}


def _with_present_words(source: Path, executed: Any) -> Any:
    """Return an executed notebook with the markdown of the notebook as it is now; the code is the same."""
    cells = iter([cell for cell in executed.cells if cell.cell_type == "code"])
    written = nbformat.read(source, as_version=4)
    together = []
    for cell in written.cells:
        if cell.cell_type != "code":
            together.append(cell)
            continue
        code = next(cells)
        together.append(code)
        if "parameters" in cell.metadata.get("tags", []) and _injected(executed):
            together.append(next(cells))
    executed.cells = together
    return executed


def _injected(notebook: Any) -> bool:
    return any("injected-parameters" in cell.metadata.get("tags", []) for cell in notebook.cells)
