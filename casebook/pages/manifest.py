"""What a pack says of itself: each ``pack.json``, and the pages about several reports, each known by its content."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from casebook import digest
from casebook.pack import models, reconciliation
from casebook.pack.models import FILE, Pack
from casebook.pages import index, layout, national, render

FIGURES = "printed-figures.csv"
"""All printed figures of the pack, beside the page about them."""


def write(stage: Path, pack: Pack, areas: Iterable[str] | None = None) -> Pack:
    """Write what is said of areas and of all together; see ``write_area`` and ``write_top``.

    Parameters
    ----------
    stage
        The folder of the pack.
    pack
        What it says.
    areas
        The folders of the areas to write; all, if left out.
    """
    for folder in {entry.folder for entry in pack.reports} if areas is None else areas:
        write_area(stage, folder, pack)
    return write_top(stage, pack)


def write_area(stage: Path, folder: str, pack: Pack) -> None:
    """Write the ``pack.json`` of an area, and the page about all its reports; take both out if it has none any more.

    Raises
    ------
    ReportFailedError
        If the page does not pass the gates.
    """
    before = models.area_pack(stage, folder)
    names = before.files if before else ()
    if not (area := pack.of(folder)):
        for name in (FILE, *names):
            (stage / folder / name).unlink(missing_ok=True)
        with suppress(OSError):
            (stage / folder).rmdir()
        return
    (stage / folder).mkdir(exist_ok=True)
    files = _written(stage / folder, index.of_area(area), names)
    models.write(stage / folder / FILE, area.model_copy(update={"files": files}))


def write_top(stage: Path, pack: Pack, areas: Path | None = None) -> Pack:
    """Write the ``pack.json`` and the pages about all areas, and return the pack with what they hold noted in it.

    Parameters
    ----------
    stage
        The folder to write in.
    pack
        What the pack says.
    areas
        The folder that the folders of areas stand in; the same, if left out.

    Raises
    ------
    ReportFailedError
        If a page does not pass the gates.
    """
    areas = areas or stage
    packs = {folder: path for folder, path in pack.committee_packs.items() if (areas / path).is_file()}
    national_pages, compared = national.pages(pack)
    pack = pack.model_copy(update={"committee_packs": packs, "compared": compared})
    pages = {
        **national_pages,
        "index.html": index.page(pack),
        "reconciliation.html": render.reconciliation_page(pack),
        "glossary.html": render.glossary_page(),
        "accessibility.html": render.accessibility_page(pack),
        **index.by_report(pack),
    }
    before = models.top(stage)
    files = _written(stage, pages, before.files if before else ())
    # Too much to go along in the page.
    (stage / FIGURES).write_text(reconciliation.as_csv(reconciliation.once(pack.reconciliation)), encoding="utf-8")
    files |= {FIGURES: digest.of(stage / FIGURES), **{name: digest.of(areas / name) for name in packs.values()}}
    records = {folder: digest.of(areas / folder / FILE) for folder in models.folders(areas)}
    pack = pack.model_copy(update={"files": files, "records": records})
    models.write(stage / FILE, pack)
    return pack


def names(stage: Path) -> list[str]:
    """Return the names of the files about all areas."""
    before = models.top(stage)
    return [FILE, *(name for name in (before.files if before else ()) if "/" not in name)]


def _written(folder: Path, pages: dict[str, str], before: Iterable[str]) -> dict[str, str]:
    """Write pages, take out those that are no more, and return what each holds."""
    for name in before:
        if name.endswith(".html") and name not in pages:
            (folder / name).unlink(missing_ok=True)
    for name, page in pages.items():
        layout.write_page(folder / name, page)
    return {name: digest.of(folder / name) for name in pages}


def unnamed(stage: Path, pack: Pack) -> list[str]:
    """Return the files in the folder that the pack does not name, which nothing keeps true."""
    named = {FILE, *pack.files, *(path for entry in pack.reports for path in entry.files)}
    for folder in models.folders(stage):
        area = models.area_pack(stage, folder)
        named |= {f"{folder}/{name}" for name in (FILE, *(area.files if area else ()))}
    files = [path for path in stage.rglob("*") if path.is_file() and not path.name.startswith(".")]
    there = {path.relative_to(stage).as_posix() for path in files}
    return sorted(there - named)


def altered(stage: Path, folders: Iterable[str], pack: Pack) -> list[str]:
    """Return the files about several reports that are not as they were written, each ``pack.json`` first."""
    records = {folder: digest.of(stage / folder / FILE) for folder in models.folders(stage)}
    found = [] if models.is_whole(stage / FILE) and records == pack.records else [FILE]
    found += [name for name, content in pack.files.items() if digest.of(stage / name) != content]
    for folder in folders:
        found += [] if models.is_whole(stage / folder / FILE) else [f"{folder}/{FILE}"]
        files = area.files.items() if (area := models.area_pack(stage, folder)) else ()
        found += [f"{folder}/{name}" for name, content in files if digest.of(stage / folder / name) != content]
    return found
