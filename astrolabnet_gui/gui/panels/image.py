"""ImagePage: a picture to look at closely: fit, zoom by wheel and keys, pan, copy, save."""

from __future__ import annotations

import base64

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from ...model.output import Image
from ..words import count, percent
from .foot import Foot
from .picture import FORMATS, decoded
from .save import save_bytes

STEP = 1.25
LEAST, MOST = 0.02, 32.0
_INSET = 8


class Picture(QWidget):
    """Shows a picture; at first fitted, at most at its own size.

    Signals:
        zoomed(): the scale is another one.
    """

    zoomed = Signal()

    def __init__(self, pixmap: QPixmap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pixmap = pixmap
        self.scale = 1.0
        self._fitted = True
        self._middle = QPointF(pixmap.width() / 2, pixmap.height() / 2)
        self._held: QPointF | None = None
        self.setMinimumSize(80, 60)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(f"Picture of {pixmap.width()} × {pixmap.height()} points")

    def fit(self) -> None:
        """All of it, at most at its own size."""
        self._fitted = True
        wide, high = max(1, self.width() - 2 * _INSET), max(1, self.height() - 2 * _INSET)
        ratio = self.devicePixelRatioF()
        own = 1.0 / ratio
        self._set(min(own, wide / self.pixmap.width(), high / self.pixmap.height()))
        self._middle = QPointF(self.pixmap.width() / 2, self.pixmap.height() / 2)
        self.update()

    def zoom(self, scale: float, about: QPointF | None = None) -> None:
        """Points of the screen a point of the picture; ``about`` stays where it is."""
        self._fitted = False
        about = about or QPointF(self.width() / 2, self.height() / 2)
        before = self._on_picture(about)
        self._set(min(MOST, max(LEAST, scale)))
        after = self._on_picture(about)
        self._move(before - after)

    def _set(self, scale: float) -> None:
        if scale != self.scale:
            self.scale = scale
            self.zoomed.emit()

    def _move(self, by: QPointF) -> None:
        """The picture's own size is the limit, so that it never gets lost."""
        at = self._middle + by
        self._middle = QPointF(min(max(0.0, at.x()), self.pixmap.width()), min(max(0.0, at.y()), self.pixmap.height()))
        self.update()

    def _on_picture(self, at: QPointF) -> QPointF:
        from_middle = QPointF(at.x() - self.width() / 2, at.y() - self.height() / 2)
        return QPointF(from_middle / self.scale + self._middle)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A fitted picture stays fitted."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Nearer and farther, about the pointer."""
        turns = event.angleDelta().y() / 120
        if turns:
            self.zoom(self.scale * STEP**turns, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """+ and −, 0, F; arrows move."""
        far = 40 / self.scale
        ways = {
            Qt.Key.Key_Left: (-far, 0.0), Qt.Key.Key_Right: (far, 0.0),
            Qt.Key.Key_Up: (0.0, -far), Qt.Key.Key_Down: (0.0, far),
        }  # fmt: skip
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(self.scale * STEP)
            case Qt.Key.Key_Minus:
                self.zoom(self.scale / STEP)
            case Qt.Key.Key_0:
                self.zoom(1.0 / self.devicePixelRatioF())
            case Qt.Key.Key_F:
                self.fit()
            case key if Qt.Key(key) in ways:
                self._fitted = False
                self._move(QPointF(*ways[Qt.Key(key)]))
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        self._held = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw it along."""
        if self._held is not None:
            self._fitted = False
            self._move((self._held - event.position()) / self.scale)
            self._held = event.position()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._held = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """All of it again."""
        self.fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The part that is in sight; points stay sharp when they are large."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.scale < 2)
        corner = QPointF(self.width() / 2, self.height() / 2) - self._middle * self.scale
        wide, high = self.pixmap.width() * self.scale, self.pixmap.height() * self.scale
        whole = QRectF(0, 0, self.pixmap.width(), self.pixmap.height())
        painter.drawPixmap(QRectF(corner.x(), corner.y(), wide, high), self.pixmap, whole)
        painter.end()


class ImagePage(QWidget):
    """A picture and what can be done with it.

    Raises:
        Malformed: as ``decoded``.
    """

    def __init__(self, image: Image, name: str = "picture", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image, self._name = image, name
        self.picture = Picture(decoded(image))
        self.foot = Foot()
        self.foot.add_link("Fit", self.picture.fit).setToolTip("Fit (F)")
        self.foot.add_link("100 %", lambda: self.picture.zoom(1.0 / self.devicePixelRatioF())).setToolTip(
            "Own size (0)"
        )
        self.foot.add_link("Copy", lambda: QApplication.clipboard().setPixmap(self.picture.pixmap))
        self.foot.add_link("Save…", self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.picture, 1)
        column.addWidget(self.foot)
        self.picture.zoomed.connect(self._say)
        self._say()

    def save(self) -> None:
        """The file as the server sent it."""
        ending = FORMATS[self._image.mime.split(";")[0].strip().lower()]
        save_bytes(self, f"{self._name}.{ending}", base64.b64decode("".join(self._image.base64.split())))

    def _say(self) -> None:
        shown, ratio = self.picture.pixmap, self.devicePixelRatioF()
        scale = percent(self.picture.scale * ratio)
        self.foot.say(f"{count(shown.width())} × {count(shown.height())} points · {scale}")
