"""Auditing a table that an analyst brings, described or not: small tables of our own, right and with planted errors."""

from __future__ import annotations

import json

import pytest

from casebook.errors import InputError
from casebook.reconcile import audit, guess

BUDGET = """Service,2022/23 £,2023/24 £,Change,% change
Adults,"£1,200","£1,500",£300,25.0%
Children,"£1,000",£900,(£100),(10.0%)
Subtotal people,"2,200","2,400",200,9.1%
Roads,500,400,£(100),-20.0%
Waste,300,360,60,20.0%
Subtotal place,800,760,-£40,-5.0%
Grand total,"3,000","3,160",160,5.3%
"""
THOUSANDS = """Service,Budget £000,Actual £000,Variance £000
Adults,"1,204","1,250",46
Children,"2,311","2,290",(21)
Roads,417,420,4
Total,"3,931","3,961",29
"""
WHOLE_THOUSANDS = """Service,Spent
Adults,"1,204,000"
Children,"2,311,000"
Roads,"417,000"
Total,"3,931,000"
"""
CHOSEN = """Service,Budget
Adults,"70,000"
Children,"25,000"
Roads,"10,000"
Total,"106,000"
"""
SHARES = """Provider,Places,% of total
A,120,40.0%
B,90,30.0%
C,60,20.0%
D,30,10.0%
Total,300,100.0%
"""
MONTHS = """Month,Boys,Girls,Total
April,31,42,73
May,35,27,62
June,44,35,79
Total,110,104,214
"""
NO_WORDS = """Ward,Men,Women,Everyone
Abbey,310,325,635
Castle,402,398,800
Kings,287,301,588
Park,350,361,711
West,199,210,409
"""
TOTAL_FIRST = """Area,2019,2020
Total,"1,000","1,190"
North,400,450
South,350,450
East,250,290
"""
RATES = """Authority,Children,Applications,Rate per 10000
Ashire,100000,95,9.5
Bshire,80000,60,7.5
Cshire,50000,50,10.0
Total,230000,205,8.9
"""
PENCE = """Item,2022 £,2023 £,Increase %
Heat,"£12,345.50","£13,210.00",7.0%
Light,"£4,100.25","£4,305.25",5.0%
Water,"£2,000.00","£1,900.00",(5.0%)
Sub-total,"£18,445.75","£19,415.25",5.3%
VAT,"£3,689.15","£3,883.05",5.3%
Total,"£22,134.90","£23,298.30",5.3%
"""
LONG = """Year,Team,Cases
2021,North,40
2021,South,51
2021,Total,91
2022,North,44
2022,South,60
2022,Total,104
2023,North,39
2023,South,62
2023,Total,101
"""
ONE_TOTAL = """Team,Posts
North,12
South,15
East,9
Total,36
"""
GROWTH = """Year,Places,Growth since 2020 %
2020,200,-
2021,210,5.0%
2022,230,15.0%
2023,250,25.0%
"""
SIGHTINGS = """Ward,Trees,Benches,Bins
Abbey,31,5,12
Castle,28,9,4
Kings,44,2,17
Park,90,14,6
"""
RIGHT = [
    BUDGET,
    THOUSANDS,
    WHOLE_THOUSANDS,
    SHARES,
    MONTHS,
    NO_WORDS,
    TOTAL_FIRST,
    RATES,
    PENCE,
    LONG,
    ONE_TOTAL,
    GROWTH,
]


