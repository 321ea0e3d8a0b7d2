"""A robot works in the window by its menus and forms; what it did, exported as a script and run without a window in a
fresh house, writes the same journal. Thirty steps here; three hundred on demand (ALN_STEPS=300).
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.model.thing import Thing

from .faces import Window, meant
from .looked import PATIENCE_S
from .place import Place

STEPS, SEED = int(os.environ.get("ALN_STEPS", "30")), 20261127
WORDS = ("alert", "night", "sky", "field", "moon")


class Robot:
    """Chooses what to do next from what is there."""

    def __init__(self, place: Place) -> None:
        self.place, self.dice, self._made = place, random.Random(SEED), 0

    def line(self) -> str:
        """The next act, as a line of Python."""
        self.place.desk.settle(0.0)
        things = list(self.place.desk.store.things.values())
        # A look that was on its way when a session was closed may show it once more.
        sessions = [t for t in things if t.key.kind == "sessions" and t.state == "idle" and self._there(t)]
        may = [self._make, self._make, self._set]
        may += [lambda: self._server(things)] * 2
        may += [lambda: self._new_session(things)] if len(sessions) < 4 else []
        may += [lambda: self._session(self.dice.choice(sessions))] * 4 if sessions else []
        own = [t for t in things if _own(t)]
        may += [lambda: self._own(self.dice.choice(own))] * 3 if own else []
        chosen: str = self.dice.choice(may)()
        return chosen

    def _there(self, thing: Thing) -> bool:
        return thing.key.id in self.place.livies[thing.key.server].livy.sessions

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
        return f"net[{server!r}].new_session(driver_memory='2g')"

    def _session(self, thing: Thing) -> str:
        session = f"net[{self.place.alias(thing.key)!r}].sessions[{thing.key.id!r}]"
        return session + self.dice.choice((
            f".send(code='{self.dice.randrange(99)} + 1', kind='pyspark', wait=True)",
            ".send('one-plus-one', kind='pyspark')", ".keep()", ".close()",
        ))  # fmt: skip

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


def journal(place: Place) -> list[tuple[str, Any, Any, str]]:
    """What was done, oldest first, without what chance made."""
    rows = place.house.journal.history(10_000).result(PATIENCE_S)
    value = place.masks.value
    return [
        (row.command, value(row.key and [row.key.server, *row.key.path]), value(row.params), row.state)
        for row in reversed(rows) if row.command in COMMANDS
    ]  # fmt: skip


@pytest.mark.timeout(300 + 4 * STEPS)
def test_the_script_of_what_a_robot_did_writes_the_same_journal(tmp_path: Path, qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    with Place(tmp_path / "window") as here:
        window, robot = Window(here, box), Robot(here)
        did = Counter[str]()
        for _ in range(STEPS):
            act = meant(robot.line(), here)
            here.forget()
            window.act(act)
            end = here.left(act.name).end
            assert end["state"] == "done", f"{act.line}: {end['problem']}"
            did[act.name] += 1
        window.close()
        said: list[str] = []
        here.net._say = said.append
        here.net.journal.script(time="0")
        first = journal(here)
    assert len(did) > min(STEPS / 5, 12), did
    assert len(first) == 2 * STEPS, "each act is meant and done"
    with Place(tmp_path / "headless") as there:
        exec(compile(said[-1], "exported.py", "exec"), {"net": there.net})
        again = journal(there)
    for n, (one, other) in enumerate(zip(first, again, strict=False)):
        assert one == other, f"row {n} of {said[-1]}"
    assert len(first) == len(again)
