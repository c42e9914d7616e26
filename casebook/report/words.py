"""Numbers in words, as a report's sentences need them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from casebook.errors import and_list

if TYPE_CHECKING:
    from casebook.methods.benchmark import Place

__all__ = [
    "about",
    "against",
    "and_list",
    "count",
    "fell_or_rose",
    "more_or_fewer",
    "number",
    "ordinal",
    "place",
    "placed",
    "some_of",
]

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


def count(value: int, one: str, many: str) -> str:
    """Return a number of things.

    Examples
    --------
    >>> count(0, "row", "rows"), count(1, "row", "rows"), count(12, "row", "rows")
    ('no rows', 'one row', 'twelve rows')
    """
    return f"{number(value)} {one if value == 1 else many}"


def some_of(part: int, whole: int, one: str, many: str, does: str = "", do: str = "") -> str:
    """Return how many of several things, with a verb that agrees if there is one.

    Examples
    --------
    >>> some_of(0, 10, "authority", "authorities", "meets", "meet")
    'none of the ten authorities meet'
    >>> some_of(1, 10, "authority", "authorities", "meets", "meet")
    'one of the ten authorities meets'
    >>> some_of(10, 10, "authority", "authorities"), some_of(0, 1, "authority", "authorities", "meets", "meet")
    ('all ten authorities', 'no authority meets')
    """
    if whole == 1:
        some, verb = f"{'the only' if part else 'no'} {one}", does
    elif part == whole:
        some, verb = f"{'both' if whole == 2 else f'all {number(whole)}' if whole else 'no'} {many}", do
    else:
        some, verb = f"{'none' if part == 0 else number(part)} of the {number(whole)} {many}", does if part == 1 else do
    return f"{some} {verb}".rstrip()


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
    >>> place(Place(rank=1, rank_from_lowest=1, of=3, tied_with=2))
    'joint highest and lowest'
    """
    joint = "joint " if where.tied_with else ""
    if where.of == where.tied_with + 1:
        return "joint highest and lowest" if where.tied_with else "only one"
    if where.rank == 1:
        return f"{joint}highest"
    if where.rank_from_lowest == 1:
        return f"{joint}lowest"
    if where.rank_from_lowest <= 3 and where.rank > where.of / 2:
        return f"{joint}{ordinal(where.rank_from_lowest)} lowest"
    return f"{joint}{ordinal(where.rank)} highest"


def placed(where: Place, one: str, many: str) -> str:
    """Return a place among others, to be said after "the".

    Examples
    --------
    >>> from casebook.methods.benchmark import Place
    >>> placed(Place(rank=2, rank_from_lowest=9, of=10, tied_with=0), "authority", "authorities")
    'second highest of the ten authorities'
    >>> placed(Place(rank=1, rank_from_lowest=1, of=1, tied_with=0), "authority", "authorities")
    'only authority'
    """
    return f"only {one}" if where.of == 1 else f"{place(where)} of the {number(where.of)} {many}"


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
