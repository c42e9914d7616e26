"""A team with a caseload and a waiting list: the room its posts have, what more of them do, and what would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook.data.catalogue import TableEntry
from casebook.english import Gap, Money, Noun, Number, Odds, Range, capital, count, whole
from casebook.errors import InputError
from casebook.methods import capacity
from casebook.studies.assumed import Assumed
from casebook.studies.projection import LIMITS, rounded

COLUMNS = ("id", "item", "kind", "of", "amount", "unit")
_WEEKS, _MONTHS = 52, 12
_POSTS = Noun("post")
_ONE = 0.5
"""A list shorter than this, in cases, is clear: cases are whole."""


@dataclass(frozen=True)
class Terms:
    """How a team is looked at: over how many years, in how many months a list is to be clear, with which posts empty.

    ``vacant`` is the share of all posts that nobody holds; ``runs`` futures are simulated from ``seed`` on.
    """

    years: int = 5
    within: int = 12
    vacant: float = 0.0
    runs: int = 2000
    seed: int = 0


@dataclass(frozen=True)
class Post:
    """Posts of one kind: those there are, those asked for, the cases that one may have, and pounds a year for each."""

    item: str
    there: float
    asked: float
    each: float
    price: float | None


@dataclass(frozen=True)
class Team:
    """A team, the cases it has and those that wait; cases come and close by the month.

    ``missing`` says what the source leaves out that a decision needs.
    """

    table: TableEntry
    area: str
    terms: Terms
    posts: tuple[Post, ...]
    allocated: float
    waiting: float
    referred: float
    closed: float
    missing: tuple[str, ...]

    @property
    def there(self) -> float:
        """The posts there are that may have cases."""
        return sum(one.there for one in self.posts)

    @property
    def asked(self) -> float:
        """The posts asked for."""
        return sum(one.asked for one in self.posts)

    @property
    def price(self) -> Money | None:
        """What the posts asked for cost a year; None where the source does not say."""
        prices = [one.asked * one.price for one in self.posts if one.asked and one.price is not None]
        known = prices and len(prices) == sum(bool(one.asked) for one in self.posts)
        return Money(sum(prices)) if known else None

    @property
    def need(self) -> Number:
        """All cases, those that wait included."""
        return Number(self.allocated + self.waiting, unit="cases")

    @property
    def places(self) -> Number:
        """The cases that the posts there are have room for, at the source's own standard."""
        return self.need.like(sum(one.there * one.each for one in self.posts) * (1 - self.terms.vacant))

    @property
    def places_with(self) -> Number:
        """The same with the posts asked for."""
        return self.need.like(sum((one.there + one.asked) * one.each for one in self.posts) * (1 - self.terms.vacant))

    @property
    def added(self) -> Number:
        """The cases that the posts asked for have room for."""
        return self.need.like(self.places_with.value - self.places.value)

    @property
    def left(self) -> Number:
        """The cases that still wait on the day when all posts asked for are filled."""
        return self.need.like(max(self.need.value - self.places_with.value, 0.0))

    @property
    def excess(self) -> Gap:
        """How far all cases are above what there is room for."""
        return Gap.between(self.need, self.places)

    @property
    def stay(self) -> float:
        """How many months a case stays with a worker, if as large a share of those allocated closes as now."""
        return self.allocated / self.closed

    @property
    def lasting(self) -> Number:
        """The cases that there must be room for, for a list not to grow: those that come while one stays."""
        return self.need.like(self.referred * self.stay)

    @property
    def options(self) -> dict[str, float]:
        """The room of each option."""
        return {
            "With the posts asked for": self.places_with.value,
            "As today": self.allocated,
            "As many as need it": max(self.need.value, self.lasting.value),
        }

    # --- The list, month by month -------------------------------------------------------------------

    def course(self, places: float) -> pd.Series:
        """Step the list to the end of the last year.

        Parameters
        ----------
        places
            The cases that there is room for.

        Returns
        -------
        pandas.Series
            Cases that wait, by years since the posts are filled; the first at once.
        """
        return pd.Series(self._stepped(places)[::_WEEKS], index=range(self.terms.years + 1))

    def _stepped(self, places: float) -> NDArray[np.float64]:
        placed = min(places, self.need.value)
        waiting = self.need.value - placed
        found = capacity.stepped(
            np.full(self.terms.years * _WEEKS, self.referred * _MONTHS / _WEEKS),
            places,
            max(self.stay * _WEEKS / _MONTHS, 1.0),
            waiting=waiting,
            placed=placed,
        )
        return np.concatenate([[waiting], found.waiting])

    def cleared(self, places: float) -> float | None:
        """Return after how many months nobody waits any more; None if not within the years looked at."""
        clear = np.flatnonzero(self._stepped(places) < _ONE)
        return float(clear[0]) * _MONTHS / _WEEKS if clear.size else None

    def when(self, places: float) -> str:
        """Say when nobody waits any more."""
        months = self.cleared(places)
        if months is None:
            return f"not within {self._years}"
        return f"after {count(ceil(months), 'month', 'months')}" if months else "at once"

    @property
    def _years(self) -> str:
        return count(self.terms.years, "year", "years")

    @property
    def steady(self) -> Number:
        """The list after the last year, if as many cases close a month as now, however many are allocated."""
        more = (self.referred - self.closed) * _MONTHS * self.terms.years
        return self.need.like(max(self.need.value + more - self.places_with.value, 0.0))

    @cached_property
    def _futures(self) -> NDArray[np.float64]:
        """Simulated lists with the posts asked for: what comes and closes varies by chance and by its rounding."""
        generator = np.random.default_rng(self.terms.seed)
        came, closed = (
            generator.uniform(max(one - _ONE, 0.0), one + _ONE, self.terms.runs) for one in (self.referred, self.closed)
        )
        stay = np.maximum(self.allocated / np.maximum(closed, 1e-9) * _WEEKS / _MONTHS, 1.0)
        places, weekly = self.places_with.value, came * _MONTHS / _WEEKS
        return capacity.by_chance(
            weekly, places, stay, self.terms.years * _WEEKS, generator, self.left.value, min(places, self.need.value)
        )

    @property
    def range(self) -> pd.DataFrame:
        """The list with the posts asked for, by year: ``central``, and where 80 of 100 futures lie."""
        central = self.course(self.places_with.value)
        low, high = np.quantile(self._futures[:, ::_WEEKS], [0.1, 0.9], axis=0)
        return pd.DataFrame(
            dict(zip(LIMITS, (central, np.minimum(low, central), np.maximum(high, central)), strict=True)),
            index=central.index,
        )

    @property
    def last(self) -> Range:
        """The list after the last year with the posts asked for, rounded by its range."""
        found, decimals = rounded(self.range.iloc[[-1]])
        return Range(
            *(Number(float(found[limit].iloc[0]), decimals, "cases") for limit in ("lower", "upper", "central"))
        )

    @property
    def clear(self) -> Odds:
        """In how many futures nobody waits at some time within the years looked at."""
        return Odds(float((self._futures.min(axis=1) < _ONE).mean() * 100), runs=self.terms.runs)

    # --- What would clear it ------------------------------------------------------------------------

    @property
    def closings(self) -> Number:
        """The cases that must close a month for the list to be clear in time, with the posts asked for."""
        return Number(self.referred + self.left.value / self.terms.within, 1)

    @property
    def closing(self) -> Number:
        """The cases that would close a month with the posts asked for, if as large a share closes as now."""
        return Number(min(self.places_with.value, self.need.value) / self.stay, 1)

    @property
    def coming(self) -> Number:
        """The cases that may come a month for the list to be clear in time, with the posts asked for."""
        return Number(max(self.closing.value - self.left.value / self.terms.within, 0.0), 1)

    @property
    def enough(self) -> pd.DataFrame:
        """More posts of one kind, by themselves: ``item``, ``each``, ``more`` (whole posts) and ``cost`` a year."""
        short = max(self.options["As many as need it"] - self.places_with.value, 0.0)
        rows = []
        for one in self.posts:
            more = ceil(round(short / (one.each * (1 - self.terms.vacant)), 9))
            rows.append((one.item, one.each, more, np.nan if one.price is None else more * one.price))
        return pd.DataFrame(rows, columns=["item", "each", "more", "cost"])

    # --- What a reader is told ----------------------------------------------------------------------

    @property
    def said(self) -> str:
        """The posts asked for, as a sentence names them."""
        return f"the {_POSTS.count(self.asked)} asked for" if self.asked else "no new posts"

    @property
    def room(self) -> str:
        """The cases there are and the room there is, as a sentence."""
        room = f"at the paper's own standard its posts have room for {self.places}"
        return f"{capital(self.need.with_unit)} need the team; {room}."

    @property
    def answer(self) -> str:
        """Whether the posts asked for clear the list, as a sentence."""
        when = self.when(self.places_with.value)
        clear = when.replace("not", "not clear") if when.startswith("not") else f"clear {when}"
        if not self.asked:
            return f"No posts are asked for: {self.left} wait beyond that standard, and the list is {clear}."
        room = f"{capital(self.said)} {'makes' if self.asked == 1 else 'make'} room for {self.added} more"
        if self.left.value < _ONE:
            return f"{room}: nobody waits on the day they are filled."
        return f"{room}: {self.left} still wait at first, and the list is {clear}."

    @property
    def glance(self) -> str:
        """The same in a few words."""
        return f"With {self.said}, {self.left} of {self.need} cases still wait."

    @property
    def afterwards(self) -> str:
        """What becomes of the list in the last year, as a sentence."""
        would = f"{self.last.roughly} cases would wait ({self.last.limits})"
        return f"After {self._years} with {self.said}, {would}; {whole(self.waiting)} wait today."

    @property
    def question(self) -> str:
        """What to ask: for the first thing that the paper leaves out."""
        return (
            f"Who can say {self.missing[0]}?"
            if self.missing
            else "Who counts each month who comes, who leaves and who waits?"
        )

    @property
    def pace(self) -> str:
        """How many come and close, as sentences."""
        return (
            f"{self.referred:g} cases come a month and {self.closed:g} close. With {self.said} "
            f"{self.closing} would close, if as large a share closes as now."
        )

    @property
    def cautions(self) -> list[str]:
        """What speaks against the posts asked for, in a few words each."""
        return ["the posts asked for do not clear the list"] if self.cleared(self.places_with.value) is None else []

    @property
    def assumptions(self) -> list[Assumed]:
        """What all this rests on."""
        fewer = self.need.like(max(self.need.value - 0.9 * self.places_with.value, 0.0))
        return [
            Assumed(
                "Posts asked for are all filled at once, and every post has as many cases as the standard allows.",
                "red", "high", "chosen here; the paper says that staff leave often",
                f"With one post in ten empty, {fewer} cases would wait on the first day.",
            ),
            Assumed(
                f"As large a share of allocated cases closes a month as now, one in {whole(self.stay)}.",
                "amber", "high", "the paper's averages for a month",
                f"If {self.closed:g} close whatever there is room for, {self.steady} would wait after {self._years}.",
            ),
            Assumed(
                f"{self.referred:g} cases come every month, and nobody leaves the list without a worker.",
                "amber", "high", "the paper's average, rounded to a whole number; it gives no earlier months",
                f"One more a month is {whole(_MONTHS * self.terms.years)} more cases in {self._years}.",
            ),
            Assumed(
                "Any case may go to any post.", "red", "high", "chosen here, as the paper does not count simple cases",
                "Where too few are simple enough for the posts that take those alone, more wait.",
            ),
        ]  # fmt: skip


