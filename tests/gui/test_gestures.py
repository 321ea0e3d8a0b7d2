"""Sixty random gestures on a window whose servers change all the time: tree, graph and store stay equal, nothing leaks.

The long form, with 500 gestures, 200 servers and a live island, is in the bench of the window.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.network.delta import Delta
from tests.gui import archipelago
from tests.gui.archipelago import session, task
from tests.gui.fakes import FakeLink
from tests.gui.gestures import Hand, differences

SERVERS, GESTURES = 30, 60


def test_sixty_gestures_leave_tree_graph_and_store_equal(qtbot: QtBot, window: Window, link: FakeLink) -> None:
    link.things([*archipelago.crowd(SERVERS, 60, children=3), *archipelago.data()])
    hand, things, qobjects = Hand(window, seed=7), 0, []
    for n in range(GESTURES):
        on = f"s{n % SERVERS}"
        states = ("busy", "idle", "dead", "a word nobody knows")
        link.delta(Delta(on, changed=(session(on, n % 3, f"work {n % 3}", "pyspark", states[n % 4]),)))
        link.delta(Delta(on, added=(task(on, 0, 100 + n, f"task {n}", "running", progress=0.5),)))
        if n % 3 == 2:
            gone = f"s{(n - 2) % SERVERS}"
            link.delta(Delta(gone, removed=(task(gone, 0, 100 + n - 2, "").key,)))
        hand.gesture()
        assert differences(window) == [], hand.done
        if n in (20, GESTURES - 1):
            things = len(window.canvas.scene.rows)
            qobjects.append(len(window.shell.findChildren(QObject)))
    assert len(set(hand.done)) > 8
    assert things > SERVERS * 4
    assert qobjects[1] <= qobjects[0] + 150, "objects are left behind by gestures"


def test_a_difference_is_noticed(window: Window, link: FakeLink) -> None:
    link.things(archipelago.crowd(3, 2, children=1))
    assert differences(window) == []
    later = session("s1", 0, "work 0", "pyspark", "dead")
    window.desk.store.apply(Delta("s1", changed=(later,), added=(session("s1", 9, "x", "sql"),)))
    assert len(differences(window)) == 4
