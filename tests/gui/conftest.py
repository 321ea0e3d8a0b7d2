"""A furnished window over a fake engine, and the one dress of the application."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyqtgraph  # here: the window fetches it beside, and a test would have to wait
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui import command
from astrolabnet_gui.actions.library import Library
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.window import Window
from tests.gui.fakes import FakeLink, history

assert command.__all__
assert pyqtgraph.__version__


@pytest.fixture(scope="session")
def dress(qapp: QApplication) -> Dress:
    return Dress(qapp, "dark")


@pytest.fixture
def link() -> FakeLink:
    return FakeLink()


@pytest.fixture
def desk(qapp: QApplication, link: FakeLink) -> Desk:
    made = Desk(Library.with_shipped().actions())
    made.connect_to(link)
    link.subscribe(made.receive)
    return made


@pytest.fixture
def shell(qtbot: QtBot) -> QWidget:
    """What a part of the window hangs on that needs no more of it."""
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def window(qtbot: QtBot, dress: Dress, desk: Desk) -> Iterator[Window]:
    """A window as it is after the first paint, with no server yet."""
    dress.choose("dark")
    shell = Shell(dress)
    shell.resize(1600, 1000)
    made = Window(shell, desk, history())
    with qtbot.waitExposed(shell):
        shell.show()
    yield made
    shell.close()
    shell.deleteLater()


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[Callable[[], bool]], None]:
    """Wait until something is so."""
    return lambda test: qtbot.waitUntil(test, timeout=4000)
