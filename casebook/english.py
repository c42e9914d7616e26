"""The grammar of findings: values that say themselves, and the words that numbers need in a sentence.

A value stands in an f-string as it is: ``f"{area}'s rate {path}, {gap} the mean of {group}"``. Each is frozen, keeps
its plain numbers beside its words, and says every case itself: one and many, none, level, joint, before and after. What
is missing is no value: a study keeps None for it, and a sentence says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from numbers import Integral, Real
from typing import Any, Protocol, Self

from casebook.errors import InputError, and_list

_UNSAYABLE = re.compile(r"(?<![\w.])[-+£]?(nan|NaN|NaT|inf|<NA>|None(?! of\b))(?!\w)|[{}]")


def finished(text: str, where: str) -> str:
    """Return a text ready for a page, its lines run together, unless something in it is neither number nor word.

    Parameters
    ----------
    text
        A sentence or several, as an f-string made them.
    where
        What the text is, to begin the refusal with: "The headline 'gap'".

    Raises
    ------
    InputError
        If it says nan, inf, NaT or None, or a brace was left in it.

    Examples
    --------
    >>> finished("None of the ten rose.", "The text")
    'None of the ten rose.'
    >>> finished("City of London had 12, Isles of Scilly none.", "The text")
    'The City of London had 12, the Isles of Scilly none.'
    >>> finished("It rose to nan.", "The headline 'gap'")
    Traceback (most recent call last):
    ...
    casebook.errors.InputError: The headline 'gap' would say 'nan': 'It rose to nan.'; say what is missing instead.
    """
    text = " ".join(text.split())
    if found := _UNSAYABLE.search(text):
        said = found.group()
        advice = "write f before the quotation mark" if said in "{}" else "say what is missing instead"
        raise InputError(f"{where} would say {said!r}: {text!r}; {advice}.")
    return with_articles(text)


LONGEST = 25
"""How many words a headline or a sentence of a summary may have (ONS, writing for users)."""


def brief(text: str, where: str) -> str:
    """Return one sentence as ``finished`` does, unless it is longer than people read at once.

    Raises
    ------
    InputError
        If it has more than 25 words, is none or several, or says what ``finished`` refuses.

    Examples
    --------
    >>> brief("The rate  rose.", "The headline 'rate'")
    'The rate rose.'
    >>> brief("The rate rose " + "and rose " * 12, "The headline 'rate'")
    Traceback (most recent call last):
    ...
    casebook.errors.InputError: The headline 'rate' has 27 words, expected at most 25: ...
    """
    words = text.split()
    text = finished(text, where)
    if len(words) > LONGEST:
        raise InputError(
            f"{where} has {len(words)} words, expected at most {LONGEST}: '{' '.join(words[:8])} ...'; keep the "
            "finding and give the rest as its basis, or say it with report.text."
        )
    return text


# --- How many figures -----------------------------------------------------------------------------

_HALF_UP = Context(prec=60, rounding=ROUND_HALF_UP)
PER_CENT = "+,.0f"
"""How a distance or a change in per cent is written in a column; sentences write it whole too."""


def written(value: Any, spec: str) -> str:
    """Write a value by a format of Python: the one way in which sentences, tables, charts and spreadsheets round.

    A number with a fixed number of decimals is rounded half up, from what it is in decimals: 8.95 becomes 9.0, although
    the nearest binary number lies below 8.95. Nothing has no sign. By the format ``£`` pounds are written as ``Money``.

    Raises
    ------
    ValueError
        If the format is none for such a value.

    Examples
    --------
    >>> written(8.95, ".1f"), written(11816.5, ",.0f"), written(-0.04, "+.1f"), written(0.125, ".0%"), written(3, "")
    ('9.0', '11,817', '0.0', '13%', '3')
    """
    if spec == "£":
        return str(Money(value))
    if isinstance(value, (float, int, Real)) and spec[-1:] in ("f", "%") and math.isfinite(value):
        # Fourteen figures keep binary noise such as 8.949999999999999 out.
        exact = Decimal(int(value)) if isinstance(value, Integral) else Decimal(f"{float(value):.14g}")
        with localcontext(_HALF_UP):
            said = format(exact, spec)
    else:
        said = format(value, spec) if spec else str(value)
    return said[1:] if spec and said[:1] in "+-" and not re.search("[1-9]", said) else said


def whole(value: float) -> str:
    """Write a number as a whole one: people, plans, posts.

    Examples
    --------
    >>> whole(11816.5), whole(-0.4)
    ('11,817', '0')
    """
    return written(value, ",.0f")


def percent(share: float, decimals: int = 0) -> str:
    """Write a share in per cent.

    Examples
    --------
    >>> percent(0.125), percent(0.0358, 1)
    ('13%', '3.6%')
    """
    return written(share, f".{decimals}%")


def decimals_of_millions(pounds: float) -> int:
    """Return with how many decimals millions of pounds are written: two below ten of them, one from there on.

    Examples
    --------
    >>> decimals_of_millions(1_964_000), decimals_of_millions(-12_300_000)
    (2, 1)
    """
    return 2 if abs(pounds) < 1e7 else 1


# --- Words ----------------------------------------------------------------------------------------

_LEVEL = "level with"
_ARTICLED = ("City of London", "Isles of Scilly")
_BARE = re.compile(rf"(?<![Tt]he )\b({'|'.join(_ARTICLED)})\b")
_WITHOUT_ARTICLE = ("England", "London", "Yorkshire and The Humber")
_NUMBERS = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
]  # fmt: skip
_ORDINALS = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
]  # fmt: skip


def listed(things: Iterable[Any]) -> str:
    """Return things as a sentence lists them.

    Examples
    --------
    >>> listed([2019, 2020, 2021]), listed([])
    ('2019, 2020 and 2021', 'none')
    """
    return and_list(map(str, things))


def capital(text: str) -> str:
    """Return a text with a capital first letter and the rest as it is.

    Examples
    --------
    >>> capital("care applications in England")
    'Care applications in England'
    """
    return text[:1].upper() + text[1:]


def the_region(name: str) -> str:
    """Return a region as a sentence names it: with its article, which London has not.

    Examples
    --------
    >>> the_region("East of England"), the_region("London"), the_region("Yorkshire and The Humber")
    ('the East of England', 'London', 'Yorkshire and The Humber')
    """
    return name if name in _WITHOUT_ARTICLE else f"the {name}"


def with_articles(text: str) -> str:
    """Return a text in which the areas that have an article in a sentence have it; a name alone stays as it is.

    Examples
    --------
    >>> with_articles("None is held for Isles of Scilly. City of London has one."), with_articles("City of London")
    ('None is held for the Isles of Scilly. The City of London has one.', 'City of London')
    """

    def article(found: re.Match[str]) -> str:
        begins = not (before := text[: found.start()].rstrip()) or before[-1] in ".?!"
        return f"{'The' if begins else 'the'} {found[0]}"

    return text if text in _ARTICLED else _BARE.sub(article, text)


def possessive(name: str) -> str:
    """Return whose something is.

    Examples
    --------
    >>> possessive("London"), possessive("St Helens"), possessive("similar councils")
    ("London's", "St Helens'", "similar councils'")
    """
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def number(value: float) -> str:
    """Return a count as a word up to twenty, in figures above and where it is not whole.

    Examples
    --------
    >>> number(11), number(153), number(0), number(4.5)
    ('eleven', '153', 'no', '4.5')
    """
    if value != int(value):
        return f"{value:,.15g}"
    return _NUMBERS[int(value)] if 0 <= value < len(_NUMBERS) else f"{int(value):,}"


def count(value: float, one: str, many: str) -> str:
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


def those_that(names: Iterable[Any], does: str, do: str) -> str:
    """Return names, with a verb that agrees with how many there are.

    Examples
    --------
    >>> those_that(["Low", "High"], "reaches", "reach"), those_that(["Low"], "reaches", "reach")
    ('Low and High reach', 'Low reaches')
    >>> those_that([], "reaches", "reach")
    'none reaches'
    """
    named = list(names)
    return f"{listed(named)} {do if len(named) > 1 else does}"


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


def about(value: float) -> str:
    """Return a number to two figures, for what is not known more closely.

    Examples
    --------
    >>> about(9383), about(59), about(955659), about(0)
    ('about 9,400', 'about 59', 'about 960,000', 'about 0')
    """
    step = 10 ** max(0, len(f"{abs(value):.0f}") - 2)
    return f"about {int(written(value / step, '.0f')) * step:,}"


def largest(rank: int, noun: str) -> str:
    """Return the place of a size among others, the largest first.

    Examples
    --------
    >>> largest(1, "fall"), largest(3, "rise")
    ('largest fall', 'third largest rise')
    """
    return f"largest {noun}" if rank == 1 else f"{ordinal(rank)} largest {noun}"


def met(whether: bool) -> str:
    """Return what a target was, to be said after "was".

    Examples
    --------
    >>> met(True), met(False)
    ('met', 'not met')
    """
    return "met" if whether else "not met"


# --- Values ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Noun:
    """What is counted, as one and as many; as many it ends in s unless another word is given.

    Examples
    --------
    >>> neighbour = Noun("neighbour")
    >>> str(neighbour), neighbour.for_number(1), neighbour.count(0), neighbour.some_of(1, 10, "rises", "rise")
    ('neighbours', 'neighbour', 'no neighbours', 'one of the ten neighbours rises')
    """

    one: str
    many: str = ""

    def __post_init__(self) -> None:
        if not self.many:
            object.__setattr__(self, "many", f"{self.one}s")

    def __str__(self) -> str:
        """Write it as many."""
        return self.many

    def for_number(self, value: float) -> str:
        """Return the word that follows a number."""
        return self.one if value == 1 else self.many

    def count(self, value: float) -> str:
        """Return how many, with the number in words up to twenty."""
        return count(value, self.one, self.many)

    def some_of(self, part: int, whole: int, does: str = "", do: str = "") -> str:
        """Return how many of how many, with a verb that agrees if there is one."""
        return some_of(part, whole, self.one, self.many, does, do)


AUTHORITIES = Noun("authority", "authorities")


@dataclass(frozen=True)
class Number:
    """A number with its decimals and unit: ``f"{n}"`` writes it, ``f"{n:.1f}"`` writes it otherwise.

    Raises
    ------
    InputError
        If it is missing or infinite: what is missing is said in other words.

    Examples
    --------
    >>> plans = Number(6866, unit="plans")
    >>> f"{plans}", f"{plans:.1f}", plans.with_unit, str(Number(-0.001, 2)), Number(46.5, 1, "%").with_unit
    ('6,866', '6866.0', '6,866 plans', '0.00', '46.5%')
    """

    value: float
    decimals: int = 0
    unit: str = ""

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise InputError(f"A number to be said is {self.value}: say what is missing instead.")

    def __float__(self) -> float:
        """Return the number itself."""
        return float(self.value)

    def __format__(self, spec: str) -> str:
        """Write it with its own decimals, or as asked; nothing has no sign."""
        return written(float(self), spec or self.spec)

    def __str__(self) -> str:
        """Write it with its own decimals."""
        return format(self)

    @property
    def spec(self) -> str:
        """The format that it and all of its kind are written with, in tables and charts too."""
        return f",.{self.decimals}f"

    @property
    def measure(self) -> str:
        """What it measures, in full."""
        return self.unit

    @property
    def with_unit(self) -> str:
        """The number and its unit."""
        return f"{self}{'' if self.measure[:1] in ('', '%') else ' '}{self.measure}"

    @property
    def roughly(self) -> str:
        """The number as one that is not known exactly: "about 47", "close to 0"."""
        return f"{'close to' if self.nothing else 'about'} {self}"

    @property
    def nothing(self) -> bool:
        """Whether nothing of it shows at its decimals."""
        return not re.search("[1-9]", Number.__format__(self, ""))

    @property
    def size(self) -> str:
        """How large it is, whatever its sign; "less than 0.01" where the decimals show nothing of it."""
        said = str(self.like(abs(self.value)))
        if self.value and self.nothing:
            return f"less than {self.like(self._least)}"
        return said

    @property
    def _least(self) -> float:
        return float(10**-self.decimals)

    def like(self, value: float) -> Self:
        """Return another number of the same kind."""
        return replace(self, value=value)


@dataclass(frozen=True)
class Rate(Number):
    """How many for every so many: the unit is what is counted, ``per`` of whom.

    Examples
    --------
    >>> rate = Rate(8, 2, "care applications", "10,000 children")
    >>> f"{rate} {rate.for_every}", rate.with_unit
    ('8.00 for every 10,000 children', '8.00 care applications for every 10,000 children')
    """

    per: str = ""

    @property
    def for_every(self) -> str:
        """What it is for, as a sentence says it."""
        return f"for every {self.per}"

    @property
    def measure(self) -> str:
        """What is counted, and for what."""
        return f"{self.unit} {self.for_every}"


@dataclass(frozen=True)
class Money(Number):
    """Pounds, whole ones; from one million on in millions, with ``decimals`` or, without, as their size warrants.

    Nothing is written after a round sum: what is set is £2 million, what is calculated and comes near it £2.00 million.

    Examples
    --------
    >>> f"{Money(9_640_000)}, {Money(12_340_000)}, {Money(6300)}, {Money(-5000)}, {Money(2e6)}, {Money(999_999.7)}"
    '£9.64 million, £12.3 million, £6,300, -£5,000, £2 million, £1.00 million'
    """

    decimals: int = -1
    unit: str = "pounds"

    def __format__(self, spec: str) -> str:
        """Write pounds or millions of them; with a format, the number of pounds."""
        if spec:
            return super().__format__(spec)
        size = abs(float(self))
        pounds = int(written(size, ".0f"))
        decimals = decimals_of_millions(size) if self.decimals < 0 else self.decimals
        millions = written(size / 1e6, f",.{decimals}f")
        if self.decimals < 0 and float(millions.replace(",", "")) == size / 1e6:
            millions = re.sub(r"\.?0+$", "", millions) if "." in millions else millions
        said = f"£{millions} million" if pounds >= 1_000_000 else f"£{pounds:,}"
        return f"-{said}" if pounds and self.value < 0 else said

    @property
    def spec(self) -> str:
        """The format of a number of pounds."""
        return ",.0f"

    @property
    def with_unit(self) -> str:
        """The same: the unit is always said."""
        return str(self)

    @property
    def more(self) -> str:
        """The sum as a difference: "£500 more", "£500 less"."""
        return "no more and no less" if self.nothing else f"{self.size} {'more' if self.value > 0 else 'less'}"

    @property
    def nothing(self) -> bool:
        """Whether it is no whole pound."""
        return abs(self.value) < 0.5

    @property
    def _least(self) -> float:
        return 1


@dataclass(frozen=True)
class Gap(Number):
    """How far a value lies from another, up to the other's name; its value is the difference.

    Examples
    --------
    >>> gap = Gap.between(Number(8, 2), Number(8.95, 2))
    >>> str(gap), gap.value, gap.side, gap.share, str(Gap.between(Number(8.001, 2), Number(8, 2)))
    ('0.95 (11%) below', -0.95, 'below', '11% below', 'level with')
    >>> str(Gap.between(Money(8900), Money(7385)))
    '£1,515 (21%) above'
    """

    points_unit: str = ""
    per_cent: float | None = None

    @classmethod
    def between(cls, value: Number, other: Number, points_unit: str = "") -> Gap:
        """Measure one number from another; there is no percentage of nothing."""
        # Ten decimals keep binary noise such as 0.9499999999999993 out.
        points = round(value.value - other.value, 10)
        per_cent = None if other.nothing else round(points / other.value * 100, 10)
        return cls(points, max(value.decimals, 0), value.measure, points_unit, per_cent)

    def __format__(self, spec: str) -> str:
        """Write the size and the side; with a format, the difference as a plain number."""
        if spec or self.side == _LEVEL:
            return super().__format__(spec) if spec else _LEVEL
        share = "" if self.per_cent is None else f" ({Number(self.per_cent).size}%)"
        size = abs(self.value)
        points = Money(size) if self.unit == Money.unit else Number(size, self.decimals)
        return f"{points}{self.points_unit}{share} {self.side}"

    @property
    def share(self) -> str:
        """The percentage and the side alone; the distance where there is no percentage."""
        if self.per_cent is None or self.side == _LEVEL:
            return str(self)
        return f"{Number(self.per_cent).size}% {self.side}"

    @property
    def side(self) -> str:
        """The side alone, judged at the decimals shown."""
        if self.nothing:
            return _LEVEL
        return "above" if self.value > 0 else "below"


@dataclass(frozen=True)
class Difference(Number):
    """A difference in things counted.

    Examples
    --------
    >>> made = Difference(-12.6, noun=Noun("care application"))
    >>> str(made), made.more, made.about
    ('13 fewer care applications', '13 fewer', 'about 13 fewer care applications')
    >>> str(Difference(1, noun=Noun("child", "children"))), Difference(0.2, noun=Noun("child", "children")).about
    ('1 more child', 'no more and no fewer children')
    """

    noun: Noun | None = None

    @property
    def measure(self) -> str:
        """What is counted."""
        return self.unit or str(self.noun or "")

    @property
    def more(self) -> str:
        """The number and the word, without what is counted."""
        if self.nothing:
            return "no more and no fewer"
        return f"{Number(abs(self.value), self.decimals)} {'more' if self.value > 0 else 'fewer'}"

    @property
    def about(self) -> str:
        """The same of a number that is not known exactly."""
        return str(self) if self.nothing else f"about {self}"

    def __format__(self, spec: str) -> str:
        """Write the number, the word and what is counted; with a format, the plain number."""
        if spec:
            return super().__format__(spec)
        more = self.more
        what = "" if self.noun is None else f" {self.noun.for_number(1 if more.startswith('1 ') else 2)}"
        return f"{more}{what}"


@dataclass(frozen=True)
class Shortfall(Number):
    """How much of something is missing, to be said after "is"; of what there is too much of, nothing.

    Examples
    --------
    >>> str(Shortfall(8.1, 1)), str(Shortfall(0.01, 1)), str(Shortfall(0)), str(Shortfall(-2, 1))
    ('8.1 short', 'less than 0.1 short', 'enough', 'enough')
    """

    def __format__(self, spec: str) -> str:
        """Write how much is missing, or that there is enough; with a format, the plain number."""
        if spec or self.value <= 0:
            return super().__format__(spec) if spec else "enough"
        return f"{Number(self.value, self.decimals).size} short"


FUTURES = Noun("simulated future")


@dataclass(frozen=True)
class Odds(Number):
    """In how many of 100 cases something is so, of so many that were tried; to be said after "in".

    Examples
    --------
    >>> str(Odds(37.4, runs=2000)), str(Odds(0, runs=2000)), str(Odds(0.1, runs=2000)), str(Odds(100, runs=2000))
    ('37 of 100 simulated futures', 'none of 2,000 simulated futures', 'fewer than 1 of 100 simulated futures', \
'all 2,000 simulated futures')
    """

    runs: int = 100
    noun: Noun = FUTURES

    @property
    def measure(self) -> str:
        """What the number is of."""
        return f"of 100 {self.noun}"

    def __format__(self, spec: str) -> str:
        """Write the number of 100, or none or all of those tried; with a format, the plain number."""
        if spec:
            return super().__format__(spec)
        if self.value in (0, 100):
            return f"{'all' if self.value else 'none of'} {self.runs:,} {self.noun}"
        whole = min(max(int(written(self.value, ".0f")), 1), 99)
        bound = "fewer than " if self.value < 0.5 else "more than " if self.value >= 99.5 else ""
        return f"{bound}{whole} of 100 {self.noun}"


@dataclass(frozen=True)
class PerPound(Number):
    """Pounds that come of each pound spent.

    Examples
    --------
    >>> str(PerPound(2.464)), str(PerPound(0))
    ('£2.46 for every £1', 'nothing for every £1')
    """

    decimals: int = 2
    unit: str = "pounds for every pound"

    def __format__(self, spec: str) -> str:
        """Write pounds and pence, or that it is nothing; with a format, the plain number."""
        if spec:
            return super().__format__(spec)
        return f"{'nothing' if self.nothing else f'£{Number(self.value, 2)}'} for every £1"


@dataclass(frozen=True)
class Payback:
    """After how many years what was spent has come back, None for never in time: the verb and what follows it.

    Examples
    --------
    >>> [str(Payback(years, 5)) for years in (0.4, 1.0, None)]
    ['comes back in the first year', 'comes back after one year', 'does not come back within five years']
    >>> [Payback(years, 5).when for years in (0.0, 3.5, None)]
    ['at once', 'after 3.5 years', 'not within five years']
    """

    years: float | None
    within: int

    def __str__(self) -> str:
        """Write whether it comes back, and when."""
        return f"does not come back {self.when[4:]}" if self.years is None else f"comes back {self.when}"

    @property
    def when(self) -> str:
        """The time alone."""
        if self.years is None:
            return f"not within {count(self.within, 'year', 'years')}"
        if self.years < 1:
            return "in the first year" if self.years else "at once"
        return f"after {count(round(self.years, 1), 'year', 'years')}"


@dataclass(frozen=True)
class Change:
    """A number before and after: a sentence's verb and what follows it.

    Parameters
    ----------
    before, after
        Numbers of one kind, judged as they are written.
    when
        The two times, such as "in 2017"; the same time twice is one number only.

    Examples
    --------
    >>> change = Change(Number(12, 2), Number(8, 2), ("in 2017", "in 2020"))
    >>> str(change), change.by, change.briefly
    ('fell from 12.00 in 2017 to 8.00 in 2020', 'fell by 4.00 (33%)', 'fell from 12.00 to 8.00')
    >>> change.to, change.question, change.like(8, 8).question
    ('fell to 8.00', 'What explains the fall in', 'Why was there no change in')
    >>> str(change.like(8, 8)), str(Change(Number(8, 2), Number(8, 2), ("in 2020", "in 2020")))
    ('was 8.00 both in 2017 and in 2020', 'was 8.00 in 2020')
    """

    before: Number
    after: Number
    when: tuple[str, str] = ("", "")

    @property
    def once(self) -> bool:
        """Whether there is one time only."""
        return bool(self.when[0]) and self.when[0] == self.when[1]

    @property
    def verb(self) -> str:
        """What it did: "fell", "rose" or "stayed"."""
        if str(self.before) == str(self.after):
            return "stayed"
        return "fell" if self.after.value < self.before.value else "rose"

    @property
    def alone(self) -> str:
        """What it did, with nothing to follow: "fell" or "stayed as it was"."""
        return "stayed as it was" if self.verb == "stayed" else self.verb

    @property
    def noun(self) -> str:
        """What it was: "fall", "rise" or "no change"."""
        return {"fell": "fall", "rose": "rise", "stayed": "no change"}[self.verb]

    @property
    def by(self) -> str:
        """What it did, and by how much; the percentage is left out where there was nothing before."""
        if self.verb == "stayed":
            return self.alone
        points = round(self.after.value - self.before.value, 10)
        share = "" if self.before.nothing else f" ({Number(points / self.before.value * 100).size}%)"
        return f"{self.verb} by {self.after.like(points).size}{share}"

    @property
    def briefly(self) -> str:
        """The same without the times."""
        if self.once:
            return f"was {self.after}"
        return f"stayed at {self.after}" if self.verb == "stayed" else f"{self.verb} from {self.before} to {self.after}"

    @property
    def to(self) -> str:
        """Where it ended: "rose to 7.6"."""
        return f"stayed at {self.after}" if self.verb == "stayed" else f"{self.verb} to {self.after}"

    @property
    def question(self) -> str:
        """What to ask about it, up to what changed: "What explains the rise in"."""
        return "Why was there no change in" if self.verb == "stayed" else f"What explains the {self.noun} in"

    def asked(self, what: str, *, more_than_chance: bool | None) -> str:
        """Return what to ask about it: what explains it or, where chance could, how anybody would know.

        Where nobody has tested it (None), the question is whether it is anything.

        Examples
        --------
        >>> change = Change(Number(5, 1), Number(7, 1))
        >>> change.asked("care applications", more_than_chance=None)
        'Is the rise in care applications more than chance, and will it last?'
        >>> change.asked("care applications", more_than_chance=False)
        'The rise in care applications could be chance: what would show whether it lasts?'
        """
        if more_than_chance or self.verb == "stayed":
            return f"{self.question} {what}, and will it last?"
        if more_than_chance is None:
            return f"Is the {self.noun} in {what} more than chance, and will it last?"
        return f"The {self.noun} in {what} could be chance: what would show whether it lasts?"

    def like(self, before: float, after: float) -> Change:
        """Return another change of the same kind, over the same time."""
        return replace(self, before=self.before.like(before), after=self.after.like(after))

    def __str__(self) -> str:
        """Write the verb, the numbers and the times."""
        first, last = (f" {one}" if one else "" for one in self.when)
        if self.once:
            return f"was {self.after}{last}"
        if self.verb == "stayed":
            return f"was {self.after} both{first} and{last}" if first else self.briefly
        return f"{self.verb} from {self.before}{first} to {self.after}{last}"


class Ranked(Protocol):
    """A place as ``methods.benchmark`` counts it: from both ends, of how many, tied with how many others."""

    @property
    def rank(self) -> int: ...  # noqa: D102
    @property
    def rank_from_lowest(self) -> int: ...  # noqa: D102
    @property
    def of(self) -> int: ...  # noqa: D102
    @property
    def tied_with(self) -> int: ...  # noqa: D102


@dataclass(frozen=True)
class Place:
    """A place, to be said after "the": counted from the highest, or for the last three from the lowest.

    Examples
    --------
    >>> str(Place(2, 10, of=11)), str(Place(8, 4, of=11)), str(Place(9, 1, of=10, tied_with=1))
    ('second highest', 'eighth highest', 'joint lowest')
    >>> str(Place(1, 1, of=3, tied_with=2)), Place(10, 2, of=11).among, Place(1, 1, of=1).among
    ('joint highest and lowest', 'second lowest of the eleven authorities', 'only authority')
    """

    rank: int
    rank_from_lowest: int
    of: int
    tied_with: int = 0
    noun: Noun = AUTHORITIES

    @classmethod
    def like(cls, where: Ranked, noun: Noun = AUTHORITIES) -> Place:
        """Return a place that was counted, as one that says itself."""
        return cls(where.rank, where.rank_from_lowest, where.of, where.tied_with, noun)

    def __str__(self) -> str:
        """Write the place alone."""
        if self.of == 1:
            return "only one"
        joint = "joint " if self.tied_with else ""
        if self.of == self.tied_with + 1:
            return "joint highest and lowest"
        if self.rank == 1:
            return f"{joint}highest"
        if self.rank_from_lowest == 1:
            return f"{joint}lowest"
        if self.rank_from_lowest <= 3 and self.rank > self.of / 2:
            return f"{joint}{ordinal(self.rank_from_lowest)} lowest"
        return f"{joint}{ordinal(self.rank)} highest"

    @property
    def among(self) -> str:
        """The place, and of how many."""
        return f"only {self.noun.one}" if self.of == 1 else f"{self} of {self.whole}"

    @property
    def whole(self) -> str:
        """All that are ranked: "the eleven authorities"."""
        return f"the only {self.noun.one}" if self.of == 1 else f"the {self.noun.count(self.of)}"


@dataclass(frozen=True)
class Moved:
    """A place before and after, among how many; with one time only, the place.

    Examples
    --------
    >>> second, eighth = Place(2, 10, of=11), Place(8, 4, of=11)
    >>> print(Moved(second, eighth))
    from second highest to eighth highest of the eleven authorities
    >>> print(Moved(second, second))
    both times the second highest of the eleven authorities
    >>> print(Moved(second, second, once=True))
    the second highest of the eleven authorities
    >>> print(Moved(Place(2, 1, of=2), eighth))
    from lowest of the two authorities to eighth highest of the eleven authorities
    """

    before: Place
    after: Place
    once: bool = False

    def __str__(self) -> str:
        """Write both places, or the one."""
        if self.once:
            return f"the {self.after.among}"
        if self.before.among == self.after.among:
            return f"both times the {self.after.among}"
        if self.before.of == self.after.of:
            return f"from {self.before} to {self.after.among}"
        return f"from {self.before.among} to {self.after.among}"


@dataclass(frozen=True)
class Group:
    """Those an area is compared with: what they are, their names, and of how many they are some.

    Parameters
    ----------
    noun, names
        What they are and what they are called.
    of
        How many there are, where some cannot be compared; None for no more than those named.
    whose
        "its" or "the".
    where
        What goes after them: "in the table".

    Examples
    --------
    >>> neighbour = Noun("statistical neighbour")
    >>> str(Group(neighbour, ("Essex", "Kent"), whose="its")), str(Group(neighbour, ("Essex",), of=2, whose="its"))
    ('its two statistical neighbours', 'one of its two statistical neighbours')
    >>> str(Group(Noun("other authority", "other authorities"), ("Essex",), where="in the table"))
    'the only other authority in the table'
    """

    noun: Noun
    names: tuple[str, ...]
    of: int | None = None
    whose: str = "the"
    where: str = ""

    def __len__(self) -> int:
        """Return how many are compared."""
        return len(self.names)

    def __str__(self) -> str:
        """Write what they are and how many."""
        whole = self.of or len(self)
        if not whole:
            return f"no {self.noun} {self.where}".rstrip()
        said = f"{self.whose} {f'only {self.noun.one}' if whole == 1 else self.noun.count(whole)}"
        if len(self) < whole:
            said = f"{number(len(self)) if self.names else 'none'} of {said}"
        return f"{said} {self.where}".rstrip()

    @property
    def listed(self) -> str:
        """Their names, as a sentence lists them."""
        return listed(self.names)


@dataclass(frozen=True)
class Period:
    """What the years of a series are: a year that ends in March, a calendar year, a day or month of each and so on.

    Examples
    --------
    >>> year, day = Period("year to March"), Period("31 March")
    >>> year.when(2025), day.when(2025), Period("financial year").when(2025), Period("calendar year").when(2024)
    ('in the year to March 2025', 'on 31 March 2025', 'in 2024-25', 'in 2024')
    >>> year.label(2025), day.label(2025), year.each, day.each
    ('Year to March 2025', '31 March 2025', 'in years to March', 'on 31 March of each year')
    >>> year.month(2025), day.month(2025), Period("calendar year").month(2024), year.span(2017, 2025)
    ('March 2025', 'March 2025', '2024', 'years ending 31 March 2017 to 2025')
    """

    words: str

    def named(self, year: int) -> str:
        """Return the period of a year."""
        if self.words == "financial year":
            return f"{year - 1}-{year % 100:02}"
        return str(year) if self.words == "calendar year" else f"{self._the}{self.words} {year}"

    def when(self, year: int) -> str:
        """Return the same, as a sentence says when something was."""
        return f"{'on' if self.words[0].isdigit() else 'in'} {self.named(year)}"

    def label(self, year: int) -> str:
        """Return the same, as the header of a column."""
        return capital(self.bare(year))

    def bare(self, year: int) -> str:
        """Return the same without an article."""
        return self.named(year).removeprefix("the ")

    def month(self, year: int) -> str:
        """Return the month in which a year's number is known; the year alone where it has no month of its own."""
        found = re.search("[A-Z][a-z]+", self.words)
        return f"{found.group()} {year}" if found else self.named(year)

    @property
    def each(self) -> str:
        """When the numbers of several years were."""
        if self.words[0].isdigit():
            return f"on {self.words} of each year"
        return f"in {self.words.replace('year', 'years', 1)}" if "year" in self.words else f"each {self.words}"

    @property
    def unit(self) -> str:
        """What goes after things counted over a period; nothing where they are counted on a day."""
        return "in the year" if "year" in self.words else ""

    @property
    def axis(self) -> str:
        """What the years are, for an axis or the header of a column of years."""
        return "Year ending 31 March" if self.words == "year to March" else capital(self.words)

    def span(self, first: int, last: int) -> str:
        """Return the periods of several years, or of one."""
        if self.words == "year to March":
            return f"year ending 31 March {last}" if first == last else f"years ending 31 March {first} to {last}"
        until = self.named(last) if self.words == "financial year" else str(last)
        return self.named(last) if first == last else f"{self.named(first)} to {until}"

    @property
    def _the(self) -> str:
        return "the " if self.words.startswith("year") else ""


