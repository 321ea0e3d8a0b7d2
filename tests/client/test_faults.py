"""Every fault on a real socket: the right error, the server's name, a remedy, in time, in bounded memory."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.errors import (
    Ambiguous,
    AstroLabNetError,
    Busy,
    LoginNeeded,
    Malformed,
    NotFound,
    NotLivy,
    Refused,
    TooLarge,
    Unreachable,
)
from astrolabnet_gui.model.livy import NewStatement
from astrolabnet_gui.model.server import Server
from tests.faultserver import Conversation, FaultServer, Script, always, closed_port

IMPATIENT_S = 0.4  # total of the shortest budget; the others scale with it
LOGIN_PAGE = b"<html><form action='/login'><input type=password name=p></form></html>"
BOMB = gzip.compress(b"0" * (300 << 20), 9)
MB = 1 << 20


def client_of(url: str, timeout_s: float = IMPATIENT_S) -> LivyClient:
    return LivyClient(Server(uuid="u", alias="lal", url=url, timeout_s=timeout_s))


def after_request(*parts: bytes, every_s: float = 0.0, end: str = "close") -> Script:
    """Script that reads one request and then sends raw parts."""

    async def script(talk: Conversation) -> None:
        await talk.request()
        for part in parts:
            await talk.send(part)
            await asyncio.sleep(every_s)
        if end == "reset":
            talk.reset()
        elif end == "silent":
            await talk.forever()

    return script


def endless(first: bytes, part: bytes, every_s: float = 0.0) -> Script:
    """Script that sends ``part`` for ever."""

    async def script(talk: Conversation) -> None:
        await talk.request()
        await talk.send(first)
        while True:
            await talk.send(part)
            await asyncio.sleep(every_s)

    return script


def packed(data: bytes, encoding: str = "gzip") -> Script:
    return always(data, headers=f"Content-Encoding: {encoding}\r\n")


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@dataclass(frozen=True)
class Fault:
    """What the server does; what a GET of /version gives; words that must be in it."""

    script: Script
    error: type[AstroLabNetError]
    words: str
    post: type[AstroLabNetError] = Ambiguous


FAULTS: dict[str, Fault] = {
    "page": Fault(always(b"<html>It works!</html>", kind="text/html"), NotLivy, "web page"),
    "login page": Fault(always(LOGIN_PAGE, kind="text/html"), LoginNeeded, "login page"),
    "redirect to login": Fault(
        always(b"", status=302, headers="Location: https://sso.org/login?next=secret\r\n"), LoginNeeded, "sso.org"
    ),
    "redirect": Fault(always(b"", status=301, headers="Location: http://b.org/x\r\n"), NotLivy, "b.org"),
    "half a reply": Fault(
        after_request(HEAD + b'Content-Length: 100\r\n\r\n{"vers'), Unreachable, "half an answer"
    ),
    "half a chunk": Fault(
        after_request(HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{"), Unreachable, "half an answer"
    ),
    "bad chunk": Fault(after_request(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{"), NotLivy, "not in HTTP"),
    "no reply": Fault(after_request(), Unreachable, "hung up without an answer"),
    "reset": Fault(after_request(end="reset"), Unreachable, "was cut"),
    "reset in the body": Fault(
        after_request(HEAD + b"Content-Length: 100\r\n\r\n{", every_s=0.05, end="reset"), Unreachable, "was cut"
    ),
    "silence": Fault(after_request(end="silent"), Unreachable, "silent for 0.25 s"),
    "silence in the body": Fault(
        after_request(HEAD + b"Content-Length: 100\r\n\r\n{", end="silent"), Unreachable, "silent for 0.25 s"
    ),
    "drip": Fault(endless(HEAD + b"Content-Length: 9999\r\n\r\n", b" ", 0.05), Unreachable, "within 0.4 s"),
    "drip of headers": Fault(endless(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.05), Unreachable, "within 0.4 s"),
    "endless 100 Continue": Fault(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01), Unreachable, "within 0.4 s"),
    "endless body": Fault(endless(HEAD + b"\r\n", b" " * 4096), TooLarge, "larger than 64 KB"),
    "endless chunks": Fault(
        endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b" " * 4096 + b"\r\n"), TooLarge, "64 KB"
    ),
    "a million headers": Fault(endless(b"HTTP/1.1 200 OK\r\n", b"X-Y: z\r\n" * 512), NotLivy, "not in HTTP"),
    "bomb": Fault(packed(BOMB), TooLarge, "larger than 64 KB"),
    "bomb in a bomb": Fault(packed(gzip.compress(BOMB)), TooLarge, "larger than 64 KB"),
    "packed twice": Fault(packed(gzip.compress(gzip.compress(b"{}"))), Malformed, "packed twice"),
    "packed twice, said so": Fault(packed(gzip.compress(gzip.compress(b"{}")), "gzip, gzip"), Malformed, "gzip, gzip"),
    "other packing": Fault(packed(zlib.compress(b"{}"), "deflate"), Malformed, "deflate"),
    "not packed": Fault(packed(b'{"version":"1"}'), Malformed, "it is not"),
    "packing cut": Fault(packed(gzip.compress(b"{}" * 999)[:-9]), Malformed, "ends too early"),
    "packing damaged": Fault(packed(b"\x1f\x8b\x08\x00" + b"\xff" * 60), Malformed, "damaged"),
    "more after the packing": Fault(packed(gzip.compress(b"{}") * 2), Malformed, "follow the end"),
    "deep": Fault(always(b"[" * 60_000), Malformed, "recursion limit"),
    "huge number": Fault(always(b'{"version":' + b"9" * 60_000 + b"}"), Malformed, "number out of range"),
    "no JSON": Fault(always(b"{oops"), Malformed, "no readable JSON"),
    "nothing": Fault(always(b""), Malformed, "answered with nothing"),
    "JSON, but a list": Fault(always(b"[1]"), NotLivy, "not as Livy says it"),
    "field of another type": Fault(always(b'{"version":{}}'), Malformed, "version is not as Livy says it"),
    "picture": Fault(always(b"\x89PNG", kind="image/png"), NotLivy, "image/png"),
    "not HTTP": Fault(after_request(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), NotLivy, "not in HTTP"),
    "401": Fault(always(b"", status=401, kind=""), LoginNeeded, "status 401", LoginNeeded),
    "403 page": Fault(
        always(b"<html><title>Error 403 No</title></html>", status=403, kind="text/html"), LoginNeeded, "Error 403 No",
        LoginNeeded,
    ),
    "404": Fault(always(b'{"msg":"No session 7."}', status=404), NotFound, "No session 7.", NotFound),
    "400": Fault(always(b'"No content to map"', status=400), Refused, "No content to map", Refused),
    "413": Fault(always(b"", status=413, kind=""), Refused, "413", Refused),
    "429": Fault(always(b"", status=429, headers="Retry-After: 7\r\n"), Busy, "7 s of patience"),
    "503": Fault(always(b"", status=503, kind="text/html"), Busy, "status 503"),
    "500": Fault(always(b'"java.lang.Error: boom\\n\\tat x"', status=500), Refused, "“boom” (500)"),
    "500, not run": Fault(
        always(b'"java.lang.IllegalStateException: Session is in state starting"', status=500), Refused,
        "Session is in state starting", Refused,
    ),
    "too many": Fault(
        always(b'{"msg":"Rejected, too many sessions are being created!"}', status=400), Busy, "too many", Busy
    ),
}  # fmt: skip


async def _timed(call: Awaitable[object]) -> tuple[BaseException, float]:
    started = time.monotonic()
    with pytest.raises(AstroLabNetError) as caught:
        await call
    return caught.value, time.monotonic() - started


def _is_for_people(error: BaseException) -> None:
    text = str(error)
    assert text.startswith("lal: "), text
    assert "\n" not in text
    assert text.isprintable()
    assert len(text) < 700
    assert "secret" not in text


@pytest.mark.parametrize("name", FAULTS)
async def test_a_read(name: str) -> None:
    fault = FAULTS[name]
    async with FaultServer(fault.script) as server:
        client = client_of(server.url)
        error, took_s = await _timed(client.version())
        await client.aclose()
    assert type(error) is fault.error, error
    assert fault.words in str(error)
    _is_for_people(error)
    if isinstance(error, (Unreachable, LoginNeeded, Malformed, Busy)):
        assert error.remedy
    if isinstance(error, Malformed):
        assert error.url == f"{server.url}/version"
    assert took_s <= IMPATIENT_S + 1.0


@pytest.mark.parametrize("name", FAULTS)
async def test_a_post_is_sent_once_and_its_loss_is_said(name: str) -> None:
    fault = FAULTS[name]
    async with FaultServer(fault.script) as server:
        client = client_of(server.url, timeout_s=0.1)  # the budget of a POST is 7.5 times as long
        error, took_s = await _timed(client.run_statement(0, NewStatement(code="1")))
        await client.aclose()
    if name in ("endless body", "endless chunks", "bomb", "bomb in a bomb"):
        assert isinstance(error, Ambiguous)
    assert type(error) is fault.post, error
    _is_for_people(error)
    assert server.connections == 1
    assert took_s <= 0.75 + 1.0
    if isinstance(error, Ambiguous):
        assert "It may have been carried out" in error.remedy


async def test_nobody_listens() -> None:
    client = client_of(f"http://127.0.0.1:{closed_port()}")
    for call in (client.version(), client.run_statement(0, NewStatement(code="1"))):
        error, took_s = await _timed(call)
        assert type(error) is Unreachable
        assert "nobody listens" in str(error)
        _is_for_people(error)
        assert took_s < 1
    await client.aclose()


async def test_no_such_name() -> None:
    client = client_of("http://livy.invalid:8998")
    error, _ = await _timed(client.version())
    await client.aclose()
    assert type(error) is Unreachable
    assert "the name livy.invalid is not known" in str(error)


async def test_http_to_a_listener_that_never_accepts() -> None:
    server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0, backlog=1, start_serving=False)
    port = server.sockets[0].getsockname()[1]
    fillers = []
    for _ in range(4):  # fill the queue of connections nobody accepts
        try:
            async with asyncio.timeout(0.1):
                fillers.append(await asyncio.open_connection("127.0.0.1", port))
        except (TimeoutError, OSError):
            break
    client = client_of(f"http://127.0.0.1:{port}")
    error, took_s = await _timed(client.run_statement(0, NewStatement(code="1")))
    await client.aclose()
    for _, writer in fillers:
        writer.close()
    server.close()
    assert isinstance(error, Unreachable)
    assert took_s < IMPATIENT_S * 7.5 + 1


CAPS: dict[str, tuple[Script, Callable[[LivyClient], Awaitable[object]], int]] = {
    "bomb": (packed(BOMB), lambda c: c.sessions(), 16),
    "bomb in a bomb": (packed(gzip.compress(BOMB)), lambda c: c.sessions(), 16),
    "endless": (endless(HEAD + b"\r\n", b" " * 65536), lambda c: c.sessions(), 16),
    "5 GB announced": (endless(HEAD + b"Content-Length: 5000000000\r\n\r\n", b" " * 65536), lambda c: c.sessions(), 16),
    "log": (endless(HEAD + b"\r\n", b" " * 65536), lambda c: c.session_log(0), 4),
    "deep": (always(b"[" * 200_000), lambda c: c.sessions(), 16),
    "million digits": (always(b"9" * 1_000_000), lambda c: c.sessions(), 16),
}


@pytest.mark.parametrize("name", CAPS)
async def test_memory_stays_bounded(name: str) -> None:
    script, call, cap_mb = CAPS[name]
    async with FaultServer(script) as server:
        client = client_of(server.url, timeout_s=8.0)
        tracemalloc.start()
        try:
            error, took_s = await _timed(call(client))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        await client.aclose()
    assert isinstance(error, Malformed)
    assert peak <= (cap_mb + 10) * MB
    assert took_s < 20


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
        error, _ = await _timed(client.session(0))
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
        error, _ = await _timed(client.version())
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
