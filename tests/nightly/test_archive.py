"""Dated packs stay what they were, cost little, and go when they are too many, unless a committee has seen them."""

import errno
from datetime import date, datetime, timedelta

import pytest

from casebook.errors import InputError
from casebook.nightly import archive

NIGHT = datetime(2026, 11, 24, 2, 0)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "reports" / "essex").mkdir(parents=True)
    publish(tmp_path, "first")
    (tmp_path / "reports" / "essex" / "care.html").write_text("the same")
    return tmp_path


def publish(root, text):
    (root / "reports" / "index.html").unlink(missing_ok=True)
    (root / "reports" / "index.html").write_text(text)


def test_a_dated_pack_is_the_published_one_and_stays_so(root):
    kept = archive.keep(root, NIGHT, 30)
    publish(root, "second")
    assert kept.name == "2026-11-24T0200"
    assert kept.kept_at == NIGHT
    assert (root / "packs" / kept.name / "index.html").read_text() == "first"
    assert (root / "packs" / kept.name / "essex" / "care.html").read_text() == "the same"
    # Nor can somebody who opens one write into the other by mistake.
    assert not (root / "packs" / kept.name / "index.html").stat().st_mode & 0o222


def test_what_is_the_same_is_held_once(root):
    first = archive.keep(root, NIGHT, 30)
    publish(root, "second")
    second = archive.keep(root, NIGHT + timedelta(days=1), 30)
    one, other = (root / "packs" / kept.name / "essex" / "care.html" for kept in (first, second))
    assert one.stat().st_ino == other.stat().st_ino
    # The published pack itself is no part of that: it may be changed.
    assert one.stat().st_ino != (root / "reports" / "essex" / "care.html").stat().st_ino


def test_a_night_on_which_nothing_changed_keeps_nothing_more(root):
    archive.keep(root, NIGHT, 30)
    assert archive.keep(root, NIGHT + timedelta(days=1), 30) is None
    assert len(archive.packs(root)) == 1


def test_the_oldest_go_but_never_one_kept_for_a_committee(root):
    for night in range(12):
        publish(root, f"night {night}")
        kept = archive.keep(root, NIGHT + timedelta(days=night), 3)
        if night == 0:
            archive.keep_for(root, kept.name, date(2026, 12, 8))
    names = [(one.name[5:10], one.committee) for one in archive.packs(root)]
    assert names == [("12-05", None), ("12-04", None), ("12-03", None), ("11-24", date(2026, 12, 8))]
    assert (root / "packs" / "2026-11-24T0200" / "index.html").read_text() == "night 0"
    archive.keep_for(root, "2026-11-24T0200", None)
    publish(root, "one more")
    archive.keep(root, NIGHT + timedelta(days=20), 3)
    assert "2026-11-24T0200" not in [one.name for one in archive.packs(root)]


def test_several_packs_of_a_minute_are_told_apart_and_in_order(root):
    for number in range(11):
        publish(root, f"pack {number}")
        archive.keep(root, NIGHT, 30)
    names = [one.name for one in archive.packs(root)]
    assert names[0] == "2026-11-24T0200-11"
    assert names[-2:] == ["2026-11-24T0200-2", "2026-11-24T0200"]


def test_what_a_killed_run_half_copied_is_no_pack_and_goes(root):
    left = root / "packs" / "2026-11-23T0200.unfinished"
    left.mkdir(parents=True)
    assert archive.packs(root) == []
    archive.keep(root, NIGHT, 30)
    assert not left.exists()


def test_a_pack_that_is_not_there_cannot_be_kept(root):
    archive.keep(root, NIGHT, 30)
    with pytest.raises(InputError, match="did you mean 2026-11-24T0200"):
        archive.keep_for(root, "2026-11-24T0201", date(2026, 12, 8))


def test_a_spoilt_list_of_committees_lets_nothing_go(root):
    archive.keep(root, NIGHT, 30)
    (root / "packs" / "committees.json").write_text("[")
    publish(root, "second")
    with pytest.raises(InputError, match=r"committees\.json"):
        archive.keep(root, NIGHT + timedelta(days=1), 1)
    assert (root / "packs" / "2026-11-24T0200").is_dir()


def test_none_is_kept_where_none_is_asked_for(root):
    assert archive.keep(root, NIGHT, 0) is None
    assert not (root / "packs").exists()


def test_a_copy_that_fails_makes_room_again(root, monkeypatch):
    archive.keep(root, NIGHT, 30)
    publish(root, "second")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive.shutil, "copy2", full)
    with pytest.raises(OSError, match="No space left"):
        archive.keep(root, NIGHT + timedelta(days=1), 30)
    assert [one.name for one in (root / "packs").iterdir()] == ["2026-11-24T0200"]


def test_over_seven_months_of_nights_what_a_committee_saw_stays_and_the_disk_holds_what_differs(root):
    shown = {}
    for night in range(210):
        # Twice a week, something new.
        if night % 7 in (0, 3):
            publish(root, f"night {night}")
        kept = archive.keep(root, NIGHT + timedelta(days=night), 30)
        if kept and night % 35 == 0:
            archive.keep_for(root, kept.name, NIGHT.date() + timedelta(days=night + 14))
            shown[kept.name] = f"night {night}"
    names = [one.name for one in archive.packs(root)]
    assert len(names) == 30 + len(shown)
    assert set(shown) <= set(names)
    assert len(shown) == 6
    for name, text in shown.items():
        assert (root / "packs" / name / "index.html").read_text() == text
        assert (root / "packs" / name / "essex" / "care.html").read_text() == "the same"
    assert len({(root / "packs" / name / "essex" / "care.html").stat().st_ino for name in names}) == 1
