"""A screen is taken away: the window and its floating docks come back; what was remembered of it does no harm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.screens import back_on
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.style import Dress

Settle = Callable[[Callable[[], bool]], None]
LAPTOP, DESK = QRect(0, 0, 1280, 800), QRect(1280, 0, 2560, 1440)


@pytest.mark.parametrize(
    ("frame", "wanted"),
    [
        (QRect(100, 100, 800, 600), None),
        (QRect(-700, 100, 800, 600), None),
        (QRect(1200, 100, 800, 600), None),
        (QRect(2000, 300, 800, 600), QRect(480, 200, 800, 600)),
        (QRect(2000, 300, 3000, 1400), QRect(0, 0, 1280, 800)),
        (QRect(100, -500, 800, 600), QRect(100, 0, 800, 600)),
        (QRect(100, 790, 800, 600), QRect(100, 200, 800, 600)),
        (QRect(-5000, -5000, 300, 200), QRect(0, 0, 300, 200)),
    ],
)
def test_a_window_no_hand_can_reach_comes_back_whole(frame: QRect, wanted: QRect | None) -> None:
    assert back_on(frame, [LAPTOP]) == wanted
    assert back_on(frame, [LAPTOP, DESK]) is None or frame.top() < 0 or frame.left() < -1000 or frame.top() > 700
    assert back_on(frame, []) is None


def shown(dress: Dress, qtbot: QtBot, memory: Path | None = None) -> Shell:
    made = Shell(dress, memory)
    qtbot.addWidget(made)
    made.resize(700, 500)
    with qtbot.waitExposed(made):
        made.show()
    return made


def on_screen(frame: QRect) -> bool:
    return QGuiApplication.primaryScreen().availableGeometry().intersects(frame)


def test_a_screen_is_taken_away(qtbot: QtBot, dress: Dress, settle: Settle) -> None:
    shell = shown(dress, qtbot)
    shell.detail_room.setFloating(True)
    shell.detail_room.show()
    shell.tree_room.setFloating(True)
    shell.tree_room.show()
    for window, at in ((shell, (9000, 200)), (shell.detail_room, (9000, 300)), (shell.tree_room, (60, 60))):
        window.move(*at)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.screenRemoved.emit(app.primaryScreen())
    settle(lambda: on_screen(shell.frameGeometry()) and on_screen(shell.detail_room.frameGeometry()))
    assert shell.detail_room.isFloating()
    assert shell.tree_room.pos() == QPoint(60, 60), "what can be reached stays"
    assert shell.size() == QSize(700, 500)
    shell.close()


def test_floating_docks_and_the_window_are_remembered(qtbot: QtBot, dress: Dress, tmp_path: Path) -> None:
    memory = tmp_path / "window.ini"
    shell = shown(dress, qtbot, memory)
    shell.move(30, 40)
    shell.detail_room.setFloating(True)
    shell.detail_room.show()
    shell.detail_room.setGeometry(80, 90, 330, 260)
    shell.strip_room.hide()
    QApplication.processEvents()
    shell.close()
    again = shown(dress, qtbot, memory)
    assert again.detail_room.isFloating()
    assert again.detail_room.geometry() == QRect(80, 90, 330, 260)
    assert not again.strip_room.isVisible()
    assert again.size() == QSize(700, 500)
    assert again.pos() == QPoint(30, 40)
    again.close()


def test_what_stood_on_a_screen_that_is_gone_opens_on_one_that_is_there(
    qtbot: QtBot, dress: Dress, tmp_path: Path
) -> None:
    memory = tmp_path / "window.ini"
    shell = shown(dress, qtbot, memory)
    shell.detail_room.setFloating(True)
    shell.detail_room.show()
    shell.detail_room.move(9000, 300)
    shell.move(9000, 200)
    QApplication.processEvents()
    shell.close()
    again = shown(dress, qtbot, memory)
    assert on_screen(again.frameGeometry())
    assert again.detail_room.isFloating()
    assert on_screen(again.detail_room.frameGeometry())
    again.close()
