"""The SSH route with a real sshd: carries Livy and Spark UI, comes back after a cut, leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import trustme

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.client.route import Route, Routes
from astrolabnet_gui.errors import BadInput, Missing, Unreachable, Untrusted
from astrolabnet_gui.model.livy import NewStatement, Session
from astrolabnet_gui.model.server import Auth, AuthKind, Server
from astrolabnet_gui.settings.trusted import Trusted
from tests.faultserver import Conversation, FaultServer, always, closed_port
from tests.sshd import Sshd, sshd

if sys.platform == "win32":
    pytest.skip("platform: ssh on Windows has no sockets in folders", allow_module_level=True)

VERSION = always(b'{"version":"0.9.0-incubating","id":7,"state":"waiting"}')


@pytest.fixture(scope="module")
def shared_sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    if not (shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin")) or not shutil.which("ssh"):
        pytest.skip("no sshd here (apt-get install openssh-server)")
    with sshd(tmp_path_factory.mktemp("sshd")) as made:
        yield made


@pytest.fixture
def far(shared_sshd: Sshd, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sshd:
    """The far host; folders of routes go below this test's own."""
    monkeypatch.setenv("PATH", f"{shared_sshd.path}:{os.environ['PATH']}")
    folder = tempfile.mkdtemp(dir="/tmp")  # short: the name of a socket has room for 107 letters
    monkeypatch.setattr(tempfile, "tempdir", folder)
    return shared_sshd


def client_of(url: str, route: str = "far", **more: object) -> LivyClient:
    here = Server.model_validate({"uuid": "u", "alias": "lal", "url": url, "route": route, **more})
    return LivyClient(here, routes=Routes())


def left_over() -> list[str]:
    """Processes below this one, and folders of routes."""
    processes = [p.name() for p in psutil.Process().children(recursive=True) if p.name() in ("ssh", "sh")]
    return [*processes, *os.listdir(tempfile.gettempdir())]


async def carried(talk: Conversation) -> None:
    while await talk.request():
        await talk.answer(b'{"spark":"3.5.6"}')


async def test_livy_and_spark_ui_go_by_one_ssh_and_nothing_is_left(far: Sshd) -> None:
    async with FaultServer(VERSION) as server, FaultServer(carried) as ui:
        client = client_of(server.url)
        assert (await client.version()).version == "0.9.0-incubating"
        assert (await client.run_statement(0, NewStatement(code="1"))).id == 7
        side = client.spark(Session(id=0, state="idle", conf={"spark.ui.port": str(ui.port)}))
        assert await side.version() == "3.5.6"
        await side.aclose()
        assert left_over().count("ssh") == 1
        (folder,) = os.listdir(tempfile.gettempdir())
        assert (Path(tempfile.gettempdir()) / folder).stat().st_mode & 0o077 == 0, "others of this computer stay out"
        began = time.monotonic()
        await client.aclose()
        assert time.monotonic() - began < 0.8
    assert left_over() == []


async def test_tls_is_checked_through_it_against_the_name_that_was_asked(far: Sshd) -> None:
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost").configure_cert(context)
    file = far.folder / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    async with FaultServer(VERSION, context) as server:
        good = client_of(server.url.replace("127.0.0.1", "localhost"), verify=str(file))
        assert (await good.version()).version == "0.9.0-incubating"
        await good.aclose()
        stranger = client_of(server.url)
        with pytest.raises(Untrusted, match=r"sha256 is [0-9A-F:]{95}"):
            await stranger.version()
        await stranger.aclose()


async def test_a_password_may_go_to_plain_http_behind_it(far: Sshd) -> None:
    heard: list[str] = []

    async def script(talk: Conversation) -> None:
        while await talk.request():
            heard.append(talk.headers.get("authorization", ""))
            await talk.answer(b'{"version":"1"}')

    async with FaultServer(script) as server:
        here = Server(uuid="u", alias="lal", url=server.url.replace("127.0.0.1", "localhost"), route="far",
                      auth=Auth(kind=AuthKind.BEARER, secret="t"))  # fmt: skip
        client = LivyClient(here, secret=lambda _: "x")
        await client.version()
        await client.aclose()
    assert heard == ["Bearer x"]


