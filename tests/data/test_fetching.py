"""Downloads, from a server on this machine that answers as the publishers do and as networks fail."""

import hashlib
import ssl
import threading

import pytest
import trustme
from publishers import AREAS, FINGERTIPS, Publisher, gives, lait, leads_to, looked_after

from casebook.data import exports, fetching, formats
from casebook.errors import InputError


@pytest.fixture
def publisher(monkeypatch):
    pooch = pytest.importorskip("pooch")
    monkeypatch.setattr(pooch.core.time, "sleep", lambda _: None)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    started = Publisher()
    yield started
    started.close()


@pytest.fixture
def get(project, publisher):
    """Fetch the children looked after from the server, with answers to give in turn."""

    def fetched(*answers, about=(), **options):
        publisher.answers["/data.csv"] = list(answers)
        one = fetching.downloads(project.root)["children-looked-after"]
        one = one.model_copy(update={"address": f"http://{publisher.host}/data.csv", **dict(about)})
        return fetching.fetch(project.root, one, **options)

    return fetched


def held(project, name="children-looked-after.csv"):
    path = project.root / exports.FOLDER / name
    return path.read_bytes() if path.exists() else b""


def test_every_address_is_of_https_and_of_a_format_that_can_be_read(project):
    known = fetching.downloads(project.root)
    assert {"lait", "children-looked-after", "plans", "chlamydia"} <= set(known)
    for one in known.values():
        assert one.address.startswith("https://"), one.name
        assert one.stands_in.startswith("https://"), one.name
        assert formats.named(one.format), one.name


def test_a_download_is_put_in_its_place_and_serves_its_series(get, project):
    received = []
    said = get(gives(looked_after()), told=lambda *sizes: received.append(sizes))
    assert said.startswith("children-looked-after: children-looked-after.csv has 3 areas and 3 years, 0.0 MB, SHA-256 ")
    assert held(project) == looked_after()
    assert received[-1] == (len(looked_after()), len(looked_after()))
    assert [one.format.name for one in exports.vintages(project.root)] == ["children-looked-after"]
    assert get(gives(looked_after())).endswith("has is what is held (children-looked-after.csv).")
    assert list((project.root / fetching.PARTS).iterdir()) == []


def test_each_publishers_form_is_taken(publisher, project):
    fingertips = FINGERTIPS + "90776,Chlamydia,E10000003,Cambridgeshire,Female,15-24,2024,1500,10,100,\n"
    for name, path, content in (("lait", "/bds.parquet", lait()), ("chlamydia", "/api?ids=90776", fingertips.encode())):
        publisher.answers[path.partition("?")[0]] = [gives(content)]
        one = fetching.downloads(project.root)[name]
        said = fetching.fetch(project.root, one.model_copy(update={"address": f"http://{publisher.host}{path}"}))
        assert "has 1 area and 1 year," in said
    assert publisher.asked[-1][0] == "/api?ids=90776"


