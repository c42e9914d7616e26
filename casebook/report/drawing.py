"""A drawing in house style: laid out for the width it is read at, and every mark in it says its value.

Colours and rules are the Government Analysis Function's (package ``afcharts``): the area stands out against grey,
everything is labelled where it stands, and nothing depends on colour alone.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from functools import cache, wraps
from importlib.resources import files
from math import ceil
from typing import Any, NamedTuple, ParamSpec

import matplotlib as mpl
import numpy as np
import pandas as pd
from afcharts.af_colours import get_af_colours
from matplotlib.artist import Artist
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedFormatter, FixedLocator

from casebook.english import written
from casebook.report.measuring import Measuring

WIDE, NARROW = 608, 288
"""Widths that charts are drawn for, in points: a point is a CSS pixel in the narrowest place a drawing stands in."""
TEXT_SIZE = 12
TICK = 3.5
"""How long a tick is, and how far its label stands from it, in points."""
MARGIN = 6
"""Points around a drawing: a reader's font may be a little wider than the one measured."""
QUIET = "#505a5f"
AREA, CONTEXT = get_af_colours("focus")
EDGE, GRID = "#767676", "#cccccc"
# Beside the palette's navy, colours that differ from it and from each other in lightness too, so that a grey print
# keeps them apart, and that are dark enough for their labels.
BENCHMARK, COUNTRY, GOAL = "#c2358f", "#1a1a1a", "#0f665f"
CLEAR: dict[str, Any] = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.8}, "zorder": 4}
"""How a text is written that a line may run through: on white, so that the line does not strike it out."""
P = ParamSpec("P")
_MEASURE: Any = Measuring()


class Look(NamedTuple):
    """How a line looks: colour, dashes and marker, no two of them the same in two looks."""

    colour: str
    dashes: Any
    marker: str


OWN, FIRST, SECOND, THIRD = LOOKS = (
    Look(AREA, "-", "o"), Look(BENCHMARK, "--", "D"), Look(COUNTRY, ":", "s"), Look(GOAL, "-.", "^"),
)  # fmt: skip


