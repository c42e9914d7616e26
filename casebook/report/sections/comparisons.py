"""An area against others over years: how it stands, how it moved, how sure we are, and what happened since."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from casebook.english import PER_CENT, Change, Gap, Noun, capital, largest, listed, number, some_of, the_region, whole
from casebook.report import charts
from casebook.report.parts import Aside, Chart, Columns, Section, Sheet
from casebook.studies.comparison import AVERAGES, Comparison, Later, NumbersAtRate

_MEANINGS = {
    "mean": "the rates of {1} added up, over their number, as in the Department for Education's Local Authority "
    "Interactive Tool",
    "median": "the middle one of the rates of {1}, as in the Department for Education's dashboard",
    "pooled": "all {0} of {1} over all their children{2}",
}
LISTED = Noun("council")
_CAME = {"fell": "had come down", "rose": "had gone up", "stayed": "was unchanged"}


def over_years(of: Comparison, since: Later | None = None) -> Section:
    """Set an area's rate against others and England: how it went, who they are, and whether the average matters.

    Its parts are ``chart``, ``who``, ``list``, ``table``, ``later`` and ``average``, as far as there are such.

    Parameters
    ----------
    of
        What was printed.
    since
        The official figures after it.
    """
    who = f"The comparison is with {of.group}: {of.group.listed}."
    if of.chosen or (of.from_paper and of.own_group):
        who += (
            " The Department for Education chooses the councils most like an area, and calls them "
            "statistical neighbours."
        )
    elif not of.from_paper:
        who += " No list of the councils most like it is held."
    else:
        who += (
            f" They were chosen as the councils similar to {of.chosen_for}, which makes {of.chosen_for} one of the "
            f"others here. They are not those similar to {of.area}, which the source does not print."
        )
    lacking = listed(f"{name} (none in {listed(years)})" for name, years in of.left_out.items())
    left_out = (
        "Averages of different years are of the same authorities, so those without a rate in every year are left out: "
        f"{lacking}."
    )
    from_rates = (
        "" if of.counts else f", with {of.briefly} calculated from the rates, because {of.source} gives no counts"
    )
    meaning = _MEANINGS[of.average].format(of.briefly, of.others, from_rates)
    said = [f"The average is the {of.kind}: {meaning}. {of.area} itself is never part of it."]
    return Section(
        chart=_course(of, since),
        who=who,
        list=_list_matters(of),
        table=_by_year(of),
        later=_later(of, since) if since else None,
        average=Aside(
            _title(of, "Which average, and whether it matters"),
            (*said, *[left_out] * bool(of.left_out), _choice_of_average(of), *_choice_of_list(of)),
        ),
    )


def change(of: Comparison) -> Section:
    """Tell how far an area and the others moved from the first year to the last: ``sentence`` and ``chart``."""
    if not of.several_years:
        return Section(sentence="One year is chosen, so there is no change to show.")
    first, last = of.first.year, of.last.year
    rank = f", the {largest(of.rank_of_change, of.path.noun)} of {of.last.place.whole}"
    lines = {of.average_name: of.average_path, "England": of.england_path}
    moves, when = of.moves_with(lines), tuple(of.period.label(year) for year in (first, last))
    ends = of.moves.set_index("area")
    paths = [
        f"{name} {path.briefly}"
        for name, path in (
            (of.area, of.path), (f"the {of.kind} of {of.others}", of.average_path), ("England", of.england_path)
        )
    ]  # fmt: skip
    figure = charts.slope(
        ends["before"], ends["after"], of.area, (when[0], when[1]),
        {name: (path.before.value, path.after.value) for name, path in lines.items()},
        _axis(of), spec=of.last.rate.spec,
    )  # fmt: skip
    rose = of.group.noun.some_of(of.rose, len(of.group))
    chart = Chart(
        figure,
        title=f"From {first} to {last} {of.area}'s {of.measure.called} {of.path.alone}, and it rose in {rose}.",
        subtitle=f"{_measure(of)}; hollow: {of.period.bare(first)}, full: {of.period.bare(last)}.",
        alt=f"A row for each authority from {first} to {last}: {listed(paths)}.",
        data=moves,
        columns={"area": "Authority", "before": (f"{when[0]}, {_per(of)}", of.last.rate.spec),
                 "after": (f"{when[1]}, {_per(of)}", of.last.rate.spec),
                 "change": ("Change", f"+{of.last.rate.spec}"), "per_cent": ("Change, per cent", PER_CENT)},
    )  # fmt: skip
    rank = "" if of.path.verb == "stayed" else rank
    return Section(
        sentence=f"From {first} to {last} {of.area}'s {of.measure.called} {of.path.by}{rank}.",
        chart=chart,
    )


_TREND = "A trend is tested as the Office for Health Improvement and Disparities does."
# docs/methods.md has the test.
_TRIED_ON = {"care-applications": "147 authorities", "children-in-care-rate": "145 authorities"}
_NO_FORECAST = (
    "No forecast is made: over {}, 2022 to 2025, no method came clearly nearer than repeating the last rate. So that "
    "is what to expect."
)


def certainty(of: Comparison) -> Section:
    """Say what is more than chance, beside others and over the years.

    Its parts are ``sentence``, ``beside_each``, ``over_time``, ``usual`` and ``how``, as far as there are such.
    """
    last = of.last
    if of.small:
        return Section(sentence=f"{of.area} {of.measure.verb} {of.behind} {of.when}: too few to show or judge.")
    if of.interval is None:
        return Section(
            sentence=f"{capital(of.source)} gives rates and no counts, and child populations are held {of.held}, so no "
            f"interval can be given for {last.year}."
        )
    lower, upper = (last.rate.like(float(limit)) for limit in (of.interval.lower, of.interval.upper))
    known = f"{capital(of.source)} gives rates and no counts. By its rate and the official number of children, "
    average, england = of.against_average, of.against_england
    said = f"{average}. It is {england}"
    if average.verdict == england.verdict:
        # What chance has to do with it is said once for both.
        said = f"{average}. The same holds against {england.of}"
    return Section(
        sentence=f"The rate of {last.year} is {said}.",
        beside_each=of.beside_each or None,
        over_time=of.course.over_time or None,
        usual=of.course.usual or None,
        how=Aside(
            _title(of, "How chance is judged"),
            (
                f"{'' if of.counts else known}{of.area} had {of.behind} {of.when}. Chance alone moves a count of that "
                f"size from year to year: the 95% interval runs from {lower} to {upper} {last.rate.for_every}. A range "
                "calculated this way (Byar's method) holds the true rate 95 times in 100.",
                *([of.by_chance] if of.by_chance else []),
                *([_TREND] if of.course.over_time else []),
                *([_NO_FORECAST.format(_TRIED_ON[of.key])] if of.key in _TRIED_ON else []),
            ),
        ),
    )


def numbers_at_rate(of: NumbersAtRate, later: pd.Series, target: tuple[pd.Timestamp, float] | None) -> Section:
    """Set numbers as printed against those at similar councils' rate, what happened and a target: ``table``, ``chart``.

    Parameters
    ----------
    of
        What is printed; where it is nothing, the section is empty.
    later
        What happened by 31 March, by year; may be empty.
    target
        Its date and number, or None.
    """
    if not of:
        return Section()
    first, last = of.counted.iloc[0], of.counted.iloc[-1]
    title = f"The papers show {of.area} with about {of.gap} than at the rate of similar councils."
    said = (
        f"The papers' numbers go from {whole(first['value'])} in {first['date']:%Y} to {whole(last['value'])} in "
        f"{last['date']:%Y}, when the rate of similar councils would give {whole(of.at_rate['value'].iloc[-1])}."
    )
    if len(later):
        said += (
            f" Later official numbers run from {whole(later.iloc[0])} in {later.index[0]} to {whole(later.iloc[-1])} "
            f"in {later.index[-1]}."
        )
        title = f"There were {whole(later.iloc[-1])} {of.noun} in {of.area} in March {later.index[-1]}."
    if len(later) and target:
        title = f"{title[:-1]}; the target for March {target[0].year} came to {whole(target[1])} of the children then."
    happened = pd.DataFrame({"when": [pd.Timestamp(year, 3, 31) for year in later.index], "value": later.to_numpy()})
    drawn = {
        "In the papers": of.counted.rename(columns={"date": "when"}),
        "At similar councils' rate, in the papers": of.at_rate.rename(columns={"date": "when"}),
        "Official figures": happened,
        "Target": pd.DataFrame({"when": [target[0]], "value": [target[1]]} if target else {"when": [], "value": []}),
    }
    counted, at_rate, outturn, aim = (
        one["value"].set_axis([_decimal_year(day) for day in one["when"]]) for one in drawn.values()
    )
    goal = None if target is None else (float(aim.index[0]), float(aim.iloc[0]))
    noun = capital(str(of.noun))
    chart = Chart(
        charts.against_equivalent(of.area, counted, at_rate, outturn, goal),
        title=title,
        subtitle=f"{noun}, {of.area}; as the papers of {listed(of.papers)} give them"
        + (", and official figures since." if len(later) else "."),
        alt=said,
        data=pd.concat([one.assign(what=name) for name, one in drawn.items()])[["what", "when", "value"]],
        columns={"what": "Series", "when": "Date", "value": (noun, ",.0f")},
    )
    return Section(
        chart=chart,
        table=Sheet(
            of.pairs,
            f"{noun} in {of.area} against the number at the rate of similar councils, as printed",
            {
                "when": "When",
                "value": (noun, ",.0f"),
                "value_at_rate": ("At the rate of similar councils", ",.0f"),
                "gap": ("Difference, children", "+,.0f"),
                "printed": "The paper's words",
                "printed_at_rate": "Its words on similar councils",
            },
            folded=True,
        ),
    )


def _course(of: Comparison, since: Later | None) -> Chart:
    years, last, average = [one.year for one in of.years], of.last, of.average_name
    drawn = of.values.rename(columns={"rate": "value"})
    england, until, more = of.england.loc[years], None, ""
    if since and of.several_years:
        until = ("The paper ends", last.year)
        england = pd.concat([england, since.by_year["England"]])
        drawn = pd.concat([drawn, since.by_year[of.area].rename("value").reset_index().assign(area=of.area)])
        more = f" By {since.year} {of.area} had {since.rate.after} and England {since.england}."
    levels = {average: of.frame.set_index("year")[of.average], "England": england}
    rows = [one.rename("value").rename_axis("year").reset_index().assign(area=name) for name, one in levels.items()]
    data, years = pd.concat([drawn, *rows]), sorted(drawn["year"].unique())
    side = f"{last.gap.side} the {of.kind} of the {of.group.noun}"
    if of.several_years:
        figure = charts.over_years(
            drawn,
            of.area,
            levels[average],
            levels["England"],
            average,
            _axis(of),
            last.rate.spec,
            until,
            of.period.axis,
        )
        title = f"By {of.period.month(last.year)} {of.area}'s {of.measure.called} {_CAME[of.path.verb]} and was {side}."
        period = of.period.span(years[0], years[-1])
        own = Change(of.path.before, of.path.after, (f"in {of.first.year}", f"in {last.year}"))
        alt = (
            f"{of.area} {own}; the {of.kind} of {of.others} {of.average_path.briefly}; England "
            f"{of.england_path.briefly}.{more}"
        )
    else:
        figure = charts.ranked_bars(
            drawn.set_index("area")["value"],
            of.area,
            _axis(of),
            {name: float(one.iloc[-1]) for name, one in levels.items()},
            spec=last.rate.spec,
        )
        title = f"{capital(of.when)} {of.area}'s {of.measure.called} was {side}{of.aside}."
        period = of.period.span(last.year, last.year)
        alt = (
            f"{of.area} has {last.rate}, the {last.place.among}; the {of.kind} of {of.others} is {last.average}, "
            f"England's rate {last.england}."
        )
    if until and since:
        title = (
            f"{capital(of.briefly)} {since.rate.to} {last.rate.for_every} {of.period.when(since.year)}; England "
            f"had {since.england}."
        )
    return Chart(
        figure,
        title,
        f"{_measure(of)}; {of.area}, {of.group} (grey) and England; {period}.",
        alt,
        data.pivot(index="area", columns="year", values="value").reset_index().rename(columns=str),
        {
            "area": "Authority",
            **{str(year): (f"{of.period.label(year)}, {_per(of)}", of.last.rate.spec) for year in years},
        },
        missing="not held for that year",
    )


def _later(of: Comparison, since: Later) -> Sheet:
    columns: Columns = {
        "year": "Year to 31 March",
        of.area: (f"{of.area}, {of.briefly} {_per(of)}", since.england.spec),
        "England": (f"England, {of.briefly} {_per(of)}", since.england.spec),
        "children": ("Children in care on 31 March", ",.0f"),
        "rate": (f"Children in care {_per(of)}", ",.0f"),
    }
    frame = since.by_year.join(since.in_care).reset_index()
    return Sheet(
        frame,
        f"What happened in {of.area} after the paper, official figures",
        {name: header for name, header in columns.items() if name in frame},
        folded=True,
    )


def _by_year(of: Comparison) -> Sheet:
    whole, compared, theirs = of.group.of or 0, len(of.group), capital(f"{of.whom}'")
    return Sheet(
        of.frame,
        _title(of, f"{of.area} against {of.group}, by year"),
        {
            "year": capital(of.period.words),
            "rate": (f"{of.area}, {_per(of)}", of.last.rate.spec),
            "compared": (f"{capital(of.whom)} compared", "d"),
            "place": f"Place among {of.last.place.whole}",
            "mean": (f"{theirs} mean", of.last.rate.spec),
            "median": (f"{theirs} median", of.last.rate.spec),
            "pooled": (f"{theirs} pooled rate", of.last.rate.spec),
            "gap": (f"Distance from the {of.kind}", f"+{of.last.rate.spec}"),
            "gap_per_cent": (f"Distance from the {of.kind}, per cent", PER_CENT),
            **({"in_events": (f"Distance in {of.briefly}", "+,.0f")} if of.frame["in_events"].notna().all() else {}),
            **(
                {"region": (f"{capital(the_region(of.region))}, {_per(of)}", of.last.rate.spec)}
                if of.last.region
                else {}
            ),
        },
        (
            f"Each figure is for one year; {of.briefly} assume {of.children} children throughout."
            if of.frame["in_events"].notna().all()
            else f"Each figure is for one year; the distance in {of.briefly} is not given, because numbers are small.",
            *_fewer(of, whole, compared),
        ),
        missing=f"a pooled rate needs the child populations of {of.others}, which are held {of.held}",
        folded=True,
    )


def _choice_of_average(of: Comparison) -> str:
    last = of.last
    sides: dict[str, list[str]] = {}
    for kind, average in last.averages.items():
        sides.setdefault(Gap.between(last.rate, average).side, []).append(f"the {AVERAGES[kind]}")
    values = listed(f"{AVERAGES[kind]} {average}" for kind, average in last.averages.items())
    start = f"{of.when}, {of.area}'s {last.rate} was"
    if len(sides) == 1:
        return f"The choice of average does not change the finding: {start} {last.gap.side} each of them ({values})."
    each = listed(f"{side} {listed(kinds)}" for side, kinds in sides.items())
    return f"The choice of average matters: {start} {each} ({values})."


def _title(of: Comparison, text: str) -> str:
    """Return a title that tells a measure's part from that of another on the same page."""
    return text if of.measure.called == "rate" else f"{text}: {of.briefly}"


