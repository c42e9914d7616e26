"""An area against others over years: how it stands, how it moved, how sure we are, and what happened since."""

from __future__ import annotations

import pandas as pd

from casebook.english import Change, capital, largest, listed, number, some_of
from casebook.report import charts
from casebook.report.parts import Chart, Columns, Section, Sheet
from casebook.studies.comparison import AVERAGES, Comparison, NumbersAtRate

_MEANINGS = {
    "mean": "the sum of the others' printed rates over their number, as in the Department for Education's Local "
    "Authority Interactive Tool",
    "median": "the middle of the others' printed rates, as in the Department for Education's dashboard",
    "pooled": "all the others' {0} over all their children, with {0} worked out from the rates, because counts are not "
    "printed",
}
_CAME = {"fell": "had come down", "rose": "had gone up", "stayed": "was unchanged"}


def over_years(of: Comparison) -> Section:
    """Set an area's rate against others and England: who they are, how it went, and whether the average matters.

    Its parts are ``who``, ``left_out``, ``meaning``, ``chart``, ``table``, ``england`` and ``choice``.
    """
    who = f"The comparison is with {of.group}: {of.group.listed}."
    if not of.own_group:
        who += (
            f" They were chosen in the source as the statistical neighbours of {of.chosen_for} (the authorities most "
            f"like it), which makes {of.chosen_for} one of the others here. They are not {of.area}'s own statistical "
            f"neighbours, which the source does not print, so the distance says how {of.area} stands among these "
            "authorities only."
        )
    lacking = listed(f"{name} (none in {listed(years)})" for name, years in of.left_out.items())
    left_out = (
        "Averages of different years are of the same authorities, so those without a rate in every year are left out: "
        f"{lacking}."
    )
    meaning = _MEANINGS[of.average].format(of.briefly)
    return Section(
        who=who,
        left_out=left_out if of.left_out else None,
        meaning=f"The average used is the {of.kind}: {meaning}. {of.area} itself is never part of it.",
        chart=_course(of),
        table=_by_year(of),
        england=Sheet(
            of.frame,
            f"{of.area} against England, by year",
            {
                "year": "Year to March",
                "rate": (f"{of.area}, {_per(of)}", _decimals(of)),
                "england": (f"England, {_per(of)}", _decimals(of)),
                "england_gap": ("Distance from England", f"+{_decimals(of)}"),
                "england_gap_per_cent": ("The same, per cent", "+.1f"),
            },
        ),
        choice=_choice_of_average(of),
    )


def change(of: Comparison) -> Section:
    """Tell how far an area and the others moved from the first year to the last: ``sentence``, ``chart``, ``table``."""
    if not of.several_years:
        return Section(sentence="One year is chosen, so there is no change to show.")
    first, last = of.first.year, of.last.year
    rank = f", the {largest(of.rank_of_change, of.path.noun)} of {of.last.place.whole}"
    lines = {f"{capital(of.kind)} of the others": of.average_path, "England": of.england_path}
    moves, when = of.moves_with(lines), tuple(f"Year to March {year}" for year in (first, last))
    ends = of.moves.set_index("area")
    paths = [
        f"{name} {path.briefly}"
        for name, path in (
            (of.area, of.path), (f"the {of.kind} of the others", of.average_path), ("England", of.england_path)
        )
    ]  # fmt: skip
    figure = charts.slope(
        ends["before"], ends["after"], of.area, (when[0], when[1]),
        {name: (path.before.value, path.after.value) for name, path in lines.items()},
        _axis(of), decimals=of.last.rate.decimals,
    )  # fmt: skip
    rose = of.group.noun.some_of(of.rose, len(of.group))
    chart = Chart(
        figure,
        title=f"From {first} to {last} {of.area}'s rate {of.path.verb}, and it rose in {rose}.",
        subtitle=f"{_measure(of)}; {of.area}, {of.group} (grey), their {of.kind} and England; "
        f"hollow {first}, full {last}; years ending 31 March {first} and {last}.",
        alt=f"A row for each authority from {first} to {last}: {listed(paths)}.",
        data=moves,
        columns={"area": "Authority", "before": (f"{when[0]}, {_per(of)}", _decimals(of)),
                 "after": (f"{when[1]}, {_per(of)}", _decimals(of))},
    )  # fmt: skip
    columns: Columns = {
        "area": "Authority", "before": (str(first), _decimals(of)), "after": (str(last), _decimals(of)),
        "change": ("Change", f"+{_decimals(of)}"), "per_cent": ("Change, per cent", "+.1f"),
    }  # fmt: skip
    return Section(
        sentence=f"From {first} to {last} {of.area}'s rate {of.path.by}{rank if of.path.verb != 'stayed' else ''}.",
        chart=chart,
        table=Sheet(
            moves,
            f"Change in {of.last.rate.measure}, year to March {first} to year to March {last}",
            columns,
            highlight=of.area,
        ),
    )


