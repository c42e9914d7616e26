"""Making one report in a process of its own: run the notebook, read its record, write its page and spreadsheet.

The process tells the run of its progress in lines of JSON; the last is the report's outcome.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import psutil

from casebook.errors import InputError, ReportFailedError
from casebook.run import execution, extension, freshness, gates, reconciliation, record, render, signals, spreadsheet
from casebook.run.outcome import Limits, Outcome, could_not_run

Say = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Task:
    """What a worker is told: everything as plain data, so that it can be told across processes."""

    name: str
    notebook: str
    area: str
    folder: str
    root: str
    stage: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    upstream: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The executed notebooks of this run that it may build on, by area and name."""
    contains: tuple[int, int] = (2, 0)
    """How many headlines and charts it must contain."""
    engine: execution.Engine = "shell"
    limits: Limits = field(default_factory=Limits)
    made_from: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    built_from: str = ""
    runner: int = 0
    """The process of the run, which a worker must not outlive."""
    papers: Mapping[str, str] = field(default_factory=dict)
    only_render: bool = False
    """Whether the executed notebook of the pack before is to be rendered anew, with the words of the present one."""
    kept_since: str = ""
    """For a page that is kept although its report failed: since when."""
    older: str = ""
    """For a page that is kept although it is older than its data: what changed."""
    before: Mapping[str, Any] = field(default_factory=dict)
    """The report's entry in the pack before."""

    @property
    def key(self) -> tuple[str, str]:
        """The report's place in the pack: its name and area."""
        return self.name, self.area

    @property
    def kept(self) -> bool:
        """Whether the page is one that stays as it was, and is only marked."""
        return bool(self.kept_since or self.older)


