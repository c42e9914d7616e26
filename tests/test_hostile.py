"""Hostile text in the data is text: in the page, in the spreadsheet and in the PDF."""

import json
import re
import shutil

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import Project
from small_reports import GOOD, notebook, write

from casebook.pages import gates, harmless, script
from casebook.report import look

pytestmark = pytest.mark.slow

SCRIPT, ATTRIBUTE, RIGHT_TO_LEFT, FORMULA, SMILE = (
    "<script>alert(1)</script>",
    '"onload="alert(2)',
    "abc\u202edef",
    "=HYPERLINK(0)",
    "\U0001f600",
)
LONG = "Luton " + "N" * 294


@pytest.fixture(scope="module")
def hostile(once):
    """A project whose savings schedule and area names are hostile, with the two reports that show them."""
    return once("hostile", make)


def make(project):
    project.replace(
        "data/raw/savings_schedule.csv",
        "Traveller Health",
        f'"{SCRIPT} {ATTRIBUTE.replace(chr(34), chr(34) * 2)} {RIGHT_TO_LEFT} {SMILE}"',
    )
    project.replace("data/raw/savings_schedule.csv", "Small Community Projects", FORMULA)
    for table in ("areas", "chlamydia_detection", "health_checks", "smoking_prevalence"):
        project.replace(f"data/raw/{table}.csv", "Luton,", f"{LONG},")
    assert project.pipeline("accept").returncode == 0
    done = project.pipeline("run", "public-health-savings", "chlamydia")
    assert done.returncode == 0, done.stderr


def test_it_shows_as_text_in_the_page(hostile):
    page = hostile.page("public-health-savings")
    assert list(gates.problems(page)) == []
    parsed = BeautifulSoup(page, "html5lib")
    assert [one.string for one in parsed("script")] == [script.text()]
    text = parsed.get_text()
    for part in (SCRIPT, ATTRIBUTE, RIGHT_TO_LEFT, FORMULA, SMILE):
        assert part in text
    assert not parsed.find(attrs={"onload": True})


def test_a_name_of_300_characters_is_whole_in_page_and_chart_and_passes_the_gates(hostile):
    page = hostile.page("chlamydia")
    assert list(gates.problems(page)) == []
    assert LONG in BeautifulSoup(page, "html5lib").get_text()


def test_it_shows_as_text_in_the_spreadsheet(hostile):
    path = hostile.root / "reports" / hostile.report("public-health-savings")["spreadsheet"]
    cells = [
        str(cell)
        for frame in pd.read_excel(path, sheet_name=None, header=None).values()
        for cell in frame.to_numpy().ravel()
    ]
    assert FORMULA in cells
    assert any(all(part in cell for part in (SCRIPT, ATTRIBUTE, RIGHT_TO_LEFT, SMILE)) for cell in cells)
    assert LONG in [
        str(cell)
        for frame in pd.read_excel(path.with_name("chlamydia.xlsx"), sheet_name=None, header=None).values()
        for cell in frame.to_numpy().ravel()
    ]


@pytest.mark.long
def test_it_shows_as_text_in_the_pdf(hostile, tmp_path):
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        pytest.skip(f"WeasyPrint's system libraries are missing: {error}")
    from pypdf import PdfReader

    hostile = Project(shutil.copytree(hostile.root, tmp_path / "project"))
    done = hostile.pipeline("pdf", "public-health-savings", "chlamydia")
    assert done.returncode == 0, done.stderr
    texts = [
        "".join(
            page.extract_text() for page in PdfReader(hostile.root / "reports" / "cambridgeshire" / f"{name}.pdf").pages
        )
        for name in ("public-health-savings", "chlamydia")
    ]
    plain = "".join(texts[0].split())
    assert "<script>alert(1)</script>" in plain
    assert '"onload="alert(2)' in plain
    assert "=HYPERLINK(0)" in plain
    assert "N" * 294 in "".join(texts[1].split())


