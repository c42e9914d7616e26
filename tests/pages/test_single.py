"""`page --single`: one file to be mailed; what it holds, the tests in a browser say."""

import pytest
from small_reports import GOOD, write


@pytest.mark.long
def test_the_command_writes_one_file_and_says_what_it_cannot_do(project):
    write(project, {"one": GOOD})
    assert project.pipeline("run").returncode == 0
    before = project.published()
    done = project.pipeline("page", "one", "--single")
    assert (done.returncode, done.stdout) == (0, "Wrote one-cambridgeshire.html\n")
    page = (project.root / "one-cambridgeshire.html").read_text()
    assert "Two is 2." in page
    assert 'href="../' not in page
    assert project.published() == before
    project.replace("pipeline.py", '"Cambridgeshire")', '"Cambridgeshire", address="https://reports.example.gov.uk")')
    assert project.pipeline("page", "one", "--single", "--to", "out.html").stdout == "Wrote out.html\n"
    led = (project.root / "out.html").read_text()
    assert 'href="https://reports.example.gov.uk/cambridgeshire/one.xlsx"' in led
    assert 'href="https://reports.example.gov.uk/index.html"' in led
    # What somebody put into the page by hand goes no further.
    html = project.root / "reports" / "cambridgeshire" / "one.html"
    html.chmod(0o644)
    html.write_text(html.read_text().replace("</main>", "<script>alert(1)</script></main>"))
    done = project.pipeline("page", "one", "--single")
    assert (done.returncode, "it holds a script" in done.stderr) == (1, True)
    for words, said in (
        (["oen", "--single"], "No report 'oen' is published for Cambridgeshire: there are one."),
        (["one", "--single", "--area", "Essex"], "No report 'one' is published for Essex"),
        (["one"], "page one --single writes one file"),
    ):
        done = project.pipeline("page", *words)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_an_address_that_is_none_is_told(project):
    project.replace("pipeline.py", "main(PACK, AREA", 'main(PACK, AREA, address="reports")  # (')
    done = project.pipeline("list")
    assert done.returncode == 2
    assert done.stderr.startswith("pipeline.py: the address is 'reports', expected one such as https://")
