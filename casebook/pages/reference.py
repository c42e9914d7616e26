"""What documents say of the package, read from its own source, so that it cannot be another: Markdown.

Its messages, its commands, the terms of the glossary, and what notebooks call (signature, docstring, example).
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import casebook
from casebook.pages import readability

PACKAGE = Path(__file__).resolve().parents[1]
_GAP = "…"
# What is raised, in which words a reader meets it, and in the order of the page.
KINDS = {
    "InputError": "Something given is not usable: exit code 2",
    "ReportFailedError": "A report or its publication failed: exit code 1",
    "gates": "What keeps a page from being published: exit code 1",
    "ThresholdExceededError": "Held: exit code 3",
    "NotSentError": "People could not be told: exit code 1, and the pack is published",
    "complaints": "Said beside the work; the exit code stays",
    "ValueError": "A function was called with something it cannot answer: the notebook fails",
}
_LIKE = {
    "_FormulaError": "InputError", "_problem": "InputError", "_error": "InputError", "BlankError": "InputError",
    "AnotherRunError": "InputError",
    "_RefusedError": "InputError", "exit": "InputError",
    "StoppedError": "ReportFailedError", "_complain": "complaints",
    "GoalMismatchError": "ValueError", "TooShortError": "ValueError",
}  # fmt: skip
_ROOMS = {
    "analyst": "analyst's commands", "data": "tables and exports", "engine": "running notebooks", "errors": "files",
    "methods": "methods", "nightly": "nights", "pack": "the pack", "pages": "pages", "reconcile": "printed figures",
    "report": "what a notebook says", "studies": "studies",
}  # fmt: skip
FACE = ("report", "sections", "charts", "tables", "series", "results", "english")
STUDIES = (
    "comparison", "unit_costs", "latest", "projection", "caseload", "team", "placements", "appraisal", "build_up",
    "short_series", "ledger", "portfolio", "savings", "sensitivity", "holdings", "ranking",
)  # fmt: skip
_DASHES = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)


def made(commands: Any) -> Mapping[str, Callable[[], str]]:
    """Return what gives the Markdown of each part of the documents that the package itself knows.

    Parameters
    ----------
    commands
        The command line, a group of click.
    """
    return {
        "messages": messages,
        "commands": partial(of_commands, commands),
        "glossary": glossary,
        "api": partial(of_modules, [casebook._HOMES[name] for name in FACE]),
        "studies": partial(of_modules, [casebook._HOMES[name] for name in STUDIES]),
        "methods": partial(
            of_modules, [f"casebook.methods.{path.stem}" for path in sorted((PACKAGE / "methods").glob("[a-z]*.py"))]
        ),
    }


def glossary() -> str:
    """Return what terms mean, a heading each."""
    said = []
    for term in readability.words().terms:
        source = f"[{term.source}]({term.link})" if term.link else term.source
        said.append(f"## {term.term}\n\n{term.says}" + (f"\n\nSource: {source}." if source else ""))
    return "\n\n".join(said)


def messages() -> str:
    """Return every message that the package may give, in a table for each kind; what differs each time is left open."""
    found: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for path in sorted(PACKAGE.rglob("*.py")):
        room = _ROOMS.get(path.relative_to(PACKAGE).parts[0].removesuffix(".py"), "commands")
        for kind, said in _said_in(path):
            for line in said.split("\n"):
                words = " ".join(line.replace("|", "\\|").replace("<", "&lt;").split())
                if re.search(r"[A-Za-z]{2}", words):
                    found[kind].setdefault(words, room)
    return "\n\n".join(
        f"## {title}\n\n| message | about |\n|---|---|\n"
        + "\n".join(f"| {words} | {room} |" for words, room in sorted(found[kind].items(), key=lambda one: one[::-1]))
        for kind, title in KINDS.items()
    )


def _said_in(path: Path) -> Iterator[tuple[str, str]]:
    tree = _read(path)
    fixed = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        said: ast.expr | None = None
        name = ""
        if isinstance(node, ast.Yield) and path.stem == "gates":
            name, said = "gates", node.value
        elif isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            said = next((one for one in node.args if isinstance(one, ast.Constant | ast.JoinedStr)), node.args[0])
        kind = _LIKE.get(name, name)
        if kind in KINDS and said is not None:
            for one in _words(said, fixed, deep=2):
                yield kind, one


def _words(said: ast.expr, fixed: Mapping[str, ast.expr], deep: int) -> list[str]:
    """Return what an expression may say, with a gap where it is something else each time."""
    again = partial(_words, fixed=fixed, deep=deep)
    found: list[str] = []
    match said:
        case ast.Constant(value=str(words)):
            found = [words]
        case ast.JoinedStr(values=values):
            found = ["".join(again(one.value if isinstance(one, ast.FormattedValue) else one)[0] for one in values)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            found = [again(left)[0] + again(right)[0]]
        case ast.IfExp(body=one, orelse=other):
            found = [*again(one), *again(other)]
        case ast.Name(id=name) if name in fixed:
            found = _words(fixed[name], {}, deep)
        case ast.Call(func=ast.Name(id="one_of")):
            found = ["did you mean …?"]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if deep:
            # A function of the package that words the message.
            found = [one for answer in _answers().get(name, ()) for one in _words(answer, {}, deep - 1)]
    return found or [_GAP]


@cache
def _answers() -> dict[str, list[ast.expr]]:
    """Return what the functions of the package that answer with a text return, by their names."""
    found: dict[str, list[ast.expr]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(_read(path)):
            if isinstance(node, ast.FunctionDef) and node.returns is not None and ast.unparse(node.returns) == "str":
                answers = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value is not None]
                found.setdefault(node.name, []).extend(answers)
    return {name: answers for name, answers in found.items() if name not in ("one_of", "and_list", "join", "slug")}


def of_commands(commands: Any) -> str:
    """Return each command of a command line (a group of click) with its arguments and options."""
    return "\n\n".join(_of_command(name, command) for name, command in _each(commands))


def _each(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _each(command, f"{before}{name} ")
        elif not command.hidden:
            yield before + name, command


def _of_command(name: str, command: Any) -> str:
    context = command.make_context(name, [], resilient_parsing=True)
    words, options = [f"python pipeline.py {name}"], []
    for one in command.params:
        if one.param_type_name == "argument":
            words.append(one.metavar or f"[{one.name.upper()}]")
        elif one.name != "help" and (record := one.get_help_record(context)):
            options.append(f"* `{record[0]}`: {_text(record[1])}")
    said = _text(inspect.cleandoc(command.help or ""))
    return "\n\n".join([f"## {name}", f"`{' '.join(words)}`", said, *(["\n".join(options)] if options else [])])


def of_modules(homes: Sequence[str]) -> str:
    """Return the public functions and classes of modules: signature, docstring, example."""
    parts = []
    for home in homes:
        path = PACKAGE.joinpath(*home.split(".")[1:])
        first = _read(path / "__init__.py" if path.is_dir() else path.with_suffix(".py"))
        shown = _shown(first)
        # What a folder shows, and does not define itself, is in its files.
        inner = sorted(path.glob("[a-z]*.py")) if path.is_dir() and home.endswith("sections") else []
        said = [
            _of_class(node) if isinstance(node, ast.ClassDef) else _of_function(node)
            for module in (first, *map(_read, inner))
            for node in module.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and (node.name in shown if shown else node.name[0] != "_")
        ]
        about = (ast.get_docstring(first) or "").split("\n\n")[0]
        parts += ["\n\n".join([f"## {path.stem}", f"`{home}`: {_text(about)}", *sorted(said)])] if said else []
    return "\n\n".join(parts)


@cache
def _read(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _shown(module: ast.Module) -> set[str]:
    for node in module.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def _of_function(node: ast.FunctionDef) -> str:
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"### {node.name}\n\n`{node.name}({ast.unparse(node.args)}){returns}`\n\n{_docstring(node)}"


def _of_class(node: ast.ClassDef) -> str:
    methods = [
        one for one in node.body if isinstance(one, ast.FunctionDef) and one.name[0] != "_" and ast.get_docstring(one)
    ]
    listed = [f"* `{one.name}`: {_text((ast.get_docstring(one) or '').splitlines()[0])}" for one in methods]
    return "\n\n".join([f"### {node.name}", _docstring(node), *(["\n".join(listed)] if listed else [])])


def _docstring(node: ast.FunctionDef | ast.ClassDef) -> str:
    """Return a docstring of numpy's form as Markdown."""
    first, *rest = _DASHES.split(ast.get_docstring(node) or "")
    said = [_text(first)]
    for title, body in zip(rest[::2], rest[1::2], strict=True):
        text = body.strip("\n")
        if title == "Examples":
            said.append(f"```\n{text}\n```")
        elif title in ("Parameters", "Returns", "Yields", "Raises", "Attributes"):
            entries = re.split(r"\n(?=\S)", text)
            said.append(f"**{title}**\n\n" + "\n".join(_entry(one) for one in entries))
        else:
            said.append(f"**{title}**\n\n{_text(text)}")
    return "\n\n".join(said)


def _entry(entry: str) -> str:
    name, _, says = entry.partition("\n")
    return f"* `{name.strip()}`" + (f": {_text(inspect.cleandoc(says))}" if says.strip() else "")


def _text(words: str) -> str:
    """Return a text of a docstring as Markdown has it: what is no code means nothing but itself."""
    parts = re.split(r"(``.+?``|`.+?`)", words, flags=re.DOTALL)
    return "".join(
        part.replace("``", "`") if at % 2 else re.sub(r"[*_<\[]", r"\\\g<0>", part) for at, part in enumerate(parts)
    ).strip()
