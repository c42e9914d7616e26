"""Values that say themselves: none, one, two and many; level, joint, before and after."""

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook import InputError, english
from casebook.english import (
    Change,
    Difference,
    Gap,
    Group,
    Judgement,
    Money,
    Moved,
    Noun,
    Number,
    Odds,
    Place,
    Range,
    Rate,
    Shortfall,
    finished,
    listed,
    number,
)
from casebook.methods import benchmark

UNFINISHED = re.compile(
    r"\bno of the\b|\b(one|1) (authorities|children)\b|\b(?!1\b)[\d,]+ (more|fewer) child\b|  |\bnan\b|\binf\b|\bNone\b(?! of)"
    r"|-0(\.0*)?(?![.\d])|-£0| [,.;:]|\bonly one of the one\b|\b(by|level with) £?0(\.0*)?(?![.\d])|\(0%\)"
)
CHILD = Noun("child", "children")
NEIGHBOUR = Noun("statistical neighbour")


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "no authorities meet"),
        (0, 1, "no authority meets"),
        (1, 1, "the only authority meets"),
        (0, 2, "none of the two authorities meet"),
        (1, 2, "one of the two authorities meets"),
        (2, 2, "both authorities meet"),
        (0, 30, "none of the 30 authorities meet"),
        (1, 30, "one of the 30 authorities meets"),
        (2, 30, "two of the 30 authorities meet"),
        (30, 30, "all 30 authorities meet"),
    ],
)
def test_some_of_several_is_said_with_a_verb_that_agrees(part, whole, said):
    assert english.some_of(part, whole, "authority", "authorities", "meets", "meet") == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "none reaches"),
        (["Low"], "Low reaches"),
        (["Low", "High"], "Low and High reach"),
        ("ABC", "A, B and C reach"),
    ],
)
def test_the_verb_agrees_with_how_many_are_named(names, said):
    assert english.those_that(names, "reaches", "reach") == said


@pytest.mark.parametrize(
    ("pounds", "said"),
    [(0.4, "no more and no less"), (1, "£1 more"), (-200, "£200 less"), (-1_200_000, "£1.2 million less")],
)
def test_a_sum_is_more_or_less_than_another(pounds, said):
    assert Money(pounds).more == said


@pytest.mark.parametrize(
    ("range", "said"),
    [
        (Range(Number(10), Number(12), Number(11)), "between 10 and 12"),
        (Range(Money(8.4e6), Money(9.6e6)), "between £8.4 and £9.6 million"),
        (Range(Money(900_000), Money(1.1e6)), "between £900,000 and £1.1 million"),
        (Range(Number(10.2), Number(10.4)), "at 10"),
    ],
)
def test_what_lies_in_a_range_lies_between_its_limits(range, said):
    assert range.between == said


@pytest.mark.parametrize(
    ("number", "said"), [(0, "no rows"), (1, "one row"), (2, "two rows"), (21, "21 rows"), (1500, "1,500 rows")]
)
def test_things_are_counted_in_the_singular_only_for_one(number, said):
    assert english.count(number, "row", "rows") == said


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([], "only authority"),
        ([8.0], "joint highest and lowest of the two authorities"),
        ([9.0], "lowest of the two authorities"),
        ([7.0, float("nan")], "highest of the two authorities"),
        ([8.0, 8.0], "joint highest and lowest of the three authorities"),
        ([9.0, 9.5, 8.0, 7.0], "joint second lowest of the five authorities"),
    ],
)
def test_a_place_among_none_one_and_several_is_said(others, said):
    assert Place.like(benchmark.place(8.0, others)).among == said


@given(st.lists(st.integers(0, 5).map(float) | st.just(float("nan")), max_size=30), st.integers(0, 5), st.data())
def test_no_sentence_is_left_unfinished(others, value, data):
    whole = len(others)
    part = data.draw(st.integers(0, whole))
    for said in (
        f"It is the {Place.like(benchmark.place(value, others)).among}.",
        f"{english.some_of(part, whole, 'authority', 'authorities', 'meets', 'meet')} it.",
        f"It rose in {english.some_of(part, whole, 'authority', 'authorities')}.",
        f"There are {english.count(whole, 'authority', 'authorities')}.",
    ):
        assert not UNFINISHED.search(said), said


