"""A matplotlib figure as SVG that can stand in a page: described in words, text as text, ids its own."""

from __future__ import annotations

import io
import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def inline(figure: Figure, identifier: str, title: str, description: str) -> str:
    """Return a figure as an ``svg`` element to put into HTML.

    Parameters
    ----------
    figure
        The figure; it is not changed.
    identifier
        Unique in the page; every id inside the picture starts with it.
    title, description
        What a screen reader says: the chart's message, and what it shows.

    Returns
    -------
    str
        The element, the same for the same figure on every run.
    """
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": identifier}):
        figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    # Matplotlib's style would hold for the whole page; what it says stands on the root, for the chart alone.
    svg = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>\s*", "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{identifier}-\1"', svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{identifier}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{identifier}-\1)", svg)
    # The page sets the size; the viewBox keeps the proportions.
    opening, body = re.match(r"<svg[^>]*>", svg), svg[svg.index(">") + 1 :]
    viewbox = re.search(r'viewBox="[^"]+"', opening.group() if opening else "")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{viewbox.group() if viewbox else ""} role="img" stroke-linejoin="round" stroke-linecap="butt" '
        f'aria-labelledby="{identifier}-t {identifier}-d">'
        f'<title id="{identifier}-t">{escape(title)}</title><desc id="{identifier}-d">{escape(description)}</desc>'
        f"{body}"
    ).strip()
