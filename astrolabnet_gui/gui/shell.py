"""Shell: the frame of the window: menu bar, docks with their heads, centre, strip, status bar. Only Qt, so that the
first picture is quick; ``window.Window`` fills it afterwards.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from .goto import GoTo
from .icons import icon
from .room import Room
from .safe import set_tooltip
from .screens import Screens
from .style import Dress
from .theme import Theme

MENUS = ("File", "Edit", "View", "Server", "Session", "Task", "Action", "Data", "Channel", "Help")
# Below this width there is no room for a panel at the right.
NARROW = 1100
# Below this height the strip keeps to a few lines.
LOW = 600


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
        # Without these one long word in one panel keeps the whole window wide.
        for room, wide, high in ((self.pages, 240, 120), (self.detail, 320, 120), (self.strip, 200, 60)):
            room.setMinimumSize(wide, high)
        self._follow_text(dress.now)
        dress.changed.connect(self._follow_text)
        self.screens = Screens(self)
        self._restored = self._remembered = False
        self._given = ""
        self._given_widths: dict[QDockWidget, int] = {}
        self._place_now = self._place()
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
        set_tooltip(self.filter, "Show only rows with these words; / goes here, Esc shows all again")
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
        # The tabs are its head; the base that Qt draws for them is a stray line above.
        self.strip.tabBar().setDrawBase(False)
        bare = QWidget()
        bare.setFixedHeight(0)
        self.strip_room.setTitleBarWidget(bare)

    def _follow_text(self, now: Theme) -> None:
        """What holds text grows with it."""
        for view in self.findChildren(QAbstractItemView):
            view.scheduleDelayedItemsLayout()
        self.statusBar().setFixedHeight(now.space["status"] + 2)
        if self.isVisible() and not self.narrow and self._given_still():
            QTimer.singleShot(0, self.settle)

    def focus_or_hide(self, room: QDockWidget) -> None:
        """First press: focus; again: hide."""
        if room is self.detail_room and self.narrow:
            shown = self.pages.currentWidget() is self.detail
            self.pages.setCurrentWidget(self.centre if shown else self.detail)
            self.pages.currentWidget().setFocus()
            return
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

    def show_detail(self) -> None:
        """Bring the panel of one thing to the front, wherever it stands."""
        if self.narrow:
            self.pages.setCurrentWidget(self.detail)
        else:
            self.detail_room.show()
            self.detail_room.raise_()

    @property
    def narrow(self) -> bool:
        """The panel of one thing is a tab beside the graph, for there is no room at the right."""
        return self.pages.indexOf(self.detail) >= 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Under 1100 the panel of one thing goes beside the graph, above it comes back."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        if not narrow and not self.narrow and self._given != self._class() and self._given_still():
            QTimer.singleShot(0, self.settle)
        if self.height() < LOW:
            self.resizeDocks([self.strip_room], [72], Qt.Orientation.Vertical)
        if narrow and not self.narrow and not self.detail_room.isFloating():
            self.pages.addTab(self.detail, "Detail")
            self.detail.show()
            self.detail_room.hide()
            QTimer.singleShot(0, self._share_narrow)
        elif not narrow and self.narrow:
            self.pages.removeTab(self.pages.indexOf(self.detail))
            self.detail_room.setWidget(self.detail)
            self.detail.show()
            self.detail_room.show()
            QTimer.singleShot(0, self.settle)

    def _share_narrow(self) -> None:
        """The graph keeps the most of what little there is."""
        self.resizeDocks([self.tree_room], [min(280, self.width() // 3)], Qt.Orientation.Horizontal)

    # --- sizes, remembered per screen

    def settle(self) -> None:
        """Widths and heights as the look says, unless a person has chosen others on this screen."""
        if self._remembered:
            return
        self._given = self._class()
        if self.narrow:
            self._share_narrow()
            return
        at, widths = self._given, self.dress.now.widths
        # Large text gets some of the room it needs, the graph keeps the most.
        tree = round(widths["tree"][at] * (1 + 0.4 * (self.dress.now.text_scale - 1)))
        self._given_widths = {self.tree_room: tree, self.detail_room: widths["detail"][at]}
        self.resizeDocks(list(self._given_widths), list(self._given_widths.values()), Qt.Orientation.Horizontal)
        self.resizeDocks([self.strip_room], [max(72, widths["console"][at])], Qt.Orientation.Vertical)

    def _class(self) -> str:
        wide = self.width()
        return "at1920" if wide >= 1840 else "at1600" if wide >= 1440 else "at1280"

    def _given_still(self) -> bool:
        """Nobody has drawn the docks to another width since they were given theirs."""
        rooms = self._given_widths.items()
        return bool(self._given) and all(abs(room.width() - wide) <= 2 for room, wide in rooms if room.isVisible())

    def _place(self) -> str:
        screen = self.screen().size()
        return f"docks/{screen.width()}x{screen.height()}"

    def showEvent(self, event: QShowEvent) -> None:
        """Docks as they were on this screen, or as the look says."""
        super().showEvent(event)
        if not self._restored:
            self._restored = True
            handle = self.windowHandle()
            if handle is not None:
                handle.screenChanged.connect(self._other_screen)
            kept = self._settings()
            state = kept.value(self._place()) if kept is not None else None
            shape = kept.value(f"{self._place()}/shape") if kept is not None else None
            if isinstance(shape, QByteArray):
                self.restoreGeometry(shape)
            self._restore(state)
            # What is kept may speak of a screen that is not there any more.
            self.screens.look()
        self.shown_or_hidden.emit(True)

    def _restore(self, state: object) -> None:
        self._place_now = self._place()
        self._remembered = isinstance(state, QByteArray) and self.restoreState(state)
        if not self._remembered:
            self.settle()

    def _other_screen(self) -> None:
        """Moved to another screen, or its screen was taken away: docks as they were on one of that size."""
        if self._place() == self._place_now:
            return
        kept = self._settings()
        if kept is not None:
            kept.setValue(self._place_now, self.saveState())
            self._restore(kept.value(self._place()))

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight: polling may slow down."""
        super().hideEvent(event)
        self.shown_or_hidden.emit(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the docks, then tell who holds the engine."""
        kept = self._settings()
        if kept is not None:
            kept.setValue(self._place_now, self.saveState())
            kept.setValue(f"{self._place_now}/shape", self.saveGeometry())
            kept.sync()
        self.leaving.emit()
        event.accept()

    def _settings(self) -> QSettings | None:
        return None if self._memory is None else QSettings(str(self._memory), QSettings.Format.IniFormat)
