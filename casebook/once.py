"""YAML and JSON in which no name stands twice: of two values for one name nobody knows which was meant."""

from __future__ import annotations

from typing import Any

import yaml


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
