"""The pages as a reader's browser shows them: axe-core, the keyboard, narrow windows, no network, print."""

import collections
import functools
import http.server
import io
import json
import os
import re
import shutil
import threading
from pathlib import Path

import nbformat
import pytest
from conftest import LONGEST, ROOT, one_of_each_notebook
from printed import lost_in_print
from pypdf import PdfReader

from casebook.pack.models import Pack
from casebook.pages import docs, index, script, single

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AREA = "cambridgeshire"
PAGES = ["index.html", "reconciliation.html", "glossary.html", "accessibility.html", "areas.html"] + [
    f"{AREA}/{name}.html"
    for name in ("register", "care-rates", "chlamydia", "health-checks", "smoking", "public-health-savings", "savings-ledger", "five-year-budget", "ehcp-forecast", "ot-demand", "placement-costs", "care-home-support", "enhanced-response", "informal-carers", "independent-living-buy", "independent-living-make", "safe-team", "interim-beds", "bus-gates", "transport-workstreams", "multi-systemic-therapy", "victoria-road", "young-adults-team", "direct-payments", "transport-demand", "disability", "think-communities", "real-living-wage", "members-allowances", "county-farms", "active-parks", "care-together", "send-transformation", "biodiversity", "flood-action", "climate-risk", "portfolio")
]  # fmt: skip
# A browser takes a minute and more for all pages; the others are looked at with the long tests.
OF_EACH_KIND = PAGES[:5] + [page for page in PAGES if Path(page).stem in one_of_each_notebook()]
EVERY_DAY = ("index.html", f"{AREA}/chlamydia.html")
ARTEFACTS = Path(os.environ.get("CASEBOOK_ARTEFACTS", ROOT / "build" / "screenshots"))
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
COLOURS = RULES | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def address(pack):
    """Where the pack is served."""
    handler = functools.partial(Quiet, directory=str(pack.root / "reports"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian, Ubuntu: sudo apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, timeout=LONGEST * 1000)
        yield started
        started.close()


def opened_in(browser, **options):
    """Return a fresh context of the browser, which waits however long a slow machine takes."""
    context = browser.new_context(**options)
    context.set_default_timeout(LONGEST * 1000)
    return context


@pytest.fixture
def opened(browser, address):
    """Open a page at a width; the browser is closed again at the end.

    What a test runs in the page is let by its policy only where that is passed over (``bypass_csp``).
    """
    contexts = []

    def at(page, width, **more):
        context = opened_in(browser, viewport={"width": width, "height": 900}, **{"bypass_csp": True, **more})
        contexts.append(context)
        tab = context.new_page()
        tab.goto(address + page)
        return tab

    yield at
    for context in contexts:
        context.close()


def violations(tab, rules=RULES, least=10):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab, options=rules).response
    assert len(found["passes"]) > least, "axe-core tested next to nothing"
    return [(one["id"], one["nodes"][0]["html"][:120]) for one in found["violations"]]


def unfold(tab):
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


@pytest.mark.parametrize(
    "page", [page if page in EVERY_DAY[1:] else pytest.param(page, marks=pytest.mark.long) for page in OF_EACH_KIND]
)
def test_axe_finds_nothing_wrong_at_any_width_and_in_print(opened, page):
    wide = opened(page, 1280)
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    wide.screenshot(path=ARTEFACTS / f"{page.replace('/', '-').removesuffix('.html')}.png", full_page=True)
    # In print and in the dark a page is the same in other colours.
    wide.emulate_media(media="print")
    assert violations(wide, COLOURS, 0) == []
    wide.emulate_media(media="screen")
    # Unfolded, a page shows all that it shows folded, and more.
    unfold(wide)
    assert violations(wide) == []
    wide.emulate_media(color_scheme="dark")
    assert wide.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 23, 28)"
    assert violations(wide, COLOURS, 0) == []
    narrow = opened(page, 320)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
    narrow.screenshot(path=ARTEFACTS / f"{page.replace('/', '-').removesuffix('.html')}-320.png", full_page=True)
    unfold(narrow)
    assert violations(narrow) == []
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.long
@pytest.mark.parametrize("page", OF_EACH_KIND)
def test_a_page_printed_on_a4_by_the_browser_loses_nothing_it_says(opened, pack, page):
    printed = PdfReader(io.BytesIO(opened(page, 1280).pdf(prefer_css_page_size=True)))
    assert {round(float(one.mediabox.width)) for one in printed.pages} <= {595, 596}
    assert lost_in_print((pack.root / "reports" / page).read_text(encoding="utf-8"), printed) == set()