_VERDICTS = {"best": "better", "worst": "worse", "highest": "higher", "lowest": "lower"}


@dataclass(frozen=True)
class Judgement:
    """Whether a value differs from another by more than chance, to be said after "is"; one wording for each case.

    Parameters
    ----------
    verdict
        As ``methods.benchmark.compare`` gives it.
    of
        What the value is compared with: "England's rate".

    Examples
    --------
    >>> print(Judgement("lower", "England's rate"))
    lower than England's rate by more than chance would explain
    >>> print(Judgement("similar", "the mean"))
    similar to the mean (chance could explain the difference)
    >>> f"0.95 below the mean{Judgement('similar', 'the mean').aside}."
    '0.95 below the mean, a difference that chance could explain.'
    >>> [Judgement(one, "the mean").remark for one in ("similar", "cannot be judged", "worse")]
    ['Chance could explain the difference.', 'It was not tested for chance.', 'Chance alone would not explain it.']
    """

    verdict: str
    of: str

    def __str__(self) -> str:
        """Write the verdict and what it is of."""
        if self.verdict == "similar":
            return f"similar to {self.of} (chance could explain the difference)"
        if self.verdict == "cannot be judged":
            return f"not to be judged against {self.of} (not tested for chance)"
        surely = ", even at the 99.8% level" if self.verdict in _VERDICTS else ""
        return f"{self.way} than {self.of} by more than chance would explain{surely}"

    @property
    def way(self) -> str:
        """The verdict as a comparative: "better", "lower"."""
        return _VERDICTS.get(self.verdict, self.verdict)

    @property
    def aside(self) -> str:
        """What goes with a difference that chance could explain; nothing otherwise."""
        return ", a difference that chance could explain" if self.verdict == "similar" else ""

    @property
    def remark(self) -> str:
        """What chance has to do with a difference that has been said, as a sentence."""
        said = {"similar": "Chance could explain the difference.", "cannot be judged": "It was not tested for chance."}
        return said.get(self.verdict, "Chance alone would not explain it.")


