"""Safe: the only place that makes labels, tooltips, boxes and text views for words that came from a server.

Qt takes a text that looks like HTML for HTML, loads its pictures from this disk and opens its links (also in tooltips
of items). Everything made here shows plain text only, without control characters and without an end.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import (
    QAction,
    QDesktopServices,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QSizePolicy,
    QTextEdit,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from ..model.inert import pasted

LABEL_CHARS = 400
LINE_CHARS = 4000
VIEW_CHARS = 1_000_000
_LEAST_LETTERS = 6  # of a line that shortens
_COPYABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard

HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)")


def plain(text: object, limit: int = LABEL_CHARS) -> str:
    """Words fit to be shown: no ANSI, control or bidi characters, no lone surrogates, at most ``limit`` characters."""
    words = str(text)[: 2 * limit]
    words = HIDDEN.sub("\N{REPLACEMENT CHARACTER}", _ANSI.sub("", words)).encode("utf-8", "replace").decode("utf-8")
    return words if len(words) <= limit else words[: limit - 1] + "…"


def label(text: object = "", *, name: str = "", wrap: bool = False, copyable: bool = False) -> QLabel:
    """A label that shows ``text`` as it is; ``name`` is its role in the style sheet (``small``, ``title``…)."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setOpenExternalLinks(False)
    made.setWordWrap(wrap)
    if copyable:
        made.setTextInteractionFlags(_COPYABLE)
    if name:
        made.setProperty("role", name)
    made.setText(plain(text))
    return made


def set_words(made: QLabel, text: object) -> None:
    """Change the words of a label made here."""
    words = plain(text)
    if made.text() != words:
        made.setText(words)


class OneLine(QLabel):
    """A label that never makes its panel wider: what has no room ends in "…", is told whole by the tooltip.

    Attributes:
        words: what it says, whole.
        elide: where what has no room is left out: a path loses its beginning.
    """

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ""
        self.elide = Qt.TextElideMode.ElideRight
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(_COPYABLE)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setProperty("role", name)

    def say(self, words: object) -> None:
        """Other words; line ends become spaces."""
        told = " ".join(plain(words).split())
        if told != self.words:
            self.words = told
            self.setAccessibleName(told)
            self.updateGeometry()
            self._shorten()

    def sizeHint(self) -> QSize:
        """All its words."""
        return QSize(self.fontMetrics().horizontalAdvance(self.words) + 2, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), _LEAST_LETTERS * self.fontMetrics().averageCharWidth()), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many words as there is room for."""
        super().resizeEvent(event)
        self._shorten()

    def changeEvent(self, event: QEvent) -> None:
        """Larger text needs more room."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()
            self._shorten()

    def _shorten(self) -> None:
        shown = self.fontMetrics().elidedText(self.words, self.elide, self.width())
        if shown != self.text():
            self.setText(shown)
            set_tooltip(self, self.words if shown != self.words else "")


def tooltip(text: object) -> str:
    """Text for a ToolTipRole; Qt reads all tooltips as HTML, so it is escaped and says so."""
    words = plain(text, 1200)
    return f"<qt>{html.escape(words).replace(chr(10), '<br>')}</qt>" if words else ""


def set_tooltip(target: QWidget | QAction, text: object) -> None:
    """Tooltip of a widget or a menu row."""
    target.setToolTip(tooltip(text))


def show_hint(at: QPoint, text: object, over: QWidget) -> None:
    """Tooltip for what has none of its own, at a global point."""
    QToolTip.showText(at, tooltip(text), over)


def button_words(text: object, limit: int = 80) -> str:
    """Words for buttons, tabs and menus, where ``&`` underlines a letter."""
    return plain(text, limit).replace("&", "&&")


def box(parent: QWidget | None, title: str, text: object, choices: Iterable[str], default: str) -> QMessageBox:
    """A question with one button for each choice; not yet shown. The default is what Enter and Esc give."""
    made = QMessageBox(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWindowTitle(plain(title, 80))
    made.setText(plain(text, 2000))
    for choice in choices:
        button = made.addButton(button_words(choice.capitalize()), QMessageBox.ButtonRole.ActionRole)
        button.setProperty("choice", choice)
        if choice == default:
            made.setDefaultButton(button)
            made.setEscapeButton(button)
    return made


def fixed_font(pixels: int) -> QFont:
    """The monospace face."""
    for family in ("Cascadia Mono", "Menlo", "DejaVu Sans Mono"):
        if QFontDatabase.hasFamily(family):
            found = QFont(family)
            break
    else:
        found = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    found.setPixelSize(pixels)
    return found


# Between the edge of a panel and the text in it.
INSET = 12


def text_view(*, lines: int = 20_000, read_only: bool = True) -> QPlainTextEdit:
    """A view for long text, which never wraps by words (that is what makes one endless line freeze a window)."""
    made = QPlainTextEdit()
    made.setReadOnly(read_only)
    made.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    made.setMaximumBlockCount(lines)
    made.setUndoRedoEnabled(not read_only)
    made.setFont(fixed_font(12))
    made.setTabChangesFocus(read_only)
    return made


def marking(cursor: QTextCursor, form: QTextCharFormat) -> QTextEdit.ExtraSelection:
    """A piece of a text view that looks different without being changed."""
    made = QTextEdit.ExtraSelection()
    made.cursor = cursor
    made.format = form
    return made


def text_window(parent: QWidget, title: str, text: str) -> QDialog:
    """A window of its own with a text to read; it goes when it is closed. Not yet shown."""
    made = QDialog(parent)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    made.setWindowTitle(plain(title, 80))
    made.resize(640, 480)
    view = text_view()
    view.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
    view.setPlainText(page(text)[0])
    QVBoxLayout(made).addWidget(view)
    return made


def to_clipboard(text: str) -> None:
    """Into the clipboard, without what would act where it is pasted."""
    QGuiApplication.clipboard().setText(pasted(text))


def open_folder(parent: QWidget, folder: Path) -> None:
    """Show a folder of this program in the desktop's file manager; where it has none, say where the folder lies.

    Only for paths the program itself has chosen: the desktop runs what it is given.
    """
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        text_window(parent, "Folder", str(folder)).show()


def page(text: str, limit: int = VIEW_CHARS) -> tuple[str, str]:
    """Text as a view may show it, and a sentence about what was left out ("" if nothing).

    Lines over 4 000 characters are cut, and the whole at ``limit`` characters.
    """
    shown = text[:limit]
    long_lines = 0
    lines = []
    for line in HIDDEN.sub("\N{REPLACEMENT CHARACTER}", _ANSI.sub("", shown)).split("\n"):
        if len(line) > LINE_CHARS:
            long_lines += 1
            line = f"{line[:LINE_CHARS]} … ({len(line) - LINE_CHARS} more characters)"
        lines.append(line)
    words = []
    if len(text) > limit:
        words.append(f"the first {limit:,} of {len(text):,} characters are shown".replace(",", "\u202f"))
    if long_lines:
        words.append(f"{long_lines} long line{'s' if long_lines > 1 else ''} cut")
    return "\n".join(lines).encode("utf-8", "replace").decode("utf-8"), "; ".join(words)
