"""What a notebook says to its readers: title, headlines, prose, charts, tables, reconciliations and assumptions.

Every function shows its block in the notebook and leaves its data there for the page to be made from.
"""

from __future__ import annotations

import math
import re
import sys
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from casebook.data import results
from casebook.english import Money, Number, brief, finished
from casebook.errors import InputError
from casebook.report import session, svg
from casebook.report.blocks import (
    Assumption,
    AtAGlance,
    Briefing,
    Figure,
    Headline,
    Result,
    ResultColumn,
    Source,
    Text,
    Title,
    make_table,
)
from casebook.report.parts import Aside, Chart, Part, Section, Sheet
from casebook.report.printed import reconciliation
from casebook.studies.assumed import Assumed, Impact, Quality
from casebook.text import slug

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

__all__ = [
    "assumption",
    "at_a_glance",
    "check",
    "figure",
    "headline",
    "parameters",
    "reconciliation",
    "result",
    "show",
    "source",
    "summary",
    "table",
    "text",
    "title",
]

Columns = Mapping[str, str | tuple[str, str]]


def parameters() -> None:
    """Check the values of the notebook's parameters by their annotations, as a run does before the notebook starts.

    Called once, first in the cell after the parameters, so that JupyterLab and plain papermill refuse what a run
    refuses, in the same words. An area (``casebook.kinds``) goes on under its official name.

    Raises
    ------
    InputError
        If a value is not of its type or range.

    Examples
    --------
    >>> share: float = 0.5
    >>> parameters()
    """
    from casebook.kinds import Parameter

    space = sys._getframe(1).f_globals
    # From Python 3.14 on, annotations are worked out when they are asked for (PEP 649).
    asked = space.get("__annotate__")
    written = types.SimpleNamespace(__annotations__=asked(1) if asked else space.get("__annotations__", {}))
    declared = typing.get_type_hints(written, space, include_extras=True)
    for name, kind in declared.items():
        if name in space:
            space[name] = Parameter(name, "", kind, None).accept_or_check(space[name], "The notebook's parameters")


def title(text: str, *, area: str, as_of: str) -> None:
    """Name the report, its area and the date of its data; once in a notebook, before anything else.

    The area is that of the notebook's parameters: a run refuses another, and so does JupyterLab.

    Raises
    ------
    InputError
        If, in JupyterLab, the notebook's ``area`` is another authority; or it would say nan, inf, None or a brace.

    Examples
    --------
    >>> title("Care applications", area="Essex", as_of="31 March 2020")
    Care applications: Essex (data as of 31 March 2020)
    """
    own = session.parameter("area")
    if isinstance(own, str) and own != area and _is_another(own, area):
        raise InputError(
            f"The title names {area}, and the notebook's area is {own}: write report.title(..., area=area)."
        )
    Title(*(finished(one, f"The title {text!r}") for one in (text, area, as_of))).show()
    if said := results.not_published_for(area):
        print(said, file=sys.stderr)


def summary(*sentences: str) -> None:
    """Say what matters to a decision, once and before all else: it stands right under the title of the page.

    Parameters
    ----------
    sentences
        The most important first, three at most and each of 25 words at most: what happened last; whether that is
        worrying (better or worse, met or missed); and a question that a member could ask, which comes last.

    Raises
    ------
    InputError
        If there are more than three or fewer than two, one is too long, is several, or would say nan, inf, None or a
        brace, or the last asks nothing.

    Examples
    --------
    >>> summary("The rate rose to 7.6.", "It is still better than England's 9.1.", "What explains the rise?")
    The rate rose to 7.6.
    It is still better than England's 9.1.
    What explains the rise?
    """
    said = tuple(brief(one, f"Sentence {place} of the summary") for place, one in enumerate(sentences, start=1))
    if not 2 <= len(said) <= 3:
        raise InputError(
            f"The summary has {len(said)} {'sentence' if len(said) == 1 else 'sentences'}, expected two or three: what "
            "happened last, whether that is worrying, and a question to ask."
        )
    for place, one in enumerate(said, start=1):
        # St. Helens ends no sentence.
        if re.search(r"(?<!\bSt)(?<=[a-z)%\d])[.?!] [A-Z]", one):
            raise InputError(
                f"Sentence {place} of the summary is several: {one!r}; give each by itself, or leave one out."
            )
    if not said[-1].endswith("?"):
        raise InputError(f"The summary ends with {said[-1]!r}, expected a question: say what a member could ask.")
    Briefing(said).show()


