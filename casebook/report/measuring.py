"""How much room a text takes in a drawing: added up from its characters, each measured once.

Matplotlib shapes every text anew for every drawing, which was most of what charts cost; the reader's own font differs
from the one measured by more than shaping changes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from matplotlib.backend_bases import RendererBase
from matplotlib.backends import backend_svg
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

_SIZE = 100


class Measuring(RendererBase):
    """What a renderer of matplotlib is made of, besides one of its own, so that it knows the size of a text quickly."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Return the width, the height and how much of it is below the line, in points."""
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        face, size = _of(prop), prop.get_size_in_points()
        return face.width(s) * size, (face.ascent + face.descent) * size, face.descent * size

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float, float, float]:
        # Not for others to define: if it is asked for no more one day, matplotlib looks for the font itself again.
        face, size = _of(prop), prop.get_size_in_points()
        return face.ascent * size, face.descent * size, face.gap * size


class RendererSVG(Measuring, backend_svg.RendererSVG):
    """Matplotlib's writer of SVG, which knows the size of a text quickly and groups only what was given an id."""

    def __init__(self, *args: Any) -> None:
        self._groups: list[bool] = []
        super().__init__(*args)  # type: ignore[no-untyped-call]

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Begin a group, if it has an id."""
        self._groups.append(gid is not None)
        if gid is not None:
            super().open_group(s, gid)  # type: ignore[no-untyped-call]

    def close_group(self, s: str) -> None:
        """End the group that began last."""
        if self._groups.pop():
            super().close_group(s)  # type: ignore[no-untyped-call]


class _Face:
    """A font: what its characters take of a line, and how high lines are, as parts of its size."""

    def __init__(self, path: str) -> None:
        # Not the font itself: matplotlib's is opened anew in a process that is forked, where the file's place in this
        # one would be moved by the others that read from it.
        self._path = path
        font = get_font(path)
        self._widths: dict[str, float] = {}
        units = font.units_per_EM
        line: Any = font.get_sfnt_table("OS/2") or {}
        self.ascent = line.get("sTypoAscender", font.ascender) / units
        self.descent = -line.get("sTypoDescender", font.descender) / units
        self.gap = line.get("sTypoLineGap", 0) / units

    def width(self, text: str) -> float:
        return sum(map(self._character, text))

    def _character(self, one: str) -> float:
        if one not in self._widths:
            # The font may be one that matplotlib drew with meanwhile, at another size.
            font = get_font(self._path)
            font.set_size(_SIZE, 72)
            glyph = font.load_char(ord(one), flags=LoadFlags.NO_HINTING)
            self._widths[one] = glyph.linearHoriAdvance / 65536 / _SIZE
        return self._widths[one]


def _of(prop: FontProperties) -> _Face:
    return _face(tuple(prop.get_family()), prop.get_style(), prop.get_weight())


@cache
def _face(family: tuple[str, ...], style: Any, weight: Any) -> _Face:
    return _Face(findfont(FontProperties(family=family, style=style, weight=weight)))
