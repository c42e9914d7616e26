"""How blocks look: one style, for the head of the pages and, in a notebook, for each block by itself.

JupyterLab shows HTML in a style of its own, so a block in a notebook's output carries the rules it needs, in a form
that outweighs JupyterLab's. A page has them once, in its head.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

# JupyterLab's rules for HTML weigh up to two classes and two elements; three classes outweigh them.
_SCOPE = ".casebook.casebook.casebook"
_WRAPPED = re.compile(r'<div class="casebook"><style>[^<]*</style>\n(.*)\n</div>', flags=re.DOTALL)


def wrap(html: str, parts: Iterable[str]) -> str:
    """Return a block's HTML as it stands in a notebook: with the parts of the style that it needs.

    Examples
    --------
    >>> wrap("<p>One</p>", ["title"])[:63]
    '<div class="casebook"><style>.casebook.casebook.casebook{&{box-'
    >>> unwrap(wrap("<p>One</p>", ["title"]))
    '<p>One</p>'
    """
    return f'<div class="casebook"><style>{_scoped(frozenset(parts))}</style>\n{html}\n</div>'


def unwrap(html: str) -> str:
    """Return what stands in a notebook as it stands in a page, which has the style in its head."""
    found = _WRAPPED.fullmatch(html)
    return found[1] if found else html


def style() -> str:
    """Return the style of all blocks, for a page."""
    return _read("block.css")


@cache
def _scoped(parts: frozenset[str]) -> str:
    rules = "".join(
        rules for file in ("jupyterlab.css", "block.css") for part, rules in _parts(file) if part in {"all", *parts}
    )
    # What holds for the body of a page holds for the wrapper, whose classes give the rules nested in it their weight.
    return f"{_SCOPE}{{{rules.replace('body{', '&{')}}}"


@cache
def _parts(file: str) -> list[tuple[str, str]]:
    """Return the parts of a style in order, each by name and without what a browser does not need."""
    before, *named = re.split(r"/\* part: (\w+) \*/", _read(file))
    pairs = [("all", before), *zip(named[::2], named[1::2], strict=True)]
    return [(part, _shortened(rules)) for part, rules in pairs]


def _shortened(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s*([{};,])\s*", r"\1", css)
    css = re.sub(r"(?<=[\w-]):\s+", ":", css)
    return re.sub(r"\s+", " ", css).replace(";}", "}").strip()


@cache
def _read(file: str) -> str:
    return (files("casebook.report") / "templates" / file).read_text(encoding="utf-8")
