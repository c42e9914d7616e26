"""Which reports a reader should look at first: the one rule by which the index orders its cards.

In this order:

1. what failed, is held or is older than its data, because its page may be out of date;
2. what is worse, in more respects first: than similar councils, England or a forecast, or than a goal that is missed;
3. what moves in the wrong direction;
4. what has to be known before the finding is relied on;
5. what has more printed figures that differ than in the pack before;
6. the rest, and last what says nothing of how an area stands, such as the register of data.

Reports that are alike in all of this keep their order in ``pipeline.py``. What is worse and which direction is wrong,
each notebook says with ``report.at_a_glance``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casebook.pack.models import PackChange, Published
from casebook.reconcile.verdicts import Verdict


@dataclass(frozen=True, order=True)
class Attention:
    """How much a report asks for attention; one that sorts higher is looked at first."""

    out_of_date: bool
    judged: bool
    worse: int
    wrong_way: bool
    cautions: int
    more_differ: bool

    @property
    def asked(self) -> bool:
        """Whether there is anything to look at first."""
        return self.out_of_date or self.worse > 0 or self.wrong_way or self.cautions > 0 or self.more_differ


def of(report: Published, changes: Iterable[PackChange] = ()) -> Attention:
    """Return how much a report asks for attention.

    Parameters
    ----------
    report
        The report's entry in the pack.
    changes
        What changed in the pack; of other reports, too.

    Examples
    --------
    >>> care = Published(name="care", title="Care", area="Essex", folder="essex", as_of="2020", status="succeeded",
    ...     html="", notebook="", finished="", headlines=(), parameters={},
    ...     glance={"finding": "x", "worse": ["goal missed"], "good": "low", "trend": [[2024, 5], [2025, 6]]})
    >>> of(care)
    Attention(out_of_date=False, judged=True, worse=1, wrong_way=True, cautions=0, more_differ=False)
    """
    glance = report.glance
    more = [
        change
        for change in changes
        if (change.report, change.area, change.kind, change.after) == (*report.key, "verdict", str(Verdict.DIFFERS))
    ]
    return Attention(
        out_of_date=report.status != "succeeded" or bool(report.older),
        judged=bool(glance and (glance.worse or glance.better or glance.cautions or glance.trend)),
        worse=len(glance.worse) if glance else 0,
        wrong_way=bool(glance and glance.course == "worse"),
        cautions=len(glance.cautions) if glance else 0,
        more_differ=bool(more),
    )


def ordered(reports: Sequence[Published], changes: Sequence[PackChange] = ()) -> list[Published]:
    """Return reports in the order in which they should be looked at."""
    return sorted(reports, key=lambda report: of(report, changes), reverse=True)
