"""Who is refused: a foreign page, another name, no token, a form, a rebound name, a look that wants to act."""

from __future__ import annotations

import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.web import door
from astrolabnet_gui.web.keys import Keys
from astrolabnet_gui.web.serve import check
from tests.cli.fakes import FakeLink, server
from tests.web.harbour import HOME, Harbour, harbour

ACT = "/api/commands/server.test"


@pytest_asyncio.fixture
async def port(no_tasks_left: None) -> AsyncIterator[Harbour]:
    async with harbour(FakeLink(server("lal"))) as made:
        yield made


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:8791", "https://127.0.0.1:8790"[:7]]
)
async def test_a_foreign_page_is_refused_even_with_the_token(port: Harbour, origin: str) -> None:
    for headers in ({"Origin": origin}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await port.client.get("/api/things", headers=headers)).status_code == 403
        assert (await port.client.post(ACT, json={"on": "lal"}, headers=headers)).status_code == 403
    assert port.link.submitted == []
    assert (await port.client.get("/api/things", headers={"Origin": HOME})).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8790", "rebound.example:8790", "", "[::"])
async def test_another_name_is_refused_also_for_the_page_itself(port: Harbour, host: str) -> None:
    for path in ("/", "/page/page.js", "/api/things"):
        assert (await port.client.get(path, headers={"Host": host})).status_code == 421
    # A rebound page sends its own name as Host and as Origin: they agree, and it is refused all the same.
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert (await port.client.post(ACT, json={"on": "lal"}, headers=headers)).status_code == 421
    assert port.link.submitted == []


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Basic abc", "Bearer ☃"])
async def test_without_a_token_nothing_is_told(port: Harbour, token: str) -> None:
    paths = ("/api/things", "/api/events", "/api/openapi.json", "/api/journal", "/api/runs/x", "/api/nope", "/x")
    for path in paths:
        answer = await port.client.get(path, headers={"Authorization": token.encode()})
        assert answer.status_code == 401, path
    sent = {"Authorization": token.encode()}
    assert (await port.client.post(ACT, json={"on": "lal"}, headers=sent)).status_code == 401
    assert port.link.submitted == []


async def test_the_read_token_looks_but_does_not_act(port: Harbour) -> None:
    read = {"Authorization": f"Bearer {port.keys.tokens['read']}"}
    assert (await port.client.get("/api/things", headers=read)).status_code == 200
    assert (await port.client.post(ACT, json={"on": "lal"}, headers=read)).status_code == 403
    assert port.link.submitted == []


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""])
async def test_a_form_is_refused(port: Harbour, kind: str) -> None:
    body = b'{"on": "lal"}'
    assert (await port.client.post(ACT, content=body, headers={"Content-Type": kind})).status_code == 415
    assert port.link.submitted == []


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_another_method_is_answered_by_which_there_are(port: Harbour, method: str) -> None:
    for path, there in (("/api/things", "GET"), (ACT, "POST")):
        answer = await port.client.request(method, path)
        assert answer.status_code == 405, answer.text
        assert there in answer.headers["Allow"]
        assert answer.json()["problem"]["what"]
    assert port.link.submitted == []


async def test_a_link_opens_once_and_its_cookie_is_for_this_page_alone(port: Harbour) -> None:
    del port.client.headers["Authorization"]
    ticket = {"ticket": port.keys.ticket("run")}
    entered = await port.client.post("/api/enter", json=ticket)
    assert entered.json() == {"scope": "run"}
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(entered.headers["set-cookie"].split("; "))
    assert (await port.client.post(ACT, json={"on": "lal"})).status_code == 200
    assert (await port.client.post(ACT, json={"on": "lal"}, headers={"Origin": "http://a.example"})).status_code == 403
    assert (await port.client.post("/api/enter", json=ticket)).status_code == 401
    for bad in ({"ticket": 1}, [], {}):
        assert (await port.client.post("/api/enter", json=bad)).status_code == 401


async def test_every_answer_has_the_strict_headers(port: Harbour) -> None:
    for path in ("/", "/docs", "/page/page.js", "/api/things", "/nope"):
        answer = await port.client.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
    refused = await port.client.get("/", headers={"Host": "evil.example"})
    assert "content-security-policy" in refused.headers


async def test_a_body_has_a_largest_size(port: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BODY_BYTES", 100)
    assert (await port.client.post(ACT, json={"on": "lal" * 100})).status_code == 413


def test_tokens_are_long_and_lie_in_a_private_file(tmp_path: Path) -> None:
    keys, file = Keys(), tmp_path / "web" / "1.json"
    keys.save(file, HOME)
    assert json.loads(file.read_text()) == {"url": HOME, **keys.tokens}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {len(bytes.fromhex(token)) for token in keys.tokens.values()} == {32}
    assert keys.tokens["read"] != keys.tokens["run"]


def test_other_computers_are_served_over_tls_only(tmp_path: Path) -> None:
    check("127.0.0.1", None, None)
    with pytest.raises(BadInput, match="unencrypted"):
        check("0.0.0.0", None, None)
    with pytest.raises(BadInput, match="belong together"):
        check("localhost", tmp_path, None)
    with pytest.raises(BadInput, match="there is no file"):
        check("0.0.0.0", tmp_path / "a", tmp_path / "b")
    (tmp_path / "a").touch()
    check("0.0.0.0", tmp_path / "a", tmp_path / "a")
