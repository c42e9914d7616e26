"""The plan of a run: which notebooks, in which order, with which parameters, checked before any starts."""

from __future__ import annotations

import ast
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casebook.engine import parameters
from casebook.errors import InputError, and_list, one_of
from casebook.pack.report_spec import Report
from casebook.text import slug

if TYPE_CHECKING:
    from casebook.data.catalogue import Catalogue
    from casebook.data.tables import Tables
    from casebook.engine.task import Key
    from casebook.pack.models import Published


@dataclass(frozen=True)
class Job:
    """One report to make: everything decided, nothing run."""

    report: Report
    notebook: Path
    area: str
    parameters: Mapping[str, Any]
    overrides: tuple[str, ...] = ()
    """The parameters set for this run alone, which a reader must be told."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Values of secret parameters, which stand in no notebook and no record."""
    upstream: tuple[str, ...] = ()
    """The reports it builds on."""

    @property
    def key(self) -> Key:
        """The report's place in the pack: its name and area."""
        return self.report.name, self.area

    @property
    def folder(self) -> str:
        """The folder of the pack the report goes into."""
        return slug(self.area)


def make(
    pack: Sequence[Report],
    root: Path,
    names: Sequence[str],
    areas: Sequence[str],
    typed: Mapping[str, str],
    tables: Tables,
    on_command_line: Container[str] = (),
) -> tuple[list[Job], dict[str, dict[str, str]]]:
    """Plan a run: the jobs, and by area the reports left out, each with why and what would help.

    Parameters
    ----------
    pack
        All reports, in order.
    root
        The project's folder.
    names
        The reports wanted; all, if none is named.
    areas
        The areas, in any spelling known: one, or several, of which each gets the reports that can be made for it.
    typed
        Parameters from the command line, as text; each goes to every report that declares it.
    tables
        The project's tables, for the areas.
    on_command_line
        The names of the parameters that were typed with ``-p``.

    Raises
    ------
    InputError
        If a name, an area or a value is wrong.
    """
    official = list(dict.fromkeys(place.name for place in tables.areas.authorities(areas)))
    # Whoever names a report and one area is told by the report itself what is missing.
    asked = [_named(pack, name) for name in names] or list(pack)
    without = {} if names and len(official) == 1 else _left_out(asked, tables, official)
    by_area = {area: [report for report in asked if report.name not in without.get(area, ())] for area in official}
    if not any(by_area.values()):
        raise InputError(f"pipeline.py lists no report for {and_list(official)}: add one, or run it for another area.")
    by_area = {area: _with_upstream(pack, reports, root) for area, reports in by_area.items()}
    wanted = [report for report in pack if any(report in reports for reports in by_area.values())]
    declared = {report.name: parameters.declared(report.path(root)) for report in wanted}
    for name in typed:
        if not any(name in names for names in declared.values()):
            known = sorted({known for names in declared.values() for known in names})
            who = " and ".join(report.name for report in wanted) if names else "No report"
            has = "has a" if not names else "has no" if len(wanted) == 1 else "have no"
            raise InputError(f"{who} {has} parameter called {name!r}: {one_of(known, name)}")
        notebooks = [report.notebook for report in wanted if report.notebook and name in declared[report.name]]
        if len(notebooks) > len(set(notebooks)):
            which = " or ".join(report.name for report in wanted if report.notebook and name in declared[report.name])
            raise InputError(f"-p {name} would go to several reports of one notebook: name the report, {which}.")
    jobs = [
        _job(
            report,
            root,
            area,
            {name: text for name, text in typed.items() if name in declared[report.name]},
            on_command_line,
        )
        for area, reports in by_area.items()
        for report in reports
    ]
    return jobs, without


def _left_out(pack: Sequence[Report], tables: Tables, areas: Sequence[str]) -> dict[str, dict[str, str]]:
    if not any(report.needs for report in pack):
        return {}
    from casebook.data.series import Held

    held = Held.of(tables.root, tables)
    found = {}
    for area in areas:
        lacks = {
            report.name: next(filter(None, (held.lacks(one, area, len(areas) == 1) for one in report.needs)), "")
            for report in pack
        }
        found[area] = {name: why for name, why in lacks.items() if why}
    return found


def again(report: Report, root: Path, entry: Published) -> Job:
    """Plan a published report anew: for the same area, and with the settings that were named for it.

    Parameters
    ----------
    report
        The report.
    root
        The project's folder.
    entry
        Its entry in ``pack.json``.

    Raises
    ------
    InputError
        If its notebook takes these settings no more.
    """
    named = {name: entry.parameters[name] for name in entry.overrides if name in entry.parameters}
    return _job(report, root, entry.area, named)


