"""Official names and codes of areas."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from casebook.data import raw
from casebook.data.catalogue import Catalogue
from casebook.errors import InputError, one_of

AREAS, SPELLINGS = "areas", "area_spellings"


@dataclass(frozen=True)
class Area:
    """One area: its official name and code, what kind it is, and the region it lies in."""

    name: str
    code: str
    kind: str
    la_number: int | None
    region: str


class Gazetteer:
    """The areas Casebook knows, found by official name, by code or by a spelling seen in a paper."""

    def __init__(self, areas: list[Area], spellings: dict[str, str]) -> None:
        self.areas = {area.name: area for area in areas}
        self._by_code = {area.code: area for area in areas if area.code}
        self.spellings = spellings

    def find(self, name: str) -> Area | None:
        """Return the area a name stands for, or None."""
        return self.areas.get(self.spellings.get(name, name)) or self._by_code.get(name)

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

    def authorities_in(self, region: str) -> list[str]:
        """Return the names of the authorities of a region, in alphabetical order."""
        return sorted(area.name for area in self.areas.values() if area.region == region and area.kind == "authority")


def load(root: Path, catalogue: Catalogue) -> Gazetteer:
    """Read the areas and their other spellings.

    Raises
    ------
    InputError
        If either table is wrong, or a spelling stands for no area.
    """
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
    spellings = {}
    for row, entry in raw.read(root, catalogue.table(SPELLINGS)).iterrows():
        if entry["name"] not in names:
            raise InputError(
                f"data/raw/area_spellings.csv, row {row}, column name: found {entry['name']!r}, which is not in "
                f"data/raw/areas.csv; {one_of(sorted(names), entry['name'])}"
            )
        spellings[entry["spelling"]] = entry["name"]
    return Gazetteer(areas, spellings)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
