"""Making a pack: decide what is stale, make it, and publish the whole or nothing."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from casebook import clock, preload
from casebook.data import areas, catalogue, executed
from casebook.data.results import UPSTREAM
from casebook.engine import workers
from casebook.engine.outcome import Outcome
from casebook.engine.task import Key, Task
from casebook.engine.workers import Elsewhere, WorkerResult
from casebook.errors import InputError, ReportFailedError, ThresholdExceededError, and_list, one_of
from casebook.pack import comparison, freshness, models, plan, record
from casebook.pack.freshness import StaleReason
from casebook.pack.history import Log
from casebook.pack.models import Failure, Fingerprint, Pack, PackChange, Published, Row, Top
from casebook.pack.plan import Job
from casebook.pack.report_spec import Contact, Report
from casebook.pages import gates, layout, manifest, pdf, publish, render
from casebook.pages.layout import FILES, LaidOut
from casebook.text import slug


@dataclass(frozen=True)
class RunOptions:
    """How a run goes about its work.

    ``force`` makes what is fresh, too; ``keep_going`` publishes what succeeded and is not held, with the last good page
    of the rest; ``accept`` publishes headlines that moved beyond their thresholds; ``engine`` is ``shell`` where a
    process can be forked and ``kernel`` otherwise, if it is not named; ``at_once`` is the number of cores if left out;
    ``remove`` takes all reports of an area out; ``contact`` is named in the accessibility statement. ``by_area``
    publishes area by area, each as soon as it is made, with the last good page of what failed or is held, as
    ``keep_going`` does.
    """

    force: bool = False
    keep_going: bool = False
    accept: bool = False
    engine: Literal["shell", "kernel"] | None = None
    at_once: int | None = None
    remove: str = ""
    contact: Contact | None = None
    by_area: bool = False
    elsewhere: Elsewhere | None = None
    """What makes the reports, in place of processes here."""
    compressed: bool = False
    """Whether executed notebooks are kept compressed, except those of ``plain``."""
    plain: Set[str] = frozenset()
    """Areas that are asked for by name."""
    left_out: Mapping[str, dict[str, str]] = field(default_factory=dict)
    """By area, the reports that cannot be made for it, each with what is missing."""


@dataclass(frozen=True)
class RunResult:
    """What a run did.

    ``made`` are the reports made, with the reason, ``failed`` and ``held`` what is said of those that are not,
    ``older`` those it only marked as older than their data, with what changed, and ``restored`` the files about all
    reports that it wrote again.
    """

    pack: Pack
    made: dict[Key, str]
    failed: list[str]
    held: list[str] = field(default_factory=list)
    older: dict[Key, str] = field(default_factory=dict)
    restored: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    """The reports it took out of the pack, each with why."""
    published: bool = True
    areas: Set[str] = frozenset()
    """The folders of the areas of which something is another than before."""

    @property
    def changes(self) -> list[PackChange]:
        """What changed against the pack before."""
        return list(self.pack.changes) if self.published and (self.made or self.failed) else []


Starting = Callable[[Task, str], None]
Ended = Callable[[WorkerResult], None]


def make(
    jobs: Sequence[Job], root: Path, reports: Sequence[Report], whole: bool, options: RunOptions, log: Log,
    starting: Starting, ended: Ended,
) -> RunResult:  # fmt: skip
    """Make what is stale of the jobs, see to the rest of the pack, and publish it.

    Every other published report, of whichever area, is looked at too. If the jobs are all of an area's, those that are
    stale are rebuilt as they were made before; if only some reports were asked for, they are marked as older than
    their data.

    Parameters
    ----------
    jobs
        The plan, in order.
    root
        The project's folder; the pack is its ``reports``.
    reports
        All reports, in the order of ``pipeline.py``.
    whole
        Whether the jobs are all of the area's reports: others published for that area are then
        taken out, and so is what ``pipeline.py`` no longer lists.
    options
        How to go about it.
    log
        The run's log.
    starting, ended
        Called before a report is made, with the reason why, and after.

    Raises
    ------
    InputError, ReportFailedError, ThresholdExceededError, OSError
        If a report could not be made, a headline moved too far, or the folder not be written; what was published
        stays as it was.
    """
    published = root / "reports"
    if pale := list(gates.contrast_problems(render.styles())):
        raise ReportFailedError(gates.refusal("The pack", pale))
    options = replace(options, keep_going=options.keep_going or options.by_area)
    maker = _Maker(root, reports, whole, options, log, _of_several_areas(jobs, published, options))
    with publish.held(published):
        workers.clear_away(root)
        made = (maker.area_by_area if options.by_area else maker.all_at_once)(jobs, starting, ended)
    log.about |= {
        "made": _by_report(made.made), "failed": made.failed, "held": made.held, "changes": len(made.changes),
        "older": _by_report(made.older), "restored": made.restored, "removed": made.removed,
    }  # fmt: skip
    return made


AREAS_AT_ONCE = 8
"""How many areas a run of many makes side by side, so that all cores are busy; each is then published by itself."""


@dataclass(frozen=True)
class _Maker:
    """How a pack is made: at once, or area by area."""

    root: Path
    reports: Sequence[Report]
    whole: bool
    options: RunOptions
    log: Log
    several: Set[str]
    """The names of the reports that the pack then has of several areas."""

    def all_at_once(self, jobs: Sequence[Job], starting: Starting, ended: Ended) -> RunResult:
        """Make what is stale of all areas, and publish the pack whole."""
        before = _PreviousPack.of(self.root / "reports")
        plan = self._plan(before, jobs)
        same = plan.nothing and self.options.contact == before.pack.contact
        if same and not before.altered:
            return RunResult(before.pack, {}, [], published=False)
        with self._staging() as stage:
            if same:
                # Of the reports nothing has changed.
                pack = _without_altered_committee_packs(stage, before.pack, before.altered)
                pack = manifest.write(stage, pack, _of_areas(before.altered))
                made = RunResult(pack, {}, [], restored=before.altered)
            else:
                made = self._made(stage, plan, starting, ended)
                pack = made.pack.model_copy(update=self._about(made.pack, before.pack))
                made = replace(made, pack=manifest.write(stage, pack, made.areas | _of_areas(before.altered)))
        if before.lost:
            self.log.about["unnamed"] = manifest.unnamed(self.root / "reports", made.pack)
        return made

    def area_by_area(self, jobs: Sequence[Job], starting: Starting, ended: Ended) -> RunResult:
        """Make areas one after the other, publish each when it is made, and then the pages about all.

        What is published already is not made again, so a run that was stopped goes on where it was.
        """
        published = self.root / "reports"
        by_area: dict[str, list[Job]] = {}
        for job in jobs:
            by_area.setdefault(job.folder, []).append(job)
        waiting = list(by_area) + [folder for folder in models.folders(published) if folder not in by_area]
        groups = [waiting[first : first + AREAS_AT_ONCE] for first in range(0, len(waiting), AREAS_AT_ONCE)]
        so_far: list[RunResult] = []
        while groups:
            group = groups.pop(0)
            own = [job for folder in group for job in by_area.get(folder, ())]
            try:
                done = self._group(group, own, starting, ended)
                # What is published need not be kept: the memory of a run does not grow with its areas.
                so_far.append(replace(done, pack=Pack(failed=done.pack.failed)))
            except ReportFailedError as error:
                # Whose fault it is shows when each is made by itself.
                groups = [[one] for one in group] + groups if len(group) > 1 else groups
                so_far += [RunResult(Pack(), {}, [f"{group[0]}: {error}"])] if len(group) == 1 else []
        return self._with_top(_together(so_far))

    def _group(self, folders: Sequence[str], jobs: Sequence[Job], starting: Starting, ended: Ended) -> RunResult:
        before = _PreviousPack.of(self.root / "reports", folders)
        plan = self._plan(before, jobs)
        altered = _of_areas(before.altered)
        if plan.nothing and not altered:
            return RunResult(Pack(), {}, [], published=False)
        with self._staging(folders) as stage:
            made = self._made(stage, plan, starting, ended)
            for folder in made.areas | altered:
                manifest.write_area(stage, folder, made.pack)
        return made

    def _with_top(self, made: RunResult) -> RunResult:
        published = self.root / "reports"
        before, found = models.top(published) or Top(), models.areas_of(published)
        pack = models.together(before, found)
        altered = [name for name in manifest.altered(published, (), pack) if "/" not in name]
        if not (made.published or altered) and self.options.contact == before.contact:
            return replace(made, pack=pack)
        changes = tuple(change for one in found if one.since == before.run for change in one.changes)
        pack = pack.model_copy(update={**self._about(pack, before), "failed": made.pack.failed, "changes": changes})
        # The folders of areas are published already.
        with self._staging(manifest.names(published)) as stage:
            return replace(made, pack=manifest.write_top(stage, pack, published), published=True)

    def _plan(self, before: _PreviousPack, jobs: Sequence[Job]) -> _Plan:
        plan = _planned(before, jobs, self.root, self.reports, self.whole, self.options, self.several)
        if plan.refused and not self.options.keep_going:
            raise InputError(next(iter(plan.refused.values())))
        return plan

    def _staging(self, parts: Sequence[str] | None = None) -> AbstractContextManager[Path]:
        published = self.root / "reports"
        return publish.staging(published, lambda said: self.log.about.update(not_in_one_step=said), parts)

    def _about(self, pack: Pack, before: Top) -> dict[str, Any]:
        """Return what the top says besides the reports."""
        described = catalogue.load(self.root)
        known = areas.load(self.root, described)
        names = sorted({entry.area for entry in pack.reports})
        return {
            "areas": tuple(names),
            "regions": {name: found.region for name in names if (found := known.find(name)) and found.region},
            "published": clock.now_in_words(),
            "built_from": record.built_from(self.root),
            "run": self.log.run,
            "contact": self.options.contact,
            "papers": described.papers,
            "before": bool(before.published),
            "since": before.run,
        }

    def _made(self, stage: Path, plan: _Plan, starting: Starting, ended: Ended) -> RunResult:
        """Make what a plan says in a stage; the pages about several reports are still to be written."""
        before = plan.before
        _delete(stage, plan.dropped)
        _without_altered_committee_packs(stage, before.pack, before.altered)
        reports = {report.name: report for report in self.reports}
        run = _Run(stage, self.root, before, reports, self.options, self.log, plan.several)
        results = run.make(plan.jobs, plan.needs, plan.sources, plan.refused, starting, ended)
        results += run.mark(plan.older | plan.led)
        entries, rows = dict(before.entries), list(before.rows)
        for entry in plan.dropped:
            del entries[entry.key]
        anew = [_published(result) for result in results if result.made]
        for entry in anew:
            # An executed notebook may be kept in another form than before.
            if (then := entries.get(entry.key)) and then.notebook != entry.notebook:
                (stage / then.notebook).unlink(missing_ok=True)
        entries |= {entry.key: entry for entry in anew}
        failed = [result for result in results if result.outcome.status != "succeeded"]
        kept = {entry.key for entry in anew if entry.kept_since}
        for lost in [one.task for one in failed if one.task.key not in kept]:
            # A last page that cannot be marked as such must not stand as if nothing had happened.
            if entries.pop(lost.key, None):
                _delete(stage, [before.entries[lost.key]])
        mine = {entry.key for entry in anew}
        rows = [row for row in rows if (row.report, row.area) in entries.keys() - mine]
        rows += [row for result in results if result.made for row in _laid_out(result).rows]
        place = _place([report.name for report in self.reports])
        pack = before.pack.model_copy(update={
            "published": clock.now_in_words(),
            "since": before.pack.run,
            "reports": tuple(sorted(entries.values(), key=lambda entry: place(entry.key))),
            "left_out": {**before.pack.left_out, **self.options.left_out},
            "failed": tuple(_failure(one, before, one.task.key in kept) for one in failed),
            # Those that no new report has put out of date.
            "committee_packs": {
                folder: path for folder, path in before.pack.committee_packs.items() if (stage / path).is_file()
            },
            "changes": tuple(comparison.changes(list(before.entries.values()), anew, before.rows, rows)),
            "reconciliation": tuple(sorted(rows, key=lambda row: (row.area, *row.place))),
        })  # fmt: skip
        needs = plan.needs
        said = {
            kind: [_sentence(one) for one in failed if (one.outcome.status == "held") is kind] for kind in (False, True)
        }
        return RunResult(
            pack,
            {key: need.why for key, need in needs.items() if need and key in mine - kept - plan.older.keys()},
            said[False],
            said[True],
            plan.older,
            before.altered,
            removed=_taken_out(plan.dropped, self.reports, self.options.remove),
            areas={entry.folder for entry in (*anew, *plan.dropped)} | {one.task.folder for one in failed},
        )


def _of_areas(altered: Iterable[str]) -> set[str]:
    """Return the folders of areas in which files are not as they were written."""
    return {name.partition("/")[0] for name in altered if "/" in name}


def _together(results: Sequence[RunResult]) -> RunResult:
    """Return what the runs of groups of areas did, without what stands in the folders of areas by now."""
    failed = tuple(one for result in results for one in result.pack.failed)
    return RunResult(
        Pack(failed=failed),
        {key: why for result in results for key, why in result.made.items()},
        [one for result in results for one in result.failed],
        [one for result in results for one in result.held],
        older={key: what for result in results for key, what in result.older.items()},
        restored=[one for result in results for one in result.restored],
        removed=[one for result in results for one in result.removed],
        published=any(result.published for result in results),
    )


def stale(
    jobs: Sequence[Job], root: Path, reports: Sequence[Report], whole: bool, options: RunOptions
) -> tuple[dict[Key, StaleReason], list[str]]:
    """Return what ``make`` would make and what it would take out, each with why; for its parameters see there.

    Nothing is made or written.
    """
    before = _PreviousPack.of(root / "reports")
    several = _of_several_areas(jobs, root / "reports", options)
    planned = _planned(before, jobs, root, reports, whole, options, several)
    dropped = planned.dropped
    return {key: need for key, need in planned.needs.items() if need}, _taken_out(dropped, reports, options.remove)


def _taken_out(dropped: Sequence[Published], reports: Sequence[Report], removed: str) -> list[str]:
    """Return the reports that are taken out of the pack, each with why."""
    listed = {report.name for report in reports}

    def why(one: Published) -> str:
        if one.area == removed:
            return "asked for with --remove"
        return "no longer made for this area" if one.name in listed else "not in pipeline.py"

    return [f"{one.name} ({one.area}): {why(one)}" for one in dropped]


@dataclass(frozen=True)
class _PreviousPack:
    """The pack that is published."""

    pack: Pack
    altered: list[str]
    """The files about several reports that are not as they were published."""
    lost: bool = False
    """Whether what a ``pack.json`` said is gone."""

    @classmethod
    def of(cls, published: Path, areas: Sequence[str] | None = None) -> _PreviousPack:
        """Read it, of all areas or those in some folders."""
        pack = models.read(published, areas)
        if pack is None:
            return cls(Pack(), [], lost=True)
        there = models.folders(published)
        lost = not pack.published or not {slug(area) for area in pack.areas} <= set(there)
        return cls(
            pack, manifest.altered(published, [one for one in there if areas is None or one in areas], pack), lost
        )

    @cached_property
    def entries(self) -> dict[Key, Published]:
        return {entry.key: entry for entry in self.pack.reports}

    @property
    def rows(self) -> Sequence[Row]:
        return self.pack.reconciliation

    def without(self, jobs: Iterable[Job]) -> list[Published]:
        """Return the entries of the jobs' areas that are not among the jobs."""
        jobs = list(jobs)
        names = {(job.report.name, job.area) for job in jobs}
        # A report may be about an area of its own; of that area, this run knows no more.
        areas = {job.folder for job in jobs if "area" not in job.report.parameters}
        return [entry for key, entry in self.entries.items() if entry.folder in areas and key not in names]


