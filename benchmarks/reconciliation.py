"""What reconciling the printed figures adds to the time of a run.

python benchmarks/reconciliation.py [PAIRS]

Two copies of the project are run in turn: one as it is, one without its register and without the cells that
reconcile; the median of the pairs counts. Runs vary by more than the difference, so the time that the reconciling
cells themselves took is given too.
"""

from __future__ import annotations

import json
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAIRS = int(sys.argv[1]) if len(sys.argv) > 1 else 5


def copy(folder: Path) -> Path:
    """Copy the project without what it has made."""
    for name in ("data", "notebooks", "workings"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pipeline.py", folder)
    (folder / "reports").mkdir()
    return folder


def without_reconciling(root: Path) -> Path:
    """Take the register and the reconciling cells out of a copy."""
    for path in (root / "notebooks").glob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = notebook["cells"]
        notebook["cells"] = [cell for cell in cells if "report.reconciliation(" not in "".join(cell["source"])]
        path.write_text(json.dumps(notebook), encoding="utf-8")
    accepted = root / "data" / "raw" / "SHA256SUMS"
    lines = accepted.read_text(encoding="utf-8").splitlines(keepends=True)
    accepted.write_text("".join(line for line in lines if "published_figures" not in line), encoding="utf-8")
    for path in (root / "data" / "raw").glob("published_figures.*"):
        path.unlink()
    return root


def run(root: Path) -> tuple[float, float]:
    """Make the pack and return seconds on the clock and of the processor."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "pipeline.py", "run", "--force"], cwd=root, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - started, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


with tempfile.TemporaryDirectory() as folder:
    copies = {name: Path(folder) / name for name in ("with", "without")}
    for root in copies.values():
        root.mkdir()
        copy(root)
    without_reconciling(copies["without"])
    for root in copies.values():
        run(root)
    pairs = [(run(copies["with"]), run(copies["without"])) for _ in range(PAIRS)]

    cells = [
        (cell["metadata"]["papermill"]["duration"], "report.reconcile" in "".join(cell["source"]))
        for path in (copies["with"] / "reports").rglob("*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]

print(f"{platform.machine()}, {platform.python_version()}, medians of {PAIRS} pairs")
for name, which in (("clock", 0), ("processor", 1)):
    ratios = [one[which] / other[which] for one, other in pairs]
    seconds = statistics.median(one[which] for one, _ in pairs)
    print(
        f"{name} time: {seconds:.1f} s with reconciliation, {statistics.median(ratios) - 1:+.1%} against a run without"
    )
reconciling = sum(seconds for seconds, reconciles in cells if reconciles)
whole = statistics.median(one[0] for one, _ in pairs)
print(f"reconciling cells: {reconciling:.2f} s, {reconciling / whole:.1%} of a run")