def test_every_page_of_the_pack_is_tested(pack):
    own = [entry["html"] for entry in pack.pack()["reports"] if entry["area"] == "Cambridgeshire"]
    assert sorted(PAGES[5:]) == sorted(own)


@pytest.mark.parametrize("pages", [EVERY_DAY, pytest.param(OF_EACH_KIND, marks=pytest.mark.long)], ids=["some", "all"])
def test_a_page_asks_for_nothing_but_itself_from_a_file_and_from_a_server(browser, pack, address, pages):
    # All at once: a browser counts as idle when it has asked for nothing for half a second.
    for place, offline in ((f"{(pack.root / 'reports').as_uri()}/", True), (address, False)):
        context = opened_in(browser, offline=offline)
        tabs = {page: context.new_page() for page in pages}
        asked = collections.defaultdict(list)
        context.on("request", lambda request, asked=asked: asked[request.frame.page].append(request.url))
        for page, tab in tabs.items():
            tab.goto(place + page)
        for page, tab in tabs.items():
            tab.wait_for_load_state("networkidle")
            assert asked[tab] == [place + page]
            assert tab.locator("h1").is_visible()
        context.close()


@pytest.mark.parametrize(
    "seen_at", ["", pytest.param("https://reports.example.gov.uk/council", marks=pytest.mark.long)]
)
def test_a_page_that_is_mailed_is_whole_and_leads_nowhere_that_is_not_there(browser, pack, tmp_path, seen_at):
    (root := tmp_path / "project").symlink_to(pack.root)
    content = single.of(root, "care-rates", "Cambridgeshire", seen_at)
    (file := tmp_path / "empty" / "mailed.html").parent.mkdir()
    file.write_text(content)
    context = opened_in(browser, offline=True, bypass_csp=True)
    asked, wrong = [], []
    context.on("request", lambda request: asked.append(request.url))
    tab = context.new_page()
    tab.on("console", lambda said: wrong.append(said.text))
    tab.goto(file.as_uri())
    tab.wait_for_load_state("networkidle")
    assert (asked, wrong) == ([file.as_uri()], [])
    links = tab.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
    ids = set(tab.eval_on_selector_all("[id]", "all => all.map(one => one.id)"))
    assert {one[1:] for one in links if one.startswith("#")} <= ids
    away = [one for one in links if not one.startswith(("#", "data:text/csv"))]
    own = [one for one in away if one.startswith("https://reports.example.gov.uk/council/")]
    assert all(one.startswith("https://") for one in away)
    files = {f"https://reports.example.gov.uk/council/{AREA}/care-rates.{ending}" for ending in ("xlsx", "ipynb")}
    assert files <= set(own) if seen_at else own == []
    # What is said by the page is said here, and what its terms mean; a file that is elsewhere is named.
    tab.locator("a.term").first.click()
    term = tab.locator("dt:target")
    assert term.is_visible()
    assert term.inner_text() in tab.locator("#what-the-words-mean + dl").inner_text()
    assert ("a pack of reports, which also has care-rates.ipynb and care-rates.xlsx." in content) is not bool(seen_at)
    assert violations(tab) == []
    context.close()


@pytest.mark.parametrize("page", ["index.html", f"{AREA}/care-rates.html"])
def test_the_tab_key_goes_from_top_to_bottom_and_shows_where_it_is(opened, page):
    tab = opened(page, 1280)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("location.hash") == "#main"
    order = []
    for _ in range(25):
        tab.keyboard.press("Tab")
        where = tab.evaluate(
            """() => { const one = document.activeElement, all = [...document.querySelectorAll('*')];
                       return {at: all.indexOf(one), tag: one.tagName, outline: getComputedStyle(one).outlineStyle}; }"""
        )
        if where["tag"] == "BODY":
            break
        assert where["outline"] != "none", where
        order.append(where["at"])
    assert len(order) > 5
    assert order == sorted(order)


