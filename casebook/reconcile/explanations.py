"""Why a printed figure may differ from what its inputs give: hypotheses, the simplest first.

Each one is tried on the numbers, with exact fractions, and stated only if it gives exactly what is printed. It
stays a hypothesis: that a mistake *could* have come about so does not show that it did. How often the one that is
named is the right one is measured on planted errors (``tests/test_planted_errors.py``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import islice

from casebook.reconcile.quantities import Cell, Quantity, Reading, exactly, read, rounded, shown
from casebook.reconcile.verdicts import judge

FEW = 4
"""With more inputs than these, a misprint in one of them, or another row of one, explains nothing."""
CHANCE = 5
"""Of this many times as many numbers as are tried, at most one may be the printed one by chance."""
COARSE = 20
"""By how many units of the printed figure's last digit a number must move it, for its fitting to say something."""
MANY = 25
"""How many numbers for one input are tried."""
MISTAKEN = "one digit mistaken"
SLIPS = {
    "two digits exchanged": "Two digits may be exchanged",
    "one digit too many": "One digit may be too many",
    "one digit left out": "One digit may be left out",
    MISTAKEN: "One digit may be mistaken",
    "the sign wrong": "The sign may be wrong",
}
SHIFT_KEY = str.maketrans('!"£$%^&*()', "1234567890")
"""What a British keyboard prints for a digit with the shift key held down."""

Sibling = tuple[str, Cell, Quantity]
"""Another number an input could be mistaken for: which one it is ("the next month"), where, and the number."""


@dataclass(frozen=True)
class Known:
    """Another figure that is worked out too: where it stands, as what it is printed, and what its inputs give."""

    cell: Cell | None
    printed: Reading
    computed: Quantity

    @cached_property
    def stands(self) -> bool:
        """Whether it is right as printed."""
        return judge(self.printed, self.computed).stands

    @cached_property
    def cells(self) -> frozenset[Cell | None]:
        """The cells of its inputs."""
        return frozenset(one.cell for one in self.computed.inputs)

    def stands_with(self, instead: Mapping[Cell, Quantity]) -> bool:
        """Whether it would be right with other numbers in some cells."""
        other = instead.get(self.cell) if self.cell else None
        printed = replace(self.printed, value=other.value) if other else self.printed
        try:
            return judge(printed, self.computed.with_inputs(instead)).stands
        except ZeroDivisionError:
            return False


@dataclass(frozen=True)
class Context:
    """What stands around a figure and its inputs, as far as it is known.

    Parameters
    ----------
    cell
        Where the figure itself stands.
    neighbours
        The printed cells around the figure, by where they stand.
    siblings
        For the cell of an input, what it could be mistaken for: its column in other rows, other columns of its row.
    others
        What other ways of working the figure out give, by words that continue "It fits".
    figures
        The other figures that are worked out.
    """

    cell: Cell | None = None
    neighbours: Mapping[str, Quantity] = field(default_factory=dict)
    siblings: Callable[[Cell], Sequence[Sibling]] = lambda cell: ()
    others: Mapping[str, Quantity | float] = field(default_factory=dict)
    figures: Sequence[Known] = ()

    @property
    def confirmed(self) -> int:
        """How many other figures stand that follow from this one as printed, or work it out in another way."""
        if self.cell is None:
            return 0
        # One that only repeats it confirms nothing.
        others = [one for one in self.figures if one.computed.operation and one.stands]
        return sum(self.cell in one.cells or one.cell == self.cell for one in others)

    def mended(self, instead: Mapping[Cell, Quantity]) -> int:
        """Return how many figures that differ would stand with other numbers in some cells; -1 if others then fall."""
        touched = [one for one in self.figures if one.cell in instead or not one.cells.isdisjoint(instead)]
        if any(one.stands and not one.stands_with(instead) for one in touched):
            return -1
        return sum(not one.stands and one.stands_with(instead) for one in touched)


NOTHING_KNOWN = Context()
Hypothesis = Callable[[Reading, Quantity, Context], Iterator[str]]


