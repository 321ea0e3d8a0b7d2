"""Tour: the window does the main job by itself against real Spark, and leaves pictures and a transcript.

It has a home of its own: the user's workspace, history and island are not touched.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit

from ..command.sky import SkyParams
from ..model.key import Key
from ..model.output import Failure, Part, Table, Text, parse
from ..model.task import Task
from ..model.thing import Thing
from ..network.link import RunEvent, RunState
from .app import App, application
from .desk import Act
from .robot import Robot, Stuck
from .shell import Shell
from .tour_home import own_home
from .tour_prompt import show_prompt
from .tour_results import show_results
from .tour_second import second_server
from .tour_views import show_views
from .tour_wires import show_wires

SIZE = (1600, 1000)
# One after the other with the machine to themselves they take seconds; a loaded machine may take minutes.
PATIENCE_S = 300.0
# From the start screen to the first result in sight.
MOST_CLICKS = 3
LANGUAGES = (
    ("spark", "Scala", "sc.parallelize(1 to 1000).sum", "500500.0"),
    ("sql", "SQL", "select sum(id) as total from range(1001)", "500500"),
    ("sparkr", "R", "sum(1:1000)", "500500"),
)


def tour(folder: Path) -> int:
    """Take the tour; 0 only if every result was right."""
    folder.mkdir(parents=True, exist_ok=True)
    with own_home():
        guide = Guide(folder)
        try:
            guide.walk()
        except Stuck as stuck:
            guide.say(f"FAILED: {stuck}")
            return 1
        finally:
            guide.end()
    return 0


class Guide:
    """Leads one window; every step waits for what a person would see."""

    def __init__(self, folder: Path) -> None:
        self._transcript = (folder / "transcript.txt").open("w", encoding="utf-8")
        self._pictures = 0
        self._left_out: list[str] = []
        _, dress = application()
        shell = Shell(dress)
        shell.resize(*SIZE)
        self._app = App(shell, apart=True)
        shell.show()
        self._app.open()
        assert self._app.desk is not None
        assert self._app.window is not None
        self.desk, self.window = self._app.desk, self._app.window
        self.robot = Robot(shell, folder, self.say)

    def walk(self) -> None:
        """The main job."""
        self.say(f"AstroLabNet tour, {datetime.now().astimezone():%Y-%m-%d %H:%M}, {sys.platform}")
        self.shot("start")
        self.robot.click(self.window.start.island)
        key = self.robot.wait("the island answers", self.island, PATIENCE_S)
        self.shot("island")
        pi = self._send_by_menu(key, "pi/pyspark")
        moved = self._watch_progress(pi)
        self.check("Python: pi", self.text(pi), "3.14")
        self.until("the result of pi is shown", lambda: self._shows("3.14"))
        self.say(f"{self.robot.clicks} clicks from the start screen to the first result")
        if self.robot.clicks > MOST_CLICKS:
            raise Stuck(f"the first result took {self.robot.clicks} clicks, not {MOST_CLICKS}.")
        if not moved:
            raise Stuck("the progress of pi was never seen between 0 and 1.")
        self.shot("pi")
        for kind, name, code, right in LANGUAGES:
            if kind == "sparkr" and not shutil.which("R"):
                self.leave_out("R", "there is no R on this computer")
                continue
            said = self.text(self.send(key, kind=kind, code=code))
            self.check(name, said, right)
        self.shot("languages")
        wrong = self.send(key, kind="pyspark", code='name = "Größe \\"x\\""\nprint(name)\n1/0')
        self.check("an error is shown as an error", self.text(wrong), "ZeroDivisionError")
        self.shot("error")
        endless = self.send(key, kind="pyspark", code="import time\nwhile True:\n    time.sleep(0.05)")
        self.until("an endless task runs", lambda: self._state(endless) == "running")
        self.do("task.cancel", endless, {})
        self.until("the endless task is cancelled", lambda: self._state(endless) == "cancelled")
        self._sky(key)
        self.shot("sample-sky")
        show_views(self, key)
        with second_server(self) as second:
            show_results(self, key, second)
            show_wires(self, key, second)
        show_prompt(self)
        self.window.shell.dress.choose("light")
        self.shot("light")
        self.do("island.stop", None, {})
        self.say("; ".join([*self._left_out, "all results were right"]))

    # --- what a person does

    def do(self, command: str, key: Key | None, params: dict[str, Any]) -> RunEvent:
        """Run a command as a menu row does; questions are answered with yes. Its last word."""
        return self.end_of(self.desk.acts[self.desk.submit(command, key, params)])

    def send(self, key: Key, **params: Any) -> Key:
        """Send code to a server; key of its task."""
        return self._task_of(self.do("server.send", key, params))

    def check(self, what: str, said: str, right: str) -> None:
        """A result must hold what is right."""
        self.say(f"{what}: {said.strip()}")
        if right not in said:
            raise Stuck(f"{what} gave {said!r}, not {right!r}.")

    def leave_out(self, what: str, why: str) -> None:
        """A part that can not be done here; the last line of the transcript says so again."""
        self._left_out.append(f"{what} was left out: {why}")
        self.say(self._left_out[-1])

    def _sky(self, key: Key) -> None:
        """The sample sky: its summary by class is a result as any other."""
        summary = self._task_of(self.do("sky.load", key, {}))
        said = self._parts(summary)
        if self._state(summary) != "done":
            why = " ".join(map(_words, said))
            raise Stuck(f"the summary of the sample sky is {self._state(summary)}: {why}")
        alerts = sum(row[1] for part in said if isinstance(part, Table) for row in part.rows)
        self.check("Alerts of the sample sky, all classes together", str(alerts), str(SkyParams().alerts))

    # --- what a person sees

    def until(self, what: str, so: Callable[[], bool]) -> None:
        """Let the window live until it is so."""
        self.robot.wait(what, lambda: so() or None, PATIENCE_S)

    def say(self, words: str) -> None:
        """A line of the transcript, and of the terminal."""
        for stream in (sys.stdout, self._transcript):
            stream.write(words + "\n")
            stream.flush()

    def shot(self, name: str) -> None:
        """A picture of the window after a person had a moment to look at it."""
        QTest.qWait(700)
        self._pictures += 1
        self.robot.shot(f"{self._pictures:02}-{name}")

    def end(self) -> None:
        """Stop the island if it still runs, close the window."""
        try:
            if self.island() is not None:
                self.do("island.stop", None, {})
        finally:
            self.window.shell.close()
            self._app.close()
            self._transcript.close()

    def island(self) -> Key | None:
        """Key of the server that answers."""
        return next((t.key for t in self.desk.store.servers() if t.state == "up"), None)

    def _send_by_menu(self, key: Key, action: str) -> Key:
        """Right-click on a row of the tree, *Send action ▸*, the action; key of the task it made."""
        tree = self.window.tree
        place = tree.visualRect(self.window.model.row_of(key)).center()
        self._pictures += 1
        menu = self.robot.menu_at(tree.viewport(), place)
        self.robot.choose(menu, "server.send", action, shot=f"{self._pictures:02}-menu")
        act = next(act for act in reversed(self.desk.acts.values()) if act.command == "server.send")
        return self._task_of(self.end_of(act))

    def end_of(self, act: Act) -> RunEvent:
        """Wait for the end of a run; it must be a good one."""
        self.until(f"{act.command} ends", lambda: act.ended is not None or self._agree(act))
        last = act.last
        if last is None or last.state is not RunState.DONE:
            raise Stuck(f"{act.command}: {last.problem if last is not None and last.problem else act.state}")
        self.robot.note(f"{last.line or act.command}  -> {last.text}")
        return last

    @staticmethod
    def _task_of(event: RunEvent) -> Key:
        if event.focus is None:
            raise Stuck("what was sent has no place in the tree.")
        return event.focus

    def _watch_progress(self, key: Key) -> bool:
        """Follow a task to its end; True if its progress was seen between 0 and 1 (a picture is taken then)."""
        seen: list[float] = []

        def look() -> bool:
            thing = self.desk.thing(key)
            if thing is not None and thing.progress is not None and 0 < thing.progress < 1:
                seen.append(thing.progress)
            return self._over(thing)

        self.until("pi moves", lambda: look() or bool(seen))
        if seen:
            self.shot("progress")
        self.until("pi ends", look)
        self.say(f"progress of pi: {', '.join(f'{p:.0%}' for p in dict.fromkeys(seen))}")
        return bool(seen)

    def _ended(self, key: Key) -> Thing:
        self.until("the task ends", lambda: self._over(self.desk.thing(key)))
        thing = self.desk.thing(key)
        assert thing is not None
        return thing

    def _shows(self, words: str) -> bool:
        """The panel at the right shows these words now."""
        result = self.window.detail.result
        seen = [page.toPlainText() for page in result.findChildren(QPlainTextEdit) if page.isVisible()]
        seen += [page.text() for page in result.findChildren(QLabel) if page.isVisible()]
        return any(words in text for text in seen)

    def text(self, key: Key) -> str:
        """What a task gave, as a person reads it."""
        return "\n".join(_words(part) for part in self._parts(key))

    def _parts(self, key: Key) -> tuple[Part, ...]:
        payload = self._ended(key).payload
        if not isinstance(payload, Task) or payload.statement is None:
            raise Stuck("the task has no result.")
        return parse(payload.statement.output)

    def _state(self, key: Key) -> str:
        thing = self.desk.thing(key)
        return "" if thing is None else thing.state

    @staticmethod
    def _over(thing: Thing | None) -> bool:
        return thing is not None and thing.state in thing.kind.terminal

    def _agree(self, act: Act) -> bool:
        if act.state is RunState.ASKING:
            self.desk.answer(act, "yes")
        return False


def _words(part: Part) -> str:
    match part:
        case Text():
            return part.text
        case Table():
            return "\n".join(" ".join(map(str, row)) for row in part.rows)
        case Failure():
            return f"{part.name}: {part.message}"
        case _:
            return type(part).__name__
