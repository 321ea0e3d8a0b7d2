"""The list of plug-ins is a window; its buttons ask for trust in what was shown, or switch off."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton

from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.network.link import RunState
from tests.gui.fakes import FakeLink

SHA = "0" * 64


def shown(window: Window, link: FakeLink, state: str) -> QDialog:
    run = window.desk.submit("plugin.list", None, {})
    row = {"name": "astro-night", "version": "1.0", "summary": "<b>Night</b>", "brings": {"commands": ["night"]},
           "state": state, "sha256": SHA, "problems": ["it fails."] if state == "unfit" else []}  # fmt: skip
    link.run(run, "plugin.list", RunState.DONE, text="1 plug-in.", result={"plugins": [row]})
    (made,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.windowTitle() == "Plug-ins")
    assert made.isVisible()
    return made


def test_a_button_acts_on_what_was_shown(window: Window, link: FakeLink) -> None:
    made = shown(window, link, "off")
    assert any("<b>Night</b>" in words.text() for words in made.findChildren(QLabel))
    (button,) = made.findChildren(QPushButton)
    button.click()
    assert link.submitted[-1] == ("plugin.trust", None, {"name": "astro-night", "sha256": SHA})
    QApplication.sendPostedEvents(None, 52)
    made = shown(window, link, "on")
    (button,) = made.findChildren(QPushButton)
    button.click()
    assert link.submitted[-1] == ("plugin.distrust", None, {"name": "astro-night"})
    QApplication.sendPostedEvents(None, 52)
    made = shown(window, link, "unfit")
    assert made.findChildren(QPushButton) == []
    made.close()
