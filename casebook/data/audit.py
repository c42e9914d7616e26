"""The audit of a table: every cell that follows from others is worked out from them.

Which cells follow from which is said once for a table, in its ``identities`` (``datapackage.json``, or
a file beside an analyst's own CSV); nothing is written cell by cell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casebook.data import as_printed, catalogue
from casebook.data.as_printed import PrintedTable
from casebook.data.catalogue import Identity
from casebook.data.project import DESCRIPTOR
from casebook.errors import InputError, and_list, one_of
from casebook.methods.explanation import Known, Surroundings, hypotheses, unreadable
from casebook.methods.quantities import Cell, Quantity, exactly, mean, per_cent_change, read, total
from casebook.methods.reconciliation import Verdict, judge


@dataclass(frozen=True)
class Check:
    """One identity on one cell: what is printed, what its parts give, and the verdict."""

    cell: Cell
    printed: str
    computed: Quantity | None
    missing: tuple[str, ...]
    kind: str
    verdict: Verdict
    hypotheses: tuple[str, ...] = ()


class Descriptor(BaseModel):
    """What an analyst says of her own CSV file for the audit."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    primary_key: tuple[str, ...] = Field((), alias="primaryKey")
    missing_values: tuple[str, ...] = Field(("", "-"), alias="missingValues")
    identities: tuple[Identity, ...] = Field(min_length=1)


def checks(table: PrintedTable, identities: Sequence[Identity]) -> list[Check]:
    """Check every identity on every cell it is about.

    Raises
    ------
    InputError
        If an identity names a column or a row that the table does not have.
    """
    found = []
    for identity in identities:
        _check_columns(table, identity)
        for at, column in _results(table, identity):
            computed, missing = _compute(table, identity, at, column)
            found.append(_check(table.cell(at, column), table.words[at, column], computed, missing, identity))
        if identity.equals is not None:
            found += [_check_whole(table, identity, group) for group in _groups(table, identity)]
    return [check if check.verdict.stands else _explained(check, table, found) for check in found]


def of_project(root: Path) -> dict[str, list[Check]]:
    """Audit every raw table whose identities are described.

    Raises
    ------
    InputError
        If a table cannot be used.
    """
    described = [table for table in catalogue.load(root).resources if table.identities]
    return {table.name: checks(as_printed.of(root, table), table.identities) for table in described}


