"""Showing the pack in a browser of this machine: read-only, on loopback, nothing above ``reports``."""

from __future__ import annotations

import http.server
import os
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from casebook.nightly.settings import LOOPBACK

HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    # A new pack is seen at once.
    "Cache-Control": "no-cache",
}


class Pages(http.server.SimpleHTTPRequestHandler):
    """Answers with the files of a folder."""

    server_version, sys_version = "Casebook", ""

    def from_here(self) -> bool:
        """Return whether this machine is what was asked, and refuse otherwise."""
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if host.strip("[]") not in LOOPBACK:
            # A page elsewhere whose name was made to lead here (DNS rebinding).
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "This server answers to localhost only")
            return False
        return True

    def send_head(self) -> Any:
        """Send what comes before a file, and return the file, if it is one to be seen."""
        if not self.from_here():
            return None
        if "\0" in self.translate_path(self.path):
            self.send_error(HTTPStatus.NOT_FOUND, "There is no such page")
            return None
        path, top = os.path.realpath(self.translate_path(self.path)), os.path.realpath(self.directory)
        parts = Path(os.path.relpath(path, top)).parts
        if any(part == ".." or (part.startswith(".") and part != ".") for part in parts):
            self.send_error(HTTPStatus.NOT_FOUND, "There is no such page")
            return None
        return super().send_head()

    def list_directory(self, path: Any) -> None:
        """List nothing."""
        self.send_error(HTTPStatus.NOT_FOUND, "There is no such page")

    def end_headers(self) -> None:
        """Say how a page is to be kept, and from whom."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep the terminal free: who reads what is nobody's business."""


def server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """Return a server of a folder's pages on loopback, bound to a port and not yet answering.

    Parameters
    ----------
    folder
        Whose files are shown: to GET and HEAD only, no listings, no hidden files, no link that leads out of it.
    port
        Where; any free one if 0.

    Raises
    ------
    OSError
        If the port is taken.
    """
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), partial(Pages, directory=str(folder)))
