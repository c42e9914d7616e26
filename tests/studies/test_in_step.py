"""What goes in step with a forecast: multiplied by a calculation of its own, with its range, and refusals."""

import pandas as pd
import pytest

from casebook import in_step, sections, tables
from casebook.errors import InputError

NOW = pd.DataFrame({"year": [2025], "plans": [8007]})
TO_COME = pd.DataFrame(
    {"year": [2028, 2031], "central": [11058, 15272], "lower": [9828, 12820], "upper": [12442, 18194]}
)


def transport(altered=None):
    frame = tables.read("transport_demand")
    if altered is not None:
        described, frame = frame.attrs["table"], altered(frame.copy())
        frame.attrs["table"] = described
    return in_step.read(frame, "Cambridgeshire", in_step.from_forecast("plans", NOW, TO_COME, "a forecast"))


def disability(since=2021):
    children = tables.read("population_forecast", "Cambridgeshire").set_index("year")["age_0_17"]
    driver = in_step.from_table("children", children, since, "the paper")
    return in_step.read(tables.read("disability"), "Cambridgeshire", driver)


def test_transport_is_the_share_times_the_price_times_the_plans_with_their_range():
    of = transport()
    share = 2500 / 6044  # both of autumn 2021
    assert of.path.loc[2031].tolist() == pytest.approx([n * share * 6300 for n in (15272, 12820, 18194)])
    assert of.verdict == (
        "Spending on special needs transport would be £39.8 million (£33.4 to £47.4 million) a year in 2031, against "
        "£20.9 million in 2025."
    )
    assert of.glance == "At 41% of plans: £39.8 million in 2031, against £20.9 million in 2025."
    assert len(of.glance.split()) <= 15


def test_the_papers_sum_rises_faster_than_its_plans_and_its_own_numbers_do_not():
    of = transport()
    assert of.rises == pytest.approx((26 / 16 - 1, 6866 / 4662 - 1))
    assert of.own.tolist() == pytest.approx([4662 * 0.6 * 6300, 6866 * 0.6 * 6300])
    assert of.cautions == ["the paper's sum rises faster than its plans"]


def test_those_whom_the_paper_counts_go_before_its_share_and_both_are_told_with_their_dates():
    of = transport()
    assert of.share == pytest.approx((1400 + 300 + 800) / 6044)
    counted = next(one for one in of.findings if one.id == "counted")
    assert counted.text == (
        f"With the 60% that the paper states it would be £{15272 * 0.6 * 6300 / 1e6:.1f} million in 2031, against "
        f"£{8007 * 0.6 * 6300 / 1e6:.1f} million."
    )
    assert counted.basis == "The paper counts 2,500 in 2021: 41% of its 6,044 plans of then, 54% of the 4,662 of 2020."


def test_three_sums_are_said_to_be_too_few_for_a_forecast():
    pace = (26.96 / 18.3) ** (1 / 6) - 1
    assert transport().too_few.startswith("Of all school transport three sums are known, too few for a forecast")
    assert f"by {pace * 100:.1f}% a year, from £18.3 million to £27.0 million" in transport().too_few


def test_children_without_a_range_are_told_with_none():
    of = disability()
    assert of.path["central"].tolist() == pytest.approx([0.08 * n for n in (200_700, 215_000, 217_870, 216_460)])
    assert (
        of.verdict
        == "Children with a disability in Cambridgeshire and Peterborough would be 17,430 in 2031, against 16,056 in 2021."
    )
    assert "18% more; from 2021 to 2031 its children rise by 9%" in of.paper
    assert not of.driver.ranged and "nobody counted it" in of.too_few and of.other_share == ""
    assert "lower" not in sections.in_step(of).chart.columns


def test_the_chart_ends_where_the_paper_does_and_joins_its_two_years_by_the_same_growth():
    of = transport()
    shown = sections.in_step(of).chart.data
    assert shown["year"].tolist() == [2025, 2028, 2031]
    assert shown["paper"].iloc[0] == pytest.approx(16 * (26 / 16) ** 0.4) and shown["paper"].iloc[-1] == pytest.approx(
        26
    )


@pytest.mark.parametrize(
    ("altered", "said"),
    [
        (lambda frame: frame.drop(columns="kind"), "has no column kind"),
        (lambda frame: frame[frame["kind"] != "factor"], "too few rows of the kind factor, expected 1"),
        (lambda frame: frame[frame["id"] != "spent_2031"], "too few rows of the kind said, expected 2"),
    ],
)
def test_a_table_that_lacks_something_is_refused(altered, said):
    with pytest.raises(InputError, match=said):
        transport(altered)
