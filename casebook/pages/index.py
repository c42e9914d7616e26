"""The index of a pack, read in ten seconds: what changed, the story in five sentences, and a card for each report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casebook.engine.outcome import LONGEST_MESSAGE, cut
from casebook.errors import and_list
from casebook.pack import attention, reconciliation
from casebook.pack.models import Pack, PackChange, Published, Row
from casebook.pages import render, spark

ON_A_PAGE = 200
"""How many reports, or changes, one page lists at most."""
FIRST = 3
"""How many reports the story names."""
OPEN = 6
"""How many changes stand open; more are folded."""


def pages(pack: Pack) -> dict[str, str]:
    """Return the pages that list a pack's reports, by the names of their files.

    One page lists all by area, what asks for attention first; where there are more than it can hold, it leads to pages
    for each area.
    """
    by_area: dict[str, list[Published]] = {}
    for report in sorted(pack.reports, key=lambda one: one.area):
        by_area.setdefault(report.area, []).append(report)
    by_area = {area: attention.ordered(reports, pack.changes) for area, reports in by_area.items()}
    rows: dict[tuple[str, str], list[Row]] = {}
    for row in pack.reconciliation:
        rows.setdefault((row.report, row.area), []).append(row)
    summaries = {entry.key: reconciliation.summary(rows.get(entry.key, [])) for entry in pack.reports}
    # Together they are no longer than a page can hold, however many there are.
    longest = max(200, min(LONGEST_MESSAGE, ON_A_PAGE * 200 // (len(pack.failed) or 1)))
    failed = [one.model_copy(update={"said": cut(one.said, longest)}) for one in pack.failed[:ON_A_PAGE]]
    shared = {
        "pack": pack, "failed": failed, "summaries": summaries, "css": render.style(), "most": ON_A_PAGE,
        "spark": spark, "finding": finding,
    }  # fmt: skip
    parts: list[dict[str, Any]] = []
    if len(pack.reports) > ON_A_PAGE:
        parts = [part for area, reports in by_area.items() for part in _parts(area, reports)]
    index = render.template("index.html.j2").render(
        by_area={} if parts else by_area, parts=parts, areas=list(by_area), checked=_checked(pack),
        stories={area: story(reports, pack.changes) for area, reports in by_area.items()},
        changes=_changes(pack), open=OPEN,
        summary=reconciliation.summary(reconciliation.once(pack.reconciliation)), **shared,
    )  # fmt: skip
    part_page = render.template("index-part.html.j2")
    return {"index.html": index, **{part["file"]: part_page.render(part=part, **shared) for part in parts}}


def finding(report: Published) -> str:
    """Return the line of a report's card: what it says at a glance, or first in its summary."""
    if report.glance:
        return report.glance.finding
    return report.summary[0] if report.summary else report.headlines[0].text


def story(reports: Sequence[Published], changes: Sequence[PackChange] = ()) -> list[str]:
    """Return what an area's reports say in a minute, in at most five sentences.

    Parameters
    ----------
    reports
        The reports of one area, what asks for attention first.
    changes
        What changed in the pack.
    """
    judged = [report for report in reports if attention.of(report).judged]
    if not judged:
        return []
    asking = [report for report in judged if attention.of(report, changes).asked]
    many = f"{len(asking)} of {len(judged)} reports" if len(judged) > 1 else "The report"
    if not asking:
        return ["No report shows anything worse than it is elsewhere or was aimed for."]
    verb = "shows" if len(asking) == 1 else "show"
    said = [f"{many} {verb} something that is worse than elsewhere, than was aimed for, or than a year before."]
    said += [f"{report.title.split(':')[0]}: {_lower(finding(report))}" for report in asking[:FIRST]]
    if rest := [report.title for report in judged if report not in asking]:
        said.append(f"Nothing of the kind is found for {len(rest)} other{'s' if len(rest) > 1 else ''}.")
    return said


def _lower(sentence: str) -> str:
    """Return a sentence to stand after a colon: a capital goes unless it may belong to a name."""
    first, _, rest = sentence.partition(" ")
    return f"{first.lower()} {rest}" if first in ("About", "The", "In", "Of", "One", "All", "No") else sentence


def _checked(pack: Pack) -> str:
    """Say once, for the pack, that its checks passed."""
    passed = sum(report.status == "succeeded" for report in pack.reports)
    if passed == len(pack.reports):
        return "Every report passed its checks."
    return f"{passed} of {len(pack.reports)} reports passed their checks; the others are marked."


def _changes(pack: Pack) -> dict[str, Any]:
    """Return what changed in the pack: rows of a table, and of the rest what is said in a sentence."""
    entries = {entry.key: entry for entry in pack.reports}
    moved: list[dict[str, str]] = []
    new: list[str] = []
    data: list[str] = []
    for change in pack.changes:
        entry = entries.get((change.report, change.area))
        if entry is None:
            continue
        named = entry.title if len(pack.areas) < 2 else f"{entry.title}, {entry.area}"
        if change.kind == "new":
            new.append(named)
        elif change.kind == "input":
            data.append(named)
        else:
            where = "headline" if change.kind == "headline" else "figure"
            place = f"#{where}-{change.id}" if change.id else ""
            moved.append({
                "report": named, "link": f"{entry.html}{place}", "figure": change.what,
                "before": _value(change.before, change.unit), "after": _value(change.after, change.unit),
                "why": change.why or "not known",
            })  # fmt: skip
    still = list(dict.fromkeys(one for one in data if all(row["report"] != one for row in moved)))
    said = []
    if new:
        said.append(f"New in this pack: {_some(new)}.")
    if still:
        said.append(f"Made from new data, with the same findings: {_some(still)}.")
    return {"moved": moved, "said": said}


def _some(names: Sequence[str]) -> str:
    more = [f"{len(names) - OPEN:,} more"] if len(names) > OPEN else []
    return and_list([*names[:OPEN], *more])


def _value(value: float | str | None, unit: str) -> str:
    if value is None:
        return "no number"
    return value if isinstance(value, str) else f"{spark.written(value)} {unit}".rstrip()


def _parts(area: str, reports: list[Published]) -> list[dict[str, Any]]:
    """Return the pages of an area's reports: file, area, first and last number, and the reports."""
    return [
        {
            "file": f"index-{reports[0].folder}{f'-{first // ON_A_PAGE + 1}' if first else ''}.html",
            "area": area, "first": first + 1, "last": min(first + ON_A_PAGE, len(reports)), "of": len(reports),
            "reports": reports[first : first + ON_A_PAGE],
        }
        for first in range(0, len(reports), ON_A_PAGE)
    ]  # fmt: skip