def work(task: Task, say: Say, captured: tuple[int, int] | None = None) -> None:
    """Make a report and tell how it ended; nothing is raised.

    Parameters
    ----------
    task
        What to make.
    say
        Told ``{"cell": number, "event": "began" or "ended"}`` for every cell, then ``{"outcome": ..., "entry": ...,
        "rows": ...}``, the last two if it succeeded.
    captured
        The files that stand for the process's standard output and error.
    """
    process = os.getpid()
    started, cells = time.perf_counter(), _Cells()

    def tell(outcome: Outcome, **made: Any) -> None:
        # A notebook may have forked; only the process that was started tells.
        if os.getpid() == process:
            seconds = round(time.perf_counter() - started, 3)
            done = replace(outcome, seconds=seconds, processor_seconds=_processor(), peak_megabytes=_peak())
            say({"outcome": done.plain(), **made})

    def progress(event: str, number: int) -> None:
        if os.getpid() != process:
            os._exit(0)
        say({"cell": number, "event": event, "seconds": cells.take(event)})

    def give_up(outcome: Outcome) -> None:
        _keep_failed(task, session)
        tell(outcome)
        os._exit(0)

    session = execution.Session(progress, task.limits.output_megabytes, task.secrets, give_up, captured)
    if not task.only_render:
        _failed(task).unlink(missing_ok=True)
    for name in [name for name in os.environ if name.startswith("CASEBOOK_SECRET_")]:
        # Those of other reports are none of this one's business.
        del os.environ[name]
    try:
        entry, rows = _make(task, session, started)
    except execution.StoppedError as stopped:
        _keep_failed(task, session)
        tell(stopped.outcome)
    except ReportFailedError as error:
        _keep_failed(task, session)
        tell(Outcome("failed", str(error)))
    except MemoryError:
        tell(could_not_run("out of memory", "there was no more to be had"))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            tell(could_not_run("disk full", f"{error.filename or 'a file'} could not be written"))
        else:
            tell(Outcome("failed", f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."))
    except Exception as error:
        tell(Outcome("failed", f"Casebook itself failed ({type(error).__name__}: {error}). Please report it."))
    else:
        tell(Outcome("succeeded"), entry=entry, rows=rows)


class _Cells:
    def __init__(self) -> None:
        self._began = 0.0

    def take(self, event: str) -> float:
        now = time.perf_counter()
        seconds, self._began = now - self._began, now
        return round(seconds, 3) if event == "ended" else 0.0


def _make(task: Task, session: execution.Session, started: float) -> tuple[dict[str, Any], list[reconciliation.Row]]:
    folder, root = Path(task.stage) / task.folder, Path(task.root)
    folder.mkdir(exist_ok=True)
    written = folder / f"{task.name}.ipynb"
    if task.only_render:
        notebook = nbformat.read(written, as_version=4)
        if not task.kept:
            notebook = _with_present_words(Path(task.notebook), notebook)
            nbformat.write(notebook, written)
        seen = {part: task.before[part] for part in freshness.SEEN if part in task.before}
    else:
        if task.engine == "shell":
            _fresh_random_state()
        listed = Path(task.stage).with_name(f"seen-{task.folder}-{task.name}")
        os.environ[extension.SEEN] = str(listed)
        # papermill would write down where the notebooks lie on this machine, the executed one in a folder about to go.
        session.told_from = (f"notebooks/{Path(task.notebook).name}", f"reports/{task.folder}/{written.name}")
        notebook = execution.execute(
            Path(task.notebook), written, task.parameters, task.upstream, task.engine, session,
        )  # fmt: skip
        seen = freshness.seen(extension.seen(listed), root)
    found = record.of(notebook)
    problems = list(found.problems)
    if not task.kept:
        # A kept page is from before; what the report must contain may have changed since.
        problems += record.too_little(found, *task.contains)
        problems += record.of_another_area(found, task.area)
    rows = reconciliation.rows(found.reconciliations, task.name, task.area)
    if not task.chosen and not task.kept:
        # With other settings than usual a notebook may be about something else.
        try:
            reconciliation.check_complete(task.name, root, rows)
        except ReportFailedError as error:
            problems.append(str(error))
    known = {read["path"] for read in found.reads}
    seen["opened"] = [one for one in seen.get("opened", []) if one["path"] not in known]
    seen["unseen"] = sorted({*seen.get("unseen", []), *(one["title"] for one in found.sources if one.get("unseen"))})
    return lay_out(task, notebook, found, rows, seen, time.perf_counter() - started, problems), rows


def lay_out(
    task: Task,
    notebook: nbformat.NotebookNode,
    found: record.Record,
    rows: list[reconciliation.Row],
    seen: Mapping[str, Any],
    seconds: float,
    problems: Sequence[str] = (),
) -> dict[str, Any]:
    """Write the page and the spreadsheet of an executed notebook, and return the report's entry for ``pack.json``.

    Parameters
    ----------
    task
        What was made.
    notebook, found, rows
        The executed notebook, its record and its reconciled figures.
    seen
        What it looked at besides the tables it read (``freshness.seen``).
    seconds
        What it took.
    problems
        What keeps it from being published, as far as it is known without its page.

    Raises
    ------
    ReportFailedError
        If there is such a problem, or the page does not pass the gates; all that was found stands in it.
    """
    if problems:
        # What is not a block has been told of, and without a title there is no page.
        notebook = record.without_bare(notebook)
        if not found.title:
            raise ReportFailedError(gates.refusal(task.name, problems))
    entry = _entry(task, found, seen, seconds)
    folder = Path(task.stage) / task.folder
    used = {paper: title for paper, title in task.papers.items() if any(row["paper"] == paper for row in rows)}
    page = render.report_page(notebook, found, rows, used, {**entry, "source": Path(task.notebook).name})
    if problems := [*problems, *gates.problems(page)]:
        raise ReportFailedError(gates.refusal(task.name, problems))
    (folder / f"{task.name}.html").write_text(page, encoding="utf-8")
    spreadsheet.write(folder / f"{task.name}.xlsx", found, rows, entry)
    return entry


def _entry(task: Task, found: record.Record, seen: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    ran = {
        "parameters": dict(task.parameters),
        "chosen": list(task.chosen),
        "secrets": sorted(task.secrets),
        "seconds": round(seconds, 2),
        "processor_seconds": _processor(),
        "peak_megabytes": _peak(),
        "engine": task.engine,
        "finished": now(),
        "built_from": task.built_from,
        "versions": versions(),
        "why": task.why,
        **seen,
    }
    if task.only_render:
        # What was made stays as it was; that other settings are named, or no longer, is said anew.
        ran = {key: task.before[key] for key in ran if key in task.before}
        ran |= {"rendered": now(), "chosen": list(task.chosen)}
    return {
        "name": task.name,
        "title": found.title["text"],
        "area": task.area,
        "folder": task.folder,
        "as_of": found.title["as_of"],
        "status": "failed" if task.kept_since else "succeeded",
        **({"kept_since": task.kept_since} if task.kept_since else {}),
        **({"older": task.older} if task.older else {}),
        "html": f"{task.folder}/{task.name}.html",
        "notebook": f"{task.folder}/{task.name}.ipynb",
        "spreadsheet": f"{task.folder}/{task.name}.xlsx",
        **ran,
        "inputs": [{key: read[key] for key in ("name", "path", "sha256")} for read in found.reads],
        "made_from": {
            **task.made_from,
            "described": task.made_from.get("described", {})
            if task.kept
            else freshness.described(
                Path(task.root), [*task.made_from.get("reads", ()), *(read["name"] for read in found.reads)]
            ),
        },
        "headlines": [
            {key: headline[key] for key in ("id", "text", "value", "unit", "watch")} for headline in found.headlines
        ],
    }


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


def now() -> str:
    """Return the present date and time, in words; where ``SOURCE_DATE_EPOCH`` is set, the one it gives, in UTC.

    Raises
    ------
    InputError
        If it is set to something else than seconds since 1970 (https://reproducible-builds.org/specs/source-date-epoch).
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.fromtimestamp(int(given), UTC) if given else datetime.now().astimezone()
    except (ValueError, OverflowError, OSError):
        raise InputError(
            f"SOURCE_DATE_EPOCH is {given!r}, expected seconds since 1970 as a whole number: correct it, or unset it."
        ) from None
    return f"{moment:%d %B %Y at %H:%M}".lstrip("0")


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


def _keep_failed(task: Task, session: execution.Session) -> None:
    """Leave the notebook as far as it came for the analyst, outside the pack."""
    if session.notebook is None:
        return
    execution.mark_never_ran(session.notebook)
    session.cut_notebook()
    session.hush_notebook()
    path = _failed(task)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(session.notebook, path)
    except OSError:
        # It is a help, not a result: the outcome is told all the same.
        return


def _failed(task: Task) -> Path:
    return Path(task.root) / ".casebook" / "failed" / task.folder / f"{task.name}.ipynb"


def _fresh_random_state() -> None:
    # A forked process would otherwise draw the same numbers as its siblings.
    random.seed()
    if "numpy" in sys.modules:
        import numpy as np

        np.random.seed()


def _processor() -> float:
    # Of the process and of the kernel it may have started.
    return round(float(sum(psutil.Process().cpu_times()[:4])), 3)


def _peak() -> float:
    if sys.platform == "win32":
        return round(float(psutil.Process().memory_info().peak_wset) / 1e6, 1)
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)


def main() -> None:
    """Make the report told on standard input, and tell of it on standard output; for a process started anew."""
    task = from_plain(json.loads(sys.stdin.read()))
    signals.die_with(task.runner)
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What the notebook's processes write must not stand between the lines told.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    work(task, lambda event: print(json.dumps(event), file=told, flush=True))


def from_plain(plain: Mapping[str, Any]) -> Task:
    """Return the task that ``dataclasses.asdict`` made plain."""
    return Task(
        **{
            **plain,
            "limits": Limits(**plain["limits"]),
            "chosen": tuple(plain["chosen"]),
            "contains": tuple(plain["contains"]),
        }
    )


if __name__ == "__main__":
    main()
