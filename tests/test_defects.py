"""Defects of the original program, each held off by a test with its number. D1, D2 and D8 are held on real Spark."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from pathlib import Path

import pytest

import astrolabnet_gui.command  # noqa: F401  (fills the table)
from astrolabnet_gui.actions.library import Library
from astrolabnet_gui.catalog.names import TableName
from astrolabnet_gui.catalog.preview import MAX_ROWS, rows_statement
from astrolabnet_gui.catalog.questions import schema_statement
from astrolabnet_gui.catalog.schema import Field
from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.journal.row import State
from astrolabnet_gui.model.key import Key, split_address
from astrolabnet_gui.model.kind import KINDS
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.net.graph import Graph
from astrolabnet_gui.net.run import Run
from astrolabnet_gui.net.world import Net, Node, Nodes
from astrolabnet_gui.network.link import DeltaEvent, Event
from astrolabnet_gui.network.topology import topology
from astrolabnet_gui.resources import resource
from astrolabnet_gui.settings.workspace import Workspace
from tests.cli.fakes import FakeLink as LinkOfFaces
from tests.cli.fakes import server as a_server
from tests.command.rig import Rig
from tests.command.test_batch import EVERYTHING
from tests.command.test_datasets import told as answered
from tests.fakebodies import refused_connection
from tests.fakelivy import FakeLivy
from tests.net.test_world import everything, world
from tests.network.desk import commands, desk, wait_for
from tests.network.sending import send
from tests.network.virtual import in_virtual_time
from tests.web.harbour import harbour

ROOT = Key("u1")


def test_d03_a_server_that_hangs_holds_up_nothing_else() -> None:
    async def story() -> None:
        livy = FakeLivy()
        livy.faults["sessions"] = ["hang"]
        async with desk(livy=livy, execute=commands) as one:
            one.engine.submit("count", None, {})
            await wait_for(lambda: any(run.text == "counted" for run in one.replica.runs()))

    in_virtual_time(story())


def test_d04_what_vanished_is_not_shown_as_running() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=10_000)
        livy.open()
        livy.start_batch("aln-b")["state"] = "running"
        async with desk(livy=livy) as one:
            one.engine.attend(ROOT, frozenset({ROOT}))
            key = await send(one, look=False)
            batch = one.thing("lal/batches/0").key
            livy.sessions.clear()
            livy.batches.clear()
            await wait_for(lambda: one.engine.store.things[key].state == "lost", 200)
            await wait_for(
                lambda: batch not in one.engine.store.things or one.thing("lal/batches/0").state != "running"
            )

    in_virtual_time(story())


@pytest.mark.parametrize("end", ["killed", "error", "dead", "success"])
def test_d05_batch_0_is_followed_to_each_of_its_ends(end: str) -> None:
    async def story() -> None:
        livy = FakeLivy()
        livy.start_batch("aln-b")["state"] = "running"
        async with desk(livy=livy) as one:
            one.engine.attend(ROOT, frozenset({ROOT}))
            assert one.thing("lal/batches/0").state == "running"
            livy.batches[0]["state"] = end
            await wait_for(lambda: one.thing("lal/batches/0").state == end, 200)
            assert end in KINDS["batches"].terminal

    in_virtual_time(story())


async def test_d07_whatever_was_set_up_is_kept_at_once_and_read_again_as_data() -> None:
    async with Rig() as rig:
        await rig.well("server.add", None, alias="eso", url="http://127.0.0.1:1")
        fields = {name: value for name, value in EVERYTHING.items() if name != "conf"}
        await rig.well("action.new", None, title="Night", parameters=["n: integer = 1"], **fields)
        code = 'print("\\t", 1)\n'
        await rig.well("action.new", None, title="Quote", kind="pyspark", code=code)
        # Nobody has left the program yet; another one reads what there is.
        again, library = Workspace(rig.house.workspace.folder), Library(own=rig.house.workspace.actions)
        assert again.servers() == rig.house.workspace.servers()
        assert {server.alias for server in again.servers()} == {"lal", "eso"}
        assert library.of_name("night") == rig.house.library.of_name("night")
        assert library.get("quote").code == code
        assert (again.problems, library.problems) == ([], [])


async def test_d09_a_server_that_was_found_through_another_is_told_to_every_face_at_once() -> None:
    async with Rig() as rig:
        told: list[Thing] = []

        def hear(event: Event) -> None:
            if isinstance(event, DeltaEvent):
                told.extend(thing for delta in event.deltas for thing in delta.added)

        rig.engine.subscribe(hear)
        document = json.dumps({"alias": "fink", "url": "http://127.0.0.1:9", "login": "none"}).encode()
        rows = [["fink.json", base64.b64encode(document).decode()]]
        rig.livy.answers += [answered(rows=[["home", "file:/home/ada"]]), answered(rows=rows), answered(rows=[])]
        learnt = await rig.well("registry.learn")
        assert learnt.result["added"] == ["fink"]
        (fink,) = [thing for thing in told if thing.label == "fink"]
        assert not fink.key.path
        assert fink.key in [thing.key for thing in rig.engine.store.servers()]


def test_d10_a_server_that_can_not_be_reached_stays_and_says_so() -> None:
    async def story() -> None:
        livy = FakeLivy()
        livy.down = refused_connection()
        async with desk(livy=livy) as one:
            await wait_for(lambda: one.thing("lal").state in ("no answer", "down"))
            assert one.thing("lal").problem

    in_virtual_time(story())


async def test_d11_each_sending_opens_no_session_of_its_own() -> None:
    async with Rig() as rig:
        for code in ("1", "2", "3"):
            await rig.well("server.send", code=code, kind="pyspark", wait=True)
        assert len(rig.livy.here) == 1


async def test_d14_the_journal_holds_arguments_and_outcome() -> None:
    async with Rig() as rig:
        await rig.well("server.send", code="1+1", kind="pyspark", wait=True)
        await rig.ill("server.add", None, alias="lal", url="http://127.0.0.1:2")
        rows = await rig.rows()
        told = {row.command: row.params for row in rows if row.state is State.INTENT}
        assert told["server.send"]["code"] == told["task.sent"]["code"] == "1+1"
        assert {row.state for row in rows} >= {State.INTENT, State.ACK, State.DONE, State.FAILED}


@pytest.mark.parametrize("alias", ["my server", "a/b", "ü & co", "x%20y"])
def test_d16_names_with_blanks_and_slashes_are_no_riddle(alias: str) -> None:
    key = Key("u", "e", ("sessions", 3))
    assert split_address(key.address(alias)) == (alias, ("sessions", "3"))
    assert Key("u", "e", ("sessions", 0)) != Key("v", "e", ("sessions", 0)), "numbers are those of one server"


async def test_d16_the_web_page_lets_nobody_in_without_a_token_and_acts_by_no_link() -> None:
    async with harbour(LinkOfFaces(a_server("lal"))) as port:
        act = "/api/commands/server.remove"
        for method in ("GET", "HEAD"):
            answer = await port.client.request(method, f"{act}?on=lal")
            assert answer.status_code in (404, 405)
        bare = {"Authorization": ""}
        assert (await port.client.post(act, json={"on": "lal"}, headers=bare)).status_code == 401
        assert (await port.client.get("/api/things", headers=bare)).status_code == 401
        assert port.link.submitted == []
        assert (await port.client.post(act, json={"on": "lal"})).status_code < 400
        assert [name for name, *_ in port.link.submitted] == ["server.remove"]
    scripts = list(resource("web").glob("*.js"))
    assert scripts
    for script in scripts:
        assert not re.search(
            r"\beval\(|new Function\(|innerHTML|insertAdjacentHTML|document\.write", script.read_text()
        )


async def test_d17_a_result_that_nobody_looked_at_is_there_later() -> None:
    async with Rig() as rig:
        sent = await rig.well("server.send", code="1+1", kind="pyspark")
        assert sent.focus is not None
        async with asyncio.timeout(20):
            while rig.engine.store.things[sent.focus].state != "done":
                await asyncio.sleep(0.01)
        payload = rig.engine.store.things[sent.focus].payload
        assert isinstance(payload, Task)
        assert payload.statement is not None
        assert payload.statement.output is not None


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_d18_every_example_is_python_and_does_what_it_says(name: str) -> None:
    link = everything()
    eval(COMMANDS[name].example, {"net": world(link)})
    assert [submitted for submitted, *_ in link.submitted] == [name]


def test_d18_what_help_and_readme_call_is_there() -> None:
    """``net.x.y(…)`` and ``net["lal"]….verb(…)`` in words for people name commands, or what a thing has."""
    root = Path(__file__).resolve().parent.parent
    files = [root / "README.md", *sorted((root / "docs").rglob("*.md")), *sorted(resource("help").rglob("*.md"))]
    verbs = {verb for name in COMMANDS for noun, verb in [name.split(".")] for verb in (verb, f"{verb}_{noun}")}
    own = {name for made in (Net, Node, Nodes, Graph, Run) for name in dir(made) if not name.startswith("_")}
    plugged = {"busy_night"}  # docs/plugins.md writes a command of this name
    called = [
        (file.name, found[1]) for file in files
        for found in re.finditer(r"\bnet(?:\.|\[)[\w\"'\[\].…]*?\.?(\w+)\(", file.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert len(called) > 5
    assert [(file, word) for file, word in called if word not in verbs | own | plugged] == []


async def test_d06_a_new_batch_is_a_batch_and_a_new_action_is_an_action() -> None:
    async with Rig() as rig:
        actions = {action.name for action in rig.house.library.actions()}
        made = await rig.well("batch.new", file="hdfs:///x.py")
        assert made.focus is not None
        assert (made.focus.kind, len(rig.livy.batches_here)) == ("batches", 1)
        assert {action.name for action in rig.house.library.actions()} == actions
        posts = rig.livy.posts
        made = await rig.well("action.new", None, title="Night report", kind="pyspark", code="1+1")
        assert made.focus is not None
        assert made.focus.kind == "actions"
        assert (rig.livy.posts, len(rig.livy.batches_here)) == (posts, 1)


async def test_d12_a_second_search_finds_the_same_and_adds_nothing_twice() -> None:
    async with Rig() as rig:
        await rig.well("server.send", code="lyman = 1+1", kind="pyspark", wait=True)
        first = await rig.well("task.find", None, text="lyman")
        known = dict(rig.engine.store.things)
        second = await rig.well("task.find", None, text="lyman")
        assert first.result["total"] == 1
        assert second.result == first.result
        assert rig.engine.store.things.keys() == known.keys()
        graph = topology([*known.values(), *rig.engine.store.things.values()])
        assert set(graph) == known.keys()


def test_d13_every_thing_keeps_its_own_edges_though_numbers_and_labels_are_alike() -> None:
    servers = [Key(f"u{n}") for n in range(3)]
    sessions = [key.child("sessions", n, "e") for key in servers for n in range(2)]
    tasks = [key.child("statements", 0) for key in sessions]
    things = [Thing(key=key, label="alert", state="up") for key in (*servers, *sessions, *tasks)]
    graph = topology(things)
    assert set(graph.edges) == {(key.parent, key) for key in (*sessions, *tasks)}
    assert graph.number_of_edges() == 3 * 2 + 6


async def test_d15_no_search_reads_or_answers_without_a_bound() -> None:
    table, columns = TableName(name="alerts"), (Field(name="ra", type="double"),)
    for wish in (50, 10**9):
        asked = rows_statement(table, columns, wish, "`ra` > 10")
        assert asked.endswith(f" LIMIT {min(wish, MAX_ROWS)})")
    assert schema_statement(table).endswith(" LIMIT 0")
    async with Rig() as rig:
        assert (await rig.ill("task.find", None, limit=10**9)).field == "limit"
        assert rig.livy.lists == 0, "a search asks no server for all it has"