def hypotheses(printed: Reading, computed: Quantity, around: Context = NOTHING_KNOWN) -> list[str]:
    """Return sentences that say how the printed figure may have come about: the simplest that fits, at most two.

    Where others confirm the figure as it is printed (``grounds``), only its inputs are suspected. A claim about a bound
    has no explanation.

    A hypothesis that fails costs itself and nothing else: the verdict does not wait for it.

    Parameters
    ----------
    printed
        The figure as printed.
    computed
        What its inputs give.
    around
        What is known around it.

    Examples
    --------
    >>> from casebook.reconcile.quantities import of, total
    >>> hypotheses(read("63.6%", prose=False), exactly(63.9))
    ['One digit may be mistaken: 63.6 for 63.9.']
    >>> hypotheses(read("196", prose=False), total([of("120"), of("76"), of("301")]))
    ['A part may be left out: it fits without 301.']
    """
    if printed.value is None or printed.bound:
        return []
    for hypothesis in OF_INPUTS if around.confirmed else IN_ORDER:
        try:
            found = list(islice(hypothesis(printed, computed, around), 2))
        except Exception:  # whatever a search for reasons runs into, the finding itself must be told
            continue
        if found:
            return found
    return []


def grounds(around: Context) -> str:
    """Return why only the inputs of a figure are suspected, or nothing where the figure itself is.

    Examples
    --------
    >>> grounds(NOTHING_KNOWN)
    ''
    """
    if not around.confirmed:
        return ""
    figures = "another printed figure" if around.confirmed == 1 else f"{around.confirmed} other printed figures"
    return f"It agrees with {figures}, so an input is likelier to be wrong."


def unreadable(printed: str, computed: Quantity, step: Fraction) -> list[str]:
    """Return what a misprinted number may have been meant to be, if a key without its shift makes it right.

    Examples
    --------
    >>> unreadable("29.£%", exactly(29.26), Fraction("0.1"))
    ['29.3% may be meant: the same keys, without the shift key.']
    """
    body, sign = (printed[:-1], "%") if printed.endswith("%") else (printed, "")
    meant = body.translate(SHIFT_KEY) + sign
    reading = read(meant, prose=False)
    if reading.value is not None and judge(reading, computed).stands and reading.step == step:
        return [f"{meant} may be meant: the same keys, without the shift key."]
    return []


def digits_relation(wrong: str, right: str) -> str:
    """Return how the digits of two numbers differ by one slip, or an empty string.

    Examples
    --------
    >>> digits_relation("17137", "17317"), digits_relation("2205", "2204"), digits_relation("63.6", "41.2")
    ('two digits exchanged', 'one digit mistaken', '')
    """
    wrong, right = wrong.replace(",", ""), right.replace(",", "")
    # Among numbers of two digits, one in five differs from any other by one digit: that explains nothing.
    if wrong == right or min(sum(map(str.isdigit, wrong)), sum(map(str.isdigit, right))) < 2:
        return ""
    if len(wrong) == len(right):
        off = [at for at, (a, b) in enumerate(zip(wrong, right, strict=True)) if a != b]
        if len(off) == 2 and (wrong[off[0]], wrong[off[1]]) == (right[off[1]], right[off[0]]):
            return "two digits exchanged"
        if len(off) == 1 and sum(map(str.isdigit, right)) > 2:
            return "one digit mistaken"
    if len(wrong) == len(right) + 1 and any(wrong[:at] + wrong[at + 1 :] == right for at in range(len(wrong))):
        return "one digit too many"
    if len(wrong) == len(right) - 1 and any(right[:at] + right[at + 1 :] == wrong for at in range(len(right))):
        return "one digit left out"
    return ""


def _slip(printed: Reading, right: Fraction) -> str:
    """Return how a printed number and the right one differ by one slip: of its digits, its sign or its scale.

    What is one off in the last digit is no digit mistaken: rounding does that, and it would fit one number in five.
    """
    value, step = printed.value or Fraction(0), _step(printed)
    if value == -rounded(right, step) != 0:
        return "the sign wrong"
    # Zeros that stand for rounding are no digits: £16m has two.
    scale = max(step, Fraction(1))
    relation = digits_relation(*(shown(one / scale, step / scale) for one in (value, right)))
    # A factor of 10 of a number of two digits is often a digit lost in an input.
    for factor in () if relation or _digits(printed) < 2 else (1000, 100, 10)[: _digits(printed)]:
        if _exact(printed, right / factor):
            return f"{factor:,} times too small"
        if _exact(printed, right * factor):
            return f"{factor:,} times too large"
    return "" if relation == MISTAKEN and abs(value - rounded(right, step)) <= step else relation


def _step(printed: Reading) -> Fraction:
    """Return the unit of the last digit that means something: a hedge says that zeros at the end are rounding."""
    step = printed.step
    while printed.relation and not printed.stated and printed.value and printed.value % (step * 10) == 0:
        step *= 10
    return step


