"""The case of each printed figure: what it comes to by its working, the verdict, and what a reader is told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from casebook.english import Money
from casebook.errors import InputError, one_of
from casebook.reconcile import as_printed, audit, claims, figures, workings
from casebook.reconcile.as_printed import PrintedTable
from casebook.reconcile.explanations import Context, Known, grounds, hypotheses, joined, unreadable
from casebook.reconcile.faults import PaperFault
from casebook.reconcile.figures import CLAIM, REPEAT, PublishedFigure, Register
from casebook.reconcile.formulas import BlankError, Formulas
from casebook.reconcile.quantities import Cell, Quantity, Reading, Truth, shown
from casebook.reconcile.verdicts import Verdict, in_words, judge, worst
from casebook.reconcile.workings import Working

COUNTED = (
    "children",
    "pupils",
    "plans",
    "plans a year",
    "placements",
    "households",
    "schools",
    "posts",
    "residents",
    "carers",
)
"""Units of what is whole: nobody has half a child."""
MILLIONS = 100_000
"""Pounds printed to no less than this are said in millions."""
NEAR = 20
"""By how many units of the last digit printed a number may be off to be told with one digit more."""
IDS = "prose_figures"
"""The table whose rows are numbers of their own: formulas call them by their ids."""


@dataclass(frozen=True)
class Reconciliation:
    """A published figure, what it comes to when worked out again, and the verdict."""

    id: str
    paper: str
    line: int
    figure: str
    printed: str
    unit: str
    computed: float | None
    """The number it comes to; None for a claim, or where it cannot be worked out."""
    computed_shown: str
    """The same as a reader sees it, or for a claim what is the case."""
    formula: str
    verdict: str
    note: str
    """Why it may differ, as hypotheses, and what a reader must know besides."""
    follows: str
    """What follows for the paper's conclusion, where it does not stand."""
    cell: str
    """The cell of a table it is, if it is one; and below, the cells it was worked out from."""
    inputs: tuple[str, ...]
    missing: str = ""
    """What it would take to calculate it, and is not printed."""
    fault: PaperFault | None = None
    """Why it does not stand, alone or together with others."""
    printed_shown: str = ""
    """What is printed as a reader sees it: words in quotation marks, a cell's number with its unit."""
    where: str = ""
    """Where a reader finds it: heading, case and year."""

    def plain(self) -> str:
        """Return where it is printed, as what, what it comes to, and the verdict."""
        return (
            f"{self.figure} (paper {self.paper}, line {self.line}): printed {self.printed}; worked out "
            f"{self.computed_shown}; {self.verdict}"
        )


