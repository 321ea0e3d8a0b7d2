"""Which session takes code at once: sending and the placing estimate say the same, whatever the list still says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from astrolabnet_gui.command import free, placing
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.placement.requirements import Abilities

from .rig import SERVER, Rig
from .test_datasets import ALERTS, seen, sql_rows

BIG = Key("", "", ("datasets", "alerts"))


async def _start_part(rig: Rig) -> float:
    """Seconds of the estimate until a session is there."""
    told = await rig.well("job.place", BIG, kind="sql", code="SELECT 1", datasets=("alerts",))
    [offer] = told.result["offers"]
    return float(next(part["seconds"] for part in offer["parts"] if part["name"] == "start"))


@pytest.fixture
def sited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server can do everything, and is not asked."""

    async def able(*_: object) -> Abilities:
        return Abilities()

    async def nothing(*_: object) -> frozenset[str]:
        return frozenset()

    monkeypatch.setattr(placing, "abilities_of", able)
    monkeypatch.setattr(placing, "reachable_at", nothing)


async def _ended_but_listed_as_busy(rig: Rig) -> Key:
    """A session whose only task of mine has ended; the server goes on to call it busy."""
    seen(rig)
    await rig.well("dataset.declare", ALERTS, dataset="alerts")
    sent = await rig.well("server.send", kind="pyspark", code="1 + 1", wait=True)
    assert sent.focus is not None
    session = sent.focus.parent
    assert session is not None
    rig.livy.become(session.id, state="busy")
    rig.engine.poll_now(SERVER.server)
    await rig.thing(session, "busy")
    return session


async def test_a_session_whose_task_has_just_ended_is_free_for_the_estimate_and_for_the_sending(sited: None) -> None:
    async with Rig() as rig:
        await _ended_but_listed_as_busy(rig)
        assert await _start_part(rig) == 0
        await rig.well("server.send", kind="pyspark", code="2 + 2")
        assert len(rig.livy.here) == 1


async def test_one_that_is_still_busy_later_works_for_somebody_else(
    sited: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(free, "SETTLES", timedelta(0))
    async with Rig() as rig:
        session = await _ended_but_listed_as_busy(rig)
        assert await _start_part(rig) > 0
        rig.livy.become(session.id, state="idle")
        assert await _start_part(rig) == 0, "the list may be old: the server itself is asked"
        rig.livy.become(session.id, state="busy")
        await rig.well("server.send", kind="pyspark", code="2 + 2")
        assert len(rig.livy.here) == 2


async def test_one_at_work_for_me_is_not_free(sited: None) -> None:
    async with Rig() as rig:
        session = await _ended_but_listed_as_busy(rig)
        rig.livy.holding = True
        await rig.well("session.send", session, kind="pyspark", code="3 + 3")
        assert await _start_part(rig) > 0


async def test_a_server_that_does_not_say_it_is_reckoned_with_a_new_session(
    sited: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(free, "SETTLES", timedelta(0))
    async with Rig() as rig:
        await _ended_but_listed_as_busy(rig)
        rig.livy.unreachable = True
        assert await _start_part(rig) > 0
        rig.livy.unreachable = False


async def test_data_are_looked_at_in_a_session_whose_task_has_just_ended() -> None:
    async with Rig() as rig:
        session = await _ended_but_listed_as_busy(rig)
        await rig.well("session.lend", session)
        rig.livy.become(session.id, state="idle")
        rig.livy.answers.append(sql_rows([7]))
        assert (await rig.well("table.count", ALERTS)).result == {"rows": 7}
        assert len(rig.livy.here) == 1


async def test_one_that_works_is_not_lent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free, "SETTLES", timedelta(0))
    async with Rig() as rig:
        session = await _ended_but_listed_as_busy(rig)
        refused = await rig.ill("session.lend", session)
        assert "works: questions would wait behind its work" in refused.what
        rig.livy.become(session.id, state="idle")
        await rig.well("session.lend", session)
        rig.livy.become(session.id, state="dead")
        rig.engine.poll_now(SERVER.server)
        await rig.thing(session, "dead")
        assert "is dead" in (await rig.ill("session.lend", session)).what
