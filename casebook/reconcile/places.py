"""Where a paper says something, for those who read it: case, year and heading, not a line of our copy of its text."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from operator import itemgetter
from pathlib import Path

from casebook.data import raw
from casebook.data.catalogue import Catalogue
from casebook.data.project import RAW
from casebook.english import capital, listed
from casebook.reconcile.cases import Reconciliation

TABLE = "paper_sections"
_LINES = r"lines? (\d+(?:(?:, | and | to )\d+)*)"
_PAPER = re.compile(rf"\b([Pp])aper (\d{{3}})(?:(,| \(| ) ?{_LINES})?")
_OWN = re.compile(rf"\b(the )?{_LINES}", re.IGNORECASE)
_SHORT = re.compile(r"(?:Table|Figure) \d+|[^?,]+(?:\?|(?=,|:?$))")
"""Of a heading of several clauses, enough to find it by."""


class Places:
    """The headings of the papers, by which readers find a line.

    Examples
    --------
    >>> from casebook.data import catalogue, project
    >>> places = Places(project.root(), catalogue.load(project.root()))
    >>> places.of("000", 93)
    '“Table 1”, A/R.6.255 Children in Care - Placement composition and reduction in numbers (2019)'
    >>> places.in_text("Line 79 has £850; paper 004 (line 1297) has more (line 85).", "000", 83)
    'The same section has £850; the 2021 paper (“Financial Benefits”) has more (the same section).'
    """

    def __init__(self, root: Path, described: Catalogue) -> None:
        dates = {one.paper: one.date for table in described.tables for one in table.sources if one.paper}
        self._years = {paper: str(date)[:4] for paper, date in dates.items()}
        self._sections: dict[str, list[tuple[int, str, str]]] = {}
        if TABLE in {table.name for table in described.tables}:
            table = described.table(TABLE)
            file = RAW / table.path
            header, rows = raw.cells(root / file, file, table.column_names)
            for _, cells in rows:
                row = dict(zip(header, cells, strict=True))
                self._sections.setdefault(row["paper"], []).append((int(row["line"]), row["case"], row["heading"]))
        for known in self._sections.values():
            known.sort()

    def section(self, paper: str, line: int) -> tuple[str, str]:
        """Return the case and the heading that a line stands under; empty, where none is recorded."""
        known = self._sections.get(paper, [])
        at = bisect_right(known, line, key=itemgetter(0))
        if not at:
            return "", ""
        _, case, heading = known[at - 1]
        short = _SHORT.match(heading)
        return case, (short.group() if short else heading).strip(" :")

    def of(self, paper: str, line: int) -> str:
        """Return where a reader finds a line: heading, case and year."""
        case, heading = self.section(paper, line)
        return f"“{heading}”, {case} ({self._years[paper]})" if heading else f"paper {paper}, line {line}"

    def in_text(self, text: str, paper: str, line: int) -> str:
        """Return a text about a line with the papers and lines that it names as a reader finds them."""
        own = self.section(paper, line)

        def other(found: re.Match[str]) -> str:
            if found[2] not in self._years:
                return found[0]
            said = f"{'The' if found[1] == 'P' else 'the'} {self._years[found[2]]} paper"
            return (
                f"{said}{', ' if found[3] == ',' else found[3]}{self._headings(found[2], found[4])}"
                if found[4]
                else said
            )

        def here(found: re.Match[str]) -> str:
            numbers = [int(number) for number in re.findall(r"\d+", found[2])]
            sections = list(dict.fromkeys(self.section(paper, number) for number in numbers))
            if not all(heading for _, heading in sections):
                return found[0]
            said = (
                "the same section"
                if sections == [own]
                else f"section{'s' if len(sections) > 1 else ''} {self._headings(paper, found[2])}"
            )
            return capital(said) if found[0][0].isupper() else said

        said = _PAPER.sub(other, text)
        return _OWN.sub(here, said)

    def _headings(self, paper: str, lines: str) -> str:
        numbers = [int(number) for number in re.findall(r"\d+", lines)]
        return listed(dict.fromkeys(f"“{self.section(paper, number)[1]}”" for number in numbers))

    def told(self, one: Reconciliation) -> Reconciliation:
        """Return what is said of a figure with its places as a reader finds them."""

        def plain(text: str) -> str:
            return self.in_text(text, one.paper, one.line)

        fault = one.fault and replace(one.fault, title=plain(one.fault.title), follows=plain(one.fault.follows))
        return replace(
            one, figure=plain(one.figure), computed_shown=plain(one.computed_shown), note=plain(one.note),
            follows=plain(one.follows), missing=plain(one.missing), fault=fault, where=self.of(one.paper, one.line),
        )  # fmt: skip
