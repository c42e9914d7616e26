"""A pack is published whole or not at all."""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import LONGEST, as_users
from small_reports import GOOD, write

from casebook.errors import ReportFailedError
from casebook.pages import publish


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "index.html").write_text("old")
    return folder


def test_what_is_built_takes_the_place_of_what_was_published(reports):
    with publish.staging(reports) as stage:
        assert (stage / "index.html").read_text() == "old"
        (stage / "index.html").write_text("new")
        assert (reports / "index.html").read_text() == "old"
    assert (reports / "index.html").read_text() == "new"


def test_a_failure_leaves_the_published_pack_and_no_remains(reports):
    with pytest.raises(RuntimeError), publish.staging(reports) as stage:
        (stage / "index.html").write_text("half")
        raise RuntimeError
    assert (reports / "index.html").read_text() == "old"
    assert {path.name for path in reports.parent.iterdir()} == {"reports", ".casebook"}


def test_success_leaves_no_remains(reports):
    with publish.staging(reports):
        pass
    assert {path.name for path in reports.parent.iterdir()} == {"reports", ".casebook"}


def test_a_first_pack_needs_no_folder(tmp_path):
    with publish.staging(tmp_path / "reports") as stage:
        (stage / "index.html").write_text("first")
    assert (tmp_path / "reports" / "index.html").read_text() == "first"


@pytest.fixture
def no_exchange(monkeypatch):
    """A place whose name cannot be exchanged with another's, as at a mount point."""
    monkeypatch.setattr(publish, "_exchange", lambda new, old: False)


def test_where_folders_cannot_change_places_files_do_and_it_is_said(reports, no_exchange):
    said: list[str] = []
    (reports / "essex").mkdir()
    (reports / "essex" / "gone.html").write_text("old")
    (reports / "same.html").write_text("same")
    same, inode = (reports / "same.html").stat().st_mtime_ns, reports.stat().st_ino
    with publish.staging(reports, said.append) as stage:
        (stage / "index.html").write_text("new")
        (stage / "essex" / "gone.html").unlink()
        (stage / "essex").rmdir()
        (stage / "luton").mkdir()
        (stage / "luton" / "page.html").write_text("new")
    assert {str(path.relative_to(reports)) for path in reports.rglob("*")} == {
        "index.html", "same.html", "luton", "luton/page.html"
    }  # fmt: skip
    assert (reports / "index.html").read_text() == "new"
    assert ((reports / "same.html").stat().st_mtime_ns, reports.stat().st_ino) == (same, inode)
    assert len(said) == 1
    assert said[0].startswith("reports cannot change places with another folder (a mount point, for one)")
    assert {path.name for path in reports.parent.iterdir()} == {"reports", ".casebook"}


def test_file_by_file_a_page_is_there_before_the_index_that_leads_to_it_and_stays_until_none_does(
    reports, no_exchange, monkeypatch
):
    for name in ("one.html", "two.html"):
        (reports / "essex").mkdir(exist_ok=True)
        (reports / "essex" / name).write_text("old")
    steps = []
    replace, unlink = Path.replace, Path.unlink
    monkeypatch.setattr(Path, "replace", lambda self, to: (steps.append(f"put {to.name}"), replace(self, to)))
    monkeypatch.setattr(
        Path, "unlink", lambda self, **options: (steps.append(f"delete {self.name}"), unlink(self, **options))
    )
    with publish.staging(reports) as stage:
        (stage / "index.html").write_text("new")
        (stage / "pack.json").write_text("new")
        (stage / "essex" / "one.html").write_text("new")
        (stage / "essex" / "three.html").write_text("new")
        os.unlink(stage / "essex" / "two.html")  # noqa: PTH108
    assert steps[:5] == ["put three.html", "put one.html", "put pack.json", "put index.html", "delete two.html"]


