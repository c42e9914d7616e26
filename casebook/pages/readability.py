"""Whether a page can be read: long sentences, phrases nobody says, and abbreviations that it does not explain.

What is looked at is what a reader sees without unfolding anything, less the cells of tables, code and formulas. The
words it knows, and the sentences that may stay as they are, are in ``words.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

import lxml.html
import yaml
from lxml.html import HtmlElement

from casebook.english import LONGEST
from casebook.text import slug

_HEADINGS = ("h1", "h2", "h3", "h4")
_BLOCKS = {*_HEADINGS, "caption", "dd", "dt", "figcaption", "li", "p", "summary"}
_UNREAD = {"code", "head", "nav", "pre", "script", "style", "svg", "tbody", "thead"}
_NOT_PROSE = re.compile(r"\b(hash|hidden|formula)\b")
_ENDS = re.compile(r"(?<=[.!?])[\"')]*\s+(?=[\"'(\[£A-Z0-9])|\x1f")
_WORD = re.compile(r"\S*[^\W_]\S*")
# After a colon, in capitals, one by one: a list of names, or of titles with semicolons between them. In quotation
# marks: a paper's own words.
_NAMES = re.compile(r": [A-Z](?:[^,]*(?:, [A-Z][^,]*)+,? and [A-Z].*|[^;]*(?:; [A-Z][^;]*)+)")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")
_ABBREVIATION = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z])([A-Z][A-Z0-9]+)s?\b")


@dataclass(frozen=True)
class Term:
    """A term of art: what it means, where that is from, and its other names, abbreviations among them."""

    term: str
    says: str
    source: str = ""
    link: str = ""
    also: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its place on the page of all terms."""
        return slug(self.term)


@dataclass(frozen=True)
class Words:
    """What is known of words: terms, phrases not to be used, abbreviations everybody knows, accepted exceptions."""

    terms: tuple[Term, ...]
    banned: dict[str, str]
    known: frozenset[str]
    accepted: dict[str, str] = field(default_factory=dict)
    """The beginnings of sentences that may stay as they are, each with its reason."""


@dataclass(frozen=True)
class Fault:
    """Something in a sentence that makes it hard to read, and the heading it stands under."""

    heading: str
    sentence: str
    what: str

    def at(self, page: str) -> str:
        """Return it as a finding about a page."""
        return f"{page}, under {self.heading!r}: {self.what}: {self.sentence}"


@cache
def words() -> Words:
    """Return what is known of words."""
    read = yaml.safe_load((files("casebook.pages") / "words.yaml").read_text(encoding="utf-8"))
    terms = tuple(Term(**{**one, "also": tuple(one.get("also", ()))}) for one in read["terms"])
    return Words(terms, read["banned"], frozenset(read["known"]), read["accepted"] or {})


def faults(page: str, known: Words | None = None) -> Iterator[Fault]:
    """Find what makes a page hard to read, in its order.

    Examples
    --------
    >>> print(*(one.at("a.html") for one in faults("<h1>Plans</h1><p>The EHCP was issued.</p>")))
    a.html, under 'Plans': EHCP is not explained: The EHCP was issued.
    >>> list(faults("<h1>Plans</h1><p>The education, health and care plan (EHCP) was issued.</p>"))
    []
    """
    known = known or words()
    banned = [(re.compile(rf"(?<!\w)(?:{one})(?!\w)", re.IGNORECASE), say) for one, say in known.banned.items()]
    explained = set(known.known)
    for heading, sentence in sentences(page):
        accepted = any(sentence.startswith(one) for one in known.accepted)
        explained |= set(re.findall(r"\(([A-Z][A-Z0-9]+)s?\)", sentence))
        explained |= set(re.findall(r"\b([A-Z][A-Z0-9]+)s? \([a-z]", sentence))
        found = []
        if (count := len(_WORD.findall(_NAMES.sub("", sentence)))) > LONGEST:
            found.append(f"{count} words, more than {LONGEST}")
        for pattern, say in banned:
            if match := pattern.search(sentence):
                found.append(f"{match[0]!r}: {say}")
        for short in dict.fromkeys(_ABBREVIATION.findall(_QUOTED.sub("", sentence))):
            if short not in explained:
                explained.add(short)
                found.append(f"{short} is not explained")
        if not accepted:
            yield from (Fault(heading, sentence, what) for what in found)


def of_pack(reports: Path) -> list[str]:
    """Return what makes the pages of a published pack hard to read, each with the page and the heading above it."""
    pages = sorted(reports.rglob("*.html"))
    return [
        fault.at(path.relative_to(reports).as_posix())
        for path in pages
        for fault in faults(path.read_text(encoding="utf-8"))
    ]


def sentences(page: str) -> Iterator[tuple[str, str]]:
    """Yield the sentences that a reader of a page sees without unfolding anything, each after the heading above it.

    Examples
    --------
    >>> list(sentences("<h1>Care</h1><p>It <em>fell</em>. Then it rose.</p><details><p>Why.</p></details>"))
    [('Care', 'Care'), ('Care', 'It fell.'), ('Care', 'Then it rose.')]
    """
    heading = ""
    root = lxml.html.document_fromstring(page, parser=lxml.html.HTMLParser(huge_tree=True))
    for block in _blocks(root):
        said = [" ".join(one.split()) for one in _ENDS.split(_own(block))]
        if block.tag in _HEADINGS:
            heading = " ".join(said)
        yield from ((heading, one) for one in said if one)


def _blocks(tag: HtmlElement) -> Iterator[HtmlElement]:
    for inner in tag:
        if not _is_read(inner):
            continue
        if inner.tag in _BLOCKS:
            yield inner
        if inner.tag == "details" and inner.get("open") is None:
            yield from inner.findall("summary")
        else:
            yield from _blocks(inner)


def _own(block: HtmlElement) -> str:
    """Return the words of a block without those of the blocks in it; a line break ends a sentence."""
    said = [block.text or ""]
    for inner in block:
        if inner.tag == "br":
            said.append("\x1f")
        elif _is_read(inner) and inner.tag not in _BLOCKS and inner.tag != "details":
            said.append(_own(inner))
        said.append(inner.tail or "")
    return "".join(said)


def _is_read(tag: HtmlElement) -> bool:
    return isinstance(tag.tag, str) and tag.tag not in _UNREAD and not _NOT_PROSE.search(tag.get("class", ""))
