"""Logins of servers as a person meets them: bound to the address, asked again at another, never from somebody else."""

from __future__ import annotations

import asyncio
import base64
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.errors import LoginNeeded
from astrolabnet_gui.model.server import Auth, AuthKind, Server
from tests.client.test_secrets import Ring
from tests.client.test_tls import server_side
from tests.faultserver import Conversation, FaultServer, always

from .rig import Rig

LIST = b'{"from":0,"total":0,"sessions":[]}'


class Gate:
    """A Livy that wants one login; ``heard`` are those it was shown."""

    def __init__(self, wanted: str = "") -> None:
        self.wanted = wanted
        self.heard: list[str] = []

    async def __call__(self, talk: Conversation) -> None:
        while await talk.request():
            said = talk.headers.get("authorization", "") or talk.headers.get("cookie", "")
            self.heard.append(said)
            good = not self.wanted or said == self.wanted
            body = b'{"version":"0.9.0-incubating"}' if talk.path == "/version" else LIST
            await talk.answer(body if good else b"{}", status=200 if good else 401)


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


async def asked(rig: Rig, key: Any) -> LivyClient:
    """A client as the window makes it, for the server as it stands now."""
    return rig.house.connect(rig.engine.server(key.server))


async def test_an_edited_address_asks_again_and_the_old_one_still_knows_its_password() -> None:
    one, two = Gate(basic("u", "pw")), Gate()
    async with Rig() as rig, FaultServer(one) as first, FaultServer(two) as second:
        rig.house.secrets._backend = Ring()
        added = await rig.well("server.add", None, alias="a", url=first.url, login="basic", user="u", secret="pw")
        client = await asked(rig, added.focus)
        await client.version()
        await client.aclose()
        await rig.well("server.edit", added.focus, url=second.url)
        client = await asked(rig, added.focus)
        with pytest.raises(LoginNeeded, match=f"no password or token is kept here for {second.url}"):
            await client.version()
        await client.aclose()
        assert two.heard == []
        await rig.well("server.edit", added.focus, url=first.url)
        client = await asked(rig, added.focus)
        await client.version()
        await client.aclose()
    assert set(one.heard) == {basic("u", "pw")}


async def test_another_route_is_another_address() -> None:
    here = Server(uuid="u", alias="a", url="http://127.0.0.1:8998")
    assert here.home == "http://127.0.0.1:8998"
    assert here.model_copy(update={"route": "far"}).home == "http://127.0.0.1:8998 via far"
    assert Server(uuid="u", alias="a", url="https://A.org/x").home == "https://a.org:443"


async def test_a_variable_named_by_a_shared_workspace_goes_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's folder says: send env:AWS_SECRET to my server. Nobody here chose that."""
    monkeypatch.setenv("AWS_SECRET", "mine")
    gate = Gate()
    async with Rig() as rig, FaultServer(gate) as server:
        evil = Server(
            uuid="e" * 32, alias="evil", url=server.url, auth=Auth(kind=AuthKind.BEARER, secret="env:AWS_SECRET")
        )
        rig.house.trusted.meet(evil)
        client = rig.house.connect(evil)
        with pytest.raises(LoginNeeded, match="env:AWS_SECRET was given for another address"):
            await client.version()
        await client.aclose()
        assert gate.heard == []
        added = await rig.well(
            "server.add", None, alias="mine", url=server.url, login="bearer", secret="env:AWS_SECRET"
        )
        client = await asked(rig, added.focus)
        await client.version()
        await client.aclose()
    assert gate.heard[-1] == "Bearer mine"


async def test_a_server_that_is_taken_out_leaves_nothing_in_the_keyring() -> None:
    ring = Ring()
    async with Rig() as rig:
        rig.house.secrets._backend = ring
        added = await rig.well(
            "server.add", None, alias="a", url="https://a.example", login="basic", user="u", secret="pw",
            headers={"X-Key": "hk"}, certificate="here:/no/such.pem", key_password="kp",
        )  # fmt: skip
        assert rig.engine.server(added.focus.server).auth.certificate == "/no/such.pem"
        await rig.well("server.edit", added.focus, url="https://b.example", secret="pw2")
        assert sorted(ring.kept.values()) == ["hk", "kp", "pw", "pw2"]
        await rig.do("server.remove", added.focus, {"sure": True})
    assert ring.kept == {}


async def test_one_account_on_many_servers_is_refused_three_times_not_two_hundred() -> None:
    """P13: a mistyped password of one user, known to 60 servers that are all asked at once."""
    gate = Gate("nothing")
    async with Rig() as rig, FaultServer(gate) as server:
        auth = Auth(kind=AuthKind.BASIC, user="u", secret="env:PW")
        clients = []
        for n in range(60):
            one = Server(uuid=f"{n:032d}", alias=f"s{n}", url=server.url, auth=auth)
            rig.house.trusted.bind(one.home, one.contact, "env:PW")
            clients.append(rig.house.connect(one))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PW", "wrong")
            results = await asyncio.gather(*(c.version() for c in clients), return_exceptions=True)
            assert all(isinstance(r, LoginNeeded) for r in results)
            assert len(gate.heard) == 3
            clients[7].login_again()
            with pytest.raises(LoginNeeded):
                await clients[7].version()
            assert len(gate.heard) == 4, "a person insisted"
            patch.setenv("PW", "right")
            gate.wanted = basic("u", "right")
            assert {r.version for r in await asyncio.gather(*(c.version() for c in clients))} == {"0.9.0-incubating"}
        for client in clients:
            await client.aclose()


