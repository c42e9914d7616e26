"""`diff`: what is another in one pack than in another, down to the cells of tables."""

import json
import shutil

import nbformat
import pytest

from casebook.errors import InputError
from casebook.pack import differences, models
from casebook.pages import gates, render


@pytest.fixture
def two(pack, tmp_path):
    """The published pack twice, the second to be changed."""
    for name in ("before", "after"):
        shutil.copytree(pack.root / "reports", tmp_path / name)
    return tmp_path / "before", tmp_path / "after"


def change(folder, report, alter):
    """Alter what the pack of the first area says of a report."""
    area = models.folders(folder)[0]
    file = folder / area / "pack.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    alter(next(one for one in content["reports"] if one["name"] == report), content)
    file.write_text(json.dumps(content), encoding="utf-8")


def told(two):
    return {(one.kind, one.where): (one.before, one.after) for one in differences.between(*two)}


def test_a_pack_does_not_differ_from_itself(two):
    assert differences.between(*two) == []


def test_headlines_settings_inputs_versions_and_verdicts_that_are_another_are_told(two):
    def alter(report, content):
        report["headlines"][0]["text"] = "Another finding."
        report["parameters"]["average"] = "median"
        report["inputs"][0]["sha256"] = "f" * 64
        report["versions"]["pandas"] = "9.9"
        row = next(one for one in content["reconciliation"] if one["report"] == "care-rates")
        row["verdict"], row["computed_shown"] = "differs", "1.5"
        report["noticed"] = (row["id"], report["headlines"][0]["id"], report["inputs"][0]["name"])
        noticed.extend(report.pop("noticed"))

    noticed = []
    change(two[1], "care-rates", alter)
    found, (row, headline, data) = told(two), noticed
    assert found["headline", headline][1] == "Another finding."
    assert found["setting", "average"] == ("mean", "median")
    assert found["input", data][1] == "f" * 12
    assert found["version", "pandas"][1] == "9.9"
    assert found["printed figure", row][1] == "differs (1.5)"
    assert len(found) == 5


def test_a_report_that_is_gone_and_one_that_is_new_are_told(two):
    def rename(report, _):
        report["name"] = "care-new"

    change(two[1], "care-rates", rename)
    reports = [one for one in differences.between(*two) if one.kind == "report"]
    assert [(one.report, bool(one.before), bool(one.after)) for one in reports] == [
        ("care-new", False, True), ("care-rates", True, False),
    ]  # fmt: skip
    assert str(reports[1]).endswith(" -> nothing")


def test_a_cell_of_a_table_is_told_by_its_row_and_column(two):
    area = models.folders(two[1])[0]
    path = two[1] / area / "smoking.ipynb"
    notebook = nbformat.read(path, as_version=4)
    changed = _first_number_changed(notebook)
    nbformat.write(notebook, path)
    change(two[1], "smoking", lambda report, _: report["files"].update({report["notebook"]: "0" * 64}))
    cells = [one for one in differences.between(*two) if one.kind == "cell"]
    assert [one.where for one in cells] == [f"table {changed[0]}, {changed[1]}, {changed[2]}"]
    assert cells[0].before != cells[0].after


def _first_number_changed(notebook):
    """Add one to the first number of the first table, and return its table, row and column."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for kind, content in output.get("data", {}).items():
                if kind == "application/vnd.casebook.table+json":
                    row = content["rows"][0]
                    at = next(at for at, value in enumerate(row) if at and isinstance(value, float))
                    row[at] += 1
                    return content["id"], str(row[0]), content["columns"][at]["label"]
    raise AssertionError("no table with a number")


def test_the_page_shows_every_difference_and_passes_the_gates(two):
    change(two[1], "care-rates", lambda report, _: report["parameters"].update(average="<b>median</b>"))
    found = differences.between(*two)
    page = render.differences_page("2026-11-24T0200", "reports", found)
    assert "&lt;b&gt;median&lt;/b&gt;" in page
    assert "Setting average" in page
    assert "Before: 2026-11-24T0200. After: reports." in page
    assert list(gates.problems(page)) == []
    assert "Nothing differs" in render.differences_page("a", "b", [])


def test_a_folder_without_a_pack_is_refused(two, tmp_path):
    with pytest.raises(InputError, match=r"empty holds no pack.json: name a dated pack"):
        differences.between(tmp_path / "empty", two[1])
