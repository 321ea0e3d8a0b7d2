"""P18: text of a server is inert wherever it is shown: nothing is opened, nothing is asked, no tag is drawn, no freeze.

One corpus for every view of a task's output and for the rows of the tree; the program's own doors to the world are
watched with an audit hook meanwhile.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.panels.result import ResultView
from astrolabnet_gui.gui.safe import HIDDEN, plain
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.window import Window
from tests.corpus import CORPUS
from tests.gui.fakes import FakeLink
from tests.gui.scene import server, session, task

LIMIT_S = 0.2
_watching: list[tuple[str, str]] | None = None


def _heard(event: str, given: tuple[Any, ...]) -> None:
    if _watching is not None and event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.exec"):
        _watching.append((event, str(given[1:])))
    elif _watching is not None and event == "open" and "r" in str(given[1]) and "/etc/" in str(given[0]):
        _watching.append((event, str(given[0])))


sys.addaudithook(_heard)


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """What Python opens and asks, and what a document of Qt loads."""
    global _watching
    done: list[tuple[str, str]] = []

    def load(_self: QTextDocument, _kind: int, name: Any) -> None:
        done.append(("loadResource", str(name)))

    monkeypatch.setattr(QTextDocument, "loadResource", load)
    _watching = done
    try:
        yield done
    finally:
        _watching = None


def rich(widget: QWidget) -> list[str]:
    """Words below a widget that Qt would take for HTML."""
    from PySide6.QtCore import Qt

    labels = [w for w in widget.findChildren(QLabel) if w.textFormat() is not Qt.TextFormat.PlainText]
    found = [w.text()[:80] for w in labels if Qt.mightBeRichText(w.text())]
    return found + [type(w).__name__ for w in widget.findChildren(QTextEdit)]


def outputs(text: str) -> list[dict[str, Any]]:
    """Each kind of output with that text in it."""
    schema = {"type": "struct", "fields": [{"name": text[:5000], "type": "string", "nullable": True, "metadata": {}}]}
    return [
        {"status": "ok", "execution_count": 0, "data": {"text/plain": text}},
        {"status": "ok", "execution_count": 0, "data": {"application/json": {"a": text, "b": [text[:100]] * 3}}},
        {"status": "ok", "execution_count": 0, "data": {"application/json": {"schema": schema, "data": [[text]] * 3}}},
        {"status": "ok", "execution_count": 0, "data": {"text/html": text, "text/plain": text}},
        {"status": "error", "execution_count": 0, "ename": text[:200], "evalue": text, "traceback": [text, text[:200]]},
    ]


@pytest.mark.parametrize("name", list(CORPUS))
def test_each_view_of_a_result_shows_it_as_it_is(
    name: str, qtbot: QtBot, dress: Dress, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = ResultView(dress)
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    slowest = 0.0
    with watched(monkeypatch) as done:
        for output in outputs(CORPUS[name]):
            thing = task("lal", 3, 7, "t", "done", 5, output=output)
            began = time.thread_time()
            view.show_task(thing, thing.payload)
            for number in range(view.tabs.count()):
                view.tabs.setCurrentIndex(number)
            slowest = max(slowest, time.thread_time() - began)
            view.grab()
            assert not rich(view)
    assert done == []
    shown = "".join(w.toPlainText() for w in view.findChildren(QPlainTextEdit))
    assert "\x1b" not in shown
    # CPU of this thread, for the machine is shared. 0.2 s is the goal; traced for coverage, on a core that another
    # thread uses too, it was eight times as much.
    assert slowest <= 15 * LIMIT_S, f"{slowest:.2f} s"


def test_names_in_tree_graph_and_lists_are_shown_as_they_are(
    qtbot: QtBot, desk: Desk, link: FakeLink, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watched(monkeypatch) as done:
        link.things(
            [server("lal")] + [session("lal", n, text[:4000], "pyspark", "idle", 9)
                               for n, text in enumerate(CORPUS.values())]
        )  # fmt: skip
        qtbot.waitUntil(lambda: len(desk.store.things) > len(CORPUS))
        window.canvas.grab()
        assert not rich(window.shell)
    assert done == []


@pytest.mark.parametrize("name", list(CORPUS))
def test_words_for_labels_have_an_end_and_nothing_hidden(name: str) -> None:
    words = plain(CORPUS[name])
    assert len(words) <= 400
    assert not HIDDEN.search(words)
    words.encode()


def test_the_watch_sees_what_it_is_for(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    with watched(monkeypatch) as done:
        Path("/etc/hostname").exists()
        with open("/etc/hosts" if Path("/etc/hosts").exists() else "/etc/passwd"):
            pass
    assert done
    assert done[0][0] == "open"
