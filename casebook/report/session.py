"""What an analyst's session has shown so far, cell by cell as the notebook shows it, for ``report.check``."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any

from casebook.data.results import UPSTREAM
from casebook.errors import name_columns

_shown: dict[int, list[dict[str, Any]]] = {}
"""By the number of the execution."""
_last: dict[str, int] = {}
"""The number of a cell's last execution, by the name that JupyterLab gives the cell."""


def begin() -> None:
    """Keep what the session shows from here on; in a run, which looks at the whole notebook itself, do nothing."""
    shell = _kernel()
    if shell is not None and not hasattr(shell, "casebook_keeps"):
        shell.casebook_keeps = True
        name_columns(shell)
        shell.display_pub.register_hook(_keep)
        shell.displayhook.register_hook(_keep)
        shell.events.register("pre_run_cell", _forget)
        shell.Completer.custom_matchers.append(_matcher(shell))


def shown() -> list[list[dict[str, Any]]] | None:
    """Return what each execution showed, as a notebook holds it, the first execution first; None outside a session."""
    if _kernel() is None:
        return None
    return [_shown.get(number, []) for number in range(1, max(_shown, default=0) + 1)]


def parameter(name: str) -> Any:
    """Return what a session's notebook has under a name; None outside a session, and where there is none."""
    shell = _kernel()
    return None if shell is None else shell.user_ns.get(name)


def _kernel() -> Any:
    if "ipykernel" not in sys.modules or UPSTREAM in os.environ:
        return None
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return shell if hasattr(shell, "get_parent") else None


def _matcher(shell: Any) -> Any:
    """Return what IPython asks what a text may become."""
    from IPython.core.completer import SimpleCompletion, context_matcher

    def casebook(context: Any) -> Any:
        found = None
        # Completion is a help: whatever a half-written cell makes of it, there is just none.
        with suppress(Exception):
            from casebook.report import offering

            lines = context.full_text.splitlines()[: context.cursor_line + 1] or [""]
            before = "\n".join([*lines[:-1], lines[-1][: context.cursor_position]])
            found = offering.offered(before, shell.user_ns)
        if found is None:
            return {"completions": []}
        begun, words = found
        offers = [SimpleCompletion(word, type="text") for word in words]
        # Files and names of Python have no business in such a text.
        return {"completions": offers, "matched_fragment": begun, "suppress": True, "ordered": True}

    return context_matcher()(casebook)


def _keep(message: dict[str, Any]) -> dict[str, Any]:
    if message["header"]["msg_type"] in ("display_data", "execute_result"):
        shell = _kernel()
        number, content = shell.displayhook.prompt_count, message["content"]
        _last[shell.get_parent()["metadata"].get("cellId", "")] = number
        output = {"output_type": "display_data", "data": content["data"], "metadata": content["metadata"]}
        _shown.setdefault(number, []).append(output)
    return message


def _forget(_: Any) -> None:
    """Forget what a cell showed that is about to run again, and what cells showed that were deleted."""
    asked = _kernel().get_parent()["metadata"]
    for cell in [asked.get("cellId"), *asked.get("deletedCells", ())]:
        if cell:
            _shown.pop(_last.pop(cell, 0), None)
