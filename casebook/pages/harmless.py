"""What of HTML may stand in a page: a list of good things, so that what nobody thought of is left out.

A notebook's Markdown may hold any HTML, and what its cells show comes from a process in which anything may have run.
Both come through here on their way into a page, whose reader may open it in a mail program, as a PDF, or in another
place that does not know a page's policy. The gates look at the page once more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import lxml.html
import nh3

_PROSE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del",
    "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
    "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small",
    "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul",
    "var", "wbr",
})  # fmt: skip
_CHART = frozenset({"clipPath", "defs", "desc", "g", "path", "pattern", "rect", "svg", "text", "title", "use"})
_EVERYWHERE = {
    "aria-describedby", "aria-hidden", "aria-label", "aria-labelledby", "class", "data-label", "dir", "id", "lang",
    "role", "tabindex", "title",
}  # fmt: skip
_DRAWING = {
    "clip-path", "d", "fill", "height", "patternUnits", "stroke-linecap", "stroke-linejoin", "style", "transform",
    "viewBox", "width", "x", "y",
}  # fmt: skip
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"download", "href"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "scope", "style"},
    "time": {"datetime"},
    **dict.fromkeys(_CHART, _DRAWING),
    "use": _DRAWING | {"xlink:href", "href"},
}  # fmt: skip
_LOOKS = {
    "fill", "fill-opacity", "font", "font-family", "font-size", "font-style", "font-weight", "letter-spacing",
    "line-height", "opacity", "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin",
    "stroke-miterlimit", "stroke-opacity", "stroke-width", "text-align", "text-anchor", "vector-effect", "white-space",
}  # fmt: skip
_HELD = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_SAVED = "data:text/csv;"


def sanitise(html: str) -> str:
    r"""Return HTML without all that may not stand in a page: other tags, attributes and kinds of address.

    Examples
    --------
    >>> sanitise('<p onclick="x()">Rates <em>fell</em>.</p><meta http-equiv="refresh" content="0;url=//x.org">')
    '<p>Rates <em>fell</em>.</p>'
    >>> sanitise('<a href="java\tscript:x()">More</a><a href="care-rates.html">Care</a>')
    '<a>More</a><a href="care-rates.html">Care</a>'
    """
    return _cleaner.clean(html)


def left_out(html: str) -> list[str]:
    """Return what of HTML ``sanitise`` leaves out, a clause each; harm is told of by the gates in their own words.

    Examples
    --------
    >>> left_out('<p>Rates <mark>fell</mark>.</p>')
    []
    >>> left_out('<center><p align="right">Rates fell.</p></center>')
    ['<center>', 'align of <p>']
    """
    kept = Counter(_parts(sanitise(html)))
    return list(dict.fromkeys((Counter(_parts(html)) - kept).elements()))


def _parts(html: str) -> Iterator[str]:
    """Yield the tags, attributes and properties of style in a piece of HTML, in words."""
    parser = lxml.html.HTMLParser(huge_tree=True)
    for tag in lxml.html.fragment_fromstring(html, create_parent="body", parser=parser).iter("*"):
        yield f"<{tag.tag}>"
        for name, value in tag.items():
            if name == "style":
                yield from (f"{one.partition(':')[0].strip()} in the style of <{tag.tag}>" for one in value.split(";"))
            elif not name.startswith("xmlns"):
                yield f"{name} of <{tag.tag}>"


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if _HELD.fullmatch(value) else None
    if name == "href" and tag == "use":
        return value if value.startswith("#") else None
    if name == "href" and value.lower().startswith("data:"):
        return value if value.startswith(_SAVED) else None
    # The parts of a chart refer to each other; a backslash writes a letter of url( in another way.
    elsewhere = name in ("clip-path", "fill", "style") and re.search(
        r"url\((?!\s*['\"]?\s*#)|image|\\", value, re.IGNORECASE
    )
    return None if elsewhere else value


_cleaner = nh3.Cleaner(
    tags=set(_PROSE | _CHART),
    clean_content_tags={"script", "style", "iframe", "template", "noscript", "object", "math"},
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto", "data"},
    filter_style_properties=_LOOKS,
    link_rel=None,
)
