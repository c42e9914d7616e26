"""A run nobody watches: it says little, keeps what was shown, and tells people once what they have to know."""

import json
import shutil
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import datetime

import pytest
from conftest import LONGEST, as_users, running
from mail_servers import free_port, mail_server
from publishers import Publisher, gives, looked_after
from small_reports import GOOD, OWN_FILE_REPORT, write

from casebook.nightly import sending, serving, telling
from casebook.nightly.commands import Watch
from casebook.nightly.settings import Mail, Nightly, Program, Webhook
from casebook.nightly.settings import check as check_settings
from casebook.nightly.telling import Night, messages

NIGHTS = [1_790_000_000 + 86_400 * day for day in range(8)]
TELL = """
import json, sys
with open("told.jsonl", "a") as file:
    file.write(json.dumps([sys.argv[-2], sys.argv[-1], sys.stdin.read()]) + "\\n")
"""


def told(project):
    path = project.root / "told.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return [json.loads(line) for line in lines]


@pytest.fixture
def nightly(project):
    """Two reports, of which one rests on a file, and a program that writes down what people are told."""
    write(project, {"one": GOOD, "two": OWN_FILE_REPORT})
    (project.root / "note.txt").write_text("one")
    (project.root / "tell.py").write_text(TELL)
    words = f"[{sys.executable!r}, 'tell.py', %r]"
    project.replace("pipeline.py", "import Limits", "import Nightly, Program, Limits")
    ways = ", ".join(f"Program({words % who}, to={who!r})" for who in ("maintainers", "audience"))
    project.replace("pipeline.py", '"Cambridgeshire")', f'"Cambridgeshire", nightly=Nightly(keep=2, tell=[{ways}]))')
    return project


@pytest.fixture
def publisher(monkeypatch):
    pytest.importorskip("pooch")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    started = Publisher()
    yield started
    started.close()


@pytest.mark.slow
def test_a_night_by_night_story(nightly):
    def night(number):
        done = nightly.pipeline("run", "--scheduled", at=NIGHTS[number])
        return done.returncode, done.stdout, done.stderr, told(nightly)

    # All is well: cron has nothing to mail, and the audience is told.
    code, out, err, [(who, subject, text)] = night(0)
    assert (code, out, err, who) == (0, "", "", "audience")
    assert subject == "Casebook, Cambridgeshire: published for the first time"
    assert "A small report, Cambridgeshire" in text
    (log,) = (nightly.root / ".casebook" / "nightly").iterdir()
    assert "2 reports for Cambridgeshire published" in log.read_text()
    kept = nightly.root / "packs" / "2026-09-21T1413"
    assert {
        str(path.relative_to(kept)): path.read_bytes() for path in kept.rglob("*") if path.is_file()
    } == nightly.published()

    # Nothing has changed: nobody is told, nothing more is kept.
    assert night(1) == (0, "", "", [])
    assert len(list((nightly.root / "packs").iterdir())) == 1

    # A report fails: the maintainers are told once, and readers keep its last good page.
    (nightly.root / "note.txt").unlink()
    code, out, err, [(who, subject, text)] = night(2)
    assert (code, out, who) == (1, "", "maintainers")
    assert subject == "Casebook, Cambridgeshire: 1 report failed"
    assert "note.txt" in err
    assert "note.txt" in text
    assert "with the last good page of A small report" in text
    code, _, err, letters = night(3)
    assert (code, letters) == (1, [])
    assert "note.txt" in err

    # It fails otherwise: told again, with since when something has been wrong.
    nightly.replace("notebooks/one.ipynb", "The table is small.", "The table is not small.")
    nightly.replace("notebooks/two.ipynb", "note.txt", "notes.txt")
    code, _, _, letters = night(4)
    assert code == 1
    to_maintainers = [text for who, _, text in letters if who == "maintainers"]
    assert "notes.txt" in to_maintainers[0]
    assert "Something has been wrong since 23 September 2026 at" in to_maintainers[0]

    # It is mended: that is told, too.
    (nightly.root / "notes.txt").write_text("two")
    code, _, err, letters = night(5)
    assert (code, err) == (0, "")
    assert sorted(who for who, _, _ in letters) == ["audience", "maintainers"]
    assert "all is well again" in next(subject for who, subject, _ in letters if who == "maintainers")
    # Two dated packs stay, the last ones.
    assert len(list((nightly.root / "packs").iterdir())) == 2
    listed = nightly.pipeline("packs", "--keep", "2026-09-26T1413", "--for", "2026-10-08").stdout
    assert "packs/2026-09-26T1413  kept for the committee of 8 October 2026" in listed


