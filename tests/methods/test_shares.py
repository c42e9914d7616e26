"""Shares that stay shares, and whole parts that add up."""

import numpy as np
import pytest
from anything import ANY, SOME, finite_or_refused
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods.shares import shares_ahead, whole_parts


@given(
    SOME | st.lists(st.integers(0, 9), min_size=2, max_size=2),
    SOME | st.just([3, 0]),
    ANY,
    st.lists(ANY, min_size=1, max_size=3),
)
def test_shares_are_shares_or_refused(before, after, years_between, years_ahead):
    shares = finite_or_refused(lambda: shares_ahead(before, after, years_between, years_ahead))
    if shares is not None:
        np.testing.assert_allclose(shares.sum(axis=1), 1)
        assert (shares >= 0).all()


@given(ANY, SOME | st.lists(st.integers(0, 9), min_size=1))
def test_whole_parts_of_anything_add_up_or_are_refused(total, shares):
    parts = finite_or_refused(lambda: whole_parts(total, shares))
    if parts is not None:
        assert parts.sum() == total
        assert (parts >= 0).all()


@pytest.mark.parametrize("shares", [[0, 0], [], [1, -1], [np.nan, 1]])
def test_no_whole_is_split_by_shares_that_are_none(shares):
    with pytest.raises(ValueError, match="parts are numbers from 0 on"):
        whole_parts(10, shares)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any), st.integers(0, 20_000))
def test_whole_parts_add_up_exactly_and_are_within_one_of_their_share(shares, total):
    parts = whole_parts(total, shares)
    assert parts.sum() == total
    assert (np.abs(parts - np.asarray(shares) / sum(shares) * total) < 1 + 1e-6).all()


@given(
    st.lists(st.integers(0, 1000), min_size=2, max_size=8).filter(any),
    st.lists(st.integers(0, 1000), min_size=8, max_size=8).filter(any),
)
def test_shares_carried_forward_stay_shares(before, after):
    last = after[: len(before)]
    if not any(last):
        return
    shares = shares_ahead(before, last, 5, [0, 1, 6])
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert (shares >= 0).all()
    np.testing.assert_allclose(shares[0], np.asarray(last) / sum(last), atol=1e-12)
