"""Why a printed figure may differ from what its inputs give: hypotheses, the simplest first.

Each one is tried on the numbers, and stated only if it gives exactly what is printed. It stays a
hypothesis: that a mistake *could* have come about so does not show that it did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from casebook.methods.quantities import Cell, Quantity, Reading, exactly, rounded, shown
from casebook.methods.reconciliation import Verdict, judge

MOST = 3
NEAR = Fraction(1, 20)
"""How far an input may be off, as a share of it, to be offered as the explanation when its digits are not."""

FEW = 4
"""With more inputs than these, a misprint in one of them explains nothing."""

Siblings = Callable[[Cell], Mapping[Cell, Quantity]]
"""Gives, for a cell, those of the same column in other rows, the next ones first."""


def hypotheses(
    printed: Reading,
    computed: Quantity,
    neighbours: Mapping[str, Quantity] | None = None,
    siblings: Siblings = lambda cell: {},
    others: Mapping[str, Quantity | float] | None = None,
) -> list[str]:
    """Return sentences that say how the printed figure may have come about, the simplest first; at most three.

    Tried in this order: copied from a neighbouring cell; digits of the right value exchanged, mistaken, left out
    or shifted; worked out on another base (one of ``others``, another row of an input's table, or all inputs one row
    off); cut off or rounded otherwise; an input misprinted, so that another value of it gives what is printed.

    Parameters
    ----------
    printed
        The figure as printed.
    computed
        What its inputs give.
    neighbours
        The printed cells around it, by where they stand ("the cell above").
    siblings
        For a cell of an input, the cells of its column in other rows.
    others
        What other ways of working it out give, by what they are.

    Examples
    --------
    >>> from casebook.methods.quantities import of, read
    >>> hypotheses(read("63.6%", prose=False), exactly(63.9))
    ['One digit may be mistaken: 63.6 for 63.9.']
    """
    if printed.value is None:
        return []
    found: list[str] = []
    if printed.relation in ("", "about"):
        found += _copied(printed, neighbours or {})
        found += _digits(printed, computed)
    slip = bool(found)
    # A plain cause in the cell itself makes the search for another base idle.
    if not found:
        found += _named(printed, others or {})
        found += _base(printed, computed, siblings)
    if not found and printed.relation in ("", "about"):
        found += _rounding(printed, computed)
    elsewhere = found and not slip
    # Among many parts, one digit of some part always fits; and what repeats another figure has no parts.
    if printed.relation in ("", "about") and computed.operation and not elsewhere and len(computed.inputs) <= FEW:
        slips, near = _input(printed, computed)
        found += slips or ([] if found else near)
    return found[:MOST]


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


def _copied(printed: Reading, neighbours: Mapping[str, Quantity]) -> list[str]:
    return [
        f"It may be copied from {where}, which holds the same {shown(printed.value or Fraction(0), printed.step)}."
        for where, cell in neighbours.items()
        if cell.value == printed.value != 0
    ][:1]


def _digits(printed: Reading, computed: Quantity) -> list[str]:
    assert printed.value is not None
    # Zeros that stand for rounding are no digits: £16m has two.
    scale = max(printed.step, Fraction(1))
    is_shown, should = (shown(value / scale, printed.step / scale) for value in (printed.value, computed.value))
    # Among numbers of two digits, one in five differs from any other by one digit: that explains nothing.
    slip = len(should.replace(",", "")) > 2 and {
        "two digits exchanged": "Two digits may be exchanged",
        "one digit mistaken": "One digit may be mistaken",
        "one digit too many": "One digit may be too many",
        "one digit left out": "One digit may be left out",
    }.get(digits_relation(is_shown, should))
    if slip:
        return [f"{slip}: {is_shown} for {should}."]
    if printed.value == -rounded(computed.value, printed.step):
        return [f"The sign may be wrong: {is_shown} for {should}."]
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


def _base(printed: Reading, computed: Quantity, siblings: Siblings) -> list[str]:
    found = []
    inputs = [one for one in computed.inputs if one.cell]
    for one in inputs:
        assert one.cell is not None
        for cell, other in siblings(one.cell).items():
            if _gives(printed, computed, {one.cell: other}):
                found.append(f"It follows with {cell} ({other.text}) in place of {one.cell} ({one.text}).")
                break
    if found or len(inputs) < 2:
        return found
    # The same step away in every input's own table: a row shifted by one, or another year throughout.
    choices = {one.cell: list(siblings(one.cell).items()) for one in inputs if one.cell}
    for position in range(min((len(choice) for choice in choices.values()), default=0)):
        shifted = {cell: choice[position][1] for cell, choice in choices.items()}
        if _gives(printed, computed, shifted):
            first = inputs[0].cell
            assert first is not None
            return [f"It follows if every input is taken from another row: {choices[first][position][0]} for {first}."]
    return []


def _named(printed: Reading, others: Mapping[str, Quantity | float]) -> list[str]:
    return [
        f"It follows {name} ({shown(exactly(other).value, printed.step)})."
        for name, other in others.items()
        if judge(printed, exactly(other)) is Verdict.REPRODUCED
    ]


def _input(printed: Reading, computed: Quantity) -> tuple[list[str], list[str]]:
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
        if candidate == one.value or not _gives(printed, computed, {one.cell: exactly(candidate)}):
            continue
        was, might = shown(one.value, step), shown(candidate, step)
        slip = digits_relation(was, might)
        if slip:
            slips.append(f"An input may be misprinted ({slip}): with {might} for {was} ({one.cell}) it follows.")
        elif abs(candidate - one.value) <= abs(one.value) * NEAR:
            near.append(f"It follows with {might} in place of {was} ({one.cell}).")
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