def test_at_400_per_cent_every_chart_has_its_message_its_data_and_its_source_within_reach(opened):
    # A window of 1280 points enlarged to 400% is one of 320.
    tab = opened(f"{AREA}/ehcp-forecast.html", 320)
    for figure in tab.locator("figure").all():
        assert figure.locator("figcaption").is_visible()
        details = figure.locator("details")
        details.locator("summary").focus()
        tab.keyboard.press("Enter")
        assert details.locator("table").is_visible()
        link = details.locator("a[download]")
        assert link.is_visible()
        assert link.get_attribute("href").startswith("data:text/csv")
    sources = tab.locator("details", has=tab.locator("#sources-caption"))
    sources.locator("summary").focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#sources-caption").is_visible()


def test_on_a_narrow_screen_wide_tables_scroll_by_keyboard_and_a_hint_says_so(opened):
    tab = opened(f"{AREA}/ehcp-forecast.html", 320)
    unfold(tab)
    scrolled = 0
    for region in tab.locator(".table").all():
        if region.evaluate("one => one.scrollWidth <= one.clientWidth"):
            continue
        assert region.evaluate("one => getComputedStyle(one.previousElementSibling).display") == "block"
        assert "sideways" in region.evaluate("one => one.previousElementSibling.textContent")
        region.focus()
        before = region.evaluate("one => one.scrollLeft")
        tab.keyboard.press("ArrowRight")
        tab.wait_for_function("([one, before]) => one.scrollLeft > before", arg=[region.element_handle(), before])
        scrolled += 1
    assert scrolled > 3


# Of each drawing that is shown: its box, the part of it that runs out of the window or of itself, and its smallest text.
DRAWN = """() => [...document.querySelectorAll('.chart')].map(chart => {
    const shown = [...chart.querySelectorAll('svg')].filter(svg => svg.getBoundingClientRect().width > 0);
    const own = chart.getBoundingClientRect(), texts = shown.flatMap(svg => [...svg.querySelectorAll('text')]);
    const box = shown[0].getBoundingClientRect(), [first] = texts, scale = box.width / shown[0].viewBox.baseVal.width;
    return {drawings: shown.length, wider: Math.max(chart.scrollWidth - chart.clientWidth, box.right - own.right, own.right - innerWidth),
        outside: texts.filter(text => { const one = text.getBoundingClientRect();
            return one.left < box.left - 1 || one.right > box.right + 1 || one.top < box.top - 2 || one.bottom > box.bottom + 2; }).map(text => text.textContent),
        smallest: Math.min(...texts.map(text => parseFloat(getComputedStyle(text).fontSize) * scale)),
        fonts: [...new Set(texts.map(text => getComputedStyle(text).fontFamily))]}; })"""


def test_no_chart_is_wider_than_its_box_cut_or_in_small_type_at_any_width(opened, address):
    tab = opened(OF_EACH_KIND[0], 320)
    # All pages are looked at with the long tests; these have the widest charts, and the most.
    for name in ("care-rates", "ehcp-forecast", "ot-demand", "portfolio"):
        tab.goto(f"{address}{AREA}/{name}.html")
        assert charts_at_every_width(tab, name) > 0


def charts_at_every_width(tab, page):
    charts = 0
    for width in (320, 768, 853, 1280):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, (page, width)
        charts += whole_charts(tab, page)
    return charts


def whole_charts(tab, name):
    """Count the charts of a page as it is shown; each is drawn once, inside its box, in type of 12 pixels at least."""
    found = tab.evaluate(DRAWN)
    for chart in found:
        assert chart["drawings"] == 1
        assert chart["wider"] <= 0, (name, chart)
        assert chart["outside"] == [], (name, chart)
        assert chart["smallest"] >= 12, (name, chart)
        assert chart["fonts"] == [tab.evaluate("getComputedStyle(document.body).fontFamily")], (name, chart)
    return len(found)


@pytest.mark.long
@pytest.mark.parametrize("scripts", [True, False])
def test_on_every_page_at_every_width_no_chart_is_cut_and_nothing_is_wider_than_the_window(opened, address, scripts):
    tab, charts = opened(PAGES[0], 320, java_script_enabled=scripts), 0
    for page in PAGES:
        tab.goto(address + page)
        charts += charts_at_every_width(tab, page)
    assert charts > 150


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES[5:])
def test_a_committee_can_get_through_what_a_page_shows_unfolded(opened, page):
    said = opened(page, 1280, java_script_enabled=False).locator("main").inner_text().split()
    # The numbers of a table are looked up, not read.
    assert 150 < len([word for word in said if re.search("[a-z]", word) and word != "[x]"]) <= 1500


