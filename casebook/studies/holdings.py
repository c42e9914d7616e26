"""What the catalogue's tables hold, what is missing in them, and what was corrected: the register of a pack."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from casebook.data import catalogue, project, tables
from casebook.data.tables import Prepared
from casebook.english import Noun, capital, count, listed
from casebook.reconcile.places import Places


@dataclass(frozen=True)
class Holdings:
    """All tables as they were prepared, and a frame for each thing the register shows.

    Examples
    --------
    >>> held = Holdings(tables.read_all()[1:3])
    >>> str(held), held.overview["title"].tolist(), held.blank
    ('two tables', ['Areas and their official codes', 'Other spellings of area names'], 'No values are')
    """

    prepared: Sequence[Prepared]

    def __str__(self) -> str:
        """Write how many tables there are."""
        return Noun("table").count(len(self.prepared))

    @property
    def rows(self) -> int:
        """How many rows they have in all."""
        return sum(len(one.frame) for one in self.prepared)

    @property
    def overview(self) -> pd.DataFrame:
        """A row a table: ``title``, ``rows``, ``columns``, ``source``, and how many cells were ``corrected``."""
        return pd.DataFrame(
            {
                "title": one.table.title,
                "rows": len(one.frame),
                "columns": len(one.table.columns),
                "source": "; ".join(source.citation() for source in one.table.sources),
                "corrected": len(one.corrections),
            }
            for one in self.prepared
        )

    @property
    def fields(self) -> pd.DataFrame:
        """A row a column of numbers: ``field``, ``unit``, ``smallest``, ``largest``, and how many are ``missing``."""
        return pd.DataFrame(
            {
                "field": f"{one.table.title}: {field.title}",
                "unit": field.unit,
                "smallest": one.frame[field.name].min(),
                "largest": one.frame[field.name].max(),
                "missing": int(one.frame[field.name].isna().sum()),
            }
            for one in self.prepared
            for field in one.table.columns
            if field.type in ("number", "integer") and field.role is None and field.name != "line"
        )

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """A row a gap: ``title``, what is ``missing``, how many ``values``, and the ``kind``, "blank" or "area"."""
        rows = [
            (one.table.title, f"{field.title}{_areas_of(blank)}", len(blank), "blank")
            for one in self.prepared
            for field in one.table.columns
            if field.type != "string" and field.role is None and one.table.name != "areas" and not _is_list(one)
            if (lacking := one.frame[field.name].isna()).any()
            for blank in [one.frame[lacking]]
        ]
        rows += [
            (one.table.title, f"The whole area: {name}", 1, "area")
            for one in self.prepared
            if one.table.indicator
            for name in tables.authorities_in(one.table.indicator.region)
            if name not in set(one.frame["area"])
        ]
        return pd.DataFrame(rows, columns=["title", "missing", "values", "kind"])

    @property
    def missing(self) -> int:
        """How many values are not there, an authority that is not listed counted as one."""
        return int(self.gaps["values"].sum())

    @property
    def lacking(self) -> str:
        """The same, to begin a sentence with, and the verb."""
        return capital(count(self.missing, "value is", "values are"))

    @property
    def blank(self) -> str:
        """How many of them are blank, to begin a sentence with, and the verb."""
        return capital(count(self._missing("blank"), "value is", "values are"))

    @property
    def absent(self) -> str:
        """How many are authorities, and the verb."""
        return count(self._missing("area"), "authority is", "authorities are")

    def _missing(self, kind: str) -> int:
        return int(self.gaps.loc[self.gaps["kind"] == kind, "values"].sum())

    @property
    def changed(self) -> int:
        """How many cells were corrected."""
        return sum(len(one.corrections) for one in self.prepared)

    @property
    def carry(self) -> str:
        """The same, to begin a sentence with, and its verb."""
        return capital(count(self.changed, "cell carries", "cells carry"))

    @property
    def corrections(self) -> pd.DataFrame:
        """A row a correction: ``title``, as ``printed``, as ``used``, ``why``, and in how many ``cells``."""
        rows = [
            (one.table.title, change.printed, change.used, change.why)
            for one in self.prepared
            for change in one.corrections
        ]
        named = pd.DataFrame(rows, columns=["title", "printed", "used", "why"])
        return named.groupby(list(named), as_index=False, sort=False).agg(cells=("why", "size"))

    @property
    def misprints(self) -> pd.DataFrame:
        """A row an oddity kept as printed: ``title`` and ``misprint``, which says where as a reader finds it."""
        places = Places(project.root(), catalogue.load(project.root()))
        rows = [
            (one.table.title, places.in_text(misprint, _paper(one, misprint), 0))
            for one in self.prepared
            for misprint in one.table.misprints
        ]
        return pd.DataFrame(rows, columns=["title", "misprint"])

    def naming(self, area: str) -> int:
        """Return how many tables name an area."""
        return sum(area in set(one.frame["area"]) for one in self.prepared if "area" in one.frame)

    def with_areas(self, area: str) -> str:
        """Return of how many tables that is, as a sentence says it."""
        return Noun("table").some_of(self.naming(area), sum("area" in one.frame for one in self.prepared))


def _is_list(one: Prepared) -> bool:
    """Return whether a table lists what a case or a budget is made of; in it a cell is blank that does not apply."""
    return {"id", "item"} <= set(one.frame)


def _paper(one: Prepared, said: str) -> str:
    """Return the paper that a sentence about a table is about: the one it names, or that the table is from."""
    named = re.search(r"[Pp]aper (\d{3})", said)
    return named[1] if named else next((source.paper for source in one.table.sources if source.paper), "")


def _areas_of(rows: pd.DataFrame) -> str:
    return f": {listed(sorted(set(rows['area'])))}" if "area" in rows else ""
