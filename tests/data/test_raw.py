"""A table that cannot be used gets one sentence: file, row, column, finding, expectation, remedy."""

import os

import pytest

from casebook import digest
from casebook.data.tables import Tables
from casebook.errors import InputError

CARE, SMOKING, SAVINGS = "care_applications", "smoking_prevalence", "savings_schedule"

BAD = {
    "a negative rate": (
        CARE, b"2017,6.50", b"2017,-6.50",
        "data/raw/care_applications.csv, row 2, column rate: found -6.5, expected at least 0 (per 10,000 children); "
        "correct the cell.",
    ),
    "a percentage above a hundred": (
        SMOKING, b"Luton,16.8", b"Luton,168",
        "data/raw/smoking_prevalence.csv, row 9, column value: found 168, expected at most 100 (per cent); correct the cell.",
    ),
    "a missing column": (
        CARE, b"year,rate", b"year,rates",
        "data/raw/care_applications.csv, row 1: the column 'rate' is missing, found 'rates' instead; the header must be "
        "line,la_number,area,year,rate (see data/raw/care_applications.yaml).",
    ),
    "a duplicated area and year": (
        CARE, b"194,919,Hertfordshire,2018,6.00", b"194,919,Hertfordshire,2017,6.00",
        "data/raw/care_applications.csv, row 3, column area and year: area Hertfordshire and year 2017 already stands in "
        "row 2; each may stand once, so delete or correct one of them.",
    ),
    "text in a number column": (
        CARE, b"2017,6.50", b"2017,six",
        "data/raw/care_applications.csv, row 2, column rate: found 'six', expected a number such as 12.5 (per 10,000 "
        "children); correct the cell, or mark it as not printed with an empty cell or '-'.",
    ),
    "a file that is not UTF-8": (
        CARE, b"194,919,Hertfordshire,2018", b"194,919,H\xe9rtfordshire,2018",
        "data/raw/care_applications.csv, row 3, column area: found the byte 0xE9, which is not UTF-8 text; save the file "
        "again as 'CSV UTF-8'.",
    ),
    "an empty cell that must be filled": (
        SMOKING, b"Luton,16.8", b"Luton,",
        "data/raw/smoking_prevalence.csv, row 9, column value: found nothing, expected a number such as 12.5 (per cent); "
        "correct the cell.",
    ),
    "an unknown area": (
        SMOKING, b"Luton,16.8", b"Lutton,16.8",
        "data/raw/smoking_prevalence.csv, row 9, column area: found 'Lutton', which is not in data/raw/areas.csv: correct "
        "it, or add the spelling to data/raw/area_spellings.csv; did you mean Luton?",
    ),
    "an authority number of another authority": (
        CARE, b"194,919,Hertfordshire,2017", b"194,873,Hertfordshire,2017",
        "data/raw/care_applications.csv, row 2, column la_number: found 873 for Hertfordshire, expected 919 "
        "(data/raw/areas.csv); correct whichever is wrong.",
    ),
    "an area twice under two spellings": (
        SMOKING, b"2900,Luton,16.8", b"2900,Central Bedfordshire,16.8",
        "data/raw/smoking_prevalence.csv, row 9, column area: Central Bedfordshire already stands in row 6 under another "
        "spelling; each may stand once, so delete or correct one of them.",
    ),
    "a comma too many": (
        SMOKING, b"Luton,16.8", b"Luton,16,8",
        "data/raw/smoking_prevalence.csv, row 9: found 4 cells where the header has 3 columns; add the missing cell, or put "
        "quotation marks round a value that holds a comma.",
    ),
    "a word outside the list": (
        SAVINGS, b"GP services: payments to GPs,\"\xc2\xa320,000\",item", b"GP services: payments to GPs,\"\xc2\xa320,000\",itm",
        "data/raw/savings_schedule.csv, row 6, column kind: found 'itm', expected one of item, total (text); correct the "
        "cell.",
    ),
    "a date in another form": (
        "children_in_care", b"2017-03-31,start", b"31/03/2017,start",
        "data/raw/children_in_care.csv, row 4, column date: found '31/03/2017', expected a date such as 2020-03-31 (date); "
        "correct the cell, or mark it as not printed with an empty cell.",
    ),
    "a row of empty cells": (
        SMOKING, b"2900,Luton,16.8", b",,",
        "data/raw/smoking_prevalence.csv, row 9: the row is empty; delete it.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_bad_table_gets_one_exact_sentence(project, what):
    table, old, new, sentence = BAD[what]
    path = project.raw(f"{table}.csv")
    content = path.read_bytes()
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new))
    with pytest.raises(InputError) as refused:
        Tables(project.root).prepare(table)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"line,area,value\n", "no rows"), (b'line,area,value\n1,"a"b,2\n', "quotation marks")],
)
def test_a_file_without_a_table_is_refused(project, content, words):
    project.raw("smoking_prevalence.csv").write_bytes(content)
    with pytest.raises(InputError, match=words):
        Tables(project.root).prepare(SMOKING)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_in_the_place_of_a_file_keeps_nobody_waiting(project):
    path = project.raw("smoking_prevalence.csv")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InputError, match=r"smoking_prevalence\.csv is a pipe or a device, not a file"):
        Tables(project.root).prepare(SMOKING)
    assert digest.of(path) == ""


def test_a_missing_file_is_named(project):
    project.raw("smoking_prevalence.csv").unlink()
    with pytest.raises(
        InputError, match=r"data/raw/smoking_prevalence\.csv is not there, though data/raw/smoking_prevalence.yaml"
    ):
        Tables(project.root).prepare(SMOKING)


def test_further_problems_are_counted(project):
    path = project.raw("smoking_prevalence.csv")
    path.write_text(path.read_text().replace("Luton,16.8", "Luton,-1").replace("Essex,13.2", "Essex,101"))
    with pytest.raises(InputError, match=r"row 7, column value: found 101.*\(1 more row has a problem\)"):
        Tables(project.root).prepare(SMOKING)


def test_a_changed_figure_is_refused_until_it_is_sealed(project):
    project.replace("data/raw/smoking_prevalence.csv", "Luton,16.8", "Luton,16.9")
    with pytest.raises(InputError, match="not the file that was accepted.*pipeline.py accept smoking_prevalence"):
        Tables(project.root).prepare(SMOKING)
    assert project.pipeline("accept", "smoking_prevalence").stdout == "Accepted: smoking_prevalence.\n"
    frame = Tables(project.root).prepare(SMOKING).frame
    assert frame.loc[frame["area"] == "Luton", "value"].item() == 16.9


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(project):
    path = project.raw("smoking_prevalence.csv")
    before = Tables(project.root).prepare(SMOKING).frame
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    project.pipeline("accept")
    assert Tables(project.root).prepare(SMOKING).frame.equals(before)
