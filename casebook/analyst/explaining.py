"""`explain`: where a number of a published report comes from, as far as the executed notebook and its inputs tell."""

from __future__ import annotations

import ast
import builtins
import importlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat

from casebook import digest
from casebook.data import catalogue, executed, raw
from casebook.data.project import RAW
from casebook.data.provenance import Read
from casebook.errors import InputError, one_of
from casebook.pack import models, record
from casebook.pack.models import Published
from casebook.reconcile import workings

_LARGE = 20_000_000


@dataclass(frozen=True)
class CodeStep:
    """A line of the notebook that a number goes through: its cell, counted as JupyterLab lists cells, and its code."""

    cell: int
    code: str


@dataclass(frozen=True)
class InputFile:
    """A file a number may come from: where it is, what it is, which rows are meant, and what they say."""

    file: str
    title: str
    rows: tuple[int, ...]
    """Lines of the file, the header being the first: the row of an input, or the rows of the area."""
    holds: tuple[str, ...]
    """What stands there: the input as printed, or cells with the very number that is explained."""
    sources: tuple[str, ...]
    licence: str
    changed: bool = False
    """Whether the file is another by now than the report read."""


@dataclass(frozen=True)
class Explanation:
    """What a number is and what it comes from."""

    report: str
    area: str
    id: str
    kind: str
    says: str
    value: float | str | None
    unit: str
    formula: str
    notebook: str
    cell: int
    heading: str
    steps: tuple[CodeStep, ...]
    settings: dict[str, Any]
    functions: dict[str, str]
    """The functions of Casebook that it goes through, each with the first sentence of its documentation."""
    inputs: tuple[InputFile, ...]
    assumptions: tuple[str, ...]
    """Those of the whole report."""
    notes: tuple[str, ...] = ()


def of(root: Path, report: str, area: str, identifier: str) -> Explanation:
    """Explain a headline, a table or one of its cells, or a printed figure of a published report.

    Parameters
    ----------
    root
        The project's folder.
    report, area
        The report, and the area it is published for.
    identifier
        Its id, or the beginning of one that no other has. A table's cell is ``TABLE/ROW/COLUMN``: what stands in the
        first column of its row, and the column's heading or name.

    Raises
    ------
    InputError
        If the report is not published for the area, or it has nothing of that id.
    """
    entry = _entry(root, report, area)
    notebook = executed.read(root / "reports" / entry.notebook)
    found = _Notebook(root, entry, notebook)
    figures = {one.id: one for one in found.whole.reconciliations}
    if identifier in figures:
        return found.figure(figures[identifier])
    name, *place = identifier.split("/", 1)
    headlines = {one.id: one for one in found.whole.headlines}
    tables = {one.id: one for one in found.whole.tables}
    known = _only([*headlines, *tables, *figures], name, report)
    if known in figures:
        return found.figure(figures[known])
    if known in headlines:
        headline = headlines[known]
        return found.traced(known, "headline", headline.plain(), headline.value, headline.unit)
    table = tables[known]
    if not place:
        rows = ", ".join(table.shown(row)[0] for row in table.rows)
        columns = ", ".join(column.label for column in table.columns)
        return replace(
            found.traced(known, "table", table.caption, None, ""),
            notes=(f"Its rows: {rows}.", f"Its columns: {columns}.", f"A cell of it: {name}/ROW/COLUMN."),
        )
    return found.cell(table, *_cell(table, place[0]))


def _entry(root: Path, report: str, area: str) -> Published:
    pack = models.read(root / "reports")
    entries = pack.reports if pack else ()
    if report not in {one.name for one in entries}:
        raise InputError(f"No report {report!r} is published: {one_of([one.name for one in entries], report)}")
    for one in entries:
        if (one.name, one.area) == (report, area):
            return one
    raise InputError(f'{report} is not published for {area}: run `python pipeline.py run {report} --area "{area}"`.')


def _only(known: Sequence[str], wanted: str, report: str) -> str:
    beginning = [one for one in known if one.startswith(wanted)]
    if wanted in known or len(beginning) == 1:
        return wanted if wanted in known else beginning[0]
    if beginning:
        raise InputError(f"{len(beginning)} ids of {report} begin with {wanted!r}: {', '.join(beginning)}; name one.")
    raise InputError(f"{report} has no headline, table or printed figure {wanted!r}: {one_of(known, wanted)}")