class Drawing(Figure):
    """A chart of one plot, laid out anew for each width that it is drawn for.

    Parameters
    ----------
    unit
        What the values are; it stands above the plot.
    height
        Of the plot without what stands around it, in points; rows (``name_rows``) set it by their number.
    """

    def __init__(self, unit: str, height: float = 300) -> None:
        super().__init__(figsize=(WIDE / 72, height / 72), dpi=72)
        self.heights: dict[int, float] = {WIDE: height, NARROW: height}
        self.told: dict[str, list[str]] = {}
        """What each mark says, by the id of its artist: a sentence for each value."""
        self.steps: list[Callable[[bool], None]] = []
        """What changes with the width; called with whether it is the narrow one."""
        self.plot = self.add_axes((0, 0, 1, 1))
        self.plot.spines[["top", "right", "left"]].set_visible(False)
        self.plot.set_title("", y=1)
        self.plot.yaxis.set_major_formatter(lambda value, _: thousands(value))
        for axis in (self.plot.xaxis, self.plot.yaxis):
            axis.set_visible(False)
        self.plot.add_artist(_Scales(self))
        self._boxes: dict[tuple[Any, ...], np.ndarray] = {}
        self._unit, self._words = self._above(unit), unit
        self._key: Any = None
        self.names: list[Annotation] = []
        """The names of the rows, to their left on a wide drawing and above each on a narrow one."""

    def fit(self, width: int) -> None:
        """Lay everything out for a width, so that nothing stands outside it."""
        narrow, height = width == NARROW, self.heights[width]
        left = right = below = above = 0.0
        # How far labels reach out depends a little on how wide the plot is, so that is found step by step.
        for _ in range(4):
            whole = height + below + above
            self.set_size_inches(width / 72, whole / 72)
            self.plot.set_position((left / width, below / whole, 1 - (left + right) / width, height / whole))
            for step in self.steps:
                step(narrow)
            self._unit.set_text(wrapped(self._words, width))
            key = self._key_box() if narrow else None
            self._unit.set_position((0, 8 + (0 if key is None else key[3] - key[1])))
            before = left, right, below, above
            left, right, below, above = (max(0, one) + MARGIN for one in self._reach(narrow))
            if max(map(abs, np.subtract(before, (left, right, below, above)))) < 1:
                break

    def _reach(self, narrow: bool) -> tuple[float, float, float, float]:
        """Return how far texts reach out of the plot: left, right, below and above, in points.

        Matplotlib would make and place every tick to find out, which took half of what a chart costs.
        """
        plot, inside = self.plot, self.plot.bbox
        boxes = [self._box(one) for one in plot.texts if one.get_visible()]
        if narrow and (key := self._key_box()) is not None:
            boxes.append(key)
        if not self.names:
            foot = inside.y0 - 2 * TICK - TEXT_SIZE
            for said, x in along(plot.xaxis, *inside.intervalx):
                boxes.append((x - width_of(said) / 2, foot, x + width_of(said) / 2, inside.y1))
            scale = max((width_of(said) for said, _ in along(plot.yaxis, *inside.intervaly)), default=0.0)
            boxes.append(
                (inside.x0 - 2 * TICK - scale, inside.y0 - TEXT_SIZE / 2, inside.x1, inside.y1 + TEXT_SIZE / 2)
            )
            if label := plot.xaxis.get_label_text():
                middle, half = (inside.x0 + inside.x1) / 2, width_of(label) / 2
                boxes.append((middle - half, foot - plot.xaxis.labelpad - TEXT_SIZE, middle + half, inside.y1))
        x0, y0, x1, y1 = np.transpose(boxes)
        return inside.x0 - min(x0), max(x1) - inside.x1, inside.y0 - min(y0), max(y1) - inside.y1

    def _box(self, note: Any) -> Any:
        """Return where a text stands: left, bottom, right and top; how large it is, is looked for once."""
        if not isinstance(note, Annotation):
            return note.get_window_extent(_MEASURE).extents
        inside, kind, place = self.plot.bbox, note.xycoords, self.plot.transData.transform(note.xy)
        if kind != "data":
            place[0] = inside.x0 + inside.width * note.xy[0]
        if kind == "axes fraction":
            place[1] = inside.y0 + inside.height * note.xy[1]
        place = np.tile(place + note.get_position(), 2)
        key = (note.get_text(), note.get_fontweight(), note.get_horizontalalignment(), note.get_verticalalignment())
        if key not in self._boxes:
            self._boxes[key] = note.get_window_extent(_MEASURE).extents - place
        return self._boxes[key] + place

    def _key_box(self) -> Any:
        """Return where the key stands, above the plot's upper left corner, if there is one."""
        if not self._key:
            return None
        corner = np.array([self.plot.bbox.x0, self.plot.bbox.y1] * 2)
        if ("key",) not in self._boxes:
            self._boxes["key",] = self._key.get_window_extent(_MEASURE).extents - corner
        return self._boxes["key",] + corner

    def draw(self, renderer: Any) -> None:
        """Draw as matplotlib does, laid out for one of the widths."""
        if round(self.get_figwidth() * 72) not in self.heights or self.plot.get_position().width == 1:
            self.fit(WIDE)
        super().draw(renderer)

    def tell(self, artist: Artist, said: Iterable[str]) -> None:
        """Note what an artist's marks say, in order."""
        identifier = artist.get_gid() or f"told{len(self.told)}"
        artist.set_gid(identifier)
        self.told[identifier] = list(said)

    def line(
        self,
        values: pd.Series,
        name: str,
        look: Look,
        *,
        spec: str = ",.0f",
        called: Sequence[str] | None = None,
        **more: Any,
    ) -> Line2D:
        """Draw values by position, which are told under a name, each with its position or what that is called."""
        called = called or [f"{at:g}" for at in values.index]
        (line,) = self.plot.plot(
            values.index, values.to_numpy(float),
            **{"color": look.colour, "linestyle": look.dashes, "marker": look.marker, "markersize": 6, "linewidth": 2.5,
               **more},
        )  # fmt: skip
        pairs = [(at, value) for at, value in zip(called, values, strict=True) if pd.notna(value)]
        self.tell(line, [f"{name}, {at}: {written(value, spec)}" for at, value in pairs])
        return line

    def key(self, notes: Sequence[Artist], named: Sequence[tuple[Artist, str]]) -> None:
        """Say what is what by notes at the marks; on a narrow drawing, where they find no room, in a key above it."""
        self._key = key = self.plot.legend(
            [artist for artist, _ in named], [wrapped(label, NARROW - 40) for _, label in named], loc="lower left",
            bbox_to_anchor=(0, 1), borderaxespad=0.3, borderpad=0, handlelength=2.4, frameon=False,
        )  # fmt: skip

        def place(narrow: bool) -> None:
            key.set_visible(narrow)
            for note in notes:
                note.set_visible(not narrow)

        self.steps.append(place)

    def label_ends(
        self, ends: Sequence[tuple[Line2D, str]], strong: str = "", early: Sequence[tuple[Line2D, str]] = ()
    ) -> None:
        """Label lines where they end, labels that would overlap apart.

        ``early`` are lines that end before the others: the highest, any between them and the lowest, in this order.
        What goes on from a single one needs the room on its right, so it is named on its left, where it has not been.
        """
        drawn = [(line, label, points(line)[-1]) for line, label in ends if len(points(line))]
        last = max(at for *_, (at, _) in drawn)

        def named(line: Line2D, label: str, at: float, value: float, **more: Any) -> Annotation:
            return self.note(
                wrapped(label, 240), (at, value), **{"xytext": (10, 0), **more},
                color=line.get_color() if line.get_color() != EDGE else QUIET,
                fontweight="bold" if label.startswith(strong or "\0") else "normal",
            )  # fmt: skip

        heights = {named(line, label, last, value): value for line, label, (_, value) in drawn}
        sides: list[dict[str, Any]]
        if len(early) == 1:
            before_last, end = points(early[0][0])[-2:][[0, -1], 1]
            rises = end >= before_last
            sides = [{"ha": "right", "va": "bottom" if rises else "top", "xytext": (-8, 4 if rises else -4)}]
        else:
            between = {"va": "center", "xytext": (8, 0)}
            sides = [
                {"va": "bottom", "xytext": (8, 4)},
                *[between] * (len(early) - 2),
                {"va": "top", "xytext": (8, -4)},
            ]
        before = [
            named(line, label, *points(line)[-1], **side) for (line, label), side in zip(early, sides, strict=False)
        ]
        self.key([*heights, *before], [*[(line, label) for line, label, _ in drawn], *early])

        def apart(_: bool) -> None:
            bottom, top = self.plot.get_ylim()
            lines = max(note.get_text().count("\n") + 1 for note in heights)
            gap = (top - bottom) * TEXT_SIZE * 1.35 * lines / self.plot.bbox.height
            for note, height in zip(heights, spread([*heights.values()], gap), strict=True):
                note.xy = (last, height)

        self.steps.append(apart)

    def note(self, text: str, at: tuple[float, float], offset: tuple[float, float] = (0, 0), **more: Any) -> Annotation:
        """Write beside a place in the plot."""
        return self.plot.annotate(
            text, at, textcoords="offset points", annotation_clip=False, **{"xytext": offset, "va": "center", **more}
        )

    def mark(self, what: str, at: float) -> None:
        """Mark a time by an upright line, named at its foot."""
        self.plot.axvline(at, color=QUIET, linewidth=1)
        self.note(what, (at, 0), (-5, 6), color=QUIET, va="bottom", ha="right")

    def steps_of(self, positions: Sequence[float], names: Sequence[str]) -> None:
        """Mark steps from left to right by name, so many as find room, the last among them."""
        marked = 0

        def mark(_: bool) -> None:
            nonlocal marked
            room = self.plot.bbox.width / (8 * max(map(len, names)) + 8)
            if (every := -ceil(len(names) / room)) != marked:
                marked = every
                places, axis = list(positions)[::every], self.plot.xaxis
                axis.set_view_interval(min(places), max(places))
                axis.set_major_locator(FixedLocator(places))
                axis.set_major_formatter(FixedFormatter(list(names)[::every]))

        self.steps.append(mark)

    def name_rows(self, names: Sequence[str], *, row: float = 24, above: float = 0, strong: str = "") -> None:
        """Name rows from the top down, to their left, and on a narrow drawing above each.

        ``row`` is how high a row is on a wide drawing, in points, and ``above`` how many more it needs for labels.
        """
        plot, wraps = self.plot, [wrapped(name, NARROW) for name in names]
        plot.spines["left"].set_visible(True)
        plot.spines["bottom"].set_visible(False)
        weights = ["bold" if name == strong else "normal" for name in names]
        self.names = [
            plot.annotate(
                name, (0, position), xycoords=("axes fraction", "data"), xytext=(0, 0), textcoords="offset points",
                fontweight=weight, annotation_clip=False, **CLEAR,
            )
            for position, (name, weight) in enumerate(zip(names, weights, strict=True))
        ]  # fmt: skip
        # A name, of as many lines as the longest has, above a bar of 18 points.
        named = 15 * max(name.count("\n") + 1 for name in wraps)
        high = named + 24
        rows = len(names)
        self.heights = {WIDE: row * (rows + above + 0.1), NARROW: high * rows}

        def place(narrow: bool) -> None:
            bottom, top = (15 / high, (named + 15) / high) if narrow else (0.55, 0.55 + above)
            plot.set_ylim(rows - 1 + bottom, -top)
            for at, (one, name, wrap) in enumerate(zip(self.names, names, wraps, strict=True)):
                if narrow:
                    one.xy = (0, at - 9 / high)
                    one.set(text=wrap, position=(2, 2), ha="left", va="bottom")
                else:
                    one.xy = (0, at)
                    one.set(text=name, position=(-2 * TICK, 0), ha="right", va="center")
            for bar in (one for one in plot.patches if isinstance(one, Rectangle)):
                middle = bar.get_y() + bar.get_height() / 2
                bar.set_height(18 / high if narrow else 0.72)
                bar.set_y(middle - bar.get_height() / 2)

        self.steps.append(place)

    def _above(self, words: str) -> Annotation:
        return self.plot.annotate(
            words, (0, 1), xycoords="axes fraction", xytext=(0, 8), textcoords="offset points", va="bottom",
            color=QUIET,
        )  # fmt: skip


