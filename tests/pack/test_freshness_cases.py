"""Everything a report may be made from, changed one at a time: what becomes stale and why, and what is left alone.

One project is made once; each row of the table changes one thing in it, asks what a run would do, and puts it back.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from conftest import ROOT, Project, copy_of_project
from small_reports import BEGIN, GOOD, SAY, SHOW, write

from casebook import run as packs
from casebook.data.tables import Tables
from casebook.pack import freshness, plan
from casebook.pack.report_spec import Report

pytestmark = pytest.mark.slow

KEEPS = "report.result('kept', frame[['area', 'value']])\n"
BUILDS = "from casebook import results\nkept = results.read('first', 'kept', area)\n"
FILES = """
import glob, gzip, os, sqlite3
from pathlib import Path
import numpy as np, pandas as pd
pd.read_csv("in/table.csv"), gzip.open("in/table.gz").read(), np.load("in/array.npy")
np.memmap("in/memory.bin", dtype="u1", mode="r")
descriptor = os.open("in/descriptor.txt", os.O_RDONLY)
os.close(descriptor)
open("in/updated.txt", "r+").read(), open("in/appended.txt", "a+").seek(0), Path("in/path.txt").read_bytes()
sqlite3.connect("in/base.sqlite").execute("select * from t").fetchall()
sqlite3.connect("file:in/other.sqlite?mode=ro", uri=True).execute("select * from t").fetchall()
Path("in/link.txt").read_text(), Path("in/linked/inside.txt").read_text()
open("../outside.txt").read(), open(Path.home() / ".hidden").read(), open("/etc/hosts").read()
import helper, package.inner.deep
try:
    open("in/absent.txt")
except FileNotFoundError:
    pass
