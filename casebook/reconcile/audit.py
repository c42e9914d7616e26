"""The audit of a table: every cell that follows from others is worked out from them.

Which cells follow from which is said once for a table, in its ``identities`` (``data/raw/NAME.yaml``, or
a file beside an analyst's own CSV; ``casebook.reconcile.guess`` where there is none); nothing is written cell by cell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casebook.data import catalogue
from casebook.data.catalogue import Identity
from casebook.data.project import COMMON, RAW
from casebook.errors import InputError, and_list, one_of
from casebook.once import in_json
from casebook.reconcile import as_printed
from casebook.reconcile.as_printed import PrintedTable
from casebook.reconcile.explanations import Context, Known, grounds, hypotheses, unreadable
from casebook.reconcile.quantities import (
    Cell,
    Quantity,
    Reading,
    exactly,
    mean,
    per_cent_change,
    read,
    rounded,
    shown,
    total,
)  # fmt: skip
from casebook.reconcile.verdicts import Verdict, judge


@dataclass(frozen=True)
class Check:
    """One identity on one cell: what is printed, what its parts give, and the verdict."""

    cell: Cell
    printed: str
    computed: Quantity | None
    missing: tuple[str, ...]
    kind: str
    reading: Reading
    verdict: Verdict
    hypotheses: tuple[str, ...] = ()
    rests_on: Cell | None = None
    """The cell whose misprint explains this finding too."""

    @property
    def result(self) -> str:
        """What its parts give, rounded as the cell is printed."""
        assert self.computed is not None
        decimals = len(self.printed.partition(".")[2].rstrip("%)"))
        step = self.reading.step if self.reading.value is not None else Fraction(1, 10**decimals)
        return shown(self.computed.value, step if self.computed.value.denominator > 1 else min(step, Fraction(1)))


class Descriptor(BaseModel):
    """What an analyst says of her own CSV file for the audit."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    primary_key: tuple[str, ...] = Field((), alias="primaryKey")
    missing_values: tuple[str, ...] = Field(("", "-"), alias="missingValues")
    rounded: dict[str, Annotated[float, Field(gt=0)]] = {}
    """What the whole numbers of a column are rounded to, in the unit printed: 1 where the column is in £000."""
    identities: tuple[Identity, ...] = Field(min_length=1)


def checks(table: PrintedTable, identities: Sequence[Identity]) -> list[Check]:
    """Check every identity on every cell it is about.

    Raises
    ------
    InputError
        If an identity names a column or a row that the table does not have.
    """
    found = computed(table, identities)
    by_root = {at: root for root in _roots(found) for at in root.settled}
    return [
        check if check.verdict.stands
        else _explained(check, table, found) if at not in by_root
        else _of_root(by_root[at], table, found) if at == by_root[at].settled[0]
        else replace(check, rests_on=by_root[at].cell)
        for at, check in enumerate(found)
    ]  # fmt: skip


def computed(table: PrintedTable, identities: Sequence[Identity]) -> list[Check]:
    """Check every identity on every cell it is about, without a word on why one may not stand.

    Raises
    ------
    InputError
        If an identity names a column or a row that the table does not have.
    """
    found = []
    for identity in identities:
        _check_columns(table, identity)
        for at, column in _results(table, identity):
            result, missing = _compute(table, identity, at, column)
            if table.rows[at][column] in table.missing and not (result and result.value):
                # A dash for nothing is right; where a part is missing, nobody can tell.
                continue
            words, reading = table.words[at, column], table.reading(at, column)
            found.append(_check(table.cell(at, column), words, reading, result, missing, identity))
        if identity.equals is not None:
            found += [_check_whole(table, identity, group) for group in _groups(table, identity)]
    return found


@dataclass(frozen=True)
class _Root:
    """A cell whose correction settles several findings."""

    cell: Cell
    value: Fraction
    right: Mapping[Cell, Fraction]
    """What stands in cells with it corrected: in it, and in those that were worked out from it as printed."""
    settled: tuple[int, ...]
    """The positions of the findings; the first says what is wrong, the others rest on it."""


def _roots(found: Sequence[Check]) -> list[_Root]:
    """Return the wrong cells on which several findings rest.

    Of the cells that may be wrong, each with what its own parts give or what a sum leaves for it, the one is taken with
    which most printed figures stand: as many findings as can be are settled, as few figures as can be lost. Among
    equals it is one that follows from others, before what was given; then the one from which least was worked out.
    """
    roots = []
    left = [at for at, check in enumerate(found) if check.verdict is Verdict.DIFFERS]
    while len(left) > 1:
        best: tuple[tuple[int, bool, int], _Root] | None = None
        for at in left:
            check = found[at]
            for cell, value in _corrections(check):
                right = _corrected(check, cell, value, found)
                now = [at for at in left if _stands(found[at], right)]
                lost = sum(one.verdict.stands and not _stands(one, right) for one in found)
                score = (len(now) - lost, cell == check.cell, -len(right))
                if at in now and score[0] > 1 and (best is None or score > best[0]):
                    now.sort(key=lambda at: found[at].cell != cell)
                    best = score, _Root(cell, value, right, tuple(now))
        if best is None:
            break
        roots.append(best[1])
        left = [at for at in left if at not in best[1].settled]
    return roots


