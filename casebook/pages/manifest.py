"""What a pack says of itself: ``pack.json``, and the pages about all its reports, each known by its content."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from casebook import digest
from casebook.pages import layout, render

NAME = "pack.json"


def write(stage: Path, pack: dict[str, Any]) -> list[str]:
    """Write ``pack.json`` and the pages about all reports, and note in it what they hold.

    Returns
    -------
    list of str
        The files in the folder that the pack does not name, which nothing keeps true.

    Raises
    ------
    ReportFailedError
        If a page does not pass the gates.
    """
    pages = {
        **render.index_pages(pack),
        "reconciliation.html": render.reconciliation_page(pack),
        "accessibility.html": render.accessibility_page(pack),
    }
    for name in _written(stage) - pages.keys():
        if name.startswith("index-"):
            (stage / name).unlink(missing_ok=True)
    for name, page in pages.items():
        layout.write_page(stage / name, page)
    files = [*pages, *pack.get("committee_packs", {}).values()]
    pack["files"] = {name: digest.of(stage / name) for name in files}
    pack["sha256"] = _content(pack)
    (stage / NAME).write_text(_text(pack), encoding="utf-8")
    named = {NAME, *pack["files"], *(path for entry in pack["reports"] for path in entry.get("files", ()))}
    there = {path.relative_to(stage).as_posix() for path in stage.rglob("*") if path.is_file()}
    return sorted(there - named)


def _written(stage: Path) -> set[str]:
    """Return the names of the files about all reports that the pack before had."""
    try:
        return set(json.loads((stage / NAME).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def altered(stage: Path, pack: dict[str, Any]) -> list[str]:
    """Return the files about all reports that are not as they were written, ``pack.json`` first."""
    whole = pack.get("sha256") == _content(pack) and (stage / NAME).read_text(encoding="utf-8") == _text(pack)
    files = [name for name, content in pack.get("files", {}).items() if digest.of(stage / name) != content]
    return [*([] if whole else [NAME]), *files]


def _content(pack: dict[str, Any]) -> str:
    return sha256(_text({name: value for name, value in pack.items() if name != "sha256"}).encode()).hexdigest()


def _text(pack: dict[str, Any]) -> str:
    return json.dumps(pack, indent=2, ensure_ascii=False) + "\n"
