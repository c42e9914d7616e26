"""The environment is described once, in the same words for pip, uv and conda."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from conftest import LONGEST, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WANTED = sorted(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"])
LOCK = (ROOT / "requirements.lock").read_text()


def name(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement).group().lower()


def test_conda_users_get_the_packages_of_pyproject():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = next(entry["pip"] for entry in conda if isinstance(entry, dict))
    listed = [entry for entry in [*conda, *pip] if isinstance(entry, str)]
    assert sorted(set(listed) - {"pip", "-e .", f"python{PROJECT['requires-python']}"}) == WANTED
    assert f"python{PROJECT['requires-python']}" in listed


def test_the_lock_has_a_version_and_hashes_for_every_package_and_no_address():
    assert "http" not in re.sub(r"^(aiohttp|http\w+)==", "", LOCK, flags=re.MULTILINE)
    assert "--index" not in LOCK
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    locked = {name(entry) for entry in entries}
    assert {name(requirement) for requirement in WANTED} <= locked


def test_make_builds_nothing_twice():
    if not (ROOT / ".venv" / "installed").exists():
        pytest.skip("the environment was not made by make")
    done = subprocess.run(
        ["make", "--dry-run", "environment"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=LONGEST
    )
    assert "pip install" not in done.stdout


@pytest.mark.parametrize(
    ("python", "words"),
    [
        ("absent", "python3-absent is missing: install Python 3.11 or later"),
        ("old", "but Casebook needs 3.11 or later"),
        ("bare", "Python's venv module is missing: Debian, Ubuntu: sudo apt-get install python3-venv"),
    ],
)
def test_make_names_the_system_package_that_is_missing(tmp_path, python, words):
    for file in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path)
    scripts = {
        "old": 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac',
        "bare": 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac',
    }
    if python in scripts:
        fake = tmp_path / f"python3-{python}"
        fake.write_text(f"#!/bin/sh\n{scripts[python]}\n")
        fake.chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"
    done = subprocess.run(
        ["make", "environment", f"PYTHON=python3-{python}", "UV="], cwd=tmp_path, env={**os.environ, "PATH": path},
        capture_output=True, text=True, check=False, timeout=LONGEST,
    )  # fmt: skip
    assert done.returncode != 0
    assert words in done.stdout
    assert not (tmp_path / ".venv" / "installed").exists()


def test_the_layout_is_the_one_the_readme_shows():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.split("## Where things are")[1].split("```")[1]
    named = set()
    for indent, place in re.findall(r"^(    )?([\w./-]+) {2,}\S", block, flags=re.MULTILINE):
        named.add(f"casebook/{place}" if indent else place)
    folders = {f"casebook/{path.parent.name}/" for path in (ROOT / "casebook").glob("*/__init__.py")}
    assert folders <= named
    assert [place for place in named if not (ROOT / place).exists()] == []


HOOKS = {"https://github.com/astral-sh/ruff-pre-commit": "ruff", "https://github.com/kynan/nbstripout": "nbstripout"}


def test_hooks_before_a_commit_have_the_versions_that_are_installed():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert {hook["repo"] for hook in hooks} == set(HOOKS)
    for hook in hooks:
        assert f"\n{HOOKS[hook['repo']]}=={hook['rev'].removeprefix('v')} " in LOCK


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.stem, marks=[] if path.stem == "care-rates" else pytest.mark.long)
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    ],
)
def test_git_commits_a_notebook_as_it_is_but_without_outputs(path, tmp_path):
    (tmp_path / ".gitattributes").write_text((ROOT / ".gitattributes").read_text())
    lab = (ROOT / "Makefile").read_text().split("\nlab:")[1].split("\n\n")[0]
    options = re.search(r'filter\.nbstripout\.clean "\$\(BIN\)/nbstripout( [^"]*)"', lab)[1]
    program = Path(sys.executable).with_name("nbstripout").as_posix()

    def git(*words):
        return subprocess.run(["git", *words], cwd=tmp_path, capture_output=True, check=True, timeout=LONGEST).stdout

    git("init", "--quiet")
    git("config", "filter.nbstripout.clean", f'"{program}"{options}')
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"execution_count": 3, "outputs": [{"output_type": "stream", "name": "stdout", "text": ["seen\n"]}]}
    (tmp_path / "one.ipynb").write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    git("add", "one.ipynb")
    assert json.loads(git("show", ":one.ipynb")) == json.loads(path.read_text(encoding="utf-8"))


def test_every_python_and_system_promised_is_tested():
    job = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())["jobs"]["test"]
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert job["strategy"]["matrix"]["python"] == promised
    assert f">={promised[0]}" == PROJECT["requires-python"]
    said = [step.get("run", "") for step in job["steps"]]
    make = (ROOT / "Makefile").read_text().split("\ntest: environment\n")[1].split("\n\n")[0]
    without_make = next(run for run in said if "Scripts" in run)
    for command in re.findall(r"\$\(BIN\)/(.+)", make):
        assert f".venv\\Scripts\\{command}\n" in without_make + "\n"
    assert any(run.startswith("make test") for run in said)


def test_types_are_part_of_the_package():
    assert (ROOT / "casebook" / "py.typed").exists()
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    assert "py.typed" in package["casebook"]
