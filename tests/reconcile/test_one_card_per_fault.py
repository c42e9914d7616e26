"""Faults: figures that differ for one reason are told once, those that most hangs on first."""

import pytest
from conftest import ROOT

from casebook.errors import InputError
from casebook.reconcile import figures, workings
from casebook.reconcile.cases import Cases
from casebook.reconcile.faults import PaperFault, by_missing, cards


@pytest.fixture(scope="module")
def found():
    register = figures.load(ROOT)
    cases = Cases(ROOT, register)
    return [one for name in workings.reports(ROOT) for one in cases.of_report(name)]


def test_every_figure_that_does_not_stand_is_on_one_card_and_no_other_is(found):
    told = [one.id for card in cards(found) for one in card.figures]
    assert sorted(told) == sorted(one.id for one in found if one.verdict in ("differs", "unreadable"))
    assert all((one.fault is not None) == (one.id in told) for one in found)


def test_figures_of_one_fault_are_one_card_with_its_weight(found):
    months = next(card for card in cards(found) if card.fault.id == "high-optimism-months")
    assert [one.id[-7:] for one in months.figures] == ["2020-04", "2020-05", "2020-09", "2021-01"]
    assert months.fault.weighs == "£555,050"
    assert months.follows == "The year's total for High Optimism is too high by as much."


def test_cards_are_in_order_of_pounds_then_of_people_then_without_a_weight(found):
    kinds = [
        "none" if not card.fault.weight else "pounds" if card.fault.unit.startswith("pounds") else "people"
        for card in cards(found)
    ]
    assert kinds == sorted(kinds, key=["pounds", "people", "none"].index)
    pounds = [card.fault.weight for card in cards(found) if card.fault.unit.startswith("pounds") and card.fault.weight]
    assert pounds == sorted(pounds, reverse=True)
    assert len(pounds) > 5


def test_a_figure_that_differs_alone_weighs_the_pounds_or_people_it_is_off_by(found):
    weighs = {card.fault.id: card.fault.weighs for card in cards(found)}
    assert weighs["digits-of-2036"] == "about 180 children"
    assert weighs["head-leaves-out"] == "£174,000"
    assert weighs["rate-of-2018"] == ""


def test_what_no_working_declares_is_a_fault_by_itself(project):
    path = project.root / "workings/ehcp-forecast.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("faults:")], encoding="utf-8")
    cases = Cases(project.root, figures.load(project.root))
    assert cases.of("transport-clawback").fault == PaperFault(
        "transport-clawback", cases.of("transport-clawback").figure, "", 10_000.0, "pounds"
    )


def test_what_a_sum_is_worth_to_society_or_compared_on_another_basis_is_said_beside_its_verdict(found):
    told = {one.id: card for card in cards(found) for one in card.figures}
    assert told["climate-plan-worth"].follows.endswith("no budget pays or receives them.")
    assert "leaves out later inflation" in told["wage-same-as-option-1"].follows
    assert told["wage-same-as-option-1"].fault.weighs == "", "two bases have no difference"
    assert "1,382 of the 2,204 plans" in told["ehcp-47-in-ten-years"].follows


def test_titles_are_one_short_sentence(found):
    for card in cards(found):
        assert len(card.fault.title.split()) <= 15, card.fault.title


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("[care-applications-2018, care-applications-2081]", "faults, rate-of-2018, care-applications-2081: .*did you mean"),
        ("[care-applications-2018, care-neighbour-mean-2020-in-003]", "the faults 'rate-of-2018' and 'neighbours-average' both have"),
        ("[care-applications-2018]\n    heavy: 1", "rate-of-2018, heavy: there is no such entry"),
        ("[care-applications-2018]\n    weight: not_a_name", "faults, rate-of-2018, weight"),
    ],
)  # fmt: skip
def test_a_slip_in_a_fault_is_told(project, wrong, says):
    project.replace("workings/care-rates.yaml", "figures: [care-applications-2018]", f"figures: {wrong}")
    with pytest.raises(InputError, match=says):
        Cases(project.root, figures.load(project.root)).of_report("care-rates")


def test_what_cannot_be_calculated_is_told_by_what_is_missing(found):
    groups = by_missing(found)
    assert sum(map(len, groups.values())) == sum(one.verdict == "cannot be recomputed" for one in found)
    assert [one.id for one in groups["the numbers of children who come into care by year"]] == [
        "care-fewer-coming", "care-fewer-coming-again",
    ]  # fmt: skip
    assert "" not in groups


def test_of_what_is_counted_there_are_no_parts(found):
    shown = {one.id: one.computed_shown for one in found}
    assert shown["social-care-act-2036"] == "302"
    assert shown["foster-35-places"] == "38 and 43"
    assert shown["foster-monthly"] == "2"
    assert shown["transport-cost-both"] == "£25.7 million"
