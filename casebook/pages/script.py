"""The scripts of the pages: their text, and the hash by which a page's policy and the gates know them."""

from __future__ import annotations

import base64
import re
from functools import cache
from hashlib import sha256
from importlib.resources import files


@cache
def text(name: str = "page.js") -> str:
    """Return a script as it stands in a page: without comments on lines of their own, and without indents."""
    read = (files("casebook.pages") / "templates" / name).read_text(encoding="utf-8")
    return re.sub(r"^\s*(//.*)?\n|^\s+", "", read, flags=re.MULTILINE)


@cache
def source(name: str = "page.js") -> str:
    """Return a script as the policy of a page names it (https://www.w3.org/TR/CSP3/#grammardef-hash-source).

    Examples
    --------
    >>> source()[:8], len(source())
    ("'sha256-", 53)
    """
    return f"'sha256-{base64.b64encode(sha256(text(name).encode()).digest()).decode()}'"
