"""What a reader should look at first."""

import pytest

from casebook.pack import attention
from casebook.pack.models import Glance, PackChange, Published

RISING, FALLING = [(2024, 5.0), (2025, 6.0)], [(2024, 6.0), (2025, 5.0)]


def report(name, glance=None, **more):
    return Published.model_validate({
        "name": name, "area": "Essex", "title": name, "folder": "essex", "as_of": "2020", "status": "succeeded", "html": "",
        "notebook": "", "finished": "", "parameters": {}, "headlines": [], "glance": glance and {"finding": "x", **glance}, **more,
    })  # fmt: skip


def test_reports_come_in_the_order_of_the_rule():
    reports = [
        report("register"),
        report("fine", {"better": ["goal met"]}),
        report("differs", {"trend": FALLING}),
        report("wrong way", {"trend": RISING, "good": "low"}),
        report("worse", {"worse": ["lower than England"]}),
        report("much worse", {"worse": ["lower than England", "goal missed"]}),
        report("old", {"better": ["goal met"]}, older="data changed"),
    ]
    more = PackChange(report="differs", area="Essex", kind="verdict", what="x", before="reproduced", after="differs")
    said = [one.name for one in attention.ordered(reports, [more])]
    assert said == ["old", "much worse", "worse", "wrong way", "differs", "fine", "register"]


def test_reports_that_are_alike_keep_their_order():
    reports = [report(name, {"worse": ["goal missed"]}) for name in ("b", "a", "c")]
    assert [one.name for one in attention.ordered(reports)] == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("trend", "good", "direction", "course"),
    [
        (RISING, "low", "up", "worse"), (RISING, "high", "up", "better"), (FALLING, "low", "down", "better"),
        (FALLING, "high", "down", "worse"), (RISING, None, "up", ""), ([(2024, 5.0), (2025, 5.0)], "low", "level", ""),
        ([("Essex", 1.0), ("Kent", 2.0)], "low", "", ""), ([(2025, 5.0)], "low", "", ""), ([], None, "", ""),
    ],
)  # fmt: skip
def test_where_values_go_and_whether_that_is_well(trend, good, direction, course):
    glance = Glance(finding="x", trend=trend, good=good)
    assert (glance.direction, glance.course) == (direction, course)
