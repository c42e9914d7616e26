"""A series too short for a model: the row with a repeat, what the paper counts, and scenarios, by a calculation of its own."""

import pandas as pd
import pytest

from casebook import sections, short_series, tables
from casebook.errors import InputError

BACK = {2017: 1_587_646, 2018: 1_542_371, 2019: 1_483_243, 2020: 2_341_173}
MEAN = (1_587_646 + 1_542_371 + 1_483_243) / 3
COST = 456_450 + 3 * 251_450


def made(altered=None, by_quarter=None, **given):
    frame, quarters = tables.read("direct_payments"), tables.read("direct_payment_clawbacks")
    for one, change in ((frame, altered), (quarters, by_quarter)):
        if change is not None:
            described = one.attrs["table"]
            changed = change(one.copy())
            changed.attrs["table"] = described
            frame, quarters = (changed, quarters) if one is frame else (frame, changed)
    return short_series.read(frame, "Cambridgeshire", quarters, **given)


def test_the_row_that_repeats_its_first_quarter_is_found_and_mended_so_that_every_total_fits():
    quarters = made().quarters
    assert str(quarters.year) == "2019/20" and quarters.mended.repeated == 0
    steps = quarters.steps.set_index("what")
    assert steps.loc["As printed"].tolist() == [283_905, 283_905, 316_820, 437_243, 1_321_873]
    assert steps.loc["Without the repeat"].tolist() == [283_905, 316_820, 437_243, 445_275, 1_483_243]
    assert quarters.by_quarter.sum().tolist() == pytest.approx([1_525_828, 1_784_808, 1_936_167, 1_707_631], abs=1)
    assert (
        quarters.said
        == "The row of 2019/20 has its first quarter twice; without the repeat its total and all others fit."
    )


def test_quarters_that_fit_are_left_alone_and_so_are_those_that_no_row_explains():
    def right(frame):
        frame.loc[(frame["measure"] == "amount") & (frame["period"] == "2019-20"), ["q2", "q3", "q4"]] = [
            316820,
            437243,
            445275,
        ]
        return frame

    def hopeless(frame):
        frame.loc[(frame["measure"] == "amount") & (frame["period"] == "Total"), "q2"] = 1
        return frame

    for altered in (right, hopeless):
        of = made(by_quarter=altered)
        assert of.quarters.mended is None and [one.id for one in of.findings] == ["balance", "start", "counted"]
        assert "steps" not in sections.mended(of)._parts and sections.mended(of).all is not None


def test_what_it_costs_and_brings_is_what_a_calculator_says():
    of = made()
    assert of.history.to_dict() == BACK and of.cost.value == pytest.approx(COST)
    assert of.gain.value == pytest.approx(234_117 + 257_529 + 283_281 + 311_610)
    assert (
        of.balance == "Over four years the plan costs £1.21 million and is said to bring £1.09 million, £124,263 less."
    )
    assert of.mean.value == pytest.approx(MEAN) and of.pace == pytest.approx((1_483_243 / 1_587_646) ** 0.5 - 1)
    gains = of.outcomes["gain"].tolist()
    rises = [MEAN * 0.1 * 1.1**year for year in range(4)]
    above = [sum(rises[: year + 1]) for year in range(4)]
    assert gains[1] == pytest.approx(sum(rises)) and gains[3] == pytest.approx(sum(above))
    assert gains[2] == pytest.approx(sum(2_341_173 * (1.1**year - 1) for year in (1, 2, 3, 4))) and gains[4] == 0
    assert of.outcomes["net"].tolist() == pytest.approx([gain - COST for gain in gains])


def test_scenarios_start_to_grow_in_the_year_that_the_paper_says():
    paths = {one.name: one.path for one in made().scenarios}
    assert paths["As the paper has it"].to_dict() == pytest.approx(
        {year: 2_341_173 * 1.1 ** (year - 2021) for year in range(2021, 2026)}
    )
    assert paths["No growth"].to_dict() == pytest.approx(dict.fromkeys(range(2021, 2026), MEAN))
    assert made(growth=0.0).outcomes["gain"].iloc[1] == 0


def test_sentences_say_what_a_councillor_must_know():
    of = made()
    assert (
        of.start
        == "The paper starts from £2.34 million in 2020/21, 52% above the mean of three years before the pandemic."
    )
    assert of.grew == "From 2017/18 to 2019/20 clawbacks fell by 3.3% a year; the paper has 10% growth."
    assert of.from_usual == "The same growth from the mean of three years before the pandemic brings £713,671."
    assert of.too_few.startswith("Four years are known, 2020/21 unusual among them. That is too little for a forecast")
    assert of.cautions == ["it costs more than it brings", "it starts from an unusual year", "clawbacks fell before"]
    assert sections.course(of).chart.title == of.start


def test_a_series_by_year_without_quarters_or_gaps_is_told_all_the_same():
    history = pd.DataFrame({
        "id": ["a", "b", "c"], "item": "sum", "kind": "history", "year": [2018, 2019, 2020], "amount": [1.0, 2.0, 3.0], "unit": "thousand pounds",
    })  # fmt: skip
    frame = tables.read("direct_payments")
    frame, described = frame[~frame["kind"].isin(["unusual", "missing"])], frame.attrs["table"]
    frame = pd.concat([frame, history], ignore_index=True)
    frame.attrs["table"] = described
    of = short_series.read(frame, "Cambridgeshire")
    assert of.history.tolist() == [1000, 2000, 3000] and list(sections.mended(of)) == []
    assert of.question == "Who counts what comes, year by year?" and "the mean of three years." in of.start
    assert "grew by 73.2% a year" in of.grew and of.too_few.startswith("Three years are known. That")


@pytest.mark.parametrize(
    ("altered", "by_quarter", "said"),
    [
        (lambda frame: frame.drop(columns="unit"), None, "direct_payments.csv has no column unit"),
        (lambda frame: frame[frame["kind"] != "growth"], None, "has 0 rows of the kind growth, expected one"),
        (lambda frame: frame[frame["kind"] != "cost"], None, "has too few rows of the kind cost"),
        (None, lambda frame: frame.drop(columns="q3"), "direct_payment_clawbacks.csv has no column q3"),
        (None, lambda frame: frame[frame["period"].isin(["2019-20", "2020-21"])], "calls all years but one unusual"),
    ],
)  # fmt: skip
def test_a_table_that_is_no_short_series_is_refused_in_one_sentence(altered, by_quarter, said):
    with pytest.raises(InputError, match=said):
        made(altered, by_quarter)
