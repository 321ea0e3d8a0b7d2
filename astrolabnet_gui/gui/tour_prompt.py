"""Prompt of the tour: a script typed and played at the window's own Python, which tree and graph follow."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from .desk import Desk
from .prompt.kernel import State
from .prompt.missing import there
from .window import Window

_SCRIPT = """session = net["local"].sessions[{number!r}]
task = session.run("spark.range(12).count()")
print(task.state, task.output[0].text)
"""


class Guide(Protocol):
    """Who leads the tour."""

    desk: Desk
    window: Window

    def until(self, what: str, so: Callable[[], bool]) -> None:
        """Let the window live until it is so."""

    def check(self, what: str, said: str, right: str) -> None:
        """A result must hold what is right."""

    def leave_out(self, what: str, why: str) -> None:
        """A part that can not be done here."""

    def shot(self, name: str) -> None:
        """A picture."""


def show_prompt(guide: Guide) -> None:
    """What is typed at the prompt acts on what the window shows."""
    if not there():
        guide.leave_out("the prompt", "its extra is not installed")
        return
    panel, desk = guide.window.python, guide.desk
    number = next(key.id for key, t in desk.store.things.items() if key.kind == "sessions" and t.state == "idle")
    guide.window.shell.strip.setCurrentWidget(panel)
    guide.until("the prompt is ready", lambda: panel.kernel.state is State.IDLE)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "night.py")
        script.write_text(_SCRIPT.format(number=number), encoding="utf-8")
        panel.run(f"net.play({str(script)!r})")
        guide.until("the script was played", lambda: "done 12" in panel.transcript.toPlainText())
    guide.check("A script at the prompt", panel.transcript.toPlainText().splitlines()[-1], "done 12")
    guide.shot("prompt")
    guide.window.shell.strip.setCurrentWidget(guide.window.console)
