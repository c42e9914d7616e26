"""What JupyterLab offers after a module's name: what notebooks say with it, and nothing that it is made with."""

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

LANGUAGE = {
    "report": [
        "assumption", "at_a_glance", "check", "figure", "headline", "parameters", "reconciliation", "result", "show",
        "source", "summary", "table", "text", "title",
    ],
    "tables": ["authorities_in", "authority", "between", "own", "read", "read_all", "split"],
}  # fmt: skip


@pytest.mark.parametrize("module", LANGUAGE)
@pytest.mark.parametrize("by_jedi", [True, False])
def test_completion_offers_the_language_and_nothing_else(module, by_jedi):
    shell = InteractiveShell()
    shell.run_cell(f"from casebook import {module}")
    shell.Completer.use_jedi = by_jedi
    with provisionalcompleter():
        offered = [one.text.lstrip(".") for one in shell.Completer.completions(f"{module}.", len(module) + 1)]
    assert offered == LANGUAGE[module]