def other_areas(jobs: Sequence[Job], tables: Tables) -> list[str]:
    """Say which notebooks name another area in their parameters than the one they are run for.

    An analyst who changes it there sees one area in JupyterLab and would publish another.
    """
    said = []
    for job in jobs:
        declared = parameters.declared(job.notebook).get("area")
        if declared is None or job.area == declared.default:
            continue
        with suppress(InputError):
            if tables.areas.authority(str(declared.default)).name == job.area:
                continue
        said.append(
            f"pipeline.py's area {job.area} is used, not {declared.default}, which {job.notebook.name} names: to "
            f'publish that, run `{job.report.name} --area "{declared.default}"`.'
        )
    return list(dict.fromkeys(said))


def _job(report: Report, root: Path, area: str, typed: Mapping[str, Any], on_command_line: Container[str] = ()) -> Job:
    path = report.path(root)
    given = {"area": area} if "area" in parameters.declared(path) else {}
    values, secrets = parameters.resolve(path, {**given, **report.parameters}, typed, report.name, on_command_line)
    overrides = tuple(name for name in typed if name in values)
    # What it kept itself, it can only have kept last time.
    upstream = tuple(dict.fromkeys(name for name in reports_read(path) if name != report.name))
    return Job(report, path, str(values.get("area", area)), values, overrides, secrets, upstream)


def _with_upstream(pack: Sequence[Report], wanted: list[Report], root: Path) -> list[Report]:
    """Return the reports wanted and those they build on, in the order of the pack."""
    waiting, needed = list(wanted), set()
    while waiting:
        report = waiting.pop()
        needed.add(report.name)
        for name in reports_read(report.path(root)):
            upstream = _named(pack, name)
            if name == report.name:
                continue
            if pack.index(upstream) > pack.index(report):
                raise InputError(
                    f"pipeline.py lists {report.name} before {name}, which it builds on: move {name} above it."
                )
            if name not in needed:
                waiting.append(upstream)
    return [report for report in pack if report.name in needed]


def reports_read(path: Path) -> list[str]:
    """Return the names of the reports whose results a notebook reads with ``results.read``."""
    return [
        call.args[0].value
        for call in calls(path, "read")
        if ast.unparse(call.func) == "results.read"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ]


def _named(pack: Sequence[Report], name: str) -> Report:
    for report in pack:
        if report.name == name:
            return report
    raise InputError(f"There is no report called {name!r}: {one_of([report.name for report in pack], name)}")


def tables_read(path: Path, values: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
    """Return the names of the tables that a notebook's code reads, as far as its text tells.

    They are the arguments of ``tables.read(...)``: a name in quotation marks, or a parameter; all there
    are for ``tables.read_all()``. What a run really read is in its record.
    """
    if any(ast.unparse(call.func) == "tables.read_all" for call in calls(path, "read_all")):
        return [table.name for table in catalogue.tables]
    return _first_arguments(path, values, "tables.read", "ranking.latest")


def series_read(path: Path, values: Mapping[str, Any]) -> list[str]:
    """Return the names of the series that a notebook's code reads or measures, in the same way."""
    return _first_arguments(path, values, "series.read", "series.panel", "comparison.Measure", "unit_costs.CostOf")


def _first_arguments(path: Path, values: Mapping[str, Any], *functions: str) -> list[str]:
    """Return the first arguments of a notebook's calls of functions: names in quotation marks, or parameters."""
    found: dict[str, None] = {}
    for call in calls(path, *(function.rpartition(".")[2] for function in functions)):
        if ast.unparse(call.func) in functions and call.args:
            argument = call.args[0]
            name = argument.value if isinstance(argument, ast.Constant) else values.get(ast.unparse(argument))
            if isinstance(name, str) and name:
                found[name] = None
    return list(found)


def calls(path: Path, *names: str) -> list[ast.Call]:
    """Return the calls of functions in a notebook's code, in order; a cell that cannot be parsed has none.

    Parameters
    ----------
    path
        The notebook.
    names
        The functions, by the last part of their names: ``read`` finds ``tables.read(...)``.
    """
    return [call for cell in parameters.code_cells(path) for call in _calls(parameters.source(cell), names)]


# A plan asks of the same cells again and again.
@lru_cache(maxsize=1024)
def _calls(source: str, names: tuple[str, ...]) -> tuple[ast.Call, ...]:
    if not any(name in source for name in names):
        return ()
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ()
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _last_name(node.func) in names]
    return tuple(sorted(found, key=lambda call: call.lineno))


def _last_name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))
