"""A matplotlib figure as SVG that can stand in a page: described in words, text as text, ids its own."""

from __future__ import annotations

import hashlib
import io
import re
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FONT = "Arial,Helvetica,Liberation Sans,sans-serif"
"""The fonts of the pages."""


def inline(figure: Figure, identifier: str, title: str, description: str) -> str:
    """Return a figure as two ``svg`` elements to put into HTML: for wide and for narrow places.

    The style of the pages shows one of them, by the width there is (classes ``wide`` and ``narrow``).

    Parameters
    ----------
    figure
        The figure; it is left laid out as it was.
    identifier
        Unique in the page.
    title, description
        What a screen reader says: the chart's message, and what it shows.

    Returns
    -------
    str
        The elements, the same for the same figure on every run.
    """
    from casebook.report.drawing import NARROW, WIDE
    from casebook.report.dressing import fit

    across, down = figure.get_size_inches()
    drawn = []
    for name, width in (("narrow", NARROW), ("wide", WIDE)):
        figure.set_size_inches(across, down)
        fit(figure, width)
        drawn.append(_element(figure, name, identifier, title, description))
    figure.set_size_inches(across, down)
    return "\n".join(reversed(drawn))


def _element(figure: Figure, name: str, identifier: str, title: str, description: str) -> str:
    svg, mark = _saved(figure), f"{hashlib.sha256(identifier.encode()).hexdigest()[:8]}{name[0]}"
    viewbox = re.search(r'viewBox="([^"]+)"', svg)
    body = _named(_told(_short(svg[svg.index(">") + 1 :]), getattr(figure, "told", {})), mark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="{name}" '
        f'viewBox="{viewbox[1] if viewbox else ""}" role="img" stroke-linejoin="round" stroke-linecap="butt" '
        f'style="font-family:{FONT}" aria-labelledby="{mark}-t" aria-describedby="{mark}-d">'
        f'<title id="{mark}-t">{escape(title)}</title><desc id="{mark}-d">{escape(description)}</desc>{body}'
    ).strip()


def _saved(figure: Figure) -> str:
    import matplotlib as mpl
    from matplotlib.backends.backend_mixed import MixedModeRenderer

    from casebook.report.measuring import RendererSVG

    buffer, dpi = io.StringIO(), figure.dpi
    try:
        figure.dpi = 72
        across, down = figure.get_size_inches()
        with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "casebook"}):
            # As savefig does, but with a renderer that measures texts as the layout did.
            writer: Any = RendererSVG(72 * across, 72 * down, buffer)
            renderer: Any = MixedModeRenderer(figure, across, down, 72, writer)  # type: ignore[no-untyped-call]
            figure.draw(renderer)
            renderer.finalize()
    finally:
        figure.dpi = dpi
    svg = buffer.getvalue()
    return svg[svg.index("<svg") :]


def _short(svg: str) -> str:
    """Leave out what a browser does not need: a quarter of the size is left."""
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    # Matplotlib's style would hold for the whole page; what it says stands on the root, for the chart alone.
    svg = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", svg, count=1, flags=re.DOTALL)
    return _TAG.sub(lambda tag: _short_tag(tag[1]), svg)


_TAG, _NUMBER, _SPACE = re.compile(r"\s*(<[^>]*>)\s*"), re.compile(r"-?\d+\.\d{2,}"), re.compile(r"([;:])\s+|\s+")


def _short_tag(tag: str) -> str:
    if tag.startswith("</"):
        return tag
    if tag.startswith("<text"):
        # The page's font stands on the root, and is the one of the text whatever this machine measured it with.
        tag = re.sub(r"font: (?:(\S+) )?(\d+)px [^;\"]*", _font, tag)
        tag = re.sub(r'font-family: [^;"]*;? ?| transform="rotate\(-0 [^"]*"', "", tag)
    tag = _NUMBER.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), tag)
    return _SPACE.sub(lambda space: space[1] or " ", tag)


def _font(found: re.Match[str]) -> str:
    return f"font-size:{found[2]}px" + (f";font-weight:{found[1]}" if found[1] else "")


def _told(svg: str, told: dict[str, list[str]]) -> str:
    """Give each mark what it says, which a browser shows where the pointer rests."""
    for identifier, said in told.items():
        start = svg.find(f'<g id="{identifier}">')
        if start < 0:
            continue
        start = svg.index(">", start) + 1
        end = start + _inside(svg[start:])
        group = svg[start:end]
        pieces = re.split(r"(<use [^>]*?)/>", group)
        if len(pieces) == 2 * len(said) + 1 and len(pieces) > 1:
            titled = [f"{use}>{_title(words)}</use>" for use, words in zip(pieces[1::2], said, strict=True)]
            group = "".join(one for pair in zip(pieces[::2], [*titled, ""], strict=True) for one in pair)
        else:
            group = _title("; ".join(said)) + group
        svg = svg[:start] + group + svg[end:]
    return svg


def _title(words: str) -> str:
    return f"<title>{escape(words)}</title>"


def _inside(svg: str) -> int:
    """Return where the group ends that has begun before."""
    depth = 1
    for tag in re.finditer(r"<g\b[^>]*?(/?)>|</g>", svg):
        depth += -1 if tag[0] == "</g>" else not tag[1]
        if not depth:
            return tag.start()
    return len(svg)


def _named(svg: str, mark: str) -> str:
    """Make the ids that are used the chart's own, and leave out the others."""
    used = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg))
    wanted = {name for pair in used for name in pair if name}
    svg = re.sub(r' id="([^"]+)"', lambda found: f' id="{mark}-{found[1]}"' if found[1] in wanted else "", svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{mark}-\1"', svg)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{mark}-\1)", svg)
