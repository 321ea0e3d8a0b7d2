"""Grown: columns and rows of a table that grow with its text, also where a person has set their widths."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QTableView

from .style import Dress
from .theme import Theme


class Grown(QObject):
    """Follows the size of text for one view, and lives as long as it."""

    def __init__(self, view: QTableView, dress: Dress) -> None:
        super().__init__(view)
        self._view, self._scale = view, dress.now.text_scale
        view.verticalHeader().setDefaultSectionSize(dress.now.space["row"])
        dress.changed.connect(self._follow)

    def _follow(self, now: Theme) -> None:
        if now.text_scale == self._scale:
            return
        factor, self._scale = now.text_scale / self._scale, now.text_scale
        self._view.verticalHeader().setDefaultSectionSize(now.space["row"])
        head = self._view.horizontalHeader()
        for n in range(head.count()):
            head.resizeSection(n, round(head.sectionSize(n) * factor))
