"""Every page of the pack can be read: offline, without code, with headings, captions and descriptions."""

import csv
import io
import re
from itertools import pairwise
from urllib.parse import unquote

import nbformat
import pytest
from bs4 import BeautifulSoup

from casebook.pack.record import SHOWN
from casebook.pages import harmless, script
from casebook.report import look

pytestmark = pytest.mark.slow

LOADING = {"src", "srcset", "data", "poster", "action", "background"}


@pytest.fixture(scope="session")
def pages(pack):
    """Every page by address, parsed."""
    reports = pack.root / "reports"
    found = {
        str(path.relative_to(reports)): BeautifulSoup(path.read_text(encoding="utf-8"), "html5lib")
        for path in reports.rglob("*.html")
    }
    # The index, the printed figures, the glossary, the accessibility statement, the way to other areas, an index for
    # each of two areas, and the reports.
    assert len(found) == 1 + 1 + 1 + 1 + 1 + 2 + len(pack.pack()["reports"])
    return found


def each(pages):
    yield from pages.items()


def test_nothing_is_loaded_from_anywhere(pages):
    for address, page in each(pages):
        for tag in page(True):
            for name, value in tag.attrs.items():
                if name in LOADING or (tag.name == "link" and name == "href"):
                    pytest.fail(f"{address}: <{tag.name} {name}={value!r}> loads something")
        for style in page("style"):
            assert not re.search(r"url\((?!#)|@import", style.text), address
        assert [one.string for one in page("script")] == [script.text()], address
        policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
        assert policy.startswith(f"default-src 'none'; script-src {script.source()}; style-src")


def test_links_lead_to_pages_of_the_pack(pack, pages):
    for address, page in each(pages):
        folder = (pack.root / "reports" / address).parent
        for link in page("a", href=True):
            if link["href"].startswith("data:text/csv"):
                assert link["download"].endswith(".csv"), address
            elif link["href"].startswith("#"):
                assert page.find(id=link["href"][1:]), f"{address}: {link['href'][:80]}"
            elif address in ("accessibility.html", "glossary.html") and link["href"].startswith("https:"):
                # Sources of facts, and where to complain.
                assert re.match(r"https://[a-z.0-9]+/", link["href"])
            else:
                file, _, place = link["href"].partition("#")
                assert (folder / file).is_file(), f"{address}: {link['href'][:80]}"
                other = pages.get(str((folder / file).resolve().relative_to((pack.root / "reports").resolve())))
                assert not place or other.find(id=place), f"{address}: {link['href'][:80]}"


def test_pages_have_a_language_a_title_one_h1_a_main_and_a_skip_link(pages):
    titles = [page.title.text for _, page in each(pages)]
    assert len(titles) == len(set(titles))
    for address, page in each(pages):
        assert page.html["lang"] == "en-GB", address
        assert len(page("h1")) == 1, address
        assert len(page("main")) == 1, address
        assert page.find("a", class_="skip")["href"] == f"#{page.main['id']}"


def test_headings_skip_no_level(pages):
    for address, page in each(pages):
        levels = [int(heading.name[1]) for heading in page(re.compile("^h[1-6]$"))]
        assert all(after - before <= 1 for before, after in pairwise(levels)), (address, levels)


def test_ids_are_unique_and_labels_lead_somewhere(pages):
    for address, page in each(pages):
        ids = [tag["id"] for tag in page(id=True)]
        assert len(ids) == len(set(ids)), address
        for tag in page(attrs={"aria-labelledby": True}):
            assert set(tag["aria-labelledby"].split()) <= set(ids), address


def test_tables_have_a_caption_and_scopes_and_no_empty_cell(pages):
    for address, page in each(pages):
        for table in page("table"):
            assert table.caption.text.strip(), address
            assert len(table.thead("tr")) == 1, address
            assert all(header.get("scope") in ("col", "row") for header in table("th")), address
            assert all(cell.text.strip() for cell in table(["td", "th"])), (address, table.caption.text)
            widths = {len(row(["td", "th"])) for row in table("tr")}
            assert len(widths) == 1, address


