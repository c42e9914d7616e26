"""House style of charts, and the charts this field uses.

Colours and rules are the Government Analysis Function's (package ``afcharts``): the area stands out
against grey, everything is labelled where it stands, and nothing depends on colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from functools import cache, wraps
from importlib.resources import files
from typing import Any, ParamSpec
from weakref import WeakSet

import matplotlib as mpl
import numpy as np
import pandas as pd
from afcharts.af_colours import get_af_colours
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import to_hex, to_rgb, to_rgba, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.text import Text

AREA, CONTEXT = get_af_colours("focus")
_, _, BENCHMARK, _, COUNTRY, _ = get_af_colours("categorical")
_PATHS = (BENCHMARK, COUNTRY, "#1d7069")  # the last is the palette's teal, darkened to 4.5:1 for its label
TEXT_SIZE = 12
_WIDTH = 8.6
P = ParamSpec("P")


def in_house_style(chart: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw a chart with the Analysis Function's style, leaving matplotlib's settings as they were."""

    @wraps(chart)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        # The stated fonts are the reader's; the ones installed here only measure the text.
        with mpl.rc_context({**_style(), "font.size": TEXT_SIZE}):
            figure = chart(*args, **kwargs)
        _DRESSED.add(figure)
        return figure

    return drawn


_DRESSED: WeakSet[Figure] = WeakSet()
"""Figures that are in house style."""


@cache
def _style() -> Any:
    return mpl.rc_params_from_file(str(files("afcharts") / "afcharts.mplstyle"), use_default_template=False)


def dress(figure: Figure) -> None:
    """Give the house style to a figure that was drawn without it, by pyplot or seaborn.

    Frame, grid, text size and width become those of the other charts, and colours that nobody chose those of the
    palette; colours that were chosen stay. A figure in house style is left as it is.

    Examples
    --------
    >>> figure = Figure()
    >>> line, = figure.subplots().plot([1, 2])
    >>> dress(figure)
    >>> to_hex(line.get_color()), float(figure.get_figwidth())
    ('#12436d', 8.6)
    """
    if figure in _DRESSED:
        return
    _DRESSED.add(figure)
    width, height = figure.get_size_inches()
    figure.set_size_inches(_WIDTH, height * _WIDTH / width)
    figure.set_facecolor("white")
    for axes in figure.axes:
        _dress_axes(axes)
    for text in figure.findobj(Text):
        text.set_fontsize(max(TEXT_SIZE, text.get_fontsize()))
    palette = _by_default_colour()
    for artist in figure.findobj(lambda one: isinstance(one, Line2D | Patch | Collection)):
        _recolour(artist, palette)


def _dress_axes(axes: Axes) -> None:
    style = _style()
    axes.set_facecolor("white")
    axes.set_axisbelow(True)
    axes.tick_params(color=style["xtick.color"], labelcolor=style["xtick.labelcolor"], labelsize=TEXT_SIZE)
    for side, spine in axes.spines.items():
        spine.set_visible(bool(style.get(f"axes.spines.{side}", True)))
        spine.set_edgecolor(style["axes.edgecolor"])
    # The grid belongs to the values: with bars that lie, those go from left to right.
    lying = any(getattr(bars, "orientation", "") == "horizontal" for bars in axes.containers)
    axes.grid(False)
    axes.grid(
        True, axis="x" if lying else "y", **{key: style[f"grid.{key}"] for key in ("color", "linestyle", "linewidth")}
    )
    if (legend := axes.get_legend()) is not None:
        legend.set_frame_on(False)


def _by_default_colour() -> dict[str, str]:
    """Return the palette's colours by those that matplotlib and seaborn draw with where none is named."""
    found = {}
    for cycle in (mpl.rcParamsDefault["axes.prop_cycle"], mpl.rcParams["axes.prop_cycle"]):
        for colour, ours in zip(cycle.by_key()["color"], get_af_colours("categorical"), strict=False):
            hue, light, saturation = rgb_to_hls(*to_rgb(colour))
            # seaborn fills areas with three quarters of a colour's saturation.
            for shown in (colour, hls_to_rgb(hue, light, saturation * 0.75)):
                found[to_hex(shown)] = ours
    return found