def headline(
    id: str,
    sentence: str,
    *,
    basis: str = "",
    value: float | Number | None,
    unit: str = "",
    alert_threshold: float | None = None,
    ranks: str = "",
    period: str = "",
) -> None:
    """State a finding; two to five in a notebook. They stand together at the head of the page.

    Parameters
    ----------
    id
        A name that stays the same from run to run, unique in the notebook.
    sentence
        The finding in 25 words at most, an f-string of values that say themselves (``casebook.english``).
    basis
        What it rests on: base, comparison, source; any number of sentences, which stand below it.
    value, unit
        The number to follow from run to run and its unit, which a ``Number`` of ``casebook.english`` brings with it;
        None where the finding is that there is no number.
    alert_threshold
        How far ``value`` may move between runs before somebody should look.
    ranks
        What the number is, such as "children in care for every 10,000 children", where it makes sense to rank all areas
        by it on the page about all areas; without it, they are not ranked by it.
    period
        When the number is for; only areas of the same period are ranked together.

    Raises
    ------
    InputError
        If the sentence is too long, or it or its basis would say nan, inf, None or a brace, or the number has no unit.

    Examples
    --------
    >>> from casebook.english import Rate
    >>> rate = Rate(8.04, 1, "applications", "10,000 children")
    >>> headline("rate", f"The rate is {rate} {rate.for_every}.", value=rate)
    The rate is 8.0 for every 10,000 children.
    """
    where = f"The headline {id!r}"
    said, basis = brief(sentence, where), finished(basis, where)
    unit = unit or (value.measure if isinstance(value, Number) else "")
    if value is not None and not unit:
        raise InputError(f"{where} follows {value} and has no unit: give it, such as unit='children'.")
    Headline(id, said, _plain_number(value), unit, alert_threshold, basis, finished(ranks, where), period).show()


LONGEST_FINDING = 15
"""How many words a card of the index has for a report's finding."""


def at_a_glance(
    finding: str,
    *,
    worse: Iterable[str] = (),
    better: Iterable[str] = (),
    unsure: Iterable[str] = (),
    cautions: Iterable[str] = (),
    trend: pd.Series | None = None,
    of: str = "",
    like: Number | None = None,
    good: Literal["high", "low"] | None = None,
    here: str = "",
) -> None:
    """Say how the area stands, for the report's card on the index; once in a notebook, or not at all.

    Parameters
    ----------
    finding
        One sentence of at most 15 words: what is so now.
    worse, better
        What is worse, or better, than it is elsewhere or was aimed for, each as a clause: "lower than England". The
        index puts reports first that are worse in more respects (``casebook.pack.attention``).
    unsure
        What can be neither, because nobody can tell it from chance, as clauses.
    cautions
        What has to be known before the finding is relied on, as clauses: "no benefit is cash".
    trend
        A few values to draw small: by year, the last of which says whether things go up or down; or by name.
    of
        What the values count, with their unit; asked for with ``trend``.
    like
        A number of their kind, as which they are written; without one, by their size.
    good
        Whether high or low values are good, where that is judged.
    here
        The name among those of ``trend`` that is the area's own.

    Raises
    ------
    InputError
        If the finding is too long, or would say nan, inf, None or a brace, or the values are of nothing.

    Examples
    --------
    >>> at_a_glance("The rate is 8.0, below the mean of 8.95.", better=["below similar councils"])
    On the index: The rate is 8.0, below the mean of 8.95.
    Better: below similar councils
    """
    where = "The finding at a glance"
    said = finished(finding, where)
    if (words := len(said.split())) > LONGEST_FINDING:
        raise InputError(f"{where} has {words} words, expected {LONGEST_FINDING} at most: {said!r}; say less.")
    if trend is not None and not of:
        raise InputError(f"{where} draws {len(trend)} values and does not say of what: give of='children in care'.")
    values = () if trend is None else tuple((_key(key), float(value)) for key, value in trend.dropna().items())
    # One value draws nothing.
    values = values if len(values) > 1 else ()
    signs = {"worse": worse, "better": better, "unsure": unsure, "cautions": cautions}
    said_of = {kind: tuple(finished(one, where) for one in some) for kind, some in signs.items()}
    form = "" if like is None else "£" if isinstance(like, Money) else like.spec
    AtAGlance(said, good=good, of=of, trend=values, here=here, format=form, **said_of).show()


