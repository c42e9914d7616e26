"""What the command line has for the run nobody watches, and what goes on around that run."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import partial
from io import TextIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casebook import clock
from casebook.errors import InputError, ReportFailedError, ThresholdExceededError, of_system
from casebook.nightly.settings import Nightly

if TYPE_CHECKING:
    from casebook.pack.history import Log

LOGS = Path(".casebook/nightly")
_LOGS_KEPT = 30


def add(app: typer.Typer, root: Callable[[], Path], nightly: Nightly) -> None:
    """Add the commands to a pipeline's command line: schedule, packs, status, serve."""
    _add_status(app, root)

    @app.command()
    def schedule(
        at: Annotated[str, typer.Option("--at", metavar="HH:MM", help="The time of day, such as 02:00.")],
        using: Annotated[str, typer.Option("--using", help="What starts it: systemd, cron, windows or github.")],
        folder: Annotated[
            str, typer.Option(help="Where the project lies on the machine that runs it; here, if left out.")
        ] = "",
    ) -> None:
        """Write what starts `run --scheduled` every night, and say how to install it."""
        from casebook.nightly import schedule as schedules

        kind = schedules.using(using)
        place = schedules.pure(folder or str(root()), kind)
        found = schedules.of(at, kind, place, nightly.secrets)
        here = root() / (".github/workflows" if kind == "github" else "build/schedule")
        for path in schedules.written(found, here):
            print(f"Wrote {path}")
        print(f"Install it:   {found.install.format(folder=here)}")
        print(f"Remove it:    {found.remove.format(folder=here)}")
        if found.note:
            print(found.note)

    @app.command()
    def packs(
        keep: Annotated[str, typer.Option("--keep", metavar="PACK", help="Never let go of this one ...")] = "",
        committee: Annotated[
            str, typer.Option("--for", metavar="DATE", help="... for the committee of a date, such as 2026-12-08.")
        ] = "",
        let_go: Annotated[
            str, typer.Option("--let-go", metavar="PACK", help="No longer keep it for a committee.")
        ] = "",
    ) -> None:
        """List the dated packs that scheduled runs have kept, or keep one for a committee."""
        from casebook.nightly import archive

        if bool(keep) != bool(committee):
            raise InputError("--keep and --for belong together: packs --keep 2026-11-24T0200 --for 2026-12-08.")
        if keep:
            try:
                day = date.fromisoformat(committee)
            except ValueError:
                raise InputError(f"--for {committee!r} is no date: write it such as 2026-12-08.") from None
            archive.keep_for(root(), keep, day)
        if let_go:
            archive.keep_for(root(), let_go, None)
        found = archive.packs(root())
        for one in found:
            kept = f"  kept for the committee of {clock.day_in_words(one.committee)}" if one.committee else ""
            print(f"{archive.FOLDER / one.name}{kept}")
        if not found:
            print("No dated pack has been kept: `run --scheduled` keeps them.")

    @app.command()
    def serve(
        port: Annotated[int, typer.Option(min=0, max=65535, help="On which port; 0 for any that is free.")] = 8000,
        pack: Annotated[str, typer.Option("--pack", help="A dated pack instead of the published one.")] = "",
    ) -> None:
        """Show the published pack in the browser of this machine, until Ctrl-C."""
        from casebook.nightly import archive, serving

        if pack and pack not in (known := [one.name for one in archive.packs(root())]):
            from casebook.errors import one_of

            raise InputError(f"There is no dated pack called {pack!r}: {one_of(known, pack)}")
        try:
            with serving.server(root() / (archive.FOLDER / pack if pack else "reports"), port) as server:
                print(f"Open http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)", flush=True)
                server.serve_forever()
        except KeyboardInterrupt:
            print("Stopped.")
        except OSError as error:
            raise InputError(f"Port {port} cannot be used ({error.strerror}): name another with --port.") from None


def _add_status(app: typer.Typer, root: Callable[[], Path]) -> None:
    @app.command("status")
    def pack_status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
        """Say how old the pack and its inputs are, when it was and will be made, and what waits for somebody."""
        from casebook.nightly import status

        found = status.of(root())
        if as_json:
            print(json.dumps(asdict(found), indent=2, ensure_ascii=False))
            return
        for line in status.in_words(found):
            print(line)


