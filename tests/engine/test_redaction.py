"""A secret is found however programs write it, in no more time than its text is long."""

import csv
import html
import io
import json
import shlex
import textwrap
import urllib.parse

import pandas as pd
import pytest
import yaml

from casebook.engine.redaction import Redactor

SECRET = "pa&ss<w>\"o'rd\\x<newline>\n2é"


def as_csv(text: str) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(["a", text])
    return written.getvalue()


WAYS = {
    "ascii": ascii(SECRET),
    "csv": as_csv(SECRET),
    "frame": str(pd.DataFrame({"t": [SECRET]})),
    "frame as html": pd.DataFrame({"t": [{"k": SECRET}]}).to_html(),
    "frame as csv": pd.DataFrame({"t": [SECRET]}).to_csv(),
    "series": str(pd.Series([SECRET])),
    "sql": "'" + SECRET.replace("'", "''") + "'",
    "shell": shlex.quote(SECRET),
    "yaml": yaml.dump({"t": SECRET}),
    "yaml, not ascii": yaml.dump({"t": SECRET}, allow_unicode=True),
    "repr in html": html.escape(repr({"k": SECRET})),
    "json in html": html.escape(json.dumps(SECRET)),
    "json in bytes in repr": repr(repr(json.dumps(SECRET).encode())),
    "address in small letters": urllib.parse.quote(SECRET).lower(),
    "address in an address": urllib.parse.quote(urllib.parse.quote(SECRET, safe=""), safe=""),
    "numbers of html": SECRET.encode("ascii", "xmlcharrefreplace").decode(),
    "indented": textwrap.indent(SECRET, "    "),
    "quoted in an answer": textwrap.indent(SECRET, "> "),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_found_however_it_is_written_and_nothing_of_it_is_left(way):
    redactor = Redactor({"token": SECRET})
    assert "newline" not in redactor.redact(WAYS[way])
    assert redactor.found == {"token"}


@pytest.mark.parametrize("text", ["2020 03 31", "2020-03-32", "20200331", "\\" * 20_000, "-" * 20_000, "%25" * 9_000])
def test_what_is_another_text_is_left_as_it_is(text):
    redactor = Redactor({"token": "2020-03-31", "other": "\\\\x--'"})
    assert redactor.redact(text) == text