def _key(key: Any) -> int | str:
    return int(key) if isinstance(key, int | np.integer) else str(key)


def text(*paragraphs: str, folded: str = "") -> None:
    """Say something, a string a paragraph: f-strings, as in ``headline``.

    Parameters
    ----------
    paragraphs
        What is said.
    folded
        Words under which it is folded until a reader opens it; not folded without.

    Raises
    ------
    InputError
        If it would say nan, inf, None or a brace.

    Examples
    --------
    >>> text(f"There are {132820:,} children.")
    There are 132,820 children.
    """
    Text(tuple(finished(one, "The text") for one in paragraphs), finished(folded, "The text")).show()


def table(
    frame: pd.DataFrame,
    *,
    caption: str,
    columns: Columns,
    notes: Iterable[str] = (),
    missing: str = "not printed in the source",
    highlight: str | None = None,
    folded: bool = False,
) -> None:
    """Show a table.

    Parameters
    ----------
    frame
        The data, a row a row.
    caption
        What it shows, where and when; unique in the notebook.
    columns
        For each column to show, in order: its header with the unit, or the header and a format such as
        ``.2f``. The first column names the rows.
    notes
        Sentences below the table.
    missing
        Why a value is missing; missing values are shown as ``[x]``.
    highlight
        The row, by its first cell, that the report is about.
    folded
        Whether it stands folded under its caption until a reader opens it: for what few readers need.

    Raises
    ------
    InputError
        If there is no caption, a column is not there, or caption or notes would say nan, inf, None or a brace.

    Examples
    --------
    >>> table(pd.DataFrame({"area": ["Essex"], "rate": [1.234]}), caption="Rates",
    ...       columns={"area": "Area", "rate": ("Rate, per 10,000", ".1f")})
    Rates
    Area | Rate, per 10,000
    Essex | 1.2
    """
    caption, *notes = (finished(one, f"The table {caption!r}") for one in (caption, *notes))
    make_table(frame, caption, columns, notes, missing, highlight, folded).show()


def figure(
    chart: Any,
    *,
    title: str,
    subtitle: str,
    alt: str,
    data: pd.DataFrame,
    columns: Columns,
    missing: str = "not printed in the source",
) -> None:
    """Show a chart with its message, its description and its data.

    Parameters
    ----------
    chart
        The matplotlib figure, its axes, or what seaborn returns. It is given the house style unless it has it, and
        closed, so that the notebook does not show it once more.
    title
        The finding, as a sentence; unique in the notebook.
    subtitle
        Measure, unit, areas and period.
    alt
        What the picture shows, for those who do not see it: its message, not "a chart".
    data, columns, missing
        The chart's data, as for ``table``.

    Raises
    ------
    InputError
        If it is no chart, the title, the subtitle or the description is missing, says too little, or would say nan,
        inf, None or a brace.
    """
    title, subtitle, alt = (finished(one, f"The chart {title!r}") for one in (title, subtitle, alt))
    drawn = _taken(chart, title)
    for name, words, least in (("title", title, 10), ("subtitle", subtitle, 10), ("alt", alt, 40)):
        if len(words.strip()) < least:
            raise InputError(
                f"The chart {title!r} has the {name} {words!r}: write at least {least} characters that say "
                "what the chart shows."
            )
    identifier = f"chart-{slug(title)}"
    described = make_table(data, f"Data: {title} {subtitle}", columns, missing=missing)
    Figure(identifier, title, subtitle, alt, described, svg.inline(drawn, identifier, title, alt)).show()


