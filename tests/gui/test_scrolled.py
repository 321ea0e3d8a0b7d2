"""A panel that scrolls: up and down only, so it is never narrower than what is in it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.panels.four import scrolled


def test_nothing_is_cut_at_the_right(qtbot: QtBot) -> None:
    body, part = QWidget(), QWidget()
    QVBoxLayout(body).addWidget(part)
    part.setMinimumWidth(300)
    around = QWidget()
    qtbot.addWidget(around)
    room = QVBoxLayout(around)
    room.addWidget(scrolled(body))
    around.resize(100, 100)
    around.show()
    qtbot.waitUntil(lambda: around.width() >= 300)
    part.setMinimumSize(500, 900)
    qtbot.waitUntil(lambda: around.width() >= 500)
    assert around.height() < 900, "what is higher is scrolled to"