def test_a_link_to_a_figure_that_is_folded_away_unfolds_it(opened):
    tab = opened(f"{AREA}/ehcp-forecast.html", 1280)
    folded = tab.locator("details ul.differences h3").last
    assert not folded.is_visible()
    tab.evaluate("id => { location.hash = id; }", folded.get_attribute("id"))
    assert folded.is_visible()


def test_words_are_looked_for_in_figures_that_are_folded_away_too(opened):
    tab = opened(f"{AREA}/ehcp-forecast.html", 1280)
    folded = tab.locator("details ul.differences h3").last
    field = tab.get_by_label("Show only figures with these words:")
    field.fill(folded.text_content())
    assert folded.is_visible()
    assert tab.locator("ul.differences > li:visible").count() == 1
    # One that is open anyway needs nothing unfolded.
    field.fill(tab.locator("ul.differences h3").first.text_content())
    assert not folded.is_visible()


def test_in_forced_colours_and_in_print_a_chart_keeps_its_white_ground_and_the_colours_of_its_lines(opened):
    looks = """() => [...document.querySelectorAll('.chart .wide :is(path, use, text)')].map(one => {
        const look = getComputedStyle(one); return [look.fill, look.stroke, look.strokeDasharray].join(); })"""
    plain = opened(f"{AREA}/care-rates.html", 1280)
    wanted = plain.evaluate(looks)
    assert len({look for look in wanted if "none" in look}) > 5
    forced = opened(f"{AREA}/care-rates.html", 1280, forced_colors="active", color_scheme="dark")
    assert forced.evaluate("matchMedia('(forced-colors: active)').matches")
    assert forced.evaluate(looks) == wanted
    ground = "getComputedStyle(document.querySelector('.chart svg')).backgroundColor"
    assert forced.evaluate(ground) == "rgb(255, 255, 255)"
    plain.emulate_media(media="print")
    assert plain.evaluate(looks) == wanted
    assert plain.evaluate(DRAWN)[0]["outside"] == []


def test_tables_of_sentences_do_not_scroll_on_a_narrow_screen_and_are_tables_still(opened):
    tab = opened(f"{AREA}/ehcp-forecast.html", 320)
    unfold(tab)
    for caption in ("assumptions-caption", "sources-caption", "contents-caption"):
        region = tab.locator(".table").filter(has=tab.locator(f"#{caption}"))
        assert region.evaluate("one => one.scrollWidth <= one.clientWidth")
        assert region.get_by_role("table").count() == 1
        assert region.get_by_role("rowheader").count() > 1
        assert region.get_by_role("columnheader").count() > 1


def column(table, number):
    return [text.strip() for text in table.locator(f"tbody tr > :nth-child({number})").all_text_contents()]


def test_with_scripts_a_header_sorts_its_table_and_says_so(opened):
    # As a reader has it: under the policy of the page.
    tab = opened(f"{AREA}/chlamydia.html", 1280, bypass_csp=False)
    unfold(tab)
    table = tab.locator("main table:not(.stacked)").filter(has=tab.get_by_role("button")).first
    rows = sorted(column(table, 1))
    for header in table.locator("thead th").all():
        header.get_by_role("button").click()
        assert header.get_attribute("aria-sort") == "ascending"
        assert table.locator("[aria-sort]").count() == 1
    assert sorted(column(table, 1)) == rows
    table.locator("thead th").first.get_by_role("button").click()
    values = table.locator("thead th").nth(1)
    ascending = []
    for sorting in ("ascending", "descending"):
        values.get_by_role("button").press("Enter")
        assert values.get_attribute("aria-sort") == sorting
        shown = [float(one.replace(",", "")) for one in column(table, 2) if one != "[x]"]
        assert shown == sorted(shown, reverse=sorting == "descending")
        assert len(shown) > 5
        ascending.append(shown)
    assert ascending[0] == ascending[1][::-1]
    # What is missing stands last either way.
    assert column(table, 2)[-1] == "[x]"


