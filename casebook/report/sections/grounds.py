"""What results take as true."""

from __future__ import annotations

from typing import Protocol

from casebook.english import ordinal
from casebook.report.parts import Section
from casebook.studies.assumed import Assumed


class TakesAsTrue(Protocol):
    """A result that says what it takes as true."""

    @property
    def assumptions(self) -> list[Assumed]: ...  # noqa: D102


def assumptions(*results: TakesAsTrue) -> Section:
    """State what results take as true, each with where it is from and what it changes: ``first``, ``second`` and so on.

    They stand together at the end of the page (``report.assumption``).
    """
    found = dict.fromkeys(one for result in results for one in result.assumptions)
    return Section(**{ordinal(place): one for place, one in enumerate(found, start=1)})
