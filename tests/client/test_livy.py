"""Calls of Livy: what is refused before it is sent, and how each is spelled."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Generator

import httpx
import pytest
import respx

from astrolabnet_gui.client.caller import step, upload_name
from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.model.livy import NewBatch, NewSession, NewStatement
from astrolabnet_gui.model.server import Server

URL = "https://gw.org:8443/gateway/default/livy/v1"
Call = Callable[[LivyClient], Awaitable[object]]


def client_of() -> LivyClient:
    return LivyClient(Server(uuid="u", alias="lal", url=URL))


SPELLED: list[tuple[str, str, object, Call, str]] = [
    ("GET", "/sessions?from=5&size=2", {"sessions": []}, lambda c: c.sessions(5, 2), ""),
    ("GET", "/sessions/3/log?from=-1&size=-1", {"id": 3}, lambda c: c.session_log(3, size=-1), ""),
    (
        "GET", "/sessions/3/statements?from=0&size=1&order=desc", {"statements": []},
        lambda c: c.statements(3, size=1, order="desc"), "",
    ),
    ("GET", "/sessions/my%2Fname/state", {"id": 3, "state": "idle"}, lambda c: c.session_state("my/name"), ""),
    ("POST", "/sessions", {"id": 1, "state": "x"}, lambda c: c.create_session(NewSession(ttl="1h")), '{"ttl":"1h"}'),
    (
        "POST", "/batches", {"id": 1, "state": "x"}, lambda c: c.create_batch(NewBatch(file="x.py", args=("ż",))),
        '{"file":"x.py","args":["ż"]}',
    ),
    ("POST", "/sessions/3/add-jar", None, lambda c: c.add_jar(3, "hdfs:///x.jar"), '{"uri":"hdfs:///x.jar"}'),
    ("POST", "/sessions/3/add-pyfile", None, lambda c: c.add_pyfile(3, "file:///x.py"), '{"uri":"file:///x.py"}'),
    ("POST", "/sessions/3/connect", {"id": 3, "state": "idle"}, lambda c: c.keep_alive(3), "{}"),
    (
        "POST", "/sessions/3/completion", {"candidates": ["parallelize"]}, lambda c: c.complete(3, "sc.p", "spark", 4),
        '{"code":"sc.p","kind":"spark","cursor":4}',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "answer", "call", "body"), SPELLED, ids=[f"{s[0]} {s[1]}" for s in SPELLED])
async def test_spelling(method: str, path: str, answer: object, call: Call, body: str) -> None:
    with respx.mock as net:
        reply = httpx.Response(200) if answer is None else httpx.Response(200, json=answer)
        route = net.route(method=method).mock(return_value=reply)
        client = client_of()
        await call(client)
        await client.aclose()
        request = route.calls[0].request
    assert str(request.url) == URL + path
    assert request.content.decode() == body
    assert request.headers.get("content-type") == ("application/json" if body else None)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda c: c.create_session(NewSession(name="123")), "name"),
        (lambda c: c.create_session(NewSession(name="a/b")), "name"),
        (lambda c: c.create_batch(NewBatch(file="x", name=" ")), "name"),
        (lambda c: c.run_statement(0, NewStatement(code="1", kind="shared")), "kind"),
        (lambda c: c.run_statement(0, NewStatement.model_construct(code="\ud800")), "code"),
        (lambda c: c.session(".."), "id"),
        (lambda c: c.delete_session(""), "id"),
    ],
)
async def test_what_livy_takes_badly_is_never_sent(call: Call, field: str) -> None:
    with respx.mock(assert_all_called=False) as net:
        route = net.route()
        client = client_of()
        with pytest.raises(BadInput) as caught:
            await call(client)
        await client.aclose()
        assert not route.called
    assert caught.value.field == field


@pytest.mark.parametrize("code", ["'\"\\\n\t\x00\x7f", "ż😀\u2028", "%table x", "${env:HOME}", ""])
async def test_code_arrives_as_it_is(code: str) -> None:
    with respx.mock as net:
        route = net.post(f"{URL}/sessions/0/statements").mock(
            return_value=httpx.Response(201, json={"id": 0, "state": "waiting", "code": code})
        )
        client = client_of()
        statement = await client.run_statement(0, NewStatement(code=code))
        await client.aclose()
        assert json.loads(route.calls[0].request.content) == {"code": code}
    assert statement.code == code


@pytest.mark.parametrize(
    ("given_name", "sent"),
    [
        ("stars 1.csv", "stars_1.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\x.jar", "x.jar"),
        ('a"\r\nX: y', "a___X__y"),
        ("...", "file"),
        ("żółw.py", "___w.py"),
        ("x" * 300 + ".jar", "x" * 124 + ".jar"),
    ],
)
def test_names_of_uploads_are_safe(given_name: str, sent: str) -> None:
    assert upload_name(given_name) == sent


async def test_a_large_upload_goes_out_in_pieces_and_arrives_whole() -> None:
    """In one piece it was copied at once: the loop stood still, and so did the end of the program."""
    pieces: list[bytes] = []
    times = []

    class Taking(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            assert isinstance(request.stream, httpx.AsyncByteStream)
            pieces[:] = [piece async for piece in request.stream]
            times.append(len(pieces))
            assert int(request.headers["content-length"]) == sum(map(len, pieces))
            assert "transfer-encoding" not in request.headers
            return httpx.Response(401 if len(times) == 1 else 200, stream=httpx.ByteStream(b""))

    class Login(httpx.Auth):
        """As Kerberos does it: after a 401 the same request goes out again."""

        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            if (yield request).status_code == 401:
                yield request

    data = bytes(range(256)) * 2000
    client = client_of()
    client.call._http = httpx.AsyncClient(transport=Taking(), auth=Login())
    await client.upload_file(0, "big.bin", data)
    await client.aclose()
    assert len(times) == 2
    assert data in b"".join(pieces)
    assert max(map(len, pieces)) <= 64 * 1024


async def test_an_upload_is_one_part() -> None:
    with respx.mock as net:
        route = net.post(f"{URL}/sessions/0/upload-jar").mock(return_value=httpx.Response(200))
        client = client_of()
        await client.upload_jar(0, "a b.jar", b"\x00\xff--\r\n")
        await client.aclose()
        request = route.calls[0].request
    mark = request.headers["content-type"].partition("boundary=")[2]
    assert request.content == (
        f'--{mark}\r\nContent-Disposition: form-data; name="jar"; filename="a_b.jar"\r\n'
        f"Content-Type: application/octet-stream\r\n\r\n".encode()
        + b"\x00\xff--\r\n"
        + f"\r\n--{mark}--\r\n".encode()
    )


def test_an_id_is_one_step() -> None:
    assert step(7) == "7"
    assert step("a/../b?c#d") == "a%2F..%2Fb%3Fc%23d"


async def test_a_client_that_never_asked_closes() -> None:
    client = client_of()
    await client.aclose()
    assert client.server.alias == "lal"
