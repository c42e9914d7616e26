"""Errors planted on purpose, one at a time, in the tables and the words of the papers, to measure what is found.

Each case writes one wrong number where a right one stands and has every figure that may rest on it worked out again.
A plant that changes nothing within the precision printed is no error, and no case; nor is one in a figure that cannot
be worked out or that differs already. ``python tests/planted.py`` prints the table of docs/reconciliation.md, and writes it there with ``--write``.
"""

from __future__ import annotations

import copy
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from unittest import mock

from casebook.errors import InputError
from casebook.reconcile import explanations, figures
from casebook.reconcile.as_printed import PrintedTable
from casebook.reconcile.cases import Cases, Reconciliation
from casebook.reconcile.explanations import Hypothesis
from casebook.reconcile.figures import PublishedFigure, Register
from casebook.reconcile.quantities import Cell, Quantity, Reading, read, rounded, shown

ROOT = Path(__file__).resolve().parents[1]
EACH = 16
"""How many cases of each kind are planted in tables, and as many in words, where there are so many."""

SLIPS = ("digits exchanged", "digit lost", "sign", "factor 1,000")
# How the cause is told of the planted figure. Of a figure that rests on it, the cell and the right number are named.
TOLD = {
    "digits exchanged": r"(?i)two digits .*exchanged",
    "digit lost": r"(?i)one digit .*left out",
    "sign": r"the sign .*wrong|The sign .*wrong",
    "factor 1,000": r"1,000 times",
    "row copied": r"may be copied from",
    "row omitted": r"A part may be left out",
    "base wrong": r"instead of",
    "year or column wrong": r"instead of",
    "rounding wrong": r"cut off|rounded up",
}
EITHER = "One of the two may be misprinted"


@dataclass(frozen=True)
class Plant:
    """One wrong number: its kind, in which figure or cell, what is printed there, and what a right cause names."""

    kind: str
    where: str
    """The figure's id, or the name of the cell."""
    register: Register
    """The register and its tables with the wrong number in."""
    told: str
    """What the sentence on the planted figure must hold to name the right cause."""
    named: tuple[str, ...]
    """What the sentence on a figure that rests on it must hold: the cell, and the number that is right."""


@dataclass(frozen=True)
class Outcome:
    """What became of a plant: whether it was found, how many causes were named and right, who else was accused."""

    plant: Plant
    found: bool
    named: bool
    right: bool
    accused: int
    innocent: int
    said: tuple[str, ...]


# --- Slips of the pen, on the number as it is printed ---


def slips(kind: str, number: str, chance: random.Random) -> Iterator[str]:
    """Yield the number as a slip of a kind would leave it."""
    digits = [at for at, one in enumerate(number) if one.isdigit()]
    if kind == "digits exchanged":
        for one, other in chance.sample(list(pairwise(digits)), max(0, len(digits) - 1)):
            yield number[:one] + number[other] + number[one + 1 : other] + number[one] + number[other + 1 :]
    elif kind == "digit lost" and len(digits) > 1:
        for at in chance.sample(digits, len(digits)):
            yield regrouped(number[:at] + number[at + 1 :])
    elif kind == "sign":
        yield number[1:] if number[0] in "-−" else f"-{number}"
    elif kind == "factor 1,000":
        if re.search(r",000(?!\d|,)", number):
            yield number.replace(",000", "", 1)
        elif re.search(r"\d[mM]$", number):
            yield number[:-1] + "k"
        elif re.fullmatch(r"£?[\d,]{2,}", number):
            yield regrouped(number + "000")


def regrouped(number: str) -> str:
    """Put the commas of thousands where they belong, if the number has any."""
    if "," not in number:
        return number
    return re.sub(r"\d[\d,]*", lambda found: f"{int(found.group().replace(',', '')):,}", number, count=1)


