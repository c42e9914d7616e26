"""How near forecasts came, and how often their ranges held, over all authorities: the tables of docs/methods.md.

python benchmarks/forecasts.py [FOLDER OF OFFICIAL EXPORTS]

Education, health and care plans: a strict rolling origin. From January 2020, 2021, ... 2024 every authority is forecast
one to five years ahead, as far as 2025. Methods for one series see its last seven values; the panel sees all
authorities from 2010 up to the same January, and chooses by that alone. Then forecasts from what started and ended,
plans by primary need, and children in care and care applications, of which ten years are held. It takes some
two minutes, nearly all of it statsmodels fitting its models.
"""

from __future__ import annotations

import csv
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.holtwinters import Holt

from casebook.methods import flows, forecast, panel, shares
from casebook.methods.forecast import Array

ROOT = Path(__file__).resolve().parents[1]
LEVELS = (0.8, 0.95)
HISTORY = 7
PLANS = Path("sen2") / "plans_by_authority.csv"
Made = tuple[Array, dict[float, tuple[Array, Array]]]
"""A central path, and the limits by level; none where a method names none."""


def plans(folder: Path) -> Array:
    """Return plans in force, 2010 to 2025: a row for each authority that was not reorganised and never below 51."""
    with (folder / PLANS).open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["release"])
    latest = {(row["new_la_code"], int(row["year"])): float(row["plans"]) for row in rows}
    codes = sorted({code for code, _ in latest})
    whole = np.array([[latest.get((code, year), 0) for year in range(2010, 2026)] for code in codes])
    return np.asarray(whole[whole.min(axis=1) > 50])


def _of_authorities(folder: Path, name: str, *columns: str) -> pd.DataFrame:
    """Return a SEN2 file's rows of authorities, with some columns as numbers."""
    frame = pd.read_csv(folder / "sen2" / name, dtype="str", encoding="utf-8-sig").query(
        "geographic_level == 'Local authority'"
    )
    return frame.assign(**{one: pd.to_numeric(frame[one], errors="coerce") for one in columns})


def _in_force(folder: Path) -> pd.DataFrame:
    every = pd.read_csv(folder / PLANS).sort_values("release")
    return every.drop_duplicates(["year", "new_la_code"], keep="last").pivot(
        index="new_la_code", columns="year", values="plans"
    )


DISCONTINUED = [f"discontinued_{why}_ehc" for why in ("lea", "left", "met", "other")]


def started_and_ended(folder: Path) -> tuple[Array, Array, Array]:
    """Return plans in force, January 2010 to 2025, and those issued and ceased in 2019 to 2024, an authority a row."""
    issued = _of_authorities(folder, "assessments.csv", "assess_issued")
    ceased = _of_authorities(folder, "ceased_plans.csv", "total_ceased")
    before = _of_authorities(folder, "sen2_mi.csv", *DISCONTINUED)
    before = before.assign(total_ceased=before[DISCONTINUED].sum(axis=1, min_count=4))

    def wide(frame: pd.DataFrame, column: str) -> pd.DataFrame:
        if "breakdown_topic" in frame:
            frame = frame[frame["breakdown_topic"].str.startswith("All ")]
        return frame.pivot_table(index="new_la_code", columns="time_period", values=column)

    came = wide(issued, "assess_issued")
    went = wide(before, "total_ceased")[["2019", "2020", "2021"]].join(wide(ceased, "total_ceased"))
    every = pd.concat({"stock": _in_force(folder), "came": came, "went": went}, axis=1).dropna()
    every = every[(every["stock"].min(axis=1) > 50) & (every["came"].min(axis=1) > 0)]
    return tuple(every[one].to_numpy(float) for one in ("stock", "came", "went"))  # type: ignore[return-value]


NEEDS = ["asd", "hi", "mld", "msi", "oth", "pd", "pmld", "semh", "slcn", "sld", "spld", "vi"]


