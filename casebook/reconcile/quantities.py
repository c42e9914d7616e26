"""Numbers as printed: read from a string, with how closely they are known, and arithmetic that keeps both.

A printed number stands for every number that would have been printed so. Arithmetic with such numbers
carries three things along: the value, the interval in which the true result lies (interval arithmetic,
Moore 1966), and the formula with the cells it came from. So it can be told whether a printed result
follows from printed inputs, and, if not, which input would explain it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

Relation = Literal["", "about", "over", "under", "up to", "at least", "almost"]

_RELATIONS: dict[Relation, tuple[str, ...]] = {
    "at least": ("at least", "no less than", "no fewer than"),
    "up to": ("up to", "at most", "no more than", "as many as"),
    "about": ("around", "approximately", "approx.", "about", "circa", "closer to", "close to", "roughly", "some", "~"),
    "over": ("over", "more than", "in excess of", "above", ">"),
    "almost": ("almost", "nearly", "just under"),
    "under": ("under", "less than", "fewer than", "below", "<"),
}
_NUMBER = re.compile(
    r"(?P<sign>(?<![\w.])[-−+])?(?P<pound>£)?(?P<digits>\d{1,3}(?:,\d{3})+(?!\d)|(?<=£)\d{1,3}(?:, \d{3})+(?=\.\d)|\d+)"
    r"(?P<decimals>\.\d+)?"
    r"(?P<suffix>(?i:k|mn?|bn|\s?(?:thousand|million|billion))\b)?(?P<per_cent>\s?%)?"
)
# How accountants print a cell below nothing: "(270)", "£(1,234)", "£-1,234"; and a pound sign that stands apart.
_ACCOUNTING = re.compile(
    r"(£?)\s*(?P<bracket>\()?(?P<minus>(?<!\()[-−])?\s*(£?)\s*(\d[\d.,]*\s?[A-Za-z]*\s?%?)\s*(?(bracket)\))(\s?%?)"
)
_SCALES = {"k": 1_000, "t": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_THIRD = Fraction(1, 3)
_WORDS = {
    "two thirds": 2 * _THIRD,
    "one third": _THIRD,
    "a third": _THIRD,
    "half": Fraction(1, 2),
    "twice": Fraction(2),
}
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_COUNTED = (*_ONES, *_TEENS, *(word for ten in _TENS for word in (ten, *(f"{ten}-{one}" for one in _ONES))))
# "One" is as often a word of the sentence as a count.
_COUNTS = {word: Fraction(count) for count, word in enumerate(_COUNTED, start=1) if count > 1}
_COUNT = re.compile(rf"\b(?:{'|'.join(sorted(_COUNTS, key=len, reverse=True))})\b", re.IGNORECASE | re.ASCII)
HEDGED = Fraction(1, 20)
"""How far a number may be from one printed with a hedge such as "around", as a share of it."""


@dataclass(frozen=True)
class Reading:
    """What a string prints: the number, the unit of its last digit, and how it is hedged.

    Parameters
    ----------
    number
        The number as it stands in the string, such as ``£16m``; empty if none can be read.
    value
        The number, or None.
    step
        The unit of the last digit printed: 0.01 for 8.95, 1,000,000 for £16m, 1 for 2,500.
    relation
        How words before the number bind it: "over", "up to", "about", or nothing.
    exact
        Whether the number is a count with all its digits, not rounded.
    stated
        Whether the step was stated with a reason, and not read; then it also takes the place of what a hedge allows.
    bound
        Whether a claim is made, in which "over" or "up to" leaves the other side open.
    """

    number: str
    value: Fraction | None
    step: Fraction
    relation: Relation = ""
    exact: bool = False
    stated: bool = False
    bound: bool = False

    @property
    def room(self) -> Fraction:
        """How far off a number may be: half a unit of the last digit; with a hedge 5%.

        A hedge never allows less than rounding to whole units or printed decimals does: "around 3" may be 3.2.

        Examples
        --------
        >>> [int(read(words, prose=True).room) for words in ("£400k", "about £400k", "£2M", "around £2M", "30 places")]
        [500, 20000, 500000, 100000, 0]
        """
        if self.exact or self.value is None:
            return Fraction(0)
        if self.relation and not self.stated:
            return max(abs(self.value) * HEDGED, min(self.step, Fraction(1)) / 2)
        return self.step / 2

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The interval of the numbers that would have been printed so: to the side that a hedge says."""
        if self.value is None:
            raise ValueError("nothing could be read")
        below = 0 if self.relation in ("over", "at least") else self.room
        above = 0 if self.relation in ("under", "up to", "almost") else self.room
        return self.value - below, self.value + above

    def with_step(self, step: Fraction) -> Reading:
        """Take another step, which somebody has stated with a reason.

        Examples
        --------
        >>> [int(end) for end in read("2200 more", prose=True).with_step(Fraction(100)).bounds]
        [2150, 2250]
        """
        return replace(self, step=step, exact=False, stated=True)


