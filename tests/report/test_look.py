"""A block brings its look into a notebook, as small as can be, and a cell shows the same each time it is run."""

import json
import subprocess
import sys

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import LONGEST, ROOT

from casebook.report import blocks, look
from casebook.report.blocks import make_table

TABLE = make_table(pd.DataFrame({"area": ["Essex"], "rate": [1.2]}), "Rates", {"area": "Area", "rate": "Rate"})
FIGURES = tuple(
    blocks.Reconciliation(
        id=verdict, paper="004", line=1, figure=f"A figure that is {verdict}", printed="2", unit="", computed=1.0,
        computed_shown="1", formula="3 - 2", verdict=verdict, note="Hypothesis: a slip.", follows=follows, cell="c", inputs=(),
    )
    for verdict, follows in (("reproduced", ""), ("unreadable", ""), ("differs", "The sum falls."), ("cannot be recomputed", ""))
)  # fmt: skip
EACH = [
    blocks.Title("Rates", "Essex", "2020"),
    blocks.Headline("one", "Rates fell.", 1.0, "per cent"),
    blocks.Text(("One.", "Two.")),
    TABLE,
    blocks.Figure("chart", "Rates fell.", "Rates by area", "From 2 to 1.", TABLE, "<svg></svg>"),
    blocks.Reconciliations(FIGURES),
    blocks.Assumption("Rates are as printed.", "green", "low"),
    blocks.Source("Guide", "OHID", "2023", "OGL"),
    blocks.Result("rates", ("area",), (("Essex",),)),
]


@pytest.mark.parametrize("block", EACH, ids=lambda block: block.kind)
def test_in_a_notebook_a_block_stands_in_its_style_and_in_a_page_without(block):
    written = look.wrap(block.html(), block.style)
    wrapper = BeautifulSoup(written, "html5lib").body.find_all(recursive=False)
    assert [one["class"] for one in wrapper] == [["casebook"]]
    assert wrapper[0].style.string.startswith(".casebook.casebook.casebook{")
    assert len(written) - len(block.html()) < 2500
    assert look.unwrap(written) == block.html()
    assert "<style" not in block.html()


@pytest.mark.parametrize("block", EACH, ids=lambda block: block.kind)
def test_a_block_brings_a_rule_for_every_class_that_has_one_in_the_page(block):
    written = BeautifulSoup(look.wrap(block.html(), block.style), "html5lib")
    used = {name for tag in written(class_=True) for name in tag["class"]} - {"casebook"}
    ruled = {name for name in used if f".{name} " in look.style() or f".{name}:" in look.style()}
    assert {name for name in ruled if f".{name}" in written.style.string} == ruled
    for tag in ("h1", "h3", "table", "caption", "figure", "details", "summary", "a"):
        assert not written.div(tag) or f"{tag}{{" in written.style.string, tag


def test_what_stood_in_a_notebook_of_before_is_shown_as_it_is():
    assert look.unwrap("<p>One</p>") == "<p>One</p>"


def test_a_reconciled_figure_that_does_not_stand_is_a_card_and_the_others_a_folded_table():
    page = BeautifulSoup(blocks.Reconciliations(FIGURES).html(), "html5lib")
    assert [item.h3["id"] for item in page.ul("li")] == ["figure-differs", "figure-unreadable"]
    card = page.ul.li
    assert "The paper says 2. Calculated: 1." in card.text
    assert "The sum falls." in card.text
    assert "3 - 2" in card.details.text
    _, _, stand, cannot = page("details")
    assert stand.summary.text == "1 figure that is reproduced, with how each was calculated"
    assert [row.td.text for row in stand.table.tbody("tr")] == ["paper 004, line 1"]
    assert cannot.summary.text == "1 figure that cannot be calculated, by what is missing"


def test_a_single_figure_that_stands_makes_no_card():
    page = BeautifulSoup(blocks.Reconciliations(FIGURES[:1]).html(), "html5lib")
    assert page.ul is None
    assert page.details.table.th.text == "Figure"


AGAIN = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

cells = ["from casebook import report", "report.reconciliation('public-health-savings')"]
shell, rounds = InteractiveShell.instance(), []
for order in ((0, 1), (1,), (0, 1)):
    shown = {}
    for number in order:
        with capture_output() as captured:
            assert shell.run_cell(cells[number], store_history=True).success
        shown[number] = [sorted(output.data.items()) for output in captured.outputs]
    rounds.append(shown)
print(json.dumps(rounds))
"""


def test_a_cell_that_is_run_again_shows_the_same_reads_and_figures(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", AGAIN], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=LONGEST,
        env={"CASEBOOK_PROJECT": str(ROOT), "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, again, all_again = json.loads(done.stdout)
    assert again["1"] == first["1"]
    assert all_again == first
    kinds = [dict(output)["text/plain"][:5] for output in first["1"]]
    # The register, the headings of the papers, and the one table whose cells are reconciled.
    assert kinds.count("Read ") == 3
