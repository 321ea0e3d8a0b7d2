"""Every recording of a real Livy is understood: as the value it holds, or as the error it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import BaseModel

from astrolabnet_gui.client.budgets import STATE
from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.client.spark import SparkClient
from astrolabnet_gui.client.ui import SparkUi
from astrolabnet_gui.errors import (
    Ambiguous,
    AstroLabNetError,
    Busy,
    NotFound,
    NotLivy,
    Refused,
)
from astrolabnet_gui.model import output
from astrolabnet_gui.model.livy import NewBatch, NewSession, NewStatement, Session, Statement, Version
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.spark import Job
from tests.client.recordings import Player, Recording, load

ALL = load()
Call = Callable[[LivyClient, Recording], Awaitable[Any]]


def _query(recording: Recording) -> dict[str, int]:
    found = parse_qs(urlsplit(recording.path).query)
    return {k + ("_" if k == "from" else ""): int(v[0]) for k, v in found.items() if v[0].lstrip("-").isdigit()}


def _steps(recording: Recording) -> list[str]:
    return urlsplit(recording.path).path.strip("/").split("/")


def _id(recording: Recording, place: int = 1) -> str:
    return _steps(recording)[place]


async def _log(client: LivyClient, r: Recording) -> Any:
    ask = client.session_log if _id(r, 0) == "sessions" else client.batch_log
    return await ask(_id(r), **_query(r))


async def _list(client: LivyClient, r: Recording) -> Any:
    return await (client.sessions if _id(r, 0) == "sessions" else client.batches)(**_query(r))


async def _one(client: LivyClient, r: Recording) -> Any:
    return await (client.session if _id(r, 0) == "sessions" else client.batch)(_id(r))


async def _state(client: LivyClient, r: Recording) -> Any:
    return await (client.session_state if _id(r, 0) == "sessions" else client.batch_state)(_id(r))


async def _delete(client: LivyClient, r: Recording) -> Any:
    return await (client.delete_session if _id(r, 0) == "sessions" else client.delete_batch)(_id(r))


async def _upload(client: LivyClient, r: Recording) -> Any:
    name = _id(r, 2).replace("-", "_")
    return await getattr(client, name)(_id(r), "stars.csv", b"name,mag\n")


async def _spark(client: LivyClient, r: Recording) -> Any:
    """Spark's pages, under the same loopback server."""
    spark = SparkClient(client.server, SparkUi(client.server.url, "x"))
    spark._at = (spark._call, "/applications/x")
    try:
        match _steps(r)[2:]:
            case ["version"]:
                return await spark.version()
            case ["applications"]:
                return await spark.applications()
            case ["applications", _, "jobs"]:
                return await spark.jobs()
            case ["applications", _, "jobs", n]:
                return await spark._call.get(f"/applications/x/jobs/{n}", Job, STATE)
            case ["applications", _, "stages"]:
                return await spark.stages()
            case ["applications", _, "executors"]:
                return await spark.executors()
            case _:
                return await spark._call.get_all("/applications/x/sql", SqlRow, STATE)
    finally:
        await spark.aclose()


class SqlRow(BaseModel):
    """Not used by the product; recorded all the same."""

    id: int
    status: str


async def _raw_get(client: LivyClient, r: Recording) -> Any:
    """Requests the client never makes: what comes back must still be one of our errors, or a value."""
    return await client.call.get(r.path, Version, STATE)


async def _raw_put(client: LivyClient, r: Recording) -> Any:
    ask = client.call._ask("PUT", r.path, STATE, b'{"a":1}')
    return await client.call.send(ask)


N = r"[^/?]+"
TABLE: tuple[tuple[str, str, Call], ...] = (
    ("GET", r"/version", lambda c, r: c.version()),
    ("GET", r"/(sessions|batches)(\?.*)?", _list),
    ("GET", rf"/(sessions|batches)/{N}", _one),
    ("GET", rf"/(sessions|batches)/{N}/state", _state),
    ("GET", rf"/(sessions|batches)/{N}/log(\?.*)?", _log),
    ("GET", rf"/sessions/{N}/statements(\?.*)?", lambda c, r: c.statements(_id(r), **_query(r))),
    ("GET", rf"/sessions/{N}/statements/{N}", lambda c, r: c.statement(_id(r), _id(r, 3))),
    ("POST", r"/sessions", lambda c, r: c.create_session(NewSession(kind="pyspark", name="x"))),
    ("POST", r"/batches", lambda c, r: c.create_batch(NewBatch(file="/x.py"))),
    ("POST", rf"/sessions/{N}/statements", lambda c, r: c.run_statement(_id(r), NewStatement(code="1"))),
    ("POST", rf"/sessions/{N}/statements/{N}/cancel", lambda c, r: c.cancel_statement(_id(r), _id(r, 3))),
    ("POST", rf"/sessions/{N}/completion", lambda c, r: c.complete(_id(r), "x", "spark", 1)),
    ("POST", rf"/sessions/{N}/connect", lambda c, r: c.keep_alive(_id(r))),
    ("POST", rf"/sessions/{N}/stop", lambda c, r: c.stop_session(_id(r))),
    ("POST", rf"/sessions/{N}/add-file", lambda c, r: c.add_file(_id(r), "file:///x")),
    ("POST", rf"/sessions/{N}/upload-(file|jar|pyfile)", _upload),
    ("DELETE", rf"/(sessions|batches)/{N}", _delete),
    ("GET", r"/api/v1/.*", _spark),
    ("GET", r"/|/metrics/ping|/nope|/sessions/777/nope/nope|/sessions/16/jobs/99", _raw_get),
    ("PUT", r"/sessions/777", _raw_put),
)


