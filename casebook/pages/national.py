"""A report over all areas: every headline ranked, how its numbers are spread, and who moved most in the last year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import floor, log10
from statistics import quantiles

from casebook.errors import and_list
from casebook.pack.models import Compared, Finding, Pack, ReportCard, Spread
from casebook.pages import render, spark
from casebook.text import slug

LEAST = 5
"""Of fewer areas there is nothing to rank."""
NAMED, MOVED = 3, 10
"""How many areas a sentence names at each end, and how many rows the table of those that moved has."""
ODD = 30
"""A move by so many per cent in one year can come from how things are counted."""
WIDTH, HEIGHT, FOOT = 400, 170, 26


@dataclass(frozen=True)
class AreaPlace:
    """An area among all: its rank from the highest (equal values share one), value and page."""

    rank: int
    area: str
    region: str
    value: float
    html: str
    as_of: str


@dataclass(frozen=True)
class End:
    """The first few areas from one end, and how many more are level with the last of them."""

    places: tuple[AreaPlace, ...]
    more: int

    @classmethod
    def of(cls, places: Sequence[AreaPlace]) -> End:
        """Take them from the beginning of all places."""
        named = tuple(places[:NAMED])
        level = sum(place.value == named[-1].value for place in places)
        return cls(named, level - sum(place.value == named[-1].value for place in named))


@dataclass(frozen=True)
class RankedHeadline:
    """A headline over all areas, the highest first."""

    spread: Spread
    places: tuple[AreaPlace, ...]
    example: tuple[str, str]
    """The middle area and its sentence."""
    what: str
    """What the number is."""
    period: str
    """When it is for; empty where that is not said."""
    elsewhen: tuple[str, ...]
    """The areas whose number is for another time or in another unit; they are not ranked."""
    lacking: tuple[str, ...]
    """The areas with such a report that have no number."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.what[:1].upper() + self.what[1:]

    @property
    def highest(self) -> End:
        """The areas at the upper end."""
        return End.of(self.places)

    @property
    def lowest(self) -> End:
        """The areas at the lower end."""
        return End.of(self.places[::-1])

    @property
    def differs(self) -> bool:
        """Whether it is not the same everywhere."""
        return self.spread.least < self.spread.most

    @property
    def bins(self) -> list[tuple[float, float, int]]:
        """Ten or so intervals of equal width, each with how many areas lie in it: from, to below, areas."""
        return bins([place.value for place in self.places])


@dataclass(frozen=True)
class Move:
    """An area's value in two years."""

    area: str
    html: str
    before: float
    after: float

    @property
    def change(self) -> float:
        """How far it moved."""
        return self.after - self.before

    @property
    def per_cent(self) -> float:
        """The same, of what it was."""
        return (self.after / self.before - 1) * 100


@dataclass(frozen=True)
class Moves:
    """How the areas moved from one year to the next: the furthest first, in per cent of what it was."""

    of: str
    years: tuple[int, int]
    good: str | None
    form: str
    moves: tuple[Move, ...]
    others: int
    """How many areas have no values of these two years."""

    @property
    def odd(self) -> list[str]:
        """The areas that moved so far in one year that something else may stand behind it."""
        return [move.area for move in self.moves if abs(move.per_cent) > ODD]

    @property
    def sentence(self) -> str:
        """How many rose and fell."""
        rose, fell = (sum(sign * move.change > 0 for move in self.moves) for sign in (1, -1))
        same = len(self.moves) - rose - fell
        parts = [
            f"{count} {verb}" for count, verb in ((rose, "rose"), (fell, "fell"), (same, "stayed the same")) if count
        ]
        return f"From {self.years[0]} to {self.years[1]}, of {len(self.moves)} areas {and_list(parts)}."


def pages(pack: Pack) -> tuple[dict[str, str], tuple[Compared, ...]]:
    """Return a page for each report that enough areas have and by which they can be ranked, by file name.

    With them comes what the pack says of them.
    """
    by_name: dict[str, list[ReportCard]] = {}
    for report in pack.reports:
        by_name.setdefault(report.name, []).append(report)
    made: dict[str, str] = {}
    compared: list[Compared] = []
    template = render.template("national.html.j2")
    for name, reports in by_name.items():
        if len(reports) < LEAST:
            continue
        found, moves = ranked(reports, pack.regions), moved(reports)
        if not found and not moves:
            continue
        title = Counter(report.title for report in reports).most_common(1)[0][0]
        html = f"all-areas-{name}.html"
        made[html] = template.render(
            pack=pack, title=title, name=html, areas=len(reports), ranked=found, moves=moves,
            without=sorted(set(pack.areas) - {report.area for report in reports}), least=LEAST, most=MOVED,
            written=spark.written, drawn=drawn, and_list=and_list, css=render.style(),
        )  # fmt: skip
        spreads = tuple(one.spread for one in found)
        compared.append(Compared(report=name, title=title, html=html, areas=len(reports), headlines=spreads))
    return made, tuple(compared)


