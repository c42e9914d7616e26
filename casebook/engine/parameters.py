"""The parameters a notebook declares, read from its own annotations, and the check of values against them.

A notebook declares its parameters in the cell tagged ``parameters``, a line each::

    area: str = "Cambridgeshire"
    average: Literal["mean", "median", "pooled"] = "mean"

so that papermill, JupyterLab and the pipeline all read the same cell. Nothing of the notebook is run.
"""

from __future__ import annotations

import ast
import ctypes
import datetime
import importlib
import json
import os
import re
import sys
import typing
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

import pydantic
import yaml
from pydantic import TypeAdapter

from casebook.errors import InputError, of_system, one_of
from casebook.kinds import Parameter
from casebook.once import NothingTwice

# What an annotation may be written with, besides Python's own types.
_WORDS = {
    **{name: getattr(typing, name) for name in ("Annotated", "Any", "Literal", "Optional", "Union")},
    "date": datetime.date,
    "Field": pydantic.Field,
    "SecretStr": pydantic.SecretStr,
    **{kind.__name__: kind for kind in (bool, dict, float, int, list, set, str, tuple)},
    # No other built-in function: reading a parameters cell must not do anything.
    "__builtins__": {},
}
SECRET = "CASEBOOK_SECRET_"
_IMPORTABLE = {"typing", "datetime", "pydantic", "annotated_types", "casebook.kinds"}


def declared(path: Path) -> dict[str, Parameter]:
    """Read the parameters a notebook declares.

    Returns
    -------
    dict
        Parameters by name, in the order written.

    Raises
    ------
    InputError
        If the notebook cannot be read, has no cell tagged ``parameters``, or a line of that cell is not
        ``name: type = default`` with a default of that type.
    """
    cells = code_cells(path)
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise InputError(
            f"{path.name} has {len(tagged) or 'no'} cells tagged 'parameters': tag exactly one "
            "(JupyterLab: Property Inspector, Cell tags)."
        )
    words = dict(_WORDS)
    for cell in cells[: cells.index(tagged[0]) + 1]:
        words |= _imported(source(cell))
    parameters = {}
    for line in _parsed(path, source(tagged[0])).body:
        if isinstance(line, ast.Import | ast.ImportFrom):
            continue
        parameter = _parameter(path, line, words)
        parameters[parameter.name] = parameter
    return parameters