def test_charts_have_a_name_a_description_and_their_data_beside_them(pack, pages):
    for address, page in each(pages):
        for figure in page("figure"):
            image = figure.svg
            assert image["role"] == "img"
            title, description = (page.find(id=image[name]) for name in ("aria-labelledby", "aria-describedby"))
            assert title.text == figure.figcaption.strong.text
            assert len(description.text) > 60, address
            assert re.search(r"\d", description.text), address
            assert figure.details.table.caption.text
            assert len(str(image)) < 60_000, address
    for entry in pack.pack()["reports"]:
        assert bool(pages[entry["html"]]("figure")) == (entry["name"] != "register"), entry["name"]


def stands_in(table, mark):
    """Whether a value that a mark says, "name, when: value", stands in a row of a table that names both."""
    said, _, value = re.sub(r" \(.*(highest|lowest) of the others\)$", "", mark).rpartition(": ")
    name, _, when = said.rpartition(", ")
    if found := re.fullmatch(r"(\S+) \((?:95% interval )?(\S+) to (\S+)\)", value):
        # Its limits stand in the same row.
        return any(
            name in row.text and {*found.groups()} <= {cell.text for cell in row(["th", "td"])}
            for row in table.tbody("tr")
        )
    headers = [cell.text for cell in table.thead("th")]
    for row in table.tbody("tr"):
        cells = [cell.text for cell in row(["th", "td"])]
        for header, cell in zip(headers, cells, strict=True):
            about = " | ".join([header, *cells])
            if cell == value and (said in about or (name in about and when in about)):
                return True
    return False


def test_every_value_of_every_chart_stands_in_its_table_and_its_csv(pages):
    marks = 0
    for address, page in each(pages):
        for figure in page("figure"):
            table, drawn = figure.details.table, [svg("title")[1:] for svg in figure("svg")]
            saved = list(csv.reader(io.StringIO(unquote(figure.details.find(download=True)["href"].partition(",")[2]))))
            assert [[cell.text for cell in table.thead("th")], len(table.tbody("tr"))] == [saved[0], len(saved) - 1]
            wide, narrow = ([one for title in titles for one in title.text.split("; ")] for titles in drawn)
            assert wide and sorted(wide) == sorted(narrow), address
            for mark in wide:
                assert stands_in(table, mark), (address, figure.figcaption.strong.text, mark)
            marks += len(wide)
    assert marks > 300


def test_no_code_and_no_missing_number_is_shown(pages):
    for address, page in each(pages):
        text = page.body.get_text(" ")
        # "None of these savings" is a paper's word.
        assert not re.search(r"\bimport \w+|In \[|Out\[|Traceback|\bnan\b|\bNone\b(?! of)|<NA>|\bNaT\b", text), address


def test_pages_are_small(pack):
    for path in (pack.root / "reports").rglob("*.html"):
        assert path.stat().st_size < 400_000


def test_every_report_has_the_parts_of_a_report_in_order(pack, pages):
    for entry in pack.pack()["reports"]:
        page = pages[entry["html"]]
        headings = [heading.text for heading in page("h2")]
        assert headings[:3] == ["Summary", "Findings", "Contents"]
        listed = [link.text for link in page.find("nav", class_="contents")("a")]
        assert listed == headings[3:]
        assert headings[-2:] == ["Assumptions and limits", "Method, sources and how this page was made"]
        folded = page.find(id="behind-this-report").find_next_siblings("details")
        said = [part.summary.text for part in folded]
        assert said[-2:] == ["Where the figures come from", "How this page was made"]
        assert said[:-2] in ([], ["How the figures were calculated"])
        assert not any(part.has_attr("open") for part in page("details"))
        shown = [item.text for item in page.find(class_="headlines")("li")]
        assert shown == [headline["text"] + headline["basis"] for headline in entry["headlines"]]
        above = [item.text for item in page.find(class_="summary")("p")]
        assert above == [*entry["summary"][:-1], f"A question to ask: {entry['summary'][-1]}"]
        assert re.search(r"Casebook ran the notebook [a-z-]+\.ipynb", page.get_text())
        contents = page.find(id="contents-caption").find_parent("table").get_text()
        assert all(read["sha256"][:12] in contents for read in entry["inputs"])
        sources = [row.th.text for row in page.find(id="sources-caption").find_parent("table").tbody("tr")]
        assert len(sources) == len(set(sources))
        assert not re.search(r"SHA|paper \d|lines? \d", page.find(id="sources-caption").find_parent("table").text)


