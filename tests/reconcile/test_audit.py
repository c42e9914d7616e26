"""The audit of tables: every kind of identity, on good tables, wrong ones and broken ones."""

import json

import pytest

from casebook.errors import InputError
from casebook.reconcile import audit

GOOD = """place,boys,girls,all,change,share,last
Ely,10,20,30,5,66.7%,25
March,4,6,10,0,60.0%,10
Both,14,26,40,5,65.0%,35
"""
IDENTITIES = [
    {"kind": "sum", "columns": ["all"], "of": ["boys", "girls"]},
    {"kind": "difference", "columns": ["change"], "of": ["all", "last"]},
    {"kind": "per cent of", "columns": ["share"], "of": ["girls", "all"]},
    {"kind": "sum", "columns": ["boys", "girls", "all", "change", "last"], "rows": {"place": ["Both"]}},
]


@pytest.fixture
def audited(tmp_path):
    def run(content=GOOD, identities=IDENTITIES, **more):
        file = tmp_path / "table.csv"
        file.write_text(content, encoding="utf-8")
        file.with_suffix(".json").write_text(
            json.dumps({"primaryKey": ["place"], "identities": identities, **more}), encoding="utf-8"
        )
        return audit.of_file(file)

    return run


def test_every_cell_that_follows_from_others_is_checked(audited):
    checks = audited()
    assert len(checks) == 3 + 3 + 3 + 5
    assert {str(check.verdict) for check in checks} == {"reproduced"}


@pytest.mark.parametrize(
    ("old", "new", "cells"),
    [
        ("Ely,10", "Ely,12", {("Ely", "all"), ("Both", "boys")}),
        ("Both,14,26,40", "Both,14,26,41", {("Both", "all"), ("Both", "change"), ("Both", "share")}),
        ("66.7%", "67.7%", {("Ely", "share")}),
        ("March,4,6,10,0,60.0%,10", "March,4,6,10,0,60.0%,18", {("March", "change"), ("Both", "last")}),
    ],
)
def test_exactly_the_cells_that_no_longer_follow_are_found(audited, old, new, cells):
    found = audited(GOOD.replace(old, new))
    assert {(check.cell.row[0], check.cell.column) for check in found if not check.verdict.stands} == cells


def test_a_percentage_far_too_large_is_a_finding_like_any_other(audited):
    share = [{"kind": "per cent of", "columns": ["share"], "of": ["girls", "all"]}]
    found = audited("place,girls,all,share\nEly,20,80,180%\nMarch,20,80,25%\n", share)
    assert [str(check.verdict) for check in found] == ["differs", "reproduced"]


def test_parts_can_be_grouped_and_named(audited):
    table = "place,kind,n\nEly,part,3\nMarch,part,4\nEly,more,5\nAll,part,7\nAll,more,5\n"
    checks = audited(
        table,
        [{"kind": "sum", "columns": ["n"], "rows": {"place": ["All"]}, "by": ["kind"]}],
        primaryKey=["place", "kind"],
    )
    assert [(check.printed, check.computed.formula, check.verdict) for check in checks] == [
        ("7", "3 + 4", "reproduced"),
        ("5", "5", "reproduced"),
    ]


def test_a_part_counts_as_often_as_another_column_says_and_once_where_it_says_nothing(audited):
    table = "place,times,n\nEly,,3\nMarch,2,4\nWisbech,-1,1\nAll,,10\nBoth,,7\n"
    parts = {"parts": {"place": ["Ely", "March", "Wisbech"]}, "times": "times"}
    checks = audited(table, [{"kind": "sum", "columns": ["n"], "rows": {"place": ["All", "Both"]}, **parts}])
    assert [(check.computed.formula, check.verdict) for check in checks] == [
        ("3 + 4 x 2 + 1 x (-1)", "reproduced"),
        ("3 + 4 x 2 + 1 x (-1)", "differs"),
    ]


def test_a_total_is_never_one_of_its_own_parts(audited):
    table = "place,fund,n\nEly,a,3\nMarch,a,4\nAll,a,7\n"
    checks = audited(table, [{"kind": "sum", "columns": ["n"], "rows": {"place": ["All"]}, "parts": {"fund": ["a"]}}])
    assert [(check.computed.formula, check.verdict) for check in checks] == [("3 + 4", "reproduced")]


def test_a_mean_a_product_and_a_change_from_a_base_row(audited):
    table = "place,n,double,rise\nEly,10,20,-\nMarch,15,30,50%\nMean,12.5,25,25%\n"
    checks = audited(
        table,
        [
            {"kind": "mean", "columns": ["n"], "rows": {"place": ["Mean"]}},
            {"kind": "product", "columns": ["double"], "of": ["n"], "factor": 2},
            {"kind": "per cent change", "columns": ["rise"], "of": ["n"], "base": {"place": "Ely"}},
        ],
    )
    assert len(checks) == 1 + 3 + 2
    assert all(check.verdict.stands for check in checks)


def test_parts_that_make_a_whole_which_is_not_printed(audited):
    whole = [{"kind": "sum", "columns": ["n"], "equals": 100}]
    assert [check.verdict for check in audited("place,n\na,12%\nb,88%\n", whole)] == ["reproduced"]
    assert [check.verdict for check in audited("place,n\na,12%\nb,98%\n", whole)] == ["differs"]


