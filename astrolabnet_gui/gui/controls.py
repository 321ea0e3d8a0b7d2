"""Controls: the widget of one field of a form, with its label, its fact and its error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeySequence, QShortcut, QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from .fields import Field, value_of
from .picking import FilePicker, Ticks
from .safe import button_words, label, set_words, text_view, tooltip

LABEL_WIDTH = 96


class Control(QWidget):
    """Label left, control right, under it the fact or the error.

    Signals:
        left(name): the pointer or the cursor left the field after it was changed.
        sent(): Ctrl+Enter, or Enter in a line.
    """

    left = Signal(str)
    sent = Signal()

    def __init__(self, spec: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.changed = False
        self.widget = _made(spec)
        self.widget.setObjectName(f"field_{spec.name}")
        self.widget.setAccessibleName(spec.label)
        self.widget.setAccessibleDescription(spec.help)
        self.widget.installEventFilter(self)
        self._begin = self.raw
        self._note = label(spec.help, name="caption", wrap=True)
        self._wrong = label(name="wrong", wrap=True)
        self._wrong.setAccessibleName(f"What is wrong with {spec.label}")
        title = label(f"{spec.label}{' *' if spec.needed else ''}", name="small", wrap=True)
        title.setFixedWidth(max(LABEL_WIDTH, title.fontMetrics().horizontalAdvance("Password or ")))
        title.setBuddy(self.widget)
        wide = spec.kind == "code"
        column = QVBoxLayout()
        column.setSpacing(4)
        column.setContentsMargins(0, 0, 0, 0)
        if wide:
            column.addWidget(title)
        picker = FilePicker(self.widget) if spec.kind in ("file", "files") else None
        for part in (self.widget, picker, self._note, self._wrong):
            if part is not None:
                column.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        if not wide:
            row.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        self._column = column
        self._note.setVisible(bool(spec.help))
        self._wrong.hide()
        _connect(self.widget, self._touched, self.sent.emit)

    @property
    def raw(self) -> Any:
        """What stands in the control."""
        match self.widget:
            case QPlainTextEdit():
                return self.widget.toPlainText()
            case QComboBox():
                return self.widget.currentData()
            case Ticks():
                return self.widget.ticked
            case QCheckBox():
                return self.widget.isChecked()
            case QLineEdit():
                return self.widget.text()
        return ""

    @property
    def value(self) -> Any:
        """Value for the parameters."""
        return value_of(self.spec, self.raw)

    @property
    def untouched(self) -> bool:
        """It says what it said at first."""
        return bool(self.raw == self._begin)

    def grey(self, reason: str) -> None:
        """It can not be used here; the reason stands below it."""
        self.widget.setEnabled(False)
        set_words(self._note, reason)
        self._note.show()

    def say(self, words: str) -> None:
        """Another fact below it."""
        set_words(self._note, words)
        self._note.setVisible(bool(words))

    def below(self, part: QWidget) -> None:
        """Something of one's own under the field."""
        self._column.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft)

    def offer(self, choices: Mapping[str, str]) -> None:
        """Choices that were learned later."""
        if isinstance(self.widget, QComboBox):
            for value, words in choices.items():
                self.widget.addItem(button_words(words), value)

    def suggest(self, names: Sequence[str]) -> None:
        """Names a line may hold, offered while one types; another one may be typed as well."""
        if isinstance(self.widget, QLineEdit) and names:
            offered = QCompleter(list(names), self.widget)
            offered.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            offered.setFilterMode(Qt.MatchFlag.MatchContains)
            self.widget.setCompleter(offered)

    def without(self, choices: Mapping[str, str]) -> None:
        """Choices that can not be made here, each greyed with its reason; the reasons stand below it as well."""
        box = self.widget
        model = box.model() if isinstance(box, QComboBox) else None
        if not choices or not isinstance(box, QComboBox) or not isinstance(model, QStandardItemModel):
            return
        # The list's own painter passes over what the style sheet says of rows that can not be chosen.
        box.setItemDelegate(QStyledItemDelegate(box))
        for value, reason in choices.items():
            item = model.item(box.findData(value))
            if item is not None:
                item.setEnabled(False)
                item.setData(tooltip(reason), Qt.ItemDataRole.ToolTipRole)
                self.say(reason)

    def show_error(self, words: str) -> None:
        """Say what is wrong ("" = nothing) and edge the field."""
        set_words(self._wrong, f"⊠ {words}" if words else "")
        self._wrong.setVisible(bool(words))
        if self.widget.property("wrong") != bool(words):
            self.widget.setProperty("wrong", bool(words))
            self.widget.style().unpolish(self.widget)
            self.widget.style().polish(self.widget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Checked on leaving, never while typing."""
        if event.type() == QEvent.Type.FocusOut and self.changed:
            self.left.emit(self.spec.name)
        return super().eventFilter(watched, event)

    def _touched(self) -> None:
        self.changed = True


def _made(spec: Field) -> QWidget:
    match spec.kind:
        case "many":
            return Ticks(spec.choices, spec.start)
        case "code" | "lines" | "pairs" | "files":
            view = text_view(read_only=False)
            view.setPlainText(str(spec.start))
            view.setTabChangesFocus(spec.kind != "code")
            view.setTabStopDistance(4 * QFontMetrics(view.font()).horizontalAdvance(" "))
            rows = 14 if spec.kind == "code" else 3
            view.setMinimumHeight(rows * QFontMetrics(view.font()).lineSpacing() + 12)
            if spec.kind != "code":
                view.setMaximumHeight(view.minimumHeight())
                view.setPlaceholderText(
                    "one on a line" if spec.kind in ("lines", "files") else "name=value, one on a line"
                )
            return view
        case "choice":
            box = QComboBox()
            for value, words in spec.choices.items():
                box.addItem(button_words(words), value)
            box.setCurrentIndex(max(0, box.findData(spec.start)))
            return box
        case "check":
            check = QCheckBox()
            check.setChecked(bool(spec.start))
            return check
    line = QLineEdit(str(spec.start))
    if spec.kind == "secret":
        line.setEchoMode(QLineEdit.EchoMode.Password)
    return line


def _connect(widget: QWidget, touched: Any, sent: Any) -> None:
    match widget:
        case QPlainTextEdit():
            widget.textChanged.connect(touched)
            shortcut = QShortcut(QKeySequence("Ctrl+Return"), widget)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(sent)
        case Ticks():
            widget.turned.connect(touched)
        case QComboBox():
            widget.currentIndexChanged.connect(touched)
        case QCheckBox():
            widget.toggled.connect(touched)
        case QLineEdit():
            widget.textEdited.connect(touched)
            widget.returnPressed.connect(sent)


def fit_words(row: QHBoxLayout, room: int) -> None:
    """Words of a row of buttons where they fit in ``room``; the last ones are icons alone where they do not."""
    parts = [item.widget() for n in range(row.count()) if (item := row.itemAt(n)) is not None]
    buttons = [part for part in parts if isinstance(part, QPushButton)]
    for button in buttons:
        words = button.property("words") or button.text()
        button.setProperty("words", words)
        button.setAccessibleName(str(words).replace("&", ""))
        button.setText(words)
        button.ensurePolished()
    for button in reversed(buttons):
        if sum(other.sizeHint().width() + row.spacing() for other in buttons) <= room:
            return
        button.setText("")
