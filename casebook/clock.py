"""The present moment: the clock's, or the one the environment sets, so that the same inputs make the same pages."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from casebook.errors import InputError


def moment() -> datetime:
    """Return the present date and time; where ``SOURCE_DATE_EPOCH`` is set, the one it gives, in UTC.

    Raises
    ------
    InputError
        If it is set to something else than seconds since 1970 (https://reproducible-builds.org/specs/source-date-epoch).
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return datetime.fromtimestamp(int(given), UTC) if given else datetime.now().astimezone()
    except (ValueError, OverflowError, OSError):
        raise InputError(
            f"SOURCE_DATE_EPOCH is {given!r}, expected seconds since 1970 as a whole number: correct it, or unset it."
        ) from None


def now_in_words() -> str:
    """Return the present date and time in words."""
    return in_words(moment())


def in_words(when: datetime) -> str:
    """Return a date and time in words.

    Examples
    --------
    >>> in_words(datetime(2026, 5, 1, 9, 0))
    '1 May 2026 at 09:00'
    """
    return f"{day_in_words(when)} at {when:%H:%M}"


def day_in_words(day: date) -> str:
    """Return a date in words.

    Examples
    --------
    >>> day_in_words(date(2026, 12, 8))
    '8 December 2026'
    """
    return f"{day.day} {day:%B %Y}"
