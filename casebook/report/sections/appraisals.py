"""What a case that spends to save brings for what it costs, what must come about, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from casebook.english import Money, listed, percent
from casebook.report import charts
from casebook.report.parts import Aside, Chart, Section, Sheet
from casebook.report.sections.sensitivities import sensitivity
from casebook.studies.appraisal import Case, Input


def worth(of: Case) -> Section:
    """Set what a case brings against what it costs: ``chart``, ``sentence``, ``payback`` and ``by_year``."""
    return Section(chart=_benefits(of), sentence=_said(of), payback=_payback(of), by_year=_by_year(of))


def _benefits(of: Case) -> Chart:
    benefits = {flow.item: float(flow.worth) for flow in of.of_kind("benefit")}
    bars = dict(benefits)
    if len(bars) > 1:
        bars["All benefits"] = float(of.benefits)
    if of.at_least is not None and (least := float(of.at_least) + float(of.costs)) > 0:
        bars["At the least the paper names"] = least
    lines = {"Costs": float(of.costs)}
    if float(of.funding):
        lines["Costs less funding"] = float(of.costs) - float(of.funding)
    thousands = pd.Series(bars) / 1000
    unit = f"Worth in {of.first}, thousand pounds"
    drawn = pd.concat([thousands, pd.Series(lines) / 1000]).rename_axis("what").rename("value").reset_index()
    strong = "All benefits" if len(benefits) > 1 else next(iter(benefits))
    return Chart(
        charts.ranked_bars(thousands, strong, unit, {name: value / 1000 for name, value in lines.items()}, spec=",.0f"),
        _finding(of),
        f"Benefits the paper claims, and costs; {of.area}, {of.period}, in thousand pounds as worth in {of.first}.",
        f"Bars of benefits: {_amounts(bars)}. Lines they are set against: {_amounts(lines)}.",
        drawn,
        {"what": "What", "value": (unit, ",.0f")},
    )


def _amounts(of: dict[str, float]) -> str:
    return listed(f"{name}, {Money(value)}" for name, value in of.items())


def _finding(of: Case) -> str:
    if not of.pays:
        return f"All the benefits claimed fall {Money(-of.net.value)} short of the costs."
    if of.at_least is not None and of.at_least.nothing:
        return "At the least that the paper names, it only breaks even."
    if of.cannot_lose and len(of.of_kind("benefit")) > 1:
        return of.without_the_largest
    return f"The benefits claimed are worth {of.ratio} spent."


def _said(of: Case) -> str:
    if of.all_cash:
        return "A budget can be cut by all the benefits: they are cash."
    none = "Not one of the benefits is" if of.cashable.nothing else f"Of the benefits {of.cashable} are"
    rest = "they are" if of.cashable.nothing else "the rest is"
    return f"{none} cash by which a budget can be cut; {rest} cost avoided."


def _payback(of: Case) -> str:
    later = of.discounted_payback
    said = f"As the paper claims it, what is spent {of.payback}"
    return f"{said}." if later.when == of.payback.when else f"{said}; with later years counting less, {later.when}."


def _by_year(of: Case) -> Sheet:
    return Sheet(
        of.by_year,
        f"Costs and benefits by year, as the paper claims them, {of.period}",
        {
            "year": "Year",
            "costs": ("Costs, pounds", ",.0f"),
            "benefits": ("Benefits, pounds", ",.0f"),
            "net": ("Benefits less costs, pounds", ",.0f"),
            "factor": (f"What a pound is worth in {of.first}", ".4f"),
            "worth": (f"Worth in {of.first}, pounds", ",.0f"),
            "so_far": ("Worth so far, pounds", ",.0f"),
            "cash": ("Benefits less costs in cash, pounds", ",.0f"),
        },
        (f"Cash: with prices rising by {percent(of.basis.inflation, 1)} a year.",),
        folded=True,
    )


def side_by_side(of: Case, other: Case) -> Section:
    """Set a case beside another way to the same end, each over the years that it is looked at: ``table``."""
    rows: list[tuple[str, Callable[[Case], object]]] = [
        ("Years looked at", lambda one: one.basis.years),
        ("Costs", lambda one: one.costs),
        ("Benefits the paper claims", lambda one: one.benefits),
        ("Benefits less costs", lambda one: one.net),
        ("Benefits", lambda one: one.ratio),
        ("What is spent", lambda one: one.payback),
        ("Futures in which it breaks even", lambda one: one.chance),
    ]
    rows += [
        (f"Costs for each of the {one.item.lower()}", partial(Case.for_each, item=one.item))
        for one in of.inputs
        if of.for_each(one.item) is not None and other.for_each(one.item) is not None
    ]
    frame = pd.DataFrame([{"what": what, "here": str(says(of)), "there": str(says(other))} for what, says in rows])
    return Section(
        table=Sheet(
            frame,
            "The case beside another, each over its own years, as worth in the first of them",
            {"what": "What", "here": of.table.title, "there": other.table.title},
        ),
    )


def conditions(of: Case) -> Section:
    """Say what must come about for a case to break even: ``table``, ``chart`` and ``two`` (two inputs at once)."""
    first, second = of.two_inputs
    without = "it pays even without" if of.pays else "at no number"
    rows = [
        {
            "what": one.item if place else f"{one.item}, as worth in {of.first}",
            "paper": _measured(str(one.paper), one),
            "even": without if factor is None or factor <= 0 else _measured(one.at(factor), one),
            "share": None if factor is None or factor <= 0 else factor * 100,
        }
        for place, (one, factor) in enumerate(of.breaking_even_at)
    ]
    grid = of.grid.reset_index(names="first")
    return Section(
        table=Sheet(
            pd.DataFrame(rows),
            "What each must be for the case to break even, if all else is as the paper says",
            {
                "what": "What",
                "paper": "The paper says",
                "even": "Breaks even at",
                "share": ("Share of what the paper says, per cent", ".0f"),
            },
            missing="does not apply",
        ),
        chart=sensitivity(
            of.sensitivity,
            axis=f"Benefits less costs, worth in {of.first}, million pounds",
            subtitle=f"Net worth of the case, {of.period}, when one input changes; {of.area}.",
        ),
        two=Sheet(
            grid,
            f"Benefits less costs, worth in {of.first}, when two inputs differ",
            {
                "first": f"{first.item}",
                **{str(at): (f"{second.item}: {at}, pounds", ",.0f") for at in of.grid},
            },
            folded=True,
        ),
    )


def _measured(said: str, one: Input) -> str:
    """Return a number of an input with what it is of, and over which time: "£1,288 a week", "79 carers"."""
    return f"{said} {one.paper.unit.removeprefix('pounds').strip()}".rstrip()


def simulated(of: Case) -> Section:
    """Say how futures are simulated, ``how``, and what the paper leaves out, ``missing``."""
    stated = [one.item for one in of.inputs if one.least is not None]
    assumed = [one.item for one in of.inputs if one.least is None]
    basis = of.basis
    drawn = [
        f"In each of {basis.runs:,} simulated futures every input lies somewhere in its range, most often near what "
        "the paper says. Each input varies on its own."
    ]
    if stated:
        widened = any(one.least is not None and one.low < one.least for one in of.inputs)
        drawn.append(
            f"The paper's own words give the range of {listed(stated)}."
            + widened * f" As a target is not the least that may happen, {percent(basis.benefit_spread)} less is tried."
        )
    drawn.append(
        f"The paper gives none for {listed(assumed)}: costs are tried {percent(basis.cost_spread)} and the rest "
        f"{percent(basis.benefit_spread)} lower and higher."
    )
    said = [f"{'The paper' if not place else 'It'} does not say {one}." for place, one in enumerate(of.missing)]
    return Section(
        how=Aside("How the futures are simulated", tuple(drawn)),
        missing=" ".join(said) or None,
    )