def _cell(table: Any, place: str) -> tuple[int, int]:
    """Return where a cell stands: the numbers of its row and of its column."""
    row, slash, column = place.rpartition("/")
    rows = [table.shown(one)[0] for one in table.rows]
    columns = [name for one in table.columns for name in (one.label, one.name)]
    if not slash:
        raise InputError(
            f"{place!r} is no cell: write it as {table.id[:30]}.../ROW/COLUMN, for example {rows[0]}/{columns[-2]}."
        )
    if row not in rows:
        raise InputError(f"The table has no row {row!r}: {one_of(rows, row)}")
    if column not in columns:
        raise InputError(f"The table has no column {column!r}: {one_of(columns[::2], column)}")
    return rows.index(row), columns.index(column) // 2


class _Notebook:
    """A published report's executed notebook, asked where something comes from."""

    def __init__(self, root: Path, entry: Published, notebook: Any) -> None:
        self.root, self.entry = root, entry
        self.whole = record.of(notebook)
        self.source = f"notebooks/{self._written()}"
        self.cells: list[tuple[int, Any, record.Record]] = []
        self.headings: dict[int, str] = {}
        number, heading = 0, ""
        for cell in notebook.cells:
            number += "injected-parameters" not in cell.metadata.get("tags", [])
            if cell.cell_type == "code":
                self.cells.append((number, cell, record.of(nbformat.v4.new_notebook(cells=[cell]))))
                self.headings[number] = heading
            elif lines := re.findall(r"^#+ +(.+?) *$", cell.source, flags=re.MULTILINE):
                heading = lines[-1]
        self.described = catalogue.load(root)

    def _written(self) -> str:
        for line in (self.root / "reports" / self.entry.html).read_text(encoding="utf-8").splitlines():
            if found := re.search(r"Casebook ran the notebook ([\w.-]+\.ipynb)", line):
                return found[1]
        return Path(self.entry.notebook).name

    def _shown_in(self, identifier: str) -> int:
        """Return the place in the list of code cells of the one that shows a block."""
        for at, (_, _, found) in enumerate(self.cells):
            blocks: list[Any] = [*found.headlines, *found.tables, *found.reconciliations]
            if identifier in {one.id for one in blocks}:
                return at
        raise InputError(f"{self.entry.name}: no cell shows {identifier!r}; make the report anew.")

    def traced(self, identifier: str, kind: str, says: str, value: Any, unit: str) -> Explanation:
        """Explain what a cell shows by the code that leads there and by what was read on the way."""
        at = self._shown_in(identifier)
        number = self.cells[at][0]
        code = [(one, cell.source) for one, cell, _ in self.cells[: at + 1] if not _sets(cell)]
        formula, steps, names = _trace(code, identifier)
        taken = {number, *(step.cell for step in steps)}
        # A table that one of these cells reads for something else is no input.
        told = _tables([formula, *(step.code for step in steps)])
        others = _tables(cell.source for one, cell, _ in self.cells if one in taken) - told
        reads = [read for one, _, found in self.cells if one in taken for read in found.reads]
        reads = [read for read in reads if read.name not in others]
        return Explanation(
            self.entry.name, self.entry.area, identifier, kind, says, value, unit, formula, self.source, number,
            self.headings[number], tuple(steps),
            {name: given for name, given in self.entry.parameters.items() if name in names},
            _functions([cell.source for _, cell, _ in self.cells], [formula, *(step.code for step in steps)]),
            tuple(self._input(read, value) for read in dict.fromkeys(reads or self.whole.reads)), self._assumptions(),
            () if reads else ("None of these cells reads a table: all that the report read is listed.",),
        )  # fmt: skip

    def cell(self, table: Any, row: int, column: int) -> Explanation:
        """Explain a cell of a table."""
        value, of_column = table.rows[row][column], table.columns[column]
        shown = table.shown(table.rows[row])
        says = f"{table.caption}: {shown[0]}, {of_column.label}: {shown[column]}"
        name = f"{table.id}/{shown[0]}/{of_column.name}"
        found = self.traced(table.id, "cell", says, value, "")
        return replace(found, id=name, inputs=tuple(self._input(read, value) for read in self._reads(found)))

    def _reads(self, found: Explanation) -> list[Read]:
        files = [one.file for one in found.inputs]
        return [read for read in self.whole.reads if read.path in files]

    def figure(self, figure: Any) -> Explanation:
        """Explain a printed figure by its working."""
        number = self.cells[self._shown_in(figure.id)][0]
        printed = f"Paper {figure.paper}, {figure.where}: printed {figure.printed_shown or figure.printed}"
        # A claim has a comparison, which a reader is told in words; here it stands as it is written.
        written = workings.load(self.root, self.entry.name).figures.get(figure.id, workings.Working())
        notes = [figure.note, figure.follows, figure.missing and f"Missing: {figure.missing}."]
        return Explanation(
            self.entry.name, self.entry.area, figure.id, "printed figure",
            f"{figure.figure}. {printed}; {figure.verdict}{_worked_out(figure)}.", figure.computed, figure.unit,
            figure.formula or " and ".join(written.formula), workings.file_of(self.entry.name), number,
            self.headings[number], (), {}, {},
            tuple(self._printed(name) for name in figure.inputs), self._assumptions(), tuple(filter(None, notes)),
        )  # fmt: skip

    def _printed(self, name: str) -> InputFile:
        """Return a cell of a table that a working takes, by its name: table, key and column."""
        table, rest = name.split("/", 1)
        key, column = rest.rsplit("/", 1)
        entry = self.described.table(table)
        file = RAW / entry.path
        header, rows = raw.cells(self.root / file, file, None)
        # What a number is printed in stands beside it where it is part of words.
        shown = next((one.printed_in or one.name for one in entry.columns if one.name == column), column)
        for line, cells in rows:
            row = dict(zip(header, cells, strict=False))
            if "; ".join(row.get(one, "") for one in entry.key) == key:
                paper = row.get("paper", "")
                sources = [one.citation() for one in entry.sources if not (paper and one.paper and one.paper != paper)]
                said = (f"{column}: {row.get(shown, '')}",)
                return InputFile(str(file), entry.title, (line,), said, tuple(sources), entry.sources[0].licence.title)
        return InputFile(str(file), entry.title, (), (f"{key}, {column}: not there any more",), (), "", changed=True)

    def _input(self, read: Read, value: Any) -> InputFile:
        path = self.root / read.path
        rows, holds = [], []
        if path.suffix == ".csv" and path.is_file() and path.stat().st_size < _LARGE:
            with suppress(InputError):
                header, cells = raw.cells(path, Path(read.path), None)
                for line, row in cells:
                    if self.entry.area in row:
                        rows.append(line)
                        named = zip(header, row, strict=False)
                        holds += [f"row {line}, {name}" for name, text in named if _is(text, value)]
        changed = not read.path.startswith("reports/") and digest.of(path) != read.sha256
        same = tuple(f"the same number: {one}" for one in holds)
        return InputFile(read.path, read.title, tuple(rows), same, read.sources, read.licence, changed)

    def _assumptions(self) -> tuple[str, ...]:
        return tuple(one.plain() for one in self.whole.assumptions)