async def test_it_comes_back_after_a_cut(far: Sshd) -> None:
    async with FaultServer(VERSION) as server:
        client = client_of(server.url, timeout_s=20)
        await client.version()
        far.cut()
        with pytest.raises(Unreachable):
            await client.version()
        far.start()
        async with asyncio.timeout(20):
            while True:
                try:
                    found = await client.version()
                    break
                except Unreachable:
                    await asyncio.sleep(0.1)
        assert found.version == "0.9.0-incubating"
        await client.aclose()
    assert left_over() == []


async def test_a_jump_host_of_the_users_settings_is_used(far: Sshd) -> None:
    async with FaultServer(VERSION) as server:
        client = client_of(server.url, "jumped")
        assert (await client.version()).version == "0.9.0-incubating"
        await client.aclose()
    assert left_over() == []


@pytest.mark.parametrize(
    ("route", "words"),
    [("stranger", "host key|Host key"), ("nobody@far", "Permission denied|disconnect|closed"), ("far:1", "refused")],
)
async def test_a_route_that_does_not_open_is_said_in_the_words_of_ssh(far: Sshd, route: str, words: str) -> None:
    async with FaultServer(VERSION) as server:
        client = client_of(server.url, route, timeout_s=20)
        with pytest.raises(Unreachable, match=rf"lal: the SSH route by {route} does not open: .*({words})") as caught:
            await client.version()
        assert f"ssh {route}" in caught.value.remedy
        await client.aclose()
        assert server.connections == 0
    assert left_over() == []


async def test_nobody_listens_behind_it(far: Sshd) -> None:
    client = client_of(f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(Unreachable, match=r"lal: far does not get to 127.*Connection refused"):
        await client.version()
    await client.aclose()


async def test_two_servers_behind_one_host_share_it(far: Sshd) -> None:
    routes = Routes()
    async with FaultServer(VERSION) as one, FaultServer(VERSION) as two:
        clients = [
            LivyClient(Server(uuid=str(n), alias=f"s{n}", url=s.url, route="far"), routes=routes)
            for n, s in enumerate((one, two))
        ]
        await asyncio.gather(*(client.version() for client in clients))
        assert left_over().count("ssh") == 1
        await clients[0].aclose()
        assert (await clients[1].version()).version == "0.9.0-incubating"
        await clients[1].aclose()
    assert left_over() == []
    assert not routes.open


PROGRAM = """
import asyncio, sys
from astrolabnet_gui.client.route import Route
async def main():
    route = Route("far")
    print(await route.socket("127.0.0.1", 9), route.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_a_killed_program_leaves_no_ssh(far: Sshd) -> None:
    program = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    watch = psutil.Process(int(program.stdout.readline().split()[1]))
    below = [watch, *watch.children(recursive=True)]
    assert "ssh" in [p.name() for p in below]
    program.send_signal(signal.SIGKILL)
    program.wait(10)
    program.stdout.close()
    _, alive = psutil.wait_procs(below, timeout=10)
    assert not alive


async def test_what_came_with_somebody_elses_workspace_starts_no_ssh(far: Sshd) -> None:
    here = Server(uuid="u", alias="lal", url="http://127.0.0.1:1", route="far")
    trusted = Trusted()
    trusted.meet(here)
    client = LivyClient(here, trusted=trusted, routes=Routes())
    with pytest.raises(BadInput, match="lal: this came with the workspace") as caught:
        await client.version()
    assert caught.value.field == "route"
    assert left_over() == []
    await client.aclose()


async def test_without_ssh_the_line_that_gets_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    route = Route("far")
    with pytest.raises(Missing, match="no ssh") as caught:
        await route.socket("h", 1)
    assert "openssh-client" in caught.value.remedy
    await route.aclose()


@pytest.mark.parametrize("bad", ["-oProxyCommand=touch", "a b", "user@-x", "far;id", "a@b@c", "$(id)", "ssh://-x"])
def test_nothing_that_ssh_could_take_for_an_option(bad: str) -> None:
    with pytest.raises(ValueError, match="an SSH route reads user@host"):
        Server(uuid="u", alias="lal", url="http://x", route=bad)
