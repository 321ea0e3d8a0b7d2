"""One language: each example and each printed line of the table runs as it stands, plain and awaited."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import astrolabnet_gui.command  # noqa: F401  (fills the table)
from astrolabnet_gui.command.line import NAMES, python_line
from astrolabnet_gui.command.registry import COMMANDS, Command
from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.kind import KINDS
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.net.desk import Desk, Failed, NeedsAnswer
from astrolabnet_gui.net.world import Net
from astrolabnet_gui.network.link import Problem, Question, RunState

from ..cli.fakes import LAL, SESSION, STATEMENT, FakeLink, server, session, task

CATALOG = LAL.child("catalogs", "spark_catalog", epoch="e")
TABLE = CATALOG.child("namespaces", "sky").child("tables", "alerts")
HERE = Key("")
# One thing of each kind, under the ids the examples of the table use.
THINGS: dict[str, tuple[Key, ...]] = {
    "servers": (LAL,),
    "sessions": (SESSION,),
    "statements": (STATEMENT,),
    "batches": (LAL.child("batches", 0, epoch="e"),),
    "files": (LAL.child("files", "Files"),),
    "catalogs": (CATALOG,),
    "namespaces": (TABLE.parent or TABLE,),
    "tables": (TABLE,),
    "columns": (TABLE.child("columns", "ra"),),
    "datasets": (HERE.child("datasets", "ztf"),),
    "sources": (HERE.child("sources", "Fink"),),
    "channels": (HERE.child("channels", "alerts-1f"),),
    "tasks": (HERE.child("tasks", "01JQ…"),),
    "groups": (HERE.child("groups", "01J"),),
    "actions": (HERE.child("actions", "pi"), HERE.child("actions", "night-report")),
}
# Kinds of the workspace that a server's page may hold too.
BELOW_A_SERVER = frozenset({"datasets"})


def everything() -> FakeLink:
    """A link that knows one thing of each kind."""
    rest = [
        Thing(key=key, label=str(key.id), state="ready")
        for kind, keys in THINGS.items()
        if kind not in ("servers", "sessions", "statements")
        for key in keys
    ]
    return FakeLink(server("lal"), session(), task("done"), *rest)


def world(link: FakeLink) -> Net:
    """The world as this link tells it."""
    return Net(Desk(link, lambda question: "yes", lambda event: None))


def test_the_tests_know_a_thing_of_every_kind() -> None:
    assert set(THINGS) == set(KINDS)


@pytest.mark.parametrize("command", list(COMMANDS.values()), ids=lambda c: c.name)
def test_the_example_of_a_command_does_that_command(command: Command) -> None:
    link = everything()
    eval(command.example, {"net": world(link)})
    ((name, key, given),) = link.submitted
    assert name == command.name
    assert (key is None) == (not command.on)
    assert key is None or key.kind in command.on
    command.params.model_validate(given)


@pytest.mark.parametrize(
    ("command", "kind"),
    [(command, kind) for command in COMMANDS.values() for kind in command.on],
    ids=lambda value: getattr(value, "name", value),
)
def test_the_printed_line_of_a_command_does_it_again_on_the_same_thing(command: Command, kind: str) -> None:
    link = everything()
    asked = eval(command.example, {"net": world(link)})
    assert asked is None
    params = command.params.model_validate(link.submitted[0][2])
    key = THINGS[kind][0]
    again = everything()
    eval(python_line(command, key, params, "lal"), {"net": world(again)})
    ((name, on, given),) = again.submitted
    assert (name, on) == (command.name, key)
    assert command.params.model_validate(given) == params


def test_names_of_collections_do_not_hide_each_other() -> None:
    assert set(NAMES) < set(KINDS)
    net = world(everything())
    assert [s.address for s in net["lal"].sessions] == ["lal/sessions/3"]
    assert [t.address for t in net["lal"].sessions[3].tasks] == ["lal/sessions/3/statements/7"]
    assert len(net.actions) == 2
    assert {"run", "sessions", "send", "new_session", "look_data"} <= set(dir(net["lal"]))
    assert "look" in dir(net["lal"].table("sky.alerts"))


def test_a_server_is_looked_into_for_a_table_nobody_has_seen() -> None:
    link = FakeLink(server("lal"))

    def looked(run: str) -> None:
        link.change(added=(Thing(key=CATALOG, label="spark_catalog", state="ready"),))
        link.ends(run)

    link.on_submit = looked
    assert world(link)["lal"].catalogs["spark_catalog"].state == "ready"
    assert link.submitted == [("data.look", LAL, {})]


def test_run_waits_for_the_task_and_gives_it() -> None:
    link = FakeLink(server("lal"), session(), task("running"))

    def sent(run: str) -> None:
        link.ends(run, focus=STATEMENT)
        link.change(task("done", {"status": "ok", "execution_count": 7, "data": {"text/plain": "1000"}}))

    link.on_submit = sent
    done = world(link)["lal"].sessions[3].run("spark.range(1000).count()")
    assert link.submitted == [("session.send", SESSION, {"code": "spark.range(1000).count()"})]
    assert (done.state, [getattr(part, "text", "") for part in done.output]) == ("done", ["1000"])


def test_run_says_why_a_task_failed() -> None:
    link = FakeLink(server("lal"), session(), task("running"))

    def sent(run: str) -> None:
        link.ends(run, focus=STATEMENT)
        link.change(task("failed", {"status": "error", "ename": "ZeroDivisionError", "evalue": "by zero"}))

    link.on_submit = sent
    with pytest.raises(Failed, match=r"ended as failed"):
        world(link)["lal"].sessions[3].run("1/0")
    with pytest.raises(BadInput, match="not in statements"):
        _ = world(link)["lal"].sessions[3].tasks[7].run


async def test_on_a_running_loop_the_plain_form_says_which_to_await() -> None:
    link = FakeLink(server("lal"), session(), task("running"))
    net = world(link)
    with pytest.raises(BadInput, match=r"await net\['lal'\]\.test\.aio\(\)"):
        net["lal"].test()
    assert link.submitted == []
    link.on_submit = lambda run: link.ends(run, result={"n": 1})
    assert await net["lal"].test.aio() == {"n": 1}

    def sent(run: str) -> None:
        link.ends(run, focus=STATEMENT)
        link.change(task("done"))

    link.on_submit = sent
    done = await net["lal"].sessions[3].run.aio("1+1")
    assert done.state == "done"
    assert len(link.listeners) == 1, "an act that has ended hears no more"


async def test_a_question_is_answered_once_and_a_cancelled_wait_cancels_the_command() -> None:
    link = FakeLink(server("lal"))
    question = Question(id="q", text="Really?")
    link.on_submit = lambda run: link.ends(run, RunState.ASKING, question=question)
    await world(link)["lal"].remove.aio()
    assert link.answers == [("run0", "q", "yes")]
    link.on_submit = lambda run: None
    waiting = asyncio.create_task(world(link)["lal"].test.aio())
    while len(link.submitted) < 2:
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert link.cancelled == ["run1"]


async def test_an_awaited_act_that_fails_says_so_in_the_engines_words() -> None:
    link = FakeLink(server("lal", "asking"))
    net = world(link)
    with pytest.raises(TimeoutError):
        await net.settled(0.01)
    link.change(server("lal"))
    assert await net.settled(10.0) is net
    problem = Problem(type="Refused", what="it said no.", server="lal", remedy="Ask again.")
    link.on_submit = lambda run: link.ends(run, RunState.FAILED, problem=problem)
    with pytest.raises(Failed, match=r"lal: it said no\. Ask again\."):
        await net["lal"].test.aio()


def test_a_printed_line_whose_secret_was_left_out_asks_for_it() -> None:
    link = FakeLink()
    command = COMMANDS["server.add"]
    params = command.params.model_validate({"alias": "a", "url": "http://a", "secret": "hunter2"})
    with pytest.raises(BadInput, match="secret is not written down"):
        eval(python_line(command, None, params), {"net": world(link)})
    assert link.submitted == []


def test_nobody_there_to_answer() -> None:
    link = FakeLink(server("lal"))

    def nobody(question: Question) -> str:
        raise NeedsAnswer(question.text)

    link.on_submit = lambda run: link.ends(run, RunState.ASKING, question=Question(id="q", text="Really?"))
    net: Any = Net(Desk(link, nobody, lambda event: None))
    with pytest.raises(NeedsAnswer, match="Really"):
        net["lal"].remove()
    assert link.cancelled == ["run0"]
