"""Printed numbers: what a string says, and arithmetic that keeps rounding, against a second implementation."""

import random
import statistics
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casebook.reconcile import quantities
from casebook.reconcile.quantities import Cell, exactly, of, read


class TestReading:
    @pytest.mark.parametrize(
        ("printed", "value", "step", "relation"),
        [
            ("over 50% higher", 50, 1, "over"),
            ("up to 50% higher", 50, 1, "up to"),
            ("approximately 47% of EHCPs", 47, 1, "about"),
            ("around an 8% reduction", 8, 1, "about"),
            ("closer to 630 in care", 630, 1, "about"),
            ("in excess of £6,300 per pupil", 6300, 1, "over"),
            ("more than (60%)", 60, 1, "over"),
            ("less than £2,500", 2500, 1, "under"),
            ("almost 50%", 50, 1, "almost"),
            ("just under 700", 700, 1, "almost"),
            (">800 pupils", 800, 1, "over"),
            ("no more than 20 places", 20, 1, "up to"),
            ("no fewer than 20 places", 20, 1, "at least"),
            ("from £16m", 16_000_000, 1_000_000, ""),
            ("a target of £2M", 2_000_000, 1_000_000, ""),
            ("£600k per annum", 600_000, 1_000, ""),
            ("£1.8 million", 1_800_000, 100_000, ""),
            ("£333mn", 333_000_000, 1_000_000, ""),
            ("2200 more EHCPs", 2200, 1, ""),
            ("10 per 10,000", 10, 1, ""),
            ("these 13 schools", 13, 1, ""),
            ("8.5 per 10,000", Fraction("8.5"), Fraction("0.1"), ""),
        ],
    )
    def test_words_say_the_number_how_close_it_is_and_what_binds_it(self, printed, value, step, relation):
        reading = read(printed, prose=True)
        assert (reading.value, reading.step, reading.relation) == (value, step, relation)

    @pytest.mark.parametrize(
        ("printed", "value", "step"),
        [("58,810", 58810, 1), ("8.95", Fraction("8.95"), Fraction("0.01")), ("-11.6%", Fraction("-11.6"), Fraction("0.1")), ("£220,000", 220000, 1), ("£245k", 245000, 1000)],
    )  # fmt: skip
    def test_in_a_table_every_digit_counts(self, printed, value, step):
        reading = read(printed, prose=False)
        assert (reading.value, reading.step) == (value, step)

    @pytest.mark.parametrize("printed", ["29.£%", "", "-", "n/a", "12 13", "1,23", "12a"])
    def test_a_cell_that_is_not_a_number_has_no_value(self, printed):
        assert read(printed, prose=False).value is None

    @pytest.mark.parametrize(
        ("printed", "value"),
        [("(270)", -270), ("(£1,234)", -1234), ("£(1,234)", -1234), ("-£1,234", -1234), ("£-1,234", -1234),
         ("(12.5%)", -12.5), ("(12.5)%", -12.5), ("£ (1,234.50)", -1234.5), (" ( 270 ) ", -270), ("£ 99", 99), ("(£1.5m)", -1_500_000)],
    )  # fmt: skip
    def test_a_cell_in_brackets_as_accountants_write_it_is_below_nothing(self, printed, value):
        assert read(printed, prose=False).value == Fraction(str(value))

    @pytest.mark.parametrize("printed", ["(-270)", "(270", "270)", "((270))", "(a)", "()", "270 (3)"])
    def test_other_brackets_are_no_number(self, printed):
        assert read(printed, prose=False).value is None

    def test_brackets_in_words_are_no_sign(self):
        assert read("a fall in plans (270)", prose=True).value == 270

    def test_a_misprinted_number_in_words_is_not_read_as_a_shorter_one(self):
        assert read("rose by 29.£% in all", prose=True).value is None

    @pytest.mark.parametrize(
        ("words", "value"),
        [
            ("at least a third of children", Fraction(100, 3)),
            ("nearly two thirds (63%)", Fraction(200, 3)),
            ("up to half of all", 50),
        ],
    )
    def test_numbers_in_words_are_read(self, words, value):
        assert read(words, prose=True, unit="per cent", value=float(value)).value == value

    @pytest.mark.parametrize(
        ("words", "meant", "value"),
        [("Two options were considered", None, 2), ("two staff covering three shifts", 3, 3), ("a tool for Ten Mile Bank", 4, None)],
    )  # fmt: skip
    def test_a_count_in_words_is_read_as_a_count(self, words, meant, value):
        reading = read(words, prose=True, value=meant)
        assert (reading.value, reading.exact) == (value, value is not None)

    @pytest.mark.parametrize(
        ("words", "unit", "low", "high"),
        [
            ("10 per 10,000", "per 10,000 children", "9.5", "10.5"),
            ("30 placements", "placements", 30, 30),
            ("£400 per week", "pounds a week", "399.5", "400.5"),
            ("£16m", "pounds", 15_500_000, 16_500_000),
            ("£2M", "pounds", 1_500_000, 2_500_000),
            ("60%", "per cent", "59.5", "60.5"),
            ("around £2M", "pounds", 1_900_000, 2_100_000),
            ("around 1500 plans", "plans", 1425, 1575),
            ("around 3 posts", "posts", "2.5", "3.5"),
            ("nearly 300 pupils", "pupils", 285, 300),
            ("almost £10m", "pounds", 9_500_000, 10_000_000),
            ("over 900 plans", "plans", 900, 945),
            ("at least 20", "places", 20, 21),
            ("up to 40 places", "places", 38, 40),
            ("fewer than 40 places", "places", 38, 40),
            ("half of all", "per cent", "47.5", "52.5"),
            ("seven centres", "centres", 7, 7),
            ("around six centres", "centres", "5.5", "6.5"),
        ],
    )
    def test_a_number_in_words_stands_for_what_its_last_digit_or_its_hedge_allows(self, words, unit, low, high):
        assert read(words, prose=True, unit=unit).bounds == (Fraction(low), Fraction(high))

    def test_a_stated_precision_takes_the_place_of_the_last_digit_and_of_the_hedge(self):
        assert read("2200 more", prose=True).with_step(Fraction(100)).bounds == (2150, 2250)
        assert read("around 715", prose=True).with_step(Fraction(10)).bounds == (710, 720)

    @given(
        st.text() | st.text("0123456789.,£%-− kKmM<>?") | st.from_regex(quantities._NUMBER),
        st.booleans(),
        st.sampled_from(["", "per cent", "per 10,000"]),
    )
    @example("١٢٣", True, "")
    @example("£2²", True, "")
    def test_whatever_is_printed_is_read_with_its_ends_in_order_or_not_at_all(self, printed, prose, unit):
        for before in ("", "around ", "over ", "up to ", "at least ", "nearly ", "under "):
            reading = read(before + printed, prose=prose, unit=unit)
            assert reading.step > 0
            if reading.value is not None:
                low, high = reading.bounds
                assert low <= reading.value <= high
                assert reading.number in before + printed

    def test_the_one_meant_of_several_numbers_is_taken(self):
        assert read("from £16m to £26m", prose=True, value=26_000_000).number == "£26m"
        assert read("86 or 14%", prose=True, value=14).step == 1

    def test_counts_are_exact_and_rates_and_percentages_are_not(self):
        assert read("517 have an EHCP", prose=True).exact
        assert not read("47%", prose=True).exact
        assert not read("8", prose=True, unit="per 10,000 children").exact
        assert not read("around 715", prose=True).exact

    def test_a_year_within_a_word_or_a_hyphen_is_no_sign(self):
        assert read("1.6-1.8 placements", prose=True, value=1.8).value == Fraction("1.8")


NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=2)


class TestArithmetic:
    @given(st.lists(NUMBERS, min_size=4, max_size=4), st.randoms(use_true_random=False))
    def test_the_interval_holds_every_result_that_the_rounded_numbers_allow(self, numbers, chance):
        a, b, c, d = (of(str(number)) for number in numbers)
        d = d if abs(d.value) > 1 else of("2.00")
        formula = lambda a, b, c, d: (a - b) * c / d + a  # noqa: E731
        result = formula(a, b, c, d)
        for _ in range(20):
            inputs = [float(x.value) + chance.uniform(-0.005, 0.005) for x in (a, b, c, d)]
            assert float(result.low) - 1e-6 <= formula(*inputs) <= float(result.high) + 1e-6
        assert float(result) == pytest.approx(formula(*(float(x.value) for x in (a, b, c, d))), abs=1e-6)

    @given(st.lists(NUMBERS, min_size=1, max_size=12))
    def test_mean_median_and_total_agree_with_the_standard_library(self, numbers):
        cells = [of(str(number)) for number in numbers]
        plain = [Fraction(str(number)) for number in numbers]
        assert quantities.mean(cells).value == statistics.mean(plain)
        assert quantities.median(cells).value == statistics.median(plain)
        assert quantities.total(cells).value == sum(plain)
        half = Fraction("0.005")
        assert quantities.mean(cells).high == statistics.mean(plain) + half
        assert quantities.total(cells).low == sum(plain) - half * len(plain)

    def test_the_interval_of_a_percentage_change_is_no_wider_than_it_must_be(self):
        change = quantities.per_cent_change(of("1.2"), of("1.0"))
        corners = [(a / b - 1) * 100 for a in (1.15, 1.25) for b in (0.95, 1.05)]
        assert float(change.low) == pytest.approx(min(corners))
        assert float(change.high) == pytest.approx(max(corners))

    def test_dividing_by_what_may_be_nothing_is_refused(self):
        with pytest.raises(ZeroDivisionError):
            of("5") / of("0")
        with pytest.raises(ZeroDivisionError):
            of("5") / of("0.0")

    def test_formulas_read_as_they_were_written(self):
        a, b, c = of("2,475"), of("1497"), of("60%")
        assert (a - b).formula == "2,475 - 1497"
        assert ((a - b) * c.of_hundred()).formula == "(2,475 - 1497) x 60%"
        assert (a - (b + a)).formula == "2,475 - (1497 + 2,475)"
        assert (a / (b * 2)).formula == "2,475 / (1497 x 2)"
        assert quantities.total([of("6"), of("-13")]).formula == "6 + (-13)"
        assert (quantities.mean([a, b]) + 1).formula == "(mean of 2,475, 1497) + 1"

    def test_a_result_remembers_the_cells_it_came_from_and_can_be_worked_out_with_others(self):
        here, there = Cell("t", ("a",), "x"), Cell("t", ("b",), "x")
        change = of("10", cell=here) - of("4", cell=there)
        assert [one.cell for one in change.inputs] == [here, there]
        assert change.with_inputs({there: exactly(1)}).value == 9

    def test_a_number_used_twice_is_one_input(self):
        one = of("10", cell=Cell("t", ("a",), "x"))
        assert len((one + one).inputs) == 1

    @pytest.mark.parametrize(
        ("value", "step", "expected"),
        [
            ("8.945", "0.01", "8.95"),
            ("-8.945", "0.01", "-8.95"),
            ("62.5", "1", "63"),
            ("150", "100", "200"),
            ("0", "1", "0"),
        ],
    )
    def test_halves_are_rounded_away_from_zero(self, value, step, expected):
        assert quantities.rounded(Fraction(value), Fraction(step)) == Fraction(expected)


class TestStatements:
    def test_a_comparison_holds_possibly_holds_or_does_not(self):
        assert of("8.0").over(of("7.9")).holds
        near = of("8.0").over(of("8.0"))
        assert not near.holds
        assert near.possible
        assert not of("8.0").over(of("8.2")).possible

    def test_two_statements_hold_together_only_if_both_do(self):
        assert (of("3").over(1) & of("3").under(5)).holds
        assert not (of("3").over(1) & of("3").under(2)).holds

    def test_equal_numbers_are_at_least_and_at_most_each_other_and_not_over(self):
        assert of("23").at_least(23).holds
        assert of("23").at_most(23).holds
        assert not of("23").over(23).possible

    def test_random_comparisons_agree_with_plain_ones(self):
        chance = random.Random(0)
        for _ in range(200):
            a, b = chance.randint(-50, 50), chance.randint(-50, 50)
            assert (of(str(a)).over(b).holds, of(str(a)).under(b).holds) == (a > b, a < b)
            assert (of(str(a)).at_least(b).holds, of(str(a)).at_most(b).holds) == (a >= b, a <= b)
