"""A real driver process under test, spoken to line by line."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psutil

from astrolabnet_gui.island import jre
from astrolabnet_gui.island import protocol as p
from astrolabnet_gui.island.cds import Archive

E = TypeVar("E")
PATIENCE_S = 100.0
ROOT = Path(__file__).resolve().parents[2]


class Driven:
    """One driver. Events are kept in order; every wait looks at all of them and fails with the log's end."""

    def __init__(self, work: Path, **start: Any) -> None:
        self.work = work
        self.events: list[p.Event] = []
        self._changed = threading.Condition()
        self._over = False
        self._next = 0
        self._log = open(work / "log", "wb")  # noqa: SIM115 - closed in end()
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "astrolabnet_gui.island.driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=work,
            env=env,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, name="driven", daemon=True)
        self._reader.start()
        conf = {"spark.master": "local[2]"} | start.pop("conf", {})
        found = jre.choose()
        java = {"java_home": str(found.home), "java_args": Archive(found).java_args()}
        self.send(p.Start(**{**java, "work_dir": str(work), "conf": conf, **start}))

    def send(self, request: p.Request) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(p.dump(request))
        self.process.stdin.flush()

    def start(self, code: str, kind: str = "pyspark") -> int:
        """Send a statement; its id."""
        number, self._next = self._next, self._next + 1
        self.send(p.Run(id=number, kind=kind, code=code))
        return number

    def run(self, code: str, kind: str = "pyspark") -> dict[str, Any]:
        """The output of a statement."""
        output = self.done(self.start(code, kind)).output
        assert output is not None
        return output

    def text(self, code: str, kind: str = "pyspark") -> str:
        """The plain text of a statement that goes well."""
        output = self.run(code, kind)
        assert output["status"] == "ok", output
        text: str = output["data"]["text/plain"]
        return text

    def done(self, number: int) -> p.Done:
        return self.wait(p.Done, lambda e: e.id == number)

    def idle(self) -> p.Idle:
        return self.wait(p.Idle)

    def wait(self, kind: type[E], fits: Callable[[E], bool] = lambda e: True, within_s: float = PATIENCE_S) -> E:
        """The first event of that kind that fits, now or later."""
        end = time.monotonic() + within_s
        with self._changed:
            while True:
                for event in self.events:
                    if isinstance(event, kind) and fits(event):
                        return event
                if self._over or not self._changed.wait(max(0.0, end - time.monotonic())):
                    raise AssertionError(f"no {kind.__name__}; the log ends:\n{self.log()[-2000:]}")

    def log(self) -> str:
        return (self.work / "log").read_text("utf-8", "replace")

    def pids(self) -> list[int]:
        """The driver, its Java, and what they started."""
        root = psutil.Process(self.process.pid)
        return [root.pid, *(c.pid for c in root.children(recursive=True))]

    def end(self) -> int:
        """Close its input and wait for its end; the exit code."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            code = self.process.wait(10)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(10)
            self._reader.join(10)
            self.process.stdout.close()
            self._log.close()
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._changed:
                self.events.append(p.load_event(line))
                self._changed.notify_all()
        with self._changed:
            self._over = True
            self._changed.notify_all()


@contextmanager
def driven(work: Path, **start: Any) -> Iterator[Driven]:
    """A driver for the length of a test or a module; idle when it is handed over."""
    driver = Driven(work, **start)
    try:
        driver.idle()
        yield driver
    finally:
        driver.end()


def gone(pids: list[int], within_s: float) -> list[int]:
    """Those of the processes that are still there after that time."""
    left = [q for q in map(_process, pids) if q]
    _, alive = psutil.wait_procs(left, timeout=within_s)
    return [q.pid for q in alive if q.status() != psutil.STATUS_ZOMBIE]


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None
