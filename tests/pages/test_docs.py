"""The documents as pages: links, gates, what is read from the package, and what is refused."""

import ast
import re

import pytest
import typer
from bs4 import BeautifulSoup
from conftest import ROOT

from casebook import commands
from casebook.errors import InputError
from casebook.pages import docs, gates, reference

PACKAGE = ROOT / "casebook"


@pytest.fixture(scope="module")
def app():
    return typer.main.get_command(commands.of_pack([], "Cambridgeshire", []))


@pytest.fixture(scope="module")
def built(app, tmp_path_factory):
    """The project's own documents, by name."""
    out = tmp_path_factory.mktemp("docs") / "built"
    pages = docs.build(ROOT, out, reference.made(app))
    return {path.stem: BeautifulSoup(path.read_text(encoding="utf-8"), "lxml") for path in pages}


def text(page):
    return " ".join(page.get_text(" ").split())


@pytest.mark.long
def test_every_link_of_the_documents_leads_to_a_page_and_a_place_in_it(built):
    led = 0
    for name, page in built.items():
        for link in page("a", href=True):
            target = link["href"]
            if target.startswith(("https:", "mailto:")) or target.endswith(".json"):
                continue
            path, _, place = target.partition("#")
            other = built[path.removesuffix(".html") or name]
            assert not place or other.find(id=place) is not None, f"{name}: {target}"
            led += 1
    assert led > 500


@pytest.mark.long
def test_every_document_stands_in_the_list_of_all_and_passes_the_gates_of_a_report(built):
    names = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert set(built) == names | {"find"}
    for name, page in built.items():
        assert list(gates.problems(str(page))) == [], name
        if name not in ("index", "find"):
            assert [link["href"] for link in page.find("nav", {"aria-labelledby": "documents"})("a")] == [
                f"{one}.html" for one in built if one != "find"
            ]


def said(node, fixed):
    """The words of a message that are always the same: its longest piece of text."""
    if isinstance(node, ast.Name):
        node = fixed.get(node.id, node)
    parts = [one.value for one in getattr(node, "values", [node]) if isinstance(one, ast.Constant)]
    return max((" ".join(line.split()) for part in parts for line in str(part).split("\n")), key=len, default="")


