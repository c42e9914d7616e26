"""The accessibility statement: what the regulations ask for, and whom readers ask."""

import pytest
from bs4 import BeautifulSoup
from small_reports import GOOD, write

from casebook.errors import InputError
from casebook.pack import report_spec
from casebook.pack.models import Pack
from casebook.pack.report_spec import Contact, Report
from casebook.pages import gates, readability, render

TEAM = Contact("Essex County Council, policy team", "policy@essex.gov.uk", "01245 000000", 5)


@pytest.mark.parametrize("contact", [None, TEAM])
def test_it_has_the_parts_that_the_regulations_ask_for_and_passes_every_gate(contact):
    page = render.accessibility_page(Pack(published="1 May 2026 at 09:00", contact=contact))
    assert list(gates.problems(page)) == []
    assert [one.at("statement") for one in readability.faults(page)] == []
    read = BeautifulSoup(page, "html5lib")
    headings = [heading.text for heading in read(["h2", "h3"])]
    for part in (
        "Feedback and contact information", "Enforcement procedure", "Compliance status",
        "Non-compliance with the accessibility regulations", "Disproportionate burden",
        "Content that is not within the scope of the accessibility regulations", "Preparation of this statement",
    ):  # fmt: skip
        assert part in headings
    text = " ".join(read.main.text.split())
    assert "partially compliant with the Web Content Accessibility Guidelines (WCAG) version 2.2, AA standard" in text
    assert "Equality and Human Rights Commission (EHRC)" in text
    assert read.find("a", href="https://www.equalityadvisoryservice.com/")
    assert "on 1 May 2026 at 09:00" in text
    assert ("No contact is set for these reports" in text) is (contact is None)
    if contact:
        assert read.find("a", href="mailto:policy@essex.gov.uk")
        assert "01245 000000" in text
        assert "within 5 working days" in text


def test_the_contact_of_the_pipeline_stands_in_the_statement_and_a_change_of_it_is_published(project):
    assert "pipeline.py names no contact" in project.pipeline("check").stderr
    project.replace("pipeline.py", "main(PACK, AREA)", 'main(PACK, AREA, contact=Contact("The team", phone="1"))')
    project.replace("pipeline.py", "import Report", "import Contact, Report")
    assert project.pipeline("check").stderr == ""
    write(project, {"one": GOOD})
    assert project.pipeline("run").returncode == 0
    statement = project.root / "reports" / "accessibility.html"
    assert "No contact is set" in statement.read_text(encoding="utf-8")
    project.replace("pipeline.py", "import Limits", "import Contact, Limits")
    project.replace(
        "pipeline.py", '"Cambridgeshire")', '"Cambridgeshire", contact=Contact("The team", phone="01223 1"))'
    )
    done = project.pipeline("run")
    assert done.returncode == 0, done.stderr
    assert "Running" not in done.stderr
    assert "01223 1" in statement.read_text(encoding="utf-8")
    assert project.pack()["contact"]["team"] == "The team"


@pytest.mark.parametrize(
    ("contact", "says"),
    [
        ("policy@essex.gov.uk", "the contact is 'policy@essex.gov.uk', expected Contact"),
        (Contact(" ", "a@b.uk"), "the contact has no team"),
        (Contact("The team"), "the contact's e-mail is '', expected an address"),
        (Contact("The team", "a b@c.uk"), "the contact's e-mail is 'a b@c.uk'"),
        (Contact("The team", "none", "01223 1"), "the contact's e-mail is 'none'"),
        (Contact("The team", "a@b.uk", working_days=0), "answers within 0 working days, expected a whole number"),
    ],
)
def test_a_contact_that_cannot_be_reached_is_refused(contact, says):
    with pytest.raises(InputError, match=r"pipeline\.py") as refused:
        report_spec.check([Report("one")], "Essex", contact)
    assert says in str(refused.value)
