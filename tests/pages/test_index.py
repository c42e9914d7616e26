"""The pages that list reports: one for a small pack, one for each area of a large one, and small enough to be published."""

import json

import pytest
from bs4 import BeautifulSoup

from casebook.pack.models import Pack
from casebook.pages import gates, manifest


def pack_of(areas: dict[str, int]) -> Pack:
    """A pack of so many reports for each area, each with a long headline, all new and with one failed in ten."""
    reports = [
        {
            "name": f"report-{number}", "title": f"Care applications and children in care, part {number}", "area": area,
            "folder": area.lower(), "as_of": "31 March 2020", "status": "succeeded",
            "html": f"{area.lower()}/report-{number}.html", "notebook": f"{area.lower()}/report-{number}.ipynb",
            "spreadsheet": f"{area.lower()}/report-{number}.xlsx", "finished": "24 November 2026 at 10:00", "parameters": {},
            "headlines": [{"id": "x", "text": "The rate fell from 12.00 to 8.00 in three years. " * 8, "value": 8.0}],
        }
        for area, count in areas.items()
        for number in range(1, count + 1)
    ]  # fmt: skip
    return Pack.model_validate({
        "reports": reports, "published": "24 November 2026 at 10:00", "reconciliation": [], "before": False,
        "changes": [{"kind": "new", "report": one["name"], "what": one["title"], "area": one["area"]} for one in reports],
        "failed": [
            {"name": one["name"], "title": one["title"], "area": one["area"], "status": "failed", "said": "x" * 500, "kept": True}
            for one in reports[::10]
        ],
    })  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(
    "areas", [{"Essex": 2000}, {f"Area{number}": 20 for number in range(100)}, {"Essex": 1999, "Luton": 1}]
)
def test_two_thousand_reports_can_be_published_and_each_is_found_from_the_index(tmp_path, areas):
    pack = pack_of(areas)
    manifest.write(tmp_path, pack)
    pages = {
        path.relative_to(tmp_path).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")
        for path in tmp_path.rglob("index*.html")
    }
    for path in tmp_path.rglob("*.html"):
        assert list(gates.problems(path.read_text(encoding="utf-8"))) == []
    folders = {one.folder for one in pack.reports}
    led_to = {link["href"] for link in pages["index.html"].select("main .areas a")}
    assert led_to == {f"{folder}/index.html" for folder in folders}
    listed = [link["href"] for page in pages.values() for link in page.select("main h3 a")]
    assert sorted(listed) == sorted(f"../{one.html}" for one in pack.reports)
    for folder in folders:
        own = {name.partition("/")[2] for name in pages if name.startswith(f"{folder}/")}
        assert own - {"index.html"} <= {link["href"] for link in pages[f"{folder}/index.html"].select("main a")}
        assert own == set(json.loads((tmp_path / folder / "pack.json").read_text(encoding="utf-8"))["files"])
    assert "and 1,994 more." in pages["index.html"].get_text()


def test_pages_of_a_larger_pack_before_it_are_gone(tmp_path):
    manifest.write(tmp_path, pack_of({"Essex": 300, "Luton": 1}))
    assert {path.name for path in (tmp_path / "essex").glob("index*")} == {"index.html", "index-2.html"}
    (tmp_path / "essex" / "index-of-mine.html").write_text("somebody's own")
    manifest.write(tmp_path, pack_of({"Essex": 9}))
    assert {path.name for path in (tmp_path / "essex").glob("index*")} == {"index.html", "index-of-mine.html"}


@pytest.mark.parametrize("character", ["'", "é"])
def test_long_messages_of_many_reports_that_failed_fit_on_the_index_and_say_where_the_rest_is(tmp_path, character):
    pack = pack_of({"Essex": 200})
    said = tuple(one.model_copy(update={"said": character * 1000}) for one in pack.failed) * 10
    manifest.write(tmp_path, pack.model_copy(update={"failed": said}))
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert list(gates.problems(index)) == []
    assert index.count("the notebook in .casebook/failed has it all") == 200
    manifest.write(tmp_path, pack.model_copy(update={"failed": said[:3]}))
    assert "has it all" not in (tmp_path / "index.html").read_text(encoding="utf-8")


def glanced(name, **glance):
    entry = pack_of({"Essex": 1}).reports[0].model_dump()
    return {**entry, "name": name, "title": name.capitalize(), "html": f"essex/{name}.html", "glance": {"finding": f"Finding of {name}.", **glance}}  # fmt: skip


def index_of(folder, **more):
    pack = pack_of({"Essex": 1}).model_dump() | {"failed": [], "changes": [], "before": True, "areas": ["Essex"]} | more
    manifest.write(folder, Pack.model_validate(pack))
    return BeautifulSoup((folder / "index.html").read_text(encoding="utf-8"), "lxml")


def test_the_story_has_at_most_five_sentences_and_names_what_is_worst_first(tmp_path):
    reports = [
        glanced("fine", better=["goal met"]),
        *(glanced(f"bad{n}", worse=["goal missed"] * n) for n in range(1, 5)),
    ]
    story = index_of(tmp_path, reports=reports).find(class_="story").text
    assert story == (
        "4 of 5 reports show something worse, or a reason for caution. "
        "Bad4: Finding of bad4. Bad3: Finding of bad3. Bad2: Finding of bad2. The other shows nothing that is judged worse."
    )


def test_a_card_says_in_words_and_shape_where_things_go_and_whether_that_is_well(tmp_path):
    trend = [(2023, 700.0), (2024, 631.0), (2025, 705.0)]
    card = index_of(
        tmp_path, reports=[glanced("care", trend=trend, of="children in care", good="low", better=["target met"])]
    ).select_one(".cards > li")
    assert [sign.text for sign in card.select(".sign")] == [
        "○ Better: target met",
        "▲ Up in the last year: getting worse",
    ]
    assert card.svg.desc.text == "children in care, value by value. 2023: 700, 2024: 631, 2025: 705."
    assert card.find(class_="trend").span.text == "Children in care: 700 in 2023, 705 in 2025."
    points = [tuple(map(float, point.split(","))) for point in card.polyline["points"].split()]
    # The picture is that of the values: the second lowest on the page, the last highest.
    assert max(y for _, y in points) == points[1][1]
    assert min(y for _, y in points) == points[2][1]


def test_what_changed_stands_at_the_top_with_report_figure_before_after_and_why(tmp_path):
    change = {"report": "care", "area": "Essex", "kind": "headline", "id": "x", "what": "It rose.", "before": -0.95, "after": -1.65,
              "unit": "points", "why": "new parameters"}  # fmt: skip
    page = index_of(tmp_path, reports=[glanced("care")], changes=[change])
    assert page.h2.text == "What changed since the last pack"
    cells = [cell.text for cell in page.select("tbody tr > *")]
    assert cells == ["Care", "It rose.", "-0.95 points", "-1.65 points", "New parameters"]
    assert page.select_one("tbody a")["href"] == "essex/care.html#headline-x"
    many = index_of(tmp_path, reports=[glanced("care")], changes=[change] * 7)
    assert many.select_one("details summary").text == "7 findings or verdicts changed"


def test_new_data_that_moved_nothing_is_said_in_a_sentence_without_hashes(tmp_path):
    change = {
        "report": "care",
        "area": "Essex",
        "kind": "input",
        "what": "care_rates",
        "before": "a" * 12,
        "after": "b" * 12,
    }
    text = index_of(tmp_path, reports=[glanced("care")], changes=[change]).get_text()
    assert "Made from new data, with the same findings: Care." in text
    assert "a" * 12 not in text
