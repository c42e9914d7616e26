"""Dated copies of published packs: what a committee was shown can be opened as it was."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from casebook import digest
from casebook.errors import InputError, one_of

FOLDER = Path("packs")
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{4}(-\d+)?")
_COMMITTEES = "committees.json"
_UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class KeptPack:
    """A dated pack: its folder's name, and the date of the committee it is kept for, if any."""

    name: str
    committee: date | None = None

    @property
    def kept_at(self) -> datetime:
        """When it was kept, to the minute, by the clock of the machine that kept it."""
        return datetime.strptime(self.name[:15], "%Y-%m-%dT%H%M")


def packs(root: Path) -> list[KeptPack]:
    """Return the dated packs, the last first.

    Raises
    ------
    InputError
        If the list of those kept for a committee cannot be read.
    """
    committees = _committees(root)
    folders = [one for one in (root / FOLDER).glob("*") if one.is_dir() and _NAME.fullmatch(one.name)]
    return [KeptPack(one.name, committees.get(one.name)) for one in sorted(folders, key=_age, reverse=True)]


def keep(root: Path, when: datetime, number: int) -> KeptPack | None:
    """Copy the published pack into a folder of its own, and let go of those that are more than are to be kept.

    Files that are the same as in the last dated pack are hard links to that one's, so that a night on which little
    changed costs little; nobody may write them. One kept for a committee is never let go.

    Parameters
    ----------
    root
        The project's folder.
    when
        What it is called by, to the minute; a second pack of a minute gets a number.
    number
        How many dated packs are to stay, those kept for a committee not counted.

    Returns
    -------
    KeptPack
        The new one; None if none is to be kept, or the last one is this very pack.

    Raises
    ------
    OSError
        If it cannot be written; nothing half-copied is taken for a pack.
    """
    if not number:
        return None
    published, folder = root / "reports", root / FOLDER
    folder.mkdir(exist_ok=True)
    for left in folder.glob(f"*{_UNFINISHED}"):
        shutil.rmtree(left)
    before = packs(root)
    last = folder / before[0].name if before else None
    if last is not None and _contents(last) == _contents(published):
        return None
    name = _free(folder, f"{when:%Y-%m-%dT%H%M}")
    stage = folder / f"{name}{_UNFINISHED}"
    try:
        for file in sorted(one for one in published.rglob("*") if one.is_file()):
            path = file.relative_to(published)
            (stage / path).parent.mkdir(parents=True, exist_ok=True)
            _copy(file, stage / path, last and last / path)
        stage.rename(folder / name)
    except OSError:
        # On a full disk, the next run needs the room.
        shutil.rmtree(stage, ignore_errors=True)
        raise
    for one in [one for one in packs(root) if one.committee is None][number:]:
        shutil.rmtree(folder / one.name)
    return KeptPack(name)


def keep_for(root: Path, name: str, committee: date | None) -> KeptPack:
    """Keep a dated pack for the committee of a date, until that is taken back (None).

    Raises
    ------
    InputError
        If there is no such pack.
    """
    known = [one.name for one in packs(root)]
    if name not in known:
        raise InputError(f"There is no dated pack called {name!r}: {one_of(known, name)}")
    committees = {**_committees(root), name: committee}
    dates = {pack: kept.isoformat() for pack, kept in committees.items() if kept is not None}
    stage = root / FOLDER / f"{_COMMITTEES}{_UNFINISHED}"
    stage.write_text(json.dumps(dates, indent=2) + "\n", encoding="utf-8")
    stage.replace(root / FOLDER / _COMMITTEES)
    return KeptPack(name, committee)


def _committees(root: Path) -> dict[str, date]:
    path = root / FOLDER / _COMMITTEES
    try:
        return {name: date.fromisoformat(kept) for name, kept in json.loads(path.read_text(encoding="utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError):
        raise InputError(
            f"{FOLDER / _COMMITTEES} does not say which pack is kept for which date, {{name: date}}: correct or delete "
            "it, then keep the packs again with `packs --keep`."
        ) from None


def _age(folder: Path) -> tuple[str, int]:
    return folder.name[:15], int(folder.name[16:] or 1)


def _free(folder: Path, name: str) -> str:
    number = 1
    while (folder / (found := name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return found


def _contents(folder: Path) -> dict[str, str]:
    return {str(one.relative_to(folder)): digest.of(one) for one in folder.rglob("*") if one.is_file()}


def _copy(file: Path, to: Path, same: Path | None) -> None:
    if same is not None and same.is_file() and digest.of(same) == digest.of(file):
        try:
            os.link(same, to)
            return
        except OSError:
            # A file system without hard links: the copy costs more, and is the same.
            pass
    shutil.copy2(file, to)
    if os.name != "nt":
        # On Windows, what may not be written may not be deleted either.
        to.chmod(0o444)
