"""A proxy that wants a login: it gets it, of that proxy only, and a refused one is not tried again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import trustme

from astrolabnet_gui.client.ledger import Ledger
from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.errors import LoginNeeded
from astrolabnet_gui.model.server import Auth
from tests.client.test_tls import server_side
from tests.client.test_ways import VERSION, server_value
from tests.command.rig import Rig
from tests.faultserver import Conversation, FaultServer
from tests.relay import Proxy

LOGIN = "max:pr0xy päss"
AUTH = Auth(proxy_user="max", proxy_secret="u/proxy")


def client_of(url: str, proxy: str, password: str = "pr0xy päss", **more: Any) -> LivyClient:
    return LivyClient(server_value(url, proxy=proxy, auth=AUTH), secret=lambda _: password, **more)


@pytest.mark.parametrize("kind", ["http", "socks5"])
@pytest.mark.parametrize("secure", [False, True])
async def test_the_login_goes_to_the_proxy_and_not_to_the_server(kind: str, secure: bool, tmp_path: Path) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = server_side(ca)[0] if secure else None
    seen: list[dict[str, str]] = []

    async def script(talk: Conversation) -> None:
        while await talk.request():
            seen.append(talk.headers)
            await talk.answer(b'{"version":"0.9.0-incubating"}')

    async with FaultServer(script, context) as server, Proxy(kind, LOGIN) as proxy:
        value = server_value(server.url, proxy=proxy.url, auth=AUTH, verify=str(tmp_path / "ca.pem"))
        client = LivyClient(value, secret=lambda _: "pr0xy päss")
        await client.version()
        await client.version()
        await client.aclose()
    assert (proxy.refused, len(seen)) == (0, 2)
    assert len(proxy.asked) >= 1
    # A plain request is read by an HTTP proxy, which takes its own header out; this one only of the first.
    assert not [name for headers in seen for name in headers if "auth" in name and (secure or kind == "socks5")]


# httpcore 1.0 leaves the socket to the collector when a SOCKS proxy refuses a login; it happens once a password.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", ["http", "socks5"])
@pytest.mark.parametrize("secure", [False, True])
async def test_a_refused_login_is_tried_once_until_a_person_insists(kind: str, secure: bool) -> None:
    context = server_side(trustme.CA())[0] if secure else None
    async with FaultServer(VERSION, context) as server, Proxy(kind, LOGIN) as proxy:
        client = client_of(server.url, proxy.url, "wrong")
        found = await asyncio.gather(*(client.version() for _ in range(5)), return_exceptions=True)
        assert all(isinstance(one, LoginNeeded) for one in found), found
        assert all("the proxy" in str(one) and "Give user and password of the proxy" in str(one) for one in found)
        assert proxy.refused == 1
        client.login_again()
        with pytest.raises(LoginNeeded):
            await client.version()
        assert proxy.refused == 2
        await client.aclose()
    assert proxy.asked == []


async def test_one_account_at_many_servers_behind_one_proxy_is_refused_three_times() -> None:
    ledger = Ledger()
    async with FaultServer(VERSION) as server, Proxy("http", LOGIN) as proxy:
        clients = [client_of(server.url, proxy.url, "wrong", ledger=ledger) for _ in range(20)]
        found = await asyncio.gather(*(one.version() for one in clients), return_exceptions=True)
        for one in clients:
            await one.aclose()
    assert all(isinstance(one, LoginNeeded) for one in found)
    assert proxy.refused == 3


async def test_a_proxy_that_wants_a_login_nobody_gave_says_so() -> None:
    async with FaultServer(VERSION) as server, Proxy("http", LOGIN) as proxy:
        client = LivyClient(server_value(server.url, proxy=proxy.url))
        with pytest.raises(LoginNeeded, match="it wants a login"):
            await client.version()
        await client.aclose()


async def test_the_password_is_kept_for_that_proxy_and_asked_anew_at_another() -> None:
    one, two = Proxy("http", LOGIN), Proxy("http", LOGIN)
    async with FaultServer(VERSION) as server, one as proxy, two as other, Rig() as rig:
        added = await rig.well(
            "server.add", None, alias="eso", url=server.url, proxy=proxy.url, proxy_user="max",
            proxy_password="pr0xy päss",
        )  # fmt: skip
        assert added.focus is not None
        value = rig.engine.server(added.focus.server)
        client = rig.house.connect(value)
        await client.version()
        await client.aclose()
        moved = rig.house.connect(value.model_copy(update={"proxy": other.url}))
        with pytest.raises(Exception, match=r"no password or token is kept here|nothing was sent yet"):
            await moved.version()
        await moved.aclose()
        assert other.asked == []
        assert other.refused == 0
        refused = await rig.ill("server.add", None, alias="no", url=server.url, proxy_password="x")
        assert refused.field == "proxy_password"
