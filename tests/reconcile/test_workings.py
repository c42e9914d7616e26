"""Files of workings as a finance officer writes them: what is understood, and what is said of a slip."""

import pytest
from conftest import ROOT

from casebook.errors import InputError
from casebook.reconcile import figures, workings
from casebook.reconcile.cases import Cases


def written(folder, text):
    (folder / "workings").mkdir(exist_ok=True)
    (folder / "workings" / "one.yaml").write_text(text, encoding="utf-8")
    return workings.load(folder, "one")


def test_a_file_of_workings_is_read_as_it_is_written(tmp_path):
    found = written(
        tmp_path,
        "names:\n  rate: care_applications\n  years: [2017, 001, no]\n"
        "figures:\n  a: rate[Ely, 2020]\n  b:\n    formula: [a, b]\n    others: {with another: c}\n    remark: >-\n      So: it is\n      so.\n"
        "  c: {missing: the rates}\n",
    )
    assert found.names == {"rate": "care_applications", "years": ["2017", "001", "no"]}
    assert found.figures["a"].formula == ("rate[Ely, 2020]",)
    assert (found.figures["b"].formula, found.figures["b"].others) == (("a", "b"), {"with another": "c"})
    assert found.figures["b"].remark == "So: it is so."
    assert found.figures["c"].missing == "the rates"


def test_a_file_of_comments_says_nothing(tmp_path):
    assert written(tmp_path, "# All of it follows from its table.\n") == workings.Workings()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("figures:\n  a: 1\n  b: 2\n  a: 3\n", "workings/one.yaml, line 4: 'a' stands here a second time: delete one of them"),
        ("figures:\n  a: {formula: 1, formula: 2}\n", "line 2: 'formula' stands here a second time"),
        ("figures:\n  a:\n    formula: 1\n    remark: As line 7 says: it is so\n", "workings/one.yaml, line 4: a text that holds \": \" stands in \"...\""),
        ("figures:\n\ta: 1\n", "workings/one.yaml, line 2: a text that begins with @, ` or % stands in \"...\"; lines are indented with spaces, not tabs."),
        ("figures:\n  a: 1\n b: 2\n", "line 3: the line is not indented like the others of its group"),
        ("figures:\n  a: 1\n  b\n", "line 4: a name stands here without its ':'"),
        ("figures:\n  a: %5\n", "a text that begins with @"),
        ("figures:\n  a: {formula: 1\n", "workings/one.yaml, line 3: "),
        ("figures:\n  ? [a, b]\n  : 1\n", "a name is expected before ':', found a list or a group"),
        ("figures:\n  a: {formula: 1, remrk: so}\n", "workings/one.yaml, figures, a, remrk: there is no such entry; did you mean remark?"),
        ("figurs:\n  a: 1\n", "workings/one.yaml, figurs: there is no such entry; did you mean figures?"),
        ("figures:\n  a: {formula: 1, missing: so}\n", "figures, a: it has a formula and says what is missing: give one of them."),
        ("figures:\n  a: {finding: so}\n", "figures, a: a finding goes with one formula"),
        ("figures:\n  a:\n", "figures, a, formula, 0: nothing is written here: write it, or delete the line."),
        ("figures:\n  a: {formula: {b: 1}}\n", "workings/one.yaml, figures, a, formula: found \"{'b': '1'}\", expected a text"),
        ("figures:\n  a: {others: [b]}\n", "figures, a, others: found \"['b']\", expected names with their entries."),
        ("figures: [a]\n", "workings/one.yaml, figures: found \"['a']\", expected names with their entries."),
        ("- a\n", "workings/one.yaml, top level: found"),
        ("names:\n  of-2020: 1\n", "names, of-2020: a name has letters, digits and _, and begins with no digit"),
        ("names:\n  a: []\n", "names, a: nothing is written here"),
    ],
)  # fmt: skip
def test_a_slip_is_told_in_one_sentence_with_its_line_or_figure(tmp_path, text, says):
    with pytest.raises(InputError) as error:
        written(tmp_path, text)
    assert str(error.value).startswith("workings/one.yaml, ")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_report_without_a_file_is_told_what_to_write(tmp_path):
    with pytest.raises(InputError, match="workings/one.yaml is not there: write it"):
        workings.load(tmp_path, "one")


