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

IMPATIENT_S = 1.0  # total of the shortest budget; the others scale with it
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
    "silence": Fault(after_request(end="silent"), Unreachable, "silent for 0.625 s"),
    "silence in the body": Fault(
        after_request(HEAD + b"Content-Length: 100\r\n\r\n{", end="silent"), Unreachable, "silent for 0.625 s"
    ),
    "drip": Fault(endless(HEAD + b"Content-Length: 9999\r\n\r\n", b" ", 0.05), Unreachable, "within 1 s"),
    "drip of headers": Fault(endless(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.05), Unreachable, "within 1 s"),
    "endless 100 Continue": Fault(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01), Unreachable, "within 1 s"),
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


async def timed(call: Awaitable[object]) -> tuple[BaseException, float]:
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
        error, took_s = await timed(client.version())
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
        client = client_of(server.url, timeout_s=0.3)  # the budget of a POST is 7.5 times as long
        error, took_s = await timed(client.run_statement(0, NewStatement(code="1")))
        await client.aclose()
    if name in ("endless body", "endless chunks", "bomb", "bomb in a bomb"):
        assert isinstance(error, Ambiguous)
    assert type(error) is fault.post, error
    _is_for_people(error)
    assert server.connections == 1
    assert took_s <= 2.25 + 1.0
    if isinstance(error, Ambiguous):
        assert "It may have been carried out" in error.remedy


async def test_nobody_listens() -> None:
    client = client_of(f"http://127.0.0.1:{closed_port()}")
    for call in (client.version(), client.run_statement(0, NewStatement(code="1"))):
        error, took_s = await timed(call)
        assert type(error) is Unreachable
        assert "nobody listens" in str(error)
        _is_for_people(error)
        assert took_s < 1
    await client.aclose()


async def test_no_such_name() -> None:
    client = client_of("http://livy.invalid:8998")
    error, _ = await timed(client.version())
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
    error, took_s = await timed(client.run_statement(0, NewStatement(code="1")))
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
            error, took_s = await timed(call(client))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        await client.aclose()
    assert isinstance(error, Malformed)
    if name == "deep":
        assert "recursion limit" in str(error)
    assert peak <= (cap_mb + 10) * MB
    assert took_s < 20