@dataclass(frozen=True)
class _Plan:
    """What a run is to do: its jobs, what each needs, what goes, and what is only marked."""

    before: _PreviousPack
    jobs: list[Job]
    needs: dict[Key, StaleReason]
    sources: dict[Key, Fingerprint]
    dropped: list[Published]
    refused: dict[Key, str]
    """The published reports that cannot be planned any more."""
    older: dict[Key, str]
    led: dict[Key, str]
    """The pages that stay as they are, except that they lead to other areas, or no longer."""
    several: Set[str]
    """The names of the reports that the pack then has of several areas."""

    @property
    def nothing(self) -> bool:
        """Whether every report can stay as it is."""
        return not (self.dropped or self.older or self.led or self.refused or any(self.needs.values()))


def _of_several_areas(jobs: Sequence[Job], published: Path, options: RunOptions) -> Set[str]:
    """Return the names of the reports that the pack has of more than one area once the jobs are made."""
    folders = set(models.folders(published)) - {slug(options.remove)}
    there = {(page.stem, folder) for folder in folders for page in (published / folder).glob("*.html")}
    counts = Counter(name for name, _ in there | {(job.report.name, job.folder) for job in jobs})
    return {name for name, count in counts.items() if count > 1}


def _planned(
    before: _PreviousPack, jobs: Sequence[Job], root: Path, reports: Sequence[Report], whole: bool, options: RunOptions,
    several: Set[str],
) -> _Plan:  # fmt: skip
    dropped = _dropped(before, jobs, reports, whole, options.remove)
    others, refused = _planned_again(before, jobs, dropped, reports, root)
    place = _place([report.name for report in reports])
    all_jobs = sorted([*jobs, *others], key=lambda job: place(job.key)[::-1])
    needs, sources = _needs(all_jobs, before, root, _keys(jobs) if options.force else set())
    older = {} if whole else refused | _marks(needs, _keys(others), before)
    stays = before.entries.keys() - {key for key, need in needs.items() if need} - older.keys() - refused.keys()
    stays -= {entry.key for entry in dropped}
    led = {key: "" for key in sorted(stays) if before.entries[key].several != (key[0] in several)}
    return _Plan(before, all_jobs, needs, sources, dropped, refused if whole else {}, older, led, several)


