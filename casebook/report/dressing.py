"""House style for figures that an analyst draws with pyplot or seaborn."""

from __future__ import annotations

from collections.abc import Mapping
from colorsys import hls_to_rgb, rgb_to_hls
from weakref import WeakSet

import matplotlib as mpl
from afcharts.af_colours import get_af_colours
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import to_hex, to_rgb, to_rgba, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.text import Text

from casebook.report.drawing import NARROW, TEXT_SIZE, WIDE, Drawing, style

_DRESSED: WeakSet[Figure] = WeakSet()
"""Figures that have it."""


def dress(figure: Figure) -> None:
    """Give the house style to a figure that was drawn without it, by pyplot or seaborn.

    Frame, grid, text size and width become those of the other charts, and colours that nobody chose those of the
    palette; colours that were chosen stay. A figure in house style is left as it is.

    Examples
    --------
    >>> figure = Figure()
    >>> line, = figure.subplots().plot([1, 2])
    >>> dress(figure)
    >>> to_hex(line.get_color()), round(float(figure.get_figwidth()), 1)
    ('#12436d', 8.4)
    """
    if isinstance(figure, Drawing) or figure in _DRESSED:
        return
    _DRESSED.add(figure)
    fit(figure, WIDE)
    figure.set_facecolor("white")
    for axes in figure.axes:
        _dress_axes(axes)
    for text in figure.findobj(Text):
        text.set_fontsize(max(TEXT_SIZE, text.get_fontsize()))
    palette = _by_default_colour()
    for artist in figure.findobj(lambda one: isinstance(one, Line2D | Patch | Collection)):
        _recolour(artist, palette)


def fit(figure: Figure, width: int) -> None:
    """Lay a figure out for one of the two widths that charts are drawn for."""
    if isinstance(figure, Drawing):
        figure.fit(width)
        return
    across, down = figure.get_size_inches()
    # Drawn narrow, a figure that is wider than high is square.
    figure.set_size_inches(width / 72, width / 72 * max(down / across, width == NARROW))
    figure.set_layout_engine("constrained")


def _dress_axes(axes: Axes) -> None:
    settings = style()
    axes.set_facecolor("white")
    axes.set_axisbelow(True)
    axes.tick_params(color=settings["xtick.color"], labelcolor=settings["xtick.labelcolor"], labelsize=TEXT_SIZE)
    for side, spine in axes.spines.items():
        spine.set_visible(bool(settings.get(f"axes.spines.{side}", True)))
        spine.set_edgecolor(settings["axes.edgecolor"])
    # The grid belongs to the values: with bars that lie, those go from left to right.
    lying = any(getattr(bars, "orientation", "") == "horizontal" for bars in axes.containers)
    axes.grid(False)
    axes.grid(
        True,
        axis="x" if lying else "y",
        **{key: settings[f"grid.{key}"] for key in ("color", "linestyle", "linewidth")},
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
