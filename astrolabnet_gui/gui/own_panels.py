"""OwnPanels: what tables, sources, datasets and groups of tasks are shown in.

Made when they are first looked at: who never looks at data pays nothing for it at the start or at a change of theme.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from .desk import Desk
from .menus import Menus
from .panels.data import DataPanel
from .panels.dataset import DatasetPanel
from .panels.group import GroupPanel
from .panels.source import SourcePanel
from .shell import Shell

P = TypeVar("P", bound=QWidget)


class OwnPanels:
    """The panels of kinds that have one of their own."""

    def __init__(self, shell: Shell, desk: Desk, menus: Menus) -> None:
        self._shell, self._desk, self._menus = shell, desk, menus

    @cached_property
    def group(self) -> GroupPanel:
        """What several servers did at once."""
        made = GroupPanel(self._desk, self._shell.dress)
        made.thing_wanted.connect(self._desk.select)
        return self._placed(made)

    @cached_property
    def data(self) -> DataPanel:
        """One table."""
        return self._placed(DataPanel(self._desk, self._shell.dress))

    @cached_property
    def source(self) -> SourcePanel:
        """One source."""
        return self._placed(SourcePanel(self._desk, self._menus, self._shell.dress))

    @cached_property
    def dataset(self) -> DatasetPanel:
        """One dataset."""
        return self._placed(DatasetPanel(self._desk, self._shell.dress))

    def of(self, kind: str) -> DataPanel | SourcePanel | DatasetPanel | None:
        """Panel for a kind of things; None if they have none of their own."""
        match kind:
            case "tables":
                return self.data
            case "sources":
                return self.source
            case "datasets":
                return self.dataset
        return None

    def _placed(self, made: P) -> P:
        self._shell.detail.addWidget(made)
        return made
