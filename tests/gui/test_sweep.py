"""The search for dead circles: young ones always, all of them only when nobody would notice; everything given back."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui import sweep as module
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.sweep import MIDDLE, NEVER, REST_S, YOUNG, Sweep


class Clock:
    """Stands in for the module ``time``."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture
def sweep(qtbot: QtBot, dress: Dress, clock: Clock) -> Iterator[Sweep]:
    shell = Shell(dress)
    qtbot.addWidget(shell)
    with qtbot.waitExposed(shell):
        shell.show()
    made = Sweep(shell)
    made.begin()
    made.settle()
    yield made
    made.end()


def age(searches: int) -> None:
    """As if so many searches of the middle ones had been since the last whole one."""
    gc.collect()
    for _ in range(searches):
        gc.collect(1)


def move(shell: Shell) -> None:
    handle = shell.windowHandle()
    at = QPointF(5, 5)
    none = Qt.MouseButton.NoButton
    QGuiApplication.sendEvent(
        handle, QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
    )


def test_no_whole_search_starts_by_itself_and_all_is_given_back(qtbot: QtBot, dress: Dress) -> None:
    before, frozen, patience = gc.get_threshold(), gc.get_freeze_count(), sys.getswitchinterval()
    shell = Shell(dress)
    qtbot.addWidget(shell)
    one = Sweep(shell)
    one.begin()
    assert gc.get_threshold() == (YOUNG, MIDDLE, NEVER)
    assert sys.getswitchinterval() == pytest.approx(module.GIVE_WAY_S)
    one.begin()
    one.settle()
    assert gc.get_freeze_count() > frozen
    one.end()
    assert (gc.get_threshold(), sys.getswitchinterval()) == (before, patience)
    assert gc.get_freeze_count() == 0


def test_all_is_searched_once_the_window_rests(sweep: Sweep, clock: Clock) -> None:
    age(module.WORTH_IT)
    clock.now += REST_S - 1
    sweep.look()
    assert sweep.done == 0
    clock.now += 2
    sweep.look()
    assert sweep.done == 1
    clock.now += 1000
    sweep.look()
    assert sweep.done == 1, "there is nothing to find"


def test_not_while_a_hand_is_at_the_window(sweep: Sweep, clock: Clock) -> None:
    shell = sweep.parent()
    assert isinstance(shell, Shell)
    age(module.WORTH_IT)
    clock.now += REST_S + 1
    move(shell)
    sweep.look()
    assert sweep.done == 0
    age(module.LATE)
    clock.now += module.SHORT_REST_S + 0.1
    sweep.look()
    assert sweep.done == 1, "much is waiting: a second of rest is enough"


def test_a_window_out_of_sight_is_searched_at_once(sweep: Sweep) -> None:
    shell = sweep.parent()
    assert isinstance(shell, Shell)
    age(module.WORTH_IT)
    shell.hide()
    sweep.look()
    assert sweep.done == 1


class Circle:
    """Holds itself, so that only a search finds it dead."""

    def __init__(self) -> None:
        self.itself = self


def test_what_outlived_a_search_is_left_out_until_the_window_is_out_of_sight(sweep: Sweep, clock: Clock) -> None:
    old, young = Circle(), None
    ghost = weakref.ref(old)
    age(module.WORTH_IT)
    clock.now += REST_S
    sweep.look()
    del old
    young = weakref.ref(Circle())
    age(module.WORTH_IT)
    clock.now += REST_S
    sweep.look()
    assert (sweep.done, ghost() is None, young()) == (2, False, None)
    shell = sweep.parent()
    assert isinstance(shell, Shell)
    shell.hide()
    age(module.WORTH_IT)
    sweep.look()
    assert ghost() is None


def test_an_hour_without_a_hand_is_a_time_for_all_of_it(sweep: Sweep, clock: Clock) -> None:
    old = Circle()
    ghost = weakref.ref(old)
    age(module.WORTH_IT)
    clock.now += REST_S
    sweep.look()
    del old
    age(module.WORTH_IT)
    clock.now += module.LONG_REST_S
    sweep.look()
    assert (sweep.done, ghost()) == (2, None)


def test_what_came_in_great_number_is_left_out_unsearched(sweep: Sweep, clock: Clock) -> None:
    many = [[n] for n in range(module.MANY + 1)]
    age(module.WORTH_IT)
    clock.now += REST_S
    before = gc.get_freeze_count()
    sweep.look()
    assert (sweep.done, gc.get_freeze_count() - before >= len(many)) == (0, True)
    age(module.WORTH_IT)
    sweep.look()
    assert sweep.done == 1, "what comes after it is searched again"
