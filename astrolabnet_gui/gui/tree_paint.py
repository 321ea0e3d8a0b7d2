"""How a row of the tree is painted: name and fact, mark and word or bar, and how long it has been so."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from ..model.kind import Health
from .icons import icon_pixmap
from .marks import mark_pixmap
from .style import Dress
from .theme import Theme
from .tree_row import Row
from .tree_words import NAME, STATE, cell_text, is_bare

Index = QModelIndex | QPersistentModelIndex
_ICON, _MARK, _GAP, _BAR = 16, 12, 8, 48
_INSET = 12
# Qt begins a row at 4; the look, at 12.
SHIFT = 8
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowPainter(QStyledItemDelegate):
    """Paints one cell without the style: grounds are the view's, words and marks are here."""

    def __init__(self, view: QTreeView, dress: Dress) -> None:
        super().__init__(view)
        self._view = view
        self._dress = dress

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        row = index.internalPointer()
        rect: QRect = option.rect
        painter.save()
        if index.column() == NAME:
            rect = rect.adjusted(SHIFT, 0, 0, 0)
            if is_bare(row):
                # Nothing stands in the other columns: the words may use their room.
                rect = QRect(
                    rect.left(), rect.top(), self._view.viewport().width() - rect.left() - _INSET, rect.height()
                )
            self._name(painter, rect, row)
        elif not is_bare(row):
            words = cell_text(row, index.column(), datetime.now(UTC))
            if index.column() == STATE:
                self._state(painter, rect, row, words)
            else:
                painter.setPen(QColor(self._ink(row, "text2")))
                painter.drawText(rect.adjusted(0, 0, -_INSET, 0), _RIGHT, words)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """24 high, more for large fonts."""
        height = QFontMetrics(self._view.font()).height() + 4
        return QSize(80, max(self._dress.now.space["row"], height))

    def _ink(self, row: Row, token: str) -> str:
        """Down things are grey as a whole; their words are never dimmed by alpha."""
        now = self._dress.now
        grey = row.thing is not None and row.thing.health is Health.GONE
        return now.gone_text if grey else now.colour(token)

    def _scaled(self, pixels: int) -> int:
        """Marks and icons grow with the text beside them."""
        return round(pixels * self._dress.now.text_scale)

    def _name(self, painter: QPainter, rect: QRect, row: Row) -> None:
        left, group = rect.left(), row.thing is None and isinstance(row.ident, str)
        font = QFont(painter.font())
        if group:
            font.setWeight(QFont.Weight.DemiBold)
        else:
            ratio = painter.device().devicePixelRatio()
            wide = self._scaled(_ICON)
            drawn = icon_pixmap(icon_name(row), self._ink(row, "text2"), wide, ratio)
            painter.drawPixmap(left, rect.center().y() - wide // 2 + 1, drawn)
            left += wide + 6
        tint = self._dress.now.tint.get(str(getattr(row.thing.payload, "tint", ""))) if row.thing is not None else None
        if tint is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tint))
            painter.drawRoundedRect(QRectF(left - 2, rect.top() + 4, 3, rect.height() - 8), 1.5, 1.5)
            left += 5
        metrics = QFontMetrics(font)
        room = rect.right() - left - 4
        text = metrics.elidedText(row.text, Qt.TextElideMode.ElideMiddle, room)
        painter.setFont(font)
        painter.setPen(QColor(self._ink(row, "text")))
        painter.drawText(QRect(left, rect.top(), room, rect.height()), _LEFT, text)
        used = metrics.horizontalAdvance(text) + 6
        if row.fact and room - used > 24:
            font.setWeight(QFont.Weight.Normal)
            painter.setFont(font)
            painter.setPen(QColor(self._ink(row, "text2" if group else "text3")))
            fact = QFontMetrics(font).elidedText(row.fact, Qt.TextElideMode.ElideRight, room - used)
            painter.drawText(QRect(left + used, rect.top(), room - used, rect.height()), _LEFT, fact)

    def _state(self, painter: QPainter, rect: QRect, row: Row, words: str) -> None:
        thing, now = row.thing, self._dress.now
        assert thing is not None
        if thing.progress is not None and thing.health is Health.BUSY:
            # The number is never cut.
            spare = rect.width() - painter.fontMetrics().horizontalAdvance(words) - _GAP
            wide = max(8, min(self._scaled(_BAR), spare))
            bar(painter, QRectF(rect.left(), rect.center().y() - 1, wide, 4), thing.progress, now)
            painter.setPen(QColor(now.busy_text))
            painter.drawText(rect.adjusted(wide + _GAP - 2, 0, 0, 0), _LEFT, words)
            return
        ratio, wide = painter.device().devicePixelRatio(), self._scaled(_MARK)
        painter.drawPixmap(rect.left(), rect.center().y() - wide // 2 + 1, mark_pixmap(thing.health, now, wide, ratio))
        token = "failed_text" if thing.health is Health.FAILED else "text2"
        painter.setPen(QColor(self._ink(row, token)))
        room = rect.adjusted(wide + 6, 0, -2, 0)
        painter.drawText(
            room, _LEFT, painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        )


def bar(painter: QPainter, rect: QRectF, fraction: float, now: Theme, token: str = "busy") -> None:
    """A progress bar: filled part over its faint whole."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    ground = QColor(now.colour(token))
    ground.setAlphaF(0.25)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, 2, 2)
    painter.setBrush(QColor(now.colour(token)))
    painter.drawRoundedRect(QRectF(rect.left(), rect.top(), rect.width() * fraction, rect.height()), 2, 2)


def icon_name(row: Row) -> str:
    """Icon of a row: the kind's; the island and a server that is down have their own."""
    thing = row.thing
    if thing is None:
        return "action"
    if thing.key.kind == "servers":
        if thing.health is Health.GONE:
            return "offline"
        return "island" if getattr(thing.payload, "is_island", False) else "server"
    return thing.kind.icon
