"""One session: its queue of statements, the four languages over one Spark, cancelling, and its end."""

from __future__ import annotations

import os
import platform
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from astrolabnet_gui.island import protocol as p
from astrolabnet_gui.island.driver import jvm, r_home
from astrolabnet_gui.island.driver.context import Context
from astrolabnet_gui.island.driver.files import Files
from astrolabnet_gui.island.driver.first_rows import warm_rows
from astrolabnet_gui.island.driver.interpreters import Interpreters
from astrolabnet_gui.island.driver.interrupt import Interrupt
from astrolabnet_gui.island.driver.reply import error
from astrolabnet_gui.island.driver.ui import warm_up
from astrolabnet_gui.island.driver.warehouse import Warehouse, folder_of, guarded
from astrolabnet_gui.island.driver.wire import Wire, log

_PROGRESS_S = 0.25
_CANCEL_EVERY_S = 0.1
_JOBS_END_S = 1.5
_HARD_AFTER_S = 2.0
_GIVE_UP_S = 30.0  # livy.rsc.job-cancel.timeout


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


@dataclass
class Current:
    """The statement that runs, and whether it shall not."""

    run: p.Run
    cancelled: bool = False
    ended: threading.Event = field(default_factory=threading.Event)


class Session:
    """Statements run in the main thread, one at a time; all else is answered meanwhile in threads."""

    def __init__(self, wire: Wire, context: Context, start: p.Start) -> None:
        self._wire = wire
        self._context = context
        self._start = start
        self._pid = os.getpid()
        self._queue: queue.SimpleQueue[p.Run] = queue.SimpleQueue()
        self._watched: queue.SimpleQueue[Current] = queue.SimpleQueue()
        self._waiting: dict[int, p.Run] = {}
        self._current: Current | None = None
        self._lock = threading.Lock()
        self._interrupt = Interrupt()
        self._interpreters = Interpreters(context, start)
        self._files = Files(context)
        self._warehouse = Warehouse(context, folder_of(jvm.settings(start)["spark.sql.warehouse.dir"]))

    def idle(self) -> p.Idle:
        """What the island wants to know when Spark is ready."""
        sc = self._context.sc
        return p.Idle(
            app_id=sc.applicationId,
            ui_url=sc.uiWebUrl or "",
            spark_version=sc.version,
            java_version=self._context.jvm.java.lang.System.getProperty("java.version"),
            python_version=platform.python_version(),
            r=r_home.find(self._start.r).word,
        )

    def close(self) -> None:
        """End what hangs on this process but not on its Java; from any thread."""
        self._interpreters.close()

    def warm(self) -> None:
        """Make what the first statements need, in the background."""
        _thread(self._warm, self._context.sc.uiWebUrl, name="warm")

    def take(self, request: p.Request) -> None:
        """Accept one request; from the reader's thread, never blocks."""
        if isinstance(request, p.Run):
            with self._lock:
                self._waiting[request.id] = request
            self._queue.put(request)
        elif isinstance(request, p.Cancel):
            self._cancel(request.id)
        elif isinstance(request, p.Complete):
            _thread(self._complete, request, name="complete")
        elif isinstance(request, p.Add):
            _thread(self._add, request, name="add")
        elif isinstance(request, p.Adopt):
            _thread(self._adopt, request, name="adopt")

    def work(self) -> NoReturn:
        """Run statements; in the main thread. It ends with the process."""
        _thread(self._watch, name="progress")
        while True:
            request = self._queue.get()
            with self._lock:
                wanted = self._waiting.pop(request.id, None) is not None
                self._current = current = Current(request)
            if wanted:
                self._statement(current)
            with self._lock:
                self._current = None

    def _warm(self, ui: str | None) -> None:
        self._interpreters.warm(())
        guarded(self._warehouse.before)
        self._interpreters.warm(self._start.warm)
        warm_up(ui)
        if "sql" in self._start.warm and self._queue.empty() and self._current is None:
            warm_rows(self._context.spark, Path(self._start.work_dir))

    def _statement(self, current: Current) -> None:
        run = current.run
        self._wire.send(p.Running(id=run.id, started=now_ms()))
        self._watched.put(current)
        guarded(self._warehouse.before)
        try:
            with self._interrupt.allowed():
                self._context.group(run.id)
                reply = self._interpreters.get(run.kind).run(run.code)
        except KeyboardInterrupt:
            reply = error("KeyboardInterrupt", "")
        except BaseException as e:  # noqa: BLE001 - a fault of ours must not end the session
            reply = error(f"Internal Error: {type(e).__name__}", str(e))
        if os.getpid() != self._pid:
            os._exit(0)  # user code forked and its child came back here
        with self._lock:
            current.ended.set()
        if current.cancelled:
            self._context.calm()
        guarded(self._warehouse.after)
        self._report(current, reply)

    def _report(self, current: Current, reply: dict[str, object]) -> None:
        state = "cancelled" if current.cancelled else "available"
        output = {"status": reply["status"], "execution_count": current.run.id} | reply
        try:
            self._wire.send(p.Done(id=current.run.id, state=state, output=output, completed=now_ms()))
        except (ValueError, TypeError, RecursionError) as e:
            output = error("ValueError", f"the output is no JSON: {e}") | {"execution_count": current.run.id}
            self._wire.send(p.Done(id=current.run.id, state=state, output=output, completed=now_ms()))

    def _watch(self) -> None:
        while True:
            self._follow(self._watched.get())

    def _follow(self, current: Current) -> None:
        """Report progress while the statement runs; quick ones are never asked about."""
        last = 0.0
        while not current.ended.wait(_PROGRESS_S):
            try:
                value = round(self._context.progress(current.run.id), 4)
            except Exception as e:  # noqa: BLE001 - Java may be ending; progress is worth no failure
                # Not in py4j's words: "Error while sending" would hide, in the log's end, what really happened.
                log(f"progress is not known: {'Java does not answer' if type(e).__name__ == 'Py4JNetworkError' else e}")
                return
            if value != last and not current.ended.is_set():
                self._wire.send(p.Progress(id=current.run.id, value=value))
                last = value

    def _cancel(self, number: int) -> None:
        with self._lock:
            waiting = self._waiting.pop(number, None)
            current = self._current
            running = current is not None and current.run.id == number and not current.cancelled
            if running and current is not None:
                current.cancelled = True
        if waiting is not None and not running:
            self._wire.send(p.Done(id=number, state="cancelled", output=None, completed=now_ms()))
        elif running and current is not None:
            _thread(self._stop, current, name="cancel")

    def _stop(self, current: Current) -> None:
        """Stop a running statement by every means that leaves the session whole, gentle ones first."""
        begun = time.monotonic()
        pause, jobs = 0.0, False
        while not current.ended.wait(pause):
            pause, spent = _CANCEL_EVERY_S, time.monotonic() - begun
            if spent > _GIVE_UP_S:
                self._wire.send(p.Done(id=current.run.id, state="cancelled", output=None, completed=now_ms()))
                return
            try:
                jobs = self._context.cancel(current.run.id) or jobs
                with self._lock:
                    if not current.ended.is_set():
                        self._nudge(current.run.kind, spent - (_JOBS_END_S if jobs else 0.0))
            except Exception as e:  # noqa: BLE001 - tried again until it works or time is up
                log(f"cancelling statement {current.run.id}: {e}")

    def _nudge(self, kind: str, spent: float) -> None:
        """Interrupt what is no Spark job. Jobs get their own time to end: their message says more."""
        hard = spent > _HARD_AFTER_S
        if not self._interrupt.in_java():
            if spent < 0 and self._interpreters.language(kind) == "sparkr":
                return  # SparkR waits for them, where this process does not see it
            if not self._interpreters.get(kind).interrupt(hard=hard):
                self._interrupt.send()
        elif spent > 0:
            self._context.interrupt(hard=hard and self._interpreters.language(kind) == "spark")

    def _complete(self, request: p.Complete) -> None:
        found: list[str] = []
        try:
            found = self._interpreters.complete(request.kind, request.code, request.cursor)
        except Exception as e:  # noqa: BLE001 - no completion is an answer
            log(f"completion: {e}")
        self._wire.send(p.Candidates(rid=request.rid, candidates=tuple(found)))

    def _add(self, request: p.Add) -> None:
        try:
            self._files.add(request.what, request.path)
            if request.what == "jar":
                self._interpreters.add_jar(request.path)
        except Exception as e:  # noqa: BLE001 - the island tells the client
            self._wire.send(p.Added(rid=request.rid, error=str(e) or type(e).__name__))
        else:
            self._wire.send(p.Added(rid=request.rid, error=""))

    def _adopt(self, request: p.Adopt) -> None:
        failed = []
        for name, value in request.conf.items():
            try:
                if not name.startswith("spark.sql."):
                    raise ValueError(f"{name} can not be changed in a running session")
                self._context.spark.conf.set(name, value)
            except Exception as e:  # noqa: BLE001 - Spark's own words go to the island
                failed.append(str(e).splitlines()[0])
        self._wire.send(p.Adopted(error="; ".join(failed)))


def _thread(what: Callable[..., None], *args: object, name: str) -> None:
    threading.Thread(target=what, args=args, name=name, daemon=True).start()
