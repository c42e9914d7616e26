"""Which small counts are hidden, and which others with them so that nobody finds them by subtraction."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods import given


def hidden(counts: ArrayLike, below: int) -> NDArray[np.bool_]:
    """Return which parts of a whole are hidden where the whole and the other parts are shown.

    Counts from 1 to one less than ``below`` are hidden (primary suppression), and the smallest of the others with them
    until each could still be any of those small counts for somebody who knows the rule, the whole and all parts that
    are shown (secondary suppression). Those hidden may be shown together.

    Parameters
    ----------
    counts
        The parts of one whole; missing ones are left as they are.
    below
        The least count that is shown; 0 hides nothing.

    Raises
    ------
    ValueError
        If a count or the least shown is negative or without end, or the counts are those of several wholes.

    References
    ----------
    Office for National Statistics, Policy on protecting confidentiality in tables of birth and death statistics.
    Willenborg and de Waal (2001), Elements of Statistical Disclosure Control, chapter 4.

    Examples
    --------
    >>> hidden([40, 3, 9, 0], below=6).tolist()
    [False, True, True, False]
    >>> hidden([40, 12, 9, 0], below=6).tolist()
    [False, False, False, False]
    """
    given.number(below, "the least count that is shown", 0)
    parts = np.atleast_1d(given.numbers(counts, "a count", 0))
    if parts.ndim > 1:
        raise ValueError("the parts of one whole must be a list, found a table")
    small = (parts > 0) & (parts < below)
    shut = small.copy()
    others = iter(np.argsort(np.where(~small & (parts >= below), parts, np.inf), kind="stable"))
    while small.any() and not _any_value_fits(parts, small, shut, below):
        following = next(others, None)
        if following is None or small[following] or not parts[following] >= below:
            break
        shut[following] = True
    return shut


def _any_value_fits(parts: NDArray[np.float64], small: NDArray[np.bool_], shut: NDArray[np.bool_], below: int) -> bool:
    # One small count is the largest it can be, all others the smallest; without another count all add up to one sum.
    more = int(shut.sum() - small.sum())
    return more > 0 and parts[shut].sum() >= (below - 1) + (small.sum() - 1) + below * more
