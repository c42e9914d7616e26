"""A page beside its notebook: made again at every save, with what is wrong on it; the pack stays as it was."""

import re
import signal
import time
import urllib.error
import urllib.request

import psutil
import pytest
from conftest import LONGEST, running, wait_for
from small_reports import BEGIN, GOOD, SAY, SHOW, write
from test_browser import ARGUMENTS, CHROMIUM

pytestmark = pytest.mark.long

FAILS = "figures = {'rate': 1}\n\nfigures['ratee']"


class Shown:
    """What a preview that is going on shows."""

    def __init__(self, told):
        wait_for(told, "Open ")
        self.address = told.read_text().split()[1]

    def page(self):
        with urllib.request.urlopen(self.address, timeout=LONGEST) as answer:
            return answer.read().decode()

    def until(self, *wanted):
        """Wait until the page says something, and return it."""
        for _ in range(LONGEST * 20):
            page = self.page()
            if all(words in page for words in wanted):
                return page
            time.sleep(0.05)
        raise AssertionError(f"the page never said {wanted}")


def test_a_preview_follows_every_save_and_shows_what_fails_and_leaves_the_pack_as_it_was(project):
    write(project, {"one": GOOD})
    assert project.pipeline("run").returncode == 0
    published = project.published()
    with running(project, "preview", "one", "--port", "0", together=True) as previewing:
        shown = Shown(previewing.out)
        shown.until("Two is 2", "Preview: nothing keeps this page from being published.")
        # A cell that fails: its message and its code stand on the page, below what the cells before it showed.
        write(project, {"one": ("# Begin", BEGIN, SAY, FAILS, "# Say", SHOW)})
        page = shown.until("Cell 5 failed", "would not be published", "KeyError")
        assert "figures = {'rate': 1}" in page
        assert page.index("Begin") < page.index('id="failed"')
        # What the gates refuse is said, and the page is there all the same.
        write(project, {"one": ("# Begin", BEGIN, SAY, SHOW.splitlines()[0])})
        page = shown.until("would not be published", "it states no assumption")
        assert "Two is 2" in page
        # A notebook that is no notebook any more.
        (project.root / "notebooks/one.ipynb").write_text("{")
        shown.until("would not be published", "one.ipynb")
        # Its table changed and not accepted.
        write(project, {"one": GOOD})
        shown.until("Preview: nothing keeps this page from being published.")
        table = project.raw("smoking_prevalence.csv")
        whole = table.read_text()
        table.write_text(whole.rsplit("\n", 2)[0] + "\n")
        shown.until("would not be published", "smoking_prevalence.csv", "accept")
        table.write_text(whole)
        shown.until("Preview: nothing keeps this page from being published.")
        assert project.published() == published
        # The program itself changed: the same address shows what it makes now.
        pipeline = (project.root / "pipeline.py").read_text()
        (project.root / "pipeline.py").write_text("PACK = [")
        wait_for(
            previewing.out,
            "pipeline.py cannot be read ('[' was never closed (pipeline.py, line 1)): waiting until it can.",
        )
        (project.root / "pipeline.py").write_text(pipeline.replace('"Cambridgeshire"', '"Essex"'))
        wait_for(previewing.out, "The program changed: starting anew.")
        for _ in range(LONGEST * 20):
            try:
                if "A small report: Essex" in shown.page():
                    break
            except OSError:
                # It is starting anew.
                pass
            time.sleep(0.05)
        assert "A small report: Essex" in shown.page()
        previewing.send(signal.SIGINT)
        ended = previewing.ended()
    assert ended.returncode == 0
    assert ended.stdout.splitlines()[-1] == "Stopped. The published pack is as it was."
    assert project.published() == published
    assert [one for one in psutil.process_iter(["cwd"]) if one.info["cwd"] == str(project.root)] == []


def test_a_preview_makes_what_a_report_builds_on_where_that_changed(project):
    keeps = "report.result('kept', frame.assign(value=frame['value'] * FACTOR))"
    read = "from casebook import results\nbuilt = results.read('one', 'kept', area)\n"
    say = SAY.replace("Two is 2.", "The first value is {built['value'].iloc[0]:.0f}.").replace(
        '"The first', 'f"The first'
    )
    write(project, {"one": (*GOOD, keeps.replace("FACTOR", "0")), "two": (BEGIN, read + say, SHOW)})
    with running(project, "preview", "two", "--port", "0", together=True) as previewing:
        shown = Shown(previewing.out)
        shown.until("The first value is 0.")
        write(project, {"one": (*GOOD, keeps.replace("FACTOR", "0 + 7")), "two": (BEGIN, read + say, SHOW)})
        shown.until("The first value is 7.")
    assert project.published() == {}


def test_a_preview_answers_this_machine_only_and_shows_nothing_outside_its_pages_and_the_pack(project):
    write(project, {"one": GOOD})
    with running(project, "preview", "one", "--port", "0", together=True) as previewing:
        shown = Shown(previewing.out)
        for path, host, code in (
            ("../made.json", "localhost", 404), ("%2e%2e/%2e%2e/made.json", "localhost", 404),
            ("preview-events", "evil.example", 421), ("", "evil.example", 421),
        ):  # fmt: skip
            request = urllib.request.Request(shown.address + path, headers={"Host": host})
            with pytest.raises(urllib.error.HTTPError, match=str(code)):
                urllib.request.urlopen(request)
        second = project.pipeline("preview", "one", "--port", "0")
    assert second.returncode == 2
    assert second.stderr.startswith("Another run is going on, process ")


def test_a_port_that_is_taken_is_said_with_what_to_do(project):
    write(project, {"one": GOOD, "two": GOOD})
    with running(project, "preview", "one", "--port", "0", together=True) as previewing:
        port = re.search(r":(\d+)/", Shown(previewing.out).address)[1]
        second = project.pipeline("preview", "two", "--port", port)
    assert second.returncode == 2
    assert second.stderr == f"Port {port} cannot be used (Address already in use): name another with --port.\n"


@pytest.mark.browser
def test_the_browser_loads_the_page_again_by_itself_and_its_policy_lets_nothing_else_run(project):
    from playwright.sync_api import sync_playwright

    write(project, {"one": GOOD})
    with running(project, "preview", "one", "--port", "0", together=True) as previewing, sync_playwright() as driver:
        shown = Shown(previewing.out)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(shown.address)
        page.get_by_text("Two is 2.").wait_for()
        write(project, {"one": ("# Begin", BEGIN, "# Say", SAY.replace("Two is", "Two is still"), SHOW)})
        page.get_by_text("Two is still 2.").wait_for()
        policy = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content")
        assert said == [], said
        assert "'unsafe-inline'" not in policy.partition("style-src")[0]
        page.evaluate(
            "() => { const one = document.createElement('script'); one.text = 'window.ran = 1'; document.body.append(one); }"
        )
        assert page.evaluate("() => window.ran") is None
        browser.close()