@pytest.mark.parametrize("in_one_step", [True, False])
def test_of_a_pack_published_in_parts_nothing_else_is_touched(reports, monkeypatch, in_one_step):
    if not in_one_step:
        monkeypatch.setattr(publish, "_exchange", lambda new, old: False)
    for name in ("essex/page.html", "leeds/page.html", "gone.html", "index.html"):
        (reports / name).parent.mkdir(exist_ok=True)
        (reports / name).write_text("old")
    with publish.staging(reports, parts=["essex", "kent"]) as stage:
        assert [path.name for path in stage.iterdir()] == ["essex"]
        (stage / "essex" / "page.html").write_text("new")
        (stage / "kent").mkdir()
        (stage / "kent" / "page.html").write_text("new")
    with publish.staging(reports, parts=["index.html", "gone.html"]) as stage:
        (stage / "gone.html").unlink()
        (stage / "index.html").write_text("new")
        (stage / "pack.json").write_text("new")
    found = {path.relative_to(reports).as_posix(): path.read_text() for path in reports.rglob("*") if path.is_file()}
    assert {name: found[name] for name in found.keys() - {"same.html"}} == {
        "essex/page.html": "new", "kent/page.html": "new", "leeds/page.html": "old", "index.html": "new", "pack.json": "new"
    }  # fmt: skip
    with publish.staging(reports, parts=["leeds"]) as stage:
        (stage / "leeds" / "page.html").unlink()
        (stage / "leeds").rmdir()
    assert not (reports / "leeds").exists()


def test_a_part_that_a_killed_run_was_putting_in_its_place_is_finished_and_nothing_else(
    reports, no_exchange, monkeypatch
):
    (reports / "essex").mkdir()
    for name in ("essex/a.html", "essex/b.html", "index.html"):
        (reports / name).write_text("old")
    replace, put = Path.replace, []

    def killed(self, to):
        put.append(to)
        if len(put) == 2:
            raise SystemExit
        return replace(self, to)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(SystemExit), publish.staging(reports, parts=["essex"]) as stage:
            (stage / "essex" / "a.html").write_text("new")
            (stage / "essex" / "b.html").write_text("new")
    with publish.staging(reports, parts=[]):
        pass
    assert [(reports / name).read_text() for name in ("essex/a.html", "essex/b.html", "index.html")] == [
        "new",
        "new",
        "old",
    ]
    assert publish.left_over(reports) == []


def test_a_disk_that_is_full_changes_nothing_where_files_are_put_one_by_one(reports, no_exchange, monkeypatch):
    (reports / "page.html").write_text("old")
    copy2 = publish.shutil.copy2

    def full(source, target, **options):
        if str(target).endswith("page.html.casebook-new"):
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        return copy2(source, target, **options)

    monkeypatch.setattr(publish.shutil, "copy2", full)
    with pytest.raises(OSError, match="No space left"), publish.staging(reports) as stage:
        for name in ("index.html", "page.html"):
            (stage / name).write_text("new")
    assert {path.name: path.read_text() for path in reports.iterdir()} == {"index.html": "old", "page.html": "old"}
    assert {path.name for path in reports.parent.iterdir()} == {"reports", ".casebook"}


def test_what_reports_links_to_is_published_and_the_link_stays(reports, tmp_path):
    site = tmp_path / "var" / "site"
    site.parent.mkdir()
    reports.rename(site)
    reports.symlink_to(site)
    with publish.staging(reports) as stage:
        assert stage.parent.parent == site.parent
        (stage / "index.html").write_text("new")
    assert reports.is_symlink()
    assert (site / "index.html").read_text() == "new"
    assert {path.name for path in site.parent.iterdir()} == {"site"}


def test_a_link_to_a_place_that_is_not_there_yet_is_made(tmp_path):
    (tmp_path / "reports").symlink_to(tmp_path / "var" / "site")
    with publish.staging(tmp_path / "reports") as stage:
        (stage / "index.html").write_text("first")
    assert (tmp_path / "var" / "site" / "index.html").read_text() == "first"


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no other file system at hand")
def test_a_link_to_another_file_system_is_published_in_one_step(reports):
    said: list[str] = []
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        site = Path(elsewhere) / "site"
        shutil.move(reports, site)
        reports.symlink_to(site)
        with publish.staging(reports, said.append) as stage:
            (stage / "index.html").write_text("new")
        assert (site / "index.html").read_text() == "new"
        assert os.listdir(elsewhere) == ["site"]  # noqa: PTH208
    assert said == []


