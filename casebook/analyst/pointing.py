"""What `check` points out in notebooks that a run would not refuse: outputs, absolute paths, numbers typed by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat

from casebook.errors import InputError, and_list
from casebook.pack import models, record
from casebook.pack.report_spec import Report

_ABSOLUTE = re.compile(r"(/(home|Users|mnt|media|srv|opt|root|tmp|var|data)/|~/|[A-Za-z]:[\\/]|\\\\)\S+")
_SAID = ("title", "subtitle", "alt", "caption")
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w])")
_COUNTS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WORDS = {word: str(at) for at, word in enumerate(_COUNTS, 2)}
_TIMES = re.compile(rf"\b({'|'.join(_WORDS)}) times\b", re.IGNORECASE)


def out(root: Path, pack: Sequence[Report], area: str) -> Iterator[str]:
    """Yield what somebody should look at in the notebooks of a pack, a sentence each.

    A notebook or a pack that cannot be read is passed over: `check` refuses it, with its own sentence.
    """
    try:
        published = models.read(root / "reports")
    except InputError:
        published = None
    executed = {one.name: one.notebook for one in (published.reports if published else ()) if one.area == area}
    seen: dict[str, str] = {}
    for report in pack:
        name = f"notebooks/{report.path(root).name}"
        try:
            cells = report.cells(root)
        except InputError:
            continue
        if name not in seen:
            yield from _outputs(name, cells)
            yield from _paths(name, cells)
        shown = _values(root / "reports" / executed[report.name]) if report.name in executed else None
        for said in _numbers(name, cells, shown):
            if said not in seen:
                seen[said] = ""
                yield said
        seen[name] = ""


def _outputs(name: str, cells: Sequence[Any]) -> Iterator[str]:
    kept = [number for number, cell in enumerate(cells, 1) if cell.get("outputs")]
    if kept:
        which = f"cell {kept[0]}" if len(kept) == 1 else f"{len(kept)} cells, the first of them cell {kept[0]}"
        yield (
            f"{name} keeps the outputs of {which}: clear them before they go into version control, or call `make lab` "
            "once, after which git leaves them out."
        )


def _paths(name: str, cells: Sequence[Any]) -> Iterator[str]:
    for number, cell in _code(cells):
        for node in ast.walk(_parsed(cell)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _ABSOLUTE.match(node.value):
                yield (
                    f"{name}, cell {number}, names {node.value!r}, which is on this machine only: put the file into "
                    "the project and name it from there, or read it as a table."
                )


def _numbers(name: str, cells: Sequence[Any], shown: list[str] | None) -> Iterator[str]:
    """Say which numbers stand in titles and descriptions as they were typed, and in no value of their cell."""
    for at, (number, cell) in enumerate(_code(cells)):
        tree = _parsed(cell)
        typed = [(key, part) for call in _calls(tree) for key, one in _texts(call) for part in _parts(one)]
        if not typed:
            continue
        texts = {id(part) for _, part in typed}
        literals = [
            str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in texts
        ]
        known = set(_in([*literals, *(shown[at : at + 1] if shown else []), *(shown[-1:] if shown else [])]))
        for key, part in typed:
            if missing := [one for one in _in([str(part.value)], words=True) if one not in known]:
                missing = list(dict.fromkeys(missing))
                stand, them, are = ("stands", "it", "it is") if len(missing) == 1 else ("stand", "them", "they are")
                yield (
                    f"{name}, cell {number}: the {key} says {and_list(missing)}, which {stand} in no value of its "
                    f"cell: write {them} in braces, as {are} worked out, or take {them} out."
                )


def _code(cells: Sequence[Any]) -> list[tuple[int, str]]:
    return [(number, "".join(one["source"])) for number, one in enumerate(cells, 1) if one["cell_type"] == "code"]


def _parsed(source: str) -> ast.AST:
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(tree) if isinstance(one, ast.Call))


def _texts(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    for keyword in call.keywords:
        if keyword.arg in _SAID:
            yield keyword.arg, keyword.value


def _parts(text: ast.expr) -> Iterator[ast.Constant]:
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    return (one for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str))


def _in(texts: Iterable[str], words: bool = False) -> Iterator[str]:
    for text in texts:
        for found in _NUMBER.findall(text):
            yield found.replace(",", "")
        for found in _TIMES.findall(text) if words else ():
            yield f"{_WORDS[found.lower()]}"


def _values(executed: Path) -> list[str]:
    """Return what each code cell of an executed notebook shows in tables and headlines, and last what all rests on."""
    try:
        notebook = nbformat.read(executed, as_version=4)
    except (OSError, ValueError):
        return []
    shown, reads = [], []
    for cell in notebook.cells:
        if cell.cell_type != "code" or "injected-parameters" in cell.metadata.get("tags", []):
            continue
        found = record.of(nbformat.v4.new_notebook(cells=[cell]))
        tables = [[column.label for column in one.columns] for one in found.tables]
        rows = [[*map(str, row), *one.shown(row)] for one in found.tables for row in one.rows]
        said = [f"{one.value}" for one in found.headlines]
        reads += [read.title for read in found.reads]
        shown.append(" ".join([*said, *(word for words in (*tables, *rows) for word in words)]))
    return [*shown, " ".join(reads)]