def _of_root(root: _Root, table: PrintedTable, found: Sequence[Check]) -> Check:
    """Say on the first finding of a root what is wrong, and what was worked out from it as printed."""
    check = found[root.settled[0]]
    if check.cell == root.cell:
        # What was worked out from it does not confirm it.
        check = _explained(
            check, table, [one for one in found if root.right.keys().isdisjoint({one.cell, *_inputs(one)})]
        )
    else:
        more = "another finding" if len(root.settled) == 2 else f"{len(root.settled) - 1} other findings"
        number = shown(root.value, Fraction(1, 1 if root.value.denominator == 1 else 100))
        said = f"{root.cell} may be misprinted: {number} there would settle this and {more}."
        check = replace(check, hypotheses=(said,))
    findings = {found[at].cell for at in root.settled}
    follow = [str(cell) for cell in root.right if cell != root.cell and cell not in findings]
    if not follow:
        return check
    were = "was" if len(follow) == 1 else "were"
    return replace(check, hypotheses=(*check.hypotheses, f"{and_list(follow)} {were} worked out from it as printed."))


def _corrections(check: Check) -> Iterator[tuple[Cell, Fraction]]:
    assert check.computed is not None and check.reading.value is not None
    yield check.cell, rounded(check.computed.value, check.reading.step)
    if check.kind in ("sum", "difference"):
        off = _off(check)
        for position, one in enumerate(check.computed.inputs):
            if one.cell:
                sign = -1 if check.kind == "difference" and position else 1
                yield one.cell, one.value + sign * off


def _inputs(check: Check) -> set[Cell | None]:
    return {one.cell for one in check.computed.inputs} if check.computed else set()


def _corrected(cause: Check, cell: Cell, value: Fraction, found: Sequence[Check]) -> dict[Cell, Fraction]:
    """Return what stands in cells if one is corrected: in it, and in those that were worked out from it as it was.

    Such a cell stands as printed: a total, a difference, a percentage, and what follows from these in turn. Or it is a
    total that is checked by the items, and off by the same as its subtotal.
    """
    right = {cell: value}
    if cell == cause.cell and cause.kind == "sum":
        right |= {
            one.cell: one.computed.value
            for one in found
            if one.kind == "sum" and one.computed and _inputs(cause) < _inputs(one)
            and one.reading.value is not None and _off(one) == _off(cause)
        }  # fmt: skip
    grown = 0
    while grown < len(right):
        grown = len(right)
        for one in found:
            if one.verdict.stands and one.cell not in right and not right.keys().isdisjoint(_inputs(one)):
                result = _with(one, right)
                if result is not None:
                    right[one.cell] = rounded(result.value, one.reading.step)
    return right


def _off(check: Check) -> Fraction:
    assert check.computed is not None and check.reading.value is not None
    return check.reading.value - check.computed.value


def _stands(check: Check, right: Mapping[Cell, Fraction]) -> bool:
    """Whether a figure stands with other values in some cells; one that they do not touch is as it was."""
    touched = [cell for cell in right if cell == check.cell or cell in _inputs(check)]
    if not touched or check.computed is None or check.reading.value is None:
        return check.verdict.stands
    result = _with(check, right)
    printed = replace(check.reading, value=right.get(check.cell, check.reading.value))
    return result is not None and judge(printed, result).stands


def _with(check: Check, right: Mapping[Cell, Fraction]) -> Quantity | None:
    assert check.computed is not None
    try:
        return check.computed.with_inputs({cell: exactly(value) for cell, value in right.items()})
    except ZeroDivisionError:
        return None


def of_project(root: Path) -> dict[str, list[Check]]:
    """Audit every raw table whose identities are described.

    Raises
    ------
    InputError
        If a table cannot be used.
    """
    described = [table for table in catalogue.load(root).tables if table.identities]
    return {table.name: checks(as_printed.of(root, table), table.identities) for table in described}


