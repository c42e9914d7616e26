"""The run log: one line of JSON for each thing that happened in a run, in ``.casebook/runs.jsonl``."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from casebook.engine.lock import AnotherRunError
from casebook.errors import InputError, ReportFailedError, ThresholdExceededError

LOG = Path(".casebook/runs.jsonl")
LONGEST = 10_000_000
"""Of so many bytes, the log becomes the one before (``runs.before.jsonl``), and a new one begins."""


BEFORE = LOG.with_suffix(".before.jsonl")


class Log:
    """The log of one run."""

    def __init__(self, root: Path) -> None:
        self._path = root / LOG
        self.run = os.urandom(6).hex()
        self.about: dict[str, Any] = {}

    def write(self, event: str, **content: Any) -> None:
        """Add a line. A log that cannot be written does not stop a run, but is complained of."""
        line = {"run": self.run, "at": datetime.now().astimezone().isoformat(timespec="milliseconds"), "event": event}
        try:
            self._path.parent.mkdir(exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({**line, **content}, ensure_ascii=False) + "\n")
        except OSError as error:
            print(f"The run log {LOG} cannot be written: {error.strerror}.", file=sys.stderr)


@contextmanager
def of_run(root: Path, command: Sequence[str]) -> Iterator[Log]:
    """Log a run: that it began, and how it ended, whatever happens in the block.

    The block may add to ``about`` what the last line should say.
    """
    log, started = Log(root), time.perf_counter()
    with suppress(OSError):
        if (root / LOG).stat().st_size > LONGEST:
            (root / LOG).replace(root / BEFORE)
    # What was set is in the lines of the reports; a secret must not come to stand here.
    log.write("run began", command=[f"{word.partition('=')[0]}=..." if "=" in word else word for word in command])
    ending = {"status": "published"}
    try:
        yield log
    except BaseException as error:
        ending = {"status": _status(error), "said": str(error)}
        raise
    finally:
        log.write("run ended", **{**ending, **log.about}, seconds=round(time.perf_counter() - started, 3))


def _status(error: BaseException) -> str:
    kinds = {
        AnotherRunError: "gave way", InputError: "refused", ThresholdExceededError: "held", ReportFailedError: "failed",
        OSError: "failed",
    }  # fmt: skip
    for kind, status in kinds.items():
        if isinstance(error, kind):
            return status
    return "stopped" if isinstance(error, KeyboardInterrupt) else "broke"


@dataclass(frozen=True)
class RunRecord:
    """A run as the log tells it; ``status`` is ``unfinished`` where its end was never written."""

    run: str
    began: datetime
    command: tuple[str, ...]
    status: str
    seconds: float | None
    reports: tuple[dict[str, Any], ...]
    said: str
    not_fetched: tuple[str, ...]


def runs(root: Path) -> list[RunRecord]:
    """Return the runs of the log, the last first; a line cut short by a crash is passed over."""
    lines = []
    for path in (root / BEFORE, root / LOG):
        with suppress(FileNotFoundError):
            lines += path.read_text(encoding="utf-8", errors="replace").splitlines()
    runs: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        try:
            event = json.loads(line)
            runs.setdefault(event["run"], []).append(event)
        except (ValueError, KeyError, TypeError):
            continue
    found = []
    for run, events in runs.items():
        first, last = events[0], events[-1]
        ended = last if last["event"] == "run ended" else {}
        why = {event["report"]: event.get("why", "") for event in events if event["event"] == "report began"}
        found.append(
            RunRecord(
                run,
                datetime.fromisoformat(first["at"]),
                tuple(first.get("command", ())),
                str(ended.get("status", "unfinished")),
                ended.get("seconds"),
                tuple(
                    {"why": why.get(event["report"], ""), **event}
                    for event in events
                    if event["event"] == "report ended"
                ),
                str(ended.get("said", "")),
                tuple(ended.get("not_fetched", ())),
            )
        )
    return found[::-1]
