"""S7, no road but me: files are carried between two islands by their Livy addresses alone; it breaks midway."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from astrolabnet_gui.channels.routes import MIB
from astrolabnet_gui.errors import Unreachable
from tests.e2e.archipelago import FINK, LYON, Archipelago

FILES, ROWS = 6, 600_000
MAKE = """
spark.range({rows}).selectExpr("id", "rand(7) AS flux").repartition({files}).write.parquet("{place}")
"""
COUNT = """
for place in ("{here}", "{there}"):
    frame = spark.read.parquet(place)
    print(frame.selectExpr("count(*)", "sum(cast(xxhash64(to_json(struct(*))) as decimal(38,0)))").first())
"""


def sums_of(folder: Path) -> dict[str, str]:
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.rglob("part-*")}


async def no_road_but_me(sea: Archipelago, lyon: Path, fink: Path) -> None:
    """The ways are probed; the one through this computer is taken, breaks, goes on, and proves what arrived."""
    here, there = lyon / "night", fink / "carried night"
    probed = (await sea.well("route.probe", LYON, other="fink")).result
    assert {(r["from"], r["to"], r["route"]) for r in probed["routes"]} == {
        ("lyon", "fink", "same storage"), ("fink", "lyon", "same storage"),
    }, "two islands of one computer read the same disk"  # fmt: skip
    assert not [mark for home in (lyon, fink) for mark in home.rglob(".aln-mark-*")], "what was left there is gone"
    await sea.code(LYON, MAKE.format(rows=ROWS, files=FILES, place=here))
    sent, broken = [], [4]
    client = sea.engine.client(FINK.server)
    upload = client.upload_file

    async def breaks(session: Any, name: str, data: bytes) -> None:
        if len(sent) in broken:
            raise Unreachable("the connection broke.", server="fink")
        sent.append(len(data))
        await upload(session, name, data)

    client.upload_file = breaks
    given = {"place": str(here), "target": "fink", "to": str(there), "chunk_mib": 1}
    refused = await sea.ill("route.relay", LYON, **given, cap_mb=1)
    assert "are more than the 1 MB" in refused
    told = await sea.ill("route.relay", LYON, **given)
    assert "it goes on where it was" in told
    assert len(sent) == 4
    broken.clear()
    result = (await sea.well("route.relay", LYON, **given)).result
    size = sum(f.stat().st_size for f in here.glob("part-*"))
    assert sum(sent) == size, "nothing was carried twice"
    assert max(sent) <= MIB
    assert (result["files"], result["carried_bytes"]) == (FILES, size - sum(sent[:4]))
    assert sums_of(there) == sums_of(here)
    assert len(sums_of(there)) == FILES
    assert not list(there.rglob("*.coming")), "no piece is left"
    again = await sea.well("route.relay", LYON, **given)
    assert again.result["carried_bytes"] == 0, "what is there is not carried again"
    counted = await sea.code(FINK, COUNT.format(here=here, there=there))
    first, second = counted.result["output"]["data"]["text/plain"].splitlines()[:2]
    assert first == second
    assert f"={ROWS}," in first
    matrix = (await sea.well("route.matrix", FINK)).result["routes"]
    assert [r["relay_bytes_s"] is not None for r in matrix if r["to"] == "fink"] == [True], "its pace is known now"
    print(f"S7: {size / 1e6:.1f} MB in {len(sent)} pieces; {result['estimate_s']} s said, {result['took_s']} s taken")
    client.upload_file = upload
