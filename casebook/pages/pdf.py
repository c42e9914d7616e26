"""The published pages as tagged PDF: one file a report, and one committee pack an area with cover and contents.

WeasyPrint lays them out by the print style of the pages, after PDF/UA-1, the standard for accessible PDF.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from casebook import digest
from casebook.errors import InputError, one_of
from casebook.pack import models
from casebook.pack.models import Published
from casebook.pack.report_spec import COMMITTEE_PACK
from casebook.pages import manifest, publish, render

PACK = f"{COMMITTEE_PACK}.pdf"


def make(root: Path, names: Sequence[str], area: str, notify: Callable[[str], None]) -> list[str]:
    """Make PDF files of an area's published reports and publish them beside their pages.

    Parameters
    ----------
    root
        The project's folder.
    names
        The reports wanted; all, and the committee pack, if none is named.
    area
        The area.
    notify
        Told, in a sentence each, which file is being made, and if the pack could not be published in one step.

    Returns
    -------
    list of str
        The files made, relative to ``reports``.

    Raises
    ------
    InputError
        If there is no pack, a report is not in it, or the libraries that lay out pages are missing.
    """
    write = _writer()
    reports = root / "reports"
    if models.read(reports) is None:
        raise InputError("reports/pack.json is not there: make the pack first with `python pipeline.py run`.")
    made = []
    with publish.staging(reports, notify) as stage:
        pack = models.read(stage) or models.Pack()
        entries = [entry for entry in pack.reports if entry.area == area]
        published = [entry.name for entry in entries]
        laid_out: dict[str, Published] = {}
        committee_packs = dict(pack.committee_packs)
        for name in names:
            if name not in published:
                raise InputError(f"No report {name!r} is published for {area}: {one_of(published, name)}")
        for entry in entries:
            if not names or entry.name in names:
                file = f"{entry.folder}/{entry.name}.pdf"
                notify(f"Making {file}")
                write(_for_paper(_without_links((stage / entry.html).read_text(encoding="utf-8"))), stage / file)
                files = entry.files | {file: digest.of(stage / file)}
                laid_out[entry.name] = entry.model_copy(update={"pdf": file, "files": files})
                made.append(file)
        if not names:
            file = f"{entries[0].folder}/{PACK}" if entries else ""
            if not file:
                raise InputError(f"No report is published for {area}: make them with `python pipeline.py run`.")
            notify(f"Making {file}")
            pages = [(entry, (stage / entry.html).read_text(encoding="utf-8")) for entry in entries]
            bodies = [(entry, _main(entry, page)) for entry, page in pages]
            write(_for_paper(render.committee_pack(pack, area, bodies)), stage / file)
            made.append(file)
            committee_packs[entries[0].folder] = file
        reports_now = [laid_out.get(one.name, one) if one.area == area else one for one in pack.reports]
        pack = pack.model_copy(update={"reports": tuple(reports_now), "committee_packs": committee_packs})
        manifest.write(stage, pack, {entry.folder for entry in entries})
    return made


def _writer() -> Callable[[str, Path], None]:
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise InputError(
            f"PDF cannot be made here, because WeasyPrint or its system libraries are missing ({str(error)[:80]}): run "
            "`make environment` and, on Debian or Ubuntu, `sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
            "libharfbuzz-subset0`."
        ) from None

    def refuse(url: str, *arguments: Any, **options: Any) -> Any:
        raise ValueError(f"a page asked for {url[:60]}: pages load nothing")

    def write(page: str, path: Path) -> None:
        weasyprint.HTML(string=page, base_url=None, url_fetcher=refuse).write_pdf(str(path), pdf_variant="pdf/ua-1")

    return write


def _main(entry: Published, page: str) -> str:
    """Return what a page says, with ids of its own among those of the other reports."""
    body = page[page.index("<main") : page.index("</main>")]
    body = body[body.index(">") + 1 :]
    body = re.sub(r'<nav class="contents".*?</nav>', "", body, flags=re.DOTALL)
    name = entry.name
    body = re.sub(r'\bid="([^"]+)"', rf'id="{name}--\1"', body)
    body = re.sub(r'href="#([^"]+)"', rf'href="#{name}--\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}--\1)", body)

    def labelled(match: re.Match[str]) -> str:
        return f'{match[1]}="{" ".join(f"{name}--{one}" for one in match[2].split())}"'

    body = re.sub(r'(aria-labelledby|aria-describedby)="([^"]+)"', labelled, body)
    return _without_links(body)


_LONG = re.compile(
    r'(<div class="table"[^>]*>\s*<table[^>]*>\s*)<caption([^>]*)>(.*?)</caption>\s*(<thead[^>]*>)(.*?</thead>)',
    flags=re.DOTALL,
)
_DESCRIBED = re.compile(r"(<title[^>]*>)([^<]*)</title><desc[^>]*>([^<]*)</desc>")


def _for_paper(page: str) -> str:
    """Return a page as WeasyPrint is to lay it out.

    It takes a chart's name for all that is said of the chart, and repeats the head of a table that goes on on another
    page, but not its caption: so the name takes in the description, and the caption goes into the head.

    Examples
    --------
    >>> _for_paper('<svg><title id="t">It rose.</title><desc id="d">From 1 to 2.</desc></svg>')
    '<svg><title id="t">It rose. From 1 to 2.</title></svg>'
    >>> _for_paper('<div class="table"><table><caption id="c">A</caption><thead><tr><th>B</th></tr></thead>')[26:]
    '<thead><tr class="caption"><td id="c" colspan="1">A</td></tr><tr><th>B</th></tr></thead>'
    """

    def repeated(found: re.Match[str]) -> str:
        before, attributes, caption, head, rest = found.groups()
        columns = len(re.findall(r"<th\b", rest))
        return f'{before}{head}<tr class="caption"><td{attributes} colspan="{columns}">{caption}</td></tr>{rest}'

    return _DESCRIBED.sub(r"\1\2 \3</title>", _LONG.sub(repeated, page))


def _without_links(page: str) -> str:
    """Return a page without its links to other files, which lead nowhere from a document on its own."""
    return re.sub(r'<a href="(?!#)[^"]*"[^>]*>(.*?)</a>', r"\1", page, flags=re.DOTALL)
