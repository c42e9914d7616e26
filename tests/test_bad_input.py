"""Bad input of every kind: one sentence that says where, what was found and what to do; the pack stays as it was.

A row of the tables is one mistake: what is done to a project, and words of the one sentence.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from conftest import Project, as_users
from small_reports import GOOD, write

pytestmark = pytest.mark.slow

CARE = "data/raw/care_applications.csv"
Change = Callable[[Project], object]


def edit(file: str, old: str, new: str) -> Change:
    return lambda project: project.replace(file, old, new)


def put(file: str, content: str | bytes) -> Change:
    content = content.encode() if isinstance(content, str) else content
    return lambda project: (project.root / file).write_bytes(content)


def end(file: str, content: bytes) -> Change:
    def change(project):
        path = project.root / file
        path.write_bytes(path.read_bytes() + content)

    return change


def delete(file: str) -> Change:
    return lambda project: (project.root / file).unlink()


def recode(file: str, encoding: str) -> Change:
    return lambda project: (project.root / file).write_bytes((project.root / file).read_text("utf-8").encode(encoding))


def folder_instead(file: str) -> Change:
    def change(project):
        (project.root / file).unlink()
        (project.root / file).mkdir()

    return change


def table(alter: Callable[[dict], object], name: str = "care_applications") -> Change:
    def change(project):
        content = project.description(name)
        alter(content)
        project.describe(name, content)

    return change


def column(alter: Callable[[dict], object], name: str = "rate") -> Change:
    return table(lambda one: alter(one["columns"][name]))


def common(alter: Callable[[dict], object]) -> Change:
    return table(alter, "common")


def notebook(alter: Callable[[dict], object], name: str = "care-rates") -> Change:
    def change(project):
        path = project.root / "notebooks" / f"{name}.ipynb"
        content = json.loads(path.read_text(encoding="utf-8"))
        alter(content)
        path.write_text(json.dumps(content), encoding="utf-8")

    return change


def cell(number: int, **changes: object) -> Change:
    def alter(content):
        for name, value in changes.items():
            if value is None:
                del content["cells"][number][name]
            else:
                content["cells"][number][name] = value

    return notebook(alter)


def parameter(line: str) -> Change:
    return cell(1, source=f'area: str = "Cambridgeshire"\n{line}')


def reports(text: str) -> Change:
    return edit("pipeline.py", "PACK = [\n", f"PACK = [\n    {text},\n")


def entry(old: str, new: str) -> Change:
    return edit("pipeline.py", old, new)


def alone(text: str) -> Change:
    return put("pipeline.py", f"from casebook.cli import Limits, Report, main\n{text}\n")


WORKINGS = "workings/care-rates.yaml"

# Each is found by `check`, without anything being run.
IN_TABLES: dict[str, tuple[Change, str]] = {
    "empty file": (put(CARE, ""), "care_applications.csv is empty: it needs a header"),
    "only a header": (put(CARE, "line,la_number,area,year,rate\n"), "has a header and no rows"),
    "not there": (delete(CARE), "is not there, though data/raw/care_applications.yaml describes it"),
    "a folder": (folder_instead(CARE), "care_applications.csv"),
    "UTF-16": (recode(CARE, "utf-16"), "row 1, column"),
    "a byte of Latin-1": (edit(CARE, "Hertfordshire,2017", "H\u00e9rtfordshire,2017"), "Hértfordshire"),
    "a byte that is no UTF-8": (end(CARE, b"1,1,B\xe9dford,2017,1\n"), "found the byte 0xE9, which is not UTF-8 text"),
    "a binary file": (put(CARE, b"\x7fELF\x02\x01\x1b[31m\x00\x00\x07"), "row 1: the column 'line' is missing"),
    "a null byte": (edit(CARE, "Hertfordshire,2017", "Hertford\0shire,2017"), "Hertford"),
    "semicolons": (put(CARE, "line;la_number;area;year;rate\n"), "found semicolons between the columns"),
    "tabs": (put(CARE, "line\tla_number\tarea\tyear\trate\n"), "found tabs between the columns"),
    "a cell too few": (edit(CARE, "Hertfordshire,2017,6.50", "Hertfordshire,2017"), "row 2: found 4 cells where the header"),
    "a cell too many": (edit(CARE, "2017,6.50", "2017,6.50,1"), "row 2: found 6 cells where the header has 5 columns"),
    "an empty row": (edit(CARE, "194,919,Hertfordshire,2018", "\n194,919,Hertfordshire,2018"), "row 3: the row is empty"),
    "a row of commas": (end(CARE, b",,,,\n"), "the row is empty"),
    "an open quotation mark": (edit(CARE, "Hertfordshire,2017", '"Hertfordshire,2017'), "check the quotation marks"),
    "a stray quotation mark": (edit(CARE, "Hertfordshire,2017", '"Hert"ford,2017'), "check the quotation marks"),
    "a column missing": (edit(CARE, "year,rate", "year"), "row 1: the column 'rate' is missing"),
    "a column misspelt": (edit(CARE, "year,rate", "year,rat"), "the column 'rate' is missing, found 'rat' instead"),
    "a column not described": (edit(CARE, "year,rate", "year,rate,more"), "found the column 'more', which"),
    "a column twice": (edit(CARE, "year,rate", "year,rate,rate"), "the column 'rate' stands twice"),
    "no header": (edit(CARE, "line,la_number,area,year,rate\n", ""), "row 1: the column 'line' is missing"),
    "words for a number": (edit(CARE, "2017,6.50", "2017,six"), "row 2, column rate: found 'six', expected a number"),
    "a number below its minimum": (edit(CARE, "2017,6.50", "2017,-6.50"), "found -6.5, expected at least 0"),
    "a number far too large": (edit(CARE, "2017,6.50", "2017,1" + "0" * 20), "row 2, column rate: found '1000"),
    "infinity": (edit(CARE, "2017,6.50", "2017,inf"), "found 'inf', expected a number"),
    "NaN": (edit(CARE, "2017,6.50", "2017,nan"), "found 'nan', expected a number"),
    "a number as computers write it": (edit(CARE, "2017,6.50", "2017,6.5e3"), "found '6.5e3', expected a number"),
    "a number in base 16": (edit(CARE, "2017,6.50", "2017,0x10"), "found '0x10', expected a number"),
    "underscores": (edit(CARE, "2017,6.50", "2017,1_0"), "found '1_0', expected a number"),
    "a comma of the continent": (edit(CARE, "2017,6.50", '2017,"6,50"'), "found '6,50', expected a number"),
    "spaces about a number": (edit(CARE, "2017,6.50", "2017, 6.50"), "found ' 6.50', expected a number"),
    "a number in wide digits": (edit(CARE, "2017,6.50", "2017,\uff16.50"), "row 2, column rate: found '\uff16.50', expected a number"),
    "a year in Arabic digits": (edit(CARE, "Hertfordshire,2017", "Hertfordshire,\u0662\u0660\u0661\u0667"), "row 2, column year: found"),
    "a year with a part": (edit(CARE, "Hertfordshire,2017", "Hertfordshire,2017.5"), "expected a whole number"),
    "an empty cell that is needed": (edit(CARE, "Hertfordshire,2017", ",2017"), "row 2, column area"),
    "two rows of one key": (edit(CARE, "Hertfordshire,2018", "Hertfordshire,2017"), "already stands in row 2"),
    "an area nobody knows": (edit(CARE, "Hertfordshire,2017", "Atlantis,2017"), "Atlantis"),
    "an area misspelt": (edit(CARE, "Hertfordshire,2017", "Hertforshire,2017"), "did you mean Hertfordshire?"),
    "a number that belongs to another area": (edit(CARE, "919,Hertfordshire,2017", "918,Hertfordshire,2017"), "row 2"),
    "a year without a neighbour": (edit(CARE, "194,919,Hertfordshire,2017,6.50\n", ""), "care_applications.csv"),
    "changed and not accepted": (edit(CARE, "2017,6.50", "2017,6.51"), "accept"),
    "a formula for a number": (edit(CARE, "2017,6.50", "2017,=1+1"), "found '=1+1', expected a number"),
    "a kind of area that is none": (edit("data/raw/areas.csv", "E92000001,country", "E92000001,planet"), "planet"),
    "a code that is none": (edit("data/raw/areas.csv", "E92000001", "X1"), "X1"),
    "a table without England": (edit("data/raw/smoking_prevalence.csv", "2893,England,13.9\n", ""), "smoking_prevalence"),
}  # fmt: skip

COMMON, DESCRIBED, ACCEPTED = "data/raw/common.yaml", "data/raw/care_applications.yaml", "data/raw/SHA256SUMS"
IN_DESCRIPTIONS: dict[str, tuple[Change, str]] = {
    "what is shared is not there": (delete(COMMON), "common.yaml is not there: run this inside"),
    "what is shared is empty": (put(COMMON, ""), "common.yaml, licence: this property is required"),
    "what is shared is cut off": (put(COMMON, "licence: {name: OGL"), "common.yaml, line 2: did not find expected"),
    "what is shared is a list": (put(COMMON, "[a]"), "common.yaml: found \"['a']\", expected names"),
    "not there": (delete(DESCRIBED), "care_applications.yaml is not there, though data/raw/SHA256SUMS lists"),
    "empty": (put(DESCRIBED, ""), "care_applications.yaml, title: this property is required"),
    "a number": (put(DESCRIBED, "1"), "care_applications.yaml: found '1', expected names"),
    "not UTF-8": (put(DESCRIBED, b"title: \xe9"), "care_applications.yaml is not UTF-8 (byte 7)"),
    "nested without end": (put(DESCRIBED, "[" * 100_000), "care_applications.yaml, line 1: nested too deeply"),
    "a tag of Python": (edit(DESCRIBED, "every_year: true", "every_year: !!python/object/apply:os.getpid []"), "care_applications.yaml, line"),
    "a name twice": (end(DESCRIBED, b"title: x\n"), "'title' stands here a second time"),
    "a column twice": (edit(DESCRIBED, "columns:\n", "columns:\n  area:\n"), "'area' stands here a second time"),
    "a minimum that is no number": (edit(DESCRIBED, "minimum: 0", "minimum: NaN"), "'rate' > minimum, found 'NaN'"),
    "no list of tables": (delete(ACCEPTED), "SHA256SUMS is not there"),
    "no tables": (put(ACCEPTED, ""), "There is no table called 'areas'"),
    "a table twice": (lambda project: end(ACCEPTED, project.raw("SHA256SUMS").read_bytes())(project), "stands here a second time"),
    "a table elsewhere": (edit(ACCEPTED, "  areas.csv", "  ../areas.csv"), "SHA256SUMS, line 2: found"),
    "a hash that is none": (edit(ACCEPTED, "  care_applications.csv", "x  care_applications.csv"), "expected a SHA-256 and the name"),
    "a table that nobody accepted": (put("data/raw/more.yaml", "title: x"), "more.yaml describes a table that nobody accepted"),
    "a property that is none": (common(lambda all: all.update(reports="1")), "common.yaml, reports, found '1': there is no such property"),
    "a table without a title": (table(lambda one: one.pop("title")), "care_applications.yaml, title: this property is required"),
    "a title of nothing": (table(lambda one: one.update(title="")), "care_applications.yaml, title, found ''"),
    "a property of a table misspelt": (table(lambda one: one.update(tittle="x")), "tittle"),
    "no licence": (common(lambda all: all.pop("licence")), "common.yaml, licence"),
    "no source": (table(lambda one: one.pop("sources")), "care_applications.yaml, sources"),
    "a publication that is none": (table(lambda one: one.update(sources={"paper-04": ""})), "did you mean paper-004?"),
    "no columns": (table(lambda one: one.pop("columns")), "care_applications.yaml, columns"),
    "a key that is no column": (table(lambda one: one.update(key=["aera"])), "did you mean area?"),
    "a type that is none": (column(lambda one: one.update(type="decimal")), "type, found 'decimal'"),
    "a pattern that cannot be read": (table(lambda one: one["columns"].update(area={"pattern": "("})), "not a pattern that can be read"),
    "a minimum in words": (column(lambda one: one.update(minimum="none")), "minimum, found 'none'"),
    "a role that is none": (column(lambda one: one.update(role="king")), "role, found 'king'"),
    "an identity of no kind": (table(lambda one: one.update(identities=[{"kind": "root", "columns": ["rate"]}])), "kind, found 'root'"),
}  # fmt: skip

IN_NOTEBOOKS: dict[str, tuple[Change, str]] = {
    "not there": (delete("notebooks/care-rates.ipynb"), "There is no notebook notebooks/care-rates.ipynb"),
    "empty": (put("notebooks/care-rates.ipynb", ""), "notebooks/care-rates.ipynb is not a notebook that can be read"),
    "no JSON": (put("notebooks/care-rates.ipynb", "print(1)"), "is not a notebook that can be read"),
    "a list": (put("notebooks/care-rates.ipynb", "[]"), "it holds no list of cells"),
    "nested without end": (put("notebooks/care-rates.ipynb", "[" * 100_000), "is not a notebook that can be read"),
    "binary": (put("notebooks/care-rates.ipynb", b"\x89PNG\r\n\x1a\n"), "is not a notebook that can be read"),
    "a folder": (folder_instead("notebooks/care-rates.ipynb"), "care-rates.ipynb"),
    "of a format to come": (notebook(lambda all: all.update(nbformat=99)), "its nbformat is 99, expected 4"),
    "of an old format": (notebook(lambda all: all.update(nbformat=3)), "its nbformat is 3, expected 4"),
    "of a format in words": (notebook(lambda all: all.update(nbformat="four")), "its nbformat is four, expected 4"),
    "without a format": (notebook(lambda all: all.pop("nbformat")), "its nbformat is None, expected 4"),
    "without metadata": (notebook(lambda all: all.pop("metadata")), "it holds no metadata"),
    "without cells": (notebook(lambda all: all.pop("cells")), "it holds no list of cells"),
    "with no cell": (notebook(lambda all: all.update(cells=[])), "has no cells tagged 'parameters'"),
    "a cell of a kind that is none": (cell(3, cell_type="magic"), "cell 4 is of the kind 'magic', expected code, markdown or raw"),
    "a cell that is none": (notebook(lambda all: all["cells"].append(7)), "is of the kind '7'"),
    "a cell without source": (cell(2, source=None), "cell 3 has no source"),
    "a cell whose source is a number": (cell(2, source=[1]), "cell 3 has no source"),
    "a cell without metadata": (cell(2, metadata=None), "cell 3 has no metadata"),
    "a cell without outputs": (cell(2, outputs=None), "cell 3 has no list of outputs"),
    "tags that are no list": (cell(2, metadata={"tags": "x"}), "cell 3 has no metadata, or tags that are no list"),
    "no parameters": (cell(1, metadata={}), "has no cells tagged 'parameters': tag exactly one"),
    "parameters twice": (cell(2, metadata={"tags": ["parameters"]}), "has 2 cells tagged 'parameters'"),
    "parameters that are no Python": (cell(1, source="area: str = "), "parameters cell, line 1: not valid Python"),
    "parameters with a null byte": (cell(1, source="x: int = 1\0"), "parameters cell"),
    "parameters nested without end": (cell(1, source="x: int = " + "(" * 50_000), "not valid Python"),
    "no type": (parameter("first_year = 2017"), "line 2: found 'first_year = 2017', expected 'name: type = default'"),
    "no default": (parameter("first_year: int"), "line 2: found 'first_year: int', expected"),
    "a statement": (parameter("print(1)"), "line 2: found 'print(1)', expected 'name: type = default'"),
    "a type that is none": (parameter("x: number = 1"), "cannot be read without running the notebook"),
    "a default of another type": (parameter("x: int = 'one'"), "x is 'one', expected a whole number"),
    "a default outside its limits": (parameter("x: Annotated[int, Field(ge=3)] = 1"), "x is 1"),
    "a default without end": (parameter("x: int = 9**9**9"), "9 ** 9 ** 9 is worked out, not a plain value"),
    "a type without end": (parameter("x: Literal[9**9**9] = 1"), "is worked out, not a plain value"),
    "a text without end": (parameter("x: str = 'a' * 10**12"), "is worked out, not a plain value"),
    "a default that is read from a file": (parameter("x: str = open('/etc/passwd').read()"), "cannot be read without"),
    "a default that imports": (parameter("x: int = __import__('os').getpid()"), "cannot be read without running"),
    "a default that looks about": (parameter("x: str = ().__class__.__name__"), "cannot be read without running"),
    "a default of many": (parameter("x: list[int] = [y for y in range(10**10)]"), "is worked out, not a plain value"),
    "a function": (parameter("x: int = (lambda: 1)()"), "cannot be read without running the notebook"),
    "a date that is none": (parameter("x: date = date(2020, 2, 31)"), "cannot be read without running the notebook"),
}  # fmt: skip

IN_THE_PIPELINE: dict[str, tuple[Change, str]] = {
    "the name of the PDF of all reports": (reports('Report("Committee-Pack", "care-rates")'), "pipeline.py, Committee-Pack: the PDF of all reports has this name"),
    "a name twice": (reports('Report("care-rates")'), "pipeline.py, care-rates: another report has this name"),
    "a name in capitals": (reports('Report("Care-Rates", "care-rates")'), "called Care-Rates, which many file systems do not"),
    "no name": (reports('Report("")'), "entry 1 of the pack: the name is '', expected letters, digits"),
    "the folder above": (reports('Report("..", "smoking")'), "the name is '..'"),
    "a path": (reports('Report("../../x", "benchmark")'), "the name is '../../x'"),
    "a slash": (reports('Report("a/b", "benchmark")'), "the name is 'a/b'"),
    "a new line": (reports('Report("a\\nb", "benchmark")'), "the name is 'a\\nb'"),
    "a quotation mark": (reports("""Report('a "b"', "benchmark")"""), "the name is 'a \"b\"'"),
    "a null byte in a name": (reports('Report("a\\0b", "benchmark")'), "the name is 'a\\x00b'"),
    "a colon": (reports('Report("con:a*b?", "benchmark")'), "the name is 'con:a*b?'"),
    "a space at the end": (reports('Report("a ", "benchmark")'), "the name is 'a '"),
    "a name of 300 letters": (reports(f'Report("{"a" * 300}", "benchmark")'), "100 at most"),
    "a name that is a number": (reports("Report(7)"), "the name is '7'"),
    "no name at all": (reports("Report()"), "pipeline.py, line 12: TypeError: Report(...) missing 1 required"),
    "a word that is none": (reports('Report("x", "benchmark", figure=1)'), "unexpected keyword argument 'figure'"),
    "a limit that is none": (entry("headlines=4)", "headlines=4, limits=Limits(second=1))"), "NameError: name 'Limits'"),
    "headlines in words": (entry("headlines=4", "headlines='four'"), "register: headlines is 'four', expected a whole number"),
    "headlines below nothing": (entry("headlines=4", "headlines=-1"), "headlines is '-1', expected a whole number from 0"),
    "more headlines than a page has": (entry("headlines=4", "headlines=9"), "headlines is '9', expected a whole number from 0 to 5"),
    "headlines that are true": (entry("headlines=4", "headlines=True"), "headlines is 'True'"),
    "figures with a part": (entry("figures=2", "figures=1.5"), "care-rates: figures is '1.5', expected a whole number"),
    "limits that are a number": (entry("figures=2", "limits=60"), "care-rates: limits is '60', expected Limits(...)"),
    "seconds in words": (alone('main([Report("smoking", "benchmark", limits=Limits(seconds="x"))], "Essex")'), "limits, seconds is 'x', expected a number above 0"),
    "seconds below nothing": (alone('main([Report("smoking", "benchmark", limits=Limits(seconds=-1))], "Essex")'), "limits, seconds is '-1'"),
    "memory that is none": (alone('main([Report("smoking", "benchmark", limits=Limits(megabytes=0))], "Essex")'), "limits, megabytes is '0'"),
    "output without end": (alone('main([Report("smoking", "benchmark", limits=Limits(output_megabytes=float("inf")))], "Essex")'), "limits, output_megabytes is 'inf'"),
    "a setting of limits that is none": (alone('main([Report("smoking", limits=Limits(second=1))], "Essex")'), "Limits(...) got an unexpected keyword argument 'second'"),
    "parameters in a list": (entry('{"indicator": "health_checks"}', '["indicator"]'), "health-checks: parameters is"),
    "a parameter without a name": (entry('{"indicator": "health_checks"}', "{1: 2}"), "expected names with their values"),
    "a parameter that is none": (entry('{"indicator"', '{"indicater"'), "has no parameter called 'indicater': did you mean indicator?"),
    "a value of another type": (entry('"health_checks"', "7"), "indicator is 7, expected text"),
    "a table that is none": (entry('"health_checks"', '"health_cheks"'), "There is no table called 'health_cheks'"),
    "a notebook elsewhere": (reports('Report("x", "../x")'), "x: notebook is '../x', expected letters"),
    "a notebook with its ending": (reports('Report("x", "benchmark.ipynb")'), "without .ipynb"),
    "a notebook that is none": (reports('Report("x", "benchmrk")'), "There is no notebook notebooks/benchmrk.ipynb: did you mean benchmark?"),
    "a need without a list": (entry('needs=["ehc-plans"]', 'needs="ehc-plans"'), "needs is"),
    "no pack": (alone('main(None, "Essex")'), "the pack is 'None', expected a list of Report(...)"),
    "an empty pack": (alone('main([], "Essex")'), "the pack is '[]', expected a list"),
    "names for reports": (alone('main(["smoking"], "Essex")'), "entry 1 of the pack: found 'smoking', expected Report(...)"),
    "no area": (alone('main([Report("register")], "")'), "the area is '', expected the name of an authority"),
    "an area that is none": (alone('main([Report("register")], "Atlantis")'), "There is no area called 'Atlantis'"),
    "an area that is no text": (alone('main([Report("register")], 7)'), "the area is 7, expected the name"),
    "a name of Python that is none": (alone("main(PAK)"), "pipeline.py, line 2: NameError: name 'PAK' is not defined"),
}  # fmt: skip

IN_WORKINGS: dict[str, tuple[Change, str]] = {
    "not there": (delete(WORKINGS), "workings/care-rates.yaml is not there: write it"),
    "a name twice": (edit(WORKINGS, "names:\n", "names:\n  rate: care_applications\n"), "'rate' stands here a second time"),
    "a group twice": (end(WORKINGS, b"names: {}\n"), "'names' stands here a second time"),
    "a list": (put(WORKINGS, "- x\n"), "workings/care-rates.yaml"),
    "a tab": (edit(WORKINGS, "names:\n", "names:\n\tx: y\n"), "indented with spaces, not tabs"),
    "not UTF-8": (put(WORKINGS, b"names:\n  x: \xe9\n"), "is not UTF-8 text"),
    "a control character": (put(WORKINGS, "names:\n  x: \x07\n"), "workings/care-rates.yaml"),
    "an entry that is none": (end(WORKINGS, b"figurs: {}\n"), "there is no such entry; did you mean figures?"),
    "a table that is none": (edit(WORKINGS, "rate: care_applications", "rate: care_aplications"), "care_aplications"),
    "a formula cut off": (edit(WORKINGS, "mean(rate[neighbours, 2017])", "mean(rate[neighbours, 2017]"), "workings/care-rates.yaml"),
    "a function that is none": (edit(WORKINGS, "mean(rate[neighbours, 2017])", "system(rate[neighbours, 2017])"), "system"),
    "a tag of Python": (edit(WORKINGS, "rate: care_applications", "rate: !!python/object/apply:os.getpid []"), "workings/care-rates.yaml"),
}  # fmt: skip

FILES = {
    **{f"a table: {name}": row for name, row in IN_TABLES.items()},
    **{f"a description: {name}": row for name, row in IN_DESCRIPTIONS.items()},
    **{f"a notebook: {name}": row for name, row in IN_NOTEBOOKS.items()},
    **{f"the pipeline: {name}": row for name, row in IN_THE_PIPELINE.items()},
    **{f"workings: {name}": row for name, row in IN_WORKINGS.items()},
}


def refused(project: Project, *words: str) -> str:
    """Return what is said of something that must be refused, and see that the pack is as it was."""
    (project.root / "reports" / "index.html").write_text("published before")
    before = project.published()
    done = project.pipeline(*words)
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert "report it" not in done.stderr
    assert not [mark for mark in done.stderr if mark < " " and mark != "\n"]
    assert project.published() == before
    return done.stderr


# The whole table takes minutes; every day a row in eight, of every kind of file.
@pytest.mark.parametrize(
    "mistake", [row if at % 8 == 0 else pytest.param(row, marks=pytest.mark.long) for at, row in enumerate(FILES)]
)
def test_a_mistake_in_a_file_is_told_by_check_in_one_sentence(project, mistake):
    change, words = FILES[mistake]
    change(project)
    said = refused(project, "check").strip().splitlines()
    # What rests on it may be told of, too.
    assert any(words in line for line in said), said
    assert all(line.endswith((".", "?")) for line in said)


COMMAND_LINE = {
    "no such command": (["rum"], "No such command 'rum'"),
    "no such option": (["run", "--forse"], "No such option"),
    "no such report": (["run", "care-rate"], "There is no report called 'care-rate': did you mean care-rates?"),
    "an empty name": (["run", ""], "There is no report called ''"),
    "no such area": (["run", "--area", "Atlantis"], "There is no area called 'Atlantis'"),
    "an empty area": (["run", "--area", ""], "There is no area called ''"),
    "a country": (["run", "--area", "England"], "England is a country, not a local authority"),
    "a path for an area": (["run", "--area", "../../x"], "There is no area called '../../x'"),
    "an area with a null byte of text": (["run", "--area", "a\x01b"], "There is no area called 'a\\x01b'"),
    "the area twice": (["run", "--area", "Essex", "-p", "area=Luton"], "The area is given twice"),
    "no equals sign": (["run", "-p", "first_year"], "is not of the form name=value"),
    "no name": (["run", "-p", "=1"], "is not of the form name=value"),
    "a parameter that is none": (["run", "-p", "frist_year=1"], "did you mean first_year?"),
    "words for a number": (["run", "care-rates", "-p", "first_year=soon"], "first_year is 'soon', expected a whole number"),
    "a number with a part": (["run", "care-rates", "-p", "first_year=2017.5"], "first_year is '2017.5'"),
    "a choice that is none": (["run", "care-rates", "-p", "average=mode"], "expected one of 'mean', 'median' and 'pooled'"),
    "a file that is not there": (["run", "--parameters", "x.yaml"], "x.yaml is not there: name a parameters file"),
    "a folder for a file": (["run", "--parameters", "data"], "data cannot be read"),
    "a table that is none": (["accept", "care_aplications"], "There is no table called 'care_aplications'"),
    "a number of runs that is none": (["runs", "-n", "0"], "-n"),
    "a word too many": (["reconcile", "999"], "unexpected extra argument"),
    "a table to audit that is none": (["audit", "x.csv"], "x.csv"),
    "to remove what is made": (["run", "--remove", "Cambridgeshire"], "--remove Cambridgeshire would take out what this run makes"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", COMMAND_LINE)
def test_a_mistake_on_the_command_line_is_told_in_words(project, mistake):
    words, expected = COMMAND_LINE[mistake]
    assert expected in " ".join(refused(project, *words).replace("│", " ").split())


PARAMETERS = {
    "empty": ("", "holds no names with values"),
    "a list": ("- 1\n", "holds no names with values"),
    "a name twice": ("first_year: 2018\nfirst_year: 2019\n", "line 2: not valid YAML ('first_year' stands here a second time"),
    "a name twice in JSON": ('{"first_year": 2018, "first_year": 2019}', "'first_year' stands here a second time"),
    "a name that is a number": ("1: 2\n", "holds no names with values"),
    "no YAML": ("first_year: [2018\n", "not valid YAML"),
    "a tab": ("a:\n\tb: 1\n", "not valid YAML"),
    "a tag of Python": ("first_year: !!python/object/apply:os.getpid []\n", "not valid YAML"),
    "laughs without end": ("a: &a [x, x]\nb: &b [*a, *a]\nfirst_year: [*b, *b]\n", "has no parameter called 'a'"),
    "a value of another type": ("first_year: soon\n", "first_year is 'soon', expected a whole number"),
    "a parameter that is none": ("frist_year: 2018\n", "did you mean first_year?"),
    "a date that is none": ("first_year: 2020-02-31\n", "holds a value that is not one"),
    "an area that is a number": ("area: 7\n", "area is 7, expected the name of an authority"),
    "not UTF-8": (b"first_year: \xe9\n", "is not text in UTF-8"),
    "binary": (b"\x00\x01\x1b[31m", "is not text in UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", PARAMETERS)
def test_a_mistake_in_a_parameters_file_is_told_in_one_sentence(project, mistake):
    content, expected = PARAMETERS[mistake]
    put("given.yaml", content)(project)
    said = refused(project, "run", "care-rates", "--parameters", "given.yaml").strip()
    assert "\n" not in said
    assert expected in said


@pytest.mark.parametrize("command", ["check", "run"])
def test_what_is_wrong_with_several_tables_is_told_at_once(project, command):
    edit(CARE, "2017,6.50", "2017,6_50")(project)
    edit("data/raw/smoking_prevalence.csv", "2893,England,13.9\n", "")(project)
    said = refused(project, command)
    assert "care_applications.csv, row 2" in said
    assert "smoking_prevalence" in said


def test_there_are_at_least_the_140_cases_that_were_tried():
    assert len(FILES) + len(COMMAND_LINE) + len(PARAMETERS) >= 140


@pytest.mark.parametrize("command", ["check", "run"])
def test_two_reports_of_one_name_are_refused_by_check_and_run(project, command):
    reports('Report("care-rates", parameters={"average": "median"})')(project)
    assert "another report has this name; rename one of them." in refused(project, command)


@pytest.mark.long
def test_a_locale_that_knows_only_ascii_is_no_matter(tmp_path, project):
    root = tmp_path / "f\u00fcr \u00fc"
    project.root.rename(root)
    write(moved := Project(root), {"one": GOOD})
    environment = as_users() | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "pipeline.py", "run"], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert moved.report("one")["status"] == "succeeded"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root writes in another's project")
def test_a_run_as_root_in_anothers_project_says_whose_the_files_will_be(project):
    write(project, {"one": GOOD})
    os.chown(project.root, 65534, 65534)
    done = project.pipeline("run")
    assert done.returncode == 0, done.stderr
    first = done.stderr.splitlines()[0]
    assert first.startswith("This run is root's, and the project is ")
    assert "chown -R --reference=" in first
