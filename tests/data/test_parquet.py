"""Parquet is read and written as pandas would, and leaves no thread behind that would keep a run from forking."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from casebook.data import parquet


@pytest.fixture
def frame():
    measures = pd.Series(np.repeat(["a", "b", "c", "d"], 250), dtype="category")
    return pd.DataFrame({"measure": measures, "value": np.arange(1000.0), "year": pd.array([2020] * 1000, "Int64")})


@pytest.mark.parametrize("among", [["b"], ["a", "d"], ["none"], []])
def test_the_rows_asked_for_are_those_pandas_would_give(tmp_path, frame, among):
    (tmp_path / "x.parquet").write_bytes(parquet.written(frame, rows=100))
    found = parquet.read(tmp_path / "x.parquet", "measure", among)
    pd.testing.assert_frame_equal(found, frame[frame["measure"].isin(among)].reset_index(drop=True))
    pd.testing.assert_frame_equal(parquet.read(tmp_path / "x.parquet"), frame)


def test_a_file_of_pandas_own_is_read_too(tmp_path, frame):
    frame.to_parquet(tmp_path / "x.parquet", index=False)
    pd.testing.assert_frame_equal(parquet.read(tmp_path / "x.parquet", "measure", ["c"])["value"].to_frame(), frame[["value"]].iloc[500:750].reset_index(drop=True))  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_a_process_that_read_and_wrote_may_still_fork(tmp_path, frame):
    frame.to_parquet(tmp_path / "x.parquet", index=False)
    code = f"""
import os
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
from pathlib import Path
from casebook.data import parquet
from casebook.engine import workers
path = Path({str(tmp_path / "x.parquet")!r})
path.write_bytes(parquet.written(parquet.read(path), rows=100))
parquet.read(path, "measure", ["b"])
assert workers.can_fork()
"""
    subprocess.run([sys.executable, "-c", code], check=True)
