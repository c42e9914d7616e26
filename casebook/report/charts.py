"""House style of charts, and the charts this field uses.

Colours and rules are the Government Analysis Function's (package ``afcharts``): the area stands out
against grey, everything is labelled where it stands, and nothing depends on colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from importlib.resources import files
from typing import ParamSpec

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from afcharts.af_colours import get_af_colours
from matplotlib.axes import Axes
from matplotlib.figure import Figure

AREA, CONTEXT = get_af_colours("focus")
_, _, BENCHMARK, _, COUNTRY, _ = get_af_colours("categorical")
TEXT_SIZE = 12
P = ParamSpec("P")


def in_house_style(chart: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw a chart with the Analysis Function's style, leaving matplotlib's settings as they were."""
    style = mpl.rc_params_from_file(str(files("afcharts") / "afcharts.mplstyle"), use_default_template=False)

    @wraps(chart)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        # The stated fonts are the reader's; the ones installed here only measure the text.
        with mpl.rc_context({**style, "font.size": TEXT_SIZE}):
            return chart(*args, **kwargs)

    return drawn


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
    figure, axes = _frame(width=8.6, height=4.6)
    others = series[series["area"] != area]
    here = series[series["area"] == area].set_index("year")["value"]
    sns.scatterplot(data=others, x="year", y="value", color=CONTEXT, s=45, edgecolor="#767676", linewidth=0.6, ax=axes)
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
    ends = [float(values.dropna().iloc[-1]) for values, *_ in lines if values.notna().any()]
    labelled = [line for line in lines if line[0].notna().any()]
    for (_, label, colour, *_), y in zip(labelled, spread(ends, gap=_gap(axes)), strict=True):
        axes.annotate(
            label, (years[-1] + 0.25, y), color=colour, va="center", annotation_clip=False,
            fontweight="bold" if label == area else "normal",
        )  # fmt: skip
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
        Label and value of each line: region, England, goal.
    missing
        Areas without a value; they are named, without a bar.
    intervals
        Columns ``lower`` and ``upper`` by area, drawn as whiskers where given.
    decimals
        Decimals of the labels.
    """
    ordered = values.sort_values(ascending=False, kind="stable")
    names = [*ordered.index, *missing]
    figure, axes = _frame(width=8.6, height=1.6 + 0.34 * len(names))
    colours = [AREA if name == area else CONTEXT for name in ordered.index]
    positions = np.arange(len(ordered))
    axes.barh(positions, ordered.to_numpy(), color=colours, edgecolor="#767676", linewidth=0.6, height=0.72)
    top = float(max([ordered.max(), *lines.values()]))
    for position, (name, value) in zip(positions, ordered.items(), strict=True):
        axes.annotate(
            f"{value:,.{decimals}f}", (0, position), xytext=(6, 0), textcoords="offset points", va="center",
            color="white" if name == area else "black", fontweight="bold" if name == area else "normal",
        )  # fmt: skip
        if intervals is not None:
            lower, upper = (intervals[limit][str(name)] for limit in ("lower", "upper"))
            axes.plot([lower, upper], [position, position], color="black", linewidth=1.4, marker="|", markersize=9)
    for offset in range(len(missing)):
        axes.annotate(
            "[x] not printed", (0, len(ordered) + offset), xytext=(6, 0), textcoords="offset points", va="center"
        )
    styles = ("--", ":", "-.", "-")
    # The highest line is labelled lowest, so that no line crosses another's label.
    for level, (label, value) in enumerate(sorted(lines.items(), key=lambda line: -line[1])):
        colour = (BENCHMARK, COUNTRY)[level % 2]
        axes.axvline(value, color=colour, linestyle=styles[level % 4], linewidth=2, zorder=3)
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
    axes.grid(visible=False)
    axes.set_xlabel(unit)
    axes.spines["left"].set_visible(True)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="x", labelbottom=False, length=0)
    axes.tick_params(axis="y", length=0)
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
    figure, axes = _frame(width=8.6, height=4.4)
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
        axes.plot(*target, marker="*", color=COUNTRY, markersize=16, linestyle="none")
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
    axes.set_xlabel("Start of each calendar year")
    axes.set_ylabel("Children in care")
    return figure


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
    sns.despine(ax=axes, left=True)
    return figure, axes


def _gap(axes: Axes) -> float:
    bottom, top = axes.get_ylim()
    height = axes.bbox.height * 72 / axes.figure.dpi
    return float((top - bottom) * TEXT_SIZE * 1.35 / height)