@pytest.mark.slow
def test_a_message_that_could_not_be_sent_is_said_and_sent_the_next_night(nightly):
    (nightly.root / "note.txt").unlink()
    (nightly.root / "tell.py").rename(nightly.root / "told.py")
    done = nightly.pipeline("run", "--scheduled", at=NIGHTS[0])
    assert done.returncode == 1
    assert "People could not be told: The program" in done.stderr
    (nightly.root / "told.py").rename(nightly.root / "tell.py")
    nightly.pipeline("run", "--scheduled", at=NIGHTS[1])
    assert [who for who, _, _ in told(nightly)] == ["maintainers", "audience"]


@pytest.mark.slow
def test_data_that_cannot_be_used_are_told_of_and_readers_keep_the_pack(nightly):
    assert nightly.pipeline("run", "--scheduled", at=NIGHTS[0]).returncode == 0
    told(nightly)
    before = nightly.published()
    nightly.replace("data/raw/smoking_prevalence.csv", "\n", "\nnonsense\n")
    done = nightly.pipeline("run", "--scheduled", at=NIGHTS[1])
    assert done.returncode == 2
    assert "smoking_prevalence.csv" in done.stderr
    ((who, _, text),) = told(nightly)
    assert who == "maintainers"
    assert "smoking_prevalence.csv" in text
    assert "Readers see the pack published on" in text
    assert nightly.published() == before


def test_a_scheduled_run_is_of_the_whole_pack(project):
    done = project.pipeline("run", "care-rates", "--scheduled")
    assert (done.returncode, "--scheduled is for the whole pack" in done.stderr) == (2, True)


def test_a_trouble_that_stays_is_not_told_again_in_another_order():
    night = Night(datetime(2026, 11, 24), failed=["b: broken.", "a: broken."])
    assert messages(night, ["a: broken.", "b: broken."], night.ended, None) == []


@pytest.mark.parametrize(
    ("nightly", "words"),
    [
        (3, "expected Nightly"),
        (Nightly(keep="all"), "keep is 'all'"),
        (Nightly(tell=Program(["x"])), "tell is no list"),
        (Nightly(fetch="lait"), "fetch is no list of names"),
        (Nightly(fetch=[3]), "fetch is no list of names"),
        (Nightly(tell=["x"]), "expected Mail"),
        (Nightly(tell=[Mail("smtp.example", "casebook@x.uk", [])]), "nobody is named"),
        (Nightly(tell=[Mail("smtp.example", "casebook", ["a@x.uk"])]), "'casebook' is no e-mail address"),
        (Nightly(tell=[Mail("smtp.example", "c@x.uk", ["a@x.uk\nBcc: b@x.uk"])]), "is no e-mail address"),
        (Nightly(tell=[Mail("smtp.example", "c@x.uk", "a@x.uk")]), "no e-mail address"),
        (Nightly(tell=[Mail("smtp.example", "c@x.uk", ["a@x.uk"], security="none")]), "on this machine"),
        (Nightly(tell=[Mail("smtp.example", "c@x.uk", ["a@x.uk"], security="ssl")]), "starttls, tls or none"),
        (Nightly(tell=[Mail("smtp.example", "c@x.uk", ["a@x.uk"], user="X")]), "give both or neither"),
        (Nightly(tell=[Mail("smtp.example", "c@x.uk", ["a@x.uk"], port=0)]), "1 to 65535"),
        (Nightly(tell=[Webhook("https://example.org/hook")]), "which is a secret"),
        (Nightly(tell=[Webhook("HOOK", to="everybody")]), "maintainers or audience"),
        (Nightly(tell=[Webhook("HOOK", shape="slack")]), "text or teams"),
        (Nightly(tell=[Program("notify --urgent")]), "the program and its words"),
    ],
)
def test_a_mistake_in_what_pipeline_says_of_the_night_is_told_in_one_sentence(nightly, words):
    from casebook.errors import InputError

    with pytest.raises(InputError, match=words) as refused:
        check_settings(nightly)
    assert str(refused.value).count("\n") == 0


