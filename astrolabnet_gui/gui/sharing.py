"""Sharing: the set-up as a file: chosen by a dialog, or dropped on the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog

from ..settings.setup import SUFFIX
from .desk import Desk
from .shell import Shell

_KINDS = f"Set-up (*{SUFFIX});;All files (*)"


def open_set_up(shell: Shell, desk: Desk) -> None:
    """Take in what somebody shared; what is in it is shown before."""
    chosen, _ = QFileDialog.getOpenFileName(shell, "Open set-up", "", _KINDS)
    if chosen:
        desk.submit("workspace.open", None, {"file": chosen})


def share_set_up(shell: Shell, desk: Desk) -> None:
    """Write servers and actions into one file."""
    chosen, _ = QFileDialog.getSaveFileName(shell, "Share set-up", f"set-up{SUFFIX}", _KINDS)
    if chosen:
        desk.submit("workspace.share", None, {"file": chosen})


def merge_folder(shell: Shell, desk: Desk) -> None:
    """Keep this workspace and a shared folder alike."""
    chosen = QFileDialog.getExistingDirectory(shell, "Merge with folder")
    if chosen:
        desk.submit("workspace.merge", None, {"folder": chosen})


def open_folder(shell: Shell, desk: Desk) -> None:
    """Work in the workspace of another folder; what is in it is shown before."""
    chosen = QFileDialog.getExistingDirectory(shell, "Open workspace folder")
    if chosen:
        desk.submit("workspace.use", None, {"folder": chosen})


class Drops(QObject):
    """A set-up dropped anywhere on the window is opened; other files are left to the part they are over.

    Heard before any part of the window: a text field would write down the file's name.
    """

    def __init__(self, shell: Shell, desk: Desk) -> None:
        super().__init__(shell)
        self._desk, self._shell = desk, shell
        shell.setAcceptDrops(True)
        shell.installEventFilter(self)
        self._listen()

    def _listen(self) -> None:
        if (handle := self._shell.windowHandle()) is not None:
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's own question. A drag that enters or moves is a drop event too, by its class."""
        if event.type() == QEvent.Type.Show and watched is self._shell:
            self._listen()
        if watched is self._shell or not isinstance(event, QDropEvent) or not (files := dropped(event)):
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            for file in files:
                self._desk.submit("workspace.open", None, {"file": str(file)})
        return True


def dropped(event: QDropEvent) -> list[Path]:
    """Set-ups among what is dragged."""
    local = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [file for file in local if file.suffix == SUFFIX]
