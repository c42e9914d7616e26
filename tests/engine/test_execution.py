"""Cells run in a forked process and cells run in an ordinary kernel leave the same notebook behind."""

import json
import os
import subprocess
import sys

import nbformat
import pytest
from conftest import LONGEST, ROOT, copy_of_project, one_of_each_notebook
from small_reports import notebook

from casebook.engine import execution

pytestmark = pytest.mark.slow

EVERYTHING_A_CELL_CAN_SHOW = (
    "print('one'); import sys; print('to error', file=sys.stderr); print('two', end='')",
    "1 + 1",
    "_ + 1",
    "None",
    "'quiet';",
    "from IPython.display import HTML, Markdown, clear_output, display, update_display\ndisplay(HTML('<b>bold</b>'), Markdown('*x*'))",
    "display('first', display_id='here')\nprint('between')",
    "update_display('second', display_id='here')",
    "print('gone'); clear_output(); print('stays')",
    "print('gone later'); clear_output(wait=True)\nprint('stays')",
    "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['x', None]})",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2], [2, 1]);",
    "fig, ax = plt.subplots(figsize=(2, 1)); ax.bar(['a'], [1]); plt.close(fig)",
    "import warnings\nwarnings.warn('careful', stacklevel=1)",
    "import asyncio\nawait asyncio.sleep(0)\nasync def f():\n    return 'awaited'\nawait f()",
    "!echo from the shell",
    "listed = !echo one; echo two\nlisted",
    "%%bash\necho from bash",
    "%%capture held\nprint('held back')",
    "held.stdout",
    "%who_ls int",
    "pwd",
    "\n1 + 1",
    "  if True:\n      print('indented')",
    "from IPython.core.inputtransformer2 import TokenTransformBase\nclass Three(TokenTransformBase):\n"
    "    @classmethod\n    def find(cls, tokens):\n"
    "        return next((cls(one.start) for line in tokens for one in line if one.string == 'three'), None)\n"
    "    def transform(self, lines):\n        return [line.replace('three', '3') for line in lines]\n"
    "get_ipython().input_transformer_manager.token_transformers.append(Three)",
    "three + 1",
    "import logging\nlogging.getLogger().warning('logged')",
    "import os; os.system('echo past Python'); import time; time.sleep(.3)",
    "class Rich:\n    def _repr_mimebundle_(self, **k):\n        return {'text/plain': 'p', 'application/vnd.casebook.text+json': {'a': 1}}\nRich()",
    "import builtins, __main__\n(__name__, __main__.__name__, 'get_ipython' in dir(builtins) or 'get_ipython' in dir(), len(In) > 5)",
    "sys.path",
    "plt.get_backend()",
    "raise ValueError('the end')",
    "print('never')",
)

SCRIPT = """
import json, os, sys, tempfile
from pathlib import Path
sys.path.insert(0, "")
from casebook.engine import execution
from casebook import preload
engine, source, output = sys.argv[1:]
files = tempfile.TemporaryFile(), tempfile.TemporaryFile()
if engine == "shell":
    preload.packages(prime=True)
    for number, file in enumerate(files, 1):
        os.dup2(file.fileno(), number)
session = execution.Session(lambda event, number: None, 20, captured=tuple(file.fileno() for file in files))
try:
    execution.execute(Path(source), Path(output), {"area": "Essex"}, {}, engine, session)
except execution.StoppedError as stopped:
    Path(output).with_suffix(".json").write_text(json.dumps(stopped.outcome.plain()))
"""


