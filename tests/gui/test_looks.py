"""How the window looks and stands: text of 200 %, high contrast, still, docks per screen, 800x500, missing fonts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QFontDatabase, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QPushButton, QTreeView
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.shell import NARROW, Shell
from astrolabnet_gui.gui.style import Dress, sheet, ui_font
from astrolabnet_gui.gui.theme import theme
from astrolabnet_gui.gui.tree_words import NAME, STATE
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from tests.gui import clipping
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
    settle(lambda: window.tree.columnWidth(1) >= QFontMetrics(font).horizontalAdvance("no answer"))


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
    assert clipping.clipped(window.shell) == []


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


def test_docks_follow_the_size_of_the_window_until_a_person_draws_them(
    window: Window, link: FakeLink, settle: Settle
) -> None:
    link.things(main_scene(5))
    window.desk.select(CHOSEN)
    shell = window.shell
    settle(lambda: shell.tree_room.width() == 344)
    shell.resize(1280, 800)
    settle(lambda: (shell.tree_room.width(), shell.detail_room.width()) == (280, 340))
    verbs = [b for b in window.detail.findChildren(QPushButton) if b.isVisible() and b.property("words")]
    assert verbs
    assert all(b.width() >= b.sizeHint().width() for b in verbs), "no word of a verb is cut"
    assert all(b.accessibleName() and b.toolTip() for b in verbs if not b.text())
    shell.resize(1920, 1080)
    settle(lambda: (shell.tree_room.width(), shell.detail_room.width()) == (360, 520))
    assert all(b.text() for b in verbs)
    shell.resizeDocks([shell.tree_room], [420], Qt.Orientation.Horizontal)
    settle(lambda: shell.tree_room.width() == 420)
    shell.resize(1600, 1000)
    QApplication.processEvents()
    assert shell.tree_room.width() == 420


def test_the_chosen_row_has_its_bar_and_every_row_its_inset(window: Window, link: FakeLink) -> None:
    link.things(main_scene(5))
    window.desk.select(CHOSEN)
    tree, now = window.tree, window.shell.dress.now
    rect = tree.visualRect(tree.currentIndex())
    seen = tree.viewport().grab().toImage()
    middle = rect.center().y()
    assert [seen.pixelColor(x, middle).name().upper() for x in (0, 1, 3)] == [now.accent, now.accent, now.selected]
    servers = window.model.index(0, 0)
    first = tree.visualRect(servers)
    lines = range(first.top(), first.bottom())
    inked = [x for x in range(60) if any(seen.pixelColor(x, y).name().upper() != now.surface for y in lines)]
    assert 11 <= inked[0] <= 14, "the chevron stands where the look has its inset"
    # A press on any part of the chevron folds.
    for x in (first.left() - 3, first.left() + 5):
        open_before = tree.isExpanded(servers)
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, first.center().y()))
        assert tree.isExpanded(servers) is not open_before


def test_another_theme_lays_the_tree_out_no_more_than_twice(
    window: Window, link: FakeLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    link.things(main_scene(5))
    done: list[bool] = []
    real = QTreeView.doItemsLayout

    def counted(view: QTreeView) -> None:
        done.append(view is window.tree)
        real(view)

    monkeypatch.setattr(QTreeView, "doItemsLayout", counted)
    window.shell.dress.choose("light")
    QApplication.processEvents()
    assert 1 <= sum(done) <= 2


def test_the_start_screen_leads_to_a_set_up(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def chosen(*_: object) -> tuple[str, str]:
        asked.append("file")
        return "", ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", chosen)
    assert window.start.set_up.isVisible()
    window.start.set_up.click()
    assert asked == ["file"]


def test_a_change_of_theme_tells_each_widget_once_or_twice(window: Window, link: FakeLink) -> None:
    """Qt gives another sheet to a widget once for each one it stands in: ten times, for half a second."""

    class Ear(QObject):
        told = 0

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            self.told += event.type() == QEvent.Type.StyleChange
            return False

    link.things(main_scene(2))
    ear, app = Ear(), QApplication.instance()
    assert isinstance(app, QApplication)
    app.installEventFilter(ear)
    window.shell.dress.choose("light")
    app.removeEventFilter(ear)
    there = len(app.allWidgets())
    assert there // 2 < ear.told < 3 * there
    picture = window.shell.grab().toImage()
    assert picture.pixelColor(4, picture.height() - 4) == QColor(theme("light").window)
    window.shell.dress.choose("dark")


def test_a_panel_nobody_looked_at_is_not_made(window: Window, link: FakeLink) -> None:
    link.things(main_scene(2))
    made = {type(window.shell.detail.widget(n)).__name__ for n in range(window.shell.detail.count())}
    assert made == {"Steps", "Detail"}
    assert window.own.dataset is window.own.dataset
    assert window.shell.detail.count() == 3


def test_with_large_text_the_names_of_the_tree_have_the_most_room(
    window: Window, link: FakeLink, settle: Settle
) -> None:
    link.things(main_scene(5))
    settle(lambda: window.shell.tree_room.width() == 344)
    window.shell.dress.wish({"text": 200})
    settle(lambda: window.shell.tree_room.width() == round(344 * 1.4))
    head = window.tree.header()
    assert head.sectionSize(NAME) > 1.5 * head.sectionSize(STATE)
    assert head.sectionSize(STATE) > QFontMetrics(QApplication.font()).horizontalAdvance("queued")
    window.canvas.fly_to(Key(UUIDS["lal"]))
    settle(lambda: window.canvas.view.zoom == 1.0)
    assert window.canvas.view.grain == 2.0
    window.shell.dress.wish({"text": 100})
    settle(lambda: window.shell.tree_room.width() == 344)
