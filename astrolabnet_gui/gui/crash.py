"""Crash: an error nobody expected is said once, calmly, with what is safe and what to copy; from any thread."""

from __future__ import annotations

import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot, qVersion
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from .. import __version__
from ..client.redact import redacted
from .safe import label, page, set_words, text_view, to_clipboard

SAFE = (
    "What you sent is in the journal, and results that came are in the archive; both are on the disk. "
    "You can go on; if something looks wrong, quit and start again: running tasks are found again."
)
_MOST_LINES = 400


class Crashes(QObject):
    """Hears of uncaught errors of all threads; shows the first, counts the others.

    Args:
        parent: over which the dialog stands; None = there is no window yet.
        saved: a sentence about what is safe now.
    """

    _fell = Signal(object)

    def __init__(self, parent: QWidget | None = None, saved: Callable[[], str] = lambda: SAFE) -> None:
        super().__init__(parent)
        self._parent, self._saved = parent, saved
        self.dialog: CrashDialog | None = None
        self.count = 0
        self._before: tuple[Any, Any] | None = None
        self._fell.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Hear of everything from now on."""
        self._before = sys.excepthook, threading.excepthook
        sys.excepthook = self.hear
        threading.excepthook = self._in_thread

    def remove(self) -> None:
        """As it was before."""
        if self._before is not None:
            sys.excepthook, threading.excepthook = self._before
            self._before = None

    def hear(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """An error nobody caught; any thread."""
        if isinstance(error, KeyboardInterrupt | SystemExit):
            return
        text = report(kind, error, trace)
        print(text, file=sys.stderr)  # noqa: T201
        try:
            self._fell.emit(text)
        except RuntimeError:
            return  # the window is gone already; the text stands in the terminal

    def _in_thread(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            self.hear(told.exc_type, told.exc_value, told.exc_traceback)

    @Slot(object)
    def _show(self, text: str) -> None:
        self.count += 1
        if self.dialog is not None:
            self.dialog.more(self.count - 1)
            return
        self.dialog = CrashDialog(text, self._saved(), self._parent)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog, self.count = None, 0


class CrashDialog(QDialog):
    """What happened, what is safe, a report to copy."""

    def __init__(self, text: str, saved: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName("crash")
        self.setWindowTitle("Something went wrong in AstroLabNet")
        self.setMinimumWidth(560)
        self.text = text
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(label("AstroLabNet met an error of its own", name="title", wrap=True))
        column.addWidget(label(saved, wrap=True))
        self._more = label(name="small", wrap=True)
        self._more.hide()
        column.addWidget(self._more)
        column.addWidget(
            label("The report below holds no password; read it before you send it:", name="small", wrap=True)
        )
        self.view = text_view()
        self.view.setPlainText(page(text)[0])
        self.view.setMinimumHeight(200)
        column.addWidget(self.view, 1)
        row = QHBoxLayout()
        self.copy = QPushButton("Copy the report")
        self.copy.clicked.connect(lambda: to_clipboard(self.text))
        self.go_on = QPushButton("Go on")
        self.go_on.setProperty("primary", True)
        self.go_on.setDefault(True)
        self.go_on.clicked.connect(self.accept)
        row.addWidget(self.copy)
        row.addStretch(1)
        row.addWidget(self.go_on)
        column.addLayout(row)

    def more(self, count: int) -> None:
        """So many others came while it is open."""
        set_words(
            self._more, f"{count} more error{'s' if count > 1 else ''} came since; the first is the one to report."
        )
        self._more.show()


def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """The error with what a colleague needs to find it: versions and lines, no values of variables, no secrets."""
    lines = [part for text in traceback.format_exception(kind, error, trace) for part in text.splitlines()]
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES // 2], "…", *lines[-_MOST_LINES // 2 :]]
    head = (
        f"AstroLabNet {__version__}, Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}\n"
        f"{datetime.now().astimezone().isoformat(timespec='seconds')}\n\n"
    )
    return redacted(head + "\n".join(lines))
