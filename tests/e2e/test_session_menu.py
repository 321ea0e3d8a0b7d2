"""The main job through the session's own menu: server ▸ New session…, session ▸ Send action ▸, result;
by the mouse, on row and node."""

from __future__ import annotations

import re

import pytest
from PySide6.QtTest import QTest

from tests.e2e.live import Live

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]


def test_a_session_is_opened_and_sent_to_by_its_own_menu(live: Live) -> None:
    server = live.island()
    live.until("the list of sessions is here", lambda: live.thing(server).state == "up")
    row = live.window.model.row_of(server)
    live.window.tree.scrollTo(row)
    known = set(live.desk.acts)
    menu = live.robot.menu_at(live.window.tree.viewport(), live.window.tree.visualRect(row).center())
    live.robot.choose(menu, "session.new")
    form = live.until("the form of a session", lambda: live.window.verbs.form)
    QTest.keyClicks(form.controls["kind"].widget, "Python")
    live.robot.click(form.button)
    opened = live.well(live.new_act("session.new", known)).last
    assert opened is not None
    assert opened.focus is not None
    session = opened.focus
    live.in_state(session, "idle")
    seen: list[float] = []

    def look(_delta: object) -> None:
        seen.extend(
            t.progress for t in live.desk.store.children(session) if t.progress is not None and 0 < t.progress < 1
        )

    live.desk.changed.connect(look)
    ways = ((live.at_row, "one-plus-one", r"\b2\b"), (live.at_node, "pi", r"3\.14"), (live.at_row, "pi", r"3\.14"))
    scene = live.window.canvas.scene
    for right_click, action, words in ways:
        task = live.task_of(right_click(session, "session.send", f"{action}/pyspark"))
        assert task.parent == session, "it went to another session"
        assert live.window.model.row_of(task).parent() == live.window.model.row_of(session)
        assert scene.owner[scene.rows[task]] == scene.rows[server]
        assert live.ended(task).state == "done", live.thing(task).problem
        assert re.search(words, live.read(task)["Text"])
    assert seen, "no progress between 0 and 1 was seen"