def _keys(jobs: Iterable[Job]) -> set[Key]:
    return {job.key for job in jobs}


def _dropped(
    before: _PreviousPack, jobs: Sequence[Job], reports: Sequence[Report], whole: bool, removed: str
) -> list[Published]:
    """Return the entries that are to go."""
    listed = {report.name for report in reports}
    going = before.without(jobs) if whole else []
    for entry in before.entries.values() if whole else ():
        if entry not in going and (entry.area == removed or entry.name not in listed):
            going.append(entry)
    if removed and not any(entry.area == removed for entry in going):
        areas = sorted({entry.area for entry in before.entries.values()})
        raise InputError(f"No report is published for {removed}: {one_of(areas, removed)}")
    return going


def _planned_again(
    before: _PreviousPack, asked: Sequence[Job], dropped: Sequence[Published], reports: Sequence[Report], root: Path
) -> tuple[list[Job], dict[Key, str]]:
    """Return the jobs of published reports that were not asked for, and why others cannot be planned any more."""
    listed = {report.name: report for report in reports}
    gone = {entry.key for entry in dropped} | _keys(asked)
    jobs, refused = [], {}
    for entry in [entry for key, entry in before.entries.items() if key not in gone]:
        try:
            if entry.name not in listed:
                # A run of the whole pack takes it out; one of some reports leaves it as it is.
                continue
            jobs.append(plan.again(listed[entry.name], root, entry))
        except InputError as error:
            refused[entry.key] = (
                f"{error} {entry.name} stands in the pack for {entry.area}: mend it, or take the area's reports "
                f'out with `run --remove "{entry.area}"`.'
            )
    return jobs, refused


