"""Where an area stands by a table's latest values, as a new report says it."""

import pandas as pd
import pytest

from casebook.data.tables import Tables
from casebook.errors import InputError
from casebook.studies import latest

ROWS = [
    ("Norfolk", 2023, 10.0),
    ("Norfolk", 2024, 12.0),
    ("Essex", 2024, 8.0),
    ("Kent", 2024, 10.0),
    ("England", 2024, 99.0),
]
DESCRIPTION = {
    "title": "Meals", "description": "Made up.", "sources": {"sen2": ""}, "key": ["area", "year"],
    "columns": {
        "area": "", "year": "", "meals": {"type": "number", "unit": "meals a week", "required": "no"},
        "note": {"required": "no"},
    },
}  # fmt: skip


def table(project, rows=ROWS, columns=None):
    lines = [f"{area},{year},{'' if value is None else value}," for area, year, value in rows]
    project.raw("meals.csv").write_text("\n".join(["area,year,meals,note", *lines, ""]), encoding="utf-8")
    project.describe("meals", DESCRIPTION | ({"columns": columns} if columns else {}))
    project.pipeline("accept", "meals")
    known = Tables(project.root)
    frame = known.prepare("meals").frame
    frame.attrs["table"] = known.catalogue.table("meals")
    return frame


def test_the_latest_value_is_set_against_the_median_of_the_others_without_england(project):
    found = latest.values(table(project), "Norfolk")
    assert (found.here.with_unit, str(found.middle), found.when) == ("12.0 meals a week", "9.0", "2024")
    assert str(found.gap) == "3.0 (33%) above"
    assert found.place.among == "highest of the three authorities with a value"
    assert str(found.change) == "rose from 10.0 in 2023 to 12.0 in 2024"
    assert list(found.frame["area"]) == ["Norfolk", "Kent", "Essex"]
    assert list(found.frame["distance"]) == [3.0, 1.0, -1.0]


def test_a_missing_last_value_leaves_the_year_before_to_be_compared(project):
    rows = [("Norfolk", 2023, 10.0), ("Norfolk", 2024, None), ("Essex", 2023, 20.0), ("Essex", 2024, 8.0)]
    found = latest.values(table(project, rows), "Norfolk")
    assert list(found.by_area.items()) == [("Norfolk", 10.0), ("Essex", 20.0)]
    assert found.change is None


@pytest.mark.parametrize(
    ("area", "rows", "said"),
    [
        ("Devon", ROWS, "data/raw/meals.csv has no value of meals for Devon: add its row"),
        ("Norfolk", ROWS[:2], "has no authority besides Norfolk to compare it with"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_sentence(project, area, rows, said):
    with pytest.raises(InputError, match=said):
        latest.values(table(project, rows), area)


def test_of_several_columns_of_numbers_one_has_to_be_named(project):
    frame = table(project)
    other = frame.attrs["table"].model_copy(
        update={
            "columns": (
                *frame.attrs["table"].columns[:3],
                frame.attrs["table"].columns[2].model_copy(update={"name": "more"}),
            )
        }
    )
    frame = frame.drop(columns="note").assign(more=pd.Series([1.0, 2.0, 3.0, 4.0, 5.0]))
    frame.attrs["table"] = other
    with pytest.raises(
        InputError, match=r"several columns of numbers \(meals and more\): name one \(--column, column=\)\."
    ):
        latest.values(frame, "Norfolk")
    assert latest.values(frame, "Norfolk", "more").here.value == 2.0
