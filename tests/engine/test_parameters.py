"""Parameters are read from the notebook's own annotations and refused before anything runs."""

import json
from datetime import date

import pytest

from casebook.engine import parameters
from casebook.errors import InputError


@pytest.fixture
def notebook(tmp_path):
    def write(*cells, tag="parameters"):
        path = tmp_path / "example.ipynb"
        made = [
            {"cell_type": "code", "metadata": {"tags": [tag]} if last else {}, "source": source, "outputs": []}
            for source, last in zip(cells, [False] * (len(cells) - 1) + [True], strict=True)
        ]
        path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
        return path

    return write


CELL = """\
area: str = "Cambridgeshire"
first_year: int = 2017
average: Literal["mean", "median"] = "mean"
population: int | None = None
since: date = date(2020, 3, 31)
share: Annotated[float, Field(ge=0, le=1)] = 0.5
areas: list[str] = []
"""


def resolve(path, typed=None, given=None):
    return parameters.resolve(path, given or {}, typed or {}, "example")[0]


def test_types_and_defaults_are_those_written(notebook):
    found = parameters.declared(notebook(CELL))
    assert {name: one.type_as_written for name, one in found.items()} == {
        "area": "str", "first_year": "int", "average": 'Literal["mean", "median"]', "population": "int | None",
        "since": "date", "share": "Annotated[float, Field(ge=0, le=1)]", "areas": "list[str]",
    }  # fmt: skip
    assert found["since"].default == date(2020, 3, 31)


def test_words_typed_become_the_declared_types(notebook):
    typed = {"first_year": "2018", "population": "132820", "since": "2021-03-31", "share": "0.25", "areas": '["Essex"]'}
    found = resolve(notebook(CELL), typed)
    assert found == {
        "area": "Cambridgeshire", "first_year": 2018, "average": "mean", "population": 132820, "since": "2021-03-31",
        "share": 0.25, "areas": ["Essex"],
    }  # fmt: skip


def test_none_can_be_typed(notebook):
    assert resolve(notebook(CELL), {"population": "None"})["population"] is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"first_year": "soon"}, "example: first_year is 'soon', expected a whole number; give another value"),
        ({"first_year": "2018.5"}, "first_year is '2018.5', expected a whole number"),
        ({"average": "mode"}, "average is 'mode', expected one of 'mean' and 'median'"),
        ({"share": "1.4"}, "share is '1.4', expected a number from 0 to 1"),
        ({"since": "yesterday"}, "since is 'yesterday', expected a date such as"),
        ({"frist_year": "2018"}, r"example has no parameter called 'frist_year': did you mean first_year\?"),
    ],
)
def test_a_wrong_value_or_name_is_refused_in_one_sentence(notebook, typed, words):
    with pytest.raises(InputError, match=words) as refused:
        resolve(notebook(CELL), typed)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"first_year": "2018"}, "pipeline.py, example: first_year is '2018', expected a whole number"),
        ({"area": 3}, "area is 3, expected text"),
    ],
)
def test_values_in_the_pipeline_must_be_of_the_type_itself(notebook, given, words):
    with pytest.raises(InputError, match=words):
        resolve(notebook(CELL), given=given)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("area = 'Essex'", "line 1: found \"area = 'Essex'\", expected 'name: type = default'"),
        ("area: str", "line 1: found 'area: str', expected 'name: type = default'"),
        ("area: str = 3", "line 1: area is 3, expected text"),
        ("area: Frame = 3", "cannot be read without running the notebook"),
        ("area: str = open('x').read()", "cannot be read without running the notebook"),
        ("area: str = (", "line 1: not valid Python"),
    ],
)
def test_a_parameters_cell_that_cannot_be_read_is_located(notebook, cell, words):
    with pytest.raises(InputError, match=words):
        parameters.declared(notebook(cell))


def test_types_may_be_imported_in_an_earlier_cell(notebook):
    path = notebook("from typing import Literal as OneOf\nimport pandas as pd", 'kind: OneOf["a"] = "a"')
    assert parameters.declared(path)["kind"].default == "a"


def test_a_notebook_without_a_parameters_cell_is_refused(notebook):
    with pytest.raises(InputError, match="no cells tagged 'parameters'"):
        parameters.declared(notebook(CELL, tag="other"))


def test_a_file_that_is_no_notebook_is_refused(tmp_path):
    path = tmp_path / "example.ipynb"
    path.write_text("not a notebook")
    with pytest.raises(InputError, match="not a notebook that can be read"):
        parameters.declared(path)


def test_a_notebook_that_is_not_there_is_refused_with_the_nearest(notebook, tmp_path):
    notebook(CELL)
    with pytest.raises(InputError, match=r"no notebook notebooks/exmple.ipynb: did you mean example\?"):
        parameters.declared(tmp_path / "exmple.ipynb")


@pytest.mark.parametrize(("share", "words"), [(0.5, ""), (1.4, "share is 1.4, expected a number from 0 to 1"), ("much", "share is 'much'")])  # fmt: skip
def test_a_notebook_refuses_in_jupyterlab_what_a_run_refuses(share, words):
    space = {}
    exec("from typing import Annotated\nfrom pydantic import Field\nfrom casebook import report", space)
    exec(
        "from datetime import date\n"
        + "share: Annotated[float, Field(ge=0, le=1)] = 0.5\nsince: date = date(2020, 3, 31)\n",
        space,
    )
    space |= {"share": share, "since": "2021-03-31"}
    if not words:
        exec("report.parameters()", space)
        return
    with pytest.raises(InputError, match=words):
        exec("report.parameters()", space)


@pytest.mark.parametrize(("given", "name"), [("E10000003", "Cambridgeshire"), ("Hertfordshir", None), ("Central Beds", "Central Bedfordshire")])  # fmt: skip
def test_an_area_is_checked_like_any_parameter_and_goes_on_under_its_official_name(notebook, given, name):
    setup, cell = "from casebook.kinds import Area, Year", 'area: Area = "Essex"\nfirst_year: Year = 2017'
    path = notebook(setup, cell)
    space = {}
    exec(f"from casebook import report\n{setup}\n{cell}", space)
    space["area"] = given
    if name:
        assert parameters.resolve(path, {"area": given}, {}, "example")[0]["area"] == name
        exec("report.parameters()", space)
        assert space["area"] == name
        return
    refused = "area: There is no area called 'Hertfordshir': did you mean Hertfordshire"
    with pytest.raises(InputError, match=f"pipeline.py, example: {refused}"):
        parameters.resolve(path, {"area": given}, {}, "example")
    with pytest.raises(InputError, match=f"The notebook's parameters: {refused}"):
        exec("report.parameters()", space)
    wrong = notebook(setup, cell.replace("Essex", given))
    with pytest.raises(InputError, match=f"example.ipynb, parameters cell: {refused}"):
        parameters.resolve(wrong, {}, {}, "example")


def test_a_year_out_of_reach_is_refused(notebook):
    path = notebook("from casebook.kinds import Year", "first_year: Year = 2017")
    with pytest.raises(InputError, match="first_year is 17, expected a whole number from 1990 to 2100"):
        parameters.resolve(path, {"first_year": 17}, {}, "example")
