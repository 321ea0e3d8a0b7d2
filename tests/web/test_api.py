"""Each row of the table is reached by its address; questions, failures and events travel as JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.net.desk import Desk
from astrolabnet_gui.net.world import Net
from astrolabnet_gui.network.link import Problem, Question, RunState
from astrolabnet_gui.web import hub as hub_file
from astrolabnet_gui.web.openapi import document
from tests.cli.fakes import LAL, SESSION, STATEMENT, FakeLink, server, session, task
from tests.net.test_world import THINGS, everything
from tests.web.harbour import Harbour, harbour

OK = {"status": "ok", "execution_count": 0, "data": {"text/plain": "<b>499500</b>"}}


@pytest_asyncio.fixture
async def port(no_tasks_left: None) -> AsyncIterator[Harbour]:
    async with harbour(everything()) as made:
        yield made


def address(kind: str) -> str:
    """Of the thing of that kind which the examples know."""
    return THINGS[kind][0].address("lal" if THINGS[kind][0].server else "")


def asked_by_python(example: str) -> tuple[str, Any, dict[str, Any]]:
    """What the example of a command asks of the engine."""
    link = everything()
    desk = Desk(link, lambda question: "yes", lambda event: None, waits_on_a_loop=True)
    eval(example, {"net": Net(desk)})
    return link.submitted[0]


@pytest.mark.parametrize("name", COMMANDS)
async def test_each_command_is_reached_and_asks_what_python_asks(port: Harbour, name: str) -> None:
    """Parity: the same run of the same command on the same thing with the same parameters as its line of Python."""
    _, key, params = asked_by_python(COMMANDS[name].example)
    on = {} if key is None else {"on": key.address("lal" if key.server else "")}
    body = {**on, "params": json.loads(json.dumps(params, default=str))}
    answer = await port.client.post(f"/api/commands/{name}", json=body)
    assert answer.status_code == 200, answer.text
    if key is not None and key.kind != "actions":  # the tests' own action is an empty one
        assert (await port.client.get(f"/api/things/{on['on']}")).json()["address"] == on["on"]
    ((asked, where, given),) = port.link.submitted
    assert (asked, where) == (name, key)
    model = COMMANDS[name].params
    assert model.model_validate(given) == model.model_validate(params)


async def test_a_question_comes_back_and_is_answered_by_its_own_words(port: Harbour) -> None:
    question = Question(id="q", text="Really close it?")
    port.link.on_submit = lambda run: port.link.ends(run, RunState.ASKING, question=question)
    act = "/api/commands/session.close"
    asked = await port.client.post(act, json={"on": "lal/sessions/3"})
    assert asked.status_code == 409
    told = asked.json()["problem"]
    assert told["question"] == {"text": "Really close it?", "choices": ["yes", "no"], "default": "no"}
    for answers in ({"Something else?": "yes"}, {"Really close it?": "perhaps"}):
        again = await port.client.post(act, json={"on": "lal/sessions/3", "answers": answers})
        assert again.status_code == 409
    assert port.link.answers == []
    assert port.link.cancelled == ["run0", "run1", "run2"]
    done = await port.client.post(act, json={"on": "lal/sessions/3", "answers": {"Really close it?": "yes"}})
    assert (done.status_code, done.json()["text"]) == (200, "yes")
    assert port.link.answers == [("run3", "q", "yes")]


async def test_what_lasts_is_answered_with_a_run_to_ask_for(port: Harbour) -> None:
    port.link.on_submit = lambda run: None
    answer = await port.client.post("/api/commands/server.test", json={"on": "lal", "wait_s": 0})
    assert (answer.status_code, answer.json()) == (202, {"run": "run0", "state": "running"})
    assert (await port.client.get("/api/runs/run0")).status_code == 202
    port.link.ends("run0", result={"n": 1}, focus=SESSION)
    await asyncio.sleep(0)
    over = await port.client.get("/api/runs/run0")
    assert (over.status_code, over.json()["data"], over.json()["focus"]) == (200, {"n": 1}, "lal/sessions/3")
    assert (await port.client.get("/api/runs/none")).status_code == 404


@pytest.mark.parametrize(("type_", "status"), [("BadInput", 400), ("NotApplicable", 409), ("Refused", 422)])
async def test_a_failure_is_told_in_the_engines_words(port: Harbour, type_: str, status: int) -> None:
    problem = Problem(type=type_, what="it said no.", server="lal", remedy="Ask again.")
    port.link.on_submit = lambda run: port.link.ends(run, RunState.FAILED, problem=problem)
    answer = await port.client.post("/api/commands/server.test", json={"on": "lal"})
    assert answer.status_code == status
    assert answer.json()["problem"] == {**problem.model_dump(), "run": "run0"}


async def test_a_slip_in_a_query_is_told_not_left_out(port: Harbour) -> None:
    for path in ("/api/journal?lmit=5", "/api/starts/server.edit?on=lal&x=1"):
        answer = await port.client.get(path)
        assert answer.status_code == 400, answer.text
        assert answer.json()["problem"]["remedy"]
    assert (await port.client.get("/api/journal?limit=5&before=9")).status_code == 200


async def test_who_does_not_wait_is_told_of_a_wrong_parameter_too(port: Harbour) -> None:
    body = {"on": "lal", "params": {"tint": "pink"}, "wait_s": 0}
    answer = await port.client.post("/api/commands/server.tint", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["problem"]["field"] == "tint"
    assert port.link.submitted == []


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b'{"on": 1}', 400), (b'{"on": "far"}', 404), (b"{}", 404), (b'{"x": 1}', 400),
     (b"[" * 100_000, 400), (b'{"wait_s": 1e9}', 400)],
)  # fmt: skip
async def test_a_body_that_can_not_be_used(port: Harbour, body: bytes, status: int) -> None:
    sent = {"Content-Type": "application/json"}
    answer = await port.client.post("/api/commands/server.test", content=body, headers=sent)
    assert answer.status_code == status, answer.text
    assert answer.json()["problem"]["what"]
    assert port.link.submitted == []


async def test_things_are_told_with_what_they_gave_and_no_login() -> None:
    done = task("done", OK)
    async with harbour(FakeLink(server("lal"), session(), done)) as port:
        servers = (await port.client.get("/api/things")).json()["things"]
        assert [(t["address"], t["health"]) for t in servers] == [("lal", "ok")]
        got = (await port.client.get("/api/things/lal/sessions/3/statements/7")).json()
        assert got["output"] == [{"type": "Text", "text": "<b>499500</b>"}]
        assert {"task.again", "task.forward"} <= {c["name"] for c in got["commands"]}
        assert port.link.attended[-1] == STATEMENT
        assert "payload" not in json.dumps(servers)
        above = (await port.client.get("/api/things/lal/sessions/3")).json()
        assert [child["address"] for child in above["children"]] == ["lal/sessions/3/statements/7"]
        assert (await port.client.get("/api/things/lal/sessions/9")).status_code == 404
        assert (await port.client.get("/api/things//sources/Fink")).status_code == 404
        assert (await port.client.get("/api/journal?limit=5")).json() == {"rows": []}
        assert (await port.client.get("/api/journal?limit=many")).status_code == 400


async def test_events_begin_with_all_things_and_then_tell_what_changes(
    port: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = port.hub.events()

    async def following() -> tuple[str, Any]:
        name, data = (await anext(events)).strip().split("\n")
        return name, json.loads(data.removeprefix("data: "))

    name, first = await following()
    assert (name, len(first["things"])) == ("event: reset", len(port.link.things))
    port.link.change(session("busy"), removed=(STATEMENT,))
    name, change = await following()
    assert name == "event: delta"
    assert [(t["address"], t["state"]) for t in change["things"]] == [("lal/sessions/3", "busy")]
    assert len(change["removed"]) == 1
    port.link.change(Thing(key=LAL, label="cern", state="up", payload=server("cern").payload))
    assert (await following())[0] == "event: reset", "a new alias is a new address of all below it"
    # One who does not listen for long is told all anew, not everything that was.
    for _ in range(hub_file.MOST_WAITING + 1):
        port.link.change(session("idle"))
    await asyncio.sleep(0)
    assert (await following())[0] == "event: reset"
    port.hub.close()
    with pytest.raises(StopAsyncIteration):
        await anext(events)


async def test_the_document_names_every_command_and_every_reference_leads_somewhere(port: Harbour) -> None:
    made = (await port.client.get("/api/openapi.json")).json()
    assert made["openapi"] == "3.1.0"
    assert {p.removeprefix("/api/commands/") for p in made["paths"] if p.startswith("/api/commands/")} == set(COMMANDS)
    text = json.dumps(made)
    for part in text.split('"$ref": "#/components/schemas/')[1:]:
        assert part.partition('"')[0] in made["components"]["schemas"]
    assert '"$ref": "#/$defs' not in text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
DOCUMENT = document()
PATHS = [(path, verb) for path, verbs in DOCUMENT["paths"].items() for verb in verbs if path != "/api/events"]


@settings(max_examples=60)
@given(st.sampled_from(PATHS), st.text(max_size=20), st.data())
async def test_whatever_is_sent_the_answer_is_one_that_the_document_names(
    path_verb: tuple[str, str], word: str, data: st.DataObject
) -> None:
    path, verb = path_verb
    what = DOCUMENT["paths"][path][verb]
    async with harbour(everything()) as port:
        if verb == "get":
            asked = data.draw(st.dictionaries(st.sampled_from(["limit", "before", "x"]), st.text(max_size=8)))
            here = path.replace("{address}", quote(word or "x")).replace("{run}", quote(word or "x", safe=""))
            answer = await port.client.get(here, params=asked)
        else:
            fields = st.sampled_from(["on", "params", "answers", "wait_s", "x"])
            body = data.draw(st.dictionaries(fields, JSON | st.sampled_from(["lal", "lal/sessions/3"])) | JSON)
            answer = await port.client.post(path, json=body)
        assert str(answer.status_code) in what["responses"], answer.text
        assert isinstance(answer.json(), dict)


async def test_a_form_is_told_what_it_begins_with(port: Harbour) -> None:
    told = await port.client.get("/api/starts/server.edit", params={"on": "lal"})
    assert told.json()["starts"]["alias"] == "lal"
    assert told.json()["starts"]["login"] == "none"
    assert not [name for name in told.json()["starts"] if "secret" in name or "password" in name]
    assert (await port.client.get("/api/starts/session.new", params={"on": "lal"})).json() == {"starts": {}}
    for name, on, status in (("server.edit", "far", 404), ("server.edit", "", 404), ("x.y", "lal", 404),
                             ("session.close", "lal", 400), ("server.add", "lal", 400)):  # fmt: skip
        answer = await port.client.get(f"/api/starts/{name}", params={"on": on})
        assert (answer.status_code, bool(answer.json()["problem"]["what"])) == (status, True), name
