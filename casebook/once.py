"""YAML in which no name stands twice: of two values for one name nobody knows which was meant."""

from __future__ import annotations

from typing import Any

import yaml


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
