"""Reconciling published figures: what a notebook calls beside the calculation a figure belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import pandas as pd

from casebook.data import audit, figures, project, provenance, tables
from casebook.data.figures import CLAIM, Figure, Register
from casebook.errors import InputError
from casebook.methods.explanation import Known, Surroundings, hypotheses, joined, unreadable
from casebook.methods.quantities import Cell, Quantity, Reading, Truth, exactly, shown
from casebook.methods.reconciliation import Verdict, judge, worst
from casebook.report.blocks import Reconciliation, Reconciliations

Computed = Quantity | Truth | float | Fraction


def reconcile(
    id: str,
    computed: Computed | Iterable[Computed] | None = None,
    *,
    missing: str = "",
    others: Mapping[str, Quantity | float] | None = None,
    follows: str = "",
    remark: str = "",
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
        What it comes to on another base, by the words that continue "It would follow ...": tried as explanations.
    follows
        What follows for the paper's conclusion if the figure does not stand.
    remark
        What a reader must know besides, whether it stands or not: another base, what was not tested.

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
    ways = _several(computed)
    if bool(ways) == bool(missing):
        raise InputError(
            f"The figure {id!r} needs either what it comes to or, in missing, what that would take: give one."
        )
    return _say(register, [_Case(register, figure, ways, missing, others or {}, follows, remark)]).figures[0]


def reconcile_table(
    table: str,
    column: str = "",
    computed: pd.Series | Mapping[Any, Computed | Iterable[Computed]] | None = None,
    follows: Mapping[str, str] | None = None,
) -> Reconciliations:
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
    >>> [one.verdict for one in reconcile_table("cost_avoided_totals").figures][2]
    ... # doctest: +ELLIPSIS
    Cost avoided in 2020/21 in all, Low Optimism ...
    'reproduced'
    """
    register = _register(table)
    follows = follows or {}
    cases = []
    if computed is not None:
        by_row = {key if isinstance(key, str) else "; ".join(key): one for key, one in dict(computed).items()}
        for figure in register.reconciled_with(table, column):
            if figure.row not in by_row:
                raise InputError(f"The figure {figure.id!r} is row {figure.row!r} of {table}, which was not computed.")
            ways = _several(by_row[figure.row])
            cases.append(_Case(register, figure, ways, follows=follows.get(figure.id, "")))
        return _say(register, cases)
    checks = audit.checks(register.tables[table], register.catalogue.table(table).identities)
    for figure in register.of_table(table):
        own = [check for check in checks if check.cell == register.cell(figure)]
        ways = [check.computed for check in own if check.computed is not None]
        missing = "; ".join(name for check in own for name in check.missing)
        cases.append(_Case(register, figure, ways, missing, follows=follows.get(figure.id, "")))
    return _say(register, cases)


def reconcile_repeats(report: str) -> Reconciliations:
    """Compare each of a report's figures that only repeats another with the one it repeats.

    A repeat is never better than what it repeats: if that differs or cannot be recomputed, so does the repeat.

    Raises
    ------
    InputError
        If a figure is not reconciled before its repeat.

    Examples
    --------
    >>> _ = reconcile_table("savings_schedule")  # doctest: +ELLIPSIS
    Savings on demand-led services ...
    >>> [one.verdict for one in reconcile_repeats("public-health-savings").figures]
    ... # doctest: +ELLIPSIS
    All savings, in the head of the paper ...
    ['reproduced', 'reproduced']
    """
    register = _register()
    return _say(register, [_Case(register, figure) for figure in register.repeats(report)])


# The reads that the running cell has recorded.
_recorded: set[tuple[str, str]] = set()
# What was said of each figure, with the register it was said by: what a repeat goes by.
_said: dict[str, tuple[Register, Reconciliation]] = {}


def _register(*used: str) -> Register:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None:
        # A cell says what it read each time it is run. Registered twice, it is still called once.
        shell.events.register("pre_run_cell", _begin_cell)
    root = project.root()
    register = figures.load(root)
    for name in (figures.REGISTER, *used):
        table = register.catalogue.table(name)
        rows = len(register.figures) if name == figures.REGISTER else len(register.tables[name].rows)
        # Recorded once a cell: some reconcile many figures, and each is the same read.
        if (name, table.hash) not in _recorded:
            tables.check_hash(root, table)
            provenance.record([tables.read_of(root, table, rows)])
            _recorded.add((name, table.hash))
    return register


