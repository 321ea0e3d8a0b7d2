"""Leaving: before the window closes, what stays on the servers and what it holds; close mine, leave them, or stay."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from ..command.holding import Held, held
from ..model.server import Server
from .desk import ENDED, Act, Desk
from .safe import box

CLOSE, LEAVE, STAY = "Close mine", "Leave them", "Stay"
PATIENCE_MS = 8000
_LISTED = 12


class Leaving(QObject):
    """Stands between a person and the end of the window, once, and only if sessions of theirs stay behind.

    Args:
        island_stays: the island goes on without the window, and its sessions with it.
    """

    def __init__(self, shell: QWidget, desk: Desk, island_stays: Callable[[], bool]) -> None:
        super().__init__(shell)
        self._shell, self._desk, self._island_stays = shell, desk, island_stays
        self.question: QMessageBox | None = None
        self._decided = False
        self._run = ""
        desk.acted.connect(self._acted)
        shell.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window is about to close."""
        if event.type() != QEvent.Type.Close or self._decided:
            return False
        staying = self.staying()
        if not staying:
            return False
        event.ignore()
        if self.question is None:
            self._ask(staying)
        return True

    def staying(self) -> list[Held]:
        """Sessions of mine that go on when the window is closed."""
        return [one for one in held(self._desk.store) if one.mine and not self._ends(one)]

    def ending(self) -> list[Held]:
        """Sessions of mine that end with the island when the window is closed."""
        return [one for one in held(self._desk.store) if one.mine and self._ends(one)]

    def _ends(self, one: Held) -> bool:
        root = self._desk.thing(one.key.root)
        server = None if root is None else root.payload
        return isinstance(server, Server) and server.is_island and not self._island_stays()

    def _ask(self, staying: list[Held]) -> None:
        lines = [f"{one.address} {one.label}: {one.state}, {one.holds}" for one in staying[:_LISTED]]
        lines += [f"and {len(staying) - _LISTED} more"] if len(staying) > _LISTED else []
        words = "These sessions stay on their servers and hold what they were given:\n\n" + "\n".join(lines)
        made = self.question = box(self._shell, "Sessions stay", words, (CLOSE, LEAVE, STAY), LEAVE)
        for button in made.buttons():
            if button.property("choice") == STAY:
                made.setEscapeButton(button)
        made.buttonClicked.connect(lambda button: self._answered(str(button.property("choice"))))
        made.finished.connect(self._gone)
        made.open()

    def _answered(self, choice: str) -> None:
        if choice == LEAVE:
            self._go()
        elif choice == CLOSE:
            spared = {self._desk.alias(one.key) for one in self.ending()}
            self._run = self._desk.submit("session.closeall", None, {"sure": True, "spare": tuple(sorted(spared))})
            # A server that does not answer must not keep a person here.
            QTimer.singleShot(PATIENCE_MS, self, self._go)

    def _gone(self) -> None:
        if self.question is not None:
            self.question.deleteLater()
            self.question = None

    def _acted(self, act: Act) -> None:
        if self._run and act.run == self._run and act.state in ENDED:
            self._go()

    def unasked(self) -> None:
        """Nobody is there to answer: the system ends the program."""
        self._decided = True

    def _go(self) -> None:
        if not self._decided:
            self._decided = True
            # The box is still closing: the window goes after it.
            QTimer.singleShot(0, self._shell.close)
