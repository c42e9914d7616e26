"""One number is written in one way: in a sentence, a table, a chart's label, a spreadsheet and a card of the index."""

import ast
import json
import re
from decimal import ROUND_HALF_UP, Decimal

import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.english import Change, Gap, Money, Number, Range, Rate, written
from casebook.methods import intervals
from casebook.pack.models import Glance
from casebook.pages import spark, spreadsheet
from casebook.report import charts
from casebook.report.blocks import make_table

# As printed: decimals, many of them a half of the last place.
VALUES = st.decimals(-2000, 2000, places=3, allow_nan=False).map(float) | st.integers(-4000, 4000).map(lambda n: n / 20)


def cell(tmp_path, value, spec):
    """What a spreadsheet holds of a value, and the format by which it shows it."""
    import xlsxwriter

    path = tmp_path / "one.xlsx"
    book = xlsxwriter.Workbook(str(path), spreadsheet.AS_TEXT)
    spreadsheet._Writer(book)._cell(book.add_worksheet("one"), 0, 0, value, spec)
    book.close()
    found = openpyxl.load_workbook(path)["one"]["A1"]
    return found.value, found.number_format


def as_shown(value, number_format):
    """Write a number as a spreadsheet does: half away from zero, on the decimal number that it shows."""
    places = len(number_format.partition(".")[2])
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    said = f"{rounded:{',' if ',' in number_format else ''}.{places}f}"
    return said if rounded else said.lstrip("-")


@settings(max_examples=60, deadline=None)
@given(VALUES, st.integers(0, 3))
def test_sentence_cell_chart_label_spreadsheet_and_card_write_one_number_alike(tmp_path_factory, value, decimals):
    number = Rate(value, decimals, "applications", "10,000 children")
    said = re.match(r"-?[\d,.]+", f"{number} {number.for_every}")[0]
    frame = pd.DataFrame({"area": ["Essex"], "value": [value]})
    table = make_table(frame, "Rates", {"area": "Area", "value": ("Rate", number.spec)})
    assert table.shown(table.rows[0])[1] == said
    drawn = charts.ranked_bars(pd.Series({"Essex": value}), "Essex", "Rate", {"England": value}, spec=number.spec)
    assert {mark.rpartition(": ")[2] for marks in drawn.told.values() for mark in marks} == {said}
    assert as_shown(*cell(tmp_path_factory.getbasetemp(), value, number.spec)) == said
    glance = Glance(finding="x", of="rate", trend=[("Essex", value)], here="Essex", format=number.spec)
    assert f"Essex {said}, of" in spark.words(glance)
    # The value itself is kept in full, for the CSV.
    assert table.rows[0][1] == value


FORMATTED = [
    *(ROOT / "casebook" / "studies").glob("*.py"), *(ROOT / "casebook" / "report").rglob("*.py"), *(ROOT / "notebooks").glob("*.ipynb"),
]  # fmt: skip


@pytest.mark.parametrize("path", FORMATTED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_sentence_rounds_by_itself(path):
    # f"{2.5:.0f}" is 2, and a table's 3.
    code = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        code = "\n".join("".join(cell["source"]) for cell in json.loads(code)["cells"] if cell["cell_type"] == "code")
    specs = [
        part.value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr)
        for part in node.format_spec.values
        if isinstance(part, ast.Constant)
    ]
    svg = path.name == "svg.py"  # coordinates, not figures
    assert svg or not [spec for spec in specs if re.fullmatch(r"[+,]*\.\d+[f%]", spec)]


@pytest.mark.parametrize(
    ("value", "spec", "said"),
    [
        (8.95, ",.1f", "9.0"),
        (8.85, ",.1f", "8.9"),
        (0.5, ",.0f", "1"),
        (2.5, ",.0f", "3"),
        (-2.5, "+,.0f", "-3"),
        (1234.5, ",.0f", "1,235"),
        (12 - 3.05, ",.1f", "9.0"),  # 8.95, but for what binary numbers leave of it
        (-0.04, "+,.1f", "0.0"),
        (0.125, ".0%", "13%"),
        (302.0, ",.0f", "302"),
        (1_965_000, "£", "£1.97 million"),
    ],
)
def test_halves_go_up_on_the_number_as_it_is_in_decimals(value, spec, said):
    assert written(value, spec) == said


def test_what_is_compared_is_written_with_the_decimals_of_the_measure():
    rate = Number(8, 1)
    assert str(Change(rate.like(11.95), rate.like(8.95))) == "fell from 12.0 to 9.0"
    assert str(Gap.between(rate, rate.like(8.95))) == "1.0 (11%) below"


@given(st.floats(-1e9, 1e9), st.floats(0.1, 1e6))
def test_an_estimate_and_its_limits_are_of_one_step_and_keep_their_order(middle, half):
    found = intervals.rounded(middle, middle - half, middle + half)
    assert found.lower <= found.value <= found.upper
    said = Range(*(Number(one, found.decimals) for one in (found.lower, found.upper, found.value)))
    assert "." not in str(said)


def test_halves_of_an_estimate_go_up_too():
    assert tuple(intervals.rounded(2.5, 1.5, 3.5)[:3]) == (3.0, 2.0, 4.0)
    assert intervals.rounded(-2.5, -12.5, 7.5).value == -3.0


def test_money_is_written_by_its_size_and_by_a_range_where_there_is_one():
    assert [str(Money(one)) for one in (849.5, 93_450, 2e6, 1_999_000, 12_345_000)] == [
        "£850", "£93,450", "£2 million", "£2.00 million", "£12.3 million",
    ]  # fmt: skip
    assert Range(Money(8.4e6, 1), Money(9.64e6, 1)).limits == "£8.4 to £9.6 million"
