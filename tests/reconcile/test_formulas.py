"""The language of workings: what it says of printed numbers, and that nothing else is understood."""

import pytest

from casebook.errors import InputError
from casebook.reconcile import quantities
from casebook.reconcile.as_printed import PrintedTable
from casebook.reconcile.formulas import Formulas
from casebook.reconcile.quantities import Cell, Truth


def table(name, key, rows, **columns):
    """A table as printed: its key, and columns of numbers as they are printed."""
    numbers = {}
    for column, printed in columns.items():
        for at, words in enumerate(printed):
            number = (
                quantities.of(words, cell=Cell(name, rows[at], column, f"{', '.join(rows[at])} {column}"))
                if words
                else None
            )
            numbers[at, column] = number
    content = tuple(
        dict(zip(key, row, strict=True)) | {column: printed[at] for column, printed in columns.items()}
        for at, row in enumerate(rows)
    )
    words = {at: column[at[0]] for at in numbers for column in [columns[at[1]]]}
    return PrintedTable(name, f"{name}.csv", key, {name: name for name in columns}, content, numbers, words)


TABLES = {
    "rates": table("rates", ("area", "year"), [("Ely", "2019"), ("Ely", "2020"), ("March", "2019"), ("March", "2020")], rate=["8.5", "9.0", "7.0", ""]),
    "plans": table("plans", ("need",), [("Autism",), ("Mental health",), ("Total",)], before=["10", "20", "30"], after=["15", "25", "41"]),
    "costs": table("costs", ("month", "scenario"), [("2020-04-30", "Low"), ("2020-04-30", "High"), ("2020-05-31", "Low"), ("2020-05-31", "High")], children=["780", "780", "775", "770"], cost=["0", "0", "187000", "374000"]),
    "prose": table("prose", ("id",), [("pupils-now",), ("budget",)], value=["1,200", "£24.2m"]),
}  # fmt: skip
NAMES = {
    "both": ["Ely", "March"],
    "needs": ["Autism", "Mental health"],
    "growth": "change(plans.after[Total], plans.before[Total])",
    "rose": "growth > 0",
    "round_one": "round_two + 1",
    "round_two": "round_one + 1",
}
COLUMNS = {"costs.cost": "(previous(children) - children) * 850 * mondays_left(month, 2020)"}


@pytest.fixture
def formulas():
    return Formulas("workings/report.yaml", TABLES.get, "prose", NAMES, COLUMNS)


@pytest.mark.parametrize(
    ("formula", "value", "written"),
    [
        ("rates[Ely, 2020]", 9.0, "9.0"),
        ("rates['2020', Ely]", 9.0, "9.0"),
        ("plans.after[Total] - plans.before[Total]", 11, "41 - 30"),
        ("plans.after['Mental health'] * 2", 50, "25 x 2"),
        ("mean(rates[both, 2019])", 7.75, "mean of 8.5, 7.0"),
        ("median(rates[both, 2019], rates[Ely, 2020])", 8.5, "median of 8.5, 7.0, 9.0"),
        ("sum(plans.after[all_but(Total)])", 40, "15 + 25"),
        ("max(plans.after[needs] - plans.before[needs])", 5, "highest of 15 - 10, 25 - 20"),
        ("min(plans.before[needs])", 10, "lowest of 10, 20"),
        ("change(41, 30)", 1100 / 30, "(41 / 30 - 1) x 100"),
        ("share(60) * 20", 12, "60% x 20"),
        ("-rates[Ely, 2020] + 1", -8, "-9.0 + 1"),
        ("-5 * -rates[Ely, 2020]", 45, "-5 x (-9.0)"),
        ("called(sum(plans.after[needs]), 'both needs') / 2", 20, "both needs / 2"),
        ("pupils_now / 12", 100, "1,200 / 12"),
        ("count(both)", 2, "count of Ely, March"),
        ("growth", 1100 / 30, "(41 / 30 - 1) x 100"),
        ("mondays_in(2020)", 52, "52"),
        ("mondays_left('2020-04-30', 2020)", 48, "48"),
        ("worked_out(costs.cost['2020-05-31', Low])", 187000, "(780 - 775) x 850 x 44"),
        ("sum(worked_out(costs.cost['2020-05-31', scenarios]))", 561000, None),
        ("2 * (3 + 4) / 7", 2, None),
        ("1_000 / 3\n  + 0", 1000 / 3, None),
    ],
)  # fmt: skip
def test_a_formula_over_cells_comes_to_its_number_and_says_how(formulas, formula, value, written):
    formulas._names["scenarios"] = ["Low", "High"]
    found = formulas.value("figures, one", formula)
    assert float(found) == pytest.approx(value)
    assert written is None or found.formula == written