_NOTHING = Reading("", None, Fraction(1))


def read(printed: str, *, prose: bool, unit: str = "", value: float | Fraction | None = None) -> Reading:
    """Read a number from the words or the cell it is printed in.

    The last digit printed says how closely the number is known, zeros included: "£16m" to half a million, "£400" to
    half a pound. A count with all its digits is exact. A word such as "around" or "over" before the number hedges it.
    A part in words ("half", "a third") has no last digit and is read as hedged; a count in words ("seven") is exact.

    Parameters
    ----------
    printed
        The cell, or the words.
    prose
        Whether it is words, not a cell of a table.
    unit
        The number's unit; rates ("per ...") are never exact.
    value
        Where the words hold several numbers, the one meant.

    Returns
    -------
    Reading
        With no value if the cell is not a number, or the words hold no number, or not the one meant.

    Examples
    --------
    >>> hedged = read("over 50% higher", prose=True)
    >>> hedged.number, int(hedged.value), hedged.relation
    ('50%', 50, 'over')
    >>> read("8.95", prose=False).step
    Fraction(1, 100)
    >>> int(read("£(1,234)", prose=False).value), float(read("£40, 942.05 in all", prose=True).value)
    (-1234, 40942.05)
    >>> read("29.£%", prose=False).value is None
    True
    >>> int(read("every twenty-eight days", prose=True).value)
    28
    >>> int(read("seven Alarm Receiving Centres", prose=True).value)
    7
    """
    if not prose and not _NUMBER.fullmatch(printed.strip()) and (cell := _ACCOUNTING.fullmatch(printed.strip())):
        plain = ("-" if cell["bracket"] or cell["minus"] else "") + "".join(map(str.strip, cell.group(1, 4, 5, 6)))
        reading = read(plain, prose=False, unit=unit, value=value) if _NUMBER.fullmatch(plain) else _NOTHING
        return replace(reading, number=printed.strip() if reading.number else "")
    for match in _NUMBER.finditer(printed):
        if not prose and match.group() != printed.strip():
            continue
        if re.match(r"\.[^\s\d]", printed[match.end() :]):
            continue
        reading = _reading(match, printed[: match.start()], prose, unit)
        if value is None or reading.value == Fraction(str(value)):
            return reading
    for word, fraction in _WORDS.items() if prose else ():
        found = re.search(rf"\b{word}\b", printed)
        if found:
            number = fraction * 100 if unit == "per cent" else fraction
            if value is None or abs(number - Fraction(str(value))) < Fraction(1, 10):
                step = Fraction(1) if unit == "per cent" else Fraction(1, 100)
                return Reading(word, number, step, _relation(printed[: found.start()]) or "about")
    for found in _COUNT.finditer(printed) if prose else ():
        count = _COUNTS[found.group().lower()]
        if value is None or count == Fraction(str(value)):
            relation = _relation(printed[: found.start()])
            return Reading(found.group(), count, Fraction(1), relation, not relation and "per " not in unit)
    return _NOTHING


