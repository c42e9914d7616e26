"""Sections on all cases in one view: the ranking, what is missing, and those that spend to save side by side."""

from __future__ import annotations

from casebook.english import Money, listed
from casebook.report import charts
from casebook.report.parts import Chart, Section, Sheet
from casebook.studies.portfolio import Portfolio

_SHOWN = 8
_NEVER = "never"
"""In place of a payback that does not come within the years looked at."""


def portfolio(of: Portfolio) -> Section:
    """Rank all cases: ``chart``, ``table``, ``gaps`` (what is missing and wrong), ``paying`` and ``lacking``."""
    ranking, stakes = of.ranking, of.stakes.head(_SHOWN) / 1e6
    thousands = {name: ranking[name] / 1000 for name in ("asked", "saved", "stake")}
    years = ranking["payback"]
    payback = years.astype(object).mask(years.eq(0), 0).mask(ranking["pays_back"].eq(False), _NEVER)
    named = listed(f"{name}: {Money(value * 1e6)}" for name, value in stakes.items())
    return Section(
        chart=Chart(
            charts.ranked_bars(stakes, str(stakes.index[0]), "At stake in a year, million pounds", {}, spec=",.2f"),
            of.largest,
            "The larger of what is asked for and what is saved, in the year when it is most. "
            f"{len(stakes)} of {len(of.stakes)} cases, without the ledgers, which hold sums of many.",
            f"{named}.",
            stakes.rename_axis("case").reset_index(),
            {"case": "Case", "stake": ("At stake in a year, million pounds", ",.2f")},
        ),
        table=Sheet(
            ranking.assign(**thousands, payback=payback),
            "All cases, those with most at stake first; sums in thousand pounds a year",
            {
                "case": "Case",
                "asked": ("Asked for", ",.0f"),
                "saved": ("Saved, earned or avoided", ",.0f"),
                "payback": "Pays back after, years",
                "chance": ("Breaks even, of 100 futures", ".0f"),
                "stands": ("Figures that stand, %", ".0f"),
                "matters": "Figure that matters most",
                "right": "Is it right?",
            },
            (
                "Each sum is of the year in which it is most. Figures that stand are of those that can be calculated.",
                f"In payback a later year counts less; {_NEVER} means not within the years looked at. Payback and "
                "futures apply to cases that spend to save alone; a ledger holds the sums of many cases.",
            ),
            missing="the measure does not apply, or nobody can calculate it",
        ),
        gaps=Sheet(
            ranking.assign(worst=ranking["worst"].fillna("none")),
            "What is missing in each case, and what is wrong in its figures",
            {
                "case": "Case",
                "kind": "Kind",
                "missing": "What the paper does not say first of all",
                "figures": ("Figures checked", ",.0f"),
                "worst": "Most serious wrong figure",
            },
            folded=True,
        ),
        paying=Sheet(
            of.frame.assign(**{name: of.frame[name] / 1000 for name in ("costs", "benefits", "net")}),
            "Cases that spend to save, the dearest first; sums in thousand pounds",
            {
                "case": "Case",
                "years": ("Years looked at", ",.0f"),
                "costs": ("Costs", ",.0f"),
                "benefits": ("Benefits", ",.0f"),
                "net": ("Benefits less costs", ",.0f"),
                "ratio": ("Benefits for each pound spent", ".2f"),
                "cash": ("Cash, per cent of benefits", ".0f"),
                "needed": ("Must come about, per cent", ".0f"),
                "chance": ("Breaks even, of 100 simulated futures", ".0f"),
            },
            ("Costs and benefits as the papers claim them, as worth in each case's first year.",),
            folded=True,
        ),
        lacking=_lacking(of),
    )


def _lacking(of: Portfolio) -> Sheet:
    """Tell of what cannot be appraised, the largest sum first: what has to be supplied."""
    return Sheet(
        of.unknown,
        "What cannot be appraised, and what it would take",
        {
            "subject": "Case",
            "asked": ("Asked for in the first year, pounds", ",.0f"),
            "saving": ("Saved or earned in the first year, pounds", ",.0f"),
            "takes": "What has to be supplied",
        },
        missing="it does not apply",
        folded=True,
    )