class Cases:
    """The printed figures of a project, each worked out when it is first asked for.

    Parameters
    ----------
    root
        The project's folder, with its ``workings``.
    register
        What is printed, as ``figures.load`` reads it.

    Examples
    --------
    >>> from casebook.data import project
    >>> cases = Cases(project.root(), figures.load(project.root()))
    >>> cases.of("ehcp-total-change").plain()
    'All plans: change from January 2020 to January 2031 (paper 004, line 806): printed 2205; worked out 2,204; differs'
    """

    def __init__(self, root: Path, register: Register) -> None:
        self._root, self._register = root, register
        self._reports: dict[str, _Report] = {}
        self._cases: dict[str, _Case] = {}
        self._groups: dict[tuple[str, str], list[_Case]] = {}
        self._found: dict[str, Reconciliation] = {}

    def of(self, identifier: str) -> Reconciliation:
        """Return what is said of a figure.

        Raises
        ------
        InputError
            If there is none of that id, or its working or that of another figure of its report is wrong.
        """
        if identifier not in self._found:
            case = self._case(self._register.figure(identifier))
            own = case.figure
            original = self.of(case.original.figure.id) if case.original else None
            said = _said(self._register, case, self._group(own.table, own.report), original)
            self._found[identifier] = replace(said, fault=self._report(own.report).fault(own, said.fault))
        return self._found[identifier]

    def of_report(self, report: str) -> tuple[Reconciliation, ...]:
        """Return what is said of a report's figures, by paper and line, wherever their rows stand.

        Raises
        ------
        InputError
            If a working is wrong, or one is of no figure of the report.
        """
        own = self._register.of_report(report)
        if own and (unknown := self._of_no_figure(report)):
            raise InputError(unknown)
        own = sorted(own, key=lambda figure: (figure.paper, figure.line, figure.id))
        return tuple(self.of(figure.id) for figure in own)

    def matters(self, report: str) -> Reconciliation | None:
        """Return what is said of the figure that a decision on a report's case hangs on most; None, if it has none."""
        own = self.of_report(report)
        return next((one for one in own if one.id == self._report(report).workings.matters), own[0]) if own else None

    def tables(self, report: str) -> list[str]:
        """Return the tables that the figures worked out for a report are printed in or follow from, in order."""
        own = [figure.table for figure in self._register.of_report(report) if figure.table]
        originals = [one.same_as for one in self._register.of_report(report) if one.same_as in self._register.figures]
        others = {self._register.figures[one].report for one in originals} - {report}
        used = [name for one in (report, *sorted(others)) for name in self._report(one).used]
        return list(dict.fromkeys([*own, *used]))

    def problems(self) -> list[str]:
        """Return what is wrong with the workings of all figures, a sentence each."""
        found = []
        known = dict.fromkeys(figure.report for figure in self._register.figures.values())
        for report in workings.reports(self._root):
            if not self._register.of_report(report):
                file = workings.file_of(report)
                found.append(f"{file}: {figures.FILE} gives no figure to a report {report!r}; {one_of(known, report)}")
        for report in known:
            try:
                found += filter(None, [self._of_no_figure(report)])
            except InputError as error:
                # The file cannot be read, so no figure of it can be worked out.
                found.append(str(error))
                continue
            for figure in self._register.of_report(report):
                try:
                    self._case(figure).verdict  # noqa: B018 - it is worked out when asked for
                    self._report(report).fault(figure, PaperFault("", ""))
                except InputError as error:
                    found.append(str(error))
        return list(dict.fromkeys(found))

    def _of_no_figure(self, report: str) -> str:
        own = [figure.id for figure in self._register.of_report(report)]
        given = self._report(report).workings
        named = [("figures", identifier) for identifier in given.figures]
        named += [
            (f"faults, {name}", identifier) for name, fault in given.faults.items() for identifier in fault.figures
        ]
        named += [("matters", given.matters)] if given.matters else []
        for place, identifier in named:
            if identifier not in own:
                where = f"{workings.file_of(report)}, {place}, {identifier}"
                return f"{where}: {figures.FILE} gives no such figure to {report}: {one_of(own, identifier)}"
        return ""

    def _report(self, report: str) -> _Report:
        if report not in self._reports:
            self._reports[report] = _Report(self._root, self._register, report)
        return self._reports[report]

    def _case(self, figure: PublishedFigure) -> _Case:
        if figure.id not in self._cases:
            repeated = self._register.figures.get(figure.same_as)
            if repeated is not None and figure.id in self._repeating(repeated):
                raise InputError(f"{figures.FILE}: {figure.id!r} repeats itself by way of other rows: correct same_as.")
            working = self._report(figure.report).working(figure)
            only_repeats = repeated is not None and figure.kind == REPEAT and not working.ways
            self._cases[figure.id] = _Case(
                figure, working, repeated, self._case(repeated) if repeated is not None and only_repeats else None
            )
        return self._cases[figure.id]

    def _group(self, table: str, report: str) -> Sequence[_Case]:
        # A cell stands among those of its table, words among all that the report draws on.
        named = (table, "") if table else ("", report)
        if named not in self._groups:
            near = self._register.of_table(table) if table else self._register.of_report(report)
            self._groups[named] = [self._case(figure) for figure in near]
        return self._groups[named]

    def _repeating(self, figure: PublishedFigure) -> list[str]:
        """Return the ids of a figure and of those it repeats, one by way of the other."""
        found: list[str] = []
        named: PublishedFigure | None = figure
        while named is not None and named.id not in found:
            found.append(named.id)
            named = self._register.figures.get(named.same_as)
        return found


@dataclass(frozen=True)
class _Worked:
    """What a figure comes to, and what is said with it."""

    ways: tuple[Quantity | Truth, ...] = ()
    missing: str = ""
    others: Mapping[str, Quantity] = field(default_factory=dict)
    follows: str = ""
    remark: str = ""


