"""Dropping: a script or JAR let fall on a server becomes the form of a batch, a table the form that loads it; an
exported action is taken in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from ..command.manifest import main_class
from ..command.needs import HERE
from ..command.registry import COMMANDS, Command
from ..errors import BadInput
from ..model.key import Key

PROGRAMS, ACTION = (".py", ".r", ".jar"), ".toml"
TABLES = (".fits", ".fit", ".vot", ".votable", ".csv", ".tsv", ".ecsv", ".parquet")
Ask = Callable[[Command, Key | None, Mapping[str, Any]], object]


class Dropping(QObject):
    """Hears what is dragged over a panel of things.

    Args:
        on: where things are dropped.
        thing_at: the thing at a point of it, None where there is none.
        ask: shows the form of a verb.
        parent: made in Python; Qt's own viewport would let this object go.
    """

    def __init__(self, on: QWidget, thing_at: Callable[[QPoint], Key | None], ask: Ask, parent: QObject) -> None:
        super().__init__(parent)
        self._thing_at, self._ask = thing_at, ask
        on.setAcceptDrops(True)
        on.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Files of this computer only; everything else goes its usual way."""
        if not isinstance(event, QDropEvent) or event.type() not in (
            QEvent.Type.DragEnter,
            QEvent.Type.DragMove,
            QEvent.Type.Drop,
        ):
            return False
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if not files:
            return False
        wanted = form_of(files[0], self._thing_at(event.position().toPoint()))
        entering = event.type() == QEvent.Type.DragEnter and files[0].suffix.lower() in (*PROGRAMS, *TABLES, ACTION)
        event.setAccepted(entering or wanted is not None)
        if isinstance(event, QDragMoveEvent) or wanted is None:
            return True
        event.acceptProposedAction()
        self._ask(*wanted)
        return True


def form_of(file: Path, thing: Key | None) -> tuple[Command, Key | None, dict[str, Any]] | None:
    """Verb, thing and values of the form for a file that was let fall there; None if it does not fit."""
    kind = file.suffix.lower()
    if kind == ACTION:
        return COMMANDS["action.load"], None, {"file": str(file)}
    if thing is not None and (kind in TABLES or file.name.lower().endswith(".fits.gz")):
        on = thing if thing.kind == "namespaces" else thing.parent if thing.kind == "tables" else thing.root
        return COMMANDS["table.load"], on, {"file": str(file)}
    if kind not in PROGRAMS or thing is None:
        return None
    given = {"file": f"{HERE}{file}"}
    if kind == ".jar":
        try:
            given["class_name"] = main_class(file)
        except BadInput:
            # The form says it at sending, beside the field.
            given["class_name"] = ""
    return COMMANDS["batch.new"], thing.root, given