def _digits(printed: Reading) -> int:
    return len(str(abs(printed.value or Fraction(0)) // _step(printed)))


def _exact(printed: Reading, value: Fraction) -> bool:
    """Whether a number would be printed so, digit by digit; the 5% of a hedge would fit too much."""
    assert printed.value is not None
    step = _step(printed)
    if printed.relation in ("over", "at least"):
        return printed.value <= value < printed.value + step
    if printed.relation in ("under", "up to", "almost"):
        return printed.value - step < value <= printed.value
    return rounded(value, step) == printed.value


Try = tuple[str, Callable[[Quantity], Fraction | None]]
"""What is said if it fits, and which number is then taken for which part of the formula."""


def _fitting(printed: Reading, computed: Quantity, tries: Sequence[Try]) -> Iterator[str]:
    """Yield what is said of the tries that give what is printed."""
    # Among many tries, one gives a number of few digits by chance.
    if len(tries) * CHANCE > 10 ** _digits(printed):
        return
    for words, instead in tries:
        value = _value(computed, instead)
        if value is not None and _exact(printed, value):
            yield words


def _value(computed: Quantity, instead: Callable[[Quantity], Fraction | None]) -> Fraction | None:
    try:
        return computed.valued(instead)
    except ZeroDivisionError:
        return None


def _part(part: Quantity, value: Fraction) -> Callable[[Quantity], Fraction | None]:
    return lambda one: value if one is part else None


def _cells(instead: Mapping[Cell, Fraction]) -> Callable[[Quantity], Fraction | None]:
    return lambda one: instead.get(one.cell) if one.cell else None


def _one_misprint_of_several(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Find one other number in one input that mends this figure and others that differ: 978 where 987 is printed."""
    best = 0
    said: list[tuple[Quantity, Fraction, str]] = []
    for one, wanted in _wanted(printed, computed, around):
        mended = around.mended({one.cell: exactly(wanted)}) if one.cell else 0
        if mended > 0 and mended >= best:
            said = [*(said if mended == best else []), (one, wanted, _slip(one.reading, wanted) if one.reading else "")]
            best = mended
    for one, wanted, slip in sorted(said, key=lambda found: not found[2]):
        yield f"{_misprinted(one, slip)}: this and {_others_differing(best)} fit with {_instead(one, wanted)}."


def _others_differing(count: int) -> str:
    return "one other figure that differs" if count == 1 else f"{count} other figures that differ"


def _misprinted_input(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Find a slip in an input that gives what is printed, and breaks no other figure: 121,960 for 121,690."""
    # Among many parts, one digit of some part always fits.
    wanted_of = list(_wanted(printed, computed, around)) if len(computed.inputs) <= FEW else []
    for one, wanted in wanted_of:
        if sum(other is one for other, _ in wanted_of) > FEW:
            continue
        slip = _slip(one.reading, wanted) if one.reading else ""
        if slip and one.cell and around.mended({one.cell: exactly(wanted)}) >= 0:
            yield f"{_misprinted(one, slip)}: it fits with {_instead(one, wanted)}."


def _misprinted(one: Quantity, slip: str) -> str:
    return f"An input may be misprinted{f', {slip}' if slip else ''}"


def _instead(one: Quantity, wanted: Fraction) -> str:
    assert one.reading is not None
    return f"{shown(wanted, one.reading.step)} instead of {one.text} ({one.cell})"


def _named(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Try another way that is known: with the median of the ten."""
    for name, other in around.others.items():
        if _exact(printed, exactly(other).value):
            yield f"It fits {name}: {_like(printed, exactly(other).value)}."


def _like(printed: Reading, value: Fraction) -> str:
    """Write a number as the printed one is written, with one digit more where it has more: 17.5% for "over 17%"."""
    step = min(printed.step, Fraction(1))
    if (value / step).denominator > 1 and abs(value) < 1000:
        step /= 10
    per_cent = "%" if printed.number.endswith("%") else ""
    return f"{'£' if printed.number.startswith('£') else ''}{shown(value, step)}{per_cent}"


def _copied(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Look for the same number beside it, right there: 408,000 in the column of the scenario before."""
    wrong = {one.cell for one in around.figures if not one.stands}
    for where, cell in around.neighbours.items() if _digits(printed) > 1 else ():
        if cell.value == printed.value and cell.cell not in wrong:
            yield f"It may be copied from {where}, which holds the same {shown(cell.value, printed.step)}."


def _slip_of_the_pen(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Tell two digits exchanged, one too many or left out, the sign or the scale wrong: 17,137 for 17,317."""
    slip = _slip(printed, computed.value)
    if slip and slip != MISTAKEN:
        yield _said(slip, printed, computed)


def _rounded_inputs(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Take whole numbers among the inputs for rounded ones: 63.6% for 159 / 97, where 158.7 was forecast."""
    whole = {one.cell: one for one in computed.inputs if one.cell and one.reading and one.reading.exact}
    if not whole or not computed.operation or printed.value is None:
        return
    halves = {cell: one.reading.step / 2 for cell, one in whole.items() if one.reading}
    wider = computed.with_inputs(
        {cell: replace(one, low=one.low - halves[cell], high=one.high + halves[cell]) for cell, one in whole.items()}
    )
    few = (wider.high - wider.low) / printed.step * CHANCE < 10 ** _digits(printed)
    if few and wider.low < printed.value + printed.step / 2 and wider.high > printed.value - printed.step / 2:
        yield "It may be calculated from numbers before they were rounded."


def _digit_mistaken(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Tell one digit mistaken: 63.6 for 63.9."""
    if _slip(printed, computed.value) == MISTAKEN:
        yield _said(MISTAKEN, printed, computed)


def _said(slip: str, printed: Reading, computed: Quantity) -> str:
    assert printed.value is not None
    right, step = computed.value, printed.step
    # A factor is told by a number with as many digits: 8.95 for 0.0895.
    finest = step if slip in SLIPS else step / int(slip.split(maxsplit=1)[0].replace(",", ""))
    while step > finest and (right / step).denominator > 1:
        step /= 10
    numbers = shown(printed.value, printed.step), shown(right, step)
    if not computed.operation and computed.cell is not None:
        # Two places print the number, and nothing tells which of them is wrong.
        how = re.sub("(too many|left out)$", "too many or left out", slip)
        how = re.sub("too (small|large)$", "the other", how)
        return f"One of the two may be misprinted, {how}: {' and '.join(numbers)}."
    return f"{SLIPS.get(slip, f'It may be {slip}')}: {' for '.join(numbers)}."


def _rounding(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Cut the right number off, or round it up: 63 for 63.9."""
    value, step = computed.value, printed.step
    if (value / step).denominator == 1:
        return
    cut = (abs(value) // step) * step * (-1 if value < 0 else 1)
    right = f"{float(value):,.6g}" if abs(value) < 100_000 else shown(value, Fraction(1))
    if cut == printed.value:
        yield f"It may be cut off instead of rounded: {right} becomes {shown(cut, step)}."
    elif cut + (step if value > 0 else -step) == printed.value and computed.operation:
        yield f"It may be rounded up: {right} becomes {shown(printed.value, step)}."


def _base(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Take the percentage of another base: of the number after a change, of the rest instead of the whole."""
    tries: list[Try] = []
    changes = [
        one for one in computed.nodes
        if one.operation == "-" and one.operands[0].operation == "/" and one.operands[1].value == 1
    ]  # fmt: skip
    for one in changes:
        after, before = one.operands[0].operands
        if after.value:
            words = f"{after.formula}, the number after the change, instead of {before.formula}, the one before"
            tries.append((f"It may be a percentage of {words}.", _part(one, 1 - before.value / after.value)))
    for one in computed.nodes:
        if one.operation == "/" and not any(one is change.operands[0] for change in changes):
            part, whole = one.operands
            if part.value != whole.value:
                rest = whole.value - part.value
                words = f"the rest, {whole.formula} less {part.formula}, instead of the whole"
                tries.append((f"It may be a percentage of {words}.", _part(one, part.value / rest)))
    if any(one.operation == "x" and one.operands[1].value == 100 for one in computed.nodes):
        yield from _fitting(printed, computed, tries)


def _part_left_out(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Leave a part out of a sum or mean, or count it twice: 196 for 120 + 76 + 301."""
    tries: list[Try] = []
    for node in computed.nodes:
        parts = _addends(node)
        for one in parts if len(parts) > 2 else ():
            name = f"{one.formula} ({one.cell})" if one.cell else one.formula
            for words, count in (
                (f"A part may be left out: it fits without {name}.", -1),
                (f"A part may be counted twice: it fits with {name} twice.", 1),
            ):
                value = sum((part.value for part in parts), Fraction(0)) + count * one.value
                tries.append((words, _part(node, value / (len(parts) + count) if node.operation == "mean" else value)))
    # Ten parts of a mean are alike: without one or another of them it comes to any number near by.
    if printed.value is not None and abs(printed.value - computed.value) > len(tries) * printed.step:
        yield from _fitting(printed, computed, tries)


def _addends(node: Quantity) -> list[Quantity]:
    if node.operation != "+":
        return list(node.operands) if node.operation in ("sum", "mean") else []
    return [part for one in node.operands for part in (_addends(one) if one.operation == "+" else [one])]


def _another_row(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Take all inputs from another row or column, such as the next month's, or one of them."""
    inputs = {one.cell: one for one in computed.inputs if one.cell}
    rows = _rows(computed, around)
    together = _fitting(printed, computed, list(_all_moved(computed, rows).values()))
    found = [f"It fits with {moved}." for moved in together]
    yield from found[:1]
    # Among many inputs, another row of some input fits by chance.
    single: list[Try] = [
        (
            f"It fits with {other} ({one.text}) instead of {cell} ({inputs[cell].text}).",
            _cells({cell: one.value}),
        )
        for cell in (rows if len(inputs) <= FEW and not found else ())
        for other, one in rows[cell].values()
    ]
    yield from _fitting(printed, computed, single)


def _moved_alike(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Take all inputs from another row, where that gives other figures too that differ."""
    moves = _all_moved(computed, _rows(computed, around))
    fitting = set(_fitting(printed, computed, list(moves.values())))
    here = {which: moved for which, (moved, _) in moves.items() if moved in fitting}
    # What it is to move the inputs of another figure is the same, whichever of the moves is tried.
    wrong = [(one, _moves_of(one, around)) for one in around.figures if not one.stands] if here else []
    alike = {
        moved: len({one.cell for one, others in wrong if which in others and _follows(one, others[which])})
        for which, moved in here.items()
    }
    moved, count = max(alike.items(), key=lambda one: one[1], default=("", 0))
    if count:
        yield f"This and {_others_differing(count)} fit with {moved}."


def _moves_of(one: Known, around: Context) -> dict[str, Try]:
    return _all_moved(one.computed, _rows(one.computed, replace(around, cell=one.cell)))


def _follows(one: Known, moved: Try) -> bool:
    return one.printed.value is not None and any(_fitting(one.printed, one.computed, [moved]))


Rows = Mapping[Cell, Mapping[str, tuple[Cell, Quantity]]]
"""For the cell of each input, what it could be mistaken for, by which other it is."""


def _rows(computed: Quantity, around: Context) -> Rows:
    return {
        cell: {which: (other, number) for which, other, number in around.siblings(cell) if other != around.cell}
        for cell in dict.fromkeys(one.cell for one in computed.inputs if one.cell)
    }


def _all_moved(computed: Quantity, rows: Rows) -> dict[str, Try]:
    """Return what it is to take the inputs, two at least, from another row or column, by which other it is."""
    moves: dict[str, Try] = {}
    for which in dict.fromkeys(which for found in rows.values() for which in found):
        instead = {cell: found[which][1] for cell, found in rows.items() if which in found}
        if len(instead) > 1:
            cell = next(iter(instead))
            words = _moved(computed, instead, which, rows[cell][which][0], cell)
            moves[which] = (words, _cells({cell: one.value for cell, one in instead.items()}))
    return moves


def _moved(computed: Quantity, instead: Mapping[Cell, Quantity], which: str, there: Cell, here: Cell) -> str:
    for part in computed.nodes:
        if part.operation == "-" and len(instead) == 2 and [one.cell for one in part.operands] == list(instead):
            first, second = (str(cell.row) for cell in instead)
            moved = part.with_inputs(instead)
            change = "fall" if (first < second) == (moved.value > 0) else "rise"
            return f"the {change} {which}, {moved.formula}, instead of {part.formula}"
    return f"the numbers {which}: {there} instead of {here}"


def _another_difference(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Put another number instead of a difference: 12 x 850 x 44 for (780 - 770) x 850 x 44."""
    differences = [one for one in computed.nodes if one.operation == "-" and all(part.inputs for part in one.operands)]
    yield from _another(printed, computed, [one for one in differences if one is not computed])


def _another_input(printed: Reading, computed: Quantity, around: Context) -> Iterator[str]:
    """Put another number instead of an input: 12 x 850 for 10 x 850."""
    yield from _another(printed, computed, computed.inputs if computed.operation else ())


def _another(printed: Reading, computed: Quantity, parts: Sequence[Quantity]) -> Iterator[str]:
    """Yield the numbers, as closely as the inputs are printed, that give the printed figure, where few would fit."""
    assert printed.value is not None
    for part in parts if printed.value else ():
        steps = [one.reading.step for one in part.inputs if one.reading]
        wanted = _solved(computed, part, printed.value) if steps else None
        if wanted is None:
            continue
        near = rounded(wanted, min(steps))
        value, other = (_value(computed, _part(part, one)) for one in (near, near + min(steps)))
        if value is None or other is None or not _exact(printed, value):
            continue
        of_its_size = part.value and Fraction(1, 10) < near / part.value < 10
        if of_its_size and abs(other - value) >= COARSE * printed.step:
            where = f" ({part.cell})" if part.cell else ""
            yield f"It fits with {shown(near, min(steps))} instead of {part.formula}{where}."


def _wanted(printed: Reading, computed: Quantity, around: Context) -> Iterator[tuple[Quantity, Fraction]]:
    """Yield inputs with the numbers, as closely as they are printed, that would give the printed figure.

    An input that is itself worked out and differs could only be what it comes to; one of which many numbers would do
    is left out.
    """
    assert printed.value is not None
    half = _step(printed) / 2
    for one in computed.inputs:
        if one.reading is None or one.cell is None:
            continue
        step = one.reading.step
        numbers = [rounded(other.computed.value, step) for other in around.figures if other.cell == one.cell]
        low, high = (_solved(computed, one, printed.value + off) for off in (-half, half))
        if not numbers and low is not None and high is not None and abs(high - low) < MANY * step:
            first, last = sorted((low / step, high / step))
            numbers = [number * step for number in range(math.ceil(first), math.floor(last) + 1)]
        for wanted in numbers:
            value = _value(computed, _cells({one.cell: wanted}))
            if wanted != one.value and value is not None and _exact(printed, value):
                yield one, wanted


def _solved(computed: Quantity, part: Quantity, target: Fraction) -> Fraction | None:
    """Return the number for one part of a formula that makes the whole a target, by undoing what was done with it.

    Exact, in one pass. None if the part stands in it more than once, or what was done cannot be undone.
    """
    if computed is part or (computed.cell is not None and computed.cell == part.cell):
        return target
    holding = [
        at
        for at, one in enumerate(computed.operands)
        if any(part is node or (part.cell and node.cell == part.cell) for node in one.nodes)
    ]
    if len(holding) != 1:
        return None
    at = holding[0]
    rest = [one.value for other, one in enumerate(computed.operands) if other != at]
    if computed.operation == "mean":
        target *= len(computed.operands)
    match computed.operation:
        case "+" | "sum" | "mean":
            target -= sum(rest, Fraction(0))
        case "-":
            target = target + rest[0] if at == 0 else rest[0] - target
        case "%":
            target *= 100
        case "x" if rest[0]:
            target /= rest[0]
        case "/" if at == 0:
            target *= rest[0]
        case "/" if target:
            target = rest[0] / target
        case _:
            return None
    return _solved(computed.operands[at], part, target)


OF_INPUTS: tuple[Hypothesis, ...] = (_one_misprint_of_several, _misprinted_input)
IN_ORDER: tuple[Hypothesis, ...] = (
    _one_misprint_of_several, _named, _moved_alike, _copied, _slip_of_the_pen, _rounding, _base, _part_left_out,
    _rounded_inputs, _digit_mistaken, _another_row, _another_difference, _misprinted_input, _another_input,
)  # fmt: skip


def joined(sentences: Sequence[str]) -> str:
    """Return hypotheses as one text, marked as what they are.

    Examples
    --------
    >>> joined(["It fits with 12 instead of 10.", "It fits with 850 instead of 800."])
    'Possible reason: It fits with 12 instead of 10, or with 850 instead of 800.'
    """
    said: list[str] = []
    for sentence in sentences:
        lead, follows, number = sentence.partition("fits with ")
        if said and follows and said[-1].startswith(lead + follows):
            said[-1] = f"{said[-1].removesuffix('.')}, or with {number}"
        else:
            said.append(sentence)
    return f"{'Possible reason' if len(said) == 1 else 'Possible reasons'}: {' '.join(said)}" if said else ""
