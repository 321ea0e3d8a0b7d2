"""Sessions and tasks through the whole path: engine, command, journal, a Livy that numbers and loses replies."""

from __future__ import annotations

import asyncio

import pytest

from astrolabnet_gui.command.task import CANCEL_WAIT_S
from astrolabnet_gui.journal.row import State
from astrolabnet_gui.model.livy import NewSession, NewStatement
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.network.link import RunState
from astrolabnet_gui.tasks.marker import strip

from .rig import SERVER, Rig


async def test_a_new_session_is_mine_at_once_and_all_its_settings_reach_livy() -> None:
    async with Rig() as rig:
        rig.livy.starting = True
        done = await rig.well(
            "session.new", kind="spark", driver_memory="2g", driver_cores=3, executors=4, executor_memory="5g",
            executor_cores=6, queue="q", proxy_user="p", conf={"spark.x": "1"}, jars=["a.jar"], py_files=["b.py"],
            files=["c"], archives=["d.zip"], idle_timeout="2h", ttl="1d", heartbeat_s=7,
        )  # fmt: skip
        assert done.focus is not None
        thing = rig.engine.store.get(done.focus)
        assert thing is not None
        assert (thing.mine, thing.state) == (True, "starting")
        body = rig.livy.bodies[0]
        assert isinstance(body, NewSession)
        assert body.body() | {"name": ""} == {
            "kind": "spark", "name": "", "driverMemory": "2g", "driverCores": 3, "numExecutors": 4,
            "executorMemory": "5g", "executorCores": 6, "queue": "q", "proxyUser": "p", "conf": {"spark.x": "1"},
            "jars": ("a.jar",), "pyFiles": ("b.py",), "files": ("c",), "archives": ("d.zip",), "idleTimeout": "2h",
            "ttl": "1d", "heartbeatTimeoutInSecond": 7,
        }  # fmt: skip
        assert rig.house.owns(body.name or "")


async def test_a_lost_reply_to_a_creation_is_found_by_name_and_not_repeated() -> None:
    async with Rig() as rig:
        rig.livy.faults = ["lost after"]
        done = await rig.well("session.new")
        assert done.focus is not None
        assert rig.livy.posts == 1
        assert [r.state for r in await rig.rows() if r.command == "session.made"] == [
            State.INTENT, State.AMBIGUOUS, State.ACK,
        ]  # fmt: skip


async def test_a_creation_that_never_arrived_is_given_up_and_not_repeated() -> None:
    async with Rig() as rig:
        rig.livy.faults = ["lost before"]
        problem = await rig.ill("session.new")
        assert problem.type == "Ambiguous"
        assert rig.livy.posts == 1
        assert (await rig.rows())[-1].state is State.UNKNOWN


async def test_the_first_sending_opens_a_session_waits_and_later_ones_use_it() -> None:
    async with Rig() as rig:
        rig.livy.starting = True
        sending = asyncio.create_task(rig.do("server.send", SERVER, {"code": "1+1", "kind": "pyspark", "wait": True}))
        while not rig.livy.here:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert not rig.livy.ran, "nothing is sent to a session that is not ready"
        rig.livy.become(0, state="idle")
        done = await sending
        assert done.state is RunState.DONE
        assert done.result["state"] == "done"
        assert done.result["output"]["data"] == {"text/plain": "2"}
        assert any("waiting until" in text for text in rig.said)
        assert done.line == "net['lal'].send(kind='pyspark', code='1+1', wait=True)"
        again = await rig.well("server.send", code="2+2", kind="pyspark", wait=True)
        assert again.focus is not None
        assert again.focus.path == ("sessions", 0, "statements", 1)
        sql = await rig.well("server.send", action="one-plus-one", kind="sql")
        assert sql.focus is not None
        assert sql.focus.path[1] == 0, "SQL sees what was made in my Python session"
        rig.livy.starting = False
        await rig.well("server.send", code="1", kind="sparkr")
        assert len(rig.livy.here) == 2, "another language, another session"


async def test_a_double_click_opens_one_session() -> None:
    async with Rig() as rig:
        rig.livy.starting = True
        runs = {rig.engine.submit("server.send", SERVER, {"code": "1", "kind": "pyspark"}) for _ in range(3)}
        while not rig.livy.here:
            await asyncio.sleep(0.01)
        rig.livy.become(0, state="idle")
        rig.engine.poll_now(SERVER.server)
        ended = []
        while len(ended) < len(runs):
            event = await asyncio.wait_for(rig.events.get(), 20)
            ended += [event.state] if event.state in (RunState.DONE, RunState.FAILED) else []
        assert ended == [RunState.DONE] * 3
        assert len(rig.livy.here) == 1
        assert set(rig.livy.ran.values()) == {1}
        assert len(rig.livy.ran) == 3


