"""Proposals of several papers: what they save and add, for which services, and how they changed."""

from __future__ import annotations

from casebook.english import Money, listed
from casebook.methods.costing import FinancialYear
from casebook.report import charts
from casebook.report.parts import Chart, Section, Sheet
from casebook.studies.proposals import Proposals


def balance(of: Proposals) -> Section:
    """Set what the newest proposals save against what they add: ``chart`` and ``table``, by year."""
    millions = of.by_year / 1e6
    lines = {"Added to costs": "added", "Saved or earned": "taken"}
    unit, years = "Million pounds a year", [str(FinancialYear(year)) for year in of.by_year.index]
    said = (
        f"{name}: {listed(f'{of.at(year, column)} in {FinancialYear(year)}' for year in of.by_year.index)}."
        for name, column in lines.items()
    )
    more = "more" if of.at(of.last, "net").value > 0 else "less"
    later = f"What begins later saves {of.beyond} a year more." if of.beyond.value > 0 else ""
    return Section(
        chart=Chart(
            charts.paths({name: millions[column] for name, column in lines.items()}, None,
                         "Financial year that begins in", unit, spec=",.1f"),
            f"In {FinancialYear(of.last)} they cost {of.at(of.last, 'net').size} {more} than they save.",
            f"What the proposals for {FinancialYear(of.latest)} add to costs, and what they save or earn; {of.area}.",
            " ".join(said),
            millions[list(lines.values())].assign(year=years),
            {"year": "Financial year", **{key: (f"{name}, {unit.lower()}", ".1f") for name, key in lines.items()}},
        ),
        table=Sheet(
            of.by_year.div(1000).assign(year=years),
            f"What the proposals for {FinancialYear(of.latest)} come to in each year, thousand pounds",
            {
                "year": "Financial year",
                "taken": ("Saved or earned", ",.0f"),
                "added": ("Added to costs", ",.0f"),
                "net": ("Added less saved", ",.0f"),
                "avoided": ("Costs avoided, not counted", ",.0f"),
            },
            tuple(said for said in (later, of.capital, of.unspread) if said),
        ),
    )  # fmt: skip


def services(of: Proposals) -> Section:
    """Say which services gain and which give up in the newest budget: ``chart`` and ``proposals``, each of them."""
    net = of.by_service / 1000
    year, unit = FinancialYear(of.latest), "Added less saved, thousand pounds"
    gives = "takes most off" if net["net"].iloc[-1] < 0 else "adds least"
    kinds = {"saving": "Saving", "income": "Income", "investment": "Investment", "pressure": "Pressure"}
    each = of.proposals
    return Section(
        chart=Chart(
            charts.changes(net["net"], unit),
            f'Less what it saves, "{net.index[0]}" adds most to costs, and "{net.index[-1]}" {gives}.',
            f"{unit}, {year}; {of.area}.",
            f"{listed(f'{name}: {Money(amount * 1000)}' for name, amount in net['net'].items())}.",
            net.reset_index(),
            {
                "service": "Service",
                "added": ("Added to costs, thousand pounds", ",.0f"),
                "taken": ("Saved or earned, thousand pounds", ",.0f"),
                "net": (unit, "+,.0f"),
            },
        ),
        proposals=Sheet(
            each.assign(kind=each["kind"].map(kinds), amount=each["amount"].abs() / 1000),
            f"Each proposal for {year}, the largest first, thousand pounds",
            {
                "subject": "Proposal",
                "reference": "Reference",
                "service": "Service",
                "kind": "Kind",
                "amount": ("Amount", ",.1f"),
            },
            folded=True,
        ),
    )


def history(of: Proposals) -> Section:
    """Say how proposals changed: ``replanned``, ``rounds`` (each paper), ``changed`` and ``reused``."""
    rounds, changed = of.rounds, of.changed
    years = {int(year): str(FinancialYear(int(year))) for year in changed.columns}
    before = (
        f'"{row["item"]}": {Money(row["now"])} in {FinancialYear(of.latest)}, where {Money(row["before"])} was planned.'
        for row in of.replanned.to_dict("records")
    )
    return Section(
        replanned=" ".join(before) or None,
        rounds=Sheet(
            rounds.assign(
                budget=[str(FinancialYear(int(year))) for year in rounds["year"]],
                taken=-(rounds["saving"] + rounds["income"]) / 1000,
                added=(rounds["investment"] + rounds["pressure"]) / 1000,
            ),
            "What each paper proposes for the first year of its budget, thousand pounds",
            {
                "budget": "Budget",
                "proposals": ("Proposals", ",.0f"),
                "silent": ("Without an amount", ",.0f"),
                "taken": ("Saved or earned", ",.0f"),
                "added": ("Added to costs", ",.0f"),
            },
            ("Only the newest paper is on all services; the others are on children and young people.",),
        ),
        services=Sheet(
            (of.by_budget / 1000).rename(columns=str).reset_index(),
            "What each budget adds less what it saves, by service, thousand pounds",
            {"service": "Service", **{str(year): (str(FinancialYear(year)), "+,.0f") for year in rounds["year"]}},
            missing="nothing proposed",
            folded=True,
        ),
        changed=Sheet(
            (changed / 1000).rename(columns=str).reset_index(),
            "What is proposed in several papers: saved or earned in the first year of each, thousand pounds",
            {"subject": "Subject", **{str(year): (name, ",.1f") for year, name in years.items()}},
            ("Below 0: a saving planned before is given up.",) if (changed < 0).any(axis=None) else (),
            missing="not proposed, or without an amount",
        ),
        reused=Sheet(
            of.reused.assign(budget=[str(FinancialYear(int(year))) for year in of.reused["round"]]),
            "References that stand for different things",
            {"reference": "Reference", "budget": "Budget", "item": "What it stands for"},
        )
        if len(of.reused)
        else None,
    )
