"""Sharing: the set-up as a file: chosen by a dialog, or dropped on the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog

from ..settings.setup import SUFFIX

if TYPE_CHECKING:
    from .window import Window

_KINDS = f"Set-up (*{SUFFIX});;All files (*)"


def open_set_up(window: Window) -> None:
    """Take in what somebody shared; what is in it is shown before."""
    chosen, _ = QFileDialog.getOpenFileName(window.shell, "Open set-up", "", _KINDS)
    if chosen:
        window.desk.submit("workspace.open", None, {"file": chosen})


def share_set_up(window: Window) -> None:
    """Write servers and actions into one file."""
    chosen, _ = QFileDialog.getSaveFileName(window.shell, "Share set-up", f"set-up{SUFFIX}", _KINDS)
    if chosen:
        window.desk.submit("workspace.share", None, {"file": chosen})


def merge_folder(window: Window) -> None:
    """Keep this workspace and a shared folder alike."""
    chosen = QFileDialog.getExistingDirectory(window.shell, "Merge with folder")
    if chosen:
        window.desk.submit("workspace.merge", None, {"folder": chosen})


class Drops(QObject):
    """A set-up dropped anywhere on the window is opened; other files are not taken."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._desk = window.desk
        window.shell.setAcceptDrops(True)
        window.shell.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Qt's own question."""
        if isinstance(event, QDragEnterEvent):
            if dropped(event):
                event.acceptProposedAction()
                return True
        elif isinstance(event, QDropEvent):
            files = dropped(event)
            for file in files:
                self._desk.submit("workspace.open", None, {"file": str(file)})
            return bool(files)
        return False


def dropped(event: QDropEvent) -> list[Path]:
    """Set-ups among what is dragged."""
    local = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [file for file in local if file.suffix == SUFFIX]
