"""The five-year budget, by calculations of their own from what the paper prints."""

import pytest

from casebook import ledger, sections, tables
from casebook.errors import InputError

REQUIRED = [37_169, 23_614, 14_221, 3_862, 5_951]
GAPS = [5_540, 17_941, 12_459, 3_080, 5_660]
INFLATION, DEMAND = [4_506, 5_079, 4_769, 4_776, 4_747], [6_962, 7_380, 7_850, 7_891, 8_686]
# 886 + 400 + 367 + 3,612 + 108 + 1,175 + 1,200 + 25 + 1,100 + 95 + 340 + 3,770 + 50 + 63 + 4 + 84 + 18, and so on.
PRESSURES = [13_297, 8_030, 5_245, 1_324, 174]


def read(altered=None, tax=None):
    frame = tables.read("five_year_budget")
    if altered is not None:
        described = frame.attrs["table"]
        frame = altered(frame.copy())
        frame.attrs["table"] = described
    return ledger.read(frame, "Cambridgeshire", tax)


def test_each_year_is_what_the_paper_prints_and_its_pressures_are_added_up():
    by_year = read().by_year / 1000
    assert by_year["requirement"].tolist() == REQUIRED and by_year["gap"].tolist() == GAPS
    assert by_year["inflation"].tolist() == INFLATION and by_year["demand"].tolist() == DEMAND
    assert by_year["pressure"].tolist() == PRESSURES
    costs = [sum(three) for three in zip(INFLATION, DEMAND, PRESSURES, strict=True)]
    assert by_year["unexplained"].tolist() == [needed - added for needed, added in zip(REQUIRED, costs, strict=True)]


def test_the_services_and_the_pressures_are_what_the_causes_add_up_to():
    of = read()
    assert of.by_service["all"].sum() == of.total("costs").value == pytest.approx(90_716_000)
    assert of.by_service.index[0] == "People and Communities"
    assert of.passing == ["ETE: Cambridgeshire and Peterborough Minerals and Waste Local Plan", "ETE: Guided Busway Defects"]  # fmt: skip


def test_the_summary_says_what_must_be_saved_what_is_missing_and_what_to_ask():
    assert read().summary == (
        "To balance its budget the council had to save or earn £84.8 million over five years, £37.2 million of it in 2018/19.",
        "For £44.7 million of that (53%) nothing had been found, £17.9 million of it in 2019/20.",
        "How much government funding is lost in 2018/19, when £12.4 million more must be saved than costs rise by?",
    )


def test_council_tax_closes_what_its_per_cents_bring_and_the_precept_ends():
    taxed = read().with_tax / 1000
    assert taxed["raised"].tolist() == pytest.approx([gap - 1.99 * 2_500 for gap in GAPS])
    assert taxed["closes"].mul(1000).tolist() == pytest.approx([gap / 2_500 for gap in GAPS])
    # 2% is counted on in each year, and confirmed for the first two.
    assert (taxed["without"] - taxed["raised"]).tolist() == pytest.approx([0, 0, 5_000, 5_000, 5_000])
    assert read(tax=4).with_tax["raised"].sum() == pytest.approx(44_680_000 - 5 * 4 * 2_500_000)
    assert read(tax=4).findings[-1].text == "Council tax 4.00% higher in each year would close the gap over five years."


def test_prices_are_those_of_the_first_year_by_the_papers_own_index():
    real = read().in_first_prices["requirement"] / 1000
    assert real.tolist() == pytest.approx([one / 1.02**years for years, one in enumerate(REQUIRED)])
    assert "all that must be saved is £83.1 million, and the gap is £43.2 million" in sections.besides(read()).said


def test_the_reason_that_the_paper_gives_is_told_with_what_it_leaves_out():
    assert read().explained.endswith("The paper names less government funding as a reason, but no amount.")


def test_what_is_explained_in_full_is_not_asked_for():
    of = read(lambda frame: frame.assign(amount=frame["amount"].where(frame["kind"] != "demand", 60_000.0)))
    assert of.question == "Where will £17.9 million be found for 2019/20?"
    assert "less must be saved than" in of.unexplained and of.findings[2].text == of.unexplained


def test_the_chart_says_in_which_years_most_is_missing():
    assert sections.where_things_stand(read()).chart.title == (
        "From 2019/20 on most of what must be saved had not been found."
    )
    found = read(lambda frame: frame.assign(amount=frame["amount"].where(frame["kind"] != "saving", -30_000.0)))
    assert sections.where_things_stand(found).chart.title == "In each year most of it had been found."


def test_a_budget_without_what_one_per_cent_of_council_tax_brings_is_refused():
    with pytest.raises(
        InputError, match=r"five_year_budget.csv has no row of the kind council tax, which a budget needs"
    ):
        read(lambda frame: frame[frame["kind"] != "council tax"])
