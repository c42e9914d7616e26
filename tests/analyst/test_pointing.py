"""What `check` points out in a notebook that an analyst is at work on: a sentence each, and no refusal."""

import nbformat
import pytest
from small_reports import BEGIN, SAY, SHOW, write

from casebook.analyst import pointing
from casebook.pack.report_spec import Report

DRAW = """
from casebook import charts
rows = frame.set_index("area")["value"]
report.figure(
    charts.changes(rows.head(2), "per cent"),
    title="Smoking is three times the average, and 17.25 per cent",
    subtitle=f"{len(frame)} areas, 2021",
    alt="A bar for each of the first areas; the first is 12.5 per cent and the next 99.5 per cent.",
    data=frame.head(2)[["area", "value"]].assign(value=[12.5, 4]),
    columns={"area": "Area", "value": "Per cent in 2021"},
)
"""
OPENS = "from pathlib import Path\nnote = Path('/home/ann/notes.txt').exists() or Path('notes/ours.txt').exists()"


POINTED_OUT = [
    "notebooks/one.ipynb keeps the outputs of cell 3: clear them before they go into version control, or call `make lab` "
    "once, after which git leaves them out.",
    "notebooks/one.ipynb, cell 5, names '/home/ann/notes.txt', which is on this machine only: put the file into the "
    "project and name it from there, or read it as a table.",
    "notebooks/one.ipynb, cell 7: the title says 17.25 and 3, which stand in no value of its cell: write them in braces, "
    "as they are worked out, or take them out.",
    "notebooks/one.ipynb, cell 7: the alt says 99.5, which stands in no value of its cell: write it in braces, as it is "
    "worked out, or take it out.",
]


def with_faults(project):
    """Make a project's only report one with all three faults."""
    write(project, {"one": ("# Begin", BEGIN, SAY, OPENS, "# Show", DRAW, SHOW)})
    path = project.root / "notebooks" / "one.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", text="seen")]
    nbformat.write(notebook, path)


def test_outputs_absolute_paths_and_numbers_that_stand_nowhere_are_pointed_out_a_sentence_each(project):
    with_faults(project)
    said = list(pointing.out(project.root, [Report("one")], "Cambridgeshire"))
    # Not yet made, what a cell comes to is not known; what it holds is.
    assert said == POINTED_OUT
    assert project.pipeline("run").returncode == 0
    assert list(pointing.out(project.root, [Report("one")], "Cambridgeshire")) == POINTED_OUT
    # Of what the cell shows, a number may stand in the title.
    project.replace("notebooks/one.ipynb", "12.5, 4", "17.25 - 4.75, 4 * 24.875")
    project.pipeline("run")
    assert list(pointing.out(project.root, [Report("one")], "Cambridgeshire")) == [
        *POINTED_OUT[:2], POINTED_OUT[2].replace("17.25 and 3, which stand", "3, which stands")
        .replace("write them in braces, as they are", "write it in braces, as it is").replace("take them", "take it"),
    ]  # fmt: skip


@pytest.mark.long
def test_check_says_so_and_refuses_nothing_and_says_it_too_beside_what_it_refuses(project):
    pipeline = (project.root / "pipeline.py").read_text()
    with_faults(project)
    (project.root / "pipeline.py").write_text(pipeline.replace("PACK = [", 'PACK = [\n    Report("one"),'))
    done = project.pipeline("check")
    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines() if line.startswith("notebooks/")] == POINTED_OUT
    project.replace("data/raw/smoking_prevalence.csv", "Luton,16.8", "Luton,-1")
    project.replace("notebooks/care-rates.ipynb", '"cells"', '"sells"')
    done = project.pipeline("check")
    assert done.returncode == 2
    told, unreadable, *pointed = done.stderr.splitlines()
    assert told.startswith("data/raw/smoking_prevalence.csv, row 9, column value: ")
    assert unreadable.startswith("notebooks/care-rates.ipynb is not a notebook that can be read")
    assert pointed == POINTED_OUT


MISSING = 'rates = frame.rename(columns={"value": "rate"})\nrates["ratee"]'


def test_a_column_that_is_not_there_is_told_with_those_that_are_and_the_way_to_the_notebook(project):
    write(project, {"one": ("# Begin", BEGIN, SAY, MISSING, SHOW)})
    done = project.pipeline("run")
    assert done.returncode == 1
    assert (
        'one failed in cell 5 of notebooks/one.ipynb, under "Begin": MissingColumnError: The table of '
        "data/raw/smoking_prevalence.csv has no column 'ratee': did you mean rate? It has "
    ) in done.stderr
    way = ".casebook/failed/cambridgeshire/one.ipynb"
    assert f"As far as it came it is in {way}." in done.stderr
    kept = nbformat.read(project.root / way, as_version=4)
    assert any(output.get("ename") == "MissingColumnError" for cell in kept.cells for output in cell.get("outputs", ()))


@pytest.mark.parametrize(
    ("code", "column"),
    [
        ("frame['valu']", "valu"), ("frame[['area', 'valu']]", "valu"), ("frame.groupby('valu').size()", "valu"),
        ("frame.sort_values('valu')", "valu"), ("frame.set_index('area').loc[:, 'valu']", "valu"),
    ],
)  # fmt: skip
def test_the_column_is_found_however_it_was_asked_for(code, column):
    import sys

    import pandas as pd

    from casebook.errors import missing_column

    frame = pd.DataFrame({"area": ["Essex"], "value": [1.0]})
    with pytest.raises(KeyError) as raised:
        eval(code, {"frame": frame})
    assert sys.exc_info() == (None, None, None)
    said = missing_column(raised.value, raised.value.__traceback__)
    assert f"has no column {column!r}: did you mean value?" in said


def test_a_key_of_anything_else_is_left_as_it_is():
    from casebook.errors import missing_column

    with pytest.raises(KeyError) as raised:
        {"a": 1}["b"]
    assert missing_column(raised.value, raised.value.__traceback__) == ""