@pytest.fixture
def table(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "own.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def guessed(path):
    known = guess.of_file(path)
    known.check(path)
    return known, audit.checks(known.table, known.identities)


def findings(checks):
    return {str(one.cell): one for one in checks if not one.verdict.stands and one.rests_on is None}


class TestWhatIsGuessed:
    @pytest.mark.parametrize("text", RIGHT)
    def test_a_table_that_is_right_has_no_finding_and_something_is_checked(self, table, text):
        _, checks = guessed(table(text))
        assert checks
        assert not findings(checks)

    @pytest.mark.parametrize(
        ("text", "old", "new", "cell"),
        [
            (BUDGET, '"2,400"', '"2,040"', "Subtotal people: 2023/24 £"),
            (BUDGET, "-£40", "£40", "Subtotal place: Change"),
            (BUDGET, "(£100)", "£100", "Children: Change"),
            (BUDGET, "25.0%", "52.0%", "Adults: % change"),
            (THOUSANDS, '"3,961"', '"3,691"', "Total: Actual £000"),
            (SHARES, "C,60,20.0%", "C,60,25.0%", "C: % of total"),
            (MONTHS, "62", "26", "May: Total"),
            (NO_WORDS, "Park,350,361,711,", "", None),
            (TOTAL_FIRST, '"1,190"', '"1,910"', "Total: 2020"),
            (RATES, "205", "250", "Total: Applications"),
            (PENCE, "23,298.30", "23,289.30", "Total: 2023 £"),
            (LONG, "104", "140", "2022, Total"),
            (ONE_TOTAL, "36", "35", "Total"),
            (GROWTH, "15.0%", "51.0%", "2022: Growth since 2020 %"),
        ],
    )
    def test_a_planted_error_is_found_and_nothing_else(self, table, text, old, new, cell):
        changed = text.replace(old, new)
        _, checks = guessed(table(changed))
        assert list(findings(checks)) == ([cell] if cell else [])

    def test_what_was_assumed_is_said_in_one_line(self, table):
        said = guess.of_file(table(SHARES)).sentence
        assert said == (
            "no description beside the file, so assumed: Total is the sum of 4 rows, A to D; % of total is Places in "
            "per cent of Places of Total."
        )

    def test_a_sum_that_only_its_name_says_is_said_to_be_one(self, table):
        assert (
            "Total is a sum is said by its name, nearly by its figures"
            in guess.of_file(table(ONE_TOTAL.replace("36", "35"))).sentence
        )

    def test_where_nothing_follows_from_anything_nothing_is_assumed(self, table):
        with pytest.raises(
            InputError, match=r"no cells were found that follow from others: say in .*own\.json which do"
        ):
            guessed(table(SIGHTINGS))

    def test_a_total_that_no_rows_give_is_named_and_not_judged(self, table):
        known = guess.of_file(table(RATES.replace("230000", "999999").replace("205", "777") + ""))
        assert known.not_checked == ("Total, which no sum of other rows gives in most of its columns",)

    def test_the_columns_in_which_a_total_is_not_taken_for_a_sum_are_named(self, table):
        said = guess.of_file(table("Team,Posts,Cases,Visits\nA,10,31,7\nB,20,42,9\nC,15,35,4\nTotal,45,108,99\n"))
        assert said.not_checked == ()
        said = guess.of_file(table("Team,Posts,Visits\nA,10,7\nB,20,9\nC,15,4\nTotal,45,99\n"))
        assert said.not_checked == ("Total in Visits, which no sum of other rows gives",)


class TestRounding:
    def test_a_total_of_thousands_off_by_one_is_reproduced_to_rounding_and_the_line_says_why(self, table):
        known, checks = guessed(table(THOUSANDS))
        # 3,931 against 1,204 + 2,311 + 417 = 3,932.
        total = next(one for one in checks if str(one.cell) == "Total: Budget £000")
        assert total.verdict == "reproduced to rounding"
        assert (
            "the whole numbers of Budget £000, Actual £000 and Variance £000 are rounded, not exact" in known.sentence
        )

    def test_visibly_rounded_cells_too(self, table):
        known, checks = guessed(table(WHOLE_THOUSANDS))
        assert [one.verdict for one in checks] == ["reproduced to rounding"]
        assert "Spent are rounded to 1,000" in known.sentence

    def test_amounts_that_somebody_chose_are_exact(self, table):
        _, checks = guessed(table(CHOSEN))
        assert [one.verdict for one in checks] == ["differs"]

    def test_without_a_word_of_thousands_a_total_off_by_one_differs(self, table):
        _, checks = guessed(table(THOUSANDS.replace(" £000", "")))
        assert "Total: Budget" in findings(checks)

    def test_a_description_says_what_is_rounded(self, table):
        path = table(WHOLE_THOUSANDS)
        said = {"identities": [{"kind": "sum", "columns": ["Spent"], "rows": {"Service": ["Total"]}}]}
        path.with_suffix(".json").write_text(json.dumps(said))
        assert [one.verdict for one in audit.of_file(path)] == ["differs"]
        path.with_suffix(".json").write_text(json.dumps({**said, "rounded": {"Spent": 1000}}))
        assert [one.verdict for one in audit.of_file(path)] == ["reproduced to rounding"]

    def test_a_result_is_shown_as_closely_as_the_cell_is_printed(self, table):
        _, checks = guessed(table(BUDGET.replace("9.1%", "1.9%")))
        assert [one.result for one in findings(checks).values()] == ["9.1"]


class TestCauses:
    def test_one_wrong_subtotal_is_one_finding_and_what_is_built_on_it_rests_on_it(self, table):
        _, checks = guessed(table(BUDGET.replace('"2,400"', '"2,500"').replace('"3,160"', '"3,260"')))
        assert list(findings(checks)) == ["Subtotal people: 2023/24 £"]
        resting = {str(one.cell): str(one.rests_on) for one in checks if one.rests_on}
        assert resting == dict.fromkeys(
            ["Subtotal people: Change", "Grand total: Change"], "Subtotal people: 2023/24 £"
        )

    def test_a_grand_total_of_the_items_that_was_printed_with_the_wrong_subtotal_rests_on_it(self, table):
        path = table("Team,Cases\nA,10\nB,20\nSubtotal,31\nC,40\nTotal,71\n")
        sums = [({"Team": ["Subtotal"]}, ["A", "B"]), ({"Team": ["Total"]}, ["A", "B", "C"])]
        said = [{"kind": "sum", "columns": ["Cases"], "rows": rows, "parts": {"Team": of}} for rows, of in sums]
        path.with_suffix(".json").write_text(json.dumps({"identities": said}))
        assert [(str(one.cell), one.verdict.value, str(one.rests_on)) for one in audit.of_file(path)] == [
            ("Subtotal", "differs", "None"), ("Total", "differs", "Subtotal"),
        ]  # fmt: skip

    def test_one_wrong_part_of_two_sums_is_one_finding_that_names_it(self, table):
        _, checks = guessed(table(MONTHS.replace("May,35", "May,53")))
        (found,) = findings(checks).values()
        assert found.hypotheses == ("May: Boys may be misprinted: 35 there would settle this and another finding.",)
        assert [str(one.rests_on) for one in checks if one.rests_on] == ["May: Boys"]

    def test_two_errors_that_have_nothing_to_do_with_each_other_are_two_findings(self, table):
        _, checks = guessed(table(BUDGET.replace("25.0%", "52.0%").replace("20.0%\nSub", "2.0%\nSub")))
        assert list(findings(checks)) == ["Adults: % change", "Waste: % change"]

    def test_a_wrong_subtotal_from_which_a_change_and_the_total_were_worked_out_is_one_finding(self, table):
        # 58,740 printed as 57,840, and all that follows from it worked out from that.
        _, checks = guessed(
            table(
                "Service,Budget £000,Forecast £000,Variance £000\nOlder people,45210,46830,1620\n"
                "Total Adults,45210,46830,1620\nIn care,28740,31250,2510\nFostering,9820,9550,(270)\n"
                "Transport,16020,17940,1920\nTotal Children,54580,57840,3260\nTotal,99790,104670,4880\n"
            )
        )
        (found,) = findings(checks).values()
        assert str(found.cell) == "Total Children: Forecast £000"
        assert found.hypotheses == (
            "Two digits may be exchanged: 57,840 for 58,740.",
            "Total: Forecast £000 and Total: Variance £000 were worked out from it as printed.",
        )
        assert [(str(one.cell), str(one.rests_on)) for one in checks if one.rests_on] == [
            ("Total Children: Variance £000", "Total Children: Forecast £000")
        ]

    def test_a_wrong_subtotal_from_which_a_percentage_was_worked_out_is_one_finding(self, table):
        # 2,200 + 200 is 2,400; printed as 2,040, and -7.3% from it.
        text = BUDGET.replace('"2,400",200,9.1%', '"2,040",200,-7.3%')
        (found,) = findings(guessed(table(text))[1]).values()
        assert str(found.cell) == "Subtotal people: 2023/24 £"
        assert "Subtotal people: % change was worked out from it as printed." in found.hypotheses


class TestDescribe:
    @pytest.mark.parametrize("text", [*RIGHT, BUDGET.replace('"2,400"', '"2,040"'), MONTHS.replace("May,35", "May,53")])
    def test_what_it_writes_is_accepted_and_gives_the_same_findings(self, table, text):
        path = table(text)
        _, before = guessed(path)
        assert guess.describe(path) == path.with_suffix(".json")
        assert audit.of_file(path) == before

    def test_a_description_that_is_there_is_not_overwritten(self, table):
        path = table(MONTHS)
        path.with_suffix(".json").write_text("mine")
        with pytest.raises(InputError, match="is described already"):
            guess.describe(path)
        assert path.with_suffix(".json").read_text() == "mine"


class TestFilesThatCannotBeRead:
    @pytest.mark.parametrize(
        ("text", "encoding", "says"),
        [
            (MONTHS.replace(",", ";"), "utf-8", "row 1: found semicolons between the columns, expected commas"),
            (MONTHS.replace(",", "\t"), "utf-8", "row 1: found tabs between the columns, expected commas"),
            (BUDGET, "cp1252", "row 1, column 2022/23 �: found the byte 0xA3, which is not UTF-8 text"),
            ("", "utf-8", "is empty: it needs a header row"),
            (
                MONTHS.replace("May,35,27,62", "May,35,27"),
                "utf-8",
                "row 3: found 3 cells where the header has 4 columns",
            ),
            (MONTHS.replace("May", ""), "utf-8", "row 3, column Month: nothing names the row: write it"),
            (
                MONTHS.replace("May", "").replace("June", ""),
                "utf-8",
                "rows 3 and 4, column Month: nothing names the row",
            ),
            (MONTHS.replace("June", "May"), "utf-8", "row 4, column Month: May already stands in row 3; give each"),
            (
                "Table 3: children,,,\n" + MONTHS,
                "utf-8",
                "row 1, column 3: the column has no name: write one, or delete",
            ),
            ("Name,Town\nA,B\n", "utf-8", "has no column of numbers beside the first"),
        ],
    )
    def test_it_is_said_in_one_sentence(self, table, text, encoding, says):
        with pytest.raises(InputError) as caught:
            guessed(table(text, encoding))
        assert says in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_a_byte_order_mark_is_no_part_of_the_first_column(self, table):
        known, _ = guessed(table(MONTHS, "utf-8-sig"))
        assert known.table.key == ("Month",)


class TestCommand:
    def test_an_undescribed_table_is_audited_and_described(self, project, tmp_path):
        own = tmp_path / "own.csv"
        own.write_text(MONTHS.replace("62", "26"), encoding="utf-8")
        done = project.pipeline("audit", str(own))
        first, *others = done.stdout.splitlines()
        assert done.returncode == 1
        assert "no description beside the file, so assumed: Total is the sum of April, May and June" in first
        assert "May: Total: differs: printed 26; 35 + 27 = 62." in others[0]
        written = project.pipeline("audit", "--describe", str(own))
        assert (written.returncode, written.stdout.startswith("Wrote ")) == (0, True)
        assert project.pipeline("audit", str(own)).stdout.splitlines() == others
        assert project.pipeline("audit", "--describe", str(own)).returncode == 2
