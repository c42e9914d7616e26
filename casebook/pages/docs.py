"""The documents of the project as pages, by the look, the gates and the sanitiser of the reports.

Markdown in ``docs/`` is the source. ``index.md`` leads to every other document, and they stand in its order. Where
a line is ``<!-- made: glossary -->`` or the like, a document says what the package knows (``pages.reference``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, count
from pathlib import Path

import lxml.html
from lxml.html import HtmlElement

from casebook.data.project import write_whole
from casebook.errors import InputError, one_of
from casebook.pages import gates, harmless, readability, render
from casebook.text import slug

FIRST, FIND = "index", "find"
LIST = ".docs-build"
"""The file that names what ``build`` wrote into a folder, a line each."""
FOR_READERS = {FIRST, "committees", "glossary"}
"""The documents whose sentences are held to what is asked of a report's."""
_MADE = re.compile(r"^<!-- made: ([\w-]+) -->$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_WORD = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")


@dataclass(frozen=True)
class Passage:
    """A heading of a document, where it is, and all words under it."""

    document: str
    title: str
    level: int
    heading: str
    id: str
    words: str

    @property
    def link(self) -> str:
        """Where it leads to from another document."""
        return f"{self.document}.html" + (f"#{self.id}" if self.level > 1 else "")


@dataclass
class Document:
    """A document: its name and source, what is made of it, and its sections."""

    name: str
    source: str
    body: HtmlElement
    sections: list[Passage] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Its heading of the first level."""
        return self.sections[0].heading

    def places(self) -> set[str]:
        """Return what a link to it may end with."""
        return {one.id for one in self.sections}

    def line(self, target: str) -> str:
        """Say in which line of the source a link stands, if it does."""
        lines = (at for at, line in enumerate(self.source.splitlines(), 1) if target in _LINK.findall(line))
        at = next(lines, None)
        return f"docs/{self.name}.md" + (f", line {at}" if at else "")


def build(root: Path, out: Path, made: Mapping[str, Callable[[], str]]) -> list[Path]:
    """Write the documents of a project as pages, and the page that finds things in them.

    Parameters
    ----------
    root
        The project's folder.
    out
        The folder to write: a new one, an empty one, or one that this wrote before, of which it replaces what it made;
        ``.docs-build`` there says what that is.
    made
        What gives the Markdown for each name that ``<!-- made: NAME -->`` may have.

    Returns
    -------
    list of Path
        The pages, in the order of ``docs/index.md``.

    Raises
    ------
    InputError
        If a link leads nowhere, a document cannot be reached, a page does not pass the gates, or the folder holds
        something of somebody else's where a page would be; nothing is written.
    """
    before = _made_before(out)
    documents = _documents(root / "docs", made)
    wrong = [one for document in documents.values() for one in _lead(root, document, documents)]
    pages = {name: _page(document, documents) for name, document in documents.items()} if not wrong else {}
    pages |= {FIND: _find(documents)} if not wrong else {}
    for name, page in pages.items():
        wrong += [f"docs/{name}.md: {problem}" for problem in gates.problems(page)]
        if name in FOR_READERS:
            wrong += [fault.at(f"docs/{name}.md") for fault in readability.faults(page)]
    if wrong:
        raise InputError("\n".join(wrong))
    files = {f"{name}.html": page.encode() for name, page in pages.items()}
    files |= {file.name: file.read_bytes() for file in _beside(root)}
    if others := [name for name in files if name not in before and (out / name).exists()]:
        raise InputError(f"{out / others[0]} was not written by `docs build`: move it, or name another --output.")
    # Until all is written, whatever may be there is named: stopped on the way, it is replaced next time.
    _name(out, {*before, *files})
    for name, content in files.items():
        write_whole(out / name, content)
    for name in before - files.keys():
        (out / name).unlink(missing_ok=True)
    _name(out, {*files})
    return [out / f"{name}.html" for name in pages]


def _made_before(out: Path) -> set[str]:
    """Return the names of the files that this wrote into a folder before."""
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file, not a folder: name another folder with --output.")
    if not out.exists() or not any(out.iterdir()):
        return set()
    if not (out / LIST).is_file():
        raise InputError(f"{out} holds something that `docs build` did not write: name another folder with --output.")
    # A line that leads out of the folder is none of its own.
    named = (out / LIST).read_text(encoding="utf-8", errors="replace").splitlines()
    return {name for name in named if Path(name).name == name and not (out / name).is_dir()}


def _name(out: Path, files: set[str]) -> None:
    write_whole(out / LIST, "".join(f"{name}\n" for name in sorted(files)).encode())


def _beside(root: Path) -> list[Path]:
    """Return the files that stand beside the pages, too; a link to a file elsewhere is none of them."""
    return [file for file in (root / "docs").glob("*.json") if not file.is_symlink()]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"docs/{path.name} is not UTF-8 (byte {error.start}): save it as UTF-8.") from None


def _documents(folder: Path, made: Mapping[str, Callable[[], str]]) -> dict[str, Document]:
    """Return the documents by name, in the order in which the first one leads to them."""
    first = folder / f"{FIRST}.md"
    if not first.is_file():
        raise InputError(f"{first} is not there, which leads to all documents: write it.")
    links = [link.removeprefix("./") for link in _LINK.findall(_read(first))]
    listed = [Path(link).stem for link in links if "/" not in link]
    there = {path.stem for path in folder.glob("*.md")}
    if lost := sorted(there - {FIRST, *listed}):
        raise InputError(f"docs/{lost[0]}.md is reached by no link: let docs/{FIRST}.md lead to it.")
    names = [name for name in dict.fromkeys([FIRST, *listed]) if name in there]
    return {name: _document(name, _read(folder / f"{name}.md"), made) for name in names}


def _document(name: str, source: str, made: Mapping[str, Callable[[], str]]) -> Document:
    def of_package(match: re.Match[str]) -> str:
        if match[1] not in made:
            raise InputError(f"docs/{name}.md asks for {match[1]!r}, which nothing makes: {one_of(made, match[1])}")
        return made[match[1]]()

    html = _markdown()(_MADE.sub(of_package, source))
    left_out = (f"it holds {one}, which a page may not hold: take it out." for one in harmless.left_out(html))
    if refused := next(chain(gates.harms(html), left_out), ""):
        raise InputError(f"docs/{name}.md: {refused}")
    body = lxml.html.fragment_fromstring(harmless.sanitise(html), create_parent="div")
    document = Document(name, source, body)
    document.sections = list(_sections(name, body))
    if not document.sections or document.sections[0].level != 1:
        raise InputError(f"docs/{name}.md does not begin with a title: begin it with a line such as `# Data`.")
    _dress(body)
    return document


@cache
def _markdown() -> Callable[[str], str]:
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    reader = MarkdownWithMath(renderer=IPythonRenderer(escape=False, exclude_anchor_links=True))
    return lambda source: str(reader.render(source))


def _sections(name: str, body: HtmlElement) -> Iterator[Passage]:
    """Give every heading an id, and yield the sections."""
    taken: set[str] = set()
    found: list[tuple[int, str, str, list[str]]] = []
    for tag in body:
        words = " ".join(str(tag.text_content()).split())
        if re.fullmatch(r"h[1-6]", tag.tag):
            place = slug(words)
            # GitHub counts so, too.
            tag.attrib["id"] = place = next(
                one for one in (place, *(f"{place}-{number}" for number in range(1, len(body)))) if one not in taken
            )
            taken.add(place)
            found.append((int(tag.tag[1]), words, place, []))
        elif found:
            found[-1][3].append(words)
    for level, heading, place, said in found:
        yield Passage(name, found[0][1], level, heading, place, " ".join(said))


def _dress(body: HtmlElement) -> None:
    """Make of what Markdown can say what a page asks for: tables with captions and headers, code that scrolls."""
    for span in body.xpath(".//pre//span"):
        span.drop_tag()
    for code in body.iter("pre"):
        code.attrib["tabindex"] = "0"
    heading, number = "", count(1)
    for tag in body.xpath(".//table | .//*[self::h1 or self::h2 or self::h3 or self::h4]"):
        if tag.tag != "table":
            heading, number = str(tag.text_content()), count(1)
            continue
        which = next(number)
        caption = lxml.html.Element("caption", {"class": "hidden"})
        caption.text = heading if which == 1 else f"{heading}, table {which}"
        tag.insert(0, caption)
        for header in tag.xpath("./thead//th"):
            header.attrib["scope"] = "col"
        for first in tag.xpath("./tbody/tr/td[1]"):
            first.tag = "th"
            first.attrib["scope"] = "row"
        around = lxml.html.Element("div", {"class": "table", "tabindex": "0"})
        around.tail, tag.tail = tag.tail, None
        tag.getparent().replace(tag, around)
        around.append(tag)


def _lead(root: Path, document: Document, documents: Mapping[str, Document]) -> Iterator[str]:
    """Let the links of a document lead to the pages, and yield what is wrong with those that lead nowhere."""
    for link in list(document.body.iter("a")):
        target = str(link.get("href", ""))
        if re.match(r"https://|mailto:", target):
            continue
        path, _, place = target.partition("#")
        path = path.removeprefix("./")
        name = path.removesuffix(".md") if path else document.name
        if re.match(r"\w+:", target):
            yield f"{document.line(target)}: the link {target!r} is neither https nor an address for mail: write one."
        elif path and not (root / "docs" / path).exists():
            near = one_of([f"{one}.md" for one in documents], path)
            yield f"{document.line(target)}: the link {target!r} leads nowhere, because there is no such file: {near}"
        elif path.startswith("../"):
            # What is not among the pages is named.
            link.drop_tag()
        elif name not in documents and root / "docs" / path not in _beside(root):
            near = one_of([f"{one}.md" for one in documents], path)
            yield f"{document.line(target)}: the link {target!r} leads to nothing that stands beside the pages: {near}"
        elif name not in documents:
            continue
        elif place and place not in (places := documents[name].places()):
            near = one_of(places, place)
            yield f"{document.line(target)}: the link {target!r} leads to no heading of docs/{name}.md: {near}"
        else:
            link.attrib["href"] = (f"{name}.html" if path else "") + (f"#{place}" if place else "")


def _page(document: Document, documents: Mapping[str, Document]) -> str:
    parts = list(document.body)
    first = next((at for at, tag in enumerate(parts) if tag.tag == "h2"), len(parts))
    lists = [(one.id, one.heading) for one in document.sections if one.level == 2]
    return render.template("docs.html.j2").render(
        name=document.name, title=document.title, css=render.style(),
        # The first document is itself a list of all.
        headings=lists if len(lists) > 2 and document.name != FIRST else [],
        others=documents.values() if document.name != FIRST else [],
        begins="".join(map(_html, parts[:first])), goes_on="".join(map(_html, parts[first:])),
    )  # fmt: skip


def _find(documents: Mapping[str, Document]) -> str:
    """Return the page that lists every section, with the words by which it is found."""
    sections = [one for document in documents.values() for one in document.sections]
    found = [(one, " ".join(dict.fromkeys(_WORD.findall(one.words.lower())))) for one in sections]
    found.sort(key=lambda pair: (pair[0].heading.lower(), pair[0].title))
    return render.template("find.html.j2").render(found=found, name=FIND, css=render.style())


def _html(tag: HtmlElement) -> str:
    return str(lxml.html.tostring(tag, encoding="unicode"))