async def test_a_cookie_of_a_gateway_is_sent_and_its_renewal_counts() -> None:
    heard: list[str] = []

    async def script(talk: Conversation) -> None:
        while await talk.request():
            heard.append(talk.headers.get("cookie", ""))
            await talk.answer(b'{"version":"1"}', headers="Set-Cookie: jwt=second; Path=/\r\n")

    async with Rig() as rig, FaultServer(script) as server:
        added = await rig.well(
            "server.add", None, alias="knox", url=server.url, login="cookie", secret="jwt=first; r=1"
        )
        client = await asked(rig, added.focus)
        await client.version()
        await client.version()
        await client.aclose()
    assert heard[-2:] == ["jwt=first; r=1", "jwt=second; r=1"]


async def test_trusting_asks_for_the_fingerprint_and_keeps_it() -> None:
    context, sha256 = server_side(trustme.CA())
    async with Rig() as rig, FaultServer(always(LIST), context) as server:
        added = await rig.well("server.add", None, alias="a", url=server.url)
        key = added.focus
        rig.livy.way = rig.house.connect(rig.engine.server(key.server)).way  # type: ignore[attr-defined]
        no = await rig.do("server.trust", key, {}, answer="no")
        assert "Nothing is trusted" in no.text
        assert rig.engine.server(key.server).verify == "system"
        problem = await rig.ill("server.trust", key, sha256="0" * 64)
        assert "STOP" in problem.what
        done = await rig.well("server.trust", key)
        assert rig.questions[-1].replace(":", "").lower().count(sha256) == 1
        assert rig.engine.server(key.server).verify == f"pin:{sha256}"
        assert "'verify': 'system'" in str(done.result), "it can be undone"
        plain = await rig.well("server.add", None, alias="b", url="http://b.example")
        assert "http://" in (await rig.ill("server.trust", plain.focus)).what


async def test_a_changed_certificate_is_a_red_state_and_nothing_is_asked_any_more(tmp_path: Path) -> None:
    """The engine's own client: what the person sees in the tree."""
    from astrolabnet_gui.command.engine import make_engine
    from astrolabnet_gui.command.house import House
    from astrolabnet_gui.model.key import Key
    from astrolabnet_gui.model.kind import KINDS, Health

    ca = trustme.CA()
    context, first = server_side(ca)
    async with FaultServer(always(LIST), context) as server:
        house = House()
        here = Server(uuid="2" * 32, alias="a", url=server.url, verify="first")
        house.workspace.save_server(here)
        house.trusted.meet(here)
        engine = make_engine(house)
        main = asyncio.create_task(engine.main())
        async with asyncio.timeout(20):
            await engine.until(Key(here.uuid), lambda t: t is not None and t.state == "up")
        assert house.trusted.pin(here.home) == first
        _renew(context)
        await engine.change_server(here.model_copy(update={"timeout_s": 9}))
        async with asyncio.timeout(20):
            thing = await engine.until(Key(here.uuid), lambda t: t is not None and t.state == "certificate changed")
        assert thing is not None
        assert "STOP" in thing.problem
        assert KINDS["servers"].health(thing.state) is Health.FAILED
        engine.stop()
        await main
        house.close()


def _renew(context: ssl.SSLContext) -> None:
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)


async def test_an_address_in_a_form_is_tried_by_its_own_way_and_nothing_is_kept(tmp_home: Path) -> None:
    gate = Gate("Bearer typed")
    async with Rig() as rig, FaultServer(gate) as server:
        rig.house.secrets._backend = Ring()
        done = await rig.well("server.probe", None, alias="x", url=server.url, login="bearer", secret="typed")
        assert "Livy 0.9.0" in done.text
        added = await rig.well("server.add", None, alias="a", url=server.url, login="bearer", secret="typed")
        moved = Gate()
        async with FaultServer(moved) as other:
            problem = await rig.ill(
                "server.probe", None, alias="a", url=other.url, login="bearer", of=added.focus.server
            )
        assert "login needed" in problem.what
        assert not any(moved.heard), "the kept password went nowhere else"
        bad = await rig.ill("server.probe", None, alias="x", url=server.url, route="-oProxyCommand=id")
        assert bad.field == "route"
    disk = "".join(p.read_bytes().decode("utf-8", "replace") for p in tmp_home.rglob("*") if p.is_file())
    assert "typed" not in disk
