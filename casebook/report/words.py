"""Numbers in words, as a report's sentences need them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from casebook.errors import and_list

if TYPE_CHECKING:
    from casebook.methods.benchmark import Place

__all__ = ["about", "against", "and_list", "fell_or_rose", "more_or_fewer", "number", "ordinal", "place"]

_NUMBERS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]


def number(value: int) -> str:
    """Return a count as a word up to twenty, in figures above.

    Examples
    --------
    >>> number(11), number(153), number(0)
    ('eleven', '153', 'no')
    """
    return _NUMBERS[value] if 0 <= value < len(_NUMBERS) else f"{value:,}"


def ordinal(value: int) -> str:
    """Return an ordinal as a word up to the twentieth, in figures above.

    Examples
    --------
    >>> ordinal(8), ordinal(22), ordinal(113)
    ('eighth', '22nd', '113th')
    """
    if 1 <= value <= len(_ORDINALS):
        return _ORDINALS[value - 1]
    suffix = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value:,}{suffix}"


def place(where: Place) -> str:
    """Return a place as a sentence says it: counted from the highest, or for the last three from the lowest.

    Examples
    --------
    >>> from casebook.methods.benchmark import Place
    >>> place(Place(rank=2, rank_from_lowest=10, of=11, tied_with=0))
    'second highest'
    >>> place(Place(rank=8, rank_from_lowest=4, of=11, tied_with=0))
    'eighth highest'
    >>> place(Place(rank=9, rank_from_lowest=1, of=10, tied_with=1))
    'joint lowest'
    """
    joint = "joint " if where.tied_with else ""
    if where.of == where.tied_with + 1:
        return "level with all the others" if where.tied_with else "only one"
    if where.rank == 1:
        return f"{joint}highest"
    if where.rank_from_lowest == 1:
        return f"{joint}lowest"
    if where.rank_from_lowest <= 3 and where.rank > where.of / 2:
        return f"{joint}{ordinal(where.rank_from_lowest)} lowest"
    return f"{joint}{ordinal(where.rank)} highest"


def fell_or_rose(before: float, after: float, decimals: int) -> str:
    """Return the verb for a change, judged at the decimals shown.

    Examples
    --------
    >>> fell_or_rose(12.0, 8.0, 2), fell_or_rose(8.001, 8.0, 2)
    ('fell', 'stayed')
    """
    change = round(after, decimals) - round(before, decimals)
    return "stayed" if change == 0 else "fell" if change < 0 else "rose"


def more_or_fewer(difference: float, decimals: int = 0) -> str:
    """Return a difference in things counted, as words.

    Examples
    --------
    >>> more_or_fewer(-12.6), more_or_fewer(105.0), more_or_fewer(0.2)
    ('13 fewer', '105 more', 'no more and no fewer')
    """
    size = round(abs(difference), decimals)
    if size == 0:
        return "no more and no fewer"
    return f"{size:,.{decimals}f} {'more' if difference > 0 else 'fewer'}"


def about(value: float) -> str:
    """Return a number to two figures, for what is not known more closely.

    Examples
    --------
    >>> about(9383), about(59), about(955659), about(0)
    ('about 9,400', 'about 59', 'about 960,000', 'about 0')
    """
    digits = len(f"{abs(value):.0f}")
    return f"about {round(value, 2 - digits if digits > 2 else 0):,.0f}"


def against(points: float, per_cent: float, decimals: int, unit: str = "") -> str:
    """Return how far a value lies from another, up to the other's name: "0.95 (10.6%) below".

    It is "level with" where the difference does not show at the decimals given, and has no percentage where there
    is none.

    Examples
    --------
    >>> against(-0.95, -10.6, 2), against(0.001, 0.01, 2), against(4.9, 10.5, 1, " percentage points")
    ('0.95 (10.6%) below', 'level with', '4.9 percentage points (10.5%) above')
    """
    if round(points, decimals) == 0:
        return "level with"
    share = "" if math.isnan(per_cent) else f" ({abs(per_cent):.1f}%)"
    return f"{abs(points):,.{decimals}f}{unit}{share} {'above' if points > 0 else 'below'}"