def ranked(reports: Sequence[ReportCard], regions: dict[str, str]) -> list[RankedHeadline]:
    """Return each number that areas are to be ranked by and enough of them have, in the order of the first report.

    A headline says by its ``ranks`` what its number is; areas are ranked within the unit and the period that most have.
    """
    found: dict[str, dict[str, tuple[ReportCard, Finding]]] = {}
    for report in reports:
        for headline in report.headlines:
            if headline.ranks and headline.value is not None:
                found.setdefault(headline.ranks, {}).setdefault(report.area, (report, headline))
    everyone = {report.area for report in reports}
    made = []
    for what, by_area in found.items():
        common = Counter((one.unit, one.period) for _, one in by_area.values()).most_common(1)[0][0]
        own = sorted(
            (
                (-float(one.value or 0), area, report, one)
                for area, (report, one) in by_area.items()
                if (one.unit, one.period) == common
            ),
            key=lambda one: one[:2],
        )
        if len(own) < LEAST:
            continue
        values = [-value for value, *_ in own]
        places = tuple(
            AreaPlace(values.index(value) + 1, area, regions.get(area, ""), value, report.html, report.as_of)
            for value, (_, area, report, _) in zip(values, own, strict=True)
        )
        quarter, middle, three_quarters = quantiles(values, n=4, method="inclusive")
        _, area, _, headline = own[len(own) // 2]
        spread = Spread(
            id=slug(what), unit=common[0], areas=len(own), least=values[-1], quarter=quarter, middle=middle,
            three_quarters=three_quarters, most=values[0],
        )  # fmt: skip
        elsewhen = sorted(by_area.keys() - {place.area for place in places})
        lacking = sorted(everyone - by_area.keys())
        made.append(
            RankedHeadline(
                spread, places, (area, headline.text), what, common[1], tuple(elsewhen), tuple(lacking)
            )
        )  # fmt: skip
    return made


def moved(reports: Iterable[ReportCard]) -> Moves | None:
    """Return how areas moved in the last year, in what their cards draw; None if they draw no years."""
    drawn_by = [(report, report.glance) for report in reports if report.glance and report.glance.direction]
    ends: list[tuple[tuple[str, int, int], ReportCard, float, float]] = []
    for report, glance in drawn_by:
        (year, before), (last, after) = [(key, value) for key, value in glance.trend if isinstance(key, int)][-2:]
        ends.append(((glance.of, year, last), report, before, after))
    if not ends:
        return None
    common = Counter(what for what, *_ in ends).most_common(1)[0][0]
    own = [Move(report.area, report.html, before, after) for what, report, before, after in ends if what == common]
    own = [move for move in own if move.before > 0]
    if len(own) < LEAST:
        return None
    glance = next(one for report, one in drawn_by if report.area == own[0].area)
    furthest = sorted(own, key=lambda move: (-abs(move.per_cent), move.area))
    return Moves(common[0], common[1:], glance.good, glance.format, tuple(furthest), len(ends) - len(own))


def bins(values: Sequence[float]) -> list[tuple[float, float, int]]:
    """Return ten or so intervals of a round width, each with how many values lie in it: from, to below, count.

    Examples
    --------
    >>> bins([1, 2, 2.5, 9.9])[:2], len(bins([1, 2, 2.5, 9.9]))
    ([(1.0, 2.0, 1), (2.0, 3.0, 2)], 9)
    >>> bins([3, 3])
    [(3.0, 4.0, 2)]
    """
    least, most = min(values), max(values)
    rough = (most - least) / 10 or 1
    power = 10 ** floor(log10(rough))
    step = next(power * one for one in (1, 2, 2.5, 5, 10) if power * one >= rough * (1 - 1e-9))
    first = floor(least / step + 1e-9)
    edges = [round(number * step, 10) for number in range(first, floor(most / step + 1e-9) + 2)]
    inside = [floor(value / step + 1e-9) - first for value in values]
    return [(float(low), float(high), inside.count(at)) for at, (low, high) in enumerate(pairwise(edges))]


def drawn(one: RankedHeadline, identifier: str) -> str:
    """Return how a headline is spread, as an ``svg`` element: a bar for each interval, as high as it has areas."""
    found, spread = one.bins, one.spread
    step, most = WIDTH / len(found), max(count for *_, count in found)
    tall = (HEIGHT - 2 * FOOT) / most
    bars = "".join(
        f'<rect x="{at * step + 1:.1f}" y="{HEIGHT - FOOT - count * tall:.1f}" width="{step - 2:.1f}" '
        f'height="{count * tall:.1f}"/>'
        + (
            f'<text x="{(at + 0.5) * step:.1f}" y="{HEIGHT - FOOT - count * tall - 5:.1f}">{count}</text>'
            if count
            else ""
        )
        for at, (_, _, count) in enumerate(found)
    )
    ends = (("start", 0, found[0][0]), ("middle", WIDTH / 2, None), ("end", WIDTH, found[-1][1]))
    foot = "".join(
        f'<text class="{place}" x="{x:.0f}" y="{HEIGHT - 7}">{escape(spark.written(value))}</text>'
        for place, x, value in ends if value is not None
    )  # fmt: skip
    described = "; ".join(
        f"{spark.written(low)} to below {spark.written(high)}: {count} area{'' if count == 1 else 's'}"
        for low, high, count in found if count
    )  # fmt: skip
    return (
        f'<svg class="spread" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{identifier}-t" '
        f'aria-describedby="{identifier}-d"><title id="{identifier}-t">{escape(one.name)}: how many areas have which '
        f'value</title><desc id="{identifier}-d">{escape(spread.unit)}. {escape(described)}.</desc>'
        f'<line x1="0" x2="{WIDTH}" y1="{HEIGHT - FOOT}" y2="{HEIGHT - FOOT}"/>{bars}{foot}</svg>'
    )
