"""The errors a user may meet, and how they are worded."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


class InputError(ValueError):
    """Something a person gave Casebook is not usable: a parameter, a table, a notebook.

    The message is one sentence that says where (file, row, column), what was found, what was
    expected and what to do. Commands print it and stop with exit code 2; a notebook shows it
    without a traceback.

    Examples
    --------
    >>> raise InputError("first_year is 2031, after the last year printed, 2020: choose 2017 to 2020.")
    Traceback (most recent call last):
    ...
    casebook.errors.InputError: first_year is 2031, after the last year printed, 2020: choose 2017 to 2020.
    """

    def _render_traceback_(self) -> list[str]:
        # IPython calls this in place of its own traceback.
        return [f"InputError: {self}"]


class MissingColumnError(KeyError):
    """A column that a table does not have; the message says which it has."""

    def __str__(self) -> str:
        """Return the message as it is, not as a key is written."""
        return str(self.args[0])


def name_columns(shell: Any) -> None:
    """Have an IPython shell say, of a column that a table of pandas does not have, which it has and which is meant."""

    def show(shell: Any, kind: type[BaseException], error: BaseException, trace: Any, tb_offset: Any = None) -> None:
        if said := missing_column(error, trace):
            kind, error = MissingColumnError, MissingColumnError(said)
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    shell.set_custom_exc((KeyError,), show)


def missing_column(error: BaseException, trace: Any) -> str:
    """Return what is said of a column that a table does not have; empty if that is not what an error is about.

    Parameters
    ----------
    error
        A ``KeyError``.
    trace
        Its traceback, in which the table is found.
    """
    found = re.fullmatch(r"\['([^']+)'.*\] not (?:found in axis|in index)", str(error.args[0])) if error.args else None
    key = found[1] if found else error.args[0] if error.args else None
    while trace is not None and isinstance(key, str):
        names = trace.tb_frame.f_locals
        for table in (names.get("self"), names.get("obj")):
            columns: Any = getattr(table, "columns", None)
            ours = type(table).__module__.partition(".")[0] == "pandas" and columns is not None
            if ours and key not in columns and key not in getattr(table.index, "names", ()):
                path = getattr(table.attrs.get("table"), "path", "")
                where = f"The table of data/raw/{path}" if path else "The table"
                near = one_of(map(str, columns), key)
                rest = f" It has {and_list(map(str, columns[:_LISTED]))}." if near.startswith("did") else ""
                return f"{where} has no column {key!r}: {near}{rest}"
        trace = trace.tb_next
    return ""


class ReportFailedError(Exception):
    """A notebook raised, could not run, or ended without what a report must contain."""


class ThresholdExceededError(Exception):
    """A headline moved further than its threshold, so the pack waits for somebody to accept it."""


_TO_DO = {
    errno.ENOSPC: "the disk is full: free some space, then run it again",
    errno.EDQUOT: "the space allowed to this user is used up: free some of it, then run it again",
    errno.EACCES: "this user may not: let it belong to the user who runs this (chown), or allow it (chmod)",
    errno.EPERM: "this user may not: let it belong to the user who runs this (chown), or allow it (chmod)",
    errno.EROFS: "its file system can only be read: mount it so that it can be written",
    errno.ENOTDIR: "something that is no folder stands in its path: move it away",
    errno.ELOOP: "its links lead round in a circle: let the link lead to a folder",
    errno.EMFILE: "too many files are open: raise the limit (ulimit -n)",
}


def of_system(error: BaseException, what: str = "A file") -> str:
    """Say what the system refused: which file, why, and what to do.

    Parameters
    ----------
    error
        What was raised: an ``OSError``, also the one of ``shutil`` that gathers others.
    what
        The file, where the error does not name it.

    Examples
    --------
    >>> of_system(OSError(errno.ENOSPC, "No space left on device", "reports/pack.json"))
    'reports/pack.json cannot be used (No space left on device): the disk is full: free some space, then run it again.'
    """
    number, why, name = (
        getattr(error, "errno", None),
        getattr(error, "strerror", None),
        getattr(error, "filename", None),
    )
    gathered = error.args[0] if error.args else None
    if isinstance(gathered, list) and gathered and len(gathered[0]) == 3:
        name, _, why = gathered[0]
        number, _, rest = str(why).removeprefix("[Errno ").partition("] ")
        number, why = (int(number), rest.partition(": ")[0]) if number.isdigit() else (None, why)
    to_do = _TO_DO.get(number or 0, "put it right, or move it away, then run it again")
    return f"{name or what} cannot be used ({why or error}): {to_do}."


_LISTED = 30  # More names than this are no help in a sentence.


def one_of(names: Iterable[str], wrong: str) -> str:
    """Say what the writer may have meant: the nearest name or, where none is near, all of them or the nearest of many.

    Examples
    --------
    >>> one_of(["Essex", "Suffolk"], "Sufolk")
    'did you mean Suffolk?'
    >>> one_of(["Essex", "Suffolk"], "Atlantis")
    'there are Essex and Suffolk.'
    >>> one_of(["Adur", "Bath", "Cork", *(f"Ward {number}" for number in range(30))], "Barkshire")
    'there are 33, among them Bath, Cork and Adur.'
    """
    names = list(names)
    if not names:
        return "there are none."
    by_lower_case = {name.lower(): name for name in names}
    near = get_close_matches(wrong.lower(), by_lower_case, n=1, cutoff=0.7)
    if near:
        return f"did you mean {by_lower_case[near[0]]}?"
    if len(names) <= _LISTED:
        return f"there are {and_list(names)}."
    nearest = get_close_matches(wrong.lower(), by_lower_case, n=3, cutoff=0)
    return f"there are {len(names)}, among them {and_list(by_lower_case[name] for name in nearest)}."


def and_list(words: Iterable[str]) -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> and_list(["Essex", "Luton", "Suffolk"])
    'Essex, Luton and Suffolk'
    """
    *first, last = list(words) or ["none"]
    return f"{', '.join(first)} and {last}" if first else last
