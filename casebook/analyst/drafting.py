"""`new`: a report that runs and passes every gate from its first minute, to be made into the one that is meant."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from casebook.data.project import write_whole
from casebook.data.tables import Tables
from casebook.errors import InputError, one_of
from casebook.studies import latest

PIPELINE = Path("pipeline.py")


@dataclass(frozen=True)
class NewReport:
    """A report to be written: its name, its title, the table it is about and, of several, the column."""

    name: str
    title: str
    table: str
    column: str
    area: str

    @property
    def notebook(self) -> Path:
        """Where its notebook goes."""
        return Path("notebooks") / f"{self.name}.ipynb"

    @property
    def test(self) -> Path:
        """Where its test goes."""
        return Path("tests") / f"test_report_{self.name.replace('-', '_')}.py"


def draft(root: Path, name: str, table: str, area: str, *, title: str = "", column: str = "") -> NewReport:
    """Return the report that is to be written, after looking whether it can be.

    Raises
    ------
    InputError
        If the name is taken or is none, or the table cannot be compared between areas.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise InputError(f"A report cannot be called {name!r}: write it in small letters, as in school-meals.")
    known = Tables(root)
    entry = known.catalogue.table(table)
    found = NewReport(name, title or entry.title, table, column, area)
    for path in (found.notebook, found.test):
        if (root / path).exists():
            raise InputError(f"{path} is there already: give the report another name.")
    if name in _names(root):
        raise InputError(f"{PIPELINE} has a report {name!r} already: give this one another name.")
    frame = known.prepare(table).frame
    frame.attrs["table"] = entry
    latest.values(frame, area, column)
    return found


def write(root: Path, new: NewReport) -> list[Path]:
    """Write a report's notebook and its test, and add its line to ``pipeline.py``; return the three paths."""
    line = with_line((root / PIPELINE).read_text(encoding="utf-8"), new)
    write_whole(root / new.notebook, (nbformat.writes(notebook(new)) + "\n").encode())
    write_whole(root / new.test, _test(new).encode())
    write_whole(root / PIPELINE, line.encode())
    return [new.notebook, new.test, PIPELINE]


def with_line(program: str, new: NewReport) -> str:
    """Return ``pipeline.py`` with a line for the report at the end of its pack.

    Raises
    ------
    InputError
        If the program has no list of reports called PACK.
    """
    pack = _pack(program)
    lines = program.splitlines(keepends=True)
    line = f'    Report("{new.name}", needs=["{new.table}"], figures=1),\n'
    last = max((one.end_lineno or 0 for one in pack.elts), default=0)
    if not last or pack.end_lineno == last:
        raise InputError(f"{PIPELINE}: PACK is no list with a report a line; make it one, and add: {line.strip()}")
    if not lines[last - 1].rstrip().endswith(","):
        lines[last - 1] = f"{lines[last - 1].rstrip()},\n"
    return "".join([*lines[:last], line, *lines[last:]])


def _pack(program: str) -> ast.List:
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
            names = [one.id for one in node.targets if isinstance(one, ast.Name)]
            if "PACK" in names:
                return node.value
    raise InputError(f"{PIPELINE} has no list PACK: {one_of([], 'PACK')}")


def _names(root: Path) -> set[str]:
    pack = _pack((root / PIPELINE).read_text(encoding="utf-8"))
    calls = [one for one in pack.elts if isinstance(one, ast.Call) and one.args]
    return {str(one.args[0].value) for one in calls if isinstance(one.args[0], ast.Constant)}


def notebook(new: NewReport) -> nbformat.NotebookNode:
    """Return the notebook: parameters, what was found, the chart, what is taken as true, and the method."""
    column = f', "{new.column}"' if new.column else ""
    cells = [
        new_code_cell("from casebook import charts, latest, report, tables\nfrom casebook.kinds import Area"),
        new_code_cell(f'area: Area = "{new.area}"', metadata={"tags": ["parameters"]}),
        new_code_cell(f'report.parameters()\nfound = latest.values(tables.read("{new.table}"), area{column})'),
        new_code_cell(_SAID.format(title=new.title)),
        new_markdown_cell("## Where things stand"),
        new_code_cell(_SHOWN),
        new_markdown_cell("## Assumptions and limits"),
        new_code_cell(_TAKEN),
        new_markdown_cell(
            "## Method\n\nThe median is the middle one of the others' values. England and regions are not among them."
        ),
    ]
    for number, cell in enumerate(cells, start=1):
        cell["id"] = f"{new.name[:50]}-{number}"
    made = new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made.metadata["language_info"] = {"name": "python"}
    return made


_SAID = """report.title("{title}", area=area, as_of=found.when)
report.summary(
    f"{{area}} has {{found.here.with_unit}}, {{found.gap}} the median of the others.",
    f"That is the {{found.place.among}}.",
    "What explains the difference, and should it be smaller?",
)
report.headline(
    "value",
    f"{{area}}'s value is {{found.here}}, {{found.gap}} the median of the others, {{found.middle}}.",
    basis=f"{{found.measure}}; {{found.when}}.",
    value=found.here,
)
report.headline(
    "place",
    f"{{area}} has the {{found.place.among}}.",
    value=found.place.rank,
    unit="place from the highest",
)
report.at_a_glance(
    f"{{found.here.with_unit}}, the {{found.place}} of {{found.place.of}}.",
    trend=found.by_area,
    of=found.measure,
    like=found.here,
    here=area,
)"""
_SHOWN = """report.text(found.table.description)
if found.change:
    report.text(f"From the year before it {found.change.by}.")
report.figure(
    charts.ranked_bars(
        found.by_area, area, found.measure, {"Median of the others": found.middle.value}, spec=found.here.spec
    ),
    title=f"{area} has the {found.place.among}.",
    subtitle=f"{found.measure}; {found.when}.",
    alt=f"A bar for each authority, the highest first; {area} has {found.here}, the others' median is {found.middle}.",
    data=found.frame,
    columns=found.columns,
)
report.table(
    found.frame,
    caption=f"{found.table.title}: each authority, and how far it lies from the median of the others",
    columns=found.columns,
    highlight=area,
    folded=True,
)"""
_TAKEN = """report.assumption(
    "All authorities count in the same way, as the source says or implies.", quality="amber", impact="medium"
)"""


def _test(new: NewReport) -> str:
    return f'''"""The report {new.name}: what it says is what its table holds."""


def test_{new.name.replace("-", "_")}_says_the_value_of_its_table(project):
    made = project.pipeline("run", "{new.name}")
    assert made.returncode == 0, made.stderr
    said = {{one["id"]: one["value"] for one in project.report("{new.name}")["headlines"]}}
    # Recompute here, from data/raw/{new.table}.csv and without Casebook, what the headlines say.
    assert 1 <= said["place"] == int(said["place"])
'''
