"""Charts that an analyst draws with pyplot or seaborn: shown once, published in house style."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
import seaborn as sns
from small_reports import BEGIN, SAY, SHOW, write

from casebook import InputError, report
from casebook.report import charts, drawing, dressing

FIGURE = """
    title="Smoking differs from place to place", subtitle="Smoking, per cent of adults, East of England",
    alt="Smoking differs between the authorities of the East of England.", data=frame,
    columns={"area": "Area", "value": "Per cent"},
)
"""
SUBPLOTS = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot(frame['value'].to_numpy())\n"
SEABORN = "import seaborn as sns\ngrid = sns.displot(frame['value'])\n"


@pytest.mark.slow
@pytest.mark.parametrize("engine", [(), pytest.param(("--ordinary-kernels",), marks=pytest.mark.long)])
def test_a_chart_of_pyplot_or_seaborn_is_shown_once_and_published_in_house_style(project, engine):
    more = FIGURE.replace("differs", "varies").replace("Smoking, per", "Smokers, per")
    cells = (
        BEGIN,
        SAY,
        f"{SUBPLOTS}report.figure(ax, {FIGURE}",
        f"{SEABORN}report.figure(grid, {more}",
        SHOW,
        "report.check()",
    )
    write(project, {"one": cells}, {"one": "figures=2"})
    done = project.pipeline("run", *engine)
    assert done.returncode == 0, done.stderr
    executed = nbformat.read(project.root / "reports/cambridgeshire/one.ipynb", 4)
    assert [len(cell.outputs) for cell in executed.cells[-4:]] == [1, 1, 2, 0]
    page = project.page("one")
    # Each is drawn for wide and for narrow places.
    assert page.count("<svg") == 4
    # The palette's first colour and not matplotlib's.
    assert "#12436d" in page
    assert "#1f77b4" not in page


def drawn():
    figure, (left, right) = plt.subplots(1, 2)
    left.barh(["a", "b"], [1, 2])
    right.plot([1, 2], color="red")
    sns.boxplot(x=["a", "a", "b"], y=[1, 2, 3], ax=right)
    return figure


def test_the_house_style_takes_frame_grid_size_and_the_colours_nobody_chose():
    figure = drawn()
    left, right = figure.axes
    dressing.dress(figure)
    shown = {side for side, spine in left.spines.items() if spine.get_visible()}
    assert shown == {"bottom"}
    assert [mpl.colors.to_hex(bar.get_facecolor()) for bar in left.patches] == ["#12436d"] * 2
    assert right.lines[0].get_color() == "red"
    assert {mpl.colors.to_hex(box.get_facecolor()) for box in right.patches} == {"#12436d"}
    assert left.xaxis.get_gridlines()[0].get_visible()
    assert not left.yaxis.get_gridlines()[0].get_visible()
    assert right.yaxis.get_gridlines()[0].get_visible()
    assert round(figure.get_figwidth() * 72) == drawing.WIDE
    assert {text.get_fontsize() for text in figure.findobj(mpl.text.Text)} == {12.0}
    plt.close(figure)


def test_a_chart_in_house_style_is_left_as_it_is():
    figure = charts.ranked_bars(pd.Series({"Essex": 13.2, "Luton": 16.8}), "Essex", "per cent", {})
    before = figure.get_size_inches().tolist(), [bar.get_facecolor() for bar in figure.axes[0].patches]
    dressing.dress(figure)
    assert (figure.get_size_inches().tolist(), [bar.get_facecolor() for bar in figure.axes[0].patches]) == before


@pytest.mark.parametrize(
    "of", [lambda figure: figure, lambda figure: figure.axes[0], lambda figure: sns.FacetGrid(pd.DataFrame({"a": [1]}))]
)
def test_a_figure_its_axes_and_what_seaborn_returns_are_taken_and_closed(of):
    figure = drawn()
    chart = of(figure)
    report.figure(
        chart, title="A title that says it", subtitle="Measure, unit and period", alt="What is to be seen, " * 3,
        data=pd.DataFrame({"a": [1]}), columns={"a": "A"},
    )  # fmt: skip
    whole = chart if isinstance(chart, mpl.figure.Figure) else chart.figure
    assert whole.number not in plt.get_fignums()
    plt.close("all")


def test_what_is_no_chart_is_refused_in_a_sentence():
    _, axes = plt.subplots(1, 2)
    with pytest.raises(
        InputError, match="The chart 'Two' is a ndarray: hand report.figure a matplotlib figure, its axes,"
    ):
        report.figure(axes, title="Two", subtitle="", alt="", data=pd.DataFrame(), columns={})
    plt.close("all")