def test_a_missing_part_is_named_and_a_misprint_is_unreadable(audited):
    found = {
        check.cell.row[0]: check
        for check in audited(GOOD.replace("Ely,10", "Ely,").replace("March,4,6,10", "March,4,6,1o"), IDENTITIES[:1])
    }
    assert (found["Ely"].verdict, found["Ely"].missing) == ("cannot be recomputed", ("Ely: boys",))
    assert found["March"].verdict == "unreadable"


def test_a_percentage_of_nothing_cannot_be_recomputed(audited):
    checks = audited(
        "place,part,all,share\nEly,0,0,0%\n", [{"kind": "per cent of", "columns": ["share"], "of": ["part", "all"]}]
    )
    assert checks[0].verdict == "cannot be recomputed"


@pytest.mark.parametrize(
    ("descriptor", "says"),
    [
        ("{", "is not valid JSON"),
        ('{"identities": []}', "identities"),
        ('{"identities": [{"kind": "sum", "columns": ["all"]}]}', "say in 'of' which columns are combined"),
        ('{"identities": [{"kind": "difference", "columns": ["all"], "of": ["boys"]}]}', "needs 2 columns in 'of', found 1"),
        ('{"identities": [{"kind": "add", "columns": ["all"], "of": ["boys"]}]}', "kind"),
        ('{"identities": [{"kind": "sum", "columns": ["al"], "of": ["boys", "girls"]}]}', "has no column 'al', which its descriptor names: did you mean all?"),
        ('{"identities": [{"kind": "sum", "columns": ["all"], "rows": {"place": ["Boht"]}}]}', "has no row with 'Boht' in the column place, which an identity names: did you mean Both?"),
        ('{"identities": [{"kind": "per cent change", "columns": ["all"], "of": ["boys"], "base": {"place": "Wisbech"}}]}', "has 0 rows with place Wisbech, expected one"),
    ],
)  # fmt: skip
def test_a_wrong_descriptor_gets_one_sentence(tmp_path, descriptor, says):
    file = tmp_path / "table.csv"
    file.write_text(GOOD, encoding="utf-8")
    file.with_suffix(".json").write_text(descriptor, encoding="utf-8")
    with pytest.raises(InputError) as error:
        audit.of_file(file)
    assert says in str(error.value)
    assert "\n" not in str(error.value).strip()


def test_all_transcribed_tables_are_audited_and_only_their_known_errors_found():
    from conftest import ROOT

    found = {
        (name, check.cell.row, check.cell.column, str(check.verdict))
        for name, checks in audit.of_project(ROOT).items()
        for check in checks
        if not check.verdict.stands
    }
    assert found == {
        ("ehcps_by_need", ("Total",), "change", "differs"),
        ("ehcps_by_need", ("Speech, Lang or Comm Difficulty",), "change_per_cent", "unreadable"),
        ("ehcps_by_need", ("Profound and Mult Learn Diff",), "change_per_cent", "differs"),
        ("direct_payment_clawbacks", ("amount", "2019-20"), "total", "differs"),
        ("direct_payment_clawbacks", ("amount", "Total"), "q2", "differs"),
        ("direct_payment_clawbacks", ("amount", "Total"), "q3", "differs"),
        ("direct_payment_clawbacks", ("amount", "Total"), "q4", "differs"),
        ("members_allowances", ("leaders_total",), "sum", "differs"),
        ("think_communities", ("staff_total_2023",), "sum", "differs"),
        ("think_communities", ("staff_total_2024",), "sum", "differs"),
        ("population_forecast", ("2016",), "age_0_17", "differs"),
        ("population_forecast", ("2031",), "age_0_17", "differs"),
        ("population_forecast", ("2036",), "age_0_17", "differs"),
        ("population_forecast", ("2036",), "prevalence", "differs"),
        ("proposal_parts", ("004", "6079", "2023"), "amount", "differs"),
        ("biodiversity", ("total_2023",), "sum", "differs"),
        # One part of 2019/20 is not printed.
        *{("five_year_budget", ("pressure", "Total", year), "amount", "unreadable") for year in ("2018", "2020", "2021", "2022")},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "old", "new", "cell"),
    [
        ("enhanced_response", "23,,,per cent,,,,23%", "32,,,per cent,,,,32%", "all of amount together, not printed"),
        ("transport_workstreams", "570000,,,pounds a year,not stated,,,£570k", "470000,,,pounds a year,not stated,,,£470k", "All savings that begin in 2023/24: Amount"),
        ("informal_carers", "203420,,,pounds a year,not stated,,,\"£203,420\"", "204320,,,pounds a year,not stated,,,\"£204,320\"", "All investment, later years: Amount"),
        ("climate_risk", "240000,pounds,\"£240,000\"", "204000,pounds,\"£204,000\"", "Local Area Energy Planning: Sum"),
    ],
)  # fmt: skip
def test_a_wrong_number_in_the_rows_of_a_case_is_found_also_where_it_is_printed_in_words(
    project, table, old, new, cell
):
    project.replace(f"data/raw/{table}.csv", old, new)
    found = audit.of_file(project.raw(f"{table}.csv"))
    assert {str(check.cell) for check in found if not check.verdict.stands} == {cell}


def test_a_total_printed_as_a_dash_is_found_if_its_parts_are_there_and_come_to_something(audited):
    table = "place,a,b,c,d\nEly,3,2,,1\nMarch,4,-2,5,2\nAll,-,-,-,\n"
    total = [{"kind": "sum", "columns": ["a", "b", "c", "d"], "rows": {"place": ["All"]}}]
    (found,) = audited(table, total)
    assert (found.cell.column, found.printed, found.result, str(found.verdict)) == ("a", "-", "7", "unreadable")
