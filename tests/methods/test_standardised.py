"""Standardised rates, ratios and the slope index against the published test values of PHEindicatormethods."""

import numpy as np
import pytest
from anything import ANY, SOME
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods import standardised

# Typed in from PHEindicatormethods (OHID, tests/testthat/testdata_DSR_ISR.xlsx and testdata_SII.xlsx), its own test data.
BIG = [127, 25, 18, 21, 12, 27, 48, 27, 29, 32, 32, 34, 45, 65, 38, 68, 74, 82, 91]
SMALL = [12, 4, 3, 2, 3, 4, 8, 2, 2, 3, 4, 5, 6, 8, 5, 6, 5, 5, 4]
PEOPLE = [636, 558, 609, 543, 384, 594, 669, 843, 660, 576, 606, 522, 426, 273, 300, 288, 153, 123, 207]
REFERENCE = [10303, 2824, 0, 3615, 3641, 3490, 3789, 3213, 3031, 2771, 3089, 3490, 3595, 4745, 5514, 7125, 5694, 6210,
             5757]  # fmt: skip
OF = [50520, 57173, 60213, 54659, 44345, 50128, 62163, 67423, 62899, 55463, 60479, 49974, 44140, 40888, 37239, 30819,
      18136, 15325, 13918]  # fmt: skip
EUROPE_2013 = [5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500,
               1000]  # fmt: skip
GROUPS = [7291, 7997, 6105, 7666, 5790, 6934, 5918, 5974, 7147, 7534]
LIVES = [75.933459, 78.344238, 83.836063, 83.637540, 80.465503, 81.115676, 81.693084, 84.190006, 80.595564, 86.289435]
ERRORS = [1.638472, 1.578193, 1.513436, 1.775491, 1.701339, 1.564121, 1.368115, 1.400142, 2.432846, 1.566518]


def parts(found):
    return [found.value, float(found.interval.lower), float(found.interval.upper)]


@pytest.mark.parametrize(
    ("counts", "confidence", "expected"),
    [
        (BIG, 0.95, [10430.247991, 9717.709068, 11178.940915]),
        (BIG, 0.998, [10430.247991, 9323.287880, 11620.596000]),
        (SMALL, 0.95, [1103.212025, 877.455768, 1367.088223]),
        (SMALL, 0.998, [1103.212025, 763.642036, 1530.032895]),
    ],
)
def test_directly_standardised_rates_have_their_published_values(counts, confidence, expected):
    assert parts(standardised.direct(counts, PEOPLE, EUROPE_2013, 100_000, confidence)) == pytest.approx(expected)


def test_below_ten_events_no_directly_standardised_rate_is_given():
    assert np.isnan(parts(standardised.direct([9] + [0] * 18, PEOPLE, EUROPE_2013, 100_000))).all()


@pytest.mark.parametrize(
    ("count", "confidence", "expected"),
    [
        (895, 0.95, [107.072329, 100.171477, 114.323329]),
        (895, 0.998, [107.072329, 96.351556, 118.600704]),
        (91, 0.95, [10.886684, 8.765040, 13.366576]),
        (9, 0.95, [1.076705, 0.492338, 2.043921]),
        (9, 0.998, [1.076705, 0.293393, 2.710590]),
    ],
)
def test_indirectly_standardised_ratios_have_their_published_values(count, confidence, expected):
    found = standardised.indirect(count, PEOPLE, REFERENCE, OF, 100, confidence)
    assert parts(found) == pytest.approx(expected, rel=1e-6)


def test_an_indirectly_standardised_rate_is_the_ratio_times_the_crude_rate_of_the_reference():
    crude = sum(REFERENCE) / sum(OF) * 100_000
    found = standardised.indirect(895, PEOPLE, REFERENCE, OF, crude)
    assert parts(found) == pytest.approx([10011.137622, 9365.916003, 10689.097583])


def test_the_slope_index_has_its_published_value_and_the_limits_that_are_simulated_there():
    found = standardised.slope_index(LIVES, ERRORS, GROUPS)
    assert (found.slope, found.relative) == pytest.approx((6.934616, 1.088818), abs=1e-5)
    assert [float(one) for one in found.interval] == pytest.approx([3.127595, 10.758687], abs=0.05)
    five = standardised.slope_index(LIVES[:5], ERRORS[:5], GROUPS[:5])
    assert (five.slope, five.relative) == pytest.approx((7.919334, 1.103712), abs=1e-5)


def test_a_standard_population_like_the_areas_own_leaves_the_crude_rate():
    crude = sum(BIG) / sum(PEOPLE) * 1000
    assert standardised.direct(BIG, PEOPLE, PEOPLE, 1000).value == pytest.approx(crude)
    assert standardised.indirect(sum(BIG), PEOPLE, BIG, PEOPLE).value == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: standardised.direct([1, 2], [1, 0], [1, 1], 1), "the people of an age band must be .* above 0, found 0"),
        (lambda: standardised.direct([1, 2], [1, 1], [0, 0], 1), "the standard population is nobody"),
        (lambda: standardised.direct([1, 2], [1], [1], 1), "one number an age band"),
        (lambda: standardised.direct([-1], [1], [1], 1), "a count must be .* found -1"),
        (lambda: standardised.indirect(1, [1], [0], [1]), "no event is to be expected"),
        (lambda: standardised.slope_index([1, 2], [1, 1], [1, 1]), "five to a hundred groups"),
        (lambda: standardised.slope_index([1] * 5, [-1] * 5, [1] * 5), "a standard error must be .* found -1"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@given(SOME, SOME, SOME, ANY)
def test_whatever_is_given_is_answered_in_order_or_refused(first, second, third, one):
    for call in (
        lambda: standardised.direct(first, second, third, one),
        lambda: standardised.indirect(one, first, second, third),
        lambda: standardised.slope_index(first, second, third),
    ):
        try:
            found = call()
        except ValueError as refused:
            assert "\n" not in str(refused)
        else:
            assert not found.interval.lower > found.interval.upper


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(100, 5000), st.integers(1, 5000)), min_size=3, max_size=19))
def test_a_standardised_value_lies_between_its_limits(bands):
    found = standardised.direct(*zip(*bands, strict=True), 1000)
    assert np.isnan(found.value) or found.interval.lower <= found.value <= found.interval.upper
