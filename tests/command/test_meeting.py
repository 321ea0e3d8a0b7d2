"""Nothing runs by being opened: somebody's workspace, set-up, action or working folder starts no program and sends no
packet before a person of this computer trusts it, server by server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.command.engine import make_engine
from astrolabnet_gui.command.front import Front
from astrolabnet_gui.command.house import House
from astrolabnet_gui.errors import NotContacted
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.kind import KINDS, Health
from astrolabnet_gui.model.server import Auth, AuthKind, Server
from astrolabnet_gui.settings.paths import paths
from astrolabnet_gui.settings.setup import Kept, write_file
from astrolabnet_gui.settings.trusted import Trusted
from astrolabnet_gui.settings.workspace import Workspace
from tests.acting import Acting
from tests.spies import door, spied

NOW = "2026-11-23T18:00:00.000000Z"
ROOT = Path(__file__).resolve().parents[2]


def evil(port: int) -> list[Server]:
    """Servers as somebody may put them into a folder: each way out of the house that a server's file can name."""
    url = f"http://127.0.0.1:{port}"
    ways: list[dict[str, Any]] = [
        {},
        {"origin": "island"},
        {"url": f"https://127.0.0.1:{port}", "verify": "first"},
        {"url": "http://named.invalid", "proxy": f"http://127.0.0.1:{port}"},
        {"url": "http://named.invalid", "proxy": f"socks5://127.0.0.1:{port}"},
        {"route": "evil@127.0.0.1"},
        {"history_url": url, "spark_ui": {"http://inside:4040": url}},
        {"auth": Auth(kind=AuthKind.SPNEGO)},
        {"auth": Auth(kind=AuthKind.BEARER, secret="env:HOME", certificate="/etc/passwd", key_secret="key")},
        {"auth": Auth(kind=AuthKind.BASIC, user="u", secret="file:/etc/passwd"), "origin": "island"},
    ]
    return [
        Server.model_validate({"uuid": f"{n:032x}", "alias": f"s{n}", "url": url, **way}) for n, way in enumerate(ways)
    ]


@pytest.fixture
def heard() -> Iterator[list[bytes]]:
    """Who came to the address that all of them name; the workspace is this user's own folder, filled by somebody."""
    with door() as (port, visitors):
        workspace = Workspace(paths().workspace)
        for server in evil(port):
            workspace.save_server(server)
        source = {"origin": {"kind": "kafka", "servers": f"127.0.0.1:{port}", "topic": "t"}, "autorun": True}
        (workspace.folder / "sources.json").write_text(json.dumps({"format": 1, "sources": {"evil": source}}))
        workspace.actions.mkdir()
        (workspace.actions / "evil.toml").write_text(
            'title = "Evil"\nkind = "pyspark"\ncode = "import os; os.system(\'touch pwned\')"\nautorun = true\n'
        )
        (workspace.folder / "init.py").write_text("import os; os.system('touch pwned')")
        yield visitors


@asynccontextmanager
async def opened() -> AsyncIterator[Acting]:
    """The house of this user with the engine and the clients of the program itself."""
    house = House()
    async with Acting(house, make_engine(house)) as acting:
        acting.engine.attend(None, frozenset(Key(s.uuid) for s in house.workspace.servers()))
        for server in house.workspace.servers():
            await acting.engine.until(Key(server.uuid), lambda t: t is not None and t.state != "asking")
        yield acting


async def test_a_workspace_of_somebody_is_shown_grey_and_nothing_leaves_the_house(heard: list[bytes]) -> None:
    with spied() as seen:
        async with opened() as acting:
            await acting.well("task.reconcile", None)
            for thing in acting.engine.store.servers():
                assert thing.state == "not contacted"
                assert KINDS["servers"].health(thing.state) is Health.GONE
                assert "nothing was sent yet to http" in thing.problem
                assert "Trust and connect" in thing.problem
                problem = await acting.ill("server.test", thing.key)
                assert "not contacted" in str(problem)
                with pytest.raises(NotContacted):
                    await acting.engine.client(thing.key.server).call.probe("/version", {})
            assert "10 servers are not contacted before you trust them" in acting.house.problems[-1]
            no = await acting.do("server.connect", Key(f"{0:032x}"), answer="no")
            assert no.result == {"done": False}
    assert (heard, seen) == ([], [])
    assert not (ROOT / "pwned").exists()


async def test_one_that_is_trusted_is_asked_and_the_others_go_on_waiting(heard: list[bytes]) -> None:
    async with opened() as acting:
        first, other = Key(f"{0:032x}"), Key(f"{6:032x}")
        yes = await acting.well("server.connect", first)
        assert acting.questions[0].startswith("s0 at http://127.0.0.1:")
        assert yes.text == "s0 is asked."
        await acting.engine.until(first, lambda t: t is not None and t.state in ("no answer", "down"))
        assert heard
        assert all(b.startswith(b"GET /sessions") for b in heard if b), "no secret was sent"
        assert acting.engine.store.get(other).state == "not contacted"  # type: ignore[union-attr]
        assert (await acting.ill("server.connect", first)).type == "NotApplicable"
        again = await acting.do("workspace.connect", None, answer="no")
        assert again.result == {"done": False, "asked": 0}
        for words in (
            "History Server http://127.0.0.1",
            "Spark UI http",
            "proxy socks5://",
            "SSH route evil@127.0.0.1",
        ):
            assert words in acting.questions[-1]
    async with opened() as acting:
        assert acting.engine.store.get(first).state != "not contacted"  # type: ignore[union-attr]
        assert acting.engine.store.get(other).state == "not contacted"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://127.0.0.1:1"}, {"history_url": "http://127.0.0.1:1"}, {"proxy": "http://127.0.0.1:1"},
        {"route": "far"}, {"spark_ui": {"http://a:1": "http://127.0.0.1:1"}}, {"verify": "pin:" + "0" * 64},
        {"auth": {"kind": "bearer", "secret": "env:HOME"}}, {"auth": {"certificate": "/etc/passwd"}},
    ],
    ids=str,
)  # fmt: skip
def test_a_trusted_server_that_was_changed_in_its_file_is_asked_for_again(change: dict[str, Any]) -> None:
    trusted = Trusted()
    server = Server(uuid="1" * 32, alias="lal", url="https://lal.example")
    trusted.meet(server)
    looks = {"alias": "new", "tint": "clay", "place": 3, "timeout_s": 9.0, "results": "hdfs:///r"}
    assert trusted.met(server.model_copy(update=looks))
    assert not trusted.met(Server.model_validate(server.model_dump() | change))
    assert not trusted.met(server.model_copy(update={"uuid": "2" * 32}))


