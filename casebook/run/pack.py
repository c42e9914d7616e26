"""Making a pack: decide what is stale, make it, and publish the whole or nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from casebook.data import catalogue
from casebook.errors import HeldError, InputError, ReportFailedError, and_list
from casebook.run import (
    compare,
    freshness,
    gates,
    pdf,
    plan,
    publish,
    reconciliation,
    record,
    render,
    warm,
    worker,
    workers,
)
from casebook.run.freshness import Need
from casebook.run.history import Log
from casebook.run.outcome import Outcome
from casebook.run.plan import Job
from casebook.run.worker import Task
from casebook.run.workers import Result

# What the index and a partial run need of an entry made by an earlier run.
NEEDED = (
    "name",
    "title",
    "area",
    "folder",
    "as_of",
    "status",
    "html",
    "notebook",
    "finished",
    "headlines",
    "parameters",
)
FILES = ("html", "notebook", "spreadsheet")


@dataclass(frozen=True)
class How:
    """How a run goes about its work.

    ``force`` makes what is fresh, too; ``keep_going`` publishes what succeeded and is not held, with the last good page
    of the rest; ``accept`` publishes headlines that moved beyond their thresholds; ``engine`` is ``shell`` where a
    process can be forked and ``kernel`` otherwise, if it is not named; ``at_once`` is the number of cores if left out.
    """

    force: bool = False
    keep_going: bool = False
    accept: bool = False
    engine: Literal["shell", "kernel"] | None = None
    at_once: int | None = None


@dataclass(frozen=True)
class Made:
    """What a run did: the pack, the reports made with the reason, what is said of those that failed or are held."""

    pack: dict[str, Any]
    made: dict[str, str]
    failed: list[str]
    held: list[str] = field(default_factory=list)
    published: bool = True

    @property
    def changes(self) -> list[dict[str, Any]]:
        """What changed against the pack before."""
        return list(self.pack["changes"]) if self.published else []


Starting = Callable[[str, str], None]
Ended = Callable[[str, Outcome], None]


def make(
    jobs: Sequence[Job], root: Path, order: Sequence[str], whole: bool, how: How, log: Log,
    starting: Starting, ended: Ended,
) -> Made:  # fmt: skip
    """Make what is stale of the jobs, and publish the pack.

    Parameters
    ----------
    jobs
        The plan, in order.
    root
        The project's folder; the pack is its ``reports``.
    order
        The names of all reports, in the order of ``pipeline.py``, for the index.
    whole
        Whether the jobs are all of the area's reports: others published for that area are then
        taken out. Reports for other areas stay.
    how
        How to go about it.
    log
        The run's log.
    starting, ended
        Called before a report is made, with its name and why, and after, with its name and outcome.

    Raises
    ------
    InputError, ReportFailedError, HeldError, OSError
        If a report could not be made, a headline moved too far, or the folder not be written; what was published
        stays as it was.
    """
    published = root / "reports"
    if pale := list(gates.contrast_problems(render.styles())):
        raise ReportFailedError(gates.refusal("The pack", pale))
    made: Made | None = None
    with publish.staging(published) as stage:
        workers.clear_away(root)
        before = _Before.of(stage)
        needs, sources = _needs(jobs, before, root, how.force)
        dropped = before.without(jobs) if whole else []
        if not any(needs.values()) and not dropped:
            pack = before.pack
            made = Made(pack, {}, [], published=False)
            raise publish.NothingToPublishError
        _delete(stage, dropped)
        results = _run(jobs, needs, sources, stage, root, before, how, log, starting, ended)
        entries, rows = dict(before.entries), list(before.rows)
        for entry in dropped:
            del entries[entry["name"], entry["area"]]
        anew = [result.entry for result in results if result.entry is not None]
        for entry in anew:
            entry["files"] = {entry[kind]: freshness.hash_of(stage / entry[kind]) for kind in FILES}
            entries[entry["name"], entry["area"]] = entry
        failed = [result for result in results if result.outcome.status != "succeeded"]
        kept = {entry["name"] for entry in anew if entry.get("kept_since")}
        for one in failed:
            if one.entry is not None:
                one.entry["status"] = "held" if one.outcome.status == "held" else "failed"
        for lost in [one.task for one in failed if one.task.name not in kept]:
            # A last page that cannot be marked as such must not stand as if nothing had happened.
            if entries.pop((lost.name, lost.area), None):
                _delete(stage, [before.entries[lost.name, lost.area]])
        mine = {(result.task.name, result.task.area) for result in results if result.entry is not None}
        rows = [row for row in rows if (row["report"], row["area"]) in entries.keys() - mine]
        rows += [row for result in results for row in result.rows]
        changes = compare.changes(list(before.entries.values()), anew, before.rows, rows)
        pack = {
            "areas": sorted({entry["area"] for entry in entries.values()}),
            "published": worker.now(),
            "built_from": record.built_from(root),
            "run": log.run,
            "reports": sorted(entries.values(), key=_place(order)),
            "failed": [
                {
                    "name": one.task.name,
                    "area": one.task.area,
                    "title": one.task.before.get("title", one.task.name),
                    "status": one.outcome.status,
                    "said": _sentence(one),
                    "kept": one.task.name in kept,
                }
                for one in failed
            ],
            "papers": catalogue.load(root).papers,
            # The committee packs that no new report has put out of date.
            "committee_packs": {
                folder: path
                for folder, path in before.pack.get("committee_packs", {}).items()
                if (stage / path).is_file()
            },
            "before": bool(before.entries),
            "changes": changes,
            "reconciliation": sorted(rows, key=lambda row: (row["area"], *reconciliation.place(row))),
        }
        (stage / "pack.json").write_text(json.dumps(pack, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        for name, page in (
            ("index.html", render.index_page(pack)),
            ("reconciliation.html", render.reconciliation_page(pack)),
            ("accessibility.html", render.accessibility_page(pack)),
        ):
            worker.write_page(stage / name, page)
        whys = {entry["name"]: needs[entry["name"]].why for entry in anew if not entry.get("kept_since")}
        said = {
            kind: [_sentence(one) for one in failed if (one.outcome.status == "held") is kind] for kind in (False, True)
        }
        made = Made(pack, whys, said[False], said[True])
    assert made is not None
    log.about |= {"made": made.made, "failed": made.failed, "held": made.held, "changes": len(made.changes)}
    return made


@dataclass(frozen=True)
class _Before:
    """The pack that is published."""

    pack: dict[str, Any]
    entries: dict[tuple[str, str], dict[str, Any]]
    rows: list[reconciliation.Row]

    @classmethod
    def of(cls, stage: Path) -> _Before:
        manifest = stage / "pack.json"
        if not manifest.exists():
            return cls({"reports": [], "changes": [], "published": ""}, {}, [])
        missing: list[str] = []
        try:
            pack = json.loads(manifest.read_text(encoding="utf-8"))
            reports, rows = pack["reports"], pack.get("reconciliation", [])
            missing = [name for entry in reports for name in NEEDED if name not in entry]
            missing += [name for row in rows for name in (*reconciliation.KEPT, "report", "area") if name not in row]
            entries = {(entry["name"], entry["area"]): entry for entry in reports}
        except (ValueError, KeyError, TypeError) as error:
            missing, pack, entries, rows = [f"{type(error).__name__}: {error}"], {}, {}, []
        if missing:
            raise InputError(
                f"reports/pack.json does not describe what is in reports ({missing[0]}): restore the folder, or move "
                "it away and run the whole pipeline."
            )
        return cls(pack, entries, rows)

    def without(self, jobs: Iterable[Job]) -> list[dict[str, Any]]:
        """Return the entries of the jobs' areas that are not among the jobs."""
        jobs = list(jobs)
        names = {(job.report.name, job.area) for job in jobs}
        # A report may be about an area of its own; of that area, this run knows no more.
        areas = {job.folder for job in jobs if "area" not in job.report.parameters}
        return [entry for key, entry in self.entries.items() if entry["folder"] in areas and key not in names]


