"""A notebook gives the same result in the pipeline, under plain papermill and in JupyterLab."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from nbclient import NotebookClient

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def shown(notebook):
    """What a notebook shows, without times and counters."""
    return [
        dict(output["data"])
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type in ("display_data", "execute_result")
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_outputs_and_with_one_parameters_cell(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in code) == 1


@pytest.mark.slow
def test_plain_papermill_from_any_folder_shows_what_the_pipeline_shows(pack, tmp_path):
    output = tmp_path / "out.ipynb"
    papermill = Path(sys.executable).with_name("papermill")
    environment = {**os.environ, "CASEBOOK_PROJECT": str(pack.root)}
    done = subprocess.run(
        [papermill, pack.root / "notebooks" / "care-rates.ipynb", output, "-p", "area", "Hertfordshire"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    piped = nbformat.read(pack.root / "reports" / "hertfordshire" / "care-rates.ipynb", as_version=4)
    assert shown(nbformat.read(output, as_version=4)) == shown(piped)


@pytest.mark.slow
def test_jupyterlab_shows_what_the_pipeline_shows(pack, monkeypatch):
    # JupyterLab runs a notebook's cells in the notebook's own folder, with its defaults.
    monkeypatch.delenv("CASEBOOK_PROJECT", raising=False)
    notebook = nbformat.read(pack.root / "notebooks" / "care-rates.ipynb", as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(pack.root / "notebooks")}}).execute()
    piped = nbformat.read(pack.root / "reports" / "cambridgeshire" / "care-rates.ipynb", as_version=4)
    assert shown(notebook) == shown(piped)
