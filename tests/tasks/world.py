"""A world for models of sending: one fake Livy, two sites with journals of their own, faults, kills, and the truth."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from astrolabnet_gui.errors import AstroLabNetError
from astrolabnet_gui.journal.journal import Journal
from astrolabnet_gui.journal.row import OPEN, Row, State
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import NewBatch, NewSession, Session
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.tasks.create import BATCH, SESSION, create, look_again
from astrolabnet_gui.tasks.order import Order
from astrolabnet_gui.tasks.send import Sender

from .livy import SmallLivy, SteppingClock

KINDS = ("pyspark", "spark", "sparkr", "sql")
FAULTS = ("", "lost before", "lost after", "late", "twice", "twice and late", "500 after", "refused", "restart")
"""What befalls a POST. ``twice`` is what a network does; only a guard can stop the second copy, and SQL has none."""
EVENTS = ("", "flood", "restart", "die", "outage", "foreign")
ALL = frozenset(State)
ACT = 26
"""Letters of a task key; what others ran is counted under other words."""
NOTHING = "killed before the intent was written"
"""Of such a sending nothing is known and nothing was sent: a person who sees no task sends again, once."""
_SHOWN = {
    State.ACK: "on the server", State.REFUSED: "refused", State.UNKNOWN: "unknown", State.FAILED: "lost"
}  # fmt: skip


class Killed(BaseException):
    """kill -9: nothing of this process happens after it."""


class Mortal(Journal):
    """A journal whose process is killed at one of its steps.

    Attributes:
        dies_in: writes until it dies; None = it lives. ``after``: the last write is still committed.
    """

    dies_in: int | None = None
    after = False
    dead = False

    def intend(self, *args: Any, **kwargs: Any) -> Future[Row]:
        """As the journal, or the end."""
        return self._step(lambda: super(Mortal, self).intend(*args, **kwargs))

    def note(self, row: Row, state: State, evidence: Mapping[str, Any] | None = None) -> Future[Row]:
        """As the journal, or the end."""
        return self._step(lambda: super(Mortal, self).note(row, state, evidence))

    def _step(self, write: Any) -> Future[Row]:
        if self.dead:
            raise Killed
        if self.dies_in is None or self.dies_in > 0:
            self.dies_in = None if self.dies_in is None else self.dies_in - 1
            written: Future[Row] = write()
            return written
        self.dead = True
        if self.after:
            write().result(timeout=20)
        raise Killed


@dataclass
class Site:
    """One copy of the program with its own state folder."""

    world: World
    folder: Path
    shown: dict[str, tuple[str, str]] = field(default_factory=dict)

    def start(self) -> None:
        """It begins, or begins again."""
        self.journal = Mortal(self.folder / "journal.sqlite", "site")
        self.sender = Sender(self.journal, "01234567", self.world.clock)

    def show(self, session: Key, task: Task, state: str = "", problem: str = "") -> Key:
        """Remember what a person sees; a task that is said to be on the server must be that task."""
        if task.statement is not None:
            assert task.task_key in task.statement.code, "another statement is shown as mine"
            assert self.world.livy.livy.ran[task.task_key] == 1, "what is said to have arrived has not run"
        self.shown[task.task_key] = (state or "on the server", problem)
        return session.child("statements", task.task_key if task.statement is None else task.statement.id)

    async def killed(self) -> None:
        """Its process is gone; it is started again and looks for what was left open."""
        for going in list(self.sender._under_way):
            going.cancel()
        await asyncio.sleep(0)
        self.shown.clear()
        self.journal.close()
        self.start()
        for row in await asyncio.wrap_future(self.journal.claim_open()):
            if row.command in (SESSION, BATCH):
                livy, clock = self.world.livy, self.world.clock
                if row.command == SESSION:
                    await look_again(self.journal, row, livy.session, clock)
                else:
                    await look_again(self.journal, row, livy.batch, clock)
                continue
            task = Task(task_key=row.act, code="1+1", language=str(row.params["kind"]))
            await self.sender.resume(self.world.livy, row, task, self.show)


class World:
    """See the module. All times are the stepping clock's."""

    def __init__(self, folder: Path, sites: int = 2) -> None:
        self.clock = SteppingClock()
        self.livy = SmallLivy(self.clock)
        self.sites = []
        for n in range(sites):
            (folder / str(n)).mkdir()
            self.sites.append(Site(self, folder / str(n)))
            self.sites[-1].start()
        self.number = 0
        self.sendings = 0
        self.open(named=True)

    def open(self, *, named: bool) -> None:
        """Another session is used from now on."""
        self.number += 1
        self.session = self.livy.open(name=f"aln-{self.number}" if named else None)

    def close(self) -> None:
        """Give the journals back."""
        for site in self.sites:
            site.journal.close()

    def happen(self, event: str, at_s: float) -> None:
        """Plan something that is not the network's doing."""
        acts = {
            "flood": lambda: self._flood(150),
            "foreign": lambda: self._flood(1),
            "restart": self.livy.restart,
            "die": lambda: [self.livy.livy.kill(ident) for ident in list(self.livy.livy.sessions)],
            "outage": self._outage,
        }
        if event:
            self.clock.after(at_s, acts[event])

    def _flood(self, count: int) -> None:
        if self.session.id in self.livy.livy.sessions:
            for n in range(count):
                self.livy.accept(self.session.id, f"foreign {self.clock.time} {n}")

    def _outage(self) -> None:
        self.livy.unreachable = True
        self.clock.after(300, lambda: setattr(self.livy, "unreachable", False))

    def alive(self) -> bool:
        """Whether the session in use is there and is still itself."""
        now: Session | None = self.livy.here.get(self.session.id)
        return now is not None and now.state == "idle" and now.name == self.session.name

    async def send(
        self, site: int, kind: str, faults: list[str], *, dies_in: int | None = None, after: bool = False
    ) -> None:
        """One sending to its end, or to that of its process and the look of the next one."""
        self.sendings += 1
        here = self.sites[site]
        here.journal.dies_in, here.journal.after = dies_in, after
        self.livy.faults = ["lost after" if kind == "sql" and f.startswith("twice") else f for f in faults]
        order = Order(
            run="R", session=Key("server", "e", ("sessions", self.session.id)), identity=self.session, kind=kind,
            code="1+1", sent_code="1+1", name="One", params={"kind": kind},
        )  # fmt: skip
        try:
            await here.sender.send(self.livy, order, here.show)
        except AstroLabNetError:
            pass
        except Killed:
            await here.killed()
        here.journal.dies_in = None
        self.livy.faults = []

    async def make(
        self, site: int, what: str, faults: list[str], *, dies_in: int | None = None, after: bool = False
    ) -> None:
        """A session or batch is made, to its end or to that of the process and the look of the next one."""
        self.sendings += 1
        here, livy = self.sites[site], self.livy
        here.journal.dies_in, here.journal.after = dies_in, after
        livy.faults = list(faults)
        where = (here.journal, "01234567", "R", Key("server"), what)
        try:
            if what == SESSION:
                post = lambda name: livy.create_session(NewSession(kind="pyspark", name=name))  # noqa: E731
                await create(*where, post, livy.session, clock=self.clock)
            else:
                run = lambda name: livy.create_batch(NewBatch(file="hdfs:///x.py", name=name))  # noqa: E731
                await create(*where, run, livy.batch, clock=self.clock)
        except AstroLabNetError:
            pass
        except Killed:
            await here.killed()
        here.journal.dies_in = None
        livy.faults = []

    async def check(self) -> Counter[str]:
        """What must hold at any time.

        Returns:
            How many acts stand in which state, over all sites; the sum is the number of sendings.
        """
        ran = self.livy.livy.ran
        assert not [key for key, runs in ran.items() if runs > 1 and not key.startswith("foreign")], "a double run"
        counts: Counter[str] = Counter()
        written, named = set[str](), set[str]()
        for site in self.sites:
            rows = await asyncio.wrap_future(site.journal.last(ALL))
            counts.update(row.state.value for row in rows)
            written.update(row.act for row in rows)
            named.update(_word(row) for row in rows)
            for row in rows:
                runs = ran[_word(row)]
                assert row.state not in OPEN, "nothing is left open by a process that lives"
                assert runs == 1 or row.state is not State.ACK, "said to have arrived, but it has not run"
                assert runs == 0 or row.state is not State.REFUSED, "said to be refused, but it has run"
                if row.act in site.shown:
                    word = site.shown[row.act][0]
                    assert word == _SHOWN[row.state], "what is shown is not what is written"
        assert {act for act in ran if len(act) == ACT} <= written, "something ran that was not written down before"
        made = {word for word in ran if word.startswith(("session ", "batch "))}
        assert made <= named, "something was made that was not written down before"
        counts[NOTHING] += self.sendings - len(written)
        return counts


def _word(row: Row) -> str:
    """What the server counts the runs of an act under."""
    kind = {SESSION: "session", BATCH: "batch"}.get(row.command)
    return row.act if kind is None else f"{kind} {row.evidence['name']}"
