"""Reconciling published figures: what a notebook calls beside the calculation a figure belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from casebook.data import audit, figures, project, provenance, tables
from casebook.data.figures import CLAIM, Figure, Register
from casebook.errors import InputError
from casebook.methods.explanation import hypotheses, joined
from casebook.methods.quantities import Cell, Quantity, Reading, Truth, exactly, shown
from casebook.methods.reconciliation import Verdict, judge, worst
from casebook.report.blocks import Reconciliation

Computed = Quantity | Truth | float | Fraction


class Reconciled(tuple[Reconciliation, ...]):
    """Several reconciliations, shown already when they were made."""

    def _ipython_display_(self) -> None:
        pass


def reconcile(
    id: str,
    computed: Computed | Iterable[Computed] | None = None,
    *,
    missing: str = "",
    others: Mapping[str, Quantity | float] | None = None,
    follows: str = "",
) -> Reconciliation:
    """Say whether a published figure stands, beside the calculation it belongs to.

    Parameters
    ----------
    id
        The figure's name in ``data/raw/published_figures.csv``.
    computed
        What it comes to: worked out from the numbers of ``tables.as_printed``, so that formula, rounding and inputs
        are known; a plain number, taken as exact; for a claim, the statement that was tested. Several, if it
        can be worked out in several ways: the worst verdict counts.
    missing
        In place of ``computed``: what would be needed and is not printed.
    others
        What it comes to on another base, by the words that continue "It follows ...": tried as explanations.
    follows
        What follows for the paper's conclusion if the figure does not stand.

    Returns
    -------
    Reconciliation
        With the verdict. A figure that the register says is printed elsewhere too is also compared with that.

    Raises
    ------
    InputError
        If there is no such figure, or neither ``computed`` nor ``missing`` is given.

    Examples
    --------
    >>> from casebook.methods.quantities import of
    >>> reconcile("ehcp-total-change", of("6866") - of("4662")).verdict
    All plans: change from January 2020 to January 2031 (paper 004, line 806): printed 2205; worked out 2,204; differs
    'differs'
    """
    register = _register()
    figure = register.figure(id)
    ways: list[Quantity | Truth] = [_known(one) for one in _several(computed)]
    if bool(ways) == bool(missing):
        raise InputError(
            f"The figure {id!r} needs either what it comes to or, in missing, what that would take: give one."
        )
    return _say(register, figure, ways, missing, others or {}, follows)


def reconcile_table(
    table: str,
    column: str = "",
    computed: pd.Series | Mapping[Any, Computed | Iterable[Computed]] | None = None,
    follows: Mapping[str, str] | None = None,
) -> Reconciled:
    """Reconcile every published figure of a table at once.

    Parameters
    ----------
    table
        The table's name. By itself, the cells that follow from others by its identities are checked.
    column, computed
        For cells that follow from other tables: what each row of a column comes to, by the row's key, in one
        way or in several.
    follows
        What follows where a figure does not stand, by its name in the register.

    Raises
    ------
    InputError
        If a cell is not in the register, or a registered one is not computed.

    Examples
    --------
    >>> [one.verdict for one in reconcile_table("cost_avoided_totals")][2]
    ... # doctest: +ELLIPSIS
    Cost avoided in 2020/21 in all, Low Optimism ...
    'reproduced'
    """
    register = _register(table)
    follows = follows or {}
    if computed is not None:
        return _column(register, table, column, dict(computed), follows)
    wanted = register.of_table(table)
    found: dict[str, list[audit.Check]] = {figure.id: [] for figure in wanted}
    by_cell = {register.cell(figure): figure for figure in wanted}
    for check in audit.checks(register.tables[table], register.catalogue.table(table).identities):
        if check.cell in by_cell:
            found[by_cell[check.cell].id].append(check)
    said = []
    for figure in wanted:
        ways: list[Quantity | Truth] = [check.computed for check in found[figure.id] if check.computed is not None]
        missing = "; ".join(name for check in found[figure.id] for name in check.missing)
        said.append(_say(register, figure, ways, missing, {}, follows.get(figure.id, "")))
    return Reconciled(said)


def reconcile_repeats(report: str) -> Reconciled:
    """Compare each of a report's figures that only repeats another with the one it repeats.

    Examples
    --------
    >>> [one.verdict for one in reconcile_repeats("public-health-savings")]
    ... # doctest: +ELLIPSIS
    All savings, in the head of the paper ...
    ['reproduced', 'reproduced']
    """
    register = _register()
    return Reconciled(_say(register, figure, [], "", {}, "") for figure in register.repeats(report))


_recorded: set[tuple[str, str]] = set()


def _register(*used: str) -> Register:
    root = project.root()
    register = figures.load(root)
    for name in (figures.REGISTER, *used):
        table = register.catalogue.table(name)
        rows = len(register.tables[name].rows) if name in register.tables else len(register.figures)
        # Recorded once: a notebook reconciles some hundred figures, and each is the same read.
        if (name, table.hash) not in _recorded:
            tables.check_hash(root, table)
            provenance.record([tables.read_of(root, table, rows)])
            _recorded.add((name, table.hash))
    return register


def _column(
    register: Register, table: str, column: str, computed: Mapping[Any, Any], follows: Mapping[str, str]
) -> Reconciled:
    by_row = {"; ".join((key,) if isinstance(key, str) else key): one for key, one in computed.items()}
    said = []
    for figure in register.reconciled_with(table, column):
        if figure.row not in by_row:
            raise InputError(f"The figure {figure.id!r} is row {figure.row!r} of {table}, which was not computed.")
        ways = [_known(one) for one in _several(by_row[figure.row])]
        said.append(_say(register, figure, ways, "", {}, follows.get(figure.id, "")))
    return Reconciled(said)


def _say(
    register: Register,
    figure: Figure,
    ways: list[Quantity | Truth],
    missing: str,
    others: Mapping[str, Quantity | float],
    follows: str,
) -> Reconciliation:
    reading = figure.reading
    if figure.kind == CLAIM and reading.value is None and any(isinstance(way, Quantity) for way in ways):
        raise InputError(f"The figure {figure.id!r} is a claim without a number: give the statement that was tested.")
    verdicts = [_judge(figure, reading, way) for way in ways]
    notes = [f"Missing: {missing}."] if missing else []
    repeated = register.figures.get(figure.same_as)
    if repeated is not None and repeated.quantity is not None:
        same = _judge_repeat(reading, repeated.reading, repeated.quantity)
        verdicts.append(same)
        if not ways:
            ways = [repeated.quantity]
        if same is Verdict.DIFFERS:
            notes.append(f"Printed as {repeated.printed} in {repeated.where}.")
    if missing:
        verdicts.append(Verdict.CANNOT)
    verdict = worst(verdicts) if verdicts else Verdict.CANNOT
    if verdict is Verdict.CANNOT and len(verdicts) > 1:
        notes.append(f"It is printed alike in {repeated.where}." if repeated is not None else "")
    if verdict is Verdict.DIFFERS:
        notes += [f"It does follow from {way.formula}." for way, one in zip(ways, verdicts, strict=False) if one.stands]
        notes.append(_why(register, figure, reading, ways, others))
        ways = [way for way, one in zip(ways, verdicts, strict=False) if not one.stands] or ways
    if verdict is Verdict.TO_ROUNDING:
        notes.append(_room(ways))
    block = Reconciliation(
        figure.id,
        figure.paper,
        figure.line,
        figure.figure,
        figure.printed,
        figure.unit,
        next((float(way) for way in ways if isinstance(way, Quantity)), None),
        " and ".join(dict.fromkeys(_shown(figure, way, verdict) for way in ways)),
        " and ".join(dict.fromkeys(way.formula for way in ways if way.formula)),
        str(verdict),
        " ".join(filter(None, notes)),
        follows if verdict is Verdict.DIFFERS else "",
        _name(register.cell(figure)) or f"{figures.REGISTER}/{figure.id}/printed",
        tuple(dict.fromkeys(_name(one.cell) for way in ways for one in way.inputs)),
    )
    block.show()
    return block


def _judge(figure: Figure, reading: Reading, way: Quantity | Truth) -> Verdict:
    if figure.kind == figures.REPEAT and isinstance(way, Quantity) and way.reading is not None:
        return _judge_repeat(reading, way.reading, way)
    return judge(reading, way)


def _judge_repeat(reading: Reading, other: Reading, quantity: Quantity) -> Verdict:
    if (reading.value, reading.relation) == (other.value, other.relation):
        return Verdict.REPRODUCED
    return judge(reading, quantity)


def _why(
    register: Register,
    figure: Figure,
    reading: Reading,
    ways: list[Quantity | Truth],
    others: Mapping[str, Quantity | float],
) -> str:
    wrong = [way for way in ways if isinstance(way, Quantity) and judge(reading, way) is Verdict.DIFFERS]
    cell = register.cell(figure)
    neighbours = register.tables[figure.table].neighbours(cell) if cell else {}

    def siblings(of: Cell) -> dict[Cell, Quantity]:
        # The figure itself may stand in an input's table; it explains nothing.
        here = (figure.paper, str(figure.line))
        return {where: one for where, one in register.siblings(of).items() if where.row[:2] != here}

    return joined(hypotheses(reading, wrong[0], neighbours, siblings, others)) if wrong else ""


def _room(ways: list[Quantity | Truth]) -> str:
    intervals = [
        f"{shown(way.low, _fine(way))} to {shown(way.high, _fine(way))}"
        for way in ways
        if isinstance(way, Quantity) and way.low < way.high
    ]
    return f"The inputs are rounded; they allow {' and '.join(dict.fromkeys(intervals))}." if intervals else ""


def _fine(way: Quantity) -> Fraction:
    # Enough decimals that the two ends can be told apart.
    step = Fraction(1)
    while step * 4 > way.high - way.low:
        step /= 10
    return step


def _shown(figure: Figure, way: Quantity | Truth, verdict: Verdict) -> str:
    if isinstance(way, Truth):
        return way.finding or way.formula
    step = min(figure.reading.step, Fraction(1))
    if verdict is not Verdict.REPRODUCED and verdict is not Verdict.UNREADABLE and (way.value / step).denominator > 1:
        # One digit more than printed tells a near miss from a far one.
        step = step if abs(way.value) >= 1000 else step / 10
    number = shown(way.value, step)
    return f"£{number}" if figure.unit.startswith("pounds") else f"{number}%" if figure.unit == "per cent" else number


def _known(computed: Computed) -> Quantity | Truth:
    return computed if isinstance(computed, Quantity | Truth) else exactly(computed)


def _several(computed: Computed | Iterable[Computed] | None) -> list[Computed]:
    if computed is None:
        return []
    return list(computed) if isinstance(computed, list | tuple) else [computed]  # type: ignore[list-item]


def _name(cell: object) -> str:
    return "" if cell is None else "/".join((cell.table, "; ".join(cell.row), cell.column))  # type: ignore[attr-defined]
