"""The blocks a report is made of: each one knows its data, its MIME type and how it is shown.

A block goes into the output of a notebook cell twice: as JSON, which the page, the index and
``pack.json`` are made from, and as HTML, which JupyterLab and the page show alike: the markup is the same, and in
the notebook the style of the pages goes with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Literal, Self

import jinja2
import pandas as pd
from pydantic import TypeAdapter, ValidationError

from casebook.data.results import RESULT
from casebook.english import count, written
from casebook.errors import InputError
from casebook.reconcile.cases import Reconciliation
from casebook.reconcile.faults import by_missing, cards
from casebook.reconcile.verdicts import in_words
from casebook.report import look
from casebook.report.tabular import address, as_csv
from casebook.text import slug

_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("casebook.report"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)

_templates.filters["slug"] = slug
RECONCILED = {"cards": cards, "by_missing": by_missing, "in_words": in_words}
"""What the macros of reconciled figures call, in a notebook's blocks and in pages."""
_templates.globals.update(RECONCILED)

MISSING = "[x]"


_adapters: dict[str, TypeAdapter[Any]] = {}


def load() -> None:
    """Read every template of the blocks, and prepare to read blocks back, which take longer than to use them."""
    for name in _templates.list_templates(extensions=["j2"]):
        _templates.get_template(name)
    for kind in Block.__subclasses__():
        kind.read({})


@dataclass(frozen=True)
class Block:
    """Something a notebook says, in a form that a page and a program can both read."""

    kind: ClassVar[str]
    style: ClassVar[tuple[str, ...]] = ()
    """The parts of the style (``templates/block.css``) that it needs besides those that all need."""
    apart: ClassVar[tuple[str, ...]] = ()
    """What stands in its HTML alone, so as not to stand twice."""

    @classmethod
    def mime(cls) -> str:
        """Return the MIME type under which the block's data stands in a notebook."""
        return f"application/vnd.casebook.{cls.kind}+json"

    def plain(self) -> str:
        """Return the block as plain text."""
        raise NotImplementedError

    def payload(self) -> dict[str, Any]:
        """Return the block's data, ready for JSON."""
        return {name: value for name, value in asdict(self).items() if name not in self.apart}

    @classmethod
    def read(cls, payload: Any) -> Self | None:
        """Return the block that data of a notebook are, but for what its HTML alone holds; None if they are none."""
        try:
            if cls.kind not in _adapters:
                _adapters[cls.kind] = TypeAdapter(cls)
            block: Self = _adapters[cls.kind].validate_python(dict.fromkeys(cls.apart, "") | payload)
        except (ValidationError, TypeError):
            return None
        return block

    def html(self) -> str:
        """Return the block as HTML, with everything from the data escaped."""
        return _templates.get_template(f"{self.kind}.html.j2").render(block=self).strip()

    def show(self) -> None:
        """Put the block into the output of the running cell; outside a notebook, print it."""
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        if get_ipython() is None:
            print(self.plain())
            return
        html = look.wrap(self.html(), self.style)
        display({self.mime(): self.payload(), "text/html": html, "text/plain": self.plain()}, raw=True)


@dataclass(frozen=True)
class Title(Block):
    """What the report is, for which area, and what its data are as of."""

    kind: ClassVar[str] = "title"
    style: ClassVar[tuple[str, ...]] = ("title",)
    text: str
    area: str
    as_of: str

    def plain(self) -> str:
        """Return the title, the area and the date of the data."""
        return f"{self.text}: {self.area} (data as of {self.as_of})"


@dataclass(frozen=True)
class Briefing(Block):
    """What matters to a decision, the most important first: three sentences at most, the last of them a question."""

    kind: ClassVar[str] = "summary"
    style: ClassVar[tuple[str, ...]] = ("headline",)
    sentences: tuple[str, ...]

    def plain(self) -> str:
        """Return the sentences, a line each."""
        return "\n".join(self.sentences)


