"""The gates: a good page passes, and each thing that keeps a page from a reader is found."""

import re

import pytest
from small_reports import BEGIN, SAY, write

from casebook.pages import gates, render, script

PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>A report</title><style>a { color: #000 }</style></head><body>
<main id="main"><h1>A report</h1><h2 id="a">Finding</h2>
<svg role="img" aria-labelledby="t d" style="fill: url('#a'); stroke: url(#a)"><title id="t">Rates fell</title><desc id="d">The rate fell from 12 to 8 in three years.</desc></svg>
<table><caption>Rates</caption><thead><tr><th scope="col">Year</th><th scope="col">Rate</th></tr></thead>
<tbody><tr><th scope="row">2020</th><td>8.0</td></tr></tbody></table><a href="other.html">More</a></main></body></html>"""


def test_a_good_page_passes():
    assert list(gates.problems(PAGE)) == []
    assert list(gates.problems(PAGE.replace("</main>", f"</main><script>{script.text()}</script>"))) == []


def test_a_block_may_not_hold_even_the_script_of_the_pages():
    assert any("it holds a script" in one for one in gates.harms(f"<script>{script.text()}</script>"))


def test_the_script_is_short_and_reaches_for_nothing_outside_its_page():
    lines = (render.TEMPLATES / "page.js").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 150
    assert not re.search(r"fetch|XMLHttp|import|eval|innerHTML|https?:|cookie|Storage|Function\(", script.text())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (' lang="en-GB"', "", "the language is not stated"),
        ("<title>A report</title>", "<title> </title>", "the page has no title"),
        ("<h1>A report</h1>", "", "no headings of the first level, expected one"),
        ("</main>", "<h1>Again</h1></main>", "2 headings of the first level ('A report' and 'Again')"),
        ("<h2 id", "<h3 id", "follows 'A report' of level 1, so that a level is skipped: begin it with ##."),
        ('id="a"', 'id="t"', "the id 't' stands 2 times"),
        ("The rate fell from 12 to 8 in three years.", "Chart", "is described as 'Chart'"),
        ("The rate fell from 12 to 8 in three years.", "figure-one-for-the-report.png", "does not say what it shows"),
        ("The rate fell from 12 to 8 in three years.", "No description has been provided for this image", "does not say what it shows"),
        ('<desc id="d">The rate fell from 12 to 8 in three years.</desc>', "", "the chart 'Rates fell' has no <desc>"),
        ('role="img" ', "", "does not say that it is a picture"),
        ("<caption>Rates</caption>", "", "a table has no caption (it begins 'Year"),
        ('<th scope="row">', "<th>", "has a header cell without scope"),
        ("<td>8.0</td>", "<td></td>", "has an empty or a merged cell"),
        ("<td>8.0</td>", '<td colspan="2">8.0</td>', "has an empty or a merged cell"),
        ("</main>", "<script>1</script></main>", "it holds a script"),
        ("</main>", f"<script>{script.text()} </script></main>", "it holds a script"),
        ("</main>", f"<script async>{script.text()}</script></main>", "it holds a script"),
        ("</main>", f"<script>{script.text()}</script><script>1</script></main>", "it holds a script"),
        ("<title>A", """<meta http-equiv="Content-Security-Policy" content="script-src 'self'"><title>A""", "its policy lets scripts run"),
        ("</main>", '<p onload="x()">x</p></main>', "has the attribute onload"),
        ("</main>", '<img src="https://example.org/x.png" alt="A picture that says something."></main>', "loads 'https://example.org/x.png' from elsewhere"),
        ("a { color: #000 }", "a { fill: u\\72l(x) }", "a style loads something"),
        ("</main>", '<meta http-equiv="refresh" content="0"></main>', "it holds <meta http-equiv>"),
        ("</main>", '<iframe srcdoc="x"></iframe></main>', "it holds <iframe>"),
        ('href="other.html"', 'href="java&#9;script:alert(1)"', "a link runs a script"),
        ("a { color: #000 }", "@import 'x.css';", "a style loads something"),
        ("a { color: #000 }", "a { background: url(http://x/y) }", "a style loads something"),
        ('href="other.html"', 'href="javascript:alert(1)"', "a link runs a script"),
        ('aria-labelledby="t d"', 'aria-labelledby="t e"', "names 'e' as its label"),
        ("</main>", "</main><main></main>", "2 main parts"),
        ("The rate fell", "The rate fell " + "x" * 61_000, "the chart 'Rates fell' has 61,"),
        ("</main>", f"<p>{'x' * 400_000}</p></main>", "the page has 400,"),
    ],
)  # fmt: skip
def test_each_fault_is_found(old, new, says):
    assert old in PAGE
    found = list(gates.problems(PAGE.replace(old, new, 1)))
    assert any(says in problem for problem in found), found


def test_the_colours_of_the_pages_can_be_told_apart():
    styles = render.styles()
    assert list(gates.contrast_problems(styles)) == []
    pale = {file: re.sub(r"--quiet: #\w+", "--quiet: #999999", css) for file, css in styles.items()}
    assert list(gates.contrast_problems(pale)) == [
        "in block.css --quiet (#999999) has a contrast of 2.85 with the page (#ffffff), less than 4.5: choose a darker "
        "colour."
    ]
    pale = {file: css.replace("--quiet: #c1c5c8", "--quiet: #444444") for file, css in styles.items()}
    assert list(gates.contrast_problems(pale)) == [
        "in casebook.css --quiet (#444444) has a contrast of 1.85 with the page (#11171c), less than 4.5: choose a lighter "
        "colour."
    ]


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#767676", "#ffffff", 4.54), ("#000", "#fff", 21.0), ("#12436d", "#ffffff", 10.3)]
)
def test_contrast_is_that_of_the_guidelines(one, other, ratio):
    assert gates.contrast(one, other) == pytest.approx(ratio, abs=0.1)


@pytest.mark.slow
def test_a_page_that_fails_is_not_published(copy_of_pack):
    before = copy_of_pack.published()
    notebook = "notebooks/ledger.ipynb"
    copy_of_pack.replace(notebook, "## Where things stand", "#### Where things stand")
    done = copy_of_pack.pipeline("run", "public-health-savings")
    assert done.returncode == 1
    assert "public-health-savings cannot be published: the heading 'Where things stand' of level 4 follows " in (
        done.stderr
    )
    assert copy_of_pack.published() == before


@pytest.mark.slow
def test_everything_that_keeps_a_report_from_being_published_is_said_in_one_run(project):
    write(
        project,
        {"one": ("# Begin", BEGIN, "### Skipped", SAY.splitlines()[1] + "\nreport.text('Some words.')")},
        {"one": "headlines=3, figures=1"},
    )
    done = project.pipeline("run", "-p", "area=Essex")
    assert done.returncode == 1
    # Cells are counted as JupyterLab counts them: the one with the parameters set is not among them.
    assert done.stderr.splitlines()[1:] == [
        "one cannot be published, for 7 reasons:",
        "  1. it has no summary, and a report has one, by report.summary: say first what happened last, whether it is "
        "worrying and what to ask.",
        "  2. it has 1 headline (cell 5), and a report has two to five: state what was found with report.headline.",
        "  3. it shows no table and no chart, and a report shows what its findings rest on: call report.table or "
        "report.figure.",
        "  4. it states no assumption, and a report has one or more: say with report.assumption what it takes as true.",
        "  5. it has 1 headline, and pipeline.py says it must contain 3: find out why the notebook said less, or change "
        "its line there.",
        "  6. it has no chart, and pipeline.py says it must contain 1: find out why the notebook said less, or change "
        "its line there.",
        "  7. the heading 'Skipped' of level 4 follows 'Begin' of level 2, so that a level is skipped: begin it with ###.",
    ]
