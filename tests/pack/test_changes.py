"""What changed since the pack before."""

from casebook.pack.comparison import changes


def entry(value=1.0, sha="a" * 64, **more):
    return {
        "name": "care", "area": "Essex", "title": "Care", "inputs": [{"name": "rates", "sha256": sha}],
        "headlines": [{"id": "rate", "text": f"The rate is {value}.", "value": value, "unit": "per 10,000"}], **more,
    }  # fmt: skip


def row(verdict):
    return {"id": "mean", "report": "care", "area": "Essex", "figure": "The mean", "verdict": verdict}


def test_nothing_changed():
    assert changes([entry()], [entry()], [row("differs")], [row("differs")]) == []


def test_a_headline_that_moved_is_told_with_both_values_and_per_cent():
    (change,) = changes([entry(8.0)], [entry(10.0)], [], [])
    assert {name: change[name] for name in ("kind", "before", "after", "per_cent")} == {"kind": "headline", "before": 8.0, "after": 10.0, "per_cent": 25.0}  # fmt: skip


def test_from_nothing_there_is_no_percentage():
    assert changes([entry(0.0)], [entry(2.0)], [], [])[0]["per_cent"] is None


def test_a_verdict_and_an_input_that_changed_are_told():
    found = changes([entry(sha="a" * 64)], [entry(sha="b" * 64)], [row("differs")], [row("reproduced")])
    assert [(one["kind"], one["before"], one["after"]) for one in found] == [("input", "a" * 12, "b" * 12), ("verdict", "differs", "reproduced")]  # fmt: skip


def test_a_report_that_is_new_is_told_but_not_in_the_first_pack():
    assert [one["kind"] for one in changes([entry()], [entry(), entry(area="Kent")], [], [])] == ["new"]
    assert changes([], [entry()], [], []) == []