def width_of(text: str) -> float:
    """Return how wide a text is in a chart, in points."""
    font = FontProperties(family="sans-serif", size=TEXT_SIZE)
    return float(_MEASURE.get_text_width_height_descent(text, font, False)[0])


class _Scales(Artist):
    """The two scales of a drawing: lines, marks and what stands at them; matplotlib would make seven objects a mark."""

    zorder = 0.5

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self._drawing = drawing
        self._grid = Line2D([], [], color=GRID, linewidth=0.6)
        self._marks = Line2D([], [], color=GRID, linewidth=0.8, solid_capstyle="butt")
        self._said = Text(color=COUNTRY, fontsize=TEXT_SIZE)
        for one in (self._grid, self._marks, self._said):
            one.set_figure(drawing)

    def draw(self, renderer: Any) -> None:
        """Draw them, unless the drawing's rows are named instead."""
        plot, inside = self._drawing.plot, self._drawing.plot.bbox
        if self._drawing.names:
            return
        across, up = along(plot.xaxis, *inside.intervalx), along(plot.yaxis, *inside.intervaly)
        marks = [((x, inside.y0), (x, inside.y0 - TICK)) for _, x in across]
        marks += [((inside.x0, y), (inside.x0 - TICK, y)) for _, y in up]
        for line, ends in ((self._grid, [((inside.x0, y), (inside.x1, y)) for _, y in up]), (self._marks, marks)):
            x, y = np.transpose([end for pair in ends for end in (*pair, (np.nan, np.nan))] or [(np.nan, np.nan)])
            line.set_data(x, y)
            line.draw(renderer)
        foot, label = inside.y0 - 2 * TICK, plot.xaxis.get_label_text()
        under = (inside.x0 + inside.x1) / 2, foot - TEXT_SIZE - plot.xaxis.labelpad
        for said, place, sides in (
            *((said, (x, foot), ("center", "top")) for said, x in across),
            (label, under, ("center", "top")),
            *((said, (inside.x0 - 2 * TICK, y), ("right", "center_baseline")) for said, y in up),
        ):
            self._said.set(text=said, position=place, ha=sides[0], va=sides[1])
            self._said.draw(renderer)


