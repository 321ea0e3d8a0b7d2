"""What the tests of a sending stand on: a sender, its journal, a Livy with one session, a board that remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from astrolabnet_gui.journal.journal import Journal
from astrolabnet_gui.journal.row import Row, State
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.tasks.order import Order
from astrolabnet_gui.tasks.send import Sender

from .livy import SmallLivy, SteppingClock


@dataclass
class Board:
    """Remembers what was shown."""

    seen: list[tuple[str, str]] = field(default_factory=list)
    task: Task | None = None

    def __call__(self, session: Key, task: Task, state: str = "", problem: str = "") -> Key:
        self.task = task
        ident = task.task_key if task.statement is None else task.statement.id
        self.seen.append((state or "as the server says", problem))
        return session.child("statements", ident)

    @property
    def states(self) -> list[str]:
        return list(dict.fromkeys(state for state, _ in self.seen))


class Rig:
    """A sender, its journal, a Livy with one session."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SteppingClock()
        self.livy = SmallLivy(self.clock)
        self.identity = self.livy.open(name="s")
        self.key = Key("server", "epoch", ("sessions", 0))
        self.board = Board()
        self.start()

    def start(self) -> None:
        self.journal = Journal(self.folder / "journal.sqlite", "site")
        self.sender = Sender(self.journal, "01234567", self.clock)

    def order(self, kind: str = "pyspark", code: str = "1+1") -> Order:
        return Order(
            run="R", session=self.key, identity=self.identity, kind=kind, code=code, sent_code=code, name="One",
            params={"code": code, "kind": kind},
        )  # fmt: skip

    async def send(self, kind: str = "pyspark") -> Key:
        return await self.sender.send(self.livy, self.order(kind), self.board)

    def rows(self) -> list[Row]:
        return list(reversed(self.journal.history(limit=10_000).result(timeout=10)))

    @property
    def states(self) -> list[State]:
        return [row.state for row in self.rows()]
