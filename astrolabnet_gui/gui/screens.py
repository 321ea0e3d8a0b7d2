"""Screens: windows and floating docks whose screen was taken away come back to one that is there."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QRect, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

GRIP = 60
"""So much of a window's head, both ways, must be on a screen for a hand to take it."""


class Screens(QObject):
    """Looks after the window and its docks when screens come and go, and at once when asked."""

    def __init__(self, shell: QMainWindow) -> None:
        super().__init__(shell)
        self._shell = shell
        # A little later: the desktop moves windows by itself first, or does not.
        self._soon = QTimer(self, interval=300, singleShot=True)
        self._soon.timeout.connect(self.look)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        for signal in (app.screenRemoved, app.screenAdded, app.primaryScreenChanged):
            signal.connect(self._changed)

    def _changed(self, _screen: QScreen | None) -> None:
        self._soon.start()

    def look(self) -> None:
        """Bring back what no hand can reach."""
        rooms = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        floating = (dock for dock in self._shell.findChildren(QDockWidget) if dock.isFloating() and dock.isVisible())
        for window in (self._shell, *floating):
            if self._shell.isVisible():
                _bring_back(window, rooms)


def _bring_back(window: QWidget, rooms: list[QRect]) -> None:
    frame = window.frameGeometry()
    at = back_on(frame, rooms)
    if at is not None:
        window.resize(
            window.width() - max(0, frame.width() - at.width()), window.height() - max(0, frame.height() - at.height())
        )
        window.move(at.topLeft())


def back_on(frame: QRect, rooms: Iterable[QRect]) -> QRect | None:
    """Where a window should stand whose frame is here; None if its head can be taken on one of these screens."""
    rooms = list(rooms)
    head = QRect(frame.left(), frame.top(), frame.width(), GRIP)
    if not rooms or any(
        seen.width() >= min(GRIP, frame.width()) and seen.height() >= GRIP // 2
        for seen in (room.intersected(head) for room in rooms)
    ):
        return None
    middle = frame.center()
    nearest = min(rooms, key=lambda room: (room.center() - middle).manhattanLength())
    wide, high = min(frame.width(), nearest.width()), min(frame.height(), nearest.height())
    left = max(nearest.left(), min(frame.left(), nearest.right() + 1 - wide))
    top = max(nearest.top(), min(frame.top(), nearest.bottom() + 1 - high))
    return QRect(left, top, wide, high)
