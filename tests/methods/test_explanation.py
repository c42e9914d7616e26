"""Hypotheses: each kind is found where it applies, and nothing is found where none does."""

from fractions import Fraction

import pytest

from casebook.methods.explanation import Surroundings, digits_relation, hypotheses, joined, keeps_others, unreadable
from casebook.methods.quantities import Cell, exactly, of, per_cent_change, read, total


def cell(printed, row, column="children"):
    return of(printed, cell=Cell("t", (row,), column, f"{row} {column}"))


def why(printed, computed, prose=False, **known):
    return hypotheses(read(printed, prose=prose), computed, Surroundings(**known))


def test_a_cell_copied_from_its_neighbour():
    found = why("408000", exactly(0), neighbours={"the cell beside it": of("408000")})
    assert found[0] == "It may be copied from the cell beside it, which holds the same 408,000."


def test_two_digits_exchanged():
    assert why("17,137", exactly(17316.8)) == ["Two digits may be exchanged: 17,137 for 17,317."]


def test_one_digit_mistaken():
    assert why("63.6%", exactly(63.917)) == ["One digit may be mistaken: 63.6 for 63.9."]


@pytest.mark.parametrize(
    ("printed", "right", "words"),
    [
        ("12,345", 1245, "One digit may be too many"),
        ("1245", 12345, "One digit may be left out"),
        ("-151", 151, "The sign may be wrong"),
        ("8.95", 0.0895, "The decimal point may be shifted"),
    ],
)
def test_other_slips_of_the_pen(printed, right, words):
    assert why(printed, exactly(right))[0].startswith(words)


def test_two_figures_of_two_digits_are_not_called_a_slip():
    assert why("16", exactly(18)) == []


def test_a_number_cut_off_instead_of_rounded():
    assert why("63%", exactly(63.917), prose=True) == ["It may be cut off instead of rounded: 63.917 becomes 63."]


def test_a_whole_number_is_not_said_to_be_rounded():
    assert not any("rounded" in one for one in why("2205", exactly(2204)))


def test_another_year_as_the_base():
    before, after = cell("16,056", "2021"), cell("17,430", "2031")
    other = {before.cell: [(-1, Cell("t", ("2016",), "children", "2016 children"), of("14,738"))]}
    found = why("over 18%", per_cent_change(after, before), prose=True, siblings=lambda where: other.get(where, []))
    assert found == ["It would follow with 2016 children (14,738) in place of 2021 children (16,056)."]


def test_a_whole_row_shifted_by_one():
    first, second = cell("10", "a", "x"), cell("20", "a", "y")
    below = {"x": of("100"), "y": of("230")}
    siblings = lambda where: [(1, Cell("t", ("b",), where.column, f"b {where.column}"), below[where.column])]  # noqa: E731
    assert why("330", total([first, second]), siblings=siblings) == [
        "It would follow with the inputs one row further down: b x in place of a x."
    ]


def test_another_base_named_by_the_notebook():
    found = why("£16m", exactly(17_622_360), prose=True, others={"with the pupils counted elsewhere": 15_750_000})
    assert found == ["It would follow with the pupils counted elsewhere (15,750,000)."]


def test_a_misprinted_part_of_a_total():
    parts = [cell("57,670", "2036", "0-4"), cell("121,690", "2036", "5-14"), cell("36,830", "2036", "15-17")]
    assert why("216,460", total(parts)) == [
        "Perhaps an input is misprinted, two digits exchanged: it would follow with 121,960 in place of 121,690 (2036 5-14)."
    ]


def test_a_number_that_a_nearby_input_gives():
    change = (cell("780", "April") - cell("770", "May")) * 850 * 44
    assert any("782 in place of 780" in one for one in why("448800", change))


def test_an_input_is_not_suspected_if_other_figures_need_it_as_it_is():
    parts = [cell("58,810", "2016", "0-4"), cell("101,870", "2016", "5-14"), cell("28,550", "2016", "15-17")]
    other = (read("58,810", prose=False), parts[0] + 0)
    found = why("184,230", total(parts), keeps=keeps_others([other]))
    assert not any("53,810" in one for one in found)
    assert any("23,550" in one for one in found)


def test_inputs_are_suspected_first_where_other_figures_follow_from_the_figure_as_printed():
    parts = [cell("58,810", "2016", "0-4"), cell("101,870", "2016", "5-14"), cell("28,550", "2016", "15-17")]
    assert why("184,230", total(parts))[0].startswith("One digit may be mistaken")
    assert why("184,230", total(parts), relied_on=5)[0].startswith("5 other printed figures follow from it as printed")


@pytest.mark.parametrize(
    ("printed", "right", "found"), [("29.£%", 29.26, 1), ("29.£%", 28.1, 0), ("2£.4%", 23.41, 1), ("n/a", 5, 0)]
)
def test_a_key_pressed_with_the_shift_key(printed, right, found):
    assert len(unreadable(printed, exactly(right), Fraction(1, 10))) == found


def test_nothing_is_made_up_where_nothing_fits():
    assert why("333", cell("280", "now") * of("216,460") / of("200,700")) == []
    assert joined([]) == ""


def test_hypotheses_are_called_hypotheses():
    assert joined(["It may be."]) == "Hypothesis: It may be."
    assert joined(["One.", "Two."]) == "Hypotheses: One. Two."


@pytest.mark.parametrize(("wrong", "right"), [("5", "6"), ("63.6", "41.2"), ("100", "100")])
def test_numbers_without_a_single_slip_between_them_have_no_relation(wrong, right):
    assert digits_relation(wrong, right) == ""
