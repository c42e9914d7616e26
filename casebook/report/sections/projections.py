"""What may come of a history: forecast, scenarios and parts; what follows from it; and what a paper forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from casebook.english import PER_CENT, Change, Gap, Noun, Number, Range, capital, listed, percent, whole, written
from casebook.methods.shares import whole_parts
from casebook.report import charts
from casebook.report.parts import Aside, Chart, Section, Sheet
from casebook.studies.projection import DRAWS, FEW, LIMITS, History, Parts, Printed, Projection, rounded

_SCENARIOS, _RANGES = Noun("scenario"), Noun("range")


def forecast(of: Projection, earlier: Mapping[str, pd.Series] | None = None) -> Section:
    """Tell what a history may come to: ``chart``, ``breaks``, ``scenarios``, ``how`` it was made and ``table``.

    Parameters
    ----------
    of
        The forecast.
    earlier
        Older forecasts to draw beside it: label and path by year.
    """
    outlook, count = of.outlook, len(of.scenarios)
    meanings = " ".join(f'"{one.name}": {one.meaning}.' for one in of.scenarios)
    show = f"{capital(_SCENARIOS.count(count))} {'shows' if count == 1 else 'show'} what else could happen."
    return Section(
        chart=_fan(of, earlier or {}),
        breaks=of.past.breaks or None,
        scenarios=f"{show} {meanings}" if of.scenarios else None,
        how=Aside("How the forecast was made and tested", (outlook.tested, outlook.choice)) if outlook else None,
        table=_methods(of) if outlook and not outlook.compared.empty else None,
    )


def backtest(of: Projection) -> Section:
    """Set what would have been forecast in earlier years for the last one against what happened: ``chart``.

    Where the history is too short for that, ``sentence`` says so; without a forecast there is nothing.
    """
    past, last = of.past, of.past.when(of.past.base)
    if of.outlook is None:
        return Section()
    if of.outlook.before.empty:
        return Section(sentence="The history is too short to try the forecast on its own past.")
    made, _ = rounded(of.outlook.before)
    held = int(((made["lower"] <= past.now.value) & (past.now.value <= made["upper"])).sum())
    held_by = _RANGES.some_of(held, len(made), "holds", "hold")
    said = [
        f"in {year}: {Range(*(past.now.like(float(one)) for one in (row.lower, row.upper, row.central)))}"
        for year, row in made.iterrows()
    ]
    noun = capital(str(past.noun))
    tried, off = of.first_tried
    missed = f"; that of {tried} was {percent(abs(off))} too {'high' if off > 0 else 'low'}" if held < len(made) else ""
    return Section(
        chart=Chart(
            charts.tried(made, past.now.value, f"Last {past.month} known to the forecast", capital(past.measure)),
            f"Made in earlier years, {held_by} the {past.now} {past.noun} of {last}{missed}.",
            f"{noun} in {last}, as the same method would have forecast them from what was known earlier, "
            f"and what happened; {past.area}.",
            f"Forecasts of {last} made {'; '.join(said)}. What happened: {past.now}.",
            made.assign(happened=past.now.value).rename_axis("year").reset_index(),
            {
                "year": f"Last {past.month} known", "central": ("Forecast", ",.0f"),
                "lower": ("Range, from", ",.0f"), "upper": ("Range, to", ",.0f"), "happened": ("What happened", ",.0f"),
            },
        )
    )  # fmt: skip


def by_part(of: Projection, parts: Parts) -> Section:
    """Split the forecast of the last year into parts: ``sentence``, ``chart`` and ``how``; if none is known, say so."""
    noun, when, what = of.past.noun, of.past.when(of.end), f"primary {parts.name}"
    if of.past.now.value < FEW:
        return Section(
            sentence=f"{of.past.area} has too few {noun} to be split by {what}: some are of single children."
        )
    if of.past.just_jumped:
        return Section(
            sentence=f"No forecast by {what} is made: what changed the number of {noun} so much in "
            f"{of.past.when(of.past.base)} may have changed their shares too."
        )
    if parts.last.empty:
        served = f" They are in: {listed(parts.served_by)}." if parts.served_by else ""
        return Section(sentence=f"No {noun} by {what} are held for {of.past.area}.{served}")
    total = rounded(of.frame.loc[[of.end]])[0].iloc[0]
    own = parts.at(of.end).loc[parts.last.sort_values(ascending=False, kind="stable").index]
    said, _ = rounded(own)
    # Whole numbers that add up to the number the page says, be it 0; each range is rounded by itself.
    each = whole_parts(round(total["central"]), own["central"] if own["central"].any() else parts.last)
    shown = said.assign(central=each, now=parts.last)
    most = [
        f"{part}: about {whole(central)} ({whole(lower)} to {whole(upper)}), now {whole(parts.last[part])}"
        for part, central, lower, upper in said.nlargest(2, "central")[LIMITS].itertuples()
    ]
    now = of.past.when(parts.year)
    return Section(
        sentence=f"By {when} the most {noun} could be for {'. Next is '.join(most)}.",
        chart=Chart(
            charts.parts(shown, (now, when), capital(str(noun))),
            f"{capital(str(noun))} by {what}, now and by {when}.",
            f"{capital(of.past.measure)}; {of.past.area}. The bar is {now}, the mark {when}; the line is an "
            "untested range.",
            f"{'. '.join(most)}.",
            pd.concat([shown, pd.DataFrame({**total, "now": parts.last.sum()}, [f"All {noun}"])])
            .rename_axis("part")
            .reset_index(),
            {
                "part": capital(what),
                "now": (now, ",.0f"),
                "central": (f"{when}, {'forecast' if of.outlook else of.scenarios[0].name}", ",.0f"),
                "lower": ("Range, from", ",.0f"),
                "upper": ("Range, to", ",.0f"),
            },
        ),
        how=Aside(
            f"How the {parts.name}s are forecast",
            (
                f"{parts.said} A {parts.name}'s range comes from {whole(DRAWS)} simulated futures. In each, the number "
                f"of {noun} and the shares of the {parts.name}s go their own way, and the parts add up to all {noun}. "
                f"The forecasts in the table add up; the ends of the ranges do not, for not all {parts.name}s are high "
                "at once.",
                f"How far shares go astray was measured on {noun} by {what} of 147 English authorities, 2020 to 2025. "
                "The earlier years were worked back from how long plans of 2025 had been in place: those in place for "
                "less than a year had not been there, and those that ended since had the needs of older pupils. It was "
                "tested up to four years ahead; of ranges that join both, nothing could: they are no chances.",
            ),
        ),
    )


def follows(
    of: Projection, first: str, factors: Mapping[str, float], caption: str, notes: Sequence[str] = (), finest: float = 1
) -> Sheet:
    """Tell what follows from the forecast in proportion, now and in the last year; each row is rounded by its range.

    Parameters
    ----------
    first
        Header of the first column.
    factors
        How much of each thing there is for each one counted.
    finest
        The finest step that numbers are rounded to.
    """
    each, names = pd.Series(factors, dtype=float), of.names | ({"central": str(of.end)} if of.outlook else {})
    total = of.frame.loc[of.end]
    ends, decimals = rounded(pd.DataFrame({limit: each * total[limit] for limit in LIMITS}), finest)
    shown = f",.{decimals}f"
    return Sheet(
        ends.assign(now=each * of.past.now.value).rename_axis("what").reset_index(),
        caption,
        {
            "what": first, "now": (f"{of.past.base}, on the same basis", shown),
            **{limit: (name, shown) for limit, name in names.items()},
        },
        tuple(notes),
        folded=True,
    )  # fmt: skip


def as_printed(of: Printed, past: History, part: str) -> Section:
    """Tell what a paper forecast, by part: ``sentence``, ``chart`` and ``table``.

    Parameters
    ----------
    past
        The history that it is a forecast of.
    part
        What a part is.
    """
    start, end, before, after = of.start, of.end, past.when(of.first), past.when(of.last)
    frame = of.parts.assign(change=of.parts["after"] - of.parts["before"]).rename_axis("part").reset_index()
    frame["contribution"] = frame["change"] / (end.value - start.value or np.nan) * 100
    ratio = frame["after"] / frame["before"].replace(0, np.nan)
    frame["per_cent"], frame["yearly"] = (ratio - 1) * 100, (ratio ** (1 / (of.last - of.first)) - 1) * 100
    largest = frame.sort_values("change", ascending=False, kind="stable")
    (most, second), least = (largest.iloc[place] for place in (0, 1)), largest.iloc[-1]
    added, noun, named = Number(end.value - start.value), past.noun, f"Primary {part}"
    return Section(
        sentence=f"Two {part}s make {whole(most['contribution'] + second['contribution'])}% of the growth in the "
        f"paper: {listed([most['part'], second['part']])}."
        if added.value > 0 and second["change"] > 0
        else None,
        chart=Chart(
            charts.changes(
                largest.set_index("part")["change"], f"Change in {past.noun}, {before} to {after}"
            ),
            title=f"{most['part']} adds most to the forecast, {whole(most['change'])} {noun} of {added}."
            if added.value > 0
            else f"The forecast {Change(start, end, (f'in {before}', f'in {after}'))}.",
            subtitle=f"Change in {noun} from {before} ({start} in all) to {after} ({end}), by primary {part}; "
            f"{past.area}; as printed.",
            alt=f"From {start} {noun} to {end}. Changes run from {written(most['change'], '+,.0f')} ({most['part']}) "
            f"down to {written(least['change'], '+,.0f')} ({least['part']}).",
            data=largest,
            columns={
                "part": named, "before": (before, ",.0f"), "change": ("Change", "+,.0f"), "after": (after, ",.0f"),
            },
        ),
        table=Sheet(
            frame,
            f"The paper's forecast by primary {part}, {before} to {after}",
            {
                "part": named,
                "before": (f"{capital(str(noun))}, {before}", ",.0f"),
                "after": (f"{capital(str(noun))}, {after}", ",.0f"),
                "change": (f"Change, {noun}", "+,.0f"),
                "per_cent": ("Change, per cent", PER_CENT),
                "contribution": ("Share of all growth, per cent", PER_CENT),
                "yearly": ("Growth a year, per cent", "+.1f"),
            },
            (f"Change, percentages and shares are calculated from the two columns of {noun}.",),
            folded=True,
        ),
    )  # fmt: skip


def against_outturn(of: Printed, past: History) -> Sheet | None:
    """Set what happened against the path of what a paper forecast; nothing, if they have no year in common."""
    noun, compared = past.noun, of.against(past)
    if compared.empty:
        return None
    return Sheet(
        compared,
        f"{capital(past.measure)} each {past.month}, official figures against the paper's path, {past.area}",
        {
            "year": past.month,
            "happened": (f"What happened, {noun}", ",.0f"),
            "forecast": (f"The paper's path, {noun}", ",.0f"),
            "off": (f"Difference, {noun}", "+,.0f"),
            "off_per_cent": ("Difference, per cent", PER_CENT),
        },
        folded=True,
    )


def _methods(of: Projection) -> Sheet:
    assert of.outlook is not None
    when = of.past.when(of.end)
    return Sheet(
        of.outlook.compared,
        f"What each method says of {when}, and how near it came in past years",
        {
            "method": "Method",
            "central": (f"{capital(str(of.past.noun))} in {when}", ",.0f"),
            "mase": ("Mean absolute scaled error", ".2f"),
            "errors": ("Past forecasts compared", ","),
            "used": "Used",
        },
        (
            "Each method forecast every later year from each year with at least three before it. An error of 1 is as "
            "wrong as repeating the last number for one year.",
        ),
        folded=True,
    )


def _fan(of: Projection, earlier: Mapping[str, pd.Series]) -> Chart:
    past, end, noun = of.past, of.at_end, capital(str(of.past.noun))
    older = {capital(label): path.loc[: of.end] for label, path in earlier.items()}
    scenarios = {one.name: of.rounded_alike(one.path) for one in of.scenarios}
    made = rounded(of.frame)[0] if of.outlook else pd.DataFrame()
    what = [f"what happened to {past.base}", *earlier]
    alt = [f"What happened {past.path}."]
    title = f"{noun} from {past.when(past.by_year.index[0])} to {of.end}: what happened and what could."
    if of.outlook:
        what.append("a forecast with its range")
        alt.append(f"The forecast goes on to {end.roughly} in {of.end}, its range from {end.lower} to {end.upper}.")
        title = f"The number of {past.noun} {past.path}, and could be {end.roughly} by {of.end}."
    for label, path in earlier.items():
        alt.append(f"{capital(label)} reaches {whole(path.loc[: of.end].iloc[-1])} in {path.loc[: of.end].index[-1]}.")
        if of.outlook and past.base in path:
            gap = Gap.between(past.now, past.now.like(path[past.base]))
            title = f"{noun} are {gap} {label}, and could be {end.roughly} by {of.end}."
    if scenarios:
        what.append(_SCENARIOS.count(len(scenarios)))
        reached = listed(f'"{name}" reaches {whole(path[of.end])}' for name, path in scenarios.items())
        alt.append(f"Of the scenarios, {reached} in {of.end}.")
    shown = {
        "happened": "What happened", **dict(zip(older, older, strict=True)),
        **({"central": "Forecast", "lower": "Range, from", "upper": "Range, to"} if of.outlook else {}),
        **dict(zip(scenarios, scenarios, strict=True)),
    }  # fmt: skip
    data = pd.DataFrame({"happened": past.by_year, **older, **{str(name): made[name] for name in made}, **scenarios})
    return Chart(
        charts.fan(
            past.by_year, made, older | scenarios, capital(past.measure),
        ),
        title,
        f"{capital(past.measure)} each {past.month}; {past.area}; {listed(what)} to {of.end}.",
        " ".join(alt),
        data.sort_index().rename_axis("year").reset_index(),
        {"year": past.month, **{name: (header, ",.0f") for name, header in shown.items()}},
        missing="not for that year",
    )  # fmt: skip
