"""Logins: what is sent, to whom, and how often."""

from __future__ import annotations

import asyncio
import base64
import logging
from pathlib import Path

import pytest
from keyring.backends import fail

from astrolabnet_gui.client.auth import Login, is_loopback, origin
from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.client.secrets import Secrets
from astrolabnet_gui.errors import BadInput, LoginNeeded, Refused
from astrolabnet_gui.model.livy import NewStatement, Session
from astrolabnet_gui.model.server import Auth, AuthKind, Server
from tests.faultserver import Conversation, FaultServer

BASIC = Auth(kind=AuthKind.BASIC, user="alice", secret="lal/alice")


class Gate:
    """Server that wants one login; ``heard`` are the Authorization headers of all requests."""

    def __init__(self, wanted: str, status: int = 401) -> None:
        self.wanted, self.status = wanted, status
        self.heard: list[dict[str, str]] = []

    async def __call__(self, talk: Conversation) -> None:
        while await talk.request():
            self.heard.append(talk.headers)
            await asyncio.sleep(0.01)
            good = talk.headers.get("authorization") == self.wanted
            await talk.answer(b'{"version":"1","id":0,"state":"waiting"}', status=200 if good else self.status)


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def client_of(url: str, auth: Auth, secrets: dict[str, str] | None = None) -> LivyClient:
    return LivyClient(Server(uuid="u", alias="lal", url=url, auth=auth), secret=(secrets or {}).get)


async def test_basic_goes_with_every_call() -> None:
    gate = Gate(basic("alice", "pa:ß"))
    async with FaultServer(gate) as server:
        client = client_of(server.url, BASIC, {"lal/alice": "pa:ß"})
        await client.version()
        await client.run_statement(0, NewStatement(code="1"))
        await client.aclose()
    assert [h["authorization"] for h in gate.heard] == [gate.wanted] * 2


async def test_a_refused_password_is_tried_once_even_by_many_calls() -> None:
    gate = Gate("nothing")
    async with FaultServer(gate) as server:
        client = client_of(server.url, BASIC, {"lal/alice": "wrong"})
        results = await asyncio.gather(*(client.version() for _ in range(8)), return_exceptions=True)
        with pytest.raises(LoginNeeded, match="lal: this login was refused and has not changed since"):
            await client.run_statement(0, NewStatement(code="1"))
        await client.aclose()
    assert all(isinstance(r, LoginNeeded) for r in results)
    assert len(gate.heard) == 1


@pytest.mark.parametrize("name", ["", "u/login"])
async def test_a_server_whose_secret_is_not_here_asks_for_a_login_also_without_a_keyring(name: str) -> None:
    """As one of a colleague's set-up: it came without a secret, and here may be no keyring to look in."""
    gate, secrets = Gate(basic("alice", "right")), Secrets(fail.Keyring())
    async with FaultServer(gate) as server:
        told = Server(uuid="u", alias="lal", url=server.url, auth=Auth(kind=AuthKind.BASIC, user="alice", secret=name))
        client = LivyClient(told, secret=secrets.read)
        with pytest.raises(LoginNeeded) as caught:
            await client.version()
        assert "Give it in the server's settings (Edit…)." in caught.value.remedy
        assert ("env:NAME" in caught.value.remedy) is bool(name)
        assert gate.heard == [], "nothing is sent"
        await client.aclose()
        if name:
            secrets.write(name, "right")
            client = LivyClient(told, secret=secrets.read)
            assert (await client.version()).version == "1"
            await client.aclose()


async def test_a_new_password_is_tried_again() -> None:
    gate = Gate(basic("alice", "right"))
    secrets = {"lal/alice": "wrong"}
    async with FaultServer(gate) as server:
        client = client_of(server.url, BASIC, secrets)
        with pytest.raises(LoginNeeded):
            await client.version()
        secrets["lal/alice"] = "right"
        with pytest.raises(LoginNeeded):
            await client.version()
        client.login_again()
        assert (await client.version()).version == "1"
        await client.aclose()
    assert len(gate.heard) == 2


async def test_a_renewed_token_is_read_at_the_refusal_and_used_at_once() -> None:
    gate = Gate("Bearer second")
    tokens = iter(["first", "second"])
    auth = Auth(kind=AuthKind.BEARER, secret="t")
    async with FaultServer(gate) as server:
        client = LivyClient(Server(uuid="u", alias="lal", url=server.url, auth=auth), secret=lambda _: next(tokens))
        assert (await client.version()).version == "1"
        await client.aclose()
    assert [h["authorization"] for h in gate.heard] == ["Bearer first", "Bearer second"]


async def test_a_keyring_that_asks_a_person_holds_up_only_its_own_server() -> None:
    """Eight calls wait for one question; another server is asked meanwhile."""
    opened = asyncio.Event()
    asked: list[str] = []

    async def slow_keyring(name: str) -> str | None:
        asked.append(name)
        await opened.wait()
        return "right"

    gate = Gate(basic("alice", "right"))
    async with FaultServer(gate) as server:
        server_value = Server(uuid="u", alias="lal", url=server.url, auth=BASIC)
        client, other = LivyClient(server_value, secret=slow_keyring), client_of(server.url, Auth())
        calls = [asyncio.create_task(client.version()) for _ in range(8)]
        with pytest.raises(LoginNeeded):
            await other.version()
        opened.set()
        assert {v.version for v in await asyncio.gather(*calls)} == {"1"}
        await client.aclose()
        await other.aclose()
    assert asked == ["lal/alice"]
    assert len(gate.heard) == 9


