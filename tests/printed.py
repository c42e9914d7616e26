"""What a page says, held against what it says on paper."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from pypdf import PdfReader


def words(text: str) -> set[str]:
    """The longer words and the numbers of a text."""
    return set(re.findall(r"[A-Za-z]{4,}|\d[\d,.]*\d", re.sub(r"-\s*\n\s*", "-", text)))


def lost_in_print(page: str, pdf: PdfReader) -> set[str]:
    """The words of a page that its PDF does not hold."""
    printed = "\n".join(one.extract_text() for one in pdf.pages)
    parsed = BeautifulSoup(page, "html5lib")
    for part in parsed(class_=["contents", "jump", "save", "onscreen", "sideways"]):
        part.decompose()
    # What is drawn of a chart is text in the PDF; its name and description are for those who do not see it.
    for part in parsed.select("svg title, svg desc, svg style"):
        part.decompose()
    # A word too long for its column goes on in the next line.
    together = re.sub(r"\s+", "", printed)
    return {
        word for word in words(parsed.main.get_text(" ")) - words(printed) if len(word) < 12 or word not in together
    }
