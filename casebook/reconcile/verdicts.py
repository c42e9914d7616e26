"""Whether a printed figure stands: the verdict on what is printed against what is worked out again."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from casebook.reconcile.quantities import Quantity, Reading, Truth, exactly, rounded


class Verdict(StrEnum):
    """What can be said of a printed figure."""

    REPRODUCED = "reproduced"
    TO_ROUNDING = "reproduced to rounding"
    DIFFERS = "differs"
    CANNOT = "cannot be recomputed"
    UNREADABLE = "unreadable"

    @property
    def stands(self) -> bool:
        """Whether the figure is right as printed."""
        return self in (Verdict.REPRODUCED, Verdict.TO_ROUNDING)


def in_words(verdict: str) -> str:
    """Return a verdict as readers see it; programs see its identifier.

    Examples
    --------
    >>> in_words("cannot be recomputed"), in_words("differs")
    ('cannot be calculated', 'differs')
    """
    return "cannot be calculated" if verdict == Verdict.CANNOT else str(verdict)


def judge(printed: Reading, computed: Quantity | Truth | None) -> Verdict:
    """Return the verdict on a printed figure.

    * *reproduced*: equal at the precision printed; with a hedge such as "around" or "over", no further off than the
      hedge allows, on the side that the word says; for a claim, the claim holds.
    * *reproduced to rounding*: within half a unit of the last digit printed, or within what the rounding of
      the inputs allows, by interval arithmetic; for a claim, it holds for some of the numbers that the inputs
      may stand for. Not where it is merely rounded wrongly: see ``_rounded_wrongly``.
    * *differs*: neither.
    * *cannot be recomputed*: there is nothing to compare with.
    * *unreadable*: what is printed is not a number.

    Examples
    --------
    >>> from casebook.reconcile.quantities import of, read, mean
    >>> judge(read("8.8", prose=False), mean([of("8.5"), of("9.0")])).value
    'reproduced'
    >>> judge(read("2205", prose=False), of("6866") - of("4662")).value
    'differs'
    >>> judge(read("around £2M", prose=True), exactly(1_990_400)).value
    'reproduced'
    """
    if computed is None:
        return Verdict.CANNOT
    if isinstance(computed, Truth):
        return _of_truth(computed)
    if printed.value is None:
        return Verdict.UNREADABLE
    if printed.relation:
        return _of_truth(claim(printed, computed))
    if rounded(computed.value, printed.step) == printed.value:
        return Verdict.REPRODUCED
    half_a_step = abs(computed.value - printed.value) <= printed.step / 2
    explained = half_a_step or (_reaches(computed, printed) and not _rounded_wrongly(printed, computed))
    return Verdict.TO_ROUNDING if explained else Verdict.DIFFERS


def _reaches(computed: Quantity, printed: Reading) -> bool:
    """Return whether a number that rounds to the printed one lies within what the inputs' rounding allows."""
    assert printed.value is not None
    half = printed.step / 2
    return computed.low < printed.value + half and computed.high > printed.value - half


# Of numbers spread evenly over so many steps on either side, 1 in 20 lies within one step of the middle. One coarse
# input spreads them evenly; several heap them up there.
_FAR = 20


def _rounded_wrongly(printed: Reading, computed: Quantity) -> bool:
    """Return whether a number one step beside the right one is no work of the inputs' rounding.

    A rent to the penny from a rise of "2%" comes out at the penny only where the rise was just that: had it been
    1.8%, the rent would lie hundreds of pounds away. So the only input that by itself would move the number by a step
    or more is taken as it is printed, if the number lies within one step of what comes out where all of them may have
    moved it by twenty.

    Examples
    --------
    >>> from casebook.reconcile.quantities import Cell, of, read
    >>> before, rise = (of(one, cell=Cell("gains", (), one)) for one in ("283.281", "1.1"))
    >>> gain = before * rise
    >>> judge(read("311.60", prose=False), gain).value, judge(read("311.0", prose=False), gain).value
    ('differs', 'reproduced to rounding')
    """
    assert printed.value is not None
    step = printed.step
    if abs(computed.value - printed.value) > step or computed.high - computed.low < 2 * _FAR * step:
        return False
    exact = {one.cell: one.as_exact() for one in computed.inputs if one.cell}
    coarse = {}
    for cell, as_printed in exact.items():
        alone = computed.with_inputs({other: one for other, one in exact.items() if other != cell})
        if alone.high - alone.low >= 2 * step:
            coarse[cell] = as_printed
    return len(coarse) == 1 and not _reaches(computed.with_inputs(coarse), printed)


def claim(printed: Reading, computed: Quantity) -> Truth:
    """Return whether a number is what the words before the printed one say of it.

    "Over" is above it, "under" below, "at least", "up to" and "almost" may be equal to it, "about" is on either side;
    each no further off than the hedge allows. Where a bound is claimed ("up to 50% higher", of a row of the kind
    claim), "over", "under", "at least" and "up to" leave the other side open.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from casebook.reconcile.quantities import exactly, read
    >>> claim(read("over 50% higher", prose=True), exactly(104)).holds
    False
    >>> claim(replace(read("over 50% higher", prose=True), bound=True), exactly(104)).holds
    True
    >>> claim(read("almost 50%", prose=True), exactly(48)).holds
    True
    """
    if printed.value is None:
        raise ValueError("the words hold no number to compare with")
    low, high = (exactly(end) for end in printed.bounds)
    above = computed.over(low) if printed.relation == "over" else computed.at_least(low)
    below = computed.under(high) if printed.relation == "under" else computed.at_most(high)
    if printed.bound and printed.relation in ("over", "at least"):
        return above
    if printed.bound and printed.relation in ("under", "up to"):
        # "Up to 50% lower" is no rise, however large.
        return below & computed.at_least(min(exactly(0), exactly(printed.value), key=float))
    return above & below


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on a figure that was worked out in several ways.

    Examples
    --------
    >>> worst([Verdict.REPRODUCED, Verdict.DIFFERS]).value
    'differs'
    """
    order = [Verdict.REPRODUCED, Verdict.TO_ROUNDING, Verdict.CANNOT, Verdict.UNREADABLE, Verdict.DIFFERS]
    return max(verdicts, key=order.index)


def _of_truth(truth: Truth) -> Verdict:
    return Verdict.REPRODUCED if truth.holds else Verdict.TO_ROUNDING if truth.possible else Verdict.DIFFERS
