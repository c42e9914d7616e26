"""The catalogue of raw tables: ``data/raw/datapackage.json``, read and checked.

The file follows the Frictionless Data Package standard (https://datapackage.org) with a few
properties of our own: ``unit``, ``decimals``, ``role`` and ``printedIn`` of a field; ``indicator``, ``misprints``,
``neighboursOf``, ``area``, ``period``, ``requiredAreas``, ``everyYear``, ``identities`` and ``prose`` of a table. It is
the single source of truth for what a valid table is.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from casebook import digest
from casebook.data.project import DESCRIPTOR, write_whole
from casebook.errors import InputError, and_list, one_of
from casebook.once import in_json

Polarity = Literal["high is good", "low is good", "no judgement"]
"""What is good of a figure."""


class Described(BaseModel):
    """What a description in a file is made of: nothing unknown, and it never changes."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True, allow_inf_nan=False)

    def __deepcopy__(self, memo: object = None) -> Self:
        # It never changes, and pandas copies what describes a table with every step of an analysis.
        return self


class Constraints(Described):
    """What a value of a field must satisfy; the names are Frictionless's."""

    required: bool = False
    unique: bool = False
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


class TableField(Described):
    """One column of a raw table."""

    name: str
    type: Literal["string", "integer", "number", "date"]
    title: str
    description: str
    unit: str
    decimals: int = Field(1, ge=0)
    """With how many decimals its values are written in reports, however many are printed."""
    role: Literal["area", "la_number", "label"] | None = None
    printed_in: str | None = Field(None, alias="printedIn")
    """The column that holds the number as printed, where this one holds it as a plain number."""
    group_char: str | None = Field(None, alias="groupChar")
    bare_number: bool = Field(True, alias="bareNumber")
    constraints: Constraints = Constraints()

    @property
    def dtype(self) -> str:
        """The type of its column in a frame."""
        return {"string": "str", "integer": "Int64", "number": "float64", "date": "datetime64[s]"}[self.type]


class TableSchema(Described):
    """The columns of a table, its key, and what is printed where there is no value."""

    fields: tuple[TableField, ...] = Field(min_length=1)
    primary_key: tuple[str, ...] = Field(alias="primaryKey", min_length=1)
    missing_values: tuple[str, ...] = Field(("",), alias="missingValues")


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


class SourceEntry(Described):
    """Where a table comes from: a paper and its lines, or a publication."""

    title: str
    publisher: str
    date: str
    date_in_words: str = Field(alias="dateInWords")
    paper: str | None = None
    lines: str | None = None
    place: str | None = None
    """Where a reader of the paper finds it: the case, and the page it starts on."""

    def citation(self) -> str:
        """Return the source as a reader finds it: who published it, its title, its date, and where in it.

        Examples
        --------
        >>> SourceEntry(title="A paper", publisher="A council", date="2021", date_in_words="2021",
        ...        paper="004", lines="3-9").citation()
        'A council: A paper, 2021'
        """
        publisher = "" if self.title.startswith(self.publisher) else f"{self.publisher}: "
        place = f". {self.place}" if self.place else ""
        return f"{publisher}{self.title}, {self.date_in_words}{place}"


class License(Described):
    """The licence a table is used under."""

    name: str
    title: str
    path: str


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
        if self.goal.lower >= self.goal.upper:
            raise ValueError("the goal's lower threshold must be below its upper one")
        return self


class TableEntry(Described):
    """One raw table: a CSV file and everything known about it."""

    name: str
    title: str
    description: str
    path: str
    format: Literal["csv"] = "csv"
    mediatype: str = "text/csv"
    encoding: Literal["utf-8"] = "utf-8"
    hash: str
    sources: tuple[SourceEntry, ...] = Field(min_length=1)
    licenses: tuple[License, ...] = Field(min_length=1)
    table_schema: TableSchema = Field(alias="schema")
    indicator: Indicator | None = None
    misprints: tuple[str, ...] = ()
    neighbours_of: str | None = Field(None, alias="neighboursOf")
    area: str | None = None
    """Whose figures these are, where no column says so."""
    period: str | None = None
    """When they are for, where no column says so."""
    required_areas: tuple[str, ...] = Field((), alias="requiredAreas")
    every_year: bool = Field(False, alias="everyYear")
    identities: tuple[Identity, ...] = ()
    prose: bool = False
    """Whether its numbers stand in running text, where zeros at the end of a number are often rounding."""

    @model_validator(mode="after")
    def _names_areas_where_it_asks_for_them(self) -> TableEntry:
        if (self.required_areas or self.every_year) and self.field_with_role("area") is None:
            raise ValueError(
                "requiredAreas and everyYear need a field with the role 'area': give one that role, or leave them out"
            )
        return self

    def field(self, name: str) -> TableField:
        """Return the column of a name that the table has."""
        return next(field for field in self.table_schema.fields if field.name == name)

    def field_with_role(self, role: str) -> TableField | None:
        """Return the field that plays a role, if one does."""
        return next((field for field in self.table_schema.fields if field.role == role), None)


