"""A service's caseload, now and to come, and the sections made of it."""

import random
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import simpy

from casebook import InputError, caseload, sections
from casebook.english import Noun

OT = ("ot", Noun("therapist"))
PRINTED = {"ot-caseload": 768, "ot-caseload-with-plan": 517, "ot-caseload-each": 47, "ot-access-rate": 10}
PLANS = {2020: 4662, 2025: 8007}


def known(prose=PRINTED, recommended=23.0, area="Cambridgeshire", **given):
    return caseload.service(area, prose, OT, PLANS, recommended, **given)


def staffed(*posts, service=None):
    return caseload.staffing(
        service or known(), pd.Series(posts, index=range(2021, 2021 + len(posts)), dtype=float), []
    )


def outlook(central, lower, upper, *posts, others=0.0, service=None):
    years = range(2026, 2026 + len(central))
    with_plan = pd.DataFrame({"central": central, "lower": lower, "upper": upper}, index=years, dtype=float)
    staffing = staffed(*posts, service=service)
    access = caseload.access(staffing.service)
    return caseload.DemandOutlook(staffing, access, with_plan, pd.Series(others, index=years))


def test_a_printed_caseload_is_of_the_first_year_of_plans_and_a_given_one_of_the_last():
    printed, given = known(), known(known=(900, 700), staff=(30, None))
    assert (printed.year, printed.children, printed.without_plan, printed.wte) == (2020, 768, 251, 768 / 47)
    assert (given.year, given.children, given.share, given.wte) == (2025, 900, 700 / 8007, 30)
    assert printed.needed.value == 768 / 23 and str(printed.excess.share) == "104% above"


def test_what_a_paper_says_of_a_caseload_is_tested_on_its_own_caseload_only():
    assert known().against_claim(50) == ', not the "up to 50%" that the paper prints'
    assert known(staff=(None, 30)).against_claim(50) == ', within the "up to 50%" that the paper prints'
    assert known().against_claim(None) == known(known=(900, 700)).against_claim(50) == ""


@pytest.mark.parametrize(
    ("prose", "given", "words"),
    [
        ({}, {}, "No caseload is printed for Essex, or half of one is given: give children and children_with_plan, "),
        (PRINTED, {"known": (900, None)}, "half of one is given"),
        ({}, {"known": (900, 901), "staff": (30, None)}, "children_with_plan is 901, expected at most 900"),
        ({}, {"known": (9000, 8008), "staff": (30, None)}, "children_with_plan is 8008, expected at most 8007"),
        ({}, {"known": (900, 700)}, "No staff is printed for Essex: give current_wte, or caseload_per_wte"),
    ],
)
def test_a_caseload_that_is_not_known_is_refused_in_a_sentence(prose, given, words):
    with pytest.raises(InputError, match=words):
        known(prose, area="Essex", **given)


def test_the_share_who_use_the_service_is_as_far_above_as_the_printed_one_lies_below():
    access = caseload.access(known())
    assert access.limits.tolist() == pytest.approx([517 / 4662, 0.1, 2 * 517 / 4662 - 0.1])
    assert access.said == "the printed 10%, and as far above the 517 of 4,662 of 2020 as that lies below"
    unprinted = caseload.access(known({}, known=(900, 800.7), staff=(30, None)))
    assert unprinted.limits.tolist() == pytest.approx([0.1, 0.09, 0.11])
    assert unprinted.said == "a tenth below the 801 of 8,007 of 2025 and a tenth above"
    assert caseload.access(known(), high=0.3).said == "as set for this run"
    assert caseload.access(known(), 0.5, 0.8).limits["upper"] == 1
    with pytest.raises(InputError, match=r"are 0\.1, 0\.01 and 0\.3, expected low, central and high"):
        caseload.access(known(), 0.1, 0.01, 0.3)


