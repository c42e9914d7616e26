"""One page to be mailed: what it leads to in the pack is taken in, led to by its address, or named."""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from casebook.errors import InputError, ReportFailedError, and_list, one_of
from casebook.pack import models
from casebook.pages import gates, readability, render

_TERM = re.compile(r'href="\.\./glossary\.html#([^"]+)"')
# To a file of the pack: no place on the page, no data of its own, no address.
_LINK = re.compile(r'<a href="(?!#|[a-z]+:)([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
# What is seen on the screen only leads somewhere.
_LEADING = re.compile(r'<(span|p) class="[^"]*\bonscreen"[^>]*>.*?</\1>', re.DOTALL)


def of(root: Path, name: str, area: str, address: str = "") -> str:
    """Return a published report's page so that it can be read away from its pack.

    The meanings of the terms it leads to stand at its end. Other links lead to where the pack is to be seen, or, if
    nobody says where that is, are words.

    Parameters
    ----------
    root
        The project's folder.
    name, area
        The report, and the area it is published for.
    address
        Where the pack is to be seen, such as ``https://reports.example.gov.uk/``.

    Raises
    ------
    InputError
        If the report is not published for the area.
    ReportFailedError
        If the page does not pass the gates.
    """
    pack = models.read(root / "reports")
    entries = {entry.name: entry for entry in (pack.reports if pack else ()) if entry.area == area}
    if name not in entries:
        raise InputError(f"No report {name!r} is published for {area}: {one_of(entries, name)}")
    entry = entries[name]
    page = (root / "reports" / entry.html).read_text(encoding="utf-8")
    page = page.replace("</main>", f"{_meanings(page)}</main>", 1)
    page = _TERM.sub(r'href="#word-\1"', page)
    if address:
        here = urljoin(f"{address.rstrip('/')}/", entry.html)
        page = _LINK.sub(lambda link: _led(link, urljoin(here, unescape(link[1]))), page)
    else:
        page = _LINK.sub(r"\2", _LEADING.sub("", page))
        page = page.replace("</main>", f"{_left(entry)}</main>", 1)
    if found := list(gates.problems(page)):
        raise ReportFailedError(gates.refusal(name, found))
    return page


def _led(link: re.Match[str], to: str) -> str:
    return f'<a href="{escape(to)}">{link[2]}</a>'


def _meanings(page: str) -> str:
    """Return what the terms mean that a page leads to."""
    used = set(_TERM.findall(page))
    terms = [term for term in readability.words().terms if term.id in used]
    parts: Any = render.template("terms.html.j2").module
    heading = '<h2 id="what-the-words-mean">What the words mean</h2>'
    return f"{heading}\n{parts.listed(terms, 'word-')}" if terms else ""


def _left(entry: models.Published) -> str:
    files = and_list([escape(Path(file).name) for file in sorted(entry.files) if not file.endswith(".html")])
    return f"<p>This page was taken out of a pack of reports, which also has {files}.</p>\n"
