"""The engine in a process of its own: commands go, events come, its log comes, and it ends however its face ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from astrolabnet_gui.errors import AstroLabNetError
from astrolabnet_gui.network.apart import Apart
from astrolabnet_gui.network.link import DeltaEvent, Event, Opened, Reset, RunEvent, RunState
from tests.island_fixture import wait_until

PROGRAM = "astrolabnet_gui.command.apart"


class Face:
    """What a window does of it: a thread that carries, a list of what was heard."""

    def __init__(self) -> None:
        self.apart = Apart(PROGRAM)
        self.heard: list[Event] = []
        self.error: Exception | None = None
        self.apart.subscribe(self.heard.append)
        self.apart.start()
        self.thread = threading.Thread(target=self._carry)
        self.thread.start()

    def _carry(self) -> None:
        try:
            self.apart.carry()
        except AstroLabNetError as error:
            self.error = error

    def of(self, run: str) -> RunEvent:
        """The end of a run."""
        ends = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)

        def ended() -> list[RunEvent]:
            return [e for e in self.heard if isinstance(e, RunEvent) and e.run == run and e.state in ends]

        found: list[RunEvent] = wait_until(ended, what=f"the end of {run}")
        return found[-1]


@contextmanager
def face() -> Iterator[Face]:
    made = Face()
    try:
        yield made
    finally:
        made.apart.stop()
        made.thread.join(20)
        assert not made.thread.is_alive()


def is_there(kind: type[Event], heard: list[Event]) -> Callable[[], bool]:
    return lambda: any(isinstance(event, kind) for event in heard)


def test_commands_go_and_events_come() -> None:
    with face() as one:
        wait_until(is_there(Opened, one.heard))
        wait_until(is_there(Reset, one.heard))
        added = one.of(one.apart.submit("server.add", None, {"alias": "lal", "url": "http://127.0.0.1:9"}))
        assert added.state is RunState.DONE, added
        wait_until(lambda: any(isinstance(e, DeltaEvent) and e.deltas for e in one.heard))
        refused = one.of(one.apart.submit("server.add", None, {"alias": "lal", "url": "nonsense"}))
        assert refused.state is RunState.FAILED
        assert refused.problem is not None
        moments = one.of(one.apart.submit("journal.moments", None, {}))
        assert moments.result["times"], "the past is not written down"
        pid = one.apart.pid
    assert one.error is None
    assert not psutil.pid_exists(pid)


def test_a_process_that_is_killed_is_said() -> None:
    with face() as one:
        wait_until(is_there(Opened, one.heard))
        os.kill(one.apart.pid, signal.SIGKILL)
        one.thread.join(20)
        assert "its process ended" in str(one.error)
        # Nothing more is done, and nothing breaks.
        assert one.apart.submit("server.add", None, {})


def test_ctrl_c_in_the_terminal_is_the_faces_affair() -> None:
    with face() as one:
        wait_until(is_there(Opened, one.heard))
        os.kill(one.apart.pid, signal.SIGINT)
        os.kill(one.apart.pid, signal.SIGTERM)
        assert one.of(one.apart.submit("task.reconcile", None, {})).state is RunState.DONE


KILLED = """
import os, signal
from astrolabnet_gui.network.apart import Apart
one = Apart("astrolabnet_gui.command.apart")
one.start()
print(one.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_ends_when_its_face_is_killed() -> None:
    done = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, timeout=60, check=False)
    pid = int(done.stdout)
    wait_until(lambda: not psutil.pid_exists(pid), what="the end of the engine's process")


def test_what_is_logged_there_is_logged_here(
    caplog: pytest.LogCaptureFixture, expect_log: Callable[[str], None]
) -> None:
    expect_log("heard there")
    expect_log("the engine ended")
    one = Apart("tests.network.apart_that_logs")
    one.subscribe(lambda _: None)
    one.start()
    began = time.monotonic()
    with pytest.raises(AstroLabNetError, match="no engine today"), caplog.at_level("INFO"):
        one.carry()
    assert "heard there" in caplog.text
    assert "printed" not in caplog.text
    assert time.monotonic() - began < 60