def like(number: str, value: Fraction, step: Fraction) -> str:
    """Write another number as one is printed: with its pound, commas, suffix and per cent sign."""
    suffix = re.search(r"[kKmM]?\s?%?$", number)
    scale = {"k": 1000, "m": 1_000_000}.get(suffix.group()[:1].lower() if suffix else "", 1)
    written = shown(abs(value) / scale, step / scale)
    written = written if "," in number or abs(value) < 1000 else written.replace(",", "")
    sign = "-" if rounded(value, step) < 0 else ""
    return f"{sign}{'£' if '£' in number else ''}{written}{suffix.group() if suffix else ''}"


# --- Mistakes in the working, on what the figure is worked out from ---


# What a figure comes to with the mistake, and what a sentence says that names it.
Mistake = tuple[Fraction, str]


def mistakes(kind: str, figure: PublishedFigure, computed: Quantity, chance: random.Random) -> Iterator[Mistake]:
    """Yield what a figure comes to with a mistake of a kind."""
    own = as_it_is()[0].cell(figure)
    if kind == "row omitted":
        yield from without_a_part(computed, chance)
    elif kind == "base wrong":
        yield from of_another_base(computed, own, chance)
    elif kind == "year or column wrong":
        for one in chance.sample(computed.inputs, len(computed.inputs)):
            yield from with_another(computed, one, own, chance)
    elif kind == "rounding wrong":
        yield from rounded_wrongly(computed.value, figure.reading.step)


def without_a_part(computed: Quantity, chance: random.Random) -> Iterator[Mistake]:
    for node in computed.nodes:
        parts = list(node.operands) if node.operation in ("sum", "mean") and len(node.operands) > 2 else []
        for out in chance.sample(parts, len(parts)):
            rest = [one.value for one in parts if one is not out]
            value = sum(rest, Fraction(0)) / (len(rest) if node.operation == "mean" else 1)
            yield in_place_of(computed, node, value), f"A part may be left out.*{re.escape(str(out.cell))}"


def of_another_base(computed: Quantity, own: Cell | None, chance: random.Random) -> Iterator[Mistake]:
    nodes = computed.nodes
    if not any(one.operation == "x" and one.operands[1].value == 100 for one in nodes):
        return
    for node in nodes:
        if node.operation != "/" or not node.operands[0].value:
            continue
        above, below = node.operands
        change = next((one for one in nodes if one.operation == "-" and one.operands[0] is node), None)
        if change is not None and change.operands[1].value == 1:
            yield in_place_of(computed, change, 1 - below.value / above.value), "the number after the change"
        elif above.value != below.value:
            yield in_place_of(computed, node, above.value / (below.value - above.value)), "of the rest"
        yield from with_another(computed, below, own, chance)


def with_another(computed: Quantity, one: Quantity, own: Cell | None, chance: random.Random) -> Iterator[Mistake]:
    for other in elsewhere(one, chance):
        if other.cell != own:
            yield in_place_of(computed, one, other.value), _instead(other, one)


def rounded_wrongly(value: Fraction, step: Fraction) -> Iterator[Mistake]:
    if (value / step).denominator > 1:
        cut = abs(value) // step * step * (-1 if value < 0 else 1)
        yield (cut + (step if value > 0 else -step) if cut == rounded(value, step) else cut), TOLD["rounding wrong"]


def in_place_of(computed: Quantity, part: Quantity, value: Fraction) -> Fraction:
    """Work a figure out with another number for a part, or for all that stand in the same cell."""
    same = lambda one: one is part or (part.cell is not None and one.cell == part.cell)  # noqa: E731
    return computed.valued(lambda one: value if same(one) else None)


def _instead(other: Quantity, one: Quantity) -> str:
    """Any cell that holds the same number names the cause as well, instead of the right input."""
    assert other.reading is not None
    numbers = {re.escape(other.text), re.escape(shown(other.value, other.reading.step))}
    return rf"\b({'|'.join(numbers)})\)? instead of .*{re.escape(str(one.cell))}"


