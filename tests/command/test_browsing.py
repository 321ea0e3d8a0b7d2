"""The small sessions: opened by a question, closed when nobody asks any more; they need no Python on the server."""

from __future__ import annotations

import asyncio
from pathlib import Path

from astrolabnet_gui.catalog.utility import UNUSED_S, Utility
from astrolabnet_gui.command.browsing import Browsing
from tests.catalog.test_utility import OneSession
from tests.network.virtual import in_virtual_time

from .rig import SERVER, Rig
from .test_datasets import ALERTS, SKY, seen, sql_rows, told


def test_the_small_session_is_closed_after_ten_minutes_without_a_question() -> None:
    async def story() -> list[float]:
        server, browsing, closed = OneSession(), Browsing(Path("nowhere")), list[float]()
        loop = asyncio.get_running_loop()

        async def delete(_id: int) -> None:
            closed.append(loop.time())

        server.delete_session = delete  # type: ignore[method-assign]

        def made() -> Utility:
            return Utility("lal", lambda: server, server.open, loop.time)  # type: ignore[arg-type,return-value]

        began, last = loop.time(), 0.0
        for pause in (0.0, 500.0, 599.0):
            await asyncio.sleep(pause)
            await browsing.session("u", made).ask("SELECT 1")
            last = loop.time()
        assert (server.opened, closed) == (1, [])
        await asyncio.sleep(2000)
        assert began + 1099 <= last
        [at] = closed
        assert browsing.open_sessions == 0
        await browsing.session("u", made).ask("SELECT 1")
        assert server.opened == 2, "the next question opens another"
        await browsing.aclose()
        return [at - last, closed[-1] - loop.time()]

    unused_s, at_the_end = in_virtual_time(story())
    assert UNUSED_S <= unused_s <= UNUSED_S + 2
    assert at_the_end == 0, "and it goes with the program"


async def test_a_server_without_python_is_browsed() -> None:
    async with Rig() as rig:
        rig.livy.answers += [sql_rows(), sql_rows(["spark_catalog"]), sql_rows(["x"]), sql_rows(["sky"])]
        await rig.well("data.look", SERVER)
        rig.livy.answers += [sql_rows(["sky", "alerts", False]), sql_rows()]
        await rig.well("data.look", SKY)
        rig.livy.answers.append(sql_rows([7]))
        assert (await rig.well("table.count", ALERTS)).result == {"rows": 7}
        rig.livy.answers.append(told(uri="file:/home/ada", rows=[], total=0))
        await rig.do("file.open", SERVER, {"uri": "file:/home/ada"})
        for verb in ("look", "facts", "measure", "profile", "fingerprint", "sky"):
            await rig.do(f"table.{verb}", ALERTS)
        session, *asked = rig.livy.bodies
        assert (session.kind, len(asked) > 14) == ("spark", True)
        assert {body.kind for body in asked} == {"sql", "spark"}, "never Python"


async def test_the_columns_of_a_table_stand_below_it_and_follow_it() -> None:
    point = {"type": "struct", "fields": [{"name": "jd", "type": "double", "nullable": True}]}
    nested = {"type": "array", "elementType": point, "containsNull": True}
    fields = [{"name": n, "type": t, "nullable": True} for n, t in (("z", "long"), ("history", nested))]
    z, history = ALERTS.child("columns", "z"), ALERTS.child("columns", "history")
    async with Rig() as rig:
        seen(rig)
        rig.livy.answers.append(sql_rows(fields=fields))
        await rig.well("table.schema", ALERTS)
        facts = [(t.label, t.fact) for t in rig.engine.store.children(ALERTS)]
        assert sorted(facts) == [("history", "array<struct<jd: double>>"), ("z", "long")]
        assert [t.label for t in rig.engine.store.children(history)] == ["jd"]
        # The table has changed meanwhile: who looks at it sees that below it too.
        rig.livy.answers += [sql_rows(fields=fields[:1]), sql_rows(), sql_rows(['{"0":7}'])]
        assert (await rig.well("table.look", ALERTS)).result["table"]["rows"] == [[7]]
        assert [t.key for t in rig.engine.store.children(ALERTS)] == [z]
        assert rig.engine.store.get(history.child("columns", "jd")) is None
