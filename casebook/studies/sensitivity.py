"""How far a result moves when one of the inputs behind it changes: a bar an input, the widest first."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from casebook.english import Number, Range


@dataclass(frozen=True)
class Bar:
    """One input: what changes and from where to where, the input as a sentence says it, and the result at either end.

    Examples
    --------
    >>> str(Bar("Weekly cost 10% lower or higher", "the weekly cost", Number(9), Number(11)).range)
    '9 to 11'
    """

    change: str
    input: str
    at_one: Number
    at_other: Number

    @property
    def range(self) -> Range:
        """The results, the lower first."""
        return Range(*sorted((self.at_one, self.at_other), key=float))

    @property
    def width(self) -> float:
        """How far the result moves."""
        return float(self.range.upper) - float(self.range.lower)


@dataclass(frozen=True)
class Sensitivity:
    """A result where all inputs are central, and where one of them is not.

    Examples
    --------
    >>> bars = [Bar("Price", "the price", Number(9), Number(11)), Bar("Sales", "half the sales", Number(5), Number(5))]
    >>> moved = Sensitivity.of(Number(10), bars)
    >>> moved.widest.input, moved.lowest.input, moved.frame["low"].tolist()
    ('the price', 'half the sales', [9.0, 5.0])
    """

    central: Number
    bars: tuple[Bar, ...]

    @classmethod
    def of(cls, central: Number, bars: list[Bar]) -> Sensitivity:
        """Put the widest bar first."""
        return cls(central, tuple(sorted(bars, key=lambda bar: -bar.width)))

    @property
    def widest(self) -> Bar:
        """The input that moves the result most."""
        return self.bars[0]

    @property
    def lowest(self) -> Bar:
        """The input that takes the result lowest; the wider of two."""
        return min(self.bars, key=lambda bar: float(bar.range.lower))

    @property
    def frame(self) -> pd.DataFrame:
        """A row an input: what changes, and the lower and the higher result."""
        return pd.DataFrame(
            {"what": bar.change, "low": float(bar.range.lower), "high": float(bar.range.upper)} for bar in self.bars
        )