def _list_matters(of: Comparison) -> str | None:
    """Say which other list of similar councils would put the area on another side of the average."""
    other = next((one for one in of.other_lists if one.changes_sides(of.last.gap.side)), None)
    if other is None:
        return None
    return (
        f"The choice of list matters: by an older list of similar councils {of.area} would be {other.side} "
        f"the {of.kind}, which would be {other.average}."
    )


def _choice_of_list(of: Comparison) -> Iterator[str]:
    """Say which list of similar councils is used, and what the others would say."""
    if of.chosen:
        yield (
            "The similar councils are those of the newest list held, the one that knows most of today's authorities "
            f"({of.chosen.vintage})."
        )
    for one in of.other_lists:
        too = f"{one.side} it too" if one.side == of.last.gap.side else f"{one.side} it, not {of.last.gap.side} it"
        yield (
            f"{capital(LISTED.some_of(one.shared, one.list.of_number, 'is', 'are'))} in the older list too "
            f"({one.list.vintage}). By that list the {of.kind} would be {one.average} and {of.area} {too}."
        )


def _fewer(of: Comparison, whole: int, compared: int) -> Iterator[str]:
    """Say in which years a rate is held for some of the others only, years alike together."""
    years_with: dict[int, list[int]] = {}
    for year, with_rate in of.with_rate.items():
        if with_rate < whole:
            years_with.setdefault(with_rate, []).append(year)
    noun = of.group.noun
    for with_rate, years in years_with.items():
        when = of.period.when(years[0]) if len(years) == 1 else f"for {listed(years)}"
        held = f"a rate is held for {some_of(with_rate, whole, noun.one, noun.many)}"
        yield f"{capital(when)} {held}; the average is of the {number(compared)} with a rate in every year."


def _axis(of: Comparison) -> str:
    return f"{capital(of.briefly)} {_per(of)}"


def _measure(of: Comparison) -> str:
    return capital(of.last.rate.measure)


def _per(of: Comparison) -> str:
    return f"per {of.last.rate.per}"


def _decimal_year(day: pd.Timestamp) -> float:
    return day.year + (day.day_of_year - 1) / 365.25
