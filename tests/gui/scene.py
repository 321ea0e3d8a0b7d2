"""The scene of the look's main picture, as model values: eight servers, one down, one silent, one island; a source, two
channels, replicas of a table; a task with stages and a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import AppInfo, Batch, Session, Statement
from astrolabnet_gui.model.output import TABLE_MIME
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.spark import Executor, Progress, Stage
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from tests.gui.archipelago import channel, dataset, source

NOW = datetime.now(UTC)
MIN, H, D = 60, 3600, 86400
UUIDS = {name: f"{n:032x}" for n, name in enumerate(
    ("local", "lal", "fink", "cc-lyon", "rubin-dac", "ztf-west", "euclid-it", "gaia-arch"), 1)}  # fmt: skip
CODE = 'df = spark.table("object_v2")\nout = density(df, order=6)\nout.show()\n'


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def server(name: str, state: str = "up", fact: str = "Livy 0.9", age: float = H, **more: Any) -> Thing:
    origin = "island" if name == "local" else "user"
    url = "http://127.0.0.1:8998" if name == "local" else f"https://livy.{name}.example:8998"
    payload = Server(
        uuid=UUIDS[name], alias=name, url=url, origin=origin, knows=tuple(more.pop("knows", ())),
    )  # fmt: skip
    return Thing(key=Key(UUIDS[name]), label=name, fact=fact, state=state, since=ago(age), payload=payload, **more)


def session(on: str, ident: int, label: str, kind: str, state: str, age: float, **more: Any) -> Thing:
    words = {"pyspark": "Python", "spark": "Scala", "sql": "SQL", "sparkr": "R"}
    return Thing(
        key=Key(UUIDS[on], "e", ("sessions", ident)), label=label, fact=words[kind], state=state, since=ago(age),
        payload=Session(id=ident, name=label, kind=kind, state=state, owner="max", appId=f"app-{ident}",
                        appInfo=AppInfo(sparkUiUrl="http://ui.example:4040")),
        **more,
    )  # fmt: skip


def batch(on: str, ident: int, label: str, state: str, age: float) -> Thing:
    return Thing(
        key=Key(UUIDS[on], "e", ("batches", ident)), label=label, state=state, since=ago(age),
        payload=Batch(id=ident, name=label, state=state),
    )  # fmt: skip


def task(on: str, sess: int, ident: int, label: str, state: str, age: float, **more: Any) -> Thing:
    statement = Statement(
        id=ident, code=CODE, state=more.pop("word", "available"), output=more.pop("output", None),
        started=more.pop("started", 0), completed=more.pop("completed", 0),
    )  # fmt: skip
    payload = Task(
        statement=statement, name=label, language=more.pop("language", "pyspark"), code=more.pop("code", CODE),
        sent=ago(age), progress=more.pop("spark", None), line_shift=more.pop("line_shift", 0),
    )  # fmt: skip
    return Thing(
        key=Key(UUIDS[on], "e", ("sessions", sess, "statements", ident)), label=label, state=state, since=ago(age),
        mine=True, payload=payload, **more,
    )  # fmt: skip


def _stage(number: int, name: str, tasks: int, begin: float, end: float, status: str = "COMPLETE") -> Stage:
    start = NOW - timedelta(seconds=168)
    said = {} if status == "SKIPPED" else {
        "submissionTime": (start + timedelta(seconds=begin)).isoformat(),
        "completionTime": (start + timedelta(seconds=end)).isoformat(),
    }  # fmt: skip
    return Stage(
        stageId=number, name=name, status=status, numTasks=tasks, numCompleteTasks=tasks, inputBytes=6_066_000_000,
        shuffleReadBytes=213_000_000, **said,
    )  # fmt: skip


SPARK = Progress(
    jobs=1, jobs_done=1, tasks_done=424, tasks_total=424, tasks_failed=2,
    stages=(
        _stage(12, "scan object_v2", 200, 0, 18.6), _stage(13, "exchange healpix", 200, 17, 26.4),
        _stage(14, "aggregate", 24, 26, 43.2), _stage(15, "sort", 24, 0, 0, "SKIPPED"),
    ),
)  # fmt: skip


def busy(used: int, there: int) -> Progress:
    """Account of a Spark with so many cores."""
    return Progress(executors=(Executor(id="1", hostPort="node1:7337", totalCores=there, activeTasks=used),))


def table(rows: int) -> dict[str, Any]:
    """Livy's output object with a table."""
    heads = [("healpix", "INT_TYPE"), ("n", "LONG_TYPE"), ("mag_med", "DOUBLE_TYPE"), ("mag_std", "DOUBLE_TYPE"),
             ("first_seen", "STRING_TYPE")]  # fmt: skip
    data = [
        [17408 + 4 * n, (7919 * n) % 90_000 + 100, 18.2 + (n % 27) / 10, None if n % 17 == 5 else (n % 60) / 100,
         f"2026-{n % 12 + 1:02}-{n % 27 + 1:02}"]
        for n in range(rows)
    ]  # fmt: skip
    value = {"headers": [{"name": name, "type": kind} for name, kind in heads], "data": data}
    return {"status": "ok", "execution_count": 7, "data": {TABLE_MIME: value}}


