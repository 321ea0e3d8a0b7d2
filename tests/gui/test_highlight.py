"""Code in colours: every language, and a large page without a freeze."""

from __future__ import annotations

import time

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.editor.view import EditView
from astrolabnet_gui.gui.highlight import LINES_A_TURN, Highlighter
from astrolabnet_gui.gui.style import Dress


@pytest.fixture
def view(qtbot: QtBot, dress: Dress) -> EditView:
    made = EditView("pyspark", dress)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("kind", ["pyspark", "spark", "sql", "sparkr"])
def test_every_language_has_colours(view: EditView, kind: str) -> None:
    code = {
        "pyspark": 'def f():\n    """many\n    lines"""\n    return 1  # end',
        "spark": 'object A { /* many\nlines */ val s = "x"; def f = 1 } // end',
        "sql": "select 'x', 1 from t -- end\n/* many\nlines */ where a is null",
        "sparkr": 'f <- function(x) { "text"; TRUE } # end',
    }[kind]
    view.speak(kind)
    view.setPlainText(code)
    inks = set()
    block = view.document().begin()
    while block.isValid():
        inks |= {span.format.foreground().color().name() for span in block.layout().formats()}
        block = block.next()
    assert len(inks) >= 3
    if kind in ("pyspark", "sql"):
        middle = view.document().findBlockByNumber(1 if kind == "sql" else 2)
        assert middle.layout().formats()


def test_five_thousand_lines_are_read_in_turns(view: EditView, qtbot: QtBot) -> None:
    code = "\n".join(f'value_{n} = compute("{n}", {n}) + other.thing({n})  # line {n}' for n in range(5000))
    began = time.process_time()
    view.setPlainText(code)
    first = time.process_time() - began
    document = view.document()
    assert not document.findBlockByNumber(4999).layout().formats()
    qtbot.waitUntil(lambda: bool(document.findBlockByNumber(4999).layout().formats()), timeout=20_000)
    began = time.process_time()
    view.go(0)
    QTest.keyClicks(view, '"""')
    typed = time.process_time() - began
    # The whole, in one go, costs some 0.5 s: a turn must be a small part of it.
    assert LINES_A_TURN <= 500
    assert first < 0.5
    assert typed < 0.5
    assert isinstance(view.highlighter, Highlighter)
