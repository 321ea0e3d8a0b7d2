"""From the moment a server has a result to the moment it is on the screen; looked at all the while."""

from __future__ import annotations

import asyncio

from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import NewStatement
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.network.engine import Engine
from tests.bench._polled import Polled, polled
from tests.fakeclient import FakeClient
from tests.fakelivy import FakeLivy
from tests.network.desk import nothing


def measure(times: int, dress: Dress) -> list[float]:
    """Seconds of each result. The server takes 0.7 s for each and answers in 2 ms."""
    livy = FakeLivy(lasts_s=0.7)
    lal = Server(uuid="u1", alias="lal", url="http://127.0.0.1:9")
    engine = Engine([lal], execute=nothing, connect=lambda _: FakeClient(livy))
    with polled(engine, dress) as one:
        one.until(lambda: any(t.state == "up" for t in one.desk.store.servers()))
        return [_one_result(one, livy, n) for n in range(times)]


def _one_result(one: Polled, livy: FakeLivy, number: int) -> float:
    engine, done = one.engine, []

    async def send() -> None:
        if not livy.sessions:
            livy.open()
            engine.poll_now("u1")
        while not any(key.kind == "sessions" for key in engine.store.things):
            await asyncio.sleep(0.01)
        where = next(key for key in engine.store.things if key.kind == "sessions")
        work = Task(task_key=f"T{number}", name=f"t{number}", language="pyspark", code=f"work({number})")
        engine.follow(where, work)
        assert isinstance(where.id, int)
        statement = await engine.client("u1").run_statement(where.id, NewStatement(code=work.code))
        key = engine.follow(where, work.model_copy(update={"statement": statement}))
        assert isinstance(statement.id, int)
        done.append((key, livy.sessions[0].plan[statement.id][1]))

    loop = engine._loop
    assert loop is not None
    asyncio.run_coroutine_threadsafe(send(), loop)
    one.until(lambda: bool(done))
    key: Key = done[0][0]
    one.until(lambda: one.desk.thing(key) is not None)
    one.desk.select(key)

    def shown() -> bool:
        thing = one.desk.thing(key)
        if thing is None or thing.state != "done":
            return False
        one.window.shell.repaint()
        return True

    one.until(shown)
    return loop.time() - float(done[0][1])
