"""App: the window's composition root: first the picture, then house, engine and everything else; and the way out."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from .placed import key_of, name_of, places_of
from .shell import Shell
from .style import Dress
from .sweep import Sweep

if TYPE_CHECKING:
    from ..command.front import Front
    from ..command.house import House
    from ..network.apart import Apart
    from ..network.engine import Engine
    from .desk import Act, Desk
    from .editor.editors import Editors
    from .guards import Guards
    from .leaving import Leaving
    from .reopening import Reopening
    from .threads import EngineThread, Importer, Relay
    from .window import Window

PROGRAM = "astrolabnet_gui.command.apart"
_NEEDED = tuple(f"astrolabnet_gui.{name}" for name in ("command", "command.front", "network.apart", "gui.window"))


class App(QObject):
    """One run of the window. ``open`` after the first paint, ``close`` at the end.

    Attributes:
        window, desk: there after ``open``.
        guards: what looks after a whole run; None in parts of one.
        reopening: whether the window shall come again once it has closed; None before ``open``.
    """

    def __init__(
        self, shell: Shell, *, start_island: bool = False, apart: bool = False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.shell = shell
        self.window: Window | None = None
        self.desk: Desk | None = None
        self._start_island = start_island
        self._apart = apart
        self._way: Apart | None = None
        self._house: House | Front | None = None
        self._editors: Editors | None = None
        self._thread: EngineThread | None = None
        self._relay: Relay | None = None
        self._importer: Importer | None = None
        self._closed = False
        self._leaving: Leaving | None = None
        self.reopening: Reopening | None = None
        self.guards: Guards | None = None
        self._sweep = Sweep(shell)
        self._sweep.begin()
        shell.leaving.connect(self.close)

    def begin(self) -> None:
        """Import what ``open`` needs without holding up the picture, then open."""
        from .threads import Importer

        if self._apart:
            self._begin_apart()
        self._importer = Importer(_NEEDED, self)
        self._importer.finished.connect(self._imported)
        self._importer.start()

    def _imported(self) -> None:
        if not self._closed:
            self.open()

    def open(self) -> None:
        """Read the workspace, fill the window, start the engine."""
        # Here, not above: the first picture must not wait for these imports (0.7 to 1.0 s).
        from .. import command
        from ..command.front import Front
        from ..command.house import House
        from .desk import Desk
        from .editor.editors import Editors
        from .leaving import Leaving
        from .reopening import Reopening
        from .safe import open_folder
        from .threads import EngineThread, Relay
        from .window import Window

        assert command.__all__
        self._house = house = Front() if self._apart else House()
        self.shell.dress.wish(house.preferences.value.window.model_dump())
        self.desk = desk = Desk(house.library.actions(), self)
        self.window = Window(self.shell, desk, house.journal.history)
        self._editors = Editors(self.shell.pages, desk, self.shell.dress, house.paths.state / "editor")
        self.window.menus.editor = self._editors.open
        self.window.say_problems((*house.problems, *self._editors.shelf.problems))
        self.window.journal.folder_wanted.connect(lambda: open_folder(self.shell, house.paths.journal.parent))
        self._show_places(house.workspace.layout())
        self._relay = Relay(desk.receive, self)
        engine = self._engine(house)
        self._thread = EngineThread(engine)
        self._thread.finished.connect(self._engine_ended)
        engine.subscribe(self._relay.hear)
        desk.connect_to(engine)
        self._thread.start()
        self._sweep.settle()
        self._leaving = Leaving(self.shell, desk, house.keeps_island)
        self.reopening = Reopening(self.shell, desk, self._leaving)
        desk.submit("task.reconcile", None, {}, here=False)
        desk.submit("channel.serve", None, {}, here=False)
        known = any(one.is_island and house.trusted.met(one) for one in house.workspace.servers())
        if self._start_island or (known and house.preferences.value.island.start_with_window):
            desk.submit("island.start", None, {}, here=self._start_island)

    def _begin_apart(self) -> Apart:
        """Its process imports what it needs while this one does."""
        from ..network.apart import Apart

        if self._way is None:
            self._way = Apart(PROGRAM)
            self._way.start()
        return self._way

    def _engine(self, house: House | Front) -> Engine | Apart:
        """In a process of its own, for its work must not hold up the window; in tests of parts, in a thread."""
        from ..command.engine import make_engine
        from ..command.front import Front

        if isinstance(house, Front):
            way = self._begin_apart()
            assert self.desk is not None
            assert self.window is not None
            self.desk.opened.connect(self.window.say_problems)
            self.desk.acted.connect(self._follow_plugins)
            return way
        engine = make_engine(house)
        engine.hand(lambda: house.recording.begin(engine))
        return engine

    def _follow_plugins(self, act: Act) -> None:
        """Trust was given or taken in the engine's process: their verbs and views are in this one too."""
        from ..command import plugged
        from ..network.link import RunState

        if act.command in ("plugin.trust", "plugin.distrust") and act.state is RunState.DONE and self._house:
            plugged.follow(self._house.paths.state)

    def go(self) -> None:
        """Close without a question: the system ends the program."""
        if self._leaving is not None:
            self._leaving.unasked()
        self.shell.close()

    def saved(self) -> str:
        """A sentence about what is safe, for the report of an error."""
        from .crash import SAFE

        problem = "" if self._house is None else self._house.journal.problem
        return f"{SAFE} But: {problem}" if problem else SAFE

    def close(self) -> bool:
        """End the engine, give the history back; True if everything ended in time."""
        from . import plotting

        ended, again, self._closed = True, self._closed, True
        if self._thread is not None:
            self._thread.engine.stop()  # it ends while the rest is put away
        if self.guards is not None:
            self.guards.rest()
        if self.window is not None:
            self.window.python.end()
        self._sweep.end()
        if self._importer is not None:
            self._importer.halt()
        if self._way is not None and self._thread is None and not again:
            self._way.drop()
        if self._relay is not None:
            self._relay.close()
        if self._thread is not None:
            if not again:
                self._thread.finished.disconnect(self._engine_ended)
            # What did not end in time is not waited for twice: what must last is on the disk.
            ended = self._thread.halt(20) if again else self._thread.halt()
            if ended:
                self._thread.deleteLater()
                self._thread = None
        if self._editors is not None:
            self._editors.keep()
        ended = plotting.rest(0 if again else 200) and ended
        if self._house is not None and ended:
            self._keep_places(self._house)
            self._house.close()
            self._house = None
        return ended

    def _show_places(self, layout: Mapping[str, Any]) -> None:
        """As a person left them."""
        if self.window is None:
            return
        self.window.place(places_of(layout))
        folded = layout.get("folded")
        for name in folded if isinstance(folded, list) else ():
            if isinstance(name, str):
                self.window.canvas.fold(key_of(name), True)

    def _keep_places(self, house: House | Front) -> None:
        """Where a person put the servers; only at the end, for a disk may let this thread wait."""
        from ..errors import Missing

        if self.window is None or not self.window.moved:
            return
        layout = house.workspace.layout()
        canvas = self.window.canvas
        now = {name_of(key): [x, y] for key, (x, y) in canvas.positions().items()}
        folded = sorted(name_of(key) for key in canvas.scene.folded)
        try:
            house.workspace.save_layout({**layout, "places": {**layout.get("places", {}), **now}, "folded": folded})
        except Missing as problem:
            logging.getLogger(__name__).info("the places of the graph are not kept: %s", problem)

    def _engine_ended(self) -> None:
        """The engine ended by itself: say so; the picture stays as it was."""
        if self._thread is not None and self._thread.error is not None and self.window is not None:
            error = self._thread.error
            logging.getLogger(__name__).error("the engine ended", exc_info=error)
            self.window.say_problems((f"The engine ended ({type(error).__name__}: {error}). Quit and start again.",))


