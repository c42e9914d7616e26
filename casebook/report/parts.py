"""What sections are made of: sentences, charts with data, tables with headers, what is taken as true, and several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from casebook.studies.assumed import Assumed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Columns = Mapping[str, str | tuple[str, str]]
NOT_PRINTED = "not printed in the source"


@dataclass(frozen=True)
class Chart:
    """A drawing, its data, and what it shows in words, as ``report.figure`` takes them."""

    figure: Figure = field(repr=False)
    title: str
    subtitle: str
    alt: str
    data: pd.DataFrame = field(repr=False)
    columns: Columns
    missing: str = NOT_PRINTED

    def but(self, **other: Any) -> Chart:
        """Return the same with another title, subtitle, description and so on."""
        return replace(self, **other)


@dataclass(frozen=True)
class Sheet:
    """A table, its caption and its headers, as ``report.table`` takes them."""

    frame: pd.DataFrame = field(repr=False)
    caption: str
    columns: Columns
    notes: tuple[str, ...] = ()
    missing: str = NOT_PRINTED
    highlight: str | None = None
    folded: bool = False

    def but(self, **other: Any) -> Sheet:
        """Return the same with another caption, other columns and so on."""
        return replace(self, **other)


@dataclass(frozen=True)
class Aside:
    """Paragraphs folded under a few words that say what they are about, for those who want to know more."""

    folded: str
    paragraphs: tuple[str, ...]


Part = str | Aside | Chart | Sheet | Assumed
"""What a section may hold."""


class Section:
    """Sentences, asides, charts and tables in the order a report shows them; each is there by its name, too.

    Examples
    --------
    >>> section = Section(who="Ten areas are compared.", meaning="The average is the mean.", left_out=None)
    >>> list(section.without("who")), section.but(who="Nine.").who
    (['The average is the mean.'], 'Nine.')
    """

    def __init__(self, **parts: Part | None) -> None:
        self._parts = {name: part for name, part in parts.items() if part is not None}

    def __getattr__(self, name: str) -> Any:
        """Return one part."""
        if name.startswith("_") or name not in self._parts:
            raise AttributeError(f"this section has {', '.join(self.__dict__.get('_parts', ()))}, not {name}")
        return self._parts[name]

    def __dir__(self) -> list[str]:
        """Name the parts, for completion."""
        return [*self._parts, "but", "without"]

    def __iter__(self) -> Iterator[Part]:
        """Go through the parts in order."""
        return iter(self._parts.values())

    def but(self, **parts: Part) -> Section:
        """Return the same with other parts in the place of some."""
        return Section(**{**self._parts, **parts})

    def without(self, *names: str) -> Section:
        """Return the same without some parts."""
        return Section(**{name: part for name, part in self._parts.items() if name not in names})
