"""Sending a message: by SMTP, to a webhook, to a program. What is secret of the way stands in no error."""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import urlsplit

from casebook.errors import of_system
from casebook.nightly.settings import LOOPBACK, Mail, Program, Readers, Webhook

SECONDS = 30.0


@dataclass(frozen=True)
class Message:
    """What is told, and to whom."""

    to: Readers
    subject: str
    text: str


class NotSentError(Exception):
    """Raised when a message could not be sent, with a sentence that says why and what to do."""

    some_have_it = False
    """Whether somebody has it all the same, so that it must not be sent again."""


def send(message: Message, way: Mail | Webhook | Program, root: Path) -> bool:
    """Send a message, and return whether this way leads to whom it is for.

    Raises
    ------
    NotSentError
        If it could not be sent, within half a minute.
    """
    if isinstance(way, Mail):
        people = way.maintainers if message.to == "maintainers" else way.audience
        if people:
            _by_mail(message, way, people, root)
        return bool(people)
    if way.to != message.to:
        return False
    if isinstance(way, Webhook):
        _to_webhook(message, way, root)
    else:
        _to_program(message, way, root)
    return True


def _by_mail(message: Message, way: Mail, people: Sequence[str], root: Path) -> None:
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = message.subject, way.sender, ", ".join(people)
    letter["Date"], letter["Message-ID"] = formatdate(localtime=True), make_msgid(domain=way.sender.rpartition("@")[2])
    # So that no holiday reply comes back (RFC 3834).
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text)
    where = f"The mail server {way.server}:{way.port}"
    user, password = (_secret(one, root) if one else "" for one in (way.user, way.password))
    trusted = ssl.create_default_context()
    try:
        with (
            smtplib.SMTP_SSL(way.server, way.port, timeout=SECONDS, context=trusted)
            if way.security == "tls"
            else smtplib.SMTP(way.server, way.port, timeout=SECONDS)
        ) as server:
            if way.security == "starttls":
                server.starttls(context=trusted)
            if user:
                server.login(user, password)
            refused = server.send_message(letter)
    except smtplib.SMTPAuthenticationError as error:
        raise NotSentError(
            f"{where} does not accept the user and password of {way.user} and {way.password} (answer "
            f"{error.smtp_code}): correct them."
        ) from None
    except smtplib.SMTPRecipientsRefused as error:
        raise NotSentError(f"{where} refuses {', '.join(error.recipients)}: correct the addresses.") from None
    except smtplib.SMTPResponseException as error:
        raise NotSentError(f"{where} refused the message (answer {error.smtp_code}).") from None
    except smtplib.SMTPNotSupportedError:
        raise NotSentError(
            f"{where} offers no {'STARTTLS' if way.security == 'starttls' else 'login'}: ask its keeper which port and "
            "security it has."
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise NotSentError(f"{where} has a certificate that is not trusted: {error.verify_message}.") from None
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(f"{where} cannot be reached: {_why(error)}.") from None
    if refused:
        partly = NotSentError(
            f"{where} refuses {', '.join(refused)}: correct the addresses; the others have the message."
        )
        partly.some_have_it = True
        raise partly


def _to_webhook(message: Message, way: Webhook, root: Path) -> None:
    address = _secret(way.address, root)
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise NotSentError(f"The webhook's address in {way.address} is no https address: correct it.")
    content = json.dumps(_card(message) if way.shape == "teams" else {"text": f"{message.subject}\n\n{message.text}"})
    request = urllib.request.Request(
        address, content.encode(), {"Content-Type": "application/json", "User-Agent": "casebook"}, method="POST"
    )
    # The host says enough; the rest of the address is a secret.
    where = f"The webhook at {parts.hostname} ({way.address})"
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=SECONDS):
            pass
    except urllib.error.HTTPError as error:
        raise NotSentError(f"{where} refused the message (answer {error.code}): is the address still valid?") from None
    except OSError as error:
        raise NotSentError(f"{where} cannot be reached: {_why(getattr(error, 'reason', error))}.") from None
    except ValueError:
        raise NotSentError(f"The webhook's address in {way.address} cannot be read: correct it.") from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A message goes where it was addressed, and nowhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


def _card(message: Message) -> dict[str, object]:
    # https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
    lines = [{"type": "TextBlock", "text": line, "wrap": True} for line in message.text.splitlines() if line]
    title = {"type": "TextBlock", "text": message.subject, "weight": "Bolder", "size": "Medium", "wrap": True}
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [title, *lines],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def _to_program(message: Message, way: Program, root: Path) -> None:
    try:
        done = subprocess.run(
            [*way.words, message.subject], input=message.text, text=True, encoding="utf-8", timeout=SECONDS, cwd=root,
            capture_output=True, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotSentError(f"The program {way.words[0]} did not end within {SECONDS:.0f} seconds.") from None
    except OSError as error:
        raise NotSentError(f"The program {way.words[0]} cannot be started: {_why(error)}.") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1][:200]
        raise NotSentError(f"The program {way.words[0]} failed ({done.returncode}){': ' if last else ''}{last}.")


def _secret(name: str, root: Path) -> str:
    """Return what an environment variable or a file holds."""
    if name in os.environ:
        return os.environ[name].strip()
    path = root / Path(name).expanduser()
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise NotSentError(
            f"There is neither an environment variable nor a file {name}, which nightly names."
        ) from None
    except OSError as error:
        raise NotSentError(of_system(error, name)) from None


def _why(error: object) -> str:
    # smtplib says of a server that stays silent that it closed the connection.
    if isinstance(error, TimeoutError) or isinstance(getattr(error, "__context__", None), TimeoutError):
        return "it did not answer in time"
    return str(getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")
