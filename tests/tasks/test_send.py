"""At most once: whatever happens to the reply, the code runs once or not at all, and what is shown is true."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from astrolabnet_gui.errors import Ambiguous, JournalClosed, Refused
from astrolabnet_gui.journal.row import OPEN, State
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.task import Task

from .sending import Rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.journal.close()


async def test_the_intent_is_committed_before_the_post(rig: Rig) -> None:
    at_post: list[State] = []
    accept = rig.livy.livy.accept
    rig.livy.livy.accept = lambda s, c: (at_post.extend(rig.states), accept(s, c))[1]  # type: ignore[method-assign]
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
@pytest.mark.parametrize("fault", ["lost after", "500 after"])
async def test_a_lost_reply_is_found_without_sending_again(rig: Rig, kind: str, fault: str) -> None:
    rig.sender.opened(rig.key)
    rig.livy.accept(0, "somebody else's code")
    rig.livy.faults = [fault]
    key = await rig.send(kind)
    assert key.id == 1
    assert rig.livy.posts == 1
    assert rig.states == [State.INTENT, State.AMBIGUOUS, State.ACK]
    assert rig.board.states == ["queued", "sent?", "as the server says"]
    assert rig.livy.lists == 0, "found by its id, without the list"


async def test_numbers_that_have_fallen_tell_that_the_session_is_another(rig: Rig) -> None:
    rig.identity = rig.livy.open()
    rig.key = Key("server", "epoch", ("sessions", 1))
    for _ in range(5):
        await rig.send()
    rig.livy.forget(1)
    rig.livy.faults = ["lost before"]
    with pytest.raises(Ambiguous):
        await rig.send()
    assert rig.board.states[-1] == "lost"
    assert "restarted" in rig.board.seen[-1][1]


async def test_the_highest_id_is_known_from_the_journal_after_a_restart(rig: Rig) -> None:
    await rig.send()
    await rig.send()
    rig.journal.close()
    rig.start()
    rig.key = Key("server", "another epoch", ("sessions", 0))
    await rig.send()
    assert rig.rows()[-1].evidence["known"] == 1
    assert rig.rows()[-1].evidence["statement"] == 2


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
        rig.livy.become(0, state="dead")

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


async def test_a_server_that_keeps_more_than_one_page_is_read_whole(rig: Rig) -> None:
    rig.livy.retained = 300
    for n in range(150):
        rig.livy.accept(0, f"other {n}")
    rig.livy.faults = ["lost after"]
    assert (await rig.send()).id == 150


async def test_a_second_post_that_is_refused_does_not_make_the_first_one_refused(rig: Rig) -> None:
    rig.livy.faults = ["late", "refused"]
    assert (await rig.send()).id == 0
    assert State.REFUSED not in rig.states
    assert set(rig.livy.ran.values()) == {1}


async def test_many_sendings_under_every_fault_run_at_most_once_and_tell_the_truth(rig: Rig) -> None:
    faults = ["", "lost before", "lost after", "late", "twice", "refused", "500 after"]
    rig.livy.retained = 1000
    rig.livy.faults = [faults[n % 7] for n in range(140)]
    results = await asyncio.gather(
        *(rig.send(("pyspark", "spark", "sparkr")[n % 3]) for n in range(140)), return_exceptions=True
    )
    await rig.clock.sleep(100)
    assert rig.livy.posts > 140
    assert set(rig.livy.ran.values()) == {1}
    acked = {row.act for row in rig.rows() if row.state is State.ACK}
    assert acked == set(rig.livy.ran), "what is said to have arrived is what ran"
    assert sum(isinstance(r, Key) for r in results) == len(acked) == 120, "all but what was refused"
    assert await asyncio.wrap_future(rig.journal.last(OPEN)) == ()