def _needs(
    jobs: Sequence[Job], before: _Before, root: Path, force: bool
) -> tuple[dict[str, Need], dict[str, dict[str, Any]]]:
    """Return what each job needs, and what it would be made from."""
    described = catalogue.load(root)
    needs: dict[str, Need] = {}
    sources: dict[str, dict[str, Any]] = {}
    for job in jobs:
        name = job.report.name
        reads = plan.tables_read(job.notebook, job.parameters, described)
        upstream = {one: sources[one] for one in job.upstream if one in sources}
        sources[name] = freshness.made_from(job, root, reads, upstream)
        anew = [one for one, need in needs.items() if need and not need.only_render]
        entry = before.entries.get((name, job.area))
        needs[name] = Need("--force") if force else freshness.need(job, entry, sources[name], root, anew)
    return needs, sources


def _run(
    jobs: Sequence[Job], needs: Mapping[str, Need], sources: Mapping[str, dict[str, Any]], stage: Path, root: Path,
    before: _Before, how: How, log: Log, starting: Starting, ended: Ended,
) -> list[Result]:  # fmt: skip
    """Make the stale reports in the stage, side by side, and return how each ended."""
    folders = {job.report.name: stage / job.folder / f"{job.report.name}.ipynb" for job in jobs}
    built_from, papers = record.built_from(root), catalogue.load(root).papers
    stale = [job for job in jobs if needs[job.report.name]]
    to_run = sum(not needs[job.report.name].only_render for job in stale)
    if how.engine != "kernel" and to_run:
        warm.up(rehearse=to_run > 1)
    engine: Literal["shell", "kernel"] = "kernel" if how.engine == "kernel" or not workers.can_fork() else "shell"
    tasks = []
    for job in stale:
        entry = before.entries.get((job.report.name, job.area), {})
        need = needs[job.report.name]
        _delete(stage, [entry] if entry else [], kinds=("pdf",))
        (stage / job.folder / pdf.PACK).unlink(missing_ok=True)
        (stage / job.folder).mkdir(exist_ok=True)
        tasks.append(
            Task(
                name=job.report.name, notebook=str(job.notebook), area=job.area, folder=job.folder, root=str(root),
                stage=str(stage), parameters=job.parameters, chosen=job.chosen, secrets=job.secrets,
                upstream={name: str(folders[name]) for name in job.upstream if name in folders},
                contains=(job.report.headlines, job.report.figures), engine=engine, limits=job.report.limits,
                made_from=sources[job.report.name], why=need.why, built_from=built_from, papers=papers,
                only_render=need.only_render, before=entry,
            )
        )  # fmt: skip
    log.write(
        "making", engine=engine, at_once=how.at_once or workers.cores(), area=stale[0].area if stale else "",
        built_from=built_from, versions=worker.versions(), reports={task.name: task.why for task in tasks},
    )  # fmt: skip
    first: list[Result] = []

    def begin(task: Task) -> None:
        starting(task.name, task.why)
        log.write("report began", report=task.name, area=task.area, why=task.why, parameters=dict(task.parameters))

    def end(result: Result) -> bool:
        log.write("report ended", report=result.task.name, area=result.task.area, **result.outcome.plain())
        ended(result.task.name, result.outcome)
        if result.outcome.status != "succeeded":
            first.append(result)
        return result.outcome.status == "succeeded" or how.keep_going

    needed = {job.report.name: job.upstream for job in jobs}
    results = workers.run(_longest_first(tasks, needed, before), needed, begin, end, how.at_once)
    if first and not how.keep_going:
        raise _error(first[0])
    not_tried = _not_tried(tasks, results, needed)
    if not_tried and not how.keep_going:
        raise _error(not_tried[0])
    if not how.accept:
        results = _hold(results, needed, before, how.keep_going)
    return [*_with_last_good_pages(results, tasks, stage, root, before), *not_tried]


