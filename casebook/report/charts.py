"""The charts this field uses, in house style (``casebook.report.drawing``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.text import Annotation
from matplotlib.ticker import MaxNLocator

from casebook.english import whole, written
from casebook.report.drawing import (
    AREA,
    CLEAR,
    CONTEXT,
    COUNTRY,
    EDGE,
    FIRST,
    LOOKS,
    OWN,
    SECOND,
    THIRD,
    Drawing,
    Look,
    in_house_style,
    points,
    thousands,
    width_of,
)

_BARS: dict[str, Any] = {"edgecolor": EDGE, "linewidth": 0.6, "height": 0.72}


@in_house_style
def over_years(
    series: pd.DataFrame,
    area: str,
    average: pd.Series,
    country: pd.Series,
    average_label: str,
    unit: str,
    spec: str = ",.1f",
    until: tuple[str, int] | None = None,
    years_are: str = "Year ending 31 March",
) -> Drawing:
    """Draw an area among others over the years: a line for it, a band from the lowest to the highest of the others.

    Parameters
    ----------
    series
        Columns ``area``, ``year`` and ``value``; the area, and others in as many of its years as known.
    area
        The area that stands out.
    average, country
        The others' average and England, by year; dashed and dotted.
    average_label
        What the average is, for its label.
    unit
        What the values are.
    spec
        How the values are written, as in the table of the chart's data.
    until
        What ends with one of the years, to be marked there: a paper.
    years_are
        What the years are, for the axis.
    """
    drawing = Drawing(unit, 300)
    others = series[series["area"] != area].dropna(subset="value")
    here = series[series["area"] == area].set_index("year")["value"]
    by_year, ends = others.groupby("year")["value"], []
    for which, where in (("Highest", by_year.idxmax()), ("Lowest", by_year.idxmin())):
        edge = others.loc[where].set_index("year")
        line = drawing.line(edge["value"], which, OWN, color=EDGE, marker="", linewidth=1)
        drawing.tell(
            line,
            [
                f"{row.area}, {row.Index}: {written(row.value, spec)} ({which.lower()} of the others)"
                for row in edge.itertuples()
            ],
        )
        ends.append((line, f"{which}: {edge['area'].iloc[-1]}"))
    drawing.plot.fill_between(
        by_year.min().index, by_year.min().to_numpy(), by_year.max().to_numpy(), color=CONTEXT, alpha=0.5, linewidth=0
    )
    lines = [
        (drawing.line(values, label, look, spec=spec), label)
        for values, label, look in ((here, area, OWN), (average, average_label, FIRST), (country, "England", SECOND))
    ]
    years = sorted(int(year) for year in series["year"].unique())
    drawing.steps_of(years, [str(year) for year in years])
    drawing.plot.set_xlim(years[0] - 0.2, years[-1] + 0.2)
    drawing.plot.set_ylim(0, float(max(series["value"].max(), country.max())) * 1.08)
    if until is None:
        drawing.label_ends([*lines, *ends], strong=area)
    else:
        drawing.label_ends([lines[0], lines[2]], strong=area, early=[ends[0], lines[1], ends[1]])
        drawing.mark(*until)
    drawing.plot.set_xlabel(years_are)
    return drawing


@in_house_style
def ranked_bars(
    values: pd.Series,
    area: str,
    unit: str,
    lines: Mapping[str, float],
    missing: Sequence[str] = (),
    intervals: pd.DataFrame | None = None,
    spec: str = ",.1f",
) -> Drawing:
    """Draw areas as bars, the highest first, with lines for what they are compared with.

    Parameters
    ----------
    values
        By area; bars start at zero.
    area
        The area that stands out.
    unit
        What the values are.
    lines
        Label and value of each line, three at most, in the order region, England, goal.
    missing
        Areas without a value; they are named, without a bar.
    intervals
        Columns ``lower`` and ``upper`` by area, drawn as whiskers where given.
    spec
        How the values are written, as in the table of the chart's data.
    """
    ordered = values.sort_values(ascending=False, kind="stable")
    names = [*map(str, ordered.index), *missing]
    drawing = Drawing(unit)
    plot = drawing.plot
    bars = plot.barh(
        range(len(ordered)), ordered.to_numpy(), color=[AREA if name == area else CONTEXT for name in ordered.index],
        **_BARS,
    )  # fmt: skip
    for position, (name, value, bar) in enumerate(zip(ordered.index, ordered, bars, strict=True)):
        said, here = written(value, spec), name == area
        note = drawing.note(said, (0, position), (6, 0), fontweight="bold" if here else "normal", **CLEAR)
        end = value if intervals is None else max(value, np.nan_to_num(intervals["upper"][str(name)]))
        drawing.steps.append(partial(_inside, drawing, note, float(value), float(end), here))
        if intervals is not None:
            lower, upper = (intervals[limit][str(name)] for limit in ("lower", "upper"))
            said += f" (95% interval {written(lower, spec)} to {written(upper, spec)})"
        drawing.tell(bar, [f"{name}: {said}"])
    for offset in range(len(missing)):
        drawing.note("[x] not printed", (0, len(ordered) + offset), (6, 0))
    drawing.name_rows(names, strong=area, above=0.75 * len(lines))
    _levels(drawing, lines, spec, names, area)
    limits = intervals["upper"].reindex(ordered.index) if intervals is not None else ()
    if intervals is not None:
        _whiskers(drawing, intervals.reindex(ordered.index)[["lower", "upper"]].to_numpy(float))
    plot.set_xlim(min(0.0, float(ordered.min())), float(max([ordered.max(), *lines.values(), *limits])) * 1.04)
    return drawing


def _inside(drawing: Drawing, note: Annotation, value: float, end: float, here: bool, _: bool) -> None:
    """Have a value stand at the foot of its bar, or beside its end, where the bar is too short for it."""
    left, right = drawing.plot.get_xlim()
    room = value / (right - left) * drawing.plot.bbox.width
    fits = room > width_of(note.get_text()) + 12
    note.xy = (0 if fits else max(end, 0), note.xy[1])
    note.set_color("white" if fits and here else "black")
    if behind := note.get_bbox_patch():
        behind.set_facecolor("white" if not fits else AREA if here else CONTEXT)


def _whiskers(drawing: Drawing, limits: np.ndarray) -> None:
    """Draw a whisker in each row, between a lower and an upper limit."""
    x, y = _apart(limits, np.repeat(np.arange(len(limits), dtype=float), 2).reshape(-1, 2))
    # White below black, so that a whisker shows on the dark bar too.
    for colour, width, height in (("white", 4, 13), ("black", 1.6, 10)):
        drawing.plot.plot(
            x, y, color=colour, linewidth=width, marker="|", markersize=height, markeredgewidth=width, zorder=4
        )


def _apart(*pairs: np.ndarray) -> list[np.ndarray]:
    """Return coordinates of lines from one point to another as those of one line with gaps, which is drawn at once."""
    return [np.column_stack([one, np.full(len(one), np.nan)]).ravel() for one in pairs]


def _levels(drawing: Drawing, lines: Mapping[str, float], spec: str, names: Sequence[str], area: str) -> None:
    """Draw levels through bars, each up to its label.

    Each keeps its look from chart to chart, for they come in one order: region, England, goal. The highest is labelled
    lowest, so that no line crosses another's label.
    """
    looks, notes, named = dict(zip(lines, (FIRST, SECOND, THIRD), strict=False)), [], []
    for level, (label, value) in enumerate(sorted(lines.items(), key=lambda line: -line[1])):
        look, said = looks[label], f"{label} {written(value, spec)}"
        ends = [len(names) - 0.4, -0.75 - 0.75 * level]
        if area in names:
            # A dark line would be lost in the dark bar.
            row = names.index(area)
            drawing.plot.plot([value] * 2, [row - 0.35, row + 0.35], color="white", linewidth=5, zorder=3)
        (line,) = drawing.plot.plot(
            [value] * 2, ends, color=look.colour, linestyle=look.dashes, linewidth=2.2, zorder=3
        )
        drawing.tell(line, [f"{label}: {written(value, spec)}"])
        notes.append(drawing.note(said, (value, ends[1] + 0.1), (5, 0), color=look.colour))
        named.append((line, said))
    drawing.key(notes, named)


@in_house_style
def against_equivalent(
    area: str, actual: pd.Series, equivalent: pd.Series, later: pd.Series, target: tuple[float, float] | None
) -> Drawing:
    """Draw children in care against the number there would be at the rate of similar councils.

    Parameters
    ----------
    area
        Whose children they are.
    actual
        Numbers printed, by decimal year.
    equivalent
        Numbers at the rate of similar councils, by decimal year.
    later
        What happened afterwards, by decimal year; may be empty.
    target
        Decimal year and number of the target, or None.
    """
    drawing = Drawing(f"Children in care, {area}", 290)
    goal = pd.Series([target[1]], index=[target[0]]) if target else pd.Series(dtype=float)
    above, below = {"va": "bottom", "ha": "center"}, {"va": "top", "ha": "right"}
    paths: list[tuple[pd.Series, str, Look, dict[str, Any], dict[str, Any]]] = [
        (actual, "In the papers", OWN, {"linestyle": "", "markerfacecolor": "white"}, above),
        (equivalent, "At similar councils' rate, in the papers", FIRST, {"linestyle": ""}, below),
        (later, "Official figures", OWN, {}, above),
        (goal, "Target", SECOND, {"marker": "_", "markersize": 30, "markeredgewidth": 4, "linestyle": ""},
         above),
    ]  # fmt: skip
    notes, named = [], []
    for path, name, look, more, where in paths:
        if not path.empty:
            line = drawing.line(path, name, look, called=[_day(at) for at in path.index], **more)
            at, said = (path.index[-1], path.iloc[-1]), f"{name}: {whole(path.iloc[-1])}"
            notes.append(drawing.note(said, at, (0, 10 if where is above else -14), color=look.colour, **where))
            named.append((line, said))
    drawn = pd.concat([path for path, *_ in paths if not path.empty])
    drawing.key(notes, named)
    first, last = min(drawn.index), max(drawn.index)
    years = range(int(first), int(last) + 2)
    drawing.steps_of(years, [str(year) for year in years])
    drawing.plot.set_xlim(first - 0.6, last + 0.8)
    drawing.plot.set_ylim(0, drawn.max() * 1.18)
    return drawing


def _day(at: float) -> str:
    """Return the day of a decimal year."""
    day = pd.Timestamp(int(at), 1, 1) + pd.Timedelta(days=round((at - int(at)) * 365.25))
    return f"{day:%d %B %Y}".lstrip("0")


@in_house_style
def fan(
    history: pd.Series,
    forecast: pd.DataFrame,
    others: Mapping[str, pd.Series],
    unit: str,
    years_are: str = "January of each year",
) -> Drawing:
    """Draw what happened, a forecast with its range from where it starts, and other paths to compare.

    Parameters
    ----------
    history
        By year.
    forecast
        Columns ``central``, ``lower`` and ``upper`` by year; empty where no forecast is made.
    others
        Label and path by year, three at most: the paper's, scenarios.
    unit
        What the values are.
    years_are
        What the years are, for the axis.
    """
    drawing = Drawing(unit, 330)
    plot, last = drawing.plot, history.index[-1]
    happened = drawing.line(history, "What happened", OWN)
    # Without a forecast to go on with it, what happened ends before the rest, and is named there.
    ends, early = [], [(happened, "What happened")]
    if not forecast.empty or not others:
        ends, early = early, []
    if not forecast.empty:
        start = pd.Series({last: history.iloc[-1]})
        limits = {limit: pd.concat([start, forecast[limit]]) for limit in ("upper", "lower")}
        plot.fill_between(
            limits["upper"].index, limits["lower"], limits["upper"], color=CONTEXT, alpha=0.5, linewidth=0
        )
        for limit, name in (("upper", "Range, to"), ("lower", "Range, from")):
            edge = drawing.line(forecast[limit], name, OWN, color=EDGE, linewidth=1, markersize=2)
            ends.append((edge, f"{name}: {whole(forecast[limit].iloc[-1])}"))
        plot.plot([last, forecast.index[0]], [history.iloc[-1], forecast["central"].iloc[0]], color=AREA, dashes=(3, 2))
        central = drawing.line(forecast["central"], "Forecast", OWN, linestyle=(0, (3, 2)), markersize=3)
        ends[0] = (central, f"Forecast: {whole(forecast['central'].iloc[-1])}")
        drawing.mark("Forecast starts", last)
    for (label, path), look in zip(others.items(), LOOKS[1:], strict=False):
        if path.index[0] > last:
            plot.plot([last, path.index[0]], [history.iloc[-1], path.iloc[0]], color=look.colour, linestyle=look.dashes)
        ends.append((drawing.line(path, label, look, markersize=3), f"{label}: {whole(path.iloc[-1])}"))
    reached = np.vstack([points(line) for line, _ in [(happened, ""), *ends]])
    final, top = reached.max(axis=0)
    plot.set_ylim(0, top * 1.06)
    years = range(int(history.index[0]), int(final) + 1)
    drawing.steps_of(years, [str(year) for year in years])
    plot.set_xlim(years[0] - 0.3, final + 0.2)
    plot.set_xlabel(years_are)
    drawing.label_ends(ends, early=early)
    return drawing


@in_house_style
def tried(before: pd.DataFrame, happened: float, x_label: str, unit: str) -> Drawing:
    """Draw forecasts of one year, made in several years before it, each with its range, against what happened.

    Parameters
    ----------
    before
        Columns ``central``, ``lower`` and ``upper`` by the year a forecast is made in.
    happened
        What happened.
    x_label
        What the years are.
    unit
        What the values are.
    """
    drawing, years = Drawing(unit, 290), [int(year) for year in before.index]
    for year, limits in zip(years, before[["lower", "upper"]].to_numpy(), strict=True):
        drawing.plot.plot([year] * 2, limits, color=EDGE, linewidth=1.5)
    edge: dict[str, Any] = {"color": EDGE, "linestyle": "", "marker": "_", "markersize": 16, "markeredgewidth": 1.5}
    upper, lower = (
        drawing.line(before[limit], name, OWN, **edge)
        for limit, name in (("upper", "Range, to"), ("lower", "Range, from"))
    )
    central = drawing.line(before["central"], "Forecast", OWN, linestyle="", markersize=8)
    level = drawing.line(
        pd.Series(happened, index=[years[0] - 0.3, years[-1] + 0.3]), "What happened", SECOND, marker="", linewidth=2
    )
    drawing.tell(level, [f"What happened: {whole(happened)}"])
    drawing.steps_of(years, [str(year) for year in years])
    drawing.plot.set_xlim(years[0] - 0.5, years[-1] + 0.3)
    drawing.plot.set_ylim(0, max(happened, float(before["upper"].max())) * 1.08)
    drawing.plot.set_xlabel(x_label)
    drawing.label_ends(
        [
            (central, "Forecast"),
            (upper, "Range, to"),
            (lower, "Range, from"),
            (level, f"What happened: {whole(happened)}"),
        ]
    )
    return drawing


@in_house_style
def paths(
    series: Mapping[str, pd.Series],
    line: tuple[str, float] | None,
    x_label: str,
    unit: str,
    *,
    spec: str = ",.0f",
    scale: float = 1,
) -> Drawing:
    """Draw a few paths over years or months, labelled where they end, against a level to reach or keep.

    Parameters
    ----------
    series
        Label and values by year or month; four at most, the first stands out.
    line
        Label and value of the level, or None.
    x_label
        Label of the axis of years or months.
    unit
        What the scale shows.
    spec
        How the values are written, as in the table of the chart's data.
    scale
        What values are divided by on the scale, such as a million.
    """
    drawing = Drawing(unit, 310)
    called = [str(name) for name in next(iter(series.values())).index]
    numbered = next(iter(series.values())).index.dtype.kind in "iuf"
    positions = [float(name) for name in called] if numbered else [float(at) for at in range(len(called))]
    ends = []
    for (label, values), look in zip(series.items(), LOOKS, strict=False):
        drawn = pd.Series(values.to_numpy(), index=positions)
        ends.append((drawing.line(drawn, label, look, spec=spec, called=called, markersize=5), label))
    heights = [float(value) for values in series.values() for value in values] + ([line[1]] if line else [])
    if line is not None:
        level = drawing.line(
            pd.Series(line[1], index=[positions[0], positions[-1]]), line[0], SECOND, color="black", marker="",
            linewidth=2, linestyle=(0, (1, 1)),
        )  # fmt: skip
        drawing.tell(level, [f"{line[0].partition(':')[0]}: {written(line[1], spec)}"])
        ends.append((level, line[0]))
    drawing.plot.yaxis.set_major_formatter(lambda value, _: thousands(value / scale))
    drawing.plot.set_ylim(min(0.0, *heights) * 1.1, max(heights) * 1.1)
    drawing.steps_of(positions, called if numbered else [name[:3] for name in called])
    drawing.label_ends(ends)
    drawing.plot.set_xlabel(x_label)
    return drawing


@in_house_style
def changes(parts: pd.Series, unit: str, spec: str = "+,.0f") -> Drawing:
    """Draw by how much each part grows or shrinks: bars from zero, the largest growth first.

    Parameters
    ----------
    parts
        Change by part.
    unit
        What is counted.
    spec
        How the changes are written.
    """
    ordered = parts.sort_values(ascending=False, kind="stable")
    drawing = Drawing(unit)
    bars = drawing.plot.barh(range(len(ordered)), ordered.to_numpy(), **_BARS)
    for position, (name, change, bar) in enumerate(zip(ordered.index, ordered, bars, strict=True)):
        # What shrinks is hatched: the side it lies on is not all that tells it.
        bar.set(facecolor=AREA if change >= 0 else "white", edgecolor=AREA, hatch="" if change >= 0 else "///")
        drawing.tell(bar, [f"{name}: {written(change, spec)}"])
        drawing.note(written(change, spec), (max(change, 0), position), (5, 0), **CLEAR)
    drawing.name_rows(list(map(str, ordered.index)))
    drawing.plot.axvline(0, color=EDGE, linewidth=1)
    drawing.plot.set_xlim(min(0.0, float(ordered.min())) * 1.04, max(0.0, float(ordered.max())) * 1.04 or 1)
    return drawing


@in_house_style
def steps(changes: pd.Series, whole: str, unit: str, lines: Mapping[str, float], spec: str = ",.1f") -> Drawing:
    """Draw how a sum comes about: each bar begins where the one above it ended, and the last one is the sum.

    Parameters
    ----------
    changes
        What each step adds or, below 0, takes off, in order.
    whole
        What the sum is called.
    unit
        What the values are.
    lines
        Label and value of each line the sum is set against, three at most.
    spec
        How the values are written.
    """
    ends = changes.cumsum().to_numpy(float)
    begins = np.concatenate([[0.0], ends[:-1]])
    names = [*map(str, changes.index), whole]
    drawing = Drawing(unit)
    bars = drawing.plot.barh(
        range(len(names)), [*changes.to_numpy(float), ends[-1]], left=[*begins, 0.0], color=CONTEXT, **_BARS
    )
    for position, (name, value, bar) in enumerate(zip(names, [*changes, ends[-1]], bars, strict=True)):
        # What is taken off is hatched: the side it lies on is not all that tells it.
        bar.set(
            facecolor=AREA if name == whole else "white" if value < 0 else CONTEXT, hatch="///" if value < 0 else ""
        )
        said = written(value, spec if name == whole else f"+{spec}")
        drawing.tell(bar, [f"{name}: {written(value, spec)}"])
        drawing.note(
            said,
            (bar.get_x() + max(bar.get_width(), 0), position),
            (5, 0),
            fontweight="bold" if name == whole else "normal",
            **CLEAR,
        )
    drawing.name_rows(names, strong=whole, above=0.75 * len(lines))
    _levels(drawing, lines, spec, names, whole)
    every = [0.0, *ends, *lines.values()]
    drawing.plot.set_xlim(min(every) * 1.04, max(every) * 1.04)
    return drawing


@in_house_style
def parts(numbers: pd.DataFrame, when: tuple[str, str], unit: str) -> Drawing:
    """Draw each part as a bar now, and as a mark with its range ahead; in the order given.

    Parameters
    ----------
    numbers
        ``now``, ``central``, ``lower`` and ``upper`` by part.
    when
        What now and ahead are called.
    unit
        What is counted.
    """
    drawing = Drawing(unit)
    bars = drawing.plot.barh(range(len(numbers)), numbers["now"].to_numpy(), color=CONTEXT, **_BARS)
    each = numbers[["now", "central", "lower", "upper"]].to_numpy(float)
    _whiskers(drawing, each[:, 2:])
    (marks,) = drawing.plot.plot(each[:, 1], range(len(each)), "D", color=AREA, markersize=7, mec="white", zorder=5)
    ahead = []
    for position, (name, bar, (now, central, lower, upper)) in enumerate(zip(numbers.index, bars, each, strict=True)):
        drawing.tell(bar, [f"{name}, {when[0]}: {whole(now)}"])
        ahead.append(f"{name}, {when[1]}: {whole(central)} ({whole(lower)} to {whole(upper)})")
        drawing.note(whole(central), (max(upper, now), position), (9, 0))
    drawing.tell(marks, ahead)
    drawing.name_rows(list(map(str, numbers.index)))
    drawing.plot.set_xlim(0, float(each.max()) * 1.04)
    return drawing


@in_house_style
def tornado(
    bars: Sequence[tuple[str, float, float]], central: float, unit: str, spec: str = ",.0f", scale: float = 1
) -> Drawing:
    """Draw how far each uncertain input moves a result, the widest first.

    Parameters
    ----------
    bars
        Input, result where it is low, result where it is high; in the order drawn.
    central
        The result where all are central.
    unit
        What the values are, after they are divided by the scale.
    spec
        How the labels are written.
    scale
        What values are divided by for the labels, such as a million.
    """
    drawing = Drawing(unit)
    plot, told = drawing.plot, spec if scale == 1 else ",.0f"
    for position, (name, low, high) in enumerate(bars):
        (bar,) = plot.barh(position, high - low, left=low, color=AREA, height=0.6)
        drawing.tell(bar, [f"{name}, {end}: {written(value, told)}" for end, value in (("Low", low), ("High", high))])
        for value, side, offset in ((min(low, high), "right", -5), (max(low, high), "left", 5)):
            drawing.note(written(value / scale, spec), (value, position), (offset, 0), ha=side)
    # Black beside the bars, white where it crosses them.
    rows, said = len(bars), f"Central {written(central / scale, spec)}"
    (line,) = plot.plot([central] * 2, [rows - 0.4, -0.75], color=COUNTRY, linewidth=2, linestyle="--", zorder=0)
    plot.plot([central] * 2, [rows - 0.4, -0.6], color="white", linewidth=2, linestyle="--", zorder=2)
    drawing.tell(line, [f"Central: {written(central, told)}"])
    drawing.key([drawing.note(said, (central, -0.75), (5, 0), color=COUNTRY)], [(line, said)])
    values = [value for _, low, high in bars for value in (low, high)] + [central]
    margin = (max(values) - min(values)) * 0.2 or 1
    plot.set_xlim(min(values) - margin, max(values) + margin)
    drawing.name_rows([name for name, _, _ in bars], row=32, above=0.5)
    drawing.plot.spines["left"].set_visible(False)
    return drawing


@in_house_style
def slope(
    before: pd.Series,
    after: pd.Series,
    area: str,
    labels: tuple[str, str],
    lines: Mapping[str, tuple[float, float]],
    unit: str,
    spec: str = ",.2f",
) -> Drawing:
    """Draw how areas moved from one time to another: a row each, a hollow mark before and a full one after.

    Parameters
    ----------
    before, after
        Values by area.
    area
        The area that stands out.
    labels
        What the two times are called.
    lines
        Averages by name, before and after; two at most.
    unit
        What the values are.
    spec
        How the values are written, as in the table of the chart's data.
    """
    moves = {str(name): (before[name], after[name]) for name in before.index} | dict(lines)
    order = sorted(moves, key=lambda name: moves[name][1] - moves[name][0])
    drawing = Drawing(unit)
    looks = {area: OWN, **dict(zip(lines, LOOKS[1:], strict=False))}
    key: list[tuple[Artist, str]] = []
    for colour in dict.fromkeys(looks[name].colour if name in looks else EDGE for name in order):
        rows = [at for at, name in enumerate(order) if (looks[name].colour if name in looks else EDGE) == colour]
        ends = np.array([moves[order[at]] for at in rows], float)
        x, y = _apart(ends, np.column_stack([rows, rows]).astype(float))
        drawing.plot.plot(x, y, color=colour, linewidth=1.5 if colour == EDGE else 3)
        for side, (when, fill) in enumerate(zip(labels, ("white", colour), strict=True)):
            (dots,) = drawing.plot.plot(
                ends[:, side], rows, color=colour, marker="o", markersize=8, markerfacecolor=fill, linestyle=""
            )
            drawing.tell(dots, [f"{order[at]}, {when}: {written(moves[order[at]][side], spec)}" for at in rows])
            key.append((dots, when))
    for position, name in enumerate(order):
        then, now = moves[name]
        drawing.note(
            f"{written(then, spec)} to {written(now, spec)}", (max(then, now), position), (9, 0),
            color=looks[name].colour if name in looks else "black", fontweight="bold" if name == area else "normal",
        )  # fmt: skip
    drawing.name_rows(order, strong=area)
    drawing.key([], key[:2])
    return drawing


@in_house_style
def funnel(
    values: pd.Series,
    sizes: pd.Series,
    area: str,
    baseline: float,
    limits: Mapping[str, pd.DataFrame],
    unit: str,
    size_label: str,
    spec: str = ",.1f",
) -> Drawing:
    """Draw areas by their size between the limits that chance alone would keep them in.

    Parameters
    ----------
    values, sizes
        By area: the value, and its denominator.
    area
        The area that stands out.
    baseline
        The value of all areas together.
    limits
        By name, such as "95%": columns ``lower`` and ``upper``, indexed by size, two at most; the first is dashed.
    unit, size_label
        What the values and the sizes are.
    spec
        How the values are written, as in the table of the chart's data.
    """
    drawing = Drawing(unit, 320)
    plot = drawing.plot
    together = plot.axhline(baseline, color=COUNTRY, linewidth=1.5)
    drawing.tell(together, [f"All together: {written(baseline, spec)}"])
    notes, named = [], [(together, "All together")]
    for (name, limit), dashes in zip(limits.items(), ("--", ":"), strict=False):
        for side in ("lower", "upper"):
            (line,) = plot.plot(limit.index, limit[side], color=FIRST.colour, linestyle=dashes, linewidth=1.8)
        notes.append(
            drawing.note(f"{name} limits", (limit.index[-1], limit["upper"].iloc[-1]), (8, 0), color=FIRST.colour)
        )
        named.append((line, f"{name} limits"))
    outside = _outside(values, sizes, next(iter(limits.values())) if limits else None)
    for name in values.index:
        here = name == area
        (dot,) = plot.plot(
            [sizes[name]], [values[name]], markersize=9 if here else 7, color=AREA if here else CONTEXT, linestyle="",
            markeredgecolor=EDGE, marker="D" if name in outside and not here else "o", zorder=3,
        )  # fmt: skip
        drawing.tell(dot, [f"{name}, {whole(sizes[name])}: {written(values[name], spec)}"])
        if here or name in outside:
            drawing.note(
                str(name), (sizes[name], values[name]), (8, 6), color=AREA if here else "black",
                fontweight="bold" if here else "normal",
            )  # fmt: skip
    plot.set_ylim(0, None)
    plot.set_xlim(0, None)
    plot.xaxis.set_major_locator(MaxNLocator(4))
    plot.xaxis.set_major_formatter(lambda value, _: thousands(value))
    plot.set_xlabel(size_label)
    drawing.key(notes, named)
    return drawing


def _outside(values: pd.Series, sizes: pd.Series, limits: pd.DataFrame | None) -> set[str]:
    """Return the areas beyond limits given for a range of sizes."""
    if limits is None:
        return set()
    grid = limits.index.to_numpy(float)
    lower, upper = (np.interp(sizes.to_numpy(float), grid, limits[side].to_numpy(float)) for side in ("lower", "upper"))
    beyond = (values.to_numpy(float) < lower) | (values.to_numpy(float) > upper)
    return {str(name) for name, out in zip(values.index, beyond, strict=True) if out}
