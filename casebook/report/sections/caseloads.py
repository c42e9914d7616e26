"""A service's caseload: the staff it takes, the children to come, what each of the staff would carry, and waiting."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, floor, inf

import pandas as pd

from casebook.english import Money, capital, count, listed, number, percent, whole, written
from casebook.methods import capacity, intervals
from casebook.methods.costing import FinancialYear
from casebook.report import charts
from casebook.report.parts import Aside, Chart, Section, Sheet
from casebook.studies.caseload import DemandOutlook, Flows, Referrals, Staffing
from casebook.studies.projection import LIMITS, rounded


def staffing(of: Staffing) -> Sheet:
    """Set the staff of each option, and what each of them carries, against the recommendation."""
    known = of.service
    years = [FinancialYear(year) for year in of.posts.index]
    added = listed(f"{number(posts)} in {year}" for year, posts in zip(years, of.posts, strict=True))
    return Sheet(
        of.frame,
        f"{capital(str(known.staff))} and caseloads for the {whole(known.children)} children of {known.year}, by "
        "option",
        {
            "option": "Option",
            "wte": ("Whole-time equivalent", ".1f"),
            "each": ("Children for each", ".1f"),
            "short": ("Short of the recommendation, WTE", "+.1f"),
        },
        (f"New posts, year by year: {added}.",) if of.asked else (),
    )


def cost_of_posts(asked: pd.DataFrame) -> Section:
    """Tell what posts cost by the year in which they start: ``year``, ``posts`` and ``cost``, in pounds a year.

    Its parts are ``sentence``, where all costs are known, and ``table``.
    """
    names = {year: str(FinancialYear(year)) for year in asked["year"]}
    both = pd.DataFrame(
        {"year": ["Together"], "posts": [asked["posts"].sum()], "cost": [asked["cost"].sum(skipna=False)]}
    )
    found = pd.concat([asked.assign(year=asked["year"].map(names)), both], ignore_index=True)
    whole, posts = float(both["cost"].iloc[0]), float(both["posts"].iloc[0])
    return Section(
        sentence=f"The {count(posts, 'post', 'posts')} asked for cost {Money(whole)} every year, "
        f"{Money(whole / posts)} each."
        if posts and pd.notna(whole)
        else None,
        table=Sheet(
            found.assign(each=found["cost"] / found["posts"]),
            "Cost of a post, by year, recurrent",
            {
                "year": "Asked for in",
                "posts": ("Posts", ",.0f"),
                "cost": ("Pounds a year", ",.0f"),
                "each": ("Pounds a year for each post", ",.0f"),
            },
            folded=True,
        ),
    )


def referrals(of: Referrals | None, area: str) -> Section:
    """Tell which agencies refer: ``sentence`` and ``table``; where no referrals are held, say so."""
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
            (
                f"Adding the shares of the {number(len(shares))} agencies gives {shares.sum()}%; taking away the "
                f"{shares.sum() - of.once}% that concern two agencies leaves {of.once}%, every referral once.",
            ),
            folded=True,
        ),
    )


def demand(of: DemandOutlook, beside: Mapping[str, pd.Series]) -> Section:
    """Tell how many children there would be by year: ``how`` that is calculated, and ``table``.

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
        how=Aside(
            "How the children to come are counted",
            (
                "Children with a plan are the forecast of plans in the report on education, health and care plans, "
                f"times the share who use the service. In {known.year} that share was {percent(known.share, 1)} "
                f"({whole(known.with_plan)} of {whole(known.plans)} plans). Taken here is "
                f"{percent(shares['central'], 1)}, with {percent(shares['lower'], 1)} as low and "
                f"{percent(shares['upper'], 1)} as high. Children without a plan ({whole(known.without_plan)} in "
                f"{known.year}) {course}.",
                "Of 100 simulated futures 80 lie between low and high: plans vary as the forecast says they may, and "
                "the share varies between its low and its high.",
            ),
        ),
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
    # Of each need's plans the same share uses the service, at the ends of its own range too.
    users, _ = rounded(last * (of.with_plan["central"].iloc[-1] / last["central"].sum()))
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
        folded=True,
    )


