"""The gates a page passes before it is published: what can be checked of accessibility without a browser.

They are part of every run. The tests go further, with axe-core in a browser.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import lxml.html
from lxml.html import HtmlElement

LARGEST_PAGE, LARGEST_CHART = 400_000, 60_000
LOADING = {"src", "srcset", "poster", "action", "background", "data", "formaction"}
SAYS_NOTHING = re.compile(
    r"^\W*(an? )?(image|picture|chart|graph|plot|figure|photo|untitled|placeholder|todo"
    r"|no description( has been provided)?.*|.*\.(png|svg|jpe?g|gif))\W*$",
    re.IGNORECASE,
)
LEAST_ALT = 20
# Which colours of casebook.css stand on which, and the contrast WCAG 2.2 AA asks for (1.4.3, 1.4.11).
PAIRS = (
    ("ink", "page", 4.5),
    ("quiet", "page", 4.5),
    ("accent", "page", 4.5),
    ("ink", "panel", 4.5),
    ("page", "accent", 4.5),
    ("focus-ring", "page", 3.0),
)
CONSTANT = {"page": "#ffffff", "focus-ring": "#0b0c0c"}


def problems(page: str) -> Iterator[str]:
    """Find what keeps a page from being published.

    Yields
    ------
    str
        One sentence for each problem, the gravest kinds first.
    """
    found = lxml.html.document_fromstring(page, parser=lxml.html.HTMLParser(huge_tree=True))
    yield from _loads(found)
    yield from _structure(found)
    yield from _pictures(found)
    yield from _tables(found)
    if len(page.encode()) > LARGEST_PAGE:
        yield f"the page has {len(page.encode()):,} bytes, more than {LARGEST_PAGE:,}: show less in it"


def _loads(page: HtmlElement) -> Iterator[str]:
    for script in page.iter("script"):
        yield f"it holds a script: {_source(script)[:60]}"
    for tag in page.iter("*"):
        for name, value in tag.items():
            if name.startswith("on"):
                yield f"<{tag.tag}> has the attribute {name}, which runs a script"
            loads = name in LOADING or (name in ("href", "xlink:href") and tag.tag in ("link", "use", "image", "base"))
            if loads and not value.startswith(("#", "data:")):
                yield f"<{tag.tag} {name}> loads {value[:60]!r} from elsewhere"
            if name == "href" and tag.tag == "a" and re.match(r"\s*(javascript|vbscript):", value, re.IGNORECASE):
                yield f"a link runs a script: {value[:60]!r}"
    for style in page.iter("style"):
        if re.search(r"@import|url\(\s*['\"]?(?!#|data:)", style.text or ""):
            yield "a style loads something from elsewhere"


def _structure(page: HtmlElement) -> Iterator[str]:
    if page.get("lang") != "en-GB":
        yield 'the language is not stated: <html lang="en-GB">'
    if not _words(page.find("head/title")):
        yield "the page has no title"
    mains = len(list(page.iter("main")))
    if mains != 1:
        yield f"the page has {mains} main parts, expected one"
    levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1:
        yield f"the page has {levels.count(1)} headings of the first level, expected one"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"a heading of level {after} follows one of level {before}: a level is skipped"
    ids = Counter(page.xpath("//@id"))
    for identifier, count in ids.items():
        if count > 1:
            yield f"the id {identifier!r} stands {count} times"
    for name in ("aria-labelledby", "aria-describedby"):
        for tag in page.xpath(f"//*[@{name}]"):
            for wanted in tag.get(name).split():
                if wanted not in ids:
                    yield f"<{tag.tag}> names {wanted!r} as its label, which is not in the page"


def _pictures(page: HtmlElement) -> Iterator[str]:
    for picture in page.iter("img"):
        yield from _says(picture.get("alt", ""), _source(picture)[:60])
    for picture in page.iter("svg"):
        if picture.get("role") != "img":
            yield "a chart does not say that it is a picture (role img)"
        for part in ("title", "desc"):
            said = _words(picture.find(f".//{part}"))
            if not said:
                yield f"a chart has no <{part}>"
            elif part == "desc":
                yield from _says(said, picture.get("aria-labelledby", ""))
        if len(_source(picture).encode()) > LARGEST_CHART:
            yield f"a chart has {len(_source(picture).encode()):,} bytes, more than {LARGEST_CHART:,}: draw less in it"


def _says(words: str, which: str) -> Iterator[str]:
    if len(words) < LEAST_ALT or SAYS_NOTHING.match(words):
        yield f"a picture ({which}) is described as {words!r}, which does not say what it shows"


def _tables(page: HtmlElement) -> Iterator[str]:
    for table in page.iter("table"):
        name = _words(table.find("caption"))
        if not name:
            yield "a table has no caption"
        if any(header.get("scope") not in ("col", "row") for header in table.iter("th")):
            yield f"the table {name!r} has a header cell without scope"
        if any(not _words(cell) or cell.get("colspan") or cell.get("rowspan") for cell in table.iter("td", "th")):
            yield f"the table {name!r} has an empty or a merged cell"


def _words(tag: HtmlElement | None) -> str:
    return "" if tag is None else str(tag.text_content()).strip()


def _source(tag: HtmlElement) -> str:
    return str(lxml.html.tostring(tag, encoding="unicode", with_tail=False))


def contrast_problems(css: str) -> Iterator[str]:
    """Find colours of the style that cannot be told apart well enough.

    Examples
    --------
    >>> list(contrast_problems(":root { --ink: #777; --quiet: #000; --accent: #000; --panel: #fff; }"))
    ['ink on page has a contrast of 4.48, less than 4.5', 'ink on panel has a contrast of 4.48, less than 4.5']
    """
    colours = {**dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,6})", css)), **CONSTANT}
    for text, ground, least in PAIRS:
        found = contrast(colours[text], colours[ground])
        if found < least:
            yield f"{text} on {ground} has a contrast of {found:.2f}, less than {least}"


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance).

    Examples
    --------
    >>> contrast("#000000", "#fff"), contrast("#777777", "#777777")
    (21.0, 1.0)
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return round((light + 0.05) / (dark + 0.05), 2)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
