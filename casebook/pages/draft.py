"""A page as a preview shows it: with what keeps it from being published, and a script that has it loaded again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from typing import Any

import nbformat

from casebook.pages import render, script

_VERSION = re.compile(r'<meta name="preview" content="(\w+)">')


def shown(page: str, problems: Sequence[str], broken: str = "") -> str:
    """Return a page with what keeps it from being published above it, ready to be loaded again.

    Parameters
    ----------
    page
        The report's page; one that says nothing else, if it is empty.
    problems
        What keeps it from being published.
    broken
        For a page that says nothing else: the cell that failed, in HTML.
    """
    if page:
        notice = render.template("draft_notice.html.j2").render(problems=problems, failed='id="failed"' in page)
        page = page.replace('<main id="main">', f'<main id="main">\n{notice}', 1)
    else:
        alone = render.template("draft.html.j2")
        page = alone.render(problems=problems, broken=broken, failed=broken, css=render.style())
    text = script.text("preview.js")
    version = sha256(page.encode()).hexdigest()[:16]
    known = f"{script.source()} {script.source('preview.js')}; connect-src 'self'"
    page = page.replace(script.source(), known, 1)
    page = page.replace("</title>", f'</title>\n<meta name="preview" content="{version}">', 1)
    return page.replace("</body>", f"<script>{text}</script>\n</body>", 1)


def version(page: str) -> str:
    """Return which version a page says it is; empty for one that is not of a preview."""
    found = _VERSION.search(page)
    return found[1] if found else ""


def broken(notebook: Any, said: str, cell: int | None) -> Any:
    """Put what is said of a cell that failed below it, with its code, and return the new cell; None without a cell."""
    number = 0
    for index, one in enumerate(notebook.cells):
        number += "injected-parameters" not in one.metadata.get("tags", [])
        if number == cell and one.cell_type == "code":
            code = escape(one.source, quote=False).replace("\n\n", "\n \n")
            told = f'<h2 id="failed">Cell {cell} failed</h2>\n<p class="notice">{escape(said, quote=False)}</p>\n'
            notebook.cells.insert(index + 1, nbformat.v4.new_markdown_cell(f"{told}<pre><code>{code}</code></pre>"))
            return notebook.cells[index + 1]
    return None
