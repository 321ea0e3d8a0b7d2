"""Proxies, client certificates, certificates kept at first sight; each for one server, and never for another origin."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from astrolabnet_gui.client import tls
from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.errors import BadInput, Unreachable, Untrusted
from astrolabnet_gui.model.livy import Session
from astrolabnet_gui.model.server import Auth, AuthKind, Server
from astrolabnet_gui.settings.trusted import Trusted
from tests.client.test_tls import server_side
from tests.faultserver import Conversation, FaultServer, always, closed_port
from tests.relay import Proxy

VERSION = always(b'{"version":"0.9.0-incubating"}')


def server_value(url: str, **more: Any) -> Server:
    return Server.model_validate({"uuid": "u", "alias": "lal", "url": url, "timeout_s": 4, **more})


@pytest.mark.parametrize("kind", ["http", "socks5"])
@pytest.mark.parametrize("secure", [False, True])
async def test_a_proxy_is_of_one_server(kind: str, secure: bool, tmp_path: Path) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = server_side(ca)[0] if secure else None
    async with FaultServer(VERSION, context) as server, FaultServer(VERSION) as other, Proxy(kind) as proxy:
        client = LivyClient(server_value(server.url, proxy=proxy.url, verify=str(tmp_path / "ca.pem")))
        plain = LivyClient(server_value(other.url))
        await client.version()
        await plain.version()
        side = client.spark(Session(id=0, state="idle", conf={"spark.ui.port": str(other.port)}))
        with pytest.raises(Exception, match="lal"):
            await side.version()
        await side.aclose()
        await client.aclose()
        await plain.aclose()
    assert proxy.asked == [f"127.0.0.1:{server.port}", f"127.0.0.1:{other.port}"]


async def test_a_certificate_behind_a_proxy_is_looked_at_by_the_same_way() -> None:
    context, sha256 = server_side(trustme.CA())
    async with FaultServer(VERSION, context) as server, Proxy("socks5") as proxy:
        client = LivyClient(server_value(server.url, proxy=proxy.url))
        with pytest.raises(Untrusted) as caught:
            await client.version()
        await client.aclose()
    assert caught.value.shown == sha256
    assert len(proxy.asked) == 2


async def test_a_proxy_that_is_not_there_is_said() -> None:
    client = LivyClient(server_value("http://127.0.0.1:1", proxy=f"http://127.0.0.1:{closed_port()}"))
    with pytest.raises(Unreachable, match="lal: "):
        await client.version()
    await client.aclose()


async def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FaultServer(VERSION) as server, Proxy("http") as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        client = LivyClient(server_value(server.url))
        await client.version()
        await client.aclose()
    assert not proxy.asked


@pytest.mark.parametrize("bad", ["ftp://x:1", "http://u:p@x:1", "http://x", "socks5://x:1/y", "x:1"])
def test_no_proxies(bad: str) -> None:
    with pytest.raises(ValueError, match=r"proxy|password"):
        server_value("http://x", proxy=bad)


def test_a_proxy_or_a_route() -> None:
    with pytest.raises(ValueError, match="not both"):
        server_value("http://x", proxy="http://x:1", route="far")


# --- client certificates


def mutual(ca: trustme.CA) -> ssl.SSLContext:
    context = server_side(ca)[0]
    ca.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.fixture
def mine(tmp_path: Path) -> tuple[trustme.CA, Path, Path]:
    """An authority, its file, and a certificate of mine with its key."""
    ca = trustme.CA()
    authority, own = tmp_path / "ca.pem", tmp_path / "me.pem"
    ca.cert_pem.write_to_path(str(authority))
    own.touch(mode=0o600)
    own.write_bytes(ca.issue_cert("alice@example.org").private_key_and_cert_chain_pem.bytes())
    return ca, authority, own


async def test_a_client_certificate_is_shown_at_the_servers_own_origin_alone(
    mine: tuple[trustme.CA, Path, Path],
) -> None:
    ca, authority, own = mine
    shown: list[object] = []

    async def spark(talk: Conversation) -> None:
        while await talk.request():
            shown.append(talk._writer.get_extra_info("peercert"))
            await talk.answer(b'{"spark":"3.5.6"}')

    optional = server_side(ca)[0]
    ca.configure_trust(optional)
    optional.verify_mode = ssl.CERT_OPTIONAL
    async with FaultServer(VERSION, mutual(ca)) as server, FaultServer(spark, optional) as ui:
        rules = {f"http://127.0.0.1:{ui.port}": ui.url}
        here = server_value(server.url, verify=str(authority), auth=Auth(certificate=str(own)), spark_ui=rules)
        client = LivyClient(here)
        assert (await client.version()).version == "0.9.0-incubating"
        side = client.spark(Session(id=0, state="idle", conf={"spark.ui.port": str(ui.port)}))
        assert await side.version() == "3.5.6"
        await side.aclose()
        await client.aclose()
    assert shown == [{}] or shown == [None]


async def test_without_it_the_server_lets_nobody_in(mine: tuple[trustme.CA, Path, Path]) -> None:
    ca, authority, _ = mine
    async with FaultServer(VERSION, mutual(ca)) as server:
        client = LivyClient(server_value(server.url, verify=str(authority)))
        with pytest.raises(Unreachable, match=r"lal: .*(client certificate|was cut)"):
            await client.version()
        await client.aclose()


async def test_a_locked_key_is_opened_by_its_password(mine: tuple[trustme.CA, Path, Path]) -> None:
    from cryptography.hazmat.primitives import serialization

    ca, authority, own = mine
    key = serialization.load_pem_private_key(own.read_bytes(), None)
    locked = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"pw")
    )
    begin = b"-----BEGIN CERTIFICATE"
    own.write_bytes(locked + begin + own.read_bytes().partition(begin)[2])
    async with FaultServer(VERSION, mutual(ca)) as server:
        auth = Auth(certificate=str(own), key_secret="k")
        here = server_value(server.url, verify=str(authority), auth=auth)
        client = LivyClient(here, secret={"k": "pw"}.get)
        assert (await client.version()).version == "0.9.0-incubating"
        await client.aclose()
        wrong = LivyClient(here, secret={"k": "no"}.get)
        with pytest.raises(BadInput, match=r"lal: the client certificate in me\.pem can not be used") as caught:
            await wrong.version()
        assert caught.value.field == "certificate"
        await wrong.aclose()


@pytest.mark.parametrize("spoil", [lambda f: f.unlink(), lambda f: f.write_text("x"), lambda f: f.chmod(0o644)])
async def test_an_unusable_client_certificate_is_said(
    mine: tuple[trustme.CA, Path, Path], spoil: Callable[[Path], object]
) -> None:
    _, authority, own = mine
    spoil(own)
    here = server_value("https://127.0.0.1:1", verify=str(authority), auth=Auth(certificate=str(own)))
    client = LivyClient(here)
    with pytest.raises(BadInput, match=r"lal: .*me\.pem") as caught:
        await client.version()
    assert caught.value.field == "certificate"
    await client.aclose()


# --- first sight


async def test_the_first_certificate_is_kept_and_another_one_stops_everything(tmp_path: Path) -> None:
    file = tmp_path / "trusted.json"
    ca = trustme.CA()
    context, first = server_side(ca)
    heard: list[str] = []

    async def script(talk: Conversation) -> None:
        while await talk.request():
            heard.append(talk.headers.get("authorization", ""))
            await talk.answer(b'{"version":"1"}')

    async with FaultServer(script, context) as server:
        auth = Auth(kind=AuthKind.BEARER, secret="t")
        here = server_value(server.url, verify="first", auth=auth)
        Trusted(file).meet(here)
        client = LivyClient(here, trusted=Trusted(file), secret=lambda _: "x")
        await client.version()
        await client.aclose()
        assert Trusted(file).pin(here.home) == first
        again = LivyClient(here, trusted=Trusted(file), secret=lambda _: "x")
        await again.version()
        await again.aclose()
        server_cert = trustme.CA().issue_cert("127.0.0.1")
        server_cert.configure_cert(context)
        changed = LivyClient(here, trusted=Trusted(file), secret=lambda _: "x")
        with pytest.raises(Untrusted, match=r"lal: its certificate has changed .* STOP") as caught:
            await changed.version()
        await changed.aclose()
    assert caught.value.changed
    assert caught.value.shown not in ("", first)
    assert tls.in_pairs(caught.value.shown) in caught.value.what
    assert heard == ["Bearer x"] * 2, "not one byte of HTTP went to the other one"


async def test_a_pinned_certificate_that_changed_is_a_stop_too() -> None:
    context, sha256 = server_side(trustme.CA())
    async with FaultServer(VERSION, context) as server:
        client = LivyClient(server_value(server.url, verify=f"pin:{'0' * 64}"))
        with pytest.raises(Untrusted, match="STOP") as caught:
            await client.version()
        await client.aclose()
    assert caught.value.changed
    assert caught.value.shown == sha256


def test_what_was_trusted_is_kept_private_and_survives_damage(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "trusted.json"
    one = Trusted(file)
    one.bind("https://a:1", "env:A", "ssh:far")
    one.keep_pin("https://a:1", "ab")
    assert file.stat().st_mode & 0o077 == 0
    two = Trusted(file)
    assert two.bound("https://a:1", "env:A")
    assert not two.bound("https://b:1", "env:A")
    assert two.homes("ssh:far") == ("https://a:1",)
    two.unbind("env:A")
    assert not Trusted(file).bound("https://a:1", "env:A")
    for damage in ("", "{", "[]", '{"bonds": 3}', '{"bonds": {"x": 5}}'):
        file.write_text(damage)
        assert not Trusted(file).bound("https://a:1", "ssh:far")
