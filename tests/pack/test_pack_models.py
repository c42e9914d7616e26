"""The pack as typed data, and its published schema."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from casebook.errors import InputError
from casebook.pack import models
from casebook.pages import manifest

ROOT = Path(__file__).resolve().parents[2]


def test_the_schema_in_the_docs_is_the_one_that_packs_are_written_by():
    published = (ROOT / "docs" / "pack.schema.json").read_text(encoding="utf-8")
    assert published == models.schema(), "write it anew: python -m casebook.pack.models > docs/pack.schema.json"


def test_the_names_that_readers_of_a_pack_rely_on_stay():
    reports = {"name", "title", "area", "status", "html", "headlines"}
    rows = {"paper", "line", "printed", "verdict", "note", "report"}
    assert reports <= models.Published.model_fields.keys()
    assert rows <= models.Row.model_fields.keys()


def test_a_pack_says_the_hash_of_all_the_rest_of_its_file(tmp_path):
    manifest.write(tmp_path, models.Pack(areas=("Essex",)))
    (tmp_path / "essex").mkdir()
    models.write(tmp_path / "essex" / models.FILE, models.AreaPack(area="Essex"))
    for file in (tmp_path / models.FILE, tmp_path / "essex" / models.FILE):
        content = json.loads(file.read_text(encoding="utf-8"))
        said = content.pop("sha256")
        assert said == sha256((json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()).hexdigest()
        assert models.is_whole(file)
        file.write_text(file.read_text(encoding="utf-8").replace("Essex", "Sussex", 1) + " ", encoding="utf-8")
        assert not models.is_whole(file)


def test_the_top_of_a_pack_says_what_reports_say_and_the_area_how_they_were_made(pack):
    top = json.loads((pack.root / "reports" / models.FILE).read_text(encoding="utf-8"))
    own = json.loads((pack.root / "reports" / "cambridgeshire" / models.FILE).read_text(encoding="utf-8"))
    assert {"fingerprint", "inputs"} <= own["reports"][0].keys() - top["reports"][0].keys()
    assert len(own["reconciliation"]) > 300
    assert "reconciliation" not in top
    assert len(json.dumps(top)) < len(json.dumps(own)) / 5


def test_what_a_later_version_adds_is_passed_over_and_what_is_missing_is_named(tmp_path):
    file = tmp_path / models.FILE
    file.write_text(json.dumps({"schema_version": 9, "reports": [], "weather": "fine"}))
    assert models.read(tmp_path).reports == ()
    file.write_text(json.dumps({"reports": [{"name": "care"}]}))
    with pytest.raises(InputError, match=r"does not describe what is in reports \(reports.0.title: Field required\)"):
        models.read(tmp_path)
    file.unlink()
    assert models.read(tmp_path) is None
