"""What is surely absent is posted again where a guard stops a second copy; everywhere else a person is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from astrolabnet_gui.errors import Ambiguous
from astrolabnet_gui.journal.row import State
from astrolabnet_gui.model.livy import Id, NewStatement, Statement

from .sending import Rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.journal.close()


@pytest.mark.parametrize("kind", ["pyspark", "spark", "sparkr"])
@pytest.mark.parametrize("fault", ["lost before", "late", "twice and late"])
async def test_guarded_code_that_is_not_there_is_posted_again_and_runs_once(rig: Rig, kind: str, fault: str) -> None:
    rig.livy.faults = [fault]
    await rig.send(kind)
    await rig.clock.sleep(100)
    assert rig.livy.posts == (1 if fault == "twice and late" else 2)
    assert set(rig.livy.ran.values()) == {1}
    assert rig.states[-1] is State.ACK
    assert rig.board.states == ["queued", "sent?", "as the server says"]


async def test_a_copy_that_overtook_the_second_post_is_the_one_that_is_shown(rig: Rig) -> None:
    rig.livy.faults = ["lost before"]
    run = rig.livy.run_statement

    async def overtaken(id: Id, new: NewStatement) -> Statement:
        if rig.livy.posts:
            rig.livy.accept(0, new.code)
        return await run(id, new)

    rig.livy.run_statement = overtaken  # type: ignore[method-assign]
    assert (await rig.send()).id == 0
    assert rig.livy.livy.sessions[0].count == 2, "the second post arrived too, and its copy stopped itself"
    assert set(rig.livy.ran.values()) == {1}


async def test_after_three_more_posts_it_is_unknown(rig: Rig) -> None:
    rig.livy.faults = ["lost before"] * 4
    with pytest.raises(Ambiguous):
        await rig.send()
    assert rig.livy.posts == 4
    assert rig.clock.time >= 120
    assert rig.states == [State.INTENT, *[State.AMBIGUOUS] * 4, State.UNKNOWN]
    assert rig.board.states == ["queued", "sent?", "unknown"]
    assert "may still be under way" in rig.board.seen[-1][1]


@pytest.mark.parametrize("answer", [True, False])
async def test_sql_without_evidence_asks_the_person(rig: Rig, answer: bool) -> None:
    rig.livy.faults = ["lost before"]
    questions: list[str] = []

    async def ask(text: str) -> bool:
        questions.append(text)
        return answer

    sent = rig.sender.send(rig.livy, rig.order("sql"), rig.board, ask=ask)
    if answer:
        assert (await sent).id == 0
    else:
        with pytest.raises(Ambiguous):
            await sent
    assert len(questions) == 1
    assert "run twice" in questions[0]
    assert rig.clock.time >= 120, "it had time to show itself"
    assert rig.livy.posts == (2 if answer else 1)
    assert rig.states[-1] is (State.ACK if answer else State.UNKNOWN)


async def test_a_session_that_nothing_identifies_gets_no_second_post_unasked(rig: Rig) -> None:
    rig.identity = rig.livy.open()
    rig.key = rig.key.parent.child("sessions", 1, "epoch")  # type: ignore[union-attr]
    rig.livy.faults = ["lost before"]
    with pytest.raises(Ambiguous):
        await rig.send()
    assert rig.livy.posts == 1


async def test_a_copied_marker_around_other_code_is_not_taken_for_mine(rig: Rig) -> None:
    rig.livy.faults = ["lost before", "lost before", "lost before", "lost before"]
    run = rig.livy.run_statement

    async def copied(id: Id, new: NewStatement) -> Statement:
        if not rig.livy.livy.sessions[0].count:
            rig.livy.accept(0, new.code.replace("1+1", "evil()"))
        return await run(id, new)

    rig.livy.run_statement = copied  # type: ignore[method-assign]
    with pytest.raises(Ambiguous):
        await rig.send()
    assert rig.board.states[-1] == "unknown"
