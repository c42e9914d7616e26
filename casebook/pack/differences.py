"""What is another in one pack than in another: what is said, cells, verdicts, inputs, settings and versions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from casebook.data import executed
from casebook.errors import InputError
from casebook.pack import models, record
from casebook.pack.models import Pack, Published, Row
from casebook.report.blocks import Table

Kind = Literal["report", "summary", "headline", "table", "cell", "printed figure", "input", "setting", "version"]


@dataclass(frozen=True)
class PackDifference:
    """One thing that is another: in which report, of what kind, where in it, and what stood there before and after."""

    report: str
    area: str
    kind: Kind
    where: str
    before: str
    after: str

    def __str__(self) -> str:
        """Write it as a line.

        Examples
        --------
        >>> str(PackDifference("care-rates", "Essex", "cell", "table course, 2025, Rate", "7.6", "7.7"))
        'table course, 2025, Rate: 7.6 -> 7.7'
        """
        place = self.where if self.kind == "cell" else f"{self.kind} {self.where}".rstrip()
        return f"{place}: {self.before or 'nothing'} -> {self.after or 'nothing'}"


def between(before: Path, after: Path) -> list[PackDifference]:
    """Return what is another in a pack than in the one before, report by report.

    Parameters
    ----------
    before, after
        The folders of both packs, each with its ``pack.json``.

    Returns
    -------
    list of PackDifference
        In the order of the newer pack; reports that it has no more come last.

    Raises
    ------
    InputError
        If one of them is no pack.
    """
    old, new = _pack(before), _pack(after)
    earlier = {one.key: one for one in old.reports}
    found: list[PackDifference] = []
    for one in new.reports:
        if then := earlier.pop(one.key, None):
            found += _of_report(then, one, before, after)
            found += _verdicts(_rows(old, then), _rows(new, one), one)
        else:
            found.append(PackDifference(*one.key, "report", "", "", one.title))
    return found + [PackDifference(*key, "report", "", then.title, "") for key, then in earlier.items()]


def _pack(folder: Path) -> Pack:
    found = models.read(folder)
    if found is None:
        raise InputError(
            f"{folder} holds no pack.json: name a dated pack (python pipeline.py packs lists them), or a pack's folder."
        )
    return found


def _rows(pack: Pack, report: Published) -> dict[str, Row]:
    return {row.id: row for row in pack.reconciliation if (row.report, row.area) == report.key}


def _of_report(old: Published, new: Published, before: Path, after: Path) -> Iterator[PackDifference]:
    def said(kind: Kind, one: dict[str, str], other: dict[str, str]) -> Iterator[PackDifference]:
        for name in dict.fromkeys([*other, *one]):
            if one.get(name, "") != other.get(name, ""):
                yield PackDifference(*new.key, kind, name, one.get(name, ""), other.get(name, ""))

    yield from said("summary", _numbered(old.summary), _numbered(new.summary))
    yield from said("headline", *({one.id: one.text for one in each.headlines} for each in (old, new)))
    yield from _tables(old, new, before, after)
    yield from said("input", *({one.name: one.sha256[:12] for one in each.inputs} for each in (old, new)))
    yield from said("setting", *({name: str(value) for name, value in each.parameters.items()} for each in (old, new)))
    yield from said("version", old.versions, new.versions)


def _numbered(sentences: Sequence[str]) -> dict[str, str]:
    return {f"sentence {number}": said for number, said in enumerate(sentences, start=1)}


def _verdicts(old: dict[str, Row], new: dict[str, Row], of: Published) -> Iterator[PackDifference]:
    for id_ in dict.fromkeys([*new, *old]):
        before, after = (_verdict(rows.get(id_)) for rows in (old, new))
        if before != after:
            yield PackDifference(*of.key, "printed figure", id_, before, after)


def _verdict(row: Row | None) -> str:
    if row is None:
        return ""
    return f"{row.verdict} ({row.computed_shown})" if row.computed_shown else row.verdict


def _tables(old: Published, new: Published, before: Path, after: Path) -> Iterator[PackDifference]:
    if old.files.get(old.notebook) == new.files.get(new.notebook) and old.notebook in old.files:
        return
    earlier, now = _held(before / old.notebook), _held(after / new.notebook)
    for name in dict.fromkeys([*now, *earlier]):
        one, other = earlier.get(name), now.get(name)
        if one is None or other is None:
            yield PackDifference(*new.key, "table", name, one.caption if one else "", other.caption if other else "")
        else:
            for place, was, is_now in _cells(one, other):
                yield PackDifference(*new.key, "cell", f"table {name}, {place}", was, is_now)


def _held(notebook: Path) -> dict[str, Table]:
    """Return the tables of an executed notebook, and the data of its charts, by what they are called."""
    try:
        found = record.of(executed.read(notebook))
    except (OSError, ValueError):
        # A page whose notebook was taken away can be compared by what pack.json says.
        return {}
    return {table.id: table for table in found.tables}


def _cells(one: Table, other: Table) -> Iterator[tuple[str, str, str]]:
    """Return the cells in which two tables differ: where, and what stands there in the one and in the other."""
    earlier, now = _by_place(one), _by_place(other)
    for place in dict.fromkeys([*now, *earlier]):
        (was, was_shown), (is_now, now_shown) = earlier.get(place, (None, "")), now.get(place, (None, ""))
        if _same(was, is_now) and bool(was_shown) == bool(now_shown):
            continue
        if was_shown == now_shown:
            # The difference lies behind what is shown.
            was_shown, now_shown = str(was), str(is_now)
        yield ", ".join(place), was_shown, now_shown


def _by_place(table: Table) -> dict[tuple[str, str], tuple[Any, str]]:
    # A row is known by its first cell and, where that stands again, by how often it stood before.
    times: Counter[str] = Counter()
    found = {}
    for row in table.rows:
        first, *others = table.shown(row)
        times[first] += 1
        name = first if times[first] == 1 else f"{first} ({times[first]})"
        for column, value, shown in zip(table.columns[1:], row[1:], others, strict=True):
            found[name, column.label] = value, shown
    return found


def _same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return one == other