def _needs(
    jobs: Sequence[Job], before: _PreviousPack, root: Path, forced: set[Key]
) -> tuple[dict[Key, StaleReason], dict[Key, Fingerprint]]:
    """Return what each job needs, and what it would be made from."""
    described = catalogue.load(root)
    needs: dict[Key, StaleReason] = {}
    sources: dict[Key, Fingerprint] = {}
    anew: set[str] = set()
    for job in jobs:
        reads = plan.tables_read(job.notebook, job.parameters, described)
        upstream = {name: sources[name, job.area] for name in job.upstream if (name, job.area) in sources}
        sources[job.key] = freshness.fingerprint(job, root, reads, upstream)
        if job.key in forced:
            need = StaleReason("--force")
        elif (record := f"{job.folder}/{models.FILE}") in before.altered:
            need = StaleReason(f"reports/{record} is not as it was published")
        else:
            need = freshness.need(job, before.entries.get(job.key), sources[job.key], root, anew)
        needs[job.key] = need
        if need and not need.only_render:
            anew.add(_executed(job))
    return needs, sources


def _executed(job: Job) -> str:
    """Return the path in the project of a report's executed notebook."""
    return f"reports/{job.folder}/{job.report.name}.ipynb"


def _marks(needs: dict[Key, StaleReason], others: set[Key], before: _PreviousPack) -> dict[Key, str]:
    """Take away the needs of reports that were not asked for, and return which to mark as older than their data."""
    waiting = {key: needs.pop(key) for key in others}
    return {
        key: need.why
        for key, need in waiting.items()
        if need and not need.only_render and before.entries[key].status == "succeeded"
        and not before.entries[key].older
    }  # fmt: skip


