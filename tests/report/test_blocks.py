"""Blocks refuse what a reader could not use, and escape what data contain."""

import json

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib.figure import Figure

from casebook import report
from casebook.english import Rate
from casebook.errors import InputError
from casebook.report import blocks
from casebook.report.blocks import Headline, make_table
from casebook.report.parts import Aside, Sheet

RATES = pd.DataFrame({"area": ["Essex", "Luton"], "rate": [1.234, np.nan]})
COLUMNS = {"area": "Area", "rate": ("Rate, per 10,000", ".1f")}
HOSTILE = "<script>alert('x')</script> \"onload=\" & \u202eevil \U0001f600" + "x" * 300


def chart():
    figure = Figure()
    figure.subplots().plot([1, 2], [3, 4])
    return figure


def test_a_table_has_a_caption_one_header_row_and_a_scope_on_every_header():
    page = BeautifulSoup(make_table(RATES, "Rates in 2020", COLUMNS).html(), "html5lib")
    assert page.caption.text == "Rates in 2020"
    assert [th["scope"] for th in page.thead("th")] == ["col", "col"]
    assert [th["scope"] for th in page.tbody("th")] == ["row", "row"]


def test_only_a_table_that_may_scroll_is_a_stop_of_the_tab_key():
    narrow = make_table(RATES, "Rates", COLUMNS).html()
    wide = make_table(RATES.assign(more=1), "Rates", {**COLUMNS, "more": "More"}).html()
    assert "tabindex" not in narrow
    assert wide.count('tabindex="0"') == 1


def test_a_missing_value_is_said_to_be_missing_and_why():
    table = make_table(RATES, "Rates", COLUMNS, missing="not collected")
    cells = [cell.text for cell in BeautifulSoup(table.html(), "html5lib").tbody("td")]
    assert cells == ["1.2", "[x]"]
    assert table.notes == ("[x] means not available: not collected.",)


def test_a_table_without_missing_values_explains_no_symbol():
    assert make_table(RATES.dropna(), "Rates", COLUMNS).notes == ()


def test_no_difference_has_no_sign():
    table = make_table(
        pd.DataFrame({"area": list("abcd"), "gap": [0.0, -0.04, 0.06, -1.0]}),
        "Gaps",
        {"area": "Area", "gap": ("Gap", "+.1f")},
    )
    assert [table.shown(row)[1] for row in table.rows] == ["0.0", "0.0", "+0.1", "-1.0"]


@pytest.mark.parametrize("caption", ["", "  "])
def test_a_table_without_a_caption_is_refused(caption):
    with pytest.raises(InputError, match="no caption"):
        report.table(RATES, caption=caption, columns=COLUMNS)


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(InputError, match="asks for the column 'rates', .* they have area, rate"):
        report.table(RATES, caption="Rates", columns={"rates": "Rates"})


@pytest.mark.parametrize("alt", ["", "Chart", "A line chart of rates."])
def test_a_chart_without_a_description_is_refused(alt):
    with pytest.raises(InputError, match="has the alt"):
        report.figure(chart(), title="Rates went up.", subtitle="Rates by area", alt=alt, data=RATES, columns=COLUMNS)


def test_a_chart_is_an_image_with_a_name_a_description_and_ids_of_its_own(capsys):
    data = make_table(RATES, "Data: rates", COLUMNS)
    one, two = (
        blocks.Figure(f"chart-{name}", "Rates went up.", "Rates by area", "From 3 to 4.", data,
                      report.svg.inline(chart(), f"chart-{name}", "Rates went up.", "From 3 to 4."))
        for name in ("one", "two")
    )  # fmt: skip
    page = BeautifulSoup(one.html() + two.html(), "html5lib")
    images = page("svg")
    assert [(image["role"], *image["class"]) for image in images] == [("img", "wide"), ("img", "narrow")] * 2
    for image in images:
        title, description = image["aria-labelledby"], image["aria-describedby"]
        assert page.find(id=title).text == "Rates went up."
        assert page.find(id=description).text == "From 3 to 4."
    inside = [tag["id"] for image in images for tag in image(id=True)]
    assert len(inside) == len(set(inside))


def test_text_in_a_chart_is_text():
    figure = Figure()
    figure.subplots().set_xlabel("Applications per 10,000 children")
    assert "Applications per 10,000 children</text>" in report.svg.inline(figure, "x", "t", "d")


def test_the_same_chart_is_the_same_svg_every_time():
    assert report.svg.inline(chart(), "x", "t", "d") == report.svg.inline(chart(), "x", "t", "d")


