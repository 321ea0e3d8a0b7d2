"""An error nobody expected is said once, calmly, without secrets; a standstill is named with its line in the log."""

from __future__ import annotations

import base64
import logging
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.client.redact import HIDDEN, Redacting, forms, learn, redacted
from astrolabnet_gui.gui.crash import SAFE, Crashes
from astrolabnet_gui.gui.log_file import LogFile
from astrolabnet_gui.gui.threads import Watchdog

SECRET = "canary-Fz7/+pw?1"


def fall(secret: str) -> None:
    raise RuntimeError(f"no way with {secret}")


def caught(secret: str) -> tuple[type[BaseException], BaseException, object]:
    try:
        fall(secret)
    except RuntimeError as error:
        return type(error), error, error.__traceback__
    raise AssertionError


def test_one_calm_dialog_with_a_report_to_copy_and_no_secret(qtbot: QtBot, capsys: pytest.CaptureFixture[str]) -> None:
    learn(SECRET)
    parent = QWidget()
    qtbot.addWidget(parent)
    crashes = Crashes(parent)
    for _ in range(3):
        crashes.hear(*caught(SECRET))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: crashes.dialog is not None and crashes.count == 3)
    dialog = crashes.dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert SAFE[:40] in "".join(w.text() for w in dialog.findChildren(type(dialog._more)))
    assert "2 more errors" in dialog._more.text()
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert "in fall" in text
    assert f"no way with {HIDDEN}" in text
    for place in (text, dialog.view.toPlainText(), capsys.readouterr().err):
        assert SECRET not in place
    QTest.mouseClick(dialog.go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: crashes.dialog is None)


def test_errors_of_all_threads_are_heard_and_the_hooks_go_back(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sys.excepthook, threading.excepthook
    crashes = Crashes()
    crashes.install()
    try:
        thread = threading.Thread(target=fall, args=("x",))
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: crashes.dialog is not None)
        crashes.hear(KeyboardInterrupt, KeyboardInterrupt(), None)
    finally:
        crashes.remove()
    assert (sys.excepthook, threading.excepthook) == before
    assert crashes.dialog is not None
    assert "in fall" in crashes.dialog.text
    assert "no way with x" in capsys.readouterr().err
    crashes.dialog.accept()
    qtbot.waitUntil(lambda: crashes.dialog is None)


def test_the_watchdog_names_the_line_once(qtbot: QtBot, expect_log: Callable[[str], None]) -> None:
    expect_log(r"the window stands still for over 250 ms at\n(.|\n)*freeze_on_purpose")
    dog = Watchdog()
    dog.start()

    def freeze_on_purpose() -> None:
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            pass

    freeze_on_purpose()
    qtbot.waitUntil(lambda: dog.told >= 1)
    dog.halt()
    assert dog.told == 1


def test_a_window_that_answers_is_left_alone(qtbot: QtBot) -> None:
    dog = Watchdog(limit_s=5.0)
    dog.start()
    qtbot.wait(50)
    dog.halt()
    assert dog.told == 0


def test_the_log_is_private_and_holds_no_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                expect_log: Callable[[str], None]) -> None:  # fmt: skip
    learn(SECRET)
    expect_log("login")
    log = LogFile(tmp_path / "state")
    logging.getLogger("x").warning("login with %s and %s", SECRET, sorted(forms(SECRET)))
    log.close()
    text = log.path.read_text()
    assert "login with" in text
    for form in forms(SECRET):
        assert form not in text
        assert form not in capsys.readouterr().err
    assert log.path.stat().st_mode & 0o077 == 0
    blocked = tmp_path / "file"
    blocked.write_text("")
    LogFile(blocked / "no folder").close()


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Basic dTpwdw==",
        "{'Cookie': 'a=b'}",
        "X-Api-Key=abcdef",
        "https://u:pw@host/x",
        "set-cookie: a=b",
    ],
)
def test_what_looks_like_a_login_is_hidden_too(text: str) -> None:
    assert HIDDEN in redacted(text)
    assert "pw" not in redacted(text)
    assert redacted("a plain line about tokens of a star") == "a plain line about tokens of a star"


@given(st.binary(max_size=5), st.text(min_size=9, max_size=40), st.binary(max_size=5))
def test_base64_of_a_secret_is_known_wherever_it_stands(before: bytes, secret: str, after: bytes) -> None:
    coded = base64.b64encode(before + secret.encode("utf-8", "replace") + after).decode()
    assert any(form in coded for form in forms(secret))


def test_a_traceback_in_the_log_is_redacted() -> None:
    learn(SECRET)
    kind, error, trace = caught(SECRET)
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "fell", None, (kind, error, trace))  # type: ignore[arg-type]
    assert SECRET not in Redacting().format(record)