@pytest.mark.long
def test_whatever_a_cell_shows_is_the_same_both_ways(tmp_path):
    source = tmp_path / "all.ipynb"
    nbformat.write(notebook(*EVERYTHING_A_CELL_CAN_SHOW), source)
    found, outcomes = {}, {}
    for engine in ("shell", "kernel"):
        output = tmp_path / f"{engine}.ipynb"
        environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, engine, source, output],
            capture_output=True, text=True, check=False, cwd=tmp_path, env=environment | {"CASEBOOK_PROJECT": str(ROOT)},
            timeout=LONGEST,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found[engine] = nbformat.read(output, as_version=4)
        outcomes[engine] = json.loads(output.with_suffix(".json").read_text())
    assert outcomes["shell"] == outcomes["kernel"]
    assert outcomes["shell"]["message"].startswith("failed in cell 34 of notebooks/all.ipynb: ValueError: the end.")
    for number, (quick, ordinary) in enumerate(zip(found["shell"].cells, found["kernel"].cells, strict=True)):
        assert quick.source == ordinary.source
        if quick.cell_type == "code":
            assert without_places(quick.outputs) == without_places(ordinary.outputs), (number, quick.source)
            assert quick.execution_count == ordinary.execution_count
    assert found["shell"].metadata.language_info == found["kernel"].metadata.language_info


def without_places(outputs):
    """Outputs without traceback and the path of the temporary file that a warning names, and streams by name."""
    shown = []
    streams = {"stdout": "", "stderr": ""}
    for output in outputs:
        if output.output_type == "stream":
            # A kernel sends its two streams separately, so their order is not certain.
            text = output.text
            streams[output.name] += text[text.index("UserWarning") :] if "UserWarning" in text else text
        else:
            shown.append({name: value for name, value in output.items() if name != "traceback"})
    return streams, shown


@pytest.mark.long
def test_every_notebook_is_the_same_both_ways(pack, tmp_path):
    ordinary = copy_of_project(tmp_path)
    made = {entry["name"] for entry in pack.pack()["reports"]}
    names = [name for name in one_of_each_notebook() if name in made]
    done = ordinary.pipeline("run", *names, "--ordinary-kernels")
    assert done.returncode == 0, done.stderr
    for entry in ordinary.pack()["reports"]:
        assert (entry["engine"], pack.report(entry["name"])["engine"]) == ("kernel", "shell")
        one, other = (nbformat.read(one.root / "reports" / entry["notebook"], as_version=4) for one in (ordinary, pack))
        assert [cell.get("outputs") for cell in one.cells] == [cell.get("outputs") for cell in other.cells]
        assert [cell.source for cell in one.cells] == [cell.source for cell in other.cells]
        assert one.metadata.language_info == other.metadata.language_info


def test_the_runner_loads_nothing_of_jupyterlab_and_stays_fit_to_fork():
    script = (
        "import sys\nfrom casebook import preload, run\nfrom casebook.engine import workers\npreload.packages(prime=True)\n"
        "print(workers.can_fork(), [n for n in sys.modules if n.split('.')[0] in"
        " ('jupyterlab', 'jupyter_server', 'notebook', 'jupyter_events', 'ipykernel') or n == 'rfc3987_syntax.parser'])\n"
        "from matplotlib.lines import Line2D\nfrom scipy.special import logsumexp\n"
        "print(['antialiased' in Line2D.set.__doc__, 'Parameters' in logsumexp.__doc__])"
    )
    environment = {**os.environ, "CASEBOOK_PROJECT": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=LONGEST
    )
    # Nor does it take the time to write help texts for what it loads.
    assert done.stdout == "True []\n[False, False]\n", done.stdout + done.stderr


def test_a_secret_is_found_however_it_is_written():
    secret = 'a"b\\c\nd'
    session = execution.Session(lambda event, number: None, 20, {"token": secret})
    shown = session.filter_output({"output_type": "stream", "name": "stdout", "text": f"It is {secret}."})
    assert shown["text"] == "It is [secret]."
    assert session.redactor.found == {"token"}


@pytest.mark.parametrize("count", [None, 2], ids=["before its count came", "after its count came"])
def test_a_cell_whose_kernel_died_is_marked_failed_whether_or_not_its_count_had_come(count):
    cells = [nbformat.v4.new_code_cell(code) for code in ("1", "import os; os._exit(3)", "2")]
    cells[0].execution_count, cells[1].execution_count = 1, count
    for cell in cells:
        cell.metadata["papermill"] = {"status": "completed"}
    executed = nbformat.v4.new_notebook(cells=cells)
    execution.mark_never_ran(executed, running=2)
    assert [cell.metadata["papermill"]["status"] for cell in executed.cells] == ["completed", "failed", "never ran"]
