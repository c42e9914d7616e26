"""The pack: which reports, in which order, with which parameters.

python pipeline.py run        make and publish all of them
python pipeline.py --help     everything else
"""

from casebook.cli import Report, main

AREA = "Cambridgeshire"

PACK = [
    Report("register", headlines=4),
    Report("care-rates", needs=["care-applications or children-in-care-rate", "children"], headlines=3, figures=2),
    Report("unit-costs", needs=["foster-placement-cost"], figures=1),
    Report(
        "chlamydia", "benchmark", {"indicator": "chlamydia_detection"}, ["chlamydia_detection"], headlines=3, figures=1
    ),
    Report("health-checks", "benchmark", {"indicator": "health_checks"}, ["health_checks"], figures=1),
    Report("smoking", "benchmark", {"indicator": "smoking_prevalence"}, ["smoking_prevalence"], figures=1),
    Report("public-health-savings", "ledger", {"case": "savings_schedule"}, ["savings_schedule"], figures=1),
    Report("savings-ledger", "ledger", {"case": "savings_ledger"}, ["savings_ledger"], 3, 2),
    Report("five-year-budget", "ledger", {"case": "five_year_budget"}, ["five_year_budget"], 3, 2),
    Report("ehcp-forecast", needs=["ehc-plans"], headlines=2, figures=1),
    Report("ot-demand", needs=["ot_posts"], headlines=4, figures=2),
    Report("placement-costs", needs=["care_scenarios"], headlines=3, figures=2),
    Report("care-home-support", "appraisal", {"case": "care_home_support"}, ["care_home_support"], 3, 2),
    Report("enhanced-response", "appraisal", {"case": "enhanced_response"}, ["enhanced_response"], 3, 2),
    Report("informal-carers", "appraisal", {"case": "informal_carers"}, ["informal_carers"], 3, 2),
    Report(
        "independent-living-buy",
        "appraisal",
        {"case": "independent_living_buy"},
        ["independent_living_buy"],
        3,
        2,
    ),
    Report(
        "independent-living-make",
        "appraisal",
        {"case": "independent_living_make", "beside": "independent_living_buy"},
        ["independent_living_make"],
        3,
        2,
    ),
    Report("safe-team", "appraisal", {"case": "safe_team"}, ["safe_team"], 3, 2),
    Report("interim-beds", "appraisal", {"case": "interim_beds"}, ["interim_beds"], 3, 2),
    Report("bus-gates", "appraisal", {"case": "bus_gates"}, ["bus_gates"], 3, 2),
    Report("transport-workstreams", "appraisal", {"case": "transport_workstreams"}, ["transport_workstreams"], 3, 2),
    Report("multi-systemic-therapy", "appraisal", {"case": "multi_systemic_therapy"}, ["multi_systemic_therapy"], 3, 2),
    Report("victoria-road", "appraisal", {"case": "victoria_road"}, ["victoria_road"], 3, 2),
    Report("young-adults-team", "capacity", {"case": "young_adults_team"}, ["young_adults_team"], 3, 1),
    Report("think-communities", "build-up", {"case": "think_communities"}, ["think_communities"], 3, 1),
    Report("real-living-wage", "build-up", {"case": "real_living_wage"}, ["real_living_wage"], 2, 1),
    Report("members-allowances", "build-up", {"case": "members_allowances"}, ["members_allowances"], 3, 1),
    Report("county-farms", "build-up", {"case": "county_farms"}, ["county_farms"], 3, 1),
    Report("direct-payments", "series", {"case": "direct_payments"}, ["direct_payments"], 3, 1),
    Report("transport-demand", "in-step", {"case": "transport_demand"}, ["transport_demand"], 3, 1),
    Report("disability", "in-step", {"case": "disability", "follows": "children"}, ["disability"], 3, 1),
    Report("active-parks", "build-up", {"case": "active_parks"}, ["active_parks"], 3, 1),
    Report("care-together", "build-up", {"case": "care_together"}, ["care_together"], 3, 1),
    Report("send-transformation", "build-up", {"case": "send_transformation"}, ["send_transformation"], 3, 1),
    Report("biodiversity", "build-up", {"case": "biodiversity"}, ["biodiversity"], 3, 1),
    Report("flood-action", "build-up", {"case": "flood_action"}, ["flood_action"], 3, 1),
    Report("climate-risk", "build-up", {"case": "climate_risk"}, ["climate_risk"], 3, 1),
    Report("portfolio", needs=["portfolio_others"], figures=1),
]

if __name__ == "__main__":
    main(PACK, AREA)
