"""Shares that stay shares, and whole parts that add up."""

import numpy as np
import pytest
from anything import ANY, SOME, finite_or_refused
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods.shares import CHANCE, shares_ahead, shares_drawn, steadied, whole_parts


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


PARTS = st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any)


@given(PARTS, st.lists(st.integers(0, 1000), min_size=8, max_size=8), st.floats(0.1, 20), st.floats(0, 1))
def test_shares_carried_forward_stay_shares(after, earlier, between, brake):
    before = earlier[: len(after)]
    if not any(before):
        return
    shares = shares_ahead(before, after, between, [0, 1, 6, 100], brake)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert ((shares >= 0) & (shares <= 1)).all()
    np.testing.assert_allclose(shares[0], np.asarray(after) / sum(after), atol=1e-12)
    assert (shares[:, np.asarray(after) == 0] == 0).all()


@given(PARTS)
def test_without_an_earlier_year_the_shares_stay(parts):
    np.testing.assert_allclose(shares_ahead(None, parts, 1, [3])[0], np.asarray(parts) / sum(parts))


def test_a_share_that_rose_tenfold_goes_four_years_further_at_its_pace_and_no_more():
    before, after = np.array([1, 99]), np.array([10, 90])
    shares = shares_ahead(before, after, 5, [5, 20, 1000])[:, 0]
    for share, way in zip(shares, (2.68928, 3.95388, 4), strict=True):
        odds = 10 / 90 * ((10 / 90) / (1 / 99)) ** (way / 5)
        assert share == pytest.approx(odds / (1 + odds), rel=1e-4)
    assert shares[2] < 0.44
    assert shares_ahead(before, after, 5, [20], 1.0)[0, 0] > 0.999


def test_the_pace_of_a_small_part_is_mostly_chance_and_so_drawn_in():
    # 1,010 people then, 1,030 now: of the last part's way from 10 to 30 half is left, of the others' nearly all.
    found = steadied([400, 600, 10], [500, 500, 30])
    stayed = np.array([500, 500, 30]) / 1030 * 1010
    weights = np.array([400, 500, 10]) / (np.array([400, 500, 10]) + 10)
    np.testing.assert_allclose(found, stayed * (np.array([400, 600, 10]) / stayed) ** weights)
    # From a fifth of a person to ten plans: without it, the part would come to nearly all of the whole.
    before, after = [1623, 4460, 0.2], [1700, 4600, 10]
    assert shares_ahead(before, after, 1, [6])[0, 2] > 0.9
    assert shares_ahead(steadied(before, after), after, 1, [6])[0, 2] < 0.01
    assert steadied([5, 0], [5, 5]).tolist() == pytest.approx([2.5 * 2 ** (5 / 15), 2.5])
    with pytest.raises(ValueError, match="between two years with the same parts"):
        steadied([1], [1, 2])


def test_a_part_that_is_new_keeps_its_place_among_the_others():
    shares = shares_ahead([50, 50, 0], [50, 50, 20], 5, [0, 10])
    np.testing.assert_allclose(shares[1], shares[0])


def test_a_course_goes_as_in_a_plain_loop_over_the_years():
    before, after, brake = [30, 60, 10], [50, 45, 15], 0.8
    shares = np.array(after) / sum(after)
    step = (np.array(after) / sum(after)) / (np.array(before) / sum(before))
    for year in range(1, 7):
        shares = shares * step ** (brake**year / 5)
        shares = shares / shares.sum()
    np.testing.assert_allclose(shares_ahead(before, after, 5, [6])[0], shares)


SCORES = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).standard_normal((40, 8)))


@given(PARTS, st.lists(st.integers(1, 1000), min_size=8, max_size=8), SCORES, st.floats(0, 1), st.integers(1, 30))
def test_parts_add_up_to_the_total_in_every_draw(after, earlier, scores, wander, horizon):
    years, scores = np.arange(1, horizon + 1), scores[:, : len(after)]
    course = shares_ahead(earlier[: len(after)], after, 5, years)
    drawn = shares_drawn(course, after, years, scores, wander)
    assert drawn.shape == (40, horizon, len(after))
    assert ((drawn >= 0) & (drawn <= 1)).all()
    totals = 100 * np.exp(scores[:, :1] + years / 10)
    np.testing.assert_allclose((totals[:, :, None] * drawn).sum(axis=2), totals)


def test_a_share_strays_as_far_as_the_formula_says_and_a_small_part_further():
    scores = np.random.default_rng(3).standard_normal((20_000, 3))
    drawn = shares_drawn([[0.01, 0.49, 0.5]], [10, 490, 500], [3], scores, 0.05)[:, 0]
    small, large = (np.log(drawn[:, part] / drawn[:, 2]).std() for part in (0, 1))
    own = [(0.05 * 3) ** 2 + CHANCE * 3 / number for number in (10, 490, 500)]
    assert [small, large] == pytest.approx([np.sqrt(own[0] + own[2]), np.sqrt(own[1] + own[2])], rel=0.02)


def test_without_scores_nothing_strays():
    course = shares_ahead([5, 5], [6, 4], 1, [1, 2])
    np.testing.assert_allclose(shares_drawn(course, [6, 4], [1, 2], [[0, 0]], 0.1)[0], course)


@pytest.mark.parametrize(
    ("course", "numbers", "years", "scores", "wander", "words"),
    [
        ([0.5, 0.5], [1, 1], [1], [[0, 0]], 0.1, "a row for each year ahead and a column for each part"),
        ([[0.5, 0.5]], [1, 1], [1, 2], [[0, 0]], 0.1, "a row for each year ahead and a column for each part"),
        ([[0.5, 0.5]], [1, 1], [1], [0, 0], 0.1, "a row for each draw and a column for each part"),
        ([[0.5, 0.4]], [1, 1], [1], [[0, 0]], 0.1, "the shares of a year must add up to one"),
        ([[0.5, 0.5]], [1, 1], [1], [[0, 0]], -1, "wander must be a finite number from 0 on"),
        ([[0.5, 0.5]], [1, 1], [1], [[1e300, 0]], 1e300, "a score must be at most a quadrillion"),
    ],
)
def test_a_course_that_is_none_is_refused(course, numbers, years, scores, wander, words):
    with pytest.raises(ValueError, match=words):
        shares_drawn(course, numbers, years, scores, wander)