def resolve(
    path: Path, given: Mapping[str, Any], typed: Mapping[str, Any], report: str, on_command_line: Container[str] = ()
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the value of every parameter of a notebook: typed on the command line, given, or default.

    A secret parameter (``SecretStr``) that is neither typed nor given is taken from the environment variable
    ``CASEBOOK_SECRET_NAME``.

    Parameters
    ----------
    path
        The notebook.
    given
        Values from ``pipeline.py``.
    typed
        Values from the command line, as text, or from a parameters file, as they stand there.
    report
        The report's name, for messages.
    on_command_line
        The names of those typed on the command line, where others can see them.

    Returns
    -------
    tuple of dict
        The values, ready for JSON, and apart from them the secret ones.

    Raises
    ------
    InputError
        If a name is not declared or a value does not fit.
    """
    parameters = declared(path)
    for name in (*given, *typed):
        if name not in parameters:
            raise InputError(f"{report} has no parameter called {name!r}: {one_of(parameters, name)}")
    default = f"{path.name}, parameters cell"
    values = {name: parameter.check(parameter.default, default) for name, parameter in parameters.items()}
    for name, parameter in parameters.items():
        if parameter.secret and (found := _secrets.get(name.upper())):
            values[name] = parameter.check(found, f"the environment, {report}")
    values |= {name: parameters[name].check(value, f"pipeline.py, {report}") for name, value in given.items()}
    for name, value in typed.items():
        parameter = parameters[name]
        if parameter.secret and name in on_command_line:
            raise InputError(
                f"{report}: {name} is a secret, and -p shows it to everybody who lists the processes: give it in the "
                f"environment variable {SECRET}{name.upper()}, or in a file named with --parameters."
            )
        values[name] = parameter.parse(value, report) if isinstance(value, str) else parameter.accept(value, report)
    secrets = {name: values.pop(name).get_secret_value() for name, one in parameters.items() if one.secret}
    plain = {name: TypeAdapter(parameters[name].type).dump_python(value, mode="json") for name, value in values.items()}
    return plain, {name: secret for name, secret in secrets.items() if secret}


_secrets: dict[str, str] = {}


def take_secrets() -> None:
    """Take all secrets out of this process's environment, which notebooks could read.

    Linux keeps the environment a process was started with (``/proc/PID/environ``); there they are overwritten.
    """
    for variable in [name for name in os.environ if name.startswith(SECRET)]:
        _secrets[variable.removeprefix(SECRET).upper()] = os.environ.pop(variable)
    if not _secrets or sys.platform != "linux":
        return
    # Where it begins and ends: fields 50 and 51 (proc(5): env_start, env_end), the 48th and 49th after the name.
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])
    variables = rb"(?:^|\0)" + SECRET.encode() + rb"[^=\0]*=([^\0]+)"
    for entry in re.finditer(variables, ctypes.string_at(start, end - start)):
        ctypes.memset(start + entry.start(1), ord("x"), len(entry[1]))


class _Values(NothingTwice, yaml.SafeLoader):
    """YAML of plain values, in which no name stands twice in one place."""


def from_file(path: Path) -> dict[str, Any]:
    """Read a parameters file, YAML or JSON: a value for each name.

    Raises
    ------
    InputError
        If it is not there, or is not such a file.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Values)
    except FileNotFoundError:
        raise InputError(
            f"{path} is not there: name a parameters file, with lines such as 'first_year: 2018'."
        ) from None
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(
            f"{path}{line}: not valid YAML ({error.problem or error.context}); write lines such as 'first_year: 2018'."
        ) from None
    except (UnicodeDecodeError, yaml.YAMLError):
        raise InputError(
            f"{path} is not text in UTF-8: save it as YAML, with lines such as 'first_year: 2018'."
        ) from None
    except ValueError as error:
        # A date that there is not, for one.
        raise InputError(f"{path} holds a value that is not one ({error}): correct it.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): name a parameters file.") from None
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise InputError(f"{path} holds no names with values: write lines such as 'first_year: 2018'.")
    if "area" in content and not isinstance(content["area"], str):
        raise InputError(f"{path}: area is {content['area']!r}, expected the name of an authority; write it in words.")
    return content


def code_cells(path: Path) -> list[dict[str, Any]]:
    """Return the code cells of a notebook; raises as ``all_cells`` does."""
    return [cell for cell in all_cells(path) if cell["cell_type"] == "code"]


