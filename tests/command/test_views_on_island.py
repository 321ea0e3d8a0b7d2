"""Seeing the sky on a real island: map → cell → histogram → object → light curve → stamps, checked by numpy."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import astropy.units as u
import numpy as np
import pytest
from astropy_healpix import HEALPix

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import RunState
from tests.command.test_on_island import Live

ALERTS = 5000
COLUMNS = "SELECT ra, dec, magpsf, jd, objectId, candid FROM sample_sky.alerts ORDER BY candid"


class Answers:
    """Asks, and keeps what was answered for who wants to draw it."""

    def __init__(self, live: Live, key: Key) -> None:
        self.live, self.key, self.kept = live, key, dict[str, Any]()

    async def __call__(self, verb: str, name: str = "", **params: Any) -> Any:
        found = (await self.live.well(verb, self.key, **params)).result
        self.kept[name or verb] = found
        return found


async def columns(live: Live, island: Key) -> Any:
    """Positions and magnitudes as the server has them, page by page."""
    found: list[list[Any]] = []
    while len(found) < ALERTS:
        code = f"{COLUMNS} LIMIT 1000 OFFSET {len(found)}"
        sent = await live.well("server.send", island, kind="sql", code=code, wait=True)
        found += sent.result["output"]["data"]["application/json"]["data"]
    return found


@pytest.mark.island
@pytest.mark.timeout(600)
async def test_the_sky_of_a_real_island() -> None:
    async with Live() as live:
        island = (await live.well("island.start", None)).focus
        assert island is not None
        await live.engine.until(island, lambda t: t is not None and t.state == "up")
        await live.well("sky.load", island, alerts=ALERTS)
        rows = await columns(live, island)
        await live.well("data.look", island)
        night = island.child("catalogs", "spark_catalog", epoch="").child("namespaces", "sample_sky")
        await live.well("data.look", night)
        ask = Answers(live, night.child("tables", "alerts"))
        await ask("table.facts")
        ra, dec, mag = (np.array([row[n] for row in rows], dtype=np.float64) for n in range(3))

        sky = await ask("table.sky", order=5)
        cells = HEALPix(32, order="nested").lonlat_to_healpix(ra * u.deg, dec * u.deg)
        counts = np.bincount(cells, minlength=12288)
        assert {int(h): n for h, n, _ in sky["cells"]} == {int(h): int(counts[h]) for h in np.flatnonzero(counts)}
        assert (sky["rows"], sky["without"]) == (ALERTS, 0)
        auto = await ask("table.sky", "sky.auto")
        assert auto["order"] < 5
        assert sum(cell[1] for cell in auto["cells"]) == ALERTS
        number, in_cell, _ = max(auto["cells"], key=lambda cell: cell[1])
        chosen = f"{auto['order']}/{number}"
        inside = HEALPix(1 << auto["order"], order="nested").lonlat_to_healpix(ra * u.deg, dec * u.deg) == number
        zoomed = await ask("table.sky", "sky.zoomed", cell=chosen)
        assert zoomed["rows"] == in_cell == inside.sum()
        means = await ask("table.sky", "sky.mean", order=2, value="magpsf")
        at_two = HEALPix(4, order="nested").lonlat_to_healpix(ra * u.deg, dec * u.deg)
        for h, _, mean in means["cells"]:
            assert mean == pytest.approx(mag[at_two == h].mean())

        bars = await ask("table.histogram", cell=chosen, bins=10)
        assert (bars["column"]["name"], sum(bars["counts"])) == ("magpsf", in_cell)
        assert bars["edges"][0] == pytest.approx(mag[inside].min())
        await ask("table.histogram", "histogram.all")
        both = await ask("table.density", x="ra", y="dec")
        assert len(both["points"]) == ALERTS
        over = await ask("table.series", bins=30)
        assert sum(step[1] for step in over["steps"]) == ALERTS

        curve = await ask("table.lightcurve")
        assert len(curve["objects"]) == 100
        # Eight alerts of each object carry those before them: each point is there once.
        assert len(curve["points"]) == 8
        mine = [row for row in rows if row[4] == curve["object"]]
        assert [p[0] for p in curve["points"]] == pytest.approx(sorted(row[3] for row in mine))
        assert curve["magnitudes"]
        stamped = await ask("table.stamps", object=curve["object"], rows=2)
        assert [s["column"] for s in stamped["stamps"]][:3] == ["cutoutScience", "cutoutTemplate", "cutoutDifference"]
        for stamp in stamped["stamps"]:
            assert stamp["problem"] == ""
            pixels = np.frombuffer(base64.b64decode(stamp["pixels"]), "<f4").reshape(stamp["high"], stamp["wide"])
            if stamp["column"] != "cutoutTemplate":
                assert np.unravel_index(pixels.argmax(), pixels.shape) == (10, 10)
        packet = (await ask("table.packet", object=curve["object"]))["packet"]
        assert packet["objectId"] == curve["object"]
        assert packet["cutoutScience"].endswith(" bytes")

        await _refused(live, ask.key)
        kept = os.environ.get("ALN_ANSWERS")
        if kept:
            Path(kept).write_text(json.dumps(ask.kept))


async def _refused(live: Live, key: Key) -> None:
    """What can not be drawn says why, and the next question goes on."""
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("table.sky", {"order": 9}, "cells"), ("table.sky", {"cell": "5/99999"}, "no cell"),
        ("table.histogram", {"column": "class"}, "not a number"),
        ("table.density", {"x": "ra", "y": "no"}, "no column"),
        ("table.stamps", {"columns": ("ra",)}, "pictures are binary"), ("table.sky", {"ra": "nothing"}, "no column"),
    ]  # fmt: skip
    for verb, params, words in wrong:
        event = await live.do(verb, key, params)
        assert event.state is RunState.FAILED
        assert event.problem is not None
        assert words in event.problem.what
    assert (await live.well("table.lightcurve", key, object="nobody")).result["points"] == []
