"""YAML and JSON in which no name stands twice: of two values for one name nobody knows which was meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from casebook.errors import InputError

_DEEPEST = 20
_ADVICE = {
    "mapping values are not allowed": (
        'a text that holds ": " stands in "..." or, after >-, on the lines below: otherwise YAML reads a name in it'
    ),
    "cannot start any token": (
        'a text that begins with @, ` or % stands in "..."; lines are indented with spaces, not tabs'
    ),
    "could not find expected ':'": "a name stands here without its ':', or a text goes on without being indented",
    "did not find expected key": 'the line is not indented like the others of its group, or a text needs "..."',
}


def texts(text: str, file: str | Path) -> Any:
    r"""Return what a file in YAML holds: groups of names, lists, and texts just as they are written (001, no).

    Raises
    ------
    InputError
        If it cannot be read; one sentence names the file and the line.

    Examples
    --------
    >>> texts("paper: 004\nlines: [22, 51-61]\nprose: yes\narea:", "x.yaml")
    {'paper': '004', 'lines': ['22', '51-61'], 'prose': 'yes', 'area': ''}
    """
    try:
        return _built(yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or ""
        advice = next((said for part, said in _ADVICE.items() if part in problem), f"{problem}: correct it")
        raise InputError(f"{file}, line {mark.line + 1 if mark else 1}: {advice}.") from None
    except yaml.YAMLError as error:
        raise InputError(
            f"{file} holds a character that YAML has no place for ({str(error).splitlines()[0]}): take it out."
        ) from None


def _built(events: Iterator[yaml.Event]) -> Any:
    # Without recursion: PyYAML's own, in C, ends the process where a text is nested without end.
    whole: list[Any] = []
    inside: list[Any] = [whole]
    names: list[str | None] = [None]
    anchors: dict[str, Any] = {}
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            inside.pop()
            names.pop()
        if not isinstance(event, yaml.NodeEvent):
            continue
        within = inside[-1]
        if isinstance(within, dict) and names[-1] is None:
            names[-1] = _name(event, within)
            continue
        value = _value(event, inside, anchors)
        if isinstance(within, dict):
            within[names[-1]], names[-1] = value, None
        elif within is whole and whole:
            raise _problem(event, "a second document begins here: one file holds one")
        else:
            within.append(value)
        if isinstance(event, yaml.CollectionStartEvent):
            inside.append(value)
            names.append(None)
            if len(inside) > _DEEPEST:
                raise _problem(event, "nested too deeply to be read: restore the file from version control")
    return whole[0] if whole else ""


def _name(event: yaml.NodeEvent, within: dict[str, Any]) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        raise _problem(event, "a name is expected before ':', found a list or a group")
    if event.value in within:
        raise _problem(event, f"{event.value!r} stands here a second time: delete one of them, or put both into one")
    return str(event.value)


def _value(event: yaml.NodeEvent, inside: list[Any], anchors: dict[str, Any]) -> Any:
    if isinstance(event, yaml.AliasEvent):
        if event.anchor not in anchors or any(anchors[event.anchor] is one for one in inside):
            raise _problem(event, f"*{event.anchor} is not above: write &{event.anchor} before what it stands for")
        return anchors[event.anchor]
    if event.tag:
        raise _problem(event, f"{event.tag} has no meaning here: take it out")
    if isinstance(event, yaml.ScalarEvent):
        value = event.value
    else:
        value = {} if isinstance(event, yaml.MappingStartEvent) else []
    if event.anchor:
        anchors[event.anchor] = value
    return value


def _problem(event: yaml.Event, words: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=words, problem_mark=event.start_mark)


def in_json(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON as a dict; for ``object_pairs_hook`` of ``json.loads``.

    Raises
    ------
    ValueError
        If a name stands twice in it.

    Examples
    --------
    >>> import json
    >>> json.loads('{"name": "smoking", "title": "A", "title": "B"}', object_pairs_hook=in_json)
    Traceback (most recent call last):
    ...
    ValueError: 'title' stands twice, in 'smoking': delete one of them, or put both into one
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        where = f", in {found['name']!r}" if "name" in found else ""
        raise ValueError(f"{twice!r} stands twice{where}: delete one of them, or put both into one")
    return found


class NothingTwice:
    """What a loader of PyYAML is made of, besides one of its own, to refuse a name that stands twice in one place."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Return a group of names with values.

        Raises
        ------
        yaml.MarkedYAMLError
            If a name stands twice, or is no word.
        """
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(
                    problem="a name is expected before ':', found a list or a group", problem_mark=key.start_mark
                )
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{key.value!r} stands here a second time: delete one of them, or put both into one",
                    problem_mark=key.start_mark,
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)  # type: ignore[misc,no-any-return]
