"""Cases that spend to save: what they cost and bring by a calculation of its own, what must come about, and refusals."""

import numpy as np
import pandas as pd
import pytest

from casebook import appraisal, sections, tables
from casebook.data import catalogue, project
from casebook.errors import InputError

CASES = [table.name for table in catalogue.load(project.root()).tables if "cashable" in table.column_names]
FACTORS = [1.035**-year for year in range(5)]


def made(name="care_home_support", altered=None, **basis):
    frame = tables.read(name)
    if altered is not None:
        described = frame.attrs["table"]
        frame = altered(frame.copy())
        frame.attrs["table"] = described
    return appraisal.case(frame, "Cambridgeshire", appraisal.Basis(**basis))


def alone(kinds):
    """Keep some kinds of rows, and drop the inputs of those left out."""
    return lambda frame: frame[frame["kind"].isin(kinds)]


def test_the_care_home_team_costs_and_brings_what_a_calculator_says():
    of = made()
    assert of.costs.value == pytest.approx(297_000 * sum(FACTORS))
    assert of.benefits.value == pytest.approx(731_838.95 * sum(FACTORS))
    assert str(of.ratio) == "£2.46 for every £1" and of.needed.with_unit == "41%"
    assert of.period == "2023/24 to 2027/28"
    assert of.verdict == "It breaks even if 41% of that comes about; none of it is cash by which a budget can be cut."


def test_the_two_homes_already_helped_do_not_pay_for_the_team():
    of = made()
    assert of.cannot_lose == ["Moves avoided, three more homes"]
    assert sections.worth(of).chart.title == (
        'Without "Moves avoided, three more homes", the other benefit does not cover the cost.'
    )


def test_each_input_breaks_even_where_a_calculator_says():
    found = {one.item: factor for one, factor in made().breaking_even_at}
    assert found["All costs"] == pytest.approx(731_838.95 / 297_000)
    assert found["Homes that would fail in a year"] == pytest.approx(297_000 / 731_838.95)
    # The team pays without the two homes: three more homes are worth more than it costs.
    assert found["Funded residents in each of two"] < 0
    assert found["Funded share in three homes"] == pytest.approx((297_000 - 255_887.81) / 475_951.14)
    assert "That is 3 of the 5 homes." in made().leans


def test_two_inputs_that_differ_at_once_multiply():
    grid = made().grid
    # Five homes are the most there can be; the extra cost of a move may be more than the paper says.
    homes, extra = [0.25, 0.5, 0.75, 1], [0.5, 0.75, 1, 1.25]
    expected = [[(one * other * 731_838.95 - 297_000) * sum(FACTORS) for other in extra] for one in homes]
    assert np.allclose(grid.to_numpy(), expected)
    assert list(grid.index) == ["1.25", "2.50", "3.75", "5.00"]


def test_what_an_input_is_tried_at_is_written_as_it_was_calculated_with():
    weeks = next(one for one in made("informal_carers").inputs if one.item == "Weeks they carry on")
    assert list(map(str, weeks.tried(weeks.low, weeks.high))) == ["7.5", "12.5"]
    assert list(map(str, weeks.tried(*weeks.steps))) == ["5.0", "7.5", "10.0", "12.5"]


def test_people_and_things_are_whole():
    residents = next(one for one in made().inputs if one.item == "Funded residents in each of two")
    assert list(map(str, residents.tried(residents.low, residents.high))) == ["19", "31"]
    assert [residents.at(factor) for factor in (1, 0.5, 0.2, 0.14, 0.081)] == ["25", "13", "5", "4", "3"]


def test_the_cost_breaks_even_where_all_years_costs_equal_all_years_benefits():
    of = made("informal_carers")
    one, factor = of.breaking_even_at[0]
    assert one.item == "All costs" and one.at(factor) == str(of.benefits) == "£1.02 million"
    assert of.asked == (
        "It costs £273,420 a year (£323,420 in the first) and is said to avoid £219,143 of other costs a year."
    )


def test_what_must_come_about_is_said_with_its_time_on_both_sides():
    said = sections.conditions(made()).table.frame.set_index("what")
    assert list(said.loc["All costs, as worth in 2023/24", ["paper", "even"]]) == [
        "£1.39 million over all years",
        "£3.42 million over all years",
    ]
    assert list(said.loc["Extra cost of eight moves a week", ["paper", "even"]]) == ["£785 a week", "£319 a week"]
    assert list(said.loc["Homes that would fail in a year", ["paper", "even"]]) == ["5 homes", "3 homes"]


def test_the_simulation_agrees_with_one_of_its_own():
    of = made(benefit_spread=0.25, cost_spread=0.1, runs=200_000)
    chance = np.random.default_rng(99)
    homes, cost = chance.triangular(0, 5, 5, 200_000), chance.triangular(0.9, 1, 1.1, 200_000) * 297_000
    extra, each, share = (chance.triangular(0.75, 1, 1.25, 200_000) for _ in range(3))
    even = homes / 5 * extra * (255_887.81 * each + 475_951.14 * share) >= cost
    assert of.chance.value == pytest.approx(even.mean() * 100, abs=0.5)


