"""Where a paper says something is told by heading, case and year, which a reader can find."""

import csv

import pytest
from conftest import ROOT

from casebook.data import catalogue
from casebook.reconcile import figures, workings
from casebook.reconcile.cases import Cases
from casebook.reconcile.places import Places


@pytest.fixture(scope="module")
def places():
    return Places(ROOT, catalogue.load(ROOT))


def test_every_registered_line_stands_under_a_heading(places):
    for figure in figures.load(ROOT).figures.values():
        case, heading = places.section(figure.paper, figure.line)
        assert case, figure.id
        assert heading, figure.id


def test_a_line_stands_under_the_last_heading_above_it(places):
    with (ROOT / "data/raw/paper_sections.csv").open(encoding="utf-8", newline="") as file:
        known = [(row["paper"], int(row["line"])) for row in csv.DictReader(file)]
    assert known == sorted(known)
    assert places.section("004", 195) == (
        "Reduction in Special Guardianship Order allowance budgets",
        "Statistical Neighbours",
    )
    assert places.section("004", 231) != places.section("004", 232)
    assert places.section("004", 232)[1] == "Financial Benefits"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Paper 001 (line 455) aimed at 43.", "The 2018 paper (“Project Overview - What are we doing”) aimed at 43."),
        ("as paper 004, line 197 has it", "as the 2021 paper, “Statistical Neighbours” has it"),
        ("lines 59 and 85 say so", "sections “Placement Mix: Continued focus on recruitment of our own foster carers” and “What assumptions have you made?” say so"),
        ("Line 85 says so (line 79).", "The same section says so (the same section)."),
        ("A guideline 85 and 85 lines.", "A guideline 85 and 85 lines."),
        ("paper 999 has none", "paper 999 has none"),
    ],
)  # fmt: skip
def test_papers_and_lines_in_a_text_are_told_as_a_reader_finds_them(places, text, said):
    assert places.in_text(text, "000", 83) == said


def test_what_a_reader_is_told_of_a_figure_names_no_line(places):
    cases = Cases(ROOT, figures.load(ROOT))
    for report in workings.reports(ROOT):
        for one in map(places.told, cases.of_report(report)):
            fault = (one.fault.title, one.fault.follows) if one.fault else ()
            told = " ".join((one.figure, one.computed_shown, one.note, one.follows, one.missing, one.where, *fault))
            assert not any(f"paper 00{number}" in told.casefold() for number in range(5)), (one.id, told)
            assert " line " not in told.replace("in line with", "").casefold(), (one.id, told)


def test_without_the_headings_a_place_is_a_paper_and_a_line(project):
    project.forget("paper_sections")
    without = Places(project.root, catalogue.load(project.root))
    assert without.of("004", 197) == "paper 004, line 197"
    assert without.in_text("See line 197.", "004", 205) == "See line 197."
