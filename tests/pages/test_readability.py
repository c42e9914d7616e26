"""The words of pages: what makes them hard to read is found in what a reader sees, and nowhere else."""

import pytest
from bs4 import BeautifulSoup

from casebook.pages import gates, readability, render
from casebook.pages.readability import Words

KNOWN = Words((), {"are printed": "say what the paper says"}, frozenset({"NHS"}), {"The one long": "its list is short"})
LONG = " ".join(["word"] * 26)


def said(body):
    return [(one.heading, one.what) for one in readability.faults(f"<h1>Care</h1>{body}", KNOWN)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (f"<p>{LONG}.</p>", [("Care", "26 words, more than 25")]),
        (f"<h2>More</h2><ul><li>Short. L{LONG}.</li></ul>", [("More", "26 words, more than 25")]),
        ("<p>Two figures <em>are\n printed</em>.</p>", [("Care", "'are printed': say what the paper says")]),
        ("<p>The EHCP and the EHCPs.</p>", [("Care", "EHCP is not explained")]),
        ("<p>A plan by its SEN2 return.</p>", [("Care", "SEN2 is not explained")]),
        ("<p>An EHCP.</p><p>A health plan (EHCP).</p>", [("Care", "EHCP is not explained")]),
        (f"<details><summary>{LONG}</summary><p>{LONG}</p></details>", [("Care", "26 words, more than 25")]),
        (f"<details open><summary>More</summary><p>{LONG}</p></details>", [("Care", "26 words, more than 25")]),
        (f"<table><caption>The CCG</caption><tbody><tr><td>{LONG}</td></tr></tbody></table>", [("Care", "CCG is not explained")]),
    ],
)  # fmt: skip
def test_what_is_hard_to_read_is_found_with_the_heading_above_it(body, found):
    assert said(body) == found


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{' '.join(['word'] * 25)}.</p>",
        f"<p>{' '.join(['word'] * 20)}. {' '.join(['Word'] * 20)}.</p>",
        f"<p>{' '.join(['word'] * 20)}<br>{' '.join(['word'] * 20)}</p>",
        "<p>Health plans (EHCPs) of the NHS. An EHCP.</p>",
        "<p>WTE (whole-time posts).</p>",
        "<p>The paper says “pupils with SEND”.</p>",
        f"<p>Its ten neighbours: {', '.join(['Bath and North East Somerset'] * 6)} and Kent.</p>",
        f"<p>The papers are, by their years: {'; '.join(['Kent County Council, Business cases for the 2022-23 budget'] * 3)}.</p>",
        f"<nav><p>{LONG}</p></nav><p><span class='hidden'>{LONG}</span></p>",
        f"<p><code>{LONG}</code> <span class='formula'>{LONG}</span></p>",
        f"<svg><desc>{LONG}</desc></svg><details><summary>More</summary><p>{LONG} are printed</p></details>",
        f"<p>The one long {LONG}.</p>",
    ],
)
def test_what_can_be_read_or_is_not_seen_or_is_accepted_passes(body):
    assert said(body) == []


def test_the_glossary_says_each_term_once_in_sentences_that_pass():
    terms = readability.words().terms
    assert len(terms) > 20
    assert len({one.id for one in terms}) == len(terms)
    also = [word.lower() for one in terms for word in one.also]
    assert len(set(also)) == len(also)
    page = render.glossary_page()
    assert list(gates.problems(page)) == []
    assert [one.at("glossary") for one in readability.faults(page)] == []
    assert [one.term for one in terms] == sorted((one.term for one in terms), key=str.casefold)


def test_the_first_mention_of_a_term_leads_to_the_glossary_and_names_do_not(pack):
    page = BeautifulSoup(pack.page("care-rates"), "html5lib")
    leads = [tag["href"].removeprefix("../glossary.html#") for tag in page("a", class_="term")]
    assert {"care-application", "pooled-rate"} <= set(leads)
    assert len(set(leads)) == len(leads)
    glossary = BeautifulSoup(render.glossary_page(), "html5lib")
    assert all(glossary.find("dt", id=place) for place in leads)
    assert not page.select(":is(h1, h2, h3, summary, table, svg, figcaption, a a) .term")
    assert page.footer.find("a", href="../glossary.html")


def test_at_most_ten_sentences_are_accepted_each_with_a_reason():
    accepted = readability.words().accepted
    assert len(accepted) <= 10
    assert all(len(reason) > 20 for reason in accepted.values())


def test_every_sentence_of_the_pack_is_easy_to_read(pack):
    assert readability.of_pack(pack.root / "reports") == []


def test_check_fails_for_a_published_sentence_that_is_hard_to_read(copy_of_pack):
    page = copy_of_pack.root / "reports/cambridgeshire/smoking.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("</main>", "<p>It is worked out by us in the end.</p></main>"), encoding="utf-8")
    done = copy_of_pack.pipeline("check")
    assert done.returncode == 2
    assert "cambridgeshire/smoking.html, under " in done.stderr
    assert "'worked out': say calculated: It is worked out by us in the end." in done.stderr