def _reading(match: re.Match[str], before: str, prose: bool, unit: str) -> Reading:
    digits, decimals = re.sub("[, ]", "", match["digits"]), match["decimals"] or ""
    scale = Fraction(_SCALES[match["suffix"].strip()[0].lower()] if match["suffix"] else 1)
    value = Fraction(digits + decimals) * scale * (-1 if match["sign"] in ("-", "−") else 1)
    relation = _relation(before)
    per_cent = bool(match["per_cent"]) or unit == "per cent"
    step = scale / 10 ** max(0, len(decimals) - 1)
    # Money in running text is rounded to pounds; a table's pounds are what its other cells are worked out with.
    rounded = per_cent or decimals or relation or step != 1 or "per " in unit or (prose and match["pound"])
    return Reading(match.group().strip(), value, step, relation, not rounded)


def _relation(before: str) -> Relation:
    words = re.sub(r"(\b(an?|the|to)\s*|[(\s])*$", "", before.lower())
    for relation, phrases in _RELATIONS.items():
        for phrase in phrases:
            if words.endswith(phrase) and not (words[: -len(phrase)][-1:].isalpha() and phrase[0].isalpha()):
                return relation
    # "closer to" and "up to" end in the word taken off above.
    words = before.lower().rstrip(" (")
    return next((name for name, phrases in _RELATIONS.items() if any(words.endswith(one) for one in phrases)), "")


@dataclass(frozen=True)
class Cell:
    """Where a printed number stands: a table of ours, its row (the values of its key) and its column."""

    table: str
    row: tuple[str, ...]
    column: str
    label: str = ""
    """What it is, for a reader."""

    def __str__(self) -> str:
        """Return the label, or the row and the column."""
        return self.label or f"{', '.join(self.row)}: {self.column}"