def _recolour(artist: Artist, palette: Mapping[str, str]) -> None:
    if isinstance(artist, Collection) and artist.get_array() is not None:
        # Its colours say something.
        return
    is_line = isinstance(artist, Line2D)
    for part in ("color", "markerfacecolor", "markeredgecolor") if is_line else ("facecolor", "edgecolor"):
        now = to_rgba_array(getattr(artist, f"get_{part}")())
        if not any(to_hex(colour) in palette for colour in now):
            continue
        # The boxes of a box plot let the line of their median be seen.
        faint = 0.5 if isinstance(artist, PathPatch) and part == "facecolor" else 1
        ours = [to_rgba(palette.get(to_hex(one), to_hex(one)), one[3] * faint) for one in now]
        getattr(artist, f"set_{part}")(ours if isinstance(artist, Collection) else ours[0])


@in_house_style
def over_years(
    series: pd.DataFrame, area: str, average: pd.Series, country: pd.Series, average_label: str, unit: str
) -> Figure:
    """Draw an area among others over the years: a line for it, grey dots for the others.

    Parameters
    ----------
    series
        Columns ``area``, ``year`` and ``value``; the area and those it is compared with.
    area
        The area that stands out.
    average, country
        The others' average and England, by year; dashed and dotted.
    average_label
        What the average is, for its label.
    unit
        Label of the value axis.
    """
    figure, axes = _frame(width=_WIDTH, height=4.6)
    others = series[series["area"] != area]
    here = series[series["area"] == area].set_index("year")["value"]
    axes.scatter(others["year"], others["value"], color=CONTEXT, s=45, edgecolor="#767676", linewidth=0.6)
    lines = [
        (here, area, AREA, "-", "o"),
        (average, average_label, BENCHMARK, "--", "D"),
        (country, "England", COUNTRY, ":", "s"),
    ]
    for values, _, colour, dashes, marker in lines:
        axes.plot(values.index, values.to_numpy(), color=colour, linestyle=dashes, marker=marker, linewidth=2.5)
    years = sorted(int(year) for year in series["year"].unique())
    axes.set_xticks(years, [str(year) for year in years])
    axes.set_xlim(years[0] - 0.2, years[-1] + 0.2)
    axes.set_ylim(0, float(max(series["value"].max(), country.max())) * 1.08)
    _label_ends(axes, [(label, values, colour) for values, label, colour, *_ in lines], years[-1], strong=area)
    axes.set_xlabel("Year ending 31 March")
    axes.set_ylabel(unit)
    return figure


@in_house_style
def ranked_bars(
    values: pd.Series,
    area: str,
    unit: str,
    lines: Mapping[str, float],
    missing: Sequence[str] = (),
    intervals: pd.DataFrame | None = None,
    decimals: int = 1,
) -> Figure:
    """Draw areas as bars, the highest first, with lines for what they are compared with.

    Parameters
    ----------
    values
        By area; bars start at zero.
    area
        The area that stands out.
    unit
        Label of the value axis.
    lines
        Label and value of each line, three at most, in the order region, England, goal.
    missing
        Areas without a value; they are named, without a bar.
    intervals
        Columns ``lower`` and ``upper`` by area, drawn as whiskers where given.
    decimals
        Decimals of the labels.
    """
    ordered = values.sort_values(ascending=False, kind="stable")
    names = [*ordered.index, *missing]
    figure, axes = _frame(width=_WIDTH, height=1.6 + 0.34 * len(names))
    colours = [AREA if name == area else CONTEXT for name in ordered.index]
    positions = np.arange(len(ordered))
    axes.barh(positions, ordered.to_numpy(), color=colours, edgecolor="#767676", linewidth=0.6, height=0.72)
    top = float(
        max(
            [
                ordered.max(),
                *lines.values(),
                *(intervals["upper"].reindex(ordered.index) if intervals is not None else ()),
            ]
        )
    )
    for position, (name, value) in zip(positions, ordered.items(), strict=True):
        axes.annotate(
            f"{value:,.{decimals}f}", (0, position), xytext=(6, 0), textcoords="offset points", va="center",
            color="white" if name == area else "black", fontweight="bold" if name == area else "normal",
        )  # fmt: skip
        if intervals is not None:
            lower, upper = (intervals[limit][str(name)] for limit in ("lower", "upper"))
            # White below black, so that a whisker shows on the dark bar too.
            for colour, width, height in (("white", 4, 13), ("black", 1.6, 10)):
                axes.plot(
                    [lower, upper], [position] * 2, color=colour, linewidth=width, marker="|", markersize=height,
                    markeredgewidth=width, zorder=4,
                )  # fmt: skip
    for offset in range(len(missing)):
        axes.annotate(
            "[x] not printed", (0, len(ordered) + offset), xytext=(6, 0), textcoords="offset points", va="center"
        )
    # Each line keeps its look from chart to chart: they come in one order, region, England, goal.
    looks = dict(zip(lines, ((BENCHMARK, "--"), (COUNTRY, ":"), ("black", "-.")), strict=False))
    # The highest line is labelled lowest, so that no line crosses another's label.
    for level, (label, value) in enumerate(sorted(lines.items(), key=lambda line: -line[1])):
        colour, dashes = looks[label]
        axes.axvline(value, color="white", linewidth=4, zorder=3)
        axes.axvline(value, color=colour, linestyle=dashes, linewidth=2, zorder=3)
        axes.annotate(
            f"{label} {value:,.{decimals}f}", (value, -0.7 - 0.75 * level), color=colour, va="center",
            xytext=(5, 0), textcoords="offset points", annotation_clip=False,
        )  # fmt: skip
        axes.plot([value, value], [-0.6, -0.75 - 0.75 * level], color=colour, linewidth=1, clip_on=False)
    axes.set_yticks(range(len(names)), names)
    for tick, name in zip(axes.get_yticklabels(), names, strict=True):
        tick.set_fontweight("bold" if name == area else "normal")
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, top * 1.04)
    _bare_bars(axes, unit)
    return figure


