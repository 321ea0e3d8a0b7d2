"""A real island for a module, and a real window on the same home for a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.style import Dress
from tests.e2e.live import Live
from tests.island_fixture import RunningIsland, start_island, stop_island

QUIET = ("--no-spare", "--no-archive")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is here and starts real Spark is a story; told in an X window, it is told there only."""
    for item in items:
        here = item.path.parent == Path(__file__).parent
        if here and item.get_closest_marker("island") and not item.get_closest_marker("xvfb"):
            item.add_marker(pytest.mark.story)


@pytest.fixture(scope="session")
def dress(qapp: QApplication) -> Dress:
    return Dress(qapp, "dark")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home of the user whom the tests of a module play: workspace, history and island stay from test to test."""
    return tmp_path_factory.mktemp("user") / "my home"


@pytest.fixture(scope="module")
def island(home: Path) -> Iterator[RunningIsland]:
    """An island of that user that runs already: no spare, no archive, so few processes as can be."""
    place = home / "state"
    place.mkdir(parents=True)
    running = start_island(place, *QUIET)
    yield running
    stop_island(running, place)


@pytest.fixture
def open_window(
    qtbot: QtBot, dress: Dress, home: Path, tmp_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Live]]:
    """Opens a window of that user; all are closed at the end, in time."""
    monkeypatch.setenv("ASTROLABNET_HOME", str(home))
    opened: list[Live] = []

    def make() -> Live:
        opened.append(Live(dress))
        return opened[-1]

    yield make
    assert all([live.close() for live in opened])


@pytest.fixture
def live(open_window: Callable[[], Live], island: RunningIsland) -> Live:
    """A window that has found the island."""
    made = open_window()
    if not made.desk.store.servers():
        made.robot.click(made.window.start.island)
    made.island()
    return made
