"""TreeGround: the grounds of a tree's rows, their chevrons, and the row under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QTreeView, QWidget

from .icons import icon_pixmap
from .style import Dress
from .tree_paint import SHIFT
from .tree_told import IdentRole

Index = QModelIndex | QPersistentModelIndex
_CHEVRON, _BAR = 12, 2


class TreeGround(QTreeView):
    """A tree whose rows stand ``SHIFT`` further right than Qt would have them; grounds reach from edge to edge."""

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dress = dress
        self._hover = QPersistentModelIndex()
        self.setMouseTracking(True)

    def doItemsLayout(self) -> None:
        """Not while the theme changes: whoever hears of the change asks for it once."""
        if not self._dress.changing:
            super().doItemsLayout()

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground of the row, its cells, and the bar of the chosen one: the style paints over what lies below."""
        now, rect = self._dress.now, QRect(option.rect)
        rect.setLeft(0)
        rect.setWidth(self.viewport().width())
        chosen = self.selectionModel().isSelected(index)
        if chosen:
            painter.fillRect(rect, QColor(now.selected))
        elif self._hover.isValid() and index.data(IdentRole) == self._hover.data(IdentRole):
            painter.fillRect(rect, QColor(now.hover))
        super().drawRow(painter, option, index)
        if chosen:
            painter.fillRect(QRect(0, rect.top(), _BAR, rect.height()), QColor(now.accent))

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """Only a chevron, and only where something can be unfolded."""
        if not self.model().hasChildren(index):
            return
        ratio = painter.device().devicePixelRatio()
        drawn = icon_pixmap("chevron", self._dress.now.text3, _CHEVRON, ratio)
        centre = QPoint(rect.right() + SHIFT - _CHEVRON // 2 - 1, rect.center().y() + 1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(centre)
        if self.isExpanded(index):
            painter.rotate(90)
        painter.drawPixmap(-_CHEVRON // 2, -_CHEVRON // 2, drawn)
        painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt folds by a press left of the row's words; the part of the chevron it does not know of folds too."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        past = at.x() - self.visualRect(index).left() if index.isValid() and index.column() == 0 else -1
        if event.button() is Qt.MouseButton.LeftButton and 0 <= past < SHIFT and self.model().hasChildren(index):
            self.setExpanded(index, not self.isExpanded(index))
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The row under the pointer."""
        index = self.indexAt(event.position().toPoint()).siblingAtColumn(0)
        if index != self._hover:
            self._hover = QPersistentModelIndex(index)
            self.viewport().update()
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: object) -> None:
        """No row is under the pointer."""
        self._hover = QPersistentModelIndex()
        self.viewport().update()