import pyarrow
pyarrow.OSFile("in/arrow.parquet", "rb").read()
Path("in/gone.txt").write_text("1")
Path("in/gone.txt").read_text();
"""
FOLDERS = """
import glob, os
from pathlib import Path
os.listdir("in/listed"), list(os.scandir("in/scanned")), glob.glob("in/globbed/*.csv"), list(Path("in/iterated").iterdir())
list(os.walk("in/walked")), sorted(Path("in/deep").rglob("*.csv")), Path("in/asked.txt").exists();
"""
VARIABLES = """
import os
os.environ["CASE_ITEM"], os.environ.get("CASE_GET"), os.getenv("CASE_GETENV"), "CASE_IN" in os.environ
os.environ["CASE_OWN"] = "set here"
os.environ["CASE_OWN"];
"""
NAMED = {"CASE_ITEM": "password", "CASE_GET": "2", "CASE_GETENV": "3"}


def prepare(project: Project) -> None:
    inside = project.root / "in"
    for folder in ("listed", "scanned", "globbed", "iterated", "walked/below", "deep/below", "linked-a", "linked-b"):
        (inside / folder).mkdir(parents=True)
        (inside / folder / "inside.txt").write_text(folder)
    (inside / "table.csv").write_text("a\n1\n")
    (inside / "table.gz").write_bytes(gzip.compress(b"1"))
    np.save(inside / "array.npy", np.arange(3))
    for name in (
        "memory.bin",
        "descriptor.txt",
        "updated.txt",
        "appended.txt",
        "path.txt",
        "arrow.parquet",
        "to-a.txt",
        "to-b.txt",
    ):
        (inside / name).write_text(name)
    for name in ("base.sqlite", "other.sqlite"):
        add_row(inside / name, "create table t (x)")
    (inside / "link.txt").symlink_to("to-a.txt")
    (inside / "linked").symlink_to("linked-a")
    (project.root.parent / "outside.txt").write_text("1")
    (project.root.parent / ".hidden").write_text("1")
    (project.root / "helper.py").write_text("NUMBER = 1\n")
    (project.root / "package" / "inner").mkdir(parents=True)
    (project.root / "package" / "inner" / "deep.py").write_text("NUMBER = 1\n")
    (project.root / "defaults.yaml").write_text("x: 1\n")
    write(
        project,
        {
            "first": (*GOOD, KEEPS),
            "second": (BEGIN, BUILDS, SAY, SHOW),
            "files": ("# Words", BEGIN, FILES, SAY, SHOW),
            "folders": (BEGIN, FOLDERS, SAY, SHOW),
            "variables": (BEGIN, VARIABLES, SAY, SHOW),
        },
        {"first": "parameters={'year': 2020}, headlines=2"},
        parameters='area: str = "Cambridgeshire"\nyear: int = 2018',
    )
    made = project.pipeline("run")
    assert made.returncode == 0, made.stderr


def add_row(path: Path, *statements: str) -> None:
    connected = sqlite3.connect(path)
    for statement in statements or ("insert into t values (1)",):
        connected.execute(statement)
    connected.commit()
    connected.close()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The project, made; with a home of its own and a Casebook and packages of its own to change."""
    folder = tmp_path_factory.mktemp("cases")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        for name, value in NAMED.items():
            patch.setenv(name, value)
        project = copy_of_project(folder)
        shutil.copytree(freshness.PACKAGE, folder / "casebook", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy2(ROOT / "requirements.lock", folder)
        site, real = folder / "site", Path(sysconfig.get_path("purelib"))
        site.mkdir()
        for one in real.iterdir():
            (site / one.name).symlink_to(one)
        for own in ("seaborn", next(real.glob("seaborn-*")).name):
            (site / own).unlink()
            shutil.copytree(real / own, site / own, ignore=shutil.ignore_patterns("__pycache__"))
        patch.setattr(freshness, "PACKAGE", folder / "casebook")
        patch.setattr(sysconfig, "get_path", lambda _: str(site))
        prepare(project)
        yield project, Tables(project.root)


class Looked:
    """What a run would find in the project as it is now."""

    def __init__(self, project: Project, tables: Tables) -> None:
        self.project, self.root, self._tables = project, project.root, tables
        self.site, self.casebook = self.root.parent / "site", self.root.parent / "casebook"

    def stale(self) -> dict[str, str]:
        """Return the stale reports with the reasons, and the files about all reports that are not as published."""
        freshness.program(self.root)
        space: dict = {"__name__": "pipeline"}
        text = (self.root / "pipeline.py").read_text().replace("main(PACK", "PACK, (")
        exec(text.replace('PACK, (, "Cambridgeshire")', ""), space)
        pack: list[Report] = space["PACK"]
        jobs = plan.make(pack, self.root, [], ["Cambridgeshire"], {}, self._tables)[0]
        before = packs._PreviousPack.of(self.root / "reports")
        needs, _ = packs._needs(jobs, before, self.root, set())
        found = {name: need.why for (name, _), need in needs.items() if need}
        if manifest_only := before.altered:
            found |= dict.fromkeys(manifest_only, "altered")
        return found

    def at_once(self) -> bool:
        """Return whether a run would say at once that nothing has changed."""
        freshness.program(self.root)
        return bool(freshness.nothing_changed(self.root, ["run"]))

    def edit(self, name: str, change) -> None:
        path = self.root / "notebooks" / f"{name}.ipynb"
        written = nbformat.read(path, 4)
        change(written)
        nbformat.write(written, path)

    def described(self, change, table: str = "smoking_prevalence") -> None:
        description = self.project.description(table)
        change(description)
        self.project.describe(table, description)

    def published(self, name: str) -> Path:
        return self.root / "reports" / name


@pytest.fixture
def looked(prepared, monkeypatch):
    """The project, to change one thing in; it is put back afterwards."""
    project, tables = prepared
    folder = project.root.parent
    kept = {
        path: (path.readlink() if path.is_symlink() else path.read_bytes(), path.lstat().st_mtime_ns)
        for top in (folder / "project", folder / "casebook", folder / "site" / "seaborn")
        for path in top.rglob("*")
        if path.is_symlink() or path.is_file()
    }
    names = {path.name for path in (folder / "site").iterdir()}
    yield Looked(project, tables)
    for path in {path for top in (folder / "project", folder / "casebook") for path in top.rglob("*")} - kept.keys():
        if path.is_symlink() or path.is_file():
            path.unlink()
    for path, (content, time) in kept.items():
        if isinstance(content, Path):
            path.unlink(missing_ok=True)
            path.symlink_to(content)
        elif not path.is_file() or path.read_bytes() != content or path.stat().st_mtime_ns != time:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            os.utime(path, ns=(time, time))
    for path in (folder / "site").iterdir():
        if path.name not in names:
            path.rename(
                path.with_name(
                    next(
                        one
                        for one in names
                        if not (folder / "site" / one).is_symlink() and not (folder / "site" / one).exists()
                    )
                )
            )
    for name in (".hidden", "outside.txt"):
        (folder / name).write_text("1")


def append(path: str, text: str = "2"):
    return lambda at, _: (at.root / path).open("a").write(text)


def same_size_and_time(path: str):
    def change(at, _):
        file = at.root / path
        time = file.stat().st_mtime_ns
        content = file.read_bytes()
        file.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
        os.utime(file, ns=(time, time))

    return change


def remove(path: str):
    return lambda at, _: (at.root / path).unlink()


def new_file(path: str):
    return lambda at, _: (at.root / path).write_text("new")


def touch(path: str):
    return lambda at, _: os.utime(at.root / path, (1, 1))


def link(path: str, target: str):
    def change(at, _):
        (at.root / path).unlink()
        (at.root / path).symlink_to(target)

    return change


def code(name: str, change):
    return lambda at, _: at.edit(name, change)


def pipeline(old: str, new: str):
    return lambda at, _: at.project.replace("pipeline.py", old, new)


def variable(name: str, value: str | None):
    return lambda at, patch: patch.delenv(name) if value is None else patch.setenv(name, value)


def rewrite(path: str, change):
    def rewritten(at, _):
        file = at.root / path
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")

    return rewritten


def last(cells) -> nbformat.NotebookNode:
    return next(cell for cell in reversed(cells.cells) if cell.cell_type == "code")


def words(cells) -> nbformat.NotebookNode:
    return next(cell for cell in cells.cells if cell.cell_type == "markdown")


NAMES = ("first", "second", "files", "folders", "variables")
TABLE = "data/raw/smoking_prevalence.csv"


def every(reason: str) -> dict[str, str]:
    return dict.fromkeys(NAMES, reason)


def files(path: str, what: str = "changed") -> dict[str, str]:
    return {"files": f"{path} {what}"}


ON_SECOND = {"second": "first, which it builds on, is rebuilt"}
PUBLISHED = "is not as it was published"
RECORD = "reports/cambridgeshire/pack.json"
STALE = {
    # Data.
    "a raw table": (rewrite(TABLE, lambda text: text.replace("16.8", "16.9", 1)), every(f"{TABLE} changed")),
    "a raw table, same size and date": (same_size_and_time(TABLE), every(f"{TABLE} changed")),
    "a raw table is gone": (remove(TABLE), every(f"{TABLE} is gone")),
    "a table's description": (lambda at, _: at.described(lambda one: one.update(title="New")), every("the description of smoking_prevalence changed")),
    "a column's unit": (lambda at, _: at.described(lambda one: one["columns"]["value"].update(unit="new")), every("the description of smoking_prevalence changed")),
    "a publication it is from": (lambda at, _: at.described(lambda one: one["publications"]["paper-004"].update(title="New"), "common"), every("the description of area_spellings changed")),
    "a column it shares": (lambda at, _: at.described(lambda one: one["columns"]["line"].update(title="New"), "common"), every("the description of smoking_prevalence changed")),
    # The notebook.
    "a cell's code": (code("files", lambda book: last(book).update(source=last(book).source + "#")), {"files": "its code changed"}),
    "a new cell": (code("files", lambda book: book.cells.append(nbformat.v4.new_code_cell("1;"))), {"files": "its code changed"}),
    "a cell is gone": (code("files", lambda book: book.cells.remove(last(book))), {"files": "its code changed"}),
    "cells exchanged": (code("folders", lambda book: book.cells.insert(1, book.cells.pop())), {"folders": "its code changed"}),
    "a cell's tag": (code("files", lambda book: last(book).metadata.update(tags=["hide"])), {"files": "its code changed"}),
    "a parameter's default": (code("files", lambda book: book.cells[0].update(source=book.cells[0].source.replace("2018", "2019"))), {"files": "its code changed"}),
    "the code of what others build on": (code("first", lambda book: last(book).update(source=last(book).source + "#")), {"first": "its code changed", **ON_SECOND}),
    "the kernel's name": (code("files", lambda book: book.metadata.kernelspec.update(name="ir")), {"files": "its kernel changed"}),
    "words": (code("files", lambda book: words(book).update(source="# New")), {"files": "its words changed"}),
    "a markdown cell made raw": (code("files", lambda book: words(book).update(cell_type="raw")), {"files": "its words changed"}),
    "a picture in the words": (code("files", lambda book: words(book).update(attachments={"a.png": {"image/png": "aaaa"}})), {"files": "its words changed"}),
    "words moved": (code("files", lambda book: book.cells.append(book.cells.pop(1))), {"files": "its words changed"}),
    "a code cell made markdown": (code("files", lambda book: book.cells.__setitem__(-1, nbformat.v4.new_markdown_cell("x"))), {"files": "its code changed"}),
    # pipeline.py.
    "a parameter in pipeline.py": (pipeline("2020", "2021"), {"first": "its parameters changed (year)", **ON_SECOND}),
    "headlines in pipeline.py": (pipeline("headlines=2", "headlines=5"), {"first": "what pipeline.py says it must contain changed"}),
    "figures in pipeline.py": (pipeline("headlines=2", "figures=1"), {"first": "what pipeline.py says it must contain changed"}),
    # Files it opens.
    "a CSV by pandas": (append("in/table.csv"), files("in/table.csv")),
    "a CSV, same size and date": (same_size_and_time("in/table.csv"), files("in/table.csv")),
    "a compressed file": (lambda at, _: (at.root / "in/table.gz").write_bytes(gzip.compress(b"2")), files("in/table.gz")),
    "an array": (lambda at, _: np.save(at.root / "in/array.npy", np.arange(4)), files("in/array.npy")),
    "a memory map": (append("in/memory.bin"), files("in/memory.bin")),
    "a file by os.open": (append("in/descriptor.txt"), files("in/descriptor.txt")),
    "a file opened r+": (append("in/updated.txt"), files("in/updated.txt")),
    "a file opened a+": (append("in/appended.txt"), files("in/appended.txt")),
    "a file by pathlib": (append("in/path.txt"), files("in/path.txt")),
    "an opened file is gone": (remove("in/path.txt"), files("in/path.txt", "is gone")),
    "a file outside the project": (append("../outside.txt"), files("outside.txt")),
    "a hidden file in the home folder": (append("../.hidden"), files(".hidden")),
    "a database": (lambda at, _: add_row(at.root / "in/base.sqlite"), files("in/base.sqlite")),
    "a database by its address": (lambda at, _: add_row(at.root / "in/other.sqlite"), files("in/other.sqlite")),
    "what is not yet part of a database": (new_file("in/base.sqlite-wal"), files("in/base.sqlite-wal", "is there now")),
    "a link that leads elsewhere": (link("in/link.txt", "to-b.txt"), files("in/link.txt")),
    "what a link leads to": (append("in/to-a.txt"), files("in/link.txt")),
    "a folder's link that leads elsewhere": (link("in/linked", "linked-b"), files("in/linked/inside.txt")),
    "a file looked for and not there is there": (new_file("in/absent.txt"), files("in/absent.txt", "is there now")),
    "a module of the project": (append("helper.py", "A = 1\n"), files("helper.py")),
    "a module, same size and date": (same_size_and_time("helper.py"), files("helper.py")),
    "a module in a package of the project": (append("package/inner/deep.py", "A = 1\n"), files("package/inner/deep.py")),
    # Folders it lists.
    "a new file in a folder by os.listdir": (new_file("in/listed/new.csv"), {"folders": "in/listed changed"}),
    "a file gone from a listed folder": (remove("in/listed/inside.txt"), {"folders": "in/listed changed"}),
    "a new file in a folder by os.scandir": (new_file("in/scanned/new.csv"), {"folders": "in/scanned changed"}),
    "a new file in a folder by glob": (new_file("in/globbed/new.csv"), {"folders": "in/globbed changed"}),
    "a new file in a folder by iterdir": (new_file("in/iterated/new.csv"), {"folders": "in/iterated changed"}),
    "a new file below a folder by os.walk": (new_file("in/walked/below/new.csv"), {"folders": "in/walked/below changed"}),
    "a new file below a folder by rglob": (new_file("in/deep/below/new.csv"), {"folders": "in/deep/below changed"}),
    # The environment.
    "a variable by its name": (variable("CASE_ITEM", "new"), {"variables": "the environment variable CASE_ITEM changed"}),
    "a variable by get": (variable("CASE_GET", "new"), {"variables": "the environment variable CASE_GET changed"}),
    "a variable by getenv": (variable("CASE_GETENV", "new"), {"variables": "the environment variable CASE_GETENV changed"}),
    "a variable is gone": (variable("CASE_GET", None), {"variables": "the environment variable CASE_GET changed"}),
    "a variable that was not set is": (variable("CASE_IN", "new"), {"variables": "the environment variable CASE_IN changed"}),
    # What it runs with.
    "Casebook's code": (lambda at, _: (at.casebook / "english.py").open("a").write("#"), every("Casebook's code changed")),
    "a new module of Casebook": (lambda at, _: (at.casebook / "report/new.py").write_text("#"), every("Casebook's code changed")),
    "a page's template": (lambda at, _: (at.casebook / "pages/templates/page.html.j2").open("a").write(" "), every("the look of pages changed")),
    "the style of pages": (lambda at, _: (at.casebook / "pages/templates/casebook.css").open("a").write(" "), every("the look of pages changed")),
    "the lock file": (lambda at, _: (at.root / "requirements.lock").write_text("x==1"), every("the packages it runs with changed")),
    "another version of a package": (lambda at, _: next(at.site.glob("pandas-*")).rename(at.site / "pandas-99.dist-info"), every("the packages it runs with changed")),
    "a package's code": (lambda at, _: (at.site / "seaborn/utils.py").open("a").write("#"), every("the packages it runs with changed")),
    "another Python": (lambda at, patch: patch.setattr(freshness, "sys", SimpleNamespace(version_info=(3, 99, 0))), every("the packages it runs with changed")),
    # What is published.
    "a page is gone": (remove("reports/cambridgeshire/first.html"), {"first": f"reports/cambridgeshire/first.html {PUBLISHED}", **ON_SECOND}),
    "a page altered": (append("reports/cambridgeshire/files.html"), {"files": f"reports/cambridgeshire/files.html {PUBLISHED}"}),
    "a spreadsheet is gone": (remove("reports/cambridgeshire/files.xlsx"), {"files": f"reports/cambridgeshire/files.xlsx {PUBLISHED}"}),
    "a spreadsheet altered": (append("reports/cambridgeshire/files.xlsx"), {"files": f"reports/cambridgeshire/files.xlsx {PUBLISHED}"}),
    "an executed notebook is gone": (remove("reports/cambridgeshire/files.ipynb"), {"files": f"reports/cambridgeshire/files.ipynb {PUBLISHED}"}),
    "an executed notebook altered": (append("reports/cambridgeshire/files.ipynb", " "), {"files": f"reports/cambridgeshire/files.ipynb {PUBLISHED}"}),
    "the index is gone": (remove("reports/index.html"), {"index.html": "altered"}),
    "the index altered": (append("reports/index.html"), {"index.html": "altered"}),
    "the page of printed figures is gone": (remove("reports/reconciliation.html"), {"reconciliation.html": "altered"}),
    "the page of printed figures altered": (append("reports/reconciliation.html"), {"reconciliation.html": "altered"}),
    "the accessibility statement is gone": (remove("reports/accessibility.html"), {"accessibility.html": "altered"}),
    "the accessibility statement altered": (append("reports/accessibility.html"), {"accessibility.html": "altered"}),
    "the area's index is gone": (remove("reports/cambridgeshire/index.html"), {"cambridgeshire/index.html": "altered"}),
    "the area's index altered": (append("reports/cambridgeshire/index.html"), {"cambridgeshire/index.html": "altered"}),
    "the pack.json at the top is gone": (remove("reports/pack.json"), {"pack.json": "altered"}),
    "the pack.json at the top altered": (rewrite("reports/pack.json", lambda text: text.replace("A small report", "A great report", 1)), {"pack.json": "altered"}),
    "the area's pack.json is gone": (remove(RECORD), every("it was not in the pack") | {"pack.json": "altered"}),
    "the area's pack.json altered": (rewrite(RECORD, lambda text: text.replace("A small report", "A great report", 1)), every(f"{RECORD} {PUBLISHED}") | {"pack.json": "altered", "cambridgeshire/pack.json": "altered"}),
    "the area's pack.json written in another way": (rewrite(RECORD, lambda text: json.dumps(json.loads(text))), every(f"{RECORD} {PUBLISHED}") | {"pack.json": "altered", "cambridgeshire/pack.json": "altered"}),
}  # fmt: skip
FRESH = {
    "nothing": lambda at, _: None,
    "the date of a table": touch(TABLE),
    "the date of a notebook": touch("notebooks/files.ipynb"),
    "the date of an opened file": touch("in/table.csv"),
    "the date of a page": touch("reports/cambridgeshire/files.html"),
    "the date of a package's module": lambda at, _: os.utime(at.site / "seaborn/utils.py"),
    "a file that is written again": rewrite("in/path.txt", lambda text: text),
    "a hidden file in a listed folder": new_file("in/listed/.hidden"),
    "a variable that nobody asked for": variable("CASE_OTHER", "new"),
    "a variable that the notebook sets": variable("CASE_OWN", "new"),
    "a file that no notebook opened": new_file("in/another.txt"),
    "a link by another name to the same": link("in/link.txt", "../in/to-a.txt"),
    "a backup of a notebook": lambda at, _: (
        at.root / "notebooks/.ipynb_checkpoints").mkdir(exist_ok=True) or new_file("notebooks/.ipynb_checkpoints/files-checkpoint.ipynb")(at, _),
}  # fmt: skip
# Not the same to the quick look, which then gives way to the look at each report.
FRESH_REPORTS = {
    "outputs kept in a notebook": code("files", lambda book: last(book).update(execution_count=3)),
    "a notebook written in another way": rewrite("notebooks/files.ipynb", lambda text: json.dumps(json.loads(text))),
    "another table": rewrite("data/raw/care_applications.csv", lambda text: text + "\n"),
    "another table's description": lambda at, _: at.described(lambda one: one.update(title="New"), "care_applications"),
    "another table's publication": lambda at, _: at.described(lambda one: one["publications"]["sen2"].update(title="New"), "common"),
    "a notebook of no report": new_file("notebooks/draft.ipynb"),
    "a note beside the pages": new_file("reports/note.txt"),
    "the limits in pipeline.py": pipeline("headlines=2", "headlines=2, limits=Limits(seconds=9)"),
}  # fmt: skip
# What docs/operators.md names as not noticed, in its words.
MISSED = {
    "existence asked": (new_file("in/asked.txt"), "whether a file exists"),
    "a file opened by a library's own code": (append("in/arrow.parquet"), "files that a library opens past Python"),
}  # fmt: skip


@pytest.mark.parametrize("name", STALE)
def test_what_changed_is_noticed_and_nothing_else_is_stale(looked, monkeypatch, name):
    change, expected = STALE[name]
    change(looked, monkeypatch)
    assert not looked.at_once()
    found = looked.stale()
    assert found.keys() == expected.keys()
    assert {key: why for key, why in found.items() if not why.endswith(expected[key])} == {}


@pytest.mark.parametrize("name", FRESH)
def test_what_does_not_matter_changes_nothing(looked, monkeypatch, name):
    FRESH[name](looked, monkeypatch)
    assert looked.at_once()
    assert looked.stale() == {}


@pytest.mark.parametrize("name", FRESH_REPORTS)
def test_what_is_not_a_reports_own_leaves_it_fresh(looked, monkeypatch, name):
    FRESH_REPORTS[name](looked, monkeypatch)
    assert looked.stale() == {}


@pytest.mark.parametrize("name", MISSED)
def test_what_is_not_noticed_is_named_in_the_documentation(looked, monkeypatch, name):
    change, named = MISSED[name]
    change(looked, monkeypatch)
    assert looked.stale() == {}
    assert named in " ".join((ROOT / "docs/operators.md").read_text(encoding="utf-8").split())


def test_a_file_of_the_system_is_an_input_where_the_notebook_opens_it(looked):
    assert "/etc/hosts" in {one["path"] for one in looked.project.report("files")["opened"]}


def test_no_value_of_a_variable_can_be_told_from_the_pack(looked):
    kept = looked.project.report("variables")["variables"]
    assert set(kept) == {*NAMED, "CASE_IN"}
    assert freshness.sha256(b"password").hexdigest() not in json.dumps(looked.project.pack())