@pytest.mark.parametrize(
    ("formula", "holds"),
    [
        ("rates[Ely, 2020] > rates[Ely, 2019]", True),
        ("rates[Ely, 2020] <= rates[Ely, 2019]", False),
        ("7 < rates[March, 2019] < 9", False),
        ("6 < rates[March, 2019] <= 7 < 8", True),
        ("growth > 30 and growth < 40", True),
        ("growth > 30 and growth < 35", False),
        ("plans.after[needs] > plans.before[needs]", True),  # each of them
        ("plans.after[needs] >= 20", False),
        ("rose and growth < 50", True),
    ],
)
def test_a_claim_is_a_comparison_and_holds_of_every_number_of_a_list(formulas, formula, holds):
    found = formulas.value("figures, one", formula)
    assert isinstance(found, Truth)
    assert found.holds is holds


def test_a_number_knows_how_closely_it_is_printed_and_which_cells_it_came_from(formulas):
    found = formulas.value("figures, one", "mean(rates[both, 2019])")
    assert (float(found.low), float(found.high)) == (7.7, 7.8)
    assert [(one.cell.table, one.cell.row) for one in found.inputs] == [
        ("rates", ("Ely", "2019")),
        ("rates", ("March", "2019")),
    ]


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("rates[Wells, 2020]", "in 'rates[Wells, 2020]': no row of rates has 'Wells': write a word of its area and year, as it is printed there."),
        ("1 + rates[Elly, 2020]", "at character 5: no row of rates has 'Elly': did you mean Ely?"),
        ("rates[Ely]", "2 rows of rates have 'Ely': add a word that only one has (2019 and 2020)."),
        ("rates[Ely, March]", "'Ely' and 'March' stand in rates, but not in one row: name words of the same row."),
        ("rates[March, 2020]", "the cell March, 2020 of rates holds no number."),
        ("plans[Total]", "plans has several columns of numbers: name one of plans.before and plans.after."),
        ("plans.aftr[Total]", "plans has no column of numbers 'aftr': did you mean after?"),
        ("rates.rate[Ely, 2020]", "'rates' has one column of numbers, which needs no name."),
        ("growht * 2", "nothing is called 'growht': did you mean growth?"),
        ("pupils_new", "nothing is called 'pupils_new': did you mean pupils_now?"),
        ("zebra", "nothing is called 'zebra': write a name of this file, a table or an id of prose."),
        ("plans.after[Total] + both", "'both' is a list of words, expected a number."),
        ("plans + 1", "'plans' is a table, expected a number."),
        ("rates * 2", "'rates' is a whole column, expected a number."),
        ("rose + 1", "'rose' is a comparison, expected a number."),
        ("rates[both, 2019]", "'rates[both, 2019]' is a list, expected a number or a comparison."),
        ("rates[both, 2019] * plans.after[three]", "lists of 2 and 3 do not go together: they must be equally long."),
        ("meen(1, 2)", "there is no function 'meen': did you mean mean?"),
        ("change(1)", "change is written change(after, before)."),
        ("share(per_cent=1)", "share is written share(per cent)."),
        ("mean()", "mean is written mean(numbers)."),
        ("mondays_left('30 April', 2020)", "'30 April' is no day of the financial year 2020: write one as 2020-04-30."),
        ("called(1, 2)", "'2' is a number, expected words."),
        ("count(growth)", "'growth' is a number, expected words."),
        ("previous(children)", "previous(column) belongs in the formula of a whole column"),
        ("worked_out(rates[Ely, 2020])", "workings/report.yaml has no formula for the column rates.rate"),
        ("worked_out(costs.cost['2020-04-30', Low])", "at character 2: no row stands before 30 April 2020, Low: children."),
        ("round_one", "the names go round in a circle: round_one needs round_two needs round_one."),
        ("rates[all_but(Elly), 2020]", "no row of rates is called 'Elly': did you mean Ely?"),
        ("growth == 3", "'growth == 3': compare with <, <=, > or >=."),
        ("rose or growth < 3", "only 'and' joins, and it joins comparisons."),
        ("rose and growth", "'growth': only 'and' joins, and it joins comparisons."),
        ("growth / 0", "'growth / 0' divides by what is, or may be, 0."),
        ("1 / (growth - growth)", "divides by what is, or may be, 0."),
        ("rates[001]", "cannot be read at character 7"),
        ("rates[Mental health]", "words that hold more than letters, digits and _ stand in '...'."),
        ("growth >", "the formula 'growth >' cannot be read"),
        ("", "the formula '' cannot be read"),
        ("£5 * 3", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence_with_its_place(formulas, formula, says):
    formulas._names["three"] = ["Autism", "Mental health", "Total"]
    with pytest.raises(InputError) as error:
        formulas.value("figures, one", formula)
    assert str(error.value).startswith("workings/report.yaml")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os').system('true')", "open('x')", "exec('1')", "growth.__class__", "().__class__", "(1).real",
        "plans.table", "plans.__init__", "rates.table[Ely, 2020]", "mean.__globals__", "2 ** 8", "9 ** 9 ** 9", "7 % 2", "7 // 2",
        "1 << 99", "7 & 3", "7 | 3", "7 ^ 3", "~7", "+7", "not growth", "lambda: 1", "[1 for _ in both]", "(x for x in both)",
        "{1: 2}", "{1, 2}", "[1, 2]", "(1, 2)", "growth if growth else 1", "f'{growth}'", "'words'", "b'words'", "True", "None", "...",
        "1j", "1e999", "rates[Ely, 2020:]", "rates[Ely][2020]", "rates[*both]", "rates[1.5]", "(a := 1)", "await growth", "growth is 1",
        "growth in both", "mean(*both)", "mean(**both)", "print(1)", "growth()", "rates[Ely, 2020](1)", "sum(1)(2)", "max(1, key=growth)",
        "previous()", "all_but(Ely)", "growth; growth", "import os", "del growth", "x = 1", "\0", "9e307 * 9e307",
    ],
)  # fmt: skip
def test_nothing_but_the_language_is_understood(formulas, formula):
    with pytest.raises(InputError) as error:
        formulas.value("figures, one", formula)
    assert str(error.value).startswith("workings/report.yaml, figures, one: ")