class Catalogue(Described):
    """All raw tables."""

    name: str
    title: str
    description: str
    version: str
    licenses: tuple[License, ...]
    resources: tuple[TableEntry, ...]

    @property
    def papers(self) -> dict[str, str]:
        """The titles of the papers the tables come from, with their dates, by number."""
        found = {
            source.paper: f"{source.title}, {source.date_in_words}"
            for table in self.resources
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
        for table in self.resources:
            if table.name == name:
                return table
        names = [table.name for table in self.resources]
        raise InputError(f"There is no table called {name!r} in {DESCRIPTOR}: {one_of(names, name)}")


def load(root: Path) -> Catalogue:
    """Read the catalogue of a project.

    Raises
    ------
    InputError
        If the file is not there, is not JSON, or lacks something a table must have.
    """
    try:
        return _read((root / DESCRIPTOR).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{DESCRIPTOR} is not there: restore it from version control.") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{DESCRIPTOR} is not UTF-8 (byte {error.start}): save it as UTF-8.") from None


@lru_cache(maxsize=4)
def _read(text: str) -> Catalogue:
    # Kept, because every read of a table begins here and the text seldom changes.
    try:
        content = json.loads(text, object_pairs_hook=in_json)
    except RecursionError:
        raise InputError(f"{DESCRIPTOR} is nested too deeply to be read: restore it from version control.") from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"{DESCRIPTOR}, line {error.lineno}, column {error.colno}: not valid JSON ({error.msg}); "
            "a comma or a quotation mark is often missing just before it."
        ) from None
    except ValueError as error:
        raise InputError(f"{DESCRIPTOR}: {error}.") from None
    try:
        catalogue = Catalogue.model_validate(content)
    except ValidationError as error:
        raise InputError(_first_problem(error, content)) from None
    _check_names(catalogue)
    return catalogue


def _first_problem(error: ValidationError, content: Any) -> str:
    problem, *others = error.errors()
    where: list[str] = []
    node = content
    for step in problem["loc"]:
        node = node[step] if _has(node, step) else None
        named = isinstance(node, dict) and isinstance(step, int) and node.get("name")
        where.append(f"'{named}'" if named else str(step))
    whole = isinstance(problem["input"], dict | list)
    found = "" if problem["type"] == "missing" or whole else f", found {problem['input']!r}"
    expected = {
        "missing": "this property is required: add it",
        "extra_forbidden": "there is no such property: check its spelling",
    }.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    # Whoever describes a new table wants all that it lacks at once.
    alike = [
        one for one in others if one["type"] == problem["type"] == "missing" and one["loc"][:2] == problem["loc"][:2]
    ]
    lacking = and_list(" > ".join(str(step) for step in one["loc"][2:]) for one in alike)
    also = f" ({lacking} {'is' if len(alike) == 1 else 'are'} missing too)" if alike else ""
    rest = len(others) - len(alike)
    more = also + (f"; there are {rest} more mistakes in this file" if rest else "")
    return f"{DESCRIPTOR}, {' > '.join(where) or 'top level'}{found}: {expected}{more}."


def _has(node: Any, step: Any) -> bool:
    return step in node if isinstance(node, dict) else isinstance(node, list) and step < len(node)


def _check_names(catalogue: Catalogue) -> None:
    seen: set[str] = set()
    for table in catalogue.resources:
        if table.name in seen:
            raise InputError(f"{DESCRIPTOR} describes the table {table.name!r} twice: rename one of them.")
        seen.add(table.name)
        fields = [field.name for field in table.table_schema.fields]
        for name in fields:
            if fields.count(name) > 1:
                raise InputError(f"{DESCRIPTOR}, '{table.name}' describes the field {name!r} twice: delete one.")
        if Path(table.path).name != table.path:
            raise InputError(f"{DESCRIPTOR}, '{table.name}': the path {table.path!r} must be a file name in data/raw.")
        for key in table.table_schema.primary_key:
            if key not in fields:
                raise InputError(
                    f"{DESCRIPTOR}, '{table.name}': the primary key names a field {key!r} that the table "
                    f"does not have; {one_of(fields, key)}"
                )


def accept(root: Path, names: list[str]) -> list[str]:
    """Write the present SHA-256 of the named tables (all, if none is named) into the catalogue.

    Returns
    -------
    list of str
        The names of the tables whose hash was changed.

    Raises
    ------
    InputError
        If a name or the catalogue is wrong, or a file is not there.
    """
    catalogue = load(root)
    tables = [catalogue.table(name) for name in names] or list(catalogue.resources)
    text = (root / DESCRIPTOR).read_text(encoding="utf-8")
    content = json.loads(text)
    changed = []
    for table in tables:
        path = root / DESCRIPTOR.parent / table.path
        if not path.is_file():
            raise InputError(f"data/raw/{table.path} is not there: put the file in place, then accept it.")
        entry = next(resource for resource in content["resources"] if resource["name"] == table.name)
        new = f"sha256:{digest.of(path)}"
        if entry["hash"] != new:
            entry["hash"] = new
            changed.append(table.name)
    if changed:
        write_whole(root / DESCRIPTOR, _with_hashes(text, content).encode())
    return changed


def _with_hashes(text: str, content: dict[str, Any]) -> str:
    """Return the catalogue's text with the hashes of its content, and all else laid out as its author did."""
    start = re.search(r'"resources"\s*:\s*\[', text)
    assert start is not None, "a catalogue that was read has its tables"
    written, at = text[: start.end()], start.end()
    for entry in content["resources"]:
        begin = text.index("{", at)
        _, end = json.JSONDecoder().raw_decode(text, begin)
        hashed = re.sub(r'("hash"\s*:\s*)"[^"]*"', rf'\g<1>"{entry["hash"]}"', text[begin:end], count=1)
        written, at = written + text[at:begin] + hashed, end
    return written + text[at:]
