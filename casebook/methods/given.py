"""What methods are given: numbers within their bounds, whole numbers and words, or a refusal in one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, isfinite
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.errors import one_of

LARGEST = 10**15
"""Above it, a number with a decimal point is no longer exact to the unit."""


def number(value: ArrayLike, what: str, least: float = -inf, most: float = inf, *, above: float = -inf) -> float:
    """Return one finite number within its bounds.

    Parameters
    ----------
    value
        The number; an array of one will do.
    what
        What it is, as the refusal calls it.
    least, most, above
        What it may be at least and at most, and what it must be more than.

    Raises
    ------
    ValueError
        If it is missing, without end or outside its bounds, or more than one.

    References
    ----------
    None: a check, no formula. What is more than a quadrillion is refused, and what must be above 0 and nearly is 0.

    Examples
    --------
    >>> number(0.5, "a share", 0, 1)
    0.5
    >>> number(0, "a caseload", above=0)
    Traceback (most recent call last):
    ...
    ValueError: a caseload must be a finite number above 0, found 0
    """
    if np.size(value) != 1:
        raise ValueError(f"{what} must be one number, found {np.size(value)}")
    one = float(_floats(value, what).item())
    if not (isfinite(one) and least <= one <= most and one > above):
        raise ValueError(f"{what} must be a finite number{_bounds(least, most, above)}, found {one:g}")
    _of_a_size(np.array([one]), what, 1 / LARGEST if above == 0 else 0)
    return one


def numbers(
    values: ArrayLike, what: str, least: float = -inf, most: float = inf, *, above: float = -inf, missing: bool = True
) -> NDArray[np.float64]:
    """Return an array of numbers within their bounds; missing ones, NaN, may be among them.

    Parameters
    ----------
    values
        Of any shape.
    what
        What each is, as the refusal calls it.
    least, most, above
        As in ``number``.
    missing
        Whether some may be missing.

    Raises
    ------
    ValueError
        If one is without end or outside its bounds, or missing where none may be.

    References
    ----------
    None: a check, no formula.

    Examples
    --------
    >>> numbers([3, np.nan], "a count", 0).tolist()
    [3.0, nan]
    """
    x = _floats(values, what)
    with np.errstate(invalid="ignore"):
        good = (np.isfinite(x) & (x >= least) & (x <= most) & (x > above)) | (np.isnan(x) & missing)
    if not good.all():
        wrong = x[~good].flat[0]
        raise ValueError(f"{what} must be a finite number{_bounds(least, most, above)}, found {wrong:g}")
    _of_a_size(x, what, 1 / LARGEST if above == 0 else 0)
    return x


def whole(value: Any, what: str, least: int, most: int = LARGEST) -> int:
    """Return one whole number within its bounds.

    Raises
    ------
    ValueError
        If it is not whole, or outside its bounds.

    References
    ----------
    None: a check, no formula.

    Examples
    --------
    >>> whole(3, "staff", 1)
    3
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= most:
        up_to = "" if most == LARGEST else f" to {most:,}"
        raise ValueError(f"{what} must be a whole number from {least:,}{up_to or ' on'}, found {value}")
    return int(value)


def word(value: str, allowed: Iterable[str], what: str) -> str:
    """Return a word, if it is one of those allowed.

    Raises
    ------
    ValueError
        If it is none of them, with the nearest.

    References
    ----------
    None: a check, no formula.

    Examples
    --------
    >>> word("High is good", ["high is good", "low is good"], "polarity")
    Traceback (most recent call last):
    ...
    ValueError: there is no polarity 'High is good': did you mean high is good?
    """
    allowed = list(allowed)
    if value not in allowed:
        raise ValueError(f"there is no {what} {value!r}: {one_of(allowed, str(value))}")
    return value


def _floats(values: ArrayLike, what: str) -> NDArray[np.float64]:
    try:
        return np.asarray(values, float)
    except (TypeError, ValueError):
        raise ValueError(f"{what} must be a number, found {values!r}") from None


def _of_a_size(x: NDArray[np.float64], what: str, least: float) -> None:
    """Refuse what is larger than any count or price is, or so near 0 that what it divides has no end."""
    size = np.abs(x[np.isfinite(x)])
    if size.size and (size.max() > LARGEST or size.min() < least):
        wrong = x.flat[int(np.nanargmax(np.abs(x)))] if size.max() > LARGEST else np.nanmin(x)
        kind = "at most a quadrillion" if size.max() > LARGEST else "further from 0"
        raise ValueError(f"{what} must be {kind}, found {wrong:g}")


def _bounds(least: float, most: float, above: float) -> str:
    from_ = f" above {above:g}" if above > -inf else f" from {least:g} on" if least > -inf else ""
    if most == inf:
        return from_
    return f" from {least:g} to {most:g}" if least > -inf else f"{from_} and up to {most:g}"
