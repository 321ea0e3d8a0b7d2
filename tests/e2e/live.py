"""A real window on a real home: what a person does with it by the mouse, and what it shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTableView, QWidget

from astrolabnet_gui.gui.app import App
from astrolabnet_gui.gui.desk import Act
from astrolabnet_gui.gui.panels.four import Standing
from astrolabnet_gui.gui.robot import Robot
from astrolabnet_gui.gui.safe import OneLine
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.link import RunState
from astrolabnet_gui.tasks.spool import output_of

T = TypeVar("T")
# A wait ends as soon as what it waits for is there; a loaded machine may need long.
PATIENCE_S = 90.0


class Live:
    """The window, opened; ``close`` gives everything back."""

    def __init__(self, dress: Dress) -> None:
        self.shell = Shell(dress)
        self.shell.resize(1600, 1000)
        self.app = App(self.shell, apart=True)
        self.shell.show()
        self.app.open()
        assert self.app.desk is not None
        assert self.app.window is not None
        self.desk, self.window = self.app.desk, self.app.window
        self._closed = False
        self.said: list[str] = []
        self.robot = Robot(self.shell, say=self.said.append)

    def close(self) -> bool:
        """As a person closes it; True if everything ended in time."""
        if self._closed:
            return True
        self._closed = True
        self.shell.close()
        ended = self.app.close()
        self.app.deleteLater()
        self.shell.deleteLater()
        return ended

    # --- what a person does

    def at_row(self, key: Key, *path: str) -> Act:
        """Right-click on a row of the tree and walk down the menu; the act that comes of it."""
        tree = self.window.tree
        row = self.window.model.row_of(key)
        tree.scrollTo(row)
        return self._by_menu(tree.viewport(), tree.visualRect(row).center(), path)

    def at_node(self, key: Key, *path: str) -> Act:
        """The same on the graph."""
        canvas = self.window.canvas
        x, y = canvas.view.on_widget(*canvas.scene.middle(canvas.scene.rows[key]))
        return self._by_menu(canvas, QPoint(round(x), round(y)), path)

    def _by_menu(self, place: QWidget, at: QPoint, path: tuple[str, ...]) -> Act:
        known = set(self.desk.acts)
        self.robot.choose(self.robot.menu_at(place, at), *path)
        return self.new_act(path[0], known)

    def new_act(self, command: str, known: set[str]) -> Act:
        """The act of a command that was not there before."""

        def found() -> Act | None:
            return next((a for run, a in self.desk.acts.items() if run not in known and a.command == command), None)

        return self.until(f"{command} begins", found)

    def do(self, command: str, key: Key | None, **params: object) -> Act:
        """An act without the mouse, to its good end."""
        return self.well(self.desk.acts[self.desk.submit(command, key, params)])

    def send(self, key: Key, code: str, kind: str = "pyspark") -> Key:
        """Send code to a server; its task."""
        return self.task_of(self.do("server.send", key, kind=kind, code=code))

    # --- what a person sees

    def until(self, what: str, so: Callable[[], T | None], seconds: float = PATIENCE_S) -> T:
        """Let the window live until it is so."""
        return self.robot.wait(what, so, seconds)

    def end_of(self, act: Act) -> Act:
        """Wait for its end; a question is answered in its box."""

        def over() -> bool:
            box = self.window.questions.open.get(act.run)
            if box is not None and box.isVisible():
                self.robot.click(next(b for b in box.buttons() if b.property("choice") == "yes"))
            return act.ended is not None

        self.until(f"{act.command} ends", over)
        return act

    def well(self, act: Act) -> Act:
        """Wait for its good end."""
        self.end_of(act)
        assert act.state is RunState.DONE, act.last
        return act

    def task_of(self, act: Act) -> Key:
        """Task that a sending made."""
        self.well(act)
        assert act.last is not None
        assert act.last.focus is not None, act.last
        return act.last.focus

    def thing(self, key: Key) -> Thing:
        """As it is known now."""
        found = self.desk.thing(key)
        assert found is not None, key
        return found

    def in_state(self, key: Key, *states: str) -> Thing:
        """The thing, once it is in one of these states."""
        self.until(f"{key.id} is {states}", lambda: key in self.desk.store.things and self.thing(key).state in states)
        return self.thing(key)

    def ended(self, key: Key) -> Thing:
        """The task, once it has ended."""
        self.until(f"task {key.id} ends", lambda: self.thing(key).state in self.thing(key).kind.terminal)
        return self.thing(key)

    def island(self) -> Key:
        """The one server, once it answers."""
        return self.until(
            "the island answers", lambda: next((t.key for t in self.desk.store.servers() if t.state == "up"), None)
        )

    def shown(self) -> dict[str, str]:
        """Words on each tab of the result panel."""
        tabs = self.window.detail.result.tabs
        return {tabs.tabText(n): words_on(tabs.widget(n)) for n in range(tabs.count())}

    def read(self, key: Key) -> dict[str, str]:
        """Choose a task, wait for its end, read its result."""
        self.ended(key)
        self.desk.select(key)
        states = self.window.detail.result.states
        self.until("its result is read, a large one from the disk", lambda: states.standing is not Standing.LOADING)
        return self.shown()

    def output(self, key: Key) -> str:
        """What a task gave, as plain text."""
        payload = self.ended(key).payload
        assert isinstance(payload, Task)
        assert payload.statement is not None, self.thing(key).problem
        return str(output_of(payload))


def words_on(widget: QWidget | None) -> str:
    """All words a widget shows, hidden ones left out."""
    assert widget is not None
    words = [_whole(made) for made in widget.findChildren(QLabel) if not made.isHidden()]
    words += [made.toPlainText() for made in widget.findChildren(QPlainTextEdit)]
    for view in widget.findChildren(QTableView):
        model = view.model()
        rows, columns = range(min(100, model.rowCount())), range(model.columnCount())
        words += [str(model.index(r, c).data()) for r in rows for c in columns]
    own = [_whole(widget)] if isinstance(widget, QLabel) else []
    return "\n".join(own + words)


class Beat:
    """A pulse in the GUI thread every 10 ms; ``longest_s`` is its longest pause: so long the window stood still."""

    def __init__(self) -> None:
        self._timer = QTimer()
        self._timer.setInterval(10)
        self._timer.timeout.connect(self._pulse)
        self.longest_s = 0.0

    def __enter__(self) -> Beat:
        self._last = time.monotonic()
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()

    def _pulse(self) -> None:
        now = time.monotonic()
        self.longest_s = max(self.longest_s, now - self._last)
        self._last = now


def _whole(made: QLabel) -> str:
    """Also of a line that has no room for all its words."""
    return made.words if isinstance(made, OneLine) else made.text()
