"""A menu that folds up under the robot's hand: it opens it once more, and nothing is done twice."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.robot import Robot


def _menu(qtbot: QtBot, done: list[str]) -> tuple[QWidget, QMenu]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 200)
    window.show()
    menu = QMenu("menu", window)
    menu.addAction("Other")
    menu.addAction("Send").triggered.connect(lambda: done.append("sent"))
    menu.popup(window.mapToGlobal(window.rect().center()))
    return window, menu


def test_a_row_is_clicked_once(qtbot: QtBot) -> None:
    done: list[str] = []
    window, menu = _menu(qtbot, done)
    robot = Robot(window)
    robot.choose(menu, "Send")
    assert (done, robot.clicks) == (["sent"], 1)


def test_a_click_that_is_lost_is_done_once_more_and_said(qtbot: QtBot) -> None:
    done: list[str] = []
    said: list[str] = []
    window, menu = _menu(qtbot, done)
    robot = Robot(window, say=said.append)
    click = robot.click

    def first_folds_up(widget: QWidget, *where: QPoint) -> None:
        robot.click = click  # type: ignore[method-assign]
        menu.close()
        robot.clicks += 1

    robot.click = first_folds_up  # type: ignore[method-assign,assignment]
    robot.choose(menu, "Send")
    assert done == ["sent"]
    assert any("once more" in line for line in said)
    assert robot.clicks == 1, "a person sees one"
