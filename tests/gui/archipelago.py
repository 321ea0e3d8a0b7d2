"""The archipelago of the pictures: eight servers, one down, one the island, with sessions, tasks and channels."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from astrolabnet_gui.model.channel import Channel
from astrolabnet_gui.model.dataset import Replica
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Batch, Session
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.source import Source
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing

NOW = datetime(2026, 11, 23, 14, 4, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def server(alias: str, *knows: str, state: str = "up", origin: str = "user", **more: object) -> Thing:
    payload = Server(uuid=alias, alias=alias, url=f"http://{alias}.invalid:8998", origin=origin, knows=knows)
    return Thing.model_validate(
        {"key": Key(alias), "label": alias, "state": state, "fact": "Livy 0.9", "payload": payload, **more}
    )


def session(on: str, ident: int, name: str, kind: str, state: str = "idle", **more: object) -> Thing:
    key = Key(on).child("sessions", ident, "e")
    payload = Session(id=ident, name=name, kind=kind, state=state)
    return Thing.model_validate({"key": key, "label": name, "state": state, "payload": payload, **more})


def task(on: str, of: int, ident: int, name: str, state: str = "running", **more: object) -> Thing:
    key = Key(on).child("sessions", of, "e").child("statements", ident)
    return Thing.model_validate({"key": key, "label": name, "state": state, "payload": Task(name=name), **more})


def batch(on: str, ident: int, name: str, state: str = "running", **more: object) -> Thing:
    key = Key(on).child("batches", ident, "e")
    return Thing.model_validate(
        {"key": key, "label": name, "state": state, "payload": Batch(id=ident, name=name, state=state), **more}
    )


def dataset(on: str, name: str, state: str = "ready", **more: object) -> Thing:
    payload = Replica.model_validate({"name": name, **more})
    return Thing(key=Key(on).child("datasets", name), label=name, state=state, payload=payload)


def source(name: str, place: str, state: str = "flowing") -> Thing:
    return Thing(key=Key("").child("sources", name), label=name, fact=place, state=state,
                 payload=Source(name=name, place=place))  # fmt: skip


def channel(name: str, origin: Key, target: Key, state: str = "flowing", **more: object) -> Thing:
    key = Key("").child("channels", name)
    age = more.pop("since", None)
    payload = Channel.model_validate({"name": name, "origin": origin, "target": target, **more})
    return Thing.model_validate({"key": key, "label": name, "state": state, "since": age, "payload": payload})


ALERTS = Key("").child("sources", "Fink alerts")


def data() -> list[Thing]:
    """A source, four replicas of two tables, two channels."""
    here, there = Key("lal").child("datasets", "object_v2"), Key("rubin-dac").child("datasets", "object_v2")
    proved = {"size_bytes": 412_000_000_000, "proved": ago(days=1)}
    return [
        source("Fink alerts", "Kafka · ztf-stream"),
        dataset("lal", "object_v2", "verified equal", equal_to=(there,), **proved),
        dataset("rubin-dac", "object_v2", "verified equal", equal_to=(here,), **proved),
        dataset("cc-lyon", "ztf_dr22", size_bytes=1_100_000_000_000),
        channel("alerts", ALERTS, Key("fink"), rows_s=412.0, rate_bytes_s=1.2e5, lag_s=2.0),
        channel("dr22", Key("cc-lyon").child("datasets", "ztf_dr22"), Key("lal"), "behind", rate_bytes_s=6.4e7,
                lag_s=360.0, fullness=0.72, full_in_s=1320.0),
    ]  # fmt: skip


def things() -> list[Thing]:
    """As in the pictures of the main window."""
    lost = {"stale_since": ago(minutes=14)}
    return [
        server("local", "fink", "lal", origin="island"),
        server("fink", "cc-lyon"),
        server("cc-lyon"),
        server("lal", "rubin-dac", "ztf-west"),
        server("rubin-dac"),
        server("ztf-west", "gaia-arch", state="no answer", since=ago(seconds=8)),
        server("gaia-arch", "euclid-it", state="down", since=ago(minutes=14), problem="timed out"),
        server("euclid-it"),
        session("local", 0, "scratch", "pyspark"),
        session("fink", 11, "alerts", "spark", "busy"),
        session("fink", 12, "tutorial", "pyspark", "dead"),
        batch("fink", 4, "aln-ch-alerts"),
        task("fink", 11, 0, "classify", progress=0.18),
        session("cc-lyon", 1, "catalog", "sql"),
        session("lal", 3, "nightly", "pyspark", "busy"),
        session("lal", 5, "ad hoc", "sql"),
        task("lal", 3, 9, "export", "waiting"),
        task("lal", 3, 8, "fit-periods", progress=0.62),
        task("lal", 3, 7, "sky-density", "done"),
        session("rubin-dac", 4, "dia", "pyspark", "busy"),
        session("rubin-dac", 6, "batchqa", "spark"),
        task("rubin-dac", 4, 1, "diff-image", progress=0.87),
        session("gaia-arch", 2, "xmatch", "pyspark", **lost),
        session("euclid-it", 0, "shear", "pyspark", "not_started"),
        session("euclid-it", 1, "mocks", "spark"),
        *data(),
    ]


PLACES = {
    Key("local"): (111.0, 321.0), Key("fink"): (371.0, 113.0), Key("cc-lyon"): (691.0, 113.0),
    Key("lal"): (371.0, 345.0), Key("rubin-dac"): (691.0, 345.0), Key("ztf-west"): (150.0, 573.0),
    Key("gaia-arch"): (401.0, 613.0), Key("euclid-it"): (691.0, 571.0), ALERTS: (62.0, 113.0),
}  # fmt: skip
CORES = {
    Key("local"): (2, 8), Key("fink"): (6, 16), Key("cc-lyon"): (0, 64), Key("lal"): (12, 16),
    Key("rubin-dac"): (48, 96), Key("euclid-it"): (2, 32),
}  # fmt: skip


def crowd(count: int, edges: int, children: int = 0) -> list[Thing]:
    """Many servers that know each other (mostly their neighbours), each with some sessions."""
    wide = max(1, math.isqrt(int(count * 1.6)))
    many = []
    per = max(0, edges // max(1, count))
    for i in range(count):
        far = [(i + 1), (i + wide), (i + wide + 1), (i * 7919 + 13) % count]
        knows = [f"s{j}" for j in far[:per] if j < count and j != i]
        state = "down" if i % 23 == 0 else "no answer" if i % 37 == 0 else "up"
        many.append(server(f"s{i}", *knows, state=state))
        for k in range(children):
            busy = (i + k) % 5 == 0
            many.append(
                session(f"s{i}", k, f"work {k}", "pyspark", "busy" if busy else "idle", progress=0.4 if busy else None)
            )
    return many


def crowd_places(count: int) -> dict[Key, tuple[float, float]]:
    """A grid with a little disorder, as a layout would leave it."""
    wide = max(1, math.isqrt(int(count * 1.6)))
    return {
        Key(f"s{i}"): ((i % wide) * 260.0 + (i * 37 % 50), (i // wide) * 180.0 + (i * 53 % 40)) for i in range(count)
    }
