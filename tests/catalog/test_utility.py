"""The small session: opened once, asked once, told when it died, taken back when nobody waits."""

from __future__ import annotations

import asyncio

import pytest

from astrolabnet_gui.catalog.utility import Utility
from astrolabnet_gui.errors import AstroLabNetError, NotFound, Refused
from astrolabnet_gui.model.livy import NewSession, NewStatement, Session, Statement


class OneSession:
    """A server with one session, which may go."""

    def __init__(self) -> None:
        self.opened, self.lost, self.asked = 0, False, list[str]()

    async def open(self, new: NewSession) -> Session:
        assert new.conf["spark.sql.variable.substitute"] == "false"
        self.opened += 1
        self.lost = False
        return Session(id=self.opened, state="starting")

    async def session_state(self, id: int) -> str:
        if self.lost:
            raise NotFound("it is gone", status=404)
        return "idle"

    async def run_statement(self, id: int, new: NewStatement) -> Statement:
        self.asked.append(new.code)
        answer = {"application/json": {"schema": {"type": "struct", "fields": []}, "data": [[1]]}}
        if new.code == "wrong":
            return Statement(
                id=0, state="available", output={"status": "error", "ename": "E", "evalue": "no table x\nplan"}
            )
        return Statement(id=0, state="available", output={"status": "ok", "data": answer})

    async def delete_session(self, id: int) -> None:
        raise NotFound("it is gone", status=404)


async def test_the_small_session_is_opened_once_and_again_when_it_is_gone() -> None:
    server = OneSession()
    loop = asyncio.get_running_loop()
    utility = Utility("lal", lambda: server, server.open, loop.time)  # type: ignore[arg-type,return-value]
    assert (await utility.ask("SELECT 1"))["data"] == [[1]]
    await utility.ask("SELECT 1")
    assert server.opened == 1
    server.lost = True
    assert (await utility.ask("SELECT 1"))["data"] == [[1]]
    assert (server.opened, len(server.asked)) == (2, 3)
    with pytest.raises(AstroLabNetError, match=r"^lal: no table x$"):
        await utility.ask("wrong")
    await utility.close()
    assert utility.session is None


class Running(OneSession):
    """Its statements do not end."""

    def __init__(self, state: str, refuses: bool = False) -> None:
        super().__init__()
        self.state, self.cancelled, self.looked, self.refuses = state, list[int](), 0, refuses

    async def session_state(self, id: int) -> str:
        return self.state if self.looked else "idle"

    async def run_statement(self, id: int, new: NewStatement) -> Statement:
        self.asked.append(new.code)
        return Statement(id=len(self.asked), state="waiting" if len(self.asked) > 1 else "running")

    async def statement(self, id: int, n: int) -> Statement:
        self.looked += 1
        if self.refuses:
            raise Refused("requirement failed: Session isn't active.", status=400)
        return Statement(id=n, state="running")

    async def cancel_statement(self, id: int, n: int) -> None:
        self.cancelled.append(n)


def utility_of(server: OneSession) -> Utility:
    async def at_once(_s: float) -> None:
        await asyncio.sleep(0)

    clock = asyncio.get_running_loop().time
    return Utility("lal", lambda: server, server.open, clock, at_once)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("refuses", [False, True], ids=["as if it ran", "it refuses to tell"])
async def test_a_driver_that_dies_of_a_question_is_told_and_the_next_question_gets_a_new_one(refuses: bool) -> None:
    server = Running("dead", refuses)
    utility = utility_of(server)
    with pytest.raises(AstroLabNetError, match="has ended while it was asked") as told:
        await utility.ask("SELECT huge")
    assert "row more than its memory" in told.value.remedy
    assert server.asked == ["SELECT huge"], "it is not asked again: it would kill the next one"
    server.state, server.looked, server.refuses = "idle", 0, False
    assert utility.session is None
    task = asyncio.create_task(utility.ask("SELECT 1"))
    while not server.looked:
        await asyncio.sleep(0)
    assert server.opened == 2
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_questions_that_do_not_wait_for_each_other_are_sent_together_and_taken_back_together() -> None:
    server = Running("idle")
    task = asyncio.create_task(utility_of(server).ask_all(("SELECT 1", "SELECT 2")))
    while not server.looked:
        await asyncio.sleep(0)
    assert server.asked == ["SELECT 1", "SELECT 2"], "both before the first has ended"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert server.cancelled == [2, 1], "the one that waits first, or it would begin"


class Dying(OneSession):
    """The driver dies between a look at its session and the question, or while nobody asks."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses, self.states = 0, list[str]()

    async def session_state(self, id: int) -> str:
        return self.states.pop(0) if self.states else "idle"

    async def run_statement(self, id: int, new: NewStatement) -> Statement:
        if self.refuses:
            self.refuses -= 1
            raise Refused("Session isn't active.", status=400)
        return await super().run_statement(id, new)


async def test_a_session_that_died_meanwhile_is_replaced_without_a_word() -> None:
    server = Dying()
    utility = utility_of(server)
    await utility.ask("SELECT 1")
    server.refuses, server.states = 1, ["idle", "dead"]
    await utility.ask("SELECT 2")
    assert (server.opened, server.asked) == (2, ["SELECT 1", "SELECT 2"])
    server.states = ["dead"]
    await utility.ask("SELECT 3")
    assert server.opened == 3
    server.states = ["dead", "dead"]
    with pytest.raises(AstroLabNetError, match="is dead"):
        await utility.ask("SELECT 4")
    server.refuses, server.states = 1, ["idle", "idle"]
    with pytest.raises(Refused):
        await utility.ask("what is refused for another reason")


async def test_a_lent_session_that_died_is_said() -> None:
    server = Dying()
    utility = utility_of(server)
    await utility.lend(7)
    server.states = ["dead"]
    with pytest.raises(AstroLabNetError, match="is dead"):
        await utility.ask("SELECT 1")
    assert server.opened == 0
