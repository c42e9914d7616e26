"""What a notebook shows besides its report is for its author: it stands in no page, and the run names it."""

import nbformat
import pytest
from small_reports import BEGIN, GOOD, write

from casebook.pack import record


def of(*outputs):
    """The names of what cells show in these outputs, a cell each."""
    cells = [nbformat.v4.new_code_cell(outputs=one) for one in outputs]
    return record.of(nbformat.v4.new_notebook(cells=cells)).explored


def shown(**data):
    return nbformat.v4.new_output("display_data", {kind.replace("_", "/"): value for kind, value in data.items()})


def printed(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


@pytest.mark.parametrize(
    ("outputs", "named"),
    [
        ([shown(text_html="<div><table></table></div>", text_plain="a")], ["a table"]),
        ([shown(image_png="aGk=", text_plain="<Figure size 640x480>")], ["a chart"]),
        # What seaborn returns is shown as text, beside the chart.
        ([shown(text_plain="<Axes: >"), shown(image_png="aGk=")], ["a chart"]),
        ([shown(text_plain="3")], ["a value"]),
        ([printed("one\n"), shown(text_plain="3"), printed("two\n")], ["printed words", "a value"]),
        ([printed("a warning", "stderr")], []),
    ],
)
def test_what_no_function_of_report_shows_is_named_for_what_it_is(outputs, named):
    assert of([], outputs) == tuple(f"cell 2 ({kind})" for kind in named)


LOOK = "import matplotlib.pyplot as plt\nprint('a secret thought')\ndisplay(frame.head())\nplt.plot([1, 2]);"


@pytest.mark.slow
@pytest.mark.parametrize(
    "engine", [[], pytest.param(["--ordinary-kernels"], marks=pytest.mark.long)], ids=["shell", "kernel"]
)
def test_a_frame_and_a_plain_chart_are_looked_at_and_not_published(project, engine):
    write(project, {"one": (*GOOD[:2], LOOK, *GOOD[2:], "frame")})
    done = project.pipeline("run", *engine)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == (
        "one: 4 things shown that are not published: cell 4 (printed words), cell 4 (a table), cell 4 (a chart), "
        "cell 8 (a table)"
    )
    page = project.page("one")
    assert "a secret thought" not in page
    assert page.count("<table") == page.count("<caption")
    assert "data:image" not in page
    # The notebook that was run is its author's record and keeps them.
    assert "a secret thought" in (project.root / "reports" / "cambridgeshire" / "one.ipynb").read_text()


@pytest.mark.slow
def test_a_look_at_the_data_is_no_report(project):
    write(project, {"one": (BEGIN, "frame", "print(len(frame))")})
    done = project.pipeline("run")
    assert done.returncode == 1
    assert "it has no headline" in done.stderr
    assert "it shows no table and no chart" in done.stderr