@pytest.mark.parametrize("moment", ["a link in a circle", "a file in the place"])
def test_a_place_that_cannot_be_one_is_refused_before_anything_is_built(reports, tmp_path, moment):
    shutil.rmtree(reports)
    if moment == "a link in a circle":
        reports.symlink_to(reports)
    else:
        reports.write_text("")
    with pytest.raises(ReportFailedError, match="cannot be used"), publish.staging(reports):
        pytest.fail("it began")
    assert {path.name for path in tmp_path.iterdir()} == {"reports", ".casebook"}


# What may be done at all, root may do.
as_nobody = """
import fcntl, os, sys
from pathlib import Path
from casebook.pages import publish
os.setgid(65534), os.setuid(65534)
try:
    with publish.staging(Path(sys.argv[1])) as stage:
        (stage / "index.html").write_text("new")
        print("began")
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize(
    ("modes", "outcome"),
    [
        (
            {"reports": 0o555},
            "ReportFailedError: reports cannot be used (Permission denied): this user may not: let it",
        ),
        ({"reports/essex": 0o555}, "began"),
        ({"": 0o555}, "ReportFailedError: "),
        ({"var": 0o555}, "began"),
    ],
)
def test_what_cannot_be_written_is_found_first_and_leaves_nothing_behind(reports, tmp_path, modes, outcome):
    tmp_path.chmod(0o755)
    (reports / "essex").mkdir()
    (reports / "essex" / "page.html").write_text("old")
    (tmp_path / ".casebook").mkdir()
    if "var" in modes:
        # The place that is meant may be written, but nothing be put beside it.
        (tmp_path / "var").mkdir()
        reports.rename(tmp_path / "var" / "site")
        reports.symlink_to(tmp_path / "var" / "site")
    for path in [tmp_path, *tmp_path.rglob("*")]:
        os.chown(path, 65534, 65534)
    for path, mode in modes.items():
        (tmp_path / path).chmod(mode)
    # The folders above belong to root alone; a folder of one's own is entered all the same once one stands in it.
    with open_to_all(tmp_path):
        for _ in range(3):
            done = subprocess.run(
                [sys.executable, "-c", as_nobody, tmp_path / "reports"], capture_output=True, text=True, check=False
            )
            assert done.stdout.startswith(outcome), done.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"reports", ".casebook", "var"}
    assert (reports / "index.html").read_text() == ("new" if outcome == "began" else "old")


@contextmanager
def open_to_all(folder: Path):
    """Let others pass through the folders above one, for as long as the block runs."""
    before = {above: above.stat().st_mode for above in folder.parents if not above.stat().st_mode & 0o001}
    for above, mode in before.items():
        above.chmod(mode | 0o011)
    try:
        yield
    finally:
        for above, mode in before.items():
            above.chmod(mode)


def test_a_copy_that_could_not_be_deleted_is_cleared_away_by_the_next_run(reports):
    left = reports.parent / ".reports-left" / "reports" / "essex"
    left.mkdir(parents=True)
    (left / "page.html").write_text("half")
    left.chmod(0o555)
    with publish.staging(reports):
        pass
    assert {path.name for path in reports.parent.iterdir()} == {"reports", ".casebook"}


def test_what_was_being_put_in_place_when_a_run_was_killed_is_finished_by_the_next(reports):
    left = reports.parent / ".reports-left"
    for folder in ("reports", "reports-of-a-worker", "reports-of-another"):
        (left / folder).mkdir(parents=True)
    (left / "reports" / "index.html").write_text("new")
    (left / publish.WHOLE).touch()
    publish.recover(reports)
    assert (reports / "index.html").read_text() == "new"
    assert {path.name for path in reports.parent.iterdir()} == {"reports"}


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="the exchange in one step is Linux's")
def test_a_reader_sees_the_old_pack_or_the_new_one_at_every_instant(reports):
    seen, stop = set(), threading.Event()

    def read():
        while not stop.is_set():
            try:
                seen.add((reports / "index.html").read_text())
            except OSError as error:
                seen.add(type(error).__name__)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(200):
        with publish.staging(reports) as stage:
            (stage / "index.html").write_text(f"pack {number}")
    stop.set()
    reader.join()
    assert seen <= {"old", *(f"pack {number}" for number in range(200))}


CUT_SHORT = """
import os, shutil, signal, sys, tempfile
from pathlib import Path
from casebook.pages import publish

