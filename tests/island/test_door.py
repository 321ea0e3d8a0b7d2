"""The door: who is let in, what is too large, and Livy's words for a body that does not fit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from astrolabnet_gui.island.rest import door
from tests.island.harbour import TOKEN, Harbour, harbour


@pytest_asyncio.fixture
async def port(tmp_path: Path, no_tasks_left: None) -> AsyncIterator[Harbour]:
    async with harbour(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    "token", ["", "Bearer", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ☃"]
)
async def test_without_the_token_nothing_is_answered(port: Harbour, token: str) -> None:
    for path in ("/version", "/sessions", "/nope", "/metrics/ping"):
        answer = await port.ask("GET", path, headers={"Authorization": token.encode()})
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/json;charset=utf-8"
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "token" in answer.json()["msg"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:1", "127.0.0.1.evil.example", "", "0.0.0.0:1", "[::"])
async def test_another_host_name_is_a_misdirected_request(port: Harbour, host: str) -> None:
    assert (await port.ask("GET", "/version", headers={"Host": host})).status_code == 421


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1:1", "[::1]:1", "LOCALHOST"])
async def test_loopback_names_are_answered(port: Harbour, host: str) -> None:
    assert (await port.ask("GET", "/version", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:2"])
async def test_a_foreign_page_is_refused_even_with_the_token(port: Harbour, origin: str) -> None:
    assert (await port.ask("GET", "/sessions", headers={"Origin": origin})).status_code == 403
    assert (await port.ask("GET", "/sessions", headers={"Origin": "http://127.0.0.1:1"})).status_code == 200


async def test_what_changes_something_needs_the_header_pages_can_not_send(port: Harbour) -> None:
    del port.client.headers["X-Requested-By"]
    answer = await port.ask("POST", "/sessions", json={})
    assert answer.status_code == 400
    assert "CSRF" in answer.json()["msg"]
    assert (await port.ask("GET", "/sessions")).json()["total"] == 0


async def test_a_body_has_a_largest_size_told_or_not(port: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "JSON_BYTES", 1000)
    monkeypatch.setattr(door, "UPLOAD_BYTES", 2000)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    told = await port.ask("POST", "/sessions", content=b"x" * 1001)
    untold = await port.ask("POST", "/sessions", content=pieces())
    number = await port.open()
    upload = await port.ask("POST", f"/sessions/{number}/upload-file", files={"file": ("a", b"x" * 2001)})
    for answer in (told, untold, upload):
        assert answer.status_code == 500
        assert "SizeConstraintExceededException" in answer.json()
    assert (await port.ask("GET", "/sessions")).json()["total"] == 1


async def test_an_unknown_version_of_the_protocol(port: Harbour) -> None:
    for path in ("/sessions", "/batches/3"):
        answer = await port.ask("GET", path, headers={"Accept": "application/vnd.livy.v9.9+json"})
        assert (answer.status_code, answer.json()) == (406, {"msg": "No value found for '9.9'"})
    known = await port.ask("GET", "/sessions", headers={"Accept": "application/vnd.livy.v0.1+json"})
    assert known.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("PUT", "/sessions/7", 405, "application/json;charset=utf-8"),
        ("GET", "/sessions/7/nope/nope", 404, "application/json;charset=utf-8"),
        ("GET", "/batches/7/nope", 404, "application/json;charset=utf-8"),
        ("GET", "/nope", 404, "text/html;charset=utf-8"),
    ],
)
async def test_paths_that_do_not_exist(port: Harbour, method: str, path: str, status: int, kind: str) -> None:
    answer = await port.ask(method, path)
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (status, kind, b"")


async def test_the_root_leads_to_the_page(port: Harbour) -> None:
    answer = await port.ask("GET", "/")
    assert (answer.status_code, answer.headers["location"]) == (302, "http://127.0.0.1:1/ui")
    await port.open(name="<script>")
    page = await port.ask("GET", "/ui")
    assert "&lt;script&gt;" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_metrics_show_memory_and_sessions(port: Harbour) -> None:
    await port.open()
    gauges = (await port.ask("GET", "/metrics/metrics")).json()["gauges"]
    assert gauges["island.sessions.active"]["value"] == 1
    assert gauges["island.memory.used_bytes"]["value"] > 1_000_000
    assert (await port.ask("GET", "/metrics/ping")).text == "pong\n"


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("/sessions", {"__probe__": 1}, 400, "(17 known properties"),
        ("/batches", {"kind": "x"}, 400, "(16 known properties"),
        ("/sessions", {"kind": "bogus"}, 400, "Invalid kind: bogus (through reference chain"),
        ("/sessions", {"driverCores": "two"}, 500, "java.lang.ClassCastException: class java.lang.String"),
        ("/sessions", {"conf": 3}, 400, "Cannot deserialize"),
        ("/sessions", {"jars": "a.jar"}, 400, "Cannot deserialize"),
        ("/sessions", {"name": {}}, 400, "Cannot deserialize"),
        ("/sessions", [], 400, "Cannot deserialize"),
        ("/sessions", None, 500, "NullPointerException"),
        ("/sessions", {"idleTimeout": "soon"}, 400, "Rejected, Reason: Invalid time string: soon"),
        ("/sessions", {"ttl": "3parsec"}, 400, "Rejected, Reason: Invalid suffix"),
        ("/sessions", {"conf": {"livy.rsc.retained-statements": "x"}}, 400, 'For input string: "x"'),
        ("/sessions", {"pyFiles": ["x.py"]}, 400, "Rejected, Reason: requirement failed: Path 'x.py' is not absolute."),
        ("/batches", {"args": ["1"]}, 400, "Rejected, Reason: requirement failed: File is required."),
    ],
)
async def test_bodies_that_do_not_fit(port: Harbour, path: str, body: Any, status: int, says: str) -> None:
    answer = (
        await port.ask("POST", path, json=body) if body is not None else await port.ask("POST", path, content=b"null")
    )
    text = answer.json()["msg"] if isinstance(answer.json(), dict) else answer.json()
    assert answer.status_code == status
    assert says in text
    assert (await port.ask("GET", path)).json()["total"] == 0


@pytest.mark.parametrize("raw", [b"", b"  ", b"{not json", b"{", b'"x"', b"\xff\xfe", b"[" * 200_000, b'{"kind": NaN}'])
async def test_bytes_that_are_no_json_object(port: Harbour, raw: bytes) -> None:
    answer = await port.ask("POST", "/sessions", content=raw)
    assert answer.status_code == 400
    assert isinstance(answer.json(), str)


async def test_a_form_body_is_lost_as_in_livy(port: Harbour) -> None:
    answer = await port.ask("POST", "/sessions", data={"kind": "pyspark"})
    assert (answer.status_code, answer.json()[:32]) == (400, "No content to map due to end-of-")


async def test_numbers_of_paths_and_queries(port: Harbour) -> None:
    number = await port.open()
    for path, text in (
        ("/sessions/99999999999", "99999999999"),
        ("/sessions?from=abc", "abc"),
        ("/batches?size=x", "x"),
        (f"/sessions/{number}/log?size=1.5", "1.5"),
        (f"/sessions/{number}/statements/abc", "abc"),
    ):
        answer = await port.ask("GET", path)
        assert (answer.status_code, answer.json()) == (400, {"msg": f'For input string: "{text}"'})
    assert (await port.ask("GET", "/sessions?from=-3&size=-1")).json() == {"from": -3, "total": 1, "sessions": []}
    assert (await port.ask("GET", f"/sessions/{number}/jobs/9")).status_code == 500
