"""The catalogue of raw tables: ``data/raw/NAME.yaml`` beside each ``NAME.csv``, read and checked.

It is the single source of truth for what a valid table is. What several tables share (publications, the licence,
columns that stand in many) stands once, in ``common.yaml``; ``SHA256SUMS`` lists the tables with the content that
was accepted, in the form of ``sha256sum``.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from casebook import digest, once
from casebook.data.project import ACCEPTED, COMMON, NOT_TABLES, RAW, write_whole
from casebook.errors import InputError, and_list, one_of

Polarity = Literal["high is good", "low is good", "no judgement"]
"""What is good of a figure."""


class Described(BaseModel):
    """What a description in a file is made of: nothing unknown, and it never changes."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True, allow_inf_nan=False)

    def __deepcopy__(self, memo: object = None) -> Self:
        # It never changes, and pandas copies what describes a table with every step of an analysis.
        return self


class TableColumn(Described):
    """One column of a raw table, and what a value of it must satisfy."""

    name: str
    type: Literal["string", "integer", "number", "date"] = "string"
    title: str
    description: str
    unit: str = "text"
    decimals: int = Field(1, ge=0)
    """With how many decimals its values are written in reports, however many are printed."""
    role: Literal["area", "la_number", "label"] | None = None
    printed_in: str | None = None
    """The column that holds the number as printed, where this one holds it as a plain number."""
    marked: bool = False
    """Whether a number may have commas between thousands, and signs such as the pound's about it."""
    required: bool = True
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    enum: tuple[str, ...] | None = None

    @field_validator("pattern")
    @classmethod
    def _pattern_can_be_read(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"not a pattern that can be read ({error})") from None
        return pattern

    @property
    def dtype(self) -> str:
        """The type of its column in a frame."""
        return {"string": "str", "integer": "Int64", "number": "float64", "date": "datetime64[s]"}[self.type]


class Identity(Described):
    """Which cells of a table follow from which others; what an audit checks (``casebook.reconcile.audit``)."""

    kind: Literal["sum", "difference", "product", "mean", "per cent of", "per cent change"]
    columns: tuple[str, ...] = Field(min_length=1)
    """The columns that hold the results."""
    of: tuple[str, ...] = ()
    """Columns of the same row that are combined; without them, other rows of the same column are."""
    factor: float | None = None
    """What a product is multiplied with besides."""
    rows: dict[str, tuple[str, ...]] = {}
    """Which rows hold results, by the values of columns; all, if none are named."""
    parts: dict[str, tuple[str, ...]] = {}
    """Which rows are combined; all others, if none are named."""
    by: tuple[str, ...] = ()
    """Columns whose values parts share with their result."""
    base: dict[str, str] = {}
    """The one row that a change is measured from, or that shares are taken of."""
    equals: float | None = None
    """A number not printed that the parts add up to, such as 100."""
    times: str = ""
    """The column that says how often a part of a sum counts; once where it says nothing."""

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Identity:
        of_base = (1,) if self.base else (2,)
        wanted = {"difference": (2,), "per cent of": of_base, "per cent change": of_base}
        if self.kind in wanted and len(self.of) not in wanted[self.kind]:
            raise ValueError(f"a {self.kind} needs {wanted[self.kind][0]} columns in 'of', found {len(self.of)}")
        if self.kind == "product" and not self.of:
            raise ValueError("a product needs its columns in 'of'")
        if self.of and len(self.columns) != 1:
            raise ValueError("with 'of', one column holds the result")
        if not self.of and not self.rows and self.equals is None:
            raise ValueError("say in 'of' which columns are combined, or in 'rows' which rows hold the result")
        return self


class Licence(Described):
    """The licence a publication is under."""

    name: str
    title: str
    path: str


class SourceEntry(Described):
    """Where a table comes from: a publication and, of a paper, the lines."""

    title: str
    publisher: str
    date: str
    date_in_words: str
    licence: Licence
    every: int | None = Field(None, gt=0)
    """How many months lie between two releases, where it appears again and again."""
    paper: str | None = None
    lines: str | None = None
    place: str | None = None
    """Where a reader of the paper finds it: the case, and the page it starts on."""
    version: str | None = None
    """The date of the case's own version, where the paper holds cases of several dates."""

    @property
    def as_of(self) -> str:
        """When it is from: the date of its version or, without one, of the publication."""
        return self.version or self.date_in_words

    def citation(self) -> str:
        """Return the source as a reader finds it: who published it, its title, its date, and where in it.

        Examples
        --------
        >>> ogl = Licence(name="OGL-UK-3.0", title="Open Government Licence v3.0", path="https://example.org")
        >>> SourceEntry(title="A paper", publisher="A council", date="2021", date_in_words="2021", licence=ogl,
        ...        paper="004", lines="3-9").citation()
        'A council: A paper, 2021'
        """
        publisher = "" if self.title.startswith(self.publisher) else f"{self.publisher}: "
        place = f". {self.place}" if self.place else ""
        return f"{publisher}{self.title}, {self.date_in_words}{place}"