def _begin_cell(*_: Any) -> None:
    _recorded.clear()


@dataclass(frozen=True)
class _Case:
    """A figure to reconcile: what it comes to, and what the notebook says with it."""

    register: Register
    figure: Figure
    ways: Sequence[Quantity | Truth] = ()
    missing: str = ""
    others: Mapping[str, Quantity | float] = field(default_factory=dict)
    follows: str = ""
    remark: str = ""

    @cached_property
    def reading(self) -> Reading:
        return self.figure.reading

    @cached_property
    def repeated(self) -> Figure | None:
        return self.register.figures.get(self.figure.same_as)

    @cached_property
    def original(self) -> Reconciliation | None:
        """What was said of the figure that this one only repeats."""
        if self.repeated is None or self.figure.kind != figures.REPEAT or self.ways:
            return None
        register, said = _said.get(self.repeated.id, (None, None))
        if said is None or register is not self.register:
            raise InputError(
                f"The figure {self.figure.id!r} repeats {self.repeated.id!r}: reconcile that one before it, so that "
                "both have one verdict."
            )
        return said

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """One for each way, in order; for the figure it repeats, that figure's own, and for what is missing."""
        found = [self._judge(way) for way in self.ways]
        if self.repeated is not None and self.repeated.quantity is not None:
            found.append(self._as_printed(self.repeated.quantity))
        if self.original is not None:
            found.append(Verdict(self.original.verdict))
        return found + ([Verdict.CANNOT] if self.missing or not found else [])

    @cached_property
    def verdict(self) -> Verdict:
        return worst(self.verdicts)

    def _judge(self, way: Quantity | Truth) -> Verdict:
        wordless = self.figure.kind == CLAIM and self.reading.value is None
        if wordless and isinstance(way, Quantity):
            raise InputError(
                f"The figure {self.figure.id!r} is a claim without a number: give the statement that was tested."
            )
        if self.figure.kind == figures.REPEAT and isinstance(way, Quantity) and way.reading is not None:
            return self._as_printed(way)
        return judge(self.reading, way)

    def _as_printed(self, other: Quantity) -> Verdict:
        # "over 900" is the same as "over 900", although 900 is not over 900.
        same = other.reading and (self.reading.value, self.reading.relation) == (
            other.reading.value, other.reading.relation,
        )  # fmt: skip
        return Verdict.REPRODUCED if same else judge(self.reading, other)


def _say(register: Register, cases: Sequence[_Case]) -> Reconciliations:
    together = Reconciliations(tuple(_block(register, case, cases) for case in cases))
    _said.update({block.id: (register, block) for block in together.figures})
    together.show()
    return together


def _block(register: Register, case: _Case, group: Sequence[_Case]) -> Reconciliation:
    figure, verdict, original = case.figure, case.verdict, case.original
    judged = list(zip(case.ways, case.verdicts, strict=False))
    ways = [way for way, one in judged if verdict is not Verdict.DIFFERS or not one.stands]
    if not case.ways and case.repeated is not None and case.repeated.quantity is not None:
        ways = [case.repeated.quantity]
    formula = " and ".join(dict.fromkeys(_formula(way) for way in ways if _formula(way)))
    computed = next((float(way) for way in ways if isinstance(way, Quantity)), None)
    computed_shown = " and ".join(dict.fromkeys(_shown(figure, way, verdict) for way in ways))
    if original is not None and not verdict.stands and case.verdicts[0] is not Verdict.DIFFERS:
        computed, computed_shown, formula = original.computed, original.computed_shown, original.formula
    return Reconciliation(
        id=figure.id,
        paper=figure.paper,
        line=figure.line,
        figure=figure.figure,
        printed=figure.printed,
        unit=figure.unit,
        computed=computed,
        computed_shown=computed_shown,
        formula=formula,
        verdict=str(verdict),
        note=" ".join(filter(None, [*_notes(register, case, group, ways), case.remark])),
        follows=case.follows if verdict is Verdict.DIFFERS else "",
        cell=_name(register.cell(figure)) or f"{figures.REGISTER}/{figure.id}/printed",
        inputs=tuple(dict.fromkeys(_name(one.cell) for way in case.ways for one in way.inputs))
        if original is None
        else (*original.inputs, original.cell),
    )


