"""The Python prompt with a real kernel: on the window's own engine, interrupted, begun anew, and never left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QPlainTextEdit
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.prompt import kernel, missing, panel
from astrolabnet_gui.gui.prompt.kernel import State
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.network.link import RunState
from astrolabnet_gui.notebook import kernel as program
from tests.faultlivy import FaultLivy, faultlivy
from tests.gui.fakes import FakeLink
from tests.gui.prompting import prompt
from tests.island_fixture import wait_until


@pytest.mark.parametrize("apart", [False, True])
def test_what_is_typed_acts_on_the_windows_own_model(qtbot: QtBot, dress: Dress, tmp_path: Path, apart: bool) -> None:
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

        # Tab looks into the objects, and does nothing.
        entry, acts = one.panel.entry, len(desk.acts)
        entry.put("net['lal'].sessions[0].sen")
        qtbot.keyClick(entry, Qt.Key.Key_Tab)
        one.until(lambda: entry._popup().isVisible())
        qtbot.keyClick(entry, Qt.Key.Key_Return)
        assert entry.toPlainText() == "net['lal'].sessions[0].send"
        entry.put("net['")
        entry.complete()
        one.until(lambda: "lal" in entry._words.stringList())
        entry._popup().hide()
        assert len(desk.acts) == acts
        entry.put("half")
        qtbot.keyClick(entry, Qt.Key.Key_Up)
        assert entry.toPlainText() == "print(6 * 7)\n1 / 0"
        qtbot.keyClick(entry, Qt.Key.Key_Down)
        assert entry.toPlainText() == "half"

        # What asks is asked here, by whom it was begun.
        one.run("input('How many? ')")
        one.until(lambda: one.panel.answer.isVisible())
        assert one.panel.answer.words.text().strip() == "How many?"
        qtbot.keyClicks(one.panel.answer.line, "seven")
        qtbot.keyClick(one.panel.answer.line, Qt.Key.Key_Return)
        one.until(lambda: "'seven'" in one.said and one.panel.entry.isVisible())

        # A script: each line is shown, and the window looks at what it acts on.
        script = tmp_path / "night.py"
        script.write_text("s = net['lal'].sessions[0]\ns.run('2+2')\nfor n in range(2):\n    print('n', n)\n")
        one.run(f"net.play({str(script)!r}, pause_s=0)", "n 1")
        assert ">>> s.run('2+2')" in one.said
        assert "... " + "    print('n', n)" in one.said
        one.until(lambda: desk.selection is not None and desk.selection.kind == "statements")
        one.run("net.play('/none.py')", "/none.py can not be read")
    assert not psutil.pid_exists(pid)


# An interrupt by the cell that comes next itself, once: as if somebody were very quick.
BUSY_TOLD = """
kernel, told = get_ipython().kernel, get_ipython().kernel._publish_status
def tell(status, *args):
    told(status, *args)
    if status == 'busy' and kernel.get_parent()['header']['msg_type'] == 'execute_request':
        kernel._publish_status = told
        os.kill(os.getpid(), signal.SIGINT)
kernel._publish_status = tell"""
BEFORE_THE_CELL = """
def stop():
    get_ipython().events.unregister('pre_execute', stop)
    os.kill(os.getpid(), signal.SIGINT)
