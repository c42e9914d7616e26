"""What a worker is told: one report to make, as plain data, so that it can be told across processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbformat import NotebookNode

from casebook.engine.outcome import Cost, Limits

Engine = Literal["shell", "kernel"]
Key = tuple[str, str]
"""A report's place in the pack: its name and area."""


@dataclass(frozen=True)
class Task:
    """One report to make."""

    name: str
    notebook: str
    area: str
    folder: str
    root: str
    stage: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    environment: Mapping[str, str] = field(default_factory=dict)
    """Environment variables that its cells find set."""
    engine: Engine = "shell"
    limits: Limits = field(default_factory=Limits)
    runner: int = 0
    """The process of the run, which a worker must not outlive."""
    only_render: bool = False
    """Whether the executed notebook of the pack before is to be rendered anew, with the words of the present one."""
    inputs: tuple[str, ...] = ()
    """The files of the stage that it reads, by path, for whoever makes it on another machine."""
    order: str = ""
    """What ``finish`` is told besides, which is no concern of the engine: it hands it on unread."""
    own: str = ""
    """A folder for what this report's processes write, which is nobody else's."""
    executed: str = ""
    """Once its cells have run: the SHA-256 of the executed notebook."""
    seen: Mapping[str, Any] = field(default_factory=dict)
    """And what they looked at (``engine.observation``)."""
    cost: Cost = field(default_factory=Cost)
    """And what that cost."""

    def ran(self, executed: str, seen: Mapping[str, Any], cost: Cost) -> Task:
        """Return it as it is once its cells ran: the executed notebook's SHA-256, what they looked at, and the cost."""
        return replace(self, executed=executed, seen=seen, cost=cost)

    @property
    def key(self) -> Key:
        """The report's place in the pack: its name and area."""
        return self.name, self.area

    @property
    def executed_notebook(self) -> Path:
        """Where its cells leave the executed notebook."""
        return Path(self.own) / f"{self.name}.ipynb"

    @property
    def failed_notebook(self) -> Path:
        """Where a notebook that failed is kept for the analyst, outside the pack."""
        return Path(self.root) / ".casebook" / "failed" / self.folder / f"{self.name}.ipynb"


def from_plain(plain: Mapping[str, Any]) -> Task:
    """Return the task that ``dataclasses.asdict`` made plain."""
    return Task(
        **{
            **plain,
            "inputs": tuple(plain["inputs"]),
            "limits": Limits(**plain["limits"]),
            "cost": Cost(**plain["cost"]),
        }
    )


def keep_failed(task: Task, notebook: NotebookNode) -> None:
    """Leave a notebook as far as it came for the analyst; it is a help, which nothing depends on."""
    try:
        task.failed_notebook.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, task.failed_notebook)
    except OSError:
        return