HTML = b"<!DOCTYPE html><html><body>Sorry, there is a problem with the service</body></html>"
RIGHT = looked_after()
FAULTS = {
    "404": ([gives(b"", 404)], {}, "answers 404 .Not Found.; what was held stays.", 1),
    "500 each time": ([gives(b"", 500)], {}, "answers 500 .Internal Server Error.", 4),
    "cut off each time": ([gives(RIGHT, cut=200)], {}, "the connection to .* failed or broke off; call it again", 4),
    "a web page": ([gives(HTML)], {}, "gave a web page in place of Children looked after", 1),
    "nothing": ([gives(b"")], {}, "gave something else in place of", 1),
    "another export": ([gives((FINGERTIPS + "1,x,E10000003,x,x,x,2024,1,1,1,\n").encode())], {}, "gave Fingertips public", 1),
    "no value": ([gives(RIGHT.replace(b",1000,7,10", b",x,x,x"))], {}, "gave a file without a value", 1),
    "another content than was said": ([gives(RIGHT)], {"sha256": "0" * 64}, "its SHA-256 is not the one in data/raw", 4),
    "too slow": ([lambda request: threading.Event().wait(0.5)], {}, "took too long to answer", 4),
    "another host": ([leads_to("http://127.0.0.2/data.csv")], {}, "127.0.0.2 is not https", 1),
    "another host of https": ([leads_to("https://example.org/data.csv")], {}, "leads to example.org, another host", 1),
    "round and round": ([leads_to("/data.csv")], {}, "leads from one to the next", 5),
    "plain http": ([gives(RIGHT)], {"address": "http://example.org/data.csv"}, "http://example.org is not https", 0),
    "numbers of persons": ([gives(RIGHT.replace(b"Reporting year", b"943 476 5919"))], {}, "holds what looks like NHS numbers", 1),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_goes_wrong_is_told_in_one_sentence_and_what_was_held_stays(get, project, publisher, fault):
    answers, about, words, times = FAULTS[fault]
    get(gives(looked_after(AREAS[:1])))
    publisher.asked.clear()
    with pytest.raises(InputError, match=words) as told:
        get(*answers, about=about, silence=0.1 if fault == "too slow" else 10)
    assert str(told.value).startswith("children-looked-after was not ")
    assert str(told.value).count(". ") == 0
    assert held(project) == looked_after(AREAS[:1])
    assert len(publisher.asked) == times


def test_a_download_that_broke_off_is_tried_again(get, project, publisher):
    said = get(gives(RIGHT, cut=300, ETag='"a"'), gives(b"", 503), gives(RIGHT))
    assert "3 areas" in said
    assert held(project) == RIGHT


def test_a_download_goes_on_where_it_broke_off_unless_the_file_is_another(get, project, publisher, monkeypatch):
    monkeypatch.setattr(fetching, "PIECE", 100)
    get(gives(RIGHT, cut=300, ETag='"a"'), gives(RIGHT, ETag='"a"'))
    assert [span for _, span in publisher.asked] == [None, "bytes=300-"]
    assert held(project) == RIGHT
    other = looked_after(years=(2022, 2023, 2024, 2025))
    get(gives(RIGHT, cut=300, ETag='"a"'), gives(other, ETag='"b"'))
    assert held(project) == other


def test_a_redirect_within_the_host_and_to_one_that_is_named_is_followed(get, project, publisher):
    publisher.answers["/moved.csv"] = [gives(RIGHT)]
    other = publisher.host.replace("127.0.0.1", "localhost")
    assert "3 areas" in get(leads_to(f"http://{other}/moved.csv"), about={"also": (other,)})
    assert held(project) == RIGHT


@pytest.mark.parametrize(
    ("areas", "years", "lost"), [(AREAS[:2], (2023, 2024, 2025), "2 areas"), (AREAS, (2025,), "1 year")]
)
def test_a_file_with_less_than_the_one_it_replaces_is_taken_only_if_that_is_meant(get, project, areas, years, lost):
    get(gives(RIGHT))
    with pytest.raises(InputError, match=f"what came has {lost}, and data/raw/exports/children-looked-after.csv has 3"):
        get(gives(looked_after(areas, years)))
    assert held(project) == RIGHT
    get(gives(looked_after(areas, years)), poorer=True)
    assert held(project) == looked_after(areas, years)


def test_a_file_cut_off_by_a_host_that_says_no_length_is_not_taken_beside_a_whole_one_of_another_name(get, project):
    project.raw("exports").mkdir(exist_ok=True)
    project.raw("exports/as-published.csv").write_bytes(RIGHT)
    with pytest.raises(InputError, match="what came has 2 areas, and data/raw/exports/as-published.csv has 3"):
        get(gives(looked_after(AREAS[:2])))
    assert not project.raw("exports/children-looked-after.csv").exists()


def test_a_proxy_is_asked(get, publisher, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://{publisher.host}")
    with pytest.raises(InputError, match="the proxy named in HTTPS_PROXY did not let it through"):
        get(gives(RIGHT), about={"address": "https://example.org/data.csv"})
    assert publisher.asked[0][0] == "CONNECT example.org:443"


def test_a_certificate_that_nobody_vouches_for_is_refused(get, publisher, tmp_path, monkeypatch):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "council.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    publisher.server.socket = context.wrap_socket(publisher.server.socket, server_side=True)
    address = {"address": f"https://{publisher.host}/data.csv"}
    with pytest.raises(InputError, match="cannot be verified; .* in REQUESTS_CA_BUNDLE"):
        get(gives(RIGHT), about=address)
    assert publisher.asked == []
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "council.pem"))
    assert "3 areas" in get(gives(RIGHT), about=address)


@pytest.mark.slow
def test_the_command_says_what_came_and_what_did_not(project, publisher):
    publisher.answers |= {"/data.csv": [gives(RIGHT)], "/gone.csv": [gives(b"", 404)]}
    entry = "  title: {0}\n  format: children-looked-after\n  address: http://{1}/{2}.csv\n  stands_in: x\n"
    project.raw("downloads.yaml").write_text(
        "".join(f"{name}:\n" + entry.format(name, publisher.host, name) for name in ("gone", "data"))
    )
    done = project.pipeline("fetch")
    assert done.returncode == 1
    assert done.stderr.startswith(f"gone was not downloaded: {publisher.host} answers 404 (Not Found)")
    assert done.stdout.startswith("data: data.csv has 3 areas and 3 years")
    assert hashlib.sha256(RIGHT).hexdigest()[:12] in done.stdout
    assert held(project, "data.csv") == RIGHT
    wrong = project.pipeline("fetch", "date")
    assert (wrong.returncode, wrong.stderr) == (
        2, "There is no source 'date' in data/raw/downloads.yaml: did you mean data?\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("format: lait", "format: laid", "lait, format: there is no export 'laid': did you mean lait"),
        ("title: NHS Health Checks", "titel: x", "health-checks, title: Field required"),
    ],
)
def test_a_mistake_in_the_addresses_is_told(project, old, new, words):
    project.replace("data/raw/downloads.yaml", old, new)
    with pytest.raises(InputError, match=words):
        fetching.downloads(project.root)
