"""A plug-in that is trusted in the window takes part in both of its processes at once, and leaves both."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.gui.app import App
from astrolabnet_gui.gui.desk import Act
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.network.link import RunState
from tests.plugins.test_plugins import VERB
from tests.plugins.workshop import install


@pytest.mark.parametrize("apart", [False, True])
def test_trust_given_in_the_window_holds_in_window_and_engine(
    qtbot: QtBot, qapp: QApplication, site: Path, monkeypatch: pytest.MonkeyPatch, apart: bool
) -> None:
    install(site, "astro-dark", VERB, {"commands": "VERB"})
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)
    shell = Shell(Dress(qapp))
    main = App(shell, apart=apart)
    shell.show()
    main.begin()
    qtbot.waitUntil(lambda: main.desk is not None and main.desk.connected, timeout=30_000)
    desk, window = main.desk, main.window
    assert desk is not None
    assert window is not None

    def ended(command: str, **params: str) -> Act:
        act = desk.acts[desk.submit(command, None, params)]

        def over() -> bool:
            box = window.questions.open.get(act.run)
            if box is not None and box.isVisible():
                yes: list[QPushButton] = [b for b in box.buttons() if b.property("choice") == "yes"]  # type: ignore[misc]
                yes[0].click()
            return act.ended is not None

        qtbot.waitUntil(over, timeout=30_000)
        return act

    def said(command: str) -> str:
        last = ended(command).last
        assert last is not None
        assert last.problem is not None
        return str(last.problem.what)

    assert "night.look" not in COMMANDS
    assert ended("plugin.trust", name="astro-dark").state is RunState.DONE
    qtbot.waitUntil(lambda: "night.look" in COMMANDS)
    assert said("night.look") == "night.look needs one of: servers."
    assert ended("plugin.distrust", name="astro-dark").state is RunState.DONE
    qtbot.waitUntil(lambda: "night.look" not in COMMANDS)
    assert said("night.look").startswith("there is no command")
    shell.close()
    assert main.close()
    main.deleteLater()
    shell.deleteLater()
