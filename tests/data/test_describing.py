"""`describe`: a first description of a table somebody brings, each guess marked, and nothing accepted."""

import pandas as pd
import pytest

from casebook.data import catalogue, describing, raw
from casebook.data.tables import Tables
from casebook.errors import InputError

READY = """School readiness by authority,,,,
Area,Year,Children ready,% ready,Band
England,2024,"412,000",67.75%,high
Cambridgeshire,2024,"5,020",68.1%,high
Devonn,2024,"4,000",66.0%,low
Isles of Scilly,2024,c,c,low
Norfolk,2024,"6,100",64.2%,low
Suffolk,2024,"5,900",65.3%,high

Source: made up for a test,,,,
"""


def described(project, text, file="ready.csv", **said):
    path = project.root / file
    path.write_text(text, encoding="utf-8")
    return draft_of(project, path, **said)


def draft_of(project, path, **said):
    return describing.of_file(project.root, path, Tables(project.root).areas, **{"source": "sen2", **said})


def accepted(project, draft):
    describing.write(project.root, draft)
    catalogue.accept(project.root, [draft.name])
    return catalogue.load(project.root).table(draft.name)


def test_a_table_is_described_in_about_ten_lines_and_every_guess_is_marked(project):
    draft = described(project, READY)
    lines = draft.description.splitlines()
    assert len(lines) == 12
    assert "key: [area]  # guess" in lines
    assert "missing: ['', c]  # guess, c: hidden, to protect persons" in lines
    assert "  area:" in lines, "it is described for all tables already"
    assert "  year:" in lines
    assert "  children_ready: {type: integer, unit: number, minimum: 0, marked: yes, required: no}  # guess" in lines
    assert "  band: {enum: [high, low]}  # guess" in lines
    unmarked = [line for line in lines if "{" in line and not line.endswith("# guess")]
    assert unmarked == []


def test_what_it_writes_can_be_accepted_and_read_with_hidden_values_missing(project):
    table = accepted(project, described(project, READY.replace("Devonn", "Devon")))
    frame = raw.read(project.root, table)
    assert frame["children_ready"].isna().sum() == 1
    assert frame["children_ready"].iloc[0] == 412000
    assert frame["per_cent_ready"].iloc[1] == 68.1
    assert (table.column("per_cent_ready").unit, table.column("per_cent_ready").decimals) == ("per cent", 2)
    assert table.column("per_cent_ready").description == "% ready."


def test_all_unknown_areas_are_named_at_once_with_the_nearest_known(project):
    notes = described(project, READY.replace("Norfolk", "Norfolkshire")).notes
    (said,) = [note for note in notes if "not known" in note]
    assert "'Devonn' (did you mean Devon?)" in said
    assert "'Norfolkshire' (did you mean" in said


def test_rows_above_the_header_and_notes_below_the_table_are_left_out_and_said(project):
    notes = described(project, READY).notes
    assert "Row 1 above the header is left out." in notes
    assert "Row 10 with a first cell only is left out." in notes


def test_nothing_is_accepted_and_a_publication_has_to_be_named(project):
    draft = described(project, READY, source="")
    describing.write(project.root, draft)
    assert "ready" not in [table.name for table in catalogue.load(project.root).tables]
    with pytest.raises(InputError, match="there is no publication 'which-publication'"):
        catalogue.accept(project.root, ["ready"])


def test_a_number_that_is_none_is_named(project):
    rows = "".join(f"A{number},{number}\n" for number in range(2, 20))
    notes = described(project, f"case,people\nA1,12O\n{rows}").notes
    assert notes == ["people holds '12O' among numbers."]


def test_codes_with_leading_zeros_dates_and_years_in_columns_are_told_apart(project):
    draft = described(project, "paper,day,2019,2020\n004,2025-03-31,1.5,2\n005,2025-04-30,-1,3\n")
    lines = draft.description.splitlines()
    assert "  day: {type: date, unit: date}  # guess" in lines
    assert "  '2019': {type: number, unit: number}  # guess" in lines
    assert not any("paper" in line and "integer" in line for line in lines)
    assert draft.notes == ["2019 and 2020 are columns: with a row for each year, a new year needs no new description."]


def test_rows_that_nothing_tells_apart_are_said(project):
    draft = described(project, "place,people\nEly,1\nEly,2\n")
    assert any(note.startswith("No columns tell the rows apart: Ely stands more than once.") for note in draft.notes)