class _Report:
    """The workings of one report, and the tables that its formulas use."""

    def __init__(self, root: Path, register: Register, report: str) -> None:
        self.workings = workings.load(root, report)
        self.used: dict[str, None] = {}
        self._checks: dict[str, list[audit.Check]] = {}
        self._register, self._file = register, workings.file_of(report)
        self._described = {table.name for table in register.catalogue.tables} - {figures.REGISTER}
        self._formulas = Formulas(
            self._file, self._table, IDS if IDS in self._described else "", self.workings.names, self.workings.columns
        )

    def _table(self, name: str) -> PrintedTable | None:
        if name not in self._described:
            return None
        self.used[name] = None
        return self._register.tables[name]

    def fault(self, figure: PublishedFigure, alone: PaperFault | None) -> PaperFault | None:
        """Return the fault that the workings say a figure is part of, or its own; none, if it stands."""
        declared = [(name, one) for name, one in self.workings.faults.items() if figure.id in one.figures]
        if alone is None or not declared:
            return alone
        (name, given), where = declared[0], f"faults, {declared[0][0]}"
        title, follows = (self._formulas.write(f"{where}, {one}", getattr(given, one)) for one in ("title", "follows"))
        if given.weight is not None:
            weight = abs(float(self._formulas.number(f"{where}, weight", given.weight)))
            return PaperFault(name, title, follows, weight, given.unit)
        return PaperFault(name, title, follows, alone.weight if len(given.figures) == 1 else None, alone.unit)

    def working(self, figure: PublishedFigure) -> _Worked:
        """Work a figure out: by its formula, its column's, an identity of its table, or not at all if it repeats."""
        try:
            return self._working(figure)
        except BlankError as blank:
            return _Worked(missing=f"{blank.cell} (blank in the source)")

    def _working(self, figure: PublishedFigure) -> _Worked:
        given = self.workings.figures.get(figure.id, Working())
        where = f"figures, {figure.id}"
        said = {
            "follows": self._formulas.write(f"{where}, follows", given.follows),
            "remark": self._formulas.write(f"{where}, remark", given.remark),
        }
        others = {words: self._formulas.number(f"{where}, others", formula) for words, formula in given.others.items()}
        if others and claims.is_fall(figure.printed):
            others = {words: -number for words, number in others.items()}
        if given.missing:
            return _Worked((), self._formulas.write(f"{where}, missing", given.missing), others, **said)
        if given.formula:
            return _Worked(self._by_formula(figure, given, where), "", others, **said)
        if f"{figure.table}.{figure.column}" in self.workings.columns and figure.kind != REPEAT:
            table = self._register.tables[figure.table]
            at = as_printed.known_row(table, figure.row)
            return _Worked((self._formulas.of_row(table, at, figure.column),), "", others, **said)
        if figure.kind == REPEAT and figure.same_as:
            return _Worked((), "", others, **said)
        cell = self._register.cell(figure)
        own = [check for check in self._identities(figure.table) if check.cell == cell] if cell else []
        if not own:
            raise InputError(
                f"{self._file} does not say how {figure.id} ({figure.where}) is worked out, which {figures.FILE} gives "
                "to the report: add under figures its formula, or what is missing."
            )
        ways = tuple(check.computed for check in own if check.computed is not None)
        return _Worked(ways, "; ".join(name for check in own for name in check.missing), others, **said)

    def _identities(self, table: str) -> list[audit.Check]:
        if table not in self._checks:
            identities = self._register.catalogue.table(table).identities
            self._checks[table] = audit.computed(self._register.tables[table], identities)
        return self._checks[table]

    def _by_formula(self, figure: PublishedFigure, given: Working, where: str) -> tuple[Quantity | Truth, ...]:
        ways = tuple(self._formulas.value(where, formula) for formula in given.formula)
        if figure.kind == CLAIM and figure.reading.value is None and not all(isinstance(way, Truth) for way in ways):
            raise InputError(
                f"{self._file}, {where}: {given.formula[0]!r} is a number, but the figure is a claim without one: "
                "compare with <, <=, > or >=."
            )
        for way, formula in zip(ways, given.formula, strict=True):
            signs = self._formulas.comparisons(where, formula) if isinstance(way, Truth) else []
            if signs and (why := claims.unfit(figure.printed, given.says, signs)):
                raise InputError(f"{self._file}, {where}: {why}.")
        if claims.is_fall(figure.printed):
            # "20 fewer" is 20 below; a number printed elsewhere too is printed as it is.
            ways = tuple(-way if isinstance(way, Quantity) and way.operation else way for way in ways)
        if given.finding is None:
            return ways
        if not isinstance(ways[0], Truth):
            raise InputError(f"{self._file}, {where}: a finding goes with a comparison; {given.formula[0]!r} is none.")
        # The finding says it all; the numbers it was judged by go with it.
        finding = self._formulas.write(f"{where}, finding", given.finding)
        return (Truth(ways[0].holds, ways[0].possible, "", ways[0].operands, finding),)