get_ipython().events.register('pre_execute', stop)"""


def test_an_endless_loop_freezes_nothing_and_ends_by_interrupt(qtbot: QtBot, dress: Dress) -> None:
    with prompt(qtbot, dress) as one:
        panel, pid = one.panel, one.panel.kernel.pid
        one.run("kept = 'is here'\nprint('be' + 'gun')\nwhile True:\n    pass\n")
        one.until(lambda: "begun" in one.said and panel.interrupt.isEnabled())
        panel.interrupt.click()
        assert panel.interrupt.isEnabled(), "the window waits for nothing"
        one.until(lambda: "KeyboardInterrupt" in one.said and one.idle())
        one.run("'what was kept ' + kept", "what was kept is here")
        one.run("print('x' * 3_000_000)", "bytes were said at once: left out")
        one.run("while True: print('flood')")
        one.until(lambda: one.said.count("flood") > 5_000)
        one.until(lambda: panel.kernel.state is State.BUSY)
        panel.restart.click()
        one.until(lambda: one.idle() and panel.kernel.pid not in (0, pid))
        assert not psutil.pid_exists(pid)
        one.run("'kept' in globals()", "False")
        one.run("import os; os._exit(3)", "Python ended.")
        one.until(lambda: panel.kernel.state is State.ENDED)
        assert panel.restart.isEnabled()


@pytest.mark.parametrize("instant", [BUSY_TOLD, BEFORE_THE_CELL], ids=["busy was told", "before the cell"])
def test_an_interrupt_in_the_first_instant_of_a_cell_is_not_lost(qtbot: QtBot, dress: Dress, instant: str) -> None:
    with prompt(qtbot, dress) as one:
        one.run(f"import os, signal, time\n{instant}\nprint('ar' + 'med')\n", "armed")
        one.run("print('r' + 'an'); time.sleep(0.2)\nprint('r' + 'an')\n", "KeyboardInterrupt")
        assert "ran" not in one.said
        one.run("'here' + 'after'", "hereafter")
        one.run("time.sleep(60)")
        one.until(lambda: one.panel.kernel.state is State.BUSY)
        one.panel.interrupt.click()
        one.until(lambda: one.said.count("KeyboardInterrupt") > 1 and one.idle())


def test_it_ends_with_a_window_that_is_killed(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout.strip().isdecimal(), done.stderr
    wait_until(lambda: not psutil.pid_exists(int(done.stdout)), what="the end of the kernel")


KILLED = """
import os, signal
from PySide6.QtCore import QTimer
from astrolabnet_gui.gui.app import App, application
from astrolabnet_gui.gui.prompt.kernel import State
from astrolabnet_gui.gui.shell import Shell
app, dress = application()
shell = Shell(dress)
main = App(shell)
shell.show()
main.open()
python = main.window.python
shell.strip.setCurrentWidget(python)
def look():
    if python.kernel.state is State.IDLE:
        python.run("while True: pass")
    elif python.kernel.state is State.BUSY:
        print(python.kernel.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
timer = QTimer(interval=50)
timer.timeout.connect(look)
timer.start()
app.exec()
"""


def test_both_ends_speak_of_the_same() -> None:
    assert (kernel.ENVIRONMENT, panel.FIRST, panel.SHOWN) == (program.LENT, program.FIRST, program.SHOWN)
    assert program.__name__ == kernel.PROGRAM


def test_without_the_extra_it_says_what_installs_it(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing, "NEEDED", ("no_such_library",))
    window.shell.strip.setCurrentWidget(window.python)
    shown = [w.text() for w in window.python._pages.currentWidget().findChildren(missing.label("").__class__)]
    assert missing.INSTALL in shown
    assert window.python.kernel.state is State.NONE


def test_an_act_by_mouse_is_a_line_that_can_be_clicked(window: Window, link: FakeLink, qtbot: QtBot) -> None:
    window.shell.strip.setCurrentWidget(window.python)
    view = window.python.transcript
    assert "nothing is lent" in view.toPlainText()
    run = window.desk.submit("server.add", None, {"alias": "lal", "url": "http://lal:8998"})
    line = "net.server.add(alias='lal', url=\"http://lal:8998\")"
    link.run(run, "server.add", RunState.DONE, line=line, text="lal is in the workspace.")
    assert f"{line}  # lal is in the workspace" in view.toPlainText()
    long = window.desk.submit("server.test", None, {})
    link.run(long, "server.test", RunState.DONE, line=f"net.long({'x' * 5000!r})", text="done")
    assert max(map(len, view.toPlainText().split("\n"))) < 400
    link.run("other", "server.add", RunState.DONE, line="net.other()")
    assert "net.other()" not in view.toPlainText(), "what was typed here is here already"

    window.python.transcript.clicked.emit(run, QPoint(0, 0))
    (menu,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]
    rows = {act.text(): act for act in menu.actions()}
    for form, begins in (("Python", "net.server.add("), ("CLI", "astrolabnet servers add")):
        rows[f"Copy as {form}"].trigger()
        assert QApplication.clipboard().text().startswith(begins)
    rows["Put at the Python prompt"].trigger()
    assert window.python.entry.toPlainText() == line
    menu.close()
    at = view.cursorRect(view.document().find("server.add")).center()
    with qtbot.waitSignal(view.clicked):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    for menu in [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]:
        menu.close()


def test_of_a_flood_the_last_words_are_shown(window: Window, qtbot: QtBot) -> None:
    view = window.python.transcript
    view.stream(("y" * 99 + "\n") * 10_000 + "last words\n")
    view.pieces([("an act", "text2")], "run1")
    assert "an act" not in view.toPlainText(), "written in one go, it would hold up the window"
    qtbot.waitUntil(lambda: view.toPlainText().endswith("last words\nan act"), timeout=20_000)
    assert "(800,011 characters are left out)" in view.toPlainText()


def test_words_of_a_program_stay_plain_and_short(window: Window) -> None:
    view = window.python.transcript
    view.stream("10%")
    view.stream("\r20%\r30%")
    view.stream("\nred \x1b[31mhere\x1b[0m <b>bold</b>\n")
    view.stream("x" * 15_000)
    view.say("end")
    view.pieces([("a\nb\u202e", "text2")])
    said = view.toPlainText()
    assert "30%" in said
    assert "10%" not in said
    assert "red here <b>bold</b>" in said
    assert max(map(len, said.split("\n"))) < 5_000
    assert "\u202e" not in said
    assert "a⏎b" in said
    form = view.document().find("here").charFormat()
    before = form.foreground().color()
    window.shell.dress.choose("light")
    assert view.document().find("here").charFormat().foreground().color() != before


def test_lines_that_sent_code_become_an_action(window: Window, link: FakeLink, qtbot: QtBot) -> None:
    run = window.desk.submit("session.send", None, {"action": "pi"})
    line = 'net["lal"].sessions[3].send("pi", kind="pyspark", darts=77)'
    link.run(run, "session.send", RunState.DONE, line=line, text="Sent: pi.")
    window.console.distil()
    form = window.verbs.form
    assert form is not None
    assert form.verb.name == "action.new"
    fields = [field.toPlainText() for field in form.findChildren(QPlainTextEdit)]
    assert any("darts: integer = 77" in words for words in fields)
    assert any("darts" in words and "spark" in words for words in fields), "the code is there"
    run = window.desk.submit("server.test", None, {})
    link.run(run, "server.test", RunState.DONE, line="net['lal'].test()", text="It answers.")
    with qtbot.waitSignal(window.console.distilled_not) as refused:
        window.console.distil()
    assert "none of these acts has sent code" in refused.args[0]
    for dialog in window.shell.findChildren(QDialog):
        dialog.close()
