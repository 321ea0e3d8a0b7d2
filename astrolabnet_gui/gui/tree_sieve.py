"""Tree sieve: rows under another filter made bit by bit, so that a tree of 100 000 rows never stops the window."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject

from ..network.delta import Delta
from .slices import Slices

FEW = 3000
"""Things that are looked through at once."""


class TreeSieve(Slices):
    """The making of new rows, and the taking apart of old ones.

    Attributes:
        missed: what changed meanwhile; the new rows have yet to follow it.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.missed: list[Delta] = []

    def begin(self, steps: Iterator[object]) -> None:
        """Make these."""
        self.missed.clear()
        super().begin(steps)
