"""A robot's hand: a menu that folds up under it is opened again, nothing is done twice; what is far is scrolled to."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.robot import Robot, Stuck


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


def test_what_is_scrolled_out_of_sight_is_brought_there_and_what_can_not_be_seen_is_not_clicked(qtbot: QtBot) -> None:
    area, inside, done = QScrollArea(), QWidget(), list[str]()
    qtbot.addWidget(area)
    column = QVBoxLayout(inside)
    buttons = [QPushButton(f"b{n}") for n in range(60)]
    for button in buttons:
        column.addWidget(button)
    buttons[-1].clicked.connect(lambda: done.append("last"))
    area.setWidget(inside)
    area.resize(200, 120)
    with qtbot.waitExposed(area):
        area.show()
    robot = Robot(area)
    robot.click(buttons[-1])
    assert done == ["last"]
    away = QPushButton("away", area)
    away.setGeometry(500, 0, 50, 20)
    away.show()
    with pytest.raises(Stuck, match="outside of the window"):
        robot.click(away)
