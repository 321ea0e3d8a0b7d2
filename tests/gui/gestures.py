"""Random gestures, seeded: a hand that clicks, drags, scrolls and types all over a window, and what must hold after
each of them."""

from __future__ import annotations

import random
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from astrolabnet_gui.gui.canvas.table import KINDS
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
_KEYS = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Tab, Qt.Key.Key_Backtab,
    Qt.Key.Key_Backspace, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_F, Qt.Key.Key_0,
    Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_C, Qt.Key.Key_S, Qt.Key.Key_N, Qt.Key.Key_E, Qt.Key.Key_PageDown,
    Qt.Key.Key_Home, Qt.Key.Key_End,
)  # fmt: skip
_WORDS = ("", "work", "state:busy", "kind:session", "state:", "s1", "zzz", "<img src=x>")


def at_once(act: Callable[[], object]) -> None:
    """An event, and what it brings after it."""
    act()
    QTest.qWait(1)


class Hand:
    """Makes one gesture after the other, each of one or more events, as an operating system gives them to a window.

    Args:
        give: gives the window one event and lets it live a while.

    Attributes:
        done: what it did, for the message of a failed test.
    """

    def __init__(self, window: Window, seed: int, give: Callable[[Callable[[], object]], None] = at_once) -> None:
        self.window, self._give = window, give
        self.done: list[str] = []
        self._dice = random.Random(seed)
        self._ways: tuple[tuple[int, Callable[[], None]], ...] = (
            (6, self.click_graph), (4, self.drag_graph), (4, self.wheel), (8, self.key_graph), (2, self.menu_graph),
            (5, self.click_tree), (5, self.key_tree), (2, self.fold_tree), (3, self.filter), (1, self.resize),
            (2, self.strip), (1, self.dress), (1, self.band),
        )  # fmt: skip

    def gesture(self) -> None:
        """One, by the dice."""
        (way,) = self._dice.choices([way for _, way in self._ways], [weight for weight, _ in self._ways])
        self.done.append(way.__name__)
        way()
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu):
            self._give(popup.close)

    def click_graph(self) -> None:
        """Somewhere, or on a server."""
        self._click(self.window.canvas, self._on_graph())

    def drag_graph(self) -> None:
        """From somewhere to somewhere near: the ground pans, a server follows."""
        canvas, at = self.window.canvas, self._on_graph()
        to = at + QPoint(self._dice.randint(-120, 120), self._dice.randint(-90, 90))
        self._give(lambda: QTest.mousePress(canvas, LEFT, NONE, at))
        for part in (0.3, 0.7, 1.0):
            self._give(lambda part=part: QTest.mouseMove(canvas, at + (to - at) * part))  # type: ignore[misc]
        self._give(lambda: QTest.mouseRelease(canvas, LEFT, NONE, to))

    def band(self) -> None:
        """Choose what lies in a rectangle."""
        canvas, at, shift = self.window.canvas, QPoint(20, 80), Qt.KeyboardModifier.ShiftModifier
        self._give(lambda: QTest.mousePress(canvas, LEFT, shift, at))
        for to in (QPointF(120, 150), QPointF(400, 400)):
            move = QMouseEvent(QEvent.Type.MouseMove, to, canvas.mapToGlobal(to), LEFT, LEFT, shift)
            self._give(lambda move=move: QApplication.sendEvent(canvas, move))  # type: ignore[misc]
        self._give(lambda: QTest.mouseRelease(canvas, LEFT, shift, QPoint(400, 400)))

    def wheel(self) -> None:
        """Closer or further."""
        canvas, at = self.window.canvas, QPointF(self._on_graph())
        turn = QPoint(0, self._dice.choice((-360, -120, 120, 360)))
        turned = QWheelEvent(at, canvas.mapToGlobal(at), QPoint(), turn, Qt.MouseButton.NoButton, NONE,
                             Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        self._give(lambda: QApplication.sendEvent(canvas, turned))

    def key_graph(self) -> None:
        """Any key that means something there."""
        self._key(self.window.canvas)

    def menu_graph(self) -> None:
        """A right click, and away again."""
        self._menu(self.window.canvas, self._on_graph())

    def click_tree(self) -> None:
        """A row."""
        self._click(self.window.tree.viewport(), self._in(self.window.tree.viewport()))

    def key_tree(self) -> None:
        """Any key that means something there."""
        self._key(self.window.tree)

    def fold_tree(self) -> None:
        """Open or close a row."""
        tree = self.window.tree
        index = tree.indexAt(self._in(tree.viewport()))
        if index.isValid():
            first = index.siblingAtColumn(0)
            self._give(lambda: tree.setExpanded(first, not tree.isExpanded(first)))

    def filter(self) -> None:
        """Some words into the filter; mostly it is cleared again."""
        words = self._dice.choice(_WORDS)
        self._give(lambda: self.window.shell.filter.setText(words))

    def resize(self) -> None:
        """Another size of the window."""
        wide, high = self._dice.choice((800, 1280, 1600)), self._dice.choice((500, 800, 1000))
        self._give(lambda: self.window.shell.resize(wide, high))

    def strip(self) -> None:
        """Another tab below."""
        at = self._dice.randrange(self.window.shell.strip.count())
        self._give(lambda: self.window.shell.strip.setCurrentIndex(at))

    def dress(self) -> None:
        """Dark or light."""
        name = self._dice.choice(("dark", "light"))
        self._give(lambda: self.window.shell.dress.wish({"theme": name}, in_turns=True))

    def _key(self, widget: QWidget) -> None:
        key = self._dice.choice(_KEYS)
        self._give(widget.setFocus)
        self._give(lambda: QTest.keyPress(widget, key))
        self._give(lambda: QTest.keyRelease(widget, key))

    def _click(self, widget: QWidget, at: QPoint) -> None:
        self._give(lambda: QTest.mousePress(widget, LEFT, NONE, at))
        self._give(lambda: QTest.mouseRelease(widget, LEFT, NONE, at))

    def _menu(self, widget: QWidget, at: QPoint) -> None:
        asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at))
        self._give(lambda: QApplication.sendEvent(widget, asked))

    def _on_graph(self) -> QPoint:
        canvas = self.window.canvas
        if canvas.scene.rows and self._dice.random() < 0.6:
            row = self._dice.choice(list(canvas.scene.rows.values()))
            x, y = canvas.view.on_widget(*canvas.scene.middle(row))
            if canvas.rect().contains(round(x), round(y)):
                return QPoint(round(x), round(y))
        return self._in(canvas)

    def _in(self, widget: QWidget) -> QPoint:
        return QPoint(self._dice.randrange(max(1, widget.width())), self._dice.randrange(max(1, widget.height())))


def differences(window: Window) -> list[str]:
    """Where tree, graph and store do not say the same."""
    things, scene = window.desk.store.things, window.canvas.scene
    drawn = {key for key in things if key.kind in KINDS and (key.kind == "sources" or key.root in things)}
    out = [f"the graph lacks {key}" for key in drawn - scene.rows.keys()]
    out += [f"the graph still has {key}" for key in scene.rows.keys() - drawn]
    out += [f"the graph's {key} is old" for key, row in scene.rows.items() if scene.things[row] is not things.get(key)]
    rows = window.model._rows.by_ident
    shown = {ident: row for ident, row in rows.items() if isinstance(ident, Key)}
    out += [f"the tree still has {key}" for key in shown if key not in things]
    out += [f"the tree's {key} is old" for key, row in shown.items() if row.thing is not things.get(key)]
    if not window.model.filtered:
        out += [f"the tree lacks {key}" for key in drawn if key not in rows and key.kind != "sources"]
    return out