@pytest.mark.parametrize(
    "block",
    [
        Headline("x", HOSTILE, 1.0, "u"),
        blocks.Text((HOSTILE,)),
        blocks.Assumption(HOSTILE, "green", "low"),
        blocks.Title(HOSTILE, HOSTILE, HOSTILE),
        make_table(pd.DataFrame({"area": [HOSTILE]}), HOSTILE, {"area": HOSTILE}, notes=[HOSTILE]),
        blocks.Figure(
            "x",
            HOSTILE,
            HOSTILE,
            HOSTILE,
            make_table(RATES, "c", COLUMNS),
            report.svg.inline(chart(), "x", HOSTILE, HOSTILE),
        ),
    ],
    ids=lambda block: block.kind,
)
def test_hostile_text_is_shown_and_never_obeyed(block):
    page = BeautifulSoup(block.html(), "html5lib")
    assert not page("script")
    assert not [tag for tag in page(True) if any(name.startswith("on") for name in tag.attrs)]
    assert HOSTILE in page.get_text()


def test_a_forgotten_f_is_told():
    for call in (lambda said: report.headline("x", said, value=1, unit="u"), report.text):
        with pytest.raises(InputError, match="would say '{': 'It is {rate}.'; write f before the quotation mark"):
            call("It is {rate}.")


@pytest.mark.parametrize("said", ["It is nan.", "It rose to None.", "An area of {area", "It grew by inf%."])
def test_no_text_title_or_description_says_what_is_no_word(said):
    figure = {"title": "A title with its finding", "subtitle": "Measure, unit, area", "alt": "Rates fall. " * 5}
    data = {"data": pd.DataFrame({"a": [1]}), "columns": {"a": "A"}}
    for call in (
        lambda: report.headline("gap", said, value=1, unit="children"),
        lambda: report.text(said),
        lambda: report.title(said, area="Essex", as_of="2020"),
        *(lambda name=name: report.figure(chart(), **figure | {name: figure[name] + said}, **data) for name in figure),
    ):
        with pytest.raises(InputError, match="would say"):
            call()


def test_a_value_brings_its_unit_to_a_headline(monkeypatch):
    shown = []
    monkeypatch.setattr(blocks.Headline, "show", lambda block: shown.append((block.text, block.value, block.unit)))
    rate = Rate(8.04, 2, "applications", "10,000 children")
    report.headline("rate", f"The rate\n  is {rate}.", value=rate)
    assert shown == [("The rate is 8.04.", 8.04, "applications for every 10,000 children")]
    with pytest.raises(InputError, match="The headline 'n' follows 3 and has no unit"):
        report.headline("n", "Three.", value=3)


def test_an_assumption_says_where_it_is_from_and_what_it_changes():
    block = blocks.Assumption(
        "Growth goes on.", "amber", "high", "what happened to 2025", "Without it there would be 8,007."
    )
    assert block.plain() == (
        "Growth goes on. (quality amber: what happened to 2025, impact high. Without it there would be 8,007.)"
    )
    cells = [cell.get_text() for cell in BeautifulSoup(block.html(), "html5lib")("td")]
    assert cells == ["amber: what happened to 2025", "high. Without it there would be 8,007."]
    with pytest.raises(InputError, match="would say 'nan'"):
        report.assumption("x", quality="green", impact="low", changes="It would be nan.")


def test_an_assumption_must_be_rated_in_the_words_of_the_house():
    with pytest.raises(InputError, match="quality is green, amber or red"):
        report.assumption("x", quality="good", impact="low")


def test_a_summary_may_name_a_place_with_a_full_stop_in_it(capsys):
    report.summary("In 2025 a week cost St. Helens £6,305.", "Why?")
    assert "St. Helens" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (["It rose."], "The summary has 1 sentence, expected two or three"),
        (["It rose."] * 3 + ["Why?"], "The summary has 4 sentences, expected two or three"),
        (["It rose " + "and rose " * 12, "Why?"], "Sentence 1 of the summary has 26 words, expected at most 25"),
        (["It rose. It fell.", "Why?"], "Sentence 1 of the summary is several"),
        (["It rose.", "It fell."], "expected a question"),
        (["It rose to nan.", "Why?"], "would say 'nan'"),
    ],
)
def test_a_summary_is_two_or_three_short_sentences_of_which_the_last_asks(said, words):
    with pytest.raises(InputError, match=words):
        report.summary(*said)