@pytest.mark.parametrize(
    "formula", ["(" * 400 + "1" + ")" * 400, "-" * 900 + "growth", "1" + "+1" * 499, "1" * 1001, "1+" * 5000 + "1"]
)
def test_a_formula_too_long_or_too_deep_costs_a_sentence_and_no_more(formulas, formula):
    try:
        assert float(formulas.value("figures, one", formula)) == 500
    except InputError as error:
        assert "names" in str(error)


def test_numbers_that_grow_without_end_are_refused(formulas):
    formulas._names |= {"a0": "9e99 * 9e99"} | {f"a{n}": f"a{n - 1} * a{n - 1}" for n in range(1, 12)}
    with pytest.raises(InputError, match="too large a number"):
        formulas.value("figures, one", "a11")


class TestText:
    def test_numbers_stand_in_texts_as_their_format_says(self, formulas):
        text = "From {plans.before[Total]:.0f} to {plans.after[Total]:,.1f} it is {growth:.1f}%; {pupils_now:,.0f}."
        assert formulas.write("figures, one, remark", text) == "From 30 to 41.0 it is 36.7%; 1,200."

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("It is {growth:.1f.", "the braces in 'It is {growth:.1f.' do not match"),
            ("It is }.", "do not match"),
            ("It is {growth:>999999999}.", "the format of {growth:>999999999} is not understood: write one such as ,.0f"),
            ("It is {growth!r}.", "is not understood"),
            ("It is {rose:.1f}.", "'rose' is a comparison, expected a number."),
            ("It is {}.", "the formula '' cannot be read"),
            ("It is {growht:.1f}.", "did you mean growth?"),
        ],
    )  # fmt: skip
    def test_a_text_that_cannot_be_filled_in_is_refused(self, formulas, text, says):
        with pytest.raises(InputError) as error:
            formulas.write("figures, one, remark", text)
        assert str(error.value).startswith("workings/report.yaml, ")
        assert says in str(error.value)