def test_the_same_seed_gives_the_same_page_and_another_one_another():
    assert str(made(seed=3).middle) == str(made(seed=3).middle) != str(made(seed=4).middle)


def test_cash_is_deflated_and_real_sums_are_not():
    cash, real = made(nominal=True, inflation=0.05), made(inflation=0.05)
    assert cash.costs.value == pytest.approx(297_000 * sum((1.035 * 1.05) ** -year for year in range(5)))
    assert real.costs.value == pytest.approx(297_000 * sum(FACTORS))
    assert real.by_year["cash"].iloc[2] == pytest.approx((731_838.95 - 297_000) * 1.05**2)


def test_costs_are_raised_for_optimism_and_benefits_are_not():
    of = made(optimism=0.5)
    assert of.cost.value == 297_000 * 1.5 and of.benefit.value == pytest.approx(731_838.95)
    assert of.needed.value == pytest.approx(297_000 * 1.5 / 731_838.95 * 100)


def test_a_benefit_that_is_cash_is_said_apart():
    def cashable(frame):
        return frame.assign(cashable=frame["cashable"].where(frame["id"] != "two_homes", "yes"))

    of = made(altered=cashable)
    assert of.cashable.value == pytest.approx(255_887.81 * sum(FACTORS))
    assert of.verdict.endswith("35% of it is cash by which a budget can be cut.")
    assert sections.worth(of)._parts["sentence"].startswith("Of the benefits £1.20 million are cash")


def test_a_case_without_ranges_inputs_and_gaps_is_told_all_the_same():
    of = made(altered=alone(["cost", "benefit"]))
    assert [one.item for one in of.inputs] == [
        "All costs", "Moves avoided, two homes already helped", "Moves avoided, three more homes",
    ]  # fmt: skip
    assert of.at_least is None and of.question == "Who will count whether the benefits come about?"
    assert "missing" not in sections.simulated(of)._parts


def test_a_case_that_costs_more_than_it_brings_says_by_how_much():
    of = made(altered=lambda frame: frame.assign(amount=frame["amount"].where(frame["kind"] != "benefit", 1000.0)))
    assert not of.pays and str(of.payback) == "does not come back within five years"
    assert of.verdict.startswith("Even in full that is £1.38 million too little over five years;")
    assert of.enough.startswith("It breaks even only if benefits are 148.5 times")
    assert "it costs more than it brings" in of.doubts
    assert sections.worth(of).chart.title == "All the benefits claimed fall £1.38 million short of the costs."


def test_one_more_vehicle_only_breaks_even_at_the_targets_that_are_no_stretch():
    of = made("enhanced_response", runs=200_000)
    assert of.needed.value == pytest.approx(180_509 / 209_798 * 100) and of.at_least.value == pytest.approx(0, abs=0.01)
    assert sections.worth(of).chart.title == "At the least that the paper names, it only breaks even."
    # The base target is no least that may happen: what is tried goes a quarter down, and no higher than the stretch target.
    tried = np.random.default_rng(5).triangular(0.75, 1, 1, 200_000) * 209_798
    cost = np.random.default_rng(6).triangular(0.9, 1, 1.1, 200_000) * 180_509
    assert of.chance.value == pytest.approx((tried >= cost).mean() * 100, abs=0.4)


def test_as_many_young_people_as_the_paper_names_must_be_kept_out_of_care():
    # Three would bring £234,000 a year, less than the £268,000 that the team costs.
    assert "That is all 4 young people." in made("safe_team").leans


def test_benefits_that_go_on_when_costs_have_ended_are_also_set_against_them_until_then():
    of = made("transport_workstreams")
    until = sum(1000 * saved * 1.035**-year for year, saved in enumerate([380, 950, 1295]))
    spent = sum(161_000 * 1.035**-year for year in range(3))
    assert of.weighed.endswith(
        f"Costs end in 2024/25 and benefits are counted on; up to then these bring £{until / spent:.2f} for every £1."
    )
    # A cost of the first year alone, or of building, is what later benefits are for.
    for other in ("bus_gates", "independent_living_make", "care_home_support"):
        assert "Costs end" not in made(other).weighed


def test_a_case_that_nothing_tried_can_fail_is_said_to_be_untested():
    assert made("transport_workstreams").spread.endswith(
        "Even the worst of all that is tried breaks even, so this is no test."
    )
    assert "no test" not in made().spread and "no test" not in made("informal_carers").spread


