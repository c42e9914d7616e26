"""What the documents tell somebody to type: each command and block of code is run here, or is marked there with why not."""

import json
import os
import re
import shlex
import subprocess
import textwrap
from typing import Literal

import pytest
import typer
import yaml
from conftest import LONGEST, ROOT

from casebook import commands
from casebook.cli import Report
from casebook.kinds import Area
from casebook.nightly import settings

PLACES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
# The same in a fence and in a sentence; what stands in their place in a form ("COMMAND", "...") is no command.
COMMAND = re.compile(r"python pipeline\.py ([a-z][^`\n#]*?) *(?:`|#|$)", re.MULTILINE)
MARK = re.compile(r"^<!-- not run by the tests: ([^:]+): (.{20,}) -->$", re.MULTILINE)
MADE_UP = {"school-meals", "readiness", "my-report"}


def read(path):
    return path.read_text(encoding="utf-8")


def typed(path):
    """The commands that a document tells somebody to type."""
    return list(dict.fromkeys(" ".join(found.split()) for found in COMMAND.findall(read(path))))


# Run one after the other in one copy of the project, in which nothing is published; with what they end.
RUN = {
    "status": 0, "runs": 0, "list": 0,
    "schedule --at 02:00 --using systemd": 0, "schedule --at 02:00 --using github": 0,
}  # fmt: skip
# The steps of "From a file to a page in ten minutes", run by the last test; `run` is everybody's first command.
WALK = {
    "describe ~/Downloads/school-meals.csv", "accept school_meals", "new school-meals --table school_meals", "run",
    "run school-meals", "check",
}  # fmt: skip


@pytest.mark.parametrize("path", PLACES, ids=lambda path: path.stem)
def test_each_command_of_a_document_is_run_or_marked_with_the_reason(path):
    marks = [mark for mark, _ in MARK.findall(read(path))]
    for one in typed(path):
        marked = any(one == mark or one.startswith(f"{mark} ") for mark in marks)
        assert marked != (one in RUN or one in WALK), one
    assert [mark for mark in marks if not any(f"{one} ".startswith(f"{mark} ") for one in typed(path))] == []


def test_every_command_named_in_a_document_is_one_with_its_options():
    app = typer.main.get_command(commands.of_pack([], "Cambridgeshire", []))
    reports = set(re.findall(r'Report\(\s*"([\w-]+)"', read(ROOT / "pipeline.py"))) | MADE_UP
    found = []
    for path in PLACES:
        spoken = re.findall(r"`([a-z]+ [^`\n]+)`", read(path))
        found += [(path.name, one) for one in [*typed(path), *spoken] if one.split()[0] in app.commands]
    assert len(found) > 60
    for where, one in found:
        name, *rest = shlex.split(one)
        command = app.commands[name]
        if hasattr(command, "commands"):
            name, *rest = rest
            command = command.commands[name]
        if name in ("run", "preview", "explain") and rest and rest[0][0] not in "-[A-Z":
            assert rest[0] in reports, (where, one)
        try:
            # Reads the words as when it is called, and calls nothing.
            command.make_context(name, [word for word in rest if word != "..."])
        except Exception as error:
            raise AssertionError(f"{where}: {one}: {error}") from error


def blocks(*languages):
    return [
        pytest.param(language, textwrap.dedent(code), id=f"{path.stem}-{number}")
        for path in PLACES
        for number, (_, language, code) in enumerate(FENCE.findall(read(path)), 1)
        if language in languages
    ]


@pytest.mark.parametrize(("language", "code"), blocks("python"))
def test_each_block_of_python_in_a_document_runs(language, code):
    said = {}

    def main(pack, area, *, nightly=settings.PLAIN):
        settings.check(nightly)
        said["nightly"] = nightly

    # What the cell or the file that it is a part of has imported before.
    given = {"Area": Area, "Literal": Literal, "Report": Report, "PACK": [], "AREA": "Essex", "main": main}
    exec(compile(code, "a document", "exec"), given)
    if "main(" in code:
        assert said["nightly"].tell
    else:
        assert given["area"]


@pytest.mark.parametrize(("language", "code"), blocks("yaml", "json"))
def test_each_block_of_yaml_and_json_in_a_document_can_be_read(language, code):
    assert {"yaml": yaml.safe_load, "json": json.loads}[language](code)


@pytest.mark.long
def test_the_commands_of_the_documents_end_as_they_should(project):
    for one, code in RUN.items():
        done = project.pipeline(*shlex.split(one))
        assert done.returncode == code, (one, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr


CSV = """\
"Pupils eligible for free school meals, January 2025"
Local authority,Pupils,Per cent eligible
England,"8,400,000",25.6
Cambridgeshire,"92,510",17.1
Peterborough,"38,240",26.1
Essex CC,"216,400",20.2
Suffolk,"98,700",22.2
Rutland,"5,420",c
"""


@pytest.mark.long
def test_from_a_file_to_a_page_as_the_document_says(project, tmp_path):
    """The commands are those of docs/analysts.md, in their order and letter by letter, in a shell."""
    part = read(ROOT / "docs" / "analysts.md").split("## From a file to a page")[1].split("\n## ")[0]
    steps = [one for one in COMMAND.findall(part) if one.split()[0] != "preview"]
    assert [one.split()[0] for one in steps] == ["describe", "accept", "check", "new", "run"]
    (tmp_path / "Downloads").mkdir()
    (tmp_path / "Downloads" / "school-meals.csv").write_text(CSV, encoding="utf-8")

    def typed(words):
        home = {**os.environ, "HOME": str(tmp_path), "CASEBOOK_PROJECT": str(project.root)}
        said = subprocess.run(
            ["sh", "-c", f"echo {words}"], env=home, capture_output=True, text=True, check=True, timeout=LONGEST
        )
        done = project.pipeline(*said.stdout.split())
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    assert "'Essex CC'" in typed(steps[0])
    # The guesses are read, the publication of the document is added, and so is the spelling.
    added = next(code for language, code in (one.values for one in blocks("yaml")) if code.startswith("publications"))
    common = project.raw("common.yaml")
    common.write_text(read(common).replace("publications:\n", added, 1), encoding="utf-8")
    project.replace("data/raw/school_meals.yaml", "which-publication:", "school-meals-2025:")
    description = project.raw("school_meals.yaml")
    description.write_text(re.sub(r"  # guess.*", "", read(description)), encoding="utf-8")
    spellings = project.raw("area_spellings.csv")
    spellings.write_text(read(spellings) + "Essex CC,Essex\n", encoding="utf-8")
    typed(f"{steps[1]} area_spellings")
    typed(steps[2])
    typed(f"{steps[3]} --column per_cent_eligible")
    typed("run school-meals")
    page = project.page("school-meals")
    assert "Cambridgeshire has 17.1 per cent" in page
    assert "Schools, pupils and their characteristics, 2025" in page