def by_need(folder: Path) -> tuple[pd.Index, Array]:
    """Return authorities and their plans by primary need, January 2020 to 2025: the last published, others worked back.

    Plans of 2025 that had been in place for k years and more were there in January 2025 - k. Those that ended since are
    the rest of that January's total; their needs are taken as those of plans of 2025 at the ages at which plans ended.
    """
    columns = [f"number_{need}" for need in NEEDS]
    held = _of_authorities(folder, "sen_needs_all_plans.csv", *columns).fillna(dict.fromkeys(columns, 0))
    ended = _of_authorities(folder, "ceased_plans.csv", "total_ceased").query("breakdown_topic == 'Age plan ceased'")

    def counted(frame: pd.DataFrame, topic: str) -> pd.DataFrame:
        rows = frame[frame["breakdown_topic"] == topic]
        number = rows["breakdown"].str.extract(r"(\d+)", expand=False).fillna("0").astype(int)
        number = number.mask(rows["breakdown"].str.contains("under", case=False), 2 if "age" in topic.lower() else 0)
        return rows.assign(number=number.clip(upper=20) if "age" in topic.lower() else number)

    lengths = counted(held, "Years EHC plan in place").groupby(["new_la_code", "number"])[columns].sum()
    ages = counted(held, "Child or young persons age").groupby(["new_la_code", "number"])[columns].sum()
    at_age = counted(ended, "Age plan ceased").groupby(["new_la_code", "number"])["total_ceased"].sum()
    totals = _in_force(folder)[list(range(2020, 2026))].dropna()
    found = {}
    for area in totals.index.intersection(lengths.index.unique(0)).intersection(at_age.index.unique(0)):
        mix = ages.loc[area].div(ages.loc[area].sum(axis=1).clip(lower=1), axis=0)
        left = mix.mul(at_age[area].reindex(mix.index).fillna(0), axis=0).sum().to_numpy()
        if left.sum() > 0:
            own = lengths.loc[area].reindex(range(13)).fillna(0).to_numpy()
            there = [own[2025 - year :].sum(axis=0) for year in range(2020, 2026)]
            gone = [max(totals.at[area, year] - own[2025 - year :].sum(), 0) for year in range(2020, 2025)] + [0]
            found[area] = np.array(there) + np.outer(gone, left / left.sum())
    return pd.Index(found), np.stack(list(found.values()))


def children(folder: Path, key: str) -> Array:
    """Return a measure of the Local Authority Interactive Tool, 2016 to 2025, of every area with all values above 0."""
    long = pd.read_parquet(folder / "lait" / "bds_long_0.parquet").query("`Short Desc` == @key")
    long = long.assign(value=pd.to_numeric(long["Values"], errors="coerce").round(10))
    # From 970 on the numbers are of regions and England.
    wide = long[long["LA Number"] < 970].pivot_table(index="LA Number", columns="Years", values="value").dropna()
    return wide[(wide > 0).all(axis=1)].to_numpy()


# --- Methods: a history and years ahead in, a path and its limits out -----------------------------


def ours(method: str, widening: tuple[float, ...] = (1.0,)) -> Callable[[Array, int], Made]:
    """Return one of the project's methods for one series."""

    def made(y: Array, horizon: int) -> Made:
        found = {level: forecast.ahead(y, horizon, method, level, widening) for level in LEVELS}
        return found[0.8].central, {level: (one.lower, one.upper) for level, one in found.items()}

    return made


def holt(y: Array, horizon: int) -> Made:
    """Fit statsmodels' damped Holt; it names no limits."""
    return np.asarray(Holt(y, damped_trend=True, initialization_method="estimated").fit().forecast(horizon)), {}


def ets(y: Array, horizon: int) -> Made:
    """Fit statsmodels' ETS(A, N, N), (A, A, N) and (A, Ad, N), and take the one with the least AIC."""
    shapes: tuple[dict[str, Any], ...] = ({}, {"trend": "add"}, {"trend": "add", "damped_trend": True})
    fitted = [ETSModel(pd.Series(y), **shape).fit(disp=False) for shape in shapes]
    best = min(fitted, key=lambda one: one.aic).get_prediction(start=y.size, end=y.size + horizon - 1)
    limits = {level: best.summary_frame(alpha=1 - level)[["pi_lower", "pi_upper"]].to_numpy().T for level in LEVELS}
    return np.asarray(best.predicted_mean), {level: (lower, upper) for level, (lower, upper) in limits.items()}


