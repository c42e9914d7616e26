"""Verdicts, against the definitions worked out by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.reconcile.quantities import Cell, exactly, mean, of, per_cent_change, read
from casebook.reconcile.verdicts import Verdict, judge, worst

TEN = {
    2017: ["6.50", "10.80", "8.00", "7.60", "7.10", "11.10", "7.40", "12.90", "9.40", "9.50"],
    2018: ["6.00", "10.00", "9.10", "6.90", "7.20", "9.40", "8.20", "11.80", "9.50", "8.00"],
    2019: ["5.30", "9.10", "9.30", "7.50", "8.50", "11.00", "11.40", "10.20", "8.50", "11.30"],
    2020: ["5.20", "6.10", "7.20", "8.50", "9.20", "10.10", "10.20", "10.80", "11.00", "11.20"],
}


@pytest.mark.parametrize(("year", "printed"), [(2017, "9.03"), (2018, "8.61"), (2019, "9.21"), (2020, "8.95")])
def test_the_printed_neighbour_means_are_reproduced(year, printed):
    assert judge(read(printed, prose=False), mean(of(rate) for rate in TEN[year])) is Verdict.REPRODUCED


@pytest.mark.parametrize(
    ("printed", "computed", "verdict"),
    [
        ("2205", of("6866") - of("4662"), "differs"),
        ("2204", of("6866") - of("4662"), "reproduced"),
        ("63.6%", per_cent_change(of("159"), of("97")), "differs"),
        ("63.9%", per_cent_change(of("159"), of("97")), "reproduced"),
        # A half falls either way: the other way is within half a unit.
        ("2.2", exactly(Fraction("2.25")), "reproduced to rounding"),
        ("2.3", exactly(Fraction("2.25")), "reproduced"),
        # 8.5 and 9.0 to one decimal allow a mean of 8.70 to 8.80.
        ("8.79", mean([of("8.5"), of("9.0")]), "reproduced to rounding"),
        ("8.81", mean([of("8.5"), of("9.0")]), "differs"),
        ("0", of("5") - of("5"), "reproduced"),
        ("-17", of("129") - of("146"), "reproduced"),
        ("17", of("129") - of("146"), "differs"),
    ],
)
def test_a_number_stands_at_its_precision_within_the_rounding_of_its_inputs_or_not(printed, computed, verdict):
    assert judge(read(printed, prose=False), computed) == verdict


@pytest.mark.parametrize(
    ("words", "computed", "verdict"),
    [
        ("up to 50% higher", 104.3, "differs"),
        ("over 50% higher", 104.3, "differs"),
        ("over 50% higher", 51.2, "reproduced"),
        ("over 50% higher", 50.0, "differs"),
        ("over 50% higher", 49.9, "differs"),
        ("at least a third of children", 34.0, "reproduced"),
        ("at least a third of children", 33.0, "differs"),
        ("almost 50%", 47.6, "reproduced"),
        ("almost 50%", 50.0, "reproduced"),
        ("almost 50%", 46.5, "differs"),
        ("nearly 300 pupils", 301, "differs"),
        ("less than £2,500", 2500, "differs"),
        ("less than £2,500", 2400, "reproduced"),
        ("less than £2,500", 1618, "differs"),
        ("up to 40 places", 40, "reproduced"),
        ("up to 40 places", 37, "differs"),
        ("around 100 higher", 105, "reproduced"),
        ("around 100 higher", 106, "differs"),
        ("around £2M", 1_900_000, "reproduced"),
        ("around £2M", 1_510_000, "differs"),
        ("around £2M", 2_490_000, "differs"),
    ],
)
def test_a_hedge_allows_five_per_cent_on_the_side_it_says(words, computed, verdict):
    assert judge(read(words, prose=True, unit="per cent" if "third" in words else ""), exactly(computed)) == verdict


@pytest.mark.parametrize(
    ("words", "computed", "verdict"),
    [
        ("10 per 10,000", 8.00, "differs"),
        ("10 per 10,000", 9.6, "reproduced"),
        ("30 placements", 26, "differs"),
        ("£400", 351, "differs"),
        ("£400", 399.6, "reproduced"),
        ("£16m", 15_600_000, "reproduced"),
        ("£16m", 17_622_360, "differs"),
        ("2200 more EHCPs", 2204, "differs"),
    ],
)
def test_zeros_at_the_end_of_a_number_are_digits_like_any_other(words, computed, verdict):
    unit = "per 10,000 children" if "per" in words else ""
    assert judge(read(words, prose=True, unit=unit), exactly(computed)) == verdict


@pytest.mark.parametrize(
    ("words", "computed", "verdict"),
    [
        ("up to 50% higher", 104.3, "differs"),
        ("up to 50% higher", 20, "reproduced"),
        ("over 50% higher", 104.3, "reproduced"),
        ("over 50% higher", 50, "differs"),
        ("at least a third of children", 67.3, "reproduced"),
        ("less than £2,500", 1618, "reproduced"),
        ("almost 50%", 30, "differs"),
        ("around 50%", 60, "differs"),
    ],
)
def test_a_claim_about_a_bound_leaves_the_other_side_open(words, computed, verdict):
    reading = read(words, prose=True, unit="per cent" if "third" in words else "")
    assert judge(replace(reading, bound=True), exactly(computed)) == verdict


def test_a_claim_that_rounding_alone_could_make_true_is_reproduced_to_rounding():
    share = of("£16m", prose=True) / of("£26.96m", prose=True) * 100
    assert judge(read("more than (60%)", prose=True), share) is Verdict.TO_ROUNDING


def test_comparisons_are_judged_as_they_hold():
    nothing = read("", prose=True)
    assert judge(nothing, exactly(3).over(2)) is Verdict.REPRODUCED
    assert judge(nothing, exactly(3).under(2)) is Verdict.DIFFERS


def test_a_misprint_is_unreadable_and_a_figure_without_inputs_cannot_be_recomputed():
    assert judge(read("29.£%", prose=False), exactly(29.3)) is Verdict.UNREADABLE
    assert judge(read("41.5%", prose=False), None) is Verdict.CANNOT


@given(st.integers(-(10**6), 10**6), st.integers(0, 4))
def test_what_is_printed_from_a_value_is_always_reproduced_and_one_unit_off_never(thousandths, decimals):
    value = Fraction(thousandths, 1000)
    step = Fraction(1, 10**decimals)
    from casebook.reconcile.quantities import shown

    printed = read(shown(value, step), prose=False)
    assert judge(printed, exactly(value)) is Verdict.REPRODUCED
    off = read(shown(value + 2 * step, step), prose=False)
    assert judge(off, exactly(value)) is Verdict.DIFFERS


def test_the_worst_verdict_counts():
    assert worst([Verdict.REPRODUCED, Verdict.TO_ROUNDING]) is Verdict.TO_ROUNDING
    assert worst([Verdict.REPRODUCED, Verdict.DIFFERS, Verdict.CANNOT]) is Verdict.DIFFERS
    assert [verdict for verdict in Verdict if verdict.stands] == [Verdict.REPRODUCED, Verdict.TO_ROUNDING]


def test_a_number_one_step_beside_the_right_one_is_no_work_of_a_coarse_rates_rounding():
    def cell(printed):
        return of(printed, cell=Cell("gains", (), printed))

    gain = cell("283.281") * cell("1.1")
    # 311.6091; a rise of 1.09 or 1.11 would move it by three.
    assert judge(read("311.61", prose=False), gain) == Verdict.REPRODUCED
    assert judge(read("311.60", prose=False), gain) == Verdict.DIFFERS
    assert judge(read("311.05", prose=False), gain) == Verdict.TO_ROUNDING
    # The number before is rounded as finely itself, which may move the last digit.
    assert judge(read("311.610", prose=False), gain) == Verdict.TO_ROUNDING
    # Two coarse inputs heap up what they allow about the middle, so that one beside it says little.
    both = cell("375,000") * cell("7.5") / cell("2.5")
    assert judge(read("1,125,001", prose=False), both) == Verdict.TO_ROUNDING