def _call(recording: Recording) -> Call:
    for method, pattern, call in TABLE:
        if method == recording.method and re.fullmatch(pattern, recording.path):
            return call
    raise AssertionError(f"no call for {recording.method} {recording.path}")


def _agrees(value: Any, sent: Any, where: str) -> int:
    """Compare a model value with the JSON it came from, field by field; the number of fields looked at."""
    if isinstance(value, BaseModel):
        looked = 0
        assert isinstance(sent, dict), where
        for name, field in type(value).model_fields.items():
            alias = field.alias or name
            if alias in sent and sent[alias] is not None:
                looked += _agrees(getattr(value, name), sent[alias], f"{where}.{name}")
        return looked
    if isinstance(value, tuple):
        assert len(value) == len(sent), where
        return 1 + sum(_agrees(v, s, f"{where}[{i}]") for i, (v, s) in enumerate(zip(value, sent, strict=True)))
    assert value == sent, where
    return 1


def _expected(recording: Recording) -> type[AstroLabNetError]:
    text = str(recording.body)
    starts_something = re.fullmatch(r"/sessions|/batches|/sessions/\d+/(statements|add-.*|upload-.*)", recording.path)
    if recording.status == 404:
        return NotFound
    if recording.status == 302:
        return NotLivy
    if "too many sessions" in text:
        return Busy
    provably_not_run = ("Session is in state", "Invalid kind", "Code type should")
    if recording.status >= 500 and recording.method == "POST" and starts_something:
        return Refused if any(words in text for words in provably_not_run) else Ambiguous
    return Refused


def test_there_are_420_of_them() -> None:
    assert len(ALL) == 420
    assert Counter(r.method for r in ALL) == {"GET": 263, "POST": 146, "DELETE": 10, "PUT": 1}


@pytest.mark.parametrize("stem", sorted({r.name.rpartition("-")[0] for r in ALL}))
async def test_each_is_understood(stem: str) -> None:
    looked = 0
    async with Player() as player:
        client = LivyClient(Server(uuid="u", alias="lal", url=player.url))
        try:
            for recording in (r for r in ALL if r.name.rpartition("-")[0] == stem):
                player.now = recording
                asked = len(player.asked)
                looked += await _check(client, recording)
                assert len(player.asked) == asked + 1, recording.name
                method, path = player.asked[-1]
                assert method == recording.method
                if "/api/v1/" not in path:
                    assert urlsplit(path).path == urlsplit(recording.path).path
        finally:
            await client.aclose()
    assert looked


async def _check(client: LivyClient, recording: Recording) -> int:
    call = _call(recording)
    if recording.status >= 300 or recording.path == "/metrics/ping":
        expected = NotLivy if recording.path == "/metrics/ping" else _expected(recording)
        if recording.method == "DELETE":
            assert await call(client, recording) is False
            return 1
        with pytest.raises(expected) as caught:
            await call(client, recording)
        assert type(caught.value) is expected, (recording.name, str(caught.value))
        assert str(caught.value).startswith("lal: "), recording.name
        assert "\n" not in str(caught.value)
        return 1
    value = await call(client, recording)
    body = recording.body
    match value:
        case None:
            return 1
        case True:
            assert body == {"msg": "deleted"}
            return 1
        case str():
            assert value == body.get("state", body.get("spark")), recording.name
            return 1
        case Statement():
            _check_output(value, body)
    if isinstance(value, tuple) and isinstance(body, dict):
        assert list(value) == body["candidates"]
        return 1
    return _agrees(value, body, recording.name)


def _check_output(statement: Statement, body: dict[str, Any]) -> None:
    parts = output.parse(statement.output)
    sent = body["output"]
    if sent is None:
        assert parts == ()
    elif sent["status"] == "error":
        assert isinstance(parts[0], output.Failure)
        assert parts[0].message == sent["evalue"]
    elif "msg_type" in sent["data"]:
        assert isinstance(parts[0], output.Failure)
    elif "application/json" in sent["data"] and "schema" in str(sent["data"]["application/json"])[:12]:
        assert isinstance(parts[0], output.Table)
        assert len(parts[0].rows) == len(sent["data"]["application/json"]["data"])
    else:
        texts = [p.text for p in parts if isinstance(p, output.Text)]
        assert texts == [t for t in [sent["data"].get("text/plain", "")] if t]


async def test_a_list_that_did_not_change_is_not_parsed_again() -> None:
    recording = next(r for r in ALL if r.path == "/sessions" and isinstance(r.body, dict) and r.body.get("sessions"))
    async with Player() as player:
        player.now = recording
        client = LivyClient(Server(uuid="u", alias="lal", url=player.url))
        first, listing = await client.sessions_if_changed(None)
        again, nothing = await client.sessions_if_changed(first)
        await client.aclose()
    assert listing is not None
    assert isinstance(listing.sessions[0], Session)
    assert nothing is None
    assert again == first


async def test_known_fields_come_from_the_recorded_refusal() -> None:
    recording = next(r for r in ALL if r.sent == {"__probe__": 1})
    from astrolabnet_gui.client.capabilities import Capabilities

    async with Player() as player:
        player.now = recording
        client = LivyClient(Server(uuid="u", alias="lal", url=player.url))
        capabilities = Capabilities()
        fields = await capabilities.fields(client.call, "0.10.0-incubating-SNAPSHOT")
        again = await capabilities.fields(client.call, "0.10.0-incubating-SNAPSHOT")
        await client.aclose()
    assert len(fields) == 17
    assert {"ttl", "idleTimeout", "kind", "executorMemory"} <= fields
    assert again == fields
    assert player.asked == [("POST", "/sessions")]