async def test_what_runs_is_shown_as_mine_with_the_users_own_code() -> None:
    async with Rig() as rig:
        rig.livy.holding = True
        done = await rig.well("server.send", action="pi", values={"darts": "1000", "slices": 4})
        assert done.focus is not None
        thing = await rig.thing(done.focus, "running")
        assert isinstance(thing.payload, Task)
        assert thing.mine
        assert thing.label == "Pi by throwing darts"
        action = rig.house.library.get("pi")
        assert (thing.payload.code, thing.payload.line_shift) == (action.code, 4)
        statement = rig.livy.bodies[-1]
        assert isinstance(statement, NewStatement)
        assert strip(statement.code).code.endswith(action.code)
        rig.livy.finish(0, 0)
        await rig.thing(done.focus, "done")
        while (await rig.rows())[-1].command != "task.sent":
            await asyncio.sleep(0.01)
        ends = [r.state for r in await rig.rows() if r.command == "task.sent"]
        assert ends == [State.INTENT, State.ACK, State.DONE]


async def test_nothing_is_sent_to_a_dead_session() -> None:
    async with Rig() as rig:
        key = await rig.foreign(state="dead")
        problem = await rig.ill("session.send", key, code="1")
        assert problem.type == "NotApplicable"
        assert "is dead" in problem.what
        assert rig.livy.posts == 0


async def test_sessions_of_others_are_closed_only_after_a_question_with_their_owner() -> None:
    async with Rig() as rig:
        key = await rig.foreign()
        refused = await rig.do("session.close", key, answer="no")
        assert (refused.state, refused.result) == (RunState.DONE, {"done": False})
        assert rig.livy.deleted == []
        assert "belongs to anna" in rig.questions[0]
        await rig.well("session.close", key)
        assert rig.livy.deleted == [0]


async def test_my_own_idle_session_is_closed_without_a_question_a_busy_one_with() -> None:
    async with Rig() as rig:
        idle, busy = (await rig.well("session.new")).focus, (await rig.well("session.new")).focus
        assert idle is not None
        assert busy is not None
        rig.livy.become(1, state="busy")
        rig.engine.poll_now(SERVER.server)
        await rig.thing(busy, "busy")
        await rig.well("session.close", idle)
        assert rig.questions == []
        await rig.well("session.close", busy)
        assert "lose what runs" in rig.questions[0]


@pytest.mark.parametrize(
    ("end", "session", "words"),
    [
        ({"state": "cancelled", "output": {"status": "error", "ename": "E"}}, "idle", "Cancelled."),
        ({"state": "cancelled", "output": None, "started": 1}, "busy",
         "Asked; driver code still runs. It ends by itself, or with its session."),
        ({"state": "available"}, "idle", "Nothing to cancel: it ended as done."),
    ],
)  # fmt: skip
async def test_a_cancel_says_what_it_did(
    monkeypatch: pytest.MonkeyPatch, end: dict[str, object], session: str, words: str
) -> None:
    async with Rig() as rig:
        rig.livy.holding = True
        task = (await rig.well("server.send", code="1", kind="pyspark")).focus
        assert task is not None
        await rig.thing(task, "running")

        async def cancelled(_session: object, _task: object) -> None:
            rig.livy.finish(0, 0, **end)
            rig.livy.become(0, state=session)

        async def sleep(seconds: float) -> None:
            """Its clock would run to the end of patience at once."""
            await (asyncio.sleep(30) if seconds == CANCEL_WAIT_S else step(seconds))

        step = rig.clock.sleep
        monkeypatch.setattr(rig.clock, "sleep", sleep)
        monkeypatch.setattr(rig.livy, "cancel_statement", cancelled)
        assert (await rig.well("task.cancel", task)).text == words