def certainty(of: Comparison) -> Section:
    """Say how sure we are: whether the last rate differs from the average and from England by more than chance."""
    if of.interval is None:
        return Section(
            sentence="The source prints rates and no counts, and child populations are held "
            f"{of.held}, so no interval can be given for {of.last.year}."
        )
    lower, upper = (of.last.rate.like(float(limit)) for limit in (of.interval.lower, of.interval.upper))
    return Section(
        sentence="The source prints rates and no counts. Worked back from the rate and the official number of "
        f"children, {of.area} had about {of.events:.0f} {of.briefly} in the year to March {of.last.year}. Chance alone "
        "moves a count of that size from year to year; the 95% interval runs from "
        f"{lower} to {upper} {of.last.rate.for_every}. A range worked out this way "
        "(Byar's method) contains the true rate 95 times in 100. "
        f"The rate is {of.against_average}, and {of.against_england}."
    )


def then_and_now(of: Comparison, since: pd.DataFrame, columns: Columns) -> Section:
    """Set the last rate printed against what happened since: ``sentence``, ``table``.

    Parameters
    ----------
    of
        What was printed.
    since
        By year: the area's rate and England's, each under its name, and whatever else ``columns`` has.
    columns
        The headers of the table, as for ``report.table``.
    """
    now, last = since[of.area], of.last
    return Section(
        sentence=f"After the papers, {of.area}'s {of.counted} went from {last.rate} {last.rate.for_every} in the year "
        f"to March {last.year}, as printed, to {now.min():.1f} at the lowest (in {now.idxmin()}) and "
        f"{now.iloc[-1]:.1f} in the year to March {now.index[-1]}, when England had {since['England'].iloc[-1]:.1f}.",
        table=Sheet(since.reset_index(), f"What happened in {of.area} after the papers, official figures", columns),
    )


def numbers_at_rate(of: NumbersAtRate, later: pd.Series, target: tuple[pd.Timestamp, float] | None) -> Section:
    """Set numbers as printed against those at the neighbours' rate, what happened and a target: ``table``, ``chart``.

    Parameters
    ----------
    of
        What is printed; where it is nothing, the section is a sentence that says so.
    later
        What happened by 31 March, by year; may be empty.
    target
        Its date and number, or None.
    """
    if not of:
        return Section(
            sentence=f"The papers print no number of {of.noun} at the neighbours' rate for {of.area}; they do for "
            f"{listed(of.elsewhere)}. Nothing is put in its place."
        )
    first, last = of.counted.iloc[0], of.counted.iloc[-1]
    said = (
        f"Printed numbers go from {first['value']:.0f} in {first['date']:%Y} to {last['value']:.0f} in "
        f"{last['date']:%Y}, when the neighbours' rate would give {of.at_rate['value'].iloc[-1]:.0f}."
    )
    if len(later):
        said += (
            f" Later official numbers run from {later.iloc[0]:.0f} in {later.index[0]} to {later.iloc[-1]:.0f} in "
            f"{later.index[-1]}."
        )
    happened = pd.DataFrame({"when": [pd.Timestamp(year, 3, 31) for year in later.index], "value": later.to_numpy()})
    drawn = {
        "As printed": of.counted.rename(columns={"date": "when"}),
        "At the neighbours' rate, as printed": of.at_rate.rename(columns={"date": "when"}),
        "What happened": happened,
        "Target": pd.DataFrame({"when": [target[0]], "value": [target[1]]} if target else {"when": [], "value": []}),
    }
    counted, at_rate, outturn, aim = (
        one["value"].set_axis([_decimal_year(day) for day in one["when"]]) for one in drawn.values()
    )
    goal = None if target is None else (float(aim.index[0]), float(aim.iloc[0]))
    noun = capital(str(of.noun))
    chart = Chart(
        charts.against_equivalent(of.area, counted, at_rate, outturn, goal),
        title=f"The papers show {of.area} with about {of.gap} than the neighbours' rate would give.",
        subtitle=f"Number of {of.noun}; {of.area}; as printed in the papers of {listed(of.papers)}"
        + (", and official figures since." if len(later) else "."),
        alt=said,
        data=pd.concat([one.assign(what=name) for name, one in drawn.items()])[["what", "when", "value"]],
        columns={"what": "Series", "when": "Date", "value": (noun, ",.0f")},
    )
    return Section(
        table=Sheet(
            of.pairs,
            f"{noun} in {of.area} against the number at the neighbours' rate, as printed",
            {
                "when": "When",
                "value": (noun, ",.0f"),
                "value_at_rate": ("At the neighbours' rate", ",.0f"),
                "gap": ("Difference, children", "+,.0f"),
                "printed": "As printed",
                "printed_at_rate": "At the neighbours' rate, as printed",
            },
        ),
        chart=chart,
    )


