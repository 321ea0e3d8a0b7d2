"""Robot: a hand that works the window as a person does: real mouse events on a real window, waiting, pictures.

The tour and the end-to-end tests use it. Events go in at the window (not at the widget), so that Qt itself makes the
context menus, the focus and the hovering of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea, QWidget

from ..errors import AstroLabNetError

T = TypeVar("T")
Button = Qt.MouseButton
WAY = 8  # points a hand comes along: a menu takes no click before it has seen more than six moves (QMenu)


class Stuck(AstroLabNetError):
    """What should have appeared did not; the message names it."""


class Robot:
    """One hand on one window.

    Args:
        window: the top-level widget, shown.
        pictures: folder for ``shot``; None: no pictures.
        say: hears one line for each thing done or seen, with the seconds since the start.

    Attributes:
        clicks: mouse clicks so far; a menu row counts as one.
    """

    def __init__(
        self, window: QWidget, pictures: Path | None = None, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.window = window
        self.clicks = 0
        self._pictures = pictures
        self._say = say
        self._began = time.monotonic()

    def note(self, words: str) -> None:
        """Put a line into the transcript."""
        self._say(f"{time.monotonic() - self._began:7.2f} s  {words}")

    def wait(self, what: str, test: Callable[[], T | None], seconds: float = 30.0) -> T:
        """Let the window live until ``test`` gives something true; that is the answer.

        Raises:
            Stuck: it did not in ``seconds``.
        """
        end = time.monotonic() + seconds
        while True:
            found = test()
            if found:
                self.note(f"seen: {what}")
                return found
            if time.monotonic() > end:
                self.shot("stuck")
                raise Stuck(f"waited {seconds:.0f} s for: {what}")
            QTest.qWait(10)

    def click(self, widget: QWidget, at: QPoint | None = None, button: Button = Button.LeftButton) -> None:
        """Press and release on a widget, in its middle or at a point of its own coordinates."""
        self.reveal(widget)
        top = widget.window()
        place = widget.mapTo(top, widget.rect().center() if at is None else at)
        handle = top.windowHandle()
        if handle is None or not widget.isVisible():
            raise Stuck(f"{widget.objectName() or type(widget).__name__} is not in sight, it can not be clicked")
        if not widget.visibleRegion().contains(widget.rect().center() if at is None else at):
            raise Stuck(f"{widget.objectName() or type(widget).__name__} is covered, or outside of the window")
        self.clicks += 1
        QTest.mouseMove(handle, place)
        QTest.mouseClick(handle, button, Qt.KeyboardModifier.NoModifier, place)
        QTest.qWait(1)

    def reveal(self, widget: QWidget) -> None:
        """Scroll what it lies in until it is in sight, as a person does who looks for it."""
        above = widget.parentWidget()
        while above is not None:
            if isinstance(above, QScrollArea) and widget.visibleRegion() != QRegion(widget.rect()):
                above.ensureWidgetVisible(widget)
                QTest.qWait(1)
            above = above.parentWidget()

    def type(self, widget: QWidget, words: str) -> None:
        """Click into a field and write over what stands there."""
        self.click(widget)
        QTest.keySequence(widget, QKeySequence(QKeySequence.StandardKey.SelectAll))
        QTest.keyClicks(widget, words)

    def drag(self, widget: QWidget, *way: QPoint, before_drop: Callable[[], object] = lambda: None) -> None:
        """Go along points of a widget; press at the last but one, let go at the last. Every step is seen by the window
        before the next is made, as of a hand.
        """
        top = widget.window()
        handle = top.windowHandle()
        if handle is None or not widget.isVisible():
            raise Stuck(f"{widget.objectName() or type(widget).__name__} is not in sight, nothing can be drawn on it")
        *hovers, begin, end = (widget.mapTo(top, at) for at in way)
        for at in (*hovers, begin):
            QTest.mouseMove(handle, at)
            QTest.qWait(20)
        self.clicks += 1
        QTest.mousePress(handle, Button.LeftButton, Qt.KeyboardModifier.NoModifier, begin)
        for step in range(1, WAY + 1):
            QTest.mouseMove(handle, begin + (end - begin) * step / WAY)
            QTest.qWait(20)
        before_drop()
        QTest.mouseRelease(handle, Button.LeftButton, Qt.KeyboardModifier.NoModifier, end)
        QTest.qWait(20)

    def menu_at(self, widget: QWidget, at: QPoint) -> QMenu:
        """Right-click; the menu that opens."""
        self.click(widget, at, Button.RightButton)
        return self.wait("a context menu", self._open_menu, 5.0)

    def choose(self, menu: QMenu, *path: str, shot: str = "") -> None:
        """Walk down a menu by the data or the words of its rows, and click the last; hovering opens submenus.

        Groups need not be named: the row is looked for in them, too.

        Args:
            shot: name of a picture to take before the click.
        """
        way = [*_groups_to(menu, path[0]), *path]
        for name in way[:-1]:
            row = self._row(menu, name)
            menu.setActiveAction(row)
            below = row.menu()
            assert isinstance(below, QMenu)
            self._hover(menu, row)
            if not below.isVisible():
                below.popup(menu.mapToGlobal(menu.actionGeometry(row).topRight()))
            menu = below
        row = self._row(menu, way[-1])
        self._hover(menu, row)
        QTest.qWait(30)
        if shot:
            self.shot(shot)
        self.note(f"click: {' > '.join(way)}")
        chosen: list[bool] = []
        row.triggered.connect(lambda: chosen.append(True))
        self.click(menu, menu.actionGeometry(row).center())
        if not chosen:
            self._once_more(menu, row)

    def _once_more(self, menu: QMenu, row: QAction) -> None:
        """On a busy machine a menu may fold up under a click and choose nothing; a person would open it again."""
        self.clicks -= 1
        self.note(f"lost: the click on {row.text()}; once more")
        if not menu.isVisible():
            menu.popup(menu.pos())
        self._hover(menu, row)
        self.click(menu, menu.actionGeometry(row).center())

    def shot(self, name: str) -> Path | None:
        """Take a picture of the window with the menus over it."""
        if self._pictures is None:
            return None
        QTest.qWait(1)
        picture = self.window.grab()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            from PySide6.QtGui import QPainter

            painter = QPainter(picture)
            for menu in QApplication.topLevelWidgets():
                if isinstance(menu, QMenu) and menu.isVisible():
                    painter.drawPixmap(self.window.mapFromGlobal(menu.mapToGlobal(QPoint(0, 0))), menu.grab())
            painter.end()
        path = self._pictures / f"{name}.png"
        if not picture.save(str(path)):
            raise Stuck(f"the picture {path} could not be written")
        self.note(f"picture: {path.name}")
        return path

    @staticmethod
    def _open_menu() -> QMenu | None:
        popup = QApplication.activePopupWidget()
        return popup if isinstance(popup, QMenu) else None

    @staticmethod
    def _row(menu: QMenu, name: str) -> QAction:
        for row in menu.actions():
            if name in (row.data(), row.text().replace("&&", "&")):
                if not row.isEnabled():
                    raise Stuck(f"the row {name!r} is grey: {row.toolTip()}")
                return row
        there = ", ".join(str(row.data() or row.text()) for row in menu.actions() if not row.isSeparator())
        raise Stuck(f"no row {name!r} in the menu; there are: {there}")

    @staticmethod
    def _hover(menu: QMenu, row: QAction) -> None:
        handle = menu.windowHandle()
        if handle is not None:
            for step in range(WAY, -1, -1):
                QTest.mouseMove(handle, menu.actionGeometry(row).center() - QPoint(step, 0))
            QTest.qWait(5)


def _groups_to(menu: QMenu, name: str) -> list[str]:
    """Words of the submenus a row lies below; none if it is in the menu itself, or nowhere."""
    rows = menu.actions()
    if not any(name in (row.data(), row.text()) for row in rows):
        for row in rows:
            below = row.menu()
            if isinstance(below, QMenu) and any(name in (inner.data(), inner.text()) for inner in below.actions()):
                return [row.text()]
    return []