def rate(value: float) -> Rate:
    return Rate(value, 2, "care applications", "10,000 children")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Number(6866), "6,866"),
        (Number(-0.2), "0"),
        (Number(-12.34, 1, "%"), "-12.3"),
        (rate(8), "8.00"),
        (Money(0), "£0"),
        (Money(-0.4), "£0"),
        (Money(6300.4), "£6,300"),
        (Money(999_999.4), "£999,999"),
        (Money(999_999.6), "£1.00 million"),
        (Money(9_640_000), "£9.64 million"),
        (Money(-24_200_000, 2), "-£24.20 million"),
        (Gap.between(rate(8), rate(8.95)), "0.95 (11%) below"),
        (Gap.between(rate(8.95), rate(8)), "0.95 (12%) above"),
        (Gap.between(rate(8.004), rate(8)), "level with"),
        (Gap.between(rate(8), rate(0)), "8.00 above"),
        (Gap.between(Number(1000.6), Number(1000)), "1 (less than 1%) above"),
        (Gap.between(Number(100_001), Number(100_000)), "1 (less than 1%) above"),
        (Gap.between(Number(51, 1), Number(46, 1), " percentage points"), "5.0 percentage points (11%) above"),
        (Shortfall(8.05, 1), "8.1 short"),
        (Shortfall(0.04, 1), "less than 0.1 short"),
        (Shortfall(0, 1), "enough"),
        (Shortfall(-8, 1), "enough"),
        (Odds(37.4, runs=2000), "37 of 100 simulated futures"),
        (Odds(0, runs=2000), "none of 2,000 simulated futures"),
        (Odds(0.3, runs=2000), "fewer than 1 of 100 simulated futures"),
        (Odds(99.7, runs=2000), "more than 99 of 100 simulated futures"),
        (Odds(100, runs=2000, noun=Noun("simulated year")), "all 2,000 simulated years"),
        (Difference(-12.6, noun=Noun("care application")), "13 fewer care applications"),
        (Difference(1.2, noun=CHILD), "1 more child"),
        (Difference(-0.4, noun=CHILD), "no more and no fewer children"),
        (Difference(1, 1, noun=CHILD), "1.0 more children"),
        (Difference(105), "105 more"),
        (Change(rate(12), rate(8), ("in 2017", "in 2020")), "fell from 12.00 in 2017 to 8.00 in 2020"),
        (Change(rate(8), rate(12), ("in 2017", "in 2020")), "rose from 8.00 in 2017 to 12.00 in 2020"),
        (Change(rate(8), rate(8.001), ("in 2017", "in 2020")), "was 8.00 both in 2017 and in 2020"),
        (Change(rate(8), rate(8), ("in 2020", "in 2020")), "was 8.00 in 2020"),
        (Change(rate(12), rate(8)), "fell from 12.00 to 8.00"),
        (Change(rate(8), rate(8)), "stayed at 8.00"),
        (Change(Money(2.4e6), Money(900_000)), "fell from £2.4 million to £900,000"),
        (Moved(Place(1, 11, of=11), Place(11, 1, of=11)), "from highest to lowest of the eleven authorities"),
        (Moved(Place(1, 1, of=1), Place(1, 1, of=1)), "both times the only authority"),
        (Moved(Place(3, 3, of=5, tied_with=1), Place(1, 5, of=5), once=True), "the highest of the five authorities"),
        (Group(NEIGHBOUR, ("A", "B"), whose="its"), "its two statistical neighbours"),
        (Group(NEIGHBOUR, ("A", "B"), of=10, whose="its"), "two of its ten statistical neighbours"),
        (Group(NEIGHBOUR, (), of=10, whose="its"), "none of its ten statistical neighbours"),
        (Group(NEIGHBOUR, ("A",), whose="its"), "its only statistical neighbour"),
        (Group(NEIGHBOUR, (), where="in the table"), "no statistical neighbours in the table"),
        (Judgement("similar", "England's rate"), "similar to England's rate (chance could explain the difference)"),
        (Judgement("higher", "the mean"), "higher than the mean by more than chance would explain"),
        (Judgement("worst", "the mean"), "worse than the mean by more than chance would explain, even at the 99.8% level"),
        (Judgement("cannot be judged", "the mean"), "not to be judged against the mean (not tested for chance)"),
        (Range(Number(10), Number(12), Number(11)), "11 (10 to 12)"),
        (Range(Number(10.2), Number(10.4)), "10"),
        (Range(Money(8.4e6), Money(9.6e6)), "£8.4 to £9.6 million"),
        (Range(Money(900_000), Money(1.1e6)), "£900,000 to £1.1 million"),
        (Range(Money(-2e6), Money(1.1e6)), "-£2 million to £1.1 million"),
    ],
)  # fmt: skip
def test_a_value_says_itself(value, said):
    assert (str(value), f"{value}") == (said, said)


