"""The printed figures of a report, for an area whose papers were read and for others."""

import pytest
from conftest import ROOT

from casebook import report
from casebook.errors import ReportFailedError
from casebook.pack import reconciliation
from casebook.pack.models import Row

ONE = "public-health-savings"


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    monkeypatch.setenv("CASEBOOK_PROJECT", str(ROOT))


def test_figures_are_shown_for_the_area_that_the_papers_are_about_and_no_other(capsys):
    assert len(report.reconciliation(ONE, area="Cambridgeshire").figures) == len(report.reconciliation(ONE).figures) > 1
    capsys.readouterr()
    assert report.reconciliation(ONE, area="Essex").figures == ()
    assert capsys.readouterr().out == ""


def test_a_report_about_another_area_than_the_papers_may_leave_all_figures_out_and_not_some():
    reconciliation.check_complete(ONE, "Essex", ROOT, [])
    one = Row(
        id="savings-in-the-head", paper="004", line=1, figure="All savings", printed="£1", unit="pounds", computed=1,
        computed_shown="£1", formula="", verdict="reproduced", note="", follows="", report=ONE, area="Essex",
    )  # fmt: skip
    for area, found in (("Cambridgeshire", []), ("Essex", [one])):
        with pytest.raises(ReportFailedError, match=f"{ONE} does not say how the figure"):
            reconciliation.check_complete(ONE, area, ROOT, found)
