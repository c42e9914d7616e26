"""The catalogue is the single source of truth, and a mistake in it is named."""

import hashlib

import pytest

from casebook.data import catalogue, raw
from casebook.data.project import RAW
from casebook.data.tables import Tables
from casebook.errors import InputError

AREAS, COMMON, ACCEPTED = "data/raw/areas.yaml", "data/raw/common.yaml", "data/raw/SHA256SUMS"


def change(project, table, alter):
    description = project.description(table)
    alter(description)
    project.describe(table, description)


def test_a_limit_changed_in_a_description_changes_what_is_valid(project):
    change(project, "smoking_prevalence", lambda one: one["columns"]["value"].update(maximum="18"))
    with pytest.raises(InputError, match=r"row 11, column value: found 18\.8, expected at most 18"):
        Tables(project.root).prepare("smoking_prevalence")


def forbidden(field, in_key):
    """A value of the field's type for each limit that its description states."""
    if field.required or in_key:
        yield None
    if field.minimum is not None and field.type != "date":
        yield field.minimum - 1
    if field.maximum is not None and field.type != "date":
        yield field.maximum + 1
    if field.enum is not None or field.pattern is not None:
        yield "~ no such value ~"


def test_every_limit_of_every_described_field_is_held(project):
    tried = 0
    for table in catalogue.load(project.root).tables:
        frame = raw.read(project.root, table)
        key = table.key
        for field in table.columns:
            for value in forbidden(field, field.name in key):
                wrong = frame.astype({field.name: object})
                wrong.loc[wrong.index[-1], field.name] = value
                wrong = wrong.astype({field.name: field.dtype}) if value is not None else wrong
                with pytest.raises(InputError, match=rf"row {frame.index[-1]}, column {field.name}: found "):
                    raw._check_values(RAW / table.path, table, wrong)
                tried += 1
    assert tried > 100


@pytest.mark.parametrize(
    ("table", "alter", "words"),
    [
        ("needs", lambda d: d.update(required_areas=["England"]), "need a column with the role 'area'"),
        ("areas", lambda d: d.pop("title"), f"{AREAS}, title: this property is required"),
        ("areas", lambda d: [d.pop("title"), d.pop("key")], r"areas.yaml, title: this property is required: add it \(key is missing too\)"),
        ("areas", lambda d: d.update(titel="x"), "titel, found 'x': there is no such property"),
        ("areas", lambda d: d.update(key=["nam"]), "a column 'nam'.*did you mean name"),
        ("areas", lambda d: d.update(key=[]), f"{AREAS}, key"),
        ("areas", lambda d: d.update(columns={}), f"{AREAS}, columns"),
        ("areas", lambda d: d["columns"]["name"].update(type="text"), f"{AREAS}, columns > 'name' > type, found 'text'"),
        ("areas", lambda d: d["columns"]["code"].update(pattern="["), "not a pattern that can be read"),
        ("areas", lambda d: d["columns"].update(name="x"), f"{AREAS}, columns > name: found 'x', expected names"),
        ("areas", lambda d: d.update(sources={}), f"{AREAS}, sources"),
        ("areas", lambda d: d.update(sources={"explore-area": ""}), f"{AREAS}, sources: there is no publication 'explore-area' in {COMMON}.*did you mean explore-areas"),
        ("areas", lambda d: d["sources"].update({"explore-areas": {"line": "1"}}), f"{AREAS}, sources > .* > line, found '1': there is no such property"),
        ("common", lambda d: d["publications"]["sen2"].pop("date"), f"{COMMON}, publications > sen2 > date: this property is required"),
        ("common", lambda d: d["licence"].update(titel="x"), f"{COMMON}, licence > titel, found 'x'"),
        ("common", lambda d: d["columns"]["line"].update(minimum="one"), f"{COMMON}, columns > 'line' > minimum, found 'one'"),
        ("common", lambda d: d["columns"].update(line="x"), f"{COMMON}, columns > line, found 'x'"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_description_is_named_with_the_file_it_stands_in(project, table, alter, words):
    change(project, table, alter)
    with pytest.raises(InputError, match=words):
        catalogue.load(project.root)


@pytest.mark.parametrize(
    ("alter", "words"),
    [
        (
            {"goal": {"lower": 1900, "upper": 2300, "sex": "Female", "age": "15-24", "source": "x"}},
            "the goal is for Female aged 15-24, the figures for Persons",
        ),
        (
            {"goal": {"lower": 2300, "upper": 1900, "sex": "Persons", "age": "15-24", "source": "x"}},
            "lower threshold must not be above",
        ),
        ({"polarity": "low is good"}, "is for an indicator where high is good"),
        ({"multiplier": 0}, "greater than 0"),
        ({"decimals": -1}, "greater than or equal to 0"),
    ],
)
def test_an_indicator_that_contradicts_itself_is_refused(project, alter, words):
    change(project, "chlamydia_detection", lambda one: one["indicator"].update(alter))
    with pytest.raises(InputError, match=words):
        catalogue.load(project.root)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "  areas.csv\n",
            "  ../areas.csv\n",
            "SHA256SUMS, line 2: found .*expected a SHA-256 and the name of a CSV file",
        ),
        ("  areas.csv\n", "  area_changes.csv\n", "SHA256SUMS, line 2: area_changes.csv stands here a second time"),
        ("  areas.csv\n", "  regions.csv\n", "regions.yaml is not there, though data/raw/SHA256SUMS lists regions.csv"),
    ],
)
def test_a_mistake_in_the_list_of_tables_is_located(project, old, new, words):
    project.replace(ACCEPTED, old, new)
    with pytest.raises(InputError, match=words):
        catalogue.load(project.root)


def test_an_unknown_table_is_refused_with_the_nearest(project):
    with pytest.raises(InputError, match="did you mean health_checks?"):
        catalogue.load(project.root).table("health_check")


def test_accepting_a_table_changes_its_line_and_adds_a_new_one_that_check_asked_for(project):
    before = project.raw("SHA256SUMS").read_text().splitlines()
    path = project.raw("areas.csv")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    project.raw("later.csv").write_bytes(path.read_bytes())
    project.raw("later.yaml").write_bytes(project.raw("areas.yaml").read_bytes())
    said = project.pipeline("check")
    assert (
        "data/raw/later.yaml describes a table that nobody accepted: accept it with `python pipeline.py accept later`"
        in said.stderr
    )
    assert catalogue.accept(project.root, []) == ["areas", "later"]
    after = project.raw("SHA256SUMS").read_text().splitlines()
    now = hashlib.sha256(path.read_bytes()).hexdigest()
    assert after == [before[0], f"{now}  areas.csv", *before[2:], f"{now}  later.csv"]


def test_every_publication_and_column_that_tables_share_is_used(project):
    common = project.description("common")
    said = [project.description(table.name) for table in catalogue.load(project.root).tables]
    assert set(common["publications"]) == {slug for one in said for slug in one["sources"]}
    for name in common["columns"]:
        assert sum(name in one["columns"] for one in said) > 1, name
