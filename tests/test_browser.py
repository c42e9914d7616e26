"""The pages as a reader's browser shows them: axe-core, the keyboard, narrow windows, no network, print."""

import functools
import http.server
import json
import os
import shutil
import threading
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AREA = "cambridgeshire"
PAGES = ["index.html", "reconciliation.html", "accessibility.html"] + [
    f"{AREA}/{name}.html"
    for name in ("register", "care-rates", "chlamydia", "health-checks", "smoking", "public-health-savings", "ehcp-forecast", "ot-demand", "placement-costs")
]  # fmt: skip
ARTEFACTS = Path(os.environ.get("CASEBOOK_ARTEFACTS", ROOT / "build" / "screenshots"))
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}


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
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def opened(browser, address):
    """Open a page at a width; the browser is closed again at the end."""
    contexts = []

    def at(page, width, **more):
        context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True, **more)
        contexts.append(context)
        tab = context.new_page()
        tab.goto(address + page)
        return tab

    yield at
    for context in contexts:
        context.close()


def violations(tab):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab, options=RULES).response
    assert len(found["passes"]) > 10, "axe-core tested next to nothing"
    return [(one["id"], one["nodes"][0]["html"][:120]) for one in found["violations"]]


def unfold(tab):
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_wrong_at_any_width_and_in_print(opened, page):
    wide = opened(page, 1280)
    assert violations(wide) == []
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    wide.screenshot(path=ARTEFACTS / f"{page.replace('/', '-').removesuffix('.html')}.png", full_page=True)
    wide.emulate_media(media="print")
    assert violations(wide) == []
    wide.emulate_media(media="screen")
    unfold(wide)
    assert violations(wide) == []
    narrow = opened(page, 320)
    assert violations(narrow) == []
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
    narrow.screenshot(path=ARTEFACTS / f"{page.replace('/', '-').removesuffix('.html')}-320.png", full_page=True)
    unfold(narrow)
    assert violations(narrow) == []
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320


def test_every_page_of_the_pack_is_tested(pack):
    own = [entry["html"] for entry in pack.pack()["reports"] if entry["area"] == "Cambridgeshire"]
    assert sorted(PAGES[3:]) == sorted(own)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_for_nothing_but_itself_from_a_file_and_from_a_server(browser, pack, address, page):
    context = browser.new_context()
    context.set_offline(True)
    tab = context.new_page()
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto((pack.root / "reports" / page).as_uri())
    tab.wait_for_load_state("networkidle")
    own = [url for url in asked if url.startswith("file:")]
    assert asked == own
    assert len(own) == 1
    assert tab.locator("h1").is_visible()
    context.close()
    online = browser.new_context().new_page()
    fetched = []
    online.on("request", lambda request: fetched.append(request.url))
    online.goto(address + page)
    online.wait_for_load_state("networkidle")
    assert fetched == [address + page]
    online.context.close()


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
    assert tab.locator("#sources-caption").is_visible()


def test_on_a_narrow_screen_wide_charts_and_tables_scroll_by_keyboard_and_a_hint_says_so(opened):
    tab = opened(f"{AREA}/ehcp-forecast.html", 320)
    unfold(tab)
    scrolled = 0
    for region in tab.locator(".table, .chart").all():
        if region.evaluate("one => one.scrollWidth <= one.clientWidth"):
            continue
        assert region.evaluate("one => getComputedStyle(one.previousElementSibling).display") == "block"
        assert "sideways" in region.evaluate("one => one.previousElementSibling.textContent")
        region.focus()
        before = region.evaluate("one => one.scrollLeft")
        tab.keyboard.press("ArrowRight")
        tab.wait_for_function("([one, before]) => one.scrollLeft > before", arg=[region.element_handle(), before])
        scrolled += 1
    assert scrolled > 5


def test_text_in_charts_is_large_enough_on_a_narrow_screen(opened):
    for name in ("ehcp-forecast", "care-rates", "placement-costs", "ot-demand", "smoking"):
        tab = opened(f"{AREA}/{name}.html", 320)
        sizes = tab.evaluate(
            """() => [...document.querySelectorAll('.chart svg')].flatMap(svg => [...svg.querySelectorAll('text')].map(
                 text => parseFloat(getComputedStyle(text).fontSize) * Math.hypot(text.getScreenCTM().a, text.getScreenCTM().b)))"""
        )
        assert min(sizes) >= 12, name


def test_tables_of_sentences_do_not_scroll_on_a_narrow_screen_and_are_tables_still(opened):
    tab = opened(f"{AREA}/ehcp-forecast.html", 320)
    for caption in ("assumptions-caption", "sources-caption"):
        region = tab.locator(f'[aria-labelledby="{caption}"]')
        assert region.evaluate("one => one.scrollWidth <= one.clientWidth")
        assert region.get_by_role("table").count() == 1
        assert region.get_by_role("rowheader").count() > 1
        assert region.get_by_role("columnheader").count() > 1


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