def _waits_for(jobs: Sequence[Job], before: _PreviousPack) -> dict[Key, list[Key]]:
    """Return which jobs each builds on: those of its own area, and those of others that it read last time."""
    waits: dict[Key, list[Key]] = {}
    made: dict[str, Key] = {}
    for job in jobs:
        read = [one.path for one in before.entries[job.key].inputs] if job.key in before.entries else []
        own = [(name, job.area) for name in job.upstream if (name, job.area) in waits]
        waits[job.key] = list(dict.fromkeys([*own, *(made[path] for path in read if path in made)]))
        made[_executed(job)] = job.key
    return waits


@dataclass(frozen=True)
class _Run:
    """What the making of a pack goes by."""

    stage: Path
    root: Path
    before: _PreviousPack
    reports: Mapping[str, Report]
    options: RunOptions
    log: Log
    several: Set[str]
    """The names of the reports that the pack then has of several areas."""

    def make(
        self, jobs: Sequence[Job], needs: Mapping[Key, StaleReason], sources: Mapping[Key, Fingerprint],
        refused: Mapping[Key, str], starting: Starting, ended: Ended,
    ) -> list[WorkerResult]:  # fmt: skip
        """Make the stale reports in the stage, side by side, and return how each ended."""
        stage, before, options, log = self.stage, self.before, self.options, self.log
        waits = _waits_for(jobs, before)
        notebooks = {job.key: stage / self._notebook(job, anew=bool(needs.get(job.key))) for job in jobs}
        built_from, papers = record.built_from(self.root), catalogue.load(self.root).papers
        stale = [job for job in jobs if needs.get(job.key)]
        to_run = sum(not needs[job.key].only_render for job in stale)
        if options.engine != "kernel" and to_run and not options.elsewhere:
            preload.packages(prime=to_run > 1)
        engine: Literal["shell", "kernel"] = (
            "kernel" if options.engine == "kernel" or not workers.can_fork() else "shell"
        )
        tasks = []
        for job in stale:
            entry = before.entries.get(job.key)
            need = needs[job.key]
            self._begin(entry, job.folder)
            upstream: dict[str, dict[str, str]] = {}
            for name, area in waits[job.key]:
                upstream.setdefault(area, {})[name] = str(notebooks[name, area])
            order = layout.Order(
                overrides=job.overrides, headlines=job.report.headlines, figures=job.report.figures,
                fingerprint=sources[job.key], why=need.why, built_from=built_from, papers=papers, before=entry,
                several=job.report.name in self.several,
                compressed=self._compressed(job),
            )  # fmt: skip
            tasks.append(
                Task(
                    name=job.report.name, notebook=str(job.notebook), area=job.area, folder=job.folder,
                    root=str(self.root), stage=str(stage), parameters=job.parameters,
                    secrets=job.secrets, environment={UPSTREAM: json.dumps(upstream)}, engine=engine,
                    limits=job.report.limits, only_render=need.only_render, order=order.model_dump_json(),
                    inputs=(
                        *(notebooks[key].relative_to(stage).as_posix() for key in waits[job.key]),
                        *([entry.notebook] if entry and need.only_render else []),
                    ),
                )
            )  # fmt: skip
        at_once = options.at_once or (options.elsewhere.at_once if options.elsewhere else workers.cores())
        log.write(
            "making", engine=engine, at_once=at_once, built_from=built_from,
            versions=layout.versions(), reports=_by_report({job.key: needs[job.key].why for job in stale}),
        )  # fmt: skip
        first: list[WorkerResult] = []

        def begin(task: Task) -> None:
            why = needs[task.key].why
            starting(task, why)
            log.write("report began", report=task.name, area=task.area, why=why, parameters=dict(task.parameters))

        def end(result: WorkerResult) -> bool:
            log.write("report ended", report=result.task.name, area=result.task.area, **result.outcome.plain())
            ended(result)
            if result.outcome.status != "succeeded":
                first.append(result)
            return result.outcome.status == "succeeded" or options.keep_going

        found = publish.hashes(stage)
        results = workers.run(
            _longest_first(tasks, waits, before), waits, begin, end, layout.work, options.at_once, options.elsewhere
        )
        own = {path: Path(result.task.own) / Path(path).name for result in results for path in _files(result)}
        expected = found | {path: content for result in results for path, content in _files(result).items()}
        for path in publish.put_back(stage, expected, lambda path: (own.get(path), self.root / "reports" / path)):
            log.write("put back", path=path)
        if first and not options.keep_going:
            raise _error(first[0])
        not_tried = _not_tried(tasks, results, waits)
        if not_tried and not options.keep_going:
            raise _error(not_tried[0])
        if not options.accept:
            results = _hold(results, waits, before, options.keep_going)
        unplanned = [self._as_it_was(key) for key in refused]
        results += [WorkerResult(task, Outcome("failed", refused[task.key], input_refused=True)) for task in unplanned]
        return [*self._with_last_good_pages(results, [*tasks, *unplanned]), *not_tried]

    def mark(self, older: Mapping[Key, str]) -> list[WorkerResult]:
        """Say on pages that stay as they are what has changed since, if anything, and whether other areas have them."""
        entries = self.before.entries
        tasks = [self._as_it_was(key, entries[key].kept_since, why or entries[key].older) for key, why in older.items()]
        for task in tasks:
            self._begin(self.before.entries[task.key], task.folder)
        return workers.run(tasks, {}, lambda task: None, lambda result: True, layout.work)

    def _compressed(self, job: Job) -> bool:
        """Whether the executed notebook is kept compressed, if the report is made."""
        return self.options.compressed and job.area not in self.options.plain

    def _notebook(self, job: Job, anew: bool) -> str:
        """Return the path in the pack of a report's executed notebook, made anew or as it is published."""
        entry = self.before.entries.get(job.key)
        if entry and not anew:
            return entry.notebook
        return f"{job.folder}/{layout.names(job.report.name, self._compressed(job))['notebook']}"

    def _begin(self, entry: Published | None, folder: str) -> None:
        """Take away what would be out of date with a report's page."""
        _delete(self.stage, [entry] if entry else [], kinds=("pdf",))
        (self.stage / folder / pdf.PACK).unlink(missing_ok=True)
        (self.stage / folder).mkdir(exist_ok=True)

    def _as_it_was(self, key: Key, kept_since: str = "", older: str = "") -> Task:
        """Return the task to render a published report as it is, with a mark."""
        entry = self.before.entries[key]
        notebook = self.reports[entry.name].path(self.root) if entry.name in self.reports else entry.notebook
        order = layout.Order(
            overrides=entry.overrides, fingerprint=entry.fingerprint, papers=catalogue.load(self.root).papers,
            kept_since=kept_since, older=older, before=entry, several=entry.name in self.several,
            compressed=executed.is_compressed(entry.notebook),
        )  # fmt: skip
        return Task(
            name=entry.name, notebook=str(notebook), area=entry.area, folder=entry.folder, root=str(self.root),
            stage=str(self.stage), parameters=entry.parameters, only_render=True, order=order.model_dump_json(),
        )  # fmt: skip

    def _with_last_good_pages(self, results: list[WorkerResult], tasks: Sequence[Task]) -> list[WorkerResult]:
        """Give the reports that failed their last good page back, marked as such."""
        succeeded = [result for result in results if result.outcome.status == "succeeded"]
        lost = {task.key for task in tasks} - {result.task.key for result in succeeded}
        told = {result.task.key: result for result in results}
        again = []
        for task in tasks:
            entry = self.before.entries.get(task.key)
            if task.key not in lost:
                continue
            for name in {*layout.names(task.name).values(), *layout.names(task.name, compressed=True).values()}:
                (self.stage / task.folder / name).unlink(missing_ok=True)
            for kind in FILES:
                last = self.root / "reports" / getattr(entry, kind, "")
                if last.is_file():
                    shutil.copy2(last, self.stage / getattr(entry, kind))
            if entry is not None and (self.stage / entry.notebook).is_file():
                since = entry.kept_since or entry.finished
                again.append(self._as_it_was(task.key, kept_since=since))
        kept = {
            one.task.key: one for one in workers.run(again, {}, lambda task: None, lambda result: True, layout.work)
        }
        for key, result in kept.items():
            if result.made and key in told:
                told[key] = replace(told[key], made=result.made, files=result.files)
            elif result.made:
                succeeded.append(result)
        failed = [told[result.task.key] for result in results if result.outcome.status != "succeeded"]
        return [*succeeded, *failed]


