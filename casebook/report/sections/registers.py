"""The register of a pack's tables: sources, ranges, gaps and corrections."""

from __future__ import annotations

from casebook.report.parts import Section, Sheet
from casebook.studies.holdings import Holdings


def register(of: Holdings) -> Section:
    """List what tables hold: ``tables``, ``ranges`` and ``years`` of columns, ``gaps``, ``names`` and ``oddities``."""
    fields = of.fields
    is_year = fields["unit"] == "year"
    return Section(
        tables=Sheet(
            of.overview,
            "The tables behind this pack, with their sources",
            {
                "title": "Table",
                "rows": ("Rows", ","),
                "columns": ("Columns", ","),
                "corrected": ("Cells corrected", ","),
                "source": "Source",
            },
            folded=True,
        ),
        ranges=Sheet(
            fields[~is_year],
            "Each column of numbers: unit, smallest and largest value, and how many values are missing",
            {
                "field": "Column",
                "unit": "Unit",
                "smallest": ("Smallest", ",.10g"),
                "largest": ("Largest", ",.10g"),
                "missing": ("Missing", ","),
            },
            folded=True,
        ),
        years=Sheet(
            fields[is_year],
            "Each column of years: first and last",
            {"field": "Column", "smallest": ("First", ".0f"), "largest": ("Last", ".0f")},
            folded=True,
        ),
        gaps=Sheet(
            of.gaps,
            "Figures that are blank, a dash or not printed",
            {"title": "Table", "missing": "What is missing", "values": ("Values", ",")},
            folded=True,
        ),
        names=Sheet(
            of.corrections,
            "Area names as printed and as used",
            {"title": "Table", "printed": "As printed", "used": "As used", "cells": ("Cells", ","), "why": "Why"},
            folded=True,
        ),
        oddities=Sheet(
            of.misprints,
            "Oddities of the sources, kept as printed",
            {"title": "Table", "misprint": "What the source prints"},
            folded=True,
        ),
    )
