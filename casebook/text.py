"""Text as a name. It loads nothing, so that the command line may use it."""

from __future__ import annotations

import re


def slug(text: str) -> str:
    """Return a name for a file, a folder or an id in a page.

    Examples
    --------
    >>> slug("Bath and North East Somerset")
    'bath-and-north-east-somerset'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"