@dataclass(frozen=True)
class Headline(Block):
    """One finding: a sentence, what it rests on, and the number in it that is watched from run to run."""

    kind: ClassVar[str] = "headline"
    style: ClassVar[tuple[str, ...]] = ("headline",)
    id: str
    text: str
    value: float | None
    unit: str
    alert_threshold: float | None = None
    basis: str = ""
    ranks: str = ""
    """What all areas are ranked by with it."""
    period: str = ""
    """When the number is for."""

    def plain(self) -> str:
        """Return the sentence and its basis."""
        return f"{self.text} {self.basis}".rstrip()


@dataclass(frozen=True)
class AtAGlance(Block):
    """How the area stands, for the index: one finding, what is worse, better or not judged, and a few values."""

    kind: ClassVar[str] = "glance"
    finding: str
    worse: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
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

    def plain(self) -> str:
        """Return the finding and the signs."""
        kinds = {"Worse": self.worse, "Better": self.better, "Not judged": self.unsure, "Caution": self.cautions}
        signs = [f"{kind}: {one}" for kind, clauses in kinds.items() for one in clauses]
        return "\n".join([f"On the index: {self.finding}", *signs])


@dataclass(frozen=True)
class Text(Block):
    """Prose with numbers in it, a paragraph a string; folded under words that say what it is, if there are such."""

    kind: ClassVar[str] = "text"
    style: ClassVar[tuple[str, ...]] = ("region", "fold")
    paragraphs: tuple[str, ...]
    folded: str = ""

    def plain(self) -> str:
        """Return the paragraphs."""
        return "\n\n".join(filter(None, (self.folded, *self.paragraphs)))


@dataclass(frozen=True)
class Column:
    """One column of a table: the header with its unit, and how its values are written."""

    name: str
    label: str
    format: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Table(Block):
    """A table: a caption, a header row, a header cell for each row, notes below; folded under its caption, or not."""

    kind: ClassVar[str] = "table"
    style: ClassVar[tuple[str, ...]] = ("region", "fold", "table")
    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = ()
    highlight: str | None = None
    folded: bool = False

    def plain(self) -> str:
        """Return the caption and the cells."""
        lines = [" | ".join(column.label for column in self.columns)]
        lines += [" | ".join(self.shown(row)) for row in self.rows]
        return "\n".join([self.caption, *lines])

    def saved(self) -> str:
        """Return an address that holds the table as CSV, with every number in full."""
        rows = [[MISSING if value is None else value for value in row] for row in self.rows]
        return address(as_csv([column.label for column in self.columns], rows))

    def shown(self, row: Sequence[Any]) -> list[str]:
        """Return a row's cells as written, a missing one as ``[x]``."""
        return [
            MISSING if value is None else written(value, column.format)
            for value, column in zip(row, self.columns, strict=True)
        ]


@dataclass(frozen=True)
class Figure(Block):
    """A chart: what it shows, in words; the picture; and its data as a table."""

    kind: ClassVar[str] = "figure"
    apart: ClassVar[tuple[str, ...]] = ("svg",)
    style: ClassVar[tuple[str, ...]] = ("link", "region", "chart", "fold", "table")
    id: str
    title: str
    subtitle: str
    alt: str
    data: Table
    svg: str = field(repr=False)

    def plain(self) -> str:
        """Return the title, the description and the data."""
        return f"{self.title}\n{self.subtitle}\n{self.alt}\n{self.data.plain()}"


@dataclass(frozen=True)
class Assumption(Block):
    """Something the report takes as true: how good the grounds are and what they are, and what hangs on it."""

    kind: ClassVar[str] = "assumption"
    style: ClassVar[tuple[str, ...]] = ("region", "table", "stacked", "rating")
    text: str
    quality: str
    impact: str
    source: str = ""
    changes: str = ""

    def plain(self) -> str:
        """Return the assumption and its ratings."""
        return f"{self.text} (quality {self.grounds}, impact {self.consequence})"

    @property
    def grounds(self) -> str:
        """How good its grounds are, and what they are."""
        return f"{self.quality}: {self.source}" if self.source else self.quality

    @property
    def consequence(self) -> str:
        """How much hangs on it, and what."""
        return f"{self.impact}. {self.changes}" if self.changes else self.impact


