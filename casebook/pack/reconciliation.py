"""The reconciliation of a report and of the whole pack: rows, order, what rests on what, and what must be there."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from casebook import digest
from casebook.data import catalogue
from casebook.errors import InputError, ReportFailedError, and_list, one_of
from casebook.pack import models, plan
from casebook.pack.models import Row
from casebook.pack.report_spec import Report
from casebook.reconcile import figures
from casebook.reconcile.cases import Cases, Reconciliation
from casebook.reconcile.figures import Register
from casebook.reconcile.verdicts import Verdict
from casebook.report import tabular

_SAID = {
    Verdict.REPRODUCED: ("is reproduced", "are reproduced"),
    Verdict.TO_ROUNDING: ("is reproduced to rounding", "are reproduced to rounding"),
    Verdict.DIFFERS: ("differs", "differ"),
    Verdict.UNREADABLE: ("is unreadable", "are unreadable"),
}


@dataclass(frozen=True)
class Summary:
    """How many figures there are, and how many have each verdict."""

    figures: int
    counts: Mapping[str, int]
    statements: int = 0
    """How many of those that cannot be calculated are statements in words, and no numbers."""

    @property
    def sentence(self) -> str:
        """The summary in words: what became of those that can be calculated, then how many cannot be.

        Examples
        --------
        >>> Summary(59, {"reproduced": 48, "differs": 2, "cannot be recomputed": 9}, 7).sentence.split(". ")[0]
        'Of 50 printed figures that can be calculated, 48 are reproduced and 2 differ'
        >>> Summary(57, {"reproduced": 50, "cannot be recomputed": 7}, 7).sentence
        'All 50 printed figures that can be calculated are reproduced. 7 statements in words cannot be calculated.'
        """
        if not self.figures:
            return "No figure of a paper is calculated again here."
        if self._cannot == self.figures:
            who = "The one printed figure" if self.figures == 1 else f"Not one of the {self.figures:,} printed figures"
            can = "cannot" if self.figures == 1 else "can"
            return f"{who} {can} be calculated: the papers do not print what it would take."
        found = [(self.counts.get(str(one), 0), said) for one, said in _SAID.items()]
        clauses = [f"{count:,} {said[count != 1]}" for count, said in found if count]
        if len(clauses) > 1:
            return f"Of {self._calculable}, {and_list(clauses)}.{self._besides}"
        count, what = self._calculable.split(" ", 1)
        who = {"1": "The one", "2": "Both"}.get(count, f"All {count}")
        return f"{who} {what} {clauses[0].split(' ', 1)[1]}.{self._besides}"

    @property
    def differing(self) -> str:
        """How many of the figures a reader must see, in words.

        Examples
        --------
        >>> Summary(244, {"reproduced": 200, "differs": 33, "unreadable": 1, "cannot be recomputed": 10}).differing
        '33 of 234 printed figures that can be calculated differ and 1 is unreadable.'
        """
        if self._cannot == self.figures:
            return self.sentence
        found = [(self.counts.get(str(one), 0), _SAID[one]) for one in (Verdict.DIFFERS, Verdict.UNREADABLE)]
        first, *more = [(count, said[count != 1]) for count, said in found if count] or [(0, "")]
        if not first[0]:
            return f"Of {self._calculable}, none differs and none is unreadable."
        said = [f"{first[0]:,} of {self._calculable} {first[1]}", *(f"{count:,} {said}" for count, said in more)]
        return f"{and_list(said)}."

    @property
    def _cannot(self) -> int:
        return self.counts.get(str(Verdict.CANNOT), 0)

    @property
    def _calculable(self) -> str:
        count = self.figures - self._cannot
        which = " that can be calculated" if self._cannot else ""
        return f"{count:,} printed {'figure' if count == 1 else 'figures'}{which}"

    @property
    def _besides(self) -> str:
        """How many cannot be calculated: most are statements in words, of which a reader expects no calculation."""
        if not self._cannot:
            return ""
        of = ((self.statements, "statement", " in words"), (self._cannot - self.statements, "number", ""))
        kinds = [(count, f"{kind}{'s' if count > 1 else ''}{words}") for count, kind, words in of if count]
        if len(kinds) == 1:
            return f" {self._cannot:,} {kinds[0][1]} cannot be calculated."
        return f" {self._cannot:,} more cannot be calculated: {and_list(f'{count:,} {kind}' for count, kind in kinds)}."


def rows(found: Sequence[Reconciliation], report: str, area: str) -> list[Row]:
    """Return a report's reconciliations as rows for ``pack.json``, by paper and line, each with what rests on it."""
    resting: dict[str, list[str]] = {}
    for other in found:
        for cell in other.inputs:
            resting.setdefault(cell, []).append(other.id)
    made = [
        Row.model_validate({
            **asdict(one), "report": report, "area": area,
            "dependents": tuple(name for name in resting.get(one.cell, ()) if name != one.id),
        })
        for one in found
    ]  # fmt: skip
    return sorted(made, key=lambda row: row.place)


def summary(found: Iterable[Row]) -> Summary:
    """Count verdicts."""
    counts: dict[str, int] = {}
    statements = 0
    for row in found:
        counts[row.verdict] = counts.get(row.verdict, 0) + 1
        # A number has a unit.
        statements += row.verdict == Verdict.CANNOT and not row.unit
    return Summary(sum(counts.values()), counts, statements)


