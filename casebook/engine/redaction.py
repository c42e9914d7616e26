"""Taking secrets out of what is shown, however they are written there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SHOWN_AS = "[secret]"


class Redactor:
    """Finds secrets in text, lists and mappings, and takes them out.

    A secret is found as it is, and as it stands in Python's ``repr`` (of text and of bytes), in JSON, YAML, CSV, SQL,
    HTML, web addresses and a shell's words, and in each of these written once more by another, as happens to the
    message of an exception.

    Examples
    --------
    >>> import json
    >>> redactor = Redactor({"token": 'p"w'})
    >>> redactor.redact({"said": [repr({"k": 'p"w'}), json.dumps('p"w'), "p%22w", "pw"]})
    {'said': ["{'k': '[secret]'}", '"[secret]"', '[secret]', 'pw']}
    >>> redactor.found
    {'token'}
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._patterns = {name: _pattern(secret) for name, secret in secrets.items() if secret}
        self.found: set[str] = set()
        """The names of the secrets that were taken out."""

    def redact(self, shown: Any) -> Any:
        """Return what is shown without secrets, and note which were in it."""
        if not self._patterns:
            return shown
        if isinstance(shown, str):
            for name, pattern in self._patterns.items():
                shown, times = pattern.subn(SHOWN_AS, shown)
                if times:
                    self.found.add(name)
            return shown
        if isinstance(shown, Mapping):
            return {self.redact(key): self.redact(one) for key, one in shown.items()}
        if isinstance(shown, list | tuple):
            return [self.redact(one) for one in shown]
        return shown


def _pattern(secret: str) -> re.Pattern[str]:
    """Return what finds a secret, each of whose characters may be written in any of the usual ways."""
    return re.compile("".join(map(_part, re.findall(r"\s+|\\+|.", secret.strip() or secret))))


# However often it has been quoted. It gives nothing back, so that looking takes no longer for many of them.
_BACKSLASHES = r"\\{0,16}+"
_ENTITIES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}


def _part(part: str) -> str:
    """Return what finds a character, or a run of backslashes or blanks."""
    if part.isspace():
        # A sentence, an indented or a quoted text, and an address keep something else.
        codes = "|".join(_codes(blank) for blank in " \n\r\t")
        return rf"(?:[\s>|+]|\\{{1,16}}[nrt]|&nbsp;|{_BACKSLASHES}(?i:{codes}))+"
    if part[0] == "\\":
        return rf"(?:\\{{{len(part)},{16 * len(part)}}}+|(?:{_BACKSLASHES}(?i:{_codes(part[0])})){{{len(part)}}})"
    if part.isascii() and part.isalnum():
        return part
    # Doubled in CSV and SQL; and a shell's way to hold it between others.
    itself = {"'": """''?|'"'"'""", '"': '""?'}.get(part, re.escape(part))
    return rf"{_BACKSLASHES}(?:{itself}|(?i:{_codes(part)}))"


def _codes(one: str) -> str:
    """Return what finds a character written as a code of Python, JSON, HTML or a web address, after its backslashes."""
    code, units = ord(one), one.encode("utf-16-be", errors="surrogatepass")
    by_bytes = [f"{byte:02x}" for byte in one.encode(errors="surrogatepass")]
    by_units = [units[at : at + 2].hex() for at in range(0, len(units), 2)]
    return "|".join((
        "".join(f"%(?:25)*{byte}" for byte in by_bytes),
        _BACKSLASHES.join(f"x{byte}" for byte in by_bytes),
        _BACKSLASHES.join(f"u{unit}" for unit in by_units),
        f"x{code:02x}|U{code:08x}",
        rf"&(?:amp;)*(?:{_ENTITIES.get(one, 'amp;')}|#0*{code}|#x0*{code:x});",
    ))  # fmt: skip
