"""How much room a text takes, also in the forked processes in which reports are made."""

import os

import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

from casebook.report import measuring

PROP = FontProperties(size=12)


def width(text: str) -> float:
    return measuring.Measuring().get_text_width_height_descent(text, PROP, False)[0]


def test_a_text_is_as_wide_as_its_characters_together():
    assert width("Wide") == pytest.approx(sum(map(width, "Wide")))
    assert width("WW") > width("ii")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_no_font_that_a_process_opened_is_read_by_those_forked_from_it():
    width("a")
    kept = [value for face in (measuring._of(PROP),) for value in vars(face).values()]
    assert not any(isinstance(value, FT2Font) for value in kept), "its file's place is shared with every forked process"
    children = []
    for _ in range(8):
        if not (child := os.fork()):
            # Characters that nobody has measured yet, by all at once.
            whole = all(width(chr(code)) >= 0 for code in range(0x100, 0x250))
            os._exit(0 if whole else 1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
