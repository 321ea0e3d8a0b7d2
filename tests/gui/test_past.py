"""The window looks at a past moment: tree, graph and panels follow the slider, nothing is sent, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from astrolabnet_gui.gui.past_acts import PastActs
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.journal.past import Past, difference
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Statement
from astrolabnet_gui.model.told import key_text, tell
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.link import RunState
from tests.gui.fakes import FakeLink
from tests.gui.scene import CHOSEN, UUIDS, main_scene

Settle = Callable[[Callable[[], bool]], None]
LAL = Key(UUIDS["lal"])
STEPS = 12
ACTS = [{"time": "2026-11-26T01:30:00+00:00", "command": "server.test", "key": LAL, "params": {}, "line": "net['lal']"}]


@pytest.fixture
def past(tmp_path: Path, link: FakeLink) -> Past:
    """Twelve moments, a second each: lal goes down and comes back, its sessions appear in the last third."""
    made = Past(tmp_path / "past.sqlite", whole_every=5)
    things = {t.key: t for t in main_scene()}
    for number in range(STEPS):
        now = {k: t for k, t in things.items() if number >= 8 or not k.path or k.server != LAL.server}
        now[LAL] = things[LAL].model_copy(update={"state": "down" if number % 2 else "up"})
        keys = {key_text(k) for k in things} - {key_text(k) for k in now}
        made.add(float(number), {key_text(k): tell(t) for k, t in now.items()}, keys)

    def answer(run: str, command: str, _key: Key | None, params: Mapping[str, Any]) -> None:
        result: Any = None
        if command == "journal.moments":
            result = {"times": list(made.span().times)}
        elif command == "journal.past":
            base = made.at(float(params["base"])) if "base" in params else {}
            come, gone = difference(base, made.at(float(params["time"])))
            result = {"time": float(params["time"]), "set": come, "gone": gone}
        elif command == "journal.since":
            result = {"acts": ACTS}
        if result is not None:
            link.run(run, command, RunState.DONE, result=result)

    link.on_submit = answer
    return made


def state(window: Window) -> str:
    thing = window.desk.thing(LAL)
    return "" if thing is None else thing.state


def test_the_slider_moves_everything_and_back(window: Window, link: FakeLink, past: Past, settle: Settle) -> None:
    link.things(main_scene())
    live = dict(window.desk.store.things)
    window.past.toggle()
    settle(lambda: window.desk.in_past)
    bar = window.past.bar
    assert bar.isVisible()
    assert bar.slider.maximum() == STEPS - 1
    assert state(window) == "down"
    keys = {k for k in live if k.server == LAL.server}
    assert keys <= set(window.desk.store.things)
    # Step back by key to the beginning: the session is not there yet.
    while bar.slider.value():
        QTest.keyClick(bar.slider, Qt.Key.Key_Left)
    settle(lambda: window.past.at == 0.0)
    assert state(window) == "up"
    assert not [k for k in window.desk.store.things if k.kind == "sessions" and k.server == LAL.server]
    assert window.tree.graphicsEffect() is not None
    assert "1970-01-01 00:00:00 UTC · change 1 of 12" in bar.said.text()
    # What is told of the present meanwhile is kept for later, and nothing is sent.
    link.delta(Delta(LAL.server, changed=(live[LAL].model_copy(update={"state": "starting"}),)))
    assert state(window) == "up"
    before = len(link.submitted)
    run = window.desk.submit("server.test", LAL, {})
    settle(lambda: window.desk.acts[run].state is RunState.FAILED)
    assert "Go back to now first" in str(window.desk.acts[run].last.problem)  # type: ignore[union-attr]
    assert len(link.submitted) == before
    menu = window.menus.of_thing(window.desk.thing(LAL), window.shell)
    assert not [a.text() for a in menu.actions() if a.isEnabled() and a.data() in ("server.remove", "server.send")]
    menu.deleteLater()
    QTest.mouseClick(bar.now, Qt.MouseButton.LeftButton)
    assert not window.desk.in_past
    assert state(window) == "starting"
    assert set(window.desk.store.things) == set(live)
    assert not bar.isVisible()
    assert window.tree.graphicsEffect() is None
    past.close()


def test_the_slider_runs_ahead_and_the_last_wish_is_shown(
    window: Window, link: FakeLink, past: Past, settle: Settle
) -> None:
    link.things(main_scene())
    window.past.toggle()
    settle(lambda: window.desk.in_past)
    late, answer = [], link.on_submit
    link.on_submit = lambda *given: late.append(given)
    for number in (3, 7, 2, 5):
        window.past.bar.slider.setValue(number)
    assert len(late) == 1, "one question at a time"
    link.on_submit = answer
    answer(*late[0])
    settle(lambda: window.past.at == 5.0)
    assert [params["time"] for name, _, params in link.submitted if name == "journal.past"][-2:] == ["3.0", "5.0"]
    window.past.leave()
    past.close()


def test_each_act_since_is_done_again_only_by_its_button(
    window: Window, link: FakeLink, past: Past, settle: Settle
) -> None:
    link.things(main_scene())
    window.past.toggle()
    settle(lambda: window.desk.in_past)
    QTest.mouseClick(window.past.bar.go_on, Qt.MouseButton.LeftButton)
    settle(lambda: bool(window.shell.findChildren(PastActs)))
    (acts,) = window.shell.findChildren(PastActs)
    assert not [name for name, _, _ in link.submitted if name == "server.test"]
    QTest.mouseClick(acts.buttons[0], Qt.MouseButton.LeftButton)
    assert not window.desk.in_past, "what is done is done now"
    assert link.submitted[-1] == ("server.test", LAL, {})
    link.run(list(window.desk.acts)[-1], "server.test", RunState.DONE)
    assert acts.said[0].text() == "done again"
    acts.close()
    past.close()


def test_what_a_task_of_mine_gave_is_read_from_the_archive(
    window: Window, link: FakeLink, past: Past, settle: Settle
) -> None:
    link.things(main_scene())
    chosen = window.desk.thing(CHOSEN)
    assert chosen is not None
    task = chosen.payload.model_copy(update={"task_key": "01JQ", "statement": Statement(id=7, state="available")})
    link.delta(Delta(CHOSEN.server, changed=(chosen.model_copy(update={"payload": task, "mine": True}),)))
    past.add(99.0, {key_text(CHOSEN): tell(window.desk.store.things[CHOSEN])})
    window.past.toggle()
    settle(lambda: window.past.at == 99.0)
    window.desk.select(None)
    window.desk.select(CHOSEN)
    assert link.submitted[-1] == ("task.result", Key("").child("tasks", "01JQ"), {"brief": True})
    settle(lambda: "not kept here" in " ".join(w.text() for w in window.detail.findChildren(QLabel)))
    output = {"status": "ok", "execution_count": 1, "data": {"text/plain": "3.1415"}}
    run = f"run{len(link.submitted) - 1}"
    link.run(run, "task.result", RunState.DONE, result={"output": output, "code": "pi()"})
    shown = window.desk.thing(CHOSEN)
    assert shown is not None
    assert shown.payload.statement.output == output
    window.past.leave()
    assert window.desk.thing(CHOSEN) != shown
    past.close()