@dataclass(frozen=True)
class _Case:
    """A figure, what it comes to, and the figure that prints the same elsewhere."""

    figure: PublishedFigure
    worked: _Worked
    repeated: PublishedFigure | None
    original: _Case | None
    """The case of the figure that this one only repeats."""

    @property
    def ways(self) -> tuple[Quantity | Truth, ...]:
        return self.worked.ways

    @cached_property
    def reading(self) -> Reading:
        return self.figure.reading

    @property
    def compared(self) -> tuple[Quantity | Truth, ...]:
        """What it comes to, or else the figure that it repeats."""
        repeated = self.repeated.quantity if self.repeated is not None else None
        return self.ways or ((repeated,) if repeated is not None else ())

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """One for each way, in order; for the figure it repeats, whether both print it alike; for what is missing."""
        found = [self._judge(way) for way in self.ways]
        if self.repeated is not None and self.repeated.quantity is not None:
            found.append(self._as_printed(self.repeated.quantity))
        return found + ([Verdict.CANNOT] if self.worked.missing or not found else [])

    @cached_property
    def verdict(self) -> Verdict:
        return worst(self.verdicts)

    def _judge(self, way: Quantity | Truth) -> Verdict:
        if self.figure.kind == REPEAT and isinstance(way, Quantity) and way.reading is not None:
            return self._as_printed(way)
        return judge(self.reading, way)

    def _as_printed(self, other: Quantity) -> Verdict:
        # "over 900" is the same as "over 900", although 900 is not over 900.
        same = other.reading and (self.reading.value, self.reading.relation) == (
            other.reading.value, other.reading.relation,
        )  # fmt: skip
        return Verdict.REPRODUCED if same else judge(self.reading, other)


def _said(register: Register, case: _Case, group: Sequence[_Case], original: Reconciliation | None) -> Reconciliation:
    figure, verdict = case.figure, case.verdict
    judged = list(zip(case.ways, case.verdicts, strict=False))
    ways = [way for way, one in judged if verdict is not Verdict.DIFFERS or not one.stands]
    if not case.ways and case.repeated is not None and case.repeated.quantity is not None:
        ways = [case.repeated.quantity]
    formula = " and ".join(dict.fromkeys(_formula(way) for way in ways if _formula(way)))
    computed = next((float(way) for way in ways if isinstance(way, Quantity)), None)
    computed_shown = " and ".join(dict.fromkeys(_shown(figure, way, verdict) for way in ways))
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
        note=" ".join(filter(None, [*_notes(register, case, group, ways, original), case.worked.remark])),
        follows=case.worked.follows if verdict is Verdict.DIFFERS else "",
        cell=_name(register.cell(figure)) or f"{figures.REGISTER}/{figure.id}/printed",
        inputs=tuple(dict.fromkeys(_name(one.cell) for way in case.ways for one in way.inputs))
        if original is None
        else (original.cell,),
        missing=case.worked.missing or (original.missing if original is not None else ""),
        fault=_fault(case, ways),
        printed_shown=_printed(case),
    )


def _fault(case: _Case, ways: Sequence[Quantity | Truth]) -> PaperFault | None:
    """Return the fault of a figure that does not stand, by itself; it weighs the pounds or people that it is off by."""
    if case.verdict not in (Verdict.DIFFERS, Verdict.UNREADABLE):
        return None
    figure, printed = case.figure, case.reading.value
    off = [abs(way.value - printed) for way in ways if isinstance(way, Quantity) and printed is not None]
    weighs = figure.unit in COUNTED or figure.unit in ("pounds", "pounds a year")
    return PaperFault(figure.id, figure.figure, "", float(min(off)) if off and weighs else None, figure.unit)


def _printed(case: _Case) -> str:
    reading = case.reading
    if case.figure.table and reading.value is not None:
        return _in_unit(case.figure, shown(reading.value, reading.step))
    return f"“{case.figure.printed}”"


def _notes(
    register: Register,
    case: _Case,
    group: Sequence[_Case],
    ways: Sequence[Quantity | Truth],
    original: Reconciliation | None,
) -> Iterator[str]:
    if original is not None and case.verdict.stands:
        yield _as_the_original(original)
        return
    yield from _compared_with(register, case, ways)
    if case.repeated is not None and case.repeated.quantity is not None:
        repeated = case.verdicts[len(case.ways)]
        if repeated is Verdict.DIFFERS:
            yield f"Elsewhere the paper says {case.repeated.printed} ({case.repeated.where})."
        elif case.verdict is Verdict.CANNOT:
            yield f"The same stands in {case.repeated.where}."
    if case.verdict is Verdict.DIFFERS:
        for way, one in zip(case.ways, case.verdicts, strict=False):
            if one.stands:
                yield f"It does fit {way.formula}."
        wrong = [way for way in ways if isinstance(way, Quantity) and judge(case.reading, way) is Verdict.DIFFERS]
        if wrong:
            yield _hedge(case)
            around = _around(register, case, group)
            said = hypotheses(case.reading, wrong[0], around)
            yield grounds(around) if said else ""
            yield joined(said)
    elif case.verdict is Verdict.UNREADABLE and isinstance(ways[0], Quantity):
        yield joined(unreadable(case.figure.printed, ways[0], case.reading.step))
    elif case.verdict is Verdict.TO_ROUNDING:
        yield _room(ways)


