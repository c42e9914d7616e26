"""Taking secrets out of what is shown, however they are written there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

SHOWN_AS = "[secret]"


class Redactor:
    """Finds secrets in text, lists and mappings, and takes them out.

    A secret is found as it is, and as it stands in Python's ``repr`` (of text and of bytes), in JSON, HTML and web
    addresses, and in each of these written once more by ``repr`` or JSON, as happens to the message of an exception.

    Examples
    --------
    >>> redactor = Redactor({"token": 'p"w'})
    >>> redactor.redact({"said": [repr({"k": 'p"w'}), json.dumps('p"w'), "p%22w", "pw"]})
    {'said': ["{'k': '[secret]'}", '"[secret]"', '[secret]', 'pw']}
    >>> redactor.found
    {'token'}
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._forms = {name: _forms(secret) for name, secret in secrets.items() if secret}
        self.found: set[str] = set()
        """The names of the secrets that were taken out."""

    def redact(self, shown: Any) -> Any:
        """Return what is shown without secrets, and note which were in it."""
        if not self._forms:
            return shown
        if isinstance(shown, str):
            for name, forms in self._forms.items():
                for form in forms:
                    if form in shown:
                        self.found.add(name)
                        shown = shown.replace(form, SHOWN_AS)
            return shown
        if isinstance(shown, Mapping):
            return {self.redact(key): self.redact(one) for key, one in shown.items()}
        if isinstance(shown, list | tuple):
            return [self.redact(one) for one in shown]
        return shown


def _forms(secret: str) -> list[str]:
    """Return how a secret may be written, the longest first, so that none leaves a part of itself."""
    # A sentence of a report holds one blank where a secret may hold a new line.
    once = {secret, " ".join(secret.split()) or secret}
    once |= {form for one in once for form in (escape(one), escape(one, quote=False))}
    once |= {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    once |= {form for one in (secret, *once) for form in _quoted(one)}
    twice = once | {form for one in once for form in _quoted(one)}
    return sorted(twice, key=lambda form: (-len(form), form))


def _quoted(text: str) -> set[str]:
    """Return a text as it stands between quotation marks in Python and JSON."""
    # What stands beside it decides which marks Python takes, and so which it escapes.
    python = repr(text)[1:-1].replace("\\'", "'")
    return {
        python,
        python.replace("'", "\\'"),
        repr(text.encode())[2:-1],
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
    }