def elsewhere(one: Quantity, chance: random.Random) -> list[Quantity]:
    """Return some numbers of the same column in other rows of its table, and of the same row in other columns."""
    if one.cell is None or one.cell.table == figures.REGISTER:
        return []
    table = as_it_is()[0].tables[one.cell.table]
    at = table.positions[one.cell.row]
    places = [(row, one.cell.column) for row in (at - 1, at + 1)] + [(at, column) for column in table.titles]
    found = [table.quantities.get(place) for place in places]
    others = [other for other in found if other is not None and other.value and other.cell != one.cell]
    return chance.sample(others, len(others))


# --- Planting ---


def planted_figure(register: Register, figure: PublishedFigure, number: str, wrong: str) -> Register | None:
    """Write another number into a figure's words, and into its cell if it has one."""
    words = figure.printed.replace(number, wrong, 1)
    value = read(wrong, prose=not figure.table, unit=figure.unit).value
    if value is None or read(words, prose=not figure.table, unit=figure.unit, value=value).value is None:
        return None
    cell = register.cell(figure)
    if cell is not None:
        return planted_cell(register, cell, number, wrong)
    changed = replace(figure, printed=words, value=f"{float(value):.12g}")
    return replace(register, figures=register.figures | {figure.id: changed})


def planted_cell(register: Register, cell: Cell, number: str, wrong: str) -> Register | None:
    """Write another number into a cell, and into the figure that it is."""
    described, table = register.catalogue.table(cell.table), register.tables[cell.table]
    at = table.positions[cell.row]
    unit = next(one for one in described.columns if one.name == cell.column).unit
    unit = table.rows[at].get("unit", "") if unit == "see the column unit" else unit
    words = table.words[at, cell.column].replace(number, wrong, 1)
    meant = read(wrong, prose=described.prose, unit=unit).value
    number_read = None if meant is None else read(words, prose=described.prose, unit=unit, value=meant)
    if number_read is None or number_read.value is None:
        return None
    low, high = number_read.bounds
    other = Quantity(number_read.value, low, high, number_read.number, table.cell(at, cell.column), number_read)
    changed: PrintedTable = replace(
        table,
        words={**table.words, (at, cell.column): words},
        quantities={**table.quantities, (at, cell.column): other},
    )
    tables = copy.copy(register.tables)
    tables[cell.table] = changed
    in_cell = {
        one.id: replace(one, printed=words, value=f"{float(number_read.value):.12g}")
        for one in register.figures.values()
        if one.table == cell.table and register.cell(one) == cell
    }
    return replace(register, tables=tables, figures=register.figures | in_cell)


def still_right(printed: Reading, value: Fraction) -> bool:
    """Whether a number, read as it is printed, still says what is the case."""
    assert printed.value is not None
    if printed.bound and printed.relation in ("over", "at least"):
        return value > printed.value
    if printed.bound and printed.relation in ("under", "up to"):
        return value < printed.value
    hedge = abs(printed.value) / 20 if printed.relation else 0
    return abs(value - printed.value) <= max(printed.step / 2, hedge)


def worked_out(register: Register, reports: Sequence[str]) -> dict[str, Reconciliation]:
    cases = Cases(ROOT, register)
    return {one.id: one for report in reports for one in cases.of_report(report)}


@cache
def as_it_is() -> tuple[Register, dict[str, Reconciliation], dict[str, Quantity], dict[str, set[str]]]:
    """The register, what is said of each figure, what those come to that stand, and which reports use which table."""
    register = figures.load(ROOT)
    reports = list(dict.fromkeys(one.report for one in register.figures.values()))
    cases = Cases(ROOT, register)
    said = {one.id: one for report in reports for one in cases.of_report(report)}
    numbers = {}
    for name, one in said.items():
        ways = cases._case(register.figures[name]).ways
        if one.verdict.startswith("reproduced") and ways and all(isinstance(way, Quantity) for way in ways):
            numbers[name] = ways[0]
    using = {report: {*cases.tables(report)} for report in reports}
    return register, said, numbers, using


