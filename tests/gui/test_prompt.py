"""The Python prompt with a real kernel: on the window's own engine, interrupted, begun anew, and never left behind."""

from __future__ import annotations

import psutil
import pytest
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.prompt.kernel import State
from astrolabnet_gui.gui.style import Dress
from tests.faultlivy import FaultLivy, faultlivy
from tests.gui.prompting import prompt


@pytest.mark.parametrize("apart", [False, True])
def test_what_is_typed_acts_on_the_windows_own_model(qtbot: QtBot, dress: Dress, apart: bool) -> None:
    livy = FaultLivy(starts_s=0, lasts_s=0)
    with faultlivy(livy) as lal, prompt(qtbot, dress, apart=apart) as one:
        desk, pid = one.window.desk, one.panel.kernel.pid
        one.run(f"net.server.add(alias='lal', url={lal.url!r})", "lal is in the workspace.")
        one.until(lambda: [t.label for t in desk.store.servers()] == ["lal"])
        assert any(a.command == "server.add" and not a.here for a in desk.acts.values())
        one.run("net['lal'].new_session(kind='pyspark').thing.key.path", "('sessions', ")
        one.until(lambda: any(key.kind == "sessions" for key in desk.store.things))
        one.run("net['lal'].sessions[0].run('1+1').state", "done")
        one.run("print(6 * 7)\n1 / 0", "ZeroDivisionError")
        assert "\n42\n" in one.said
        assert "\x1b" not in one.said
    assert not psutil.pid_exists(pid)


def test_an_endless_loop_freezes_nothing_and_ends_by_interrupt(qtbot: QtBot, dress: Dress) -> None:
    with prompt(qtbot, dress) as one:
        panel, pid = one.panel, one.panel.kernel.pid
        one.run("kept = 'is here'\nwhile True:\n    pass\n")
        one.until(lambda: panel.kernel.state is State.BUSY and panel.interrupt.isEnabled())
        panel.interrupt.click()
        assert panel.interrupt.isEnabled(), "the window waits for nothing"
        one.until(lambda: "KeyboardInterrupt" in one.said and one.idle())
        one.run("'what was kept ' + kept", "what was kept is here")
        one.run("while True: pass")
        one.until(lambda: panel.kernel.state is State.BUSY)
        panel.restart.click()
        one.until(lambda: one.idle() and panel.kernel.pid not in (0, pid))
        assert not psutil.pid_exists(pid)
        one.run("'kept' in globals()", "False")
        one.run("import os; os._exit(3)", "Python ended.")
        one.until(lambda: panel.kernel.state is State.ENDED)
        panel.restart.click()
        one.until(one.idle)
