"""What a claim's own words say, so that the statement tested is the paper's and not its reverse.

A paper's "higher" must be tested by ``>``, its "fell" by ``<``, its "in line with" from both sides. The words that say
a direction are a small list; what it does not settle (words of several ways, "not", none at all) a working settles by
naming the words it tests, in ``says``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from casebook.errors import and_list

# Where a hyphen ends a word here, the word may go on.
_WAYS = {
    "down": """
        lower, less, fewer, smaller, below, decreas-, reduc-, fall, falls, fell, fallen, falling, declin-, drop-,
        shrink-, shrank, slower, slowed, slowing, slowly, more slowly, less quickly, less rapid-, halv-, little of,
        minority, fail-, fail to meet, fails to meet, failing to meet, failed to meet, not met, miss, misses,
        missed, closer, more closely, more closely in line with, nearer, cheaper, more cost effective, more
        cost-effective
    """,
    "up": """
        higher, more, greater, larger, bigger, above, exceed-, increas-, rise, rises, rising, risen, rose, grow-,
        grew, faster, quicker, quickly, rapid-, accelerat-, additional, extra, most of, much of, majority, meet,
        meets, meeting, met, dearer, less cost effective, less cost-effective, less closely, less closely in line
        with, further from, out of line with
    """,
    "same": "in line with, similar-, constant, unchanged, the same, equal-, level with",
}
_NEGATION = re.compile(r"\b(?:not|never|no|neither|nor|none|without|cannot)\b|n[’']t\b", re.IGNORECASE)
_NUMBER = r"[\s(]*(?:(?:an?|the|around|about|almost)\s)*(?:£?\d|half\b|third\b|twice\b)"
# "More than 90%" bounds a number, "reduced to 8" gives a level: neither says which way the number goes.
_OF_A_NUMBER = re.compile(
    rf"\b(?:(?:more|less|fewer|greater|higher|lower) than|above|below|\w+ to)(?={_NUMBER})", re.IGNORECASE
)
_NUMBER_WORD = re.compile(
    r"\b(?:half|(?:a|one|two|three) (?:third|quarter)s?|twice|doubl\w+|trebl\w+|tripl\w+)\b", re.IGNORECASE
)


def _listed() -> list[tuple[str, str]]:
    """Return each word as a pattern with its way, phrases before the words in them."""
    words = [(" ".join(word.split()), way) for way, text in _WAYS.items() for word in text.split(",")]
    words.sort(key=lambda word: -len(word[0]))
    return [(re.escape(word.removesuffix("-")) + (r"\w*" if word.endswith("-") else ""), way) for word, way in words]


_WORDS = _listed()
_DIRECTED = re.compile(rf"\b(?:{'|'.join(f'({pattern})' for pattern, _ in _WORDS)})\b", re.IGNORECASE)


def directed(words: str) -> list[tuple[str, str]]:
    """Return the words that say a direction, in order, each with ``up``, ``down`` or ``same``.

    Examples
    --------
    >>> directed("fewer proceedings, more closely controlled")
    [('fewer', 'down'), ('more closely', 'down')]
    """
    return [(match.group(), _WORDS[match.lastindex - 1][1]) for match in _DIRECTED.finditer(words) if match.lastindex]


def is_fall(printed: str) -> bool:
    """Return whether a number is printed as a fall: "20 fewer" stands for 20 below.

    Examples
    --------
    >>> [is_fall(words) for words in ("an 8% reduction", "2200 more", "less than £2,500", "reduced to 8")]
    [True, False, False, False]
    """
    return {way for _, way in directed(_OF_A_NUMBER.sub("", printed))} == {"down"}


def unfit(printed: str, says: str, signs: Sequence[str]) -> str:
    """Return why comparisons do not test what a claim prints, or nothing if they do.

    Parameters
    ----------
    printed
        The paper's words.
    says
        Those of them that the working says it tests, word for word; empty if it leaves them to be found.
    signs
        The signs of its comparisons, one or more; the first is that of the words.

    Examples
    --------
    >>> unfit("the rate fell", "", ["<"])
    ''
    >>> unfit("the rate fell", "", [">"])
    "the paper says 'fell', but the first comparison is '>': write it with '<', the paper's subject on the left"
    """
    return next(_reasons(printed, says, signs), "")


def _reasons(printed: str, says: str, signs: Sequence[str]) -> Iterator[str]:
    if number := _NUMBER_WORD.search(printed):
        yield (
            f"the paper's words hold a number, {number.group()!r}: give it as the value in the register, and a formula "
            "that comes to a number"
        )
    # "Sufficient" is not in "insufficient".
    tested = re.compile(rf"(?<!\w){re.escape(says)}(?!\w)", re.IGNORECASE)
    if says and not tested.search(printed):
        yield f"it says that it tests {says!r}, which is not in the paper's words, {printed!r}"
    name = "name in says, word for word, what is tested"
    rest = tested.sub("...", printed) if says else printed
    loose = [match.group() for match in _NEGATION.finditer(rest)] + [word for word, _ in directed(rest) if says]
    if loose:
        yield f"the paper's words hold {loose[0]!r}: {name}, with this"
    found = directed(says or printed)
    ways = {way for _, way in found}
    if not found and not says:
        yield f"the paper's words say no direction that is known: {name}"
    if len(ways) > 1 and not says:
        yield f"the paper's words go several ways ({and_list(repr(word) for word, _ in found)}): {name}"
    if "same" in ways and len(signs) < 2:
        yield "the paper says that numbers are alike: compare from both sides, such as low <= number <= high"
    for way, fitting in (("up", ">"), ("down", "<")):
        if ways == {way} and not signs[0].startswith(fitting) and not _NEGATION.search(says):
            yield (
                f"the paper says {found[0][0]!r}, but the first comparison is {signs[0]!r}: write it with {fitting!r}, "
                "the paper's subject on the left"
            )
