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
COUNTS = st.integers(-2, 60) | st.sampled_from([2.5, np.nan, 10**12, 10**16])
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


def rows(one, size=6):
    """So many of something."""
    return st.lists(one, min_size=size, max_size=size)


def panels(seed):
    """A panel of 20 areas and 12 years that grow by chance."""
    steps = np.random.default_rng(seed).normal(0.05, 0.03, (20, 12))
    return 500 * np.exp(np.cumsum(steps, axis=1))


SHARE, POSITIVE, MONEY, SEVERAL = st.floats(0, 1), st.floats(0.5, 100), st.floats(-1e6, 1e6), st.integers(2, 6)
MANY, PEOPLE = rows(POSITIVE), rows(st.integers(100, 10**6))
AS_THEY_ARE = {"bool", "Goal", "np.random.Generator", "pd.DataFrame", "Mapping[frozenset[str], float]"}
SENSIBLE = {
    name: of
    for names, of in (
        ("confidence level", st.floats(0.05, 0.99)),
        ("horizon last of years", SEVERAL),
        ("seed first months most_slippage", st.integers(0, 2)),
        ("runs", st.integers(1, 50)),
        ("count counts reference_counts", rows(st.integers(0, 90))),
        ("people populations population total totals size standard reference_people", PEOPLE),
        ("values rates others stock standard_errors series numbers before after shares referrals weeks_left", MANY),
        ("costs weekly_cost years_ahead amounts net parts changes reductions scores wanted benefits", MANY),
        ("value benchmark baseline other", st.floats(3, 5)),
        ("interval of_other wider", st.builds(Interval, st.floats(0, 3), st.floats(5, 8))),
        ("rate brake together uplift inflation cost_spread wander p_values", SHARE),
        ("multiplier", st.sampled_from([100, 1000])),
        ("kind", st.sampled_from(["rate", "proportion"])),
        ("how", st.sampled_from(["additive", "multiplicative"])),
        ("method", st.sampled_from(["naive", "drift", "growth", "damped Holt"])),
        ("polarity", st.sampled_from(["high is good", "low is good"])),
        ("sex", st.just("Persons")), ("age", st.just("15-24")), ("agency", st.just("A")), ("what", st.just("a number")),
        ("panel", st.integers(0, 99).map(panels)),
        ("more", st.builds(Overdispersion, POSITIVE, POSITIVE)),
        ("allowed", st.just(["rate", "proportion"])),
        ("least", st.just(0)), ("most", st.just(100)), ("above", st.just(-1)),
        ("widening", rows(st.floats(1, 3), 3)),
        ("staff", st.integers(200, 300)), ("target_wait", POSITIVE),
        ("probabilities", st.just([0.1, 0.5, 0.9])), ("quantiles", rows(POSITIVE, 3).map(sorted)),
    )
    for name in names.split()
}  # fmt: skip
"""What a parameter is for, by its name: where every one is given this, a method answers. Others are given a number."""
FOR = {
    "appraisal.combined": {"factors": rows(SHARE, 2), "uses": rows(rows(SHARE, 2))},
    "appraisal.present_value": {"rate": SHARE}, "appraisal.benefit_cost_ratio": {"benefits": POSITIVE, "costs": POSITIVE},
    "appraisal.recurring": {"years": st.integers(6, 9)},
    "appraisal.simulate": {"ranges": rows(rows(POSITIVE, 3).map(sorted), 2), "uses": rows(rows(SHARE, 2))},
    "appraisal.switching_factor": {"net": POSITIVE},
    "benchmark.average": {"kind": st.sampled_from(["mean", "median", "pooled"]), "counts": st.none()},
    "benchmark.in_people": {"population": POSITIVE},
    "budget.in_force": {"changes": rows(POSITIVE, 5)},
    "budget.levels": {"printed": rows(POSITIVE, 5)},
    "budget.rebased": {"amounts": rows(POSITIVE, 5), "rises": rows(SHARE, 5), "base": st.integers(0, 4)},
    "capacity.by_chance": {
        "stay": rows(st.floats(1, 100)), "referrals": rows(st.floats(0, 90)), "weeks": st.integers(1, 9), "placed": SHARE, "places": POSITIVE,
    },
    "capacity.stepped": {"stay": st.floats(1, 100), "need": st.floats(1, 100), "placed": SHARE, "places": POSITIVE},
    "capacity.triangular": {"low": st.floats(0, 1), "central": st.floats(1, 2), "high": st.floats(2, 3)},
    "costing.simulate": {"weekly_cost": POSITIVE}, "costing.steady_reduction": {"weekly_cost": POSITIVE},
    "flows.ahead": {"started": rows(POSITIVE, 5), "ended": rows(SHARE, 5)},
    "flows.balance": {"started": rows(POSITIVE, 5), "ended": rows(POSITIVE, 5)},
    "forecast.between": {"years": st.just([1, 2, 3, 4, 5, 6]), "wanted": rows(st.floats(1, 6))},
    "given.whole": {"value": st.integers(0, 100)}, "given.word": {"value": st.just("rate")},
    "intervals.funnel": {"baseline": st.floats(1, 50)},
    "intervals.rounded": {"lower": st.floats(0, 3), "upper": st.floats(5, 8)},
    "panel.ahead": {"level": st.floats(0.05, 0.9)}, "panel.calibration": {"level": st.floats(0.05, 0.9)},
    "shares.shares_drawn": {"course": rows(MANY.map(lambda one: np.divide(one, sum(one)))), "scores": rows(rows(SHARE), 3)},
    "shares.whole_parts": {"total": st.integers(0, 10**6)},
    "repair.without_repeat": {
        "cells": rows(rows(POSITIVE, 3), 3), "of_rows": rows(POSITIVE, 3), "of_columns": rows(POSITIVE, 3), "within": SHARE,
    },
    "standardised.indirect": {"count": st.integers(0, 90), "people": PEOPLE},
    "trends.difference": {"value": st.floats(3, 5), "other": st.floats(3, 5)},
    "trends.p_value": {"benchmark": st.floats(3, 50)}, "trends.several": {"p_values": rows(SHARE)},
    "trends.process": {"values": rows(POSITIVE, 9)},
    "trends.recent_trend": {"years": st.integers(3, 6), "interval": st.builds(Interval, MANY, rows(st.floats(100, 200)))},
    "trends.recent_trend_of_counts": {"years": st.integers(3, 6)},
}  # fmt: skip
"""The same of one method's parameters, where it means something else by them."""


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