def show(*parts: Part | Section | None) -> None:
    """Show sections, or parts of them, in order; sentences that follow each other are the paragraphs of one text.

    Examples
    --------
    >>> show(Section(who="Ten areas are compared.", meaning="The average is the mean."), None)
    Ten areas are compared.
    <BLANKLINE>
    The average is the mean.
    """
    flat = [one for part in parts for one in (part if isinstance(part, Section) else [part]) if one is not None]
    for said, together in groupby(flat, key=lambda one: isinstance(one, str)):
        if said:
            text(*map(str, together))
            continue
        for one in together:
            if isinstance(one, Chart):
                figure(one.figure, **_besides(one, "figure"))
            elif isinstance(one, Sheet):
                table(one.frame, **_besides(one, "frame"))
            elif isinstance(one, Aside):
                text(*one.paragraphs, folded=one.folded)
            elif isinstance(one, Assumed):
                assumption(**vars(one))
            else:
                raise InputError(
                    f"report.show takes sections and what they are made of, found a {type(one).__name__}: a table is "
                    "shown by report.table, a chart by report.figure."
                )


def _besides(part: Part, shown: str) -> dict[str, Any]:
    return {name: value for name, value in vars(part).items() if name != shown}


def result(name: str, frame: pd.DataFrame, published: Columns | None = None) -> None:
    """Keep figures for other reports, which get them with ``results.read``, and for programs, in ``pack.json``.

    Parameters
    ----------
    name
        Unique in the notebook.
    frame
        Numbers and texts; what is kept is exactly this.
    published
        The columns that ``pack.json`` has, each with what it holds, and for numbers ``(what it holds, unit)``; without
        them, it has none.

    Raises
    ------
    InputError
        If a published column is not in the frame, or has a unit and holds something else than numbers.

    Examples
    --------
    >>> result("plans", pd.DataFrame({"year": [2031], "plans": [6866]}))
    Kept for other reports: plans, one row
    >>> plans = pd.DataFrame({"need": ["Autism"], "plans": [2250]})
    >>> result("plans-by-need", plans, {"need": "Need", "plans": ("Plans in January 2031", "plans")})
    Kept for other reports and for programs: plans-by-need, one row
    """
    rows = tuple(tuple(_plain(value) for value in row) for row in frame.itertuples(index=False, name=None))
    columns = tuple(map(str, frame.columns))
    kept = Result(name, columns, rows, tuple(_column(name, columns, *one) for one in (published or {}).items()))
    for row in kept.objects():
        for one in kept.published:
            _check_published(name, one, row[one.name])
    kept.show()


def _column(result: str, columns: Sequence[str], name: str, said: str | tuple[str, str]) -> ResultColumn:
    words = (said,) if isinstance(said, str) else tuple(said)
    if columns.count(name) != 1:
        raise InputError(
            f"The result {result!r} publishes the column {name!r}, which its data have {columns.count(name)} times; "
            f"they have {', '.join(columns)}."
        )
    if len(words) not in (1, 2) or not all(isinstance(one, str) and one.strip() for one in words):
        raise InputError(
            f"The result {result!r} publishes the column {name!r} with {said!r}: say what it holds or, for numbers, "
            "what it holds and the unit."
        )
    return ResultColumn(name, *words)


def _check_published(result: str, column: ResultColumn, value: object) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        wrong = "" if math.isfinite(value) else "no program can read"
    elif isinstance(value, str | bool):
        wrong = f"is no number of {column.unit}" if column.unit else ""
    else:
        wrong = "no program can read" if value is not None else ""
    if not wrong:
        return
    raise InputError(
        f"The result {result!r} publishes {column.name!r} and has {value!r} in it, which {wrong}: where a number is "
        "not known leave it empty, or publish the column without a unit."
    )


