"""Livy's values as Things: clean labels, problems in words, errors that look like results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Batch, Session, Statement
from astrolabnet_gui.model.spark import Progress
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.network.things import (
    batch_thing,
    clean,
    last_words,
    livy_version,
    session_thing,
    task_state,
    task_thing,
)  # fmt: skip

RECORDED = Path(__file__).parent.parent / "data" / "livy"
KEY = Key("u1", "e", ("sessions", 0))


def recorded(*fields: str) -> list[dict[str, Any]]:
    """Every recorded body that has these fields."""
    found: list[dict[str, Any]] = []
    for path in sorted(RECORDED.glob("*.json")):
        for pair in json.loads(path.read_text(encoding="utf-8")):
            body = pair["response"].get("body")
            for value in [body, *(body.get("sessions", []) if isinstance(body, dict) else [])]:
                if isinstance(value, dict) and all(field in value for field in fields):
                    found.append(value)
    return found


@given(st.text(alphabet=st.characters(), max_size=400))
def test_a_label_is_one_line_of_visible_text(text: str) -> None:
    said = clean(text)
    assert len(said) <= 120
    assert "\n" not in said
    assert all(ord(char) >= 32 for char in said)
    assert not set(said) & set("\u202e\u2066\u200b\ufeff\x9b\x1b")
    said.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("abc\u202etxt.exe", "abc txt.exe"),
        ("two\r\nlines\t", "two lines"),
        ("half \ud800 pair", "half ? pair"),
        ("x" * 200, "x" * 119 + "…"),
        ("\x1b]0;title\x07plain", "plain"),
    ],
)
def test_tricks_in_names_do_not_work(text: str, said: str) -> None:
    assert clean(text) == said


def test_every_recorded_session_and_batch_is_a_thing() -> None:
    sessions = recorded("id", "kind", "state", "appInfo")
    batches = [b for b in recorded("id", "state", "appInfo", "log") if "kind" not in b]
    assert len(sessions) > 10
    assert len(batches) > 5
    for body in sessions:
        thing = session_thing(KEY, Session.model_validate(body), since=None, mine=False)
        assert thing.label
        assert thing.state == body["state"]
        assert bool(thing.problem) is (body["state"] in ("dead", "error", "killed"))
    for body in batches:
        thing = batch_thing(KEY, Batch.model_validate(body), since=None, mine=True)
        assert thing.state == body["state"]
        assert thing.mine


def test_every_recorded_statement_has_a_state_a_person_understands() -> None:
    statements = recorded("id", "code", "state", "output")
    assert len(statements) > 100
    seen = set()
    for body in statements:
        state, problem = task_state(Statement.model_validate(body))
        seen.add(state)
        assert state != "available"
        assert bool(problem) is (state == "failed")
        if state == "failed":
            output = body["output"]
            disguised = output["status"] == "ok"
            assert output["status"] == "error" or (disguised and output["data"]["msg_type"] == "execute_reply")
    assert seen == {"waiting", "running", "cancelling", "cancelled", "done", "failed"} & seen
    assert {"done", "failed", "waiting", "running", "cancelled"} <= seen


def test_an_error_that_looks_like_a_result_is_a_failure() -> None:
    disguised = [
        b for b in recorded("id", "code", "state", "output") if b["code"] == "%json nope" and b["state"] == "available"
    ]
    assert disguised
    assert disguised[-1]["output"]["status"] == "ok"
    state, problem = task_state(Statement.model_validate(disguised[-1]))
    assert state == "failed"
    assert "nope" in problem


def test_a_dead_session_says_its_last_words() -> None:
    log = ["stdout: ", "all is well", "java.lang.OutOfMemoryError: Java heap space", "\tat x.y", "\nstderr: ", ""]
    assert last_words(log) == "java.lang.OutOfMemoryError: Java heap space"
    assert last_words(["stdout: ", "bye", "\nstderr: "]) == "bye"
    assert last_words([]) == ""
    thing = session_thing(KEY, Session(id=0, state="dead", log=tuple(log)), since=None, mine=True)
    assert thing.problem == "The session ended by itself: java.lang.OutOfMemoryError: Java heap space"
    well = session_thing(KEY, Session(id=0, state="idle", log=tuple(log)), since=None, mine=True)
    assert well.payload.log == (), "the log of a well session changes all the time and says nothing"


@pytest.mark.parametrize(
    ("said", "shown"), [("0.9.0-incubating", "Livy 0.9"), ("<unknown>", ""), ("", ""), ("Lighter", "Lighter")]
)
def test_versions(said: str, shown: str) -> None:
    assert livy_version(said) == shown


def test_one_is_no_end_and_nothing_is_no_progress() -> None:
    def shown(state: str, livy: float, spark: Progress | None) -> float | None:
        task = Task(statement=Statement(id=0, state=state, progress=livy), progress=spark, name="x")
        return task_thing(KEY, task, state, since=None, problem="").progress

    assert shown("running", 0.0, None) is None
    assert shown("running", 1.0, None) == 1.0
    assert shown("running", 0.9, Progress(tasks_done=1, tasks_total=4)) == 0.25
    assert shown("running", 0.5, Progress()) == 0.5
    assert shown("done", 1.0, Progress(tasks_done=4, tasks_total=4)) is None


def test_a_task_without_a_name_is_called_by_its_code() -> None:
    task = Task(code="\n  df.count()  # rows\nmore", language="pyspark")
    thing = task_thing(KEY, task, "queued", since=None, problem="")
    assert (thing.label, thing.fact) == ("df.count() # rows", "Python")
    assert task_thing(KEY, Task(), "queued", since=None, problem="").label == "task 0"
