"""Whether a printed figure stands: the verdict on what is printed against what is worked out again."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from casebook.methods.quantities import Quantity, Reading, Truth, exactly, rounded


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


def judge(printed: Reading, computed: Quantity | Truth | None) -> Verdict:
    """Return the verdict on a printed figure.

    * *reproduced*: equal at the precision printed; for a claim, the claim holds.
    * *reproduced to rounding*: within half a unit of the last digit printed, or within what the rounding of
      the inputs allows, by interval arithmetic; for a claim, it holds for some of the numbers that the inputs
      may stand for.
    * *differs*: neither.
    * *cannot be recomputed*: there is nothing to compare with.
    * *unreadable*: what is printed is not a number.

    A number with a word such as "over" or "up to" is a claim; "around" is a number.

    Examples
    --------
    >>> from casebook.methods.quantities import of, read, mean
    >>> judge(read("8.8", prose=False), mean([of("8.5"), of("9.0")])).value
    'reproduced'
    >>> judge(read("2205", prose=False), of("6866") - of("4662")).value
    'differs'
    """
    if computed is None:
        return Verdict.CANNOT
    if isinstance(computed, Truth):
        return _of_truth(computed)
    if printed.value is None:
        return Verdict.UNREADABLE
    if printed.relation in ("", "about"):
        half = printed.step / 2
        if rounded(computed.value, printed.step) == printed.value:
            return Verdict.REPRODUCED
        explained = computed.low < printed.value + half and computed.high > printed.value - half
        return Verdict.TO_ROUNDING if explained or abs(computed.value - printed.value) <= half else Verdict.DIFFERS
    return _of_truth(claim(printed, computed))


def claim(printed: Reading, computed: Quantity) -> Truth:
    """Return whether a number is what the words say: "over", "under", "at least", "up to" or "almost" the printed one.

    "Almost" is below it and no further off than half a unit of its last digit that is not a zero.

    Examples
    --------
    >>> from casebook.methods.quantities import exactly, read
    >>> claim(read("up to 50% higher", prose=True), exactly(104)).holds
    False
    >>> claim(read("almost 50%", prose=True), exactly(46.5)).holds
    True
    """
    if printed.value is None:
        raise ValueError("the words hold no number to compare with")
    bound = exactly(printed.value)
    if printed.relation == "over":
        return computed.over(bound)
    if printed.relation == "under":
        return computed.under(bound)
    if printed.relation == "at least":
        return computed.at_least(bound)
    if printed.relation == "up to":
        return computed.at_most(bound)
    return computed.under(bound) & computed.at_least(exactly(printed.value - printed.step / 2))


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
