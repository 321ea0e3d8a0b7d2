"""The island's commands against programs that behave like it, well and badly; the real one is in the e2e tests."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from astrolabnet_gui.command import island
from astrolabnet_gui.model.server import AuthKind
from astrolabnet_gui.network.link import RunState
from astrolabnet_gui.settings.preferences import IslandPreferences, Preferences

from .rig import LAL, SERVER, Rig

Program = Callable[[str], Path]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """``program(source)``: run this in the island's place; it leaves its arguments in a file."""

    def make(source: str) -> Path:
        script, seen = tmp_path / "island.py", tmp_path / "arguments.json"
        script.write_text(
            f"import json, sys\nopen({str(seen)!r}, 'w').write(json.dumps(sys.argv[1:]))\n{source}\n", encoding="utf-8"
        )
        monkeypatch.setattr(island, "PROGRAM", (sys.executable, str(script)))
        return seen

    return make


SAID = {"url": "http://127.0.0.1:4711", "token_file": "/t/token", "pid": 1, "spark": "3.5.6", "java": "17"}
GOOD = f"print('a word before'); print({json.dumps(json.dumps(SAID))})"


async def test_the_island_becomes_a_server_named_local_with_its_token_by_reference(program: Program) -> None:
    seen = program(GOOD)
    async with Rig() as rig:
        rig.house.workspace.drop_server(LAL.uuid)
        await rig.engine.remove_server(LAL.uuid)
        done = await rig.well("island.start", None)
        assert done.focus is not None
        server = rig.engine.server(done.focus.server)
        assert (server.alias, server.url, server.is_island) == ("local", SAID["url"], True)
        assert (server.auth.kind, server.auth.secret) == (AuthKind.BEARER, "file:/t/token")
        assert server in rig.house.workspace.servers()
        assert json.loads(seen.read_text()) == ["start", "--json", "--exit-with-parent"]
        assert "starting the island" in rig.said
        assert done.result["spark"] == "3.5.6"
        again = await rig.well("island.start", None, keep_running=True, livy_home="/opt/livy")
        assert again.focus == done.focus, "the same server, not a second one"
        assert json.loads(seen.read_text()) == ["start", "--json", "--livy-home=/opt/livy"]


async def test_the_preference_keeps_it_running(program: Program) -> None:
    seen = program(GOOD)
    async with Rig() as rig:
        rig.house.preferences.save(Preferences(island=IslandPreferences(keep_running=True)))
        await rig.well("island.start", None)
        assert json.loads(seen.read_text()) == ["start", "--json"]
        assert rig.engine.server(LAL.uuid).url == SAID["url"], "an island that is known moves to its new address"


async def test_what_a_brief_program_starts_outlives_it_unless_it_says_otherwise(program: Program) -> None:
    seen = program(GOOD)
    async with Rig() as rig:
        rig.house.brief = True
        await rig.well("island.start", None)
        assert json.loads(seen.read_text()) == ["start", "--json"]
        assert (await rig.rows())[0].params == {}, "the journal has what was asked for, as from a window"
        await rig.well("island.start", None, keep_running=False)
        assert json.loads(seen.read_text()) == ["start", "--json", "--exit-with-parent"]


@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        ("sys.stderr.write('No Java 17 or 11 was found. Run: apt install x\\n'); sys.exit(3)", "Missing", "No Java 17"),
        ("sys.stderr.write('line 1\\nport taken\\n'); sys.exit(1)", "AstroLabNetError", "port taken"),
        ("sys.exit(9)", "AstroLabNetError", "ended with code 9"),
        ("print('hello')", "AstroLabNetError", "did not say where it is"),
        ("pass", "AstroLabNetError", "did not say where it is"),
        ("import time; print('x', flush=True); time.sleep(60)", "AstroLabNetError", "did not answer within"),
    ],
)
async def test_an_island_that_does_not_start_says_why(
    program: Program, monkeypatch: pytest.MonkeyPatch, source: str, kind: str, words: str
) -> None:
    program(source)
    if "sleep" in source:
        monkeypatch.setattr(island, "START_S", 0.5)
    async with Rig() as rig:
        problem = await rig.ill("island.start", None)
        assert (problem.type, problem.server) == (kind, "local")
        assert words in problem.what
        assert rig.engine.server(LAL.uuid) == LAL


async def test_stopping_asks_when_sessions_are_open(program: Program) -> None:
    seen = program("print('The island has ended.')")
    async with Rig() as rig:
        await rig.foreign()
        no = await rig.do("island.stop", None, answer="no")
        assert (no.state, no.text) == (RunState.DONE, "The island goes on.")
        assert "1 session is open" in rig.questions[0]
        assert not seen.exists()
        done = await rig.well("island.stop", None)
        assert done.text == "The island has ended."
        assert json.loads(seen.read_text()) == ["stop"]


async def test_the_log_is_shown_from_its_end(program: Program) -> None:
    program("print('\\n'.join(f'line {n}' for n in range(500)))")
    async with Rig() as rig:
        done = await rig.well("island.log", None, lines=2)
        assert done.result == {"lines": ["line 498", "line 499"], "total": 500}
        assert rig.engine.store.servers()[0].key == SERVER


async def test_the_island_says_what_it_holds(program: Program) -> None:
    said = {"sessions.active": 2, "sessions.max": 9, "spare.ready": 1,
            "memory.used_bytes": 1.24e9, "memory.available_bytes": 18e9}  # fmt: skip
    program(f"print({json.dumps(json.dumps(said))})")
    async with Rig() as rig:
        done = await rig.well("island.status", None)
        assert done.text == "2 of 9 sessions, a warm one waits; 1.2 GB used, 18.0 GB free."
        assert done.result == said
