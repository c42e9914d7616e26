"""A sparkline: a few values drawn small for a card of the index, with their words."""

from __future__ import annotations

from html import escape

from casebook import english
from casebook.pack.models import Glance

WIDTH, HEIGHT, EDGE = 220, 44, 5


def words(glance: Glance) -> str:
    """Return what the values are of and what the first, the last, or the area's own is: the text beside the picture.

    Examples
    --------
    >>> words(Glance(finding="", of="children in care", trend=[(2021, 640), (2025, 705)]))
    'Children in care: 640 in 2021, 705 in 2025.'
    >>> words(Glance(finding="", of="rate", trend=[("Essex", 1.5), ("Kent", 2)], here="Essex"))
    'Rate: Essex 1.5, of 2 values from 1.5 to 2.'
    """
    of, values = glance.of[:1].upper() + glance.of[1:], dict(glance.trend)
    keys, said = list(values), {key: written(value, glance.format) for key, value in values.items()}
    if glance.direction:
        return f"{of}: {said[keys[0]]} in {keys[0]}, {said[keys[-1]]} in {keys[-1]}."
    if glance.here in values:
        least, most = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
        return f"{of}: {glance.here} {said[glance.here]}, of {len(values)} values from {said[least]} to {said[most]}."
    return f"{of}: {', '.join(f'{key} {value}' for key, value in said.items())}."


def drawn(glance: Glance, identifier: str) -> str:
    """Return the values as an ``svg`` element, described value by value; nothing for fewer than two.

    A line through values by year, the last of them marked; otherwise a bar for each, the area's own filled.

    Parameters
    ----------
    glance
        What holds the values.
    identifier
        Unique in the page; every id inside the picture starts with it.
    """
    if len(glance.trend) < 2:
        return ""
    values = [value for _, value in glance.trend]
    described = ", ".join(f"{key}: {written(value, glance.format)}" for key, value in glance.trend)
    marks = _line(values) if glance.direction else _bars(values, [key == glance.here for key, _ in glance.trend])
    return (
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="{identifier}-t" aria-describedby="{identifier}-d">'
        f'<title id="{identifier}-t">{escape(glance.of)}</title>'
        f'<desc id="{identifier}-d">{escape(f"{glance.of}, value by value. {described}.")}</desc>{marks}</svg>'
    )


def _line(values: list[float]) -> str:
    least, most = min(values), max(values)
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    tall = (HEIGHT - 2 * EDGE) / ((most - least) or 1)
    points = [(EDGE + number * step, HEIGHT - EDGE - (value - least) * tall) for number, value in enumerate(values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}"/><circle cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="4"/>'


def _bars(values: list[float], own: list[bool]) -> str:
    step, most, least = WIDTH / len(values), max(*values, 0), min(*values, 0)
    tall = HEIGHT / ((most - least) or 1)
    return "".join(
        f'<rect{" class=own" if mine else ""} x="{number * step:.1f}" y="{(most - max(value, 0)) * tall:.1f}" '
        f'width="{step * 0.75:.1f}" height="{abs(value) * tall:.1f}"/>'
        for number, (value, mine) in enumerate(zip(values, own, strict=True))
    )


def written(value: float, form: str = "") -> str:
    """Return a number as it is written where it is from; by its size, where that is not known.

    Examples
    --------
    >>> written(8007.2), written(-0.95), written(49), written(49, ",.1f")
    ('8,007', '-0.95', '49', '49.0')
    """
    return english.written(value, form or (",.0f" if abs(value) >= 100 else ",.3g"))
