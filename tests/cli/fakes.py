"""A link the tests play the engine of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Session, Statement
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.link import DeltaEvent, Event, Listener, Reset, RunEvent, RunState

LAL = Key("u-lal")
SESSION = LAL.child("sessions", 3, epoch="e")
STATEMENT = SESSION.child("statements", 7)


def server(alias: str, state: str = "up", problem: str = "") -> Thing:
    """A server's thing."""
    payload = Server(uuid=f"u-{alias}", alias=alias, url="http://lal.example:8998")
    return Thing(key=Key(payload.uuid), label=alias, state=state, problem=problem, payload=payload)


def session(state: str = "idle") -> Thing:
    """Session 3 of lal."""
    return Thing(key=SESSION, label="3", fact="pyspark", state=state, payload=Session(id=3, state=state))


def task(state: str, output: Mapping[str, Any] | None = None, progress: float | None = None) -> Thing:
    """Statement 7 of session 3."""
    statement = Statement(id=7, state="available", output=dict(output) if output else None)
    return Thing(
        key=STATEMENT, label="pi", state=state, progress=progress, payload=Task(statement=statement, name="pi")
    )


class FakeLink:
    """Events are queued by the test; ``on_submit`` and ``on_answer`` play the engine."""

    def __init__(self, *things: Thing) -> None:
        self.listeners: list[Listener] = []
        self.submitted: list[tuple[str, Key | None, dict[str, Any]]] = []
        self.answers: list[tuple[str, str, str]] = []
        self.cancelled: list[str] = []
        self.attended: list[Key | None] = []
        self.things = things
        self.on_submit: Callable[[str], None] = lambda run: self.ends(run)
        self.on_answer: Callable[[str, str], None] = lambda run, choice: self.ends(run, text=choice)

    def tell(self, event: Event) -> None:
        """One event to all."""
        for listener in self.listeners:
            listener(event)

    def change(self, *changed: Thing, added: tuple[Thing, ...] = (), removed: tuple[Key, ...] = ()) -> None:
        """Things change."""
        self.tell(DeltaEvent(deltas=(Delta(LAL.server, removed, added, changed),)))

    def ends(self, run: str, state: RunState = RunState.DONE, **more: Any) -> None:
        """A run ends."""
        self.tell(RunEvent(run=run, command="x", state=state, **more))

    def submit(self, command: str, key: Key | None, params: Mapping[str, Any]) -> str:
        run = f"run{len(self.submitted)}"
        self.submitted.append((command, key, dict(params)))
        self.on_submit(run)
        return run

    def answer(self, run: str, question: str, choice: str) -> None:
        self.answers.append((run, question, choice))
        self.on_answer(run, choice)

    def cancel(self, run: str) -> None:
        self.cancelled.append(run)

    def attend(self, looked_at: Key | None, visible: frozenset[Key], hidden: bool = False) -> None:
        self.attended.append(looked_at)

    def subscribe(self, listener: Listener, from_seq: int = 0) -> Callable[[], None]:
        self.listeners.append(listener)
        listener(Reset(things=self.things))
        return lambda: self.listeners.remove(listener)
