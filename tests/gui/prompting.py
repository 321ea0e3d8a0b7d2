"""A whole window over a fake Livy, with the Python prompt open: what the tests of the prompt stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.app import App
from astrolabnet_gui.gui.prompt.kernel import State
from astrolabnet_gui.gui.prompt.panel import PythonPanel
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.window import Window

PATIENCE_MS = 60_000


class Prompt:
    """The panel, and waiting for what it says."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self.window, self.panel = window, window.python
        self._wait = qtbot

    @property
    def said(self) -> str:
        """All that is in the transcript."""
        return self.panel.transcript.toPlainText()

    def until(self, test: Callable[[], object]) -> None:
        """Wait, with the window alive."""
        self._wait.waitUntil(lambda: bool(test()), timeout=PATIENCE_MS)

    def idle(self) -> bool:
        """Nothing runs, and all was answered."""
        return self.panel.kernel.state is State.IDLE

    def run(self, code: str, then: str = "") -> None:
        """Type lines and Enter, wait until ``then`` was said."""
        self.panel.entry.put(code)
        self.panel.entry.given.emit(code)
        if then:
            self.until(lambda: then in self.said and self.panel.kernel.state in (State.IDLE, State.ENDED))


@contextmanager
def prompt(qtbot: QtBot, dress: Dress, *, apart: bool = False) -> Iterator[Prompt]:
    """A window whose Python prompt has begun and is idle."""
    shell = Shell(dress)
    shell.resize(1600, 1000)
    main = App(shell, apart=apart)
    with qtbot.waitExposed(shell):
        shell.show()
    main.begin()
    qtbot.waitUntil(lambda: main.window is not None, timeout=PATIENCE_MS)
    assert main.window is not None
    window = main.window
    shell.strip.setCurrentWidget(window.python)
    made = Prompt(qtbot, window)
    try:
        made.until(lambda: made.idle() and made.panel.entry is not None)
        yield made
    finally:
        main.go()
        main.close()
        main.deleteLater()
        shell.deleteLater()


__all__ = ["Prompt", "PythonPanel", "prompt"]
