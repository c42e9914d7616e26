"""A report's page beside its notebook: made again at every save, shown in the browser; ``reports`` is not touched.

Most of what one report costs is loading packages. Here that is done once; each page is made in processes forked from
this one, so that it begins as fresh as any other. What was made is kept in ``.casebook/preview``.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn

import nbformat

from casebook import preload
from casebook.analyst.live import LivePages
from casebook.data import catalogue
from casebook.data.project import write_whole
from casebook.data.results import UPSTREAM
from casebook.data.tables import Tables
from casebook.engine import apart, lock, workers
from casebook.engine.task import Key, Task
from casebook.engine.workers import WorkerResult
from casebook.errors import InputError, of_system
from casebook.pack import freshness, plan
from casebook.pack.models import Fingerprint, Published
from casebook.pack.plan import Job
from casebook.pack.report_spec import Report
from casebook.pages import draft, layout
from casebook.text import slug

FOLDER = Path(".casebook/preview")
_LOOK_EVERY, _LOOK_AT_PROGRAM_EVERY = 0.03, 1.0
_FOLLOWED = ("notebooks", "workings", "data/raw")


@dataclass(frozen=True)
class Preview:
    """What is shown: a report for an area, with settings of its own."""

    root: Path
    pack: Sequence[Report]
    name: str
    area: str
    typed: Mapping[str, str]
    built_from: str = "as it is being written"

    @cached_property
    def folder(self) -> Path:
        """Where its pages are made."""
        return self.root / FOLDER / f"{self.name}-{slug(self.area)}"

    @cached_property
    def pages(self) -> Path:
        """The folder that is shown."""
        return self.folder / "pages"

    @cached_property
    def page(self) -> Path:
        """The report's page."""
        return self.pages / slug(self.area) / f"{self.name}.html"

    @property
    def _made(self) -> Path:
        return self.folder / "made.json"

    def make(self, notify: Callable[[str], None]) -> None:
        """Make what has changed of the report and of those it builds on; whatever is wrong stands on its page."""
        self.pages.mkdir(parents=True, exist_ok=True)
        try:
            self._make(notify)
        except Exception as error:
            said = _sentence(error)
            notify(said)
            self.say(said)
        finally:
            for left in self.folder.glob(f"{self.pages.name}-*"):
                # What its processes wrote.
                shutil.rmtree(left) if left.is_dir() else left.unlink()

    def say(self, said: str) -> None:
        """Have the page say nothing but something."""
        self._write(draft.shown("", said.splitlines()))

    def opened(self) -> list[Path]:
        """Return the files outside the project's folders that the report looked at when it was made last."""
        return [self.root / one.path for entry in self._entries().values() for one in entry.opened]

    def _entries(self) -> dict[Key, Published]:
        """Return the entries of what was made last and succeeded."""
        try:
            made = [Published.model_validate(one) for one in json.loads(self._made.read_text(encoding="utf-8"))]
        except (OSError, ValueError):
            return {}
        return {entry.key: entry for entry in made}

    def _make(self, notify: Callable[[str], None]) -> None:
        known = Tables(self.root)
        jobs, _ = plan.make(self.pack, self.root, [self.name], [self.area], self.typed, known, self.typed)
        entries = self._entries()
        needs, sources = self._needs(jobs, entries)
        stale = [job for job in jobs if needs[job.key]]
        waits = {job.key: [(name, job.area) for name in job.upstream] for job in jobs}
        began = time.perf_counter()
        tasks = [self._task(job, needs[job.key], sources[job.key], entries.get(job.key)) for job in stale]
        results = workers.run(tasks, waits, lambda task: None, lambda result: True, layout.work)
        done = {result.task.key: result for result in results if result.outcome.status == "succeeded"}
        for job in stale:
            entries.pop(job.key, None)
        executed = {_executed(job) for job in jobs}
        for key, result in done.items():
            laid_out = layout.LaidOut.model_validate_json(result.made)
            # Those it builds on are looked at here themselves, and are not the published ones.
            read = tuple(one for one in laid_out.entry.inputs if one.path not in executed)
            entries[key] = laid_out.entry.model_copy(update={"inputs": read})
            for problem in laid_out.problems:
                notify(f"{key[0]} would not be published: {problem}")
        kept = [entry.model_dump(mode="json") for entry in entries.values()]
        write_whole(self._made, json.dumps(kept, ensure_ascii=False).encode())
        for result in results:
            if result.task.key not in done:
                notify(_said(result))
        failed = [result for result in results if result.task.key not in done]
        if failed:
            last = next((one for one in failed if one.task.name == self.name), failed[0])
            self._write(_unfinished(last))
        if stale:
            notify(f"Shown after {time.perf_counter() - began:.1f} s.")

    def _needs(
        self, jobs: Sequence[Job], entries: Mapping[Key, Published]
    ) -> tuple[dict[Key, freshness.StaleReason], dict[Key, Fingerprint]]:
        described = catalogue.load(self.root)
        needs: dict[Key, freshness.StaleReason] = {}
        sources: dict[Key, Fingerprint] = {}
        for job in jobs:
            reads = plan.tables_read(job.notebook, job.parameters, described)
            upstream = {name: sources[name, job.area] for name in job.upstream if (name, job.area) in sources}
            sources[job.key] = freshness.fingerprint(job, self.root, reads, upstream)
            anew = {_executed(one) for one in jobs if (need := needs.get(one.key)) and not need.only_render}
            needs[job.key] = freshness.need(job, entries.get(job.key), sources[job.key], self.root, anew)
        return needs, sources

    def _task(self, job: Job, need: freshness.StaleReason, source: Fingerprint, before: Published | None) -> Task:
        upstream = {name: str(self.pages / job.folder / f"{name}.ipynb") for name in job.upstream}
        order = layout.Order(
            overrides=job.overrides, headlines=job.report.headlines, figures=job.report.figures, fingerprint=source,
            why=need.why, built_from=self.built_from, papers=catalogue.load(self.root).papers,
            before=before, draft=True,
        )  # fmt: skip
        return Task(
            name=job.report.name, notebook=str(job.notebook), area=job.area, folder=job.folder, root=str(self.root),
            stage=str(self.pages), parameters=job.parameters, secrets=job.secrets,
            environment={UPSTREAM: json.dumps({job.area: upstream})},
            engine="shell" if workers.can_fork() else "kernel", limits=job.report.limits,
            only_render=need.only_render, order=order.model_dump_json(),
        )  # fmt: skip

    def _write(self, page: str) -> None:
        self.page.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.page, page.encode())


