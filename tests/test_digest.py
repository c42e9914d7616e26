"""A file is read once a process, as long as it is not touched; whoever listens hears of each look."""

import os
import sys
from hashlib import sha256

import pytest

from casebook import digest


@pytest.fixture
def at_rest(tmp_path, monkeypatch):
    """A file that was written a while ago, and the files that are read."""
    path, read, usual = tmp_path / "table.csv", [], digest.of_file
    path.write_text("area,value\n")
    monkeypatch.setattr(digest, "_AT_REST", -1.0)
    monkeypatch.setattr(digest, "of_file", lambda one: read.append(one) or usual(one))
    return path, read


def test_a_file_that_nobody_touched_is_read_once(at_rest):
    path, read = at_rest
    assert digest.of(path) == digest.of(path) == sha256(b"area,value\n").hexdigest()
    assert read == [path]


def test_what_is_written_in_its_place_is_read_also_with_the_same_size_and_date(at_rest):
    path, _ = at_rest
    before, date = digest.of(path), path.stat().st_mtime_ns
    path.write_text("area,VALUE\n")
    os.utime(path, ns=(date, date))
    assert digest.of(path) == sha256(b"area,VALUE\n").hexdigest() != before


def test_what_was_written_just_now_is_read_again(at_rest, monkeypatch):
    path, read = at_rest
    monkeypatch.setattr(digest, "_AT_REST", 2.0)
    assert digest.of(path) == digest.of(path)
    assert len(read) == 2


def test_a_file_that_is_known_already_is_still_heard_of_as_opened(at_rest):
    path, _ = at_rest
    digest.of(path)
    heard = []
    sys.addaudithook(lambda event, said: heard.append(said[0]) if event == "open" else None)
    digest.of(path)
    assert os.fspath(path) in heard
