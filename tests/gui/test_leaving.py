"""Quitting says what stays on the servers and what it holds; a person closes it, leaves it, or stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.leaving import CLOSE, LEAVE, STAY, Leaving
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.network.link import RunState
from tests.gui.fakes import FakeLink
from tests.gui.scene import server, session

Settle = Callable[[Callable[[], bool]], None]


def mine(name: str, number: int, state: str = "idle") -> object:
    thing = session(name, number, "nightly", "pyspark", state, 9)
    payload = thing.payload.model_copy(update={"driverMemory": "2g"})
    return thing.model_copy(update={"mine": True, "payload": payload})


def press(leaving: Leaving, choice: str) -> None:
    question = leaving.question
    assert isinstance(question, QMessageBox)
    next(b for b in question.buttons() if b.property("choice") == choice).click()


def test_what_stays_is_listed_with_what_it_holds_and_staying_keeps_the_window(
    shell: QWidget, desk: Desk, link: FakeLink, settle: Settle
) -> None:
    leaving = Leaving(shell, desk, lambda: False)
    link.things([server("lal"), mine("lal", 3, "busy"), session("lal", 4, "theirs", "sql", "idle", 9)])
    assert not shell.close()
    assert leaving.question is not None
    words = leaving.question.text()
    assert "lal/sessions/3 nightly: busy, driver 2g" in words
    assert "theirs" not in words
    press(leaving, STAY)
    settle(lambda: leaving.question is None)
    assert shell.isVisible()
    assert not link.submitted
    assert not shell.close(), "it is asked again"
    press(leaving, LEAVE)
    settle(lambda: not shell.isVisible())
    assert not link.submitted


def test_mine_are_closed_before_the_window_goes(shell: QWidget, desk: Desk, link: FakeLink, settle: Settle) -> None:
    leaving = Leaving(shell, desk, lambda: False)
    link.things([server("lal"), mine("lal", 3), server("local"), mine("local", 0)])
    assert [one.address for one in leaving.staying()] == ["lal/sessions/3"], "the island ends with the window"
    shell.close()
    press(leaving, CLOSE)
    assert link.submitted == [("session.closeall", None, {"sure": True, "spare": ("local",)})]
    assert shell.isVisible()
    link.run("run0", "session.closeall", RunState.DONE)
    settle(lambda: not shell.isVisible())


def test_without_sessions_of_mine_nothing_is_asked(shell: QWidget, desk: Desk, link: FakeLink) -> None:
    leaving = Leaving(shell, desk, lambda: True)
    link.things([server("lal"), session("lal", 4, "theirs", "sql", "idle", 9)])
    assert shell.close()
    assert leaving.question is None


def test_the_sessions_of_an_island_that_goes_on_stay_too(shell: QWidget, desk: Desk, link: FakeLink) -> None:
    leaving = Leaving(shell, desk, lambda: True)
    link.things([server("local"), mine("local", 0)])
    assert [one.address for one in leaving.staying()] == ["local/sessions/0"]


def test_a_session_about_to_be_ended_offers_to_be_kept_first(window: Window, desk: Desk, link: FakeLink) -> None:
    thing = session("lal", 3, "nightly", "pyspark", "idle", 9)
    link.things([server("lal"), thing.model_copy(update={"ends": datetime(2026, 11, 23, 12, tzinfo=UTC)})])
    desk.select(thing.key)
    keep = window.detail.findChild(QPushButton, "verb_session.keep")
    assert isinstance(keep, QPushButton)
    keep.click()
    assert link.submitted[-1] == ("session.keep", thing.key, {})
