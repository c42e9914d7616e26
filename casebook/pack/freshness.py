"""Freshness: what a report was made from, and whether that has changed since.

A report is made from its notebook's code, its parameters, the package, the packages it runs with, the tables it
read and how they are described, what else it looked at, and the reports it builds on. Its words and the look of
its page can change without any of its cells being run. Nothing is taken from dates; only content counts. A report
that uses what cannot be looked at is always rebuilt.

Only Python's own library is used, so that a run that has nothing to do is over at once.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casebook import digest
from casebook.data import project
from casebook.engine import observation

if TYPE_CHECKING:
    from casebook.pack.models import Fingerprint, Pack, Published
    from casebook.pack.plan import Job

PACKAGE = Path(__file__).resolve().parents[1]
KEPT = Path(".casebook/fresh.json")
CHECKED = Path(".casebook/checked")
# What turns an executed notebook into a page and a spreadsheet; changes here need no cell to be run.
RENDERING = (
    "pages/templates",
    "pages/render.py",
    "pages/draft.py",
    "pages/script.py",
    "pages/index.py",
    "pages/spark.py",
    "pack/attention.py",
    "pages/gates.py",
    "pages/harmless.py",
    "pages/readability.py",
    "pages/words.yaml",
    "pages/spreadsheet.py",
    "pack/reconciliation.py",
)

# What is made from the rest.
_NOT_INPUT = ("reports/", "data/processed/", ".casebook/", ".git/")


@dataclass(frozen=True)
class StaleReason:
    """What a report needs: nothing (no reason), to be rendered anew, or to be run; and why, in words."""

    why: str = ""
    only_render: bool = False

    def __bool__(self) -> bool:
        return bool(self.why)


def fingerprint(job: Job, root: Path, reads: Sequence[str], upstream: Mapping[str, Fingerprint]) -> Fingerprint:
    """Return what a report is about to be made from.

    Parameters
    ----------
    job
        The report.
    root
        The project's folder.
    reads
        The tables its code names.
    upstream
        What the reports it builds on are made from, by name.
    """
    from casebook.pack.models import Fingerprint

    notebook = json.loads(job.notebook.read_text(encoding="utf-8"))
    cells, kernel = notebook["cells"], notebook.get("metadata", {}).get("kernelspec", {}).get("name")
    code = [(_text(cell), cell["metadata"].get("tags", [])) for cell in cells if cell["cell_type"] == "code"]
    words = [
        (number, cell["cell_type"], _text(cell), cell.get("attachments", {}))
        for number, cell in enumerate(cells)
        if cell["cell_type"] != "code"
    ]
    return Fingerprint(
        code=_hash(code),
        kernel=kernel,
        words=_hash(words),
        contains=(job.report.headlines, job.report.figures),
        parameters=dict(job.parameters),
        package=_package()[0],
        rendering=_package()[1],
        packages=_installed(root),
        reads=tuple(reads),
        described=described(root, reads),
        upstream={name: _hash(_without_looks(content)) for name, content in upstream.items()},
    )


def described(root: Path, tables: Iterable[str]) -> dict[str, str]:
    """Return how tables are described, as hashes; their content, which is compared itself, is no part of it."""
    from casebook.data import catalogue

    known = {table.name: table for table in catalogue.load(root).tables}
    return {name: _hash(known[name].plain) for name in sorted(set(tables) & set(known))}


def need(job: Job, before: Published | None, now: Fingerprint, root: Path, anew: Iterable[str]) -> StaleReason:
    """Decide what a report needs.

    Parameters
    ----------
    job
        The report.
    before
        Its entry in the pack; None if there is none.
    now
        What it would be made from.
    root
        The project's folder.
    anew
        The reports that this run makes anew, by their executed notebooks' paths in the project.
    """
    return next(_needs(job, before, now, root, set(anew)), StaleReason())


def _needs(job: Job, before: Published | None, now: Fingerprint, root: Path, anew: set[str]) -> Iterator[StaleReason]:
    """Yield every need of a report, those to run it first."""
    if before is None:
        yield StaleReason("it was not in the pack")
        return
    if before.status != "succeeded":
        yield StaleReason("it was held last time" if before.status == "held" else "it failed last time")
    then = before.fingerprint
    if job.secrets or before.secrets:
        yield StaleReason("it has a secret parameter, which is not remembered")
    for what in before.unseen:
        yield StaleReason(f"nobody can see whether {what} has changed")
    built_on = [read.path for read in before.inputs]
    built_on += [f"reports/{job.folder}/{name}.ipynb" for name in job.upstream]
    rebuilt = [f"{Path(path).stem}, which it builds on, is rebuilt" for path in built_on if path in anew]
    for reason in (*_of_files_changed(before, root), *_of_code_changed(job, then, now, root, rebuilt)):
        yield StaleReason(reason)
    for part, reason in (
        ("words", "its words changed"),
        ("rendering", "the look of pages changed"),
        ("contains", "what pipeline.py says it must contain changed"),
    ):
        if getattr(then, part) != getattr(now, part):
            yield StaleReason(reason, only_render=True)
    if before.overrides != job.overrides:
        yield StaleReason("other settings were named for this run", only_render=True)
    if before.older:
        yield StaleReason("it was marked as older than its data, and is not", only_render=True)


def _of_files_changed(before: Published, root: Path) -> Iterator[str]:
    for path, content in before.files.items():
        if digest.of(root / "reports" / path) != content:
            yield f"reports/{path} is not as it was published"
    for read in before.inputs:
        if read.path.startswith("reports/"):
            from casebook.data import results

            report, _, result = read.name.partition("/")
            if results.hash_of(root / read.path, result) != read.sha256:
                yield f"{report}, which it builds on, changed"
    for one in (*before.inputs, *before.opened):
        if one.path.startswith("reports/") or (content := digest.of(root / one.path)) == one.sha256:
            continue
        yield f"{one.path} {'is gone' if not content else 'changed' if one.sha256 else 'is there now'}"
    for name, content in before.variables.items():
        if observation.of_variable(root, name) != content:
            yield f"the environment variable {name} changed"


def _of_code_changed(
    job: Job, then: Fingerprint, now: Fingerprint, root: Path, rebuilt: Sequence[str]
) -> Iterator[str]:
    for part, reason in (
        ("code", "its code changed"),
        ("package", "Casebook's code changed"),
        ("packages", "the packages it runs with changed"),
        ("reads", "the tables it reads changed"),
        ("kernel", "its kernel changed"),
    ):
        if getattr(then, part) != getattr(now, part):
            yield reason
    if then.parameters != now.parameters:
        names = sorted({*now.parameters, *then.parameters})
        moved = [name for name in names if now.parameters.get(name) != then.parameters.get(name)]
        yield f"its parameters changed ({', '.join(moved)})"
    tables = described(root, then.described)
    for name, content in then.described.items():
        if tables.get(name) != content:
            yield f"the description of {name} changed"
    yield from rebuilt
    for name in job.upstream:
        if then.upstream.get(name) != now.upstream.get(name):
            yield f"{name}, which it builds on, changed"


def is_input(path: str) -> bool:
    """Return whether a file that a notebook looked at, by its path in the project, may be what it was made from.

    What stands in ``reports`` is known by the reports built on, descriptions by table, the notebook cell by cell.
    """
    own = path.startswith("notebooks/") and path.endswith(".ipynb")
    return not own and not project.is_description(Path(path)) and not f"{path}/".startswith(_NOT_INPUT)


def nothing_changed(root: Path, arguments: Sequence[str]) -> str:
    """Say since when nothing at all has changed, or return nothing if something has or may have.

    It is asked before anything is loaded: the same command, every file of the project and of the pack as they were
    after the last run that succeeded. If not, each report is looked at by itself.
    """
    if any(name.startswith("CASEBOOK_SECRET_") for name in os.environ) or _left_over(root):
        # Whether a secret is still the same, nobody may know; and what a killed run left is to be cleared away.
        return ""
    try:
        kept = json.loads((root / KEPT).read_text(encoding="utf-8"))
        same = (
            kept["arguments"] == list(arguments)
            and kept["inputs"] == inputs(root, arguments)
            and kept["published files"] == _published(root, kept["opened"])
            and all(observation.of_variable(root, name) == content for name, content in kept["variables"].items())
        )
        return str(kept["published"]) if same else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _left_over(root: Path) -> bool:
    place = Path(os.path.realpath(root / "reports"))
    return any(root.glob(".reports-*")) or any(place.parent.glob(f".{place.name}-*"))


def data(root: Path) -> str:
    """Return a hash of the raw data and of the package that checks them."""
    return _hash([_package(), _installed(root), _hashes(_files(root / "data/raw"), root)])


def were_checked(root: Path, data: str) -> bool:
    """Return whether these data were found in order by a run before."""
    try:
        return (root / CHECKED).read_text(encoding="utf-8") == data
    except (OSError, ValueError):
        return False


def remember_checked(root: Path, data: str) -> None:
    """Remember that data are in order; a hint that may be lost without harm."""
    _keep(root / CHECKED, data)


def inputs(root: Path, arguments: Sequence[str] = ()) -> str:
    """Return a hash of all that a run is made from and that can be known before it."""
    files = [root / "pipeline.py", *_files(root / "notebooks"), *_files(root / "workings"), *_files(root / "data/raw")]
    # A parameters file, for one.
    files += [Path(word.partition("=")[2] or word) for word in arguments]
    return _hash([_package(), _installed(root), _hashes(files, root)])


def program(root: Path) -> str:
    """Return a hash of what runs the notebooks, as it is on the disk now: the packages and ``pipeline.py``."""
    _package.cache_clear()
    _installed.cache_clear()
    return _hash([_package(), _installed(root), digest.of(root / "pipeline.py")])


def remember(root: Path, arguments: Sequence[str], pack: Pack, fingerprint: str, obeyed: bool) -> None:
    """Remember that a run succeeded, for ``nothing_changed``; a hint that may be lost without harm.

    Parameters
    ----------
    root
        The project's folder.
    arguments
        The command's.
    pack
        What was published.
    fingerprint
        The ``inputs`` before the run began. What was saved meanwhile may or may not be in the pack, so then nothing
        is remembered.
    obeyed
        Whether the command has to be obeyed again, though nothing has changed.
    """
    # Whether a secret is still the same, nobody may know.
    again = obeyed or any(entry.secrets or entry.unseen for entry in pack.reports)
    opened = {one.path: one.sha256 for entry in pack.reports for one in entry.opened}
    variables = {name: content for entry in pack.reports for name, content in entry.variables.items()}
    published = _published(root, sorted(opened))
    same = inputs(root, arguments) == fingerprint and _is(root, pack)
    if not same or any(digest.of(root / path) != content for path, content in opened.items()):
        return
    content = {
        "arguments": None if again else list(arguments),
        "inputs": fingerprint,
        "published files": published,
        "opened": sorted(opened),
        "variables": variables,
        "published": pack.published,
    }
    _keep(root / KEPT, json.dumps(content))


def _keep(path: Path, content: str) -> None:
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(content, encoding="utf-8")
        new.replace(path)


def _is(root: Path, pack: Pack) -> bool:
    """Return whether a pack is still the one that is published."""
    try:
        published = json.loads((root / "reports" / "pack.json").read_text(encoding="utf-8"))
        return bool(published.get("run") == pack.run)
    except (OSError, ValueError):
        return False


def _published(root: Path, opened: Sequence[str]) -> str:
    return _hash(_hashes([*_files(root / "reports"), *(root / path for path in opened)], root))


def _hashes(files: Iterable[Path], root: Path) -> list[tuple[str, str]]:
    return [(str(path.relative_to(root) if path.is_relative_to(root) else path), digest.of(path)) for path in files]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts)


@cache
def _package() -> tuple[str, str]:
    """Return the hash of the package's modules that cells run with, and of what renders."""
    files = [path for path in _files(PACKAGE) if path.suffix != ".pyc"]
    parts: tuple[list[Any], list[Any]] = ([], [])
    for path in files:
        name = path.relative_to(PACKAGE).as_posix()
        parts[name.startswith(RENDERING)].append((name, digest.of(path)))
    return _hash(parts[0]), _hash(parts[1])


