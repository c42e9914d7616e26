"""Sentences for none, one, two and many."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.methods import benchmark
from casebook.report import words

UNFINISHED = re.compile(
    r"\bno of the\b|\bone authorities\b|\b1 authorities\b|  |\bnan\b| [,.;:]|\bonly one of the one\b"
)


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
    assert words.some_of(part, whole, "authority", "authorities", "meets", "meet") == said


@pytest.mark.parametrize(
    ("number", "said"), [(0, "no rows"), (1, "one row"), (2, "two rows"), (21, "21 rows"), (1500, "1,500 rows")]
)
def test_things_are_counted_in_the_singular_only_for_one(number, said):
    assert words.count(number, "row", "rows") == said


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
    assert words.placed(benchmark.place(8.0, others), "authority", "authorities") == said


@given(st.lists(st.integers(0, 5).map(float) | st.just(float("nan")), max_size=30), st.integers(0, 5), st.data())
def test_no_sentence_is_left_unfinished(others, value, data):
    whole = len(others)
    part = data.draw(st.integers(0, whole))
    for said in (
        f"It is the {words.placed(benchmark.place(value, others), 'authority', 'authorities')}.",
        f"{words.some_of(part, whole, 'authority', 'authorities', 'meets', 'meet')} it.",
        f"It rose in {words.some_of(part, whole, 'authority', 'authorities')}.",
        f"There are {words.count(whole, 'authority', 'authorities')}.",
    ):
        assert not UNFINISHED.search(said), said
