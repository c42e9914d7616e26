"""What one area's values did over years: the last change, the trend and the usual variation, told from chance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from casebook.english import Change, Number, capital, written
from casebook.methods import trends
from casebook.methods.intervals import Interval
from casebook.methods.trends import Direction

_YEARS = 5


@dataclass(frozen=True)
class OwnCourse:
    """An area's values by year, to be called ``what`` and written as ``like`` is.

    ``frame`` has ``value``, and ``lower`` and ``upper``, the limits of its 95% interval, each missing where not known.
    Years left out count as missing.
    """

    what: str
    like: Number
    frame: pd.DataFrame

    @property
    def last(self) -> int:
        """The last year with a value."""
        return int(self.frame["value"].dropna().index[-1])

    @cached_property
    def _recent(self) -> tuple[np.ndarray, Interval]:
        known = self.frame.reindex(range(self.last - _YEARS + 1, self.last + 1)).astype(float)
        return known["value"].to_numpy(), Interval(known["lower"].to_numpy(), known["upper"].to_numpy())

    @cached_property
    def change(self) -> Interval | None:
        """The 95% interval of the change since the year before; None where an interval is not known."""
        values, (lower, upper) = self._recent
        if np.isnan(values + lower + upper)[-2:].any():
            return None
        before, after = (Interval(lower[at], upper[at]) for at in (-2, -1))
        return trends.difference(float(values[-1]), after, float(values[-2]), before)

    @property
    def moved(self) -> bool:
        """Whether the last change is known to be more than chance would explain."""
        return self.change is not None and not self.change.lower <= 0 <= self.change.upper

    @property
    def over_time(self) -> str:
        """Whether the last change is more than chance, and whether there is a trend over five years; or nothing."""
        if self.change is None:
            return ""
        last, (values, limits) = self.last, self._recent
        least, most = (written(float(one), f"+{self.like.spec}") for one in self.change)
        change = Change(self.like.like(float(values[-2])), self.like.like(float(values[-1])))
        chance = "more than chance would explain" if self.moved else "which chance could explain"
        trend = {
            Direction.INCREASING: f"it rose in the five years to {last}, by more than chance would explain",
            Direction.DECREASING: f"it fell in the five years to {last}, by more than chance would explain",
            Direction.NO_CHANGE: f"it has no trend over the five years to {last} that stands out from chance",
        }.get(trends.recent_trend(values, limits, _YEARS).direction)
        points = (
            "" if change.verb == "stayed" else f" by {self.like.like(change.after.value - change.before.value).size}"
        )
        said = f"Since {last - 1} the {self.what} {change.alone}{points} (95% interval {least} to {most}), {chance}."
        return f"{said} {capital(trend)}." if trend else said

    @property
    def usual(self) -> str:
        """Whether the last value is within the usual variation, as sentences; nothing for fewer than eight years."""
        known = self.frame["value"].loc[: self.last]
        run = known.loc[known.index > max(known.index[known.isna()], default=-1)]
        try:
            found = trends.process(run)
        except ValueError:  # Too few years.
            return ""
        low, high = (self.like.like(max(float(limit), 0)) for limit in found.limits)
        said = (
            f"Going by its yearly changes since {run.index[0]}, a {self.what} of {low} to {high} would be usual. "
            f"{self.last}'s {self.like.like(float(run.iloc[-1]))} is"
        )
        if found.outside[-1]:
            return f"{said} {'above' if run.iloc[-1] > found.mean else 'below'} that."
        if found.one_way[-1]:
            way = "rose" if run.diff().iloc[-1] > 0 else "fell"
            return f"{said} within that. But it {way} five times running or more, which chance seldom does."
        if found.one_side[-1]:
            side = "above" if run.iloc[-1] > found.mean else "below"
            return f"{said} within that. But it stayed {side} its mean for seven years or more, so something changed."
        return f"{said} within that."
