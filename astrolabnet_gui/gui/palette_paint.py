"""How a row of the palette is painted: icon, title with the letters found, where it is, its state or its key."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ..model.kind import Health
from .finds import Find, Section
from .icons import icon_pixmap
from .marks import mark_pixmap
from .match import spans, typed_words
from .safe import plain
from .style import Dress
from .tree_paint import bar
from .words import count

Index = QModelIndex | QPersistentModelIndex
FindRole = Qt.ItemDataRole.UserRole
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_INSET, _ICON, _BAR = 16, 16, 48


def _head(section: Section) -> str:
    return f"{section.head} · {count(section.left_out)} more" if section.left_out else section.head


class FindPainter(QStyledItemDelegate):
    """Paints heads and rows; ``typed`` are the words whose letters stand out."""

    def __init__(self, view: QListView, dress: Dress) -> None:
        super().__init__(view)
        self._view, self._dress = view, dress
        self.typed = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """32 for a row, 28 for a head, more for large fonts."""
        height = QFontMetrics(self._view.font()).height()
        head = isinstance(index.data(FindRole), Section)
        return QSize(100, max(28 if head else 32, height + (8 if head else 12)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a head or a row."""
        rect: QRect = option.rect
        what = index.data(FindRole)
        painter.save()
        if isinstance(what, Section):
            painter.setFont(self._font(-1))
            painter.setPen(QColor(self._dress.now.text3))
            painter.drawText(rect.adjusted(_INSET, 4, -_INSET, 0), _LEFT, _head(what))
        elif isinstance(what, Find):
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            if chosen:
                painter.fillRect(rect, QColor(self._dress.now.selected))
                painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), QColor(self._dress.now.accent))
            self._find(painter, rect, what)
        painter.restore()

    def _font(self, smaller: int = 0, *, strong: bool = False) -> QFont:
        font = QFont(self._view.font())
        font.setPixelSize(max(1, font.pixelSize() + smaller))
        font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        return font

    def _find(self, painter: QPainter, rect: QRect, find: Find) -> None:
        now, ratio = self._dress.now, painter.device().devicePixelRatio()
        grey = bool(find.why_not)
        ink = now.gone_text if grey else now.text
        drawn = icon_pixmap(find.icon, now.gone_text if grey else now.text2, _ICON, ratio)
        painter.drawPixmap(rect.left() + _INSET, rect.center().y() - _ICON // 2 + 1, drawn)
        left = rect.left() + _INSET + _ICON + 10
        right = rect.right() - _INSET - self._state(painter, rect, find)
        left = self._words(painter, QRect(left, rect.top(), right - left, rect.height()), find.title, ink, 0)
        beside = find.why_not or find.detail
        room = QRect(left + 10, rect.top(), right - left - 10, rect.height())
        if beside and room.width() > 24:
            self._words(painter, room, beside, now.text2 if not grey else now.gone_text, -1)

    def _words(self, painter: QPainter, room: QRect, text: str, ink: str, smaller: int) -> int:
        """Draw words with the letters found in them; the answer is where they end."""
        usual, strong = self._font(smaller), self._font(smaller, strong=True)
        shown = QFontMetrics(strong).elidedText(plain(text, 200), Qt.TextElideMode.ElideRight, room.width())
        found = spans(typed_words(self.typed.lstrip(">:")), shown)
        at, x = 0, room.left()
        for begin, end in (*found, (len(shown), len(shown))):
            for piece, font, colour in (
                (shown[at:begin], usual, ink),
                (shown[begin:end], strong, self._dress.now.busy_text),
            ):
                painter.setFont(font)
                painter.setPen(QColor(colour))
                painter.drawText(QRect(x, room.top(), room.right() - x + 8, room.height()), _LEFT, piece)
                x += QFontMetrics(font).horizontalAdvance(piece)
            at = end
        return x

    def _state(self, painter: QPainter, rect: QRect, find: Find) -> int:
        """Mark and word, bar and number, or the key at the right end; the answer is their width."""
        font = self._font(-1)
        metrics = QFontMetrics(font)
        words = plain(find.word or find.hint, 40)
        if not words:
            return 0
        wide = metrics.horizontalAdvance(words)
        painter.setFont(font)
        room = QRect(rect.right() - _INSET - wide, rect.top(), wide + 2, rect.height())
        now = self._dress.now
        if not find.word:
            box = QRectF(
                room.left() - 5.5, rect.center().y() - metrics.height() / 2 - 0.5, wide + 11, metrics.height() + 2
            )
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(now.border))
            painter.setBrush(QColor(now.field))
            painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(now.busy_text if find.progress is not None else now.text2))
        painter.drawText(room, _LEFT, words)
        if find.progress is not None:
            bar(painter, QRectF(room.left() - _BAR - 8, rect.center().y() - 1, _BAR, 4), find.progress, now)
            return wide + _BAR + 20
        if find.health is not None:
            drawn = mark_pixmap(Health(find.health), now, 12, painter.device().devicePixelRatio())
            painter.drawPixmap(room.left() - 20, rect.center().y() - 5, drawn)
        return wide + 32