def shown(found: Iterable[Row]) -> list[Row]:
    """Return the rows that a reader must see, differences first."""
    found = list(found)
    return [row for verdict in (Verdict.DIFFERS, Verdict.UNREADABLE) for row in found if row.verdict == verdict]


def told(found: Iterable[Row]) -> list[Row]:
    """Return what the page of all figures tells: what is calculated, but no mere repeat or count that is right."""
    return [
        row
        for row in found
        if row.verdict != Verdict.CANNOT and (row.formula or row.computed is None or not Verdict(row.verdict).stands)
    ]


def once(found: Iterable[Row]) -> list[Row]:
    """Return every figure once, by paper and line: packs of several areas reconcile the same papers."""
    seen: dict[tuple[Any, ...], Row] = {}
    for row in sorted(found, key=lambda row: row.place):
        seen.setdefault((row.id, row.verdict, row.computed_shown), row)
    return list(seen.values())


def as_csv(found: Sequence[Row]) -> str:
    """Return rows as CSV, for a reader to sort; no text in it can be taken for a formula.

    Examples
    --------
    >>> as_csv([]).startswith("paper,line,figure")
    True
    """
    columns = (
        "paper",
        "line",
        "figure",
        "printed",
        "computed",
        "computed_shown",
        "verdict",
        "formula",
        "note",
        "missing",
        "follows",
        "report",
    )
    return tabular.as_csv(columns, ([getattr(row, column) for column in columns] for row in found))


def check_complete(name: str, area: str, root: Path, found: Sequence[Row]) -> None:
    """Refuse a report that leaves out a figure registered for it; where the papers are about another area, it may.

    Raises
    ------
    ReportFailedError
        If a registered figure was not reconciled, or one was twice.
    """
    ids = [row.id for row in found]
    twice = sorted({identifier for identifier in ids if ids.count(identifier) > 1})
    if twice:
        raise ReportFailedError(f"{name} reconciles the figure {twice[0]!r} twice: once is enough.")
    described = {table.name: table.area for table in catalogue.load(root).tables}
    if figures.REGISTER not in described or (not found and described[figures.REGISTER] not in (None, area)):
        return
    missing = [figure.id for figure in figures.load(root).of_report(name) if figure.id not in ids]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise ReportFailedError(
            f"{name} does not say how the figure {missing[0]!r}{more} compares, which {figures.FILE} gives to it: call "
            f"report.reconciliation({name!r}) in its notebook, or correct the report there."
        )


def problems(pack: Sequence[Report], root: Path, register: Register) -> list[str]:
    """Say what is wrong between register, workings and notebooks, without running any.

    A figure that belongs to no report, or that no working explains; a working of no figure, or one that cannot be
    worked out; a report whose notebook does not say how its figures compare.
    """
    by_name = {report.name: report for report in pack}
    found = [
        f"{figures.FILE} gives the figure {figure.id!r} to the report {figure.report!r}, which pipeline.py "
        f"does not list: {one_of(by_name, figure.report)}"
        for figure in register.figures.values()
        if figure.report not in by_name
    ]
    found += [
        f"{figures.FILE} has no row for the cell {'; '.join(cell.row)} of the column {cell.column} of {cell.table}, "
        "which follows from others by the table's identities: register it."
        for cell in register.unregistered()
    ]
    found += Cases(root, register).problems()
    return found + [sentence for report in pack for sentence in _not_called(report, root, register)]


def _not_called(report: Report, root: Path, register: Register) -> list[str]:
    of = register.of_report(report.name)
    path = report.path(root)
    called = [ast.unparse(call.args[0]) if call.args else "" for call in plan.calls(path, "reconciliation")]
    # A name in quotation marks is the report's; what a parameter says is known when the notebook has run.
    if not of or any(argument == repr(report.name) or argument.isidentifier() for argument in called):
        return []
    return [
        f"notebooks/{path.name} never says how the {len(of)} figures compare that {figures.FILE} gives to "
        f"{report.name}: call report.reconciliation({report.name!r}) in it, or delete their rows."
    ]


def published(root: Path) -> list[Row]:
    """Return the reconciled figures of the published pack, each once, by paper and line.

    Raises
    ------
    InputError
        If there is no pack, or it is one without reconciled figures.
    """
    pack = models.read(root / "reports")
    if pack is None:
        raise InputError(
            "reports/pack.json holds no reconciled figures: make the pack first with `python pipeline.py run`."
        )
    return once(pack.reconciliation)


def changed_since(root: Path) -> list[str]:
    """Return the raw files and workings that have changed since the published reports read them."""
    pack = models.read(root / "reports") or models.Pack()
    reconciled = {(row.report, row.area) for row in pack.reconciliation}
    entries = [entry for entry in pack.reports if entry.key in reconciled]
    used = [one for entry in entries for one in (*entry.inputs, *entry.opened)]
    read = {one.path: one.sha256 for one in used if one.path.endswith((".csv", ".yaml"))}
    return [path for path, sha in read.items() if digest.of(root / path) != sha]
