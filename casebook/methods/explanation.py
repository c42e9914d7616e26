"""Why a printed figure may differ from what its inputs give: hypotheses, the simplest first.

Each one is tried on the numbers, and stated only if it gives exactly what is printed. It stays a
hypothesis: that a mistake *could* have come about so does not show that it did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from casebook.methods.quantities import Cell, Quantity, Reading, Truth, exactly, read, rounded, shown
from casebook.methods.reconciliation import Verdict, judge

MOST = 3
NEAR = Fraction(1, 20)
"""How far an input may be off, as a share of it, to be offered as the explanation when its digits are not."""
FEW = 4
"""With more inputs than these, a misprint in one of them, or another row of one, explains nothing."""
SHIFT_KEY = str.maketrans('!"£$%^&*()', "1234567890")
"""What a British keyboard prints for a digit with the shift key held down."""

Sibling = tuple[int, Cell, Quantity]


@dataclass(frozen=True)
class Surroundings:
    """What stands around a figure and its inputs, as far as it is known.

    Parameters
    ----------
    neighbours
        The printed cells around the figure, by where they stand.
    siblings
        For the cell of an input, the numbers of its column in other rows: how many rows off, where, and the number;
        the next ones first.
    others
        What other ways of working the figure out give, by words that continue "It would follow".
    keeps
        Whether the other figures that use some cells stand with other numbers in them.
    relied_on
        How many other figures follow from this one as it is printed.
    """

    neighbours: Mapping[str, Quantity] = field(default_factory=dict)
    siblings: Callable[[Cell], Sequence[Sibling]] = lambda cell: ()
    others: Mapping[str, Quantity | float] = field(default_factory=dict)
    keeps: Callable[[Mapping[Cell, Quantity]], bool] = lambda instead: True
    relied_on: int = 0


NOTHING_KNOWN = Surroundings()


def hypotheses(printed: Reading, computed: Quantity, around: Surroundings = NOTHING_KNOWN) -> list[str]:
    """Return sentences that say how the printed figure may have come about, the simplest first; at most three.

    Tried in this order: copied from a neighbouring cell; digits of the right value exchanged, mistaken, left out
    or shifted; worked out on another base (one of ``others``, all inputs some rows off, or one input from another
    row of its table); cut off or rounded otherwise; an input misprinted, so that another value gives what is printed.
    Where other figures follow from this one as printed, its inputs are suspected before it.

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
    >>> from casebook.methods.quantities import of, read
    >>> hypotheses(read("63.6%", prose=False), exactly(63.9))
    ['One digit may be mistaken: 63.6 for 63.9.']
    """
    if printed.value is None:
        return []
    a_number = printed.relation in ("", "about")
    copied = _copied(printed, around) if a_number else []
    slip = _digits(printed, computed) if a_number else []
    # A slip of the pen in the cell itself makes the search for another base idle.
    base = [] if slip else [*_named(printed, around), *_base(printed, computed, around)]
    otherwise = _rounding(printed, computed) if a_number and not (copied or slip or base) else []
    inputs: list[str] = []
    # Among many parts, one digit of some part always fits; and what repeats another figure has no parts.
    if a_number and computed.operation and not base and not otherwise and len(computed.inputs) <= FEW:
        misprinted, near = _inputs(printed, computed, around)
        inputs = misprinted or ([] if slip or copied else near)
    if around.relied_on and inputs:
        return [f"{_figures(around.relied_on)} from it as printed, so that an input is likelier to be wrong.", *inputs][
            :MOST
        ]
    return [*copied, *slip, *base, *otherwise, *inputs][:MOST]


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


def keeps_others(
    others: Iterable[tuple[Reading, Quantity | Truth | None]],
) -> Callable[[Mapping[Cell, Quantity]], bool]:
    """Return the test whether figures that use some cells stand with other numbers in them."""
    known = [(printed, computed) for printed, computed in others if isinstance(computed, Quantity)]

    def keeps(instead: Mapping[Cell, Quantity]) -> bool:
        return all(
            _stands(printed, computed, instead)
            for printed, computed in known
            if any(one.cell in instead for one in computed.inputs)
        )

    return keeps


def _stands(printed: Reading, computed: Quantity, instead: Mapping[Cell, Quantity]) -> bool:
    try:
        return judge(printed, computed.with_inputs(instead)).stands
    except ZeroDivisionError:
        return False


def _figures(count: int) -> str:
    return "Another printed figure follows" if count == 1 else f"{count} other printed figures follow"


def digits_relation(wrong: str, right: str) -> str:
    """Return how the digits of two numbers differ by one slip, or an empty string.

    Examples
    --------
    >>> digits_relation("17137", "17317"), digits_relation("2205", "2204"), digits_relation("63.6", "41.2")
    ('two digits exchanged', 'one digit mistaken', '')
    """
    wrong, right = wrong.replace(",", ""), right.replace(",", "")
    if wrong == right or min(len(wrong), len(right)) < 2:
        return ""
    if len(wrong) == len(right):
        off = [at for at, (a, b) in enumerate(zip(wrong, right, strict=True)) if a != b]
        if len(off) == 1:
            return "one digit mistaken"
        if len(off) == 2 and (wrong[off[0]], wrong[off[1]]) == (right[off[1]], right[off[0]]):
            return "two digits exchanged"
    if len(wrong) == len(right) + 1 and any(wrong[:at] + wrong[at + 1 :] == right for at in range(len(wrong))):
        return "one digit too many"
    if len(wrong) == len(right) - 1 and any(right[:at] + right[at + 1 :] == wrong for at in range(len(right))):
        return "one digit left out"
    return ""


def _copied(printed: Reading, around: Surroundings) -> list[str]:
    return [
        f"It may be copied from {where}, which holds the same {shown(printed.value or Fraction(0), printed.step)}."
        for where, cell in around.neighbours.items()
        if cell.value == printed.value != 0
    ][:1]


def _digits(printed: Reading, computed: Quantity) -> list[str]:
    assert printed.value is not None
    # Zeros that stand for rounding are no digits: £16m has two.
    scale = max(printed.step, Fraction(1))
    is_shown, should = (shown(value / scale, printed.step / scale) for value in (printed.value, computed.value))
    if printed.value == -rounded(computed.value, printed.step) != 0:
        return [f"The sign may be wrong: {is_shown} for {should}."]
    # Among numbers of two digits, one in five differs from any other by one digit: that explains nothing.
    slip = sum(character.isdigit() for character in should) > 2 and {
        "two digits exchanged": "Two digits may be exchanged",
        "one digit mistaken": "One digit may be mistaken",
        "one digit too many": "One digit may be too many",
        "one digit left out": "One digit may be left out",
    }.get(digits_relation(is_shown, should))
    if slip:
        return [f"{slip}: {is_shown} for {should}."]
    for factor in (10, 100, 1000):
        for scaled in (computed.value * factor, computed.value / factor):
            if scaled and rounded(scaled, printed.step) == printed.value:
                return [f"The decimal point may be shifted: {is_shown} for {should}."]
    return []


def _rounding(printed: Reading, computed: Quantity) -> list[str]:
    value, step = computed.value, printed.step
    if (value / step).denominator == 1:
        return []
    exact = f"{float(value):,.6g}"
    cut = (abs(value) // step) * step * (-1 if value < 0 else 1)
    if cut == printed.value:
        return [f"It may be cut off instead of rounded: {exact} becomes {shown(cut, step)}."]
    if cut + (step if value > 0 else -step) == printed.value:
        return [f"It may be rounded up: {exact} becomes {shown(printed.value, step)}."]
    for coarser, words in ((5, "five"), (10, "ten")):
        if rounded(value, step * coarser) == printed.value:
            return [f"It may be rounded more coarsely, to {words} units of its last digit: {exact}."]
    return []


def _base(printed: Reading, computed: Quantity, around: Surroundings) -> list[str]:
    choices: dict[Cell, dict[int, tuple[Cell, Quantity]]] = {}
    for one in computed.inputs:
        rows = {offset: (cell, other) for offset, cell, other in around.siblings(one.cell)} if one.cell else {}
        if one.cell and rows:
            choices[one.cell] = rows
    # The same number of rows off in every input that has rows: a table shifted, or another year throughout.
    shared = set.intersection(*(set(rows) for rows in choices.values())) if len(choices) > 1 else set()
    for offset in sorted(shared, key=lambda rows: (abs(rows), -rows)):
        if _gives(printed, computed, {cell: rows[offset][1] for cell, rows in choices.items()}):
            rows_off = "one row" if abs(offset) == 1 else f"{abs(offset)} rows"
            where = f"{rows_off} further {'down' if offset > 0 else 'up'}"
            return [f"It would follow with the inputs {where}: {_first(choices, offset)}."]
    # Among many inputs, another row of some input fits by chance.
    for one in computed.inputs if len(computed.inputs) <= FEW else ():
        for cell, other in choices.get(one.cell, {}).values() if one.cell else ():
            if one.cell and _gives(printed, computed, {one.cell: other}):
                return [f"It would follow with {cell} ({other.text}) in place of {one.cell} ({one.text})."]
    return []


def _first(choices: Mapping[Cell, Mapping[int, tuple[Cell, Quantity]]], offset: int) -> str:
    cell, rows = next(iter(choices.items()))
    return f"{rows[offset][0]} in place of {cell}"


def _named(printed: Reading, around: Surroundings) -> list[str]:
    return [
        f"It would follow {name} ({shown(exactly(other).value, min(printed.step, Fraction(1)))})."
        for name, other in around.others.items()
        if judge(printed, exactly(other)) is Verdict.REPRODUCED
    ]


def _inputs(printed: Reading, computed: Quantity, around: Surroundings) -> tuple[list[str], list[str]]:
    slips, near = [], []
    assert printed.value is not None
    for one in computed.inputs:
        if one.cell is None or one.reading is None:
            continue
        wanted = _solve(printed.value, computed, one)
        if wanted is None:
            continue
        step = one.reading.step
        candidate = rounded(wanted, step)
        instead = {one.cell: exactly(candidate)}
        if candidate == one.value or not _gives(printed, computed, instead) or not around.keeps(instead):
            continue
        was, might = shown(one.value, step), shown(candidate, step)
        slip = digits_relation(was, might)
        if slip:
            slips.append(
                f"Perhaps an input is misprinted, {slip}: it would follow with {might} in place of {was} ({one.cell})."
            )
        elif abs(candidate - one.value) <= abs(one.value) * NEAR:
            near.append(f"It would follow with {might} in place of {was} ({one.cell}).")
    return slips, near[:2]


def _solve(target: Fraction, computed: Quantity, one: Quantity) -> Fraction | None:
    """Return the value of an input that gives the target: by the secant, which is exact where the formula is linear."""
    assert one.cell is not None

    def at(x: Fraction) -> Fraction:
        assert one.cell is not None
        return computed.with_inputs({one.cell: exactly(x)}).value - target

    before, here = one.value, one.value + (one.value / 10 or 1)
    try:
        f_before, f_here = at(before), at(here)
        for _ in range(12):
            if f_here == 0:
                return here
            if f_here == f_before:
                return None
            step = f_here * (here - before) / (f_here - f_before)
            before, f_before = here, f_here
            here = (here - step).limit_denominator(10**12)
            f_here = at(here)
            if abs(step) < abs(one.value) / 10**9:
                return here
    except ZeroDivisionError:
        return None
    return None


def _gives(printed: Reading, computed: Quantity, instead: Mapping[Cell, Quantity]) -> bool:
    try:
        return judge(printed, computed.with_inputs(instead)) is Verdict.REPRODUCED
    except ZeroDivisionError:
        return False


def joined(sentences: Sequence[str]) -> str:
    """Return hypotheses as one text, marked as what they are."""
    if not sentences:
        return ""
    return ("Hypothesis: " if len(sentences) == 1 else "Hypotheses: ") + " ".join(sentences)
