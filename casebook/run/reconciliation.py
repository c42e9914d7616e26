"""The reconciliation of a report and of the whole pack: rows, order, what rests on what, and what must be there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.data import catalogue, figures
from casebook.errors import ReportFailedError, and_list
from casebook.methods.reconciliation import Verdict

Row = dict[str, Any]
KEPT = (
    "id", "paper", "line", "figure", "printed", "unit", "computed", "computed_shown", "formula", "verdict", "note",
    "follows",
)  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """How many figures there are, and how many have each verdict."""

    figures: int
    counts: Mapping[str, int]

    @property
    def stand(self) -> int:
        """How many stand."""
        return sum(count for verdict, count in self.counts.items() if Verdict(verdict).stands)

    @property
    def sentence(self) -> str:
        """The summary in words."""
        if not self.figures:
            return "The papers print no figure that this report works out again."
        said = {
            Verdict.DIFFERS: ("differs", "differ"),
            Verdict.UNREADABLE: ("is unreadable", "are unreadable"),
            Verdict.CANNOT: ("cannot be worked out again", "cannot be worked out again"),
        }
        rest = [
            f"{count} {said[verdict][count != 1]}" for verdict in said if (count := self.counts.get(str(verdict), 0))
        ]
        stand = f"{self.stand} {'stands' if self.stand == 1 else 'stand'}"
        if not rest:
            count = "the one figure" if self.figures == 1 else f"all {self.figures} figures"
            return f"{count[0].upper()}{count[1:]} that the papers print and this report works out again {'stands' if self.figures == 1 else 'stand'}."
        return f"Of {self.figures} printed {'figure' if self.figures == 1 else 'figures'}, {and_list([stand, *rest])}."


def rows(blocks: Sequence[Mapping[str, Any]], report: str, area: str) -> list[Row]:
    """Return a report's reconciliations as rows for ``pack.json``, by paper and line.

    What a figure that does not stand carries with it is said from the inputs that the others recorded.
    """
    made = []
    for block in blocks:
        row = {name: block[name] for name in KEPT} | {"report": report, "area": area}
        if block["verdict"] in (Verdict.DIFFERS, Verdict.UNREADABLE):
            resting = [other for other in blocks if block["cell"] in other["inputs"] and other["id"] != block["id"]]
            row["follows"] = " ".join(filter(None, (block["follows"], _resting(resting))))
        made.append(row)
    return sorted(made, key=place)


def _resting(blocks: Sequence[Mapping[str, Any]]) -> str:
    if not blocks:
        return ""
    standing = sum(Verdict(block["verdict"]).stands for block in blocks)
    count = "One other printed figure is" if len(blocks) == 1 else f"{len(blocks)} other printed figures are"
    if standing == len(blocks):
        rest = "it stands" if standing == 1 else "all of them stand"
    else:
        rest = "it does not stand" if len(blocks) == 1 else f"{standing} of them stand"
    return f"{count} worked out from it as printed; {rest}."


def place(row: Mapping[str, Any]) -> tuple[str, int, str]:
    """Return where a row stands when rows are in the order of papers and lines."""
    return row["paper"], row["line"], row["id"]


def summary(found: Iterable[Mapping[str, Any]]) -> Summary:
    """Count verdicts."""
    counts: dict[str, int] = {}
    for row in found:
        counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
    return Summary(sum(counts.values()), counts)


def parts(found: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Split rows into those that a reader must see, differences first, and the rest."""
    shown = [row for verdict in (Verdict.DIFFERS, Verdict.UNREADABLE) for row in found if row["verdict"] == verdict]
    return shown, [row for row in found if row not in shown]


def once(found: Iterable[Row]) -> list[Row]:
    """Return every figure once, by paper and line: packs of several areas reconcile the same papers."""
    seen: dict[tuple[Any, ...], Row] = {}
    for row in sorted(found, key=place):
        seen.setdefault((row["id"], row["verdict"], row["computed_shown"]), row)
    return list(seen.values())


def check_complete(name: str, root: Path, found: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a report that leaves out a figure registered for it.

    Raises
    ------
    ReportFailedError
        If a registered figure was not reconciled, or one was twice.
    """
    ids = [row["id"] for row in found]
    twice = sorted({identifier for identifier in ids if ids.count(identifier) > 1})
    if twice:
        raise ReportFailedError(f"{name} reconciles the figure {twice[0]!r} twice: once is enough.")
    if figures.REGISTER not in {table.name for table in catalogue.load(root).resources}:
        return
    missing = [figure.id for figure in figures.load(root).of_report(name) if figure.id not in ids]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise ReportFailedError(
            f"{name} did not reconcile the figure {missing[0]!r}{more}, which {figures.FILE} gives to it: "
            "call report.reconcile for it, or correct its report there."
        )