@dataclass(frozen=True)
class Range:
    """Two limits, and a central number between them where there is one.

    Examples
    --------
    >>> str(Range(Number(10), Number(12), Number(11))), str(Range(Number(10), Number(12)))
    ('11 (10 to 12)', '10 to 12')
    >>> str(Range(Money(8.4e6), Money(9.6e6))), Range(Money(-8.4e6), Money(9.6e6)).between
    ('£8.4 to £9.6 million', 'between -£8.4 million and £9.6 million')
    >>> f"{Number(0.2).roughly} ({Range(Number(0), Number(8)).limits})"
    'close to 0 (up to 8)'
    """

    lower: Number
    upper: Number
    central: Number | None = None

    @property
    def limits(self) -> str:
        """The limits, with a unit that both have once; from nothing on, the upper one."""
        *_, upper = ends = self._ends
        return f"up to {upper}" if len(ends) > 1 and self.lower.nothing else " to ".join(ends)

    @property
    def roughly(self) -> str:
        """The central number alone, as one that is not known exactly; without one, the limits."""
        return self.limits if self.central is None else self.central.roughly

    @property
    def between(self) -> str:
        """The limits, to be said after a verb such as "lies"."""
        return f"between {' and '.join(self._ends)}" if len(self._ends) > 1 else f"at {self.limits}"

    @property
    def _ends(self) -> list[str]:
        lower, upper = str(self.lower), str(self.upper)
        if lower == upper:
            return [lower]
        # "-£14.6 to £1.07 million" would be read as a loss of £14.60.
        alike = upper.endswith(" million") and lower.startswith("-") == upper.startswith("-")
        return [lower.removesuffix(" million") if alike else lower, upper]

    def __str__(self) -> str:
        """Write all that there is."""
        return self.limits if self.central is None else f"{self.central} ({self.limits})"