def assumption(text: str, *, quality: Quality, impact: Impact, source: str = "", changes: str = "") -> None:
    """State something the report takes as true.

    Parameters
    ----------
    text
        The assumption, as a sentence.
    quality
        How good its grounds are: green good, amber fair, red poor.
    impact
        How much the findings would change if it were wrong.
    source
        Where it is from, in a few words.
    changes
        What would be different if it were wrong, as a sentence.

    Raises
    ------
    InputError
        If a rating is not one of those named, or the text would say nan, inf, None or a brace.

    Examples
    --------
    >>> assumption("Rates are as printed.", quality="green", impact="low")
    Rates are as printed. (quality green, impact low)
    """
    if quality not in ("green", "amber", "red") or impact not in ("low", "medium", "high"):
        raise InputError(
            f"The assumption {text!r} is rated {quality!r} and {impact!r}: quality is green, amber or red, "
            "impact is low, medium or high."
        )
    said, source, changes = (finished(one, f"The assumption {text!r}") for one in (text, source, changes))
    Assumption(said, quality, impact, source, changes).show()


def source(
    title: str, *, publisher: str, date: str, licence: str = "Open Government Licence v3.0", unseen: bool = False
) -> None:
    """Name something the report draws on besides the tables it reads, such as a formula's source.

    Parameters
    ----------
    title, publisher, date, licence
        As it is cited.
    unseen
        Whether the report draws on what the source says at the moment, such as a service that is asked, and nobody can
        see whether that has changed; then the report is rebuilt in every run.

    Raises
    ------
    InputError
        If the title, the publisher or the date is empty.

    Examples
    --------
    >>> source("Technical guide", publisher="OHID", date="2023")
    Source: Technical guide, OHID, 2023 (Open Government Licence v3.0)
    """
    for name, words in (("title", title), ("publisher", publisher), ("date", date)):
        if not words.strip():
            raise InputError(f"The source {title!r} has no {name}: say who published it, and when.")
    Source(title, publisher, date, licence, unseen).show()


def check() -> None:
    """Say what would keep the report from being published as it has been shown so far, all in one list.

    For a notebook's author, in JupyterLab; a run looks at all of this itself, so that a call left in the notebook does
    nothing there. What only a run knows is not looked at: what ``pipeline.py`` says the report must contain, the
    printed figures registered for it, and the notebook's prose.

    Examples
    --------
    >>> check()
    """
    # The gates are the run's. They are called from here alone, for an author need not wait for a run to hear of them.
    if (cells := session.shown()) is not None:
        from casebook.pages import preview

        print(preview.of(cells))


def _taken(chart: Any, title: str) -> Drawing:
    """Return the figure of a chart, in house style and out of pyplot's hands."""
    from matplotlib.figure import FigureBase

    from casebook.report import dressing

    figure = chart if isinstance(chart, FigureBase) else getattr(chart, "figure", None)
    if not isinstance(figure, FigureBase):
        raise InputError(
            f"The chart {title!r} is a {type(chart).__name__}: hand report.figure a matplotlib figure, its axes, or "
            "what seaborn returns."
        )
    whole = figure.get_figure(root=True)
    assert whole is not None
    dressing.dress(whole)
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(whole)
    return whole


def _is_another(own: str, area: str) -> bool:
    from casebook.data import tables

    try:
        return tables.authority(own).name != area
    except InputError:
        # No authority at all: the cell that looks it up says so.
        return False


def _plain_number(value: float | Number | None) -> float | None:
    # NumPy's numbers do not go into JSON.
    return None if value is None else float(value)


def _plain(value: Any) -> Any:
    # JSON has no "not a number"; each kind of kernel would write something else in its place.
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def __dir__() -> list[str]:
    # What completion offers in JupyterLab: what a notebook says, and nothing that it is made with.
    return __all__


session.begin()
