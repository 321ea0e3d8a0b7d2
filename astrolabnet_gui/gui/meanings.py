"""Meanings: wherever a word of the product is shown, the pointer that rests on it is told what it means."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QMenuBar,
    QTabBar,
    QWidget,
)

from .canvas import Canvas
from .glossary import explained, meaning
from .safe import OneLine, show_hint


class Meanings(QObject):
    """Hears what no part of these windows had a tooltip of its own for: Qt hands that up to the window."""

    def __init__(self, *windows: QWidget) -> None:
        super().__init__(windows[0])
        for window in windows:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """It sees only what goes to a window as a whole."""
        if not isinstance(event, QHelpEvent) or event.type() != QEvent.Type.ToolTip or not isinstance(watched, QWidget):
            return False
        told = told_at(watched, event.pos())
        if told:
            show_hint(event.globalPos(), told, watched)
        return bool(told)


def told_at(window: QWidget, at: QPoint) -> str:
    """What the words under a point mean, "" if they are none of the product's."""
    part = window.childAt(at)
    if part is None:
        return ""
    view, here = part.parentWidget(), part.mapFrom(window, at)
    if isinstance(view, QHeaderView):
        return explained(str(view.model().headerData(view.logicalIndexAt(here), view.orientation()) or ""))
    if isinstance(view, QAbstractItemView):
        # A cell holds what came from a server, too: only what is such a word as a whole.
        return meaning(str(view.indexAt(here).data(Qt.ItemDataRole.DisplayRole) or ""))
    return explained(_words(part, here).replace("&", ""))


def _words(part: QWidget, here: QPoint) -> str:
    match part:
        case OneLine():
            return part.words
        case QLabel() | QAbstractButton():
            return part.text()
        case QTabBar():
            return part.tabText(part.tabAt(here))
        case QMenuBar():
            row = part.actionAt(here)
            return "" if row is None else row.text()
        case QComboBox():
            return part.currentText()
        case Canvas():
            return part.said_at(QPointF(here))
    return part.accessibleName()
