"""Start: what stands where the graph will be, and four steps to the first result, while there is no server."""

from __future__ import annotations

import importlib.util

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from ..icons import icon, icon_pixmap
from ..safe import button_words, label, set_words
from ..style import Dress

STEPS = (
    ("Start or add a server", "It appears in the tree and on the graph."),
    ("Open a session", "Send action does it for you, or right-click the server, New session."),
    ("Send an action", "Right-click the server or a session, Send action, Pi in Python."),
    ("Read the result", "It opens here, and stays in the journal."),
)
KEYS = (
    ("Ctrl K", "Go to any thing or command"),
    ("/", "Filter the tree"),
    ("N", "Add a server, or a session on the selected one"),
    ("S", "Send an action to what is selected"),
    ("F", "Fit the graph to the window"),
    ("?", "All keys of the tree or the graph"),
)
ISLAND_HERE = "A real Spark, for you alone. It answers on this computer only and is ready in some seconds."
ISLAND_MISSING = (
    "Spark is not installed here. Install AstroLabNet with its extra: pip install 'astrolabnet-gui[island]'"
)


def island_possible() -> bool:
    """The island's packages are installed; looked at without importing them."""
    return all(importlib.util.find_spec(name) is not None for name in ("pyspark", "starlette", "uvicorn"))


