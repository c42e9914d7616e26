"""The pack as typed data: what ``reports/pack.json`` and the ``pack.json`` of each area's folder hold.

The one at the top says what the pages about all areas need; that of an area has all that is known of its reports, and
is written with them. ``docs/pack.schema.json`` is the published schema of both.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.json_schema import models_json_schema

from casebook.errors import InputError
from casebook.pack.report_spec import Contact
from casebook.reconcile.faults import PaperFault

FILE = "pack.json"
SCHEMA = 2
"""The version of the schema: a reader of an earlier one may no longer understand what a later one writes."""


class _Model(BaseModel):
    # What a later version adds is no concern of this one.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Finding(_Model):
    """A headline of a report: its sentence, the number to follow from run to run, and how far that may move."""

    id: str
    text: str
    value: int | float | None
    unit: str = ""
    alert_threshold: float | None = None
    basis: str = ""
    """What it rests on."""
    ranks: str = ""
    """What the number is where all areas are ranked by it; without it, they are not."""
    period: str = ""
    """When the number is for; areas are ranked within a period."""


class Glance(_Model):
    """How the area stands, for the index: a finding, what is worse and better, and a few values to draw."""

    finding: str
    worse: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    """What can be neither, because nobody can tell it from chance."""
    cautions: tuple[str, ...] = ()
    """What has to be known before the finding is relied on."""
    good: Literal["high", "low"] | None = None
    """Which values are good, where that is judged."""
    of: str = ""
    """What the values count, with their unit."""
    trend: tuple[tuple[int | str, float], ...] = ()
    """Values by year, or by what they are of."""
    here: str = ""
    """Which of them is the area's own."""
    format: str = ""
    """How they are written; without it, by their size."""

    @property
    def direction(self) -> Literal["up", "down", "level", ""]:
        """Where the last of the values by year went from the one before; empty where there are no two years."""
        years = [(key, value) for key, value in self.trend if isinstance(key, int)]
        if len(years) < 2:
            return ""
        before, after = years[-2][1], years[-1][1]
        return "level" if before == after else "up" if after > before else "down"

    @property
    def course(self) -> Literal["better", "worse", ""]:
        """Whether that is for the better or the worse, where it is judged and something moved."""
        if not self.good or self.direction not in ("up", "down"):
            return ""
        return "better" if (self.direction == "up") == (self.good == "high") else "worse"


class DataColumn(_Model):
    """A column of data: what it holds, and the unit where its values are numbers."""

    name: str
    title: str
    unit: str = ""


class Data(_Model):
    """A table for programs: an object a row, null where a value is unknown or does not apply."""

    name: str
    columns: tuple[DataColumn, ...]
    rows: tuple[dict[str, int | float | bool | str | None], ...]


class OpenedFile(_Model):
    """A file or folder that a report's cells looked at besides; ``sha256`` is empty where there was none."""

    path: str
    sha256: str


class ReadFile(OpenedFile):
    """A table, or another report's result, that a report read."""

    name: str


class Fingerprint(_Model):
    """What a report was made from, as hashes, lists and values: where one of these is another, it is stale."""

    code: str = ""
    kernel: str | None = None
    words: str = ""
    contains: tuple[int, int] = (0, 0)
    parameters: dict[str, Any] = {}
    package: str = ""
    rendering: str = ""
    packages: str = ""
    reads: tuple[str, ...] = ()
    described: dict[str, str] = {}
    upstream: dict[str, str] = {}


class ReportCard(_Model):
    """A report of a pack: what it says and where its files are; paths are relative to ``reports``."""

    name: str
    title: str
    area: str
    folder: str
    as_of: str
    status: Literal["succeeded", "failed", "held"]
    kept_since: str = ""
    """For the last good page of a report that failed or is held: when it was made."""
    older: str = ""
    """For a page that is older than its data: what has changed since."""
    html: str
    notebook: str
    spreadsheet: str = ""
    pdf: str = ""
    finished: str
    rendered: str = ""
    summary: tuple[str, ...] = ()
    """What matters to a decision, the most important first; the last is a question."""
    headlines: tuple[Finding, ...]
    glance: Glance | None = None
    parameters: dict[str, Any]
    overrides: tuple[str, ...] = ()
    """The parameters that were set for this run alone."""

    @property
    def key(self) -> tuple[str, str]:
        """Its place in the pack: its name and area."""
        return self.name, self.area