def mean(y: Array, horizon: int) -> Made:
    """Forecast the mean of the history; it names no limits."""
    return np.full(horizon, y.mean()), {}


Method = Callable[[Array, int], tuple[Array, dict[float, tuple[Array, Array]]]]


def each(method: Callable[[Array, int], Made]) -> Method:
    """Return a method for a panel that forecasts one row after another from the last values."""

    def made(known: Array, horizon: int) -> Made:
        paths, limits = zip(*(method(row[-HISTORY:], horizon) for row in known), strict=True)
        return np.array(paths), {
            level: (np.array([one[level][0] for one in limits]), np.array([one[level][1] for one in limits]))
            for level in limits[0]
        }

    return made


def country(known: Array, horizon: int) -> Made:
    """Let every area grow as all together grew in the last year; it names no limits."""
    total = known.sum(axis=0)
    return known[:, -1:] * (total[-1] / total[-2]) ** np.arange(1, horizon + 1), {}


def pooled(known: Array, horizon: int) -> Made:
    """Return the project's forecast from a panel."""
    found = {level: panel.ahead(known, horizon, level) for level in LEVELS}
    return found[0.8].central, {level: (one.lower, one.upper) for level, one in found.items()}


# --- The test -------------------------------------------------------------------------------------


class Tried(NamedTuple):
    """One method's forecasts, one a row: of which area, from which year, how far ahead and of which quarter of size."""

    frame: pd.DataFrame

    @property
    def coverage(self) -> list[str]:
        """Shares held, in per cent: all at 80% and 95%, by years ahead and by quarter of size at 80%."""
        if "held80" not in self.frame:
            return ["", "", "", ""]
        by = [
            " / ".join(f"{share:.0%}"[:-1] for share in self.frame.groupby(key)["held80"].mean())
            for key in ("ahead", "quarter")
        ]
        return [f"{self.frame['held80'].mean():.1%}", f"{self.frame['held95'].mean():.1%}", *by]


def tried(values: Array, origins: range, furthest: int, method: Method) -> Tried:
    """Forecast from every origin (a column) and compare with what came."""
    rows = []
    for origin in origins:
        known, happened = values[:, : origin + 1], values[:, origin + 1 : origin + 1 + furthest]
        path, limits = method(known, happened.shape[1])
        # A history that never changed would make any error infinite: it counts as it is.
        change = np.abs(np.diff(known[:, -HISTORY:], axis=1)).mean(axis=1)
        quarter = np.searchsorted(np.quantile(known[:, -1], (0.25, 0.5, 0.75)), known[:, -1]) + 1
        for step in range(happened.shape[1]):
            off = np.abs(path[:, step] - happened[:, step])
            frame = pd.DataFrame({"ahead": step + 1, "origin": origin, "quarter": quarter, "area": range(len(values))})
            frame["mape"], frame["mase"] = off / happened[:, step], off / np.where(change > 0, change, 1)
            for level, (lower, upper) in limits.items():
                within = (lower[:, step] <= happened[:, step]) & (happened[:, step] <= upper[:, step])
                frame[f"held{level:.0%}"[:-1]] = within
                frame[f"width{level:.0%}"[:-1]] = (upper[:, step] - lower[:, step]) / 2 / path[:, step]
            rows.append(frame)
    return Tried(pd.concat(rows, ignore_index=True))


