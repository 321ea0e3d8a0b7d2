"""Kernel: the process of the console's Python: begun, interrupted, begun anew, ended; and the words with it."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from ...network.link import Lent

if TYPE_CHECKING:
    from .wire import Wire

PROGRAM = "astrolabnet_gui.notebook.kernel"
ENVIRONMENT = "ASTROLABNET_LENT"
_ROOT = Path(__file__).parents[3]
_ASK_MS, _KILL_MS = 200, 2000
_logger = logging.getLogger(__name__)


class State(StrEnum):
    """Where the kernel stands."""

    NONE = "not started"
    STARTING = "starting"
    IDLE = "idle"
    BUSY = "busy"
    ENDED = "ended"


class Kernel(QObject):
    """One process at a time.

    Signals:
        changed(): ``state`` is another one.
        heard(str, dict): as of ``Wire``.
        failed(str): it ended by itself; what it said last.
    """

    changed = Signal()
    heard = Signal(str, object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = State.NONE
        self._process: QProcess | None = None
        self._wire: Wire | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._errors = ""
        # What is said before the other end listens is lost: asked again until an answer came.
        self._asking = QTimer(self, interval=_ASK_MS)
        self._asking.timeout.connect(lambda: self.send("shell", "kernel_info_request", {}))

    @property
    def pid(self) -> int:
        """Number of the process; 0 if there is none."""
        return 0 if self._process is None else int(self._process.processId())

    def begin(self, lent: Lent) -> None:
        """Start the process; it is there once ``state`` is idle."""
        self.end()
        self._errors = ""
        self._folder = TemporaryDirectory(prefix="astrolabnet-", ignore_cleanup_errors=True)
        process = self._process = QProcess(self)
        around = QProcessEnvironment.systemEnvironment()
        paths = [str(_ROOT), *filter(None, around.value("PYTHONPATH", "").split(os.pathsep))]
        around.insert("PYTHONPATH", os.pathsep.join(paths))
        around.insert(ENVIRONMENT, f"{lent.port}:{lent.secret}")
        around.insert("JPY_PARENT_PID", str(os.getpid()))
        process.setProcessEnvironment(around)
        if hasattr(process, "setUnixProcessParameters"):
            # Ctrl+C in the terminal of the window is not meant for what runs here.
            process.setUnixProcessParameters(QProcess.UnixProcessFlag.CreateNewSession)
        process.readyReadStandardOutput.connect(self._told)
        process.readyReadStandardError.connect(self._complained)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._not_started)
        # -P: what lies in the working folder is never imported; the program is found where this one was.
        process.start(sys.executable, ["-P", "-m", PROGRAM, "-f", str(Path(self._folder.name, "kernel.json"))])
        self._now(State.STARTING)

    def send(self, channel: str, kind: str, content: Mapping[str, Any]) -> str:
        """Send a message; its id, "" if nobody is there."""
        return "" if self._wire is None else self._wire.send(channel, kind, content)

    def interrupt(self) -> None:
        """Stop what runs; the names stay."""
        self.send("control", "interrupt_request", {})

    def end(self) -> None:
        """End the process at once, whatever it does."""
        self._hang_up()
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._not_started)
            process.kill()
            process.waitForFinished(_KILL_MS)
            process.deleteLater()
        self._put_away()
        self._now(State.NONE)

    def _hang_up(self) -> None:
        self._asking.stop()
        if self._wire is not None:
            self._wire.close()
            self._wire.deleteLater()
            self._wire = None

    def _put_away(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _told(self) -> None:
        """The process says where it listens."""
        if self._process is None or not self._process.canReadLine() or self._wire is not None:
            return
        from .wire import Wire

        self._wire = Wire(json.loads(bytes(self._process.readLine().data())), self)
        self._wire.heard.connect(self._hear)
        self._asking.start()
        self.send("shell", "kernel_info_request", {})

    def _complained(self) -> None:
        if self._process is not None:
            said = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
            self._errors = (self._errors + said)[-4000:]

    def _hear(self, channel: str, message: dict[str, Any]) -> None:
        if channel == "iopub" and message["msg_type"] == "status":
            self._stands(str(message["content"].get("execution_state")), message["parent_header"])
            return
        self.heard.emit(channel, message)

    def _stands(self, state: str, of: Mapping[str, Any]) -> None:
        """Busy with a cell, that is: a completion is no work that can be interrupted."""
        cell = of.get("msg_type") == "execute_request"
        if (state == "busy" and cell) or (state == "idle" and (cell or self.state is State.STARTING)):
            self._asking.stop()
            self._now(State(state))

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            self._errors = self._process.errorString()
            self._finished()

    def _finished(self) -> None:
        self._complained()
        self._hang_up()
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        self._put_away()
        self._now(State.ENDED)
        self.failed.emit(self._errors.strip())

    def _now(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self.changed.emit()
