"""Comparisons against second implementations, published rules and the edges."""

import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods import benchmark, intervals
from casebook.methods.benchmark import Goal, GoalMismatchError, Judged, average
from casebook.methods.intervals import Interval

rates = st.lists(st.floats(0.1, 100), min_size=1, max_size=12)


class TestAverages:
    @given(rates)
    def test_mean_and_median_agree_with_the_standard_library(self, values):
        assert average("mean", values).value == pytest.approx(statistics.fmean(values))
        assert average("median", values).value == pytest.approx(statistics.median(values))

    def test_pooled_is_all_events_over_all_people(self):
        found = average("pooled", [10, 20], populations=[9_000, 1_000], counts=[9, 2], multiplier=10_000)
        assert found.value == pytest.approx(11 / 10_000 * 10_000)

    def test_pooled_from_rates_weighs_by_population(self):
        found = average("pooled", [10, 20], populations=[9_000, 1_000])
        assert found.value == pytest.approx(np.average([10, 20], weights=[9_000, 1_000]))

    def test_areas_without_data_are_left_out_and_not_counted(self):
        assert average("mean", [8, np.nan, 10]) == benchmark.Average(9.0, "mean", 2)
        assert average("pooled", [8, 9, 10], populations=[1_000, np.nan, 1_000]).areas == 2

    def test_one_area_is_its_own_average(self):
        assert {average(kind, [7.5], populations=[10]).value for kind in ("mean", "median", "pooled")} == {7.5}

    def test_the_three_can_disagree_on_which_side_an_area_lies(self):
        values, people = [1, 5, 12], [1_000, 1_000, 100_000]
        assert average("median", values).value < 5.5 < average("mean", values).value
        assert average("pooled", values, people).value > 11

    def test_a_pooled_average_without_populations_is_refused(self):
        with pytest.raises(ValueError, match="population"):
            average("pooled", [1.0])

    def test_no_data_is_refused(self):
        with pytest.raises(ValueError, match="no area"):
            average("mean", [np.nan])


class TestDistanceAndRank:
    def test_distance_is_signed_and_relative_to_the_benchmark(self):
        assert benchmark.distance(12.0, 9.03) == (2.97, pytest.approx(32.890365, rel=1e-6))

    def test_distance_from_zero_has_no_percentage(self):
        points, per_cent = benchmark.distance(3, 0)
        assert points == 3
        assert np.isnan(per_cent)

    @given(st.lists(st.one_of(st.integers(0, 5).map(float), st.just(float("nan"))), max_size=12))
    def test_ranks_agree_with_pandas(self, values):
        expected = pd.Series(values, dtype=float).rank(method="min", ascending=False)
        np.testing.assert_array_equal(benchmark.ranks(values), expected)

    @given(st.floats(0, 10), st.lists(st.integers(0, 10).map(float), max_size=12))
    def test_a_place_is_the_rank_among_all(self, value, others):
        found = benchmark.place(value, others)
        assert found.rank == benchmark.ranks([value, *others])[0]
        assert found.rank + found.tied_with + found.rank_from_lowest - 1 == found.of

    def test_all_equal_share_the_first_place_from_both_ends(self):
        assert benchmark.place(5, [5, 5]) == benchmark.Rank(rank=1, rank_from_lowest=1, of=3, tied_with=2)

    def test_missing_others_do_not_count(self):
        assert benchmark.place(5, [np.nan, 6]).of == 2

    def test_a_gap_in_people(self):
        assert benchmark.in_people(2.97, 132_820, 10_000) == pytest.approx(39.44754)


