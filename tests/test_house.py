"""Arrows between the rooms of the house go down only (docs/decisions and CONTRIBUTING.md say what each is for)."""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1] / "casebook"
BASE = {"errors", "once", "digest", "text", "clock"}
MAY_IMPORT = {
    "methods": {"errors"},
    "english": {"errors"},
    "kinds": {"errors", "data"},
    "engine": {"errors", "once", "digest", "kinds"},
    "data": BASE | {"english", "methods"},
    "studies": BASE | {"data", "english", "methods", "reconcile"},
    "reconcile": BASE | {"data", "methods", "english"},
    "report": BASE | {"data", "english", "kinds", "methods", "reconcile", "studies"},
    "pack": BASE | {"data", "engine", "reconcile", "report"},
    "analyst": BASE | {"data", "nightly", "pack", "pages", "reconcile", "studies"},
    "nightly": BASE | {"data", "engine", "pack"},
    "pages": BASE | {"data", "engine", "english", "pack", "reconcile", "report"},
}
# What an analyst asks of a session, `report.check()`, is what the gates of the pages would say.
ASKED_FOR = {("report/__init__.py", "pages")}


def imported(path: Path) -> set[str]:
    """The rooms that a module imports from, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        if names == ["casebook"]:
            names = [f"casebook.{one.name}" for one in node.names]
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("casebook.")}
    return found


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_lies_below_it(room):
    files = sorted((HOUSE / room).rglob("*.py")) or [HOUSE / f"{room}.py"]
    upwards = {
        (path.relative_to(HOUSE).as_posix(), other)
        for path in files
        for other in imported(path) - {room} - MAY_IMPORT[room]
    }
    assert upwards <= ASKED_FOR, upwards


def test_no_two_classes_have_one_name():
    names: dict[str, list[str]] = {}
    for path in HOUSE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                names.setdefault(node.name, []).append(path.relative_to(HOUSE).as_posix())
    assert {name: places for name, places in names.items() if len(places) > 1} == {}


def test_no_module_is_called_like_a_function_of_its_own():
    for path in HOUSE.rglob("*.py"):
        functions = [
            node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)
        ]
        assert path.stem not in functions, path