def test_children_are_counted_from_the_nearest_year_held_and_stay_where_none_is():
    held = pd.Series({2016: 100.0, 2021: 200.0, 2031: 300.0})
    assert caseload.growth(held, 2020, [2026, 2031]).tolist() == [1.25, 1.5]
    assert caseload.growth(held.iloc[:0], 2020, [2026, 2031]).tolist() == [1, 1]
    with pytest.raises(InputError, match="The demand is for 2026 to 2032, but .* from 2016 to 2031: choose"):
        caseload.growth(held, 2020, [2026, 2032])


def test_a_forecast_of_plans_is_taken_as_far_as_it_reaches():
    kept = pd.DataFrame([(2026, 15, 13, 17), (2027, 20, 10, 30)], columns=["year", "central", "lower", "upper"])
    assert caseload.to_come(kept, 2026).to_dict("list") == {"central": [15], "lower": [13], "upper": [17]}
    with pytest.raises(
        InputError, match="horizon_year is 2028, but the report ehcp-forecast reaches from 2026 to 2027"
    ):
        caseload.to_come(kept, 2028)


@pytest.mark.parametrize(
    ("posts", "options", "said", "effect"),
    [
        ((), ["No new posts"], "no new posts", "No new posts are asked for, so the service is 17.1 short."),
        ((0, 0), ["No new posts"], "no new posts", "No new posts are asked for, so the service is 17.1 short."),
        ((1,), ["No new posts", "One new post"], "the one post",
         "The one post asked for makes 17.3, which is 16.1 short: 44 children each."),
        ((4, 5), ["No new posts", "Four new posts", "Nine new posts"], "the nine posts",
         "The nine posts asked for make 25.3, which is 8.1 short: 30 children each."),
        ((4, 5.5, 20), ["No new posts", "Four new posts", "9.5 new posts", "29.5 new posts"], "the 29.5 posts",
         "The 29.5 posts asked for make 45.8, which is enough: 17 children each."),
    ],
)  # fmt: skip
def test_posts_are_added_year_by_year_and_said(posts, options, said, effect):
    staffing = staffed(*posts)
    assert (list(staffing.options), staffing.said, staffing.effect) == (options, said, effect)
    assert staffing.frame["option"].tolist() == [*options, "Enough for the recommendation"]
    assert staffing.frame["short"].iloc[-1] == 0


def test_posts_given_for_a_run_take_the_place_of_those_held():
    held = pd.Series({2021: 4, 2022: 5})
    assert caseload.staffing(known(), held, [None, 7.5]).posts.to_dict() == {2021: 4, 2022: 7.5}
    assert caseload.staffing(known(), held.iloc[:0], [None, 3]).posts.to_dict() == {2021: 0, 2022: 3}
    assert caseload.staffing(known(), held.iloc[:0], [None, None]).posts.empty


def test_children_to_come_and_the_staff_they_need_are_rounded_by_their_range():
    to_come = outlook([1200, 1694.4], [1000, 1282.1], [1400, 2219.3], 4, 5, others=271.7)
    assert str(to_come.children) == "1,970 (1,550 to 2,490)" and to_come.value.value == pytest.approx(1966.1)
    assert str(to_come.needed) == "85 (68 to 108)" and to_come.times.value == pytest.approx(1966.1 / 768)


def test_what_the_demand_rests_on_says_what_it_changes():
    to_come = outlook([1200, 1694.4], [1000, 1282.1], [1400, 2219.3], 4, 5, others=271.7)
    share, staff, filled, *stay = sections.assumptions(to_come)
    low, high = (
        (1694.4 * to_come.access.limits[end] / to_come.access.limits["central"] + 271.7) / 23
        for end in ("lower", "upper")
    )
    assert (
        share.changes
        == f"In {to_come.end} the lower share would take {low:.0f} whole-time therapists, the upper one {high:.0f}."
    )
    assert (share.source, staff.text) == (to_come.access.said, "There were 16.3 whole-time therapists in 2020.")
    with_posts, without = to_come.loads.iloc[-1][["Nine new posts", "No new posts"]]
    assert f"about {with_posts:.0f} children with the nine posts, and about {without:.0f} without" in filled.changes
    assert [one.changes for one in stay] == [
        f"They are 272 of about {to_come.children.central} children in {to_come.end}."
    ] * len(stay)


