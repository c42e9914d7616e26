"""What a worker says of its progress, a line of JSON each, read as data from outside.

A notebook can do anything to its process. Whatever comes of it is a worker that says something else than this, and
its own failure.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from casebook.engine import outcome
from casebook.engine.outcome import Cost, Outcome

LONGEST_LINE = 64_000_000
"""The bytes of the longest line that is read; an entry of ``pack.json`` and its figures are far shorter."""

Message = Annotated[str, AfterValidator(outcome.cut)]
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CellEvent(_Event):
    """A cell began or ended."""

    event: Literal["began", "ended"]
    cell: int
    seconds: Seconds


class Opened(_Event):
    """A file or folder that a notebook looked at, and what was in it; empty where there was none."""

    path: str
    sha256: Hash | Literal[""]


class Seen(_Event):
    """What a notebook looked at (``engine.observation``)."""

    opened: tuple[Opened, ...] = ()
    variables: dict[str, str] = {}
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Cost(Cost):
    seconds: Seconds = 0.0
    processor_seconds: Seconds = 0.0
    peak_megabytes: Seconds = 0.0


class Executed(_Event):
    """All cells have run; the executed notebook is written."""

    executed: Hash
    seen: Seen
    cost: _Cost


@dataclass(frozen=True)
class _Outcome(Outcome):
    message: Message = ""
    heading: Message = ""


class Ended(_Event):
    """The report is made, or cannot be: how it ended, and what was made."""

    outcome: _Outcome
    made: str = ""
    """What ``finish`` made, for whoever gave the task; the engine hands it on unread."""
    files: dict[str, Hash] = {}
    """The SHA-256 of each file it wrote, by name."""


Event = CellEvent | Executed | Ended
_event: TypeAdapter[Event] = TypeAdapter(Event)


def read(line: bytes) -> Event:
    """Return the event that a line tells of.

    Raises
    ------
    ValueError
        If it tells of none.

    Examples
    --------
    >>> read(b'{"event": "began", "cell": 3, "seconds": 0}').cell
    3
    >>> read(b"{}")
    Traceback (most recent call last):
    ...
    ValueError: no event
    """
    try:
        return _event.validate_json(line)
    except ValidationError:
        raise ValueError("no event") from None
