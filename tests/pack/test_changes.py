"""What changed since the pack before."""

from casebook.pack.comparison import changes
from casebook.pack.models import Published, Row


def entry(value=1.0, sha="a" * 64, **more):
    return Published.model_validate({
        "name": "care", "area": "Essex", "title": "Care", "folder": "essex", "as_of": "2020", "status": "succeeded",
        "html": "essex/care.html", "notebook": "essex/care.ipynb", "finished": "today", "parameters": {},
        "inputs": [{"name": "rates", "path": "data/raw/rates.csv", "sha256": sha}],
        "headlines": [{"id": "rate", "text": f"The rate is {value}.", "value": value, "unit": "per 10,000"}], **more,
    })  # fmt: skip


def row(verdict):
    return Row(
        id="mean", paper="004", line=1, figure="The mean", printed="8.5", unit="per 10,000", computed=8.5,
        computed_shown="8.5", formula="", verdict=verdict, note="", follows="", report="care", area="Essex",
    )  # fmt: skip


def test_nothing_changed():
    assert changes([entry()], [entry()], [row("differs")], [row("differs")]) == []


def test_a_headline_that_moved_is_told_with_both_values_and_per_cent():
    (change,) = changes([entry(8.0)], [entry(10.0)], [], [])
    assert (change.kind, change.before, change.after, change.per_cent) == ("headline", 8.0, 10.0, 25.0)


def test_from_nothing_there_is_no_percentage():
    assert changes([entry(0.0)], [entry(2.0)], [], [])[0].per_cent is None


def test_a_verdict_and_an_input_that_changed_are_told():
    found = changes([entry(sha="a" * 64)], [entry(sha="b" * 64)], [row("differs")], [row("reproduced")])
    assert [(one.kind, one.before, one.after) for one in found] == [("input", "a" * 12, "b" * 12), ("verdict", "differs", "reproduced")]  # fmt: skip


def test_a_report_that_is_new_is_told_but_not_in_the_first_pack():
    assert [one.kind for one in changes([entry()], [entry(), entry(area="Kent")], [], [])] == ["new"]
    assert changes([], [entry()], [], []) == []


def test_why_a_headline_moved_is_told():
    def told(**more):
        return changes([entry(8.0)], [entry(10.0, **more)], [], [])[0].why

    assert told(sha="b" * 64) == "new data"
    assert told(parameters={"average": "median"}) == "new parameters"
    assert told(fingerprint={"code": "other"}) == "new code"
    assert told(sha="b" * 64, fingerprint={"package": "other"}) == "new data and new code"
    result = {"name": "plans/now", "path": "reports/essex/plans.ipynb", "sha256": "c" * 64}
    assert told(inputs=[*entry().model_dump()["inputs"], result]) == "a report that it builds on"


def test_a_verdict_that_changed_says_of_which_figure_and_why():
    found = changes([entry(parameters={})], [entry(parameters={"x": 1})], [row("differs")], [row("reproduced")])
    assert [(one.id, one.why) for one in found] == [("mean", "new parameters")]
