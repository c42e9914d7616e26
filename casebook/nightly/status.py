"""How the pack stands: its age and that of its inputs, when runs were and will be, and what waits for somebody."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from casebook import clock
from casebook.data import catalogue, exports
from casebook.nightly import telling
from casebook.pack import history, models
from casebook.pack.history import RunRecord
from casebook.pack.models import Pack

_LEAST_FREE = 500_000_000
_LONGEST_WITHOUT = timedelta(hours=36)
_TIMES = {
    "build/schedule/casebook.timer": re.compile(r"OnCalendar=\*-\*-\* (?P<hours>\d\d):(?P<minutes>\d\d)"),
    "build/schedule/casebook.cron": re.compile(r"^(?P<minutes>\d+) (?P<hours>\d+) \* \* \*", re.MULTILINE),
    "build/schedule/casebook.xml": re.compile(r"T(?P<hours>\d\d):(?P<minutes>\d\d):00</StartBoundary>"),
    ".github/workflows/casebook.yml": re.compile(r'cron: "(?P<minutes>\d+) (?P<hours>\d+) \* \* \*"'),
}


@dataclass(frozen=True)
class InputAge:
    """A publication that tables are from: when it is from, how often it appears, and since when a newer one is due."""

    title: str
    publisher: str
    published: str
    tables: tuple[str, ...]
    every_months: int | None
    due: str
    """From when a newer one may be expected; empty for what appears once."""
    late: bool


@dataclass(frozen=True)
class PackStatus:
    """What `status` says; times are by this machine's clock, as ISO 8601."""

    published: str
    days_old: int | None
    reports: int
    areas: int
    last_run: str
    last_run_ended: str
    last_scheduled_run: str
    next_run: str
    next_run_from: str
    """The file that says so; whether it is installed, only the system that reads it knows."""
    troubles: tuple[str, ...]
    """What failed or is held."""
    not_fetched: tuple[str, ...]
    """Why the last scheduled run could not download a source."""
    troubles_since: str
    """Since when something failed, was held or was not downloaded."""
    older: tuple[str, ...]
    """Reports older than their data, with what changed."""
    inputs: tuple[InputAge, ...]
    exports: tuple[str, ...]
    """Official exports, which do not say when they were published."""
    warnings: tuple[str, ...]


def of(root: Path) -> PackStatus:
    """Return how the pack of a project stands.

    Raises
    ------
    InputError
        If what describes the tables cannot be read.
    """
    now = clock.moment()
    pack = models.read(root / "reports")
    runs = history.runs(root)
    scheduled = next((one for one in runs if "--scheduled" in one.command), None)
    file, at = _next(root, now)
    made = _when(pack.published) if pack else None
    told = telling.last_told(root)
    return PackStatus(
        published=pack.published if pack else "",
        days_old=(now.date() - made.date()).days if made else None,
        reports=len(pack.reports) if pack else 0,
        areas=len(pack.areas) if pack else 0,
        last_run=runs[0].began.isoformat(timespec="seconds") if runs else "",
        last_run_ended=runs[0].status if runs else "",
        last_scheduled_run=scheduled.began.isoformat(timespec="seconds") if scheduled else "",
        next_run=at.isoformat(timespec="minutes") if at else "",
        next_run_from=file,
        troubles=tuple(_troubles(pack, runs)),
        not_fetched=scheduled.not_fetched if scheduled else (),
        troubles_since=told.isoformat(timespec="minutes") if told else "",
        older=tuple(f"{one.name} ({one.area}): {one.older}" for one in pack.reports if one.older) if pack else (),
        inputs=tuple(_ages(root, now.date())),
        exports=tuple(path.name for path in exports.held(root)),
        warnings=tuple(_warnings(root, now, pack is not None, scheduled, bool(file))),
    )


def _troubles(pack: Pack | None, runs: Sequence[RunRecord]) -> Iterator[str]:
    # A run that published nothing left no word of it in the pack; one that gave way to another left all to that.
    said = [one for one in runs if one.status != "gave way"]
    whole = next((one for one in said if all(word.startswith("-") for word in one.command[1:])), None)
    if whole and whole.status in ("failed", "refused", "held", "broke"):
        yield from whole.said.splitlines()
    elif pack:
        yield from (one.said for one in pack.failed)