class GoalEntry(Described):
    """A published target. It is bound to a sex and an age group and to nothing else."""

    lower: float
    upper: float
    sex: str
    age: str
    source: str


class Indicator(Described):
    """What a benchmarked table measures, in the words its report uses."""

    measure: str
    label: str
    kind: Literal["rate", "proportion"]
    multiplier: float = Field(gt=0)
    unit: str
    people: str
    event: str
    polarity: Polarity
    sex: str
    age: str
    period: str
    region: str
    decimals: int = Field(ge=0)
    basis: str | None = None
    sampled: bool = False
    goal: GoalEntry | None = None
    service: str | None = None
    fund: str | None = None

    @model_validator(mode="after")
    def _goal_is_for_the_same_people(self) -> Indicator:
        if self.goal is None:
            return self
        if (self.goal.sex, self.goal.age) != (self.sex, self.age):
            raise ValueError(
                f"the goal is for {self.goal.sex} aged {self.goal.age}, the figures for {self.sex} aged {self.age}: "
                "they cannot be compared"
            )
        if self.polarity != "high is good":
            raise ValueError("a goal with a lower and an upper threshold is for an indicator where high is good")
        if self.goal.lower > self.goal.upper:
            raise ValueError("the goal's lower threshold must not be above its upper one")
        return self


