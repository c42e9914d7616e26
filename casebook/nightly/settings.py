"""What ``pipeline.py`` says of the run nobody watches. Only Python's own library, so that a run starts at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from casebook.errors import InputError, and_list

Readers = Literal["maintainers", "audience"]
WHO = ("maintainers", "audience")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Mail:
    """Letters by SMTP: failures and holds to the maintainers, what is new to the audience.

    Parameters
    ----------
    server, port
        The server that takes them.
    sender
        Whom they come from.
    maintainers, audience
        Addresses; an audience is not a must.
    security
        ``starttls`` (port 587), ``tls`` (port 465), or ``none``, for a server on this machine only.
    user, password
        The environment variable, or the file, that holds it; none where the server asks for none.
    """

    server: str
    sender: str
    maintainers: Sequence[str]
    audience: Sequence[str] = ()
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""


@dataclass(frozen=True)
class Webhook:
    """A message to a web address, as JSON.

    Parameters
    ----------
    address
        The environment variable, or the file, that holds it: who knows a webhook's address can write there.
    to
        For whom: ``maintainers`` or ``audience``.
    shape
        ``text`` sends ``{"text": ...}``; ``teams`` an Adaptive Card, as Workflows of Microsoft Teams take it.
    """

    address: str
    to: Readers = "maintainers"
    shape: Literal["text", "teams"] = "text"


@dataclass(frozen=True)
class Program:
    """A program that is given the message on its standard input, and its subject as the last word.

    Parameters
    ----------
    words
        The program and its words, no shell.
    to
        For whom: ``maintainers`` or ``audience``.
    """

    words: Sequence[str]
    to: Readers = "maintainers"


@dataclass(frozen=True)
class Nightly:
    """What ``run --scheduled`` does besides making the reports.

    Parameters
    ----------
    keep
        How many dated packs stay in ``packs``, besides those kept for a committee; none if 0.
    tell
        Ways to tell people: ``Mail``, ``Webhook``, ``Program``.
    fetch
        What to download first: names of ``data/raw/downloads.yaml``.
    """

    keep: int = 30
    tell: Sequence[Mail | Webhook | Program] = ()
    fetch: Sequence[str] = ()

    @property
    def secrets(self) -> tuple[str, ...]:
        """The environment variables it names, files aside, in order."""
        named = [name for one in self.tell for name in _secrets(one)]
        return tuple(dict.fromkeys(name for name in named if _VARIABLE.fullmatch(name)))


PLAIN = Nightly()
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_ADDRESS = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+")


def check(nightly: Any) -> None:
    """Check what ``pipeline.py`` declares of the nightly run.

    Raises
    ------
    InputError
        If something is not of its kind.

    Examples
    --------
    >>> check(Nightly(keep=-1))
    Traceback (most recent call last):
    ...
    casebook.errors.InputError: pipeline.py, nightly: keep is -1, expected a whole number from 0.
    """
    if not isinstance(nightly, Nightly):
        raise InputError(f"pipeline.py: nightly is {str(nightly)[:60]!r}, expected Nightly(...).")
    if not isinstance(nightly.keep, int) or isinstance(nightly.keep, bool) or nightly.keep < 0:
        raise InputError(f"pipeline.py, nightly: keep is {nightly.keep!r}, expected a whole number from 0.")
    if not isinstance(nightly.tell, list | tuple):
        raise InputError("pipeline.py, nightly: tell is no list; write tell=[Mail(...)].")
    if not _are_words(nightly.fetch):
        raise InputError('pipeline.py, nightly: fetch is no list of names; write fetch=["lait"].')
    for one in nightly.tell:
        for problem in _problems(one):
            raise InputError(f"pipeline.py, nightly, {type(one).__name__}: {problem}.")


def _problems(one: Any) -> list[str]:
    """Return what is wrong with a way to tell people, each as a clause."""
    if isinstance(one, Mail):
        people = [*one.maintainers, *one.audience] if _are_words(one.maintainers) and _are_words(one.audience) else [""]
        expected = [
            (_is_word(one.server), f"server is {one.server!r}, expected the name of a mail server"),
            (isinstance(one.port, int) and 0 < one.port < 65536, f"port is {one.port!r}, expected 1 to 65535"),
            (
                one.security in ("starttls", "tls", "none"),
                f"security is {one.security!r}, expected starttls, tls or none",
            ),
            (
                one.security != "none" or one.server in LOOPBACK,
                f"security is none, which only a server on this machine may have ({and_list(LOOPBACK)})",
            ),
            (bool(one.maintainers), "nobody is named as maintainers, whom failures are told to"),
            *(
                (isinstance(name, str) and bool(_ADDRESS.fullmatch(name)), f"{name!r} is no e-mail address")
                for name in [one.sender, *people]
            ),
            (bool(one.user) == bool(one.password), "user and password belong together: give both or neither"),
        ]
    elif isinstance(one, Webhook):
        expected = [
            (_is_word(one.address), f"address is {one.address!r}, expected an environment variable or a file"),
            (
                "://" not in str(one.address),
                "address is the web address itself, which is a secret: put it into an environment variable or a file, "
                "and name that",
            ),
            (one.to in WHO, f"to is {one.to!r}, expected maintainers or audience"),
            (one.shape in ("text", "teams"), f"shape is {one.shape!r}, expected text or teams"),
        ]
    elif isinstance(one, Program):
        expected = [
            (_are_words(one.words) and bool(one.words), 'words are the program and its words, ["notify", "--urgent"]'),
            (one.to in WHO, f"to is {one.to!r}, expected maintainers or audience"),
        ]
    else:
        return [f"found {str(one)[:60]!r}, expected Mail(...), Webhook(...) or Program(...)"]
    return [words for right, words in expected if not right]


def _secrets(one: Mail | Webhook | Program) -> list[str]:
    if isinstance(one, Mail):
        return [name for name in (one.user, one.password) if name]
    return [one.address] if isinstance(one, Webhook) else []


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_words(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(_is_word(one) for one in value)