def test_support_for_carers_costs_more_than_it_brings_and_savings_made_before_are_no_benefit():
    of = made("informal_carers")
    yearly = [219_143 - 323_420, *[219_143 - 273_420] * 4]
    net = sum(amount * factor for amount, factor in zip(yearly, FACTORS, strict=True))
    assert of.net.value == pytest.approx(net) and not of.pays
    assert of.with_funding == (
        "Counted with £70,000 a year that was saved elsewhere before, it would bring £23,475 more than it costs."
    )
    assert net + 70_000 * sum(FACTORS) == pytest.approx(23_475, abs=1)
    carers = next(factor for one, factor in of.breaking_even_at if one.item == "Carers who carry on")
    assert (carers - 1) * 210_000 * sum(FACTORS) == pytest.approx(-net)


def test_flats_that_are_bought_pay_within_ten_years_and_flats_that_are_built_do_not_in_sixty():
    bought, built = made("independent_living_buy", years=10), made("independent_living_make", years=60)
    saved = sum(114_000 * 1.035**-year for year in range(3, 10))
    assert bought.net.value == pytest.approx(saved - 180_000 - 70_000 * 1.035**-2)
    assert bought.asked == (
        "It costs £250,000 up to 2024/25 and is said to avoid £114,000 of other costs a year from 2025/26 on."
    )
    # Sums in thousands of pounds; three services that open one after the other are one benefit.
    factors = [1.035 ** -min(year, 30) * 1.03 ** -max(year - 30, 0) for year in range(60)]
    yearly = [0, 0, 0, 418, 418 + 557] + [1393] * 55
    spent = [3161, 15597, 14955, 6435]
    assert [flow.item for flow in built.flows] == ["Building", "Care that costs less"]
    assert built.benefits.value == pytest.approx(1000 * np.dot(yearly, factors))
    assert built.costs.value == pytest.approx(1000 * np.dot(spent, factors[:4])) and not built.pays
    # More flats cost more to build, too, so no number of them pays; a sum every year, such as rent, would.
    even = sections.conditions(built).table.frame.set_index("what")["even"]
    assert even["Flats"] == "at no number" and even["Cost of care now"] == "£10.6 million a year"
    gap = float(np.dot(spent, factors[:4]) - np.dot(yearly, factors)) * 1000 / sum(factors)
    assert built.gap.value == pytest.approx(gap)
    assert built.leans == f"{built.gap} more every year, of whatever kind, would be enough, too."
    said = sections.side_by_side(built, bought).table.frame.set_index("what")
    assert said.loc["Years looked at"].tolist() == ["60", "10"]
    assert said.loc["Costs"].tolist() == ["£38.0 million", "£245,346"]
    assert said.loc["Costs for each of the flats"].tolist() == ["£237,470", "£5,111"]


def test_a_benefit_without_an_amount_is_the_product_of_its_inputs_and_what_would_undo_it_is_counted():
    def product(frame):
        stays = frame["id"] == "care_delayed"
        dear = frame.iloc[-1].to_dict() | {
            "id": "dear", "item": "stays in a care home", "kind": "against", "amount": 100.0, "unit": "pounds a week",
        }  # fmt: skip
        frame = frame.assign(amount=frame["amount"].mask(stays).mask(frame["kind"] == "cost", 10_000.0))
        frame.loc[frame["id"] == "weekly_cost", "unit"] = "pounds"
        return pd.concat([frame, pd.DataFrame([dear])], ignore_index=True)

    of = made("informal_carers", altered=product)
    assert of.benefit.value == pytest.approx(60 * 10 * 350 + 9143)
    # Three costs of £10,000 recur.
    assert "The £189,143 that it brings a year is what 36.4 stays in a care home would cost." in of.leans
    without = lambda frame: product(frame).query("kind != 'input'")  # noqa: E731
    with pytest.raises(InputError, match="row 8: a benefit needs an amount, or inputs to multiply"):
        made("informal_carers", altered=without)


@pytest.mark.parametrize("name", CASES)
def test_every_case_has_inputs_that_a_chart_has_room_for(name):
    of = made(name)
    assert all(len(bar.change) <= 48 for bar in of.sensitivity.bars)
    assert of.missing and all(one.low <= 1 <= one.high for one in of.inputs)


def test_rows_that_cannot_be_used_are_refused_with_their_number():
    def odd(at, **cells):
        def altered(frame):
            for name, value in cells.items():
                frame.loc[frame.index[at], name] = value
            return frame

        return altered

    for altered, words in [
        (alone(["cost"]), "has no row of the kind benefit"),
        (odd(0, starts=pd.NA), "row 2: a cost needs a year and an amount"),
        (odd(4, low=6.0), "row 6: the amount is 5, expected one from the least, 6, to the most, 5"),
        (odd(4, of="two_houses"), "row 6, column of: found 'two_houses', expected the id of a benefit"),
        (lambda frame: frame.drop(columns="cashable"), "has no column cashable"),
    ]:
        with pytest.raises(InputError, match=words):
            made(altered=altered)