def raised():
    """Every exception that is raised with words: where, its class, and the words that are always the same."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        fixed = {
            one.targets[0].id: one.value
            for one in tree.body
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
                for argument in node.exc.args:
                    if len(words := said(argument, fixed)) > 8:
                        yield f"{path.name}:{node.lineno}", node.exc.func.id, words


# Of Python and of libraries: caught where they are raised, or no message to anybody.
INNER = {
    "AttributeError", "ConnectionError", "HTTPError", "MarkedYAMLError", "MemoryError", "RuntimeError", "Timeout",
    "ZeroDivisionError",
}  # fmt: skip


@pytest.mark.long
def test_every_message_that_the_package_raises_stands_on_the_page_of_messages(built):
    page = "".join(text(built["messages"]).split())
    found = [one for one in raised() if one[1] not in INNER]
    assert len(found) > 400
    plain = lambda words: "".join(words.replace("`", "").split())  # noqa: E731
    assert [one for one in found if plain(one[2]) not in page] == []


def test_every_exit_code_of_the_commands_is_explained():
    table = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    explained = {int(code) for code in re.findall(r"^\| (\d+) \|", table, flags=re.MULTILINE)}
    source = (PACKAGE / "commands.py").read_text(encoding="utf-8")
    given = {
        name for said in re.findall(r"typer\.Exit\((.*)\)", source) for name in re.findall(r"\b[A-Z_]{4,}\b", said)
    }
    assert given == {"FAILED", "WRONG_INPUT", "HELD", "STOPPED", "TERMINATED"}
    assert explained == {0} | {getattr(commands, name) for name in given}


@pytest.mark.long
def test_every_command_and_option_stands_on_the_page_of_commands(built, app):
    page = built["commands"]
    headings = {heading.text: heading for heading in page("h2")}
    for name, command in app.commands.items():
        inner = getattr(command, "commands", None)
        for full, one in [(f"{name} {sub}", one) for sub, one in inner.items()] if inner else [(name, command)]:
            if one.hidden:
                assert full not in headings
                continue
            assert full in headings
            listed = text(headings[full].find_next("ul")) if len(one.params) > 1 else text(page)
            for parameter in one.params:
                if parameter.param_type_name == "option" and parameter.name != "help" and len(one.params) > 1:
                    assert parameter.opts[0] in listed, (full, parameter.opts)


@pytest.mark.long
def test_what_notebooks_import_is_documented_with_signature_and_example(built):
    assert "wilson" in [heading.text for heading in built["api-methods"]("h3")]
    wilson = built["api-methods"].find(id="wilson")
    signature = wilson.find_next("code").text
    assert signature.startswith("wilson(") and "confidence" in signature
    assert ">>> " in wilson.find_next("pre").text
    face = {heading.text for heading in built["api"]("h3")}
    assert {"headline", "figure", "table", "assumption", "over_years", "read", "panel"} <= face
    assert {heading.text for heading in built["api-studies"]("h2")} > {"comparison", "projection", "appraisal"}


@pytest.mark.long
def test_terms_are_the_glossary_of_the_reports(built):
    from casebook.pages import readability

    headings = {heading["id"] for heading in built["glossary"]("h2")}
    assert {term.id for term in readability.words().terms} <= headings


@pytest.mark.long
def test_the_list_to_find_things_in_is_in_order_and_holds_every_heading_with_its_words(built):
    listed = [(item.a.text, item.a["href"]) for item in built["find"].find("ul", "found")("li")]
    assert [words.lower() for words, _ in listed] == sorted(words.lower() for words, _ in listed)
    targets = {target for _, target in listed}
    for name, page in built.items():
        if name != "find":
            own = {
                heading["id"] for heading in page.main(["h2", "h3"]) if heading["id"] not in ("contents", "documents")
            }
            assert {f"{name}.html#{place}" for place in own} <= targets
    item = next(one for one in built["find"]("li") if one.a["href"] == "operators.html#held")
    assert item.find("span", hidden=True).text.split().count("threshold") == 1


def written(root, **pages):
    (root / "docs").mkdir()
    for name, page in pages.items():
        (root / "docs" / f"{name}.md").write_text(page, encoding="utf-8")
    return root


GOOD = {"index": "# All\n\n[Data](data.md#rows)\n", "data": "# Data\n\n## Rows\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"}


@pytest.mark.parametrize(
    ("pages", "sentence"),
    [
        ({"data": "# Data\n\n## Rows\n\n[x](date.md)"}, "docs/data.md, line 5: the link 'date.md' leads nowhere, because there is no such file: did you mean data.md?"),
        ({"index": "# All\n\n[Data](data.md#row)"}, "docs/index.md, line 3: the link 'data.md#row' leads to no heading of docs/data.md: did you mean rows?"),
        ({"index": "# All\n\n[Up](../gone.py) [Data](data.md)"}, "docs/index.md, line 3: the link '../gone.py' leads nowhere"),
        ({"data": "# Data\n\n## Rows\n\n[x](http://example.org/)"}, "docs/data.md, line 5: the link 'http://example.org/' is neither https nor an address for mail: write one."),
        ({"data": "# Data\n\n## Rows\n\n[x](sub/more.md#x)"}, "docs/data.md, line 5: the link 'sub/more.md#x' leads to nothing that stands beside the pages"),
        ({"data": "# Data\n\n## Rows\n\n[x](sub/more.md)"}, "docs/data.md, line 5: the link 'sub/more.md' leads to nothing that stands beside the pages"),
        ({"data": "# Data\n\n## Rows\n\n[x](sub)"}, "docs/data.md, line 5: the link 'sub' leads to nothing that stands beside the pages"),
        ({"data": "# Data\n\n## Rows\n\n[x](/etc/hosts)"}, "docs/data.md, line 5: the link '/etc/hosts' leads to nothing that stands beside the pages"),
        ({"lost": "# Lost"}, "docs/lost.md is reached by no link: let docs/index.md lead to it."),
        ({"data": "# Data\n\n## Rows\n\n<script>x()</script>"}, "docs/data.md: it holds a script (<script>x()</script>), and pages run none but their own: take it out."),
        ({"data": "# Data\n\n## Rows\n\n<!-- made: message -->"}, "docs/data.md asks for 'message', which nothing makes: did you mean messages?"),
        ({"data": "## Rows"}, "docs/data.md does not begin with a title"),
        ({"data": "# Data\n\n## Rows\n\n#### Deep"}, "docs/data.md: the heading 'Deep' of level 4 follows 'Rows' of level 2"),
        ({"data": "# Data\n\n## Rows\n\n| a | b |\n|---|---|\n| 1 | |"}, "docs/data.md: the table 'Rows' has an empty or a merged cell"),
        ({"index": f"# All\n\n{'Very ' * 26}long. [Data](data.md)"}, "docs/index.md, under 'All': 27 words, more than 25"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_document_is_told_in_a_sentence_and_nothing_is_written(tmp_path, pages, sentence):
    root = written(tmp_path, **{**GOOD, **pages})
    (root / "docs" / "sub").mkdir()
    (root / "docs" / "sub" / "more.md").write_text("# More\n\n## X\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}"):
        docs.build(root, root / "out", {"messages": lambda: ""})
    assert not (root / "out").exists()


def test_a_document_that_cannot_be_read_and_a_file_in_place_of_a_folder_are_told_in_a_sentence(tmp_path):
    root = written(tmp_path, **GOOD)
    (root / "out").write_text("x")
    with pytest.raises(InputError, match="out is a file, not a folder: name another folder with --output"):
        docs.build(root, root / "out", {})
    (root / "docs" / "data.md").write_bytes(b"# Data\n\xff")
    with pytest.raises(InputError, match=r"^docs/data\.md is not UTF-8 \(byte 7\): save it as UTF-8\.$"):
        docs.build(root, root / "new", {})


def test_what_stands_beside_the_pages_can_be_led_to_and_a_link_to_a_file_elsewhere_is_not_followed(tmp_path):
    root = written(tmp_path, **{**GOOD, "index": "# All\n\n[Data](./data.md#rows) [Schema](a.json)\n"})
    (root / "docs" / "a.json").write_text("{}", encoding="utf-8")
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    (root / "docs" / "b.json").symlink_to(tmp_path / "secret")
    docs.build(root, root / "out", {})
    page = BeautifulSoup((root / "out" / "index.html").read_text(encoding="utf-8"), "lxml")
    assert {"data.html#rows", "a.json"} <= {link["href"] for link in page("a", href=True)}
    assert sorted(path.name for path in (root / "out").glob("*.json")) == ["a.json"]


def test_what_was_built_before_is_replaced_and_what_somebody_else_keeps_is_not(tmp_path):
    root = written(tmp_path, **GOOD)
    out = root / "out"
    docs.build(root, out, {})
    page = BeautifulSoup((out / "data.html").read_text(encoding="utf-8"), "lxml")
    assert page.table.caption.text == "Rows"
    assert [cell["scope"] for cell in page.table("th")] == ["col", "col", "row"]
    (out / "CNAME").write_text("docs.example.gov.uk")
    (out / "pictures").mkdir()
    (root / "docs" / "data.md").rename(root / "docs" / "facts.md")
    (root / "docs" / "index.md").write_text("# All\n\n[Facts](facts.md)\n", encoding="utf-8")
    docs.build(root, out, {})
    own = [".docs-build", "facts.html", "find.html", "index.html"]
    assert sorted(path.name for path in out.iterdir()) == [".docs-build", "CNAME", *own[1:], "pictures"]
    assert (out / ".docs-build").read_text().split() == own[1:]
    # What somebody wrote where a new page would be stays, and is named.
    (out / "more.html").write_text("mine")
    (root / "docs" / "facts.md").rename(root / "docs" / "more.md")
    (root / "docs" / "index.md").write_text("# All\n\n[More](more.md)\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"more\.html was not written by `docs build`: move it, or name another --output"
    ):
        docs.build(root, out, {})
    assert (out / "more.html").read_text() == "mine" and (out / "facts.html").exists()
    # A list that names what lies elsewhere has nothing deleted there.
    (out / "more.html").unlink()
    (root / "other.txt").write_text("x")
    (out / ".docs-build").write_text("../other.txt\nfacts.html\nfind.html\nindex.html\npictures\n")
    docs.build(root, out, {})
    assert (root / "other.txt").exists() and (out / "pictures").is_dir() and not (out / "facts.html").exists()
    (root / "mine").mkdir()
    (root / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(InputError, match="holds something that `docs build` did not write"):
        docs.build(root, root / "mine", {})
    assert (root / "mine" / "thesis.txt").exists()
