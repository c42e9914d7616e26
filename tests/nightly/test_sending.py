"""Messages arrive, by real servers on loopback, and nothing secret stands in what is said when they do not."""

import http.server
import json
import ssl
import sys
import threading
from contextlib import contextmanager

import pytest
import trustme
from aiosmtpd.smtp import AuthResult
from mail_servers import mail_server

from casebook.nightly import sending
from casebook.nightly.sending import Message, NotSentError
from casebook.nightly.settings import Mail, Program, Webhook

MESSAGE = Message("maintainers", "Casebook: 1 report failed", "care-rates: the table is gone.\nÜber alles.\n")
PASSWORD = "correct horse"


@pytest.fixture
def authority(monkeypatch, tmp_path):
    """A certificate authority that this process trusts."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return made


def smtp(authority, name="localhost"):
    """A mail server that speaks encrypted, with a certificate for a name, to those who know the password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)

    def authenticate(server, session, envelope, mechanism, data):
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    return mail_server(
        server_hostname="localhost", tls_context=context, authenticator=authenticate, auth_required=True,
        require_starttls=True,
    )  # fmt: skip


def mail(port, **more):
    given = {
        "server": "localhost", "port": port, "sender": "casebook@council.gov.uk", "maintainers": ["team@council.gov.uk"],
        "user": "SMTP_USER", "password": "SMTP_PASSWORD",
    }  # fmt: skip
    return Mail(**{**given, **more})


@pytest.fixture
def credentials(monkeypatch):
    monkeypatch.setenv("SMTP_USER", "casebook")
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)


def test_a_letter_arrives_encrypted_with_the_password_of_the_environment(authority, credentials, tmp_path):
    with smtp(authority) as box:
        assert sending.send(MESSAGE, mail(box.port), tmp_path)
    ((people, letter),) = box.letters
    assert people == ["team@council.gov.uk"]
    assert "Subject: Casebook: 1 report failed" in letter
    assert "Auto-Submitted: auto-generated" in letter


def test_a_letter_to_an_audience_that_is_not_named_goes_nowhere(tmp_path):
    assert not sending.send(Message("audience", "x", "y"), mail(1), tmp_path)


def test_the_password_may_stand_in_a_file_and_never_stands_in_what_is_said(
    authority, credentials, monkeypatch, tmp_path
):
    monkeypatch.delenv("SMTP_PASSWORD")
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    with smtp(authority) as box:
        assert sending.send(MESSAGE, mail(box.port, password="password"), tmp_path)
        (tmp_path / "password").write_text("wrong battery")
        with pytest.raises(NotSentError, match="does not accept the user and password") as refused:
            sending.send(MESSAGE, mail(box.port, password="password"), tmp_path)
    assert "battery" not in str(refused.value)
    assert len(box.letters) == 1


def test_a_server_whose_certificate_nobody_trusts_gets_no_letter(authority, credentials, monkeypatch, tmp_path):
    with smtp(trustme.CA()) as box, pytest.raises(NotSentError, match="not trusted"):
        sending.send(MESSAGE, mail(box.port), tmp_path)
    with smtp(authority, "elsewhere.example") as other, pytest.raises(NotSentError, match="not trusted"):
        sending.send(MESSAGE, mail(other.port), tmp_path)
    assert box.letters + other.letters == []


def test_an_address_that_the_server_refuses_is_named(authority, credentials, tmp_path):
    with smtp(authority) as box:
        with pytest.raises(NotSentError, match=r"refuses nobody@council\.gov\.uk"):
            sending.send(MESSAGE, mail(box.port, maintainers=["nobody@council.gov.uk"]), tmp_path)
        with pytest.raises(NotSentError, match="the others have the message"):
            sending.send(MESSAGE, mail(box.port, maintainers=["nobody@council.gov.uk", "a@council.gov.uk"]), tmp_path)
    assert [people for people, _ in box.letters] == [["a@council.gov.uk"]]


def test_a_server_that_is_not_there_is_said_in_one_sentence(credentials, tmp_path):
    with pytest.raises(NotSentError, match=r"The mail server localhost:1 cannot be reached: Connection refused\.$"):
        sending.send(MESSAGE, mail(1), tmp_path)


def test_a_password_that_is_nowhere_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("SMTP_USER", "casebook")
    with pytest.raises(NotSentError, match="neither an environment variable nor a file SMTP_PASSWORD"):
        sending.send(MESSAGE, mail(1), tmp_path)


@contextmanager
def listener(code=200, location=""):
    got = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(code)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/secret-key", got
        server.shutdown()


def test_a_webhook_gets_the_message_as_text_or_as_a_card_of_teams(monkeypatch, tmp_path):
    with listener() as (address, got):
        monkeypatch.setenv("HOOK", address)
        assert sending.send(MESSAGE, Webhook("HOOK"), tmp_path)
        assert sending.send(MESSAGE, Webhook("HOOK", shape="teams"), tmp_path)
        assert not sending.send(MESSAGE, Webhook("HOOK", to="audience"), tmp_path)
    text, card = got
    assert text == {"text": f"{MESSAGE.subject}\n\n{MESSAGE.text}"}
    (attached,) = card["attachments"]
    assert attached["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert [block["text"] for block in attached["content"]["body"]] == [MESSAGE.subject, *MESSAGE.text.splitlines()]


@pytest.mark.parametrize(("code", "location"), [(404, ""), (500, ""), (302, "http://127.0.0.1:1/elsewhere")])
def test_a_webhook_that_refuses_or_leads_elsewhere_is_named_by_its_host_alone(monkeypatch, tmp_path, code, location):
    with listener(code, location) as (address, _):
        monkeypatch.setenv("HOOK", address)
        with pytest.raises(NotSentError, match=f"answer {code}") as refused:
            sending.send(MESSAGE, Webhook("HOOK"), tmp_path)
    assert "secret-key" not in str(refused.value)


@pytest.mark.parametrize("address", ["http://example.org/x", "ftp://example.org", "file:///etc/passwd", "x"])
def test_a_webhook_is_asked_by_https_alone(monkeypatch, tmp_path, address):
    monkeypatch.setenv("HOOK", address)
    with pytest.raises(NotSentError, match="no https address"):
        sending.send(MESSAGE, Webhook("HOOK"), tmp_path)


def test_a_program_gets_the_subject_as_its_last_word_and_the_text_to_read(tmp_path):
    code = (
        "import sys; open('told', 'w', encoding='utf-8').write(sys.argv[-1] + '|' + sys.stdin.buffer.read().decode())"
    )
    assert sending.send(MESSAGE, Program([sys.executable, "-c", code]), tmp_path)
    assert (tmp_path / "told").read_text(encoding="utf-8") == f"{MESSAGE.subject}|{MESSAGE.text}"


def test_a_program_that_fails_or_is_not_there_is_named(tmp_path):
    with pytest.raises(NotSentError, match=r"failed \(3\): no such room\.$"):
        sending.send(MESSAGE, Program([sys.executable, "-c", "import sys; print('no such room', file=sys.stderr); sys.exit(3)"]), tmp_path)  # fmt: skip
    with pytest.raises(NotSentError, match="cannot be started: No such file"):
        sending.send(MESSAGE, Program(["no-such-program"]), tmp_path)