def along(axis: Axis, first: float, last: float) -> list[tuple[str, float]]:
    """Return what an axis' ticks are called and where they are between two places, without making them."""
    places, (low, high) = [float(one) for one in axis.get_majorticklocs()], axis.get_view_interval()
    said = axis.get_major_formatter().format_ticks(places)
    return [
        (text, first + (last - first) * (at - low) / (high - low))
        for text, at in zip(said, places, strict=True)
        if min(low, high) <= at <= max(low, high)
    ]


def in_house_style(chart: Callable[P, Drawing]) -> Callable[P, Drawing]:
    """Draw a chart with the Analysis Function's style, leaving matplotlib's settings as they were."""

    @wraps(chart)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Drawing:
        # The stated fonts are the reader's; the ones installed here only measure the text.
        with mpl.rc_context(_settings()):
            drawing = chart(*args, **kwargs)
        for step in drawing.steps:
            step(False)
        return drawing

    return drawn


@cache
def _settings() -> Any:
    # A drawing draws its grid itself.
    return {**style(), "font.size": TEXT_SIZE, "legend.fontsize": TEXT_SIZE, "axes.grid": False}


@cache
def style() -> Any:
    """Return the Analysis Function's settings for matplotlib."""
    return mpl.rc_params_from_file(str(files("afcharts") / "afcharts.mplstyle"), use_default_template=False)


def thousands(value: float) -> str:
    """Write a number of a scale.

    Examples
    --------
    >>> thousands(12000.0), thousands(0.30000000000000004)
    ('12,000', '0.3')
    """
    return f"{value:,.10g}"


def wrapped(text: str, width: float) -> str:
    r"""Break a text into lines of at most so many points.

    Examples
    --------
    >>> wrapped("Applications per 10,000 children", 150)
    'Applications per\n10,000 children'
    """
    return textwrap.fill(text, int(width / (TEXT_SIZE * 0.6)))


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


def points(line: Line2D) -> np.ndarray:
    """Return a line's points that have a value: an array of two columns."""
    places: np.ndarray = np.asarray(line.get_xydata(), float)
    valued: np.ndarray = places[np.isfinite(places[:, 1])]
    return valued
