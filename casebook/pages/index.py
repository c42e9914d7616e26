"""The index of a pack, and of each area: what changed, the story in five sentences, and a card for each report.

The index is read in ten seconds, of one area and of all: of a few areas it has the cards, of many it leads to the area.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casebook.engine.outcome import LONGEST_MESSAGE, cut
from casebook.pack import attention, reconciliation
from casebook.pack.models import AreaPack, Pack, PackChange, Published, Row
from casebook.pages import render, spark

ON_A_PAGE = 200
"""How many reports, or changes, one page lists at most."""
FEW = 3
"""Of how many areas the index itself has the cards."""
FIRST = 3
"""How many reports the story names."""
BY_REPORT = "areas.html"
"""The page that leads from each report to the same of another area."""
OPEN = 6
"""How many changes stand open; more are folded."""


def page(pack: Pack) -> str:
    """Return the index of a pack: all reports by area, what asks for attention first; or the areas by region."""
    by_area: dict[str, list[Published]] = {}
    for report in sorted(pack.reports, key=lambda one: one.area):
        by_area.setdefault(report.area, []).append(report)
    led = len(by_area) > FEW or len(pack.reports) > ON_A_PAGE
    shown = {} if led else {area: attention.ordered(reports, pack.changes) for area, reports in by_area.items()}
    # Together they are no longer than a page can hold, however many there are.
    longest = max(200, min(LONGEST_MESSAGE, ON_A_PAGE * 200 // (len(pack.failed) or 1)))
    failed = [one.model_copy(update={"said": cut(one.said, longest)}) for one in pack.failed[:ON_A_PAGE]]
    return render.template("index.html.j2").render(
        pack=pack, failed=failed, by_area=shown, areas=list(by_area), checked=_checked(pack),
        regions=_by_region(by_area, pack.regions) if led else {}, stories=_stories(shown, pack.changes),
        changes=_changes(pack), open=OPEN, most=ON_A_PAGE, several=bool(_of_several(pack)),
        summary=reconciliation.summary(reconciliation.once(pack.reconciliation)), **_for_cards(pack.reconciliation),
    )  # fmt: skip


def of_area(area: AreaPack) -> dict[str, str]:
    """Return the pages that list an area's reports, by the names of their files: one, unless they are very many."""
    reports = attention.ordered(area.reports, area.changes)
    firsts = range(0, len(reports), ON_A_PAGE)
    names = [f"index{f'-{first // ON_A_PAGE + 1}' if first else ''}.html" for first in firsts]
    template = render.template("area.html.j2")
    return {
        name: template.render(
            area=area, reports=reports[first : first + ON_A_PAGE], first=first, of=len(reports), names=names, name=name,
            story=story(reports, area.changes), **_for_cards(area.reconciliation),
        )
        for name, first in zip(names, firsts, strict=True)
    }  # fmt: skip


def by_report(pack: Pack) -> dict[str, str]:
    """Return the page that leads from each report to the same of every other area, by its name; none for one area."""
    several = _of_several(pack)
    page = render.template("areas.html.j2")
    return {BY_REPORT: page.render(several=several, css=render.style())} if several else {}


def _of_several(pack: Pack) -> dict[str, list[Published]]:
    by_name: dict[str, list[Published]] = {}
    for report in sorted(pack.reports, key=lambda one: one.area):
        by_name.setdefault(report.name, []).append(report)
    return {name: reports for name, reports in by_name.items() if len(reports) > 1}


def _for_cards(found: Sequence[Row]) -> dict[str, Any]:
    rows: dict[tuple[str, str], list[Row]] = {}
    for row in found:
        rows.setdefault((row.report, row.area), []).append(row)
    nothing = reconciliation.summary(())
    summaries = {key: reconciliation.summary(of) for key, of in rows.items()}
    return {"summaries": summaries, "nothing": nothing, "finding": finding, "spark": spark, "css": render.style()}


def _stories(by_area: Mapping[str, Sequence[Published]], changes: Sequence[PackChange]) -> dict[str, list[str]]:
    return {area: story(reports, changes) for area, reports in by_area.items()}


def _by_region(
    by_area: Mapping[str, Sequence[Published]], regions: Mapping[str, str]
) -> dict[str, list[tuple[str, str, int]]]:
    """Return the areas of each region, with the folder of each and how many reports it has."""
    found: dict[str, list[tuple[str, str, int]]] = {}
    for area in sorted(by_area, key=lambda area: (regions.get(area, "~"), area)):
        one = (area, by_area[area][0].folder, len(by_area[area]))
        found.setdefault(regions.get(area) or "Other areas", []).append(one)
    return found


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
        return ["No report shows anything that is judged worse."]
    verb = "shows" if len(asking) == 1 else "show"
    said = [f"{many} {verb} something worse, or a reason for caution."]
    said += [f"{report.title.split(':')[0]}: {_lower(finding(report))}" for report in asking[:FIRST]]
    if rest := [report.title for report in judged if report not in asking]:
        # What is not judged, such as a rate of children in care, stands on the cards.
        others = "The other shows" if len(rest) == 1 else f"The other {len(rest)} show"
        said.append(f"{others} nothing that is judged worse.")
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
        said.append(("New in this pack:", _some(new)))
    if still:
        said.append(("Made from new data, with the same findings:", _some(still)))
    return {"moved": moved, "said": said}


def _some(names: Sequence[str]) -> list[str]:
    more = [f"and {len(names) - OPEN:,} more"] if len(names) > OPEN else []
    return [*names[:OPEN], *more]


def _value(value: float | str | None, unit: str) -> str:
    if value is None:
        return "no number"
    return value if isinstance(value, str) else f"{spark.written(value)} {unit}".rstrip()