def _sets(cell: Any) -> bool:
    """Return whether a cell holds the parameters; what they were set to stands in the report's entry."""
    return bool({"parameters", "injected-parameters"} & set(cell.metadata.get("tags", ())))


def _tables(codes: Iterable[str]) -> set[str]:
    return {name for code in codes for name in re.findall(r"tables\.read\(\s*[\"']([\w-]+)", code)}


def _worked_out(figure: Any) -> str:
    return f", worked out {figure.computed_shown}" if figure.computed_shown else ""


def _is(text: str, value: Any) -> bool:
    """Return whether a cell of a file holds a number, however it is written."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return bool(value) and text == value
    try:
        return float(text.replace(",", "").strip("£% ")) == float(value)
    except ValueError:
        return False


@dataclass(frozen=True)
class _Binding:
    """A place in the code where names get values, and which names those take."""

    cell: int
    line: int
    names: frozenset[str]
    takes: frozenset[str]
    code: str
    always: bool
    """Whether it stands by itself, so that what the names were before is no matter."""


def _trace(cells: Sequence[tuple[int, str]], identifier: str) -> tuple[str, list[CodeStep], set[str]]:
    """Follow what the last cell shows back through the code.

    Returns
    -------
    tuple
        The expression itself, the lines it goes through in the order they run, and all names on the way.
    """
    trees = [(number, source, _parsed(source)) for number, source in cells]
    number, source, tree = trees[-1]
    call = next((one for one in ast.walk(tree) if isinstance(one, ast.Call) and _shows(one, identifier)), None)
    value = next((one.value for one in call.keywords if one.arg == "value"), call) if call else None
    needed = _taken(value if value is not None else tree)
    names, steps = set(needed), list[CodeStep]()
    before = call.lineno if call else 1_000_000
    bindings = [one for number, source, tree in trees for one in _bindings(number, source, tree)]
    for one in reversed(bindings):
        # What stands below it has no part in it.
        if (one.cell == number and one.line > before) or not one.names & needed:
            continue
        needed = (needed - one.names if one.always else needed) | one.takes
        names |= one.takes
        steps.insert(0, CodeStep(one.cell, one.code))
    said = ast.get_source_segment(source, value) if value is not None else None
    return said or source, steps, names


def _parsed(source: str) -> ast.AST:
    try:
        return ast.parse(source)
    except SyntaxError:
        # IPython's own words.
        return ast.Module([], [])


def _shows(call: ast.Call, identifier: str) -> bool:
    """Return whether a call's first argument, or its caption, is an id or may come to it."""
    given = [*call.args[:1], *(one.value for one in call.keywords if one.arg in ("caption", "title"))]
    for one in given:
        parts = one.values if isinstance(one, ast.JoinedStr) else [one]
        texts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in parts]
        if isinstance(one, ast.Constant | ast.JoinedStr) and re.fullmatch("".join(texts), identifier):
            return True
    return False


