"""Stories of wires on two real islands with a real Kafka; prints what was lost and doubled, which must be 0.

S2: a mirror that is killed, then drifts; S4: the window dies and another one elsewhere goes on; S5: the driver dies
mid-batch, then offsets expire; the broker binds the channel to consumer groups that begin with its user.

python -m tests.bench.bench_wires
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

import astrolabnet_gui.command  # noqa: F401  (fills the table)
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.link import RunState
from tests import alerts
from tests.command.test_channel_on_island import rows
from tests.e2e.archipelago import FINK, LYON, Archipelago
from tests.island_fixture import RunningIsland, start_island, stop_island
from tests.kafka_rig import Broker, spark_jars, start, stop

FILES, FILE_BYTES, ALERTS, MORE, EXPIRED = 200, 250_000, 5000, 2000, 400
FORMS = ("container", "schema in key", "confluent")
Told = dict[str, Any]


async def until(sea: Archipelago, channel: Key, so: Callable[[Thing], Any], seconds: float = 200) -> Thing:
    """The channel, once it is so."""
    async with asyncio.timeout(seconds):
        found = await sea.engine.until(channel, lambda t: t is not None and bool(so(t)))
    assert found is not None
    return found


def kill_runner(ident: str) -> int:
    """End a channel's Java at once; how many processes that were."""
    killed = 0
    for process in psutil.process_iter(["cmdline", "name"]):
        words = process.info["cmdline"] or ()
        if str(process.info["name"]).startswith("java") and any(ident in word for word in words):
            process.kill()
            killed += 1
    return killed


def whole(folder: Path) -> dict[str, bytes]:
    """Files by their names; half ones too."""
    return {
        str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file() and "crc" not in f.name
    }


async def mirror(sea: Archipelago, home: Path, islands: dict[Key, RunningIsland]) -> Told:
    """S2: 200 files from the one server to the other; killed midway; one changed."""
    source, to = home / "lyon night", home / "fink night"
    for number in range(FILES):
        file = source / f"field={number % 7}" / f"{number}.dat"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.urandom(FILE_BYTES))
    made = await sea.well(
        "channel.new", FINK, title="Files", mode="mirror", format="files", place=f"file:{source}", to=f"file:{to}",
        origin_url=islands[LYON].url,
    )  # fmt: skip
    channel, ident = made.focus, str(made.result["channel"])
    assert channel is not None
    while len(list(to.rglob("*.dat"))) < 20:
        await asyncio.sleep(0.01)
    killed, midway = kill_runner(ident), len(list(to.rglob("*.dat")))
    half = [name for name, data in whole(to).items() if name.endswith(".dat") and len(data) != FILE_BYTES]
    await until(sea, channel, lambda t: t.state == "lost")
    await sea.well("channel.start", channel)
    await until(sea, channel, lambda t: t.state == "verified equal")
    equal, coming = whole(source) == whole(to), [name for name in whole(to) if name.endswith(".coming")]
    (source / "field=3" / "3.dat").write_bytes(b"changed")
    await sea.well("channel.start", channel)
    await until(sea, channel, lambda t: t.state == "verified equal")
    status = sea.house.flowing.seen[channel].status
    # the copy drifts: found, and only that file is brought again
    (to / "field=1" / "1.dat").write_bytes(os.urandom(FILE_BYTES))
    found = (await sea.well("channel.prove", channel)).result
    await until(sea, channel, lambda t: t.state == "differs")
    await sea.well("channel.mend", channel)
    await until(sea, channel, lambda t: t.state == "verified equal")
    mended = sea.house.flowing.seen[channel].status
    told = {
        "killed": killed, "there when killed": midway, "half files": len(half), "equal after": equal,
        "left over": len(coming), "copied when one had changed": status.copied if status else None,
        "drift found": found["drift"], "copied to mend": mended.copied if mended else None,
        "equal at last": whole(source) == whole(to),
    }  # fmt: skip
    await sea.well("channel.delete", channel)
    good = (killed and 0 < midway < FILES and not half and equal and not coming and told["copied to mend"] == 1
            and told["copied when one had changed"] == 1 and found["count"] == 1 and told["equal at last"])  # fmt: skip
    return {**told, "good": bool(good)}