class Start(QWidget):
    """Two cards: this computer, or a server that runs.

    Signals:
        island_wanted(), add_wanted(), set_up_wanted(), cancel_wanted(): what was pressed.
    """

    island_wanted = Signal()
    add_wanted = Signal()
    set_up_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dress = dress
        self.setObjectName("start")
        self.island = QPushButton("Start the island")
        self.island.setObjectName("start_island")
        self.island.setProperty("primary", True)
        self.island.setEnabled(island_possible())
        self.island.clicked.connect(self.island_wanted)
        self.add = QPushButton(button_words("Add server…"))
        self.add.setObjectName("add_server")
        self.add.clicked.connect(self.add_wanted)
        self._said = label(ISLAND_HERE if island_possible() else ISLAND_MISSING, name="small", wrap=True)
        self._cancel = QPushButton("Cancel")
        self._cancel.setProperty("link", True)
        self._cancel.clicked.connect(self.cancel_wanted)
        self._cancel.hide()
        first = self._card("island", "This computer", self._said, (self.island, self._cancel), first=True)
        words = "Paste its address; Test connection says what answers there."
        then = self._card("server", "A running server", label(words, name="small", wrap=True), (self.add,))
        self._cards = (first, then)
        self._widen()
        dress.changed.connect(self._widen)
        title = label("Start here", name="display")
        line = label("A server runs Spark and answers by Livy. Take one of your own, or one that already runs.")
        for part in (title, line):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line.setWordWrap(True)
        cards = QHBoxLayout()
        cards.setSpacing(12)
        cards.addStretch(1)
        cards.addWidget(first)
        cards.addWidget(then)
        cards.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(5)
        column.addSpacing(220)
        column.addWidget(title)
        column.addWidget(line)
        column.addSpacing(8)
        column.addLayout(cards)
        column.addLayout(self._foot())
        column.addStretch(4)
        self._title = title

    def _widen(self) -> None:
        """Both cards stay side by side in a window of usual width."""
        for card in self._cards:
            card.setFixedWidth(round(264 * min(1.4, self._dress.now.text_scale)))

    def _foot(self) -> QHBoxLayout:
        self.set_up = QPushButton(button_words("Open a set-up…"))
        self.set_up.setProperty("link", True)
        self.set_up.setProperty("small", True)
        self.set_up.clicked.connect(self.set_up_wanted)
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addStretch(1)
        row.addWidget(label("Have a list from a colleague?", name="small"))
        row.addWidget(self.set_up)
        row.addSpacing(8)
        row.addWidget(label("Nothing is contacted before you say so.", name="small"))
        row.addStretch(1)
        return row

    def busy(self, words: str) -> None:
        """The island is coming up; "" = it is not."""
        self.island.setEnabled(not words and island_possible())
        set_words(self._said, words or (ISLAND_HERE if island_possible() else ISLAND_MISSING))
        self._cancel.setVisible(bool(words))

    def failed(self, words: str) -> None:
        """Say why it did not come up."""
        self.busy("")
        set_words(self._said, words)

    def _card(
        self, drawing: str, title: str, words: QWidget, buttons: tuple[QPushButton, ...], *, first: bool = False
    ) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        card.setProperty("first", first)
        card.setMinimumHeight(154)
        mark = QToolButton()
        mark.setIcon(icon(drawing, "accent" if first else "text2"))
        mark.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        mark.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(mark)
        head.addWidget(label(title, name="title"), 1)
        row = QHBoxLayout()
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 12, 16, 16)
        column.addLayout(head)
        column.addWidget(words)
        column.addStretch(1)
        column.addLayout(row)
        return card

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dotted sea, and the outline of a first server with its shorelines."""
        now, scale = self._dress.now, self._dress.now.text_scale
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(now.canvas))
        painter.setPen(QColor(now.raised))
        for x in range(20, self.width(), 40):
            for y in range(20, self.height(), 40):
                painter.drawPoint(x, y)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QPointF(self.width() / 2, self._title.y() - 140)
        for n, grow in enumerate((0, 13, 28, 46)):
            pen = QPen(QColor(now.edge if n < 2 else now.border), 1)
            if n == 0:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawPolygon(_hexagon(centre, 110 * scale + grow * 1.5, 31 * scale + grow))
        drawn = icon_pixmap("island", now.text2, round(24 * scale), self.devicePixelRatioF())
        painter.drawPixmap(centre + QPointF(-72, -12) * scale, drawn)
        font = self.font()
        font.setPixelSize(now.size["title"])
        painter.setFont(font)
        painter.setPen(QColor(now.text2))
        words = QRectF(centre.x() - 40 * scale, centre.y() - 16 * scale, 160 * scale, 32 * scale)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, "Your first server")
        painter.end()


def _hexagon(centre: QPointF, half_wide: float, half_high: float) -> QPolygonF:
    tip = half_high * 0.78
    x, y = centre.x(), centre.y()
    corners = (
        (x - half_wide, y), (x - half_wide + tip, y - half_high), (x + half_wide - tip, y - half_high),
        (x + half_wide, y), (x + half_wide - tip, y + half_high), (x - half_wide + tip, y + half_high),
    )  # fmt: skip
    return QPolygonF([QPointF(*corner) for corner in corners])


class Steps(QWidget):
    """First result in four steps, and the keys that matter."""

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        for n, (title, words) in enumerate(STEPS, 1):
            column.addLayout(self._step(dress, n, title, words))
        line = QFrame()
        line.setObjectName("line")
        column.addSpacing(8)
        column.addWidget(line)
        grid = QGridLayout()
        grid.setColumnMinimumWidth(0, 76)
        grid.setColumnStretch(1, 1)
        grid.setVerticalSpacing(6)
        for n, (key, words) in enumerate(KEYS):
            grid.addWidget(label(key, name="key"), n, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label(words, name="small", wrap=True), n, 1)
        column.addLayout(grid)
        column.addStretch(1)

    def _step(self, dress: Dress, n: int, title: str, words: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(_Number(dress, n), 0, Qt.AlignmentFlag.AlignTop)
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(label(title, name="strong"))
        text.addWidget(label(words, name="small", wrap=True))
        row.addLayout(text, 1)
        return row


class _Number(QWidget):
    """A number in a ring; the first one is lit."""

    def __init__(self, dress: Dress, number: int) -> None:
        super().__init__()
        self._dress, self._number = dress, number
        self.setFixedSize(24, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ring and number."""
        now = self._dress.now
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(now.accent if self._number == 1 else now.edge), 1.25))
        painter.drawEllipse(QRectF(1, 1, 21, 21))
        painter.setPen(QColor(now.busy_text if self._number == 1 else now.text2))
        painter.drawText(QRectF(0, 0, 23, 23), Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.end()