def test_the_index_lists_each_report_with_one_line_its_signs_and_the_date_of_its_data(pack, pages):
    index = pages["index.html"]
    for entry in pack.pack()["reports"]:
        card = index.find("a", href=entry["html"]).find_parent("li")
        assert card.a.text == entry["title"]
        assert card.find(class_="finding").text == entry["glance"]["finding"]
        assert len(entry["glance"]["finding"].split()) <= 15
        signs = " ".join(sign.text for sign in card.select(".sign"))
        assert all(f"Worse: {one}" in signs for one in entry["glance"]["worse"])
        assert all(f"Better: {one}" in signs for one in entry["glance"]["better"])
        assert all(f"Not judged: {one}" in signs for one in entry["glance"]["unsure"])
        if entry["glance"]["trend"]:
            drawn, said = card.find("svg"), card.find(class_="trend").span.text
            assert all(f"{key}: " in drawn.desc.text for key, _ in entry["glance"]["trend"])
            assert said.casefold().startswith(entry["glance"]["of"].casefold())
        assert card.find("a", href=entry["notebook"])
        assert card.find("a", href=entry["spreadsheet"])
        assert f"Data as of: {entry['as_of']}" in card.text
    assert index.get_text().count("passed its checks") == 1
    assert [heading.text for heading in index("h2")] == [
        "What changed since the last pack", "Cambridgeshire", "Hertfordshire", "All reports together",
    ]  # fmt: skip


def test_the_index_begins_with_what_is_worse_and_ends_with_the_register(pack, pages):
    links = [link["href"] for link in pages["index.html"].select(".cards h3 a")]
    entries = {entry["html"]: entry for entry in pack.pack()["reports"]}
    for area in ("Cambridgeshire", "Hertfordshire"):
        own = [entries[link] for link in links if entries[link]["area"] == area]
        assert own[-1]["name"] == "register"
        worse = [len(entry["glance"]["worse"]) for entry in own]
        assert worse == sorted(worse, reverse=True)
        assert worse[0] > 0


# Of the blocks that the page puts together in another order, what each consists of; the others stand in it as they are.
# What is for the index, or for other reports, does not stand in it.
TOGETHER = {
    "summary": r"<p>.*?</p>",
    "headline": r'<li id="headline-.*?</li>',
    "assumption": r'<tr role="row"><th scope="row".*?</tr>',
    "source": r'<tr role="row"><th scope="row".*?</tr>',
    "glance": "",
    "result": "",
    # What depends on a figure is known when all are.
    "reconciliation": r'<tr><th scope="row">.*?</tr>|<h3 id="f\w+-.*?(?=<p>(?:Another|\d+ other) figure|<details>)'
    r"|<summary>How it was calculated.*?</details>|<li>Missing: [^\n]*",
}


def test_every_block_of_a_notebook_stands_in_the_page_as_it_does_in_the_notebook(pack):
    kinds = {}
    for entry in pack.pack()["reports"]:
        reports = pack.root / "reports"
        page = (reports / entry["html"]).read_text(encoding="utf-8")
        # In the page alone, first mentions of terms lead to the glossary, and sums below nothing keep their sign.
        page = re.sub(r'<a class="term"[^>]*>(.*?)</a>|<span class="whole">(.*?)</span>', r"\1\2", page)
        assert page.count("<style") == 1, entry["html"]
        assert 'class="casebook"' not in page
        for cell in nbformat.read(reports / entry["notebook"], as_version=4).cells:
            for output in cell.get("outputs", []):
                for block in [block for block in SHOWN if block.mime() in output.get("data", {})]:
                    written = output.data["text/html"]
                    inner = look.unwrap(written)
                    assert written.startswith('<div class="casebook"><style>'), block.kind
                    assert inner != written
                    kinds.setdefault(block.kind, 0)
                    if (together := TOGETHER.get(block.kind)) == "":
                        assert inner not in page, block.kind
                        continue
                    parts = re.findall(together, inner, re.DOTALL) if together else [inner]
                    assert parts, (block.kind, inner[:200])
                    for part in parts:
                        # What is put together comes from the block's data, the rest through the list of good HTML.
                        assert part in page or harmless.sanitise(part) in page, (entry["html"], block.kind, part[:200])
                    kinds[block.kind] = kinds.get(block.kind, 0) + len(parts)
    assert sorted(kinds) == sorted(block.kind for block in SHOWN)