@dataclass(frozen=True)
class Quantity:
    """A number, the interval it lies in, and how it was worked out.

    ``+ - * /`` work between quantities and with plain numbers, which are exact.

    Examples
    --------
    >>> after, before = of("2475"), of("1497")
    >>> change = (after / before - 1) * 100
    >>> round(float(change), 1), change.formula
    (65.3, '(2475 / 1497 - 1) x 100')
    """

    value: Fraction
    low: Fraction
    high: Fraction
    text: str
    cell: Cell | None = None
    reading: Reading | None = None
    operation: str = ""
    operands: tuple[Quantity, ...] = ()

    @property
    def formula(self) -> str:
        """How it was worked out, with the numbers as printed."""
        return _written(self)

    @cached_property
    def inputs(self) -> tuple[Quantity, ...]:
        """The printed numbers it was worked out from, each once, in order."""
        if not self.operation:
            return (self,) if self.cell else ()
        found: dict[Hashable, Quantity] = {}
        for operand in self.operands:
            for one in operand.inputs:
                found.setdefault(one.cell, one)
        return tuple(found.values())

    @cached_property
    def nodes(self) -> tuple[Quantity, ...]:
        """The formula's parts: itself, what it was worked out from, and so on."""
        return (self, *(node for operand in self.operands for node in operand.nodes))

    def valued(self, instead: Callable[[Quantity], Fraction | None]) -> Fraction:
        """Work out the value alone, with another number for each part that one is given for.

        Raises
        ------
        ZeroDivisionError
            If something is then divided by 0.

        Examples
        --------
        >>> (of("12") + of("7")).valued(lambda part: Fraction(20) if part.text == "12" else None)
        Fraction(27, 1)
        """
        other = instead(self)
        if other is not None:
            return other
        if self.operation not in _VALUES:
            return self.value
        return _VALUES[self.operation]([operand.valued(instead) for operand in self.operands])

    def with_inputs(self, instead: Mapping[Cell, Quantity]) -> Quantity:
        """Work it out again with other numbers in some cells."""
        if not self.operation:
            return instead.get(self.cell, self) if self.cell else self
        if self.operation == _FOUND:
            return self
        return _apply(self.operation, tuple(operand.with_inputs(instead) for operand in self.operands))

    def as_exact(self) -> Quantity:
        """Take it without rounding: for an assumption that the paper's own model is worked out with.

        Examples
        --------
        >>> float(of("£400 per week", prose=True).as_exact().low)
        400.0
        """
        return replace(self, low=self.value, high=self.value)

    def called(self, words: str) -> Quantity:
        """Give it a name that stands in formulas in place of how it was worked out.

        Examples
        --------
        >>> (total([of("10"), of("20")]).called("all ages") / 3).formula
        'all ages / 3'
        """
        return replace(self, text=words)

    def of_hundred(self) -> Quantity:
        """Take a percentage as a share, to multiply with.

        Examples
        --------
        >>> (of("60%").of_hundred() * 4662).formula
        '60% x 4662'
        """
        return _apply("%", (self,))

    def __float__(self) -> float:
        """Return the value."""
        return float(self.value)

    def __neg__(self) -> Quantity:
        """Turn the sign; a difference is turned round.

        Examples
        --------
        >>> (-(of("6") - of("4"))).formula, (-of("5")).formula, (-of("-5")).formula, (-(of("6") + of("4"))).formula
        ('4 - 6', '-5', '5', '-(6 + 4)')
        """
        if self.operation == "-" and not self.text:
            return _apply("-", self.operands[::-1])
        return _apply("x", (_TURN, self))

    def __add__(self, other: Quantity | float) -> Quantity:
        """Add."""
        return _apply("+", (self, exactly(other)))

    def __radd__(self, other: float) -> Quantity:
        """Add; 0 is left out, so that sum() reads as a sum."""
        return self if other == 0 else _apply("+", (exactly(other), self))

    def __sub__(self, other: Quantity | float) -> Quantity:
        """Take away."""
        return _apply("-", (self, exactly(other)))

    def __rsub__(self, other: float) -> Quantity:
        """Take away from a plain number."""
        return _apply("-", (exactly(other), self))

    def __mul__(self, other: Quantity | float) -> Quantity:
        """Multiply."""
        return _apply("x", (self, exactly(other)))

    def __rmul__(self, other: float) -> Quantity:
        """Multiply a plain number."""
        return _apply("x", (exactly(other), self))

    def __truediv__(self, other: Quantity | float) -> Quantity:
        """Divide."""
        return _apply("/", (self, exactly(other)))

    def __rtruediv__(self, other: float) -> Quantity:
        """Divide a plain number."""
        return _apply("/", (exactly(other), self))

    def over(self, other: Quantity | float) -> Truth:
        """Say whether it is more than another."""
        other = exactly(other)
        return _compared(self, other, self.value > other.value, self.high > other.low, ("more than", "not more than"))

    def under(self, other: Quantity | float) -> Truth:
        """Say whether it is less than another."""
        other = exactly(other)
        return _compared(self, other, self.value < other.value, self.low < other.high, ("less than", "not less than"))

    def at_most(self, other: Quantity | float) -> Truth:
        """Say whether it is another or less."""
        other = exactly(other)
        return _compared(self, other, self.value <= other.value, self.low <= other.high, ("not more than", "more than"))

    def at_least(self, other: Quantity | float) -> Truth:
        """Say whether it is another or more."""
        other = exactly(other)
        return _compared(self, other, self.value >= other.value, self.high >= other.low, ("not less than", "less than"))


@dataclass(frozen=True)
class Truth:
    """Whether a statement holds: as the numbers are printed, and for some numbers they may stand for."""

    holds: bool
    possible: bool
    formula: str
    operands: tuple[Quantity, ...] = ()
    finding: str = ""
    """What is the case, in words, if the formula does not say it."""

    @property
    def inputs(self) -> tuple[Quantity, ...]:
        """The printed numbers it was judged by, each once."""
        return tuple({one.cell: one for operand in self.operands for one in operand.inputs}.values())

    def __and__(self, other: Truth) -> Truth:
        """Say whether both hold."""
        return Truth(
            self.holds and other.holds, self.possible and other.possible, f"{self.formula}; {other.formula}",
            self.operands + other.operands, "; ".join(filter(None, (self.finding, other.finding))),
        )  # fmt: skip


