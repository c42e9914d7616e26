"""PDF of the reports: tagged, whole, and published with the pages or not at all."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from printed import lost_in_print, words

pytestmark = pytest.mark.slow


def needs_weasyprint():
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        pytest.skip(f"WeasyPrint's system libraries are missing: {error}")


def resolved(one):
    return one.get_object() if hasattr(one, "get_object") else one


def below(element):
    """The elements of a PDF's tree below one, in reading order."""
    inside = resolved(element.get("/K", []))
    for one in map(resolved, inside if isinstance(inside, list) else [inside]):
        if isinstance(one, dict) and "/S" in one:
            yield one
            yield from below(one)


def tagged(pdf):
    return list(below(pdf.trailer["/Root"]["/StructTreeRoot"]))


@pytest.fixture
def reader():
    from pypdf import PdfReader

    needs_weasyprint()
    return PdfReader


def test_a_reports_pdf_is_tagged_and_loses_nothing_of_its_page(copy_of_pack, reader):
    done = copy_of_pack.pipeline("pdf", "public-health-savings", "chlamydia")
    assert done.returncode == 0, done.stderr
    assert "2 PDF files published." in done.stdout
    for name in ("public-health-savings", "chlamydia"):
        pdf = reader(copy_of_pack.root / "reports" / "cambridgeshire" / f"{name}.pdf")
        assert lost_in_print(copy_of_pack.page(name), pdf) == set(), name
        said = tagged(pdf)
        assert {one["/S"] for one in said} >= {"/Document", "/H1", "/H2", "/Table", "/TR", "/TH", "/TD"}
        # Of a chart all is said that its page says of it, its values too; its type is that of the text.
        charts = [one["/Alt"] for one in said if one["/S"] == "/Figure"]
        page = BeautifulSoup(copy_of_pack.page(name), "html5lib")
        assert charts == [f"{svg.title.text} {svg.desc.text}" for svg in page.select("svg.wide")]
        fonts = {font["/BaseFont"] for one in pdf.pages for font in map(resolved, one["/Resources"]["/Font"].values())}
        assert all("Liberation" in font for font in fonts), fonts
        # A table that goes on on another page begins there with its caption and its headers again.
        tables = [one for one in said if one["/S"] == "/Table"]
        assert len(tables) >= len(page("table"))
        for table in tables:
            kinds = [one["/S"] for one in below(table)]
            # Each value leads to the headers of its column and of its row, as PDF/UA asks (ISO 14289-1, 7.5).
            headers = {one["/ID"] for one in below(table) if one["/S"] == "/TH"}
            values = [
                one["/A"]["/Headers"] for one in below(table) if one["/S"] == "/TD" and "/ColSpan" not in one["/A"]
            ]
            assert all(len(leads) >= 1 and set(leads) <= headers for leads in values)
            assert kinds[0] == "/Caption" or kinds[:3] == ["/THead", "/TR", "/TD"]
            assert "/TH" in kinds
    pdf = reader(copy_of_pack.root / "reports" / "cambridgeshire" / "public-health-savings.pdf")
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"].startswith("en")
    assert "Savings from demand-led public health budgets" in pdf.metadata.title
    # Nothing leads nowhere, and the last page has more to say than the licence.
    for page in pdf.pages:
        assert not [one for one in page.get("/Annots", []) if "/URI" in one.get_object().get("/A", {})]
    assert "as it was run" not in "".join(page.extract_text() for page in pdf.pages)
    assert len(pdf.pages[-1].extract_text()) > 300
    text = pdf.pages[0].extract_text()
    assert "Casebook: cambridgeshire/public-health-savings.html" in text
    assert f"Page 1 of {len(pdf.pages)}" in text
    assert pdf.pages[0].mediabox.width == pytest.approx(595, abs=1)
    index = (copy_of_pack.root / "reports" / "index.html").read_text(encoding="utf-8")
    assert 'href="cambridgeshire/public-health-savings.pdf"' in index
    # Rebuilt, the report is another one than that in the file.
    assert copy_of_pack.pipeline("run", "public-health-savings", "--force").returncode == 0
    assert not (copy_of_pack.root / "reports" / "cambridgeshire" / "public-health-savings.pdf").exists()
    assert not copy_of_pack.report("public-health-savings")["pdf"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("no-such",), "No report 'no-such' is published for Cambridgeshire"),
        (("--area", "Atlantis"), "There is no area called 'Atlantis'"),
    ],
)
def test_what_is_not_published_gets_one_sentence(copy_of_pack, arguments, says):
    needs_weasyprint()
    before = copy_of_pack.published()
    done = copy_of_pack.pipeline("pdf", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert copy_of_pack.published() == before


@pytest.mark.long
def test_the_committee_pack_has_a_cover_contents_and_every_report(copy_of_pack, reader):
    from casebook.pages import pdf

    # Two reports are enough to see how they are put together.
    manifest = copy_of_pack.root / "reports" / "cambridgeshire" / "pack.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    content["reports"] = [
        one
        for one in content["reports"]
        if one["area"] == "Cambridgeshire" and one["name"] in ("care-rates", "smoking")
    ]
    there = {(one["name"], one["area"]) for one in content["reports"]}
    content["reconciliation"] = [row for row in content["reconciliation"] if (row["report"], row["area"]) in there]
    manifest.write_text(json.dumps(content), encoding="utf-8")
    made = pdf.make(copy_of_pack.root, [], "Cambridgeshire", lambda file: None)
    assert made[-1] == "cambridgeshire/committee-pack.pdf"
    assert len(made) == 3
    document = reader(copy_of_pack.root / "reports" / made[-1])
    first = document.pages[0].extract_text()
    assert copy_of_pack.pack()["committee_packs"] == {"cambridgeshire": "cambridgeshire/committee-pack.pdf"}
    index = (copy_of_pack.root / "reports" / "index.html").read_text(encoding="utf-8")
    assert 'href="cambridgeshire/committee-pack.pdf"' in index
    cover = re.sub(r"\s+", " ", first)
    assert "What the verdicts on printed figures mean" in cover
    for entry in copy_of_pack.pack()["reports"]:
        if entry["area"] == "Cambridgeshire":
            assert entry["title"] in cover
            assert f"Data as of: {entry['as_of']}" in cover
            assert set(words(entry["headlines"][0]["text"])) <= set(words(first))
    assert re.search(r"Care applications and children in care[ .]+\d+", re.sub(r"\s+", " ", first))
