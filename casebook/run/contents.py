"""One line of ``pipeline.py``: a report of the pack. Nothing but Python's own library, so that a run starts at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casebook.run.outcome import Limits


@dataclass(frozen=True)
class Report:
    """One line of ``pipeline.py``: a report's name, the notebook it is made from, and its parameters.

    Parameters
    ----------
    name
        The report's name, which is also its address in the pack.
    notebook
        The notebook's name in ``notebooks/``, without ending; the report's own if left out.
    parameters
        Values that differ from the notebook's defaults.
    only_for
        The one area the report's sources are about; a run of all reports for another area leaves it out.
    headlines, figures
        What it must contain, for every area: at least so many headlines and charts. A report without them failed,
        however its notebook ended. The printed figures it must reconcile are in the register.
    limits
        What making it may take.
    """

    name: str
    notebook: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    only_for: str = ""
    headlines: int = 2
    figures: int = 0
    limits: Limits = field(default_factory=Limits)

    def path(self, root: Path) -> Path:
        """Return the notebook's path."""
        return root / "notebooks" / f"{self.notebook or self.name}.ipynb"