def plants(kind: str, in_words: bool) -> Iterator[Plant]:
    """Yield errors of a kind, in an order that looks like chance and is the same each time."""
    register, _, numbers, _ = as_it_is()
    chance = random.Random(f"{kind}, {'words' if in_words else 'tables'}")
    ids = [name for name in numbers if bool(register.figures[name].table) != in_words]
    places: list[str | Cell] = list(ids)
    if not in_words and kind in (*SLIPS, "row copied"):
        own = {register.cell(register.figures[name]) for name in ids}
        places += sorted(
            {
                one.cell
                for name in numbers
                for one in numbers[name].inputs
                if one.cell and one.cell not in own and one.cell.table != figures.REGISTER
            },
            key=lambda cell: (cell.table, cell.row, cell.column),
        )
    for place in chance.sample(places, len(places)):
        plant = (
            of_figure(kind, register.figures[place], chance)
            if isinstance(place, str)
            else of_input(kind, place, chance)
        )
        if plant is not None:
            yield plant


def of_figure(kind: str, figure: PublishedFigure, chance: random.Random) -> Plant | None:
    """Plant an error in a figure that is worked out."""
    register, _, numbers, _ = as_it_is()
    reading, computed = figure.reading, numbers[figure.id]
    assert reading.value is not None
    number, cell = reading.number, register.cell(figure)
    told = TOLD[kind]
    tries: Iterator[tuple[str, str]]
    if kind == "row copied":
        tries = ((wrong, "") for wrong in copies(register, cell, chance)) if cell else iter(())
    elif kind in SLIPS:
        tries = ((wrong, "") for wrong in slips(kind, number, chance))
    else:
        made = mistakes(kind, figure, computed, chance)
        tries = ((like(number, value, reading.step), about) for value, about in made)
    for wrong, about in tries:
        other = read(wrong, prose=not figure.table, unit=figure.unit).value
        changed = planted_figure(register, figure, number, wrong) if other not in (None, reading.value) else None
        if cell and kind != "row copied" and wrong in copies(register, cell, chance):
            continue
        if changed is None or still_right(changed.figures[figure.id].reading, computed.value):
            continue
        right = shown(reading.value, reading.step)
        names = (
            f"{re.escape(figure.figure)}, as printed|{re.escape(str(cell))}"
            if cell
            else f"{re.escape(figure.figure)}, as printed",
            right,
        )
        return Plant(kind, figure.id, changed, about or told, names)
    return None


def of_input(kind: str, cell: Cell, chance: random.Random) -> Plant | None:
    """Plant an error in a number that others are worked out from."""
    register, _, numbers, _ = as_it_is()
    table = register.tables[cell.table]
    one = table.quantities[table.positions[cell.row], cell.column]
    assert one is not None and one.reading is not None
    number = one.reading.number
    for wrong in copies(register, cell, chance) if kind == "row copied" else slips(kind, number, chance):
        changed = planted_cell(register, cell, number, wrong)
        if changed is None:
            continue
        table = changed.tables[cell.table]
        other = table.quantities[table.positions[cell.row], cell.column]
        assert other is not None
        if other.value == one.value:
            continue
        instead: Mapping[Cell | None, Fraction] = {cell: other.value}
        try:
            hidden = all(
                still_right(register.figures[name].reading, computed.valued(lambda part, i=instead: i.get(part.cell)))
                for name, computed in numbers.items()
                if any(part.cell == cell for part in computed.inputs)
            )
        except ZeroDivisionError:
            continue
        if not hidden:
            name = "/".join((cell.table, "; ".join(cell.row), cell.column))
            return Plant(kind, name, changed, "", (re.escape(str(cell)), shown(one.value, one.reading.step)))
    return None


def copies(register: Register, cell: Cell, chance: random.Random) -> list[str]:
    """Return the numbers of the rows before and after, as they are printed."""
    table = register.tables[cell.table]
    at = table.positions[cell.row]
    beside = [table.quantities.get((row, cell.column)) for row in (at - 1, at + 1)]
    found = [one.reading.number for one in beside if one is not None and one.reading and one.value]
    return chance.sample(found, len(found))


# --- Measuring ---