CHOSEN = Key(UUIDS["lal"], "e", ("sessions", 3, "statements", 7))


def main_scene(rows: int = 1000) -> list[Thing]:
    """Every thing of the picture."""
    u = UUIDS
    end = int(NOW.timestamp() * 1000) - 120_000
    return [
        server("local", age=9 * MIN, fact="this computer", knows=(u["lal"], u["fink"])),
        session("local", 0, "scratch", "pyspark", "idle", 6 * MIN, mine=True),
        server("lal", age=12 * D, knows=(u["rubin-dac"], u["ztf-west"])),
        session("lal", 3, "nightly", "pyspark", "busy", 2 * H, mine=True),
        task("lal", 3, 7, "sky-density", "done", 2 * MIN, output=table(rows), spark=SPARK, started=end - 48_000,
             completed=end),
        task("lal", 3, 8, "fit-periods", "running", 31, word="running", progress=0.62, spark=busy(12, 16)),
        task("lal", 3, 9, "export", "queued", 4, word="waiting"),
        session("lal", 5, "ad hoc", "sql", "idle", 12 * MIN),
        server("fink", age=4 * D, fact="Livy 0.8", knows=(u["cc-lyon"],)),
        session("fink", 11, "alerts", "spark", "busy", 9),
        task("fink", 11, 2, "classify", "running", 9, word="running", progress=0.18, language="spark",
             spark=busy(6, 16)),
        session("fink", 12, "tutorial", "pyspark", "dead", 3 * MIN,
                problem="The session ended by itself: java.lang.OutOfMemoryError: Java heap space"),
        batch("fink", 4, "aln-ch-alerts", "running", 4 * D),
        server("cc-lyon", age=31 * D),
        session("cc-lyon", 1, "catalog", "sql", "idle", 2 * D),
        server("rubin-dac", age=2 * D),
        session("rubin-dac", 4, "dia", "pyspark", "busy", 40),
        task("rubin-dac", 4, 1, "diff-image", "running", 40, word="running", progress=0.87, spark=busy(48, 96)),
        session("rubin-dac", 6, "batchqa", "spark", "idle", H),
        server("ztf-west", "no answer", "", 8, knows=(u["gaia-arch"],)),
        server("euclid-it", age=6 * H, fact="Livy 0.7"),
        session("euclid-it", 0, "shear", "pyspark", "not_started", 12),
        session("euclid-it", 1, "mocks", "spark", "idle", H),
        server("gaia-arch", "down", "", 14 * MIN, knows=(u["euclid-it"],), problem="timed out three times"),
        session("gaia-arch", 2, "xmatch", "pyspark", "idle", 14 * MIN, stale_since=ago(14 * MIN)),
        *data(),
    ]  # fmt: skip


def data() -> list[Thing]:
    """A source, three replicas of two tables, two channels."""
    here, there = (Key(UUIDS[name]).child("datasets", "object_v2") for name in ("lal", "rubin-dac"))
    size = {"size_bytes": 412_000_000_000}
    alerts = source("Fink alerts", "Kafka · ztf-stream")
    return [
        alerts,
        dataset(UUIDS["lal"], "object_v2", "verified equal", equal_to=(there,), proved=ago(D), **size),
        dataset(UUIDS["rubin-dac"], "object_v2", "verified equal", equal_to=(here,), proved=ago(D), **size),
        dataset(UUIDS["cc-lyon"], "ztf_dr22", size_bytes=1_100_000_000_000),
        channel("Fink alerts → fink", alerts.key, Key(UUIDS["fink"]), rows_s=412.0, rate_bytes_s=1.2e5, lag_s=2.0,
                since=ago(4 * D)),
        channel("ztf_dr22 → lal", Key(UUIDS["cc-lyon"]).child("datasets", "ztf_dr22"), Key(UUIDS["lal"]), "behind",
                rate_bytes_s=6.4e7, lag_s=360.0, fullness=0.72, full_in_s=1320.0, since=ago(3 * H)),
    ]  # fmt: skip
