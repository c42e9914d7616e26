"""Tables with totals of rows and columns, where a row was copied wrongly: the row that all totals fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casebook.methods import given

_MOST_CELLS = 10**6


@dataclass(frozen=True)
class Repaired:
    """The table that the totals fit, the row that was mended in it, and which of its cells had been repeated."""

    cells: NDArray[np.float64]
    row: int
    repeated: int


def without_repeat(cells: ArrayLike, of_rows: ArrayLike, of_columns: ArrayLike, within: float = 2.0) -> Repaired | None:
    """Find the one row in which a cell was written twice and pushed the later ones on, and mend it.

    In a row that does not add up to its total, a cell that equals the one before it is taken out, the later ones move
    back, and the last, which had been pushed out, is what the total lacks. That stands only if every total of a column
    then fits, which the row alone does not decide, and if no other row or cell would do as well.

    Parameters
    ----------
    cells
        Numbers, a row by a column.
    of_rows, of_columns
        Their totals.
    within
        How far off a total may be, because numbers are rounded.

    Returns
    -------
    Repaired or None
        The table mended; None where all totals fit already, or no such row makes them fit.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a number is missing or without end.

    References
    ----------
    The check by row and column totals of double-entry bookkeeping (Pacioli, Summa de arithmetica, 1494).

    Examples
    --------
    >>> found = without_repeat([[1, 2, 3], [4, 4, 5]], [6, 16], [5, 7, 10], within=0)
    >>> found.cells.tolist(), found.row, found.repeated
    ([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]], 1, 0)
    """
    table = np.atleast_2d(given.numbers(cells, "a cell", missing=False))
    rows, columns = (np.atleast_1d(given.numbers(one, "a total", missing=False)) for one in (of_rows, of_columns))
    if table.ndim != 2 or table.size > _MOST_CELLS or (*rows.shape, *columns.shape) != table.shape:
        raise ValueError("a table has a total for each row and one for each column, and a million cells at most")
    given.number(within, "how far a total may be off", 0)
    found = []
    for row in np.flatnonzero(np.abs(table.sum(axis=1) - rows) > within):
        for at in np.flatnonzero(np.diff(table[row]) == 0):
            kept = np.delete(table[row], at + 1)
            mended = table.copy()
            mended[row] = [*kept, rows[row] - kept.sum()]
            if (np.abs(mended.sum(axis=0) - columns) <= within).all():
                found.append(Repaired(mended, int(row), int(at)))
    return found[0] if len(found) == 1 else None