def flow_table(folder: Path) -> Iterator[str]:
    """Yield how near forecasts from flows came, from January 2021 to 2024, one to four years ahead, beside others."""
    stock, came, went = started_and_ended(folder)
    first = 9  # January 2019, in which the flows begin.
    account = flows.balance(stock[:, first:], came, went)
    share = account.residual.sum(axis=0) / account.opening.sum(axis=0)
    yield f"Stock and flow: {len(stock)} authorities. The residual, of all plans in force, 2019 to 2024: " + ", ".join(
        f"{one:+.1%}" for one in share
    )

    def from_flows(known: Array, horizon: int) -> Made:
        years = known.shape[1] - first
        return flows.ahead(known[:, first:], came[:, : years - 1], went[:, : years - 1], horizon).closing, {}

    def both(known: Array, horizon: int) -> Made:
        return (from_flows(known, horizon)[0] + pooled(known, horizon)[0]) / 2, {}

    methods = {"stock and flow": from_flows, "panel": pooled, "their mean": both, "England's growth": country}
    yield ""
    yield from table({name: tried(stock, range(11, 15), 4, method) for name, method in methods.items()})


def need_table(folder: Path) -> Iterator[str]:
    """Yield how near shares by primary need came from January 2020 to 2024, and how many of their ranges held."""
    areas, numbers = by_need(folder)
    yield f"Primary need: {len(numbers)} authorities, January 2020 to 2025, worked back from the file of 2025.\n"
    ways: dict[str, tuple[float | None, float]] = {
        "shares stay": (None, shares.WANDER["without"]),
        "last year's pace, braked and steadied": (shares.BRAKE, shares.WANDER["with a pace"]),
        "last year's pace, braked": (shares.BRAKE, shares.WANDER["with a pace"]),
        "last year's pace, no brake": (1.0, shares.WANDER["with a pace"]),
    }
    scores = np.random.default_rng(0).standard_normal((400, len(NEEDS)))
    yield "| method | share of plans put under a wrong need, by years ahead (1 to 4) | 80% held | 95% held |"
    yield "|---|---|---|---|"
    for name, (brake, wander) in ways.items():
        off: dict[int, list[float]] = {}
        held: dict[float, dict[int, list[bool]]] = {level: {} for level in LEVELS}
        for origin in range(1, 5):
            ahead = np.arange(1, 6 - origin)
            for one in numbers:
                before = None if brake is None else one[origin - 1]
                if name.endswith("steadied"):
                    before = shares.steadied(one[origin - 1], one[origin])
                course = shares.shares_ahead(before, one[origin], 1, ahead, brake or 0)
                came = one[origin + 1 :] / one[origin + 1 :].sum(axis=1, keepdims=True)
                drawn = shares.shares_drawn(course, one[origin], ahead, scores, wander)
                half = 0.5 / one[origin + 1 :].sum(axis=1, keepdims=True)  # Of a person: numbers are whole.
                there = one[origin] > 0
                for step, wrong in enumerate(np.abs(course - came).sum(axis=1) / 2, 1):
                    off.setdefault(step, []).append(wrong)
                for level in LEVELS:
                    lower, upper = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0)
                    within = (lower - half <= came) & (came <= upper + half)
                    for step, row in enumerate(within, 1):
                        held[level].setdefault(step, []).extend(row[there])
        near = " / ".join(f"{np.mean(one):.1%}" for one in off.values())
        counted = [
            f"{np.mean([hit for one in by.values() for hit in one]):.1%} ("
            + " / ".join(f"{np.mean(one):.0%}"[:-1] for one in by.values())
            + ")"
            for by in held.values()
        ]
        yield f"| {name} | {near} | {' | '.join(counted)} |"
    own = numbers[list(areas).index("E10000003")]
    worked = ", ".join(f"{need} {number:.0f}" for need, number in zip(NEEDS, own[0], strict=True))
    yield f"\nCambridgeshire, January 2020, worked back: {worked}"


def table(results: dict[str, Tried]) -> Iterator[str]:
    """Yield the rows of a Markdown table."""
    yield "| method | MAPE | MASE | 80% held | 95% held | 80% by years ahead | 80% by quarter of size | half-width |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, one in results.items():
        width = f"{one.frame['width80'].median():.1%}" if "width80" in one.frame else ""
        near = [f"{one.frame['mape'].mean():.2%}", f"{one.frame['mase'].mean():.2f}"]
        yield f"| {' | '.join([name, *near, *one.coverage, width])} |"


