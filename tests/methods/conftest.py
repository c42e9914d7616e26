"""Plans in force by authority, where the official exports are held."""

import csv

import numpy as np
import pytest


@pytest.fixture(scope="session")
def plans(exports):
    """Plans in force, 2010 to 2025 (DfE, SEN2): a row for each authority that was not reorganised, 51 at the least."""
    path = exports / "sen2" / "plans_by_authority.csv"
    if not path.is_file():
        pytest.skip(f"the plans by authority are not at {path}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["release"])
    latest = {(row["new_la_code"], int(row["year"])): float(row["plans"]) for row in rows}
    codes = sorted({code for code, _ in latest})
    whole = np.array([[latest.get((code, year), 0) for year in range(2010, 2026)] for code in codes])
    return whole[whole.min(axis=1) > 50]
