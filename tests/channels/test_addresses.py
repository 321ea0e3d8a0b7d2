"""Files by their addresses, on real Spark, from a real web server: only what changed, whole or absent, no way out."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from astrolabnet_gui.channels.folder import code, drift, rehearsal, told
from astrolabnet_gui.channels.spec import Spec
from tests.channels.runs import Bench, Staged, stage

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]


class Site(ThreadingHTTPServer):
    """A folder as a web server shows it.

    Attributes:
        asked: what was asked for; heads: with which Authorization.
        cuts: how often a file is cut short; tags: answers carry dates; heads_only: it knows HEAD.
        sends: path → where it sends whoever asks.
    """

    daemon_threads = False

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Files, directory=str(folder)))
        self.folder, self.asked, self.logins = folder, Counter[str](), dict[str, str]()
        self.cuts: dict[str, int] = {}
        self.sends: dict[str, str] = {}
        self.dated = self.heads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Files(SimpleHTTPRequestHandler):
    server: Site

    def do_HEAD(self) -> None:
        if not self.server.heads:
            self.send_error(405)
            return
        self._seen("HEAD") or super().do_HEAD()

    def do_GET(self) -> None:
        if self._seen("GET"):
            return
        left = self.server.cuts.get(self.path, 0)
        if not left:
            super().do_GET()
            return
        self.server.cuts[self.path] = left - 1
        data = (self.server.folder / self.path[1:]).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2])
        self.close_connection = True

    def _seen(self, how: str) -> bool:
        self.server.asked[f"{how} {self.path}"] += 1
        self.server.logins[self.path] = self.headers.get("Authorization", "")
        if (there := self.server.sends.get(self.path)) is None:
            return False
        self.send_response(302)
        self.send_header("Location", there)
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True

    def send_header(self, keyword: str, value: str) -> None:
        if keyword != "Last-Modified" or self.server.dated:
            super().send_header(keyword, value)

    def log_message(self, *_: object) -> None:
        """Silent."""


def serving(folder: Path) -> Iterator[Site]:
    made = Site(folder)
    thread = Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Three files, one below a folder, and what is none."""
    folder = tmp_path / "site"
    (folder / "2026").mkdir(parents=True)
    for name, data in (("a.fits", os.urandom(3_000_000)), ("2026/b 1.csv", b"id\n1\n"), ("empty.txt", b""),
                       (".hidden", b"x"), ("_log", b"x")):  # fmt: skip
        (folder / name).write_bytes(data)
    yield from serving(folder)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Site]:
    """Another site."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "c.bin").write_bytes(b"from elsewhere")
    yield from serving(tmp_path / "elsewhere")


def mirror(work: Path, place: str, **more: Any) -> Staged:
    return stage(work, mode="mirror", format="urls", place=place, **more)


def lies(channel: Staged) -> dict[str, bytes]:
    return {str(f.relative_to(channel.to)): f.read_bytes() for f in channel.to.rglob("*")
            if f.is_file() and not f.name.endswith(".crc")}  # fmt: skip


def shown(site: Site) -> dict[str, bytes]:
    files = (f for f in site.folder.rglob("*") if f.is_file() and f.name[0] not in "._")
    return {str(f.relative_to(site.folder)): f.read_bytes() for f in files}


def test_what_an_index_links_to_is_fetched_once_and_then_only_what_changed(
    tmp_path: Path, bench: Bench, site: Site
) -> None:
    channel = mirror(tmp_path, site.url)
    rehearsed = told(bench.printed(rehearsal(Spec.read((channel.folder / "channel.json").read_text("utf-8")))))
    assert (rehearsed["files"], rehearsed["read_bytes"]) == (3, 3_000_005)
    assert bench.run(channel) == ""
    assert lies(channel) == shown(site)
    said = channel.said()
    assert (said["state"], said["verified"], said["files"], said["copied"]) == ("DONE", True, [3, 3], 3)
    assert said["bytes"] == 3_000_005
    site.asked.clear()
    assert bench.run(channel) == ""
    assert channel.said()["copied"] == 0
    assert not [one for one in site.asked if one.startswith("GET") and not one.endswith("/")], "nothing was fetched"
    (site.folder / "2026" / "b 1.csv").write_bytes(b"id\n2\n")
    os.utime(site.folder / "2026" / "b 1.csv", (2e9, 2e9))
    (site.folder / "2026" / "new.csv").write_bytes(b"id\n3\n")
    (site.folder / "empty.txt").unlink()
    assert bench.run(channel) == ""
    assert channel.said()["copied"] == 2
    assert lies(channel) == {**shown(site), "empty.txt": b""}, "what went there is kept"
    assert not list(channel.to.rglob("*.coming"))
    # the copy drifts: found, and only that is fetched again
    (channel.to / "a.fits").write_bytes(b"broken")
    found = told(bench.printed(drift(channel.folder.as_uri(), mend=True)))
    assert found["drift"] == [["a.fits", "is of another length"]]
    assert bench.run(channel) == ""
    assert channel.said()["copied"] == 1
    assert lies(channel)["a.fits"] == shown(site)["a.fits"]


def test_a_file_that_does_not_come_whole_is_tried_again_and_never_half_there(
    tmp_path: Path, bench: Bench, site: Site
) -> None:
    site.cuts["/a.fits"] = 2
    channel = mirror(tmp_path, f"{site.url}a.fits {site.url}empty.txt")
    assert bench.run(channel) == ""
    assert site.asked["GET /a.fits"] == 3
    assert lies(channel) == {name: shown(site)[name] for name in ("a.fits", "empty.txt")}
    site.cuts["/a.fits"] = 99
    again = mirror(tmp_path / "again", f"{site.url}a.fits")
    assert "1,500,000 of 3,000,000 bytes came" in bench.run(again)
    assert again.said()["state"] == "FAILED"
    assert lies(again) == {}


def test_a_server_that_says_no_dates_and_knows_no_heads_is_compared_by_content(
    tmp_path: Path, bench: Bench, site: Site
) -> None:
    site.dated = site.heads = False
    channel = mirror(tmp_path, f"{site.url}a.fits")
    for copied in (1, 0):
        assert bench.run(channel) == ""
        assert channel.said()["copied"] == copied
    (site.folder / "a.fits").write_bytes(b"other")
    assert bench.run(channel) == ""
    assert (channel.said()["copied"], lies(channel)) == (1, {"a.fits": b"other"})


def test_a_list_names_files_and_a_login_stays_with_its_site(
    tmp_path: Path, bench: Bench, site: Site, elsewhere: Site
) -> None:
    (site.folder / "night.lst").write_text(f"# of the night\na.fits\n\n2026/b%201.csv\n{site.url}sent.bin\n")
    site.sends["/sent.bin"] = f"{elsewhere.url}c.bin"
    word = tmp_path / "word"
    word.write_text("Bearer hunter2")
    word.chmod(0o600)
    channel = mirror(tmp_path, f"@{site.url}night.lst", secrets={"header.Authorization": f"file:{word}"})
    assert bench.run(channel) == ""
    assert sorted(lies(channel)) == ["2026/b 1.csv", "a.fits", "sent.bin"]
    assert lies(channel)["sent.bin"] == b"from elsewhere"
    assert set(site.logins.values()) == {"Bearer hunter2"}
    assert set(elsewhere.logins.values()) == {""}, "who was sent elsewhere took no login along"
    kept = b"".join(f.read_bytes() for f in channel.folder.rglob("*") if f.is_file())
    assert b"hunter2" not in kept


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("{site}none.fits", "answers 404"), ("http://127.0.0.1:9/x.fits", "can not be reached"),
        ("{site}a.fits http://127.0.0.1:9/a.fits", "would both be"), ("gopher://x/y", "no address of a file"),
        ("{site}2026/.hidden", "no file gets here"), ("{site}..%2f..%2fa", "no file gets here"),
        ("@{site}bad.lst", "no list from elsewhere may"), ("{site}2026/none/", "answers 404"),
    ],
)  # fmt: skip
def test_what_can_not_be_fetched_stops_it_with_words(
    place: str, words: str, tmp_path: Path, bench: Bench, site: Site
) -> None:
    (site.folder / "bad.lst").write_text("file:///etc/passwd\n")
    channel = mirror(tmp_path, place.format(site=site.url))
    assert words in bench.run(channel)
    assert channel.said()["state"] == "FAILED"
    assert lies(channel) == {}


def test_an_address_that_is_not_there_is_said_before_it_starts(tmp_path: Path, bench: Bench, site: Site) -> None:
    spec = Spec(id="n-1", title="N", mode="mirror", format="urls", place=f"{site.url}a.fits {site.url}no.fits")
    found = told(bench.printed(code("check", tmp_path.as_uri(), id=spec.id, spec=spec.text())))
    assert [(p["field"], "no.fits" in p["what"]) for p in found["problems"]] == [("place", True)]
    by_file = mirror(tmp_path, (site.folder).as_uri() + "/ " + (site.folder / "a.fits").as_uri())
    assert bench.run(by_file) == ""
    assert lies(by_file) == shown(site)