def _files(result: WorkerResult) -> dict[str, str]:
    """Return the SHA-256 of each file that a report has in the pack, by path."""
    return {f"{result.task.folder}/{name}": content for name, content in result.files.items()}


def _longest_first(tasks: list[Task], waits: Mapping[Key, Sequence[Key]], before: _PreviousPack) -> list[Task]:
    """Return tasks so that the cores are busy to the end: what others wait for first, then what took longest."""
    waited_for = {key for keys in waits.values() for key in keys}

    def place(task: Task) -> tuple[bool, float]:
        took = before.entries[task.key].seconds if task.key in before.entries else 0.0
        return task.key not in waited_for, -took

    return sorted(tasks, key=place)


def _not_tried(
    tasks: Sequence[Task], results: Sequence[WorkerResult], waits: Mapping[Key, Sequence[Key]]
) -> list[WorkerResult]:
    """Return the tasks that never started, because one they need failed."""
    tried = {result.task.key for result in results}
    found = []
    for task in tasks:
        if task.key not in tried:
            waited = and_list(name for name, _ in waits[task.key])
            found.append(
                WorkerResult(task, Outcome("could not run", f"it builds on {waited}, which was not made.", "not tried"))
            )
    return found


def _by_report(found: Mapping[Key, str]) -> dict[str, str]:
    return {f"{name} ({area})": said for (name, area), said in found.items()}


