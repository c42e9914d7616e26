"""How far inputs move a result, and the chart made of it."""

from casebook import sections
from casebook.english import Money, Number
from casebook.studies.sensitivity import Bar, Sensitivity

THERAPISTS = Number(10, 1, "therapists")


def moved(*bars, kind=THERAPISTS):
    return Sensitivity.of(
        kind, [Bar(what, f"the {what}", kind.like(one), kind.like(other)) for what, one, other in bars]
    )


def drawn(of):
    return sections.sensitivity(of, "Therapists needed", "Therapists needed in 2031; Essex.")


def test_the_widest_bar_stands_first_whichever_end_is_lower():
    of = moved(("price", 9, 11), ("caseload", 14, 7), ("wait", 10, 12))
    assert [bar.change for bar in of.bars] == ["caseload", "price", "wait"]
    assert of.frame.to_numpy().tolist() == [["caseload", 7, 14], ["price", 9, 11], ["wait", 10, 12]]


def test_the_title_says_what_moves_most_and_what_takes_it_lowest_if_that_is_another():
    assert drawn(moved(("caseload", 14, 7), ("price", 9, 11))).title == (
        "The caseload moves the result most, 7.0 to 14.0."
    )
    assert drawn(moved(("caseload", 14, 7), ("price", 6, 11))).title == (
        "The caseload moves the result most, 7.0 to 14.0; the price takes it lowest, to 6.0."
    )


def test_pounds_are_drawn_in_millions_and_tabled_in_pounds():
    chart = drawn(moved(("price", 2.2263e6, 3.1995e6), kind=Money(2.7129e6, 2)))
    written = [text.get_text() for text in chart.figure.axes[0].texts]
    assert [said for said in written if said[-1].isdigit()] == ["2.23", "3.20", "Central 2.71"]
    assert chart.columns["low"] == ("Low, pounds", ",.0f") and chart.data["high"].tolist() == [3.1995e6, 2.7129e6]
    assert chart.alt == "From £2.71 million. price: £2.23 to £3.20 million."