def test_the_pack_is_shown_to_this_machine_and_to_no_name_that_leads_here(tmp_path):
    (tmp_path / "reports" / "essex").mkdir(parents=True)
    (tmp_path / "reports" / "index.html").write_text("<p>pack")
    (tmp_path / "reports" / ".hidden").write_text("secret")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "reports" / "out").symlink_to(tmp_path / "secret")

    def get(path, host="127.0.0.1", method="GET"):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host}, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers

    with serving.server(tmp_path / "reports", 0) as server:
        assert server.server_address[0] == "127.0.0.1"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_port
        code, content, headers = get("/")
        assert (code, content) == (200, b"<p>pack")
        for name, value in serving.HEADERS.items():
            assert headers[name] == value
        for path in ("/../secret", "/%2e%2e/secret", "/out", "/.hidden", "/essex/", "/essex/..%2f..%2fsecret", "/none"):
            code, content, _ = get(path)
            assert code == 404, path
            assert b"secret" not in content
        assert get("/", host=f"localhost:{port}")[0] == 200
        assert get("/", host="evil.example")[0] == 421
        assert get("/", method="DELETE")[0] == 501
        server.shutdown()


@pytest.mark.slow
def test_serve_says_where_it_shows_the_pack_and_ends_with_ctrl_c(nightly):
    import signal

    from conftest import wait_for

    with running(nightly, "serve", "--port", "0") as run:
        wait_for(run.out, "Open http://127.0.0.1:")
        address = run.out.read_text().split()[1]
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(address)
        run.send(signal.SIGINT)
        assert run.ended().returncode == 0
    done = nightly.pipeline("serve", "--pack", "2026-01-01T0200")
    assert (done.returncode, "There is no dated pack called" in done.stderr) == (2, True)


SOURCE = """\
{name}:
  title: Children looked after
  format: children-looked-after
  address: http://{host}/{name}.csv
  stands_in: https://example.org/
"""


@pytest.mark.long
def test_a_night_fetches_first_and_what_cannot_be_had_stops_nothing_and_is_told_once(nightly, publisher):
    names = ("there", "gone")
    nightly.raw("downloads.yaml").write_text("".join(SOURCE.format(name=one, host=publisher.host) for one in names))
    nightly.replace("pipeline.py", "keep=2", "keep=2, fetch=['there', 'gone']")
    publisher.answers |= {"/there.csv": [gives(looked_after())], "/gone.csv": [gives(looked_after())]}

    def night(number):
        done = nightly.pipeline("run", "--scheduled", at=NIGHTS[number])
        letters = {who: f"{subject}\n{text}" for who, subject, text in told(nightly)}
        return done.returncode, done.stdout + done.stderr, letters

    code, said, letters = night(0)
    assert (code, said, list(letters)) == (0, "", ["audience"])
    held = nightly.raw("exports") / "gone.csv"
    assert held.read_bytes() == looked_after()
    (log,) = (nightly.root / ".casebook" / "nightly").iterdir()
    assert "there: there.csv has 3 areas and 3 years" in log.read_text()

    # One is gone: the other comes, the pack is made, and the maintainers hear of it.
    later = looked_after(years=(2023, 2024, 2025, 2026))
    publisher.answers |= {"/there.csv": [gives(later)], "/gone.csv": [gives(b"", 404)]}
    nightly.replace("notebooks/one.ipynb", "The table is small.", "The table is not small.")
    code, said, letters = night(1)
    why = f"gone was not downloaded: {publisher.host} answers 404 (Not Found); what was held stays."
    assert (code, said) == (1, f"{why}\n")
    assert sorted(letters) == ["audience", "maintainers"]
    assert letters["maintainers"].startswith(f"Casebook, Cambridgeshire: 1 source not downloaded\n{why}\n")
    assert "The table is not small." in nightly.page("one")
    assert (held.read_bytes(), (nightly.raw("exports") / "there.csv").read_bytes()) == (looked_after(), later)
    status = nightly.pipeline("status", at=NIGHTS[1]).stdout
    assert f"Not fetched (since 22 September 2026 at 14:13): {why}" in status
    code, said, letters = night(2)
    assert (code, said, letters) == (1, f"{why}\n", {})

    # Another trouble is told; one that is no source at all is a mistake that `check` finds before a night does.
    nightly.replace("pipeline.py", "'gone'", "'gone', 'their'")
    code, said, letters = night(3)
    wrong = "There is no source 'their' in data/raw/downloads.yaml: did you mean there?"
    assert (code, said) == (1, f"{why}\n{wrong}\n")
    assert "2 sources not downloaded" in letters["maintainers"]
    checked = nightly.pipeline("check")
    assert (checked.returncode, f"pipeline.py, nightly: {wrong}\n" in checked.stderr) == (2, True)
    nightly.replace("pipeline.py", ", 'their'", "")

    # It is there again.
    publisher.answers["/gone.csv"] = [gives(later)]
    code, said, letters = night(4)
    assert (code, said) == (0, "")
    assert letters["maintainers"].startswith("Casebook, Cambridgeshire: all is well again\n")
    assert why in letters["maintainers"]
    assert held.read_bytes() == later
    assert "Not fetched" not in nightly.pipeline("status", at=NIGHTS[4]).stdout


