"""History: live and archived tasks as one: things of the workspace that outlive their session and server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..model.key import Key
from ..model.record import Record, history_key
from ..model.task import Task
from ..model.thing import Thing
from ..network.engine import Engine


class History:
    """What of the history is shown. All calls in the engine's thread."""

    def __init__(self) -> None:
        self._live: set[str] = set()

    def heard(self, engine: Engine, thing: Thing) -> None:
        """A task of mine changed: its row in the history follows."""
        task = thing.payload
        if thing.key.kind != "statements" or not isinstance(task, Task) or not task.task_key or not thing.mine:
            return
        self._live.add(task.task_key)
        server = engine.store.get(thing.key.root)
        alias = "" if server is None else server.label
        steps = zip(("session", "task"), thing.key.path[1::2], strict=False)
        place = " › ".join([alias, *(f"{noun} {ident}" for noun, ident in steps if len(str(ident)) < 20)])
        fact = " · ".join(word for word in (thing.fact, alias) if word)
        own = {"key": history_key(task.task_key), "fact": fact, "stale_since": None}
        engine.show([thing.model_copy(update=own | {"payload": task.model_copy(update={"place": place})})])

    def show(self, engine: Engine, records: Iterable[Record]) -> None:
        """A page of the archive; what is live shows itself, and better."""
        engine.show([record.thing() for record in records if record.task_key not in self._live])

    def found(self, engine: Engine, record: Record) -> None:
        """What came of a task was found elsewhere: that is better than what its session said."""
        self._live.discard(record.task_key)
        engine.show([record.thing()])

    def open(self, engine: Engine, record: Record, code: str, output: dict[str, Any] | None, spooled: str = "") -> Key:
        """A task with its result, or the file that holds it; its key."""
        thing = record.thing(code, output, spooled)
        if record.task_key not in self._live:
            engine.show([thing])
        return thing.key

    def forget(self, engine: Engine, task_key: str) -> None:
        """Take a task out of sight."""
        self._live.discard(task_key)
        engine.show((), [history_key(task_key)])
