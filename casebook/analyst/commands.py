"""The commands of an analyst's day: describe, new, explain, diff."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from casebook.errors import InputError


def add(app: typer.Typer, root: Callable[[], Path], area: str) -> None:
    """Add the commands to a pipeline's command line."""

    @app.command()
    def describe(
        file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV, XLSX or Parquet file.")],
        name: Annotated[str, typer.Option(help="What the table is to be called; like its file, if left out.")] = "",
        sheet: Annotated[str, typer.Option(help="Which sheet of a workbook.")] = "",
        source: Annotated[
            str,
            typer.Option("--from", metavar="PUBLICATION", help="What it is from, of data/raw/common.yaml."),
        ] = "",
    ) -> None:
        """Write a first description of a table: types, key, units, codes and areas, guessed from its cells.

        The table's cells go to data/raw/NAME.csv as they are, and the description to NAME.yaml beside it. Each guess is
        marked; nothing is accepted before somebody has read them.
        """
        from casebook.data import describing
        from casebook.data.tables import Tables

        here = root()
        draft = describing.of_file(here, file, Tables(here).areas, name=name, sheet=sheet, source=source)
        for path in describing.write(here, draft):
            print(f"Wrote {path}")
        print(draft.description.rstrip())
        for note in draft.notes:
            print(f"- {note}")
        print(
            "Read each line marked as a guess, put it right and take the mark away"
            f"{'' if source else '; name the publication'}. Then: python pipeline.py accept {draft.name}"
        )

    @app.command()
    def new(
        name: Annotated[str, typer.Argument(metavar="NAME", help="The report's name, such as school-meals.")],
        table: Annotated[str, typer.Option("--table", help="The accepted table it is about.")],
        column: Annotated[str, typer.Option(help="Which column, where several hold numbers.")] = "",
        title: Annotated[str, typer.Option(help="Its title; the table's, if left out.")] = "",
    ) -> None:
        """Write a report that already runs: a notebook, its line in pipeline.py, and its test."""
        from casebook.analyst import drafting

        here = root()
        for path in drafting.write(here, drafting.draft(here, name, table, area, title=title, column=column)):
            print(f"{'Added a line to' if path == drafting.PIPELINE else 'Wrote'} {path}")
        print(f"Make it: python pipeline.py run {name}    Change it: make lab, then notebooks/{name}.ipynb")

    @app.command()
    def explain(
        report: Annotated[str, typer.Argument(metavar="REPORT", help="A published report.")],
        identifier: Annotated[
            str,
            typer.Argument(
                metavar="ID", help="A headline, a printed figure, a table, or a cell of one: TABLE/ROW/COLUMN."
            ),
        ],
        place: Annotated[str, typer.Option("--area", help="Another area than that of the pipeline.")] = "",
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Say where a number of a published report comes from: its formula, the rows of its inputs, and assumptions."""
        from casebook.analyst import explaining
        from casebook.data.tables import Tables

        here = root()
        official = Tables(here).areas.authority(place or area).name
        found = explaining.of(here, report, official, identifier)
        if as_json:
            print(json.dumps(asdict(found), indent=2, ensure_ascii=False, default=str))
            return
        for line in explaining.in_words(found):
            print(line)

    @app.command()
    def diff(
        before: Annotated[
            str,
            typer.Argument(metavar="[A]", help="A dated pack, or a folder; the last dated one, if left out."),
        ] = "",
        after: Annotated[str, typer.Argument(metavar="[B]", help="Another; the published one, if left out.")] = "",
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
        page: Annotated[Path | None, typer.Option("--page", metavar="FILE", help="Write it as a page, too.")] = None,
    ) -> None:
        """Compare two packs: headlines, tables cell by cell, printed figures, inputs, settings and versions."""
        from casebook.pack import differences

        here = root()
        one = _pack(here, before or _last_dated(here))
        other = _pack(here, after) if after else here / "reports"
        found = differences.between(one, other)
        if page:
            from casebook.data.project import write_whole
            from casebook.pages import render

            write_whole(page, render.differences_page(one.name, other.name, found).encode())
        if as_json:
            print(json.dumps([asdict(difference) for difference in found], indent=2, ensure_ascii=False))
            return
        for (report, place), group in groupby(found, key=lambda difference: (difference.report, difference.area)):
            print(f"{report}, {place}")
            for difference in group:
                print(f"    {difference}")
        if not found:
            print(f"Nothing differs between {one.name} and {other.name}.")


def _pack(root: Path, name: str) -> Path:
    """Return the folder of a pack: a dated one by its name, or any by its path."""
    dated = root / "packs" / name
    return dated if dated.is_dir() else Path(name)


def _last_dated(root: Path) -> str:
    from casebook.nightly import archive

    if not (kept := archive.packs(root)):
        raise InputError(
            "There is no dated pack to compare with: run --scheduled keeps them; or name two folders, each with a pack."
        )
    return kept[0].name
