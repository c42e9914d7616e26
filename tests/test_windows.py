"""What Windows does not have is not asked for: tried here by taking it away."""

import importlib
import os
import signal
import sys

import pytest

from casebook.data import project
from casebook.engine import outcome, signals, workers
from casebook.pages import publish


def test_a_file_is_written_whole_where_a_descriptor_has_no_mode(monkeypatch, tmp_path):
    monkeypatch.delattr(os, "fchmod")
    project.write_whole(tmp_path / "new.json", b"{}")
    assert (tmp_path / "new.json").read_bytes() == b"{}"
    assert [path.name for path in tmp_path.iterdir()] == ["new.json"]


def test_what_is_written_can_be_read_by_others(tmp_path):
    project.write_whole(tmp_path / "new.json", b"{}")
    assert (tmp_path / "new.json").stat().st_mode & 0o777 == 0o644


def test_a_kernel_that_died_without_a_code_was_killed(monkeypatch):
    monkeypatch.setattr(signal, "Signals", None)
    assert "the signal SIGKILL in cell 3" in outcome.of_exit(outcome.KILLED, "cell 3").message


def test_a_pack_goes_onto_the_disk_through_files_open_for_writing(monkeypatch, tmp_path):
    (tmp_path / "index.html").write_text("x")
    opened = []
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "open", lambda path, flags, real=os.open: opened.append(flags) or real(path, flags))
    publish._onto_the_disk(tmp_path)
    assert opened == [os.O_RDWR]


def test_signals_are_let_through_where_they_cannot_be_blocked(monkeypatch):
    monkeypatch.delattr(signal, "pthread_sigmask")
    with signals.blocked():
        pass


def test_no_process_is_forked_and_cores_are_counted(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert not workers.can_fork()
    assert workers.cores() >= 1


@pytest.mark.parametrize("name", ["fcntl", "resource", "pwd", "grp"])
def test_no_module_of_unix_is_loaded_at_the_start(monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    for module in (
        "casebook.engine.lock",
        "casebook.engine.outcome",
        "casebook.engine.signals",
        "casebook.engine.shell",
    ):
        spec = importlib.util.find_spec(module)
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
