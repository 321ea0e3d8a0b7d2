"""Test a server, and what it can: flows over several requests, with respx in place of a network."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import respx

from astrolabnet_gui.client.capabilities import Capabilities, elsewhere, is_apache, written
from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.client.probe import Report, look_at
from astrolabnet_gui.errors import Ambiguous, Malformed
from astrolabnet_gui.model.server import Auth, AuthKind, Server

URL = "https://lal.org/livy"
REFUSAL = json.dumps(
    'Unrecognized field "__probe__" (class org.apache.livy.X), not marked as ignorable (3 known properties: "kind", '
    '"conf", "ttl"])\n at [Source: x; line: 1]'
)


def client_of(auth: Auth | None = None, capabilities: Capabilities | None = None) -> LivyClient:
    server = Server(uuid="u", alias="lal", url=URL, auth=auth or Auth())
    return LivyClient(server, secret={"s": "pw"}.get, capabilities=capabilities or Capabilities())


def says(status: int = 200, body: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers=headers)


async def report(version: httpx.Response, sessions: httpx.Response, batches: httpx.Response | None = None) -> Report:
    with respx.mock(base_url=URL, assert_all_called=False) as net:
        net.get("/version").mock(return_value=version)
        net.get("/sessions").mock(return_value=sessions)
        net.get("/batches").mock(return_value=batches or says(body={"from": 0, "total": 1, "sessions": []}))
        client = client_of()
        found = await look_at(client)
        await client.aclose()
        assert {call.request.method for call in net.calls} == {"GET"}
    return found


ROWS = {"from": 0, "total": 2, "sessions": [{"id": 0, "state": "dead"}]}


async def test_apache_livy_is_fine() -> None:
    found = await report(says(body={"version": "0.9.0-incubating"}), says(body=ROWS))
    assert (found.finding, found.text) == ("fine", "Livy 0.9.0; 2 sessions, 1 batch")
    assert found.livy == "0.9.0-incubating"


async def test_spark_is_named_if_a_session_lives() -> None:
    rows = {"total": 1, "sessions": [{"id": 0, "state": "idle", "appInfo": {"sparkUiUrl": "https://lal.org:4040/"}}]}
    with respx.mock as net:
        net.get(f"{URL}/version").mock(return_value=says(body={"version": "0.9.0-incubating"}))
        net.get(f"{URL}/sessions").mock(return_value=says(body=rows))
        net.get(f"{URL}/batches").mock(return_value=says(body={"sessions": [], "total": 0}))
        net.get("https://lal.org:4040/api/v1/version").mock(return_value=says(body={"spark": "3.5.6"}))
        client = client_of()
        found = await look_at(client)
        await client.aclose()
    assert found.text == "Livy 0.9.0, Spark 3.5.6; 1 session, 0 batches"
    assert found.spark == "3.5.6"


@pytest.mark.parametrize(
    ("version", "text"),
    [
        (says(404), "Livy's protocol; 2 sessions, 1 batch"),
        (says(body={"spark": "3.5"}), "Livy's protocol; 2 sessions, 1 batch"),
        (says(body=[]), "Livy's protocol; 2 sessions, 1 batch"),
        (httpx.Response(200, html="<html>Lighter</html>"), "Livy's protocol; 2 sessions, 1 batch"),
        (says(body={"version": "lighter-0.1"}), "Livy's protocol, lighter-0.1; 2 sessions, 1 batch"),
        (says(body={"version": "<unknown>"}), "Livy's protocol; 2 sessions, 1 batch"),
    ],
)
async def test_other_speakers_are_fine(version: httpx.Response, text: str) -> None:
    found = await report(version, says(body=ROWS))
    assert (found.finding, found.text) == ("fine", text)


async def test_no_batches_is_fine_too() -> None:
    found = await report(says(404), says(body=ROWS), says(404))
    assert found.text == "Livy's protocol; 2 sessions, 0 batches"


@pytest.mark.parametrize(
    ("sessions", "finding", "words"),
    [
        (says(404), "not Livy", "404"),
        (httpx.Response(200, html="<html>hi</html>"), "not Livy", "web page"),
        (says(body={"users": []}), "not Livy", "sessions is not as Livy says it"),
        (says(401), "login needed", "does not know this login"),
        (httpx.Response(200, html="<form>password</form>"), "login needed", "login page"),
        (says(302, location="https://sso.org/login"), "login needed", "sso.org"),
        (says(503), "refused", "can not take more now"),
        (says(body={"sessions": "x"}), "unclear", "sessions is not as Livy says it"),
    ],
)
async def test_what_is_wrong_is_said(sessions: httpx.Response, finding: str, words: str) -> None:
    found = await report(says(404), sessions)
    assert found.finding == finding
    assert words in found.text
    assert found.remedy or finding == "not Livy"


async def test_not_reachable() -> None:
    with respx.mock as net:
        net.get(f"{URL}/version").mock(side_effect=httpx.ConnectTimeout("slow"))
        client = client_of()
        found = await look_at(client)
        await client.aclose()
    assert (found.finding, found.text) == ("not reachable", "no connection to lal.org:443 within 3 s.")


def test_the_written_table() -> None:
    assert "ttl" not in written("0.7.1-incubating")
    assert "ttl" in written("0.8.0-incubating")
    assert "idleTimeout" not in written("0.8.0-incubating")
    assert "idleTimeout" in written("0.10.0-incubating-SNAPSHOT")
    assert written("1.2.3-lighter") == written("") == written("0.2.0")
    assert is_apache("0.9.0")
    assert not any(map(is_apache, ["", "<unknown>", "1.0.0", "0.9.0-amzn-1", "0.9", "0.9.0-incubating\nx"]))


async def test_the_probe_is_sent_once_per_version() -> None:
    known = Capabilities()
    with respx.mock(base_url=URL) as net:
        net.get("/version").mock(return_value=says(body={"version": "0.9.0-incubating"}))
        probe = net.post("/sessions").mock(return_value=httpx.Response(400, text=REFUSAL))
        for _ in range(2):
            client = client_of(capabilities=known)
            assert await client.known_fields() == {"kind", "conf", "ttl"}
            await client.aclose()
    assert probe.call_count == 1
    assert json.loads(probe.calls[0].request.content) == {"__probe__": 1}


async def test_the_probe_is_not_sent_elsewhere() -> None:
    with respx.mock(base_url=URL, assert_all_called=False) as net:
        net.get("/version").mock(return_value=says(body={"version": "0.9.0-amzn-1"}))
        probe = net.post("/sessions").mock(return_value=says(201, {"id": 7, "state": "starting"}))
        client = client_of()
        assert "ttl" not in await client.known_fields()
        await client.aclose()
    assert probe.call_count == 0


FABRIC = "https://api.fabric.microsoft.com/v1/workspaces/1/lakehouses/2/livyapi/versions/2023-12-01"
SYNAPSE = "https://ours.dev.azuresynapse.net/livyApi/versions/2019-11-01-preview/sparkPools/small"
EMR = "https://00f.livy.emr-serverless-services.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("url", "absent"),
    [("http://spark.example:8080/lighter/api", {"queue", "proxyUser", "ttl"}), (FABRIC, {"queue", "proxyUser", "ttl"}),
     (SYNAPSE, {"queue", "proxyUser", "ttl"}), (EMR, {"ttl", "idleTimeout"})],
)  # fmt: skip
async def test_speakers_known_by_their_address_are_not_probed_whatever_version_they_say(
    url: str, absent: set[str]
) -> None:
    with respx.mock(base_url=url, assert_all_called=False) as net:
        net.get("/version").mock(return_value=says(body={"version": "0.9.0-incubating"}))
        probe = net.post("/sessions").mock(return_value=says(201, {"id": 7, "state": "starting"}))
        client = LivyClient(Server(uuid="u", alias="x", url=url), capabilities=Capabilities())
        known = await client.known_fields()
        await client.aclose()
    assert probe.call_count == 0
    assert not known & absent
    assert {"kind", "conf", "executorMemory"} <= known


def test_an_address_that_only_looks_like_one_of_them_is_apaches() -> None:
    for url in (URL, "https://lal.org/lighter/apiary", "https://lal.org/fabric.microsoft.com/livyapi/", "http://x"):
        assert elsewhere(url) is None, url


@pytest.mark.parametrize("answer", [says(500, "boom"), says(400, {"msg": "no"}), says(403, {})])
async def test_another_refusal_leaves_it_to_the_table(answer: httpx.Response) -> None:
    with respx.mock(base_url=URL) as net:
        net.get("/version").mock(return_value=says(body={"version": "0.9.0-incubating"}))
        net.post("/sessions").mock(return_value=answer)
        client = client_of()
        assert await client.known_fields() == written("0.9.0")
        await client.aclose()


async def test_a_session_out_of_the_probe_is_deleted_exactly_and_reported() -> None:
    with respx.mock(base_url=URL) as net:
        net.get("/version").mock(return_value=says(body={"version": "0.9.0-incubating"}))
        probe = net.post("/sessions").mock(return_value=says(201, {"id": 7, "state": "starting"}))
        gone = net.delete("/sessions/7").mock(return_value=says(200, {"msg": "deleted"}))
        client = client_of()
        with pytest.raises(Malformed, match=r"lal: it made session 7 out of a question .* deleted at once"):
            await client.known_fields()
        assert await client.known_fields() == written("0.9.0")
        await client.aclose()
    assert (probe.call_count, gone.call_count) == (1, 1)


async def test_a_probe_whose_answer_is_lost_is_not_repeated() -> None:
    with respx.mock(base_url=URL) as net:
        net.get("/version").mock(return_value=says(body={"version": "0.9.0-incubating"}))
        probe = net.post("/sessions").mock(side_effect=httpx.ReadError("cut"))
        client = client_of()
        with pytest.raises(Ambiguous):
            await client.known_fields()
        assert await client.known_fields() == written("0.9.0")
        await client.aclose()
    assert probe.call_count == 1


async def test_a_refused_login_is_found_by_the_test_once() -> None:
    auth = Auth(kind=AuthKind.BASIC, user="a", secret="s")
    with respx.mock(base_url=URL) as net:
        asked = net.get("/version").mock(return_value=says(401))
        client = client_of(auth)
        first, second = await look_at(client), await look_at(client)
        await client.aclose()
    assert (first.finding, second.finding) == ("login needed", "login needed")
    assert asked.call_count == 1
