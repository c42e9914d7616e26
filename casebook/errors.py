"""The errors a user may meet, and how they are worded."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


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


class ReportFailedError(Exception):
    """A notebook raised, could not run, or ended without what a report must contain."""


class HeldError(Exception):
    """A headline moved further than its threshold, so the pack waits for somebody to accept it."""


def one_of(names: Iterable[str], wrong: str) -> str:
    """Say what the writer may have meant: the nearest name or, where none is near, all of them.

    Examples
    --------
    >>> one_of(["Essex", "Suffolk"], "Sufolk")
    'did you mean Suffolk?'
    >>> one_of(["Essex", "Suffolk"], "Atlantis")
    'there are Essex and Suffolk.'
    """
    names = list(names)
    if not names:
        return "there are none."
    by_lower_case = {name.lower(): name for name in names}
    near = get_close_matches(wrong.lower(), by_lower_case, n=1, cutoff=0.7)
    return f"did you mean {by_lower_case[near[0]]}?" if near else f"there are {and_list(names)}."


def and_list(words: Iterable[str]) -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> and_list(["Essex", "Luton", "Suffolk"])
    'Essex, Luton and Suffolk'
    """
    *first, last = list(words) or ["none"]
    return f"{', '.join(first)} and {last}" if first else last