def stay(preview: Preview, port: int, again: Sequence[str], notify: Callable[[str], None]) -> NoReturn:
    """Make the page and show it, and again after every change, until Ctrl-C.

    Parameters
    ----------
    preview
        What is shown.
    port
        Where the server answers; any free port if 0.
    again
        The words of the command, without the port, for when the program itself has changed.
    notify
        Told what a person should know.

    Raises
    ------
    InputError
        If the port is taken, or another preview of the same report goes on.
    """
    folder = preview.folder
    with lock.held(folder / "lock"), _own_temporary_files():
        if not preview.page.exists():
            preview.say("It is being made: wait a moment.")
        page = preview.page.relative_to(preview.pages).as_posix()
        pages = LivePages(preview.pages, preview.root / "reports", page, port)
        notify(f"Open http://127.0.0.1:{pages.port}/ (Ctrl-C ends it)")
        program, looked = freshness.program(preview.root), time.monotonic()
        preload.packages(prime=True)
        seen: object = None
        made: object = None
        opened = preview.opened()
        while True:
            now = _states(preview.root, opened)
            if now == seen != made:
                apart.do(lambda: preview.make(notify))
                pages.tell(draft.version(preview.page.read_text(encoding="utf-8")))
                opened = preview.opened()
                after = _states(preview.root, opened)
                # Meanwhile there may be more to follow, which is no change.
                made = now = after if set(now) <= set(after) else now
            elif now == seen and time.monotonic() - looked > _LOOK_AT_PROGRAM_EVERY:
                if _is_another(preview.root, program, notify):
                    pages.close()
                    os.execv(sys.executable, [sys.executable, sys.argv[0], *again, "--port", str(pages.port)])
                looked = time.monotonic()
            # Something may be half saved: what changed is made once it stays as it is.
            seen = now
            time.sleep(_LOOK_EVERY)


@contextmanager
def _own_temporary_files() -> Iterator[None]:
    """Keep temporary files where a run, which clears away what runs before it left, does not look."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="preview-") as own:
        tempfile.tempdir = own
        try:
            yield
        finally:
            tempfile.tempdir = before


def _states(root: Path, opened: Sequence[Path]) -> list[tuple[str, int, int, int]]:
    """Return the files that the report may be made from, each with what tells one state of it from another."""
    paths = [str(path) for path in opened]
    folders = [str(root / folder) for folder in _FOLLOWED]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as listed:
            for one in listed:
                if one.name.startswith("."):
                    continue
                (folders if one.is_dir() else paths).append(one.path)
    found = []
    for path in paths:
        with suppress(OSError):
            state = os.stat(path)  # noqa: PTH116 - some hundred, many times a second
            found.append((path, state.st_mtime_ns, state.st_size, state.st_ino))
    return found


def _is_another(root: Path, program: str, notify: Callable[[str], None]) -> bool:
    """Return whether the package or ``pipeline.py`` has changed and can be started anew, and say so."""
    if freshness.program(root) == program:
        return False
    file = root / "pipeline.py"
    try:
        compile(file.read_text(encoding="utf-8"), file.name, "exec")
    except (OSError, ValueError, SyntaxError) as error:
        notify(f"{file.name} cannot be read ({error}): waiting until it can.")
        return False
    notify("The program changed: starting anew.")
    return True


def _sentence(error: Exception) -> str:
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, OSError):
        return of_system(error)
    return f"Casebook itself failed ({type(error).__name__}: {error}). Please report it, with the notebook."


def _executed(job: Job) -> str:
    return f"reports/{job.folder}/{job.report.name}.ipynb"


def _unfinished(result: WorkerResult) -> str:
    """Return the page of a report that failed, as far as it came."""
    task, notebook = result.task, None
    with suppress(OSError, ValueError):
        notebook = nbformat.read(task.failed_notebook, as_version=4)
    return layout.unfinished(task, notebook, _said(result), result.outcome.cell)


def _said(result: WorkerResult) -> str:
    message = result.outcome.message
    # Some messages begin with what the report did.
    return f"{result.task.name} {message}" if message[:1].islower() else message
