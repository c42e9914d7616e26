"""An area's value among its region: who is above it, what its distance means in people, and how sure we are."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from casebook.english import PER_CENT, capital, listed, number, some_of, whole
from casebook.report import charts
from casebook.report.parts import Aside, Chart, Columns, Section, Sheet
from casebook.studies.ranking import Funnel, Position, Ranking

_POLARITIES = {
    "high is good": "a higher value is better",
    "low is good": "a lower value is better",
    "no judgement": "neither a high nor a low value is better",
}

_INTERVALS = {
    "proportion": "Wilson's interval for a proportion",
    "rate": "Byar's interval for a rate, exact Poisson below ten",
}


def in_region(of: Ranking) -> Section:
    """Set an area's value among its region, England and the goal.

    Its parts are ``judged``, ``chart``, ``missing``, ``table``, ``funnel``, ``spread`` and ``goal``, as far as there
    are such.
    """
    about = of.about
    goal: Aside | str = "No national goal is held for this indicator."
    if of.goal and about.goal:
        goal = Aside(
            "How the goal is applied",
            (
                f"The goal is published by {about.goal.source} for {of.whom}, and is compared with figures for the "
                f"same people only. {of.goal.thresholds} In the table, {of.goal.meeting}.",
            ),
        )
    return Section(
        judged=f"For this indicator {_POLARITIES[about.polarity]}. These are the latest figures held.",
        chart=_bars(of),
        missing=f"{of.origin} gives no value for {listed(of.missing)}: [x]." if of.missing else None,
        table=_table(of),
        funnel=_funnel(of, of.funnel) if of.funnel else None,
        spread=of.funnel.spread or None if of.funnel else None,
        goal=goal,
    )


def gap_in_people(of: Ranking) -> Section:
    """Say what the area's distance from its region and from England means in people: ``region`` and ``england``.

    Where the number of people is not known, ``unknown`` says it for every 10,000, folded.
    """
    if of.here is None:
        return Section(none=f"There is no value for {of.area}, so there is no gap to put in people.")
    people = of.about.people
    if of.given:
        among = f"Taking {of.given:,} {people} in {of.area}, a number given for this run and not printed,"
    else:
        among = f"Among the {of.people:,} {people} in {of.area}," if of.people else f"For every 10,000 {people},"
    region, england = (
        f"{among} the distance from {name} means {of.in_people(gap).more} {of.about.event}."
        for name, gap in ((f"{of.its_region}", of.here.gap), ("England", of.here.england_gap))
    )
    unknown = (
        f"{of.origin} does not give the number of {people} in {of.area}, so the gap cannot be put as a number of "
        "people there."
    )
    if of.people:
        return Section(region=region, england=england)
    return Section(unknown=Aside("What the gap means in people", (region, england, unknown)))


def chance(of: Ranking) -> Section:
    """Say how sure we are: where intervals are from or, without any, what would have to stand behind the value.

    Its part is ``sentence``; without intervals ``how``, ``table`` and, for a number of people given, ``given`` besides.
    Where a series is held, ``over_time`` and ``usual`` tell what the value did from chance.
    """
    if of.here is None:
        return Section(sentence=f"There is no value for {of.area} to be sure or unsure of.")
    if of.here.interval:
        return Section(
            sentence=f"Intervals are {of.source}. An area is similar to England where England's value lies within its "
            "interval.",
            together=_together(of),
            **_over_years(of),
        )
    behind = "the number of people surveyed" if of.about.sampled else "the counts"
    return Section(
        sentence=f"{of.origin} gives values without {behind}, so it alone cannot tell whether a difference is real or "
        "chance.",
        how=Aside(
            "What would make the difference more than chance",
            (
                f"What can be said is how much would have to stand behind {of.area}'s {of.here.value} for the "
                "difference to be more than chance. At the 95% level, chance would produce so large a difference less "
                "than once in 20 times.",
            ),
        ),
        together=_together(of),
        table=_enough(of, of.here),
        given=_with_people(of, of.here, of.given) if of.given else None,
        **_over_years(of),
    )


def _over_years(of: Ranking) -> dict[str, str | None]:
    return {"over_time": of.course.over_time or None, "usual": of.course.usual or None} if of.course else {}


def _together(of: Ranking) -> str | None:
    """Say how many of several comparisons chance alone would call different."""
    found = of.comparisons
    if found.of < 2:
        return None
    said = (
        f"{capital(number(found.of))} authorities are compared with England. If none truly differed, at least one "
        f"would still seem to in {whole(100 * found.at_least_one)} of 100 such tables."
    )
    if not of.counted or not found.single.any():
        return said
    differ, left = int(found.single.sum()), int(found.discovered.sum())
    verb = "differs" if differ == 1 else "differ"
    stay = {0: "none does", differ: "all still do" if differ > 1 else "it still does"}.get(
        left, f"{number(left)} still do"
    )
    return f"{said} Here {number(differ)} {verb}; when that is allowed for (Benjamini and Hochberg), {stay}."


def _enough(of: Ranking, here: Position) -> Sheet:
    return Sheet(
        pd.DataFrame(
            {"against": capital(name), "count": enough.count, "people": enough.people}
            for name, enough in here.enough.items()
        ),
        "The smallest numbers at which the difference would be significant",
        {
            "against": "Compared with",
            "count": (f"Smallest count: {of.about.event}", ",.0f"),
            "people": (f"Among this many: {of.about.people}", ",.0f"),
        },
        (
            f"Calculated with {_INTERVALS[of.about.kind]}, from the values {of.given_in}, which are rounded.",
            "The benchmark is taken as known without error.",
        ),
        missing="the two values are equal, so no count makes them differ",
        folded=True,
    )


def _with_people(of: Ranking, here: Position, given: int) -> str:
    region, england = ("would" if one.reached_by(given) else "would not" for one in here.enough.values())
    return (
        f"With the {given:,} {of.about.people} given for this run, the difference from {of.its_region} {region} "
        f"be more than chance, and that from England {england} be."
    )


def _bars(of: Ranking) -> Chart:
    about, values, here = of.about, of.held["value"], of.here
    top, bottom = values.idxmax(), values.idxmin()
    lines = {about.region: of.region, "England": of.england} | ({"Goal": of.goal.upper} if of.goal else {})
    called = (f"{of.its_region}", "England", "the goal")
    marked = listed(f"{name} ({value})" for name, value in zip(called, lines.values(), strict=False))
    if here:
        title = f"{of.area} is the {replace(here.place, noun=of.noun).among}."
        if of.too_few:
            title = f"{of.area} has too few {about.event} to be ranked."
        own = f"{of.area} has {here.value}, the {here.place}. "
    else:
        title = f"{of.area} is {of.without}; {top} is the {replace(of.place(str(top)), noun=of.noun).among}."
        own = ""
    without = f"{listed(of.missing)} {of.without}. " if of.missing else ""
    limits: Columns = {
        "lower": ("95% interval, from", of.england.spec), "upper": ("95% interval, to", of.england.spec),
    }  # fmt: skip
    return Chart(
        charts.ranked_bars(
            values, of.area, about.label, {name: line.value for name, line in lines.items()}, of.missing,
            of.held[["lower", "upper"]] if of.source else None, of.england.spec,
        ),
        title=title,
        subtitle=f"{about.label}. Authorities of {of.its_region}, {about.period}."
        f"{' Whiskers are 95% intervals.' if of.source else ''}",
        alt=f"Bars from {top} ({of.number(values.max())}) to {bottom} ({of.number(values.min())}). {own}{without}"
        f"Lines mark {marked}.",
        data=pd.concat(
            [of.frame, pd.DataFrame({"area": list(lines), "value": [line.value for line in lines.values()]})]
        ),
        columns={"area": "Authority", "value": _values(of), **(limits if of.source else {})},
    )  # fmt: skip


def _table(of: Ranking) -> Sheet:
    about, here = of.about, of.here
    points = f"+{of.england.spec}"
    against = listed([of.its_region, "England", *([of.area] if here else [])])
    return Sheet(
        of.frame,
        f"{capital(about.measure)}: each authority against {against}",
        {
            "area": "Authority",
            "value": _values(of),
            "place": "Place",
            "region_points": (f"Distance from {about.region} ({of.region})", points),
            "region_per_cent": (f"Distance from {about.region}, per cent", PER_CENT),
            "england_points": (f"Distance from England ({of.england})", points),
            "england_per_cent": ("Distance from England, per cent", PER_CENT),
            **({"here_points": (f"Distance from {of.area}", points)} if here else {}),
            **({"verdict": "Against England"} if of.source else {}),
            **({"goal": "Goal"} if of.goal else {}),
        },
        (f"Distances are in {'percentage points' if about.kind == 'proportion' else about.unit}.",),
        highlight=of.area,
        folded=True,
    )


def _funnel(of: Ranking, funnel: Funnel) -> Chart:
    about, points, people = of.about, funnel.points.set_index("area"), capital(of.about.people)
    beyond = capital(some_of(len(funnel.beyond), len(points), "authority", "authorities", "lies", "lie"))
    return Chart(
        charts.funnel(
            points["value"], points["size"], of.area, funnel.together.value, funnel.limits, about.label, people,
            of.england.spec,
        ),
        title=f"{beyond} further from the average than chance would explain.",
        subtitle=f"{about.label}, by number of {about.people}; authorities of {of.its_region}, {about.period}; "
        f"line: all together, {funnel.together}; {' and '.join(funnel.limits)} limits.",
        alt=f"Authorities by size between funnel limits about {funnel.together}. Beyond the 99.8% limits: "
        f"{listed(funnel.beyond)}.",
        data=pd.concat(
            [funnel.points, pd.DataFrame({"area": ["All together"], "value": [funnel.together.value]})]
        ),
        columns={
            "area": "Authority",
            "size": (people, ",.0f"),
            "value": _values(of),
            "lower": ("99.8% limit, lower", of.england.spec),
            "upper": ("99.8% limit, upper", of.england.spec),
        },
    )  # fmt: skip


def _values(of: Ranking) -> tuple[str, str]:
    return of.about.label, of.england.spec
