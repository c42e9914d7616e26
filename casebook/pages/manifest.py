"""What a pack says of itself: ``pack.json``, and the pages about all its reports, each known by its content."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from casebook import digest
from casebook.pack import models, reconciliation
from casebook.pack.models import FILE, Pack
from casebook.pages import index, layout, render

FIGURES = "printed-figures.csv"
"""All printed figures of the pack, beside the page about them."""


def write(stage: Path, pack: Pack) -> Pack:
    """Write ``pack.json`` and the pages about all reports, and return the pack with what they hold noted in it.

    Raises
    ------
    ReportFailedError
        If a page does not pass the gates.
    """
    pages = {
        **index.pages(pack),
        "reconciliation.html": render.reconciliation_page(pack),
        "glossary.html": render.glossary_page(),
        "accessibility.html": render.accessibility_page(pack),
    }
    for name in _written(stage) - pages.keys():
        if name.startswith("index-"):
            (stage / name).unlink(missing_ok=True)
    for name, page in pages.items():
        layout.write_page(stage / name, page)
    # Too much to go along in the page.
    (stage / FIGURES).write_text(reconciliation.as_csv(reconciliation.once(pack.reconciliation)), encoding="utf-8")
    files = {name: digest.of(stage / name) for name in (*pages, FIGURES, *pack.committee_packs.values())}
    pack = pack.model_copy(update={"files": files})
    pack = pack.model_copy(update={"sha256": _content(pack)})
    (stage / FILE).write_text(models.text(pack), encoding="utf-8")
    return pack


def unnamed(stage: Path, pack: Pack) -> list[str]:
    """Return the files in the folder that the pack does not name, which nothing keeps true."""
    named = {FILE, *pack.files, *(path for entry in pack.reports for path in entry.files)}
    files = [path for path in stage.rglob("*") if path.is_file() and not path.name.startswith(".")]
    there = {path.relative_to(stage).as_posix() for path in files}
    return sorted(there - named)


def _written(stage: Path) -> set[str]:
    """Return the names of the files about all reports that the pack before had."""
    try:
        return set(json.loads((stage / FILE).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def altered(stage: Path, pack: Pack) -> list[str]:
    """Return the files about all reports that are not as they were written, ``pack.json`` first."""
    whole = pack.sha256 == _content(pack) and (stage / FILE).read_text(encoding="utf-8") == models.text(pack)
    files = [name for name, content in pack.files.items() if digest.of(stage / name) != content]
    return [*([] if whole else [FILE]), *files]


def _content(pack: Pack) -> str:
    return sha256(models.text(pack, without={"sha256"}).encode()).hexdigest()
