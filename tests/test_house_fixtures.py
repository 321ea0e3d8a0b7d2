"""The fixtures of every test see what they are there to see: each is broken on purpose in a run of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
HERE = Path(__file__).parent
BROKEN = {
    "thread": (
        """
import threading
def test_it():
    threading.Thread(target=threading.Event().wait, args=(30,), daemon=True).start()
""",
        "*thread Thread-*",
    ),
    "file": (
        """
KEPT = []
def test_it(tmp_path):
    KEPT.append(open(tmp_path / "kept.txt", "w"))
""",
        "*handle * *kept.txt",
    ),
    "socket": (
        """
import socket
KEPT = []
def test_it():
    KEPT.append(socket.socket())
""",
        "*handle * socket:*",
    ),
    "task": (
        """
import asyncio
KEPT = []
async def test_it():
    KEPT.append(asyncio.create_task(asyncio.sleep(60), name="forgotten"))
""",
        "*forgotten*",
    ),
    "widget": (
        """
from PySide6.QtWidgets import QWidget
KEPT = []
def test_it(qapp):
    KEPT.append(QWidget())
""",
        "*widget <*",
    ),
    "qthread": (
        """
import atexit
from PySide6.QtCore import QThread
KEPT = []
def test_it(qapp):
    KEPT.append(QThread())
    KEPT[0].start()
atexit.register(lambda: [(t.quit(), t.wait()) for t in KEPT])
""",
        "*QThread QThread*",
    ),
    "log": ("import logging\ndef test_it():\n    logging.getLogger('x').warning('oh dear')", "*WARNING x: oh dear*"),
    "silence": ("def test_it(expect_log):\n    expect_log('oh no')", "*expected, but not logged: oh no*"),
    "network": (
        "import socket\ndef test_it():\n    with socket.socket() as s:\n        s.connect(('192.0.2.1', 80))",
        "*NetworkUsed*192.0.2.1*",
    ),
    "lookup": ("import socket\ndef test_it():\n    socket.getaddrinfo('example.org', 80)", "*NetworkUsed*example.org*"),
}
SOUND = """
import asyncio, logging, os, pathlib, socket, threading

def test_thread_ends():
    t = threading.Thread(target=lambda: None)
    t.start()
    t.join()

def test_log(expect_log):
    expect_log("oh d..r")
    logging.getLogger("x").warning("oh dear")

async def test_task():
    await asyncio.create_task(asyncio.sleep(0))

def test_home(tmp_home):
    assert pathlib.Path.home() == tmp_home
    assert os.environ["ASTROLABNET_HOME"].startswith(str(tmp_home))

def test_loopback():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()):
            pass
    try:
        socket.getaddrinfo("nowhere.invalid", 80)
    except socket.gaierror:
        return
    raise AssertionError

def test_widget(qtbot):
    from PySide6.QtWidgets import QWidget
    w = QWidget()
    qtbot.addWidget(w)
    w.show()
"""


@pytest.fixture
def inner(pytester: pytest.Pytester) -> pytest.Pytester:
    """A test folder with our conftest and nothing else."""
    house = pytester.path / "tests"
    house.mkdir()
    for name in ("conftest.py", "leaks.py", "loopback.py", "__init__.py"):
        shutil.copy(HERE / name, house / name)
    conftest = (HERE / "conftest.py").read_text(encoding="utf-8")
    assert "PATIENCE_S = 2.0" in conftest
    (house / "conftest.py").write_text(conftest.replace("PATIENCE_S = 2.0", "PATIENCE_S = 0.2"), encoding="utf-8")
    shutil.copy(HERE.parent / "pyproject.toml", pytester.path / "pyproject.toml")
    return pytester


def test_what_is_left_behind_is_seen(inner: pytest.Pytester) -> None:
    for name, (code, _) in BROKEN.items():
        (inner.path / "tests" / f"test_{name}.py").write_text(code, encoding="utf-8")
    result = inner.runpytest_subprocess("tests", "-p", "no:cacheprovider", timeout=60)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    for name, (_, seen) in BROKEN.items():
        result.stdout.fnmatch_lines_random([f"*test_{name}.py*", seen])


def test_what_is_sound_passes(inner: pytest.Pytester) -> None:
    (inner.path / "tests" / "test_sound.py").write_text(SOUND, encoding="utf-8")
    result = inner.runpytest_subprocess("tests", "-p", "no:cacheprovider", timeout=60)
    result.assert_outcomes(passed=6)


def test_a_skip_fails_in_ci_unless_the_platform_is_the_reason(
    inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import pytest\ndef test_a():\n    pytest.skip('no R')\ndef test_b():\n    pytest.skip('platform: Windows')"
    (inner.path / "tests" / "test_skips.py").write_text(code, encoding="utf-8")
    monkeypatch.delenv("CI", raising=False)
    inner.runpytest_subprocess("tests", "-p", "no:cacheprovider", timeout=60).assert_outcomes(skipped=2)
    monkeypatch.setenv("CI", "true")
    result = inner.runpytest_subprocess("tests", "-p", "no:cacheprovider", timeout=60)
    result.assert_outcomes(failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*skipped in CI: *no R"])
