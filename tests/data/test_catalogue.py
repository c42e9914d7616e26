"""The catalogue is the single source of truth, and a mistake in it is named."""

import json

import pytest

from casebook.data import catalogue, raw
from casebook.data.tables import Tables
from casebook.errors import InputError


def entry(descriptor, name):
    return next(resource for resource in descriptor["resources"] if resource["name"] == name)


def test_a_limit_changed_in_the_descriptor_changes_what_is_valid(project):
    descriptor = project.descriptor()
    entry(descriptor, "smoking_prevalence")["schema"]["fields"][2]["constraints"]["maximum"] = 18
    project.describe(descriptor)
    with pytest.raises(InputError, match=r"row 11, column value: found 18\.8, expected at most 18"):
        Tables(project.root).prepare("smoking_prevalence")


def forbidden(field, in_key):
    """A value of the field's type for each limit that its description states."""
    limits = field.constraints
    if limits.required or in_key:
        yield None
    if limits.minimum is not None and field.type != "date":
        yield limits.minimum - 1
    if limits.maximum is not None and field.type != "date":
        yield limits.maximum + 1
    if limits.enum is not None or limits.pattern is not None:
        yield "~ no such value ~"


def test_every_limit_of_every_described_field_is_held(project):
    tried = 0
    for table in catalogue.load(project.root).resources:
        frame = raw.read(project.root, table)
        key = table.table_schema.primary_key
        for field in table.table_schema.fields:
            for value in forbidden(field, field.name in key):
                wrong = frame.astype({field.name: object})
                wrong.loc[wrong.index[-1], field.name] = value
                wrong = wrong.astype({field.name: field.dtype}) if value is not None else wrong
                with pytest.raises(InputError, match=rf"row {frame.index[-1]}, column {field.name}: found "):
                    raw._check_values(raw.RAW / table.path, table, wrong)
                tried += 1
    assert tried > 100


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda d: entry(d, "needs").update(requiredAreas=["England"]),
            "requiredAreas and everyYear need a field with the role 'area'",
        ),
        (lambda d: entry(d, "areas").pop("title"), "'areas' > title: this property is required"),
        (
            lambda d: [entry(d, "areas").pop(name) for name in ("title", "path", "hash")],
            r"'areas' > title: this property is required: add it \(path and hash are missing too\)",
        ),
        (lambda d: entry(d, "areas").update(titel="x"), "'areas' > titel.*no such property"),
        (lambda d: d["resources"].append(entry(d, "areas")), "describes the table 'areas' twice"),
        (lambda d: entry(d, "areas")["schema"].update(primaryKey=["nam"]), "a field 'nam'.*did you mean name"),
        (lambda d: entry(d, "areas")["schema"]["fields"][0].update(type="text"), "'areas' > schema > fields > 'name' > type"),
        (lambda d: entry(d, "areas")["schema"]["fields"][1]["constraints"].update(pattern="["), "not a pattern that can be read"),
        (lambda d: entry(d, "areas")["schema"].update(primaryKey=[]), "primaryKey"),
        (lambda d: entry(d, "areas").update(licenses=[]), "licenses"),
        (lambda d: entry(d, "areas").update(path="../areas.csv"), "must be a file name in data/raw"),
        (lambda d: entry(d, "areas")["schema"]["fields"].append(entry(d, "areas")["schema"]["fields"][0]), "describes the field 'name' twice"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_descriptor_is_named(project, change, words):
    descriptor = project.descriptor()
    change(descriptor)
    project.describe(descriptor)
    with pytest.raises(InputError, match=words):
        catalogue.load(project.root)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"goal": {"lower": 1900, "upper": 2300, "sex": "Female", "age": "15-24", "source": "x"}},
            "the goal is for Female aged 15-24, the figures for Persons",
        ),
        (
            {"goal": {"lower": 2300, "upper": 1900, "sex": "Persons", "age": "15-24", "source": "x"}},
            "lower threshold must be below",
        ),
        ({"polarity": "low is good"}, "is for an indicator where high is good"),
        ({"multiplier": 0}, "greater than 0"),
        ({"decimals": -1}, "greater than or equal to 0"),
    ],
)
def test_an_indicator_that_contradicts_itself_is_refused(project, change, words):
    descriptor = project.descriptor()
    entry(descriptor, "chlamydia_detection")["indicator"] |= change
    project.describe(descriptor)
    with pytest.raises(InputError, match=words):
        catalogue.load(project.root)


def test_a_descriptor_that_is_not_json_is_located(project):
    project.raw("datapackage.json").write_text('{"name": "casebook",\n "title" }')
    with pytest.raises(InputError, match=r"datapackage.json, line 2, column 10: not valid JSON"):
        catalogue.load(project.root)


def test_an_unknown_table_is_refused_with_the_nearest(project):
    with pytest.raises(InputError, match="did you mean health_checks?"):
        catalogue.load(project.root).table("health_check")


@pytest.mark.parametrize("indent", [2, None])
def test_accepting_a_table_keeps_the_descriptor_as_its_author_laid_it_out_but_for_the_hash(project, indent):
    project.raw("datapackage.json").write_text(json.dumps(project.descriptor(), indent=indent, ensure_ascii=False))
    before = project.raw("datapackage.json").read_text()
    path = project.raw("areas.csv")
    path.write_bytes(path.read_bytes() + b"\n")
    assert catalogue.accept(project.root, []) == ["areas"]
    after = project.raw("datapackage.json").read_text()
    assert after != before
    old, new = json.loads(before), json.loads(after)
    entry(old, "areas")["hash"] = entry(new, "areas")["hash"]
    assert new == old
    assert len(after.splitlines()) == len(before.splitlines())
