"""At most once: whatever happens to the reply, the code runs once or not at all, and what is shown is true."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from astrolabnet_gui.errors import Ambiguous, JournalClosed, Refused
from astrolabnet_gui.journal.journal import Journal
from astrolabnet_gui.journal.row import OPEN, Row, State
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.tasks.send import Order, Sender

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


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.journal.close()


async def test_the_intent_is_committed_before_the_post(rig: Rig) -> None:
    at_post: list[State] = []
    accept = rig.livy.accept
    rig.livy.accept = lambda s, c: (at_post.extend(rig.states), accept(s, c))[1]  # type: ignore[method-assign]
    key = await rig.send()
    assert key == rig.key.child("statements", 0)
    assert at_post == [State.INTENT]
    assert rig.states == [State.INTENT, State.ACK]
    assert rig.rows()[-1].evidence["statement"] == 0
    assert rig.board.states == ["queued", "as the server says"]
    assert rig.board.task is not None
    assert (rig.board.task.code, rig.board.task.line_shift) == ("1+1", 3)


async def test_without_a_journal_nothing_is_sent(rig: Rig) -> None:
    rig.journal.close()
    with pytest.raises(JournalClosed):
        await rig.send()
    assert rig.livy.posts == 0


async def test_a_refusal_is_final(rig: Rig) -> None:
    rig.livy.faults = ["refused"]
    with pytest.raises(Refused):
        await rig.send()
    assert rig.states == [State.INTENT, State.REFUSED]
    assert rig.board.states == ["queued", "refused"]
    assert rig.clock.time == 0


@pytest.mark.parametrize("kind", ["pyspark", "spark", "sparkr", "sql"])
@pytest.mark.parametrize("fault", ["lost after", "500 after", "late"])
async def test_a_lost_reply_is_found_without_sending_again(rig: Rig, kind: str, fault: str) -> None:
    rig.sender.opened(rig.key)
    rig.livy.accept(0, "somebody else's code")
    rig.livy.faults = [fault]
    key = await rig.send(kind)
    assert key.id == 1
    assert rig.livy.posts == 1
    assert rig.states == [State.INTENT, State.AMBIGUOUS, State.ACK]
    assert rig.board.states == ["queued", "sent?", "as the server says"]
    assert rig.livy.lists == (0 if fault != "late" else rig.livy.lists), "found by its id, without the list"


async def test_what_never_arrived_is_unknown_after_a_quiet_time_and_stays_unsent(rig: Rig) -> None:
    rig.livy.faults = ["lost before"]
    with pytest.raises(Ambiguous):
        await rig.send()
    assert rig.livy.posts == 1
    assert rig.clock.time >= 120
    assert rig.states == [State.INTENT, State.AMBIGUOUS, State.UNKNOWN]
    assert rig.board.states == ["queued", "sent?", "unknown"]
    assert "may still be under way" in rig.board.seen[-1][1]


async def test_the_first_of_two_copies_is_the_one(rig: Rig) -> None:
    rig.livy.faults = ["twice"]
    assert (await rig.send()).id == 0
    assert set(rig.livy.ran.values()) == {1}


async def test_a_restarted_server_is_not_asked_about_another_session(rig: Rig) -> None:
    rig.livy.faults = ["restart"]
    with pytest.raises(Ambiguous):
        await rig.send()
    assert rig.board.states[-1] == "lost"
    assert "restarted" in rig.board.seen[-1][1]
    assert rig.rows()[-1].evidence["fate"] == "lost"


async def test_a_session_that_ended_is_named_as_the_reason(rig: Rig) -> None:
    rig.livy.faults = ["lost after"]
    rig.livy.unreachable = True

    def back_but_dead() -> None:
        rig.livy.unreachable = False
        rig.livy.here[0] = rig.livy.here[0].model_copy(update={"state": "dead"})

    rig.clock.after(50, back_but_dead)
    with pytest.raises(Ambiguous):
        await rig.send()
    assert rig.board.states[-1] == "lost"
    assert "session is dead" in rig.board.seen[-1][1]


async def test_time_in_which_the_server_can_not_be_seen_proves_nothing(rig: Rig) -> None:
    rig.livy.faults = ["lost after"]
    rig.livy.unreachable = True
    rig.clock.after(1000, lambda: setattr(rig.livy, "unreachable", False))
    assert (await rig.send()).id == 0
    assert rig.clock.time >= 1000


async def test_an_evicted_statement_is_unknown_at_once(rig: Rig) -> None:
    rig.livy.faults = ["late"]

    def flood() -> None:
        for n in range(150):
            rig.livy.accept(0, f"other {n}")

    rig.clock.after(41, flood)
    rig.livy.unreachable = True
    rig.clock.after(60, lambda: setattr(rig.livy, "unreachable", False))
    with pytest.raises(Ambiguous):
        await rig.send()
    assert rig.board.states[-1] == "unknown"
    assert rig.rows()[-1].evidence["evicted"] is True
    assert rig.livy.posts == 1


async def test_a_cancelled_wait_leaves_the_sending_going_on(rig: Rig) -> None:
    waiting = asyncio.create_task(rig.send())
    while not rig.livy.posts:
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    while len(rig.states) < 2:
        await asyncio.sleep(0.01)
    assert rig.states == [State.INTENT, State.ACK]


async def test_an_end_of_the_program_in_mid_post_is_reconciled_by_the_next_one(rig: Rig) -> None:
    rig.livy.faults = ["hang"]
    waiting = asyncio.create_task(rig.send())
    while not rig.livy.ran:
        await asyncio.sleep(0)
    await rig.sender.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    rig.journal.close()
    rig.start()
    (row,) = await asyncio.wrap_future(rig.journal.claim_open())
    task = Task(name="One", task_key=row.act, language="pyspark", code="1+1")
    finding = await rig.sender.resume(rig.livy, row, task, rig.board)
    assert finding.statement is not None
    assert finding.statement.id == 0
    assert await asyncio.wrap_future(rig.journal.last(OPEN)) == ()
    assert rig.livy.posts == 1
    assert set(rig.livy.ran.values()) == {1}


async def test_many_sendings_under_every_fault_run_at_most_once_and_tell_the_truth(rig: Rig) -> None:
    faults = ["", "lost before", "lost after", "late", "twice", "refused", "500 after"]
    rig.livy.retained = 1000
    rig.livy.faults = [faults[n % 7] for n in range(140)]
    results = await asyncio.gather(
        *(rig.send(("pyspark", "spark", "sparkr")[n % 3]) for n in range(140)), return_exceptions=True
    )
    assert rig.livy.posts == 140
    assert set(rig.livy.ran.values()) == {1}
    acked = {row.act for row in rig.rows() if row.state is State.ACK}
    assert acked == set(rig.livy.ran), "what is said to have arrived is what ran"
    assert sum(isinstance(r, Key) for r in results) == len(acked) == 100
    assert await asyncio.wrap_future(rig.journal.last(OPEN)) == ()