# The packages that the record of a report names: their code is looked at, too.
NAMED = ("papermill", "nbconvert", "pandas", "numpy", "scipy", "matplotlib", "seaborn")


@cache
def _installed(root: Path) -> str:
    """Return a hash of what notebooks run with: Python, the lock file, and the packages that are installed."""
    locks = [root / "requirements.lock", PACKAGE.parent / "requirements.lock"]
    lock = next((digest.of(path) for path in locks if path.is_file()), "")
    site = Path(sysconfig.get_path("purelib"))
    # Of Casebook itself the code counts, not how it is installed.
    versions = sorted(one.name for one in site.glob("*-info") if not one.name.startswith("casebook-"))
    return _hash([sys.version_info[:3], lock, versions, *(_altered(site / name) for name in NAMED)])


def _altered(package: Path) -> list[tuple[str, str]]:
    """Return the modules of a package that were written after it was installed, with what is in them."""
    record = max(package.parent.glob(f"{package.name}-*.dist-info/RECORD"), default=None)
    if record is None:
        return []
    installed, found, folders = record.stat().st_mtime_ns, [], [str(package)]
    on_record = record.read_bytes()
    while folders:
        with os.scandir(folders.pop()) as listed:
            for one in listed:
                if one.is_dir(follow_symlinks=False):
                    folders += [] if one.name in ("tests", "__pycache__") else [one.path]
                elif one.name.endswith((".py", ".so")) and one.stat().st_mtime_ns > installed:
                    name, content = os.path.relpath(one.path, package.parent), digest.of(Path(one.path))
                    as_installed = urlsafe_b64encode(bytes.fromhex(content)).rstrip(b"=")
                    if name.encode() + b",sha256=" + as_installed not in on_record:
                        found.append((name, content))
    return sorted(found)


def _without_looks(content: Fingerprint) -> dict[str, Any]:
    return content.model_dump(mode="json", exclude={"words", "rendering", "contains"})


def _text(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _hash(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
