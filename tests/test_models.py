"""The three modelling reports: true, steady, and moving the right way when a parameter moves."""

import csv
import re
import shutil
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

from casebook.data import catalogue
from casebook.errors import InputError

pytestmark = pytest.mark.slow

PLANS = {2019: 4198, 2020: 4690, 2021: 5292, 2022: 6100, 2023: 6972, 2024: 7318, 2025: 8007}


def rows(name):
    with (ROOT / "data" / "raw" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestPlans:
    def test_a_councillor_finds_when_the_printed_total_was_passed(self, pack):
        headline = pack.headline("ehcp-forecast", "plans-now")
        assert headline["text"] == (
            "The 6,866 plans forecast for January 2031 were passed by January 2023 (6,972), eight years early; by January "
            "2025 there were 8,007."
        )
        assert min(year for year, plans in PLANS.items() if plans > 6866) == 2023

    def test_the_papers_forecast_is_told_as_printed(self, pack):
        needs = [row for row in rows("ehcps_by_need") if row["need"] != "Total"]
        start, end = (sum(int(row[year]) for row in needs) for year in ("january_2020", "january_2031"))
        rate = (end / start) ** (1 / 11) - 1
        assert pack.headline("ehcp-forecast", "paper-forecast")["said"] == (
            f"In 2021 the council forecast {end:,} plans by January 2031, {end / start - 1:.0%} more than the {start:,} of "
            f"January 2020. That is growth of {rate:.1%} a year."
        )

    def test_the_new_forecast_is_the_growth_of_the_outturn_with_its_range(self, pack):
        headline = pack.headline("ehcp-forecast", "new-forecast")
        assert headline["value"] == pytest.approx(8007 * 8007 / 4198)
        assert headline["said"] == (
            "By January 2031 there could be about 15,300 plans (12,800 to 18,200). That is if the mean yearly growth of "
            "January 2019 to 2025 goes on. The range is made from how much the yearly growth varied. Other methods give "
            "8,000 to 11,800; the one that came nearest in the past gives 11,800. Tried from January 2023, the method "
            "used was 12% too high for January 2025."
        )
        asked = "How would the council provide for 11,800 to 18,200 plans by January 2031?"
        assert asked in pack.page("ehcp-forecast")

    def test_no_page_promises_a_chance_that_does_not_hold(self, pack):
        for report in ("ehcp-forecast", "ot-demand"):
            page = pack.page(report)
            assert not re.search(r"chance is|would have held|80% interval|chance .{0,20}80", page)
            assert "15,272" not in page
            assert "12,820" not in page
        assert "not to be read as a chance" in pack.page("ehcp-forecast")

    def test_chart_title_description_and_table_give_the_figures_of_the_headline(self, tell):
        told = tell("ehcp-forecast")
        chart = next(block for block in told.blocks if block.kind == "figure" and "by 2031" in block.title)
        assert "about 15,300 by 2031" in chart.title
        assert "about 15,300 in 2031, its range from 12,800 to 18,200" in chart.alt
        assert chart.data.rows[-1][3:] == (15_300, 12_800, 18_200, 8_200, 9_900)
        assert not re.search(r"8,22\d|9,89\d", told.text())

    def test_a_history_with_years_of_no_plans_is_forecast_without_growth(self, tell, copy_of_pack, monkeypatch):
        described = copy_of_pack.description("ehcp_outturn")
        described["columns"]["plans"]["minimum"] = 0
        copy_of_pack.describe("ehcp_outturn", described)
        copy_of_pack.replace("data/raw/ehcp_outturn.csv", "Cambridgeshire,2019,4198", "Cambridgeshire,2019,0")
        assert copy_of_pack.pipeline("accept").returncode == 0
        monkeypatch.setenv("CASEBOOK_PROJECT", str(copy_of_pack.root))
        assert "That is if the mean yearly change" in tell("ehcp-forecast").headline("new-forecast").plain()
        with pytest.raises(InputError, match="method is 'growth', which needs plans above 0 in every year"):
            tell("ehcp-forecast", method="growth")

    def test_an_area_of_the_history_table_that_no_paper_is_about_gets_its_own_forecast(
        self, tell, copy_of_pack, monkeypatch
    ):
        table = copy_of_pack.raw("ehcp_outturn.csv")
        made_up = [
            f"Essex,{year},{plans}\n" for year, plans in zip(range(2017, 2026), range(500, 950, 50), strict=True)
        ]
        table.write_text(table.read_text(encoding="utf-8") + "".join(made_up), encoding="utf-8")
        assert copy_of_pack.pipeline("accept").returncode == 0
        monkeypatch.setenv("CASEBOOK_PROJECT", str(copy_of_pack.root))
        told = tell("ehcp-forecast", area="Essex")
        assert told.headline("plans-now").plain() == (
            "The number of plans in force rose from 500 in January 2017 to 900 in January 2025."
        )
        assert told.headline("new-forecast").value == pytest.approx(900 * (900 / 500) ** (6 / 8))
        assert len([block for block in told.blocks if block.kind == "figure"]) == 2
        words = told.text()
        assert "Cambridgeshire" not in words
        assert not re.search(r"paper's path|Paper's growth|Children only|£|Peterborough", words)
        kept = next(block for block in told.blocks if block.kind == "result" and block.name == "ehcps-by-need")
        assert kept.rows[-1][:3] == (2031, "All", round(told.headline("new-forecast").value))
        cost = tell("ehcp-forecast", area="Essex", transport_share=0.5, unit_cost=2000.0).headline("transport-cost")
        assert cost.value == pytest.approx(told.headline("new-forecast").value * 1000 / 1e6)
        assert "a year in 2031" in cost.text and cost.unit.endswith("recurrent")

    def test_a_history_table_of_all_areas_is_forecast_from_all_of_them(self, tell, copy_of_pack, monkeypatch):
        chance = np.random.default_rng(2)
        lines = ["area,year,plans\n"]
        for area in (row["name"] for row in rows("areas") if row["kind"] == "authority"):
            grown = 1500 * np.exp(np.cumsum(chance.normal(0.06, 0.03, 13)))
            lines += [f'"{area}",{year},{plans:.0f}\n' for year, plans in zip(range(2013, 2026), grown, strict=True)]
        copy_of_pack.raw("ehcp_outturn.csv").write_text("".join(lines), encoding="utf-8")
        assert copy_of_pack.pipeline("accept").returncode == 0
        monkeypatch.setenv("CASEBOOK_PROJECT", str(copy_of_pack.root))
        told = tell("ehcp-forecast", area="Essex")
        said = told.headline("new-forecast").plain()
        assert re.search(
            r"That is if growth goes on much as in all 153 areas over the last (year|two years|three years)\.", said
        )
        assert "The range is made from all areas' past errors." in said
        words = told.text()
        assert re.search(
            r"In the past, about \d+ of 10 such ranges held the later figure: \d+ of 459, over 153 areas\.", words
        )
        assert "It was tested up to two years ahead; this forecast goes six." in words

    @pytest.mark.long
    def test_a_falling_history_gives_limits_in_order(self, tell, copy_of_pack, monkeypatch):
        for year, plans in PLANS.items():
            copy_of_pack.replace(
                "data/raw/ehcp_outturn.csv",
                f"Cambridgeshire,{year},{plans}",
                f"Cambridgeshire,{year},{(2026 - year) ** 2}",
            )
        assert copy_of_pack.pipeline("accept").returncode == 0
        monkeypatch.setenv("CASEBOOK_PROJECT", str(copy_of_pack.root))
        for method in ("auto", "drift", "damped Holt"):
            told = tell("ehcp-forecast", method=method)
            chart = next(block for block in told.blocks if block.kind == "figure" and "2031" in block.title)
            for *_, central, lower, upper in (row[:6] for row in chart.data.rows if row[3] is not None):
                assert 0 <= lower <= central <= upper

    def test_what_follows_carries_the_range(self, pack):
        text = pack.headline("ehcp-forecast", "transport-cost")["said"]
        end, share = 8007 * 8007 / 4198, (1400 + 300 + 800) / 6044
        assert f"about £{end * share * 6300 / 1e6:.1f} million a year in 2031 (£33.4 to £47.4 million)" in text
        assert f"against £{8007 * share * 6300 / 1e6:.1f} million in 2025" in text
        assert "children and young people up to 25" in text
        assert text.endswith(
            f"With the 60% that the paper names it would be £{end * 0.6 * 6300 / 1e6:.1f} million, against "
            f"£{8007 * 0.6 * 6300 / 1e6:.1f} million."
        )
        # Both bases, with their dates, and that the one chosen comes to what was spent.
        page = " ".join(pack.page("ehcp-forecast").split())
        assert "They are 41% of its 6,044 plans of then, and 54% of the 4,662 of January 2020." in page
        assert f"they cost £{2500 * 6300 / 1e6:.1f} million; about £16 million was spent." in page

    def test_transport_is_the_same_in_the_report_on_plans_and_in_its_own(self, pack):
        own, there = (
            pack.headline(*of)["value"] for of in (("transport-demand", "at-end"), ("ehcp-forecast", "transport-cost"))
        )
        assert own / 1e6 == pytest.approx(there, rel=0.005)

    def test_the_first_finding_is_that_most_of_the_papers_growth_had_come_when_it_was_made(self, pack):
        said = pack.headline("ehcp-forecast", "growth-come")["said"]
        assert said.startswith(
            f"Of the growth that the council forecast in 2021, {(6044 - 4662) / (6866 - 4662):.0%} had"
        )
        assert f"are {6866 / 6044 - 1:.0%} more than those, not 47%." in said
        page = pack.page("ehcp-forecast")
        assert page.index("had already come") < page.index("In 2021 the council forecast")

    def test_at_another_price_it_does_not_claim_the_papers(self, tell):
        text = tell("ehcp-forecast", unit_cost=7000.0).headline("transport-cost").plain()
        assert "were given transport at £7,000 each" in text
        assert "the paper's" not in text

    def test_users_of_therapy_are_those_of_the_report_on_therapy(self, tell):
        plans = tell("ehcp-forecast").table("What the forecast means for the users").rows[1]
        there = tell("ot-demand").table("Children who use the service").rows[-1]
        assert round(plans[2]) == round(there[1], -1) == round(8007 * 8007 / 4198 * 517 / 4662, -1)

    def test_needs_add_up_to_the_total_in_every_year(self, tell):
        told = tell("ehcp-forecast")
        kept = {block.name: block.rows for block in told.blocks if block.kind == "result"}
        sums = dict.fromkeys((row[0] for row in kept["ehcps-by-need"]), 0)
        for year, _, central, lower, upper in kept["ehcps-by-need"]:
            assert lower <= central <= upper
            sums[year] += central
        growth = (8007 / 4198) ** (1 / 6)
        assert list(sums.values()) == [round(8007 * growth**h) for h in range(1, 7)]
        assert [row[1] for row in kept["ehcps-total"]] == list(sums.values())
        assert all(lower < central < upper for _, central, lower, upper in kept["ehcps-total"])

    @pytest.mark.long
    @pytest.mark.parametrize("base_year", [2023, 2024])
    def test_refitted_on_a_shorter_history_it_is_compared_with_that_history_only(self, tell, base_year):
        told = tell("ehcp-forecast", base_year=base_year, method="drift", horizon_year=2025)
        slope = (PLANS[base_year] - PLANS[2019]) / (base_year - 2019)
        forecast = told.headline("new-forecast").value
        assert forecast == pytest.approx(PLANS[base_year] + (2025 - base_year) * slope)
        assert forecast == pytest.approx(PLANS[2025], rel=0.05)

    def test_three_years_of_history_make_scenarios_and_no_forecast(self, tell):
        told = tell("ehcp-forecast", base_year=2021)
        assert told.headline("new-forecast").basis.startswith(
            "No statistical forecast is made, because three years of history are too few (it takes five)"
        )
        assert not [block for block in told.blocks if getattr(block, "caption", "").startswith("What each method says")]
        by_need = next(block for block in told.blocks if block.kind == "figure" and "primary need" in block.title)
        labels = [column.label for column in by_need.data.columns]
        assert labels[2:] == ["January 2031, Children only", "Range, from", "Range, to"]

    @pytest.mark.long
    def test_each_parameter_moves_the_result_the_right_way(self, tell):
        base = tell("ehcp-forecast")
        cost = base.headline("transport-cost").value
        # 2,500 pupils of 6,044 plans.
        halved = tell("ehcp-forecast", transport_share=2500 / 6044 / 2)
        assert halved.headline("transport-cost").value == pytest.approx(cost / 2)
        assert tell("ehcp-forecast", unit_cost=12600.0).headline("transport-cost").value == pytest.approx(cost * 2)
        assert (
            tell("ehcp-forecast", horizon_year=2028).headline("new-forecast").value
            < base.headline("new-forecast").value
        )
        assert tell("ehcp-forecast", method="naive").headline("new-forecast").value == 8007
        assert (
            tell("ehcp-forecast", method="drift").headline("new-forecast").value < base.headline("new-forecast").value
        )
        users = {
            rate: tell("ehcp-forecast", access_rate=rate).table("What the forecast means for the users").rows[1][2]
            for rate in (0.1, 0.2)
        }
        assert users[0.2] == pytest.approx(2 * users[0.1], rel=0.02)
        wide = tell("ehcp-forecast", interval_level=0.95).table("What the forecast means for the cost").rows[0]
        assert wide[3] < base.table("What the forecast means for the cost").rows[0][3]

    @pytest.mark.parametrize(
        ("parameters", "words"),
        [
            ({"horizon_year": 2015}, "horizon_year is 2015, expected a year after 2025"),
            ({"horizon_year": 2050}, "horizon_year is 2050, expected .* up to 2036"),
            ({"base_year": 1999}, "base_year is 1999, but the plans held for Cambridgeshire are of 2019, 2020"),
            (
                {"area": "Essex"},
                "No figures of education, health and care plans .* are held for Essex: put the export of",
            ),
            ({"history": "areas"}, "There is no series 'areas' in data/raw/series.yaml: "),
        ],
    )
    def test_a_parameter_that_makes_no_sense_gets_one_sentence(self, tell, parameters, words):
        with pytest.raises(InputError, match=words):
            tell("ehcp-forecast", **parameters)

    def test_a_history_with_a_gap_gets_one_sentence(self, copy_of_pack):
        copy_of_pack.replace("data/raw/ehcp_outturn.csv", "Cambridgeshire,2022,6100\n", "")
        assert copy_of_pack.pipeline("accept").returncode == 0
        done = copy_of_pack.pipeline("run", "ehcp-forecast")
        assert done.returncode == 2
        assert done.stderr.strip().endswith(
            "has no plans for Cambridgeshire in 2022: a forecast needs every year, so add them or start later."
        )

    @pytest.mark.parametrize(
        ("setting", "words"),
        [
            ("unit_cost=-1", "unit_cost is '-1'"),
            ("transport_share=1.4", "transport_share is '1.4'"),
            ("interval_level=1", "interval_level is '1'"),
        ],
    )
    def test_a_value_out_of_range_is_refused_before_a_kernel_starts(self, pack, setting, words):
        done = pack.pipeline("run", "ehcp-forecast", "-p", setting)
        assert done.returncode == 2
        assert done.stderr.startswith(f"ehcp-forecast: {words}, expected a number ")


class TestTherapy:
    def test_a_councillor_finds_how_many_therapists_are_needed_and_whether_nine_are_enough(self, pack):
        text = pack.headline("ot-demand", "posts-needed")["said"]
        needed, now = 768 / 23, 768 / 47
        assert text == (
            f"In 2020 the children needed {needed:.1f} whole-time therapists; there were about {now:.1f}. 768 children at 23 "
            f"for each therapist. The nine posts asked for make {now + 9:.1f}, which is {needed - now - 9:.1f} short: {768 / (now + 9):.0f} children each."
        )
        assert sum(int(row["posts"]) for row in rows("ot_posts")) == 9

    def test_the_claim_of_up_to_fifty_per_cent_is_tested_as_a_claim(self, pack):
        headline = pack.headline("ot-demand", "caseload-excess")
        assert headline["value"] == pytest.approx((47 / 23 - 1) * 100)
        assert (
            headline["text"]
            == 'A caseload of 47 is 104% above the recommended 23, not the "up to 50%" that the paper prints.'
        )

    def test_demand_is_plans_times_access_plus_children_without_a_plan(self, pack):
        plans, growth = 8007 * 8007 / 4198, 217_870 / 200_700
        expected = plans * 517 / 4662 + (768 - 517) * growth
        assert pack.headline("ot-demand", "demand")["value"] == pytest.approx(expected, rel=1e-4)

    def test_the_forecast_of_plans_it_used_is_recorded_as_read(self, pack):
        reads = {read["name"]: read["path"] for read in pack.report("ot-demand")["inputs"]}
        assert reads["ehcp-forecast/ehcps-by-need"] == "reports/cambridgeshire/ehcp-forecast.ipynb"

    def test_it_is_made_after_the_forecast_it_builds_on(self, project):
        line = '    Report("ehcp-forecast", needs=["ehc-plans"], headlines=2, figures=1),\n'
        project.replace("pipeline.py", line, "")
        project.replace(
            "pipeline.py", '    Report("placement-costs"', '    Report("ehcp-forecast"),\n    Report("placement-costs"'
        )
        done = project.pipeline("check")
        assert done.returncode == 2
        assert (
            "pipeline.py lists ot-demand before ehcp-forecast, which it builds on: move ehcp-forecast above it."
            in done.stderr
        )

    def test_without_a_published_forecast_it_says_what_to_run(self, tell, project, monkeypatch):
        monkeypatch.setenv("CASEBOOK_PROJECT", str(project.root))
        with pytest.raises(
            InputError,
            match="The report ehcp-forecast is not published for Cambridgeshire.*pipeline.py run ehcp-forecast",
        ):
            tell("ot-demand")

    def test_who_refers_is_told_for_each_agency(self, tell):
        shares = {row["agencies"]: int(row["share"].rstrip("%")) for row in rows("ot_referrals")}
        told = {row[0]: row[1:] for row in tell("ot-demand").table("Agencies that a referral concerns").rows}
        assert set(told) == {"Health", "Local Authority", "Social Care"}
        for agency, (alone, shared, whole) in told.items():
            assert alone == shares[agency]
            assert alone + shared == whole == sum(share for group, share in shares.items() if agency in group)

    def test_none_of_the_simulated_futures_is_said_as_none(self, tell):
        assert "in none of 20,000 simulated futures" in tell("ot-demand").headline("chance").plain()
        assert "of 100 simulated futures" in tell("ot-demand", posts_year_2=65.0).headline("chance").plain()

    def test_options_and_therapists_are_named_for_what_they_are(self, tell):
        told = tell("ot-demand")
        table = told.table("Waiting list in 2031")
        assert [row[0] for row in table.rows][-1] == "Enough for 2031"
        assert any(column.label.startswith("Therapists in all, WTE") for column in table.columns)
        demand, weeks = told.headline("demand").value, 52
        queue = demand - (768 / 47) * 23
        relief = demand / weeks + (queue - demand / weeks * 18 / 4) / 26
        assert table.rows[0][1] == pytest.approx(queue, abs=5)
        assert table.rows[0][5] == round(relief * weeks / 23)
        assert f"holds {demand / weeks * 18 / 4:.0f} children at most" in told.text()
        assert "then about 2 in 100 wait longer" in told.text()

    def test_cost_of_a_post_is_the_funding_over_the_posts(self, tell):
        rows = tell("ot-demand").table("Cost of a post").rows
        assert [round(row[3]) for row in rows] == [round(260_970 / 4), round(235_482 / 5), round(496_452 / 9)]

    @pytest.mark.long
    def test_each_parameter_moves_the_result_the_right_way(self, tell):
        base = tell("ot-demand")
        needed = base.headline("posts-needed").value
        assert tell("ot-demand", recommended_caseload=46.0).headline("posts-needed").value == pytest.approx(needed / 2)
        assert "which is enough" in tell("ot-demand", posts_year_2=20.0).headline("posts-needed").plain()
        assert (
            tell("ot-demand", access_rate_high=0.3, access_rate=0.2).headline("demand").value
            > base.headline("demand").value
        )
        assert tell("ot-demand", horizon_year=2028).headline("demand").value < base.headline("demand").value
        assert "there were about 20.0" in tell("ot-demand", current_wte=20.0).headline("posts-needed").plain()
        assert "there were about 32.0" in tell("ot-demand", caseload_per_wte=24.0).headline("posts-needed").plain()
        chances = [tell("ot-demand", posts_year_2=posts).headline("chance").value for posts in (5.0, 65.0, 80.0)]
        assert chances[0] == 0
        assert chances[0] < chances[1] < chances[2]

    @pytest.mark.long
    def test_the_same_seed_tells_the_same_and_another_seed_nearly_the_same(self, tell):
        one, again, other = (
            tell("ot-demand", posts_year_2=65.0, seed=seed).headline("chance").value for seed in (1, 1, 2)
        )
        assert one == again
        assert other == pytest.approx(one, abs=3)

    @pytest.mark.parametrize(
        ("parameters", "words"),
        [
            ({"horizon_year": 2040}, "horizon_year is 2040, but the report ehcp-forecast reaches from 2026 to 2031"),
            ({"access_rate": 0.01, "access_rate_low": 0.1}, "expected low, central and high in this order"),
            ({"area": "Essex"}, "The report ehcp-forecast is not published for Essex"),
            ({"children": 900.0}, "half of one is given: give children and children_with_plan"),
        ],
    )
    def test_a_parameter_that_makes_no_sense_gets_one_sentence(self, tell, parameters, words):
        with pytest.raises(InputError, match=words):
            tell("ot-demand", **parameters)

    def test_another_area_gets_the_report_for_its_own_caseload_without_the_papers(self, tell, monkeypatch):
        kept = {
            "ehcps-by-need": pd.DataFrame(
                {
                    "year": [2026, 2027],
                    "need": "All",
                    "central": [1000, 1200],
                    "lower": [900, 1000],
                    "upper": [1100, 1500],
                }
            ),
            "ehcps-total": pd.DataFrame(
                {"year": [2026, 2027], "central": [1000, 1200], "lower": [900, 1000], "upper": [1100, 1500]}
            ),
            "ehcps-now": pd.DataFrame({"year": [2025], "plans": [900]}),
            "ehcps-distribution": pd.DataFrame(columns=["year", "probability", "value"]),
        }
        monkeypatch.setattr("casebook.data.results.read", lambda report, name, area: kept[name])
        with pytest.raises(InputError, match="No caseload is printed for Essex.* give children and children_with_plan"):
            tell("ot-demand", area="Essex", horizon_year=2027)
        own = {"children": 120.0, "children_with_plan": 90.0, "current_wte": 4.0}
        told = tell("ot-demand", area="Essex", horizon_year=2027, **own)
        assert told.headline("posts-needed").plain() == (
            "In 2025 the children needed 5.2 whole-time therapists; there were about 4.0. 120 children at 23 for each "
            "therapist. No new posts are asked for, so the service is 1.2 short."
        )
        assert told.headline("caseload-excess").plain() == "A caseload of 30 is 30% above the recommended 23."
        assert told.headline("demand").value == pytest.approx(1200 * 90 / 900 + 30)
        words = told.text()
        assert "No referrals by agency are held for Essex." in words
        assert "Cambridgeshire" not in words
        assert "Children without a plan stay as many as they were in 2025" in words
        assert not re.search(r"Peterborough|tribunal|social-care|£|the paper prints|primary need", words)
        assert "The one post asked for makes 5.0" in (
            tell("ot-demand", area="Essex", horizon_year=2027, posts_year_1=1.0, **own).headline("posts-needed").plain()
        )


class TestPlacements:
    WEEKS = (48, 44, 39, 35, 30, 26, 22, 17, 13, 9, 5, 0)

    def test_every_cell_is_reproduced_or_named_as_differing(self, pack, tell):
        scenarios = {}
        for row in rows("care_scenarios"):
            scenarios.setdefault(row["scenario"], []).append((int(row["children"]), row["cost_avoided"]))
        wrong = []
        for name, cells in scenarios.items():
            for (before, _), (after, printed), weeks in zip(cells, cells[1:], self.WEEKS, strict=False):
                if int(printed) != (before - after) * 850 * weeks:
                    wrong.append((name, int(printed), (before - after) * 850 * weeks))
        assert {name for name, *_ in wrong} == {"High Optimism"}
        told = {
            name: one
            for name, one in tell("placement-costs").figures().items()
            if one.cell.startswith("care_scenarios/")
        }
        differing = [(float(one.printed), one.computed) for one in told.values() if one.verdict == "differs"]
        assert sorted(differing) == sorted((printed, right) for _, printed, right in wrong)
        headline = pack.headline("placement-costs", "cells-reproduced")
        assert headline["value"] == 13 + 36 - len(wrong) == 45

    def test_totals_are_set_against_their_cells(self, tell):
        told = {
            name: (one.printed, one.computed, one.verdict) for name, one in tell("placement-costs").figures().items()
        }
        assert told["scenario-middle-total"] == ("1946500", 1_946_500, "reproduced")
        assert told["scenario-high-total"] == ("2854300", 2_854_300, "reproduced")
        assert told["scenario-high-both"] == ("3620700", 3_620_700, "reproduced")

    def test_the_first_headline_is_what_the_scenarios_avoid(self, pack, tell):
        headline = pack.report("placement-costs")["headlines"][0]
        assert headline["id"] == "scenarios"
        found = {}
        for row in rows("care_scenarios"):
            found.setdefault(row["scenario"], []).append(int(row["children"]))
        fostered = 766_400
        for name, children in found.items():
            steps = zip(pairwise(children), self.WEEKS, strict=True)
            avoided = fostered + 850 * sum((before - after) * weeks for (before, after), weeks in steps)
            assert f"£{avoided / 1e6:.2f} million ({name})" in headline["basis"]
        assert headline["text"].endswith("Middle Optimism and High Optimism reach the target of £2 million in 2020/21.")

    def test_the_chart_of_changes_says_what_its_numbers_say(self, tell):
        chart = next(
            block
            for block in tell("placement-costs").blocks
            if block.kind == "figure" and "moves the result most" in block.title
        )
        bars = chart.data.rows
        widest, lowest = max(bars, key=lambda bar: bar[2] - bar[1]), min(bars, key=lambda bar: bar[1])
        assert f"£{widest[1] / 1e6:.2f} to £{widest[2] / 1e6:.2f} million" in chart.title
        assert (lowest is widest) == ("takes it lowest" not in chart.title)
        assert f"a late start takes it lowest, to £{lowest[1] / 1e6:.2f} million" in chart.title
        assert [column.label for column in chart.data.columns[1:]] == ["Low, pounds", "High, pounds"]

    def test_a_councillor_finds_which_steady_reduction_reaches_the_target(self, pack):
        headline = pack.headline("placement-costs", "steady-reduction")
        each = 2_000_000 / (850 * sum(self.WEEKS))
        assert headline["value"] == pytest.approx(each)
        assert (
            f"must fall by {each:.1f} children every month, from 780 to about {780 - 12 * each:.0f}" in headline["text"]
        )
        assert (
            f"With £766,400 from foster recruitment, {(2_000_000 - 766_400) / (850 * sum(self.WEEKS)):.1f} a month are enough"
            in headline["basis"]
        )

    @pytest.mark.long
    def test_each_parameter_moves_the_result_the_right_way(self, tell):
        base = tell("placement-costs")
        each = base.headline("steady-reduction").value
        assert tell("placement-costs", target=4e6).headline("steady-reduction").value == pytest.approx(2 * each)
        assert tell("placement-costs", weekly_cost=1700.0).headline("steady-reduction").value == pytest.approx(each / 2)
        assert (
            "£383,200 from foster recruitment"
            in tell("placement-costs", foster_saving=200.0).headline("steady-reduction").plain()
        )
        assert "from 900 to" in tell("placement-costs", start_number=900).headline("steady-reduction").plain()
        assert tell("placement-costs", financial_year=2021).headline("steady-reduction").value != each
        chance = base.headline("chance").value
        assert (
            tell("placement-costs", target=1.5e6).headline("chance").value
            > chance
            > tell("placement-costs", target=3e6).headline("chance").value
        )
        assert tell("placement-costs", most_slippage=0).headline("chance").value > chance
        steady = tell("placement-costs", steady_reduction=10.0).headline("chance").plain()
        assert "the scenario Steady reduction given" in steady
        path = tell("placement-costs", monthly_path=[780.0 - 5 * month for month in range(1, 13)])
        assert path.table("Cost avoided by the change of each month").rows[0][4] == 204_000
        assert "Path given" in path.text()

    @pytest.mark.long
    def test_the_same_seed_tells_the_same(self, tell):
        assert tell("placement-costs", seed=3).text() == tell("placement-costs", seed=3).text()
        assert (
            tell("placement-costs", seed=3).headline("chance").plain()
            != tell("placement-costs", seed=4, most_slippage=4).headline("chance").plain()
        )

    @pytest.mark.parametrize(
        ("parameters", "words"),
        [
            ({"monthly_path": [1.0]}, r"monthly_path is \[1.0\], expected a list of twelve numbers from 0"),
            (
                {"monthly_path": [-1.0] * 12},
                "expected a list of twelve numbers from 0, one a month from April to March",
            ),
            ({"monthly_path": [1.0] * 12, "steady_reduction": 1.0}, "are both given"),
            ({"start_number": 50}, "start_number is 50, fewer than"),
            ({"kinds": ["Residential"]}, "kinds is .*Residential"),
            ({"area": "Essex"}, "care_scenarios.csv is of Cambridgeshire, not of Essex"),
            ({"scenarios": "foster_recruitment"}, "has the columns line, month, placements.*expected scenario, month"),
        ],
    )
    def test_a_parameter_that_makes_no_sense_gets_one_sentence(self, tell, parameters, words):
        with pytest.raises(InputError, match=words):
            tell("placement-costs", **parameters)

    def test_whoever_has_the_tables_gets_the_report_without_another_councils_papers(self, tell, project, monkeypatch):
        for name in ("care_scenarios", "foster_recruitment"):
            shutil.copy(project.raw(f"{name}.csv"), project.raw(f"essex_{name}.csv"))
            project.describe(f"essex_{name}", project.description(name) | {"area": "Essex"})
        catalogue.accept(project.root, [])
        monkeypatch.setenv("CASEBOOK_PROJECT", str(project.root))
        told = tell(
            "placement-costs", area="Essex", scenarios="essex_care_scenarios", recruitment="essex_foster_recruitment"
        )
        assert told.headline("steady-reduction").value == pytest.approx(2_000_000 / (850 * sum(self.WEEKS)))
        said = told.text()
        assert "No weekly costs by kind of placement are held for Essex." in said
        assert "Cambridgeshire" not in said
        assert not [block for block in told.blocks if getattr(block, "id", "") == "cells-reproduced"]
        assert "640 children" not in said


def test_what_a_notebook_tells_in_this_process_is_what_the_pipeline_published(pack, tell):
    for name in ("ehcp-forecast", "ot-demand", "placement-costs", "care-rates", "register"):
        told = [block.plain() for block in tell(name).blocks if block.kind == "headline"]
        assert told == [
            f"{headline['text']} {headline['basis']}".rstrip() for headline in pack.report(name)["headlines"]
        ]
