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


@pytest.mark.long
def test_headlines_of_twenty_areas_are_what_the_raw_exports_give(exports, tell, copy_of_pack, monkeypatch):
    folder = copy_of_pack.root / "data/raw/exports"
    folder.mkdir(exist_ok=True)
    for path in FILES:
        shutil.copy(exports / path, folder)
    monkeypatch.setenv("CASEBOOK_PROJECT", str(copy_of_pack.root))
    raw = Raw(folder)
    applications, in_care, detection = (
        raw.measured("CareApplications"),
        raw.in_care(),
        raw.measured("Chlamydia_Diagnosis"),
    )
    plans = raw.plans.assign(number=raw.plans["new_la_code"].map(raw.codes).astype(float))
    compared = 0
    for number, area in AREAS.items():
        care = tell("care-rates", leaving_out="report.reconciliation", area=area)
        found = {one.id: one.value for one in care.blocks if one.kind == "headline"}
        expected = {}
        for name, rates in (("care-applications", applications), ("children-in-care-rate", in_care)):
            if number in rates.index and rates.loc[number].notna().any():
                expected[f"{name}-path"], expected[f"{name}-gap"] = raw.against_neighbours(rates, number)
        benchmark = tell("benchmark", leaving_out="report.reconciliation", area=area, indicator="chlamydia_detection")
        found["chlamydia"] = benchmark.headline("value-and-place").value
        expected["chlamydia"] = detection.loc[number].dropna().iloc[-1]
        history = tell("ehcp-forecast", leaving_out="report.reconciliation", area=area)
        now = "total-passed" if area == "Cambridgeshire" else "plans-now"
        found["plans"] = history.headline(now).value
        expected["plans"] = plans[plans["number"] == number].sort_values("year")["plans"].iloc[-1]
        assert {name: found[name] for name in expected} == pytest.approx(expected), area
        compared += len(expected)
    assert compared >= 5 * len(AREAS)
