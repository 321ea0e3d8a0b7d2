"""Apart: an engine in a process of its own, so that its work never holds up a window; both ends of the way to it.

Messages are pickled on the pipes between two processes of one program. The process ends by itself when its face is
gone, however that ended.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ..errors import AstroLabNetError
from .way import Way

# A window starts the process before it imports anything: what is heavy is imported where it is needed.
if TYPE_CHECKING:
    from .engine import Engine
    from .link import Event

_logger = logging.getLogger(__name__)
_ROOT = Path(__file__).parents[2]


class Apart(Way):
    """The face's end. ``start`` it, and subscribe, then let a thread of the face ``carry`` it.

    Args:
        program: module that is run there; its last act is ``serve``.
    """

    def __init__(self, program: str) -> None:
        super().__init__()
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._gate = threading.Lock()
        self._stopping = False

    def start(self) -> None:
        """Start the process; its events wait until ``carry`` takes them.

        Raises:
            OSError: no process can be started.
        """
        # -P: what lies in the working folder is never imported; the program itself is found where this one was.
        paths = [str(_ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", self._program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )  # fmt: skip

    @property
    def pid(self) -> int:
        """Number of the process; 0 before ``start``."""
        return 0 if self._process is None else self._process.pid

    def carry(self) -> None:
        """Hand on what comes, in the calling thread, until the process has ended.

        Raises:
            AstroLabNetError: the engine ended by itself.
        """
        assert self._process is not None
        assert self._process.stdout is not None
        broken = ""
        with suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                what, told = pickle.load(self._process.stdout)
                if what == "event":
                    self._tell(told)
                elif what == "log":
                    record = logging.makeLogRecord(told)
                    logging.getLogger(record.name).handle(record)
                else:
                    broken = str(told)
                    break
        code = self._gone(self._process)
        if not self._stopping:
            raise AstroLabNetError(broken or f"its process ended with {code}")

    def drop(self) -> None:
        """End a process that nobody carried: nothing was asked of it yet."""
        if self._process is not None:
            self._process.kill()
            self._gone(self._process)

    def _gone(self, process: subprocess.Popen[bytes]) -> int:
        with self._gate:
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
        return process.wait()

    def _send(self, *message: object) -> None:
        data = pickle.dumps(message)
        with self._gate, suppress(OSError, ValueError):
            assert self._process is not None
            assert self._process.stdin is not None
            self._process.stdin.write(data)
            self._process.stdin.flush()

    def stop(self) -> None:
        """End the process; returns at once."""
        self._stopping = True
        if self._process is not None:
            self._send("stop")


class _Teller(logging.Handler):
    """The other end's mouth: events, and what is logged there, for the log is the face's."""

    def __init__(self, out: IO[bytes]) -> None:
        super().__init__(logging.INFO)
        self._out = out
        self._gate = threading.Lock()

    def event(self, event: Event) -> None:
        """Tell an event; a result that can not travel is left out."""
        try:
            self.tell("event", event)
        except (pickle.PicklingError, TypeError, AttributeError):
            from .link import RunEvent

            if not isinstance(event, RunEvent):
                raise
            _logger.exception("the result of %s can not travel", event.command)
            self.tell("event", event.model_copy(update={"result": None}))

    def emit(self, record: logging.LogRecord) -> None:
        """Tell a line of the log."""
        told = {
            "name": record.name,
            "levelno": record.levelno,
            "levelname": record.levelname,
            "created": record.created,
        }
        words = record.getMessage()
        if record.exc_info:
            words += "\n" + logging.Formatter().formatException(record.exc_info)
        self.tell("log", {**told, "msg": words})

    def tell(self, what: str, told: object) -> None:
        """Tell anything; a face that is gone hears nothing."""
        data = pickle.dumps((what, told))
        with self._gate, suppress(OSError, ValueError):
            self._out.write(data)
            self._out.flush()


def serve(opened: Callable[[], tuple[Engine, Sequence[str], Callable[[], object]]]) -> None:
    """The process's end: open an engine, carry it while the face is there, close, and leave the process.

    Args:
        opened: makes the engine; with sentences about what could not be read, and what closes its house.
    """
    # The terminal's Ctrl+C and the system's goodbye go to the face, which says when it is time.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.SIG_IGN)
    # What a library prints must not stand between two messages.
    teller = _Teller(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)
    logging.getLogger().addHandler(teller)
    from .carrier import Carrier
    from .link import Opened

    engine, problems, close = opened()
    engine.subscribe(teller.event)
    teller.tell("event", Opened(problems=tuple(problems)))
    carrier = Carrier(engine, broken=lambda error: teller.tell("broken", f"{type(error).__name__}: {error}")).start()
    acts: dict[str, Callable[..., object]] = {
        "submit": engine.submit, "answer": engine.answer, "cancel": engine.cancel, "attend": engine.attend,
        "arrange": engine.arrange, "lend": engine.lend,
    }  # fmt: skip
    with suppress(EOFError, OSError, pickle.UnpicklingError):
        while (message := pickle.load(sys.stdin.buffer))[0] != "stop":
            acts[message[0]](*message[1:])
    engine.leaving = True
    if carrier.stop():
        close()
    sys.stderr.flush()
    # A thread that hangs in the system must not keep the process: what must last is on the disk.
    os._exit(0)
