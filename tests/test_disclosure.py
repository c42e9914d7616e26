"""Small numbers stay hidden: what every output of a run together tells of a hidden cell is as much as the rule allows."""

import base64
import json
import re
import shutil
import urllib.parse
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from casebook import series
from casebook.data.series import TOGETHER
from casebook.methods.disclosure import hidden

BELOW = 6
NEEDS = {
    "number_asd": 4021, "number_semh": 2503, "number_mld": 1377, "number_slcn": 1999, "number_pd": 353, "number_sld": 611,
    "number_pmld": 89, "number_spld": 271, "number_hi": 127, "number_vi": 19, "number_msi": 3, "number_oth": 43,
    "number_need_unknown": 0,
}  # fmt: skip
PLANS = sum(NEEDS.values())
COLUMNS = (
    "time_period,geographic_level,region_code,country_code,old_la_code,new_la_code,breakdown_topic,breakdown,ehc_plans"
)
SEN2 = (
    f"{COLUMNS},{','.join(NEEDS)}\n"
    f"202425,Local authority,,,881,E10000012,All EHC plans,All EHC plans,{PLANS},{','.join(map(str, NEEDS.values()))}\n"
)  # fmt: skip
STOCK = "year,new_la_code,la_name,plans,release\n" + "".join(
    f"{year},E10000012,Essex,{PLANS - 500 * (2025 - year)},2025\n" for year in range(2015, 2026)
)


def bounds(known, whole, below):
    """The least and most that each cell can be for whoever knows the rule, the whole, and some cells (None: not known)."""
    cells = len(known)
    limits = [(1, None) if one is None else (one, one) for one in known]
    found = []
    for cell in range(cells):
        if known[cell] is not None:
            continue
        aims = np.eye(cells)[cell]
        # That a cell is small is known of the one that is looked at only.
        bound = [(1, below - 1) if at == cell else one for at, one in enumerate(limits)]
        least, most = (linprog(sign * aims, A_eq=[[1] * cells], b_eq=[whole], bounds=bound) for sign in (1, -1))
        found.append((least.fun, -most.fun) if least.success else None)
    return found


@given(st.lists(st.integers(0, 60), min_size=2, max_size=9), st.integers(2, 11))
def test_a_hidden_small_count_can_still_be_any_small_count(counts, below):
    shut = hidden(counts, below)
    if not shut.any():
        assert not any(0 < one < below for one in counts)
        return
    if shut.sum() == sum(one > 0 for one in counts):
        # Everything that is not nothing is hidden: there is no more to hide it behind.
        return
    for cell, one in enumerate(counts):
        if not 0 < one < below:
            continue
        limits = [(count, count) for count in counts]
        for at in np.flatnonzero(shut):
            limits[at] = (1, below - 1) if 0 < counts[at] < below else (below, None)
        aim = np.eye(len(counts))[cell]
        ends = [linprog(sign * aim, A_eq=[[1] * len(counts)], b_eq=[sum(counts)], bounds=limits) for sign in (1, -1)]
        assert (round(ends[0].fun), round(-ends[1].fun)) == (1, below - 1)


def numbers(text):
    """All numbers of a text, as printed and as stored."""
    found = re.findall(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.,])\d+(?:\.\d+)?(?![\w])", text)
    return {float(one.replace(",", "")) for one in found}


def rows_of(text, label):
    """What stands in a row, an object or a sentence with a label: up to 120 characters after it."""
    return {one for at in re.finditer(re.escape(label), text) for one in numbers(text[at.end() : at.end() + 120])}


def outputs(project, area, report):
    """The text of every output of a report: page with alt texts and data, notebook, spreadsheet, and ``pack.json``."""
    folder = project.root / "reports" / area
    page = (folder / f"{report}.html").read_text(encoding="utf-8")
    data = [urllib.parse.unquote(one) for one in re.findall(r'href="data:text/csv[^,]*,([^"]+)"', page)]
    data += [base64.b64decode(one).decode() for one in re.findall(r'href="data:text/csv[^"]*;base64,([^"]+)"', page)]
    book = zipfile.ZipFile(folder / f"{report}.xlsx")
    sheets = [book.read(name).decode() for name in book.namelist() if name.endswith(".xml")]
    return [
        re.sub(r"<[^>]+>", " ", page), page, *data, (folder / f"{report}.ipynb").read_text(encoding="utf-8"), *sheets,
        (folder / "pack.json").read_text(encoding="utf-8"), (project.root / "reports/pack.json").read_text(encoding="utf-8"),
    ]  # fmt: skip


