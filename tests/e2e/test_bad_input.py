"""Bad input and bad luck on a running island: the window says it in words and goes on."""

from __future__ import annotations

import os
import signal

import psutil
import pytest
from PySide6.QtWidgets import QPlainTextEdit

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import RunState
from tests.e2e.live import Beat, Live, words_on
from tests.island_fixture import RunningIsland

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]

NASTY = "\"' \\ \\n {} %s $x `id` <b>é 日本 🌌</b>"


def java_below(pid: int) -> list[int]:
    """The Java processes of an island."""
    return [p.pid for p in psutil.Process(pid).children(recursive=True) if p.name().startswith("java")]


@pytest.fixture
def server(live: Live) -> Key:
    return live.island()


def test_d2_code_with_quotes_backslashes_and_unicode_comes_back_as_it_was_typed(live: Live, server: Key) -> None:
    """In the original such code broke the request (D2). Here it is typed into the form, and comes back unchanged."""
    tree = live.window.tree
    place = tree.visualRect(live.window.model.row_of(server)).center()
    live.robot.choose(live.robot.menu_at(tree.viewport(), place), "write")
    form = live.window.verbs.form
    assert form is not None
    code = f"# {NASTY}\nsaid = {NASTY!r}\nprint(said)\nprint('tab\\tend', r'\\d', '''\"\"\"''')"
    editor = next(e for e in form.findChildren(QPlainTextEdit) if e.isVisible())
    editor.setPlainText(code)
    known = set(live.desk.acts)
    live.robot.click(form.button)
    task = live.task_of(live.new_act("server.send", known))
    words = live.read(task)
    assert f'{NASTY}\ntab\tend \\d """' in words["Text"]
    assert code in words["Code"]


@pytest.mark.parametrize("code", ["print('a\0b')", "'\ud800'"], ids=["NUL", "half a character"])
def test_d2_what_no_language_takes_is_told_and_the_next_code_runs(live: Live, server: Key, code: str) -> None:
    act = live.end_of(live.desk.acts[live.desk.submit("server.send", server, {"kind": "pyspark", "code": code})])
    assert act.last is not None
    if act.state is RunState.DONE:
        assert act.last.focus is not None
        assert live.ended(act.last.focus).state == "failed"
        assert live.thing(act.last.focus).problem
    else:
        assert act.last.problem is not None
        assert str(act.last.problem)
    assert "'ok'" in live.output(live.send(server, "'o' + 'k'"))


def test_twenty_megabytes_of_output_do_not_stop_the_window(live: Live, server: Key) -> None:
    with Beat() as beat:
        task = live.send(server, "print('\\n'.join('x' * 99 for _ in range(200_000)))")
        words = live.read(task)["Text"]
        live.until("it is painted", lambda: live.shell.grab() is not None)
    assert "x" * 99 in words
    assert "\u202fkB of 20.0\u202fMB" in words, "it comes by and by, and says how much is there"
    assert len(live.output(task)) > 19_000_000
    print(f"the window stood still for {beat.longest_s * 1000:.0f} ms at most")
    assert beat.longest_s < 0.75, "the goal on a free machine is 0.25 s; a loaded one may need longer"


def test_a_session_whose_java_is_killed_loses_its_task_in_words_and_the_window_goes_on(
    live: Live, server: Key, island: RunningIsland
) -> None:
    done = live.send(server, "'from ' + 'before'")
    task = live.send(server, "import time\ntime.sleep(600)")
    live.in_state(task, "running")
    assert task.parent is not None
    for pid in java_below(island.pid):
        os.kill(pid, signal.SIGKILL)
    lost = live.in_state(task, "lost")
    assert "session ended" in lost.problem
    assert "Its session ended" in words_on(live.window.detail)
    dead = live.in_state(task.parent, "dead", "gone")
    assert "Java" in dead.problem or "Spark" in dead.problem, dead.problem
    assert "from before" in live.read(done)["Text"]
    assert live.thing(server).state == "up"
    after = live.send(server, "'new ' + 'session'")
    assert after.parent != task.parent
    assert "new session" in live.read(after)["Text"]
