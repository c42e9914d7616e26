"""Recording what a notebook reads, at the moment it reads it.

The record goes into the notebook's own output, as JSON with a MIME type, so that the executed
notebook alone says what it was made from.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from html import escape
from typing import Any

from pydantic import TypeAdapter, ValidationError

READ = "application/vnd.casebook.read+json"


@dataclass(frozen=True)
class Read:
    """One table, as read: which file, which content, and where it comes from."""

    name: str
    title: str
    path: str
    sha256: str
    rows: int
    sources: tuple[str, ...]
    licence: str


def read_back(payload: Any) -> Read | None:
    """Return what a notebook's output says was read; None if it says nothing of the kind."""
    try:
        read: Read = _adapter().validate_python(payload)
    except ValidationError:
        return None
    return read


@cache
def _adapter() -> TypeAdapter[Read]:
    return TypeAdapter(Read)


def record(reads: list[Read]) -> None:
    """Write reads into the output of the running notebook cell; outside a notebook, do nothing."""
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        return
    for read in reads:
        line = f"Read {read.name}: {read.rows} rows from {read.path}"
        display(
            {
                READ: asdict(read),
                "text/html": f'<p class="read"><small>{escape(line)}</small></p>',
                "text/plain": line,
            },
            raw=True,
        )