def published(project, below):
    folder = project.root / "data/raw/exports"
    folder.mkdir(exist_ok=True)
    folder.joinpath("needs.csv").write_text(SEN2, encoding="utf-8")
    folder.joinpath("plans.csv").write_text(STOCK, encoding="utf-8")
    described = project.root / "data/raw/series.yaml"
    content = described.read_text(encoding="utf-8")
    start = content.index("\nehc-plans-by-need:")
    rule = content.index("disclosure: {", start) + len("disclosure: {")
    described.write_text(f"{content[:rule]}hides_below: {below}, {content[rule:]}", encoding="utf-8")
    done = project.pipeline("run", "ehcp-forecast", "--area", "Essex")
    assert done.returncode == 0, done.stderr
    return "\n".join(outputs(project, "essex", "ehcp-forecast"))


def told(text):
    """What the outputs tell of each need: its number where that stands beside its name, and the whole where it stands."""
    from conftest import ROOT

    from casebook.data.series import load

    names = load(ROOT)["ehc-plans-by-need"].sources[0].parts
    assert PLANS in numbers(text)
    return [count if count == 0 or count in rows_of(text, names[code]) else None for code, count in NEEDS.items()]


@pytest.mark.long
def test_all_outputs_together_leave_a_hidden_number_as_open_as_the_rule_says(project, tmp_path):
    known = told(published(project, BELOW))
    (cell,) = (at for at, code in enumerate(NEEDS) if code == "number_msi")
    assert known[cell] is None and known.count(None) >= 2
    found = dict(zip((at for at, one in enumerate(known) if one is None), bounds(known, PLANS, BELOW), strict=True))
    least, most = found[cell]
    assert most - least == pytest.approx(BELOW - 2)


@pytest.mark.long
def test_without_the_rule_the_same_search_finds_the_number(project):
    known = told(published(project, 0))
    assert known[list(NEEDS).index("number_msi")] == 3


def test_small_numbers_of_any_source_are_hidden_by_the_rule_of_their_series(project, monkeypatch):
    monkeypatch.setenv("CASEBOOK_PROJECT", str(project.root))
    folder = project.root / "data/raw/exports"
    folder.mkdir()
    own = "series,area,year,value\nchildren-in-care,Luton,2023,0\nchildren-in-care,Luton,2024,5\nchildren-in-care,Luton,2025,6\n"
    folder.joinpath("own.csv").write_text(own, encoding="utf-8")
    rows = series.read("children-in-care", "Luton").set_index("year")
    assert rows["value"].fillna(-1).to_dict() == {2023: 0, 2024: -1, 2025: 6}
    assert rows.loc[2024, "status"] == "c"


def test_parts_hidden_are_shown_together_and_the_whole_stays(project, monkeypatch):
    monkeypatch.setenv("CASEBOOK_PROJECT", str(project.root))
    folder = project.root / "data/raw/exports"
    folder.mkdir()
    folder.joinpath("needs.csv").write_text(SEN2, encoding="utf-8")
    described = project.root / "data/raw/series.yaml"
    content = described.read_text(encoding="utf-8")
    start = content.index("\nehc-plans-by-need:")
    rule = content.index("disclosure: {", start) + len("disclosure: {")
    described.write_text(f"{content[:rule]}hides_below: {BELOW}, {content[rule:]}", encoding="utf-8")
    parts = series.read("ehc-plans-by-need", "Essex").set_index("part")["value"]
    assert parts[TOGETHER] == 3 + 19 and parts.sum() == PLANS


@pytest.mark.long
def test_no_number_below_the_rule_is_worked_back_from_a_rate_in_any_output(project, exports):
    folder = project.root / "data/raw/exports"
    folder.mkdir()
    for name in (
        "lait/bds_long_0.parquet", "lait/sn_may_2025.xlsx", "dfe/ons_mid-year_population_estimates_2012_to_2024.csv",
        "dfe/cla_number_and_rate_per_10k_children.csv",
    ):  # fmt: skip
        shutil.copy(exports / name, folder)
    done = project.pipeline("run", "care-rates", "--area", "City of London")
    assert done.returncode == 0, done.stderr
    for text in outputs(project, "city-of-london", "care-rates"):
        assert not re.search(r"about \d+ (more |fewer )?(care )?applications", text)
        assert "Distance in applications" not in text
    said = json.dumps(project.report("care-rates", "City of London"))
    assert "the City of London" in said and "fewer than five care applications" in said
    assert not re.search(r"(?<![Tt]he )\bCity of London (had|made|is|was)\b", said)


@pytest.mark.long
def test_what_rests_on_a_handful_of_people_is_not_judged(project, exports):
    folder = project.root / "data/raw/exports"
    folder.mkdir()
    for name in ("lait/bds_long_0.parquet", "dfe/ons_mid-year_population_estimates_2012_to_2024.csv"):
        shutil.copy(exports / name, folder)
    shutil.copy(exports / "sen2/plans_by_authority.csv", folder)
    done = project.pipeline("run", "chlamydia", "--area", "Isles of Scilly")
    assert done.returncode == 0, done.stderr
    said = json.dumps(project.report("chlamydia", "Isles of Scilly"))
    assert "too few diagnoses to rank" in said and "goal met" not in said and "meets the goal" not in said
