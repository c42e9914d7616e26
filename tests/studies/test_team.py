"""A team with a waiting list: its room, its list by a calculation of its own and by a simulation, what would clear it, and refusals."""

import random

import numpy as np
import pandas as pd
import pytest
import simpy

from casebook import sections, tables, team
from casebook.errors import InputError


def made(altered=None, **terms):
    frame = tables.read("young_adults_team")
    if altered is not None:
        described = frame.attrs["table"]
        frame = altered(frame.copy())
        frame.attrs["table"] = described
    return team.read(frame, "Cambridgeshire", team.Terms(**terms))


def with_amounts(**amounts):
    """Change the amounts of rows by their ids."""
    return lambda frame: frame.assign(amount=[amounts.get(name, held) for name, held in zip(frame["id"], frame["amount"], strict=True)])  # fmt: skip


def test_the_room_and_the_list_are_what_a_calculator_says():
    of = made()
    assert of.need.value == 257 + 85 and of.there == 11 and of.asked == 3
    assert of.places.value == 2 * 15 + 6 * 20 + 3 * 30 and of.places_with.value == 4 * 15 + 6 * 20 + 4 * 30
    assert of.left.value == 342 - 300 and str(of.excess) == "102 (43%) above"
    assert of.price.value == 109_926 + 38_908 and "£2,481 for each case" in sections.room(of).sentence
    # As many come in a month as nine, and of 300 cases 7 in 257 close: the list grows by the difference.
    grows = 9 - 300 * 7 / 257
    assert of.course(300).tolist() == pytest.approx([42 + 12 * grows * year for year in range(6)], rel=1e-6)
    assert of.lasting.value == pytest.approx(9 * 257 / 7)
    assert of.steady.value == 342 + 2 * 12 * 5 - 300


def test_the_list_agrees_with_one_stepped_case_by_case():
    of, ends = made(), []
    for seed in range(8):
        chance, environment = random.Random(seed), simpy.Environment()
        desk = simpy.Resource(environment, capacity=300)

        def case(environment=environment, desk=desk, chance=chance):
            with desk.request() as turn:
                yield turn
                yield environment.timeout(chance.expovariate(7 / 257))

        def door(environment=environment, case=case, chance=chance):
            for _ in range(342):
                environment.process(case())
            while True:
                yield environment.timeout(chance.expovariate(9))
                environment.process(case())

        environment.process(door())
        environment.run(60)
        ends.append(len(desk.queue))
    assert of.course(300).iloc[-1] == pytest.approx(np.mean(ends), abs=20)


def test_room_for_all_clears_the_list_at_once_and_a_little_less_takes_months():
    of = made()
    assert of.cleared(342) == 0 and of.when(342) == "at once" and of.cleared(300) is None
    # What comes in less what closes of 338 is a fifth of a case a month, so four that wait take about twenty.
    assert of.cleared(338) == pytest.approx(3.5 / (338 * 7 / 257 - 9), rel=0.1)
    assert of.when(338) == "after eighteen months" and of.when(300) == "not within five years"


def test_what_would_clear_the_list_does_clear_it():
    of = made()
    more = of.enough.set_index("item")["more"].tolist()
    assert more == [3, 3, 2] and of.enough["cost"].tolist()[0] == pytest.approx(3 * 109_926 / 2)
    assert np.isnan(of.enough["cost"].iloc[1])
    for each, posts in zip((15, 20, 30), more, strict=True):
        assert of.cleared(300 + each * posts) == 0 and of.cleared(300 + each * (posts - 1)) != 0
    # 42 in twelve months are 3.5 a month more than come, or fewer than close.
    assert of.closings.value == pytest.approx(9 + 3.5) and of.coming.value == pytest.approx(300 * 7 / 257 - 3.5)


def test_simulated_futures_vary_round_the_stepped_list_and_by_seed():
    of = made(runs=4000)
    limits = of.range
    assert (limits["lower"] <= limits["central"]).all() and (limits["central"] <= limits["upper"]).all()
    # Sums of chance: nine a month and as many closed vary by their root, and the averages within half a case.
    spread = np.sqrt(60 * (9 + 300 * 7 / 257) + (60 / 12**0.5) ** 2 * (1 + (300 / 257) ** 2))
    assert limits["upper"].iloc[-1] - limits["central"].iloc[-1] == pytest.approx(1.28 * spread, rel=0.15)
    assert str(made(seed=1).last) != str(made(seed=2).last) and str(made(seed=1).last) == str(made(seed=1).last)
    assert 0 < of.clear.value < 8


def test_posts_that_are_enough_are_said_to_be():
    of = made(with_amounts(senior_asked=6.0, senior_cost=329_778.0))
    assert (
        of.left.value == 0
        and of.answer == "The seven posts asked for make room for 120 more: nobody waits on the day they are filled."
    )
    shown = sections.ways(of)
    assert "table" not in shown._parts and "flows" not in shown._parts and of.cautions == []


def test_posts_that_stand_empty_have_no_cases():
    of = made(vacant=0.1)
    assert of.places_with.value == pytest.approx(270) and of.left.value == pytest.approx(72)


def test_sentences_say_what_a_councillor_must_know():
    of = made()
    assert of.room == "342 cases need the team; at the paper's own standard its posts have room for 240."
    assert of.answer == (
        "The three posts asked for make room for 60 more: 42 still wait at first, and the list is not clear within five years."
    )
    assert of.question == "Who can say how many cases are simple enough for a coordinator?"
    assert sections.waiting_list(of).chart.title.startswith(
        "With the three posts asked for 42 cases still wait, and after"
    )


@pytest.mark.parametrize(
    ("altered", "said"),
    [
        (lambda frame: frame.drop(columns="of"), "young_adults_team.csv has no column of, expected those of a team: add it"),
        (lambda frame: frame[frame["kind"] != "closed"], "has 0 rows of the kind closed, expected one"),
        (with_amounts(closed=0.0), "nothing closes, so no stay can be worked out"),
        (lambda frame: frame[frame["kind"] != "post"], "row 5: a row of the kind asked needs the id of a post"),
        (lambda frame: frame[frame["id"] != "social_each"], "has no standard of social"),
        (with_amounts(senior_cost=-1.0), "row 7: a row of the kind cost needs the id of a post"),
        (lambda frame: frame[~frame["kind"].isin(["post", "asked", "standard", "cost"])], "has no row of the kind post"),
    ],
)  # fmt: skip
def test_a_table_that_is_no_team_is_refused_in_one_sentence(altered, said):
    with pytest.raises(InputError, match=said):
        made(altered)


def test_a_team_without_gaps_prices_or_posts_asked_for_is_told_all_the_same():
    of = made(lambda frame: frame[~frame["kind"].isin(["missing", "given", "asked", "cost"])])
    assert of.answer.startswith("No posts are asked for: 102 wait") and of.said == "no new posts"
    assert of.question == "Who counts each month who comes, who leaves and who waits?" and of.added.value == 0
    for section in (sections.room(of), sections.waiting_list(of), sections.ways(of)):
        assert list(section)
    assert pd.isna(of.enough["cost"]).all()