def all_cells(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook.

    Raises
    ------
    InputError
        If the file is not there or is not a notebook.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        there = sorted(other.stem for other in path.parent.glob("*.ipynb"))
        raise InputError(f"There is no notebook notebooks/{path.name}: {one_of(there, path.stem)}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(_no_notebook(path, f"{type(error).__name__}: {error}")) from None
    except OSError as error:
        raise InputError(of_system(error, f"notebooks/{path.name}")) from None
    for problem in _of_notebook(content):
        raise InputError(_no_notebook(path, problem))
    cells: list[dict[str, Any]] = content["cells"]
    return cells


def _no_notebook(path: Path, problem: str) -> str:
    return (
        f"notebooks/{path.name} is not a notebook that can be read ({problem}); restore it from version control, or "
        "save it again from JupyterLab."
    )


def _of_notebook(content: Any) -> Iterator[str]:
    """Find what a file must have to be a notebook, as far as anything here asks for it; more is nbformat's affair."""
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        yield "it holds no list of cells"
        return
    if content.get("nbformat") != 4 or not isinstance(content.get("nbformat_minor"), int):
        yield f"its nbformat is {str(content.get('nbformat'))[:20]}, expected 4, with its nbformat_minor"
    if not isinstance(content.get("metadata"), dict):
        yield "it holds no metadata"
    for number, cell in enumerate(content["cells"], 1):
        if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
            kind = cell.get("cell_type") if isinstance(cell, dict) else cell
            yield f"cell {number} is of the kind {str(kind)[:40]!r}, expected code, markdown or raw"
            return
        lines = cell.get("source")
        if not isinstance(lines, str) and not (isinstance(lines, list) and all(isinstance(one, str) for one in lines)):
            yield f"cell {number} has no source"
        if not isinstance(cell.get("metadata"), dict) or not isinstance(cell["metadata"].get("tags", []), list):
            yield f"cell {number} has no metadata, or tags that are no list"
        if cell["cell_type"] == "code" and not isinstance(cell.get("outputs"), list):
            yield f"cell {number} has no list of outputs"


def source(cell: Mapping[str, Any]) -> str:
    """Return a cell's source as one string; the file may hold it as a list of lines."""
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def _parsed(path: Path, code: str) -> ast.Module:
    try:
        return ast.parse(code)
    except SyntaxError as error:
        raise InputError(
            f"{path.name}, parameters cell, line {error.lineno}: not valid Python ({error.msg}); correct the line."
        ) from None
    except (ValueError, RecursionError, MemoryError) as error:
        said = f"{error}" or "nested too deeply"
        raise InputError(f"{path.name}, parameters cell: not valid Python ({said}); correct it.") from None


def _imported(code: str) -> dict[str, Any]:
    # Only from modules that annotations come from: reading a notebook must not run what it imports.
    found: dict[str, Any] = {}
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    for line in tree.body:
        if isinstance(line, ast.ImportFrom) and line.module in _IMPORTABLE:
            module = importlib.import_module(line.module)
            found |= {name.asname or name.name: getattr(module, name.name, None) for name in line.names}
        elif isinstance(line, ast.Import):
            found |= {
                name.asname or name.name: importlib.import_module(name.name)
                for name in line.names
                if name.name in _IMPORTABLE
            }
    return found


def _value(node: ast.expr, words: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - a case each
    """Return what an expression stands for: plain values, types, dates, secrets and what limits a type.

    Nothing else is worked out, so that reading a notebook does nothing and takes no time.
    """
    match node:
        case ast.Constant():
            return node.value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            kind = {ast.List: list, ast.Tuple: tuple, ast.Set: set}[type(node)]
            return kind(_value(part, words) for part in parts)
        case ast.Dict(keys=keys, values=values) if None not in keys:
            return {_value(key, words): _value(value, words) for key, value in zip(keys, values, strict=True) if key}
        case ast.Name(id=name):
            return words[name]
        case ast.Attribute(value=ast.Name(id=module), attr=name) if not name.startswith("_"):
            return getattr(words[module], name)
        case ast.Subscript(value=kind, slice=inner):
            return _value(kind, words)[_value(inner, words)]
        case ast.BinOp(left=one, op=ast.BitOr(), right=other):
            return _value(one, words) | _value(other, words)
        case ast.Call(func=function, args=parts, keywords=named):
            called = _value(function, words)
            if getattr(called, "__module__", "").partition(".")[0] in _IMPORTABLE:
                settings = {str(one.arg): _value(one.value, words) for one in named}
                return called(*(_value(part, words) for part in parts), **settings)
    raise ValueError(f"{ast.unparse(node)[:60]} is worked out, not a plain value")


def _parameter(path: Path, line: ast.stmt, words: Mapping[str, Any]) -> Parameter:
    where = f"{path.name}, parameters cell, line {line.lineno}"
    if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name) or line.value is None:
        raise InputError(f"{where}: found {ast.unparse(line)!r}, expected 'name: type = default'; write it so.")
    written = ast.unparse(line.annotation)
    try:
        annotation, default = _value(line.annotation, words), _value(line.value, words)
    except Exception as error:
        raise InputError(
            f"{where}: {ast.unparse(line)[:100]!r} cannot be read without running the notebook ({error}); "
            "use plain values and types from typing, datetime or pydantic."
        ) from None
    parameter = Parameter(line.target.id, written.replace("'", '"'), annotation, default)
    parameter.check(default, where, declared=True)
    return parameter
