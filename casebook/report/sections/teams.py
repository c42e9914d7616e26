"""A team's posts and the room they have, its list with and without more posts, and what would clear it."""

from __future__ import annotations

import pandas as pd

from casebook.english import Money, capital, count, listed, whole
from casebook.report import charts
from casebook.report.parts import Aside, Chart, Section, Sheet
from casebook.studies.team import Team


def room(of: Team) -> Section:
    """Set the room that posts have against the cases: ``sentence`` and ``table``."""
    rows = [(one.item, one.there, one.asked, one.each, one.there * one.each, one.asked * one.each) for one in of.posts]
    frame = pd.DataFrame(rows, columns=["item", "there", "asked", "each", "places", "added"])
    together = frame[["there", "asked", "places", "added"]].sum()
    price = of.price
    each = None if price is None else Money(price.value / of.added.value)
    return Section(
        sentence=f"{capital(of.said)} cost {price} a year, {each} for each case they have room for." if each else None,
        table=Sheet(
            pd.concat([frame, pd.DataFrame([{"item": "Together", **together}])], ignore_index=True),
            "Cases that posts have room for at the paper's own standard",
            {
                "item": "Post",
                "there": ("Posts there are", ",.0f"),
                "asked": ("Asked for", ",.0f"),
                "each": ("Cases each may have, at most", ",.0f"),
                "places": ("Room now, cases", ",.0f"),
                "added": ("Room asked for, cases", ",.0f"),
            },
            missing="does not apply",
        ),
    )  # fmt: skip


def waiting_list(of: Team) -> Section:
    """Draw the list with the posts, as today, and with room for all: ``chart``, ``pace`` and ``table``."""
    courses = {name: of.course(places) for name, places in of.options.items()}
    drawn = pd.DataFrame(courses).rename_axis("year").reset_index()
    ends = "; ".join(f"{name}: from {whole(one.iloc[0])} to {whole(one.iloc[-1])}" for name, one in courses.items())
    limits, years = of.range, count(of.terms.years, "year", "years")
    lie = {"one year": limits.loc[1], years: limits.iloc[-1]}
    between = listed(
        f"{whole(float(low))} to {whole(float(high))} after {when}"
        for when, one in lie.items()
        for _, low, high in [[*one]]
    )
    rows = [
        (name, places, *(float(one.iloc[at]) for at in (0, 1, -1)), of.when(places))
        for (name, places), one in zip(of.options.items(), courses.values(), strict=True)
    ]
    return Section(
        chart=Chart(
            charts.paths(courses, None, "Years since the posts are filled", "Cases that wait"),
            f"With {of.said} {of.left} cases still wait, and after {years} {of.last.roughly}.",
            f"Cases on the waiting list, by how many cases there is room for; {of.area}, {of.table.title}.",
            f"Cases that wait, from the day the posts are filled on. {ends}.",
            drawn,
            {"year": "Years since the posts are filled", **{name: (f"{name}, cases", ",.0f") for name in courses}},
        ),
        pace=of.pace,
        table=Sheet(
            pd.DataFrame(rows, columns=["option", "places", "first", "next", "last", "clear"]),
            "The waiting list, by how many cases there is room for",
            {
                "option": "Option",
                "places": ("Room for cases", ",.0f"),
                "first": ("Wait on the first day", ",.0f"),
                "next": ("After one year", ",.0f"),
                "last": (f"After {years}", ",.0f"),
                "clear": "Nobody waits",
            },
        ),
        by_chance=Aside(
            "How far it may be otherwise",
            (
                f"In each of {of.terms.runs:,} simulated futures cases come and close by chance, and the paper's "
                "averages lie anywhere that rounds to what it prints. With the posts asked for, so many cases wait in "
                f"80 of 100 futures: {between}.",
            ),
        ),
    )


def ways(of: Team) -> Section:
    """Say what would clear the list: ``lasting``, ``table`` and ``flows``."""
    short = of.enough["more"].max() > 0
    unsaid = [f"{'It' if at else 'The paper'} does not say {one}." for at, one in enumerate(of.missing)]
    return Section(
        lasting=f"For nobody to wait at once there must be room for {of.need.with_unit}. For the list not to grow "
        f"again it takes {of.lasting}, as many as come while a case stays {whole(of.stay)} months.",
        table=Sheet(
            of.enough,
            f"Posts of one kind that make room for all, on top of {of.said}",
            {
                "item": "Post",
                "each": ("Cases each may have, at most", ",.0f"),
                "more": ("More posts", ",.0f"),
                "cost": ("Pounds a year", ",.0f"),
            },
            missing="no price printed",
        ) if short else None,
        flows=f"Without more posts than these, {of.closings} cases a month would have to close, not {of.closing}, for "
        f"nobody to wait after {count(of.terms.within, 'month', 'months')}. Or {of.coming} may come, not "
        f"{of.referred:g}."
        if short else None,
        missing=" ".join(unsaid) or None,
    )  # fmt: skip
