"""How far each input moves a result, the widest first."""

from __future__ import annotations

import pandas as pd

from casebook.english import Money, capital, decimals_of_millions
from casebook.report import charts
from casebook.report.parts import Chart
from casebook.studies.sensitivity import Sensitivity


def sensitivity(of: Sensitivity, axis: str, subtitle: str) -> Chart:
    """Draw how far each input moves a result; pounds are drawn in millions.

    Parameters
    ----------
    of
        The result and its inputs.
    axis
        Label of the axis, with its unit.
    subtitle
        Measure, unit, area and period.
    """
    pounds, spec = isinstance(of.central, Money), of.central.spec
    shown = f",.{decimals_of_millions(float(of.central))}f" if pounds else spec
    widest, lowest = of.widest, of.lowest
    drawn = [(bar.change, float(bar.range.lower), float(bar.range.upper)) for bar in of.bars]
    central = pd.DataFrame({"what": ["Central"], "low": [float(of.central)], "high": [float(of.central)]})
    lower = "" if lowest == widest else f"; {lowest.input} takes it lowest, to {lowest.range.lower}"
    return Chart(
        charts.tornado(drawn, float(of.central), axis, shown, 1e6 if pounds else 1.0),
        f"{capital(widest.input)} moves the result most, {widest.range}{lower}.",
        subtitle,
        f"From {of.central}. {'; '.join(f'{bar.change}: {bar.range}' for bar in of.bars)}.",
        pd.concat([of.frame, central]),
        {"what": "What changes", **{end: (f"{end.title()}, {of.central.measure}", spec) for end in ("low", "high")}},
    )
