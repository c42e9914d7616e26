"""A pack is published whole or not at all."""

import os
import threading
from pathlib import Path

import pytest

from casebook.run import publish


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


def test_without_the_exchange_of_linux_two_steps_do_the_same(reports, monkeypatch):
    monkeypatch.setattr(publish.sys, "platform", "darwin")
    with publish.staging(reports) as stage:
        (stage / "index.html").write_text("new")
    assert (reports / "index.html").read_text() == "new"


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