def _longest_first(tasks: list[Task], needs: Mapping[str, Sequence[str]], before: _Before) -> list[Task]:
    """Return tasks so that the cores are busy to the end: what others wait for first, then what took longest."""
    waited_for = {name for names in needs.values() for name in names}

    def place(task: Task) -> tuple[bool, float]:
        took = before.entries.get((task.name, task.area), {}).get("seconds", 0.0)
        return task.name not in waited_for, -float(took)

    return sorted(tasks, key=place)


def _with_last_good_pages(
    results: list[Result], tasks: Sequence[Task], stage: Path, root: Path, before: _Before
) -> list[Result]:
    """Give the reports that failed their last good page back, marked as such."""
    succeeded = [result for result in results if result.outcome.status == "succeeded"]
    lost = {task.name for task in tasks} - {result.task.name for result in succeeded}
    told = {result.task.name: result for result in results}
    again = []
    for task in tasks:
        entry = before.entries.get((task.name, task.area))
        if task.name not in lost:
            continue
        for kind in FILES:
            there = stage / f"{task.folder}/{task.name}{_ENDINGS[kind]}"
            there.unlink(missing_ok=True)
            if entry is not None and kind in entry and (root / "reports" / entry[kind]).is_file():
                shutil.copy2(root / "reports" / entry[kind], there)
        if entry is not None and (stage / entry["notebook"]).is_file():
            since = entry.get("kept_since") or entry["finished"]
            again.append(
                replace(
                    task, only_render=True, kept_since=since, made_from=entry.get("made_from", {}),
                    chosen=tuple(entry.get("chosen", ())), parameters=entry["parameters"],
                )
            )  # fmt: skip
    kept = {one.task.name: one for one in workers.run(again, {}, lambda task: None, lambda result: True)}
    for name, result in kept.items():
        if result.entry is not None and name in told:
            told[name] = replace(told[name], entry=result.entry, rows=result.rows)
        elif result.entry is not None:
            succeeded.append(result)
    return [*succeeded, *(told[result.task.name] for result in results if result.outcome.status != "succeeded")]