def problems(root: Path, nightly: Nightly) -> Iterator[str]:
    """Yield what is wrong with the sources that a scheduled run is to download, a sentence each."""
    from casebook.data import fetching

    for name in nightly.fetch:
        try:
            fetching.named(root, name)
        except InputError as error:
            yield f"pipeline.py, nightly: {error}"


@dataclass
class Watch:
    """What a scheduled run is to leave for what comes after it: its log, what it made, and what it could not have."""

    log: Log | None = None
    not_fetched: list[str] = field(default_factory=list)
    """Why sources were not downloaded, a sentence each."""

    def fetch(self, root: Path, names: Sequence[str]) -> None:
        """Download sources; what cannot be had is said and stops nothing, because what was held stays."""
        from casebook.data import fetching
        from casebook.engine import apart

        def fetch(name: str) -> None:
            print(fetching.fetch(root, fetching.named(root, name)))

        for name in names:
            try:
                # What a large export takes is not for the run to carry.
                apart.do(partial(fetch, name))
            except Exception as error:
                # Whatever it is, there are reports to make.
                self.not_fetched.append(_sentence(error))
                print(self.not_fetched[-1])
        if self.log and self.not_fetched:
            self.log.about["not_fetched"] = self.not_fetched

    @property
    def made(self) -> int:
        """How many reports were made."""
        return len(self.log.about.get("made", ())) if self.log else 0

    def said(self, kind: str) -> list[str]:
        """Return what is said of the reports that ``failed`` or are ``held``."""
        return list(self.log.about.get(kind, ())) if self.log else []


@contextmanager
def night(root: Path, nightly: Nightly) -> Iterator[Watch]:
    """See to what belongs to a scheduled run: its own log, the dated pack, and telling people.

    What the block prints goes into ``.casebook/nightly``, with times; only what somebody has to know is printed.

    Raises
    ------
    ReportFailedError
        If the reports were made, and a source could not be downloaded, the pack not be kept or people not be told.
    """
    from casebook.nightly import archive, telling

    began = clock.moment()
    watch, failure = Watch(), None
    with _logged(root / LOGS, began):
        try:
            yield watch
        except (KeyboardInterrupt, SystemExit):
            raise
        except Exception as error:
            failure = error
            print(str(error))
        failed, held = watch.said("failed"), watch.said("held")
        if failure and not (failed or held):
            (held if isinstance(failure, ThresholdExceededError) else failed).append(_sentence(failure))
        notes = []
        try:
            archive.keep(root, began, nightly.keep)
        except (OSError, InputError) as error:
            notes.append(f"The pack is published, but could not be kept in {archive.FOLDER}: {_sentence(error)}")
        try:
            done = telling.Night(clock.moment(), failed, held, watch.not_fetched, watch.made)
            notes += telling.tell(root, nightly, done)
        except (OSError, InputError) as error:
            notes.append(f"People could not be told: {_sentence(error)}")
        for note in notes:
            print(note)
    notes = [*watch.not_fetched, *notes]
    if failure is None and notes:
        raise ReportFailedError("\n".join(notes))
    for note in notes:
        print(note, file=sys.stderr)
    if failure is not None:
        raise failure


def _sentence(error: Exception) -> str:
    return of_system(error) if isinstance(error, OSError) else str(error) or type(error).__name__


class _Stamped(TextIOBase):
    """Writes lines into a file, each with the time."""

    def __init__(self, path: Path) -> None:
        # A full disk, or a folder of somebody else's, is no reason not to publish.
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8")
        except OSError:
            self._file = Path(os.devnull).open("a", encoding="utf-8")  # noqa: SIM115 - closed as the other is
        self._begins = True

    def write(self, text: str) -> int:
        with suppress(OSError):
            for line in text.splitlines(keepends=True):
                self._file.write((f"{datetime.now():%H:%M:%S} " if self._begins else "") + line)
                self._begins = line.endswith("\n")
            self._file.flush()
        return len(text)

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()
        super().close()


@contextmanager
def _logged(folder: Path, began: datetime) -> Iterator[None]:
    """Have what is printed written into a log of this run; the last thirty logs stay."""
    for old in sorted(folder.glob("*.log"))[: -(_LOGS_KEPT - 1)]:
        with suppress(OSError):
            old.unlink()
    with _Stamped(folder / f"{began:%Y-%m-%dT%H%M}.log") as log, redirect_stdout(log), redirect_stderr(log):
        yield
