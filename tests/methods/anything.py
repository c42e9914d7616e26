"""Anything a caller may give a method, and what it may answer."""

import numpy as np
from hypothesis import strategies as st

ANY = st.floats(-1e12, 1e12) | st.sampled_from([np.nan, np.inf, -np.inf, 1e-300]) | st.integers(-3, 10**6)
SOME = st.lists(ANY, max_size=9)


def finite_or_refused(call):
    """Return what a function says, or None where it refuses in one sentence; anything else fails."""
    try:
        found = call()
    except ValueError as error:
        assert str(error)
        assert "\n" not in str(error)
        return None
    assert np.isfinite(found).all()
    return found
