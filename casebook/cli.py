"""The way in: what ``pipeline.py`` imports. It answers at once where nothing has changed; the rest is in ``commands``.

Only Python's own library is loaded here.
"""

# ruff: noqa: E402
from __future__ import annotations

import os
import re
import sys

_STOPPED, _WRONG_INPUT = 130, 2


def _end(kind: type[BaseException], error: BaseException, where: Any = None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        os._exit(_STOPPED)
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    if where is not None and os.path.basename(where.tb_frame.f_code.co_filename) == "pipeline.py":  # noqa: PTH119
        # A mistake in the list of reports itself, such as a word that Report does not know.
        said = re.sub(r"\b(\w+)\.__init__\(\)", r"\1(...)", f"{error}")
        print(
            f"pipeline.py, line {where.tb_lineno}: {kind.__name__}: {said}; correct the line.",
            file=sys.stderr,
            flush=True,
        )
        os._exit(_WRONG_INPUT)
    sys.__excepthook__(kind, error, where)


# Before anything else is loaded: there is nothing yet to be said of Ctrl-C, nor anything to be cleaned up.
sys.excepthook = _end

import gc
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from casebook.engine.outcome import Limits
from casebook.errors import InputError
from casebook.nightly import settings
from casebook.nightly.settings import Mail, Nightly, Program, Webhook
from casebook.pack import freshness, report_spec
from casebook.pack.report_spec import Contact, Report

__all__ = ["Contact", "Limits", "Mail", "Nightly", "Program", "Report", "Webhook", "main"]


def main(
    pack: Sequence[Report], area: str, arguments: Sequence[str] | None = None, *, contact: Contact | None = None,
    nightly: Nightly = settings.PLAIN, address: str = "",
) -> NoReturn:  # fmt: skip
    """Run the command line of a pipeline and exit.

    Parameters
    ----------
    pack
        The reports, in order.
    area
        The area of the pack unless ``--area`` names another.
    arguments
        Words of the command line; those the program was called with, if left out.
    contact
        Whom readers ask who cannot use a page; the accessibility statement names it, or says that none is set.
    nightly
        What a scheduled run keeps, and whom it tells.
    address
        Where readers see the pack, such as ``https://reports.example.gov.uk/``: pages that are mailed lead there.
    """
    _speak_utf8()
    _open_what_is_closed()
    try:
        report_spec.check(pack, area, contact, address)
        settings.check(nightly)
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(_WRONG_INPUT)
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Set before any numeric library is loaded: one thread for each, because reports share the cores, and because
    # a process with several threads cannot be forked safely.
    for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    # Packages make half a million objects that stay; looking through them for garbage takes a fifth of their loading.
    gc.set_threshold(100_000, 50, 100)
    if given[:1] == ["run"] and "--scheduled" not in given:
        _leave_if_nothing_changed(given)
    try:
        from casebook import commands
    except ModuleNotFoundError as missing:
        _hand_over_or_leave(missing)
    sys.exit(commands.of_pack(list(pack), area, given, contact, nightly, address)(given))


def _speak_utf8() -> None:
    """Start anew with UTF-8 where the locale knows no more than ASCII: names of files may hold any letter."""
    if sys.getfilesystemencoding() == "ascii":
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _open_what_is_closed() -> None:
    """Have standard input, output and error lead nowhere where a scheduler has closed them.

    Otherwise the next file that is opened would take the place of one, and get what is printed.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free, which this is.
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115


def _leave_if_nothing_changed(given: list[str]) -> None:
    started = time.perf_counter()
    # pipeline.py stands in the project's folder.
    root = Path(os.environ.get("CASEBOOK_PROJECT") or Path(sys.argv[0]).resolve().parent)
    if published := freshness.nothing_changed(root, given):
        from casebook.pack import history

        with history.of_run(root, given) as log:
            log.about = {"status": "nothing to do"}
        seconds = time.perf_counter() - started
        print(f"Nothing has changed since the pack was published on {published} (looked in {seconds:.2f} s).")
        sys.exit(0)


def _hand_over_or_leave(missing: ModuleNotFoundError) -> NoReturn:
    """Give way to the project's own Python, made by ``make reports``, if this one lacks the packages."""
    own = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    python = Path(__file__).resolve().parents[1] / ".venv" / own
    if python.is_file() and Path(sys.prefix) != python.parents[1]:
        os.execv(python, [str(python), *sys.argv])
    sys.exit(
        f"The package {missing.name} is not installed in {sys.executable}: run `make reports` once, "
        "which installs everything, or activate the conda environment made from environment.yml."
    )