def loads(of: DemandOutlook) -> Section:
    """Draw what each of the staff would carry by option, against the recommendation: ``chart`` and ``sentence``."""
    each, shown, service = of.for_each(of.staffing.options[of.staffing.last]), of.loads, of.staffing.service
    staff, ends = service.staff, shown.iloc[[0, -1]]
    paths = "; ".join(f"{name}: from {whole(first)} to {whole(last)} children" for name, (first, last) in ends.items())
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


def waiting(of: DemandOutlook, flows: Flows, target: float) -> Section:
    """Tell what a waiting list does to the last year, by option: ``sentence``, ``table`` and ``balance``, in weeks."""
    found, decimals = of.waiting(flows, target)
    longest, steady, chance = of.in_balance(flows, target)
    staff, first = of.staffing.service.staff, of.demand.index[0]
    left = float(found.set_index("option")["queue"][of.staffing.last])
    waits = f"about {whole(left)} children would be without a place in {of.end}"
    headers = {
        "queue": "Children without a place",
        "reached": "Of 100 who stop waiting, get a place",
        "wait": "Weeks these had waited",
        "kept": "Without a place, if nobody ever stopped waiting",
        "relief": f"{capital(str(staff))} in all, WTE, to bring the list down in 26 weeks",
    }
    if flows.counted:
        taken = f"From {flows.counted}: {written(flows.referrals, '.1f')} children are referred a week, and one"
    else:
        taken = "So many are referred that those with and without a place together are the demand above. A child"
    stop = (
        f"; one who waits stops after {whole(flows.need)}" if flows.need != flows.stay else ", with a place or without"
    )
    ends = "; nobody stops waiting" if flows.need == inf else stop
    return Section(
        sentence=f"With {of.staffing.said}, {waits if left else f'no child would be without a place in {of.end}'}.",
        table=Sheet(
            found,
            f"Waiting list in {of.end} if {staff} keep to the recommended caseload, by option",
            {"option": "Option", **{name: (header, f",.{decimals[name]}f") for name, header in headers.items()}},
            (
                f"Counted week by week from January {first}, when those without a place begin to wait. {taken} needs "
                f"the service for {whole(flows.stay)} weeks on average{ends}.",
            ),
            missing="nobody waits, no week has passed, or the list is short already",
            folded=True,
        ),
        balance=Aside(
            "What would keep waits short",
            (
                f"Nearly all waits stay under {target:g} weeks if the list in {of.end} holds {whole(longest)} children "
                f"at most. To keep it there takes about {written(steady, '.1f')} whole-time {staff}, a little more "
                "than just enough, because referrals and discharges vary. With just enough, chance alone leaves about "
                f"{number(round(chance))} children without a place at a time. (NHS practice: the mean wait is a "
                f"quarter of the target, then about {whole(100 * exp(-4))} in 100 wait longer; Fong and others 2022, "
                "doi.org/10.1101/2022.08.23.22279117.)",
            ),
        ),
    )


def appointments(of: DemandOutlook, weeks_between: float, busy: float) -> str:
    """Say how long a child waits for an appointment with its own therapist, and from which load on nobody keeps up."""
    staff, service_time = of.staffing.service.staff, busy * weeks_between / of.recommended
    days = capacity.erlang_c(busy / service_time, service_time, 1).mean_wait * 5
    most = floor(of.recommended / busy)
    return (
        f"Each child has one {staff.one}, and nobody else stands in. With {of.recommended:g} children seen every "
        f"{weeks_between:g} weeks a {staff.one} is taken to be busy {percent(busy)} of the time. A child who asks for "
        f"an appointment out of turn then waits about {number(round(days))} working days. With more than {most} "
        "children there is more work than time, and waits only grow."
    )


def futures(of: pd.DataFrame) -> Sheet:
    """Tell in how many of 100 simulated futures each option is enough, by year."""
    return Sheet(
        of.reset_index(),
        "In how many of 100 simulated futures capacity is enough, by option",
        {"year": "Year", **{str(option): (str(option), ".0f") for option in of}},
        folded=True,
    )


_WORDS = dict(zip(LIMITS, ("central", "low", "high"), strict=True))
