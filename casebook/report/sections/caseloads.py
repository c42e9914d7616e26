"""A service's caseload: the staff it takes, the children to come, what each of the staff would carry, and waiting."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

import pandas as pd

from casebook.english import capital, listed, number
from casebook.methods import intervals
from casebook.methods.costing import FinancialYear
from casebook.report import charts
from casebook.report.parts import Chart, Section, Sheet
from casebook.studies.caseload import DemandOutlook, Referrals, Staffing
from casebook.studies.projection import LIMITS, rounded


def staffing(of: Staffing) -> Sheet:
    """Set the staff of each option, and what each of them carries, against the recommendation."""
    known = of.service
    years = [FinancialYear(year) for year in of.posts.index]
    added = listed(f"{number(posts)} in {year}" for year, posts in zip(years, of.posts, strict=True))
    return Sheet(
        of.frame,
        f"{capital(str(known.staff))} and caseloads for the {known.children:,.0f} children of {known.year}, by option",
        {
            "option": "Option",
            "wte": ("Whole-time equivalent", ".1f"),
            "each": ("Children for each", ".1f"),
            "short": ("Short of the recommendation, WTE", "+.1f"),
        },
        (f"New posts, year by year: {added}.",) if of.asked else (),
    )


def cost_of_posts(asked: pd.DataFrame) -> Sheet:
    """Tell what posts cost by the year in which they start: ``year``, ``posts`` and ``cost``, in pounds a year."""
    names = {year: str(FinancialYear(year)) for year in asked["year"]}
    both = pd.DataFrame(
        {"year": ["Together"], "posts": [asked["posts"].sum()], "cost": [asked["cost"].sum(skipna=False)]}
    )
    found = pd.concat([asked.assign(year=asked["year"].map(names)), both], ignore_index=True)
    return Sheet(
        found.assign(each=found["cost"] / found["posts"]),
        "Cost of a post, by year, recurrent",
        {
            "year": "Asked for in",
            "posts": ("Posts", ",.0f"),
            "cost": ("Pounds a year", ",.0f"),
            "each": ("Pounds a year for each post", ",.0f"),
        },
    )


def referrals(of: Referrals | None, area: str) -> Section:
    """Tell which agencies refer: ``sentence``, ``table`` and ``sum``; where no referrals are held, say so."""
    if of is None:
        return Section(sentence=f"No referrals by agency are held for {area}.")
    shares, least = of.frame["all"], of.frame["all"].min()
    return Section(
        sentence=f"The largest share, {shares.max()}% of referrals, is that of {of.with_share(shares.max())}; the "
        f"smallest, {least}%, that of {of.with_share(least)}.",
        table=Sheet(
            of.frame,
            "Agencies that a referral concerns, shares of all referrals",
            {
                "agency": "Agency",
                "alone": ("That agency alone, per cent", "d"),
                "shared": ("With another agency, per cent", "d"),
                "all": ("In all, per cent", "d"),
            },
        ),
        sum=f"Adding the shares of the {number(len(shares))} agencies gives {shares.sum()}%; taking away the "
        f"{shares.sum() - of.once}% that concern two agencies leaves {of.once}%, every referral once.",
    )


def demand(of: DemandOutlook, beside: Mapping[str, pd.Series]) -> Section:
    """Tell how many children there would be by year: ``sentence`` and ``table``.

    Parameters
    ----------
    beside
        Numbers by header and year that are no part of the demand; they are rounded as the demand is.
    """
    known, shares = of.staffing.service, of.access.limits
    shown, _ = rounded(of.demand)
    for name, path in {"with": of.with_plan["central"], "without": of.without_plan, **beside}.items():
        # None is known better than the whole.
        shown[name] = intervals.rounded(path, of.demand["lower"], of.demand["upper"]).value
    stay = of.without_plan.eq(known.without_plan).all()
    course = "stay as many as they were" if stay else "grow with the number of children"
    return Section(
        sentence="Children with a plan: the forecast of plans in the report on education, health and care plans, times "
        f"the share who use the service. In {known.year} that share was {known.share:.1%} ({known.with_plan:,.0f} of "
        f"{known.plans:,.0f} plans); taken here is {shares['central']:.1%}, with {shares['lower']:.1%} as low and "
        f"{shares['upper']:.1%} as high. Children without a plan ({known.without_plan:,.0f} in {known.year}) {course}. "
        "Low takes the lower end of both ranges and high the upper end; how likely it is that the number lies between "
        "them is not known.",
        table=Sheet(
            shown.rename_axis("year").reset_index(),
            "Children who use the service, by year",
            {
                "year": "Year",
                "with": ("With a plan", ",.0f"),
                "without": ("Without a plan", ",.0f"),
                **{limit: (f"All, {word}", ",.0f") for limit, word in _WORDS.items()},
                **{name: (name, ",.0f") for name in beside},
            },
            ("Each year is rounded by the range of all, so the parts need not add up.",),
        ),
    )


def by_need(of: DemandOutlook, plans: pd.DataFrame) -> Sheet | None:
    """Tell how many children with a plan would use the service in the last year, by primary need; of one need nothing.

    Parameters
    ----------
    plans
        ``year``, ``need`` and the limits of the plans.
    """
    last = plans[plans["year"] == of.end].set_index("need")[LIMITS].sort_values("central", ascending=False)
    users, _ = rounded(last * of.access.limits)
    if len(last) == 1:
        return None
    return Sheet(
        users.assign(plans=rounded(last)[0]["central"]).rename_axis("need").reset_index(),
        f"Children with a plan who use the service in {of.end}, by primary need",
        {
            "need": "Primary need",
            "plans": ("Plans", ",.0f"),
            **{limit: (f"Users, {word}", ",.0f") for limit, word in _WORDS.items()},
        },
        ("One share is known for all needs, so it is applied to each.",),
    )


def loads(of: DemandOutlook) -> Section:
    """Draw what each of the staff would carry by option, against the recommendation: ``chart`` and ``sentence``."""
    each, shown, service = of.for_each(of.staffing.options[of.staffing.last]), of.loads, of.staffing.service
    staff, ends = service.staff, shown.iloc[[0, -1]]
    paths = "; ".join(f"{name}: from {first:.0f} to {last:.0f} children" for name, (first, last) in ends.items())
    return Section(
        chart=Chart(
            charts.paths(
                {option: shown[option] for option in dict.fromkeys([of.staffing.last, *shown])},
                (f"Recommended: {of.recommended:g}", of.recommended),
                "Year",
                f"Children for each whole-time {staff.one}",
            ),
            title=f"With {of.staffing.said} each {staff.one} would carry about {each.central} children by {of.end} "
            f"({each.limits}).",
            subtitle=f"Children for each whole-time equivalent {staff.one}, central demand; {service.area}; "
            f"{shown.index[0]} to {of.end}.",
            alt=f"{paths}. The recommendation is {of.recommended:g}.",
            data=shown.assign(recommended=of.recommended).rename_axis("year").reset_index(),
            columns={
                "year": "Year",
                **{str(option): (f"{option}, children each", ".0f") for option in shown},
                "recommended": ("Recommended", ".0f"),
            },
        ),
        sentence=of.course,
    )


def waiting(of: DemandOutlook, weeks_on_caseload: float, target: float) -> Sheet:
    """Tell what a waiting list does in the last year, by option; weeks throughout."""
    found, decimals = of.waiting(weeks_on_caseload, target)
    headers = {
        "load": "Load: demand over capacity",
        "growth": "The list grows by, children a week",
        "queue": "Children who find no place",
        "wait": "Wait they face, weeks",
        "target": f"Longest list with nearly all waits under {target:g} weeks",
        "relief": f"{capital(str(of.staffing.service.staff))} in all, WTE, to come down to that list in 26 weeks",
    }
    return Sheet(
        found,
        f"Waiting list in {of.end} if {of.staffing.service.staff} keep to the recommended caseload, by option",
        {"option": "Option", **{name: (header, f",.{decimals[name]}f") for name, header in headers.items()}},
        (
            f"A child stays on the caseload for {weeks_on_caseload:g} weeks. The wait is the list over the children "
            "taken on a week (Little's law).",
            f"The longest list is demand a week x {target:g} / 4: the mean wait may be no more than a quarter of the "
            "target, because waits spread round their mean and with a quarter only about "
            f"{100 * exp(-4):.0f} in 100 exceed the target, if they spread as waits by chance do (Fong and others "
            "2022, doi.org/10.1101/2022.08.23.22279117, as in the NHS-R Community's package NHSRwaitinglist).",
        ),
        missing="the list is that short already",
    )


def appointments(of: DemandOutlook, weeks_between: float, busy: float) -> Sheet:
    """Tell how long children wait for an appointment in the last year, by option."""
    staff = of.staffing.service.staff
    return Sheet(
        of.appointments(weeks_between, busy),
        f"Waiting for an appointment in {of.end}, by option",
        {
            "option": "Option",
            "staff": (f"{capital(str(staff))}, whole posts", ","),
            "chance": ("Chance of having to wait, per cent", ".0f"),
            "days": ("Mean wait, working days", ".1f"),
        },
        (
            f"Erlang's C formula: each child is seen every {weeks_between:g} weeks, and a {staff.one} with "
            f"{of.recommended:g} children is busy {busy:.0%} of the time.",
        ),
        missing="the work is more than the staff can do, so the wait only grows",
    )


def futures(of: pd.DataFrame) -> Sheet:
    """Tell in how many of 100 simulated futures each option is enough, by year."""
    return Sheet(
        of.reset_index(),
        "In how many of 100 simulated futures capacity is enough, by option",
        {"year": "Year", **{str(option): (str(option), ".0f") for option in of}},
    )


_WORDS = dict(zip(LIMITS, ("central", "low", "high"), strict=True))
