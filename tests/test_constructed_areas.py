"""What the notebooks say where authorities are few, alike or without figures: tables altered in a copy of the project."""

import csv
import io

import pytest
from test_english import UNFINISHED

from casebook.data import catalogue
from casebook.errors import InputError
from casebook.reconcile import figures

pytestmark = pytest.mark.slow
NEIGHBOURS = [
    "Bath and North East Somerset", "Gloucestershire", "Hampshire", "Hertfordshire", "Oxfordshire", "South Gloucestershire",
    "West Berkshire", "West Sussex", "Wiltshire", "Worcestershire",
]  # fmt: skip


@pytest.fixture
def altered(tell, copy_of_pack, monkeypatch):
    """Run a notebook on tables of which some values are others, and see that no sentence is left unfinished."""

    def run(table, change, notebook, **parameters):
        path = copy_of_pack.raw(f"{table}.csv")
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        changed = [row | change(row) for row in rows]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(changed)
        figures.follow(copy_of_pack.root, [])
        catalogue.accept(copy_of_pack.root, [])
        monkeypatch.setenv("CASEBOOK_PROJECT", str(copy_of_pack.root))
        # Printed figures are those of the tables as printed.
        told = tell(notebook, leaving_out="report.reconciliation", **parameters)
        for block in told.blocks:
            parts = [getattr(block, name, "") for name in ("text", "title", "subtitle", "alt", "caption")]
            for sentence in (*parts, *getattr(block, "paragraphs", ()), *getattr(block, "notes", ())):
                assert not UNFINISHED.search(sentence), sentence
        return told

    return run


def without(*lacking):
    """Leave out the rates of some areas in some years; of all years where none is named."""
    return lambda row: {"rate": "-"} if (row["area"], row["year"]) in lacking or row["area"] in lacking else {}


def test_averages_of_different_years_are_of_the_same_authorities_and_say_which(altered):
    told = altered("care_applications", without(("Hertfordshire", "2017"), ("Hampshire", "2018")), "care-rates")
    # Hertfordshire's rates are the lowest: an average with them in 2020 and without them in 2017 would fall by itself.
    rows = told.table("Cambridgeshire against eight of its ten similar councils, by year").rows
    names = [column.label for column in told.table("Cambridgeshire against eight").columns]
    assert [row[names.index("Similar councils compared")] for row in rows] == [8, 8, 8, 8]
    assert rows[0][names.index("Similar councils' mean")] == pytest.approx((90.3 - 6.50 - 8.00) / 8)
    assert rows[-1][names.index("Similar councils' mean")] == pytest.approx((89.5 - 5.20 - 7.20) / 8)
    assert "of the nine authorities. The mean of eight of its ten similar councils rose from" in told.text()
    assert "are left out: Hampshire (none in 2018) and Hertfordshire (none in 2017)." in told.text()
    notes = told.table("Cambridgeshire against eight").notes
    assert any("For 2017 and 2018 a rate is held for nine" in note for note in notes)


def test_one_neighbour_is_told_as_one(altered):
    told = altered("care_applications", without(*NEIGHBOURS[1:]), "care-rates")
    assert "The mean of one of its ten similar councils rose from 7.4 to 10.2." in told.text()
    assert "from highest to lowest of the two authorities" in told.headline("care-applications-path").plain()


def test_no_neighbour_with_every_year_is_refused_in_one_sentence(altered):
    with pytest.raises(
        InputError,
        match="no authority besides Cambridgeshire to compare it with: add the rows of others",
    ):
        altered("care_applications", without(*NEIGHBOURS), "care-rates")


def test_equal_rates_are_told_as_equal(altered):
    told = altered(
        "care_applications",
        lambda row: {"rate": "9.00"} if row["area"] in (*NEIGHBOURS, "Cambridgeshire") else {},
        "care-rates",
    )
    text = told.text()
    assert "both times the joint highest and lowest of the eleven authorities" in text
    assert "Cambridgeshire's rate stayed as it was." in text
    assert "and it rose in none of the ten similar councils" in text
    assert "made no more and no fewer care applications" in text


def value_of(*areas, other):
    return lambda row: {} if row["area"] in (*areas, "England", "East of England") else {"value": other}


def test_where_no_authority_meets_the_goal_it_is_said(altered):
    told = altered("chlamydia_detection", value_of(other="1000"), "benchmark")
    assert "none of the ten authorities printed meet it." in told.headline("goal").plain()
    assert "the joint highest and lowest of the ten authorities" in told.headline("value-and-place").plain()
    assert "In the table, none of the ten authorities printed meet it." in told.text()


def test_where_all_authorities_meet_the_goal_it_is_said(altered):
    told = altered("chlamydia_detection", value_of(other="2400"), "benchmark")
    assert (
        "all ten authorities printed meet it. Cambridgeshire meets it. It is met by Bedford, "
        in told.headline("goal").plain()
    )