def _compared(one: Quantity, other: Quantity, holds: bool, possible: bool, words: tuple[str, str]) -> Truth:
    finding = f"{_plain(one)} is {words[0] if holds else words[1]} {_plain(other)}"
    formula = " against ".join(quantity.formula for quantity in (one, other))
    return Truth(holds, possible, formula, (one, other), finding)


def _plain(quantity: Quantity) -> str:
    return f"{float(quantity.value):,.2f}".rstrip("0").rstrip(".")


def found(number: float, words: str, of: Iterable[Quantity]) -> Quantity:
    """Return a number that something other than arithmetic has worked out of printed ones.

    Parameters
    ----------
    number
        The number, taken as exact.
    words
        What stands for it in formulas.
    of
        The printed numbers it was worked out of; it does not follow them when they are varied.

    Examples
    --------
    >>> (found(6.5, "lower limit", [of("8.0")]) * 2).formula
    'lower limit x 2'
    """
    value = exactly(number).value
    return Quantity(value, value, value, words, None, None, _FOUND, tuple(of))


def of(
    printed: str, *, prose: bool = False, cell: Cell | None = None, unit: str = "", value: float | None = None
) -> Quantity:
    """Return a printed number as a quantity.

    Raises
    ------
    ValueError
        If no number can be read.
    """
    reading = read(printed, prose=prose, unit=unit, value=value)
    if reading.value is None:
        raise ValueError(f"no number can be read in {printed!r}")
    low, high = reading.bounds
    return Quantity(reading.value, low, high, reading.number, cell, reading)


def exactly(number: Quantity | float | Fraction) -> Quantity:
    """Return a plain number as a quantity without rounding."""
    if isinstance(number, Quantity):
        return number
    value = number if isinstance(number, Fraction) else Fraction(str(number))
    return Quantity(value, value, value, f"{float(value):.12g}")


def total(numbers: Iterable[Quantity | float]) -> Quantity:
    """Return a sum.

    Examples
    --------
    >>> total([of("8.5"), of("9.0")]).formula
    '8.5 + 9.0'
    """
    return _apply("sum", tuple(exactly(number) for number in numbers))


def mean(numbers: Iterable[Quantity | float]) -> Quantity:
    """Return the arithmetic mean.

    Examples
    --------
    >>> float(mean([of("8.5"), of("9.0")]))
    8.75
    """
    return _apply("mean", tuple(exactly(number) for number in numbers))


def median(numbers: Iterable[Quantity | float]) -> Quantity:
    """Return the median, between the two in the middle where there are two.

    Examples
    --------
    >>> float(median([of("1"), of("5"), of("2")]))
    2.0
    """
    return _apply("median", tuple(exactly(number) for number in numbers))


def least(numbers: Iterable[Quantity | float]) -> Quantity:
    """Return the lowest of some numbers; which one it is, the numbers they stand for decide.

    Examples
    --------
    >>> least([of("5"), of("3")]).formula
    'lowest of 5, 3'
    """
    return _apply("lowest", tuple(exactly(number) for number in numbers))


def largest(numbers: Iterable[Quantity | float]) -> Quantity:
    """Return the highest of some numbers.

    Examples
    --------
    >>> float(largest([of("5"), of("3")]))
    5.0
    """
    return _apply("highest", tuple(exactly(number) for number in numbers))


def per_cent_change(after: Quantity, before: Quantity) -> Quantity:
    """Return the change from one number to another in per cent: (after / before - 1) x 100.

    Each number stands once in the formula, so its interval is no wider than it must be.

    Examples
    --------
    >>> float(per_cent_change(of("47"), of("23")).value // 1)
    104.0
    """
    return (after / before - 1) * 100


