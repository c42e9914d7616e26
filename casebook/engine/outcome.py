"""How the making of a report ended: it succeeded, it failed, it could not run, or it is held."""

from __future__ import annotations

import errno
import platform
import signal
import sys
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from casebook.errors import ReportFailedError

Status = Literal["succeeded", "failed", "could not run", "held"]

MEGABYTE = 1_000_000
NOT_HEARD = 74
KILLED = -9
"""How a process ends by SIGKILL, which Windows does not know."""
"""The exit code of a worker that could not tell how it went (EX_IOERR of sysexits.h)."""

# Why a report could not run, and what a person can do about it.
WHAT_TO_DO = {
    "crashed": "run the notebook in JupyterLab to see which cell does it, and update or leave out the library it uses",
    "ended by a signal": "find out what sends it, often the notebook itself or a library",
    "not heard": "find out which cell replaces or closes what it did not open",
    "killed": "its process was killed from outside, most often by the system for lack of memory: run it on a machine "
    "with more, or read less at once",
    "out of memory": "read less at once, or raise the limit in pipeline.py: Report(..., limits=Limits(megabytes=...))",
    "timed out": "make it quicker, or raise the limit in pipeline.py: Report(..., limits=Limits(seconds=...))",
    "too much output": "show less, or raise the limit in pipeline.py: Report(..., limits=Limits(output_megabytes=...))",
    "kernel would not start": "run `make environment`, then try again",
    "cluster lost": "see to the scheduler and its workers, then run again, or leave --scheduler out",
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
class Cost:
    """What something took: seconds on the clock, seconds of processors, and at most so many megabytes of memory."""

    seconds: float = 0.0
    processor_seconds: float = 0.0
    peak_megabytes: float = 0.0


@dataclass(frozen=True)
class CellRun:
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
    cells: tuple[CellRun, ...] = field(default_factory=tuple)

    def plain(self) -> dict[str, Any]:
        """Return the outcome ready for JSON, without what does not apply."""
        return {key: value for key, value in asdict(self).items() if value not in ("", None, False, ())}

    def costing(self, cost: Cost) -> Outcome:
        """Return the outcome with what it cost."""
        return replace(self, **asdict(cost))


def could_not_run(why: str, detail: str) -> Outcome:
    """Return the outcome of a report that could not run.

    Examples
    --------
    >>> could_not_run("disk full", "a page could not be written").message
    'disk full: a page could not be written; make room on the disk, then run again.'
    """
    return Outcome("could not run", f"{why}: {detail}; {WHAT_TO_DO[why]}.", why)


def of_error(error: Exception, doing: str) -> Outcome:
    """Return the outcome of a report whose making raised an error that is not its notebook's.

    Parameters
    ----------
    error
        What was raised.
    doing
        What was being done, for an error nobody foresaw: "its cells had run", say.
    """
    if isinstance(error, ReportFailedError):
        return Outcome("failed", str(error))
    if isinstance(error, MemoryError):
        return could_not_run("out of memory", "there was no more to be had")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return could_not_run("disk full", f"{error.filename or 'a file'} could not be written")
    if isinstance(error, OSError):
        return Outcome("failed", f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
    return Outcome("failed", f"failed while {doing} ({type(error).__name__}: {error}).")


def of_exit(code: int, cell: str) -> Outcome:
    """Return the outcome of a report whose process ended without telling one.

    Parameters
    ----------
    code
        Its exit code; that of a process ended by a signal is the signal's number, negative.
    cell
        Which cell was running, such as "cell 3", if one was.

    Examples
    --------
    >>> of_exit(3, "cell 5").message
    'ended early in cell 5: its process ended itself with the exit code 3 (os._exit).'
    >>> of_exit(-signal.SIGSEGV, "").why
    'crashed'
    """
    where = f" in {cell}" if cell else ""
    if code == NOT_HEARD:
        return could_not_run("not heard", f"its process could not tell how it went{where}")
    if code >= 0:
        return Outcome("failed", f"ended early{where}: its process ended itself with the exit code {code} (os._exit).")
    name = "SIGKILL" if code == KILLED else signal.Signals(-code).name
    if name == "SIGKILL":
        return could_not_run("killed", f"its process was ended by the signal {name}{where}")
    if name in ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE"):
        return could_not_run("crashed", f"a library it uses crashed{where} (signal {name})")
    return could_not_run("ended by a signal", f"{name}{where}")


def processor() -> float:
    """Return the seconds of processor time of this process and of the kernel it may have started."""
    import psutil

    return round(float(sum(psutil.Process().cpu_times()[:4])), 3)


def peak() -> float:
    """Return the most memory this process has held, in megabytes."""
    if sys.platform == "win32":
        import psutil

        return round(float(psutil.Process().memory_info().peak_wset) / 1e6, 1)
    import resource

    unit = 1 if platform.system() == "Darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)


LONGEST_MESSAGE = 1_000


def cut(message: str, longest: int = LONGEST_MESSAGE) -> str:
    r"""Return a message no longer than a reader can use, without characters that do something to a terminal.

    Examples
    --------
    >>> cut("bell \x07 and so on")
    'bell   and so on'
    >>> len(cut("x" * 500_000))
    1000
    """
    said = "".join(one if one.isprintable() or one == "\n" else " " for one in message[: 2 * longest])
    if len(said) <= longest and len(message) <= longest:
        return said
    ending = " [...] (cut; the notebook in .casebook/failed has it all)"
    return said[: longest - len(ending)] + ending