@dataclass(frozen=True)
class Reconciliations(Block):
    """Published figures that were reconciled together."""

    kind: ClassVar[str] = "reconciliation"
    style: ClassVar[tuple[str, ...]] = ("region", "fold", "table", "reconciliation")
    figures: tuple[Reconciliation, ...]

    def plain(self) -> str:
        """Return each figure in a line."""
        return "\n".join(figure.plain() for figure in self.figures)

    def _ipython_display_(self) -> None:
        # It was shown when it was made; as the value of a cell's last line it would stand twice.
        pass


@dataclass(frozen=True)
class SourceRow:
    """A row of the table of sources: publisher, title and date; what was taken from it; and its licence."""

    source: str
    used_for: tuple[str, ...]
    licence: str


@dataclass(frozen=True)
class Source(Block):
    """Something a report draws on besides the tables it reads."""

    kind: ClassVar[str] = "source"
    style: ClassVar[tuple[str, ...]] = ("region", "table", "stacked", "source")
    title: str
    publisher: str
    date: str
    licence: str
    unseen: bool = False
    """Whether nobody can see when what it says has changed."""

    @property
    def row(self) -> SourceRow:
        """The source as a row of the table of sources."""
        return SourceRow(f"{self.publisher}, {self.date}", (self.title,), self.licence)

    def plain(self) -> str:
        """Return the source as it is cited."""
        return f"Source: {self.title}, {self.publisher}, {self.date} ({self.licence})"


@dataclass(frozen=True)
class ResultColumn:
    """What a column of a result holds, for programs: a unit where its values are numbers, else none."""

    name: str
    title: str
    unit: str = ""


@dataclass(frozen=True)
class Result(Block):
    """Figures for other reports: a name, and rows as plain data; ``published`` are the columns that programs have."""

    kind: ClassVar[str] = "result"
    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    published: tuple[ResultColumn, ...] = ()

    @classmethod
    def mime(cls) -> str:
        """Return the type under which the report that builds on it looks for it."""
        return RESULT

    def plain(self) -> str:
        """Return what is kept."""
        whom = "other reports and for programs" if self.published else "other reports"
        return f"Kept for {whom}: {self.name}, {count(len(self.rows), 'row', 'rows')}"

    def objects(self) -> list[dict[str, Any]]:
        """Return each row as an object that has the published columns."""
        rows = (dict(zip(self.columns, row, strict=True)) for row in self.rows)
        return [{one.name: row[one.name] for one in self.published} for row in rows]


def make_table(
    frame: pd.DataFrame,
    caption: str,
    columns: Mapping[str, str | tuple[str, str]],
    notes: Iterable[str] = (),
    missing: str = "not printed in the source",
    highlight: str | None = None,
    folded: bool = False,
) -> Table:
    """Build a table block from a frame.

    Raises
    ------
    InputError
        If the caption is empty, a column is not in the frame, or a value does not fit its format.
    """
    if not caption.strip():
        raise InputError(f"A table of {', '.join(columns)} has no caption: say what it shows, where and when.")
    unknown = [name for name in columns if name not in frame.columns]
    if unknown:
        raise InputError(
            f"The table {caption!r} asks for the column {unknown[0]!r}, which its data do not have; "
            f"they have {', '.join(map(str, frame.columns))}."
        )
    described = []
    for position, (name, label) in enumerate(columns.items()):
        text, spec = (label, "") if isinstance(label, str) else label
        # The first column names the rows, so it reads as text even where it holds years.
        numeric = position > 0 and bool(pd.api.types.is_numeric_dtype(frame[name]))
        described.append(Column(name, text, spec, numeric))
    rows = tuple(
        tuple(_value(value) for value in row) for row in frame[list(columns)].itertuples(index=False, name=None)
    )
    said = tuple(notes)
    if any(value is None for row in rows for value in row):
        said = (*said, f"{MISSING} means not available: {missing}.")
    table = Table(slug(caption), caption, tuple(described), rows, said, highlight, folded)
    try:
        table.plain()
    except (ValueError, TypeError) as error:
        raise InputError(f"The table {caption!r} cannot be written with the formats given: {error}.") from None
    return table


def _value(value: Any) -> Any:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, datetime | date):
        return f"{value:%d %B %Y}".lstrip("0")
    return value.item() if hasattr(value, "item") else value