def _course(of: Comparison) -> Chart:
    average, years = f"{capital(of.kind)} of the others", [one.year for one in of.years]
    drawn = of.values.rename(columns={"rate": "value"})
    last, levels = of.last, {average: of.frame.set_index("year")[of.average], "England": of.england.loc[years]}
    data = pd.concat([drawn, *(one.rename("value").reset_index().assign(area=name) for name, one in levels.items())])
    side = f"{last.gap.side} the {of.kind} of the {of.group.noun}{of.against_average.aside}"
    if of.several_years:
        figure = charts.over_years(
            drawn, of.area, levels[average], levels["England"], average, _axis(of), of.last.rate.decimals
        )
        title = f"By March {last.year} {of.area}'s rate {_CAME[of.path.verb]} and was {side}."
        period = f"years ending 31 March {years[0]} to {years[-1]}"
        own = Change(of.path.before, of.path.after, (f"in {years[0]}", f"in {years[-1]}"))
        alt = (
            f"{of.area} {own}; the {of.kind} of the others {of.average_path.briefly}; England "
            f"{of.england_path.briefly}."
        )
    else:
        figure = charts.ranked_bars(
            drawn.set_index("area")["value"],
            of.area,
            _axis(of),
            {name: float(one.iloc[-1]) for name, one in levels.items()},
            decimals=of.last.rate.decimals,
        )
        title = f"In the year to March {last.year} {of.area}'s rate was {side}."
        period = f"year ending 31 March {last.year}"
        alt = (
            f"{of.area} has {last.rate}, the {last.place.among}; the {of.kind} of the others is {last.average}, "
            f"England's rate {last.england}."
        )
    return Chart(
        figure,
        title,
        f"{_measure(of)}; {of.area}, {of.group} (grey) and England; {period}.",
        alt,
        data.pivot(index="area", columns="year", values="value").reset_index().rename(columns=str),
        {"area": "Authority", **{str(year): (f"Year to March {year}, {_per(of)}", _decimals(of)) for year in years}},
    )


def _by_year(of: Comparison) -> Sheet:
    whole, compared, noun = of.group.of or 0, len(of.group), of.group.noun
    return Sheet(
        of.frame,
        f"{of.area} against {of.group}, by year",
        {
            "year": "Year to March",
            "rate": (f"{of.area}, {_per(of)}", _decimals(of)),
            "compared": ("Others compared", "d"),
            "place": f"Place among {of.last.place.whole}",
            "mean": ("Others' mean", _decimals(of)),
            "median": ("Others' median", _decimals(of)),
            "pooled": ("Others' pooled rate", _decimals(of)),
            "gap": (f"Distance from the {of.kind}", f"+{_decimals(of)}"),
            "gap_per_cent": ("The same, per cent", "+.1f"),
            "in_events": (f"The same, in {of.briefly}", "+.0f"),
        },
        (
            f"Each figure is for one year; {of.briefly} assume {of.children} children throughout.",
            *(
                f"In the year to March {year} a rate is held for {some_of(with_rate, whole, noun.one, noun.many)}; the "
                f"average is of the {number(compared)} with a rate in every year."
                for year, with_rate in of.with_rate.items()
                if with_rate < whole
            ),
        ),
        missing=f"a pooled rate needs the others' child populations, which are held {of.held}",
    )


def _choice_of_average(of: Comparison) -> str:
    last = of.last
    above = {kind: last.rate.value > average.value for kind, average in last.averages.items()}
    values = listed(f"{AVERAGES[kind]} {average}" for kind, average in last.averages.items())
    start = f"in the year to March {last.year}, {of.area}'s {last.rate} was"
    if len(set(above.values())) == 1:
        return f"The choice of average does not change the finding: {start} {last.gap.side} each of them ({values})."
    over, under = (listed(f"the {AVERAGES[kind]}" for kind in above if above[kind] == side) for side in (True, False))
    return f"The choice of average matters: {start} above {over}, and not above {under} ({values})."


def _axis(of: Comparison) -> str:
    return f"{capital(of.briefly)} {_per(of)}"


def _measure(of: Comparison) -> str:
    return capital(of.last.rate.measure)


def _per(of: Comparison) -> str:
    return f"per {of.last.rate.per}"


def _decimals(of: Comparison) -> str:
    return f".{of.last.rate.decimals}f"


def _decimal_year(day: pd.Timestamp) -> float:
    return day.year + (day.day_of_year - 1) / 365.25
