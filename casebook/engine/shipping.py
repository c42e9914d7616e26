"""What Dask carries to another machine and has done there: unpack the project, keep a station, hand it one report.

A function of this module travels whole, so that the other machine needs the packages of ``requirements.lock`` and
nothing of the project; it uses Python's own library only, and Dask's word for the worker it is on.
"""

from __future__ import annotations

from typing import Any


def make(archive: bytes, called: str, order: dict[str, Any]) -> dict[str, Any]:
    """Have a report made by this thread's station, and return what came of it, with its files.

    Parameters
    ----------
    archive
        The project's files, as ``cluster.pack`` makes it.
    called
        The archive's SHA-256: a station goes on as long as it is the same.
    order
        ``task``: the task as plain data, its paths on the machine of the run; ``inputs``: the files of the pack being
        made that it reads, by path in the pack; ``start``: the words after Python's that start a station.

    Raises
    ------
    RuntimeError
        If the station ended; Dask then tries again.
    """
    import base64
    import io
    import json
    import os
    import shutil
    import subprocess
    import sys
    import tarfile
    import tempfile
    import threading
    from pathlib import Path

    from distributed import get_worker

    stations = get_worker().__dict__.setdefault("casebook_stations", {})
    key = threading.get_ident()
    station = stations.get(key)
    if station is not None and (station["called"] != called or station["process"].poll() is not None):
        station["process"].kill()
        shutil.rmtree(station["folder"], ignore_errors=True)
        station = None
    if station is None:
        folder = tempfile.mkdtemp(prefix="casebook-station-", dir=get_worker().local_directory)
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(folder, filter="data")
        own = Path(folder) / ".station"
        own.mkdir()
        environment = {**os.environ, "PYTHONPATH": folder, "CASEBOOK_PROJECT": folder, "TMPDIR": str(own)}
        environment |= {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
        process = subprocess.Popen(
            [sys.executable, *order["start"], str(os.getpid())], cwd=folder, env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        station = stations[key] = {"called": called, "process": process, "folder": folder}
    stage = Path(station["folder"]) / "stage"
    for path, content in order["inputs"].items():
        (stage / path).parent.mkdir(parents=True, exist_ok=True)
        (stage / path).write_bytes(content)
    stage.mkdir(exist_ok=True)
    asked, told = station["process"].stdin, station["process"].stdout
    try:
        asked.write(json.dumps({**order["task"], "moved": [station["folder"], str(stage)]}).encode() + b"\n")
        asked.flush()
        line = told.readline()
    except OSError:
        line = b""
    if not line:
        raise RuntimeError("the station ended")
    made: dict[str, Any] = json.loads(line)
    made["files"] = {name: base64.b64decode(content) for name, content in made["files"].items()}
    shutil.rmtree(stage, ignore_errors=True)
    return made


def stop(dask_worker: Any = None) -> None:
    """End this machine's stations and delete what they had unpacked."""
    import shutil

    for station in dask_worker.__dict__.pop("casebook_stations", {}).values():
        station["process"].kill()
        station["process"].wait()
        shutil.rmtree(station["folder"], ignore_errors=True)


def versions(names: list[str]) -> dict[str, str]:
    """Return the version of Python and of some packages here; that of one that is not there is "none"."""
    import platform
    from importlib import metadata

    found = {"Python": ".".join(platform.python_version_tuple()[:2])}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "none"
    return found
