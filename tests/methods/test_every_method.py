"""Every public method: whatever it is given, it answers with finite numbers or refuses in one sentence, and says its source."""

import dataclasses
import importlib
import inspect
import pkgutil
import warnings
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from anything import ANY, SOME
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook import methods
from casebook.methods.benchmark import Goal
from casebook.methods.intervals import Interval
from casebook.methods.trends import Overdispersion

METHODS = {
    f"{module.name}.{name}": function
    for module in pkgutil.iter_modules(methods.__path__)
    for name, function in inspect.getmembers(
        importlib.import_module(f"casebook.methods.{module.name}"), inspect.isfunction
    )
    if not name.startswith("_") and function.__module__ == f"casebook.methods.{module.name}"
}
NUMBERS = ANY | SOME
WORDS = st.sampled_from([
    "rate", "proportion", "mean", "median", "pooled", "high is good", "low is good", "no judgement", "additive",
    "multiplicative", "growth", "drift", "naive", "damped Holt", "Persons", "15-24", "rates", "High is good", "",
])  # fmt: skip
COUNTS = st.integers(-2, 60) | st.sampled_from([2.5, np.nan, 10**16])
SHARES = st.dictionaries(st.frozensets(st.sampled_from("ABC"), min_size=1), ANY, max_size=5)
GOALS = st.sampled_from([Goal(1, 5, "Persons", "15-24"), Goal(2, 2, "Persons", "15-24", "low is good")])
LIMITS = st.builds(Interval, NUMBERS, NUMBERS)
GIVEN = {
    "float": ANY, "int": COUNTS, "str": WORDS, "bool": st.booleans(), "Any": COUNTS | ANY,
    "ArrayLike": NUMBERS, "ArrayLike | None": NUMBERS | st.none(), "Sequence[float]": SOME, "Iterable[float]": SOME,
    "Iterable[str]": st.just(["rate", "proportion"]), "Mapping[frozenset[str], float]": SHARES,
    "Kind": WORDS, "AverageKind": WORDS, "Polarity": WORDS, "How": WORDS,
    "Interval": LIMITS, "Interval | None": LIMITS | st.none(), "Goal": GOALS,
    "Overdispersion": st.builds(Overdispersion, ANY, ANY),
    "np.random.Generator": st.just(np.random.default_rng(0)),
    "pd.DataFrame": SOME.map(lambda values: pd.DataFrame({2019: values, 2020: values[::-1]})),
}  # fmt: skip
"""What a parameter may be given, by its type. A method with a parameter of another type fails below: add the type here."""


def numbers_in(found):
    """All numbers of an answer, however it is made."""
    if dataclasses.is_dataclass(found):
        found = [getattr(found, field.name) for field in dataclasses.fields(found)]
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, tuple | list):
        return [one for part in found for one in numbers_in(part)]
    array = np.asarray(found)
    return array.astype(float).ravel().tolist() if array.dtype.kind in "fiub" else []


def intervals_in(found):
    """All intervals of an answer."""
    if isinstance(found, Interval):
        return [found]
    parts = (
        [getattr(found, field.name) for field in dataclasses.fields(found)] if dataclasses.is_dataclass(found) else []
    )
    return [one for part in parts for one in intervals_in(part)]


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=60, deadline=timedelta(seconds=5))
@given(data=st.data())
def test_whatever_it_is_given_it_answers_with_finite_numbers_or_refuses_in_one_sentence(name, data):
    parameters = inspect.signature(METHODS[name]).parameters.values()
    named = {one.name: data.draw(GIVEN[one.annotation], label=one.name) for one in parameters}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = METHODS[name](**named)
        except ValueError as refused:
            assert str(refused) and "\n" not in str(refused)
            return
    assert not np.isinf(numbers_in(found)).any()
    for lower, upper in intervals_in(found):
        # A number in ten million more is what binary arithmetic makes of equal limits.
        assert not (np.asarray(lower) > np.asarray(upper) + 1e-7 * np.abs(upper)).any()


@pytest.mark.parametrize("name", METHODS)
def test_it_says_what_it_refuses_where_it_is_from_and_how_it_is_used(name):
    said = METHODS[name].__doc__ or ""
    assert [part for part in ("Raises\n", "References\n", "Examples\n", ">>> ") if part not in said] == []