class TableEntry(Described):
    """One raw table: a CSV file and everything known about it."""

    name: str
    title: str = Field(min_length=1)
    description: str = Field(min_length=1)
    sources: tuple[SourceEntry, ...] = Field(min_length=1)
    columns: tuple[TableColumn, ...] = Field(min_length=1)
    key: tuple[str, ...] = Field(min_length=1)
    missing: tuple[str, ...] = ("",)
    """What is printed where there is no value."""
    indicator: Indicator | None = None
    misprints: tuple[str, ...] = ()
    neighbours_of: str | None = None
    area: str | None = None
    """Whose figures these are, where no column says so."""
    period: str | None = None
    """When they are for, where no column says so."""
    required_areas: tuple[str, ...] = ()
    every_year: bool = False
    identities: tuple[Identity, ...] = ()
    years: int | None = Field(None, ge=1, le=60)
    """Of a case that spends to save, over how many years it is appraised."""
    prose: bool = False
    """Whether its numbers stand in running text, where zeros at the end of a number are often rounding."""
    sha256: str = Field("", exclude=True)
    """The content that was accepted; no part of what is said of the table."""

    @cached_property
    def plain(self) -> str:
        """All that is said of the table, as JSON."""
        return self.model_dump_json()

    @model_validator(mode="after")
    def _names_columns_it_has(self) -> TableEntry:
        names = [column.name for column in self.columns]
        for name in self.key:
            if name not in names:
                raise ValueError(f"the key names a column {name!r} that the table does not have; {one_of(names, name)}")
        if (self.required_areas or self.every_year) and self.column_with_role("area") is None:
            raise ValueError(
                "required_areas and every_year need a column with the role 'area': give one that role, or leave them "
                "out"
            )
        return self

    @property
    def path(self) -> str:
        """Its file in ``data/raw``."""
        return f"{self.name}.csv"

    @property
    def column_names(self) -> list[str]:
        """The names of its columns, in order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> TableColumn:
        """Return the column of a name that the table has."""
        return next(column for column in self.columns if column.name == name)

    def column_with_role(self, role: str) -> TableColumn | None:
        """Return the column that plays a role, if one does."""
        return next((column for column in self.columns if column.role == role), None)

    def year_of_paper(self, paper: str) -> int:
        """Return the year of a paper that the table is from."""
        return next(int(source.date[:4]) for source in self.sources if source.paper == paper)


class Catalogue(Described):
    """All raw tables."""

    tables: tuple[TableEntry, ...]

    @property
    def papers(self) -> dict[str, str]:
        """The titles of the papers the tables come from, with their dates, by number."""
        found = {
            source.paper: f"{source.title}, {source.date_in_words}"
            for table in self.tables
            for source in table.sources
            if source.paper is not None
        }
        return dict(sorted(found.items()))

    def table(self, name: str) -> TableEntry:
        """Return a table by name.

        Raises
        ------
        InputError
            If there is no such table.
        """
        for table in self.tables:
            if table.name == name:
                return table
        raise InputError(
            f"There is no table called {name!r} in {ACCEPTED}: {one_of([table.name for table in self.tables], name)}"
        )


class _Publication(Described):
    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    date: str
    date_in_words: str
    paper: str | None = None
    every: int | None = Field(None, gt=0)
    licence: Licence | None = None
    """The common one, if none is named."""


class Common(Described):
    """What descriptions share: the licence, publications, and columns that stand in several tables."""

    licence: Licence
    publications: dict[str, _Publication]
    columns: dict[str, dict[str, Any]]


def load(root: Path) -> Catalogue:
    """Read the catalogue of a project.

    Raises
    ------
    InputError
        If a description is not there, is not YAML, or lacks something a table must have.
    """
    return _load(root, _accepted(root))


def _load(root: Path, accepted: dict[str, str]) -> Catalogue:
    return _read(tuple(accepted.items()), tuple(_text(*place) for place in _places(root, tuple(accepted))))


@lru_cache
def _places(root: Path, names: tuple[str, ...]) -> list[tuple[Path, Path]]:
    return [_place(root, file) for file in (COMMON, *map(_file, names))]


def _place(root: Path, file: Path) -> tuple[Path, Path]:
    return file, root / file


def _file(name: str) -> Path:
    return RAW / f"{name}.yaml"


# By their hashes: every read of a table begins with all descriptions, and they seldom change.
_texts: dict[str, str] = {}


def _text(file: Path, place: Path) -> str:
    # A report remembers how the tables it reads are described, not which files say so.
    known_as = digest.of(place, told=False)
    if known_as in _texts:
        return _texts[known_as]
    try:
        content = place.read_bytes()
        text = content.decode("utf-8")
    except FileNotFoundError:
        known = "" if file == COMMON else f", though {ACCEPTED} lists {file.stem}.csv"
        raise InputError(f"{file} is not there{known}: restore it from version control.") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 (byte {error.start}): save it as UTF-8.") from None
    return _texts.setdefault(sha256(content).hexdigest(), text)


def _accepted(root: Path) -> dict[str, str]:
    """Return the tables that were accepted, in the order in which the register shows them, each with its SHA-256."""
    return dict(_accepted_in(_text(*_place(root, ACCEPTED))))


@lru_cache
def _accepted_in(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        said = re.fullmatch(r"([0-9a-f]{64}) [ *](\w+)\.csv", line)
        if not said:
            raise InputError(
                f"{ACCEPTED}, line {number}: found {line[:80]!r}, expected a SHA-256 and the name of a CSV file in "
                f"{RAW}: restore the line, or delete it and accept the table again."
            )
        if said[2] in found:
            raise InputError(f"{ACCEPTED}, line {number}: {said[2]}.csv stands here a second time: delete one line.")
        found[said[2]] = said[1]
    return found


# Kept, because every read of a table begins here and the texts seldom change.
@lru_cache(maxsize=4)
def _read(accepted: tuple[tuple[str, str], ...], texts: tuple[str, ...]) -> Catalogue:
    common = _common(texts[0])
    described = zip(accepted, texts[1:], strict=True)
    return Catalogue(tables=tuple(_table(name, sha256, text, common) for (name, sha256), text in described))


def shared(root: Path) -> Common:
    """Read what the descriptions of a project's tables share.

    Raises
    ------
    InputError
        If the file is not there, is not YAML, or lacks something.
    """
    return _common(_text(*_place(root, COMMON)))


def _common(text: str) -> Common:
    content = _names(once.texts(text, COMMON), COMMON)
    try:
        return Common.model_validate(content)
    except ValidationError as error:
        raise InputError(_first_problem(error, content, COMMON)) from None


def _table(name: str, sha256: str, text: str, common: Common) -> TableEntry:
    file = _file(name)
    own = _names(once.texts(text, file), file)
    columns = _names(own.get("columns"), file, "columns")
    content = {
        **own,
        "name": name,
        "sha256": sha256,
        "sources": [
            {**_publication(common, slug, file), **_names(of_table, file, f"sources > {slug}")}
            for slug, of_table in _names(own.get("sources"), file, "sources").items()
        ],
        "columns": [
            _column(column, {**common.columns.get(column, {}), **_names(said, file, f"columns > {column}")})
            for column, said in columns.items()
        ],
    }
    try:
        return TableEntry.model_validate(content)
    except ValidationError as error:
        step = error.errors()[0]["loc"]
        if step[:1] == ("columns",) and len(step) > 2:
            named, here = content["columns"][step[1]]["name"], columns[content["columns"][step[1]]["name"]]
            if step[2] in common.columns.get(named, {}) and step[2] not in here:
                # What is wrong stands in the file that the column's words come from.
                file = COMMON
        raise InputError(_first_problem(error, content, file)) from None


def _column(name: str, said: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of a column; of one without words of its own, its name says what it holds."""
    title = said.get("title") or name.replace("_", " ").capitalize()
    return {"title": title, "description": f"{title}.", **said, "name": name}