WORDS = {
    "When": ["January 2024", "31 March 2020", "autumn 2019", "Thursday 30 April 2020", "March 2019", "December 2019"],
    "Place": ["lowest", "joint second highest", "third lowest", "highest", "22nd highest", "tenth highest"],
    "Rank": ["3rd", "10th", "1st", "22nd", "2nd", "101st"],
    "Sum": ["£1.2 million", "£900,000", "-£5,000", "£12", "£2 million", "£1,000,000"],
}
IN_ORDER = {
    "When": ["March 2019", "autumn 2019", "December 2019", "31 March 2020", "Thursday 30 April 2020", "January 2024"],
    "Place": ["highest", "joint second highest", "tenth highest", "22nd highest", "third lowest", "lowest"],
    "Rank": ["1st", "2nd", "3rd", "10th", "22nd", "101st"],
    "Sum": ["-£5,000", "£12", "£900,000", "£1,000,000", "£1.2 million", "£2 million"],
}


def test_with_scripts_times_and_places_are_sorted_as_people_read_them(browser):
    rows = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in zip(*WORDS.values(), strict=True)
    )
    heads = "".join(f"<th>{name}</th>" for name in WORDS)
    tab = opened_in(browser).new_page()
    tab.set_content(
        f"<main><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></main><script>{script.text()}</script>"
    )
    for number, name in enumerate(WORDS, start=1):
        for shown in (IN_ORDER[name], IN_ORDER[name][::-1]):
            tab.get_by_role("button", name=name).click()
            assert column(tab.locator("table"), number) == shown
    tab.context.close()


@pytest.mark.long
@pytest.mark.parametrize("scripts", [True, False])
def test_a_word_of_the_documents_is_found_from_a_file_and_all_are_listed_without_scripts(browser, tmp_path, scripts):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# All\n\n[Data](data.md)\n", encoding="utf-8")
    (tmp_path / "docs" / "data.md").write_text("# Data\n\nRows.\n\n## Nights\n\nThe disk is full.\n", encoding="utf-8")
    docs.build(tmp_path, tmp_path / "out", {})
    tab = opened_in(browser, java_script_enabled=scripts, offline=True).new_page()
    tab.goto((tmp_path / "out" / "find.html").as_uri())
    shown = tab.locator("ul.found li:visible a")
    assert shown.all_inner_texts() == ["All", "Data", "Nights"]
    if scripts:
        tab.get_by_label("Show only parts with these words:").fill("FULL disk")
        assert shown.all_inner_texts() == ["Nights"]
        shown.click()
        assert tab.url.endswith("data.html#nights")
    tab.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_index_of_several_areas_leads_to_each(browser, tmp_path, scripts):
    about = {
        "name": "care",
        "title": "Care",
        "as_of": "2020",
        "status": "succeeded",
        "notebook": "",
        "finished": "",
        "parameters": {},
    }
    reports = [
        {**about, "area": area, "folder": area.lower(), "html": f"{area.lower()}/care.html", "headlines": [{"id": "x", "text": "It rose.", "value": 8.0}]}
        for area in ("Essex", "Kent", "Luton")
    ]  # fmt: skip
    pack = Pack.model_validate({"published": "today", "reports": reports})
    (tmp_path / "index.html").write_text(index.page(pack), encoding="utf-8")
    tab = opened_in(browser, java_script_enabled=scripts).new_page()
    tab.goto((tmp_path / "index.html").as_uri())
    if scripts:
        tab.get_by_label("Go to an area:").select_option("Kent")
        tab.get_by_role("button", name="Go").click()
    else:
        tab.get_by_role("navigation", name="Areas").get_by_role("link", name="Kent").click()
    assert tab.url.endswith("#kent") and tab.locator("#kent").is_visible()
    tab.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_report_a_reader_comes_to_the_same_report_of_another_area(opened, scripts):
    tab = opened(f"{AREA}/care-rates.html", 1280, bypass_csp=False, java_script_enabled=scripts)
    tab.get_by_role("link", name="This report for other areas").click()
    others = tab.get_by_role("navigation", name="Care applications and children in care")
    if scripts:
        others.get_by_label("Go to an area:").select_option("Hertfordshire")
        others.get_by_role("button", name="Go").click()
    else:
        others.get_by_role("link", name="Hertfordshire").click()
    assert tab.url.endswith("hertfordshire/care-rates.html")
    assert "Hertfordshire" in tab.locator("h1").inner_text()


