"""How one call behaves: what it sends, what it takes, when it asks again."""

from __future__ import annotations

import asyncio
import gzip
import time

import pytest

from astrolabnet_gui.errors import Malformed, Unreachable
from astrolabnet_gui.model.livy import NewStatement
from tests.client.test_faults import after_request, client_of, timed
from tests.faultserver import Conversation, FaultServer, always


async def test_an_answer_at_the_cap_is_taken() -> None:
    rows = b",".join(b'{"id":%d,"state":"idle","name":"%s"}' % (i, b"x" * 900) for i in range(15_000))
    async with FaultServer(always(b'{"from":0,"total":15000,"sessions":[' + rows + b"]}")) as server:
        client = client_of(server.url, timeout_s=8.0)
        listing = await client.sessions()
        await client.aclose()
    assert len(listing.sessions) == 15_000
    assert not listing.broken


async def test_odd_but_readable() -> None:
    body = (
        b'{"id":0,"state":"dreaming","kind":"perl","log":["a\\ud800b","\xff","ok"],"appInfo":null,"new":{"a":[1]},'
        b'"id":3,"conf":{"a":"\\\\ud800"}}'
    )
    async with FaultServer(always(body)) as server:
        client = client_of(server.url)
        session = await client.session(3)
        await client.aclose()
    assert (session.id, session.state, session.kind) == (3, "dreaming", "perl")
    assert session.log == ("a�b", "�", "ok")
    assert session.conf == {"a": "\\ud800"}
    assert session.appInfo.sparkUiUrl is None


async def test_not_a_number_is_a_result_but_no_id() -> None:
    good = b'{"id":0,"state":"available","progress":NaN,"output":{"data":{"application/json":[NaN,1e999]}}}'
    async with FaultServer(always(good)) as server:
        client = client_of(server.url)
        statement = await client.statement(0, 0)
        await client.aclose()
    assert statement.progress == 0.0
    assert statement.output is not None
    assert str(statement.output["data"]["application/json"]) == "[nan, inf]"
    async with FaultServer(always(b'{"id":NaN,"state":"idle"}')) as server:
        client = client_of(server.url)
        error, _ = await timed(client.session(0))
        await client.aclose()
    assert isinstance(error, Malformed)
    assert error.field.startswith("id")


async def test_one_bad_row_does_not_hide_the_others() -> None:
    rows = b'[{"id":0,"state":"idle"},{"id":-1,"state":"idle"},{"id":0,"state":"x"},7,{"id":2},{"id":"u","state":"x"}]'
    async with FaultServer(always(b'{"sessions":' + rows + b',"broken":"me"}')) as server:
        client = client_of(server.url)
        listing = await client.sessions()
        await client.aclose()
    assert [s.id for s in listing.sessions] == [0, "u"]
    assert len(listing.broken) == 4
    assert "row 1: id" in listing.broken[0]
    assert "stands there twice" in listing.broken[1]


async def test_the_empty_gzip_livy_sends_without_saying_so() -> None:
    async with FaultServer(always(gzip.compress(b""))) as server:
        client = client_of(server.url)
        await client.add_file(0, "file:///x")
        await client.upload_file(0, "x.csv", b"a")
        await client.aclose()
    assert server.connections == 2


async def test_a_read_is_asked_again_when_a_kept_connection_broke() -> None:
    """The server closes just as the second request leaves; and only then is it asked again."""
    seen: list[str] = []

    async def once_per_connection(talk: Conversation) -> None:
        await talk.request()
        seen.append(talk.path)
        await talk.answer(b'{"version":"1"}')
        if await talk.request():
            talk.reset()

    async with FaultServer(once_per_connection) as server:
        client = client_of(server.url)
        assert (await client.version()).version == "1"
        assert (await client.version()).version == "1"
        await client.aclose()
    assert server.connections == 2
    assert seen == ["/version", "/version"]


async def test_a_read_that_breaks_on_a_fresh_connection_is_not_repeated() -> None:
    async with FaultServer(after_request(end="reset")) as server:
        client = client_of(server.url)
        error, _ = await timed(client.version())
        await client.aclose()
    assert type(error) is Unreachable
    assert server.connections == 1


async def test_posts_go_on_fresh_connections() -> None:
    statement = b'{"id":0,"state":"waiting"}'
    async with FaultServer(always(statement, headers="Connection: keep-alive\r\n")) as server:
        client = client_of(server.url)
        for _ in range(3):
            await client.run_statement(0, NewStatement(code="1"))
        posts = server.connections
        for _ in range(3):
            await client.statement(0, 0)
        await client.aclose()
    assert posts == 3
    assert server.connections == 4


async def test_what_every_request_says() -> None:
    heard: list[Conversation] = []

    async def listen(talk: Conversation) -> None:
        await talk.request()
        heard.append(talk)
        await talk.answer(b'{"id":0,"state":"waiting"}')

    async with FaultServer(listen) as server:
        client = client_of(server.url)
        await client.statement(0, 0)
        await client.run_statement(0, NewStatement(code="print('ż')\n", kind="pyspark"))
        await client.aclose()
    for talk in heard:
        assert talk.headers["user-agent"].startswith("AstroLabNet/")
        assert talk.headers["x-requested-by"] == "AstroLabNet"
        assert talk.headers["accept"] == "application/json"
        assert "authorization" not in talk.headers
    assert heard[0].headers["accept-encoding"] == "gzip"
    assert heard[1].headers["accept-encoding"] == "identity"
    assert heard[1].headers["content-type"] == "application/json"
    assert heard[1].body.decode() == '{"code":"print(\'ż\')\\n","kind":"pyspark"}'


async def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FaultServer(always(b"{}")) as proxy, FaultServer(always(b'{"version":"1"}')) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        client = client_of(server.url)
        assert (await client.version()).version == "1"
        await client.aclose()
    assert proxy.connections == 0


async def test_a_cancelled_call_ends_at_once() -> None:
    async with FaultServer(after_request(end="silent")) as server:
        client = client_of(server.url, timeout_s=60)
        call = asyncio.create_task(client.version())
        async with asyncio.timeout(2):
            while not server.connections:
                await asyncio.sleep(0.01)
        started = time.monotonic()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await client.aclose()
    assert time.monotonic() - started < 0.5


async def test_closed_while_it_is_asked_is_our_error_and_so_is_asking_afterwards() -> None:
    asked = asyncio.Event()

    async def silent(talk: Conversation) -> None:
        await talk.request()
        asked.set()
        await talk.forever()

    async with FaultServer(silent) as server:
        client = client_of(server.url, timeout_s=8.0)
        asking = asyncio.create_task(client.version())
        await asked.wait()
        await client.aclose()
        with pytest.raises(Unreachable, match="lal"):
            await asking
        with pytest.raises(Unreachable, match="it is closed here"):
            await client.version()
        with pytest.raises(Unreachable, match="nothing was sent"):  # not Ambiguous: it can not have arrived
            await client.run_statement(0, NewStatement(code="1"))


async def test_a_connection_without_an_error_of_its_own_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    said = ["second argument (exceptions) must be a non-empty sequence", "another fault"]

    async def nobody(*_: object, **__: object) -> None:
        raise ValueError(said[0])

    monkeypatch.setattr("anyio.connect_tcp", nobody)
    client = client_of("http://127.0.0.1:9")
    error, _ = await timed(client.session(0))
    assert isinstance(error, Unreachable)
    said.pop(0)
    with pytest.raises(ValueError, match="another fault"):
        await client.session(0)
    await client.aclose()