reports, step, how = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
done = 0

def counted(function):
    def call(*arguments, **options):
        global done
        for moment in ("before", "after"):
            done += 1
            if done == step:
                os.kill(os.getpid(), signal.SIGKILL)
            if moment == "before":
                result = function(*arguments, **options)
        return result
    return call

if how == "file by file":
    publish._exchange = lambda new, old: False
tempfile.mkdtemp = counted(tempfile.mkdtemp)
shutil.copytree, shutil.rmtree = counted(shutil.copytree), counted(shutil.rmtree)
publish._exchange, publish._onto_the_disk = counted(publish._exchange), counted(publish._onto_the_disk)
shutil.copy2, Path.touch, Path.replace, Path.unlink = map(counted, (shutil.copy2, Path.touch, Path.replace, Path.unlink))
with publish.staging(reports) as stage:
    # As a worker has one.
    (stage.parent / "reports-own").mkdir()
    (stage / "index.html").write_text("new")
    (stage / "page.html").write_text("new")
print("whole")
"""


def _mounts() -> bool:
    """Whether this user may mount something, in a namespace of its own that goes with the process."""
    words = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    return bool(shutil.which("unshare")) and subprocess.run(words, capture_output=True, check=False).returncode == 0


AT_A_MOUNT_POINT = """
mount -t tmpfs none reports && export SOURCE_DATE_EPOCH=1777626000
"$0" pipeline.py run && "$0" pipeline.py pdf one && cp -r reports copy && ls -A > left
"""


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.skipif(not _mounts(), reason="only root may mount something, and not in every container")
def test_a_run_publishes_into_a_real_mount_point_and_says_that_it_was_not_in_one_step(project):
    write(project, {"one": GOOD})
    (project.root / "reports").mkdir(exist_ok=True)
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-ec", AT_A_MOUNT_POINT, sys.executable],
        cwd=project.root, env=as_users(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("reports cannot change places with another folder (a mount point, for one)") == 2
    assert list((project.root / "reports").iterdir()) == []
    (project.root / "reports").rmdir()
    (project.root / "copy").rename(project.root / "reports")
    assert {
        "cambridgeshire/one.html",
        "cambridgeshire/one.pdf",
        "index.html",
        "pack.json",
    } <= project.published().keys()
    assert not [name for name in (project.root / "left").read_text().split() if name.startswith(".reports-")]


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("how", ["one step", "file by file"])
def test_a_power_cut_at_any_step_leaves_the_old_pack_or_the_new_one_or_one_the_next_run_restores(
    reports, tmp_path, how
):
    script = tmp_path / "cut.py"
    script.write_text(CUT_SHORT)
    (reports / "page.html").write_text("old")
    seen = set()
    for step in range(1, 80):
        done = subprocess.run(
            [sys.executable, script, reports, str(step), how],
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
        found = {path.read_text() for path in reports.iterdir()}
        if how == "one step":
            assert found in ({"old"}, {"new"})
        seen.add("both" if len(found) > 1 else found.pop())
        with publish.staging(reports) as stage:
            assert len({path.read_text() for path in stage.iterdir()}) == 1
            assert {path.name for path in stage.iterdir()} == {"index.html", "page.html"}
            for path in stage.iterdir():
                path.write_text("old")
        assert {path.name for path in reports.parent.iterdir()} == {"reports", ".casebook", "cut.py"}
        if done.stdout == "whole\n":
            break
        assert done.returncode == -9, done.stderr
    assert seen == ({"old", "new"} if how == "one step" else {"old", "both", "new"})
    assert step > 8