class TestComparison:
    @pytest.mark.parametrize(
        ("limits", "polarity", "expected"),
        [
            ((10, 12), "high is good", "better"),
            ((10, 12), "low is good", "worse"),
            ((10, 12), "no judgement", "higher"),
            ((5, 8), "high is good", "worse"),
            ((5, 8), "low is good", "better"),
            ((5, 8), "no judgement", "lower"),
            ((8, 10), "high is good", "similar"),
        ],
    )
    def test_the_area_is_judged_by_where_the_benchmark_lies(self, limits, polarity, expected):
        assert benchmark.compare(Interval(*limits), 9, polarity) == expected

    @pytest.mark.parametrize("limits", [(9, 10), (8, 9)])
    def test_a_benchmark_on_a_limit_is_similar(self, limits):
        assert benchmark.compare(Interval(*limits), 9, "high is good") == Judged.SIMILAR

    @pytest.mark.parametrize(
        ("narrow", "wide", "polarity", "expected"),
        [
            ((11, 12), (10, 13), "high is good", "best"),
            ((11, 12), (8, 15), "high is good", "better"),
            ((11, 12), (10, 13), "low is good", "worst"),
            ((5, 6), (4, 7), "no judgement", "lowest"),
            ((11, 12), (10, 13), "no judgement", "highest"),
            ((5, 6), (4, 10), "no judgement", "lower"),
        ],
    )
    def test_two_levels_give_five_verdicts(self, narrow, wide, polarity, expected):
        assert benchmark.compare(Interval(*narrow), 9, polarity, Interval(*wide)) == expected

    def test_without_an_interval_or_a_benchmark_nothing_is_judged(self):
        assert benchmark.compare(None, 9, "high is good") == "cannot be judged"
        assert benchmark.compare(Interval(1, np.nan), 9, "high is good") == "cannot be judged"
        assert benchmark.compare(Interval(1, 2), np.nan, "high is good") == "cannot be judged"


class TestBands:
    @given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.integers(2, 10), st.booleans())
    def test_bands_are_those_of_the_official_formula(self, values, of, invert):
        found = benchmark.bands(values, of, highest_first=invert)
        if len(values) < of:
            assert np.isnan(found).all()
            return
        # PHEindicatormethods' phe_quantile, written out.
        place = pd.Series([-one for one in values] if invert else values).rank(method="min")
        expected = np.floor((of + 1) - np.ceil(((len(values) + 1) - place) / (len(values) / of)))
        np.testing.assert_array_equal(found, np.maximum(expected, 1))

    def test_deciles_of_a_region_are_the_published_ones(self):
        # Typed in from PHEindicatormethods (OHID, tests/testthat/testdata_Quantiles.xlsx): deaths from cancer under 75
        # among women of twelve authorities, where low is good.
        values = [118.746048, 131.277828, 137.109864, 137.725653, 138.900523, 143.263302, 145.596671, 146.697126,
                  153.691283, 155.763081, 157.122229, 171.217046]  # fmt: skip
        published = [10, 9, 8, 7, 6, 6, 5, 4, 3, 2, 1, 1]
        assert benchmark.bands(values, 10, highest_first=True).tolist() == published

    def test_as_many_values_as_fit_go_into_each_band_and_missing_ones_into_none(self):
        found = benchmark.bands([*range(20), np.nan], 5)
        assert np.isnan(found[-1]) and [int((found == band).sum()) for band in range(1, 6)] == [4] * 5


