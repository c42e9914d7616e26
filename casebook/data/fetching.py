"""Downloading official exports from the addresses in ``data/raw/downloads.yaml``: whole, recognised, no poorer.

A download goes on where it broke off, is tried again, and stands beside the exports only once it was read as what it
should be. Addresses are of https with a verified certificate and lead to no other host than is named. The usual
variables name a proxy and the certificates of one that looks into the traffic (HTTPS_PROXY, REQUESTS_CA_BUNDLE).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

import pandas as pd
from pydantic import Field, ValidationError, field_validator

from casebook import digest
from casebook.data import exports, formats, personal
from casebook.data.catalogue import Described
from casebook.data.project import RAW, write_whole
from casebook.errors import InputError, one_of
from casebook.once import texts

DESCRIBED = RAW / "downloads.yaml"
PARTS = Path(".casebook/downloads")
RETRIES, REDIRECTS, PIECE = 3, 5, 1 << 16
CONNECT, SILENCE, LONGEST = 10.0, 60.0, 900.0
"""Seconds: for a host to answer at all, between two pieces of a file, and for one file."""
Told = Callable[[int, int], None]
"""Called with the bytes received and the bytes expected (0 if nobody knows)."""


class Download(Described):
    """Where an export is to be had."""

    name: str
    title: str
    format: str
    address: str
    stands_in: str
    """The page that gives the address."""
    also: tuple[str, ...] = ()
    """Further hosts it may lead to."""
    sha256: str | None = Field(None, pattern="^[0-9a-f]{64}$")

    @field_validator("format")
    @classmethod
    def _can_be_read(cls, value: str) -> str:
        known = [one.name for one in formats.FORMATS]
        if value not in known:
            raise ValueError(f"there is no export {value!r}: {one_of(dict.fromkeys(known), value)}")
        return value

    @property
    def host(self) -> str:
        """Where it is asked for."""
        return urlsplit(self.address).netloc


class _RefusedError(Exception):
    """What another attempt would not change."""


def downloads(root: Path) -> dict[str, Download]:
    """Read where exports are to be had, by name.

    Raises
    ------
    InputError
        If the file is not there, or says what cannot be.
    """
    try:
        content = texts((root / DESCRIBED).read_text(encoding="utf-8"), DESCRIBED)
    except FileNotFoundError:
        raise InputError(f"{DESCRIBED} is not there: restore it from version control.") from None
    found = {}
    for name, said in (content if isinstance(content, dict) else {}).items():
        try:
            found[name] = Download.model_validate({**said, "name": name})
        except TypeError:
            raise InputError(f"{DESCRIBED}, {name}: found {said!r}, expected names with their values.") from None
        except ValidationError as error:
            problem = error.errors()[0]
            where = ", ".join([name, *map(str, problem["loc"])])
            raise InputError(f"{DESCRIBED}, {where}: {problem['msg'].removeprefix('Value error, ')}.") from None
    return found


def named(root: Path, name: str) -> Download:
    """Return where one export is to be had.

    Raises
    ------
    InputError
        If the file that says so is wrong, or names no such export.
    """
    known = downloads(root)
    if name not in known:
        raise InputError(f"There is no source {name!r} in {DESCRIBED}: {one_of(known, name)}")
    return known[name]


def fetch(
    root: Path, one: Download, told: Told = lambda *_: None, *, poorer: bool = False, silence: float = SILENCE
) -> str:
    """Download an export and put it in its place, if it is what it should be; return what came, in a sentence.

    Parameters
    ----------
    told
        Called as the file comes.
    poorer
        Whether to take a file that has fewer areas or years than the one it replaces.
    silence
        How many seconds a host may say nothing.

    Raises
    ------
    InputError
        If it cannot be had, or is not what it should be; what was there is then as it was.
    """
    import pooch

    pooch.get_logger().setLevel("ERROR")
    ending = _ending(one)
    file = f"{one.name}{ending}"
    (root / PARTS).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root / PARTS) as folder:
        transfer = _Transfer(root / PARTS / f"{file}.part", {one.host, *one.also}, silence, told)
        known = None if one.sha256 is None else f"sha256:{one.sha256}"
        store = pooch.create(folder, "", registry={file: known}, urls={file: one.address}, retry_if_failed=RETRIES)
        try:
            path = Path(store.fetch(file, downloader=transfer))
        except Exception as error:
            raise InputError(f"{one.name} was not downloaded: {_why(error, one)}; what was held stays.") from None
        frame = _recognised(path, one)
        held = root / exports.FOLDER / file
        if held.is_file() and held.read_bytes() == path.read_bytes():
            return f"{one.name}: what {one.host} has is what is held ({held.name})."
        if not poorer:
            _check_no_poorer(root, one, frame)
        write_whole(held, path.read_bytes())
    areas, years = _extent(frame)
    return (
        f"{one.name}: {held.name} has {_count(areas, 'area')} and {_count(years, 'year')}, "
        f"{held.stat().st_size / 1e6:.1f} MB, SHA-256 {digest.of_file(held)[:12]}..."
    )


def _ending(one: Download) -> str:
    ending = Path(urlsplit(one.address).path).suffix.lower()
    return ending if ending in exports.ENDINGS else ".csv"


@dataclass(frozen=True)
class _Transfer:
    """Brings a file, for pooch: what came of it before is kept, and asked for no second time."""

    part: Path
    hosts: set[str]
    silence: float
    told: Told

    def __call__(self, url: str, output_file: str | Path | IO[bytes], pooch: Any, check_only: bool = False) -> None:
        """Write what an address gives into a file."""
        import requests

        version = self.part.with_suffix(".etag")
        begun = self.part.stat().st_size if self.part.is_file() and version.is_file() else 0
        asked = {"Accept-Encoding": "identity"}
        if begun:
            asked |= {"Range": f"bytes={begun}-", "If-Range": version.read_text(encoding="utf-8")}
        with self._answer(url, asked) as answer:
            status, tag = answer.status_code, answer.headers.get("ETag", "")
            if status in (408, 416, 429) or status >= 500:
                self.part.unlink(missing_ok=True)
                raise requests.HTTPError(f"{urlsplit(url).netloc} answers {status} ({answer.reason})")
            if status not in (200, 206):
                raise _RefusedError(f"{urlsplit(url).netloc} answers {status} ({answer.reason})")
            begun = begun if status == 206 else 0
            length = int(answer.headers.get("Content-Length", 0))
            version.unlink(missing_ok=True)
            if tag and not tag.startswith("W/"):
                version.write_text(tag, encoding="utf-8")
            self._write(answer, begun, begun + length if length else 0)
        received = self.part.read_bytes()
        version.unlink(missing_ok=True)
        self.part.unlink()
        Path(str(output_file)).write_bytes(received)

    def _answer(self, address: str, headers: dict[str, str]) -> Any:
        import requests

        for _ in range(REDIRECTS):
            self._check(address)
            answer = requests.get(
                address, headers=headers, stream=True, timeout=(CONNECT, self.silence), allow_redirects=False
            )
            if not answer.is_redirect:
                return answer
            answer.close()
            address = urljoin(address, answer.headers["Location"])
        raise _RefusedError("its address leads from one to the next and to no file")

    def _check(self, address: str) -> None:
        place = urlsplit(address)
        here = place.hostname in ("127.0.0.1", "localhost", "::1")
        if place.scheme != "https" and not (place.scheme == "http" and here):
            raise _RefusedError(f"{place.scheme}://{place.netloc} is not https, so nobody could tell what came")
        if place.netloc not in self.hosts:
            raise _RefusedError(f"its address leads to {place.netloc}, another host than is named ('also' names more)")

    def _write(self, answer: Any, begun: int, whole: int) -> None:
        import requests

        received, start = begun, time.monotonic()
        with self.part.open("ab" if begun else "wb") as file:
            for piece in answer.iter_content(PIECE):
                file.write(piece)
                received += len(piece)
                self.told(received, whole)
                if time.monotonic() - start > LONGEST:
                    raise requests.Timeout(f"it took longer than {LONGEST:.0f} seconds")
        if whole and received != whole:
            raise requests.ConnectionError(f"{received} of {whole} bytes came")


def _why(error: Exception, one: Download) -> str:
    from requests import HTTPError, RequestException, Timeout, exceptions

    reasons: dict[type[Exception] | tuple[type[Exception], ...], str] = {
        (_RefusedError, HTTPError): str(error),
        exceptions.SSLError: (
            f"the certificate of {one.host} cannot be verified; where a council's proxy looks into the traffic, name "
            "the file of its certificates in REQUESTS_CA_BUNDLE"
        ),
        exceptions.ProxyError: "the proxy named in HTTPS_PROXY did not let it through",
        Timeout: f"{one.host} took too long to answer; try again later",
        RequestException: (
            f"the connection to {one.host} failed or broke off; call it again, and it goes on from there if the host "
            "allows that"
        ),
    }
    if found := [words for kinds, words in reasons.items() if isinstance(error, kinds)]:
        return found[0]
    if one.sha256 and "hash" in str(error):
        return f"its SHA-256 is not the one in {DESCRIBED}, {one.sha256}"
    return " ".join(str(error).split())[:200] or type(error).__name__


def _recognised(path: Path, one: Download) -> pd.DataFrame:
    try:
        found = formats.read(path)
    except Exception:
        # What a damaged file makes the libraries raise has no end.
        found = None
    if found is None or found[0].name != one.format or found[1]["value"].notna().sum() == 0:
        begins = path.read_bytes()[:200].decode("utf-8", errors="replace").split()
        page = "a web page" if begins and begins[0].casefold().startswith(("<!doctype", "<html")) else "something else"
        came = page if found is None else found[0].title if found[0].name != one.format else "a file without a value"
        raise InputError(
            f"{one.name} was not taken: {one.host} gave {came} in place of {formats.named(one.format).title}; look "
            f"whether {one.stands_in} gives another address, and put it into {DESCRIBED}."
        )
    if people := personal.of_file(path):
        raise InputError(f"{one.name} was not taken: it holds what looks like {people[0][2]} ({people[0][0]}).")
    return found[1]


def _check_no_poorer(root: Path, one: Download, frame: pd.DataFrame) -> None:
    """Refuse a file with fewer areas or years than one that is held of the same measures, whatever that is called.

    A host that says no length may break off without anybody noticing it otherwise.
    """
    for held in exports.held(root):
        known = formats.recognise(held)
        before = formats.read(held) if known and known[0].name == one.format else None
        if before is None or (common := set(frame["measure"]) & set(before[1]["measure"])) == set():
            continue
        both = [_extent(each[each["measure"].isin(common)]) for each in (frame, before[1])]
        for noun, now, then in zip(("area", "year"), *both, strict=True):
            if now < then:
                raise InputError(
                    f"{one.name} was not taken: what came has {_count(now, noun)}, and {exports.FOLDER / held.name} "
                    f"has {then}; if that is meant, take it with --accept."
                )


def _extent(frame: pd.DataFrame) -> tuple[int, int]:
    valued = frame[frame["value"].notna()]
    return valued["area"].nunique(), len({formats.year_of(period) for period in valued["period"].unique()} - {None})


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
