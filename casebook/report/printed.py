"""How a report compares with what was printed: one call in a notebook, for all figures that the papers print."""

from __future__ import annotations

from dataclasses import replace

from casebook.data import project, provenance, tables
from casebook.errors import InputError, one_of
from casebook.reconcile import figures
from casebook.reconcile.cases import Cases
from casebook.reconcile.places import TABLE, Places
from casebook.report.blocks import Reconciliations


def reconciliation(of: str, area: str | None = None) -> Reconciliations:
    """Say whether the figures stand that the papers print about the subject of a report; once in a notebook.

    The figures are those that the register (``data/raw/published_figures.csv``) gives to the report; how each is worked
    out stands in ``workings/REPORT.yaml``. Neither depends on the notebook's parameters: a paper's figures are what
    they are.

    Parameters
    ----------
    of
        The report's name or, where a notebook is run for one table or another, the table's.
    area
        The area of a report that is about one council's papers: if the register is about another, nothing is shown.

    Returns
    -------
    Reconciliations
        Every figure with its verdict, by paper and line; none, if the papers print none.

    Raises
    ------
    InputError
        If there is no such report or table, or a working is wrong.

    Examples
    --------
    >>> [one.verdict for one in reconciliation("public-health-savings").figures][:1]  # doctest: +ELLIPSIS
    All savings, in the head of the paper ...
    ['reproduced']
    """
    root = project.root()
    register = figures.load(root)
    cases = Cases(root, register)
    described = register.catalogue.table(figures.REGISTER)
    papers = described.area
    if area is not None and papers not in (None, area):
        read = tables.read_of(root, register.catalogue.table(figures.REGISTER), len(register.figures))
        provenance.record([replace(read, sources=())])
        return Reconciliations(())
    report = register.report_about(of)
    if not report:
        reports = dict.fromkeys(figure.report for figure in register.figures.values())
        raise InputError(
            f"report.reconciliation({of!r}): {figures.FILE} gives no figure to such a report, and no table is called "
            f"so: {one_of(reports, of)}"
        )
    places = Places(root, register.catalogue)
    found = Reconciliations(tuple(map(places.told, cases.of_report(report))))
    known = [TABLE] if TABLE in {one.name for one in register.catalogue.tables} else []
    for name in [figures.REGISTER, *known, *cases.tables(report)] if found.figures else []:
        table = register.catalogue.table(name)
        rows = len(register.figures) if name == figures.REGISTER else len(register.tables[name].rows)
        tables.check_hash(root, table)
        provenance.record([tables.read_of(root, table, rows)])
    if found.figures:
        found.show()
    return found
