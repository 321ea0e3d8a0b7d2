"""At most once over real sockets and through kill -9: a cut reply, a 500 after the code was taken, a dead sender."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.errors import Ambiguous, Unreachable
from astrolabnet_gui.journal.journal import Journal
from astrolabnet_gui.journal.row import OPEN, State
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Session
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.tasks.order import Order
from astrolabnet_gui.tasks.send import Sender
from tests.fakebodies import session_body
from tests.fakehttp import served
from tests.fakelivy import FakeLivy, FakeSession

from .livy import SteppingClock

SESSION = {"id": 0, "name": "s", "state": "idle", "kind": "pyspark"}
KEY = Key("server", "epoch", ("sessions", 0))


def livy_with(*faults: str) -> FakeLivy:
    """One session; what is sent to it runs on. The faults befall its POSTs."""
    livy = FakeLivy(starts_s=0)
    livy.holding = True
    livy.sessions[0] = FakeSession(session_body(0, "pyspark", "s", state="idle"), 0.0)
    livy.faults["run_statement"] = list(faults)
    return livy


def show(session: Key, task: Task, state: str = "", problem: str = "") -> Key:
    return session.child("statements", task.task_key if task.statement is None else task.statement.id)


def order() -> Order:
    return Order(
        run="R", session=KEY, identity=Session.model_validate(SESSION), kind="pyspark", code="1+1", sent_code="1+1"
    )


@pytest.mark.parametrize("fault", ["", "lost after", "half", "500 after", "html", "lost before"])
async def test_a_reply_that_does_not_come_whole_never_makes_a_second_run(tmp_path: Path, fault: str) -> None:
    journal = Journal(tmp_path / "j.sqlite", "site")
    posts = 4 if fault == "lost before" else 1
    livy = livy_with(*[fault] * posts)
    async with served(livy) as http:
        client = LivyClient(Server(uuid="u", alias="lal", url=http.url))
        sender = Sender(journal, "01234567", SteppingClock())
        (result,) = await asyncio.gather(sender.send(client, order(), show), return_exceptions=True)
        if fault == "lost before":
            assert isinstance(result, Ambiguous)
            assert not livy.ran
        else:
            assert result == KEY.child("statements", 0)
            assert list(livy.ran.values()) == [1]
        assert livy.asked("run_statement") == posts, "only what is certainly not there is posted again"
        await client.aclose()
    states = [row.state for row in journal.history().result(timeout=10)][::-1]
    journal.close()
    end = State.UNKNOWN if fault == "lost before" else State.ACK
    assert states == [State.INTENT, *[State.AMBIGUOUS] * (posts if fault else 0), end]


async def test_a_closed_port_is_no_riddle(tmp_path: Path) -> None:
    async with served(livy_with()) as http:
        url = http.url
    journal = Journal(tmp_path / "j.sqlite", "site")
    client = LivyClient(Server(uuid="u", alias="lal", url=url))
    with pytest.raises(Unreachable):
        await Sender(journal, "01234567", SteppingClock()).send(client, order(), show)
    await client.aclose()
    assert [row.state for row in journal.history().result(timeout=10)] == [State.REFUSED, State.INTENT]
    journal.close()


_SENDER = """
import asyncio, sys
from pathlib import Path
from tests.tasks import test_send_http as here

async def main():
    journal = here.Journal(Path(sys.argv[2]), "site")
    client = here.LivyClient(here.Server(uuid="u", alias="lal", url=sys.argv[1]))
    await here.Sender(journal, "01234567").send(client, here.order(), here.show)

asyncio.run(main())
"""


async def posting(livy: FakeLivy, url: str, path: Path) -> asyncio.subprocess.Process:
    """A process whose POST has reached the server."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _SENDER, url, str(path))
    async with asyncio.timeout(60):
        while not livy.asked("run_statement"):
            await asyncio.sleep(0.01)
    return process


@pytest.mark.parametrize("fault", ["hang", "lost after", "lost before"])
async def test_a_sender_that_is_killed_in_mid_post_leaves_all_that_the_next_one_needs(
    tmp_path: Path, fault: str
) -> None:
    path, livy = tmp_path / "j.sqlite", livy_with(fault)
    async with served(livy) as http:
        process = await posting(livy, http.url, path)
        process.kill()
        await process.wait()
        journal = Journal(path, "site")
        (row,) = await asyncio.wrap_future(journal.claim_open())
        client = LivyClient(Server(uuid="u", alias="lal", url=http.url))
        task = Task(task_key=row.act, code="1+1", language="pyspark")
        finding = await Sender(journal, "01234567", SteppingClock()).resume(client, row, task, show)
        await client.aclose()
        journal.close()
        assert livy.asked("run_statement") == 1
        assert (finding.statement is not None) == (fault != "lost before")


async def test_a_second_process_leaves_alone_what_the_first_is_still_posting(tmp_path: Path) -> None:
    """The command line starts while the window's POST hangs: nothing is resent, nothing is taken over."""
    path, livy = tmp_path / "j.sqlite", livy_with("hang")
    async with served(livy) as http:
        window = await posting(livy, http.url, path)
        journal = Journal(path, "site")
        assert await asyncio.wrap_future(journal.claim_open()) == ()
        (row,) = await asyncio.wrap_future(journal.last(OPEN))
        assert row.state is State.INTENT
        assert row.owner != journal.owner
        window.kill()
        await window.wait()
        (row,) = await asyncio.wrap_future(journal.claim_open())
        assert row.owner == journal.owner
        journal.close()
        assert livy.asked("run_statement") == 1
