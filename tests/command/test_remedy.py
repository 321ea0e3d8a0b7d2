"""What mends a cause: a new session with more of what was short, or a form that starts with what was there."""

from __future__ import annotations

import pytest

from astrolabnet_gui.command.opening import NewSessionParams
from astrolabnet_gui.command.remedy import FIRST, LONGER, remedy_of, twice
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Batch, Session
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.network.things import batch_thing, session_thing, task_thing
from astrolabnet_gui.tasks.cause import Cause
from astrolabnet_gui.tasks.cause_rules import Code

SESSION = Session(
    id=3, state="dead", kind="pyspark", driverMemory="2g", executorMemory="512m", executorCores=2, queue="night",
    conf={"spark.sql.shuffle.partitions": "8"}, jars=("a.jar",), idleTimeout="30m",
)  # fmt: skip
SAME = {
    "kind": "pyspark", "driver_memory": "2g", "executor_memory": "512m", "executor_cores": 2, "queue": "night",
    "conf": {"spark.sql.shuffle.partitions": "8"}, "jars": ("a.jar",), "idle_timeout": "30m",
}  # fmt: skip
KEY = Key("u", "e", ("sessions", 3))
HELD = session_thing(KEY, SESSION, since=None, mine=True)
TASK = task_thing(KEY.child("statements", 1), Task(code="x"), "failed", since=None, problem="")


@pytest.mark.parametrize(
    ("code", "title", "more"),
    [
        (Code.MEMORY, "New session with 4g", {"driver_memory": "4g"}),
        (Code.EXECUTOR_MEMORY, "New session, 1g an executor", {"executor_memory": "1g"}),
        (Code.RESULT_SIZE, f"New session, results to {FIRST}",
         {"conf": {"spark.sql.shuffle.partitions": "8", "spark.driver.maxResultSize": FIRST}}),
        (Code.IDLE, f"New session, idle to {LONGER}", {"idle_timeout": LONGER}),
        (Code.KILLED, "New session like this", {}),
        (Code.QUEUE, "New session in another queue…", {}),
        (Code.JAR, "New session with a JAR…", {}),
    ],
)  # fmt: skip
def test_a_cause_has_its_remedy(code: Code, title: str, more: dict[str, object]) -> None:
    cause = Cause(code=code, words="x")
    for remedy in (remedy_of(cause, HELD), remedy_of(cause, TASK, HELD)):
        assert remedy is not None
        assert (remedy.title, remedy.command, remedy.key) == (title, "session.new", Key("u"))
        assert remedy.params == SAME | more
        assert remedy.asks == title.endswith("…")
        NewSessionParams.model_validate(dict(remedy.params))


@pytest.mark.parametrize("code", [Code.CODE, Code.SYNTAX, Code.NOT_FOUND, Code.NETWORK, Code.SKEW, Code.PERMISSION])
def test_what_a_person_must_mend_has_no_button(code: Code) -> None:
    assert remedy_of(Cause(code=code, words="x"), TASK, HELD) is None


def test_without_a_session_there_is_nothing_to_open_anew() -> None:
    cause = Cause(code=Code.MEMORY, words="x")
    assert remedy_of(cause, TASK, None) is None
    batch = batch_thing(Key("u", "e", ("batches", 1)), Batch(id=1, state="dead"), since=None, mine=True)
    assert remedy_of(cause, batch) is None


@pytest.mark.parametrize(
    ("memory", "more"),
    [("512m", "1g"), ("2g", "4g"), ("600M", "1200m"), ("2GB", "4g"), ("512t", "1024t"), ("700000k", "1400000k"),
     ("1024", FIRST), ("", FIRST), (None, FIRST), ("0g", FIRST), ("much", FIRST), ("-2g", FIRST), ("1.5g", FIRST)],
)  # fmt: skip
def test_twice_a_memory(memory: str | None, more: str) -> None:
    assert twice(memory) == more
    NewSessionParams(driver_memory=twice(memory))
