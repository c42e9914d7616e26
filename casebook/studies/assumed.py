"""What a result takes as true: how good the grounds are, where it is from, and what it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Quality = Literal["green", "amber", "red"]
Impact = Literal["low", "medium", "high"]


@dataclass(frozen=True)
class Assumed:
    """One thing taken as true, as ``report.assumption`` takes it.

    Attributes
    ----------
    text
        The assumption, as a sentence.
    quality, impact
        How good its grounds are, and how much the findings would change if it were wrong.
    source
        Where it is from: a few words, or a sentence without its full stop.
    changes
        What would be different if it were wrong, in numbers: a sentence; empty where that cannot be said.
    """

    text: str
    quality: Quality
    impact: Impact
    source: str
    changes: str = ""