ADDRESS = "https://hostile.example"
# What a cell of Markdown may try, by name; each is refused, or published without doing harm.
IN_MARKDOWN = {
    "script": "<script>alert(1)</script>",
    "script-of-svg": "<svg><script>alert(1)</script></svg>",
    "script-from-elsewhere": f'<script src="{ADDRESS}/x.js"></script>',
    "handler": "<p onclick='alert(1)'>words</p>",
    "handler-of-picture": "<img src=x onerror=alert(1)>",
    "handler-behind-a-slash": "<svg/onload=alert(1)>",
    "handler-in-broken-attribute": '<p title="a"onmouseover="alert(1)">words</p>',
    "handler-of-details": "<details open ontoggle=alert(1)><summary>a</summary>b</details>",
    "refresh": f'<meta http-equiv="refresh" content="0; url={ADDRESS}">',
    "refresh-in-capitals": f"<META HTTP-EQUIV=REFRESH CONTENT='0;URL={ADDRESS}'>",
    "policy-of-its-own": "<meta http-equiv='Content-Security-Policy' content='default-src *'>",
    "base": f'<base href="{ADDRESS}/">',
    "style-sheet": f'<link rel="stylesheet" href="{ADDRESS}/x.css">',
    "preload": f'<link rel="dns-prefetch" href="{ADDRESS}">',
    "import-of-style": f"<style>@import '{ADDRESS}/x.css';</style>",
    "style-of-the-page": "<style>main { display: none }</style>",
    "address-in-style": f'<p style="background: url({ADDRESS}/x.png)">words</p>',
    "address-in-style-written-otherwise": f'<p style="background: u\\72l({ADDRESS}/x.png)">words</p>',
    "image-set": f"<p style=\"background: image-set('{ADDRESS}/x.png' 1x)\">words</p>",
    "covers-the-page": '<div style="position: fixed; inset: 0; background: white">words</div>',
    "picture-from-elsewhere": f"![A picture that says something]({ADDRESS}/x.png)",
    "picture-set": f'<img alt="A picture that says something" srcset="{ADDRESS}/x.png 1x">',
    "picture-of-another-folder": '<img alt="A picture that says something" src="../x.png">',
    "picture-in-svg": f'<svg><image href="{ADDRESS}/x.png"/></svg>',
    "foreign-part-of-svg": f'<svg><use xlink:href="{ADDRESS}/x.svg#a"/></svg>',
    "html-in-svg": f'<svg><foreignObject><iframe src="{ADDRESS}"></iframe></foreignObject></svg>',
    "set-of-svg": '<svg><a><set attributeName="href" to="javascript:alert(1)"/><text>words</text></a></svg>',
    "animation": '<svg><animate onbegin="alert(1)" attributeName="x" dur="1s"/></svg>',
    "link-that-runs": "[words](javascript:alert(1))",
    "link-that-runs-with-a-tab": '<a href="java&#9;script:alert(1)">words</a>',
    "link-that-runs-with-a-control-character": '<a href="&#1;javascript:alert(1)">words</a>',
    "link-that-runs-in-svg": '<svg><a xlink:href="javascript:alert(1)"><text>words</text></a></svg>',
    "link-that-runs-in-math": '<math href="javascript:alert(1)"><mi>x</mi></math>',
    "link-to-a-page-in-itself": '<a href="data:text/html,<script>alert(1)</script>">words</a>',
    "link-that-tells": f'<a href="../index.html" ping="{ADDRESS}">words</a>',
    "frame": f'<iframe src="{ADDRESS}"></iframe>',
    "frame-that-holds-its-page": '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "object": f'<object data="{ADDRESS}/x.swf"></object>',
    "embed": f'<embed src="{ADDRESS}/x.swf">',
    "film": f'<video poster="{ADDRESS}/x.png" src="{ADDRESS}/x.mp4"></video>',
    "form": f'<form action="{ADDRESS}"><input name="password"><button>Sign in</button></form>',
    "button-of-a-form-elsewhere": f'<button form="f" formaction="{ADDRESS}">Sign in</button>',
    "parsed-twice": "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "hidden-by-noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">words</p></noscript>',
    "ends-the-page": f"</main></body></html><meta http-equiv=refresh content='0;url={ADDRESS}'>",
}  # fmt: skip
_FORGED = """from IPython.display import display
display({{"application/vnd.casebook.text+json": {{"paragraphs": ["words"]}}, "text/html": {html!r}}}, raw=True)
"""
# What code may try: show it as it is, as a block of ours that says something else in its HTML, or in a block's words.
IN_CODE = {
    "bare": f"from IPython.display import HTML, display; display(HTML({IN_MARKDOWN['refresh']!r}))",
    **{
        f"forged-{name}": _FORGED.format(html=IN_MARKDOWN[name])
        for name in ("script", "handler", "refresh", "address-in-style", "frame", "form", "base", "parsed-twice")
    },
    "forged-in-the-wrapping": _FORGED.format(
        html=f'<div class="casebook"><style>p {{}}</style>\n{IN_MARKDOWN["refresh"]}\n</div>'
    ),
    "text": f"report.text({IN_MARKDOWN['script']!r})",
    "headline": f"report.headline('x', {IN_MARKDOWN['refresh']!r} + ' One.', value=1, unit='one')",
    "assumption": f"report.assumption({IN_MARKDOWN['handler']!r}, quality='green', impact='low')",
    "caption": f"report.table(frame[['area', 'value']], caption={IN_MARKDOWN['frame']!r}, columns={{'area': 'A', 'value': 'B'}})",
    "column": f"report.table(frame[['area', 'value']], caption='x', columns={{'area': {IN_MARKDOWN['script']!r}, 'value': 'B'}})",
}  # fmt: skip
HOSTILE = {**IN_MARKDOWN, **{f"code-{name}": code for name, code in IN_CODE.items()}}


# What does no harm, and is not on the list of good things: whoever wrote it is told that readers would not see it.
UNKNOWN = {
    "unknown-tag": ("<center>words</center>", "it holds <center>, which a page may not hold"),
    "unknown-tag-in-a-sentence": ("Rates <blink>fell</blink>.", "<blink>"),
    "unknown-attribute": ("<p align='right'>words</p>", "it holds align of <p>"),
    "unknown-property": (
        "<table><caption>x</caption><tr><td style='color: red'>1</td></tr></table>",
        "color in the style of <td>",
    ),
    "kind-of-address": ("[words](ftp://example.org)", "href of <a>"),
}