def test_with_scripts_a_long_table_can_be_filtered_and_says_how_much_is_left(opened):
    tab = opened("reconciliation.html", 1280, bypass_csp=False)
    unfold(tab)
    field = tab.get_by_role("searchbox").last
    region = field.locator("xpath=following::table[1]")
    rows = region.locator("tbody tr")
    every = rows.count()
    word = rows.first.locator("th").inner_text().split()[0]
    field.fill(word)
    to_be_seen = "rows => rows.filter(row => row.checkVisibility()).map(row => row.innerText)"
    shown = rows.evaluate_all(to_be_seen)
    assert 0 < len(shown) < every
    assert all(word.lower() in row.lower() for row in shown)
    assert tab.get_by_role("status").filter(has_text=f"{len(shown)} of {every} shown").count() == 1
    field.fill("")
    assert len(rows.evaluate_all(to_be_seen)) == every


def test_with_scripts_one_authority_of_a_chart_can_be_chosen(opened):
    tab = opened(f"{AREA}/chlamydia.html", 1280, bypass_csp=False)
    choice = tab.get_by_label("Highlight in the chart:").first
    fill = "title => getComputedStyle(title.parentNode.querySelector('path') || title.parentNode).fill"
    bar = tab.locator(".chart .wide title").filter(has_text="Luton").first
    before = bar.evaluate(fill)
    choice.select_option("Luton")
    # The value stands in the bar, and is black.
    assert bar.evaluate(fill) == before
    titles = tab.locator(".chart .chosen > title").all_text_contents()
    assert titles
    assert all(title.startswith("Luton") for title in titles)
    choice.select_option("none")
    assert tab.locator(".chart .chosen").count() == 0


def test_with_scripts_only_what_scrolls_is_a_stop_of_the_tab_key(opened):
    tab = opened(f"{AREA}/ehcp-forecast.html", 1280, bypass_csp=False)
    unfold(tab)
    fits = "one => [one.hasAttribute('tabindex'), one.scrollWidth > one.clientWidth]"
    tab.wait_for_function(
        "![...document.querySelectorAll('.table[tabindex]')].some(one => one.scrollWidth <= one.clientWidth)"
    )
    assert all(stop == scrolls for stop, scrolls in (one.evaluate(fits) for one in tab.locator(".table").all()))
    tab.set_viewport_size({"width": 320, "height": 900})
    tab.wait_for_function("document.querySelectorAll('.table[tabindex]').length > 0")


def test_without_scripts_a_page_shows_all_that_it_shows_with_them(opened):
    tabs = [opened(f"{AREA}/chlamydia.html", 1280, java_script_enabled=on) for on in (False, True)]
    plain, scripted = tabs
    assert plain.locator("button, input, select").count() == 0
    assert scripted.locator("button, input, select").count() > 0
    scripted.evaluate("document.querySelectorAll('.filter').forEach(one => one.remove())")
    words = [" ".join(tab.locator("main").inner_text().split()) for tab in tabs]
    assert words[0] == words[1]
    assert len(words[0]) > 2000


def test_saved_data_are_those_of_the_chart(opened):
    tab = opened(f"{AREA}/care-rates.html", 1280)
    tab.locator("figure summary").first.click()
    with tab.expect_download() as download:
        tab.locator("figure a[download]").first.click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.startswith("Authority,")
    assert "Cambridgeshire,12.0,11.1,10.3,8.0" in text


def test_the_rules_asked_for_are_known_to_axe(opened):
    tab = opened("index.html", 1280)
    from axe_playwright_python.sync_playwright import Axe

    Axe().run(tab, options=RULES)
    rules = {rule["ruleId"] for rule in json.loads(tab.evaluate("JSON.stringify(axe.getRules(['wcag22aa']))"))}
    assert "target-size" in rules