def rounded(value: Fraction, step: Fraction) -> Fraction:
    """Round to a multiple of ``step``, halves away from zero.

    Examples
    --------
    >>> rounded(Fraction("8.945"), Fraction("0.01"))
    Fraction(179, 20)
    """
    # abs(value) / step + 1 / 2, rounded down; in whole numbers, because every figure is rounded some times.
    ratio = abs(value.numerator) * step.denominator, value.denominator * step.numerator
    whole = (2 * ratio[0] + ratio[1]) // (2 * ratio[1])
    return Fraction(whole * step.numerator * (-1 if value < 0 else 1), step.denominator)


def shown(value: Fraction, step: Fraction) -> str:
    """Write a number rounded to a step, with the decimals the step has.

    Examples
    --------
    >>> shown(Fraction(2204), Fraction(1)), shown(Fraction("63.917"), Fraction("0.1"))
    ('2,204', '63.9')
    """
    decimals = 0
    while step * 10**decimals < 1:
        decimals += 1
    return f"{float(rounded(value, step)):,.{decimals}f}"


def _middle(values: list[Fraction]) -> Fraction:
    values, half = sorted(values), len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def _total(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


_FOUND = "found"
_TURN = exactly(-1)
_NAMED = ("mean", "median", "lowest", "highest")
_RISING: dict[str, Callable[[list[Fraction]], Fraction]] = {
    # Functions that rise with each operand: the interval is that of the lower and of the upper ends.
    "+": _total,
    "sum": _total,
    "mean": lambda values: _total(values) / len(values),
    "median": _middle,
    "lowest": min,
    "highest": max,
    "%": lambda values: values[0] / 100,
}

_VALUES: dict[str, Callable[[list[Fraction]], Fraction]] = _RISING | {
    "-": lambda values: values[0] - values[1],
    "x": lambda values: values[0] * values[1],
    "/": lambda values: values[0] / values[1],
}


def _apply(operation: str, operands: tuple[Quantity, ...]) -> Quantity:
    if operation in _RISING:
        function = _RISING[operation]
        value, low, high = (
            function([getattr(one, end) for one in operands]) for end in ("value", "low", "high")
        )  # fmt: skip
    else:
        first, second = operands
        if operation == "-":
            value, low, high = first.value - second.value, first.low - second.high, first.high - second.low
        elif operation == "x":
            corners = [a * b for a in (first.low, first.high) for b in (second.low, second.high)]
            value, low, high = first.value * second.value, min(corners), max(corners)
        else:
            if second.low <= 0 <= second.high:
                raise ZeroDivisionError(f"{second.text} may be 0, so nothing can be divided by it")
            corners = [a / b for a in (first.low, first.high) for b in (second.low, second.high)]
            value, low, high = first.value / second.value, min(corners), max(corners)
    return Quantity(value, low, high, "", None, None, operation, operands)


def _turned(operand: Quantity, written: str) -> str:
    """Write a number with the other sign, as a reader would: -5 for 5, and 5 for -5."""
    if operand.operation in ("+", "-", "sum", *_NAMED):
        return f"-({written})"
    return written[1:] if written[0] in "-−" else f"-{written}"


def _written(quantity: Quantity) -> str:
    if quantity.text:
        return quantity.text
    parts = [_written(operand) for operand in quantity.operands]
    if quantity.operation == "%":
        return parts[0] if parts[0].endswith("%") else f"{parts[0]}%"
    if quantity.operation in _NAMED:
        return f"{quantity.operation} of {', '.join(parts)}"
    if quantity.operation == "x" and quantity.operands[0] == _TURN:
        return _turned(quantity.operands[1], parts[1])
    loose = {"+", "-", "sum"}
    sign = {"sum": "+"}.get(quantity.operation, quantity.operation)
    bracketed = []
    for position, (operand, part) in enumerate(zip(quantity.operands, parts, strict=True)):
        inner = "" if operand.text else operand.operation
        needs = (
            (sign in ("x", "/") and inner in loose)
            or (sign == "-" and position and inner in loose)
            or (sign == "/" and position and inner in ("x", "/"))
            or inner in _NAMED
        )
        bracketed.append(f"({part})" if needs or (position and part.startswith(("-", "−"))) else part)
    return f" {sign} ".join(bracketed)