def test_a_load_as_recommended_is_not_above_the_recommendation():
    service = known(staff=(10, None))
    to_come = outlook([230, 460, 500], [200, 400, 450], [240, 480, 550], 10, service=service)
    assert to_come.course == (
        '"No new posts" is above the recommendation from 2027. "Ten new posts" is above the recommendation from 2028. '
        '"Enough for 2028" stays within the recommendation.'
    )
    above = outlook([300], [250], [350], service=service)
    assert above.course.startswith('"No new posts" is above the recommendation from 2026, the first year shown.')


def in_simulation(weekly, places, stay, need, runs=1):
    """The list at the end and, of the last year, how many of 100 got a place and how long they had waited: one by one.

    Referrals come by chance, each child's stay and need are exponential, and whoever has waited longest is next.
    """
    found = []
    for seed in range(runs):
        chance, environment = random.Random(seed), simpy.Environment()
        desk = simpy.Resource(environment, capacity=round(places))
        ends, got, lost = len(weekly) - 1, [], []

        def child(patience, stays, environment=environment, desk=desk, got=got, lost=lost):
            came = environment.now
            with desk.request() as turn:
                yield turn | environment.timeout(patience)
                if not turn.triggered:
                    lost.append(environment.now)
                    return
                got.append((environment.now, environment.now - came))
                yield environment.timeout(stays)

        def door(chance=chance, environment=environment, child=child, ends=ends):
            for _ in range(round(weekly[0])):
                environment.process(child(chance.expovariate(1 / need), chance.expovariate(1 / stay)))
            for week in range(ends):
                rate, after = weekly[week + 1] - weekly[week] * (1 - 1 / stay), 0.0
                while (after := after + chance.expovariate(rate)) < 1:
                    environment.process(later(week + after))
                yield environment.timeout(1)

        def later(at, chance=chance, environment=environment, child=child):
            yield environment.timeout(at - environment.now)
            yield from child(chance.expovariate(1 / need), chance.expovariate(1 / stay))

        environment.process(door())
        environment.run(ends)
        waited = [wait for at, wait in got if at > ends - 13]
        placed, gone = (sum(at > ends - 52 for at in times) for times in ([at for at, _ in got], lost))
        found.append((len(desk.queue), 100 * placed / (placed + gone), sum(waited) / max(len(waited), 1)))
    return np.mean(found, axis=0)


@pytest.mark.long
def test_the_list_agrees_with_a_simulation_that_takes_the_children_one_by_one():
    to_come = outlook([989, 1100, 1230, 1370, 1520, 1690], [989] * 6, [1690] * 6, 4, 5, others=270)
    found, _ = to_come.waiting(caseload.flows(52), 18)
    weekly = np.interp(np.arange(261) / 52, range(6), to_come.demand["central"])
    for option, queue, reached, wait in found.iloc[[0, 2, 3], :4].itertuples(index=False):
        list_, placed, waited = in_simulation(weekly, to_come.options[option] * 23, 52, 52)
        assert queue == pytest.approx(list_, rel=0.07, abs=60)
        assert reached == pytest.approx(placed, abs=3)
        assert wait == pytest.approx(waited, rel=0.08, abs=3)


def test_those_without_a_place_are_the_demand_less_the_places_however_long_a_child_stays():
    to_come = outlook([460, 575], [345, 400], [575, 700], service=known(staff=(10, None)))
    for weeks in (26, 52, 104):
        found, decimals = to_come.waiting(caseload.flows(weeks), 18)
        # 575 children for 230 places, and rounded by what stands at the ends, 170 and 470.
        assert found["queue"].tolist() == pytest.approx([345, 0], abs=5) and decimals["queue"] == 0
    assert found["option"].tolist() == ["No new posts", "Enough for 2027"] and np.isnan(found["relief"].iloc[1])


