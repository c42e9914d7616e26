"""What starts a run every night: a file for systemd, cron, Windows' Task Scheduler or GitHub, and how to install it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Literal
from xml.sax.saxutils import escape

from casebook.errors import InputError, one_of

Using = Literal["systemd", "cron", "windows", "github"]
COMMAND = ("pipeline.py", "run", "--scheduled")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Timetable:
    """Files to write, by name, and the one command that installs them (``{folder}`` is where they were written)."""

    files: dict[str, bytes]
    install: str
    remove: str
    note: str = ""


def of(at: str, using: Using, folder: PurePath, secrets: tuple[str, ...] = ()) -> Timetable:
    r"""Return what starts a run at a time of every day.

    Parameters
    ----------
    at
        The time, ``02:00``: of the machine's clock; for GitHub, of UTC.
    using
        What is to start it.
    folder
        The project's folder on the machine that will run it; its Python is the one in ``.venv`` there.
    secrets
        Names of environment variables the run needs, which GitHub keeps as secrets.

    Raises
    ------
    InputError
        If the time is none, or the folder's name cannot be written in a line of cron.

    Examples
    --------
    >>> print(of("02:00", "cron", PurePosixPath("/srv/casebook")).files["casebook.cron"].decode(), end="")
    0 2 * * * cd /srv/casebook && .venv/bin/python pipeline.py run --scheduled # casebook: /srv/casebook
    """
    found = _TIME.fullmatch(at)
    if found is None:
        raise InputError(f"--at {at!r} is no time of day: write hours and minutes, such as 02:00.")
    if any(mark in str(folder) for mark in "\n\r\0"):
        raise InputError(f"The project's folder {str(folder)!r} has a line break in its name: rename it.")
    return _WRITERS[using](int(found[1]), int(found[2]), folder, secrets)


def written(schedule: Timetable, folder: Path) -> list[Path]:
    """Write a schedule's files into a folder, and return their paths."""
    paths = []
    for name, content in schedule.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        paths.append(path)
    return paths


def _systemd(hours: int, minutes: int, folder: PurePath, _: tuple[str, ...]) -> Timetable:
    # A program's own path may not hold what a folder's may (quotation marks, dollars): env finds it from the folder.
    place = str(folder).replace("%", "%%")
    service = f"""\
[Unit]
Description=Casebook: make the reports that are stale, and publish them
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={place}
ExecStart=/usr/bin/env .venv/bin/python {" ".join(COMMAND)}
Nice=10
NoNewPrivileges=yes
"""
    timer = f"""\
[Unit]
Description=Casebook: every night at {hours:02}:{minutes:02}

[Timer]
OnCalendar=*-*-* {hours:02}:{minutes:02}:00
# A run that was missed, because the machine was off, is made up for.
Persistent=true

[Install]
WantedBy=timers.target
"""
    return Timetable(
        {"casebook.service": service.encode(), "casebook.timer": timer.encode()},
        "systemctl --user link {folder}/casebook.service {folder}/casebook.timer && "
        "systemctl --user enable --now casebook.timer",
        "systemctl --user disable --now casebook.timer casebook.service",
        "So that it runs while nobody is logged in: loginctl enable-linger. What it said: "
        "journalctl --user -u casebook.service",
    )


def _cron(hours: int, minutes: int, folder: PurePath, _: tuple[str, ...]) -> Timetable:
    # In crontab(5) a per cent sign ends the command unless a backslash stands before it.
    mark = f"# casebook: {folder}".replace("%", "\\%")
    command = f"cd {shlex.quote(str(folder))} && .venv/bin/python {' '.join(COMMAND)}".replace("%", "\\%")
    others = f"crontab -l 2>/dev/null | grep -vF {shlex.quote(mark)}"
    return Timetable(
        {"casebook.cron": f"{minutes} {hours} * * * {command} {mark}\n".encode()},
        f"({others}; cat {{folder}}/casebook.cron) | crontab -",
        f"{others} | crontab -",
        "cron mails what a run prints, and a scheduled run prints only what somebody has to know.",
    )


def _windows(hours: int, minutes: int, folder: PurePath, _: tuple[str, ...]) -> Timetable:
    # The order of the elements is the schema's: [MS-TSCH] 2.5.
    task = f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Casebook: make the reports that are stale, and publish them</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2026-01-01T{hours:02}:{minutes:02}:00</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT8H</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>{escape(str(folder / ".venv/Scripts/python.exe"))}</Command>
      <Arguments>{" ".join(COMMAND)}</Arguments>
      <WorkingDirectory>{escape(str(folder))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""
    return Timetable(
        # The byte order mark is what schtasks knows the encoding by.
        {"casebook.xml": task.replace("\n", "\r\n").encode("utf-16")},
        'schtasks /Create /TN Casebook /XML "{folder}\\casebook.xml"',
        "schtasks /Delete /TN Casebook",
    )


def _github(hours: int, minutes: int, _: PurePath, secrets: tuple[str, ...]) -> Timetable:
    given = "".join(f"\n          {name}: ${{{{ secrets.{name} }}}}" for name in secrets)
    workflow = f"""\
# Written by `python pipeline.py schedule --using github`.
name: Publish

on:
  schedule:
    - cron: "{minutes} {hours} * * *"
  workflow_dispatch:

permissions:
  contents: read

# One run at a time; one that has begun is not broken off.
concurrency: casebook

jobs:
  publish:
    runs-on: ubuntu-latest
    timeout-minutes: 120
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: sudo apt-get update -q && sudo apt-get install -y -q libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
      # The exports and the pack of last time: what nothing has changed for is not made again.
      - uses: actions/cache@v4
        with:
          path: |
            data/raw/exports
            reports
            packs
            .casebook
          key: pack-${{{{ github.run_id }}}}
          restore-keys: pack-
      - run: make environment PYTHON=python
      - run: .venv/bin/python {" ".join(COMMAND)}{f"{chr(10)}        env:{given}" if given else ""}
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: reports
          path: reports
          if-no-files-found: ignore
"""
    return Timetable(
        {"casebook.yml": workflow.encode()},
        "git add {folder}/casebook.yml && git commit -m 'Publish every night' && git push",
        "git rm {folder}/casebook.yml && git commit -m 'No more nightly run' && git push",
        "The time is UTC. GitHub keeps the pages as the artefact 'reports' of each run.",
    )


_WRITERS: dict[Using, Callable[[int, int, PurePath, tuple[str, ...]], Timetable]] = {
    "systemd": _systemd,
    "cron": _cron,
    "windows": _windows,
    "github": _github,
}


def using(name: str) -> Using:
    """Return what starts a run, by its name.

    Raises
    ------
    InputError
        If there is no such way.
    """
    for known in _WRITERS:
        if name == known:
            return known
    raise InputError(f"--using {name!r} is none of the ways to start a run: {one_of(list(_WRITERS), name)}")


def pure(folder: str, using: Using) -> PurePath:
    """Return a folder's path as the machine that runs the schedule writes it.

    Raises
    ------
    InputError
        If it is not a whole path there.
    """
    path = PureWindowsPath(folder) if using == "windows" else PurePosixPath(folder)
    if not path.is_absolute() and using != "github":
        example = r"C:\Casebook" if using == "windows" else "/srv/casebook"
        raise InputError(f"--folder {folder!r} is no whole path: write it from the root, such as {example}.")
    return path
