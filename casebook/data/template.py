"""A template for a council's own figures of a series: a CSV with a row for each area and year, its values left out.

Filled in and put among the exports it is one more source of the series (the format ``own``).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pandas as pd

from casebook.data.project import write_whole
from casebook.text import slug

FOLDER = Path("data/processed/templates")
COLUMNS = ["series", "area", "year", "value", "lower", "upper", "count", "denominator"]


def write(root: Path, series: str, areas: Sequence[str], years: Sequence[int]) -> Path:
    """Write the template of a series, and return its path in the project.

    Parameters
    ----------
    root
        The project.
    series
        The series' name.
    areas
        The area that figures are asked for, and those it may be compared with.
    years
        The years to fill in; without any, they are left out too.
    """
    when: Sequence[int | str] = years or [""]
    rows = pd.DataFrame(product([series], areas, when), columns=COLUMNS[:3]).reindex(columns=COLUMNS)
    path = FOLDER / f"{series}-{slug(areas[0])}.csv"
    content = rows.to_csv(index=False, lineterminator="\n").encode()
    if not (root / path).is_file() or (root / path).read_bytes() != content:
        write_whole(root / path, content)
    return path