class Published(ReportCard):
    """And how it was made."""

    secrets: tuple[str, ...] = ()
    why: str = ""
    built_from: str = ""
    engine: str = ""
    seconds: float = 0.0
    processor_seconds: float = 0.0
    peak_megabytes: float = 0.0
    versions: dict[str, str] = {}
    inputs: tuple[ReadFile, ...] = ()
    opened: tuple[OpenedFile, ...] = ()
    variables: dict[str, str] = {}
    """Environment variables it looked at, with keyed hashes."""
    unseen: tuple[str, ...] = ()
    """What it was made from and nobody can look at."""
    explored: tuple[str, ...] = ()
    """What its cells show that is not published."""
    data: tuple[Data, ...] = ()
    """Its tables for programs, such as the ranking of ``portfolio``."""
    several: bool = False
    """Whether its page leads to the same report of other areas."""
    fingerprint: Fingerprint = Fingerprint()
    files: dict[str, str] = {}
    """The SHA-256 of each of its files."""


class Row(_Model):
    """A printed figure, calculated again: where it is printed, its verdict, and in which report of which area."""

    id: str
    paper: str
    line: int
    figure: str
    printed: str
    unit: str
    computed: int | float | None
    computed_shown: str
    formula: str
    verdict: str
    note: str
    follows: str
    report: str
    area: str
    missing: str = ""
    """What it would take to calculate it, and is not printed."""
    fault: PaperFault | None = None
    """Why it does not stand, alone or together with others."""
    printed_shown: str = ""
    """What is printed as a reader sees it: words in quotation marks, a cell's number with its unit."""
    where: str = ""
    """Where a reader finds it: heading, case and year."""
    dependents: tuple[str, ...] = ()
    """The ids of the figures that are calculated from it."""

    @property
    def place(self) -> tuple[str, int, str]:
        """Where it stands when rows are in the order of papers and lines."""
        return self.paper, self.line, self.id


class PackChange(_Model):
    """What is another than in the pack before: a headline's number, a verdict, an input, or a report that is new."""

    report: str
    area: str
    kind: Literal["headline", "verdict", "input", "new"]
    what: str
    id: str = ""
    before: int | float | str | None = None
    after: int | float | str | None = None
    unit: str = ""
    per_cent: float | None = None
    why: str = ""
    """What made the difference: new data, new parameters, new code, or several of them."""


class Spread(_Model):
    """How a headline's number is spread over areas: the least, the quartiles and the most."""

    id: str
    unit: str
    areas: int
    least: float
    quarter: float
    middle: float
    three_quarters: float
    most: float


class Compared(_Model):
    """The page that compares a report over all areas, and how its headlines are spread."""

    report: str
    title: str
    html: str
    areas: int
    headlines: tuple[Spread, ...]


class Failure(_Model):
    """A report that failed or is held, and what is said of it; ``kept`` where its last good page stands instead."""

    name: str
    area: str
    title: str
    status: str
    said: str
    kept: bool


class AreaPack(_Model):
    """All of an area's ``pack.json``."""

    schema_version: int = SCHEMA
    area: str
    published: str = ""
    since: str = ""
    """The run of the pack before, which ``changes`` compares with."""
    reports: tuple[Published, ...] = ()
    left_out: dict[str, str] = {}
    """The reports that cannot be made for the area, each with what is missing."""
    changes: tuple[PackChange, ...] = ()
    reconciliation: tuple[Row, ...] = ()
    files: dict[str, str] = {}
    """The SHA-256 of each page about all its reports."""
    sha256: str = ""
    """The SHA-256 of this file without this name."""


class Top(_Model):
    """All of ``reports/pack.json``."""

    schema_version: int = SCHEMA
    areas: tuple[str, ...] = ()
    regions: dict[str, str] = {}
    """The region of each area, where it is known."""
    published: str = ""
    built_from: str = ""
    run: str = ""
    contact: Contact | None = None
    """Whom readers ask who cannot use a page."""
    reports: tuple[ReportCard, ...] = ()
    failed: tuple[Failure, ...] = ()
    compared: tuple[Compared, ...] = ()
    """The pages that compare a report over all areas, where there are enough of them."""
    papers: dict[str, str] = {}
    committee_packs: dict[str, str] = {}
    """The PDF of all reports of an area, by folder."""
    before: bool = False
    """Whether there was a pack before, which ``changes`` compares with."""
    since: str = ""
    """The run of that pack."""
    changes: tuple[PackChange, ...] = ()
    records: dict[str, str] = {}
    """The SHA-256 of the ``pack.json`` of each area, by folder."""
    files: dict[str, str] = {}
    """The SHA-256 of each page about all areas."""
    sha256: str = ""
    """The SHA-256 of this file without this name."""


