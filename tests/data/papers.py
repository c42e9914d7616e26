"""The papers' lines that the raw tables quote, kept in ``papers.txt`` so that a clone without the papers can check them.

After a row with a new line was added, take its line from the papers (beside the checkout, or where CASEBOOK_PAPERS says)::

    .venv/bin/python tests/data/papers.py
"""

import csv
import os
from pathlib import Path

from casebook.data import catalogue

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
KEPT = Path(__file__).with_suffix(".txt")
PAPERS = Path(os.environ.get("CASEBOOK_PAPERS", ROOT.parent / "shared" / "seeds"))


class Lines(dict[int, str]):
    """Lines of one paper by number, line 1 at 1."""

    def __missing__(self, number: int) -> str:
        raise KeyError(f"line {number} is not kept: run .venv/bin/python tests/data/papers.py where the papers are")


def quoted() -> set[tuple[str, int]]:
    """Paper and line of every row of every raw table, and what stands between the lines of a whole table."""
    found = {
        ("004", 193),
        *(("004", line) for line in range(3014, 3035)),
    }  # the years of 194-207; the savings' headings
    for table in catalogue.load(ROOT).tables:
        papers = [source.paper for source in table.sources if source.paper]
        with (RAW / table.path).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                lines = [row[name] for name in ("line", "range_line") if row.get(name)]
                found |= {(row.get("paper") or papers[0], int(line)) for line in lines}
    return found


def full() -> dict[str, Lines]:
    """Every line of the papers themselves."""
    return {
        path.name[:3]: Lines(enumerate(path.read_text(encoding="utf-8").split("\n"), start=1))
        for path in sorted(PAPERS.glob("0*.txt"))
    }


def kept() -> dict[str, Lines]:
    """The lines that are kept."""
    papers: dict[str, Lines] = {}
    for entry in KEPT.read_text(encoding="utf-8").removesuffix("\n").split("\n"):
        paper, line, words = entry.split(" ", 2)
        papers.setdefault(paper, Lines())[int(line)] = words
    return papers


def keep() -> None:
    """Write the quoted lines, one a line: paper, line, words."""
    papers = full()
    if not papers:
        raise SystemExit(f"The papers' text is not at {PAPERS}: set CASEBOOK_PAPERS to the folder that holds it.")
    KEPT.write_text(
        "".join(f"{paper} {line} {papers[paper][line]}\n" for paper, line in sorted(quoted())), encoding="utf-8"
    )


if __name__ == "__main__":
    keep()
