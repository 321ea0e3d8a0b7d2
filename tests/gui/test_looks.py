"""How the window looks and stands: text of 200 %, high contrast, still, docks per screen, 800x500, missing fonts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.shell import NARROW, Shell
from astrolabnet_gui.gui.style import Dress, sheet, ui_font
from astrolabnet_gui.gui.theme import theme
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from tests.gui.fakes import FakeLink
from tests.gui.scene import CHOSEN, UUIDS, main_scene

Settle = Callable[[Callable[[], bool]], None]


@pytest.fixture(autouse=True)
def plain_again(dress: Dress) -> Iterator[None]:
    yield
    dress.wish({"theme": "dark", "contrast": "system", "motion": "system", "text": 100})


def clipped(window: Window) -> list[str]:
    """Words of buttons and short labels that do not fit where they stand."""
    out = []
    for made in window.shell.findChildren(QAbstractButton):
        if made.isVisible() and made.text() and made.height() < QFontMetrics(made.font()).height():
            out.append(f"button {made.text()}")
    for words in window.shell.findChildren(QLabel):
        if (
            words.isVisible()
            and words.text()
            and words.height() < QFontMetrics(words.font()).tightBoundingRect("x").height()
        ):
            out.append(f"label {words.text()}")
    return out


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_larger_text_makes_room_for_itself(window: Window, link: FakeLink, settle: Settle, percent: int) -> None:
    link.things(main_scene(5))
    window.desk.select(CHOSEN)
    before = window.tree.sizeHintForRow(0)
    window.shell.dress.wish({"text": percent})
    font = QApplication.font()
    assert font.pixelSize() == round(13 * percent / 100)
    assert window.tree.sizeHintForRow(0) >= QFontMetrics(font).height()
    assert window.tree.sizeHintForRow(0) >= before * (percent / 100) - 1
    assert window.shell.statusBar().height() >= QFontMetrics(font).height()
    settle(lambda: not clipped(window))
    assert window.tree.columnWidth(1) >= QFontMetrics(font).horizontalAdvance("no answer")


def test_high_contrast_and_stillness_by_wish(window: Window) -> None:
    dress = window.shell.dress
    dress.wish({"contrast": "high", "motion": "reduced"})
    assert dress.now.high_contrast
    assert dress.now.reduced_motion
    assert dress.now.motion["fly"] == 0
    assert dress.now.surface == "#000000"
    assert "border: 2px" in sheet(dress.now)
    dress.wish({"contrast": "usual", "motion": "usual"})
    assert not dress.now.high_contrast
    assert not dress.now.reduced_motion


def test_the_menu_keeps_what_it_changes(window: Window, link: FakeLink) -> None:
    rows = {act.name: act for act in window.acts}
    rows["view.light"].do()
    assert window.shell.dress.now.name == "light"
    assert link.submitted[-1] == ("preferences.set", None, {"theme": "light"})
    rows["view.larger"].do()
    assert link.submitted[-1][2] == {"text": 125}
    rows["file.settings"].do()
    assert window.verbs.form is not None
    assert window.verbs.form.controls["text"].value == "125"


def test_a_missing_font_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    there = ["DejaVu Sans"]
    monkeypatch.setattr(QFontDatabase, "hasFamily", lambda family: family in there)
    assert ui_font(theme()).family() == "DejaVu Sans"
    there.clear()
    lost = ui_font(theme())
    assert lost.family() == QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    assert lost.pixelSize() == 13


def test_in_a_narrow_window_the_detail_is_a_tab_beside_the_graph(
    window: Window, link: FakeLink, settle: Settle
) -> None:
    link.things(main_scene(5))
    window.desk.select(CHOSEN)
    shell = window.shell
    assert not shell.narrow
    shell.resize(NARROW - 1, 700)
    settle(lambda: shell.narrow)
    assert not shell.detail_room.isVisible()
    assert "Detail" in [shell.pages.tabText(n) for n in range(shell.pages.count())]
    shell.focus_or_hide(shell.detail_room)
    settle(window.detail.isVisible)
    shell.focus_or_hide(shell.detail_room)
    assert window.canvas.isVisible()
    window._opened(CHOSEN)
    assert window.detail.isVisible()
    shell.resize(1400, 900)
    settle(lambda: not shell.narrow)
    assert shell.detail_room.isVisible()
    assert window.detail.isVisible()


def test_800_by_500_shows_tree_graph_and_status(window: Window, link: FakeLink, settle: Settle) -> None:
    link.things(main_scene(5))
    window.shell.resize(800, 500)
    settle(lambda: window.shell.size() == QSize(800, 500))
    assert window.tree.isVisible()
    assert window.tree.viewport().width() > 150
    settle(lambda: window.canvas.width() > 300)
    assert window.canvas.height() > 120
    assert window.shell.statusBar().isVisible()
    assert window.tree.visible_keys() >= {Key(UUIDS["local"])}


def test_docks_are_remembered_for_each_size_of_screen(
    qtbot: QtBot, dress: Dress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "window.ini"

    def shell(screen: str) -> Shell:
        monkeypatch.setattr(Shell, "_place", lambda _: f"docks/{screen}")
        made = Shell(dress, memory)
        qtbot.addWidget(made)
        made.resize(1500, 900)
        made.show()
        return made

    desk = shell("3840x2160")
    desk.strip_room.hide()
    desk.close()
    laptop = shell("1280x800")
    assert laptop.strip_room.isVisible()
    monkeypatch.setattr(Shell, "_place", lambda _: "docks/3840x2160")
    laptop._other_screen()
    assert not laptop.strip_room.isVisible(), "the laptop is at its desk again"
    monkeypatch.setattr(Shell, "_place", lambda _: "docks/1280x800")
    laptop._other_screen()
    assert laptop.strip_room.isVisible(), "the big screen was taken away"
    laptop.close()
