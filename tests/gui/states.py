"""Each panel in each of its four states, with realistic content, for the picture tests.

``PANELS["table"]["failed"]()`` makes the widget; an application and a dress must be there (``conftest.dress``). Every
loading state is shown at once: its 200 ms of patience are over.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from astrolabnet_gui import command
from astrolabnet_gui.actions.library import Library
from astrolabnet_gui.errors import JournalClosed
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.menus import Menus
from astrolabnet_gui.gui.panels.console import Console
from astrolabnet_gui.gui.panels.detail import Detail
from astrolabnet_gui.gui.panels.four import FourStates
from astrolabnet_gui.gui.panels.journal import JournalPanel
from astrolabnet_gui.gui.panels.log import LogPanel
from astrolabnet_gui.gui.panels.result import ResultView
from astrolabnet_gui.gui.panels.table_page import TablePage
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.journal.row import Row, State
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.output import Column, Table, parse
from astrolabnet_gui.model.spark import Progress
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.link import Problem, RunState
from tests.gui.fakes import FakeLink, history
from tests.gui.scene import CHOSEN, NOW, UUIDS, ago, main_scene, server, session, table, task

assert command.__all__
SESSION = Key(UUIDS["lal"], "e", ("sessions", 3))
LINE = 'net["lal"].sessions[3].send("sky-density", table="object_v2", order=6)'
LOG = [
    "26/11/23 14:02:11 INFO SparkContext: Running Spark version 3.5.6",
    "26/11/23 14:02:13 INFO SparkUI: Bound SparkUI to 0.0.0.0, and started at http://ui.example:4040",
    "26/11/23 14:02:31 WARN TaskSetManager: Lost task 17.0 in stage 12.0 (TID 17): ExecutorLostFailure",
] * 12  # fmt: skip
ERROR = {
    "status": "error", "ename": "ZeroDivisionError", "evalue": "division by zero",
    "traceback": ["Traceback (most recent call last):\n", '  File "<stdin>", line 2, in density\n',
                  "ZeroDivisionError: division by zero\n"],
}  # fmt: skip


def _dress() -> Dress:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    found = app.property("test_dress")
    if not isinstance(found, Dress):
        found = Dress(app, "dark")
        app.setProperty("test_dress", found)
    return found


def _desk(scene: list[Thing] | None = None) -> tuple[Desk, FakeLink]:
    desk, link = Desk(Library.with_shipped().actions()), FakeLink()
    desk.connect_to(link)
    link.subscribe(desk.receive)
    if scene is not None:
        link.things(scene)
    return desk, link


def _at_once(states: FourStates) -> None:
    """The patience of a loading panel is over."""
    states._soon.timeout.emit()


# --- detail


def _detail(scene: list[Thing] | None, key: Key | None) -> Detail:
    desk, _ = _desk(scene)
    made = Detail(desk, Menus(desk, lambda *_: None), _dress())
    desk.setParent(made)
    desk.select(key)
    return made


def _running(progress: Progress | None = None) -> Thing:
    return task("lal", 3, 7, "sky-density", "running", 31, word="running", progress=0.53, spark=progress)


def _detail_loading() -> QWidget:
    made = _detail([server("lal"), session("lal", 3, "nightly", "pyspark", "busy", 90), _running()], CHOSEN)
    _at_once(made.result.states)
    return made


def _detail_failed() -> QWidget:
    down = server("lal", "down", "", 14 * 60, problem="It did not answer in 10 s, three times.")
    old = session("lal", 3, "nightly", "pyspark", "idle", 3600, stale_since=ago(14 * 60))
    return _detail([down, old], old.key)


# --- result and table


def _result(thing: Thing) -> ResultView:
    made = ResultView(_dress())
    assert isinstance(thing.payload, Task)
    made.show_task(thing, thing.payload)
    return made


def _result_loading() -> QWidget:
    made = _result(_running(Progress(jobs=1, tasks_done=212, tasks_total=400)))
    _at_once(made.states)
    return made


def _table(rows: int) -> Table:
    found = parse(table(rows))[0]
    assert isinstance(found, Table)
    return found


def _table_loading() -> QWidget:
    made = FourStates(TablePage(_table(0), _dress()), _dress())
    made.loading("1 000 of 12 288 rows", 1000 / 12288, cancellable=True)
    _at_once(made)
    return made


def _table_failed() -> QWidget:
    made = FourStates(TablePage(_table(40), _dress()), _dress())
    made.failed("lal: table archive.x has vanished since 13:48.", "Look again")
    return made


# --- console, journal, log


def _console(*acts: tuple[RunState, str]) -> QWidget:
    desk, link = _desk([])
    made = Console(desk, _dress())
    desk.setParent(made)
    for state, text in acts:
        run = desk.submit("session.send", SESSION, {"action": "pi"})
        problem = Problem(type="Refused", what=text, server="lal", remedy="Close an idle one.")
        link.run(run, "session.send", state, key=SESSION, line=LINE, text=text,
                 problem=problem if state is RunState.FAILED else None)  # fmt: skip
    return made


def _row(seq: int, state: State) -> Row:
    return Row(seq=seq, time=NOW, act=f"act{seq}", run="r", owner="site/4711", command="session.send", state=state,
               line=LINE)  # fmt: skip


def _journal(read: Callable[[int, int | None], Future[tuple[Row, ...]]], *, wait: bool = False) -> QWidget:
    desk, _ = _desk([])
    made = JournalPanel(desk, read, _dress())
    desk.setParent(made)
    # Its own first look, a moment after it is made, would fall into the middle of a picture on a busy machine.
    made._soon.stop()
    made.renew()
    if wait:
        _at_once(made.states)
    else:
        QApplication.processEvents()
    return made


def _closed(_limit: int, _before: int | None) -> Future[tuple[Row, ...]]:
    answer: Future[tuple[Row, ...]] = Future()
    answer.set_exception(JournalClosed("the journal is read-only (disk full). Acts are blocked until it is not."))
    return answer


def _log(state: RunState | None = None, data: Any = None) -> QWidget:
    desk, link = _desk([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 90)])
    made = LogPanel(desk, _dress())
    desk.setParent(made)
    if data is not None or state is not None:
        made.ask(SESSION)
        if state is RunState.FAILED:
            problem = Problem(type="Unreachable", what="it did not answer in 10 s.", server="lal")
            link.run("run0", "session.log", state, key=SESSION, problem=problem)
        elif state is RunState.DONE:
            link.run("run0", "session.log", state, key=SESSION, result=data)
        else:
            _at_once(made.states)
    return made


PANELS: dict[str, dict[str, Callable[[], QWidget]]] = {
    "detail": {
        "empty": lambda: _detail(main_scene(), None),
        "loading": _detail_loading,
        "full": lambda: _detail(main_scene(), CHOSEN),
        "failed": _detail_failed,
    },
    "result": {
        "empty": lambda: _result(task("lal", 3, 7, "t", "done", 5, started=1000, completed=49_000)),
        "loading": _result_loading,
        "full": lambda: _result(task("lal", 3, 7, "sky-density", "done", 5, output=table(12_288))),
        "failed": lambda: _result(task("lal", 3, 7, "sky-density", "failed", 5, output=ERROR)),
    },
    "table": {
        "empty": lambda: TablePage(_table(0), _dress()),
        "loading": _table_loading,
        "full": lambda: TablePage(
            Table(columns=tuple(Column(name=c.name, type=c.type, unit="mag" if "mag" in c.name else "")
                                for c in _table(1).columns), rows=_table(12_288).rows), _dress()),
        "failed": _table_failed,
    },
    "console": {
        "empty": lambda: _console(),
        "loading": lambda: _console((RunState.DONE, "Sent: export."), (RunState.RUNNING, "")),
        "full": lambda: _console(*((RunState.DONE, "Sent: sky-density."),) * 40),
        "failed": lambda: _console((RunState.DONE, "Sent: export."), (RunState.FAILED, "no free session (8 of 8).")),
    },
    "journal": {
        "empty": lambda: _journal(history()),
        "loading": lambda: _journal(lambda _limit, _before: Future(), wait=True),
        "full": lambda: _journal(history([_row(n, list(State)[n % len(State)]) for n in range(300, 0, -1)])),
        "failed": lambda: _journal(_closed),
    },
    "log": {
        "empty": lambda: _log(),
        "loading": lambda: _log(RunState.RUNNING),
        "full": lambda: _log(RunState.DONE, {"lines": LOG, "total": 250}),
        "failed": lambda: _log(RunState.FAILED),
    },
}  # fmt: skip