class TestGoals:
    goal = Goal(lower=1900, upper=2300, sex="Persons", age="15-24")

    @pytest.mark.parametrize(
        ("value", "expected"),
        [(1899.9, "not met"), (1900, "near"), (2299.9, "near"), (2300, "met"), (0, "not met"), (2459, "met")],
    )
    def test_a_goal_is_judged_on_the_value_with_its_thresholds_included(self, value, expected):
        assert benchmark.against_goal(value, self.goal, "Persons", "15-24") == expected

    @pytest.mark.parametrize(("sex", "age"), [("Female", "15-24"), ("Persons", "16-24")])
    def test_a_goal_for_other_people_is_refused(self, sex, age):
        with pytest.raises(GoalMismatchError, match="cannot be compared"):
            benchmark.against_goal(3000, self.goal, sex, age)

    @pytest.mark.parametrize(
        ("value", "expected"), [(1899.9, "met"), (1900, "near"), (2299.9, "near"), (2300, "not met")]
    )
    def test_where_low_is_good_a_goal_is_met_below_it(self, value, expected):
        # Fingertips' RangeTargetComparer.
        goal = Goal(1900, 2300, "Persons", "15-24", "low is good")
        assert benchmark.against_goal(value, goal, "Persons", "15-24") == expected

    @pytest.mark.parametrize(
        ("limits", "expected"),
        [((2310, 2400), "met"), ((2290, 2400), "near"), ((1800, 1890), "not met"), ((1800, 1950), "near")],
    )
    def test_a_goal_judged_on_the_interval_is_met_where_all_of_it_would_meet_it(self, limits, expected):
        assert benchmark.against_goal(2000, self.goal, "Persons", "15-24", Interval(*limits)) == expected

    def test_a_single_value_is_met_from_it_on_and_else_not(self):
        goal = Goal(75, 75, "Persons", "15-24")
        assert [str(benchmark.against_goal(one, goal, "Persons", "15-24")) for one in (74.9, 75)] == ["not met", "met"]
        with pytest.raises(ValueError, match="no polarity of a goal 'no judgement'"):
            Goal(75, 75, "Persons", "15-24", "no judgement")

    def test_a_missing_value_meets_no_goal_and_misses_none(self):
        with pytest.raises(ValueError, match="missing"):
            benchmark.against_goal(float("nan"), self.goal, "Persons", "15-24")


class TestSmallestSignificantCount:
    @given(value=st.integers(1, 99), other=st.integers(1, 99))
    def test_a_proportion_is_significant_from_the_count_given_and_not_one_person_before(self, value, other):
        needed = benchmark.smallest_significant(value, other, "proportion", 100)
        if value == other:
            assert needed is None
            return

        def leaves_out(people):
            count = round(value / 100 * people)
            lower, upper = intervals.wilson(count, people)
            return 0 < count < people and not lower <= other / 100 <= upper

        assert needed.count == round(value / 100 * needed.people)
        assert all(leaves_out(needed.people + more) for more in (*range(200), 1000, 10_000))
        assert needed.people == 1 or not leaves_out(needed.people - 1)

    @given(value=st.integers(1, 3000), other=st.integers(1, 3000))
    def test_a_rate_is_significant_from_the_count_given_on_and_not_one_event_before(self, value, other):
        needed = benchmark.smallest_significant(value, other, "rate", 100_000)
        if value == other:
            assert needed is None
            return

        def leaves_out(count):
            lower, upper = intervals.poisson(count)
            return not lower * value / count <= other <= upper * value / count

        lower, upper = intervals.rate(needed.count, needed.people, 100_000)
        assert not lower <= other <= upper
        assert all(leaves_out(needed.count + more) for more in (0, 1, 2, 10, 1000))
        assert needed.count == 1 or not leaves_out(needed.count - 1)

    def test_no_events_need_a_population_that_should_have_had_some(self):
        needed = benchmark.smallest_significant(0, 100, "rate", 100_000)
        assert needed == benchmark.Needed(count=0, people=3689)

    def test_a_tiny_difference_is_found_without_trying_every_count(self):
        needed = benchmark.smallest_significant(1300, 1300.01, "rate", 100_000)
        assert needed.count > 1e9

    def test_impossible_values_are_refused(self):
        with pytest.raises(ValueError, match="a value must be a finite number from 0 to 100, found 101"):
            benchmark.smallest_significant(101, 50, "proportion", 100)

    @pytest.mark.parametrize(("other", "needed"), [(0, (1, 17)), (100, (1, 17)), (3 + 1e-14, None)])
    def test_a_benchmark_of_none_or_all_takes_one_who_is_not_and_a_hairs_breadth_too_many(self, other, needed):
        assert benchmark.smallest_significant(3, other, "proportion", 100) == (needed and benchmark.Needed(*needed))
        assert benchmark.smallest_significant(3, 0, "rate", 100) == benchmark.Needed(1, 33)