def test_a_file_that_is_not_utf_8_is_named(tmp_path):
    (tmp_path / "workings").mkdir()
    (tmp_path / "workings" / "one.yaml").write_bytes("figures: {a: '£'}".encode("latin-1"))
    with pytest.raises(InputError, match="workings/one.yaml is not UTF-8 text"):
        workings.load(tmp_path, "one")


def cases(project):
    return Cases(project.root, figures.load(project.root))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("in_2018 - at_neighbours_2018", "in_2018 - at_neighbors_2018", "workings/care-rates.yaml, figures, care-100-higher: in 'in_2018 - at_neighbors_2018', at character 11: nothing is called 'at_neighbors_2018': did you mean at_neighbours_2018?"),
        ("children_in_care[377, children]", "children_in_care[367, children]", "workings/care-rates.yaml, names, in_2018: in 'children_in_care[367, children]': no row of children_in_care has '367': write a word of its paper, line, area, measure and date_printed"),
        ("children_in_care[377, children]", "children_in_care[children]", "rows of children_in_care have 'children': add a word that only one has"),
        ("in_2019 > at_neighbours_2019", "in_2019 - at_neighbours_2019", "figures, care-above-2019: 'in_2019 - at_neighbours_2019' is a number, but the figure is a claim without one: compare with <, <=, > or >=."),
        ("care-numbers-above: in_2018 > at_neighbours_2018 and in_2019 > at_neighbours_2019", "care-numbers-above: {formula: in_2018, finding: so}", "is a number, but the figure is a claim"),
        ("care-100-higher: in_2018 - at_neighbours_2018", "care-100-higher: {formula: in_2018, finding: so}", "a finding goes with a comparison; 'in_2018' is none."),
        ("care-100-higher: in_2018 - at_neighbours_2018", "care-100-higher: {formula: in_2018 - at_neighbours_2018, others: {with both: in_2018 > 1}}", "figures, care-100-higher, others: 'in_2018 > 1' is a comparison, expected a number."),
    ],
)  # fmt: skip
def test_a_working_that_cannot_be_worked_out_is_told_in_one_sentence(project, old, new, says):
    project.replace("workings/care-rates.yaml", old, new)
    found = cases(project).problems()
    assert len(found) >= 1
    assert all(sentence.startswith("workings/care-rates.yaml, ") for sentence in found)
    assert any(says in sentence for sentence in found), found


def test_figures_that_repeat_each_other_in_a_circle_are_refused(project):
    path = project.raw("published_figures.csv")
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("savings-total,"))
    assert lines[at].endswith(",")
    lines[at] += "savings-in-the-head"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert any("'savings-total' repeats itself" in sentence for sentence in cases(project).problems())


def test_the_figures_of_the_project_are_all_worked_out():
    register = figures.load(ROOT)
    assert Cases(ROOT, register).problems() == []


def test_a_figure_that_rests_on_a_blank_cell_cannot_be_recomputed_and_the_others_can(project):
    project.replace("data/raw/care_applications.csv", "869,West Berkshire,2017,10.80", "869,West Berkshire,2017,")
    cases = Cases(project.root, figures.load(project.root))
    found = {one.id: one for one in cases.of_report("care-rates")}
    assert found["care-neighbour-mean-2017"].missing == "West Berkshire, 2017"
    claim = found["care-proceedings-closer"]
    assert (claim.verdict, claim.missing) == ("cannot be recomputed", "West Berkshire, 2017 (blank in the source)")
    assert found["care-neighbour-mean-2019"].verdict == "reproduced"