def _notes(register: Register, case: _Case, group: Sequence[_Case], ways: Sequence[Quantity | Truth]) -> Iterator[str]:
    if case.missing:
        yield f"Missing: {case.missing}."
    if case.original is not None and case.verdicts[0] is not Verdict.DIFFERS:
        yield _as_the_original(case.original)
        return
    yield from _compared_with(register, case, ways)
    if case.repeated is not None and case.repeated.quantity is not None:
        repeated = case.verdicts[len(case.ways)]
        if repeated is Verdict.DIFFERS:
            yield f"Printed as {case.repeated.printed} in {case.repeated.where}."
        elif case.verdict is Verdict.CANNOT:
            yield f"It is printed alike in {case.repeated.where}."
    if case.verdict is Verdict.DIFFERS:
        for way, one in zip(case.ways, case.verdicts, strict=False):
            if one.stands:
                yield f"It does follow from {way.formula}."
        wrong = [way for way in ways if isinstance(way, Quantity) and judge(case.reading, way) is Verdict.DIFFERS]
        yield joined(hypotheses(case.reading, wrong[0], _around(register, case, group))) if wrong else ""
    elif case.verdict is Verdict.UNREADABLE and isinstance(ways[0], Quantity):
        yield joined(unreadable(case.figure.printed, ways[0], case.reading.step))
    elif case.verdict is Verdict.TO_ROUNDING:
        yield _room(ways)


def _as_the_original(original: Reconciliation) -> str:
    verdict = Verdict(original.verdict)
    which = "" if verdict.stands else f", which {'is ' if verdict is Verdict.UNREADABLE else ''}{verdict}"
    why = f" {original.note}" if verdict is Verdict.CANNOT else ""
    return f"Same as paper {original.paper}, line {original.line}{which}.{why}"


def _compared_with(register: Register, case: _Case, ways: Sequence[Quantity | Truth]) -> Iterator[str]:
    for way in ways:
        if isinstance(way, Quantity) and not way.operation and way.cell is not None:
            same = case.figure.kind == figures.REPEAT and case.reading.value == way.value
            yield f"{'Same as' if same else 'Compared with'} {_place(register, way.cell)}."


def _around(register: Register, case: _Case, group: Sequence[_Case]) -> Surroundings:
    cell = register.cell(case.figure)
    # The figure itself may stand in the table of an input, where it explains nothing.
    here = (case.figure.paper, str(case.figure.line))
    others = [
        Known(register.cell(other.figure), other.reading, way)
        for other in group
        for way in other.ways
        if other is not case and isinstance(way, Quantity)
    ]
    return Surroundings(
        cell,
        register.tables[case.figure.table].neighbours(cell) if cell else {},
        lambda of: [one for one in register.siblings(of) if one[1].row[:2] != here],
        case.others,
        others,
    )


def _room(ways: Sequence[Quantity | Truth]) -> str:
    intervals = [
        f"{shown(way.low, _fine(way))} to {shown(way.high, _fine(way))}"
        for way in ways
        if isinstance(way, Quantity) and way.low < way.high
    ]
    return f"As they are printed, the inputs allow {' and '.join(dict.fromkeys(intervals))}." if intervals else ""


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


def _formula(way: Quantity | Truth) -> str:
    # A number that stands elsewhere as it is has none.
    return way.formula if isinstance(way, Truth) or way.operation else ""


def _several(computed: Any) -> list[Quantity | Truth]:
    if computed is None:
        return []
    several = computed if isinstance(computed, list | tuple) else [computed]
    return [one if isinstance(one, Quantity | Truth) else exactly(one) for one in several]


def _place(register: Register, cell: Cell) -> str:
    """Return what a printed number is and where it is printed."""
    if cell.table == figures.REGISTER:
        return str(cell)
    table = register.tables[cell.table]
    row = table.rows[table.positions[cell.row]]
    paper = row.get("paper") or next(
        (one.paper for one in register.catalogue.table(cell.table).sources if one.paper), ""
    )
    return f"paper {paper}, line {row['line']} ({cell})" if paper and row.get("line") else str(cell)


def _name(cell: Cell | None) -> str:
    return "" if cell is None else "/".join((cell.table, "; ".join(cell.row), cell.column))
