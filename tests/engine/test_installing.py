"""A report's files are taken into a pack, or shown by a preview, while others read there."""

from hashlib import sha256

import pytest

from casebook.engine.task import Task
from casebook.engine.workers import install
from casebook.errors import ReportFailedError

OLD, NEW = b"<p>The old page, which is longer</p>", b"<p>The new page</p>"


def made(tmp_path, content):
    own, stage = tmp_path / "own", tmp_path / "pages"
    own.mkdir()
    (stage / "essex").mkdir(parents=True)
    (stage / "essex/one.html").write_bytes(OLD)
    (own / "one.html").write_bytes(content)
    return Task("one", "one.ipynb", "Essex", "essex", str(tmp_path), str(stage), own=str(own))


def test_who_reads_a_page_while_it_is_replaced_reads_the_old_one_to_its_end(tmp_path):
    task = made(tmp_path, NEW)
    page = tmp_path / "pages/essex/one.html"
    with page.open("rb") as reader:
        install(task, {"one.html": sha256(NEW).hexdigest()})
        assert reader.read() == OLD
    assert page.read_bytes() == NEW
    assert list(page.parent.iterdir()) == [page]


def test_a_page_that_was_changed_after_its_check_replaces_nothing(tmp_path):
    task = made(tmp_path, b"<p>Something else</p>")
    with pytest.raises(ReportFailedError, match=r"one\.html was changed after it had been checked"):
        install(task, {"one.html": sha256(NEW).hexdigest()})
    assert [one.read_bytes() for one in (tmp_path / "pages/essex").iterdir()] == [OLD]
