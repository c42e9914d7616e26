"""The pack as typed data: what ``reports/pack.json`` holds. ``docs/pack.schema.json`` is the published schema of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Set
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casebook.errors import InputError
from casebook.pack.report_spec import Contact
from casebook.reconcile.faults import PaperFault

FILE = "pack.json"
SCHEMA = 1
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


class Glance(_Model):
    """How the area stands, for the index: a finding, what is worse and better, and a few values to draw."""

    finding: str
    worse: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    """What can be neither, because nobody can tell it from chance."""
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


class Published(_Model):
    """A report of a pack: what it says, where its files are, and how it was made; paths are relative to ``reports``."""

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
    fingerprint: Fingerprint = Fingerprint()
    files: dict[str, str] = {}
    """The SHA-256 of each of its files."""

    @property
    def key(self) -> tuple[str, str]:
        """Its place in the pack: its name and area."""
        return self.name, self.area


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


class Failure(_Model):
    """A report that failed or is held, and what is said of it; ``kept`` where its last good page stands instead."""

    name: str
    area: str
    title: str
    status: str
    said: str
    kept: bool


class Pack(_Model):
    """All of ``reports/pack.json``."""

    schema_version: int = SCHEMA
    areas: tuple[str, ...] = ()
    published: str = ""
    built_from: str = ""
    run: str = ""
    contact: Contact | None = None
    """Whom readers ask who cannot use a page."""
    reports: tuple[Published, ...] = ()
    failed: tuple[Failure, ...] = ()
    papers: dict[str, str] = {}
    committee_packs: dict[str, str] = {}
    """The PDF of all reports of an area, by folder."""
    before: bool = False
    """Whether there was a pack before, which ``changes`` compares with."""
    changes: tuple[PackChange, ...] = ()
    reconciliation: tuple[Row, ...] = ()
    files: dict[str, str] = Field(default={})
    """The SHA-256 of each file about all reports."""
    sha256: str = ""
    """The SHA-256 of this file without this name."""


def read(folder: Path) -> Pack | None:
    """Read what a folder's ``pack.json`` says; None if there is none.

    Raises
    ------
    InputError
        If it does not describe a pack.
    """
    try:
        return Pack.model_validate_json((folder / FILE).read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(
            f"reports/{FILE} does not describe what is in reports ({where}: {first['msg']}): restore the folder, or "
            "move it away and run the whole pipeline."
        ) from None


def text(pack: Pack, without: Set[str] = frozenset()) -> str:
    """Return a pack as ``pack.json`` holds it, all of it or without some of its names."""
    return pack.model_dump_json(indent=2, exclude=set(without)) + "\n"


def schema() -> str:
    """Return the JSON schema of ``pack.json``, as ``docs/pack.schema.json`` publishes it."""
    return json.dumps(Pack.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