def application(arguments: list[str] | None = None) -> tuple[QApplication, Dress]:
    """The one QApplication, dressed."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(arguments or sys.argv[:1])
    app.setApplicationName("astrolabnet")
    app.setApplicationDisplayName("AstroLabNet")
    app.setDesktopFileName("astrolabnet")
    return app, Dress(app)


def run(start_island: bool = False) -> int:
    """Open the window and stay until it is closed; the answer is the exit code.

    Args:
        start_island: start the local island with the window.
    """
    app, dress = application()
    again = True
    while again:
        shell = Shell(dress, _memory())
        main = App(shell, start_island=start_island, apart=True)
        shell.show()
        QTimer.singleShot(0, main.begin)
        QTimer.singleShot(0, partial(_guard, app, main))
        code = app.exec()
        ended = main.close()
        if main.guards is not None:
            main.guards.close()
        if not ended:
            from .threads import leave

            leave(code)
        again, start_island = main.reopening is not None and main.reopening.wanted, False
        if again:
            main.deleteLater()
            shell.deleteLater()
    return code


def _guard(app: QApplication, main: App) -> None:
    from .guards import Guards

    main.guards = Guards(app, main.shell, main.saved, main.go, _memory().parent)


def _memory() -> Path:
    from ..settings.paths import paths

    return paths().state / "window.ini"
