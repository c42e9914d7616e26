"""What methods are not to be given is refused in one sentence that says what was expected; nothing hangs."""

import numpy as np
import pandas as pd
import pytest

from casebook.methods import benchmark, capacity, costing, forecast, intervals, shares
from casebook.methods.intervals import Interval

CERTAIN = {"monthly_spread": 0, "cost_spread": 0, "most_slippage": 0}
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: benchmark.smallest_significant(NAN, 3, "rate", 100), "a value must be a finite number.* found nan"),
        (lambda: benchmark.smallest_significant(3, NAN, "rate", 100), "a benchmark must be .* found nan"),
        (lambda: benchmark.smallest_significant(3, 4, "percentage", 100), "'percentage': there are proportion and rate"),
        (lambda: benchmark.compare(Interval(1, 2), 3, "High is good"), "did you mean high is good?"),
        (lambda: benchmark.compare(Interval(2, 1), 3, "high is good"), "lower limit lies above its upper one"),
        (lambda: benchmark.average("mode", [1, 2]), "no kind of average 'mode': there are mean, median and pooled"),
        (lambda: benchmark.average("pooled", [1, 2], [0, 0]), "nobody lives in the areas"),
        (lambda: benchmark.average("pooled", [1, 2], [-5, 5]), "a population must be .* from 0 on, found -5"),
        (lambda: benchmark.Goal(3, 2, "Persons", "15-24"), "the lower threshold of a goal .* up to 2, found 3"),
        (lambda: benchmark.place(INF, [1]), "a value must be a finite number, found inf"),
        (lambda: benchmark.in_people(1, 100, 0), "a multiplier must be a finite number above 0"),
        (lambda: intervals.of("percentage", 1, 2, 100), "no kind of value 'percentage'"),
        (lambda: intervals.of("rates", 1, 2, 100), "did you mean rate?"),
        (lambda: intervals.funnel("proportions", 50, [100], 100), "did you mean proportion?"),
        (lambda: intervals.funnel("rate", 50, [100], 100, confidence=95), "confidence must lie between 0 and 1"),
        (lambda: intervals.funnel("rate", 50, [-100], 100), "a size must be a finite number above 0, found -100"),
        (lambda: intervals.funnel("proportion", 150, [100], 100), "a baseline must be .* from 0 to 100, found 150"),
        (lambda: intervals.rate(1, 0, 100), "events where there are no people"),
        (lambda: intervals.poisson(INF), "a count must be a finite number from 0 on, found inf"),
        (lambda: intervals.mean([1, 2], confidence=2), "confidence must lie between 0 and 1, found 2"),
        (lambda: intervals.rounded(1, 1, 2, finest=0), "the finest step must be a finite number above 0"),
        (lambda: capacity.erlang_c(8, 1, 2.5), "the staff must be a whole number from 1 to 100,000, found 2.5"),
        (lambda: capacity.waiting_list(1, 1, 1, 1, relief_weeks=0), "weeks in which a queue comes down must be .* above 0"),
        (lambda: capacity.stepped([], 1, 1), "one number for each week, for one week at least"),
        (lambda: capacity.stepped([1], 1, 0.5), "a stay must be a finite number from 1 on, found 0.5"),
        (lambda: capacity.without_place(NAN, 1), "demand must be a finite number from 0 on"),
        (lambda: forecast.drawn([0.9, 0.1], [1, 2], [0]), "quantiles must rise with their probabilities"),
        (lambda: capacity.wte_needed(-1, 2), "a number of children must be .* from 0 on, found -1"),
        (lambda: capacity.triangular(1, 2, INF, 2, np.random.default_rng(0)), "must be a finite number, found inf"),
        (lambda: shares.whole_parts(10, [0, 0]), "one at least above it"),
        (lambda: costing.slipped([1, 2], -1), "months later must be a whole number from 0 on, found -1"),
        (lambda: costing.simulate([5], 1, [1], 1, runs=0, **CERTAIN), "runs must be a whole number from 1 to 1,000,000, found 0"),
        (lambda: costing.simulate([5], 1, [1, 2], 1, **CERTAIN), "1 reductions and 2 weeks left"),
        (lambda: forecast.ahead([1, 2, 3, 4, 5], 2, "drift", level=1.5), "level must lie between 0 and 1, found 1.5"),
        (lambda: forecast.ahead([1, 2, 3, 4, 5], 2, "drift", level=0), "level must lie between 0 and 1, found 0"),
        (lambda: forecast.ahead([1, 2, 3, 4, 5], 2, "drif"), "did you mean drift?"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=words) as refused:
        call()
    assert "\n" not in str(refused.value)


def test_one_area_without_people_leaves_the_others_their_rates():
    lower, upper = intervals.rate([0, 2], [0, 10], 100)
    assert np.isnan(lower[0]) and np.isnan(upper[0]) and 0 < lower[1] < 20 < upper[1]


def test_erlang_c_holds_for_many_staff_and_agrees_with_its_limit():
    # Halfin and Whitt 1981: with c staff and a load of c - b sqrt(c), 1 / (1 + b N(b) / n(b)).
    found, b = capacity.erlang_c(100_000 - 100_000**0.5, 1, 100_000), 1.0
    normal, density = 0.841344746, 0.241970725
    assert found.probability_of_waiting == pytest.approx(1 / (1 + b * normal / density), rel=0.01)
    assert 0 < capacity.erlang_c(800, 1, 810).probability_of_waiting < 1


@pytest.mark.parametrize(("value", "of", "people"), [(95, 100, 11), (99.8, 90.7, 251), (99, 100, 51)])
def test_the_people_that_are_enough_are_not_all_of_them_by_a_half_that_was_rounded(value, of, people):
    needed = benchmark.smallest_significant(value, of, "proportion", 100)
    assert (needed.people, needed.count) == (people, people - 1)
    assert (
        not intervals.wilson(needed.count, needed.people).lower
        <= of / 100
        <= intervals.wilson(needed.count, needed.people).upper
    )


@pytest.mark.parametrize("past", [[80, 60, 40, 20, 0], [500, 400, 310, 205, 100]])
def test_a_course_that_falls_to_nothing_keeps_a_range(past):
    found = forecast.ahead(past, 4, "drift", 0.8, forecast.WIDENING["drift"])
    assert found.lower.tolist() == [0] * 4 and (found.upper > 5).all() and (np.diff(found.upper) > 0).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda: intervals.funnel("rate", 50, [1e11], 100),
        lambda: costing.steady_reduction(1e300, 1e-300, [1]),
        lambda: costing.changes([1e308, -1e308]),
        lambda: intervals.rate(3, 2e-313, 100),
        lambda: forecast.path(100, 0.1, -3),
        lambda: forecast.ahead([1, 2, 3, 4, 5], 2, "drift", "much"),
        lambda: intervals.z_score("95%"),
        lambda: benchmark.gaps(pd.DataFrame({2020: [1, 2]}, index=["Essex", "Essex"])),
    ],
)
def test_what_would_have_no_end_or_no_meaning_is_refused_in_one_sentence(call):
    with pytest.raises(ValueError) as refused:
        call()
    assert "\n" not in str(refused.value)
