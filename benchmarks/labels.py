"""Published labels of a Fingertips export worked out again, with every contradiction: docs/methods.md has the counts.

python benchmarks/labels.py EXPORT.csv [low|high]

Comparisons with England and recent trends of every indicator in the file. The second word says which value is good,
which the export does not; low if it is left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pandas as pd

from casebook.methods import benchmark, trends
from casebook.methods.benchmark import Polarity
from casebook.methods.intervals import Interval

KEY = ["Indicator ID", "Area Code", "Sex", "Age", "Time period"]
LIMITS = ["Lower CI 95.0 limit", "Upper CI 95.0 limit"]
AGAINST, TREND = "Compared to England value or percentiles", "Recent Trend"
JUDGED = ("better", "similar", "worse", "higher", "lower")
COLUMNS = ["indicator", "area", "sex", "age", "period", "published", "found"]


def read(path: Path) -> pd.DataFrame:
    """Return an export's rows of whole areas, each area and period once, the earliest first."""
    held = pd.read_csv(path, low_memory=False)
    return held[held["Category Type"].isna()].drop_duplicates(KEY).sort_values("Time period Sortable")


def comparisons(export: pd.DataFrame, polarity: Polarity) -> pd.DataFrame:
    """Return every comparison with England that is published, beside what its interval gives."""
    key = [one for one in KEY if one != "Area Code"]
    england = export[export["Area Name"] == "England"].set_index(key)["Value"]
    rows = export[export[AGAINST].fillna("").str.lower().isin(JUDGED)]
    found = []
    for row in rows.to_dict("records"):
        judged = polarity if row[AGAINST].lower() in JUDGED[:3] else "no judgement"
        made = benchmark.compare(
            Interval(*(row[one] for one in LIMITS)), england[tuple(row[one] for one in key)], judged
        )
        found.append((*_named(row), row["Time period"], row[AGAINST].lower(), str(made)))
    return pd.DataFrame(found, columns=COLUMNS)


def recent_trends(export: pd.DataFrame) -> pd.DataFrame:
    """Return every recent trend that is published, beside what the last five values give."""
    found = []
    for _, rows in export.groupby([one for one in KEY if one != "Time period"]):
        last = rows.iloc[-1].to_dict()
        if isinstance(last[TREND], str):
            made = trends.recent_trend(rows["Value"], Interval(*(rows[one] for one in LIMITS)))
            published = last[TREND].partition(" and ")[0].lower()
            found.append((*_named(last), last["Time period"], published, str(made.direction)))
    return pd.DataFrame(found, columns=COLUMNS)


def contradictions(labels: pd.DataFrame) -> pd.DataFrame:
    """Return the labels that are not what their values give."""
    return labels[labels["published"] != labels["found"]]


def _named(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[one] for one in ("Indicator Name", "Area Name", "Sex", "Age"))


def report(export: pd.DataFrame, polarity: Polarity) -> Iterator[str]:
    """Yield how many labels are found again, and each that is not."""
    for what, labels in (("comparisons", comparisons(export, polarity)), ("recent trends", recent_trends(export))):
        wrong = contradictions(labels)
        yield f"{len(labels) - len(wrong):,} of {len(labels):,} {what} are found again."
        for (published, found), rows in wrong.groupby(["published", "found"]):
            yield f"  published {published!r}, found {found!r}: {len(rows)}"
            yield from (f"    {row.area}, {row.sex}, {row.age}, {row.period}" for row in rows.itertuples())


if __name__ == "__main__":
    good = f"{sys.argv[2] if len(sys.argv) > 2 else 'low'} is good"
    print("\n".join(report(read(Path(sys.argv[1])), next(one for one in get_args(Polarity) if one == good))))
