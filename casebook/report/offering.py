"""Completion of texts in JupyterLab: names of tables and series, parts of a section, words one may choose from.

Loaded when completion is first asked for inside a text.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterable
from types import ModuleType, NoneType
from typing import Any

from casebook.data import catalogue, project, series, tables
from casebook.report.parts import Section

# The call that the text stands in, what stands before the text among its arguments, and the text so far.
_CALL = re.compile(r"([A-Za-z_][\w.]*)\(((?:[^()]|\([^()]*\))*?)(['\"])([^'\"\n]*)$")
_NAMED = re.compile(r"(\w+)\s*=\s*$")


def offered(before: str, names: dict[str, Any]) -> tuple[str, list[str]] | None:
    """Return the beginning of a text and what it may become.

    Parameters
    ----------
    before
        The cell as far as the cursor.
    names
        What the notebook's names stand for.

    Returns
    -------
    tuple of str and list of str
        None where the cursor stands in no text that is chosen from a list.

    Examples
    --------
    >>> offered("frame = tables.read('smoking_prev", {"tables": tables})
    ('smoking_prev', ['smoking_prevalence'])
    """
    found = _CALL.search(before)
    called = _called(found[1], names) if found else None
    if found is None or called is None:
        return None
    arguments, begun = found[2], found[4]
    choices = _choices(called, _parameter(called, arguments))
    return begun, [one for one in choices if one.startswith(begun)]


def _called(path: str, names: dict[str, Any]) -> Callable[..., Any] | None:
    """Return the function of ours that a path of names leads to, without running anything on the way."""
    first, *rest = path.split(".")
    one = names.get(first)
    for name in rest:
        one = getattr(one, name, None) if isinstance(one, ModuleType | Section) else None
    return one if callable(one) and getattr(one, "__module__", "").startswith("casebook") else None


def _parameter(called: Callable[..., Any], before: str) -> inspect.Parameter | None:
    """Return the parameter that the next argument is for."""
    known = inspect.signature(called).parameters
    if named := _NAMED.search(before):
        return known.get(named[1])
    outer = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|'[^']*'|\"[^\"]*\"", "", before)
    taken = [one for one in known.values() if one.kind is not inspect.Parameter.KEYWORD_ONLY]
    place = outer.count(",")
    if taken and taken[-1].kind is inspect.Parameter.VAR_POSITIONAL:
        place = min(place, len(taken) - 1)
    return taken[place] if place < len(taken) else None


def _choices(called: Callable[..., Any], parameter: inspect.Parameter | None) -> Iterable[str]:
    if parameter is None:
        return []
    of = getattr(called, "__self__", None)
    if isinstance(of, Section):
        return [one for one in dir(of) if one not in ("but", "without")]
    if parameter.name == "name" and called is tables.read:
        return sorted(table.name for table in catalogue.load(project.root()).tables)
    if parameter.name == "name" and called in (series.read, series.if_held, series.panel):
        return sorted(series.load(project.root()))
    kind = parameter.annotation
    if isinstance(kind, str):
        kind = eval(kind, getattr(called, "__globals__", {}))
    kinds = [one for one in (kind, *typing.get_args(kind)) if typing.get_origin(one) is typing.Literal]
    return [word for one in kinds for word in typing.get_args(one) if word is not NoneType and isinstance(word, str)]
