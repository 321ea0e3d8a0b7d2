"""The room at the right: its head has all verbs and a close; its width is that of the look for the window's size."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.window import Window
from tests.gui.clipping import clipped
from tests.gui.fakes import FakeLink, history
from tests.gui.scene import CHOSEN, SPARK, main_scene, server, session, task


def button(window: Window, words: str) -> QToolButton:
    head = window.shell.detail_room.titleBarWidget()
    return next(found for found in head.findChildren(QToolButton) if found.accessibleName() == words)


def test_it_is_closed_by_its_head_and_comes_back_when_a_thing_is_opened(window: Window, link: FakeLink) -> None:
    link.things(main_scene(2))
    window.desk.select(CHOSEN)
    button(window, "Close the panel at the right").click()
    assert not window.shell.detail_room.isVisible()
    window.tree.opened.emit(CHOSEN)
    assert window.shell.detail_room.isVisible()


def test_its_head_has_all_verbs_of_the_thing(window: Window, link: FakeLink) -> None:
    link.things(main_scene(2))
    window.desk.select(CHOSEN)
    button(window, "All verbs of this thing").click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert "task.again" in [row.data() for row in menu.actions()]
    menu.close()


@pytest.mark.parametrize("name", ["from pyspark.sql import functions as f and much more", "x" * 300])
def test_a_long_name_is_shortened_and_nothing_is_cut_at_the_right(window: Window, link: FakeLink, name: str) -> None:
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 90),
                 task("lal", 3, 7, name, "done", 31, spark=SPARK)])  # fmt: skip
    window.desk.select(CHOSEN)
    window.shell.resize(1280, 800)
    QApplication.processEvents()
    detail = window.detail
    assert clipped(detail) == []
    assert detail.title.text().endswith("…")
    assert detail.title.words == detail.title.accessibleName() == name
    assert name[:40] in detail.title.toolTip()


@pytest.mark.parametrize(("size", "widths"), [((1280, 800), (280, 340)), ((1920, 1080), (360, 520))])
def test_rooms_are_as_wide_as_the_look_says(
    qtbot: QtBot, dress: Dress, desk: Desk, link: FakeLink, size: tuple[int, int], widths: tuple[int, int]
) -> None:
    shell = Shell(dress)
    qtbot.addWidget(shell)
    shell.resize(*size)
    Window(shell, desk, history())
    with qtbot.waitExposed(shell):
        shell.show()
    link.things(main_scene(2))
    desk.select(CHOSEN)
    qtbot.waitUntil(lambda: (shell.tree_room.width(), shell.detail_room.width()) == widths, timeout=4000)
    assert (shell.width(), shell.height()) == size
