"""The spreadsheet of a report: every table, plain text, and nothing a formula."""

import dataclasses
import re
import shutil
import subprocess
import zipfile
from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from conftest import LONGEST

from casebook.data.provenance import Read
from casebook.pack.models import Published
from casebook.pack.record import Record
from casebook.pages import spreadsheet
from casebook.report.blocks import Assumption, Briefing, Column, Headline, Table, Title

HOSTILE = ["=1+1", "+1", "-x", "@SUM(A1)", '<script>alert("x")</script>', '"onload=', "a\u202eb", "N" * 300, "\U0001f600", "[x](http://x.org)", "$$note$$", "\x01"]  # fmt: skip


def record(cells):
    table = Table(
        "rates", "Rates", (Column("a", "Area"), Column("v", "Rate, per cent", ".1f", True)),
        (*((cell, 12.345) for cell in cells), ("none", None)), ("A note.",),
    )  # fmt: skip
    return Record(
        Title("Care", "Essex", "2020"),
        Briefing(("The rate is 12.3.", "Is it high?")),
        [Headline("h", "The rate is 12.3.", 12.3, "per cent")],
        [Assumption("Rates are as printed.", "green", "low")],
        [Read("rates", "Rates", "data/raw/rates.csv", "ab", 1, ("A paper",), "OGL")],
        [], [], [table],
    )  # fmt: skip


def typed(row):
    formats = ("", ",.1f", ".0%", "+.0f", "", "")
    columns = tuple(Column(f"c{n}", f"Column {n}", spec, bool(spec)) for n, spec in enumerate(formats))
    return dataclasses.replace(record([]), tables=[Table("kinds", "Kinds", columns, (row,))])


MADE = Published(
    name="care", title="Care", area="Essex", folder="essex", as_of="2020", status="succeeded", html="essex/care.html",
    notebook="essex/care.ipynb", finished="1 May 2026 at 09:00", headlines=(), parameters={}, built_from="from commit abc",
)  # fmt: skip