def read(frame: pd.DataFrame, area: str, terms: Terms) -> Team:
    """Read a team with its posts, its cases and its list.

    Parameters
    ----------
    frame
        A table of the catalogue, a row an item: ``kind`` is ``post`` (posts there are), ``asked``, ``standard`` (cases
        each may have) and ``cost`` (pounds a year of all that are asked for) with the post's ``id`` in ``of``;
        ``allocated``, ``waiting``, ``referred`` and ``closed`` (a month), one row each; ``given`` or ``missing``.
    area
        Whose team it is.
    terms
        How it is looked at.

    Raises
    ------
    InputError
        If the table has other columns, lacks a kind, or has a row that cannot be used.

    Examples
    --------
    >>> from casebook.data import tables
    >>> found = read(tables.read("young_adults_team"), "Cambridgeshire", Terms())
    >>> str(found.need), str(found.places), str(found.places_with), found.when(300), found.when(342)
    ('342', '240', '300', 'not within five years', 'at once')
    """
    table: TableEntry = frame.attrs["table"]
    file = f"data/raw/{table.path}"
    if lacking := [name for name in COLUMNS if name not in frame]:
        raise InputError(f"{file} has no column {lacking[0]}, expected those of a team: add it.")
    single = {}
    for kind in ("allocated", "waiting", "referred", "closed"):
        rows = frame.loc[frame["kind"] == kind, "amount"].dropna()
        if len(rows) != 1 or rows.iloc[0] < 0:
            raise InputError(
                f"{file} has {len(rows)} rows of the kind {kind}, expected one with a number from 0 on: correct it."
            )
        single[kind] = float(rows.iloc[0])
    if not (single["allocated"] and single["closed"]):
        raise InputError(f"{file}: nobody is allocated or nothing closes, so no stay can be worked out: give both.")
    of_post = {kind: _by_post(file, frame, kind) for kind in ("asked", "standard", "cost")}
    posts = frame[frame["kind"] == "post"]
    if not len(posts):
        raise InputError(f"{file} has no row of the kind post, expected one at least: add it.")
    if lacking := sorted(set(posts["id"]) - set(of_post["standard"])):
        raise InputError(f"{file} has no standard of {lacking[0]}, expected how many cases each may have: add it.")
    made = tuple(_post(row, of_post) for row in posts.to_dict("records"))
    missing = tuple(map(str, frame.loc[frame["kind"] == "missing", "item"]))
    return Team(table, area, terms, made, **single, missing=missing)


def _by_post(file: str, frame: pd.DataFrame, kind: str) -> dict[str, float]:
    rows = frame[frame["kind"] == kind]
    named = set(frame.loc[frame["kind"] == "post", "id"])
    for at, row in rows.iterrows():
        if row["of"] not in named or not row["amount"] > 0:
            # Frames count from 0, a spreadsheet from its header.
            raise InputError(
                f"{file}, row {int(str(at)) + 2}: a row of the kind {kind} needs the id of a post in the column of, "
                "and an amount above 0: correct it."
            )
    return {str(name): float(amount) for name, amount in zip(rows["of"], rows["amount"], strict=True)}


def _post(row: Mapping[Any, Any], of: Mapping[str, Mapping[str, float]]) -> Post:
    name, there = str(row["id"]), float(row["amount"])
    asked, cost = of["asked"].get(name, 0.0), of["cost"].get(name)
    return Post(str(row["item"]), there, asked, of["standard"][name], cost / asked if cost and asked else None)
