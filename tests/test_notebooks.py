"""A notebook gives the same result in the pipeline, under plain papermill and in JupyterLab."""

import ast
import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import LONGEST, ROOT
from nbclient import NotebookClient

from casebook.errors import InputError

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def rows(name):
    with (ROOT / "data" / "raw" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shown(notebook):
    """What a notebook shows, without times and counters."""
    return [
        dict(output["data"])
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type in ("display_data", "execute_result")
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_outputs_and_with_one_parameters_cell(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in code) == 1


@pytest.mark.slow
def test_plain_papermill_from_any_folder_shows_what_the_pipeline_shows(pack, tmp_path):
    output = tmp_path / "out.ipynb"
    papermill = Path(sys.executable).with_name("papermill")
    environment = {**os.environ, "CASEBOOK_PROJECT": str(pack.root)}
    done = subprocess.run(
        [papermill, pack.root / "notebooks" / "care-rates.ipynb", output, "-p", "area", "Hertfordshire"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    piped = nbformat.read(pack.root / "reports" / "hertfordshire" / "care-rates.ipynb", as_version=4)
    assert shown(nbformat.read(output, as_version=4)) == shown(piped)


@pytest.mark.slow
def test_jupyterlab_shows_what_the_pipeline_shows(pack, monkeypatch):
    # JupyterLab runs a notebook's cells in the notebook's own folder, with its defaults.
    monkeypatch.delenv("CASEBOOK_PROJECT", raising=False)
    notebook = nbformat.read(pack.root / "notebooks" / "care-rates.ipynb", as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(pack.root / "notebooks")}}).execute()
    piped = nbformat.read(pack.root / "reports" / "cambridgeshire" / "care-rates.ipynb", as_version=4)
    assert shown(notebook) == shown(piped)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("care-rates", {"first_year": 2031}, "first_year is 2031, but the years held are 2017 to 2020"),
        (
            "care-rates",
            {"average": "pooled"},
            "average is 'pooled', which needs the others' child populations, held for the year to March 2020 only",
        ),
        ("care-rates", {"child_population": -1}, "child_population is -1, expected a whole number above 0"),
        ("benchmark", {"indicator": "smokers"}, "There is no table called 'smokers'"),
        (
            "benchmark",
            {"area": "Wiltshire"},
            "Wiltshire is not in the East of England, which the table 'chlamydia_detection' is for",
        ),
        ("benchmark", {"denominator": 0}, "denominator is 0, expected a whole number above 0"),
    ],
)
def test_a_notebook_refuses_what_makes_no_sense(tell, name, parameters, words):
    with pytest.raises(InputError, match=re.escape(words)):
        tell(name, **parameters)


@pytest.mark.slow
def test_a_pooled_average_is_all_applications_over_all_children(tell):
    told = tell("care-rates", average="pooled", first_year=2020)
    applications = children = 0.0
    population = {row["area"]: int(row["children"]) for row in rows("child_population")}
    for row in rows("care_applications"):
        if row["year"] == "2020" and row["area"] in population and row["area"] not in ("Cambridgeshire", "England"):
            applications += float(row["rate"]) * population[row["area"]]
            children += population[row["area"]]
    assert told.headline("care-applications-gap").value == pytest.approx(8.00 - applications / children)


@pytest.mark.slow
def test_a_stated_child_population_is_used_and_said(tell):
    told = tell("care-rates", child_population=200_000)
    assert told.headline("care-applications-in-numbers").value == pytest.approx(-0.95 * 20)
    assert "for 200,000 children (as given for this run)" in told.headline("care-applications-in-numbers").plain()


@pytest.mark.slow
def test_an_area_level_with_a_benchmark_is_said_to_be_level(tell):
    # Worcestershire and England are both printed as 10.80 in 2020.
    assert (
        "It was level with England's."
        in tell("care-rates", area="Worcestershire").headline("care-applications-gap").plain()
    )


@pytest.mark.slow
def test_one_year_is_told_as_one_year(tell):
    told = tell("care-rates", first_year=2020)
    assert told.headline("care-applications-path").plain() == (
        "Cambridgeshire's rate of care applications was 8.0 in 2020. For every 10,000 children, in years to March: the eighth "
        "highest of the eleven authorities. The mean of its ten similar councils was 9.0."
    )
    assert "2020 to 2020" not in told.text()


@pytest.mark.slow
def test_the_target_as_a_number_of_children_takes_the_children_there_were_when_it_fell_due(tell):
    # 47 for every 10,000 of the 136,924 children of mid-2022, which is what the official rate of March 2023 divides by.
    for population in (None, 1_000):
        assert (
            f"Among the 136,924 children of mid-2022 the target is {47 * 136_924 / 10_000:,.0f} children"
            in tell("care-rates", child_population=population).text()
        )


@pytest.mark.slow
def test_another_authoritys_page_does_not_claim_cambridgeshires_savings(tell):
    told = tell("benchmark", area="Norfolk", indicator="health_checks")
    assert not [block for block in told.blocks if getattr(block, "id", "") == "savings"]
    assert "savings" not in told.text().lower()
    assert "Health Check services: payments to GPs" not in told.text()


@pytest.mark.slow
def test_a_known_denominator_says_the_gap_in_people(tell):
    text = tell("benchmark", indicator="health_checks", denominator=100_000).text()
    assert (
        "Taking 100,000 people offered a check in Cambridgeshire, a number given for this run and not printed, the distance from England means 4,900 more people who received a check."
        in text
    )


NAMES = [path.stem for path in NOTEBOOKS]
# Which words these are is a judgement of the analysis; no sentence is put together of them.
_JUDGED = {"quality", "impact"}


def lines_of(name):
    """The lines of code of each cell, blank ones left out."""
    cells = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4).cells
    return [
        [line for line in cell["source"].splitlines() if line.strip()] for cell in cells if cell.cell_type == "code"
    ]


def is_text(node):
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def faults(code):
    """What a notebook leaves to the package: refusals, and sentences put together of pieces."""
    tree = ast.parse(code)
    judged = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg in _JUDGED}
    for node in ast.walk(tree):
        pieces, called = (
            [],
            node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else "",
        )
        if isinstance(node, ast.IfExp) and id(node) not in judged:
            pieces = [node.body, node.orelse]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            pieces = [node.left, node.right]
        elif called in ("join", "format"):
            pieces = [node.func.value]
        reworded = called in ("lower", "upper", "capitalize", "removesuffix")
        if isinstance(node, ast.Raise) or reworded or any(map(is_text, pieces)):
            yield ast.unparse(node)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_short_and_leaves_refusals_and_grammar_to_the_package(name):
    cells = lines_of(name)
    assert sum(map(len, cells)) <= 180
    assert max(map(len, cells)) <= 25
    assert [found for cell in cells for found in faults("\n".join(cell))] == []


def test_all_notebooks_together_are_short():
    assert sum(len(cell) for name in NAMES for cell in lines_of(name)) <= 1200


@pytest.mark.parametrize(
    "code",
    [
        "raise ValueError(area)",
        "said = 'fell' if change < 0 else 'rose'",
        "said = area + ' fell'",
        "said = ', '.join(names)",
        "said = need.lower()",
    ],
)
def test_what_a_notebook_must_leave_to_the_package_is_found(code):
    assert list(faults(code))
