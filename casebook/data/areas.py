"""Official names and codes of areas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from casebook.data import raw
from casebook.data.catalogue import Catalogue
from casebook.errors import InputError, one_of

AREAS, SPELLINGS, CHANGES = "areas", "area_spellings", "area_changes"


@dataclass(frozen=True)
class Area:
    """One area: its official name and code, what kind it is, and the region it lies in."""

    name: str
    code: str
    kind: str
    la_number: int | None
    region: str


@dataclass(frozen=True)
class Reorganisation:
    """The authority that ended on 31 March of a year, and one that followed it."""

    former: str
    successor: str
    year: int


class Gazetteer:
    """The areas Casebook knows, found by official name, code or number, or by another spelling; and their history."""

    def __init__(self, areas: list[Area], spellings: dict[str, str], changes: tuple[Reorganisation, ...] = ()) -> None:
        self.areas = {area.name: area for area in areas}
        self._by_code = {area.code: area for area in areas if area.code}
        self._by_number = {str(area.la_number): area for area in areas if area.la_number}
        self.spellings = spellings
        self.changes = changes

    def find(self, name: str) -> Area | None:
        """Return the area that a name, code or number stands for, or None."""
        return self.areas.get(self.spellings.get(name, name)) or self._by_code.get(name) or self._by_number.get(name)

    @property
    def lives(self) -> tuple[dict[str, int], dict[str, int]]:
        """The year after whose March an authority began, and the year in whose March one ended, where known."""
        return (
            {change.successor: change.year for change in self.changes},
            {change.former: change.year for change in self.changes},
        )

    def authority(self, name: str) -> Area:
        """Return the local authority of that name.

        Raises
        ------
        InputError
            If there is none; the message names the nearest.
        """
        area = self.find(name)
        authorities = sorted(area.name for area in self.areas.values() if area.kind == "authority")
        if area is None:
            raise InputError(f"There is no area called {name!r}: {one_of(authorities, name)}")
        if area.kind != "authority":
            raise InputError(f"{area.name} is a {area.kind}, not a local authority: {one_of(authorities, '')}")
        return area

    def authorities(self, names: Iterable[str]) -> list[Area]:
        """Return the local authorities of some names.

        Raises
        ------
        InputError
            If some name none; all of them are named.
        """
        found, wrong = [], []
        for name in names:
            try:
                found.append(self.authority(name))
            except InputError as error:
                wrong.append(str(error))
        if wrong:
            raise InputError("\n".join(dict.fromkeys(wrong)))
        return found

    def authorities_of(self, region: str = "") -> list[str]:
        """Return the names of the authorities there are, of a region or of all England, in alphabetical order.

        Raises
        ------
        InputError
            If there is no such region.
        """
        regions = sorted({area.region for area in self.areas.values() if area.kind == "authority"} - {""})
        place = self.find(region)
        if region and (name := place.name if place else region) not in regions:
            raise InputError(f"There is no region called {region!r}: {one_of(regions, region)}")
        return sorted(
            area.name
            for area in self.areas.values()
            if area.kind == "authority" and (not region or area.region == name)
        )


def load(root: Path, catalogue: Catalogue) -> Gazetteer:
    """Read the areas, their other spellings and which took whose place.

    Raises
    ------
    InputError
        If a table is wrong, or a spelling or a change names no area.
    """
    key = tuple(raw.state(root, catalogue.table(name)) for name in (AREAS, SPELLINGS, CHANGES))
    if key not in _known:
        _known[key] = _read(root, catalogue)
    return _known[key]


# Every read of a table begins here.
_known: dict[tuple[raw.State, ...], Gazetteer] = {}


def _read(root: Path, catalogue: Catalogue) -> Gazetteer:
    table = raw.read(root, catalogue.table(AREAS))
    areas = [
        Area(
            name=row["name"],
            code=_text(row["code"]),
            kind=row["kind"],
            la_number=None if pd.isna(row["la_number"]) else int(row["la_number"]),
            region=_text(row["region"]),
        )
        for row in table.to_dict("records")
    ]
    names = {area.name for area in areas}

    def rows(table: str, *columns: str) -> Iterator[dict[str, Any]]:
        for row, entry in raw.read(root, catalogue.table(table)).iterrows():
            for column in columns:
                if entry[column] not in names:
                    raise InputError(
                        f"data/raw/{table}.csv, row {row}, column {column}: found {entry[column]!r}, which is not in "
                        f"data/raw/areas.csv; {one_of(sorted(names), entry[column])}"
                    )
            yield {str(column): value for column, value in entry.items()}

    spellings = {entry["spelling"]: entry["name"] for entry in rows(SPELLINGS, "name")}
    changes = rows(CHANGES, "former", "successor")
    history = tuple(Reorganisation(one["former"], one["successor"], int(one["year"])) for one in changes)
    return Gazetteer(areas, spellings, history)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
