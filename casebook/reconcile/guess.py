"""What follows from what in a table that nobody has described, from its words and its arithmetic.

An identity is assumed only if the words suggest it ("Total", "Change", "%") and it holds for more than half of the
cells it is about, or if nothing suggests it and it holds in nearly all rows. What words suggest and the numbers do not
bear out is named, and not checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations
from pathlib import Path

from casebook.data import raw
from casebook.data.catalogue import Identity
from casebook.data.project import RAW, write_whole
from casebook.errors import InputError, and_list
from casebook.reconcile import as_printed, audit
from casebook.reconcile.as_printed import PrintedTable
from casebook.reconcile.explanations import digits_relation
from casebook.reconcile.quantities import read, shown

MISSING = ("", "-", "–", "—", "..", ":", "*", "c", "x", "n/a", "N/A")
TOTAL = re.compile(r"(?<![-\w])(sub-?\s?totals?|totals?|all|overall|sum)(?![-\w])", re.I)
CHANGE = re.compile(r"\b(change|difference|variance|variation|increase|decrease|movement|over/underspend)\b", re.I)
PER_CENT = re.compile(r"%|\b(per ?cent|percentage|share|proportion)\b", re.I)
NO_SUM = re.compile(r"%|\b(per|percent|percentage|rate|average|mean|median|unit|price|share|proportion)\b", re.I)
DIMENSION = re.compile(r"\b(year|month|date|quarter|line|row|id|code|ref|reference|page|number|no)\b", re.I)
IN_THOUSANDS = re.compile(r"000s?\b|£\s?k\b|£\s?m\b|\b(thousand|million)s?\b", re.I)
NEARLY_ALL, ENOUGH = Fraction(9, 10), 4
"""In how many of its rows, and in how many at least, an identity holds that no word suggests."""
NEAR = Fraction(1, 20)
"""How far every figure of a row called a total may be from a sum, as a share of it, to be taken for one."""
MOST_COLUMNS = 30
"""With more columns of numbers than these, pairs without words are not tried: something would hold by chance."""


@dataclass(frozen=True)
class Guess:
    """A table as it was read, the identities assumed, and what was not understood, in words."""

    table: PrintedTable
    identities: tuple[Identity, ...]
    rounded: dict[str, float]
    not_checked: tuple[str, ...] = ()
    by_name: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What was assumed, in one line."""
        known = [_in_words(self.table, one) for one in self.identities]
        for step in sorted(set(self.rounded.values())):
            names = and_list(name for name, one in self.rounded.items() if one == step)
            known.append(
                f"the whole numbers of {names} are rounded" + (f" to {step:,g}" if step > 1 else ", not exact")
            )
        if self.by_name:
            known.append(f"that {and_list(self.by_name)} is a sum is said by its name, nearly by its figures")
        unknown = f" Not checked: {'; '.join(self.not_checked)}." if self.not_checked else ""
        return f"no description beside the file, so assumed: {'; '.join(known)}.{unknown}"

    def check(self, path: Path) -> None:
        """Refuse a table of which nothing could be checked.

        Raises
        ------
        InputError
            If no identity was found.
        """
        if not self.identities:
            unknown = f" ({'; '.join(self.not_checked)})" if self.not_checked else ""
            raise InputError(
                f"{path}: no cells were found that follow from others{unknown}: say in {path.with_suffix('.json')} "
                "which do (docs/reconciliation.md has every kind)."
            )


def of_file(path: Path) -> Guess:
    """Guess what follows from what in a CSV file.

    Raises
    ------
    InputError
        If the file cannot be read, holds no column of numbers, or its rows cannot be told apart.
    """
    header, rows = raw.cells(path, path, None)
    cells = {name: [row[at].strip() for _, row in rows] for at, name in enumerate(header)}
    numbers = tuple(name for name in header[1:] if not DIMENSION.search(_plain(name)) and _mostly_numbers(cells[name]))
    if not numbers:
        raise InputError(f"{path} has no column of numbers beside the first, which names the rows: add one.")
    key = _key([name for name in header if name not in numbers], cells)
    rounded = {name: step for name in numbers if (step := _rounded_to(name, cells[name]))}
    table = as_printed.of_file(path, key, numbers, MISSING, rounded)
    of_rows, by_name, not_checked = _of_rows(table)
    identities = (*of_rows, *_of_columns(table))
    # As it is read by the description that this guess would be written to.
    used = {name for one in identities for name in (*one.columns, *one.of)}
    rounded = {name: step for name, step in rounded.items() if name in used}
    table = as_printed.of_file(path, key, tuple(name for name in numbers if name in used), MISSING, rounded)
    return Guess(table, identities, rounded, tuple(not_checked), tuple(by_name))


