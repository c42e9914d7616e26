"""A finding as a study states it, for a notebook to give it as a headline."""

from __future__ import annotations

from dataclasses import dataclass

from casebook.english import Number


@dataclass(frozen=True)
class Found:
    """Its name, what it says in one sentence, what that rests on, and the number to follow from run to run."""

    id: str
    text: str
    basis: str
    value: Number