def test_a_workbook_is_read_by_sheet_with_dates_as_dates_and_without_binary_noise(project):
    path = project.root / "two.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"month": pd.to_datetime(["2025-03-31", "2025-04-30"]), "rate": [0.1 + 0.2, 1.5]}).to_excel(
            book, sheet_name="Rates", index=False
        )
        pd.DataFrame({"x": [1]}).to_excel(book, sheet_name="Other", index=False)
    with pytest.raises(InputError, match=r"two.xlsx has several sheets: say which with --sheet; there are Rates and"):
        draft_of(project, path)
    draft = draft_of(project, path, sheet="Rates")
    assert draft.rows == [["2025-03-31", "0.3"], ["2025-04-30", "1.5"]]
    assert accepted(project, draft).column("month").type == "date"


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("areas.csv", "a,b\n1,2\n", r"data/raw/areas.yaml describes a table of that name"),
        ("9.csv", "a,b\n1,2\n", r"A table cannot be called '9': give --name"),
        ("empty.csv", "", r"empty.csv holds no table"),
        ("head.csv", "a,b\n", r"head.csv holds no table"),
        ("list.txt", "a,b\n1,2\n", r"list.txt is no CSV, XLSX or Parquet file"),
        ("bad.xlsx", "not a workbook", r"bad.xlsx cannot be read \("),
        ("people.csv", "surname,n\nSmith,1\nJones,2\n", r"people.csv, column 'surname': 2 rows hold what looks like"),
        ("plans.csv", "year,new_la_code,la_name,plans,release\n", r"plans.csv is an export that is read as published"),
    ],
)
def test_what_cannot_be_described_is_refused_in_one_sentence(project, file, text, said):
    with pytest.raises(InputError, match=said):
        described(project, text, file)
    assert not (project.root / "data/raw" / file).with_suffix(".yaml").exists() or file == "areas.csv"


def test_a_publication_that_is_not_known_is_refused_with_the_nearest(project):
    with pytest.raises(
        InputError, match=r"There is no publication 'sen3' in data/raw/common.yaml: did you mean sen2\?"
    ):
        described(project, READY, source="sen3")


def test_a_table_in_its_place_stays_as_it_is(project):
    path = project.raw("visits.csv")
    content = b"area,visits\r\nNorfolk,1\r\nSuffolk,2\r\n"
    path.write_bytes(content)
    draft = draft_of(project, path)
    assert [file.name for file in describing.write(project.root, draft)] == ["visits.csv", "visits.yaml"]
    assert path.read_bytes() == content


def test_codes_in_brackets_are_codes_and_a_column_of_words_that_looks_like_numbers_is_said(project):
    text = 'Area,Year,Absent,Roll\nCambridgeshire,2024,21.5,"98,412"\nNorfolk,2024,[x],"1,18,220"\nSuffolk,2024,[c],"99,412"\n'
    draft = described(project, text)
    assert (
        "missing: ['', '[c]', '[x]']  # guess, [c]: hidden, to protect persons; [x]: not available" in draft.description
    )
    assert "absent: {type: number, unit: number, minimum: 0, required: no}" in draft.description
    (note,) = draft.notes
    assert note.startswith("roll is taken for words, though most of its cells are numbers: these are none: '1,18,220'.")
    frame = raw.read(project.root, accepted(project, draft))
    assert frame["absent"].isna().tolist() == [False, True, True]


TITLED = {
    "a comma that is not quoted": "Children in care, 31 March 2024\nArea,Children,Rate\nEssex,1000,33.1\nKent,1900,55.8\n",
    "a comma, empty cells and a line without any": "Children in care, by authority,\n,,\nArea,Children,Rate\nEssex,1000,33.1\nKent,1900,55.8\n",
    "a comma that is quoted": '"Children in care, 31 March 2024"\nArea,Children,Rate\nEssex,1000,33.1\nKent,1900,55.8\n',
    "quotation marks and empty cells": '"Children in care, by authority",,\nArea,Children,Rate\nEssex,1000,33.1\nKent,1900,55.8\n',
    "several rows of two cells": "Source,Department for Education\nUnit,Children\nArea,Children,Rate\nEssex,1000,33.1\nKent,1900,55.8\n",
}  # fmt: skip


@pytest.mark.parametrize("text", TITLED.values(), ids=TITLED)
def test_a_title_with_a_comma_is_no_header(project, text):
    draft = described(project, text, file="care.csv")
    assert draft.header == ["area", "children", "rate"]
    assert draft.rows == [["Essex", "1000", "33.1"], ["Kent", "1900", "55.8"]]
    assert draft.notes[0].startswith("Row") and "above the header" in draft.notes[0]


def test_a_title_above_years_is_none_either_and_two_columns_have_a_header_of_two_cells(project):
    by_year = described(project, "Plans, by need\nNeed,2023,2024\nAutism,2100,2300\nSpeech,700,750\n", file="plans.csv")
    assert by_year.rows == [["Autism", "2100", "2300"], ["Speech", "700", "750"]]
    two = described(project, "Area,Children\nEssex,1000\nKent,1900,provisional\n", file="two.csv")
    assert two.header == ["area", "children"]
