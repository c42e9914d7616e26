"""`explain`: a number of a published report is followed back to the rows of its inputs."""

import json

import pytest

from casebook.analyst import explaining
from casebook.errors import InputError

AREA = "Cambridgeshire"


def test_a_headline_is_followed_to_the_code_and_the_rows_it_comes_from(pack):
    found = explaining.of(pack.root, "ehcp-forecast", AREA, "plans-now")
    assert (found.kind, found.value, found.unit) == ("headline", 8007, "plans")
    assert found.notebook == "notebooks/ehcp-forecast.ipynb"
    codes = [step.code for step in found.steps]
    assert any(code.startswith("plans = projection.history(") for code in codes)
    # What has no part in it is left out.
    assert not any("report." in code for code in codes)
    assert found.settings["horizon_year"] == 2031
    assert found.functions["projection.history"] == "Return an area's history from a series, up to a year."
    held = {one.file: one for one in found.inputs}["data/raw/ehcp_outturn.csv"]
    lines = pack.raw("ehcp_outturn.csv").read_text(encoding="utf-8").splitlines()
    assert held.rows
    assert all(f"{AREA}" in lines[row - 1] for row in held.rows)
    (same,) = held.holds
    row = int(same.split("row ")[1].split(",")[0])
    assert "8007" in lines[row - 1].replace(",", "").replace('"', "") or "8,007" in lines[row - 1]
    assert held.sources == (
        "Department for Education: SEN2, as in the Local Authority Interactive Tool (SEN_CASES_JAN), 2025",
    )
    assert found.assumptions


def test_a_headline_whose_id_comes_of_a_loop_is_found_and_a_table_read_beside_it_is_no_input_of_it(pack):
    found = explaining.of(pack.root, "care-rates", AREA, "care-applications-gap")
    assert found.formula == "of.last.gap"
    assert [step.cell for step in found.steps] == sorted(step.cell for step in found.steps)
    files = [one.file for one in found.inputs]
    assert "data/raw/care_applications.csv" in files
    assert "data/raw/children_in_care.csv" not in files


def test_a_cell_of_a_table_is_found_by_its_row_and_column_and_the_same_number_in_an_input_is_shown(pack):
    place = "cambridgeshire-against-its-ten-similar-councils-by-year/2020/rate"
    found = explaining.of(pack.root, "care-rates", AREA, place)
    said = explaining.of(
        pack.root, "care-rates", AREA, "cambridgeshire-against/2020/Cambridgeshire, per 10,000 children"
    )
    assert found == said
    assert found.value == 8.0
    held = {one.file: one for one in found.inputs}["data/raw/care_applications.csv"]
    assert held.holds == (f"the same number: row {held.rows[-1]}, rate",)


def test_a_printed_figure_is_followed_to_the_cells_that_its_working_takes(pack):
    found = explaining.of(pack.root, "care-rates", AREA, "care-above-2019")
    assert (found.kind, found.formula, found.notebook) == (
        "printed figure",
        "780 against 630",
        "workings/care-rates.yaml",
    )
    lines = pack.raw("children_in_care.csv").read_text(encoding="utf-8").splitlines()
    assert [one.holds[0] for one in found.inputs] == [
        "value: around 780 children and young people in care", "value: closer to 630 in care",
    ]  # fmt: skip
    for one in found.inputs:
        assert one.holds[0].removeprefix("value: ") in lines[one.rows[0] - 1]
        # Of several papers in one file, the one that the row is of.
        assert len(one.sources) == 1
    # A claim that holds is told in words; what was compared stands in its working.
    claim = explaining.of(pack.root, "placement-costs", AREA, "agency-expensive")
    assert claim.formula == "agency_2018 > in_house_2018"


def test_what_cannot_be_explained_is_told_in_a_sentence(pack):
    for words, sentence in (
        (("care-rates", "targt-2023"), "care-rates has no headline, table or printed figure 'targt-2023': did you mean target-2023?"),
        (("care-ratez", "x"), "No report 'care-ratez' is published: did you mean care-rates?"),
        (("care-rates", "cambridgeshire-against/2020/ratee"), "The table has no column 'ratee'"),
        (("care-rates", "cambridgeshire-against/1999/rate"), "The table has no row '1999'"),
        (("care-rates", "care-"), "ids of care-rates begin with 'care-'"),
    ):  # fmt: skip
        with pytest.raises(InputError) as refused:
            explaining.of(pack.root, words[0], AREA, words[1])
        assert sentence in str(refused.value)
    with pytest.raises(InputError, match="care-rates is not published for Norfolk"):
        explaining.of(pack.root, "care-rates", "Norfolk", "x")


@pytest.mark.long
def test_every_headline_and_printed_figure_of_the_pack_can_be_explained(pack):
    for entry in pack.pack()["reports"]:
        if entry["area"] != AREA:
            continue
        for headline in entry["headlines"]:
            found = explaining.of(pack.root, entry["name"], AREA, headline["id"])
            assert found.inputs, (entry["name"], headline["id"])
            assert found.value == headline["value"]
            assert len(list(explaining.in_words(found))) > 5
    with_inputs = 0
    for row in pack.pack()["reconciliation"]:
        if row["area"] == AREA and row["report"] in ("care-rates", "placement-costs"):
            found = explaining.of(pack.root, row["report"], AREA, row["id"])
            assert not any(one.changed for one in found.inputs), row["id"]
            assert found.formula or found.notes, row["id"]
            with_inputs += bool(found.inputs)
    assert with_inputs > 80


def test_the_command_prints_it_for_people_and_as_json(pack):
    said = pack.pipeline("explain", "ehcp-forecast", "plans-now")
    assert said.returncode == 0
    assert "Inputs:\n    data/raw/ehcp_outturn.csv, rows " in said.stdout
    told = json.loads(pack.pipeline("explain", "ehcp-forecast", "plans-now", "--json").stdout)
    assert (told["report"], told["id"], told["value"]) == ("ehcp-forecast", "plans-now", 8007)
