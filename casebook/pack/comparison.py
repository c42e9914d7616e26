"""What changed against the pack published before: headlines that moved, verdicts that changed, inputs that changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from casebook.errors import and_list
from casebook.pack.models import PackChange, Published, Row


def changes(
    before: Sequence[Published], after: Iterable[Published], rows_before: Iterable[Row], rows_after: Iterable[Row]
) -> list[PackChange]:
    """Return what changed, report by report.

    Parameters
    ----------
    before, after
        The reports of the pack before, and those published now.
    rows_before, rows_after
        The reconciled figures before and now.
    """
    earlier = {entry.key: entry for entry in before}
    found: list[PackChange] = []
    whys: dict[tuple[str, str], str] = {}
    for entry in after:
        old = earlier.get(entry.key)
        if old is None:
            found += [PackChange(report=entry.name, area=entry.area, kind="new", what=entry.title)] if before else []
        else:
            whys[entry.key] = why(old, entry)
            found += [*_headlines(old, entry, whys[entry.key]), *_inputs(old, entry)]
    verdicts = {(row.id, row.report, row.area): row.verdict for row in rows_before}
    for row in rows_after:
        then = verdicts.get((row.id, row.report, row.area), row.verdict)
        if then != row.verdict:
            found.append(
                PackChange(
                    report=row.report, area=row.area, kind="verdict", id=row.id, what=row.figure, before=then,
                    after=row.verdict, why=whys.get((row.report, row.area), ""),
                )
            )  # fmt: skip
    return found


def why(old: Published, new: Published) -> str:
    """Say what a report was made from that is another than before, in the words of the index.

    Examples
    --------
    >>> entry = Published(name="care", title="Care", area="Essex", folder="essex", as_of="2020", status="succeeded",
    ...     html="", notebook="", finished="", headlines=(), parameters={"average": "mean"})
    >>> why(entry, entry.model_copy(update={"parameters": {"average": "median"}}))
    'new parameters'
    """
    content = {read.name: read.sha256 for read in old.inputs}
    other = [read for read in new.inputs if content.get(read.name) != read.sha256]
    found = [
        ("new data", any(not read.path.startswith("reports/") for read in other)),
        ("new parameters", old.parameters != new.parameters),
        ("new code", _code(old) != _code(new)),
        ("a report that it builds on", any(read.path.startswith("reports/") for read in other)),
    ]
    causes = [cause for cause, so in found if so]
    return and_list(causes) if causes else ""


def _code(entry: Published) -> tuple[str, str, str]:
    found = entry.fingerprint
    return found.code, found.package, found.packages


def _headlines(old: Published, new: Published, why: str) -> Iterator[PackChange]:
    said = {headline.id: headline.value for headline in old.headlines}
    for one in new.headlines:
        if one.id not in said or said[one.id] == one.value or one.value is None:
            continue
        then = said[one.id]
        yield PackChange(
            report=new.name, area=new.area, kind="headline", id=one.id, what=one.text, before=then, after=one.value,
            unit=one.unit, per_cent=round((one.value / then - 1) * 100, 1) if then else None, why=why,
        )  # fmt: skip


def _inputs(old: Published, new: Published) -> Iterator[PackChange]:
    content = {read.name: read.sha256 for read in old.inputs}
    for read in new.inputs:
        then = content.get(read.name, read.sha256)
        if then != read.sha256:
            yield PackChange(
                report=new.name, area=new.area, kind="input", what=read.name, before=then[:12], after=read.sha256[:12]
            )


def beyond(before: Published | None, after: Published) -> list[str]:
    """Say which headlines of a report moved further than their thresholds.

    Nothing is said of a report made for the first time, or with other parameters than before.
    """
    if before is None or before.parameters != after.parameters:
        return []
    said = {headline.id: headline.value for headline in before.headlines}
    sentences = []
    for headline in after.headlines:
        old, new, threshold = said.get(headline.id), headline.value, headline.alert_threshold
        if threshold is None or old is None or new is None or abs(new - old) <= threshold:
            continue
        sentences.append(
            f"{after.name}, {after.area}: the headline {headline.id} moved from {old:,.6g} to {new:,.6g} "
            f"({headline.unit}), further than its threshold of {threshold:g}."
        )
    return sentences


def in_words(change: PackChange) -> str:
    """Return a change as one line for the terminal.

    Examples
    --------
    >>> in_words(PackChange(report="care-rates", area="Essex", kind="headline", id="gap", what="", before=2.0,
    ...                     after=2.5, unit="per 10,000 children", per_cent=25.0))
    'care-rates, Essex: headline gap: 2 -> 2.5 per 10,000 children (+25.0%)'
    """
    who = f"{change.report}, {change.area}"
    if change.kind == "headline":
        before = "no number" if change.before is None else f"{change.before:,.6g}"
        moved = "" if change.per_cent is None else f" ({change.per_cent:+.1f}%)"
        return f"{who}: headline {change.id}: {before} -> {change.after:,.6g} {change.unit}{moved}"
    if change.kind == "new":
        return f"{who}: new"
    return f"{who}: {change.kind} {change.what}: {change.before} -> {change.after}"
