"""Possible reasons: each kind is found where it applies, nothing where none does, and none costs the finding."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.reconcile import explanations
from casebook.reconcile.explanations import (
    Context,
    Known,
    digits_relation,
    grounds,
    hypotheses,
    joined,
    unreadable,
)
from casebook.reconcile.quantities import Cell, exactly, mean, of, per_cent_change, read, total


def cell(printed, row, column="children"):
    return of(printed, cell=Cell("t", (row,), column, f"{row} {column}"))


def why(printed, computed, prose=False, **known):
    return hypotheses(read(printed, prose=prose), computed, Context(**known))


def known(printed, computed, where=None):
    return Known(where, read(printed, prose=False), computed)


def next_to(rows):
    """The siblings of cells: by the row of a cell, which other row is which."""
    return lambda where: [
        (which, Cell("t", (row,), where.column, f"{row} {where.column}"), of(numbers[where.column]))
        for which, row, numbers in rows.get(where.row[0], [])
    ]


class TestSlips:
    def test_a_cell_copied_from_its_neighbour(self):
        found = why("408000", exactly(0), neighbours={"the cell beside it": of("408000")})
        assert found == ["It may be copied from the cell beside it, which holds the same 408,000."]

    def test_nothing_is_copied_from_a_cell_that_is_itself_wrong(self):
        beside = cell("408000", "a", "low")
        found = why(
            "408000", exactly(204000), neighbours={"the cell beside it": beside},
            figures=[known("408000", exactly(17), beside.cell)],
        )  # fmt: skip
        assert not any("copied" in one for one in found)

    def test_a_number_of_one_digit_beside_the_same_is_no_copy(self):
        assert why("5", exactly(3), neighbours={"the cell beside it": of("5")}) == []

    @pytest.mark.parametrize(
        ("printed", "right", "says"),
        [
            ("17,137", 17316.8, "Two digits may be exchanged: 17,137 for 17,317."),
            ("63.6%", 63.917, "One digit may be mistaken: 63.6 for 63.9."),
            ("12,345", 1245, "One digit may be too many: 12,345 for 1,245."),
            ("1245", 12345, "One digit may be left out: 1,245 for 12,345."),
            ("47", 470, "One digit may be left out: 47 for 470."),
            ("-151", 151, "The sign may be wrong: -151 for 151."),
            ("215", 215_000, "It may be 1,000 times too small: 215 for 215,000."),
            ("478,400", 478.4, "It may be 1,000 times too large: 478,400 for 478.4."),
            ("£22,000", 22, "It may be 1,000 times too large: 22,000 for 22."),
            ("8.95", 0.0895, "It may be 100 times too large: 8.95 for 0.0895."),
            ("180%", 25, None),
        ],
    )
    def test_slips_of_the_pen_are_told_with_both_numbers_whole(self, printed, right, says):
        assert why(printed, exactly(right)) == ([says] if says else [])

    def test_of_a_number_printed_in_two_places_either_may_be_wrong(self):
        assert why("6,044", cell("644", "elsewhere")) == [
            "One of the two may be misprinted, one digit too many or left out: 6,044 and 644."
        ]
        assert why("£16k", of("£16m", cell=cell("1", "a").cell)) == [
            "One of the two may be misprinted, 1,000 times the other: 16,000 and 16,000,000."
        ]

    def test_a_wrong_scale_in_words(self):
        assert why("from £16k", exactly(15_750_000), prose=True) == [
            "It may be 1,000 times too small: 16,000 for 15,750,000."
        ]

    def test_two_figures_of_two_digits_are_not_called_a_slip(self):
        assert why("16", exactly(18)) == []

    def test_a_number_cut_off_instead_of_rounded(self):
        change = per_cent_change(of("159"), of("97"))
        assert why("63%", change, prose=True) == ["It may be cut off instead of rounded: 63.9175 becomes 63."]

    @pytest.mark.parametrize(
        ("printed", "right"),
        [
            ("2205", total([cell("978", "a"), cell("601", "b"), cell("625", "c")])),
            ("63.6%", per_cent_change(cell("159", "2031"), cell("97", "2020"))),
        ],
    )
    def test_what_whole_numbers_before_they_were_rounded_give_is_no_digit_mistaken(self, printed, right):
        assert why(printed, right) == ["It may be calculated from numbers before they were rounded."]

    def test_what_numbers_with_decimals_do_not_give_is_not_said_to_be_rounded(self):
        assert not any("rounded" in one for one in why("13.6", cell("5.2", "a") + cell("8.1", "b")))

    def test_one_off_in_the_last_digit_is_no_digit_mistaken(self):
        assert why("2205", exactly(2204)) == []
        assert why("2207", exactly(2204)) == ["One digit may be mistaken: 2,207 for 2,204."]

    def test_a_whole_number_is_not_said_to_be_rounded(self):
        assert not any("rounded" in one for one in why("2205", exactly(2204)))


class TestAnotherBase:
    def test_a_change_in_per_cent_of_the_number_after_it(self):
        assert why("39.0", per_cent_change(of("159"), of("97"))) == [
            "It may be a percentage of 159, the number after the change, instead of 97, the one before."
        ]

    def test_a_share_of_the_rest_in_place_of_the_whole(self):
        assert why("31.6%", of("48") / of("200") * 100) == [
            "It may be a percentage of the rest, 200 less 48, instead of the whole."
        ]

    def test_what_is_no_percentage_has_no_base(self):
        assert why("1.33", of("1000") / of("1750")) == []
        assert why("1.75", of("1000") / of("1750")) == []

    def test_a_share_of_another_rows_total(self):
        share = cell("48", "boys", "now") / cell("200", "all", "now") * 100
        rows = {"all": [("of the next row", "everyone", {"now": "317"})]}
        assert why("15.1%", share, siblings=next_to(rows)) == [
            "It fits with everyone now (317) instead of all now (200)."
        ]

    def test_another_year_as_the_base(self):
        change = per_cent_change(cell("17,430", "2031"), cell("16,056", "2021"))
        rows = {"2021": [("of the year before", "2016", {"children": "14,738"})]}
        found = why("over 18%", change, prose=True, siblings=next_to(rows))
        assert found == ["It fits with 2016 children (14,738) instead of 2021 children (16,056)."]

    def test_the_next_months_fall(self):
        fall = (cell("740", "2020-08-31") - cell("730", "2020-09-30")) * 850 * 26
        rows = {
            "2020-08-31": [("of the next month", "2020-09-30", {"children": "730"})],
            "2020-09-30": [("of the next month", "2020-10-31", {"children": "715"})],
        }
        assert why("331500", fall, siblings=next_to(rows)) == [
            "It fits with the fall of the next month, 730 - 715, instead of 740 - 730."
        ]

    def test_the_next_months_fall_goes_before_a_copy_where_other_figures_have_it_too(self):
        children = {"2020-03-31": "780", "2020-04-30": "780", "2020-05-31": "770", "2020-06-30": "755"}
        days = list(children)
        rows = {day: [("of the next month", later, {"children": children[later]})] for day, later in pairwise(days)}
        falls = [(cell(children[a], a) - cell(children[b], b)) * 850 * 48 for a, b in pairwise(days)]
        beside = {"the cell before it": of("408000")}
        others = [known("612000", falls[1], Cell("t", ("May",), "cost"))]
        assert why("408000", falls[0], siblings=next_to(rows), neighbours=beside, figures=others) == [
            "This and one other figure that differs fit with the fall of the next month, 780 - 770, instead of "
            "780 - 780."
        ]
        assert why("408000", falls[0], siblings=next_to(rows), neighbours=beside) == [
            "It may be copied from the cell before it, which holds the same 408,000."
        ]

    def test_all_numbers_of_another_column(self):
        parts = [cell("120", "a"), cell("76", "b"), cell("301", "c")]
        rows = {
            row: [("of the column Adults", row, {"children": number})]
            for row, number in (("a", "512"), ("b", "87"), ("c", "644"))
        }
        assert why("1243", total(parts), siblings=next_to(rows)) == [
            "It fits with the numbers of the column Adults: a children instead of a children."
        ]

    def test_another_base_that_the_row_names(self):
        found = why("£16m", exactly(17_622_360), prose=True, others={"with the pupils counted elsewhere": 15_750_000})
        assert found == ["It fits with the pupils counted elsewhere: £15,750,000."]

    @pytest.mark.parametrize(
        ("printed", "other", "says"),
        [
            ("over 17%", 17.49, "17.5%"),
            ("by 2.5 households", 2.5, "2.5"),
            ("989", 989.1, "989.1"),
            ("£110,000", 110_000, "£110,000"),
        ],
    )
    def test_another_base_is_written_as_the_figure_is(self, printed, other, says):
        assert why(printed, exactly(1), prose=True, others={"by another way": other}) == [
            f"It fits by another way: {says}."
        ]


class TestParts:
    @pytest.mark.parametrize(
        ("printed", "work_out", "says"),
        [
            ("196", total, "A part may be left out: it fits without 301 (c children)."),
            ("617", total, "A part may be counted twice: it fits with 120 (a children) twice."),
            ("98.0", mean, "A part may be left out: it fits without 301 (c children)."),
        ],
    )
    def test_a_part_left_out_or_counted_twice(self, printed, work_out, says):
        assert why(printed, work_out([cell("120", "a"), cell("76", "b"), cell("301", "c")])) == [says]

    def test_a_mean_close_to_the_right_one_misses_no_part(self):
        rates = ["6.00", "10.00", "9.10", "6.90", "7.20", "9.40", "8.20", "11.80", "9.50", "8.00"]
        assert why("8.68", mean([cell(rate, str(at)) for at, rate in enumerate(rates)])) == [
            "One digit may be mistaken: 8.68 for 8.61."
        ]

    def test_a_part_left_out_of_a_sum_written_with_plus(self):
        parts = [cell("120", "a"), cell("76", "b"), cell("301", "c")]
        assert why("196", parts[0] + parts[1] + parts[2])[0].startswith("A part may be left out")

    def test_a_misprinted_part_of_a_total(self):
        parts = [cell("57,670", "2036", "0-4"), cell("121,690", "2036", "5-14"), cell("36,830", "2036", "15-17")]
        assert why("216,460", total(parts)) == [
            "An input may be misprinted, two digits exchanged: it fits with 121,960 instead of 121,690 (2036 5-14)."
        ]

    def test_one_misprint_that_explains_several_figures_is_told_alone(self):
        now, before = cell("987", "now"), cell("593", "before")
        change = [known("385", now - before), known("64.9", per_cent_change(now, before))]
        assert why("385", change[0].computed, figures=change[1:]) == [
            "An input may be misprinted, two digits exchanged: this and one other figure that differs fit with "
            "978 instead of 987 (now children)."
        ]

    def test_an_input_that_is_itself_worked_out_could_only_be_what_it_comes_to(self):
        parts = [cell("2475", "autism"), cell("1458", "mental health"), cell("2933", "others")]
        wrong = of("4391", cell=Cell("t", ("total",), "children", "total children"))
        change = per_cent_change(wrong, of("4662"))
        others = [known("4391", total(parts), wrong.cell), known("2204", wrong - of("4662"))]
        assert why("47%", change, prose=True, figures=others) == [
            "An input may be misprinted: this and 2 other figures that differ fit with 6,866 instead of 4391 "
            "(total children)."
        ]

    def test_a_number_in_place_of_a_difference(self):
        change = (cell("780", "April") - cell("770", "May")) * 850 * 44
        assert why("448800", change) == ["It fits with 12 instead of 780 - 770."]

    def test_a_number_of_another_size_is_not_put_in_place_of_an_input(self):
        assert why("6,300,000", cell("16000000", "spent") / cell("2,500", "pupils"), prose=True) == []

    def test_an_input_that_could_be_many_numbers_explains_nothing(self):
        assert why("50%", cell("350", "in-house") / cell("850", "agency") * 100) == []
        assert why("2,212", cell("978", "a") + cell("1,217", "b")) == []

    def test_an_input_is_not_suspected_if_other_figures_need_it_as_it_is(self):
        parts = [cell("58,810", "2016", "0-4"), cell("101,870", "2016", "5-14"), cell("28,550", "2016", "15-17")]
        total_cell = Cell("t", ("2016",), "0-17")
        others = [known("58,810", parts[0] + 0), known("14,738", of("184,230", cell=total_cell) * 0.08)]
        found = why("184,230", total(parts), cell=total_cell, figures=others)
        assert grounds(Context(total_cell, figures=others)) == (
            "It agrees with another printed figure, so an input is likelier to be wrong."
        )
        assert not any("53,810" in one for one in found)
        assert any("23,550" in one for one in found)

    def test_the_figure_is_suspected_first_where_no_other_follows_from_it(self):
        parts = [cell("58,810", "2016", "0-4"), cell("101,870", "2016", "5-14"), cell("28,550", "2016", "15-17")]
        assert why("184,230", total(parts))[0].startswith("One digit may be mistaken")


class TestNothing:
    def test_nothing_is_made_up_where_nothing_fits(self):
        assert why("333", cell("280", "now") * of("216,460") / of("200,700")) == []
        assert joined([]) == ""

    def test_a_claim_about_a_bound_is_not_explained(self):
        reading = replace(read("up to 50%", prose=True), bound=True)
        assert hypotheses(reading, exactly(500)) == []

    def test_an_explanation_that_fails_costs_itself_alone(self, monkeypatch):
        def fails(*_):
            raise OverflowError("integer division result too large for a float")

        monkeypatch.setattr(explanations, "IN_ORDER", (fails, *explanations.IN_ORDER))
        assert why("63.6%", exactly(63.917)) == ["One digit may be mistaken: 63.6 for 63.9."]

    @given(
        st.decimals(-(10**7), 10**7, places=1), st.lists(st.decimals(-(10**4), 10**4, places=1), min_size=3, max_size=3),
        st.sampled_from(["share", "change", "mean", "product", "sum", "shares of sums"]),
    )  # fmt: skip
    def test_no_hypothesis_fails_whatever_is_printed(self, printed, numbers, kind):
        a, b, c = (cell(str(one), str(at)) for at, one in enumerate(numbers))
        work_out = {
            "share": lambda: a / b * 100,
            "change": lambda: per_cent_change(a, b),
            "mean": lambda: mean([a, b, c]),
            "product": lambda: a * b.of_hundred() * c,
            "sum": lambda: a + b + c,
            "shares of sums": lambda: a / (a + b) * 100 - c,
        }[kind]
        try:
            computed = work_out()
        except ZeroDivisionError:
            return
        rows = {row: [("of the next row", "9", {"children": "0"})] for row in "012"}
        around = Context(siblings=next_to(rows), figures=[known("1", a - b)])
        for hypothesis in explanations.IN_ORDER:
            list(hypothesis(read(str(printed), prose=False), computed, around))


@pytest.mark.parametrize(
    ("printed", "right", "found"), [("29.£%", 29.26, 1), ("29.£%", 28.1, 0), ("2£.4%", 23.41, 1), ("n/a", 5, 0)]
)
def test_a_key_pressed_with_the_shift_key(printed, right, found):
    assert len(unreadable(printed, exactly(right), Fraction(1, 10))) == found


def test_hypotheses_are_called_hypotheses():
    assert joined(["It may be."]) == "Possible reason: It may be."
    assert joined(["One.", "Two."]) == "Possible reasons: One. Two."


def test_two_hypotheses_that_begin_alike_are_one_sentence():
    assert joined(["It fits with 12 instead of 10.", "It fits with 850 instead of 800."]) == (
        "Possible reason: It fits with 12 instead of 10, or with 850 instead of 800."
    )


@pytest.mark.parametrize(("wrong", "right"), [("5", "6"), ("63.6", "41.2"), ("100", "100")])
def test_numbers_without_a_single_slip_between_them_have_no_relation(wrong, right):
    assert digits_relation(wrong, right) == ""
