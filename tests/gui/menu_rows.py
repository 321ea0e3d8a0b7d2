"""Rows of a menu with those of its submenus."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu


def every_row(menu: QMenu) -> Iterator[QAction]:
    """Rows that can be chosen and heads of submenus, from the top, without lines between them."""
    for row in menu.actions():
        if not row.isSeparator():
            yield row
            below = row.menu()
            if isinstance(below, QMenu):
                yield from every_row(below)


def every_menu(menu: QMenu) -> Iterator[QMenu]:
    """A menu and all below it."""
    yield menu
    for row in menu.actions():
        below = row.menu()
        if isinstance(below, QMenu):
            yield from every_menu(below)
