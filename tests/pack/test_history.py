"""The run log keeps what happened, and bears a crash."""

import pytest

from casebook.engine.lock import AnotherRunError
from casebook.errors import InputError, ReportFailedError, ThresholdExceededError
from casebook.pack import history


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("x"), "refused"),
        (AnotherRunError("x"), "gave way"),
        (ReportFailedError("x"), "failed"),
        (ThresholdExceededError("x"), "held"),
        (OSError("x"), "failed"),
        (KeyboardInterrupt(), "stopped"),
        (RuntimeError("x"), "broke"),
    ],
)
def test_every_end_is_written(tmp_path, error, status):
    with pytest.raises(type(error)), history.of_run(tmp_path, ["run"]):
        raise error
    (run,) = history.runs(tmp_path)
    assert (run.status, run.command, run.said) == (status, ("run",), str(error))


def test_the_last_run_comes_first_and_what_it_made_is_with_it(tmp_path):
    for name in ("one", "two"):
        with history.of_run(tmp_path, ["run", name]) as log:
            log.write("report ended", report=name, status="succeeded")
    runs = history.runs(tmp_path)
    assert [run.command[1] for run in runs] == ["two", "one"]
    assert [report["report"] for report in runs[0].reports] == ["two"]
    assert runs[0].status == "published"


def test_a_run_that_was_killed_is_unfinished_and_a_torn_line_is_passed_over(tmp_path):
    log = history.Log(tmp_path)
    log.write("run began", command=["run"])
    path = tmp_path / history.LOG
    path.write_text(path.read_text() + '{"run": "torn", "at"')
    (run,) = history.runs(tmp_path)
    assert (run.status, run.seconds) == ("unfinished", None)


def test_a_value_on_the_command_line_is_not_written(tmp_path):
    with history.of_run(tmp_path, ["run", "-p", "token=Hush4711"]):
        pass
    assert "Hush4711" not in (tmp_path / history.LOG).read_text()


def test_no_log_is_no_run(tmp_path):
    assert history.runs(tmp_path) == []


def test_a_long_log_gives_way_to_a_new_one_and_its_runs_are_listed_still(tmp_path, monkeypatch):
    monkeypatch.setattr(history, "LONGEST", 1000)
    for number in range(40):
        with history.of_run(tmp_path, ["run", str(number)]):
            pass
    runs = [int(run.command[1]) for run in history.runs(tmp_path)]
    assert runs == list(range(39, 39 - len(runs), -1))
    assert len(runs) >= 5
    assert sum(path.stat().st_size for path in (tmp_path / ".casebook").iterdir()) < 4000
