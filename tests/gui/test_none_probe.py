"""PySide6 must not lose references of None: 6.12.0 on Python 3.11 does, and Python aborts after a while."""

from __future__ import annotations

import gc
import sys
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Signal

CALLS = 200
SLACK = 20  # other code may take or drop a few


class Rows(QAbstractListModel):
    """Answers None to every question."""

    def rowCount(self, parent: Any = None) -> int:
        return 3

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> None:
        return None


class Bell(QObject):
    """Rings."""

    rung = Signal(object)


def lost(act: Any) -> int:
    """References of None that ``CALLS`` acts cost."""
    act()
    gc.collect()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        act()
    return before - sys.getrefcount(None)


def test_none_from_data_keeps_its_references(qapp: Any) -> None:
    rows = Rows()
    index = rows.index(0, 0)
    # through C++, for only there the reference is lost
    assert lost(lambda: rows.itemData(index)) < SLACK


def test_none_from_signals_keeps_its_references(qapp: Any) -> None:
    bell = Bell()
    bell.rung.connect(print)
    bell.rung.disconnect(print)
    assert lost(lambda: bell.rung.emit(None)) < SLACK
