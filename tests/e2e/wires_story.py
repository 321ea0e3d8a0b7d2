"""Wires between two islands: a table by reference, a folder by either road, whatever was found, as a person chooses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from astrolabnet_gui.model.channel import Channel
from astrolabnet_gui.model.key import Key
from tests.e2e.archipelago import FINK, LYON, Archipelago
from tests.e2e.roads_story import FILES, ROWS, sums_of


async def wires_between(sea: Archipelago, lyon: Path, fink: Path, url: str) -> None:
    """After S7: both islands read the same disk, and each has a table ztf.visits of its own."""
    await _by_reference(sea, url)
    await _by_either_road(sea, lyon, fink, url)


def _shown(sea: Archipelago, channel: Key) -> tuple[str, Channel]:
    thing = sea.engine.store.get(channel)
    assert thing is not None
    assert isinstance(thing.payload, Channel)
    return thing.state, thing.payload


async def _rows_at_fink(sea: Archipelago, table: str) -> int | None:
    """None: there is no such table."""
    event = await sea.well("server.send", FINK, kind="sql", code=f"SELECT count(*) FROM {table}", wait=True)
    if event.result["state"] == "failed":
        return None
    return int(event.result["output"]["data"]["application/json"]["data"][0][0])


async def _by_reference(sea: Archipelago, url: str) -> None:
    given = {"title": "Visits", "format": "table", "place": "ztf.visits", "origin_url": url, "mode": "reference"}
    refused = await sea.ill("channel.new", FINK, **given, table="ref.visits", where="id < 3")
    assert "whole table" in refused
    made = await sea.well("channel.new", FINK, **given, table="ref.visits")
    assert "4,000 rows, nothing was copied" in made.text
    channel = made.focus
    assert channel is not None
    state, payload = _shown(sea, channel)
    assert (state, payload.mode, payload.rows, payload.origin) == ("verified equal", "reference", 4000, LYON)
    assert await _rows_at_fink(sea, "ref.visits") == 4000
    assert "copies nothing" in await sea.ill("channel.rewind", channel), "the other server's files stay where they are"
    gone = await sea.well("channel.delete", channel)
    assert await _rows_at_fink(sea, "ref.visits") is None
    back = gone.result["undo"]
    await sea.well(back["command"], FINK, **back["params"])
    assert _shown(sea, channel)[0] == "verified equal"
    assert await _rows_at_fink(sea, "ref.visits") == 4000
    # a wire is no memory of one computer: it is found again
    sea.house.flowing.seen.clear()
    found = (await sea.well("channel.find", FINK)).result["channels"]
    assert [(one["title"], one["mode"], one["state"]) for one in found] == [("Visits", "reference", "verified equal")]
    await sea.well("channel.delete", channel)


async def _by_either_road(sea: Archipelago, lyon: Path, fink: Path, url: str) -> None:
    # a table of the other server is read by its files: the destination has another one of that name
    drawn = await sea.well(
        "channel.new", FINK, title="Visits", format="table", place="ztf.visits", origin_url=url, mode="snapshot",
        begin=False,
    )  # fmt: skip
    assert drawn.focus is not None
    spec = sea.house.flowing.seen[drawn.focus].spec
    assert (spec.format, spec.route) == ("parquet", "pull")
    assert str(lyon) in spec.place
    assert _shown(sea, drawn.focus)[0] == "drawn"
    await sea.well("channel.delete", drawn.focus)

    to = fink / "night copied"
    given: dict[str, Any] = {"title": "Night", "format": "parquet", "place": (lyon / "night").as_uri(), "to": str(to)}
    assert "for ever" in await sea.ill("channel.new", FINK, **given, origin_url=url, mode="stream", route="relay")
    made = await sea.well("channel.new", FINK, **given, origin_url=url, mode="snapshot", table="night.stars")
    channel = made.focus
    assert channel is not None
    await _equal(sea, channel)
    _, payload = _shown(sea, channel)
    assert (payload.route, payload.road, payload.rows) == ("pull", "same storage", ROWS)
    assert payload.road_asked is not None
    assert payload.written_bytes == ROWS * 16, "two numbers of eight bytes a row"

    # the other road, against what was found: the wire says so, and carries
    chosen = await sea.well("channel.route", channel, route="relay")
    assert "found otherwise: same storage" in chosen.text
    assert {(r["from"], r["to"], r["age_s"] is not None) for r in chosen.result["routes"]} == {
        ("fink", "lyon", True), ("lyon", "fink", True)
    }  # fmt: skip
    carried = fink / "night copied-carried"
    assert not carried.exists()
    await sea.well("channel.start", channel)
    await _equal(sea, channel)
    assert sums_of(carried) == sums_of(lyon / "night")
    assert len(sums_of(carried)) == FILES
    assert _shown(sea, channel)[1].route == "relay"
    back = chosen.result["undo"]
    await sea.well(back["command"], channel, **back["params"])
    assert sea.house.flowing.seen[channel].spec.place == given["place"]
    assert "already" in (await sea.well("channel.route", channel)).text
    await sea.well("channel.delete", channel)


async def _equal(sea: Archipelago, channel: Key) -> None:
    """Wait until it has said, since it was last started, that the copy is the same."""
    await sea.engine.until(channel, lambda t: t is not None and t.state in ("verified equal", "failed", "lost"))
    state, payload = _shown(sea, channel)
    assert state == "verified equal", payload.error
