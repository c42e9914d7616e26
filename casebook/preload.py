"""Loading once what every report uses, so that the processes forked for them need not."""

from __future__ import annotations

import gc
from contextlib import suppress
from functools import cache, partial

from casebook.errors import InputError, ReportFailedError


@cache
def packages(prime: bool) -> None:
    """Load the packages that notebooks and pages use; asked again, it has nothing left to do.

    Parameters
    ----------
    prime
        Whether also to make a small report: worth its time from the second report on.
    """
    _leave_out_help_texts()
    from IPython.core import application, completerlib, interactiveshell, logger, magics, pylabtools  # noqa: F401
    from matplotlib_inline import backend_inline  # noqa: F401

    from casebook import benchmark, capacity, charts, costing, forecast, intervals, report, tables  # noqa: F401
    from casebook.engine import shell

    if prime:
        _load_what_some_use()
        from casebook.pages import priming

        with suppress(InputError, ReportFailedError):
            # What is wrong with data or style, the run tells.
            priming.prime_caches()
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
    import bdb  # noqa: F401 - for IPython, when the first cell runs

    from scipy import optimize  # noqa: F401

    import casebook

    for name in casebook.__all__:
        getattr(casebook, name)
