"""Official exports dropped into ``data/raw/exports``: recognised, read once, and kept tidy in ``data/processed``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from casebook import digest
from casebook.data import formats, parquet
from casebook.data.areas import Gazetteer
from casebook.data.formats import Format
from casebook.data.project import write_whole
from casebook.errors import InputError

FOLDER = Path("data/raw/exports")
KEPT = Path("data/processed/exports")
ENDINGS = (".csv", ".parquet", ".xlsx")
_LAYOUT = 3  # Raised when what is kept, or what is recognised, changes.
_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Vintage:
    """One file of a format: a series as it was known when that was published.

    It is called by its publisher's title and the first digits of its hash. When a file was published it does not say,
    and its name or date on this machine prove nothing.
    """

    format: Format
    path: Path
    sha256: str

    def __str__(self) -> str:
        """Write its title and the first digits of its hash."""
        return f"{self.format.title}, file {self.digits}"

    @property
    def digits(self) -> str:
        """The first eight digits of its hash."""
        return self.sha256[:8]


def held(root: Path) -> tuple[Path, ...]:
    """Return the files in the folder of exports, in the order of their names."""
    folder = root / FOLDER
    if not folder.is_dir():
        return ()
    return tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file()))


def vintages(root: Path) -> list[Vintage]:
    """Return the recognised files, in the order of the formats and then of their hashes.

    Raises
    ------
    InputError
        If a file cannot be read as what its ending says.
    """
    order = [one.name for one in formats.FORMATS]
    found = [vintage for path in held(root) if (vintage := _recognised(root, path))]
    return sorted(found, key=lambda one: (order.index(one.format.name), one.sha256))


def not_recognised(root: Path) -> list[str]:
    """Return a sentence for each thing in the folder of exports that is not used."""
    files = held(root)
    said = [formats.not_recognised(path) for path in files if _recognised(root, path) is None]
    there = set((root / FOLDER).iterdir()) if (root / FOLDER).is_dir() else set()
    others = sorted(there - {*files, root / FOLDER / "README.md"})
    kinds = "no CSV, Parquet or XLSX file, so it is not used: save it as one, or take it out."
    return said + [f"{FOLDER / path.name} is {kinds}" for path in others if not path.name.startswith(".")]


def _recognised(root: Path, path: Path) -> Vintage | None:
    """Return a file as a vintage, and keep it tidy under its format and hash; None if it is of no known format.

    What a file is, is kept in the name it is kept under, so each is read once.
    """
    content = digest.of(path)
    for kept in (root / KEPT).glob(f"*-{content[:16]}-{_LAYOUT}.parquet"):
        name = kept.name.rpartition(f"-{content[:16]}")[0]
        return None if name == _UNKNOWN else Vintage(formats.named(name), path, content)
    try:
        found = formats.read(path)
        name, tidy = (found[0].name, _compact(found[1])) if found else (_UNKNOWN, b"")
    except Exception as error:
        # What a damaged file makes the libraries raise has no end; whatever it is, the file is to blame.
        why = " ".join(str(error).split())[:120] or type(error).__name__
        raise InputError(
            f"{FOLDER / path.name} cannot be read ({why}): download it again as published, or take it out of the "
            "folder."
        ) from None
    write_whole(_kept(root, name, content), tidy)
    return Vintage(formats.named(name), path, content) if found else None


def _kept(root: Path, name: str, content: str) -> Path:
    return root / KEPT / f"{name}-{content[:16]}-{_LAYOUT}.parquet"


def _compact(frame: pd.DataFrame) -> bytes:
    years = {period: formats.year_of(period) for period in frame["period"].unique()}
    frame["year"] = frame["period"].map(years).astype("Int64").fillna(0)
    for column in ("measure", "area", "period", "status"):
        frame[column] = frame[column].astype("category")
    return parquet.written(frame.sort_values("measure", kind="stable"), rows=5_000)


def read(
    root: Path, vintage: Vintage, measures: Sequence[str], areas: Gazetteer, continued_by: Mapping[str, str]
) -> pd.DataFrame:
    """Return some measures of a vintage, a row for each measure, area and year.

    Parameters
    ----------
    continued_by
        Authorities that ended under whose names the publisher goes on giving the figures of another.

    Returns
    -------
    pandas.DataFrame
        ``measure``, ``area`` by its official name, ``area_code``, ``year`` the period ends in, ``value``, ``lower``,
        ``upper``, ``count``, ``denominator``, and ``status``: what stands in place of a value. What is written for an
        authority after it ended, and a zero before it began, is no value, and the status says so. Rows of areas that
        are not known, such as health boards, are left out.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    frame = _rows(_kept(root, vintage.format.name, vintage.sha256), tuple(measures))
    official = {one: areas.find(one) for one in frame["area"].unique()}
    places = frame["area"].map({one: place.name for one, place in official.items() if place}).astype("str")
    codes = frame["area"].map({one: place.code for one, place in official.items() if place}).astype("str")
    frame = frame.assign(area=places, area_code=codes)[frame["area"].map(official).notna()]
    frame = _under_their_own_names(frame, areas, continued_by)
    frame = frame.drop_duplicates(["measure", "area", "year", "value"])
    if len(again := frame[frame.duplicated(["measure", "area", "year"])]):
        one = again.iloc[0]
        raise InputError(
            f"{FOLDER / vintage.path.name} has two values of {one['measure']!r} for {one['area']} in {one['year']}: "
            "download it again as published, or take it out of the folder."
        )
    frame = frame.reset_index(drop=True)
    return _while_they_existed(frame, areas)


@lru_cache(maxsize=32)
def _rows(kept: Path, measures: tuple[str, ...]) -> pd.DataFrame:
    # What is kept under a hash never changes, and a report asks for it several times.
    return parquet.read(kept, "measure", measures)


def _under_their_own_names(frame: pd.DataFrame, areas: Gazetteer, continued_by: Mapping[str, str]) -> pd.DataFrame:
    for former, successor in continued_by.items():
        after = (frame["area"] == former) & (frame["year"] > areas.lives[1][former])
        frame = frame[~((frame["area"] == successor) & frame["year"].isin(frame.loc[after, "year"]))]
        frame.loc[after, ["area", "area_code"]] = successor, areas.areas[successor].code
    return frame


def _while_they_existed(frame: pd.DataFrame, areas: Gazetteer) -> pd.DataFrame:
    first, last = areas.lives
    year = frame["year"]
    none_yet = (year <= frame["area"].map(first)) & (frame["value"] == 0)
    no_more = year > frame["area"].map(last)
    outside = (none_yet | no_more).fillna(False).astype(bool)
    frame.loc[outside, ["value", "lower", "upper", "count", "denominator"]] = float("nan")
    return frame.assign(status=frame["status"].astype("str").mask(outside, "no such authority"))