def of_file(path: Path, descriptor: Path | None = None) -> list[Check]:
    """Audit a CSV file by its descriptor: ``FILE.json`` beside it, unless another is given.

    A file that the ``datapackage.json`` beside it describes is audited by that.

    Raises
    ------
    InputError
        If either cannot be used; one sentence says why.
    """
    beside = descriptor or path.with_suffix(".json")
    package = path.resolve().parent / DESCRIPTOR.name
    if descriptor is None and not beside.exists() and package.is_file():
        root = package.parents[len(DESCRIPTOR.parent.parts)]
        described = catalogue.load(root) if root / DESCRIPTOR == package else None
        table = next((table for table in described.resources if table.path == path.name), None) if described else None
        if table is not None:
            if not table.identities:
                raise InputError(
                    f"{DESCRIPTOR} says of {path.name} nothing that follows from anything: add 'identities' to it."
                )
            return checks(as_printed.of(root, table), table.identities)
    try:
        said = Descriptor.model_validate(json.loads(beside.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise InputError(
            f"{beside} is not there: write in it which columns of {path.name} add up, for example "
            '{"primaryKey": ["month"], "identities": [{"kind": "sum", "columns": ["total"], "of": ["boys", "girls"]}]} '
            "(docs/reconciliation.md has every kind)."
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{beside} is not valid JSON ({error}): correct it.") from None
    except ValidationError as error:
        problem = error.errors()[0]
        where = " > ".join(str(step) for step in problem["loc"]) or "top level"
        raise InputError(f"{beside}, {where}: {problem['msg'].removeprefix('Value error, ')}.") from None
    numbers = tuple(dict.fromkeys(name for one in said.identities for name in (*one.columns, *one.of)))
    return checks(as_printed.of_file(path, said.primary_key, numbers, said.missing_values), said.identities)


def results(table: PrintedTable, identities: Sequence[Identity]) -> list[Cell]:
    """Return the cells that the identities say follow from others, each once."""
    found = [table.cell(at, column) for identity in identities for at, column in _results(table, identity)]
    return list(dict.fromkeys(found))


def _results(table: PrintedTable, identity: Identity) -> Iterator[tuple[int, str]]:
    if identity.equals is not None:
        return
    for at, row in enumerate(table.rows):
        for column in identity.columns:
            if _is(row, identity.rows) and row[column] not in table.missing:
                yield at, column


def _compute(table: PrintedTable, identity: Identity, at: int, column: str) -> tuple[Quantity | None, tuple[str, ...]]:
    if identity.of:
        rows = [at] * len(identity.of)
        parts = [(at, name) for name in identity.of]
        if identity.base:
            rows = [at, _base(table, identity)]
            parts = [(row, identity.of[0]) for row in rows]
    else:
        parts = [(other, column) for other in _parts(table, identity, at)]
    numbers = [table.quantities[part] for part in parts]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers) or not known:
        return None, tuple(str(table.cell(*part)) for part, one in zip(parts, numbers, strict=True) if one is None)
    try:
        return _combine(identity, known), ()
    except ZeroDivisionError:
        return None, (f"a number other than 0 for {table.cell(*parts[-1])}",)


def _combine(identity: Identity, numbers: list[Quantity]) -> Quantity:
    if identity.kind == "sum":
        return total(numbers)
    if identity.kind == "mean":
        return mean(numbers)
    if identity.kind == "difference":
        return numbers[0] - numbers[1]
    if identity.kind == "per cent of":
        return numbers[0] / numbers[1] * 100
    if identity.kind == "per cent change":
        return per_cent_change(numbers[0], numbers[1])
    product = numbers[0]
    for number in numbers[1:]:
        product = product * number
    return product if identity.factor is None else product * exactly(identity.factor)


def _parts(table: PrintedTable, identity: Identity, at: int) -> list[int]:
    own = table.rows[at]
    return [
        other
        for other, row in enumerate(table.rows)
        if other != at
        and all(row[name] == own[name] for name in identity.by)
        and (_is(row, identity.parts) if identity.parts else not _is(row, identity.rows))
    ]


def _groups(table: PrintedTable, identity: Identity) -> list[list[int]]:
    groups: dict[tuple[str, ...], list[int]] = {}
    for at, row in enumerate(table.rows):
        if _is(row, identity.parts):
            groups.setdefault(tuple(row[name] for name in identity.by), []).append(at)
    return list(groups.values())


def _base(table: PrintedTable, identity: Identity) -> int:
    rows = [at for at, row in enumerate(table.rows) if all(row[name] == value for name, value in identity.base.items())]
    if len(rows) != 1:
        wanted = and_list(f"{name} {value}" for name, value in identity.base.items())
        raise InputError(f"{table.file} has {len(rows)} rows with {wanted}, expected one to measure changes from.")
    return rows[0]


def _check(cell: Cell, printed: str, computed: Quantity | None, missing: tuple[str, ...], identity: Identity) -> Check:
    return Check(cell, printed, computed, missing, identity.kind, judge(read(printed, prose=False), computed))


def _explained(check: Check, table: PrintedTable, found: Sequence[Check]) -> Check:
    if check.computed is None or check.cell.row not in table.positions:
        return check
    reading = read(check.printed, prose=False)
    if check.verdict is Verdict.UNREADABLE:
        decimals = len(check.printed.partition(".")[2].rstrip("%"))
        return replace(check, hypotheses=tuple(unreadable(check.printed, check.computed, Fraction(1, 10**decimals))))
    others = [
        Known(other.cell, read(other.printed, prose=False), other.computed)
        for other in found
        if other is not check and other.computed is not None
    ]
    around = Surroundings(check.cell, table.neighbours(check.cell), table.siblings, figures=others)
    return replace(check, hypotheses=tuple(hypotheses(reading, check.computed, around)))


def _check_whole(table: PrintedTable, identity: Identity, rows: list[int]) -> Check:
    assert identity.equals is not None
    column = identity.columns[0]
    numbers = [table.quantities[at, column] for at in rows]
    shared = ", ".join(table.rows[rows[0]][name] for name in identity.by)
    cell = Cell(
        table.name, ("all",), column, f"all of {column}{f' ({shared})' if shared else ''} together, not printed"
    )
    missing = tuple(str(table.cell(at, column)) for at, one in zip(rows, numbers, strict=True) if one is None)
    computed = None if missing else total([one for one in numbers if one is not None])
    return _check(cell, f"{identity.equals:g}", computed, missing, identity)


def _is(row: Mapping[str, str], chosen: Mapping[str, tuple[str, ...]]) -> bool:
    return all(row[name] in values for name, values in chosen.items())


def _check_columns(table: PrintedTable, identity: Identity) -> None:
    header = list(table.rows[0])
    for name in (*identity.columns, *identity.of):
        if name not in table.titles:
            raise InputError(
                f"{table.file} has no column of numbers {name!r}, which an identity names: {one_of(header, name)}"
            )
    for name in (*identity.rows, *identity.parts, *identity.by, *identity.base):
        if name not in header:
            raise InputError(f"{table.file} has no column {name!r}, which an identity names: {one_of(header, name)}")
    for chosen in (identity.rows, identity.parts):
        for name, values in chosen.items():
            for value in values:
                if value not in {row[name] for row in table.rows}:
                    raise InputError(
                        f"{table.file} has no row with {value!r} in the column {name}, which an identity names: "
                        + one_of(dict.fromkeys(row[name] for row in table.rows), value)
                    )
