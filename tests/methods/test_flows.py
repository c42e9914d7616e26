"""Stocks that are explained by their flows, and the rest that stands by itself."""

import numpy as np
import pytest
from anything import SOME, finite_or_refused
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods.flows import ahead, balance

COUNTS = st.lists(st.integers(0, 10_000), min_size=4, max_size=4)


@given(st.lists(COUNTS, min_size=1, max_size=5), st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_every_year_adds_up_whatever_the_flows(stocks, seed, horizon):
    stock, chance = np.array(stocks), np.random.default_rng(seed)
    started, ended = chance.integers(0, 3000, (2, len(stocks), 3))
    known = balance(stock, started, ended)
    np.testing.assert_allclose(known.opening + known.started - known.ended + known.residual, known.closing)
    np.testing.assert_array_equal(known.closing, stock[:, 1:])
    if (stock > 0).all() and started[:, 0].any() and started[:, -1].any():
        made = finite_or_refused(lambda: ahead(stock, started, ended, horizon).closing)
        if made is not None:
            assert (made >= 0).all()
            whole = ahead(stock, started, ended, horizon)
            np.testing.assert_allclose(whole.opening + whole.started - whole.ended + whole.residual, made)
            np.testing.assert_array_equal(whole.opening[:, 1:], made[:, :-1])


@given(SOME, SOME, SOME)
def test_anything_is_answered_with_finite_numbers_or_refused(stock, started, ended):
    finite_or_refused(lambda: ahead(stock, started, ended, 2).closing)


def test_a_panel_whose_truth_is_known_goes_on_as_it_went():
    areas, started = np.array([1000.0, 3000.0, 500.0]), [np.array([150.0, 450.0, 75.0])]
    stock, ended = [areas], []
    for _ in range(8):
        ended.append(stock[-1] * 0.08)
        stock.append(stock[-1] * (1 - 0.08 + 0.02) + started[-1])
        started.append(started[-1] * 1.1)
    stocks, came, went = (np.array(one).T for one in (stock, started[:-1], ended))
    made = ahead(stocks[:, :6], came[:, :5], went[:, :5], 3)
    # The mean of two years lies a little above the year between them.
    np.testing.assert_allclose(made.closing, stocks[:, 6:9], rtol=0.001)
    np.testing.assert_allclose(made.residual, made.opening * 0.02)
    np.testing.assert_allclose(made.ended, made.opening * 0.08)


def test_the_residual_is_what_the_records_do_not_explain():
    found = balance([[100, 115], [50, 40]], [[20], [5]], [[8], [20]])
    assert found.residual.tolist() == [[3], [5]]


@pytest.mark.parametrize(
    ("stock", "started", "ended", "words"),
    [
        ([1, 2, 3], [1], [1, 1], "stocks one column more"),
        ([1], [], [], "stocks one column more"),
        ([1, -2, 3], [1, 1], [1, 1], "a stock must be a finite number from 0"),
        ([1, 2, 3], [1, np.nan], [1, 1], "what started must be a finite number from 0"),
        ([1, 2], [1], [1], "takes two years"),
        ([0, 2, 3], [1, 1], [1, 1], "stocks above 0"),
        ([1, 2, 3], [0, 1], [1, 1], "something that started"),
    ],
)
def test_flows_that_do_not_fit_are_refused(stock, started, ended, words):
    with pytest.raises(ValueError, match=words):
        ahead(stock, started, ended, 2)
