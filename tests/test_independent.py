"""Headline numbers of twenty areas, worked out a second time from the raw exports with pandas and nothing of Casebook."""

import shutil

import pandas as pd
import pytest

FILES = (
    "dfe/cla_number_and_rate_per_10k_children.csv", "dfe/ons_mid-year_population_estimates_2012_to_2024.csv",
    "lait/bds_long_0.parquet", "lait/sn_april_2021.xlsx", "lait/sn_may_2025.xlsx", "sen2/plans_by_authority.csv",
)  # fmt: skip
AREAS = {
    209: "Lewisham", 213: "Westminster", 316: "Newham", 330: "Birmingham", 383: "Leeds", 801: "Bristol",
    810: "Kingston upon Hull", 811: "East Riding of Yorkshire", 815: "North Yorkshire", 825: "Buckinghamshire",
    838: "Dorset", 857: "Rutland", 873: "Cambridgeshire", 884: "Herefordshire", 908: "Cornwall", 926: "Norfolk",
    933: "Somerset", 940: "North Northamptonshire", 942: "Cumberland", 839: "Bournemouth, Christchurch and Poole",
}  # fmt: skip


class Raw:
    """The exports as they lie there: values by number of the authority and year."""

    def __init__(self, folder):
        lait = pd.read_parquet(folder / "bds_long_0.parquet")
        spent = lait[lait["Years"].str.endswith(" (OT)")]
        self.spent = spent.assign(
            number=spent["LA Number"].astype(float), year=spent["Years"].str[:4].astype(int) + 1,
            value=pd.to_numeric(spent["Values"], errors="coerce"),
        )  # fmt: skip
        lait = lait[lait["Years"].str.fullmatch(r"\d{4}")].assign(
            number=lait["LA Number"].astype(float), year=lait["Years"].str[:4],
            value=pd.to_numeric(lait["Values"], errors="coerce"),
        )  # fmt: skip
        # The tool goes on with Dorset's figures under the name and number of the county that ended in 2019.
        dorset = (lait["Short Desc"] == "CareApplications") & (lait["number"] == 835) & (lait["year"] > "2019")
        lait = lait[~((lait["Short Desc"] == "CareApplications") & (lait["number"] == 838))]
        lait.loc[dorset, "number"] = 838
        self.lait = lait
        looked_after = pd.read_csv(folder / FILES[0].split("/")[1], dtype=str)
        self.looked_after = looked_after[
            (looked_after["population_type"] == "Children looked after on 31 March each year")
            & (looked_after["geographic_level"] == "Local authority")
        ]
        self.codes = looked_after.dropna(subset="old_la_code").set_index("new_la_code")["old_la_code"].to_dict()
        # Plans are given under the codes from before these three became unitary.
        self.codes |= {"E10000002": "825", "E10000023": "815", "E10000027": "933"}
        self.lists = pd.read_excel(folder / "sn_may_2025.xlsx", header=2).dropna(subset="LA num").set_index("LA num")
        self.plans = pd.read_csv(folder / "plans_by_authority.csv")

    def measured(self, measure):
        rows = self.lait[self.lait["Short Desc"] == measure]
        return rows.pivot_table(index="number", columns="year", values="value").rename(columns=int)

    def in_care(self):
        rows = self.looked_after.assign(
            number=self.looked_after["old_la_code"].astype(float), year=self.looked_after["time_period"].astype(int),
            value=pd.to_numeric(self.looked_after["rate_per_10000"], errors="coerce"),
        )  # fmt: skip
        return rows.pivot_table(index="number", columns="year", values="value")

    def neighbours(self, number):
        return [float(self.lists.loc[number, f"SN{n}"]) for n in range(1, 11)]

    def against_neighbours(self, rates, number):
        """Return an area's last rate and its distance from the mean of its neighbours with rates in the years before."""
        own = rates.loc[number].dropna()
        years = [year for year in own.index if year > own.index[-1] - 5]
        others = rates.reindex(self.neighbours(number))[years].dropna()
        return own.iloc[-1], own.iloc[-1] - others[own.index[-1]].mean()

    def costs(self, measure):
        return self.spent[self.spent["Short Desc"] == measure].pivot_table(
            index="number", columns="year", values="value"
        )


@pytest.mark.long
def test_headlines_of_twenty_areas_are_what_the_raw_exports_give(exports, project):
    folder = project.root / "data/raw/exports"
    folder.mkdir(exist_ok=True)
    for path in FILES:
        shutil.copy(exports / path, folder)
    raw = Raw(folder)
    areas = [word for area in AREAS.values() for word in ("--area", area)]
    done = project.pipeline("run", "care-rates", "chlamydia", "ehcp-forecast", "unit-costs", *areas)
    assert done.returncode == 0, done.stderr
    detection, plans = raw.measured("Chlamydia_Diagnosis"), raw.plans
    plans = plans.assign(number=plans["new_la_code"].map(raw.codes).astype(float)).sort_values("year")
    rates = {"care-applications": raw.measured("CareApplications"), "children-in-care-rate": raw.in_care()}
    costs = {
        "residential-placement": raw.costs("RescareFinance"),
        "foster-placement": raw.costs("FosteringFinance"),
    }
    said = {
        (report["name"], one["id"], report["area"]): one["value"]
        for report in project.pack()["reports"]
        for one in report["headlines"]
    }
    compared = 0
    for number, area in AREAS.items():
        expected = {}
        for name, held in rates.items():
            if number in held.index and held.loc[number].notna().any():
                own, gap = raw.against_neighbours(held, number)
                expected |= {("care-rates", f"{name}-path"): own, ("care-rates", f"{name}-gap"): gap}
        expected["chlamydia", "value-and-place"] = detection.loc[number].dropna().iloc[-1]
        expected["ehcp-forecast", "plans-now"] = plans.loc[plans["number"] == number, "plans"].iloc[-1]
        for name, pounds in costs.items():
            expected["unit-costs", f"{name}-cost"] = pounds.loc[number].dropna().iloc[-1]
        found = {one: said[*one, area] for one in expected}
        assert found == pytest.approx(expected), area
        compared += len(expected)
    assert compared >= 7 * len(AREAS)