def test_without_a_network_each_source_is_said_to_be_missing_and_what_was_held_stays(project, monkeypatch, capsys):
    pooch = pytest.importorskip("pooch")
    monkeypatch.setattr(pooch.core.time, "sleep", lambda _: None)
    monkeypatch.setattr("casebook.engine.workers.can_fork", lambda: False)
    held = project.raw("exports/children-looked-after.csv")
    held.parent.mkdir(exist_ok=True)
    held.write_bytes(looked_after())
    # Nothing answers at the port of the server that is closed again, and no name is known.
    closed = Publisher()
    closed.close()
    names = ("children-looked-after", "smoking")
    text = "".join(SOURCE.format(name=one, host=closed.host) for one in names)
    project.raw("downloads.yaml").write_text(text.replace(f"http://{closed.host}/smoking", "https://example.invalid/x"))
    watch = Watch()
    watch.fetch(project.root, names)
    assert [one.partition(":")[0] for one in watch.not_fetched] == [f"{name} was not downloaded" for name in names]
    assert all("failed or broke off" in one for one in watch.not_fetched)
    assert capsys.readouterr().out.splitlines() == watch.not_fetched
    assert held.read_bytes() == looked_after()


@pytest.fixture
def port():
    return free_port()


def mail(port, **people):
    return Mail("localhost", "c@x.gov.uk", **{"maintainers": ["t@x.gov.uk"], **people}, port=port, security="none")


@pytest.mark.long
def test_a_mail_server_that_is_down_costs_the_letter_of_the_night_and_nothing_else(project, port):
    write(project, {"one": GOOD})
    project.replace("pipeline.py", "import Limits", "import Limits, Mail, Nightly")
    way = mail(port, audience=["committee@x.gov.uk"])
    project.replace("pipeline.py", '"Cambridgeshire")', f'"Cambridgeshire", nightly=Nightly(tell=[{way!r}]))')
    done = project.pipeline("run", "--scheduled", at=NIGHTS[0])
    assert (done.returncode, done.stderr) == (
        1, f"People could not be told: The mail server localhost:{port} cannot be reached: Connection refused.\n"
    )  # fmt: skip
    assert "Two is 2." in project.page("one")
    with mail_server(port) as box:
        done = project.pipeline("run", "--scheduled", at=NIGHTS[1])
        assert (done.returncode, done.stderr) == (0, "")
        assert box.subjects == ["Casebook, Cambridgeshire: published for the first time"]
        assert project.pipeline("run", "--scheduled", at=NIGHTS[2]).returncode == 0
        assert len(box.letters) == 1


