"""The server of a preview: a process beside the one that makes pages, which tells it of each.

It is told on standard input, a line a page: what version of it there is now. It says on standard output at which port
it answers, and ends when it is told no more.
"""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from casebook.errors import InputError
from casebook.nightly.serving import Pages

EVENTS = "/preview-events"
"""Where a page is told which version there is (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
# So often a browser is told that there is nothing to tell: one that has gone is noticed by it.
_STILL_THERE = 15.0


class LivePages:
    """The server as the process that makes pages sees it."""

    def __init__(self, folder: Path, published: Path, page: str, port: int) -> None:
        """Start it; ``port`` is then where it answers.

        Parameters
        ----------
        folder
            The preview's pages.
        published
            The published pack, which answers for all other pages.
        page
            Where the page is, in the folder.
        port
            Where it is to answer; any free one if 0.

        Raises
        ------
        InputError
            If the port is taken.
        """
        words = [sys.executable, "-m", __name__, str(folder), str(published), page, str(port)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        said = self._process.stdout.readline().strip()
        if not said.isdigit():
            raise InputError(f"Port {port} cannot be used ({said or 'no reason was given'}): name another with --port.")
        self.port = int(said)

    def tell(self, version: str) -> None:
        """Tell every open page which version there is."""
        assert self._process.stdin is not None
        print(version, file=self._process.stdin, flush=True)

    def close(self) -> None:
        """End it, and wait until it has ended."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


class _Version:
    """Which version of the page there is, and a way to wait for the next."""

    def __init__(self) -> None:
        self.now, self._changed = "", threading.Condition()

    def set(self, version: str) -> None:
        with self._changed:
            self.now = version
            self._changed.notify_all()

    def after(self, seen: str) -> str:
        """Return another version than one seen, or after a while the same."""
        with self._changed:
            self._changed.wait_for(lambda: self.now != seen, _STILL_THERE)
            return self.now


class _PreviewPages(Pages):
    def __init__(self, *arguments: Any, published: str, page: str, version: _Version, **options: Any) -> None:
        self._published, self._page, self._version = published, page, version
        super().__init__(*arguments, **options)

    def send_head(self) -> Any:
        """Send what comes before a file of the preview, or of the pack where the preview has none."""
        if self.path == EVENTS:
            self._tell()
            return None
        if self.path == "/":
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", f"/{self._page}")
            self.end_headers()
            return None
        if not os.path.exists(self.translate_path(self.path)):  # noqa: PTH110
            self.directory = self._published
        return super().send_head()

    def _tell(self) -> None:
        if not self.from_here() or self.command != "GET":
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        seen = ""
        try:
            while True:
                now = self._version.after(seen)
                self.wfile.write(f"data: {now}\n\n".encode() if now != seen else b": still there\n\n")
                seen = now
        except OSError:
            # The page was closed.
            self.close_connection = True


def main() -> None:
    """Answer until standard input ends."""
    folder, published, page, port = sys.argv[1:]
    version = _Version()
    pages = partial(_PreviewPages, directory=folder, published=published, page=page, version=version)
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), pages)
    except OSError as error:
        print(error.strerror, flush=True)
        return
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    try:
        for line in sys.stdin:
            version.set(line.strip())
    except KeyboardInterrupt:
        pass
    # Threads of pages that are still open wait for what does not come any more.
    os._exit(0)


if __name__ == "__main__":
    main()
