"""Making a pack: run the planned reports, render them, and publish all of them or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from casebook.data import catalogue
from casebook.errors import InputError, ReportFailedError
from casebook.run import compare, engine, gates, pdf, publish, reconciliation, record, render, spreadsheet
from casebook.run.plan import Job

Progress = Callable[[Job], None]
# What the index and a partial run need of an entry made by an earlier run.
NEEDED = (
    "name",
    "title",
    "area",
    "folder",
    "as_of",
    "status",
    "html",
    "notebook",
    "finished",
    "headlines",
    "parameters",
)


def make(
    jobs: Sequence[Job], root: Path, order: Sequence[str], whole: bool, starting: Progress, done: Progress
) -> dict[str, Any]:
    """Run the jobs and publish the pack.

    Parameters
    ----------
    jobs
        The plan, in order.
    root
        The project's folder; the pack is its ``reports``.
    order
        The names of all reports, in the order of ``pipeline.py``, for the index.
    whole
        Whether the jobs are all of the area's reports: others published for that area are then
        taken out. Reports for other areas stay.
    starting, done
        Called before and after each report.

    Returns
    -------
    dict
        The content of ``pack.json``.

    Raises
    ------
    InputError, ReportFailedError, OSError
        If a report could not be made or the folder not be written; what was published stays as it was.
    """
    published = root / "reports"
    for problem in gates.contrast_problems(render.style()):
        raise ReportFailedError(f"Nothing can be published, because in casebook.css {problem}.")
    built_from = record.built_from(root)
    papers = catalogue.load(root).papers
    with publish.staging(published) as stage:
        before, rows_before = _published_before(stage)
        kept = [
            entry
            for entry in before
            if not any(entry["folder"] == job.folder and (whole or entry["name"] == job.report.name) for job in jobs)
        ]
        _delete(stage, [entry for entry in before if entry not in kept])
        made: list[dict[str, Any]] = []
        rows = [row for row in rows_before if any(_is_of(row, entry) for entry in kept)]
        for job in jobs:
            starting(job)
            upstream = {entry["name"]: stage / entry["notebook"] for entry in made if entry["area"] == job.area}
            entry, reconciled = _make_one(job, root, stage, upstream, built_from, papers)
            made.append(entry)
            rows += reconciled
            done(job)
        reports = sorted([*kept, *made], key=_place(order))
        areas = sorted({entry["area"] for entry in reports})
        pack = {
            "areas": areas,
            "published": _now(),
            "built_from": built_from,
            "reports": reports,
            "papers": papers,
            "before": bool(before),
            "changes": compare.changes(before, made, rows_before, rows),
            "reconciliation": sorted(rows, key=lambda row: (row["area"], *reconciliation.place(row))),
        }
        (stage / "pack.json").write_text(json.dumps(pack, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        for name, page in (
            ("index.html", render.index_page(pack)),
            ("reconciliation.html", render.reconciliation_page(pack)),
            ("accessibility.html", render.accessibility_page(pack)),
        ):
            _write_page(stage / name, page)
    return pack


def _make_one(
    job: Job, root: Path, stage: Path, upstream: dict[str, Path], built_from: str, papers: dict[str, str]
) -> tuple[dict[str, Any], list[reconciliation.Row]]:
    name, folder = job.report.name, stage / job.folder
    folder.mkdir(exist_ok=True)
    executed = engine.execute(job, folder / f"{name}.ipynb", upstream)
    found = record.of(name, executed.notebook)
    rows = reconciliation.rows(found.reconciliations, name, job.area)
    if not job.chosen:
        # With other settings than usual a notebook may be about something else.
        reconciliation.check_complete(name, root, rows)
    entry: dict[str, Any] = {
        "name": name,
        "title": found.title["text"],
        "area": job.area,
        "folder": job.folder,
        "as_of": found.title["as_of"],
        "status": "succeeded",
        "html": f"{job.folder}/{name}.html",
        "notebook": f"{job.folder}/{name}.ipynb",
        "spreadsheet": f"{job.folder}/{name}.xlsx",
        "parameters": dict(job.parameters),
        "chosen": list(job.chosen),
        "inputs": [{key: read[key] for key in ("name", "path", "sha256")} for read in found.reads],
        "seconds": round(executed.seconds, 2),
        "finished": _now(),
        "built_from": built_from,
        "headlines": [{key: headline[key] for key in ("id", "text", "value", "unit")} for headline in found.headlines],
    }
    used = {paper: title for paper, title in papers.items() if any(row["paper"] == paper for row in rows)}
    page = render.report_page(executed.notebook, found, rows, used, {**entry, "source": job.notebook.name})
    _write_page(folder / f"{name}.html", page)
    spreadsheet.write(folder / f"{name}.xlsx", found, rows, entry)
    return entry, rows


def _write_page(path: Path, page: str) -> None:
    for problem in gates.problems(page):
        raise ReportFailedError(f"{path.name} cannot be published, because {problem}.")
    path.write_text(page, encoding="utf-8")


def _is_of(row: dict[str, Any], entry: dict[str, Any]) -> bool:
    return (row["report"], row["area"]) == (entry["name"], entry["area"])


def _published_before(stage: Path) -> tuple[list[dict[str, Any]], list[reconciliation.Row]]:
    """Return the entries and the reconciled figures of what is published."""
    manifest = stage / "pack.json"
    if not manifest.exists():
        return [], []
    reports: list[dict[str, Any]] = []
    rows: list[reconciliation.Row] = []
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
        reports, rows = content["reports"], content.get("reconciliation", [])
        missing = [name for entry in reports for name in NEEDED if name not in entry]
        missing += [
            entry[kind] for entry in reports for kind in ("html", "notebook") if not (stage / entry[kind]).is_file()
        ]
        missing += [name for row in rows for name in (*reconciliation.KEPT, "report", "area") if name not in row]
    except (ValueError, KeyError, TypeError) as error:
        missing = [f"{type(error).__name__}: {error}"]
    if missing:
        raise InputError(
            f"reports/pack.json does not describe what is in reports ({missing[0]}): restore the folder, or move it "
            "away and run the whole pipeline."
        )
    return reports, rows


def _delete(stage: Path, entries: Sequence[dict[str, Any]]) -> None:
    # Only what the pack itself put there: a page no longer listed is one that nothing keeps true.
    for entry in entries:
        for kind in ("html", "notebook", "spreadsheet", "pdf"):
            if kind in entry:
                (stage / entry[kind]).unlink(missing_ok=True)
        folder = stage / entry["folder"]
        # The committee pack holds all reports, so it is out of date with any of them.
        (folder / pdf.PACK).unlink(missing_ok=True)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _place(order: Sequence[str]) -> Callable[[dict[str, Any]], tuple[str, int]]:
    return lambda entry: (entry["area"], order.index(entry["name"]) if entry["name"] in order else len(order))


def _now() -> str:
    return f"{datetime.now().astimezone():%d %B %Y at %H:%M}".lstrip("0")