def sheets(path):
    return {name: frame.astype("object").fillna("").astype(str) for name, frame in pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl").items()}  # fmt: skip


def test_cover_contents_notes_and_every_table_are_there(tmp_path):
    path = tmp_path / "care.xlsx"
    spreadsheet.write(path, record(["Essex"]), [], MADE)
    found = sheets(path)
    assert list(found) == ["Cover", "Contents", "Notes", "1 Rates", "Assumptions", "Sources"]
    text = found["1 Rates"].to_string()
    assert "12.3" in text
    assert "12.345" not in text
    assert "[x]" in text
    assert "not available" in text
    assert "The rate is 12.3." in found["Cover"].to_string()
    assert "A note." in found["Notes"].to_string()


def test_nothing_in_the_data_becomes_a_formula_or_a_link(tmp_path):
    path = tmp_path / "care.xlsx"
    spreadsheet.write(path, record(HOSTILE), [], MADE)
    with zipfile.ZipFile(path) as parts:
        content = {
            name: parts.read(name).decode("utf-8", "replace")
            for name in parts.namelist()
            if name.endswith((".xml", ".rels"))
        }
    assert not any(re.search(r"<f[ >]", part) for name, part in content.items() if "/worksheets/" in name)
    assert not any("x.org" in part for name, part in content.items() if name.endswith(".rels"))
    shown = sheets(path)["1 Rates"].to_numpy().ravel().tolist()
    for cell in (
        "=1+1",
        "+1",
        "-x",
        "@SUM(A1)",
        '<script>alert("x")</script>',
        '"onload=',
        "a\u202eb",
        "N" * 300,
        "\U0001f600 (as printed)",
    ):
        assert cell in shown, cell


def test_numbers_are_numbers_as_the_page_shows_them_and_dates_are_dates(tmp_path):
    path = tmp_path / "care.xlsx"
    spreadsheet.write(path, typed(("31 March 2020", 1234.56, 0.25, -3.0, "£1,500", "000")), [], MADE)
    sheet = openpyxl.load_workbook(path)["1 Kinds"]
    day, children, share, change, printed, paper = sheet[6]
    spreadsheet.write(path, typed(("1 May 2020", 1.0, 0.1, 1.0, "-£380", "£-1,200")), [], MADE)
    assert [cell.value for cell in openpyxl.load_workbook(path)["1 Kinds"][6][4:]] == [-380, -1200]
    assert (day.value, day.number_format) == (datetime(2020, 3, 31), "d mmmm yyyy")
    assert (children.value, children.number_format) == (1234.6, "#,##0.0")
    assert (share.value, share.number_format) == (0.25, "0%")
    assert (change.value, change.number_format) == (-3, "+0;-0;0")
    assert (printed.value, printed.number_format) == (1500, "£#,##0")
    assert paper.value == "000"


def test_no_column_is_wider_than_a_screen_and_long_text_is_broken_over_lines(tmp_path):
    path = tmp_path / "care.xlsx"
    spreadsheet.write(path, typed(("word " * 100, 1.0, 0.1, 1.0, "x", "y")), [], MADE)
    book = openpyxl.load_workbook(path)
    assert max(column.width for sheet in book for column in sheet.column_dimensions.values()) <= 81
    assert book["1 Kinds"]["A6"].alignment.wrap_text


def test_the_file_says_what_it_is_and_its_contents_lead_to_each_sheet(tmp_path):
    path = tmp_path / "care.xlsx"
    spreadsheet.write(path, record(["Essex"]), [], MADE)
    book = openpyxl.load_workbook(path)
    assert book.properties.title == "Care: Essex"
    assert book.properties.created == datetime(2026, 5, 1, 9)
    assert book.custom_doc_props["Language"].value == "en-GB"
    linked = {cell.value: cell.hyperlink.location for (cell,) in book["Contents"]["A4:A7"]}
    assert linked == {name: f"'{name}'!A1" for name in ("Notes", "1 Rates", "Assumptions", "Sources")}
    assert all(len(sheet.tables) == 1 for sheet in book if sheet.title != "Cover")


@pytest.mark.long
def test_libreoffice_opens_calculates_and_saves_what_was_written(tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (Debian, Ubuntu: sudo apt-get install libreoffice-calc-nogui)")
    path = tmp_path / "care.xlsx"
    spreadsheet.write(path, typed(("31 March 2020", 1234.56, 0.25, -3.0, "£1,500", "000")), [], MADE)
    (tmp_path / "saved").mkdir()
    done = subprocess.run(
        [office, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "xlsx", "--outdir", tmp_path / "saved", path],
        capture_output=True, text=True, check=False, timeout=LONGEST,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ours, theirs = (openpyxl.load_workbook(one) for one in (path, tmp_path / "saved" / "care.xlsx"))
    assert ours.sheetnames == theirs.sheetnames
    for sheet in ours:
        assert [[cell.value for cell in row] for row in sheet] == [
            [cell.value for cell in row] for row in theirs[sheet.title]
        ]
    shown = [cell.number_format.replace("\\", "") for cell in theirs["1 Kinds"][6]]
    assert shown == ["d mmmm yyyy", "#,##0.0", "0%", "+0;-0;0", "£#,##0", "General"]


@pytest.mark.slow
def test_every_report_has_one_with_all_its_tables(pack):
    for entry in pack.pack()["reports"]:
        found = sheets(pack.root / "reports" / entry["spreadsheet"])
        tables = [name for name in found if name[0].isdigit()]
        page = (pack.root / "reports" / entry["html"]).read_text(encoding="utf-8")
        besides = {f"{name}-caption" for name in ("assumptions", "sources", "contents", "reconciled")}
        assert len(tables) == len(set(re.findall('<caption id="([^"]+)"', page)) - besides)
        assert {"Cover", "Contents", "Assumptions", "Sources"} <= set(found)
        assert ("Printed figures" in found) == any(
            (row["report"], row["area"]) == (entry["name"], entry["area"]) for row in pack.pack()["reconciliation"]
        )