class Pack(Top):
    """The whole pack, put together: what the top and the areas say."""

    reports: tuple[Published, ...] = ()
    reconciliation: tuple[Row, ...] = ()
    left_out: dict[str, dict[str, str]] = {}
    """By area, the reports that cannot be made for it, each with what is missing."""

    def of(self, folder: str) -> AreaPack | None:
        """Return what the pack of an area's folder says; None if it has no reports."""
        reports = tuple(one for one in self.reports if one.folder == folder)
        if not reports:
            return None
        area = reports[0].area
        return AreaPack(
            area=area,
            published=self.published,
            since=self.since,
            reports=reports,
            left_out=self.left_out.get(area, {}),
            changes=tuple(one for one in self.changes if one.area == area),
            reconciliation=tuple(row for row in self.reconciliation if row.area == area),
        )


def read(folder: Path, areas: Collection[str] | None = None) -> Pack | None:
    """Read a pack: what the ``pack.json`` of the folder says, and those of areas; None if there is none.

    Parameters
    ----------
    folder
        The folder of the pack.
    areas
        The folders of the areas to read; all, if left out.

    Raises
    ------
    InputError
        If a file does not describe what it should.
    """
    own, found = top(folder), areas_of(folder, areas)
    return None if own is None and not found else together(own or Top(), found)


def together(top: Top, found: Sequence[AreaPack]) -> Pack:
    """Return the whole pack, of what the top and the areas say."""
    rows = sorted((row for one in found for row in one.reconciliation), key=lambda row: (row.area, *row.place))
    return Pack.model_construct(**{
        **{name: getattr(top, name) for name in Top.model_fields},
        "reports": tuple(report for one in found for report in one.reports),
        "reconciliation": tuple(rows), "left_out": {one.area: one.left_out for one in found if one.left_out},
    })  # fmt: skip


def areas_of(folder: Path, names: Collection[str] | None = None) -> list[AreaPack]:
    """Read what the packs of areas say, by their folders; of all, if none is named."""
    names = folders(folder) if names is None else names
    return [one for name in names if (one := area_pack(folder, name))]


def top(folder: Path) -> Top | None:
    """Read what the ``pack.json`` at the top says; None if there is none."""
    return _read(folder / FILE, Top)


def area_pack(folder: Path, area: str) -> AreaPack | None:
    """Read what the pack of an area's folder says; None if there is none.

    Raises
    ------
    InputError
        If it does not describe one.
    """
    return _read(folder / area / FILE, AreaPack)


def folders(folder: Path) -> list[str]:
    """Return the folders of the areas that a pack has, in alphabetical order."""
    return sorted(file.parent.name for file in folder.glob(f"*/{FILE}"))


_Kind = TypeVar("_Kind", Top, AreaPack)


def _read(file: Path, kind: type[_Kind]) -> _Kind | None:
    try:
        return kind.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        name = FILE if kind is Top else f"{file.parent.name}/{FILE}"
        raise InputError(
            f"reports/{name} does not describe what is in reports ({where}: {first['msg']}): restore the folder, or "
            "move it away and run the whole pipeline."
        ) from None


_BEFORE_LAST, _END = ',\n  "sha256": "', "\n}\n"


def write(file: Path, content: Top | AreaPack) -> None:
    """Write what a pack says, with the hash of it at the end."""
    # Of a pack put together, the top holds its own part alone.
    kind = AreaPack if isinstance(content, AreaPack) else Top
    own = kind.model_construct(**{name: getattr(content, name) for name in kind.model_fields})
    said = own.model_dump_json(indent=2, exclude={"sha256"})
    file.write_text(_with_hash(said.removesuffix("\n}")), encoding="utf-8")


def is_whole(file: Path) -> bool:
    """Return whether a pack's file is, letter for letter, as it was written."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return text == _with_hash(text.rpartition(_BEFORE_LAST)[0])


def _with_hash(said: str) -> str:
    return f'{said}{_BEFORE_LAST}{sha256((said + _END).encode()).hexdigest()}"{_END}'


def schema() -> str:
    """Return the JSON schema of both kinds of ``pack.json``, as ``docs/pack.schema.json`` publishes it."""
    kinds, defined = models_json_schema([(Top, "serialization"), (AreaPack, "serialization")])
    found = {"title": "pack.json", "anyOf": list(kinds.values()), **defined}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
