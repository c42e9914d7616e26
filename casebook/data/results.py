"""Results of other reports: what an executed notebook kept, read by the one that builds on it."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from casebook.data import executed, project, provenance
from casebook.errors import InputError, and_list, one_of
from casebook.text import slug

RESULT = "application/vnd.casebook.result+json"
_TITLE = "application/vnd.casebook.title+json"
# Set by a run, as JSON: the executed notebooks it has made, by area and report. Without a run, and for other areas, the
# published pack is read.
UPSTREAM = "CASEBOOK_UPSTREAM"


def read(report: str, name: str, area: str) -> pd.DataFrame:
    """Read what a report kept with ``report.result``, and record that it was read.

    In a run of the pipeline it is the report made in the same run; in JupyterLab or under plain papermill,
    the one last published.

    Parameters
    ----------
    report
        The report's name in ``pipeline.py``.
    name
        The result's name.
    area
        The area it is for.

    Returns
    -------
    pandas.DataFrame
        As it was kept.

    Raises
    ------
    InputError
        If the report is not there for the area, or kept nothing of that name.
    """
    root = project.root()
    path = _executed(root, report, area)
    kept = _kept(path)
    if name not in kept:
        raise InputError(f"The report {report} keeps no result called {name!r}: {one_of(kept, name)}")
    payload = kept[name]
    provenance.record(
        [
            provenance.Read(
                name=f"{report}/{name}",
                title=f"Figures calculated there ({name.replace('-', ' ')})",
                path=f"reports/{path.parent.name}/{report}{executed.PLAIN}",
                sha256=_hash(payload),
                rows=len(payload["rows"]),
                sources=(f"Another report of this pack: {_title(path) or report}, {area}",),
                licence="Open Government Licence v3.0",
            )
        ]
    )
    return pd.DataFrame(payload["rows"], columns=payload["columns"])


def _title(path: Path) -> str:
    """Return the title of an executed notebook; empty if it has none."""
    found = (
        output["data"][_TITLE]["text"]
        for cell in json.loads(executed.text(path))["cells"]
        for output in cell.get("outputs", ())
        if _TITLE in output.get("data", {})
    )
    return str(next(found, ""))


def hash_of(path: Path, name: str) -> str:
    """Return the hash of what a published report keeps under a name, as ``read`` records it; empty if it does not.

    The path is that of its executed notebook, which may be kept compressed.
    """
    for form in (path, path.with_suffix(executed.COMPRESSED)):
        with suppress(OSError, ValueError, KeyError):
            return _hash(_kept(form)[name])
    return ""


def not_published_for(area: str) -> str:
    """Say to an analyst in JupyterLab that the pack is about other areas than the notebook; nothing in a run."""
    from IPython.core.getipython import get_ipython

    if UPSTREAM in os.environ or not hasattr(get_ipython(), "kernel"):
        return ""
    try:
        pack = json.loads((project.root() / "reports" / "pack.json").read_text(encoding="utf-8"))
        areas = list(pack["areas"])
    except (OSError, ValueError, KeyError, InputError):
        return ""
    if area in areas:
        return ""
    return (
        f"This is about {area}, and the pipeline publishes {and_list(areas)}: the area is set in pipeline.py, or by "
        f'`python pipeline.py run --area "{area}"`, not in a notebook.'
    )


def _hash(payload: Any) -> str:
    return sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def _executed(root: Path, report: str, area: str) -> Path:
    made = json.loads(os.environ.get(UPSTREAM, "{}")).get(area, {})
    if report in made:
        return Path(made[report])
    reports = root / "reports"
    try:
        entries = json.loads((reports / slug(area) / "pack.json").read_text(encoding="utf-8"))["reports"]
    except (FileNotFoundError, ValueError, KeyError):
        entries = []
    for entry in entries:
        if entry["name"] == report:
            return reports / str(entry["notebook"])
    raise InputError(
        f"The report {report} is not published for {area}, and this one builds on it: make it first with "
        f'`python pipeline.py run {report} --area "{area}"`.'
    )


def _kept(path: Path) -> dict[str, Any]:
    notebook = json.loads(executed.text(path))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    kept = [output["data"][RESULT] for output in outputs if RESULT in output.get("data", {})]
    return {result["name"]: result for result in kept}