def _as_the_original(original: Reconciliation) -> str:
    """Say where the same is printed, and what became of it there: that is told, and counted, once."""
    verdict = Verdict(original.verdict)
    place = f"Same as paper {original.paper}, line {original.line}"
    if verdict.stands:
        return f"{place}."
    which = f"{'is ' if verdict is Verdict.UNREADABLE else ''}{in_words(verdict)}"
    return f"{place}, which {which}: only the repetition is confirmed."


def _compared_with(register: Register, case: _Case, ways: Sequence[Quantity | Truth]) -> Iterator[str]:
    # That it differs from the figure it only repeats is said with how that one is printed.
    for way in ways if case.ways else ():
        if isinstance(way, Quantity) and not way.operation and way.cell is not None:
            same = case.figure.kind == REPEAT and case.reading.value == way.value
            yield f"{'Same as' if same else 'Compared with'} {_place(register, way.cell)}."


def _around(register: Register, case: _Case, group: Sequence[_Case]) -> Context:
    cell = register.cell(case.figure)
    # The figure itself may stand in the table of an input, where it explains nothing.
    here = (case.figure.paper, str(case.figure.line))
    others = [
        Known(_where(register, other.figure), other.reading, way)
        for other in group
        for way in other.compared
        if other is not case and isinstance(way, Quantity)
    ]
    return Context(
        _where(register, case.figure),
        register.tables[case.figure.table].neighbours(cell) if cell else {},
        lambda of: [one for one in register.siblings(of) if one[1].row[:2] != here],
        case.worked.others,
        others,
    )


def _where(register: Register, figure: PublishedFigure) -> Cell | None:
    """Return the cell a figure stands in: of its table or, for words, of the register."""
    return register.cell(figure) or (figure.quantity.cell if figure.quantity else None)


def _hedge(case: _Case) -> str:
    """Say what the words allow, where they hedge."""
    reading = case.reading
    if not reading.relation or reading.bound or reading.stated:
        return ""
    step = min(reading.step, Fraction(1))
    ends = [shown(end, step if (end / step).denominator == 1 else step / 10) for end in reading.bounds]
    return f"The words allow {' to '.join(_in_unit(case.figure, end) for end in ends)}."


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


def _shown(figure: PublishedFigure, way: Quantity | Truth, verdict: Verdict) -> str:
    if isinstance(way, Truth):
        return way.finding or way.formula
    printed, step = figure.reading, min(figure.reading.step, Fraction(1))
    near = printed.value is None or abs(way.value - printed.value) < NEAR * printed.step
    exactly_so = verdict is Verdict.REPRODUCED or verdict is Verdict.UNREADABLE
    if figure.unit.startswith("pounds") and printed.step >= MILLIONS:
        finer = not exactly_so and (way.value / printed.step).denominator > 1
        return str(Money(float(way.value), decimals=len(str(10 * 1_000_000 // int(printed.step))) - 2 + finer))
    if not exactly_so and (way.value / step).denominator > 1:
        # One digit more than printed tells a near miss from a far one; of what is counted there are no parts.
        step = step / 10 if near and figure.unit not in COUNTED else step
    return _in_unit(figure, shown(way.value, Fraction(1) if way.value.denominator == 1 else step))


def _in_unit(figure: PublishedFigure, number: str) -> str:
    if figure.unit.startswith("pounds"):
        return f"-£{number[1:]}" if number.startswith("-") else f"£{number}"
    if figure.unit in ("thousand pounds", "million pounds"):
        sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
        return f"{sign}£{digits} {figure.unit.split()[0]}"
    if figure.unit == "year":
        return number.replace(",", "")
    return f"{number}%" if figure.unit == "per cent" else number


def _formula(way: Quantity | Truth) -> str:
    # A number that stands elsewhere as it is has none.
    return way.formula if isinstance(way, Truth) or way.operation else ""


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