@in_house_style
def against_equivalent(
    area: str, actual: pd.Series, equivalent: pd.Series, later: pd.Series, target: tuple[float, float] | None
) -> Figure:
    """Draw children in care against the number there would be at the neighbours' rate.

    Parameters
    ----------
    area
        Whose children they are.
    actual
        Numbers printed, by decimal year.
    equivalent
        Numbers at the neighbours' rate, by decimal year.
    later
        What happened afterwards, by decimal year; may be empty.
    target
        Decimal year and number of the target, or None.
    """
    figure, axes = _frame(width=_WIDTH, height=4.4)
    axes.plot(actual.index, actual.to_numpy(), color=AREA, marker="o", linewidth=2.5)
    axes.plot(equivalent.index, equivalent.to_numpy(), color=BENCHMARK, marker="D", linestyle="--", linewidth=2.5)
    labels = [
        (actual.index[-1], float(actual.iloc[-1]), f"{area}, as printed", AREA),
        (equivalent.index[-1], float(equivalent.iloc[-1]), "At the neighbours' rate,\nas printed", BENCHMARK),
    ]
    values = [*actual, *equivalent]
    if not later.empty:
        axes.plot(later.index, later.to_numpy(), color=AREA, marker="s", markerfacecolor="white", linewidth=1.5)
        labels.append((later.index[-1], float(later.iloc[-1]), "What happened", AREA))
        values += list(later)
    if target is not None:
        axes.plot([target[0] - 0.35, target[0] + 0.35], [target[1]] * 2, color=COUNTRY, linewidth=4)
        labels.append((*target, "Target", COUNTRY))
        values.append(target[1])
    for x, y, label, colour in labels:
        below = label.startswith(("At the", "Target"))
        axes.annotate(
            label, (x, y), xytext=(0, -12 if below else 10), textcoords="offset points", color=colour,
            ha="center", va="top" if below else "bottom",
        )  # fmt: skip
    span = sorted({*actual.index, *equivalent.index, *later.index, *([target[0]] if target else [])})
    years = range(int(span[0]), int(span[-1]) + 2)
    axes.set_xticks(list(years), [str(year) for year in years])
    axes.set_xlim(span[0] - 0.6, span[-1] + 0.8)
    axes.set_ylim(0, max(values) * 1.18)
    axes.set_xlabel("Year")
    axes.set_ylabel("Children in care")
    return figure


