"""One line of ``pipeline.py``: a report of the pack. Nothing but Python's own library, so that a run starts at once."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from casebook.engine.outcome import Limits
from casebook.errors import InputError


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
    needs
        The series, and tables of ``data/raw``, that must have figures of the area; a run of all reports for an area
        that one of them lacks leaves the report out.
    headlines, figures
        What it must contain, for every area: at least so many headlines and charts. A report without them failed,
        however its notebook ended. The printed figures it must reconcile are in the register.
    limits
        What making it may take.
    """

    name: str
    notebook: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    needs: Sequence[str] = ()
    headlines: int = 2
    figures: int = 0
    limits: Limits = field(default_factory=Limits)

    def path(self, root: Path) -> Path:
        """Return the notebook's path."""
        return root / "notebooks" / f"{self.notebook or self.name}.ipynb"

    def cells(self, root: Path) -> list[dict[str, Any]]:
        """Return the notebook's cells; raises InputError if it is not there or is no notebook."""
        from casebook.engine.parameters import all_cells

        return all_cells(self.path(root))


@dataclass(frozen=True)
class Contact:
    """Whom readers ask who cannot use a page: named in the accessibility statement, as the regulations want.

    Parameters
    ----------
    team
        The council's team that publishes the reports.
    email, phone
        How to reach it; one of them at least.
    working_days
        Within how many it answers.
    """

    team: str
    email: str = ""
    phone: str = ""
    working_days: int = 10


_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,98}[A-Za-z0-9])?")
COMMITTEE_PACK = "committee-pack"
_NAMES = "letters, digits, and between them hyphens, underscores and points, 100 at most, because it is a file's name"


def check(pack: Sequence[Report], area: str, contact: Contact | None = None, address: str = "") -> None:
    """Check what ``pipeline.py`` declares, before anything is run.

    Raises
    ------
    InputError
        If it is no sequence of reports, or something of a report or the contact is not of its kind, or two reports
        have one name.

    Examples
    --------
    >>> check([Report("care-rates", headlines="four")], "Essex")
    Traceback (most recent call last):
    ...
    casebook.errors.InputError: pipeline.py, care-rates: headlines is 'four', expected a whole number from 0 to 5.
    """
    if not isinstance(area, str) or not area:
        raise InputError(f"pipeline.py: the area is {area!r}, expected the name of an authority.")
    if not isinstance(pack, list | tuple) or not pack:
        raise InputError(f"pipeline.py: the pack is {str(pack)[:60]!r}, expected a list of Report(...), one or more.")
    if contact is not None:
        _check_contact(contact)
    if not isinstance(address, str) or not re.fullmatch(r"(https?://[^\s<>\"]+)?", address):
        raise InputError(
            f"pipeline.py: the address is {str(address)[:60]!r}, expected one such as https://reports.example.gov.uk/."
        )
    names: dict[str, str] = {}
    for number, report in enumerate(pack, 1):
        if not isinstance(report, Report):
            raise InputError(
                f"pipeline.py, entry {number} of the pack: found {str(report)[:60]!r}, expected Report(...)."
            )
        if not isinstance(report.name, str) or not _NAME.fullmatch(report.name):
            raise InputError(
                f"pipeline.py, entry {number} of the pack: the name is {str(report.name)[:60]!r}, expected {_NAMES}."
            )
        if report.name.casefold() == COMMITTEE_PACK:
            raise InputError(
                f"pipeline.py, {report.name}: the PDF of all reports has this name; call the report something else."
            )
        for problem in _problems(report):
            raise InputError(f"pipeline.py, {report.name}: {problem}.")
        if other := names.get(report.name.casefold()):
            same = (
                "has this name"
                if other == report.name
                else f"is called {other}, which many file systems do not tell apart"
            )
            raise InputError(f"pipeline.py, {report.name}: another report {same}; rename one of them.")
        names[report.name.casefold()] = report.name


def _check_contact(contact: Contact) -> None:
    if not isinstance(contact, Contact):
        raise InputError(f"pipeline.py: the contact is {str(contact)[:60]!r}, expected Contact(team=..., email=...).")
    words = (contact.team, contact.email, contact.phone)
    if not all(isinstance(one, str) for one in words) or not contact.team.strip():
        raise InputError("pipeline.py: the contact has no team: name the one that publishes the reports.")
    if not re.fullmatch(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+", contact.email) and (
        contact.email or not contact.phone
    ):
        raise InputError(
            f"pipeline.py: the contact's e-mail is {contact.email!r}, expected an address such as team@council.gov.uk, "
            "or none and a telephone number."
        )
    if not _is_count(contact.working_days) or not contact.working_days:
        raise InputError(
            f"pipeline.py: the contact answers within {contact.working_days!r} working days, expected a whole number "
            "from 1."
        )


def _problems(report: Report) -> list[str]:
    """Return what is wrong with what is declared of a report, besides its name, each as a clause."""
    limits = {one.name: getattr(report.limits, one.name, None) for one in fields(Limits)}
    expected = [
        ("notebook", report.notebook, report.notebook == "" or _is_name(report.notebook), f"{_NAMES}, without .ipynb"),
        ("parameters", report.parameters, _is_settings(report.parameters), 'names with their values, {"name": value}'),
        ("needs", report.needs, _are_names(report.needs), 'the names of series or tables, ["name"]'),
        (
            "headlines",
            report.headlines,
            _is_count(report.headlines) and report.headlines <= 5,
            "a whole number from 0 to 5",
        ),
        ("figures", report.figures, _is_count(report.figures), "a whole number from 0"),
        ("limits", report.limits, isinstance(report.limits, Limits), "Limits(...)"),
        *((f"limits, {name}", value, _is_amount(value), "a number above 0") for name, value in limits.items()),
    ]
    return [f"{name} is {str(value)[:60]!r}, expected {words}" for name, value, right, words in expected if not right]


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(_NAME.fullmatch(value)) and not value.endswith(".ipynb")


def _are_names(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(name, str) for name in value)


def _is_settings(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(name, str) for name in value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf
