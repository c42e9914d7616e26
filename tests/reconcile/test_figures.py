"""The register of published figures: what makes a row unusable, and how it follows changed tables."""

import csv
import shutil

import pytest
from conftest import ROOT

from casebook.data import catalogue
from casebook.errors import InputError
from casebook.reconcile import figures

FILE = "data/raw/published_figures.csv"


@pytest.fixture
def rows(project):
    """Change cells of the register, by id."""

    def change(identifier, **cells):
        path = project.root / FILE
        with path.open(encoding="utf-8", newline="") as file:
            content = list(csv.DictReader(file))
        for row in content:
            if row["id"] == identifier:
                row.update(cells)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(content[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(content)

    return change


def test_every_figure_of_the_project_can_be_used():
    register = figures.checked(ROOT)
    assert len(register.figures) > 200
    assert all(
        figure.kind in ("claim",) or figure.value or figure.printed in ("29.£%", "-")
        for figure in register.figures.values()
    )


@pytest.mark.parametrize(
    ("identifier", "cells", "says"),
    [
        ("ehcp-total-change", {"value": "2204"}, "column value: found '2204', but '2205' is read as '2205'"),
        ("ehcp-total-change", {"unit": ""}, "column unit: found nothing beside the value 2205, expected what it counts or measures"),
        ("care-neighbour-mean-2020", {"precision": "0.1"}, "column precision: found '0.1', but '8.95' is read as '0.01'"),
        ("ot-2200-plans", {"precision_reason": ""}, "column precision: found '100', but '2200 more EHCPs' is read as '1': `python pipeline.py accept published_figures` writes what is read; if another is meant, say why in precision_reason."),
        ("ot-2200-plans", {"precision": "1"}, "column precision_reason: found 'To the nearest hundred: line 806 prints 2205 for the same rise.', but '2200 more EHCPs' is read to 1 in any case"),
        ("ot-2200-plans", {"precision": "hundred"}, "column precision: found 'hundred' with a reason for it, expected the unit of the last digit that means something, such as 100"),
        ("ot-2200-plans", {"precision": "0"}, "column precision: found '0' with a reason for it"),
        ("ehcp-total-change", {"printed": "2204", "value": "2204"}, "column printed: found '2204', but that cell of data/raw/ehcps_by_need.csv is '2205'"),
        ("ehcp-total-change", {"row": "Totl"}, "has no row 'Totl' (by need): did you mean Total?"),
        ("ehcp-total-change", {"column": "chnge"}, "found 'chnge', which is no column of numbers of data/raw/ehcps_by_need.csv"),
        ("ehcp-total-change", {"table": "ehcps"}, "There is no table called 'ehcps'"),
        ("ehcp-47-again", {"same_as": "ehcp-48"}, "column same_as: found 'ehcp-48', expected the id of another row"),
        ("ehcp-47-again", {"same_as": "ehcp-47-again"}, "expected the id of another row"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_right_is_refused_in_one_sentence(project, rows, identifier, cells, says):
    rows(identifier, **cells)
    with pytest.raises(InputError) as error:
        figures.checked(project.root)
    assert says in str(error.value)
    assert "Traceback" not in str(error.value)


def test_sealing_a_changed_table_brings_its_figures_along_and_no_others(project):
    before = figures.load(project.root).figures
    project.replace("data/raw/ehcps_by_need.csv", "2205", "2204")
    assert figures.follow(project.root, ["ehcps_by_need"]) == ["ehcp-total-change"]
    catalogue.accept(project.root, ["ehcps_by_need", "published_figures"])
    after = figures.load(project.root).figures
    assert {name for name in after if after[name] != before[name]} == {"ehcp-total-change"}
    assert (after["ehcp-total-change"].printed, after["ehcp-total-change"].value) == ("2204", "2204")


def test_sealing_the_register_reads_value_and_precision_from_new_words(project, rows):
    rows("care-neighbour-mean-2020-in-003", printed="8.95 per 10,000", value="", precision="")
    figures.follow(project.root, ["published_figures"])
    figure = figures.load(project.root).figures["care-neighbour-mean-2020-in-003"]
    assert (figure.value, figure.precision) == ("8.95", "0.01")


def test_sealing_keeps_a_precision_that_has_a_reason_and_no_other(project, rows):
    rows("ot-2200-plans", value="")
    rows("ot-1500-plans", precision="100")
    figures.follow(project.root, ["published_figures"])
    after = figures.load(project.root).figures
    assert (after["ot-2200-plans"].value, after["ot-2200-plans"].precision) == ("2200", "100")
    assert after["ot-1500-plans"].precision == "1"


def test_every_precision_that_is_not_the_last_digit_printed_has_a_reason_that_names_a_line():
    for figure in figures.load(ROOT).figures.values():
        if (
            figure.precision
            and figure.from_words.value is not None
            and float(figure.from_words.step) != float(figure.precision)
        ):
            assert "line " in figure.precision_reason, figure.id


def test_sealing_with_nothing_changed_writes_nothing(project):
    before = (project.root / FILE).stat().st_mtime_ns
    assert figures.follow(project.root, []) == []
    assert (project.root / FILE).stat().st_mtime_ns == before


def test_a_cell_that_follows_from_others_must_be_registered(project):
    path = project.root / FILE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(
        "".join(line for line in lines if not line.startswith("ehcp-hearing-impairment-change,")), encoding="utf-8"
    )
    assert [(cell.table, cell.row, cell.column) for cell in figures.load(project.root).unregistered()] == [
        ("ehcps_by_need", ("Hearing Impairment",), "change")
    ]
    assert project.pipeline("accept", "published_figures").returncode == 0
    done = project.pipeline("check")
    assert done.returncode == 2
    assert "has no row for the cell Hearing Impairment of the column change of ehcps_by_need" in done.stderr


def test_words_that_print_an_unreadable_number_keep_the_precision_they_were_meant_to_have():
    register = figures.load(ROOT)
    figure = register.figure("ehcp-speech-lang-or-comm-difficulty-change-per-cent")
    assert (figure.reading.value, float(figure.reading.step)) == (None, 0.1)


def test_a_project_without_a_register_is_sealed_as_before(project):
    project.forget("published_figures")
    shutil.move(project.root / FILE, project.root / "aside.csv")
    assert figures.follow(project.root, []) == []


def test_a_number_that_its_words_do_not_hold_is_found(project):
    project.replace("data/raw/ot_funding.csv", "741000", "941000")
    catalogue.accept(project.root, ["ot_funding"])
    done = project.pipeline("check")
    assert done.returncode == 2
    assert (
        "data/raw/ot_funding.csv, row 9, column amount: found 941000, which the words beside it, '£741k', do not hold"
        in done.stderr
    )