def _publication(common: Common, slug: str, file: Path) -> dict[str, Any]:
    if slug not in common.publications:
        raise InputError(
            f"{file}, sources: there is no publication {slug!r} in {COMMON}: describe it there; "
            f"{one_of(common.publications, slug)}"
        )
    found = common.publications[slug]
    return {**found.model_dump(), "licence": found.licence or common.licence}


def _names(content: Any, file: Path, where: str = "") -> dict[str, Any]:
    """Return a group of names with values; nothing written is an empty one."""
    if isinstance(content, dict):
        return content
    if not content:
        return {}
    place = f", {where}" if where else ""
    raise InputError(f"{file}{place}: found {str(content)[:60]!r}, expected names with their values.")


def _first_problem(error: ValidationError, content: Any, file: Path) -> str:
    problem, *others = error.errors()
    where: list[str] = []
    node = content
    for step in problem["loc"]:
        node = node[step] if _has(node, step) else None
        named = isinstance(node, dict) and isinstance(step, int) and (node.get("name") or node.get("title"))
        where.append(f"'{named}'" if named else str(step))
    whole = isinstance(problem["input"], dict | list)
    found = "" if problem["type"] == "missing" or whole else f", found {problem['input']!r}"
    expected = {
        "missing": "this property is required: add it",
        "extra_forbidden": "there is no such property: check its spelling",
    }.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    # Whoever describes a new table wants all that it lacks at once.
    alike = [
        one for one in others if one["type"] == problem["type"] == "missing" and one["loc"][:-1] == problem["loc"][:-1]
    ]
    lacking = and_list(str(one["loc"][-1]) for one in alike)
    also = f" ({lacking} {'is' if len(alike) == 1 else 'are'} missing too)" if alike else ""
    rest = len(others) - len(alike)
    more = also + (f"; there are {rest} more mistakes in this table" if rest else "")
    place = f", {' > '.join(where)}" if where else ""
    return f"{file}{place}{found}: {expected}{more}."


def _has(node: Any, step: Any) -> bool:
    return step in node if isinstance(node, dict) else isinstance(node, list) and step < len(node)


def not_accepted(root: Path) -> list[str]:
    """Return the names of the tables that are described and were never accepted.

    Raises
    ------
    InputError
        If the list of those that were cannot be read.
    """
    names = {path.stem for path in (root / RAW).glob("*.yaml")}
    return sorted(names - {*NOT_TABLES, *_accepted(root)})


def accept(root: Path, names: list[str]) -> list[str]:
    """Write the present SHA-256 of the named tables (all, if none is named) into the list of those accepted.

    Returns
    -------
    list of str
        The names of the tables whose hash was changed.

    Raises
    ------
    InputError
        If a name or a description is wrong, or a file is not there.
    """
    accepted = _accepted(root)
    known = [*accepted, *not_accepted(root)]
    changed = []
    for name in names or known:
        if name not in known:
            raise InputError(f"There is no table called {name!r}, described in {_file(name)}: {one_of(known, name)}")
        file = RAW / f"{name}.csv"
        if not (root / file).is_file():
            raise InputError(f"{file} is not there: put the file in place, then accept it.")
        sha256 = digest.of(root / file)
        if accepted.get(name) != sha256:
            accepted[name] = sha256
            changed.append(name)
    _load(root, accepted)
    if changed:
        lines = [f"{sha256}  {name}.csv\n" for name, sha256 in accepted.items()]
        write_whole(root / ACCEPTED, "".join(lines).encode())
    return changed
