"""The one script of the pages: its text, and the hash by which a page's policy and the gates know it."""

from __future__ import annotations

import base64
import re
from functools import cache
from hashlib import sha256
from importlib.resources import files


@cache
def text() -> str:
    """Return the script as it stands in a page: without comments on lines of their own, and without indents."""
    read = (files("casebook.pages") / "templates" / "page.js").read_text(encoding="utf-8")
    return re.sub(r"^\s*(//.*)?\n|^\s+", "", read, flags=re.MULTILINE)


@cache
def source() -> str:
    """Return the script as the policy of a page names it (https://www.w3.org/TR/CSP3/#grammardef-hash-source).

    Examples
    --------
    >>> source()[:8], len(source())
    ("'sha256-", 53)
    """
    return f"'sha256-{base64.b64encode(sha256(text().encode()).digest()).decode()}'"