async def test_my_task_is_cancelled_and_sent_again_with_the_same_values() -> None:
    async with Rig() as rig:
        rig.livy.holding = True
        first = await rig.well("server.send", action="pi", values={"darts": 77})
        assert first.focus is not None
        await rig.thing(first.focus, "running")
        await rig.well("task.cancel", first.focus)
        assert rig.livy.cancelled == [(0, 0)]
        assert rig.questions == [], "my own task is cancelled without a question"
        rig.livy.finish(0, 0, state="cancelled", output=None)
        await rig.thing(first.focus, "cancelled")
        assert (await rig.ill("task.cancel", first.focus)).type == "NotApplicable"
        second = await rig.well("task.again", first.focus)
        assert second.focus is not None
        assert second.focus.id == 1
        codes = [strip(b.code) for b in rig.livy.bodies if isinstance(b, NewStatement)]
        assert codes[0].code == codes[1].code
        assert codes[0].marker != codes[1].marker


async def test_again_goes_to_another_session_when_its_own_has_ended() -> None:
    async with Rig() as rig:
        first = await rig.well("server.send", code="1+1", kind="pyspark", wait=True)
        assert first.focus is not None
        await rig.livy.delete_session(0)
        rig.engine.poll_now(SERVER.server)
        parent = first.focus.parent
        assert parent is not None
        await rig.thing(parent, "gone")
        second = await rig.well("task.again", first.focus)
        assert second.focus is not None
        assert second.focus.path[1] == 1


async def test_the_reading_verbs() -> None:
    async with Rig() as rig:
        key = await rig.foreign()
        assert (await rig.well("session.log", key)).result == {"lines": ["stdout: ", "line"], "total": 2}
        assert (await rig.well("session.complete", key, code="spark.re")).result == {
            "candidates": ["pyspark:spark.read"]
        }
        assert await rig.rows() == [], "looking is not written down"


@pytest.mark.parametrize(
    ("params", "field", "words"),
    [
        ({}, "", "no code"), ({"code": "1", "action": "pi"}, "", "not both"),
        ({"code": "1", "kind": "cobol"}, "kind", ""), ({"code": "1", "nonsense": 1}, "nonsense", "knows no"),
        ({"action": "pie", "kind": "sql"}, "action", "no action"),
        ({"action": "pi", "values": {"darts": "many"}}, "darts", "whole number"),
    ],
)  # fmt: skip
async def test_bad_parameters_are_named_and_nothing_is_sent(params: dict[str, object], field: str, words: str) -> None:
    async with Rig() as rig:
        key = await rig.foreign()
        problem = await rig.ill("session.send", key, **params)
        assert problem.type == "BadInput"
        assert problem.field == field
        assert words in problem.what
        assert rig.livy.posts == 0


async def test_without_a_language_a_shared_session_asks_for_one() -> None:
    async with Rig() as rig:
        key = await rig.foreign(kind="shared")
        assert (await rig.ill("session.send", key, code="1")).field == "kind"


async def test_a_journal_that_can_not_be_written_blocks_acts_but_not_looking() -> None:
    async with Rig() as rig:
        key = await rig.foreign()
        rig.house.journal.close()
        for command, where in (("session.new", SERVER), ("session.close", key)):
            assert (await rig.ill(command, where)).type == "JournalClosed"
        assert (rig.livy.posts, rig.livy.deleted) == (0, [])
        await rig.well("server.test")


async def test_wrong_names_and_places_are_said() -> None:
    async with Rig() as rig:
        assert "no command" in (await rig.ill("session.dance")).what
        assert "needs one of: sessions" in (await rig.ill("session.close", SERVER)).what
        assert "not about a thing" in (await rig.ill("island.log", SERVER)).what
        gone = SERVER.child("sessions", 99, "e")
        assert "not there" in (await rig.ill("session.close", gone)).what


async def test_what_an_island_has_not_is_said_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Rig() as rig:
        monkeypatch.setattr("astrolabnet_gui.actions.place.without_r", lambda: "R is not installed on this computer")
        before = len(rig.livy.livy.sessions)
        for verb, params in (
            ("server.send", {"kind": "sparkr", "code": "1"}), ("session.new", {"kind": "sparkr"}),
        ):  # fmt: skip
            problem = await rig.ill(verb, SERVER, **params)
            assert "R is not installed" in str(problem)
            assert "start the island" in str(problem)
        assert len(rig.livy.livy.sessions) == before
        assert (await rig.well("server.send", SERVER, kind="pyspark", code="1")).text.startswith("Sent")


async def test_a_change_that_no_journal_knows_of_is_seen_by_every_test_of_commands() -> None:
    async with Rig() as rig:
        with pytest.raises(AssertionError, match=r"create_session.* is in no journal"):
            await rig.engine.client(SERVER.server).create_session(NewSession())
        assert not rig.livy.livy.sessions
