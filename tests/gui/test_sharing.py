"""A set-up is opened by menu or by a drop, shared and merged by menu; a form says how long a result is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Session
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.thing import Thing
from tests.gui.fakes import FakeLink

LAL = Thing(key=Key("u1"), label="lal", state="up", payload=Server(uuid="u1", alias="lal", url="http://lal"))
SESSION = Thing(
    key=Key("u1", "e", ("sessions", 3)), label="session 3", state="idle", mine=True,
    payload=Session(id=3, state="idle", kind="pyspark", idleTimeout="2h"),
)  # fmt: skip


def drop(window: Window, *names: str, over: QWidget | None = None) -> bool:
    """Drag files over the window and let them fall, as a desktop does it: on the window itself, which finds the part
    below. Whether it offered to take them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(name) if name.startswith("/") else QUrl(name) for name in names])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    handle, at = window.shell.windowHandle(), QPoint(5, 5)
    if over is not None:
        at = over.mapTo(window.shell, over.rect().center())
    given = (Qt.DropAction.CopyAction, data, buttons, keys)
    offers = [QDragEnterEvent(at, *given), *(QDragMoveEvent(at + QPoint(n, 0), *given) for n in range(3))]
    for event in offers:
        event.setAccepted(False)
        QApplication.sendEvent(handle, event)
    taken = {event.isAccepted() for event in offers}
    assert len(taken) == 1
    if taken == {True}:
        QApplication.sendEvent(handle, QDropEvent(QPointF(at), *given))
    else:
        QApplication.sendEvent(handle, QDragLeaveEvent())
    return taken == {True}


def test_a_set_up_dropped_on_the_window_is_opened_once_and_nothing_else_is(
    window: Window, link: FakeLink, qtbot: QtBot
) -> None:
    link.things([LAL, SESSION])
    shell, opened = window.shell, ("workspace.open", None, {"file": "/tmp/fink.astrolabnet"})
    page = QPlainTextEdit()
    shell.pages.addTab(page, "Editor")
    shell.pages.setCurrentWidget(page)
    qtbot.waitUntil(page.isVisible)
    for over in (None, window.tree.viewport(), shell.filter, page.viewport(), window.console.viewport(), shell.detail):
        before = link.submitted.count(opened)
        assert drop(window, "/tmp/fink.astrolabnet", over=over), over
        assert link.submitted.count(opened) == before + 1, over
    assert (page.toPlainText(), shell.filter.text()) == ("", "")
    shell.pages.setCurrentIndex(0)
    qtbot.waitUntil(window.canvas.isVisible)
    assert drop(window, "/tmp/fink.astrolabnet", over=window.canvas)
    count = len(link.submitted)
    assert not drop(window, "/etc/passwd", "http://evil.example/x.astrolabnet", "/tmp/x.py")
    assert len(link.submitted) == count


@pytest.mark.parametrize(
    ("row", "asks", "command", "field"),
    [("Open set-up…", "getOpenFileName", "workspace.open", "file"),
     ("Share set-up…", "getSaveFileName", "workspace.share", "file"),
     ("Open workspace folder…", "getExistingDirectory", "workspace.use", "folder"),
     ("Merge with folder…", "getExistingDirectory", "workspace.merge", "folder")],
)  # fmt: skip
def test_rows_of_the_file_menu(
    window: Window, link: FakeLink, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, row: str, asks: str, command: str,
    field: str,
) -> None:  # fmt: skip
    chosen = str(tmp_path / "x")
    monkeypatch.setattr(QFileDialog, asks, lambda *_: chosen if "Directory" in asks else (chosen, ""))
    (action,) = [a for a in window.shell.menus["File"].actions() if a.text().replace("&", "") == row]
    action.trigger()
    assert link.submitted[-1] == (command, None, {field: chosen})
    count = len(link.submitted)
    monkeypatch.setattr(QFileDialog, asks, lambda *_: "" if "Directory" in asks else ("", ""))
    action.trigger()
    assert len(link.submitted) == count


def test_a_form_says_how_long_and_sends_and_leaves(window: Window, link: FakeLink) -> None:
    link.things([LAL, SESSION])
    window.verbs.ask(COMMANDS["session.send"], SESSION.key, {"kind": "pyspark"})
    form = window.verbs.form
    assert form is not None
    words = " ".join(part.text() for part in form.findChildren(QLabel))
    assert "keeps its newest 100 results and ends after 2 h without work" in words
    form.controls["code"].widget.setPlainText("1+1")  # type: ignore[attr-defined]
    button = form.findChild(QPushButton, "send_and_leave")
    assert button is not None
    button.click()
    command, key, params = link.submitted[-1]
    assert (command, key) == ("session.send", SESSION.key)
    assert (params["keep"], params["code"]) == (True, "1+1")