@in_house_style
def fan(
    history: pd.Series,
    forecast: pd.DataFrame,
    others: Mapping[str, pd.Series],
    unit: str,
) -> Figure:
    """Draw what happened, a forecast with its range from where it starts, and other paths to compare.

    Parameters
    ----------
    history
        By year.
    forecast
        Columns ``central``, ``lower`` and ``upper`` by year; empty where no forecast is made.
    others
        Label and path by year: the paper's, scenarios.
    unit
        Label of the value axis.
    """
    figure, axes = _frame(width=_WIDTH, height=5.0)
    last = history.index[-1]
    axes.plot(history.index, history.to_numpy(), color=AREA, marker="o", linewidth=2.5)
    ends = [("What happened", history, AREA)] if forecast.empty else []
    if not forecast.empty:
        joined = pd.concat([pd.DataFrame(dict.fromkeys(forecast, history.iloc[-1]), index=[last]), forecast])
        axes.fill_between(joined.index, joined["lower"], joined["upper"], color=CONTEXT, alpha=0.6, linewidth=0)
        axes.plot(joined.index, joined["central"], color=AREA, linestyle="--", linewidth=2.5)
        ends.append(("Forecast", forecast["central"], AREA))
        for name, label in (("upper", "Range, upper end"), ("lower", "Range, lower end")):
            ends.append((label, forecast[name], "#505a5f"))
        axes.axvline(last, color="#505a5f", linewidth=1)
        axes.annotate(
            "Forecast starts", (last, 0), xytext=(5, 6), textcoords="offset points", color="#505a5f", va="bottom"
        )
    for (label, series), dashes, colour in zip(others.items(), (":", "-.", (0, (5, 1))), _PATHS, strict=False):
        axes.plot(series.index, series.to_numpy(), color=colour, linestyle=dashes, linewidth=2.2)
        ends.append((label, series, colour))
    top = max([history.max(), *(series.max() for _, series, _ in ends)])
    axes.set_ylim(0, float(top) * 1.06)
    final = max(series.index[-1] for _, series, _ in ends)
    _label_ends(axes, ends, final)
    years = range(int(history.index[0]), int(final) + 1)
    axes.set_xticks(list(years)[:: 1 + len(years) // 12], [str(year) for year in years][:: 1 + len(years) // 12])
    axes.set_xlim(years[0] - 0.3, final + 0.2)
    axes.set_xlabel("January of each year")
    axes.set_ylabel(unit)
    return figure


@in_house_style
def paths(series: Mapping[str, pd.Series], line: tuple[str, float] | None, x_label: str, unit: str) -> Figure:
    """Draw a few paths over years or months, labelled where they end, against a level to reach or keep.

    Parameters
    ----------
    series
        Label and values by year or month; four at most, the first stands out.
    line
        Label and value of the level, or None.
    x_label, unit
        Labels of the axes.
    """
    figure, axes = _frame(width=_WIDTH, height=4.8)
    ends = []
    for (label, values), colour, dashes in zip(series.items(), (AREA, *_PATHS), ("-", "--", ":", "-."), strict=False):
        numbered = values.index.dtype.kind in "iuf"
        positions = [float(at) for at in values.index] if numbered else [float(at) for at in range(len(values))]
        axes.plot(positions, values.to_numpy(), color=colour, linestyle=dashes, marker="o", markersize=4, linewidth=2.5)
        ends.append((label, pd.Series(values.to_numpy(), index=positions), colour))
    last = next(iter(series.values()))
    axes.set_xticks(positions, [str(name) for name in last.index])
    heights = [float(value) for values in series.values() for value in values] + ([line[1]] if line else [])
    axes.set_ylim(min(0.0, *heights) * 1.1, max(heights) * 1.1)
    if line is not None:
        level = pd.Series([line[1]] * 2, index=[positions[0], positions[-1]])
        axes.plot(level.index, level.to_numpy(), color="black", linewidth=2, linestyle=(0, (1, 1)))
        ends.append((line[0], level, "black"))
    _label_ends(axes, ends, positions[-1])
    axes.set_xlabel(x_label)
    axes.set_ylabel(unit)
    return figure


@in_house_style
def waterfall(start: tuple[str, float], parts: pd.Series, end: tuple[str, float], unit: str) -> Figure:
    """Draw how parts lead from one total to another, each where the one before ended.

    Parameters
    ----------
    start, end
        Label and value of the totals.
    parts
        Change by label, in the order drawn.
    unit
        Label of the value axis.
    """
    figure, axes = _frame(width=_WIDTH, height=1.6 + 0.36 * (len(parts) + 2))
    names = [start[0], *parts.index, end[0]]
    axes.barh(0, start[1], color=CONTEXT, edgecolor="#767676", linewidth=0.6, height=0.72)
    axes.barh(len(names) - 1, end[1], color=CONTEXT, edgecolor="#767676", linewidth=0.6, height=0.72)
    level = start[1]
    for position, change in enumerate(parts.to_numpy(), start=1):
        colour, hatch = (AREA, "") if change >= 0 else ("#ffffff", "///")
        axes.barh(position, change, left=level, color=colour, edgecolor=AREA, hatch=hatch, linewidth=0.8, height=0.72)
        level += change
        right = max(level, level - change)
        axes.annotate(f"{change:+,.0f}", (right, position), xytext=(5, 0), textcoords="offset points", va="center")
    for position, (_, value) in ((0, start), (len(names) - 1, end)):
        axes.annotate(f"{value:,.0f}", (0, position), xytext=(6, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, max(start[1], end[1], level) * 1.1)
    _bare_bars(axes, unit)
    return figure


@in_house_style
def tornado(bars: Sequence[tuple[str, float, float]], central: float, unit: str, decimals: int = 0) -> Figure:
    """Draw how far each uncertain input moves a result, the widest first.

    Parameters
    ----------
    bars
        Input, result where it is low, result where it is high; in the order drawn.
    central
        The result where all are central.
    unit
        Label of the value axis.
    decimals
        Decimals of the labels.
    """
    figure, axes = _frame(width=_WIDTH, height=1.6 + 0.5 * len(bars))
    for position, (_, low, high) in enumerate(bars):
        axes.barh(position, high - low, left=low, color=AREA, height=0.6)
        left, right = min(low, high), max(low, high)
        for value, side, offset in ((left, "right", -5), (right, "left", 5)):
            axes.annotate(
                f"{value:,.{decimals}f}", (value, position), xytext=(offset, 0), textcoords="offset points",
                va="center", ha=side,
            )  # fmt: skip
    axes.axvline(central, color=BENCHMARK, linewidth=2, linestyle="--")
    axes.annotate(
        f"Central {central:,.{decimals}f}", (central, -0.75), color=BENCHMARK, va="center", xytext=(5, 0),
        textcoords="offset points", annotation_clip=False,
    )  # fmt: skip
    values = [value for _, low, high in bars for value in (low, high)] + [central]
    margin = (max(values) - min(values)) * 0.2 or 1
    axes.set_xlim(min(values) - margin, max(values) + margin)
    axes.set_yticks(range(len(bars)), [name for name, _, _ in bars])
    axes.set_ylim(len(bars) - 0.4, -0.6)
    _bare_bars(axes, unit)
    return figure


@in_house_style
def slope(
    before: pd.Series,
    after: pd.Series,
    area: str,
    labels: tuple[str, str],
    lines: Mapping[str, tuple[float, float]],
    unit: str,
    decimals: int = 2,
) -> Figure:
    """Draw how areas moved from one time to another: a line each, the area's and the averages' labelled.

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
        Label of the value axis.
    decimals
        Of the labelled values.
    """
    figure, axes = _frame(width=_WIDTH, height=4.6)
    for name in before.index:
        if name != area:
            axes.plot([0, 1], [before[name], after[name]], color=CONTEXT, linewidth=1.5, marker="o", markersize=5)
    looks = dict(zip(lines, ((BENCHMARK, "--", "D"), (COUNTRY, ":", "s")), strict=False))
    drawn = {area: (before[area], after[area]), **lines}
    for name, ends in drawn.items():
        colour, dashes, marker = looks.get(name, (AREA, "-", "o"))
        axes.plot([0, 1], ends, color=colour, linestyle=dashes, marker=marker, linewidth=2.5)
    everything = [*before, *after, *(value for ends in lines.values() for value in ends)]
    axes.set_ylim(0, float(np.nanmax(everything)) * 1.08)
    axes.set_xlim(-0.15, 1.1)
    axes.set_xticks([0, 1], list(labels))
    labelled = [
        (f"{name} {pair[1]:,.{decimals}f}", pd.Series([pair[1]]), looks.get(name, (AREA, "", ""))[0])
        for name, pair in drawn.items()
    ]
    _label_ends(axes, labelled, 1, strong=f"{area} {after[area]:,.{decimals}f}")
    axes.set_ylabel(unit)
    return figure


@in_house_style
def funnel(
    values: pd.Series,
    sizes: pd.Series,
    area: str,
    baseline: float,
    limits: Mapping[str, pd.DataFrame],
    unit: str,
    size_label: str,
) -> Figure:
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
        Labels of the axes.
    """
    figure, axes = _frame(width=_WIDTH, height=4.8)
    axes.axhline(baseline, color=COUNTRY, linewidth=1.5)
    for (name, limit), dashes in zip(limits.items(), ("--", ":"), strict=False):
        for side in ("lower", "upper"):
            axes.plot(limit.index, limit[side], color=BENCHMARK, linestyle=dashes, linewidth=1.8)
        axes.annotate(
            f"{name} limits", (limit.index[-1], limit["upper"].iloc[-1]), xytext=(8, 0), textcoords="offset points",
            color=BENCHMARK, va="center", annotation_clip=False,
        )  # fmt: skip
    outside = _outside(values, sizes, next(iter(limits.values())) if limits else None)
    for name in values.index:
        here = name == area
        axes.scatter(
            sizes[name], values[name], s=70 if here else 45, color=AREA if here else CONTEXT, edgecolor="#767676",
            linewidth=0.6, marker="o" if here else "D" if name in outside else "o", zorder=3,
        )  # fmt: skip
        if here or name in outside:
            axes.annotate(
                str(name), (sizes[name], values[name]), xytext=(8, 6), textcoords="offset points",
                color=AREA if here else "black", fontweight="bold" if here else "normal", annotation_clip=False,
            )  # fmt: skip
    axes.set_ylim(0, None)
    axes.set_xlim(0, None)
    axes.set_xlabel(size_label)
    axes.set_ylabel(unit)
    return figure


def _outside(values: pd.Series, sizes: pd.Series, limits: pd.DataFrame | None) -> set[str]:
    """Return the areas beyond limits given for a range of sizes."""
    if limits is None:
        return set()
    grid = limits.index.to_numpy(float)
    lower, upper = (np.interp(sizes.to_numpy(float), grid, limits[side].to_numpy(float)) for side in ("lower", "upper"))
    beyond = (values.to_numpy(float) < lower) | (values.to_numpy(float) > upper)
    return {str(name) for name, out in zip(values.index, beyond, strict=True) if out}


def spread(values: Sequence[float], gap: float) -> list[float]:
    """Move values apart just enough that no two are closer than ``gap``, keeping their order.

    Examples
    --------
    >>> spread([8.0, 8.5, 20.0], gap=1.0)
    [7.75, 8.75, 20.0]
    """
    order = sorted(range(len(values)), key=lambda i: values[i])
    groups: list[list[int]] = []
    centres: list[float] = []
    for i in order:
        groups.append([i])
        centres.append(values[i])
        # Labels that would overlap are laid out as one group around their common middle.
        while len(groups) > 1 and centres[-1] - centres[-2] < gap * (len(groups[-1]) + len(groups[-2])) / 2:
            joining = groups.pop()
            groups[-1] += joining
            centres.pop()
            centres[-1] = sum(values[j] for j in groups[-1]) / len(groups[-1])
    placed = [0.0] * len(values)
    for group, centre in zip(groups, centres, strict=True):
        for position, i in enumerate(group):
            placed[i] = centre + gap * (position - (len(group) - 1) / 2)
    return placed


def _frame(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    axes.spines[["top", "right", "left"]].set_visible(False)
    return figure, axes


def _label_ends(axes: Axes, ends: Sequence[tuple[str, pd.Series, str]], last: float, strong: str = "") -> None:
    """Label each line at its end, moving labels apart where they would overlap."""
    labelled = [(label, values.dropna(), colour) for label, values, colour in ends if values.notna().any()]
    heights = spread([float(values.iloc[-1]) for _, values, _ in labelled], gap=_gap(axes))
    for (label, _, colour), height in zip(labelled, heights, strict=True):
        axes.annotate(
            label, (last, height), xytext=(10, 0), textcoords="offset points", color=colour, va="center",
            annotation_clip=False, fontweight="bold" if label == strong else "normal",
        )  # fmt: skip


def _bare_bars(axes: Axes, unit: str) -> None:
    """Leave bars with their labels only: a base line, no grid, no scale."""
    axes.grid(visible=False)
    axes.set_xlabel(unit)
    axes.spines["left"].set_visible(True)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="x", labelbottom=False, length=0)
    axes.tick_params(axis="y", length=0)


def _gap(axes: Axes) -> float:
    bottom, top = axes.get_ylim()
    height = axes.bbox.height * 72 / axes.figure.dpi
    return float((top - bottom) * TEXT_SIZE * 1.35 / height)
