"""Hostile text in the data is text: in the page, in the spreadsheet and in the PDF."""

import shutil

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import Project

from casebook.run import gates

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
    assert project.pipeline("seal").returncode == 0
    done = project.pipeline("run", "public-health-savings", "chlamydia")
    assert done.returncode == 0, done.stderr


def test_it_shows_as_text_in_the_page(hostile):
    page = hostile.page("public-health-savings")
    assert list(gates.problems(page)) == []
    parsed = BeautifulSoup(page, "html5lib")
    assert not parsed("script")
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