def test_what_a_service_counts_takes_the_place_of_what_is_assumed():
    months = pd.DataFrame({"referrals": [26, 30, 22, 26, 28, 24], "discharges": 13, "left": 0, "waiting": 200,
                           "caseload": 230})  # fmt: skip
    flows = caseload.flows(52, months)
    assert (flows.referrals, flows.stay, flows.need, flows.waiting) == (6, pytest.approx(230 / 3), np.inf, 200)
    to_come = outlook([460, 460], [450, 450], [470, 470], service=known(staff=(10, None)))
    found, _ = to_come.waiting(flows, 18)
    # Six come a week and three find a place, for 52 weeks; nobody leaves the list.
    assert found["queue"].iloc[0] == found["kept"].iloc[0] == pytest.approx(200 + 52 * 3, rel=0.01)
    assert "six months" not in sections.waiting(to_come, flows, 18).balance.paragraphs[0]
    assert "6.0 children are referred a week" in " ".join(sections.waiting(to_come, flows, 18).table.notes)
    for wrong, words in (
        (months.drop(columns="left"), "has no column left: a table of flows has referrals, discharges, left"),
        (months.iloc[:5], "has 5 months, a gap or a number below 0: give 6 whole months"),
        (months.assign(discharges=0), "counts nobody referred, or nobody discharged"),
    ):
        with pytest.raises(InputError, match=words):
            caseload.flows(52, wrong)


def test_a_child_has_one_therapist_so_the_wait_is_that_of_one_desk():
    said = sections.appointments(outlook([460], [345], [575]), 4, 0.85)
    # 85% busy, 0.85 x 20 / 23 days an appointment: 0.85 / 0.15 of them.
    assert "waits about four working days" in said and "more than 27 children" in said


def test_futures_go_beyond_the_range_of_the_forecast_as_often_as_it_says():
    years, probabilities = [2026, 2027], [0.05, 0.1, 0.5, 0.9, 0.95]
    kept = pd.DataFrame(
        [(year, p, value) for year in years for p, value in zip(probabilities, [70, 80, 100, 130, 145], strict=True)],
        columns=["year", "probability", "value"],
    )
    to_come = pd.DataFrame({"central": [100.0] * 2, "lower": [80.0] * 2, "upper": [130.0] * 2}, index=years)
    certain = caseload.access(known(), 0.5, 0.5, 0.5)
    made = caseload.simulate(to_come, kept, certain, 20_000, 0).with_plan * 2
    assert (made[2027] < 80).mean() == pytest.approx(0.1, abs=0.01)
    assert (made[2027] > 145).mean() == pytest.approx(0.05, abs=0.01)
    without = caseload.simulate(to_come, kept.iloc[:0], certain, 20_000, 0)
    assert (without.with_plan[2027] * 2 > 130).mean() == pytest.approx(0.1, abs=0.01)
    assert without.limits(to_come["central"] / 2).round().to_numpy().tolist() == [[50, 40, 65]] * 2


def test_futures_are_counted_by_option_and_said():
    to_come = outlook([230, 460], [200, 400], [240, 480], 10, service=known(staff=(10, None)))
    children = pd.DataFrame({2026: [230.0, 230.0], 2027: [460.0, 460.0]})
    found = to_come.futures(caseload.Futures(children, np.array([1.0, 1.1])))
    # In the second future each of the ten now carries a tenth more, so that they count for fewer.
    assert found["No new posts"].tolist() == [50, 0] and found["Ten new posts"].tolist() == [100, 50]
    assert found["Enough for 2027"].tolist() == [100, 100]
    assert str(to_come.odds(found, 2)) == "50 of 100 simulated futures"