async def test_an_edit_trusts_nothing_that_was_not_before_and_loses_no_trust(heard: list[bytes]) -> None:
    async with opened() as acting:
        key = Key(f"{0:032x}")
        await acting.well("server.edit", key, alias="seen")
        assert not acting.house.trusted.met(acting.engine.server(key.server))
        added = await acting.well("server.add", None, alias="mine", url="http://127.0.0.1:9")
        await acting.well("server.edit", added.focus, url="http://127.0.0.1:1")
        assert acting.house.trusted.met(acting.engine.server(added.focus.server))  # type: ignore[union-attr]
        gone = acting.engine.server(added.focus.server)  # type: ignore[union-attr]
        await acting.do("server.remove", added.focus, {"sure": True})
        assert not acting.house.trusted.met(gone)
    assert heard == []


async def test_a_set_up_contacts_those_whose_address_was_read_and_no_other(tmp_path: Path) -> None:
    with door() as (port, visitors):
        servers = [Server(uuid=f"{n:032x}", alias=f"s{n:02}", url=f"http://127.0.0.1:{port}/{n}") for n in range(14)]
        file = tmp_path / "many.astrolabnet"
        write_file(file, {f"servers/{s.uuid}": Kept(changed=NOW, value=s.model_dump()) for s in servers}, "w")
        async with opened() as acting:
            with spied() as seen:
                await acting.do("workspace.open", None, {"file": str(file)}, answer="no")
            assert (seen, visitors) == ([], [])
            await acting.well("workspace.open", None, file=str(file))
            assert "s11 at" in acting.questions[-1]
            assert "and 2 more" in acting.questions[-1]
            await acting.engine.until(Key(servers[13].uuid), lambda t: t is not None and t.state == "not contacted")
            met = [acting.house.trusted.met(s) for s in acting.house.workspace.servers()]
            assert met == [True] * 12 + [False] * 2


def test_an_island_of_somebody_else_starts_no_island_of_mine(heard: list[bytes]) -> None:
    front = Front()
    islands = [server for server in front.workspace.servers() if server.is_island]
    assert len(islands) == 2
    assert not any(map(front.trusted.met, islands))
    Trusted(paths().state / "trusted.json").meet(islands[0])
    assert not front.trusted.met(islands[0]), "what was read at its start"
    front.close()
    again = Front()
    assert [again.trusted.met(server) for server in islands] == [True, False]
    again.close()


def test_two_programs_that_are_open_together_lose_no_trust_of_each_other(tmp_path: Path) -> None:
    one, two = Trusted(tmp_path / "t.json"), Trusted(tmp_path / "t.json")
    a, b = (Server(uuid=c * 32, alias=c, url=f"http://{c}.example") for c in "ab")
    one.meet(a)
    two.meet(b)
    assert [Trusted(tmp_path / "t.json").met(server) for server in (a, b)] == [True, True]


@pytest.mark.parametrize("words", [["servers"], ["island", "status"], ["-c", "net.servers"]], ids=" ".join)
def test_a_folder_one_stands_in_runs_nothing(heard: list[bytes], tmp_path: Path, words: list[str]) -> None:
    """As the installed command starts: a script in a folder of its own."""
    trap = "import pathlib; pathlib.Path(__file__).with_name('pwned').touch()\nraise SystemExit('pwned')\n"
    here = tmp_path / "here"
    for name in (
        "httpx",
        "pydantic",
        "sitecustomize",
        "usercustomize",
        "init",
        "platformdirs",
        "apsw",
        "psutil",
        "json",
    ):
        here.mkdir(exist_ok=True)
        (here / f"{name}.py").write_text(trap)
    for name in ("astrolabnet_gui", "PySide6", "IPython"):
        (here / name).mkdir()
        (here / name / "__init__.py").write_text(trap)
    for name in (".state.bsh", "init.bsh", ".ipython_startup.py", ".pythonrc.py"):
        (here / name).write_text(trap)
    script = tmp_path / "bin" / "astrolabnet"
    script.parent.mkdir()
    script.write_text("import sys\nfrom astrolabnet_gui.__main__ import main\nsys.exit(main())\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(script), *words], cwd=here, env=environment, capture_output=True, text=True, timeout=120,
        check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert not list(here.glob("**/pwned")), done.stderr
    assert "pwned" not in done.stderr
    assert heard == []
    if words == ["servers"]:
        assert done.stdout.count("not contacted") == 10