def login(home: Path, broker: Broker) -> Told:
    """Alice's, as a channel has it; the broker lets her read and binds her to groups that begin with her name."""
    word = home / "word"
    word.write_text("alice-pw\n")
    word.chmod(0o600)
    options = {"kafka.bootstrap.servers": broker.address("SCRAM"), "kafka.security.protocol": "SASL_PLAINTEXT",
               "kafka.sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "alice", "subscribe": "night",
               "startingOffsets": "earliest"}  # fmt: skip
    return {"format": "kafka", "options": options, "secrets": {"sasl.password": f"file:{word}"}}


async def groups_allowed(sea: Archipelago, home: Path, broker: Broker) -> Told:
    """What is said before the start of a consumer group that is not hers, and of one that is."""
    said, given = {}, login(home, broker)
    kinds = {"spark's own": {}, "of another": {"kafka.group.id": "bob-1"}, "hers": {"kafka.group.id": "alice-1"},
             "her prefix": {"groupIdPrefix": "alice-aln"}}  # fmt: skip
    for name, more in kinds.items():
        asked = given | {"options": given["options"] | more}
        told = await sea.well("channel.check", FINK, title="x", mode="stream", **asked)
        said[name] = " ".join(str(one["what"]) for one in told.result["problems"])
    return said


async def subscribe(sea: Archipelago, home: Path, broker: Broker) -> Key:
    """A cut of the alerts into the second server."""
    await sea.well("source.add", None, name="broker", servers=broker.address(), topics=["night"], registry="")
    given = login(home, broker)
    spec = {
        "title": "Bright", "mode": "stream", "decode": "packets", "every_s": 1, "rows_at_once": 700, **given,
        "schema_ddl": "candid BIGINT, candidate STRUCT<magpsf: DOUBLE>", "where": "candidate.magpsf < 18",
        "registry": {str(alerts.NUMBER): alerts.TEXT}, "columns": ["candid AS id", "candidate.magpsf AS mag"],
        "options": given["options"] | {"groupIdPrefix": "alice-aln"},
        "origin": "broker", "table": "night.bright",
    }  # fmt: skip
    made = await sea.well("channel.new", FINK, **spec)
    assert made.focus is not None
    return made.focus


async def ids(sea: Archipelago, channel: Key) -> list[int]:
    """What arrived."""
    to = sea.house.flowing.seen[channel].spec.to
    code = f"SELECT to_json(sort_array(collect_list(id))) FROM parquet.`{to}`"
    event = await sea.code(FINK, code, "sql")
    found: list[int] = json.loads(event.result["output"]["data"]["application/json"]["data"][0][0])
    return found


def bright(sent: list[dict[str, Any]]) -> list[int]:
    """What shall arrive."""
    return sorted(one["candid"] for one in sent if one["candidate"]["magpsf"] < 18)


def compared(got: list[int], wanted: list[int]) -> Told:
    """Lost and doubled."""
    return {"rows": len(got), "lost": len(set(wanted) - set(got)), "doubled": len(got) - len(set(got))}


