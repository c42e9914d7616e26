"""What an area's values did over years, told from chance."""

import pandas as pd
import pytest

from casebook.english import Number
from casebook.studies.course import OwnCourse


def course(*values, half=None, first=2016):
    frame = pd.DataFrame({"value": values}, index=range(first, first + len(values)), dtype=float)
    for limit, side in (("lower", -1), ("upper", 1)):
        frame[limit] = frame["value"] + side * (half if half is not None else float("nan"))
    return OwnCourse("rate", Number(values[-1], 1), frame)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        # The mean change is 2, so 2.66 times that lies on either side of the mean of 51.
        ((50, 52, 50, 52, 50, 52, 50, 52), "a rate of 45.7 to 56.3 would be usual. 2023's 52.0 is within that."),
        ((50, 51, 50, 51, 50, 51, 50, 51, 90), "2024's 90.0 is above that."),
        ((50, 51, 50, 51, 50, 51, 50, 51, 10), "2024's 10.0 is below that."),
        ((40, 20, 10, 11, 12, 13, 14, 15, 16), "is within that. But it rose five times running or more, which chance"),
        ((9, 8, 9, 8, 9, 8, 9, 1, 3, 1, 3, 1, 3, 1), "is within that. But it stayed below its mean for seven years or"),
    ],
)
def test_the_last_value_is_set_against_its_usual_variation(values, said):
    assert course(*values).usual.startswith("Going by its yearly changes since 2016, a rate of ")
    assert said in course(*values).usual


def test_fewer_than_eight_years_or_a_gap_among_them_say_nothing_of_what_is_usual():
    assert course(1, 2, 1, 2, 1, 2, 1).usual == ""
    assert course(1, 2, 1, float("nan"), 1, 2, 1, 2, 1, 2).usual == ""
    assert course(9, float("nan"), 1, 2, 1, 2, 1, 2, 1, 2).usual.startswith("Going by its yearly changes since 2018")


def test_what_is_usual_is_never_below_nothing():
    assert "a rate of 0.0 to " in course(1, 5, 1, 5, 1, 5, 1, 5).usual


def test_without_intervals_a_change_is_not_judged():
    assert (course(1, 2, 3, 4, 5).over_time, course(1, 2, 3, 4, 5).moved) == ("", False)
    judged = course(10, 11, 12, 13, 20, half=1)
    assert judged.moved and judged.over_time.startswith("Since 2019 the rate rose by 7.0 (95% interval +5.6 to +8.4)")