def _taken(node: ast.AST) -> frozenset[str]:
    own = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
    return frozenset(own - set(dir(builtins)))


def _bindings(cell: int, source: str, tree: ast.AST) -> Iterator[_Binding]:
    found = []
    outermost = set(getattr(tree, "body", ()))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            value, code = node.value, ast.get_source_segment(source, node)
        elif isinstance(node, ast.For):
            targets, value = [node.target], node.iter
            code = f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}: ..."
        elif isinstance(node, ast.FunctionDef):
            found.append(
                _Binding(cell, node.lineno, frozenset({node.name}), _taken(node), ast.unparse(node), node in outermost)
            )
            continue
        else:
            continue
        if value is None:
            continue
        # frame["x"] = ... changes what frame was.
        names = {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
        whole = isinstance(node, ast.Assign) and all(isinstance(one, ast.Name | ast.Tuple) for one in targets)
        whole = whole or isinstance(node, ast.For)
        takes = _taken(value) | (frozenset() if whole else frozenset(names))
        found.append(_Binding(cell, node.lineno, frozenset(names), takes, code or "", whole and node in outermost))
    yield from sorted(found, key=lambda one: one.line)


def _functions(sources: Iterable[str], codes: Iterable[str]) -> dict[str, str]:
    """Return the functions of Casebook that some code calls, each with the first sentence of its documentation."""
    imported: dict[str, str] = {}
    for source in sources:
        for node in ast.walk(_parsed(source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("casebook"):
                imported |= {one.asname or one.name: f"{node.module}:{one.name}" for one in node.names}
    found = {}
    for code in codes:
        for node in ast.walk(_parsed(code)):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if name.partition(".")[0] in imported and (said := _documented(imported, name)):
                found[name] = said
    return found


def _documented(imported: Mapping[str, str], name: str) -> str:
    first, *rest = name.split(".")
    module, _, attribute = imported[first].partition(":")
    with suppress(ImportError, AttributeError):
        found: Any = importlib.import_module(module)
        for one in (attribute, *rest):
            found = getattr(found, one)
        paragraph = (found.__doc__ or "").strip().split("\n\n")[0]
        return " ".join(paragraph.split())
    return ""


def in_words(found: Explanation) -> Iterator[str]:
    """Say an explanation, a line each."""
    yield f"{found.report}, {found.area}: {found.id}"
    yield f"    {found.says}"
    if found.value is not None and found.kind != "printed figure":
        yield f"    The number in full: {found.value}{f' ({found.unit})' if found.unit else ''}."
    under = f', under "{found.heading}"' if found.heading else ""
    where = f"cell {found.cell}{under}"
    if found.kind == "printed figure":
        yield f"Working ({found.notebook}; shown by {where}):"
        yield f"    {found.formula or 'There is none.'}"
    else:
        yield f"Worked out in {where} of {found.notebook}:"
        for step in (*found.steps, CodeStep(found.cell, found.formula)):
            first, *below = step.code.splitlines()
            yield f"    cell {step.cell}: {first}"
            yield from (f"        {line}" for line in below)
    if found.settings:
        yield f"Settings: {', '.join(f'{name} = {value!r}' for name, value in found.settings.items())}."
    yield from (f"{name}: {said}" for name, said in found.functions.items())
    yield "Inputs:" if found.inputs else "No input is recorded."
    # Those that say most first.
    for one in sorted(found.inputs, key=lambda one: (not one.holds, not one.rows)):
        rows = ""
        if one.rows:
            which = "row" if len(one.rows) == 1 else "rows"
            more = f" and {len(one.rows) - 12} more" if len(one.rows) > 12 else ""
            whose = "" if found.kind == "printed figure" else f" ({found.area})"
            rows = f", {which} {', '.join(map(str, one.rows[:12]))}{more}{whose}"
        yield f"    {one.file}{rows}: {one.title}{'; changed since' if one.changed else ''}"
        yield from (f"        {held}" for held in one.holds[:6])
        yield from (f"        from: {source}" for source in one.sources)
    if found.assumptions:
        yield "The report assumes:"
    yield from (f"    {one}" for one in found.assumptions)
    yield from found.notes
