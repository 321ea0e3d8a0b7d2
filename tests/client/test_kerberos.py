"""SPNEGO with a real KDC: one ticket, a cookie that spares the next, and nothing for anybody else."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from astrolabnet_gui.client import kerberos
from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.errors import LoginNeeded, Missing, Untrusted
from astrolabnet_gui.model.livy import Session
from astrolabnet_gui.model.server import Auth, AuthKind, Server
from tests.faultserver import Conversation, FaultServer
from tests.kdc import Filter, Realm, realm, tool

if sys.platform == "win32":
    pytest.skip("platform: the KDC of these tests is MIT's", allow_module_level=True)


@pytest.fixture(scope="module")
def shared_realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realm]:
    if tool("krb5kdc") is None or tool("kadmin.local") is None:
        pytest.skip("no KDC here (apt-get install krb5-kdc krb5-admin-server krb5-user)")
    with realm(tmp_path_factory.mktemp("kdc")) as made:
        yield made


@pytest.fixture
def kdc(shared_realm: Realm, monkeypatch: pytest.MonkeyPatch) -> Iterator[Realm]:
    """The realm as this process sees it; alice has a ticket."""
    for name, value in shared_realm.environment.items():
        monkeypatch.setenv(name, value)
    shared_realm.kinit()
    yield shared_realm
    (shared_realm.folder / "tickets").unlink(missing_ok=True)


def client_of(url: str, **more: Any) -> LivyClient:
    url = url.replace("127.0.0.1", "localhost")
    return LivyClient(Server(uuid="u", alias="lal", url=url, auth=Auth(kind=AuthKind.SPNEGO), **more))


async def test_one_ticket_lets_in_and_the_cookie_spares_the_next(kdc: Realm) -> None:
    gate = Filter(kdc.keytab)
    async with FaultServer(gate) as server:
        client = client_of(server.url)
        before = kdc.tickets()
        for _ in range(5):
            assert (await client.version()).version == "0.9.0-incubating"
        assert gate.heard == [("ticket", "alice@TEST.LOCAL"), *[("cookie", "alice@TEST.LOCAL")] * 4]
        assert kdc.tickets() - before == 1
        gate.cookies.clear()
        assert (await client.version()).version == "0.9.0-incubating"
        assert gate.heard[-2:] == [("nothing", ""), ("ticket", "alice@TEST.LOCAL")], (
            "the cookie ran out, nobody is asked"
        )
        await client.aclose()


async def test_many_calls_at_once_make_one_exchange(kdc: Realm) -> None:
    gate = Filter(kdc.keytab)
    async with FaultServer(gate) as server:
        client = client_of(server.url)
        await asyncio.gather(*(client.version() for _ in range(8)))
        await client.aclose()
    assert [how for how, _ in gate.heard].count("ticket") == 1


async def test_a_service_without_cookies_gets_a_ticket_each_time(kdc: Realm) -> None:
    gate = Filter(kdc.keytab, gives_cookie=False)
    async with FaultServer(gate) as server:
        client = client_of(server.url)
        for _ in range(3):
            await client.version()
        await client.aclose()
    assert [how for how, _ in gate.heard] == ["ticket"] * 3


async def test_a_server_that_can_not_prove_who_it_is_gets_nothing_more(kdc: Realm) -> None:
    gate = Filter(kdc.keytab, proves=False)
    async with FaultServer(gate) as server:
        client = client_of(server.url)
        with pytest.raises(Untrusted, match="lal: it could not prove by Kerberos"):
            await client.version()
        await client.aclose()


async def test_a_refused_ticket_is_tried_once_until_there_is_another(kdc: Realm) -> None:
    gate = Filter(kdc.keytab)
    gate.refuses.add("alice@TEST.LOCAL")
    async with FaultServer(gate) as server:
        client = client_of(server.url)
        for _ in range(4):
            with pytest.raises(LoginNeeded):
                await client.version()
        assert len(gate.heard) == 1
        kdc.kinit("bob")
        assert (await client.version()).version == "0.9.0-incubating"
        await client.aclose()
    assert [name for _, name in gate.heard] == ["alice@TEST.LOCAL", "bob@TEST.LOCAL"]


async def test_without_a_ticket_nothing_is_sent_and_the_line_is_said(kdc: Realm) -> None:
    (kdc.folder / "tickets").unlink()
    gate = Filter(kdc.keytab)
    async with FaultServer(gate) as server:
        client = client_of(server.url)
        with pytest.raises(LoginNeeded, match="lal: there is no Kerberos ticket") as caught:
            await client.version()
        await client.aclose()
    assert "kinit" in caught.value.remedy
    assert not gate.heard


async def test_a_service_the_kdc_does_not_know_is_named(kdc: Realm) -> None:
    async with FaultServer(Filter(kdc.keytab)) as server:
        url = server.url.replace("127.0.0.1", "other.localhost")
        client = LivyClient(Server(uuid="u", alias="lal", url=url, auth=Auth(kind=AuthKind.SPNEGO)))
        with pytest.raises(LoginNeeded, match=r"does not know the service HTTP/other\.localhost"):
            await client.version()
        await client.aclose()


async def test_a_spark_ui_elsewhere_gets_neither_ticket_nor_cookie(kdc: Realm) -> None:
    heard: list[dict[str, str]] = []

    async def spark(talk: Conversation) -> None:
        while await talk.request():
            heard.append(talk.headers)
            await talk.answer(b'{"spark":"3.5.6"}')

    async with FaultServer(Filter(kdc.keytab)) as server, FaultServer(spark) as ui:
        client = client_of(server.url)
        await client.version()
        side = client.spark(Session(id=0, state="idle", conf={"spark.ui.port": str(ui.port)}))
        assert await side.version() == "3.5.6"
        await side.aclose()
        await client.aclose()
    assert "authorization" not in heard[0]
    assert "cookie" not in heard[0]


async def test_the_kdc_is_asked_beside_the_loop(kdc: Realm) -> None:
    """The exchange is one call handed over whole: the loop never waits for the network of the KDC."""
    handed: list[str] = []

    async def beside(call: Any) -> Any:
        handed.append(call.__name__)
        return call()

    async with FaultServer(Filter(kdc.keytab)) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        here = Server(uuid="u", alias="lal", url=url, auth=Auth(kind=AuthKind.SPNEGO))
        client = LivyClient(here, beside=beside)
        await client.version()
        await client.aclose()
    assert handed == ["_begin"]


async def test_without_the_extra_the_line_that_gets_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx_gssapi", None)
    client = client_of("http://127.0.0.1:1")
    with pytest.raises(Missing, match="lal: Kerberos needs a package") as caught:
        await client.version()
    assert "astrolabnet-gui[kerberos]" in caught.value.remedy
    await client.aclose()


def test_the_stamp_of_a_ticket_changes_with_it_alone(kdc: Realm) -> None:
    alice = kerberos.ticket_stamp()
    kdc.run("kvno", "HTTP/localhost")
    assert kerberos.ticket_stamp() == alice, "a service's ticket is no other login"
    kdc.kinit("bob")
    assert kerberos.ticket_stamp()[0] == "bob@TEST.LOCAL"
    (kdc.folder / "tickets").unlink()
    assert kerberos.ticket_stamp() == ()
