"""Four: the content of a panel, or what stands in its place while it is empty, loading or failed (look.md §7)."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...model.kind import Health
from ..marks import mark_pixmap
from ..safe import button_words, label, set_words
from ..style import Dress
from .foot import link

# Before that, what was there stays: a quick answer shall not flicker.
PATIENCE_MS = 200
_LINES = (0.9, 0.7, 0.8)


class Standing(StrEnum):
    """What a panel shows."""

    EMPTY = "empty"
    LOADING = "loading"
    FULL = "full"
    FAILED = "failed"


class FourStates(QWidget):
    """A panel's content with its four states. It begins full.

    A failure stands above the content that was there before, which stays; a panel that had none shows only it.

    Signals:
        remedy(): the button beside the words was pressed; cancel(): the one beside the progress.
    """

    remedy = Signal()
    cancel = Signal()

    def __init__(self, content: QWidget, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.standing = Standing.FULL
        self._content = content
        self._filled = True
        self._dress = dress
        # Most panels never wait or fail for long: what says so is made when it is needed.
        self._banner_made: _Banner | None = None
        self._wait_made: _Wait | None = None
        self._message = label(name="small", wrap=True, copyable=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._open = link("", self.remedy.emit)
        self._blank = QWidget()
        blank = QVBoxLayout(self._blank)
        blank.setContentsMargins(16, 14, 16, 14)
        blank.addWidget(self._message)
        blank.addWidget(self._open, 0, Qt.AlignmentFlag.AlignLeft)
        blank.addStretch(1)
        self._pages = QStackedWidget()
        for page in (content, self._blank):
            self._pages.addWidget(page)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._pages, 1)
        self._soon = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._soon.timeout.connect(lambda: self._pages.setCurrentWidget(self._wait))

    @property
    def _banner(self) -> _Banner:
        if self._banner_made is None:
            self._banner_made = _Banner(self._dress)
            self._banner_made.remedy.clicked.connect(lambda: self.remedy.emit())
            self._column.insertWidget(0, self._banner_made)
        return self._banner_made

    @property
    def _wait(self) -> _Wait:
        if self._wait_made is None:
            self._wait_made = _Wait(self._dress)
            self._wait_made.cancel.clicked.connect(lambda: self.cancel.emit())
            self._pages.addWidget(self._wait_made)
        return self._wait_made

    @property
    def words(self) -> str:
        """What it says beside or in place of the content; "" when full."""
        match self.standing:
            case Standing.EMPTY:
                return self._message.text()
            case Standing.LOADING:
                return self._wait.words.text()
            case Standing.FAILED:
                return self._banner.words.text()
        return ""

    def empty(self, words: str, remedy: str = "") -> None:
        """There is nothing; ``words`` say what will be here, ``remedy`` what to do."""
        self._turn(Standing.EMPTY, self._blank)
        self._filled = False
        set_words(self._message, words)
        self._open.setText(button_words(remedy))
        self._open.setVisible(bool(remedy))

    def loading(self, words: str, fraction: float | None = None, *, cancellable: bool = False) -> None:
        """It comes; ``fraction`` 0..1 if somebody knows. Until 200 ms have passed, what was there stays."""
        self._wait.show_progress(words, fraction, cancellable)
        if self.standing is not Standing.LOADING:
            self._turn(Standing.LOADING, None)
            self._filled = False
            self._soon.start()

    def full(self) -> None:
        """Show the content."""
        self._turn(Standing.FULL, self._content)
        self._filled = True

    def failed(self, words: str, remedy: str = "") -> None:
        """Say what went wrong; the content stays if it is worth something."""
        self._turn(Standing.FAILED, self._content if self._filled else self._blank)
        set_words(self._message, "")
        self._open.hide()
        self._banner.show_problem(words, remedy)

    def _turn(self, to: Standing, page: QWidget | None) -> None:
        self.standing = to
        self._soon.stop()
        if to is Standing.FAILED or self._banner_made is not None:
            self._banner.setVisible(to is Standing.FAILED)
        if page is not None:
            self._pages.setCurrentWidget(page)


class _Banner(QFrame):
    """The crossed square, the words, the remedy."""

    def __init__(self, dress: Dress) -> None:
        super().__init__()
        self.setObjectName("head")
        self._dress = dress
        self.words = label(name="wrong", wrap=True, copyable=True)
        self.remedy = QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(36, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        row.addWidget(self.remedy, 0, Qt.AlignmentFlag.AlignTop)

    def show_problem(self, words: str, remedy: str) -> None:
        set_words(self.words, words)
        self.remedy.setText(button_words(remedy))
        self.remedy.setVisible(bool(remedy))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.drawPixmap(16, 12, mark_pixmap(Health.FAILED, self._dress.now, 12, self.devicePixelRatioF()))
        painter.end()


class _Wait(QWidget):
    """What is awaited, how far it is, and three grey lines where it will be."""

    def __init__(self, dress: Dress) -> None:
        super().__init__()
        self.words = label(name="small", wrap=True)
        self.cancel = QPushButton("Cancel")
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addLayout(row)
        column.addWidget(self._bar)
        column.addWidget(_Lines(dress))
        column.addStretch(1)

    def show_progress(self, words: str, fraction: float | None, cancellable: bool) -> None:
        set_words(self.words, words)
        self.words.setVisible(bool(words))
        self._bar.setVisible(fraction is not None)
        self._bar.setValue(round(1000 * (fraction or 0)))
        self.cancel.setVisible(cancellable)


class _Lines(QWidget):
    """Three grey lines."""

    def __init__(self, dress: Dress) -> None:
        super().__init__()
        self._dress = dress

    def sizeHint(self) -> QSize:
        """Three rows."""
        return QSize(200, 3 * self._dress.now.space["row"])

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._dress.now.hover))
        row = self._dress.now.space["row"]
        for n, part in enumerate(_LINES):
            painter.drawRoundedRect(QRectF(0, n * row + 7, self.width() * part, 9), 3, 3)
        painter.end()


class _Scrolled(QScrollArea):
    """Never narrower than what is in it: there is no bar to scroll sideways."""

    def minimumSizeHint(self) -> QSize:
        """As wide as the body must be beside the bar, and a little high."""
        body = self.widget()
        least = super().minimumSizeHint()
        if body is None:
            return least
        wide = body.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(max(least.width(), wide), least.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The body asks for another size."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def scrolled(body: QWidget) -> QScrollArea:
    """The same where it fits; where it does not, with large text or in a low window, it is scrolled to."""
    room = _Scrolled()
    room.setWidgetResizable(True)
    room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    room.setWidget(body)
    body.installEventFilter(room)
    return room
