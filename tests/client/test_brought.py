"""A login that a plug-in brings: made once, made anew once when it runs out, and nothing else fails with it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.errors import BadInput, LoginNeeded
from astrolabnet_gui.model.server import Auth, Server
from astrolabnet_gui.plugins.contract import Login
from astrolabnet_gui.plugins.logins import LOGINS
from tests.faultserver import Conversation, FaultServer

SECRET = "the-key-of-the-night"


class Maker:
    """Makes a token that is another one each time; ``made`` are what it was given."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str, str]] = []

    def __call__(self, user: str, secret: str, url: str) -> Mapping[str, str]:
        self.made.append((user, secret, url))
        return {"X-Night": f"{user}-{len(self.made)}"}


class Gate:
    """Takes only the tokens it is told."""

    def __init__(self, *good: str) -> None:
        self.good = set(good)
        self.heard: list[str] = []

    async def __call__(self, talk: Conversation) -> None:
        while await talk.request():
            self.heard.append(talk.headers.get("x-night", ""))
            good = self.heard[-1] in self.good
            await talk.answer(b'{"version":"1"}', status=200 if good else 401)


@pytest.fixture
def maker() -> Iterator[Maker]:
    made = Maker()
    LOGINS["astro-night/key"] = Login("Key of the night", made)
    yield made
    LOGINS.clear()


def client_of(url: str, secrets: Mapping[str, str] | None = None) -> LivyClient:
    auth = Auth(kind="astro-night/key", user="anna", secret="lal/key")
    known = {"lal/key": SECRET} if secrets is None else dict(secrets)
    return LivyClient(Server(uuid="u", alias="lal", url=url, auth=auth), secret=known.get)


async def test_it_is_made_once_of_the_kept_secret_and_goes_with_every_call(maker: Maker) -> None:
    async with FaultServer(gate := Gate("anna-1")) as server:
        client = client_of(server.url)
        await asyncio.gather(*(client.version() for _ in range(5)))
        await client.aclose()
        assert maker.made == [("anna", SECRET, server.url)]
    assert gate.heard == ["anna-1"] * 5


async def test_one_that_ran_out_is_made_anew_once_and_a_refused_one_never(maker: Maker) -> None:
    async with FaultServer(gate := Gate("anna-1", "anna-2")) as server:
        client = client_of(server.url)
        await client.version()
        gate.good = {"anna-2"}
        await client.version()
        assert gate.heard == ["anna-1", "anna-1", "anna-2"]
        gate.good = set()
        for _ in range(4):
            with pytest.raises(LoginNeeded):
                await client.version()
        await client.aclose()
    assert gate.heard[3:] == ["anna-2", "anna-3"], "tried anew once, then no more: accounts get locked"


async def test_a_login_that_was_never_taken_is_tried_once(maker: Maker) -> None:
    async with FaultServer(gate := Gate()) as server:
        client = client_of(server.url)
        for _ in range(3):
            with pytest.raises(LoginNeeded):
                await client.version()
        await client.aclose()
    assert gate.heard == ["anna-1"]


@pytest.mark.parametrize(
    ("made", "words"),
    [(None, "TypeError"), ({}, "it gave no headers"), ({"X": 5}, "no texts"), ({"X\r\nEvil": "1"}, "usable name"),
     ({"Host": "evil"}, "Host can not be set"), ({"X": "a\r\nEvil: 1"}, "what it gave for X can not be sent"),
     (BadInput("a key is needed.", field="secret"), "fails at its login: a key is needed. Look"),
     (RuntimeError(f"no such key: {SECRET}"), "RuntimeError: no such key: •••"), (SystemExit(3), "SystemExit")],
)  # fmt: skip
async def test_one_that_fails_is_named_and_sends_nothing(made: Any, words: str) -> None:
    def headers(user: str, secret: str, url: str) -> Any:
        if isinstance(made, BaseException):
            raise made
        return made

    LOGINS["astro-night/key"] = Login("Key", headers)
    try:
        async with FaultServer(gate := Gate()) as server:
            client = client_of(server.url)
            with pytest.raises(LoginNeeded, match="lal: the plug-in astro-night fails at its login: ") as error:
                await client.version()
            await client.aclose()
    finally:
        LOGINS.clear()
    assert words in str(error.value)
    assert SECRET not in str(error.value)
    assert gate.heard == []


class Failing(Maker):
    """Raises for the secrets it is told, after it was asked."""

    def __init__(self, *bad: str) -> None:
        super().__init__()
        self.bad = set(bad)

    def __call__(self, user: str, secret: str, url: str) -> Mapping[str, str]:
        made = super().__call__(user, secret, url)
        if secret in self.bad:
            raise RuntimeError("the token service is away")
        return made


async def test_one_that_failed_is_asked_again_for_another_secret_only_or_by_a_persons_word() -> None:
    failing, known = Failing(SECRET), {"lal/key": SECRET}
    LOGINS["astro-night/key"] = Login("Key", failing)
    try:
        async with FaultServer(gate := Gate("anna-2", "anna-3", "anna-4")) as server:
            client = LivyClient(
                Server(uuid="u", alias="lal", url=server.url,
                       auth=Auth(kind="astro-night/key", user="anna", secret="lal/key")), secret=known.get,
            )  # fmt: skip
            for _ in range(5):
                with pytest.raises(LoginNeeded, match="astro-night fails at its login: RuntimeError: the token"):
                    await client.version()
            assert len(failing.made) == 1, "each poll would ask it"
            client.login_again()
            for _ in range(3):
                with pytest.raises(LoginNeeded):
                    await client.version()
            assert len(failing.made) == 2, "a person's word is one try"
            known["lal/key"] = "another"
            await client.version()
            assert [secret for _, secret, _ in failing.made] == [SECRET, SECRET, "another"]
            # It works, runs out, and fails then: no other call asks it once more.
            gate.good, failing.bad = set(), {"another"}
            for _ in range(4):
                with pytest.raises(LoginNeeded, match="the token service"):
                    await client.version()
            assert len(failing.made) == 4
            # The plug-in is another one now.
            gate.good, LOGINS["astro-night/key"] = {"anna-1"}, Login("Key", Maker())
            await client.version()
            await client.aclose()
    finally:
        LOGINS.clear()
    assert gate.heard == ["anna-3", "anna-3", "anna-1"]


async def test_without_the_plug_in_its_servers_say_which_one_is_needed() -> None:
    async with FaultServer(gate := Gate()) as server:
        client = client_of(server.url)
        with pytest.raises(LoginNeeded, match=r"the plug-in astro-night, .*plugins trust --name astro-night"):
            await client.version()
        await client.aclose()
    assert gate.heard == []


async def test_a_secret_that_is_not_there_is_asked_for(maker: Maker) -> None:
    async with FaultServer(Gate()) as server:
        client = client_of(server.url, {})
        with pytest.raises(LoginNeeded, match="the secret 'lal/key' is not there"):
            await client.version()
        await client.aclose()
    assert maker.made == []


async def test_no_secret_travels_unencrypted_by_it_either(maker: Maker) -> None:
    client = client_of("http://far.example:8998")
    with pytest.raises(BadInput, match="unencrypted"):
        await client.version()
    await client.aclose()
    assert maker.made == []
