"""Bad luck of every named kind, in a whole window: no piece of the window's work is long, nothing is lost.

Pieces are measured as CPU time of the window's thread. A missing screen is in test_screens, results without measure in
test_budgets, many rows of a table in test_table_slices.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui import words
from astrolabnet_gui.gui.canvas.rack import SLOTS_SHOWN
from astrolabnet_gui.gui.style import Dress, ui_font
from astrolabnet_gui.gui.theme import theme
from astrolabnet_gui.gui.threads import Relay
from astrolabnet_gui.gui.tree_row import PAGE
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta, pieces
from tests.corpus import CORPUS
from tests.gui import slices
from tests.gui.fakes import FakeLink
from tests.gui.scene import CHOSEN, UUIDS, main_scene, server, session, task
from tests.gui.slices import GAP_S, longest

LAL = Key(UUIDS["lal"])
# A hundred thousand on demand (ALN_MANY=100000): they take a quarter of a minute to come.
MANY = int(os.environ.get("ALN_MANY", "5000"))


@pytest.fixture(autouse=True)
def _uncollected() -> Iterator[None]:
    """As in the window: what is old is searched for by gui/sweep.py when nobody would notice."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


@pytest.fixture
def through(window: Window, link: FakeLink) -> Relay:
    """News come as in the program: through the relay between the engine's thread and the window's."""
    relay = Relay(window.desk.receive, window)
    link._listeners = [relay.hear]
    link.things([server("lal"), server("fink")])
    longest(lambda: None)
    return relay


def waiting(relay: Relay) -> Callable[[], bool]:
    return lambda: bool(relay._waiting)


def kept(window: Window) -> int:
    return window.model.there(window.model.row_of(LAL))


def test_very_many_sessions_come_change_are_filtered_and_go(window: Window, link: FakeLink, through: Relay) -> None:
    many = [Thing(key=LAL.child("sessions", n, "e"), label=f"work {n}", state="idle") for n in range(MANY)]
    busy, slices = waiting(through), {}
    slices["come"] = longest(lambda: link.delta(Delta(LAL.server, added=tuple(many))), busy)
    assert kept(window) == MANY
    assert window.model.rowCount(window.model.row_of(LAL)) == PAGE
    assert [n for n, _ in window.canvas.scene.racks[window.canvas.scene.rows[LAL]].more] == [MANY - SLOTS_SHOWN]
    dead = tuple(thing.model_copy(update={"state": "dead"}) for thing in many)
    slices["change"] = longest(lambda: link.delta(Delta(LAL.server, changed=dead)), busy)
    slices["select"] = longest(lambda: window.desk.select(LAL))
    slices["select one"] = longest(lambda: window.desk.select(many[PAGE + 7].key))
    assert window.tree.currentIndex().data() == f"work {PAGE + 7}"
    bar = window.tree.verticalScrollBar()
    slices["scroll"] = longest(lambda: bar.setValue(bar.maximum()))
    assert window.model.rowCount(window.model.row_of(LAL)) > PAGE
    slices["filter"] = longest(
        lambda: window.shell.filter.setText("state:dead work 77"), lambda: window.model.sieve.turning
    )
    assert 0 < kept(window) < MANY // 2
    slices["all again"] = longest(window.shell.filter.clear, lambda: window.model.sieve.turning)
    assert kept(window) == MANY
    gone = Delta(LAL.server, removed=tuple(thing.key for thing in reversed(many)))
    slices["go"] = longest(lambda: link.delta(gone), busy)
    assert kept(window) == 0
    assert max(slices.values()) < GAP_S, slices


def test_very_many_tasks_of_one_session(window: Window, link: FakeLink, through: Relay) -> None:
    one = Thing(key=LAL.child("sessions", 0, "e"), label="one", state="busy")
    many = [Thing(key=one.key.child("statements", n), label=f"task {n}", state="done") for n in range(MANY)]
    busy, slices = waiting(through), {}
    slices["come"] = longest(lambda: link.delta(Delta(LAL.server, added=(one, *many))), busy)
    assert window.model.there(window.model.row_of(one.key)) == MANY
    assert next(thing.label for thing in window.canvas.scene.tasks(window.canvas.scene.rows[LAL])) == many[-1].label
    runs = many[-1].model_copy(update={"state": "running"})
    slices["one runs"] = longest(lambda: link.delta(Delta(LAL.server, changed=(runs,))), busy)
    slices["select"] = longest(lambda: window.desk.select(one.key))
    gone = Delta(LAL.server, removed=(*(thing.key for thing in reversed(many)), one.key))
    slices["go"] = longest(lambda: link.delta(gone), busy)
    assert not window.canvas.scene.racks[window.canvas.scene.rows[LAL]].tasks
    assert max(slices.values()) < GAP_S, slices


def test_a_delta_in_pieces_says_the_same() -> None:
    things = [Thing(key=LAL.child("sessions", n, "e"), label="x", state="idle") for n in range(30)]
    whole = Delta(LAL.server, tuple(t.key for t in things[:7]), tuple(things[7:20]), tuple(things[20:]))
    some = list(pieces(whole, 4))
    assert max(len(d.removed) + len(d.added) + len(d.changed) for d in some) == 4
    assert tuple(k for d in some for k in d.removed) == whole.removed
    assert tuple(t for d in some for t in d.added) == whole.added
    assert tuple(t for d in some for t in d.changed) == whole.changed
    assert list(pieces(whole, 100)) == [whole]