# What JupyterLab 4.6 says of HTML in outputs, as far as it touches what blocks consist of.
JUPYTERLAB = """
body { color: #eee; background: #111; font: 13px system-ui; }
.jp-RenderedHTMLCommon { color: #eee; font-family: system-ui; font-size: 14px; line-height: 1.6; padding-right: 20px; }
.jp-RenderedHTMLCommon a:link { text-decoration: none; color: #42a5f5; }
.jp-RenderedHTMLCommon h1, .jp-RenderedHTMLCommon h3 { line-height: 1; font-weight: 500; margin: 1.2em 0 .8em; }
.jp-RenderedHTMLCommon h1:first-child, .jp-RenderedHTMLCommon h3:first-child { margin-top: .6em; }
.jp-RenderedHTMLCommon ul:not(.list-inline) { padding-left: 2em; }
.jp-RenderedHTMLCommon ul { list-style: disc; margin-bottom: 1em; }
.jp-RenderedHTMLCommon table { border-collapse: collapse; border: none; color: #eee; font-size: 13px; table-layout: fixed; margin-left: auto; margin-right: auto; margin-bottom: 1em; }
.jp-RenderedHTMLCommon thead { border-bottom: 1px solid #444; vertical-align: bottom; }
.jp-RenderedHTMLCommon td, .jp-RenderedHTMLCommon th, .jp-RenderedHTMLCommon tr { vertical-align: middle; padding: .5em; line-height: normal; white-space: normal; max-width: none; border: none; }
:not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon td, :not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon th, :not(.jp-RenderedMarkdown).jp-RenderedHTMLCommon tr { text-align: right; }
.jp-RenderedHTMLCommon th { font-weight: bold; }
.jp-RenderedHTMLCommon tbody tr:nth-child(even) { background: #222; }
.jp-RenderedHTMLCommon p { text-align: left; margin: 0; margin-bottom: 1em; }
.jp-OutputArea-output.jp-RenderedHTMLCommon table { margin-left: 0; margin-right: 0; }
"""
LOOKS = """part => [part, ...part.querySelectorAll('*')].filter(one => one.closest('svg') === null || one.tagName === 'text').map(one => {
    const look = getComputedStyle(one), said = {tag: one.tagName, text: one.textContent.slice(0, 40)};
    const box = ['THEAD', 'TBODY', 'TR'].includes(one.tagName) ? ['display', 'backgroundColor'] : ['color', 'backgroundColor', 'display', 'fontFamily',
        'fontSize', 'fontWeight', 'lineHeight', 'marginTop', 'marginBottom', 'marginLeft', 'paddingTop', 'paddingRight', 'paddingLeft', 'borderTopWidth', 'borderBottom',
        'borderLeft', 'maxWidth', 'textDecorationLine', 'textAlign', 'verticalAlign', 'listStyleType'];
    for (const name of box) said[name] = look[name].replace(/^start$/, 'left');
    return said; })"""


@pytest.fixture(scope="module")
def both_ways(browser, address):
    """A report's page without scripts, and an empty one to show its blocks on as JupyterLab does."""
    context = opened_in(browser, viewport={"width": 1280, "height": 900}, bypass_csp=True, java_script_enabled=False)

    @functools.cache
    def tabs(name):
        page, lab = context.new_page(), context.new_page()
        page.goto(f"{address}{AREA}/{name}.html")
        lab.goto(f"{address}accessibility.html")
        return page, lab

    yield tabs
    context.close()


@pytest.mark.parametrize(
    ("kind", "part"),
    [("title", "h1"), ("headline", ".headlines li"), ("text", "p"), ("figure", "figure"), ("table", ".table"), ("table", "tr.here"),
     ("reconciliation", ".differences li"), ("reconciliation", "details tbody tr"), ("assumption", "tbody tr"), ("source", "tbody tr")],
)  # fmt: skip
def test_in_a_dark_jupyterlab_a_block_looks_as_in_the_page(both_ways, pack, kind, part):
    name = "chlamydia" if kind == "source" or part == "tr.here" else "care-rates"
    page, lab = both_ways(name)
    notebook = nbformat.read(pack.root / "reports" / AREA / f"{name}.ipynb", as_version=4)
    mime = f"application/vnd.casebook.{kind}+json"
    written = [
        output.data["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if mime in output.get("data", {})
    ]
    output = '<div class="jp-OutputArea-output jp-RenderedHTML jp-RenderedHTMLCommon">{}</div>'
    lab.set_content(f"<style>{JUPYTERLAB}</style><body>{''.join(map(output.format, written))}</body>")
    first = lab.locator(f".casebook {part}").first
    looks = first.evaluate(LOOKS)
    looks[0].pop("text")
    words = first.text_content()
    found = []
    for one in page.locator("#" + first.get_attribute("id") if kind == "figure" else f"main {part}").all():
        if one.text_content().startswith(words[:60]):
            found = one.evaluate(LOOKS)
            found[0].pop("text")
            break
    assert looks == found[: len(looks)]