def outcome(plant: Plant) -> Outcome:
    """Work everything out again with the plant in, and compare with what was said before."""
    _, before, _, using = as_it_is()
    where = before[plant.where].cell if plant.where in before else plant.where
    table = where.split("/")[0]
    reports = [
        report for report, tables in using.items()
        if table in tables or (plant.where in before and plant.register.figures[plant.where].report == report)
    ]  # fmt: skip
    try:
        after = worked_out(plant.register, reports)
    except InputError as refused:
        # A misprint may leave nothing to divide by: the run is refused with the figure that cannot be worked out.
        resting = [name for name, one in before.items() if where in one.inputs and f"figures, {name}" in str(refused)]
        return Outcome(plant, bool(resting), False, False, 0, 0, ())
    # A figure printed elsewhere too is compared with that one.
    resting = {
        name for name in after
        if where == before[name].cell or where in before[name].inputs or plant.register.figures[name].same_as == plant.where
    }  # fmt: skip
    worse = [
        name
        for name in after
        if before[name].verdict.startswith("reproduced") and not after[name].verdict.startswith("reproduced")
    ]
    said = []
    for name in worse:
        first = re.search(r"Possible reasons?: (.*?)(?:, or with .*?)?\.(?: |$)(?![a-z0-9])", after[name].note)
        if first:
            said.append((name, first.group(1)))
    right = [
        bool(re.search(plant.told, sentence)) if before[name].cell == where and plant.told
        else all(re.search(word, sentence) for word in plant.named) or sentence.startswith(EITHER)
        for name, sentence in said
    ]  # fmt: skip
    return Outcome(
        plant, bool(resting & {*worse}), bool(said), bool(said) and all(right), len({*worse} - resting),
        len(before) - len(resting), tuple(f"{name}: {sentence}" for name, sentence in said),
    )  # fmt: skip


CRASHED: list[str] = []
"""The hypotheses that failed; a reader is spared it, the tests are not."""


def watched(hypotheses: Sequence[Hypothesis]) -> tuple[Hypothesis, ...]:
    """Write down a hypothesis that fails before it is passed over."""

    def watch(hypothesis: Hypothesis) -> Hypothesis:
        def run(printed: Reading, computed: Quantity, around: explanations.Context) -> Iterator[str]:
            try:
                yield from hypothesis(printed, computed, around)
            except Exception as error:
                CRASHED.append(f"{hypothesis!r}: {error!r}")
                raise

        return run

    return tuple(watch(one) for one in hypotheses)


@cache
def outcomes(each: int = EACH) -> tuple[tuple[str, Outcome], ...]:
    """Every case, with where it was planted, or so many of each kind and place: the same each time."""
    parts = {name: watched(getattr(explanations, name)) for name in ("IN_ORDER", "OF_INPUTS")}
    with mock.patch.multiple(explanations, **parts):
        return tuple(
            (place, outcome(plant))
            for kind in TOLD
            for place in ("tables", "words")
            for plant in islice(plants(kind, place == "words"), each)
        )


def table() -> str:
    """Return the table of docs/reconciliation.md."""
    lines = ["| planted | cases | found | cause named | the right one | others accused |", "|---|---|---|---|---|---|"]
    for kind in (*TOLD, "all"):
        own = [one for _, one in outcomes() if kind in ("all", one.plant.kind)]
        named = [one for one in own if one.named]
        accused, innocent = sum(one.accused for one in own), sum(one.innocent for one in own)
        lines.append(
            f"| {kind} | {len(own)} | {sum(one.found for one in own)} | {len(named)} | {sum(one.right for one in named)} | "
            f"{accused} of {innocent:,} |"
        )
    return "\n".join(lines)


def in_docs(text: str) -> re.Match[str]:
    """Find the table in the text of docs/reconciliation.md."""
    found = re.search(r"^\| planted \|.*?^\| all \|[^\n]*", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found


if __name__ == "__main__":
    print(table())
    if "--write" in sys.argv:
        docs = ROOT / "docs" / "reconciliation.md"
        text = docs.read_text(encoding="utf-8")
        docs.write_text(text.replace(in_docs(text).group(), table()), encoding="utf-8")
