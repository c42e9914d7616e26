"""Parquet files, read and written without a thread: a process in which one is alive can fork no workers."""

from __future__ import annotations

import io
from collections.abc import Collection
from pathlib import Path

import pandas as pd


def read(path: Path, where: str = "", among: Collection[str] = ()) -> pd.DataFrame:
    """Read a file, or the rows of it in which a column holds one of some texts.

    Parameters
    ----------
    path
        The file.
    where, among
        The column, and the texts; all rows if no column is named. Where the file is sorted by it, parts of the file
        that hold none of them are not read.

    Raises
    ------
    OSError, pyarrow.ArrowException
        If it cannot be read.
    """
    from pyarrow import parquet

    with parquet.ParquetFile(path, pre_buffer=False) as file:
        parts = list(range(file.num_row_groups))
        if where:
            column = file.schema_arrow.get_field_index(where)
            spans = [file.metadata.row_group(part).column(column).statistics for part in parts]
            # Of a file that holds none, one part says what its columns are.
            parts = [part for part in parts if spans[part] is None or _may_hold(spans[part], among)] or parts[:1]
        frame: pd.DataFrame = file.read_row_groups(parts, use_threads=False).to_pandas(use_threads=False)
    return frame[frame[where].isin(list(among))].reset_index(drop=True) if where else frame


def written(frame: pd.DataFrame, rows: int) -> bytes:
    """Return a frame as a file's content, without its index, in parts of so many rows."""
    import pyarrow
    from pyarrow import parquet

    buffer = io.BytesIO()
    table = pyarrow.Table.from_pandas(frame, preserve_index=False, nthreads=1)
    parquet.write_table(table, buffer, row_group_size=rows)
    return buffer.getvalue()


def _may_hold(span: object, among: Collection[str]) -> bool:
    least, most = getattr(span, "min", None), getattr(span, "max", None)
    return least is None or most is None or any(least <= one <= most for one in among)