def _sentence(result: WorkerResult) -> str:
    name, outcome = result.task.name, result.outcome
    if outcome.input_refused:
        return f"{name}: {outcome.message}"
    if outcome.status == "held":
        return outcome.message
    if outcome.status == "could not run":
        return f"{name} could not run: {outcome.message}"
    # Some messages begin with the report's name, others with what it did.
    return outcome.message if outcome.message.startswith(name) else f"{name} {outcome.message}"


def _error(result: WorkerResult) -> Exception:
    kind = InputError if result.outcome.input_refused else ReportFailedError
    return kind(_sentence(result))


def _hold(
    results: list[WorkerResult], waits: Mapping[Key, Sequence[Key]], before: _PreviousPack, keep_going: bool
) -> list[WorkerResult]:
    """Hold the reports with a headline that moved further than its threshold, and what builds on them.

    Raises
    ------
    ThresholdExceededError
        If the rest is not to be published without them.
    """
    held: dict[Key, str] = {}
    # Each ended after those it builds on.
    for task, entry in [(one.task, _published(one) if one.made else None) for one in results]:
        moved = comparison.beyond(before.entries.get(task.key), entry) if entry else []
        if moved:
            held[task.key] = " ".join(moved)
        elif upstream := [name for name, area in waits.get(task.key, ()) if (name, area) in held]:
            held[task.key] = f"{task.name} builds on {and_list(upstream)}."
    if held and not keep_going:
        raise ThresholdExceededError(
            f"The pack is held, not published: {' '.join(held.values())} If that is right, publish it with `--accept`."
        )
    return [
        replace(
            result, made="",
            outcome=Outcome("held", f"Held: {held[result.task.key]} If that is right, publish it with `--accept`."),
        )
        if result.task.key in held
        else result
        for result in results
    ]  # fmt: skip


