"""Parts: what of the window others may reach, so that its furnishing and its acts need not know the window itself."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QPushButton, QWidget

from .canvas import Canvas
from .desk import Desk
from .menus import Menus
from .palette import Palette
from .panels.compare import ComparePanel
from .panels.console import Console
from .panels.detail import Detail
from .panels.journal import JournalPanel
from .panels.log import LogPanel
from .panels.start import Start, Steps
from .prompt.panel import PythonPanel
from .shell import Shell
from .tools import Tools
from .tree_model import TreeModel
from .tree_view import TreeView
from .undo import Undo
from .verbs import Verbs
from .view_acts import ViewAct


class Past(Protocol):
    """What takes the window to another moment."""

    def toggle(self) -> None:
        """Look at the past, or back to now."""


class Parts(Protocol):
    """The window, seen by those who fill it."""

    shell: Shell
    desk: Desk
    tree: TreeView
    canvas: Canvas
    start: Start
    steps: Steps
    detail: Detail
    console: Console
    python: PythonPanel
    journal: JournalPanel
    log: LogPanel
    compare: ComparePanel
    no_servers: QWidget
    model: TreeModel
    no_match: QPushButton
    tools: Tools
    undo: Undo
    verbs: Verbs
    menus: Menus
    palette: Palette
    acts: tuple[ViewAct, ...]

    @property
    def past(self) -> Past:
        """Where the window looks at another moment."""

    def arrange(self) -> None:
        """Lay the graph out anew."""