def _when(words: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(words, "%d %B %Y at %H:%M")
    return None


def _next(root: Path, now: datetime) -> tuple[str, datetime | None]:
    """Return the file that schedules runs, and when the next one is."""
    for name, time in _TIMES.items():
        with suppress(OSError, UnicodeError):
            text = (root / name).read_text(encoding="utf-16" if name.endswith(".xml") else "utf-8")
            if found := time.search(text):
                at = now.replace(hour=int(found["hours"]), minute=int(found["minutes"]), second=0, microsecond=0)
                return name, at if at > now else at + timedelta(days=1)
    return "", None


def _ages(root: Path, today: date) -> Iterator[InputAge]:
    tables: dict[tuple[str, str, str, int | None, str], list[str]] = {}
    for table in catalogue.load(root).tables:
        for one in table.sources:
            key = one.title, one.publisher, one.date_in_words, one.every, one.date
            tables.setdefault(key, []).append(table.name)
    for (title, publisher, words, every, published), names in sorted(tables.items()):
        due = _later(published, every) if every else None
        late = due is not None and due < today
        yield InputAge(title, publisher, words, tuple(names), every, due.isoformat() if due else "", late)


def _later(published: str, months: int) -> date:
    """Return the end of the month so many months after a publication; of a year alone, its last month counts."""
    year, month = (*map(int, published.split("-")[:2]), 12)[:2]
    after = year * 12 + month - 1 + months + 1
    return date(after // 12, after % 12 + 1, 1) - timedelta(days=1)


def _warnings(root: Path, now: datetime, there: bool, scheduled: RunRecord | None, expected: bool) -> Iterator[str]:
    if not there:
        yield "No pack is published: run `python pipeline.py run`."
    if expected and scheduled is None:
        yield "A nightly run is written down and none has been: install it with the command that `schedule` prints."
    elif expected and scheduled and now - scheduled.began > _LONGEST_WITHOUT:
        yield f"The last scheduled run was on {clock.in_words(scheduled.began)}: find out why none has been since."
    if scheduled and scheduled.status == "unfinished":
        yield "The last scheduled run did not end: it goes on, or was killed."
    if (free := shutil.disk_usage(root).free) < _LEAST_FREE:
        yield f"The disk has {free / 1e6:,.0f} MB left: make room before the next run."


def in_words(found: PackStatus) -> Iterator[str]:
    """Say how the pack stands, a line each, what waits for somebody first."""
    yield from found.warnings
    if found.published:
        age = "today" if found.days_old == 0 else f"{found.days_old} day{'s' * (found.days_old != 1)} ago"
        areas = "1 area" if found.areas == 1 else f"{found.areas} areas"
        yield f"Pack: published on {found.published}, {age}; {found.reports} reports for {areas}."
    since = f" (since {_day(found.troubles_since)})" if found.troubles_since else ""
    yield from (f"Not published{since}: {one}" for one in found.troubles)
    yield from (f"Not fetched{since}: {one}" for one in found.not_fetched)
    yield from (f"Older than its data: {one}" for one in found.older)
    if found.last_run:
        yield f"Last run: {_day(found.last_run)}, {found.last_run_ended}."
    if found.last_scheduled_run and found.last_scheduled_run != found.last_run:
        yield f"Last scheduled run: {_day(found.last_scheduled_run)}."
    if found.next_run:
        yield f"Next run: {_day(found.next_run)}, as {found.next_run_from} says, if that is installed."
    else:
        yield "Next run: none is written down; `schedule --at 02:00 --using systemd` writes one."
    yield from _inputs_in_words(found.inputs)
    if found.exports:
        yield f"Official exports, which do not say when they were published: {', '.join(found.exports)}."


def _inputs_in_words(inputs: Sequence[InputAge]) -> Iterator[str]:
    late = [one for one in inputs if one.late]
    for one in sorted(late, key=lambda one: one.due):
        yield (
            f"A newer release is due since {_day(one.due)}: {one.publisher}, {one.title} ({one.published}); "
            f"tables: {', '.join(one.tables)}."
        )
    for one in inputs:
        if one.every_months and not one.late:
            yield f"Up to date until {_day(one.due)}: {one.publisher}, {one.title} ({one.published})."
    if once := [one for one in inputs if not one.every_months]:
        yield f"{len(once)} other publications appear once, or say no rhythm (`every` in data/raw/common.yaml)."


def _day(moment: str) -> str:
    when = datetime.fromisoformat(moment)
    return clock.in_words(when) if "T" in moment else clock.day_in_words(when)