@pytest.mark.parametrize(
    ("change", "by", "noun"),
    [
        (Change(rate(12), rate(8)), "fell by 4.00 (33%)", "fall"),
        (Change(rate(0), rate(8)), "rose by 8.00", "rise"),
        (Change(rate(8), rate(8.001)), "stayed as it was", "no change"),
        (Change(rate(8.0049), rate(8.0051)), "rose by less than 0.01 (less than 1%)", "rise"),
        (Change(Money(2.04e6), Money(2.06e6)), "rose by £20,000 (1%)", "rise"),
    ],
)
def test_a_change_says_by_how_much(change, by, noun):
    assert (change.by, change.noun) == (by, noun)


def test_a_gap_says_its_percentage_alone():
    assert Gap.between(Number(47), Number(23)).share == "104% above"
    assert Gap.between(rate(8), rate(8.001)).share == "level with"
    assert Gap.between(rate(8), rate(0)).share == "8.00 above"


def test_a_count_that_is_not_whole_is_said_in_figures():
    assert (number(4.5), number(5.0), Noun("post").count(1.0)) == ("4.5", "five", "one post")


def test_a_difference_that_is_none_is_not_about_something():
    assert Difference(-12.6, noun=CHILD).about == "about 13 fewer children"
    assert Difference(0.2, noun=CHILD).about == "no more and no fewer children"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("kind", [Number, Money, Gap, Difference, Rate])
def test_what_is_missing_is_no_value(kind, value):
    with pytest.raises(InputError, match="say what is missing"):
        kind(value)


def test_values_can_be_written_otherwise_counted_with_and_kept():
    value = rate(8.04)
    assert f"{value:.1f}" == "8.0" and f"{Difference(-0.2, noun=CHILD):+.0f}" == "0"
    assert float(value) + 1 == 9.04
    assert pickle.loads(pickle.dumps(value)) == value and len({value, rate(8.04)}) == 1
    with pytest.raises(AttributeError):
        value.value = 9


numbers = st.floats(-1e9, 1e9, allow_nan=False) | st.sampled_from([0.0, -0.0, 0.004, -0.004, 1.0, -1.0])


@given(numbers, numbers, st.integers(0, 3), st.sampled_from([Number, Money]))
def test_every_number_makes_a_finished_sentence(one, other, decimals, kind):
    one, other = kind(one, decimals), kind(other, decimals)
    change = Change(one, other, ("in 2017", "in 2020"))
    difference = Difference(other.value, decimals, noun=CHILD)
    for said in (
        f"It was {one}, {one.with_unit}, and {Gap.between(one, other)} the others.",
        f"It {change}, and {change.by}; it {change.briefly}.",
        f"There were {difference.about}, {difference}; {listed([one, other])}; {Range(one, other)}, {Range(one, other).between}.",
    ):
        assert finished(said, "It") == said
        assert not UNFINISHED.search(said), said


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 30), st.data())
def test_every_place_and_group_makes_a_finished_sentence(have, lack, of, data):
    group = Group(NEIGHBOUR, tuple(map(str, range(have))), of=have + lack or None, whose="its")
    first, last = (
        Place.like(benchmark.place(data.draw(st.integers(0, 3)), data.draw(st.lists(st.integers(0, 3), max_size=of))))
        for _ in "ab"
    )
    for said in (
        f"It moved {Moved(first, last)}: {Moved(first, last, once=True)}.",
        f"It is {first}, {last.among}.",
        f"{group}: {group.listed}.",
    ):
        assert finished(said, "It") == said
        assert not UNFINISHED.search(said), said


@pytest.mark.parametrize(
    "text",
    [
        "It is nan.",
        "It fell by nan%.",
        "£nan",
        "It is None.",
        "to -inf",
        "NaT",
        "a {rate}",
        "a } b",
        "<NA> here",
        "(nan)",
    ],
)
def test_what_is_no_word_is_refused(text):
    with pytest.raises(InputError, match="The headline 'x' would say"):
        finished(text, "The headline 'x'")


@pytest.mark.parametrize("text", ["None of the ten rose.", "The finance, information and Nancy", "infinite"])
def test_words_that_only_look_like_it_pass(text):
    assert finished(text, "It") == text
