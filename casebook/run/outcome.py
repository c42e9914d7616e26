"""How the making of a report ended: it succeeded, it failed, it could not run, or it is held."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["succeeded", "failed", "could not run", "held"]

MEGABYTE = 1_000_000

# Why a report could not run, and what a person can do about it.
WHAT_TO_DO = {
    "killed": "its process was killed from outside, most often by the system for lack of memory: run it on a machine "
    "with more, or read less at once",
    "out of memory": "read less at once, or raise the limit in pipeline.py: Report(..., limits=Limits(megabytes=...))",
    "timed out": "make it quicker, or raise the limit in pipeline.py: Report(..., limits=Limits(seconds=...))",
    "too much output": "show less, or raise the limit in pipeline.py: Report(..., limits=Limits(output_megabytes=...))",
    "kernel would not start": "run `make environment`, then try again",
    "disk full": "make room on the disk, then run again",
}


@dataclass(frozen=True)
class Limits:
    """What making one report may take: wall time, memory of all its processes, and what it may show.

    Examples
    --------
    >>> Limits(seconds=60).megabytes
    2000
    """

    seconds: float = 600
    megabytes: float = 2000
    output_megabytes: float = 20


@dataclass(frozen=True)
class Cell:
    """What became of one code cell: ``ran``, ``failed``, ``was running`` or ``never ran``."""

    number: int
    status: str
    seconds: float | None = None


@dataclass(frozen=True)
class Outcome:
    """How the making of a report ended, and what it cost.

    ``why`` is the kind of a report that could not run; ``message`` is one sentence for a person. Times are in
    seconds, memory in megabytes (millions of bytes).
    """

    status: Status
    message: str = ""
    why: str = ""
    cell: int | None = None
    heading: str = ""
    input_refused: bool = False
    seconds: float = 0.0
    processor_seconds: float = 0.0
    peak_megabytes: float = 0.0
    cells: tuple[Cell, ...] = field(default_factory=tuple)

    def plain(self) -> dict[str, Any]:
        """Return the outcome ready for JSON, without what does not apply."""
        return {key: value for key, value in asdict(self).items() if value not in ("", None, False, ())}


def could_not_run(why: str, detail: str) -> Outcome:
    """Return the outcome of a report that could not run.

    Examples
    --------
    >>> could_not_run("disk full", "a page could not be written").message
    'disk full: a page could not be written; make room on the disk, then run again.'
    """
    return Outcome("could not run", f"{why}: {detail}; {WHAT_TO_DO[why]}.", why)
