"""The gates a page passes before it is published: what can be checked of accessibility without a browser.

They are part of every run. The tests go further, with axe-core in a browser.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import lxml.html
from lxml.html import HtmlElement

from casebook.errors import and_list
from casebook.pages import script

LARGEST_PAGE, LARGEST_CHART = 400_000, 60_000
LOADING = {"src", "srcset", "poster", "action", "background", "data", "formaction", "ping", "imagesrcset", "srcdoc"}
# What holds another page, sends something, or changes what stands in the page or where it stands.
FOREIGN = {
    "animate", "animatemotion", "animatetransform", "applet", "audio", "base", "button", "embed", "form", "frame",
    "frameset", "iframe", "input", "link", "math", "object", "portal", "set", "textarea", "video",
}  # fmt: skip
POLICY = "Content-Security-Policy"
# A backslash writes a letter of CSS in another way, of url( for one.
ELSEWHERE = re.compile(r"@import|image-set|url\((?!\s*['\"]?\s*(#|data:))|\\", re.IGNORECASE)
_PASSED_OVER = re.compile(r"[\x00-\x20\x7f-\xa0]+")
_PICTURE = re.compile(r"data:image/(?!svg)", re.IGNORECASE)
_RUNS = re.compile(r"(java|vb)script:|data:(?!image/|text/csv)", re.IGNORECASE)
SAYS_NOTHING = re.compile(
    r"^\W*(an? )?(image|picture|chart|graph|plot|figure|photo|untitled|placeholder|todo"
    r"|no description( has been provided)?.*|.*\.(png|svg|jpe?g|gif))\W*$",
    re.IGNORECASE,
)
LEAST_ALT = 20
# The colours of a reader whose system is dark.
_DARK = re.compile(r"@media[^{]*prefers-color-scheme: dark[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}")
_COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,6})")
# Which colours of the styles stand on which, and the contrast WCAG 2.2 AA asks for (1.4.3, 1.4.11).
PAIRS = (
    ("ink", "page", 4.5),
    ("quiet", "page", 4.5),
    ("accent", "page", 4.5),
    ("ink", "panel", 4.5),
    ("page", "accent", 4.5),
    ("focus-ring", "page", 3.0),
)
CONSTANT = {"page": "#ffffff", "focus-ring": "#0b0c0c"}


def refusal(name: str, found: Sequence[str]) -> str:
    """Return everything that keeps something from being published as one message.

    Examples
    --------
    >>> print(refusal("posts", ["it has no title.", "it read no table."]))
    posts cannot be published, for 2 reasons:
      1. it has no title.
      2. it read no table.
    """
    if len(found) == 1:
        return f"{name} cannot be published: {found[0]}"
    listed = "".join(f"\n  {number}. {one}" for number, one in enumerate(found, 1))
    return f"{name} cannot be published, for {len(found)} reasons:{listed}"


def problems(page: str) -> Iterator[str]:
    """Find what keeps a page from being published.

    Yields
    ------
    str
        One sentence for each problem, the gravest kinds first: what was found and where, what is expected, what to do.
    """
    found = lxml.html.document_fromstring(page, parser=lxml.html.HTMLParser(huge_tree=True))
    yield from _runs(found, script.text())
    yield from _loads(found)
    yield from _structure(found)
    yield from _pictures(found)
    yield from _tables(found)
    if len(page.encode()) > LARGEST_PAGE:
        yield f"the page has {len(page.encode()):,} bytes, more than {LARGEST_PAGE:,}: show less in it."


def harms(fragment: str) -> Iterator[str]:
    """Find what in a piece of HTML would run something, load something from elsewhere, or lead a reader away.

    Yields
    ------
    str
        One sentence for each problem.

    Examples
    --------
    >>> list(harms("<p>Rates <em>fell</em>.</p>"))
    []
    >>> print(*harms('<meta http-equiv="Refresh" content="0; url=https://example.org">'))
    it holds <meta http-equiv>, which a page may not hold: take it out.
    """
    if "<" in fragment:
        parser = lxml.html.HTMLParser(huge_tree=True)
        found = lxml.html.fragment_fromstring(fragment, create_parent="div", parser=parser)
        yield from _runs(found)
        yield from _loads(found)


def _runs(page: HtmlElement, own: str = "") -> Iterator[str]:
    held = list(page.iter("script"))
    # The pages' own script is known by every letter of it; its hash is all that the policy lets run.
    if own and held and held[-1].text == own and not held[-1].attrib:
        held.pop()
    for one in held:
        yield f"it holds a script ({_source(one)[:60]}), and pages run none but their own: take it out."
    for policy in page.xpath(f"//meta[@http-equiv='{POLICY}']/@content"):
        for let in set(re.findall(r"script-src ([^;]*)", policy)) - {script.source()}:
            yield f"its policy lets scripts run that are not the pages' own ({let[:60]}): leave it to the template."


def _loads(page: HtmlElement) -> Iterator[str]:
    for tag in page.iter("*"):
        if tag.tag in FOREIGN:
            yield f"it holds <{tag.tag}>, which a page may not hold: take it out."
        if tag.tag == "meta" and tag.get("http-equiv", POLICY) != POLICY:
            yield "it holds <meta http-equiv>, which a page may not hold: take it out."
        for name, value in tag.items():
            if name.startswith("on"):
                yield f"<{tag.tag}> has the attribute {name}, which runs a script, and pages run none: take it out."
            loads = name in LOADING or (name in ("href", "xlink:href") and tag.tag not in ("a", "area"))
            if not loads and ":" not in value and name != "style":
                # Most of what a drawing is made of; an address that does something has a colon.
                continue
            # Browsers pass over white space and control characters in an address.
            address = _PASSED_OVER.sub("", value)
            if loads and not (address.startswith("#") or _PICTURE.match(address)):
                yield (
                    f"<{tag.tag} {name}> loads {value[:60]!r} from elsewhere, and a page is whole by itself: take it "
                    "out or, for a picture, show it with report.figure."
                )
            elif _RUNS.match(address):
                yield f"a link runs a script ({value[:60]!r}), and pages run none: let it lead to an address."
            elif name == "style" and ELSEWHERE.search(value):
                yield f"<{tag.tag} style> loads something from elsewhere, and a page is whole by itself: take it out."
    for style in page.iter("style"):
        if ELSEWHERE.search(style.text or ""):
            yield "a style loads something from elsewhere, and a page is whole by itself: take out @import or url(...)."


def _structure(page: HtmlElement) -> Iterator[str]:
    if page.get("lang") != "en-GB":
        yield 'the language is not stated: let the template begin with <html lang="en-GB">.'
    if not _words(page.find("head/title")):
        yield "the page has no title: give the template a <title>."
    mains = len(list(page.iter("main")))
    if mains != 1:
        yield f"the page has {mains or 'no'} main part{'' if mains == 1 else 's'}, expected one: mark one with <main>."
    headings = [(int(tag.tag[1]), _words(tag)) for tag in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    first = [words for level, words in headings if level == 1]
    if len(first) != 1:
        which = f" ({and_list(map(repr, first))})" if first else ""
        yield (
            f"the page has {len(first) or 'no'} headings of the first level{which}, expected one, the title: begin "
            "headings in the notebook with ##."
        )
    for (before, above), (after, words) in pairwise(headings):
        if after > before + 1:
            yield (
                f"the heading {words!r} of level {after} follows {above!r} of level {before}, so that a level is "
                f"skipped: begin it with {'#' * (before + 1)}."
            )
    ids = Counter(page.xpath("//@id"))
    for identifier, count in ids.items():
        if count > 1:
            yield f"the id {identifier!r} stands {count} times, and each must be its own: change one."
    for name in ("aria-labelledby", "aria-describedby"):
        for tag in page.xpath(f"//*[@{name}]"):
            for wanted in tag.get(name).split():
                if wanted not in ids:
                    yield (
                        f"<{tag.tag}> names {wanted!r} as its label, which is not in the page: give the label that id."
                    )


def _pictures(page: HtmlElement) -> Iterator[str]:
    for picture in page.iter("img"):
        yield from _says(picture.get("alt", ""), _source(picture)[:60])
    for picture in page.iter("svg"):
        title = _words(picture.find(".//title"))
        which = f"the chart {title!r}" if title else "a chart"
        if picture.get("role") != "img":
            yield f"{which} does not say that it is a picture (role img): show it with report.figure."
        for part in ("title", "desc"):
            said = _words(picture.find(f".//{part}"))
            if not said:
                yield f"{which} has no <{part}>: show it with report.figure, which gives it one."
            elif part == "desc":
                yield from _says(said, title)
        if (size := len(_source(picture).encode())) > LARGEST_CHART:
            yield f"{which} has {size:,} bytes, more than {LARGEST_CHART:,}: draw fewer points or lines in it."


def _says(words: str, which: str) -> Iterator[str]:
    if len(words) < LEAST_ALT or SAYS_NOTHING.match(words):
        yield (
            f"a picture ({which}) is described as {words!r}, which does not say what it shows: say it in alt, for "
            "those who do not see it."
        )


def _tables(page: HtmlElement) -> Iterator[str]:
    for table in page.iter("table"):
        name = _words(table.find("caption"))
        if not name:
            yield f"a table has no caption (it begins {_words(table)[:60]!r}): show it with report.table."
        if any(header.get("scope") not in ("col", "row") for header in table.iter("th")):
            yield f"the table {name!r} has a header cell without scope: show it with report.table."
        if any(not _words(cell) or cell.get("colspan") or cell.get("rowspan") for cell in table.iter("td", "th")):
            yield (
                f"the table {name!r} has an empty or a merged cell, and every cell says something: write what "
                "stands in it, or that it is missing."
            )


def _words(tag: HtmlElement | None) -> str:
    return "" if tag is None else str(tag.text_content()).strip()


def _source(tag: HtmlElement) -> str:
    return str(lxml.html.tostring(tag, encoding="unicode", with_tail=False))


def contrast_problems(styles: Mapping[str, str]) -> Iterator[str]:
    """Find colours of the styles, each by the name of its file, that cannot be told apart well enough.

    Examples
    --------
    >>> css = ":root { --ink: #000; --quiet: #777; --accent: #000; --panel: #fff; }"
    >>> print(*contrast_problems({"block.css": css}))
    in block.css --quiet (#777) has a contrast of 4.48 with the page (#ffffff), less than 4.5: choose a darker colour.
    """
    light = {
        name: (colour, file) for file, css in styles.items() for name, colour in _COLOUR.findall(_DARK.sub("", css))
    }
    dark = {
        name: (colour, file)
        for file, css in styles.items()
        for part in _DARK.findall(css)
        for name, colour in _COLOUR.findall(part)
    }
    yield from _pale(light)
    yield from _pale(light | dark) if dark else ()


def _pale(found: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    colours = CONSTANT | {name: colour for name, (colour, _) in found.items()}
    for text, ground, least in PAIRS:
        ratio = contrast(colours[text], colours[ground])
        if ratio < least:
            # One of each pair may be changed, and it is that one's file that says so.
            one, other = (text, ground) if text in found and text not in CONSTANT else (ground, text)
            darker = _luminance(colours[text]) < _luminance(colours[ground])
            way = "darker" if darker == (one == text) else "lighter"
            yield (
                f"in {found[one][1]} --{one} ({colours[one]}) has a contrast of {ratio:.2f} with the {other} "
                f"({colours[other]}), less than {least}: choose a {way} colour."
            )


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