def test_a_summary_and_the_basis_of_a_headline_are_shown_as_said(monkeypatch):
    shown = []
    monkeypatch.setattr(blocks.Block, "show", lambda block: shown.append(block))  # noqa: PLW0108 - a method must be a function
    report.summary("The rate  rose to 7.6.", "Why?")
    report.headline("rate", "The rate rose.", basis="From 5.8 & less.", value=7.6, unit="per cent")
    assert shown[0].sentences == ("The rate rose to 7.6.", "Why?")
    assert "<strong>A question to ask:</strong> Why?" in shown[0].html()
    assert "<strong>The rate rose.</strong><br>From 5.8 &amp; less." in shown[1].html()
    with pytest.raises(InputError, match="The headline 'long' has 27 words, expected at most 25"):
        report.headline("long", "It rose and " + "rose and " * 12, value=1, unit="one")


def test_what_few_readers_need_is_folded_under_words_that_say_what_it_is(monkeypatch):
    shown = []
    monkeypatch.setattr(blocks.Block, "show", lambda block: shown.append(block))  # noqa: PLW0108 - a method must be a function
    frame = pd.DataFrame({"area": ["Essex"], "rate": [1.0]})
    report.show(
        Aside("Which average is used", ("The mean.",)),
        Sheet(frame, "Rates <2020>", {"area": "Area", "rate": "Rate"}, folded=True),
        Sheet(frame, "Rates again", {"area": "Area", "rate": "Rate"}),
    )
    said, table, open_table = (BeautifulSoup(block.html(), "html5lib") for block in shown)
    assert said.details.summary.text == "Which average is used"
    assert said.details.p.text == "The mean."
    assert table.details.summary.text == "Table: Rates <2020>"
    assert table.details.table.caption.text == "Rates <2020>"
    assert not open_table.details
    assert open_table.table.caption.text == "Rates again"
    assert blocks.Table.read(shown[1].payload()) == shown[1]


def test_what_is_kept_for_other_reports_is_json_whatever_is_missing(monkeypatch):
    kept = []
    monkeypatch.setattr(blocks.Block, "show", lambda block: kept.append(block))  # noqa: PLW0108 - a method must be a function
    frame = pd.DataFrame({"rate": [1.0, np.nan], "count": pd.array([1, None], "Int64"), "words": [None, "two"]})
    report.result("rows", frame)
    assert json.loads(json.dumps(kept[0].rows, allow_nan=False)) == [[1.0, 1, None], [None, None, "two"]]


def test_what_is_published_for_programs_is_an_object_a_row_of_the_columns_that_are_described(monkeypatch):
    kept = []
    monkeypatch.setattr(blocks.Block, "show", lambda block: kept.append(block))  # noqa: PLW0108 - a method must be a function
    frame = pd.DataFrame({"case": ["Beds", "Farms"], "asked": [387.0, np.nan], "inside": [1, 2], "pays": [True, None]})
    report.result("cases", frame, {"case": "Case", "pays": "Whether it pays", "asked": ("Asked for", "pounds")})
    assert kept[0].objects() == [
        {"case": "Beds", "pays": True, "asked": 387.0}, {"case": "Farms", "pays": None, "asked": None},
    ]  # fmt: skip
    assert blocks.Result.read(json.loads(json.dumps(kept[0].payload()))) == kept[0]
    with pytest.raises(
        InputError, match="publishes the column 'cost', which its data have 0 times; they have case, ask"
    ):
        report.result("cases", frame, {"cost": "Cost"})
    for column, value in (("case", "Beds"), ("pays", True)):
        with pytest.raises(
            InputError, match=f"publishes '{column}' and has {value!r} in it, which is no number of pounds"
        ):
            report.result("cases", frame, {column: ("Case", "pounds")})
    with pytest.raises(InputError, match="has inf in it, which no program can read"):
        report.result("cases", frame.assign(asked=float("inf")), {"asked": ("Asked for", "pounds")})
    with pytest.raises(InputError, match=r"has \['a'\] in it, which no program can read"):
        report.result("cases", frame.assign(case=[["a"], ["b"]]), {"case": "Case"})
    with pytest.raises(InputError, match="say what it holds or, for numbers, what it holds and the unit"):
        report.result("cases", frame, {"asked": ("Asked for", "pounds", "a year")})
    with pytest.raises(InputError, match="which its data have 2 times"):
        report.result("cases", pd.concat([frame, frame], axis=1), {"case": "Case"})


def test_what_is_no_part_of_a_section_is_refused_and_not_passed_over():
    with pytest.raises(InputError, match="found a DataFrame: a table is shown by report.table"):
        report.show(pd.DataFrame({"a": [1]}))