async def dies(home: Path, islands: dict[Key, RunningIsland], broker: Broker) -> Told:
    """S4: the window goes, more comes, another one elsewhere finds the channel, pauses it and goes on; S5: its driver
    is killed in the midst."""
    sent = alerts.alerts(ALERTS)
    broker.make("night", 2)
    broker.put("night", alerts.in_turn(sent, FORMS))
    async with Archipelago(home / "first", islands) as sea:
        allowed = await groups_allowed(sea, home, broker)
        channel = await subscribe(sea, home, broker)
        await until(sea, channel, lambda t: rows(t) > 0)
    more = alerts.alerts(MORE, ALERTS)
    broker.put("night", alerts.in_turn(more, FORMS))
    both = bright([*sent, *more])
    async with Archipelago(home / "second", islands) as sea:
        began = time.monotonic()
        found = (await sea.well("channel.find", FINK)).result["channels"]
        found_s = time.monotonic() - began
        shown = await until(sea, channel, lambda t: t.state in ("flowing", "behind") and rows(t) == len(both))
        await until(sea, channel, lambda t: t.payload.waiting_rows == 0)
        twice = await sea.do("channel.start", channel, {})
        began = time.monotonic()
        await sea.well("channel.pause", channel)
        paused_s = time.monotonic() - began
        s4 = {**compared(await ids(sea, channel), both), "found": [one["title"] for one in found],
              "found_s": round(found_s, 1), "state": shown.state, "second start refused": str(twice.problem),
              "pause_s": round(paused_s, 1), "groups at the broker": len(broker.groups())}  # fmt: skip
        # killed while it reads
        third = alerts.alerts(MORE, ALERTS + MORE)
        broker.put("night", alerts.in_turn(third, FORMS))
        three = bright([*sent, *more, *third])
        await sea.well("channel.start", channel)
        await until(sea, channel, lambda t: t.state in ("flowing", "behind") and len(both) < rows(t) < len(three))
        killed = kill_runner(str(channel.id))
        await until(sea, channel, lambda t: t.state == "lost")
        await sea.well("channel.start", channel)
        await until(sea, channel, lambda t: rows(t) == len(three) and t.state == "flowing")
        await sea.well("channel.pause", channel)
        s5 = {**compared(await ids(sea, channel), three), "killed": killed}
        # the broker forgets what was not read yet
        at = ALERTS + 2 * MORE
        broker.put("night", alerts.in_turn(alerts.alerts(EXPIRED, at), FORMS))
        broker.expire("night")
        late = alerts.alerts(EXPIRED, at + EXPIRED)
        broker.put("night", alerts.in_turn(late, FORMS))
        await sea.well("channel.start", channel)
        gap = await until(sea, channel, lambda t: t.state == "data missing")
        held = compared(await ids(sea, channel), three)
        asked = len(sea.questions)
        await sea.well("channel.start", channel, over_gap=True)
        last = sorted([*three, *bright(late)])
        await until(sea, channel, lambda t: rows(t) == len(last) and t.state == "flowing")
        await sea.well("channel.pause", channel)
        expired = {"at the gap": held, "said": gap.problem, "asked": sea.questions[asked:],
                   **compared(await ids(sea, channel), last)}  # fmt: skip
        await sea.well("channel.delete", channel)
    good = not any(one["lost"] or one["doubled"] for one in (s4, s5, held, expired)) and killed
    good = good and all(bool(words) == (name in ("spark's own", "of another")) for name, words in allowed.items())
    good = good and twice.state is RunState.FAILED and s4["groups at the broker"] == 0
    return {"groups": allowed, "S4": s4, "S5": s5, "offsets expired": expired, "good": bool(good)}


async def stories(home: Path) -> Told:
    """All of them."""
    place = home / "jars home" / "cache" / "island" / "jars"
    place.mkdir(parents=True)
    (place / "kafka").symlink_to(spark_jars()[0].parent, target_is_directory=True)
    broker, islands = start(home / "kafka"), dict[Key, RunningIsland]()
    try:
        for key, name in ((LYON, "lyon"), (FINK, "fink")):
            own = home / name
            (own / "cache" / "island").mkdir(parents=True)
            (own / "cache" / "island" / "jars").symlink_to(place, target_is_directory=True)
            islands[key] = start_island(own, "--no-spare", "--no-archive", "--conf=spark.master=local[2]")
        async with Archipelago(home / "files", islands) as sea:
            s2 = await mirror(sea, home, islands)
        print(json.dumps({"S2": s2}, indent=1), flush=True)
        rest = await dies(home, islands, broker)
        return {"S2": s2, **rest, "good": s2["good"] and rest["good"]}
    finally:
        for key, island in islands.items():
            stop_island(island, home / ("lyon" if key == LYON else "fink"))
        stop(broker)


def main() -> int:
    """Tell them, and whether all went well."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ASTROLABNET_HOME"] = folder
        told = asyncio.run(stories(Path(folder)))
    print(json.dumps(told | {"seconds": round(time.monotonic() - began)}, indent=1))
    return 0 if told["good"] else 1


if __name__ == "__main__":
    sys.exit(main())
