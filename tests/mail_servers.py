"""A mail server on this machine, for the tests of what people are told."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string
from typing import Any

from aiosmtpd.controller import Controller

TAKEN = "250 OK"


class Box:
    """Takes letters in, unless it is told to answer otherwise, and refuses whom it does not know."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answer = TAKEN
        self.letters: list[tuple[list[str], str]] = []

    @property
    def subjects(self) -> list[str]:
        return [message_from_string(letter)["Subject"] for _, letter in self.letters]

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("nobody@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.answer == TAKEN:
            self.letters.append((envelope.rcpt_tos, envelope.content.decode()))
        return self.answer


def free_port() -> int:
    """A port at which nothing answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def mail_server(port: int = 0, **settings: Any) -> Iterator[Box]:
    """A server at a port, of its own if none is given; settings are those of aiosmtpd."""
    # The controller opens a connection to see that it answers, and asks for the port it was told.
    box = Box(port or free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **settings)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