def test_what_a_mail_server_refused_waits_for_it_and_who_has_a_letter_does_not_get_it_again(tmp_path, port):
    other = Program([sys.executable, "-c", "open('program', 'a').write('told\\n')"])
    nightly = Nightly(tell=[mail(port), other])

    def night(*failed):
        return telling.tell(tmp_path, nightly, Night(datetime(2026, 11, 24), failed=failed))

    refused = f"People could not be told: The mail server localhost:{port} refused the message (answer 554)."
    with mail_server(port) as box:
        box.answer = "554 no thanks"
        assert night("one: broken.") == [refused]
        assert night("one: broken.") == [refused]
        box.answer = "250 OK"
        assert night() == []
        assert box.subjects == ["Casebook: 1 report failed", "Casebook: all is well again"]
        assert (tmp_path / "program").read_text() == "told\n" * 2
        assert night() == []
        # One address is wrong: that is said, and the other gets each letter once.
        nightly = Nightly(tell=[mail(port, maintainers=["t@x.gov.uk", "nobody@x.gov.uk"])])
        assert ["refuses nobody@x.gov.uk" in one for one in night("two: broken.")] == [True]
        assert night("two: broken.") == []
        assert len(box.letters) == 3


def test_a_mail_server_that_never_answers_holds_a_night_up_no_longer_than_it_may(tmp_path, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        ways = [replace(mail(port), security=one) for one in ("none", "tls")]
        failed = Night(datetime(2026, 11, 24), failed=["one: broken."])
        said = telling.tell(tmp_path, Nightly(tell=ways), failed)
    why = f"The mail server localhost:{port} cannot be reached: it did not answer in time."
    assert said == [f"People could not be told: {why}"] * 2


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare, to mount a small disk of its own")
@pytest.mark.long
def test_a_disk_that_is_full_at_night_leaves_the_pack_and_is_told_and_the_next_night_recovers(nightly, tmp_path):
    assert nightly.pipeline("run", "--scheduled", at=NIGHTS[0]).returncode == 0
    told(nightly)
    (disk := tmp_path / "disk").mkdir()
    script = f"""
        mount -t tmpfs -o size=4m none {disk}
        cp -r {nightly.root}/. {disk} && cd {disk} || exit
        sed -i 's/Two is/Two was/' notebooks/one.ipynb
        sed -i 's#told.jsonl#{tmp_path}/told.jsonl#' tell.py
        cp -r reports packs {tmp_path}
        dd if=/dev/zero of=rest bs=1k 2>/dev/null
        {sys.executable} pipeline.py run --scheduled >&2; echo "exit $?"
        diff -r reports {tmp_path}/reports && diff -r packs {tmp_path}/packs && echo "the packs are whole"
        {sys.executable} pipeline.py status
        mv {tmp_path}/told.jsonl {tmp_path}/first.jsonl
        rm rest
        {sys.executable} pipeline.py run --scheduled >&2; echo "exit $?"
        grep -q 'Two was' reports/*/one.html && echo recovered
        ls packs | wc -l
        {sys.executable} pipeline.py status
    """
    words = ["unshare", "--map-root-user", "--mount", "sh", "-c", script]
    environment = as_users() | {"SOURCE_DATE_EPOCH": str(NIGHTS[1])}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST)
    if "unshare failed" in done.stderr or "permission denied" in done.stderr:
        pytest.skip(f"no disk can be mounted here: {done.stderr[:200]}")
    first, second = done.stdout.split("exit 0\n")
    assert first.startswith("exit 1\nthe packs are whole\n"), done.stdout + done.stderr
    *noted, said = done.stderr.splitlines()
    full = "cannot be used (No space left on device): the disk is full: free some space, then run it again."
    assert said.endswith(full)
    assert noted == ["What people were told cannot be noted (No space left on device), so they are told it again."]
    assert f"Not published: {said}" in first
    ((who, subject, text),) = [json.loads(line) for line in (tmp_path / "first.jsonl").read_text().splitlines()]
    assert (who, subject) == ("maintainers", "Casebook, Cambridgeshire: 1 report failed")
    assert text.startswith(said)
    assert "Readers see the pack published on" in text
    assert second.startswith("recovered\n2\n")
    assert "Not published" not in second