def limits_in(found):
    """All lower and upper limits of an answer, whatever holds them."""
    if isinstance(found, Interval):
        return [found]
    if not dataclasses.is_dataclass(found):
        return []
    own = [(found.lower, found.central), (found.central, found.upper)] if hasattr(found, "lower") else []
    parts = [getattr(found, field.name) for field in dataclasses.fields(found)]
    return own + [one for part in parts for one in limits_in(part)]


ADDS_UP = {
    "shares.shares_ahead": lambda found, given: (found.sum(axis=-1), 1),
    "shares.shares_drawn": lambda found, given: (found.sum(axis=-1), 1),
    "shares.whole_parts": lambda found, given: (found.sum(), given["total"]),
    "flows.balance": lambda found, given: (found.opening + found.started - found.ended + found.residual, found.closing),
    "flows.ahead": lambda found, given: (found.opening + found.started - found.ended + found.residual, found.closing),
}
"""What parts must come to, by the method that makes them."""


SAYS_THAT_IT_CANNOT = {"standardised.direct", "trends.recent_trend", "trends.recent_trend_of_counts"}
"""The methods that give no number, and say so in their answer, where there are too few events for one."""


@pytest.mark.parametrize("name", METHODS)
def test_whatever_it_is_given_it_answers_with_finite_numbers_in_order_or_refuses_in_one_sentence(name):
    parameters, answered = inspect.signature(METHODS[name]).parameters.values(), []
    named_so = [one.name for one in parameters]

    @settings(max_examples=40, deadline=timedelta(minutes=1))
    @given(data=st.data())
    def holds(data):
        # One parameter at a time is given anything, or all are, or none.
        wild = data.draw(st.none() | st.sampled_from(["all", *named_so]), label="given anything")
        named = {}
        for one in parameters:
            sensible = FOR.get(name, {}).get(one.name, SENSIBLE.get(one.name, POSITIVE))
            anything = GIVEN[one.annotation]
            given_to = anything if wild in ("all", one.name) or one.annotation in AS_THEY_ARE else sensible
            named[one.name] = data.draw(given_to, label=one.name)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                found = METHODS[name](**named)
            except ValueError as refused:
                assert str(refused) and "\n" not in str(refused)
                return
        answered.append(wild)
        assert not np.isinf(numbers_in(found)).any()
        # Of what is missing the answer may be missing too; of numbers that make sense it is a number.
        assert wild is not None or name in SAYS_THAT_IT_CANNOT or np.isfinite(numbers_in(found)).all()
        for lower, upper in limits_in(found):
            assert (np.isnan(np.asarray(lower, float)) == np.isnan(np.asarray(upper, float))).all()
            # A number in ten million more is what binary arithmetic makes of equal limits.
            assert not (np.asarray(lower) > np.asarray(upper) + 1e-7 * np.abs(upper)).any()
        if name in ADDS_UP and wild is None:
            np.testing.assert_allclose(*ADDS_UP[name](found, named), rtol=1e-9, atol=1e-6)

    holds()
    # A method that refused everything has not been tried: say above what its parameters are for.
    assert None in answered


@pytest.mark.parametrize("name", METHODS)
def test_it_says_what_it_refuses_where_it_is_from_and_how_it_is_used(name):
    said = METHODS[name].__doc__ or ""
    assert [part for part in ("Raises\n", "References\n", "Examples\n", ">>> ") if part not in said] == []
