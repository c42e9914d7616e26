"""The commands of an analyst's day: describe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer


def add(app: typer.Typer, root: Callable[[], Path]) -> None:
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