@pytest.fixture(scope="module")
def tried(once):
    """A project whose every report tries something, with what of it was published."""

    def make(project):
        texts = HOSTILE | {name: text for name, (text, _) in UNKNOWN.items()}
        write(project, {"good": GOOD, **dict.fromkeys(texts, GOOD)})
        for name, text in texts.items():
            made = notebook(*GOOD)
            words, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
            made.cells.append(
                words(f"### Words\n\n{text}") if name not in {f"code-{one}" for one in IN_CODE} else code(text)
            )
            nbformat.write(made, project.root / "notebooks" / f"{name}.ipynb")
        done = project.pipeline("run", "--keep-going")
        assert done.returncode == 1, done.stderr
        assert "Traceback" not in done.stderr

    return once("tried", make)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_notebook_tries_is_refused_or_published_harmless(tried, name):
    pack = tried.pack()
    refused = [one for one in pack["failed"] if one["name"] == name]
    if refused:
        said = refused[0]["said"]
        assert said.startswith(f"{name} cannot be published"), said
        # Each reason says what to do.
        reasons = said.splitlines()[1:] or [said]
        assert all(re.search("take (it )?out|let it lead|show it with|say it in alt|give", one) for one in reasons), (
            said
        )
        return
    page = BeautifulSoup(tried.page(name), "html5lib")
    (own,) = page("script")
    assert own.extract().string == script.text()
    assert not page.find_all(
        ["script", "iframe", "frame", "object", "embed", "form", "input", "button", "base", "link", "video", "audio",
         "animate", "set", "math", "foreignobject", "image"]
    )  # fmt: skip
    (policy,) = [tag for tag in page("meta") if tag.get("http-equiv")]
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert {"base-uri 'none'", "form-action 'none'"} <= {part.strip() for part in policy["content"].split(";")}
    assert len(page("style")) == 1
    for tag in page.find_all(True):
        for attribute, value in tag.attrs.items():
            assert not attribute.startswith("on"), tag
            assert attribute not in ("src", "srcset", "ping", "background", "poster", "formaction", "srcdoc"), tag
            if attribute.endswith("href"):
                assert re.match(r"(\.\./|#|[\w-]+\.|data:text/csv;)", value), tag
            if attribute == "style":
                assert tag.find_parent("svg"), tag
    assert ADDRESS not in str(page.head)


def test_most_of_what_does_harm_is_told_to_who_wrote_it(tried):
    told = {one["name"] for one in tried.pack()["failed"]}
    assert {
        "refresh",
        "script",
        "form",
        "frame-that-holds-its-page",
        "code-forged-refresh",
        "link-that-runs-with-a-tab",
    } <= told


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_a_page_would_leave_out_is_told_to_who_wrote_it(tried, name):
    (said,) = [one["said"] for one in tried.pack()["failed"] if one["name"] == name]
    assert UNKNOWN[name][1] in said
    assert "take it out" in said


def test_good_html_in_markdown_is_published_as_it_is():
    good = (
        '<h3>Rates</h3><p>They <em>fell</em> in <abbr title="Local authority">LA</abbr>.</p><ol start="2"><li>x</li></ol>'
        '<p><a href="care-rates.html">Care</a> <a href="https://www.gov.uk/">GOV.UK</a></p><pre><code>x &lt; y</code></pre>'
        '<table><caption>x</caption><tbody><tr><th scope="row">a</th><td style="text-align:right">1</td></tr></tbody></table>'
        '<p><mark>Now</mark> <ruby>x<rt>y</rt></ruby></p><details open=""><summary>More</summary>x</details>'
        '<img alt="A picture that says something" src="data:image/png;base64,iVBORw0KGgo=">'
    )
    assert harmless.sanitise(good) == good
    assert harmless.left_out(good) == []


def test_a_block_of_casebooks_own_loses_nothing(pack):
    shown = 0
    for entry in pack.pack()["reports"]:
        made = json.loads((pack.root / "reports" / entry["notebook"]).read_text(encoding="utf-8"))
        for output in (output for cell in made["cells"] for output in cell.get("outputs", [])):
            if html := "".join(output.get("data", {}).get("text/html", "")):
                html = look.unwrap(html)
                assert _plainly(harmless.sanitise(html)) == _plainly(html)
                shown += "<svg" in html
    assert shown > 10


def _plainly(html):
    """Tags, attributes and text; namespaces are HTML's own affair, and quotation marks in a style may stand or not."""
    return [
        (
            tag.name,
            {
                name: re.sub(r"\s|;$|['\"]", "", str(value)) if name == "style" else value
                for name, value in tag.attrs.items()
                if not name.startswith("xmlns")
            },
            tag.get_text(),
        )
        for tag in BeautifulSoup(html, "html5lib").find_all(True)
    ]
