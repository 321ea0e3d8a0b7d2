"""Shell: the frame of the window: menu bar, docks with their heads, centre, strip, status bar. Only Qt, so that the
first picture is quick; ``window.Window`` fills it afterwards.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QStackedWidget,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from .goto import GoTo
from .icons import icon
from .safe import label, set_words
from .style import Dress

MENUS = ("File", "Edit", "View", "Server", "Session", "Task", "Help")
_FIXED = QDockWidget.DockWidgetFeature


class Room(QDockWidget):
    """A dock with a head of 32: title, then buttons."""

    def __init__(self, name: str, title: str, parent: QMainWindow) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self.setFeatures(_FIXED.DockWidgetMovable | _FIXED.DockWidgetFloatable | _FIXED.DockWidgetClosable)
        head = QFrame()
        head.setObjectName("head")
        head.setFixedHeight(33)
        self.row = QHBoxLayout(head)
        self.row.setContentsMargins(12, 0, 8, 0)
        self.row.setSpacing(2)
        self.caption: QLabel = label(title, name="strong")
        # A dock asks its head for a hint, not for its fixed height.
        self.caption.setMinimumHeight(32)
        self.row.addWidget(self.caption, 1)
        self.setTitleBarWidget(head)

    def add_button(self, drawing: str, words: str) -> QToolButton:
        """A button in the head; ``words`` name verb and key."""
        button = QToolButton()
        button.setIcon(icon(drawing))
        button.setIconSize(QSize(16, 16))
        button.setAccessibleName(words)
        button.setStatusTip(words)
        self.row.addWidget(button)
        return button

    def set_caption(self, words: str, role: str = "strong") -> None:
        """Words of the head."""
        set_words(self.caption, words)
        if self.caption.property("role") != role:
            self.caption.setProperty("role", role)
            self.caption.style().unpolish(self.caption)
            self.caption.style().polish(self.caption)


class Shell(QMainWindow):
    """The frame.

    Signals:
        leaving(): the person closes the window; shown_or_hidden(bool): it came into or went out of sight.
    """

    leaving = Signal()
    shown_or_hidden = Signal(bool)

    def __init__(self, dress: Dress, memory: Path | None = None) -> None:
        super().__init__()
        self.dress = dress
        self._memory = memory
        self.setWindowTitle("AstroLabNet")
        self.setDockNestingEnabled(False)
        self.setAnimated(False)
        for corner, area in (
            (Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea),
            (Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea),
        ):
            self.setCorner(corner, area)
        self.goto = GoTo()
        self.menus = {title: self.menuBar().addMenu(title) for title in MENUS}
        self._menu_bar()
        self.tree_room = Room("archipelago", "Archipelago", self)
        self.filter = QLineEdit()
        self.tree_place = QVBoxLayout()
        self._tree_side()
        self.centre = QStackedWidget()
        self.centre.setObjectName("canvas_room")
        # The graph is the first page; editors stand beside it.
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.setTabBarAutoHide(True)
        self.pages.addTab(self.centre, "Graph")
        self.setCentralWidget(self.pages)
        self.strip_room = Room("strip_room", "Console", self)
        self.strip = QTabWidget()
        self._strip()
        self.detail_room = Room("detail", "First result in four steps", self)
        self.detail = QStackedWidget()
        self.detail_room.setWidget(self.detail)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.tree_room)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.strip_room)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.detail_room)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setFixedHeight(dress.now.space["status"] + 2)
        self._restored = self._remembered = False
        self.resize(1600, 1000)

    # --- its parts

    def _menu_bar(self) -> None:
        bar = self.menuBar()
        bar.setNativeMenuBar(False)
        room = QWidget(bar)
        row = QHBoxLayout(room)
        row.setContentsMargins(0, 2, 8, 2)
        row.addWidget(self.goto)
        bar.setCornerWidget(room, Qt.Corner.TopRightCorner)

    def _tree_side(self) -> None:
        side = QWidget()
        side.setObjectName("panel")
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.filter.setPlaceholderText("Filter: text, state:busy, kind:task")
        self.filter.setObjectName("filter")
        self.filter.setAccessibleName("Filter the tree")
        self.filter.setClearButtonEnabled(True)
        self.filter.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 12, 6)
        row.addWidget(self.filter)
        column.addLayout(row)
        column.addLayout(self.tree_place, 1)
        self.tree_room.setWidget(side)

    def _strip(self) -> None:
        self.strip.setDocumentMode(True)
        self.strip.setObjectName("strip_tabs")
        self.strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.strip_room.setWidget(self.strip)
        # The tabs are its head.
        bare = QWidget()
        bare.setFixedHeight(0)
        self.strip_room.setTitleBarWidget(bare)

    def focus_or_hide(self, room: QDockWidget) -> None:
        """First press: focus; again: hide."""
        focus = self.focusWidget()
        if room.isVisible() and focus is not None and room.isAncestorOf(focus):
            room.hide()
            self.focus_centre()
            return
        room.show()
        room.raise_()
        inside = room.widget().findChildren(QWidget)
        able = (w for w in inside if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus)
        next(able, room.widget()).setFocus()

    def focus_centre(self) -> None:
        """The graph, or what stands in its place."""
        self.pages.setCurrentWidget(self.centre)
        here = self.centre.currentWidget()
        if here is not None:
            here.setFocus()

    # --- sizes, remembered per screen

    def settle(self) -> None:
        """Widths and heights as the look says, unless a person has chosen others on this screen."""
        if self._remembered:
            return
        wide = self.width()
        at = "at1920" if wide >= 1840 else "at1600" if wide >= 1440 else "at1280"
        widths = self.dress.now.widths
        self.resizeDocks(
            [self.tree_room, self.detail_room], [widths["tree"][at], widths["detail"][at]], Qt.Orientation.Horizontal
        )
        self.resizeDocks([self.strip_room], [max(72, widths["console"][at])], Qt.Orientation.Vertical)

    def _place(self) -> str:
        screen = self.screen().size()
        return f"docks/{screen.width()}x{screen.height()}"

    def showEvent(self, event: QShowEvent) -> None:
        """Docks as they were on this screen, or as the look says."""
        super().showEvent(event)
        if not self._restored:
            self._restored = True
            kept = self._settings()
            state = kept.value(self._place()) if kept is not None else None
            shape = kept.value(f"{self._place()}/shape") if kept is not None else None
            if isinstance(shape, QByteArray):
                self.restoreGeometry(shape)
            self._remembered = isinstance(state, QByteArray) and self.restoreState(state)
            if not self._remembered:
                self.settle()
        self.shown_or_hidden.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight: polling may slow down."""
        super().hideEvent(event)
        self.shown_or_hidden.emit(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the docks, then tell who holds the engine."""
        kept = self._settings()
        if kept is not None:
            kept.setValue(self._place(), self.saveState())
            kept.setValue(f"{self._place()}/shape", self.saveGeometry())
            kept.sync()
        self.leaving.emit()
        event.accept()

    def _settings(self) -> QSettings | None:
        return None if self._memory is None else QSettings(str(self._memory), QSettings.Format.IniFormat)