def _delete(stage: Path, entries: Sequence[Published], kinds: Sequence[str] = (*FILES, "pdf")) -> None:
    # Only what the pack itself put there: a page no longer listed is one that nothing keeps true.
    for entry in entries:
        for kind in kinds:
            if file := getattr(entry, kind):
                (stage / file).unlink(missing_ok=True)
        folder = stage / entry.folder
        # The committee pack holds all reports, so it is out of date with any of them.
        (folder / pdf.PACK).unlink(missing_ok=True)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _without_altered_committee_packs(stage: Path, pack: Pack, altered: Sequence[str]) -> Pack:
    """Take out the committee packs that are not as they were made; they are made again with `pdf`."""
    for path in pack.committee_packs.values():
        if path in altered:
            (stage / path).unlink(missing_ok=True)
    left = {folder: path for folder, path in pack.committee_packs.items() if path not in altered}
    return pack.model_copy(update={"committee_packs": left})


def _laid_out(result: WorkerResult) -> LaidOut:
    return LaidOut.model_validate_json(result.made)


def _published(result: WorkerResult) -> Published:
    """Return a report's entry in the pack, from what its worker says of it."""
    status: Literal["succeeded", "held", "failed"] = (
        result.outcome.status if result.outcome.status in ("succeeded", "held") else "failed"
    )
    return _laid_out(result).entry.model_copy(update={"status": status, "files": _files(result)})


def _failure(result: WorkerResult, before: _PreviousPack, kept: bool) -> Failure:
    task = result.task
    title = before.entries[task.key].title if task.key in before.entries else task.name
    return Failure(
        name=task.name, area=task.area, title=title, status=result.outcome.status, said=_sentence(result), kept=kept
    )


def _place(order: Sequence[str]) -> Callable[[Key], tuple[str, int]]:
    """Return what sorts reports by area and by their order in ``pipeline.py``."""
    return lambda key: (key[1], order.index(key[0]) if key[0] in order else len(order))
