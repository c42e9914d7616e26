"""Loading once what every report uses, so that the processes forked for them need not."""

from __future__ import annotations

import gc
from contextlib import suppress
from functools import partial

import nbformat

from casebook.errors import InputError


def up(draw: bool) -> None:
    """Load the packages that notebooks and pages use.

    Parameters
    ----------
    draw
        Whether also to draw a chart and lay out a page, which fills the caches of fonts and templates: worth its
        time from the second report on.
    """
    _leave_out_help_texts()
    from IPython.core import application, completerlib, interactiveshell, logger, magics, pylabtools  # noqa: F401
    from matplotlib_inline import backend_inline  # noqa: F401

    from casebook import benchmark, capacity, charts, costing, forecast, intervals, quantities, report, tables  # noqa: F401
    from casebook.report import blocks
    from casebook.run import render, shell, spreadsheet

    if draw:
        with suppress(InputError):
            # What is wrong with the data, the run tells.
            _check_tables()
        _draw()
        _load_what_some_use()
        blocks.load_templates()
        render.load_templates()
        spreadsheet.writer()
        nbformat.validate(nbformat.v4.new_notebook())
    shell.prepare()
    # What is here already stays; leaving it alone keeps its memory shared with the forked processes.
    gc.freeze()


def _leave_out_help_texts() -> None:
    """Have packages load without writing help texts for their functions, which nobody reads in a run.

    It is half of what matplotlib takes to load, and a third of SciPy.
    """
    from matplotlib import artist

    artist.kwdoc = lambda artist: ""
    with suppress(ImportError, AttributeError):
        # Not for others to use: if it is gone one day, loading takes its time again.
        from scipy._lib import _docscrape

        _docscrape.FunctionDoc = partial(_docscrape.FunctionDoc, doc="")


def _load_what_some_use() -> None:
    import seaborn  # noqa: F401
    from scipy import optimize  # noqa: F401


def _check_tables() -> None:
    from casebook.data import figures, project
    from casebook.data.tables import Tables

    # What checks tables is loaded when the first is checked; what was read here is not read again.
    known = Tables()
    for table in known.catalogue.resources:
        known.prepare(table.name)
    figures.load(project.root())


def _draw() -> None:
    import pandas as pd

    from casebook.report import charts, svg

    chart = charts.waterfall(("Before", 1.0), pd.Series({"Change": 1.0}), ("After", 2.0), "pounds")
    svg.inline(chart, "warm", "A chart to begin with", "Nobody sees it.")
