"""Words of a server are only ever words: no HTML, no control characters, never without an end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui import safe

EVIL = '<img src="file:///etc/hostname"><b>bold</b> & \x1b[31mred\x1b[0m \u202eabc\x00'


@pytest.fixture(autouse=True)
def _app(qapp: QApplication) -> None:
    """Labels need an application."""


def test_a_label_shows_tags_as_they_are(qtbot: QtBot) -> None:
    made = safe.label(EVIL)
    qtbot.addWidget(made)
    assert made.textFormat() == Qt.TextFormat.PlainText
    assert "<img" in made.text()
    assert not made.openExternalLinks()
    assert not {"\x1b", "\x00", "\u202e"} & set(made.text())


def test_a_tooltip_is_escaped() -> None:
    made = safe.tooltip(EVIL)
    assert made.startswith("<qt>")
    assert "<img" not in made
    assert "&lt;img" in made
    assert safe.tooltip("") == ""


def test_a_box_asks_in_plain_text_and_esc_is_the_default(qtbot: QtBot) -> None:
    made = safe.box(None, "title", EVIL, ("yes", "no"), "no")
    qtbot.addWidget(made)
    assert made.textFormat() == Qt.TextFormat.PlainText
    assert [b.property("choice") for b in made.buttons()] == ["yes", "no"]
    assert made.escapeButton().property("choice") == "no"


def test_an_ampersand_is_no_shortcut() -> None:
    assert safe.button_words("R&D…") == "R&&D…"


def test_words_have_an_end_and_no_half_characters() -> None:
    assert len(safe.plain("x" * 10_000)) == safe.LABEL_CHARS
    assert safe.plain("a\ud800b") == "a?b"


@pytest.mark.parametrize("opens", [True, False])
def test_a_folder_is_shown_or_named(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, opens: bool) -> None:
    asked: list[QUrl] = []

    def ask(url: QUrl) -> bool:
        asked.append(url)
        return opens

    monkeypatch.setattr(QDesktopServices, "openUrl", ask)
    window = QWidget()
    qtbot.addWidget(window)
    folder = tmp_path / "a #1 folder"
    safe.open_folder(window, folder)
    assert [Path(url.toLocalFile()) for url in asked] == [folder]
    named = [view.toPlainText() for view in window.findChildren(QPlainTextEdit)]
    assert named == ([] if opens else [str(folder)])


def test_a_page_cuts_long_lines_and_says_so() -> None:
    shown, said = safe.page("short\n" + "y" * 5000)
    assert shown.splitlines()[0] == "short"
    assert "(1000 more characters)" in shown
    assert said == "1 long line cut"


def test_twenty_megabytes_do_not_freeze_the_window(qtbot: QtBot) -> None:
    view = safe.text_view()
    qtbot.addWidget(view)
    began = time.process_time()
    shown, said = safe.page("z" * 20_000_000)
    view.setPlainText(shown)
    assert time.process_time() - began < 1.0
    assert "of 20" in said
    assert len(view.toPlainText()) < 5000
