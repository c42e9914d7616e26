"""The gates: a good page passes, and each thing that keeps a page from a reader is found."""

import re

import pytest

from casebook.run import gates, render

PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>A report</title><style>a { color: #000 }</style></head><body>
<main id="main"><h1>A report</h1><h2 id="a">Finding</h2>
<svg role="img" aria-labelledby="t d"><title id="t">Rates fell</title><desc id="d">The rate fell from 12 to 8 in three years.</desc></svg>
<table><caption>Rates</caption><thead><tr><th scope="col">Year</th><th scope="col">Rate</th></tr></thead>
<tbody><tr><th scope="row">2020</th><td>8.0</td></tr></tbody></table><a href="other.html">More</a></main></body></html>"""


def test_a_good_page_passes():
    assert list(gates.problems(PAGE)) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (' lang="en-GB"', "", "the language is not stated"),
        ("<title>A report</title>", "<title> </title>", "the page has no title"),
        ("<h1>A report</h1>", "", "0 headings of the first level"),
        ("</main>", "<h1>Again</h1></main>", "2 headings of the first level"),
        ("<h2 id", "<h3 id", "a level is skipped"),
        ('id="a"', 'id="t"', "the id 't' stands 2 times"),
        ("The rate fell from 12 to 8 in three years.", "Chart", "is described as 'Chart'"),
        ("The rate fell from 12 to 8 in three years.", "figure-one-for-the-report.png", "does not say what it shows"),
        ("The rate fell from 12 to 8 in three years.", "No description has been provided for this image", "does not say what it shows"),
        ('<desc id="d">The rate fell from 12 to 8 in three years.</desc>', "", "a chart has no <desc>"),
        ('role="img" ', "", "does not say that it is a picture"),
        ("<caption>Rates</caption>", "", "a table has no caption"),
        ('<th scope="row">', "<th>", "has a header cell without scope"),
        ("<td>8.0</td>", "<td></td>", "has an empty or a merged cell"),
        ("<td>8.0</td>", '<td colspan="2">8.0</td>', "has an empty or a merged cell"),
        ("</main>", "<script>1</script></main>", "it holds a script"),
        ("</main>", '<p onload="x()">x</p></main>', "has the attribute onload"),
        ("</main>", '<img src="https://example.org/x.png" alt="A picture that says something."></main>', "loads 'https://example.org/x.png' from elsewhere"),
        ("a { color: #000 }", "@import 'x.css';", "a style loads something"),
        ("a { color: #000 }", "a { background: url(http://x/y) }", "a style loads something"),
        ('href="other.html"', 'href="javascript:alert(1)"', "a link runs a script"),
        ('aria-labelledby="t d"', 'aria-labelledby="t e"', "names 'e' as its label"),
        ("</main>", "</main><main></main>", "2 main parts"),
        ("The rate fell", "The rate fell " + "x" * 61_000, "a chart has 61,"),
        ("</main>", f"<p>{'x' * 400_000}</p></main>", "the page has 400,"),
    ],
)  # fmt: skip
def test_each_fault_is_found(old, new, says):
    assert old in PAGE
    found = list(gates.problems(PAGE.replace(old, new, 1)))
    assert any(says in problem for problem in found), found


def test_the_colours_of_the_pages_can_be_told_apart():
    css = render.style()
    assert list(gates.contrast_problems(css)) == []
    pale = re.sub(r"--quiet: #\w+", "--quiet: #999999", css)
    assert list(gates.contrast_problems(pale)) == ["quiet on page has a contrast of 2.85, less than 4.5"]


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#767676", "#ffffff", 4.54), ("#000", "#fff", 21.0), ("#12436d", "#ffffff", 10.3)]
)
def test_contrast_is_that_of_the_guidelines(one, other, ratio):
    assert gates.contrast(one, other) == pytest.approx(ratio, abs=0.1)


@pytest.mark.slow
def test_a_page_that_fails_is_not_published(copy_of_pack):
    before = copy_of_pack.published()
    notebook = "notebooks/public-health-savings.ipynb"
    copy_of_pack.replace(notebook, "## What is saved, line by line", "#### What is saved, line by line")
    done = copy_of_pack.pipeline("run", "public-health-savings")
    assert done.returncode == 1
    assert (
        "public-health-savings.html cannot be published, because a heading of level 4 follows one of level 2"
        in done.stderr
    )
    assert copy_of_pack.published() == before