async def test_a_token_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    """The island writes a new token at each start."""
    file = tmp_path / "token"
    file.touch(mode=0o600)
    file.write_text("old\n")
    gate = Gate("Bearer old")
    async with FaultServer(gate) as server:
        client = client_of(server.url, Auth(kind=AuthKind.BEARER, secret=f"file:{file}"))
        await client.version()
        file.write_text("new-token\n")
        gate.wanted = "Bearer new-token"
        await client.version()
        file.unlink()
        with pytest.raises(LoginNeeded, match="is not there"):
            await client.version()
        await client.aclose()
    assert len(gate.heard) == 2


async def test_own_headers_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAL_KEY", "k-1")
    gate = Gate("x", status=200)
    async with FaultServer(gate) as server:
        client = client_of(server.url, Auth(kind=AuthKind.HEADERS, headers={"X-Api-Key": "env:LAL_KEY"}))
        await client.version()
        await client.aclose()
    assert gate.heard[0]["x-api-key"] == "k-1"


async def test_livys_own_no_is_not_taken_for_a_bad_login() -> None:
    """403 {} says: no right to see this one session. The login itself is good."""

    async def script(talk: Conversation) -> None:
        while await talk.request():
            denied = talk.path.endswith("/log?from=-1&size=100")
            await talk.answer(b"{}" if denied else b'{"version":"1"}', status=403 if denied else 200)

    async with FaultServer(script) as server:
        client = client_of(server.url, BASIC, {"lal/alice": "x"})
        with pytest.raises(Refused, match="no right to that") as caught:
            await client.session_log(7)
        assert not isinstance(caught.value, LoginNeeded)
        assert (await client.version()).version == "1"
        await client.aclose()


async def test_credentials_stay_with_their_origin() -> None:
    """A Spark UI that answers elsewhere, even on the same host, gets no login."""
    heard: list[dict[str, str]] = []

    async def spark(talk: Conversation) -> None:
        while await talk.request():
            heard.append(talk.headers)
            await talk.answer(b'{"spark":"3.5.6"}')

    gate = Gate(basic("alice", "x"))
    async with FaultServer(gate) as server, FaultServer(spark) as ui:
        client = client_of(server.url, BASIC, {"lal/alice": "x"})
        await client.version()
        session = Session(id=0, state="idle", conf={"spark.ui.port": str(ui.port)})
        side = client.spark(session)
        assert await side.version() == "3.5.6"
        await side.aclose()
        await client.aclose()
    assert len(heard) == 1
    assert "authorization" not in heard[0]


async def test_no_secret_over_plain_http_to_another_computer() -> None:
    client = client_of("http://10.0.0.1:8998", BASIC, {"lal/alice": "x"})
    with pytest.raises(BadInput, match=r"lal: a secret would travel unencrypted.*https://"):
        await client.version()
    await client.aclose()


@pytest.mark.parametrize(
    ("auth", "secret", "error", "words"),
    [
        (BASIC, "", LoginNeeded, "the secret 'lal/alice' is not there"),
        (Auth(kind=AuthKind.BASIC, user="a:b", secret="s"), "x", BadInput, "without a colon"),
        (Auth(kind=AuthKind.BEARER, secret="s"), "a\nb", BadInput, "can not be sent in a header"),
        (Auth(kind=AuthKind.BEARER, secret="s"), "tökén", BadInput, "can not be sent in a header"),
        (Auth(kind=AuthKind.BEARER), "", LoginNeeded, "no password or token is given yet"),
        (Auth(kind=AuthKind.HEADERS, headers={"Host": "s"}), "x", BadInput, "the header Host can not be set"),
        (Auth(kind=AuthKind.COOKIE, secret="s"), "x", BadInput, "a cookie reads name=value"),
    ],
)
async def test_an_unusable_login_is_said_and_nothing_is_sent(
    auth: Auth, secret: str, error: type[Exception], words: str
) -> None:
    gate = Gate("x")
    async with FaultServer(gate) as server:
        client = LivyClient(Server(uuid="u", alias="lal", url=server.url, auth=auth), secret=lambda _: secret)
        with pytest.raises(error, match=words) as caught:
            await client.version()
        await client.aclose()
    assert str(caught.value).startswith("lal: ")
    assert not gate.heard
    assert not secret or secret not in str(caught.value)


async def test_no_log_holds_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = "canary-1234"
    async with FaultServer(Gate(f"Bearer {token}")) as server:
        client = client_of(server.url, Auth(kind=AuthKind.BEARER, secret="t"), {"t": token})
        await client.version()
        await client.aclose()
    logging.getLogger("test").debug("heard")
    assert "heard" in caplog.text
    assert token not in caplog.text
    assert "httpcore" not in caplog.text


def test_a_login_never_shows_its_secret() -> None:
    login = Login(Server(uuid="u", alias="lal", url="http://127.0.0.1:1", auth=BASIC), {"lal/alice": "hidden"}.get)
    assert "hidden" not in repr(login)


def test_origins() -> None:
    assert origin("https://A.org/x") == ("https", "a.org", 443)
    assert origin("http://a.org:80") != origin("https://a.org:80")
    assert all(map(is_loopback, ["http://127.0.0.9:1", "http://[::1]:1", "http://localhost", "http://x.localhost"]))
    assert not any(map(is_loopback, ["http://127.0.0.1.evil.org", "http://10.0.0.1", "http://localhost.evil.org"]))
