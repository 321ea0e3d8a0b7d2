"""Copying: a thing as text for somewhere else: Python, a line of the shell, curl, its address."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton

from ..command.copied import cli_read, curl_read
from ..command.line import python_place
from ..model.key import Key
from ..model.server import Server
from .desk import Desk
from .icons import icon
from .safe import plain, set_tooltip, to_clipboard

FORMS = {"python": "Python", "cli": "CLI", "curl": "curl", "address": "Address"}
KEY = "Ctrl+Shift+C"
SHOWN = 400


def copied(desk: Desk, key: Key, form: str) -> str:
    """A thing in one form; "" if it has none."""
    alias = desk.alias(key)
    match form:
        case "python":
            return python_place(key, alias)
        case "cli":
            return cli_read(key, alias)
        case "curl":
            root = desk.thing(key.root)
            return curl_read(key, root.payload if root is not None and isinstance(root.payload, Server) else None)
    return key.address(alias)


def copy_button(code: str) -> QPushButton:
    """Copies the code of a task; greyed if there is none."""
    button = QPushButton(icon("copy"), "Copy code")
    set_tooltip(button, "Copy code")
    button.clicked.connect(lambda: to_clipboard(code))
    button.setEnabled(bool(code))
    return button


def copy_rows(menu: QMenu, key: Key, desk: Desk) -> None:
    """*Copy ▸*: each form with its text as tooltip; one that does not exist stays, greyed."""
    more = QMenu("Copy", menu)
    more.setIcon(icon("copy"))
    more.setToolTipsVisible(True)
    more.menuAction().setData("copy")
    menu.addMenu(more)
    for form, words in FORMS.items():
        text = copied(desk, key, form)
        row = more.addAction(words)
        row.setData(form)
        row.setEnabled(bool(text))
        set_tooltip(row, plain(text, SHOWN) or "Livy has no page of it: it is known here only.")
        if form == "python":
            row.setShortcut(QKeySequence(KEY))
            # The window answers to the key; the row only shows it.
            row.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        row.triggered.connect(lambda _=False, text=text: to_clipboard(text))
