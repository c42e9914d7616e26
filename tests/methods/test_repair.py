"""A row with a repeat is found from the totals, whatever the table, and nothing else is touched."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods import repair

CELLS = st.lists(st.lists(st.integers(1, 10**6), min_size=4, max_size=4, unique=True), min_size=2, max_size=5)


@given(CELLS, st.data())
def test_any_repeat_that_pushed_the_later_cells_on_is_undone(cells, data):
    right = np.array(cells, float)
    row, at = data.draw(st.integers(0, len(cells) - 1)), data.draw(st.integers(0, 2))
    wrong = right.copy()
    wrong[row] = np.insert(right[row], at + 1, right[row, at])[:4]
    found = repair.without_repeat(wrong, right.sum(axis=1), right.sum(axis=0), within=0)
    assert found is not None and (found.row, found.repeated) == (row, at)
    assert found.cells.tolist() == right.tolist()


def test_a_table_that_fits_and_one_that_no_row_explains_are_left_alone():
    assert repair.without_repeat([[1, 1], [2, 3]], [2, 5], [3, 4], within=0) is None
    assert repair.without_repeat([[1, 1], [2, 3]], [9, 5], [3, 4], within=0) is None


def test_tables_without_a_total_for_each_row_and_column_are_refused():
    with pytest.raises(ValueError, match="a total for each row and one for each column"):
        repair.without_repeat([[1, 2]], [3], [1, 2, 3])
