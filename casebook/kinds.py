"""What a notebook's parameters may be, besides Python's own types and pydantic's: an area, a year."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field


def _authority(name: str) -> str:
    # Loaded when a value is checked: reading a notebook's parameters must not wait for the tables.
    from casebook.data import tables

    return tables.authority(name).name


Area = Annotated[str, AfterValidator(_authority), Field(title="the name of a local authority")]
"""A local authority by name, code or a known spelling; becomes its official name."""

Year = Annotated[int, Field(ge=1990, le=2100)]
"""A calendar year, or the one in which a financial or school year ends."""
