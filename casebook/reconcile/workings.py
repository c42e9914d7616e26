"""How printed figures are worked out: ``workings/REPORT.yaml``, beside the register that says what is printed.

A figure that an identity of its table explains (``data/raw``), or that only repeats another, needs no entry.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from casebook import once
from casebook.errors import InputError, one_of

FOLDER = Path("workings")

Text = Annotated[str, StringConstraints(min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Working(_Strict):
    """How one figure is worked out, or what that would take; and what a reader is told with it."""

    formula: tuple[Text, ...] = ()
    """Several, if it can be worked out in several ways: the worst verdict counts."""
    missing: Text | None = None
    """In place of a formula: what would be needed and is not printed."""
    finding: Text | None = None
    """For a claim: what is the case, where the comparison does not say it to a reader."""
    says: str = ""
    """For a claim: the paper's words that the comparison tests, where the words alone do not settle it."""
    others: dict[Text, Text] = {}
    """What it comes to on other bases, by words that continue "It fits": tried as explanations."""
    follows: str = ""
    """What follows for the paper's conclusion if the figure does not stand."""
    remark: str = ""
    """What a reader must know besides, whether it stands or not."""

    @model_validator(mode="before")
    @classmethod
    def _in_short(cls, given: Any) -> Any:
        given = given if isinstance(given, dict) else {"formula": given}
        formula = given.get("formula")
        return {**given, "formula": [formula]} if isinstance(formula, str) else given

    @model_validator(mode="after")
    def _not_both(self) -> Working:
        if self.formula and self.missing:
            raise ValueError("it has a formula and says what is missing: give one of them")
        if self.finding and len(self.formula) != 1:
            raise ValueError("a finding goes with one formula, the comparison it says in words")
        return self


class DeclaredFault(_Strict):
    """Figures that differ for one reason, which nothing but a reader of the paper can tell."""

    title: Text
    """What was wrong, in one plain sentence."""
    figures: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Those that it may make differ; the ones that stand are not told of."""
    follows: str = ""
    """What follows from it, if the figures do not each say it."""
    weight: Text | None = None
    """A formula for how much hangs on it; without one, it is by how much a figure alone is off."""
    unit: Text = "pounds"
    """What the weight counts."""


class Workings(_Strict):
    """The workings of one report's figures."""

    names: dict[Name, Text | Annotated[list[Text], Field(min_length=1)]] = {}
    """Terms: a formula, or a list of words that name rows."""
    columns: dict[Text, Text] = {}
    """By ``table.column``: how each registered cell of the column is worked out from its row."""
    figures: dict[Text, Working] = {}
    faults: dict[Text, DeclaredFault] = {}
    matters: str = ""
    """The figure that a decision hangs on most; the first one of the register, if none is named."""

    @model_validator(mode="after")
    def _each_once(self) -> Workings:
        seen: dict[str, str] = {}
        for name, fault in self.faults.items():
            for figure in fault.figures:
                if figure in seen:
                    raise ValueError(f"the faults {seen[figure]!r} and {name!r} both have {figure!r}: leave it in one")
                seen[figure] = name
        return self


def file_of(report: str) -> str:
    """Return where a report's workings stand."""
    return (FOLDER / f"{report}.yaml").as_posix()


def load(root: Path, report: str) -> Workings:
    """Read the workings of a report of which papers print figures.

    Raises
    ------
    InputError
        If there is no file, or it is not of the form described; the sentence names the line, or the figure.

    Examples
    --------
    >>> from casebook.data import project
    >>> load(project.root(), "care-rates").figures["care-100-higher"].formula
    ('in_2018 - at_neighbours_2018',)
    """
    path = root / file_of(report)
    try:
        # Read each time, so that whoever keeps a list of the files that a notebook opens has this one.
        return _parsed(file_of(report), path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"{file_of(report)} is not there: write it, with how the figures are worked out that the register "
            f"gives to {report} (docs/reconciliation.md)."
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(f"{file_of(report)} is not UTF-8 text ({error.reason}): save it as UTF-8.") from None


def reports(root: Path) -> list[str]:
    """Return the reports that have a file of workings."""
    return sorted(path.stem for path in (root / FOLDER).glob("*.yaml"))


@lru_cache(maxsize=32)
def _parsed(file: str, text: str) -> Workings:
    try:
        return Workings.model_validate(once.texts(text, file) or {})
    except ValidationError as error:
        raise InputError(f"{file}, {_said(error)}") from None


def _said(error: ValidationError) -> str:
    first = error.errors()[0]
    # Of a name's two forms, the list is tried last; the steps that say which form are not the writer's.
    problem = [one for one in error.errors() if one["loc"][:2] == first["loc"][:2]][-1]
    steps = [str(step) for step in problem["loc"] if not str(step).startswith(("constrained-str", "list[", "[key]"))]
    where = ", ".join(steps)
    if problem["type"] == "extra_forbidden":
        entry = DeclaredFault if steps[0] == "faults" else Working
        known = Workings.model_fields if len(steps) == 1 else entry.model_fields
        return f"{where}: there is no such entry; {one_of(known, steps[-1])}"
    if problem["type"] == "string_pattern_mismatch":
        return f"{where}: a name has letters, digits and _, and begins with no digit, so that formulas can use it."
    if problem["type"] in ("string_too_short", "too_short"):
        return f"{where}: nothing is written here: write it, or delete the line."
    if problem["type"] == "value_error":
        return f"{where}: {problem['msg'].removeprefix('Value error, ')}."
    expected = "names with their entries" if problem["type"] in ("dict_type", "model_type") else "a text"
    return f"{where or 'top level'}: found {str(problem['input'])[:60]!r}, expected {expected}."