def test_a_server_that_flaps(window: Window, link: FakeLink, through: Relay) -> None:
    link.things(main_scene(5))
    window.desk.select(LAL)
    longest(lambda: None, waiting(through))
    slowest = 0.0
    for n in range(30):
        state = "down" if n % 2 else "up"
        news = Delta(LAL.server, changed=(server("lal", state, problem="timed out" if n % 2 else ""),))
        slowest = max(slowest, longest(lambda news=news: link.delta(news), waiting(through), turns=3))  # type: ignore[misc]
    assert window.desk.selection == LAL
    assert slowest < GAP_S


@pytest.mark.parametrize("name", ["name", "tags", "bidi", "escapes", "surrogates"])
def test_a_name_without_measure(window: Window, link: FakeLink, through: Relay, name: str) -> None:
    bad = CORPUS[name] if name != "name" else "n" * 10_000
    thing = session("lal", 3, "x", "pyspark", "idle", 9).model_copy(update={"label": bad})
    host = server("lal", problem=bad).model_copy(update={"label": bad})
    slowest = longest(lambda: link.delta(Delta(LAL.server, changed=(host,), added=(thing,))), waiting(through))
    for key in (LAL, thing.key):
        slowest = max(slowest, longest(lambda key=key: window.desk.select(key)))  # type: ignore[misc]
    assert window.shell.width() == 1600
    assert slowest < GAP_S


@pytest.mark.parametrize("name", list(CORPUS))
def test_an_output_that_means_harm(window: Window, link: FakeLink, name: str) -> None:
    link.things(main_scene(5))
    output = {"status": "ok", "execution_count": 0, "data": {"text/plain": CORPUS[name]}}
    warm = task("lal", 3, 8, "t", "done", 5, output=output | {"data": {"text/plain": "x"}})
    bad = task("lal", 3, 9, "t", "done", 5, output=output)
    link.delta(Delta(LAL.server, changed=(warm, bad)))
    window.desk.select(warm.key)
    longest(lambda: None)
    assert isinstance(bad.payload, Task)
    slowest = longest(lambda: window.desk.select(bad.key), turns=20)
    assert window.detail.isVisible()
    assert slowest < GAP_S


def test_a_font_is_missing(window: Window, link: FakeLink, monkeypatch: pytest.MonkeyPatch) -> None:
    link.things(main_scene(5))
    window.desk.select(CHOSEN)
    longest(lambda: None)
    monkeypatch.setattr("astrolabnet_gui.gui.style.QFontDatabase.hasFamily", lambda _family: False)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.setFont(ui_font(theme()))
    assert longest(lambda: None) < 2 * GAP_S
    assert not window.shell.grab().isNull()


def test_a_window_of_800_by_500(window: Window, link: FakeLink) -> None:
    link.things(main_scene(5))
    window.desk.select(CHOSEN)
    longest(lambda: None)
    slowest = longest(lambda: window.shell.resize(800, 500))
    assert window.shell.size() == QSize(800, 500)
    slowest = max(slowest, longest(lambda: window.shell.resize(1600, 1000)))
    assert slowest < 2 * GAP_S


def test_no_servers_any_more(window: Window, link: FakeLink, through: Relay) -> None:
    every = [server(name) for name in UUIDS]
    longest(lambda: link.things(every))
    slowest = 0.0
    for gone in every:
        news = Delta(gone.key.server, removed=(gone.key,))
        slowest = max(slowest, longest(lambda news=news: link.delta(news), waiting(through)))  # type: ignore[misc]
    assert window.shell.centre.currentWidget() is window.start
    assert slowest < GAP_S


def test_the_clock_changes(window: Window, link: FakeLink, monkeypatch: pytest.MonkeyPatch) -> None:
    link.things(main_scene(5))
    window.desk.select(CHOSEN)
    longest(lambda: None)
    slowest = 0.0
    real = words.since
    for days in (-400, 400, 0):
        monkeypatch.setattr(words, "since", lambda at, now, days=days: real(at, now + timedelta(days=days)))
        slowest = max(slowest, longest(window.canvas._grow_older), longest(window.tree.viewport().update))
    assert slowest < GAP_S
    assert not window.shell.grab().isNull()


def test_a_change_of_theme(window: Window, link: FakeLink, dress: Dress, qtbot: QtBot) -> None:
    link.things(main_scene(5))
    window.desk.select(CHOSEN)
    longest(lambda: None)
    heard = list[str]()
    dress.changed.connect(lambda now: heard.append(now.name))
    for name in ("light", "dark"):
        before = window.shell.palette().window().color()
        wear = lambda name=name: dress.wish({"theme": name}, in_turns=True)  # noqa: E731
        parts = slices.pieces(wear, lambda name=name: name not in heard, turns=8)  # type: ignore[misc]
        # In one piece it was 76 to 118 ms; the goal is 50, and half of it is Qt's own.
        assert max(parts) < 1.5 * GAP_S
        assert len(parts) > 3
        assert window.shell.palette().window().color() != before
        assert window.shell.updatesEnabled()


def test_a_theme_that_is_wished_while_another_comes_is_the_one_that_stays(window: Window, dress: Dress) -> None:
    heard = list[str]()
    dress.changed.connect(lambda now: heard.append(now.name))
    steps = dress._wear()
    next(steps)
    assert (dress.changing, window.shell.updatesEnabled()) == (True, False), "a half dressed window is not shown"
    steps.close()  # type: ignore[attr-defined]
    assert (dress.changing, window.shell.updatesEnabled()) == (False, True)
    for wish in ({"theme": "light"}, {"theme": "dark", "text": 150}, {"theme": "light"}):
        dress.wish(wish, in_turns=True)
    assert heard == []
    longest(lambda: None, lambda: dress._turns.turning)
    assert heard == ["light"]
    assert window.shell.palette().window().color() == QColor(dress.now.colour("window"))
    assert dress.now.text_scale == 1.5
    dress.wish({"theme": "dark", "text": 100})
