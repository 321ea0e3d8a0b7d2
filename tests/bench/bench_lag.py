"""A channel that falls behind: a real Kafka brings 1 000 rows a second to a runner that takes 400.

``python -m tests.bench.bench_lag [FILE]``: what Spark told of the batches is kept in FILE, for tests/channels.
What is said (what waits, for how long, when that is too long, when the colours change) beside what is true; and how
fast it pauses.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from confluent_kafka import Producer as Kafka

from astrolabnet_gui.channels.status import Status, full_in_s, fullness, read
from tests.channels.runs import Staged, environment, stage
from tests.kafka_rig import Broker, spark_jars, start, stop

COMES, GOES, EVERY_S, KEEPS_S = 1000, 400, 2, 45
LIMITS = (0.60, 0.85)
WARM_S = 20.0
"""So long the window over which rates are taken is not full."""
SPAN_S = 10.0


class Producer(threading.Thread):
    """Brings rows at a steady rate, and knows what was there when."""

    def __init__(self, broker: Broker, topic: str) -> None:
        super().__init__(name="producer")
        self._broker, self._topic = broker, topic
        self.ending = threading.Event()
        self.began, self.sent = time.time(), 0

    def run(self) -> None:
        """Ten times a second."""
        body = json.dumps({"mag": 17.0}).encode()
        self.began = time.time()
        producer = Kafka({"bootstrap.servers": self._broker.address(), "linger.ms": 5})
        while not self.ending.wait(0.05):
            more = int((time.time() - self.began) * COMES) - self.sent
            for _ in range(more):
                producer.produce(self._topic, body)
            producer.poll(0)
            self.sent += more
        producer.flush(10)

    def there(self, at: float) -> float:
        """Rows that were there at a moment."""
        return max(0.0, (at - self.began) * COMES)


def measure(folder: Path, seconds: float, record: Path | None = None) -> dict[str, Any]:
    """Run it for so long; errors of what was said, relative to the truth; what Spark told is kept in ``record``."""
    broker = start(folder / "kafka")
    broker.make("flow", 2, **{"retention.ms": str(KEEPS_S * 1000)})
    channel = stage(
        folder, mode="stream", format="kafka", every_s=EVERY_S, rows_at_once=GOES * EVERY_S,
        options={"kafka.bootstrap.servers": broker.address(), "subscribe": "flow", "startingOffsets": "earliest"},
    )  # fmt: skip
    env = environment(folder, jars=spark_jars())
    with (folder / "stdout").open("w") as out:
        recorder = Path(__file__).with_name("_recorder.py")
        words = [sys.executable, str(recorder), str(channel.program), str(folder / "told"), channel.argument()]
        process = subprocess.Popen(words, cwd=folder, env=env, stdout=out, stderr=out, start_new_session=True)
    producer = Producer(broker, "flow")
    try:
        _until(lambda: channel.said().get("state") == "RUNNING", process)
        producer.start()
        _until(lambda: channel.said().get("rows", 0) > 0, process)
        told = _listen(channel, producer, seconds)
        pause_s = _pause(channel, process)
    finally:
        producer.ending.set()
        producer.join(10)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        stop(broker)
    if record is not None:
        batches = [json.loads(line) for line in (folder / "told").read_text().splitlines()]
        words = [[round(s.time - producer.began, 3), s.rows] for _, s in told]
        record.write_text(json.dumps({
            "comes": COMES, "keeps_s": KEEPS_S, "began": producer.began, "words": words, "batches": batches,
        }) + "\n")  # fmt: skip
    return {**_errors(told, producer), "pause_s": round(pause_s, 2), "trigger_s": EVERY_S}


def _listen(channel: Staged, producer: Producer, seconds: float) -> list[tuple[float, Status]]:
    """Each word of the runner, with when it could be heard."""
    told: list[tuple[float, Status]] = []
    ends = time.time() + seconds
    while time.time() < ends:
        status = read(json.dumps(channel.said()))
        if status is not None and (not told or status.time > told[-1][1].time):
            told.append((time.time(), status))
        time.sleep(0.1)
    return told


def _pause(channel: Staged, process: subprocess.Popen[bytes]) -> float:
    began = time.time()
    (channel.folder / "stop").touch()
    _until(lambda: channel.said().get("state") == "PAUSED", process, 30)
    return time.time() - began


def _errors(told: list[tuple[float, Status]], producer: Producer) -> dict[str, Any]:
    waits, lags, fulls = [], [], []
    crossed: dict[float, float] = {}
    for heard, status in told:
        waiting = producer.there(status.time) - status.rows
        lag_s = waiting / COMES
        full = fullness(status)
        for limit in LIMITS:
            if full is not None and full >= limit and limit not in crossed:
                crossed[limit] = heard
        if status.time - producer.began < WARM_S or status.waiting is None or not status.lag_s:
            continue
        waits.append(abs(status.waiting - waiting) / waiting)
        lags.append(abs(status.lag_s - lag_s) / lag_s)
        # As it went on: a machine that others use does not take as much all the time.
        span, (_, last) = told[-1][1].time - status.time, told[-1]
        if span > SPAN_S and (said := full_in_s(status)) is not None:
            left_s = (KEEPS_S - lag_s) / (1 - (last.rows - status.rows) / span / COMES)
            fulls.append(abs(said - left_s) / left_s)
    # The truth about the colours: the first moment at which the oldest unread row had that age.
    true = {limit: producer.began + limit * KEEPS_S / (1 - GOES / COMES) for limit in LIMITS}
    slow = {limit: crossed[limit] - _first(told, producer, limit) for limit in LIMITS if limit in crossed}
    return {
        "words": len(told), "keeps_s": told[-1][1].keeps_s, "rate": told[-1][1].rows_s,
        **{f"{name}_{what}": round(of(values), 3) for name, values in (("waits", waits), ("lag", lags), ("full", fulls))
           for what, of in (("median", statistics.median), ("worst", max)) if values},
        "colour_late_s": {f"{limit:.0%}": round(late, 2) for limit, late in slow.items()},
        "colour_ideal_s": {f"{limit:.0%}": round(at - producer.began, 1) for limit, at in true.items()},
    }  # fmt: skip


def _first(told: list[tuple[float, Status]], producer: Producer, limit: float) -> float:
    """When it truly was so full, by the rows that had been written then."""
    before, (_, status) = None, told[0]
    for heard, status in told:
        lag_s = (producer.there(status.time) - status.rows) / COMES
        if lag_s / KEEPS_S >= limit:
            if before is None:
                return heard
            # Between two words it grew as fast as ever.
            return before[0] + (limit * KEEPS_S - before[1]) * (status.time - before[0]) / max(1e-6, lag_s - before[1])
        before = status.time, lag_s
    return status.time


def _until(so: Any, process: subprocess.Popen[bytes], seconds: float = 120.0) -> None:
    ends = time.time() + seconds
    while not so():
        if process.poll() is not None or time.time() > ends:
            raise SystemExit("the runner ended, or said nothing")
        time.sleep(0.1)


def main() -> int:
    """Measure, and say whether it holds."""
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), 75.0, Path(sys.argv[1]) if sys.argv[1:] else None)
    print(json.dumps(found, indent=1))
    good = (
        found["lag_worst"] <= 0.10 and found["full_worst"] <= 0.10 and found["pause_s"] <= EVERY_S + 2
        and all(abs(late) <= 2 for late in found["colour_late_s"].values()) and len(found["colour_late_s"]) == 2
    )  # fmt: skip
    print("holds" if good else "DOES NOT HOLD")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
