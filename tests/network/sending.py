"""What a command does with a task, in a few lines."""

from __future__ import annotations

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import NewStatement
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from tests.network.desk import Desk


async def send(
    one: Desk, code: str = "1+1", key: str = "T1", session: str = "lal/sessions/0", *, look: bool = True
) -> Key:
    """What a command does: show it, post it, follow it."""
    where = one.thing(session)
    task = Task(task_key=key, name="pi", language="pyspark", code=code)
    one.engine.follow(where.key, task)
    statement = await one.engine.client("u1").run_statement(where.key.id, NewStatement(code=code))
    found = one.engine.follow(where.key, task.model_copy(update={"statement": statement}))
    if look:
        one.engine.attend(found, frozenset({Key("u1")}))
    return found


def ended(one: Desk, key: Key) -> bool:
    """The task will not change any more."""
    thing = one.engine.store.get(key)
    return thing is not None and thing.state in thing.kind.terminal


def task_of(thing: Thing) -> Task:
    """Its payload."""
    assert isinstance(thing.payload, Task)
    return thing.payload