def of_file(path: Path, descriptor: Path | None = None) -> list[Check]:
    """Audit a CSV file by its descriptor: ``FILE.json`` beside it, unless another is given.

    A table of a project is audited by its own description.

    Raises
    ------
    InputError
        If either cannot be used; one sentence says why.
    """
    beside = descriptor or path.with_suffix(".json")
    package = None if descriptor or beside.exists() else in_package(path)
    if package:
        root, table = package
        if not table.identities:
            raise InputError(f"{RAW / path.stem}.yaml says nothing that follows from anything: add 'identities' to it.")
        return checks(as_printed.of(root, table), table.identities)
    try:
        said = Descriptor.model_validate(json.loads(beside.read_text(encoding="utf-8"), object_pairs_hook=in_json))
    except FileNotFoundError:
        raise InputError(f"{beside} is not there: give the description of {path.name}, or none.") from None
    except ValidationError as error:
        problem = error.errors()[0]
        where = " > ".join(str(step) for step in problem["loc"]) or "top level"
        raise InputError(f"{beside}, {where}: {problem['msg'].removeprefix('Value error, ')}.") from None
    except ValueError as error:
        raise InputError(f"{beside} is not valid JSON ({error}): correct it.") from None
    numbers = tuple(
        dict.fromkeys(name for one in said.identities for name in (*one.columns, *one.of, one.times) if name)
    )
    printed = as_printed.of_file(path, said.primary_key, numbers, said.missing_values, said.rounded)
    return checks(printed, said.identities)


def in_package(path: Path) -> tuple[Path, catalogue.TableEntry] | None:
    """Return the project that a file is a table of, and its entry there."""
    folder = path.resolve().parent
    root = folder.parents[len(RAW.parts) - 1] if folder.parts[-len(RAW.parts) :] == RAW.parts else None
    if root is None or not (root / COMMON).is_file():
        return None
    table = next((table for table in catalogue.load(root).tables if table.path == path.name), None)
    return (root, table) if table else None


def results(table: PrintedTable, identities: Sequence[Identity]) -> list[Cell]:
    """Return the cells that the identities say follow from others, each once."""
    found = [table.cell(at, column) for identity in identities for at, column in _results(table, identity)]
    return list(dict.fromkeys(found))


def _results(table: PrintedTable, identity: Identity) -> Iterator[tuple[int, str]]:
    if identity.equals is not None:
        return
    for at, row in enumerate(table.rows):
        for column in identity.columns:
            # A total that is named as one and printed as a dash is printed.
            dash = identity.rows and row[column]
            if _is(row, identity.rows) and (row[column] not in table.missing or dash):
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
    numbers = [_counted(table, identity, part) for part in parts]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers) or not known:
        return None, tuple(str(table.cell(*part)) for part, one in zip(parts, numbers, strict=True) if one is None)
    try:
        return _combine(identity, known), ()
    except ZeroDivisionError:
        return None, (f"a number other than 0 for {table.cell(*parts[-1])}",)


def _counted(table: PrintedTable, identity: Identity, part: tuple[int, str]) -> Quantity | None:
    number, times = table.quantities[part], table.quantities.get((part[0], identity.times))
    return number if number is None or times is None else number * exactly(times.value)


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


def _check(
    cell: Cell, printed: str, reading: Reading, result: Quantity | None, missing: tuple[str, ...], identity: Identity
) -> Check:
    return Check(cell, printed, result, missing, identity.kind, reading, judge(reading, result))


def _explained(check: Check, table: PrintedTable, found: Sequence[Check]) -> Check:
    if check.computed is None or check.cell.row not in table.positions:
        return check
    reading = check.reading
    if check.verdict is Verdict.UNREADABLE:
        decimals = len(check.printed.partition(".")[2].rstrip("%"))
        return replace(check, hypotheses=tuple(unreadable(check.printed, check.computed, Fraction(1, 10**decimals))))
    others = [
        Known(other.cell, read(other.printed, prose=False), other.computed)
        for other in found
        if other is not check and other.computed is not None
    ]
    around = Context(check.cell, table.neighbours(check.cell), table.siblings, figures=others)
    said = hypotheses(reading, check.computed, around)
    return replace(check, hypotheses=tuple(filter(None, (grounds(around), *said))) if said else ())


def _check_whole(table: PrintedTable, identity: Identity, rows: list[int]) -> Check:
    assert identity.equals is not None
    column = identity.columns[0]
    numbers = [table.quantities[at, column] for at in rows]
    shared = ", ".join(table.rows[rows[0]][name] for name in identity.by)
    cell = Cell(
        table.name, ("all",), column, f"all of {column}{f' ({shared})' if shared else ''} together, not printed"
    )
    missing = tuple(str(table.cell(at, column)) for at, one in zip(rows, numbers, strict=True) if one is None)
    result = None if missing else total([one for one in numbers if one is not None])
    printed = f"{identity.equals:g}"
    return _check(cell, printed, read(printed, prose=False), result, missing, identity)


def _is(row: Mapping[str, str], chosen: Mapping[str, tuple[str, ...]]) -> bool:
    return all(row[name] in values for name, values in chosen.items())


def _check_columns(table: PrintedTable, identity: Identity) -> None:
    header = list(table.rows[0])
    for name in (*identity.columns, *identity.of, *filter(None, [identity.times])):
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