_ENDINGS = {"html": ".html", "notebook": ".ipynb", "spreadsheet": ".xlsx"}


def _not_tried(tasks: Sequence[Task], results: Sequence[Result], needs: Mapping[str, Sequence[str]]) -> list[Result]:
    """Return the tasks that never started, because one they need failed."""
    tried = {result.task.name for result in results}
    found = []
    for task in tasks:
        if task.name not in tried:
            waited = and_list(name for name in needs[task.name])
            found.append(
                Result(task, Outcome("could not run", f"it builds on {waited}, which was not made.", "not tried"))
            )
    return found


def _sentence(result: Result) -> str:
    name, outcome = result.task.name, result.outcome
    if outcome.input_refused:
        return f"{name}: {outcome.message}"
    if outcome.status == "held":
        return outcome.message
    if outcome.status == "could not run":
        return f"{name} could not run: {outcome.message}"
    # Some messages begin with the report's name, others with what it did.
    return outcome.message if outcome.message.startswith(name) else f"{name} {outcome.message}"


def _error(result: Result) -> Exception:
    kind = InputError if result.outcome.input_refused else ReportFailedError
    return kind(_sentence(result))


def _hold(results: list[Result], needs: Mapping[str, Sequence[str]], before: _Before, keep_going: bool) -> list[Result]:
    """Hold the reports with a headline that moved further than its threshold, and what builds on them.

    Raises
    ------
    HeldError
        If the rest is not to be published without them.
    """
    held: dict[str, str] = {}
    # Each ended after those it builds on.
    for task, entry in [(result.task, result.entry) for result in results]:
        moved = compare.beyond(before.entries.get((task.name, task.area)), entry) if entry is not None else []
        if moved:
            held[task.name] = " ".join(moved)
        elif upstream := [name for name in needs[task.name] if name in held]:
            held[task.name] = f"{task.name} builds on {and_list(upstream)}."
    if held and not keep_going:
        raise HeldError(
            f"The pack is held, not published: {' '.join(held.values())} If that is right, publish it with `--accept`."
        )
    return [
        replace(
            result, entry=None, rows=[],
            outcome=Outcome("held", f"Held: {held[result.task.name]} If that is right, publish it with `--accept`."),
        )
        if result.task.name in held
        else result
        for result in results
    ]  # fmt: skip


def _delete(stage: Path, entries: Sequence[dict[str, Any]], kinds: Sequence[str] = (*FILES, "pdf")) -> None:
    # Only what the pack itself put there: a page no longer listed is one that nothing keeps true.
    for entry in entries:
        for kind in kinds:
            if kind in entry:
                (stage / entry[kind]).unlink(missing_ok=True)
        folder = stage / entry["folder"]
        # The committee pack holds all reports, so it is out of date with any of them.
        (folder / pdf.PACK).unlink(missing_ok=True)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _place(order: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[str, int]]:
    return lambda entry: (entry["area"], order.index(entry["name"]) if entry["name"] in order else len(order))
