"""Robot: what it does next it chooses from what is there; and what a journal says without what chance made."""

from __future__ import annotations

import random
from typing import Any

from PySide6.QtWidgets import QWidget

from astrolabnet_gui.command.house import House
from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing

from .faces import Window, meant
from .looked import PATIENCE_S, Looked, Masks

SEED = 20261127
WORDS = ("alert", "night", "sky", "field", "moon")
MOST_SESSIONS = 4


class Robot:
    """Chooses what to do next from what is there.

    Attributes:
        liking: how much it likes sessions above other things; memory: what each gets.
    """

    liking, memory = 4, "2g"

    def __init__(self, place: Looked) -> None:
        self.place, self.dice, self._made = place, random.Random(SEED), 0
        self._closed = set[Key]()

    def line(self) -> str:
        """The next act, as a line of Python."""
        self.place.desk.settle(0.0)
        things = list(self.place.desk.store.things.values())
        # A look that was on its way when a session was closed may show it once more.
        sessions = [t for t in things if t.key.kind == "sessions" and t.state == "idle" and t.key not in self._closed]
        may = [self._make, self._make, self._set]
        may += [lambda: self._server(things)] * 2
        may += [lambda: self._new_session(things)] if len(sessions) < MOST_SESSIONS else []
        may += [lambda: self._session(self.dice.choice(sessions))] * self.liking if sessions else []
        own = [t for t in things if _own(t)]
        may += [lambda: self._own(self.dice.choice(own))] * 3 if own else []
        chosen: str = self.dice.choice(may)()
        return chosen

    def _word(self) -> str:
        self._made += 1
        return f"{self.dice.choice(WORDS)} {self._made}"

    def _make(self) -> str:
        name = self._word()
        return self.dice.choice((
            f"net.action.new(title={name!r}, kind='sql', code='SELECT {self._made}')",
            f"net.source.add(name={name!r}, preset='rate')",
            f"net.dataset.new(name={name.replace(' ', '_')!r}, tags=('own',))",
        ))  # fmt: skip

    def _set(self) -> str:
        return (
            f"net.preferences.set(theme={self.dice.choice(('dark', 'light'))!r}, text={self.dice.choice((100, 150))})"
        )

    def _server(self, things: list[Thing]) -> str:
        server = self.dice.choice([t.label for t in things if t.key.kind == "servers"])
        tint, place = self.dice.choice(("clay", "straw", "rose")), self.dice.choice((1, 2))
        now = next(t.payload for t in things if t.label == server)
        return f"net[{server!r}].move(to={place})" if now.tint == tint else f"net[{server!r}].tint(tint={tint!r})"

    def _new_session(self, things: list[Thing]) -> str:
        server = self.dice.choice([t.label for t in things if t.key.kind == "servers"])
        return f"net[{server!r}].new_session(driver_memory={self.memory!r})"

    def _session(self, thing: Thing) -> str:
        does = self.dice.choice((*self._sends(), ".keep()", ".close()"))
        if does == ".close()":
            self._closed.add(thing.key)  # a look that was on its way may show it once more
        return f"net[{self.place.alias(thing.key)!r}].sessions[{thing.key.id!r}]{does}"

    def _sends(self) -> tuple[str, ...]:
        return (
            f".send(code='{self.dice.randrange(99)} + 1', kind='pyspark', wait=True)",
            ".send('one-plus-one', kind='pyspark')",
        )  # fmt: skip

    def _own(self, thing: Thing) -> str:
        name, where = thing.key.id, f"net.{thing.key.kind}[{thing.key.id!r}]"
        match thing.key.kind:
            case "actions":
                edits = f"{where}.edit(title={thing.label!r}, code='SELECT {self.dice.randrange(99)} AS n', kind='sql')"
                return self.dice.choice((edits, f"{where}.duplicate()", f"{where}.remove()"))
            case "sources":
                return self.dice.choice((f"{where}.edit(rows_s={self.dice.randrange(2, 99)})", f"{where}.remove()"))
        return self.dice.choice(
            (f"{where}.edit(tags=('own', 'n{self.dice.randrange(99)}'))", f"net.datasets[{name!r}].drop()")
        )


def _own(thing: Thing) -> bool:
    if thing.key.server or thing.key.kind not in ("actions", "sources", "datasets"):
        return False
    return thing.key.kind != "actions" or all(action.own for action in thing.payload)


def journal(house: House, masks: Masks) -> list[tuple[str, Any, Any, str]]:
    """What was done, oldest first, without what chance made."""
    rows = house.journal.history(10_000).result(PATIENCE_S)
    return [
        (row.command, masks.value(row.key and [row.key.server, *row.key.path]), masks.value(row.params), row.state)
        for row in reversed(rows) if row.command in COMMANDS
    ]  # fmt: skip


def works(robot: Robot, steps: int, parent: QWidget, first: str = "") -> tuple[list[str], str]:
    """Let a robot work in a window; the commands it gave, and all that was done there as a script.

    Args:
        first: a line that is done before.

    Raises:
        AssertionError: an act did not end well.
    """
    place, did = robot.place, list[str]()
    window = Window(place, parent)
    for step in range(steps + bool(first)):
        act = meant(first if first and not step else robot.line(), place)
        place.forget()
        window.act(act)
        end = place.left(act.name).end
        assert end["state"] == "done", f"{act.line}: {end['problem']}"
        did.append(act.name)
    window.close()
    said: list[str] = []
    place.net._say = said.append
    place.net.journal.script(time="0")
    return did, said[-1]
