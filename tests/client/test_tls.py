"""TLS on real sockets: unknown, foreign, expired, pinned and changed certificates."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from astrolabnet_gui.client import tls
from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.errors import Ambiguous, BadInput, NotLivy, Unreachable, Untrusted
from astrolabnet_gui.model.livy import NewStatement
from astrolabnet_gui.model.server import Server
from tests.faultserver import Conversation, FaultServer, always

VERSION = always(b'{"version":"0.9.0-incubating"}')


@pytest.fixture(autouse=True)
def own_contexts() -> Iterator[None]:
    """Contexts are shared by trust setting; each test begins without."""
    tls.context_for.cache_clear()
    yield
    tls.context_for.cache_clear()


def server_side(ca: trustme.CA, name: str = "127.0.0.1", **more: datetime) -> tuple[ssl.SSLContext, str]:
    """Context of a server with a certificate for ``name``; its sha256."""
    cert = ca.issue_cert(name, **more)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(context)
    der = ssl.PEM_cert_to_DER_cert(cert.cert_chain_pems[0].bytes().decode())
    return context, hashlib.sha256(der).hexdigest()


def client_of(url: str, verify: str = "system") -> LivyClient:
    return LivyClient(Server(uuid="u", alias="lal", url=url, verify=verify, timeout_s=4))


async def test_an_unknown_authority_is_named_with_its_fingerprint() -> None:
    context, sha256 = server_side(trustme.CA())
    async with FaultServer(VERSION, context) as server:
        client = client_of(server.url)
        with pytest.raises(Untrusted) as caught:
            await client.version()
        with pytest.raises(Untrusted):
            await client.run_statement(0, NewStatement(code="1"))
        await client.aclose()
    text = str(caught.value)
    assert text.startswith("lal: its certificate comes from an authority this computer does not know.")
    assert sha256 in text.replace(":", "").lower()
    assert "Trust certificate" in caught.value.remedy


async def test_self_signed() -> None:
    """trustme's authority signs itself; used as a server's certificate it is self-signed."""
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with ca.private_key_pem.tempfile() as key, ca.cert_pem.tempfile() as cert:
        context.load_cert_chain(cert, key)
    async with FaultServer(VERSION, context) as server:
        client = client_of(server.url)
        with pytest.raises(Untrusted, match=r"lal: its certificate is self-signed\. Its sha256 is [0-9A-F:]{95}"):
            await client.version()
        await client.aclose()


async def test_an_own_authority_is_trusted_by_its_file(tmp_path: Path) -> None:
    ca = trustme.CA()
    file = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    context, _ = server_side(ca)
    async with FaultServer(VERSION, context) as server:
        client = client_of(server.url, str(file))
        assert (await client.version()).version == "0.9.0-incubating"
        await client.aclose()


@pytest.mark.parametrize(
    ("name", "words"), [("livy.example", "is for another"), ("127.0.0.1", "has expired")], ids=["other name", "expired"]
)
async def test_wrong_certificates_of_a_known_authority(tmp_path: Path, name: str, words: str) -> None:
    ca = trustme.CA()
    file = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    more = {"not_after": datetime.now(UTC) - timedelta(days=1)} if words == "has expired" else {}
    context, _ = server_side(ca, name, **more)
    async with FaultServer(VERSION, context) as server:
        client = client_of(server.url, str(file))
        with pytest.raises(Untrusted, match=words):
            await client.version()
        await client.aclose()


async def test_a_pinned_certificate_is_enough() -> None:
    context, sha256 = server_side(trustme.CA(), "some.other.name")
    async with FaultServer(VERSION, context) as server:
        pairs = ":".join(sha256[i : i + 2] for i in range(0, 64, 2)).upper()
        client = client_of(server.url, f"pin:{pairs}")
        assert (await client.version()).version == "0.9.0-incubating"
        await client.aclose()


async def test_a_changed_certificate_stops_all_and_nothing_is_sent() -> None:
    heard: list[bool] = []

    async def listen(talk: object) -> None:
        heard.append(await talk.request())  # type: ignore[attr-defined]

    context, sha256 = server_side(trustme.CA())
    async with FaultServer(listen, context) as server:
        client = client_of(server.url, "pin:" + "ab" * 32)
        with pytest.raises(Untrusted, match="not the one that was trusted") as caught:
            await client.version()
        await client.aclose()
    assert sha256 in str(caught.value).replace(":", "").lower()
    assert True not in heard


async def test_https_where_http_is_spoken_and_the_other_way_round() -> None:

    async def refuse(talk: Conversation) -> None:
        await talk.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with FaultServer(refuse) as server:
        client = client_of(server.url.replace("http:", "https:"))
        with pytest.raises(Unreachable, match="does not speak TLS as it should") as caught:
            await client.version()
        assert not isinstance(caught.value, Ambiguous)
        await client.aclose()
    context, _ = server_side(trustme.CA())
    async with FaultServer(VERSION, context) as server:
        client = client_of(server.url.replace("https:", "http:"))
        with pytest.raises((NotLivy, Unreachable), match="lal: "):
            await client.version()
        await client.aclose()


def test_contexts_are_shared_and_never_old() -> None:
    assert tls.context_for("system") is tls.context_for("system")
    assert tls.context_for("pin:" + "0" * 64).minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("verify", ["pin:123", "pin:" + "x" * 64, "/no/such/file.pem"])
def test_an_unusable_trust_setting_is_said(verify: str) -> None:
    with pytest.raises(BadInput) as caught:
        tls.context_for(verify)
    assert caught.value.field == "verify"


async def test_no_fingerprint_where_nobody_listens() -> None:
    client = client_of("https://127.0.0.1:1")
    assert await client.way.look("https://127.0.0.1:1", 1.0) == ""
    await client.aclose()


async def test_a_missing_authority_file_is_said_when_asked_not_when_shown() -> None:
    client = client_of("https://127.0.0.1:1", "/no/such/file.pem")
    with pytest.raises(BadInput, match=r"^lal: the file of authorities 'file\.pem' can not be used") as caught:
        await client.version()
    assert caught.value.field == "verify"
    await client.aclose()
