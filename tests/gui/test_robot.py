"""A robot draws, edits, pauses, deletes, undoes and redoes wires: what it did, the graph and the servers agree."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from astrolabnet_gui.command.flow_seen import key_of
from astrolabnet_gui.command.house import House
from astrolabnet_gui.command.listening import key_of as source_key
from astrolabnet_gui.command.run import executor
from astrolabnet_gui.gui.canvas import Canvas
from astrolabnet_gui.gui.canvas.wire import Form
from astrolabnet_gui.gui.desk import ENDED, Act, Desk
from astrolabnet_gui.gui.fits import fits
from astrolabnet_gui.gui.theme import theme
from astrolabnet_gui.gui.undo import MOST, Undo
from astrolabnet_gui.gui.wires import beginning
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.network.link import RunState
from tests.acting import Acting
from tests.channels.folders import FolderLivy
from tests.tasks.livy import SteppingClock

# A few seconds; the walk of three hundred is bench_robot's.
STEPS, SEED = 60, 20261126
SERVERS = [
    Server(uuid=n * 32, alias=alias, url=f"http://127.0.0.1:{n}", origin="island")
    for n, alias in (("1", "lal"), ("2", "cern"))
]
SOURCES = ("rows", "more rows")


@dataclass(frozen=True)
class Line:
    """One channel as the robot remembers it."""

    server: Key
    title: str
    where: str = ""
    at_once: int = 0
    runs: bool = True


Lines = dict[str, Line]


class Robot(Acting):
    """It has a graph, an undo list and a memory of its own; all on one loop, nothing is waited for but the engine."""

    def __init__(self, canvas: Canvas) -> None:
        clock = SteppingClock()
        self.livies = {server.uuid: FolderLivy(clock) for server in SERVERS}
        house = House(clock=clock)
        for server in SERVERS:
            house.workspace.save_server(server)
            house.trusted.meet(server)
        engine = Engine(
            house.workspace.servers(), execute=executor(house), connect=lambda server: self.livies[server.uuid],
            owns=house.owns, memories=house.epochs.memories,
        )  # fmt: skip
        super().__init__(house, engine)
        self.desk = Desk()
        self.desk.connect_to(engine)
        self.undo = Undo(self.desk)
        self.canvas = canvas
        self.lines: Lines = {}
        self.past: list[Lines] = []
        self.ahead: list[Lines] = []
        self.says = "yes"
        self.last: Act | None = None
        self.desk.changed.connect(canvas.apply)
        self.desk.reset.connect(lambda: canvas.reset(self.desk.store.things.values()))
        self.desk.asked.connect(lambda act: self.desk.answer(act, self.says))
        self.desk.acted.connect(self._acted)
        canvas.fitting = lambda key: fits(self.desk.store, key)
        canvas.wired.connect(self._wired)

    async def __aenter__(self) -> Robot:
        await super().__aenter__()
        self.engine.subscribe(self.desk.receive)
        for server in SERVERS:
            await self.engine.until(Key(server.uuid), lambda t: t is not None and t.state == "up")
        for name in SOURCES:
            await self.well("source.add", None, name=name, preset="rate")
        async with asyncio.timeout(20):
            while not all(source_key(name) in self.canvas.scene.rows for name in SOURCES):
                await asyncio.sleep(0.002)
        return self

    def _acted(self, act: Act) -> None:
        if act.here and act.state in ENDED:
            self.last = act

    def _wired(self, origin: Key, target: Key) -> None:
        thing = self.desk.thing(origin)
        assert thing is not None
        verb, given = beginning(thing, self.desk.thing(origin.root))
        self.desk.submit(verb, target, given | {"title": self.title})

    async def ended(self) -> Act:
        """The act that was begun, once it has ended."""
        async with asyncio.timeout(20):
            while self.last is None:
                await asyncio.sleep(0)
        act, self.last = self.last, None
        return act

    async def act(self, verb: str, key: Key, **params: Any) -> Act:
        self.desk.submit(verb, key, params)
        return await self.ended()

    def did(self, lines: Lines) -> None:
        self.past = [*self.past, self.lines][-MOST:]
        self.ahead = []
        self.lines = lines

    # --- what it can do

    async def draw(self, dice: random.Random) -> str:
        self.title = f"line {dice.randrange(10**6)}"
        assert self.canvas.start_wire(source_key(dice.choice(SOURCES)))
        for _ in range(dice.randrange(1, 4)):
            self.canvas.pull_key(Qt.Key.Key_Tab)
        pull = self.canvas.mind.pull
        assert pull is not None
        target = pull.target
        assert target is not None
        self.canvas.pull_key(Qt.Key.Key_Return)
        done = await self.ended()
        assert done.state is RunState.DONE, done.last
        assert done.last is not None
        self.did(self.lines | {done.last.result["channel"]: Line(target, self.title)})
        return self.title

    async def change(self, dice: random.Random) -> str:
        ident, line = dice.choice(sorted(self.lines.items()))
        if dice.random() < 0.5:
            new = replace(line, where=f"value % {dice.randrange(2, 9)} = 0", title=f"edited {dice.randrange(999)}")
            await self._well("channel.edit", ident, where=new.where, title=new.title)
        else:
            new = replace(line, at_once=dice.randrange(1, 10_000))
            await self._well("channel.throttle", ident, rows_at_once=new.at_once)
        self.did(self.lines | {ident: new})
        return ident

    async def turn(self, dice: random.Random) -> str:
        ident, line = dice.choice(sorted(self.lines.items()))
        await self._well("channel.pause" if line.runs else "channel.start", ident)
        self.did(self.lines | {ident: replace(line, runs=not line.runs)})
        return ident

    async def delete(self, dice: random.Random) -> str:
        ident = dice.choice(sorted(self.lines))
        self.says = dice.choice(("yes", "yes", "yes", "no"))
        done = await self.act("channel.delete", key_of(ident))
        if self.says == "yes":
            assert done.state is RunState.DONE, done.last
            self.did({name: line for name, line in self.lines.items() if name != ident})
        self.says = "yes"
        return ident

    async def back(self, _dice: random.Random) -> str:
        self.undo.undo()
        done = await self.ended()
        assert done.state is RunState.DONE, done.last
        self.ahead.append(self.lines)
        self.lines = self.past.pop()
        return done.command

    async def forth(self, _dice: random.Random) -> str:
        self.undo.redo()
        done = await self.ended()
        assert done.state is RunState.DONE, done.last
        self.past.append(self.lines)
        self.lines = self.ahead.pop()
        return done.command

    async def _well(self, verb: str, ident: str, **params: Any) -> None:
        done = await self.act(verb, key_of(ident), **params)
        assert done.state is RunState.DONE, done.last

    # --- the three memories

    def at_servers(self) -> Lines:
        """As the folders and batches of the servers have it."""
        return {
            ident: Line(
                Key(uuid), one.spec["title"], one.spec["where"], one.spec["rows_at_once"], ident in livy.running()
            )
            for uuid, livy in self.livies.items() for ident, one in livy.folders.items()
        }  # fmt: skip

    def on_canvas(self) -> Lines:
        """As the wires of the graph have it."""
        found: Lines = {}
        for wire in self.canvas.scene.wires():
            thing = self.canvas.scene.wiring.thing(wire.ident)
            assert thing is not None
            assert wire.form in (Form.FLOWING, Form.PAUSED)
            said = thing.payload
            found[str(wire.ident.id)] = Line(
                wire.target, thing.label, said.where, said.at_once, wire.form is Form.FLOWING
            )
        return found

    async def agree(self) -> None:
        """What it remembers, what the graph shows and what lies at the servers are the same."""
        assert self.at_servers() == self.lines
        async with asyncio.timeout(20):
            while self.on_canvas() != self.lines:
                await asyncio.sleep(0.002)
        assert {str(key.id) for key in self.house.flowing.seen} == set(self.lines)
        assert len(self.undo._done) == len(self.past)
        assert len(self.undo._undone) == len(self.ahead)

    def checkpoints(self) -> dict[str, int]:
        """How far each channel has read, those that are put aside too."""
        kept = [*(livy.folders for livy in self.livies.values()), *(livy.away for livy in self.livies.values())]
        return {ident: one.read for folders in kept for ident, one in folders.items()}


async def test_a_robot_draws_and_undoes_and_all_agree(qtbot: QtBot) -> None:
    canvas = Canvas(theme("dark", reduced_motion=True))
    qtbot.addWidget(canvas)
    canvas.resize(800, 600)
    async with Robot(canvas) as robot:
        counted = await wander(robot, STEPS)
    assert min(counted[name] for name in ("draw", "change", "turn", "delete", "back", "forth")) >= STEPS // 30, counted


async def wander(robot: Robot, steps: int) -> dict[str, int]:
    """So many steps, then all the way back and forth again; how often it did what."""
    dice = random.Random(SEED)
    counted: dict[str, int] = {}
    for step in range(steps):
        may = [robot.draw] * (3 if len(robot.lines) < 6 else 0)
        may += [robot.change, robot.change, robot.turn, robot.turn, robot.delete] if robot.lines else []
        may += [robot.back] * (4 if robot.past else 0) + [robot.forth] * (4 if robot.ahead else 0)
        chosen = dice.choice(may)
        read = robot.checkpoints()
        what = await chosen(dice)
        counted[chosen.__name__] = counted.get(chosen.__name__, 0) + 1
        try:
            await robot.agree()
        except (AssertionError, TimeoutError) as wrong:
            raise AssertionError(f"step {step}, {chosen.__name__} {what}: {robot.lines}") from wrong
        now = robot.checkpoints()
        assert all(now[ident] >= far for ident, far in read.items()), "no checkpoint is lost, nor goes back"
    while robot.past:
        await robot.back(dice)
        await robot.agree()
    while robot.ahead:
        await robot.forth(dice)
    await robot.agree()
    return counted
