"""The tools of astronomers as commands: a TAP service is asked and fetched from, TOPCAT is told and heard."""

from __future__ import annotations

import threading
from typing import Any

import astropy.table  # noqa: F401  (it warns of homes that are gone when it is first imported in a test)
import pytest

from astrolabnet_gui.command import observing, tapping
from astrolabnet_gui.command.registry import Result
from astrolabnet_gui.network.link import RunState
from astrolabnet_gui.sources.samp import Received
from tests.command.rig import SERVER, Rig
from tests.sources.tap_server import tap_service
from tests.sources.test_samp import hub, topcat  # noqa: F401  (fixtures)
from tests.sources.test_sheet_files import sheet

QUERY = "SELECT * FROM gaia"


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would become a table; the island's tests show that it does."""
    found: list[Any] = []

    async def bring(_ctx: Any, _key: Any, sheet: Any, name: Any, title: str) -> Result:
        found.append((sheet.rows, str(name), title))
        return Result(text="made", data={"rows": sheet.rows})

    for room in (observing, tapping):
        monkeypatch.setattr(room, "bring", bring)
    return found


async def test_a_tap_service_is_asked_and_fetched_from(brought: list[Any]) -> None:
    with tap_service() as url:
        async with Rig() as rig:
            told = (await rig.well("tap.query", None, url=url, query=QUERY, rows=3)).result
            assert told["table"]["rows"] == [[2**60 + n, 10.0 + n] for n in range(3)]
            assert told["table"]["columns"][1]["unit"] == "deg"
            assert told["ucds"] == {"ra": "pos.eq.ra;meta.main"}
            await rig.well("tap.fetch", SERVER, url=url, query=QUERY, name="sky.gaia")
            assert brought == [(5, "sky.gaia", "the answer of the service")]
            refused = await rig.do("tap.query", None, {"url": url, "query": "SELECT * FROM nothing"})
            assert refused.state is RunState.FAILED
            assert refused.problem is not None
            assert "no table named nothing" in refused.problem.what


async def test_a_tap_service_is_a_source(brought: list[Any]) -> None:
    with tap_service() as url:
        async with Rig() as rig:
            gaia = (await rig.well("source.add", None, name="Gaia", preset="tap-gaia", place=url)).focus
            assert gaia is not None
            assert rig.engine.store.get(gaia).fact == f"TAP · {url.partition('://')[2]}"  # type: ignore[union-attr]
            assert (await rig.well("source.test", gaia)).text == "Gaia answers: 2 tables."
            told = (await rig.well("source.tables", gaia)).result["table"]
            assert told["rows"][0] == ["gaia.source", "table", "Stars <b>all</b>"]
            columns = (await rig.well("source.tables", gaia, table="gaia.source")).result["table"]["rows"]
            assert columns == [["ra", "double", "deg", "pos.eq.ra", "α"]]
            absent = await rig.do("source.tables", gaia, {"table": "it's"})
            assert "no table" in str(absent.problem)
            assert (await rig.well("source.query", gaia, query=QUERY, rows=2)).result["ucds"] == {
                "ra": "pos.eq.ra;meta.main"
            }
            await rig.well("tap.fetch", SERVER, url="Gaia", query=QUERY, name="sky.gaia")
            assert brought == [(5, "sky.gaia", "the answer of the service")]
            refused = await rig.do("source.query", gaia, {"query": "SELECT * FROM nothing"})
            assert "no table named nothing" in str(refused.problem)
            assert rig.engine.store.get(gaia).state == "quiet", "that is no fault of the service"  # type: ignore[union-attr]
    async with Rig() as rig:
        gone = (await rig.well("source.add", None, name="Gone", kind="tap", place=url)).focus
        silent = await rig.do("source.tables", gone, {})
        assert "can not be asked" in str(silent.problem)
        assert rig.engine.store.get(gone).state == "not reachable"  # type: ignore[union-attr, arg-type]
        wrong = await rig.do("source.add", None, {"name": "Wrong", "kind": "tap", "place": "gaia"})
        assert wrong.problem is not None
        assert wrong.problem.field == "place"


async def test_places_go_out_and_tables_come_in(
    topcat: Any,  # noqa: F811
    brought: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting = threading.Event()

    def came(_stop: Any, wait_s: float) -> Received:
        waiting.set()
        assert wait_s == 5
        return Received("TOPCAT", sheet=sheet(), name="my stars.vot")

    async with Rig() as rig:
        rig.house.resolve = lambda name: {"M31": (10.68, 41.27)}[name]
        assert (await rig.well("samp.point", None, at="M31")).result == {"to": ["TOPCAT"], "at": (10.68, 41.27)}
        assert topcat.told.get(timeout=20) == ("coord.pointAt.sky", {"ra": "10.68", "dec": "41.27"})
        monkeypatch.setattr(observing.samp, "receive", came)
        got = (await rig.well("samp.receive", SERVER, wait_s=5)).result
        assert waiting.is_set()
        assert (got["from"], brought) == ("TOPCAT", [(3, "default.my_stars", "my stars.vot of TOPCAT")])