def describe(path: Path) -> Path:
    """Write what a guess assumes to the description beside a CSV file, and return where.

    Raises
    ------
    InputError
        If it is described already, cannot be read, or nothing was found to follow from anything.
    """
    beside = path.with_suffix(".json")
    if beside.exists() or audit.in_package(path):
        described = beside if beside.exists() else RAW / f"{path.stem}.yaml"
        raise InputError(f"{path} is described already, in {described}: correct it there.")
    guess = of_file(path)
    guess.check(path)
    said = audit.Descriptor(
        primary_key=guess.table.key, missing_values=MISSING, rounded=guess.rounded, identities=guess.identities
    )
    content = said.model_dump(by_alias=True, exclude_defaults=True, mode="json")
    write_whole(beside, json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n")
    return beside


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _mostly_numbers(cells: Sequence[str]) -> bool:
    printed = [cell for cell in cells if cell not in MISSING]
    # What starts with a 0 before other digits is a code.
    if any(re.match(r"0\d", cell) for cell in printed):
        return False
    return sum(read(cell, prose=False).value is not None for cell in printed) * 2 > len(printed)


def _key(names: list[str], cells: dict[str, list[str]]) -> tuple[str, ...]:
    """Return the fewest columns that name every row, each differently; all of them, if none do."""
    # A row is known by what it is, rather than by where it was printed.
    ordered = sorted(names, key=lambda name: name in as_printed.PLACES)
    for count in range(1, min(len(ordered), 3) + 1):
        for chosen in combinations(ordered, count):
            keys = list(zip(*(cells[name] for name in chosen), strict=True))
            if len(set(keys)) == len(keys) and all(map(all, keys)):
                return chosen
    return tuple(names)


def _rounded_to(name: str, cells: Sequence[str]) -> float:
    """Return what the whole numbers of a column are rounded to, in the unit printed; 0 if nothing says so."""
    if IN_THOUSANDS.search(_plain(name)):
        return 1
    values = [number for cell in cells if (number := read(cell, prose=False).value)]
    # Amounts that somebody chose are round too, to 5,000 and more; among amounts rounded to 1,000 few are.
    if len(values) < ENOUGH or any(value % 1000 for value in values):
        return 0
    return 1000 if sum(value % 5000 != 0 for value in values) * 2 > len(values) else 0


def _of_rows(table: PrintedTable) -> tuple[list[Identity], list[str], list[str]]:
    label = next((name for name in table.key if any(TOTAL.search(row[name]) for row in table.rows)), None)
    if label is None:
        return [], [], []
    totals = [at for at, row in enumerate(table.rows) if TOTAL.search(row[label])]
    if len(table.key) > 1:
        values = tuple(dict.fromkeys(row[label] for row in table.rows))
        of = tuple(value for value in values if not TOTAL.search(value))
        by = tuple(name for name in table.key if name != label)
        wanted = [[(value, of)] for value in values if TOTAL.search(value)] if of else []
    else:
        by = ()
        wanted = [
            [
                (table.rows[at][label], tuple(table.rows[one][label] for one in parts))
                for parts in _parts(table, at, totals)
            ]
            for at in totals
        ]
    found, by_name, not_checked = [], [], []
    for candidates in wanted:
        tried = [
            (
                _sums(
                    table,
                    Identity(kind="sum", columns=tuple(table.titles), rows={label: (row,)}, parts={label: of}, by=by),
                )
            )
            for row, of in candidates
        ]
        best = max((one for one in tried if one), key=lambda one: one[0], default=None)
        if best is not None and best[1] is not None:
            found.append(best[1])
            by_name += [candidates[0][0]] if best[0][1] <= Fraction(1, 2) else []
            left = [name for name in _amounts(table) if name not in best[1].columns]
            if left:
                not_checked.append(f"{candidates[0][0]} in {and_list(left)}, which no sum of other rows gives")
        elif candidates:
            not_checked.append(f"{candidates[0][0]}, which no sum of other rows gives in most of its columns")
    return found, by_name, not_checked


def _parts(table: PrintedTable, at: int, totals: list[int]) -> list[list[int]]:
    """Return which rows a total may add up, the likeliest first."""
    every = range(len(table.rows))
    before = max((one for one in totals if one < at), default=-1)
    after = min((one for one in totals if one > at), default=len(table.rows))
    items = [one for one in every if one not in totals]
    sums = [one for one in totals if one < at]
    choices = [
        list(range(before + 1, at)),
        [one for one in items if one < at],
        sums,
        [*sums, *range(before + 1, at)],
        [*sums[-1:], *range(before + 1, at)],
        [one for one in items if one != at],
        list(range(at + 1, after)),
        [one for one in totals if one > at],
    ]
    unique = list(dict.fromkeys(tuple(one) for one in choices))
    return [list(one) for one in unique if len(one) > 1]


def _sums(table: PrintedTable, identity: Identity) -> tuple[tuple[int, Fraction], Identity | None] | None:
    """Return how well a sum of rows holds, and the identity with the columns in which it may be assumed."""
    stand: dict[str, list[bool]] = {}
    like_sums, near = {}, {}
    for check in audit.computed(table, [identity]):
        if check.computed is None or check.reading.value is None:
            continue
        parts, name = [one.value for one in check.computed.inputs], check.cell.column
        # Nothing added to nothing is no sign of a sum.
        if sum(value != 0 for value in parts) > 1:
            stand.setdefault(name, []).append(check.verdict.stands)
        printed, result, step = check.reading.value, check.computed.value, check.reading.step
        slip = bool(digits_relation(shown(printed, step), shown(result, step)))
        near[name] = slip or abs(printed - result) <= abs(result) * NEAR
        like_sums[name] = slip or not min(parts) <= printed <= max(parts)
    if not stand:
        return None
    right = {name for name, results in stand.items() if sum(results) * 2 > len(results)}
    amounts = [name for name in _amounts(table) if name in stand]
    held, of = sum(sum(stand[name]) for name in amounts), sum(len(stand[name]) for name in amounts)
    # A change is worked out from the columns beside it: with a wrong one it is wrong too, and no evidence of its own.
    plain = [name for name in amounts if not CHANGE.search(_plain(name))]
    if held * 2 > of:
        right |= {name for name in amounts if like_sums[name]}
    elif plain and all(near[name] for name in plain):
        # The figure that could confirm the sum may be the one that is wrong.
        right |= set(amounts)
    columns = tuple(name for name in table.titles if name in right)
    return (held, Fraction(held, of or 1)), identity.model_copy(update={"columns": columns}) if columns else None


def _amounts(table: PrintedTable) -> list[str]:
    """Return the columns whose numbers may be added up."""
    return [name for name in table.titles if not NO_SUM.search(_plain(name)) and not _signed(table, name)]


def _of_columns(table: PrintedTable) -> Iterator[Identity]:
    """Yield what follows from other columns of the same row."""
    names = list(table.titles)
    shares = {name for name in names if PER_CENT.search(name) or _signed(table, name)}
    taken: list[set[str]] = []
    for name in names:
        alike = [one for one in names if one != name and (one in shares) == (name in shares)]
        amounts = [one for one in names if one not in shares and one != name]
        said: list[Identity] = []
        quiet: list[Identity] = []
        if name in shares:
            said += _percentages(table, name, amounts)
        if CHANGE.search(_plain(name)):
            said += [_identity("difference", name, pair) for pair in permutations(alike, 2)]
        sums = [_identity("sum", name, parts) for parts in _runs(names, alike, name)]
        if TOTAL.search(_plain(name)):
            said += sums
        elif len(names) <= MOST_COLUMNS and name not in shares and not said:
            before = [one for one in alike if names.index(one) < names.index(name)]
            quiet = [*sums, *(_identity("difference", name, pair) for pair in permutations(before[-4:], 2))]
        best = _best(table, said, quiet, taken)
        if best is not None:
            taken.append({*best.columns, *best.of})
            yield best


def _percentages(table: PrintedTable, name: str, amounts: list[str]) -> Iterator[Identity]:
    pairs = list(permutations(amounts, 2))
    kinds = ("per cent change", "per cent of") if CHANGE.search(_plain(name)) else ("per cent of", "per cent change")
    for kind in kinds:
        yield from (_identity(kind, name, pair) for pair in pairs)
    last = {one: table.rows[-1][one] for one in table.key}
    first = {one: table.rows[0][one] for one in table.key}
    for one in amounts:
        yield _identity("per cent of", name, (one,), last)
        yield _identity("per cent change", name, (one,), first)


def _identity(kind: str, result: str, of: Iterable[str], base: dict[str, str] | None = None) -> Identity:
    return Identity.model_validate({"kind": kind, "columns": (result,), "of": tuple(of), "base": base or {}})


def _runs(names: list[str], alike: list[str], name: str) -> list[tuple[str, ...]]:
    """Return columns that stand together before a total, the longest first; and all others."""
    before = [one for one in alike if names.index(one) < names.index(name)]
    plain = [one for one in before if not TOTAL.search(_plain(one))]
    others = [one for one in alike if not TOTAL.search(_plain(one)) and not CHANGE.search(_plain(one))]
    sums = [one for one in before if TOTAL.search(_plain(one))]
    runs = [before[-count:] for count in range(len(before), 1, -1)]
    return [tuple(one) for one in dict.fromkeys(map(tuple, [plain, *runs, others, sums])) if len(one) > 1]


def _best(table: PrintedTable, said: list[Identity], quiet: list[Identity], taken: list[set[str]]) -> Identity | None:
    found: list[tuple[int, Identity]] = []
    for identity in (*said, *quiet):
        # That a part is the total less the others says nothing new.
        if {*identity.columns, *identity.of} in taken:
            continue
        checked = [one for one in audit.computed(table, [identity]) if one.computed is not None]
        # Where a part is nothing, or one row is its own base, anything holds.
        telling = [one for one in checked if one.computed and all(part.value for part in one.computed.inputs)]
        held = sum(one.verdict.stands for one in telling)
        all_held = sum(one.verdict.stands for one in checked)
        least, share = (2, Fraction(1, 2)) if identity in said else (ENOUGH, NEARLY_ALL)
        enough = all_held > share * len(checked) if identity in said else all_held >= share * len(checked)
        if held >= min(least, max(len(checked), 2)) and enough:
            found.append((all_held, identity))
    return max(found, key=lambda one: one[0], default=(0, None))[1]


def _signed(table: PrintedTable, name: str) -> bool:
    printed = [table.words[at, name] for at in range(len(table.rows)) if table.quantities[at, name]]
    return bool(printed) and sum("%" in one for one in printed) * 2 > len(printed)


def _in_words(table: PrintedTable, identity: Identity) -> str:
    result = and_list(identity.columns)
    if identity.rows:
        (row,) = next(iter(identity.rows.values()))
        parts = next(iter(identity.parts.values()))
        which = and_list(parts) if len(parts) <= 3 else f"{len(parts)} rows, {parts[0]} to {parts[-1]}"
        every = "" if len(identity.columns) == len(table.titles) else f" in {result}"
        return f"{row} is the sum of {which}{every}{' of the same ' + and_list(identity.by) if identity.by else ''}"
    if identity.base:
        base = f"{identity.of[0]} of {', '.join(identity.base.values())}"
        return (
            f"{result} is {identity.of[0]} in per cent {'of' if identity.kind == 'per cent of' else 'more than'} {base}"
        )
    words = {
        "sum": f"the sum of {and_list(identity.of)}",
        "difference": " less ".join(identity.of),
        "per cent of": f"{identity.of[0]} in per cent of {identity.of[-1]}",
        "per cent change": f"the change in per cent to {identity.of[0]} from {identity.of[-1]}",
    }
    return f"{result} is {words[identity.kind]}"
