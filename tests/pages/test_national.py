"""A report over all areas: ranks, the spread with its table, and who moved most."""

import statistics

import pytest
from bs4 import BeautifulSoup

from casebook.pack.models import Pack
from casebook.pages import gates, manifest, national, readability

AREAS = {"Essex": 12.5, "Kent": 10.0, "Leeds": 12.5, "Luton": 3.25, "Norfolk": 8.0, "Rutland": 21.0, "Bury": 9.0}

PERIODS = {"Hull": "March 2024"}


def pack_of(values: dict[str, float], **more) -> Pack:
    reports = [
        {
            "name": "care", "title": "Children in care", "area": area, "folder": area.lower(), "as_of": "31 March 2025",
            "status": "succeeded", "html": f"{area.lower()}/care.html", "notebook": f"{area.lower()}/care.ipynb",
            "finished": "now", "parameters": {},
            "headlines": [
                {"id": "rate", "text": f"The rate of {area} was {value}.", "value": value, "unit": "per 10,000 children",
                 "ranks": "rate", "period": PERIODS.get(area, "March 2025")},
                {"id": "same", "text": "Two is 2.", "value": 2, "unit": "one", "ranks": "same"},
                {"id": "hypothetical", "text": "It would take 900.", "value": 900 + value, "unit": "children"},
                {"id": "none", "text": "Nothing is known.", "value": None},
            ],
            "glance": {"finding": "It rose.", "good": "low", "of": "children in care", "trend": [[2024, 100], [2025, 100 + value]]},
        }
        for area, value in values.items()
    ]  # fmt: skip
    regions = dict.fromkeys(values, "East of England")
    return Pack.model_validate(
        {"areas": sorted(values), "regions": regions, "reports": reports, "published": "now", **more}
    )


@pytest.fixture(scope="module")
def page():
    return BeautifulSoup(national.pages(pack_of(AREAS))[0]["all-areas-care.html"], "lxml")


def rows(page, caption):
    table = next(one for one in page.find_all("table") if one.caption.text.startswith(caption))
    return [[cell.text for cell in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")]


def test_every_area_is_ranked_from_the_highest_equals_share_a_place_and_each_leads_to_its_page(page):
    found = rows(page, "Rate: all areas")
    assert [(area, place) for area, place, *_ in found] == [
        ("Rutland", "1"), ("Essex", "2"), ("Leeds", "2"), ("Kent", "4"), ("Bury", "5"), ("Norfolk", "6"), ("Luton", "7"),
    ]  # fmt: skip
    assert found[0][2:] == ["21", "East of England", "31 March 2025"]
    links = {link.text: link["href"] for link in page.select("table a")}
    assert links == {area: f"{area.lower()}/care.html" for area in AREAS}


def test_the_spread_is_said_drawn_and_tabled_alike(page):
    quarter, middle, three = statistics.quantiles(AREAS.values(), n=4, method="inclusive")
    said = (
        f"The middle is {middle:g}. At least a quarter of the 7 areas have {quarter:g} or less, and at least a quarter"
    )
    assert f"{said} {three:g} or more." in page.main.text
    assert sum(value <= quarter for value in AREAS.values()) >= 7 / 4 <= sum(value >= three for value in AREAS.values())
    table = [(float(low), float(high), int(count)) for low, high, count in rows(page, "Rate: how many areas")]
    assert [count for *_, count in table] == [
        sum(low <= value < high for value in AREAS.values()) for low, high, _ in table
    ]
    assert sum(count for *_, count in table) == len(AREAS)
    drawn = page.select_one("svg.spread")
    assert len(drawn.find_all("rect")) == len(table)
    assert "3 areas" not in drawn.title.text
    for low, high, count in table:
        assert (f"{low:g} to below {high:g}: {count} area" in drawn.desc.text) is (count > 0)


def test_who_moved_most_is_told_against_the_year_before(page):
    assert "From 2024 to 2025, of 7 areas 7 rose. Here low values are good." in page.main.text
    found = rows(page, "The 7 areas that moved furthest in per cent, from 2024 to 2025")
    assert found[0] == ["Rutland", "100", "121", "+21", "+21.0"]
    assert [area for area, *_ in found] == ["Rutland", "Essex", "Leeds", "Kent", "Bury", "Norfolk", "Luton"]


def test_a_number_that_is_the_same_everywhere_gets_a_sentence_and_no_chart(page):
    assert "It is 2 for all 7 areas." in page.main.text
    assert len(page.find_all("svg")) == 1


def test_the_page_passes_the_gates_reads_well_and_stands_in_the_pack_and_on_the_index(tmp_path):
    pack = manifest.write(tmp_path, pack_of(AREAS))
    (one,) = pack.compared
    assert (one.report, one.html, one.areas, [spread.id for spread in one.headlines]) == (
        "care", "all-areas-care.html", 7, ["rate", "same"]
    )  # fmt: skip
    assert (one.headlines[0].least, one.headlines[0].most) == (3.25, 21.0)
    page = (tmp_path / one.html).read_text(encoding="utf-8")
    assert list(gates.problems(page)) == []
    assert readability.of_pack(tmp_path) == []
    assert f'href="{one.html}"' in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_only_what_a_report_says_areas_are_to_be_ranked_by_is_ranked(page):
    assert [heading.text for heading in page.find_all("h2")] == ["Who moved most in the last year", "Rate", "Same"]
    assert "900" not in page.main.text and "Hypothetical" not in page.main.text


def test_an_area_whose_number_is_for_another_time_or_that_has_none_is_not_ranked_and_named():
    pack = pack_of(AREAS | {"Hull": 99.0, "Wigan": 5.0})
    wigan = next(report for report in pack.reports if report.area == "Wigan")
    bare = wigan.model_copy(update={"headlines": ()})
    pack = pack.model_copy(update={"reports": (*(one for one in pack.reports if one is not wigan), bare)})
    page = BeautifulSoup(national.pages(pack)[0]["all-areas-care.html"], "lxml")
    assert rows(page, "Rate: all areas")[0][0] == "Rutland"
    assert "Not ranked, because the number is for another time or in another unit: Hull." in page.main.text
    assert (
        "Not ranked, because the report has no such number, or too few stand behind it to judge: Wigan."
        in page.main.text
    )


def test_areas_level_with_the_last_named_are_counted_and_odd_moves_are_cautioned():
    level = {"Essex": 9.0, "Kent": 3.0, "Leeds": 3.0, "Luton": 3.0, "Norfolk": 3.0, "Rutland": 2.0, "Bury": 45.0}
    page = BeautifulSoup(national.pages(pack_of(level))[0]["all-areas-care.html"], "lxml")
    assert "The lowest: Rutland (2), Norfolk (3), Luton (3) and 2 more with 3." in page.main.text
    assert "Bury moved by more than 30% in one year. Such a move can come from how things are counted" in page.main.text


def test_a_report_with_nothing_to_rank_by_has_no_page_about_all_areas():
    pack = pack_of(AREAS)
    bare = [report.model_copy(update={"headlines": (), "glance": None}) for report in pack.reports]
    assert national.pages(pack.model_copy(update={"reports": tuple(bare)})) == ({}, ())


def test_of_fewer_areas_nothing_is_ranked_and_a_page_of_more_before_is_gone(tmp_path):
    manifest.write(tmp_path, pack_of(AREAS))
    pack = manifest.write(tmp_path, pack_of({"Essex": 1.0, "Kent": 2.0}))
    assert pack.compared == ()
    assert not (tmp_path / "all-areas-care.html").exists()
