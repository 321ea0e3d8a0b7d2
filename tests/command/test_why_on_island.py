"""Faults made on purpose on a real island, and the cause each is given; cancels that can not stop the driver's code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from astrolabnet_gui.command.remedy import remedy_of
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.spark import Progress
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.tasks.cause import cause_of, slowness_of
from astrolabnet_gui.tasks.cause_rules import Code
from tests.command.test_on_island import PATIENCE_S, Live

pytestmark = [pytest.mark.island, pytest.mark.timeout(600)]

FAULTS = {
    "import nosuchmodule": (Code.MODULE, "nosuchmodule"),
    "def (:": (Code.SYNTAX, ""),
    "spark.table('nope').count()": (Code.NOT_FOUND, "`nope`"),
    "spark.read.parquet('/nope/x').count()": (Code.NOT_FOUND, "/nope/x"),
    "open('/sys/nope', 'w')": (Code.PERMISSION, ""),
    "with open('/dev/full', 'w') as f:\n    f.write('x' * 9000)": (Code.DISK, ""),
    "spark.read.format('kafka').load()": (Code.JAR, "kafka"),
    "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/')": (Code.NETWORK, ""),
    "sc.parallelize(range(4), 2).map(lambda x: 1 // (x - 3)).collect()": (Code.CODE, "ZeroDivisionError"),
    "import os\nsc.parallelize(range(2), 2).map(lambda x: os.kill(os.getpid(), 9)).collect()": (Code.WORKER, ""),
    "sc.parallelize(range(4), 4).map(lambda x: 'y' * 900000).collect()": (Code.RESULT_SIZE, ""),
}
UNEVEN = "import time\nsc.parallelize(range(8), 8).map(lambda i: time.sleep(25 if i == 7 else 0.05)).count()"
TOO_MUCH = "spark.sql(\"select length(concat_ws('', collect_list(repeat('x', 4000000)))) from range(4000)\").collect()"


async def until(live: Live, key: Key, so: Callable[[Thing | None], bool]) -> Thing | None:
    """The thing, once it is so."""
    async with asyncio.timeout(PATIENCE_S):
        return await live.engine.until(key, so)


def account(thing: Thing | None) -> Progress:
    """What Spark said of a task so far."""
    found = thing.payload.progress if thing is not None and isinstance(thing.payload, Task) else None
    return found or Progress()


async def test_faults_are_named_and_cancels_say_what_they_did(tmp_path: Path) -> None:
    async with Live() as live:
        island = (await live.well("island.start", None)).focus
        assert island is not None
        await until(live, island, lambda t: t is not None and t.state == "up")
        # As a window does; without a look at it a server is asked only now and then.
        live.engine.attend(None, frozenset({island}))
        conf = {"spark.driver.maxResultSize": "1m"}
        one = (await live.well("session.new", island, kind="shared", driver_memory="600m", conf=conf)).focus
        short = (await live.well("session.new", island, kind="pyspark", idle_timeout="8s")).focus
        assert one is not None
        assert short is not None
        await live.well("session.send", short, code="1", wait=True)

        async def fails(code: str) -> tuple[Thing, Thing]:
            event = await live.well("session.send", one, kind="pyspark", code=code, wait=True)
            assert event.focus is not None
            return live.engine.store.things[event.focus], live.engine.store.things[one]

        named = {}
        for code, (_, words) in FAULTS.items():
            thing, session = await fails(code)
            cause = cause_of(thing, session)
            assert cause is not None, (code, thing)
            assert words in cause.words, (code, cause)
            named[code] = cause.code
        assert named == {code: wanted for code, (wanted, _) in FAULTS.items()}

        slow, _ = await fails(UNEVEN)
        seen = await until(live, slow.key, lambda t: account(t).spread is not None)
        assert seen is not None
        skew = slowness_of(seen)
        assert skew is not None, account(seen).spread
        assert skew.code is Code.SKEW

        for kind, loop in _loops(tmp_path / "go").items():
            await _cancel_can_not_stop_it(live, one, kind, loop, tmp_path / "go")

        gone = await until(live, short, lambda t: t is not None and t.state == "gone")
        assert gone is not None
        idle = cause_of(gone)
        assert idle is not None, gone
        assert idle.code is Code.IDLE

        await fails(TOO_MUCH)
        # The last lines of its log, which tell, may come a look later than its state.
        dead = await until(live, one, _told_why)
        assert dead is not None
        cause = cause_of(dead)
        assert cause is not None
        assert cause.code is Code.MEMORY, (cause, dead)
        remedy = remedy_of(cause, dead)
        assert remedy is not None
        assert remedy.title == "New session with 1200m"
        assert remedy.params == {"kind": "shared", "driver_memory": "1200m", "conf": conf, "idle_timeout": "1h"}


def _told_why(thing: Thing | None) -> bool:
    cause = None if thing is None else cause_of(thing)
    return thing is None or (cause is not None and cause.code is not Code.ENDED)


def _loops(go: Path) -> dict[str, str]:
    """Code that goes on whatever it is asked, until there is a file."""
    return {
        "pyspark": f"import os, time\nwhile True:\n    try:\n        while not os.path.exists({str(go)!r}):\n"
        "            time.sleep(0.05)\n        break\n    except BaseException:\n        pass",
        "spark": f'while (!new java.io.File("{go}").exists) {{\n'
        "try Thread.sleep(20) catch { case _: Throwable => } }",
    }


async def _cancel_can_not_stop_it(live: Live, session: Key, kind: str, loop: str, go: Path) -> None:
    task = (await live.well("session.send", session, kind=kind, code=loop)).focus
    assert task is not None
    await until(live, task, lambda t: t is not None and t.state == "running")
    event = await live.well("task.cancel", task)
    thing = live.engine.store.things[task]
    if kind == "spark" and thing.state == "cancelled":
        return  # cancelled while Scala still compiled it
    assert "driver code still runs" in event.text, (kind, thing)
    assert thing.state == "still runs"
    go.touch()
    ended = await until(live, task, lambda t: t is None or t.state in t.kind.terminal)
    assert ended is not None
    assert ended.state == "cancelled"
    go.unlink()