def test_parts_of_the_demand_are_rounded_as_all_of_it():
    to_come = outlook([989.1], [840.2], [1150.3], others=269.4)
    section = sections.demand(to_come, {"Open cases": pd.Series({2026: 1187.3})})
    row = section.table.frame.iloc[0]
    assert (row["with"], row["without"], row["central"], row["Open cases"]) == (990, 270, 1260, 1190)
    assert list(section.table.columns)[-1] == "Open cases"
    assert "grow with the number of children" in section.how.paragraphs[0]
    assert "stay as many as they were" in sections.demand(outlook([9], [8], [10], others=251), {}).how.paragraphs[0]


def test_a_chart_of_loads_has_the_option_with_all_posts_first_whatever_is_asked_for():
    with_posts = sections.loads(outlook([1260], [1110], [1420], 4, 5)).chart
    assert with_posts.title == "With the nine posts each therapist would carry about 50 children by 2026 (44 to 56)."
    labels = [text.get_text() for text in with_posts.figure.axes[0].texts]
    assert labels[1:5] == ["Nine new posts", "No new posts", "Four new posts", "Enough for 2026"]
    assert list(with_posts.columns) == [
        "year",
        "No new posts",
        "Four new posts",
        "Nine new posts",
        "Enough for 2026",
        "recommended",
    ]
    without = sections.loads(outlook([1260], [1110], [1420])).chart
    assert without.title.startswith("With no new posts each therapist would carry about 77 children")


def test_referrals_are_told_for_every_agency_or_as_not_held():
    told = sections.referrals(
        caseload.referrals(pd.DataFrame({"agencies": ["Health", "Health and Care", "Care"], "share": [30, 20, 50]})),
        "Essex",
    )
    assert told.sentence == "The largest share, 70% of referrals, is that of Care; the smallest, 50%, that of Health."
    assert told.table.frame.to_numpy().tolist() == [["Care", 50, 20, 70], ["Health", 30, 20, 50]]
    assert told.table.notes[0].startswith(
        "Adding the shares of the two agencies gives 120%; taking away the 20% that concern two"
    )
    none = sections.referrals(caseload.referrals(pd.DataFrame({"agencies": [], "share": []})), "Essex")
    assert list(none) == ["No referrals by agency are held for Essex."]


def test_posts_cost_what_is_asked_for_them_and_where_that_is_not_known_nothing_is_put_in():
    section = sections.cost_of_posts(pd.DataFrame({"year": [2021, 2022], "posts": [4, 5], "cost": [200.0, 300.0]}))
    assert section.sentence == "The nine posts asked for cost £500 every year, £56 each."
    assert section.table.frame.to_numpy().tolist() == [
        ["2021/22", 4, 200, 50],
        ["2022/23", 5, 300, 60],
        ["Together", 9, 500, 500 / 9],
    ]
    lacking = sections.cost_of_posts(pd.DataFrame({"year": [2021, 2022], "posts": [4, 5], "cost": [200.0, np.nan]}))
    assert not hasattr(lacking, "sentence")
    assert lacking.table.frame["cost"].isna().tolist() == [False, True, True]


def test_users_by_need_are_as_uncertain_as_the_plans_of_that_need():
    plans = pd.DataFrame(
        {
            "year": 2031,
            "need": ["autism", "speech"],
            "central": [5000, 3000],
            "lower": [3300, 2000],
            "upper": [6900, 4400],
        }
    )
    demand = SimpleNamespace(end=2031, with_plan=pd.DataFrame({"central": [800.0], "lower": [700.0], "upper": [900.0]}))
    users = sections.by_need(demand, plans).frame.set_index("need")
    assert users.loc["autism", ["lower", "central", "upper"]].tolist() == [330, 500, 690]
    assert users.loc["speech", ["lower", "central", "upper"]].tolist() == [200, 300, 440]
