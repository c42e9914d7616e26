"""Changes of a budget over years, by calculations of their own."""

import pytest

from casebook.methods import budget


def test_recurrent_changes_add_up_from_year_to_year():
    assert budget.in_force([37_169, 23_614, 14_221, 3_862, 5_951]).tolist() == [37_169, 60_783, 75_004, 78_866, 84_817]


def test_prices_of_one_year_are_reached_from_both_sides():
    rises = [0.022, 0.02, 0.03]
    assert budget.rebased([10, 10, 10], rises).tolist() == pytest.approx([10, 10 / 1.02, 10 / (1.02 * 1.03)])
    assert budget.rebased([10, 10, 10], rises, base=2).tolist() == pytest.approx([10 * 1.02 * 1.03, 10 * 1.03, 10])


def test_amounts_and_rises_that_do_not_go_together_are_refused():
    with pytest.raises(ValueError, match="2 amounts and 1 rises of prices do not go together"):
        budget.rebased([1, 2], [0.02])
    with pytest.raises(ValueError, match="the year of the prices must be a whole number from 0 to 1, found 2"):
        budget.rebased([1, 2], [0, 0], base=2)
