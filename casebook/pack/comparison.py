"""What changed against the pack published before: headlines that moved, verdicts that changed, inputs that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Entry = Mapping[str, Any]


def changes(
    before: Sequence[Entry], after: Sequence[Entry], rows_before: Sequence[Entry], rows_after: Sequence[Entry]
) -> list[dict[str, Any]]:
    """Return what changed, report by report.

    Parameters
    ----------
    before, after
        The entries of ``pack.json`` before and now.
    rows_before, rows_after
        The reconciled figures before and now.

    Returns
    -------
    list of dict
        ``report``, ``area``, ``kind`` (headline, verdict, input, new), ``what``, ``before``, ``after`` and, for a
        headline whose number moved, ``per_cent``.
    """
    earlier = {(entry["name"], entry["area"]): entry for entry in before}
    found: list[dict[str, Any]] = []
    for entry in after:
        where = {"report": entry["name"], "area": entry["area"]}
        old = earlier.get((entry["name"], entry["area"]))
        if old is None:
            found += [{**where, "kind": "new", "what": entry["title"], "before": None, "after": None}] if before else []
            continue
        found += [{**where, **one} for one in [*_headlines(old, entry), *_inputs(old, entry)]]
    verdicts = {(row["id"], row["report"], row["area"]): row for row in rows_before}
    for row in rows_after:
        same = verdicts.get((row["id"], row["report"], row["area"]))
        if same is not None and same["verdict"] != row["verdict"]:
            found.append(
                {"report": row["report"], "area": row["area"], "kind": "verdict", "what": row["figure"],
                 "before": same["verdict"], "after": row["verdict"]}
            )  # fmt: skip
    return found


def _headlines(old: Entry, new: Entry) -> list[dict[str, Any]]:
    said = {headline["id"]: headline for headline in old["headlines"]}
    moved = []
    for headline in new["headlines"]:
        same = said.get(headline["id"])
        if same is None or same["value"] == headline["value"] or headline["value"] is None:
            continue
        per_cent = None
        if same["value"]:
            per_cent = round((headline["value"] / same["value"] - 1) * 100, 1)
        moved.append(
            {"kind": "headline", "id": headline["id"], "what": headline["text"], "before": same["value"],
             "after": headline["value"], "unit": headline["unit"], "per_cent": per_cent}
        )  # fmt: skip
    return moved


def _inputs(old: Entry, new: Entry) -> list[dict[str, Any]]:
    content = {read["name"]: read["sha256"] for read in old.get("inputs", [])}
    return [
        {"kind": "input", "what": read["name"], "before": content[read["name"]][:12], "after": read["sha256"][:12]}
        for read in new["inputs"]
        if read["name"] in content and content[read["name"]] != read["sha256"]
    ]


def beyond(before: Entry | None, after: Entry) -> list[str]:
    """Say which headlines of a report moved further than their thresholds.

    Nothing is said of a report made for the first time, or with other parameters than before.
    """
    if before is None or before["parameters"] != after["parameters"]:
        return []
    said = {headline["id"]: headline["value"] for headline in before["headlines"]}
    sentences = []
    for headline in after["headlines"]:
        old, new, threshold = said.get(headline["id"]), headline["value"], headline.get("watch")
        if threshold is None or old is None or new is None or abs(new - old) <= threshold:
            continue
        sentences.append(
            f"{after['name']}, {after['area']}: the headline {headline['id']} moved from {old:,.6g} to {new:,.6g} "
            f"({headline['unit']}), further than its threshold of {threshold:g}."
        )
    return sentences


def in_words(change: Entry) -> str:
    """Return a change as one line for the terminal."""
    who = f"{change['report']}, {change['area']}"
    if change["kind"] == "headline":
        before = "no number" if change["before"] is None else f"{change['before']:,.6g}"
        moved = "" if change["per_cent"] is None else f" ({change['per_cent']:+.1f}%)"
        return f"{who}: headline {change['id']}: {before} -> {change['after']:,.6g} {change['unit']}{moved}"
    if change["kind"] == "new":
        return f"{who}: new"
    return f"{who}: {change['kind']} {change['what']}: {change['before']} -> {change['after']}"