def widening(values: Array, origins: range, method: str) -> list[float]:
    """Return by how much the half-widths must be multiplied to hold what they say, by years ahead: as ``WIDENING``."""
    needed: dict[int, dict[float, list[float]]] = {}
    for origin in origins:
        for row in values:
            happened = row[origin + 1 :]
            for level in LEVELS:
                made = forecast.ahead(row[origin - HISTORY + 1 : origin + 1], happened.size, method, level)
                parts = made.central, made.upper, happened
                middle, upper, came = (np.log(part) if method == "growth" else part for part in parts)
                for step, ratio in enumerate(np.abs(came - middle) / (upper - middle)):
                    needed.setdefault(step, {}).setdefault(level, []).append(float(ratio))
    factors = [max(float(np.quantile(ratios, level)) for level, ratios in one.items()) for one in needed.values()]
    return [max(1.0, ceil(round(factor * 20, 6)) / 20) for factor in factors]


def main(folder: Path) -> None:
    """Print the tables, or say why not."""
    if not (folder / PLANS).is_file():
        print(f"Skipped: the official exports are not at {folder} (give their folder, or set CASEBOOK_EXPORTS).")
        return
    warnings.simplefilter("ignore")  # Of fits to seven values that did not quite converge.
    values, origins = plans(folder), range(10, 15)
    print(f"Plans in force: {len(values)} authorities, from January 2020 to 2024, one to five years ahead.\n")
    measured = {name: tuple(widening(values, origins, name)) for name in forecast.METHODS}
    methods: dict[str, Method] = {
        **{name: each(ours(name)) for name in ("naive", "drift", "growth", "damped Holt")},
        "damped Holt (statsmodels)": each(holt),
        "ETS by AIC (statsmodels)": each(ets),
        "England's growth of last year": country,
        "growth, widened": each(ours("growth", forecast.WIDENING["growth"])),
        "drift, widened": each(ours("drift", forecast.WIDENING["drift"])),
        "panel": pooled,
    }
    results = {name: tried(values, origins, 5, method) for name, method in methods.items()}
    print("\n".join(table(results)))
    frame = results["panel"].frame.assign(origin=lambda one: one["origin"] + 2010)
    print(f"\n{len(frame):,} forecasts; origins by years ahead:", frame.groupby("ahead")["origin"].nunique().to_dict())
    print("panel, 80% held by origin:", frame.groupby("origin")["held80"].mean().round(3).to_dict())
    print("panel, 95% held by years ahead:", frame.groupby("ahead")["held95"].mean().round(3).to_dict())
    better = frame.groupby("area")["mase"].mean() < results["growth"].frame.groupby("area")["mase"].mean()
    print(f"panel nearer than growth in {better.sum()} of {len(better)} authorities")
    print("rules:", [panel.ahead(values[:, : origin + 1], 1).rule for origin in (*origins, 15)])
    print("\nWidening, measured:")
    for name, factors in measured.items():
        print(f"  {name}: {factors}; stated: {list(forecast.WIDENING[name])}")
        other = widening(values[::2], origins, name)
        held = tried(values[1::2], origins, 5, each(ours(name, tuple(other)))).coverage
        print(f"    measured on one half of the authorities, on the other half it held {held[0]} and {held[1]}")
    for lines in (flow_table(folder), need_table(folder)):
        print("\n" + "\n".join(lines))
    for title, key in (
        ("Children in care, rate per 10,000", "LAC"),
        ("Children in care, number", "LACnum"),
        ("Care applications, rate per 10,000", "CareApplications"),
    ):
        values = children(folder, key)
        print(f"\n{title}: {len(values)} authorities, seven years each, from 2022 to 2024, one to three years ahead.\n")
        methods = {name: each(ours(name)) for name in ("naive", "drift", "growth", "damped Holt")}
        methods |= {"mean of the history": each(mean), "England's growth of last year": country}
        methods |= {"ETS by AIC (statsmodels)": each(ets)}
        print("\n".join(table({name: tried(values, range(6, 9), 3, method) for name, method in methods.items()})))


if __name__ == "__main__":
    exports = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CASEBOOK_EXPORTS")
    main(Path(exports) if exports else ROOT.parent / "shared" / "data")
