"""A schedule of savings as printed, and its sections."""

import pytest

from casebook import ledger, savings, sections, tables


@pytest.fixture
def schedule():
    return savings.schedule(tables.read("savings_schedule"))


def test_each_line_is_part_of_the_next_total_and_the_last_total_is_of_all(schedule):
    assert str(schedule.total) == "£328,000" and schedule.area == "Cambridgeshire" and schedule.period == "2022-23"
    sums = schedule.lines.groupby("heading")["amount"].sum()
    assert {heading: schedule.total_of(heading).value for heading in sums.index} == sums.to_dict()
    assert schedule.unlisted.value == 328_000 - sums.sum() == 57_000


def test_a_service_gives_up_the_sum_of_its_lines_and_a_share_of_their_total(schedule):
    assert schedule.by_service("All demand led services").to_dict() == {
        "Stop smoking service": 105_000, "Chlamydia Screening": 65_000, "Health Checks": 50_000
    }  # fmt: skip
    smoking = schedule.of("Stop smoking service")
    assert (str(smoking.total), str(smoking.heading_total), smoking.share.with_unit) == ("£105,000", "£220,000", "48%")
    assert not schedule.of("Libraries") and not schedule.of(None)


def test_lines_are_shown_with_their_sum_and_their_shares(schedule):
    section = sections.savings(schedule.of("Health Checks"), "Cambridgeshire")
    assert section.lines.frame["amount"].tolist() == [50_000, 50_000]
    assert section.lines.frame["share"].tolist() == pytest.approx([50 / 3.28, 50 / 3.28])
    assert (
        "service" not in section.lines.columns
        and "service" in sections.savings(schedule.all, "Cambridgeshire").lines.columns
    )
    assert "new budgets start on 1 April 2022" in section.about.paragraphs[0]
    chart = sections.savings_by_service(schedule, "All demand led services")
    assert chart.title == "Stop smoking service gives up most, £105,000 a year."
    assert chart.data["amount"].tolist() == [105, 65, 50]
    totals = sections.savings_totals(schedule)
    assert totals.frame["share"].iloc[-1] == 100 and totals.notes == (
        "£57,000 of all savings is given as a total without lines.",
    )


def test_a_line_that_stands_elsewhere_is_told_besides(schedule):
    fund = "Stop Smoking GP and Pharmacy Services"
    assert sections.savings(schedule.of("Stop smoking service"), "Cambridgeshire", fund).fund == (
        'The schedule also gives up £17,000 held for this service under "Contingency Fund": "Stop Smoking GP and Pharmacy '
        'Services". It is not part of the sum above.'
    )


def test_no_savings_of_another_area_and_of_no_service_are_shown(schedule):
    (elsewhere,) = sections.savings(schedule.of("Health Checks"), "Norfolk")
    assert elsewhere == "No savings schedule is held for Norfolk; the one that is held is Cambridgeshire's."
    (nothing,) = sections.savings(schedule.of(None), "Cambridgeshire")
    assert nothing == "The savings schedule for 2022-23 has no line for this service."


def test_the_schedule_is_a_ledger_that_says_what_it_takes_and_from_whom(schedule):
    of = ledger.read(tables.read("savings_schedule"), "Cambridgeshire")
    assert of.heading == "All demand led services" and of.largest.service == "Stop smoking service"
    assert [one.text for one in of.findings] == [
        "The 2022-23 schedule saves £328,000 every year: £220,000 from services paid for each use, and £108,000 from funds "
        "set aside.",
        'Of the three services paid for each use, "Stop smoking service" gives up the largest part: £105,000 of £220,000 '
        "(48%).",
    ]
    assert [one.value.value for one in of.findings] == [328_000, 105_000]
    assert sections.where_things_stand(of).chart.data["amount"].tolist() == [105, 65, 50]
    assert sections.behind(of).lines.frame["amount"].iloc[-1] == 271_000
    assert sections.besides(of).table.frame["share"].iloc[-1] == 100
