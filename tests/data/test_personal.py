"""Personal data among the tables: told by file, column and rows, never by value; official exports hold none."""

import pytest

from casebook.data import personal

# Numbers made up for these tests: each has the check digit or letter that makes it a right one.
NHS = ("943 476 5919", "4010232137", "987-654-4322")
PUPILS = ("H801200001001", "W820432101005", "R80142370105A")


def put(project, name, *rows):
    path = project.raw("exports") / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return personal.problems(project.root)


@pytest.mark.parametrize(
    ("header", "cells", "words"),
    [
        ("nhs_number", NHS, "NHS numbers"),
        ("reference", NHS, "NHS numbers"),
        ("note", [f"seen on the ward, {one}, sent home" for one in NHS], "NHS numbers"),
        ("upn", PUPILS, "pupil numbers (UPN)"),
        ("id", [one.lower() for one in PUPILS], "pupil numbers (UPN)"),
        ("DOB", ["2011-05-03", "03/05/2011", "3 May 2011"], "dates of birth"),
        ("date_of_birth", ["2011-05-03", "03/05/2011", "3 May 2011"], "dates of birth"),
        ("note", [f"boy, born {one}" for one in ("3.5.2011", "03/05/2011", "3 May 2011")], "dates of birth"),
        ("postcode", ["CB3 0AP", "cb30ap", "SW1A 1AA"], "full postcodes"),
        ("address", ["12 High Street, Ely CB7 4DL", "1 The Row, N1 9GU", "Flat 2, M1 1AE"], "full postcodes"),
        ("Child's name", ["Amelia Smith", "J. Okafor", "Zed"], "names of persons"),
        ("surname", ["Smith", "Okafor", "Jones"], "names of persons"),
        ("name", ["Amelia Smith", "Jones, Oliver", "Mohammed O'Neill-Shah"], "names of persons"),
    ],
)
def test_what_is_about_single_persons_is_told_without_the_value(project, header, cells, words):
    quoted = [f'"{cell}",{number}' for number, cell in enumerate(cells)]
    (said,) = put(project, "list.csv", f"{header},number", *quoted)
    assert said.startswith(f"data/raw/exports/list.csv, column {header!r}: 3 rows hold what looks like {words}; ")
    assert not any(cell in said for cell in cells)


def test_a_file_without_a_header_does_not_tell_its_first_value(project):
    (said,) = put(project, "list.csv", "1,Amelia Smith", "2,Oliver Jones")
    assert said.startswith("data/raw/exports/list.csv, column 2: 2 rows hold what looks like names of persons; ")


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("reference", ["9434765918", "4010232138", "9876544321"]),
        ("spending", ["9434765919", "4010232138", "9876544321", "1234567892"]),
        ("pounds", ["£943 476 5919", "0.9434765919", "9434765919.5"]),
        ("upn", ["H801200001002", "A820432101005", "I801200001001"]),
        ("month", ["2020-03-31", "2020-04-30"]),
        ("born abroad", ["12", "14"]),
        ("district", ["CB3", "SW1A", "N1 9"]),
        ("code", ["E10000003", "SN1P", "QE1", "26A"]),
        ("grade", ["at E1 2nd of May", "B1 1st"]),
        ("Parent Name", ["England", "East of England"]),
        ("Organisation Name", ["St Helens", "Kingston upon Hull, City of", "Victoria Park"]),
    ],
)
def test_what_only_looks_like_it_is_let_be(project, header, cells):
    assert put(project, "list.csv", header, *[f'"{cell}"' for cell in cells]) == []


def test_workbooks_and_parquet_are_looked_into(project):
    import pandas as pd

    folder = project.raw("exports")
    folder.mkdir(exist_ok=True)
    frame = pd.DataFrame({"reference": [9434765919, 4010232137], "born": pd.to_datetime(["2011-05-03", "2012-06-04"])})
    frame.to_parquet(folder / "list.parquet")
    with pd.ExcelWriter(folder / "list.xlsx") as book:
        pd.DataFrame({"a": ["Exported today"]}).to_excel(book, sheet_name="Cover", index=False, header=False)
        frame.to_excel(book, sheet_name="List", index=False, startrow=2)
    assert [said.partition("; ")[0] for said in personal.problems(project.root)] == [
        f"data/raw/exports/{name}, column {column!r}: 2 rows hold what looks like {words}"
        for name in ("list.parquet", "list.xlsx")
        for column, words in (("reference", "NHS numbers"), ("born", "dates of birth"))
    ]


def test_a_column_is_known_by_its_name_below_a_title_with_a_comma_in_it(project):
    said = put(
        project,
        "list.csv",
        "Children on the list, March 2024",
        "number,plans,born",
        "7,1,3 May 2011",
        "8,2,4 June 2012",
    )
    assert [one.partition("; ")[0] for one in said] == [
        "data/raw/exports/list.csv, column 'born': 2 rows hold what looks like dates of birth"
    ]


def test_check_refuses_a_table_with_personal_data(project):
    put(project, "list.csv", "upn,plans", "H801200001001,1")
    done = project.pipeline("check")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "data/raw/exports/list.csv, column 'upn': 1 row holds what looks like pupil numbers (UPN); take the column out, or "
        "the file away: nothing about single persons belongs among the tables."
    )


def test_the_tables_held_have_none(project):
    assert personal.problems(project.root) == []


@pytest.mark.long
def test_the_official_exports_have_none(project, exports):
    folder = project.raw("exports")
    folder.mkdir(exist_ok=True)
    files = [path for path in exports.rglob("*") if path.is_file() and path.suffix != ".md"]
    for path in files:
        (folder / path.name).symlink_to(path)
    assert len(files) > 10
    assert personal.problems(project.root) == []
