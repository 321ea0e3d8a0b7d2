"""PlugIns: the list of plug-ins as a window: what each brings, how it stands, a button to trust it or switch it off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QVBoxLayout, QWidget

from ..network.link import RunState
from .desk import Act, Desk
from .safe import label

STATES = {
    "on": "takes part", "off": "off: not trusted", "changed": "off: its files changed", "unfit": "can not take part",
}  # fmt: skip


def plugins_window(act: Act, desk: Desk, parent: QWidget) -> QDialog | None:
    """What a list that was just read here tells; None if the act is another one. Not yet shown."""
    if act.command != "plugin.list" or not act.here or act.state is not RunState.DONE or act.last is None:
        return None
    made = QDialog(parent)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    made.setWindowTitle("Plug-ins")
    column = QVBoxLayout(made)
    column.addWidget(label(act.last.text, name="strong"))
    told: Any = act.last.result
    rows = told["plugins"] if isinstance(told, Mapping) else []
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    for n, row in enumerate(rows):
        brings = "; ".join(f"{group}: {', '.join(names)}" for group, names in row["brings"].items())
        words = "\n".join((f"{row['name']} {row['version']}", row["summary"] or brings, brings, *row["problems"]))
        grid.addWidget(label(words, wrap=True), n, 0)
        grid.addWidget(label(STATES[row["state"]], name="small"), n, 1)
        if row["state"] != "unfit":
            grid.addWidget(_button(row, desk, made), n, 2)
    grid.setColumnStretch(0, 1)
    column.addLayout(grid)
    column.addWidget(label("Nothing of a plug-in is imported before you trust it.", name="small"))
    column.addStretch(1)
    made.resize(560, 240)
    return made


def _button(row: Mapping[str, Any], desk: Desk, made: QDialog) -> QPushButton:
    on = row["state"] == "on"
    button = QPushButton("Switch off" if on else "Trust…")

    def act() -> None:
        made.close()
        if on:
            desk.submit("plugin.distrust", None, {"name": row["name"]})
        else:
            desk.submit("plugin.trust", None, {"name": row["name"], "sha256": row["sha256"]})

    button.clicked.connect(act)
    return button
