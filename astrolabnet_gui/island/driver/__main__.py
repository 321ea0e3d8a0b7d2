"""The process of one session: ``python -m astrolabnet_gui.island.driver``, started by the island only."""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

from astrolabnet_gui.errors import AstroLabNetError
from astrolabnet_gui.island.driver import jvm
from astrolabnet_gui.island.driver.wire import Wire, log
from astrolabnet_gui.island.protocol import Fatal, Request, Start, Stop, Up

if TYPE_CHECKING:
    from astrolabnet_gui.island.driver.session import Session

# How long Java may take to stop Spark in good order: when asked, and when nobody is left to ask.
_ASKED_S, _ALONE_S = 1.2, 0.7


class Driver:
    """Holds the two processes together: when one ends, or the island does, so does the other."""

    def __init__(self) -> None:
        self._wire = Wire()
        self._lock = threading.Lock()
        self._early: list[Request] = []
        self._once = threading.Lock()
        self._session: Session | None = None
        self._java: subprocess.Popen[bytes] | None = None

    def run(self) -> NoReturn:
        """Make the session and work for it; never returns."""
        requests = self._wire.requests()
        start = next(requests, None)
        if not isinstance(start, Start):
            os._exit(2)
        try:
            os.chdir(start.work_dir)
            java = self._java = jvm.launch(start)
            self._wire.send(Up(py_pid=os.getpid(), jvm_pid=java.pid))
            threading.Thread(target=self._read, args=(requests,), name="read", daemon=True).start()
            threading.Thread(target=self._guard, args=(java,), name="guard", daemon=True).start()
            self._work(start, java)
        except AstroLabNetError as e:
            self._fail(str(e))
        except Exception as e:  # noqa: BLE001 - the island must learn it, whatever it is
            self._fail(f"The session could not start: {str(e) or type(e).__name__}")

    def _work(self, start: Start, java: subprocess.Popen[bytes]) -> NoReturn:
        # All this is imported while Java starts: it takes Python half a second, Java longer.
        from astrolabnet_gui.island.driver.context import Context
        from astrolabnet_gui.island.driver.session import Session
        from astrolabnet_gui.island.platform import die_with_parent

        die_with_parent()
        import pyspark.sql  # noqa: F401

        os.environ.setdefault("MPLBACKEND", "Agg")  # before user code draws: there is no screen
        # The first plot ever would carry "Matplotlib is building the font cache" in its result.
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
        context = Context(jvm.connect(java, start.work_dir))
        session = Session(self._wire, context, start)
        self._wire.send(session.idle())
        with self._lock:
            self._session = session
            for request in self._early:
                session.take(request)
        session.warm()
        session.work()

    def _read(self, requests: Iterator[Request]) -> NoReturn:
        patience_s = _ALONE_S
        for request in requests:
            if isinstance(request, Stop):
                patience_s = _ASKED_S
                break
            with self._lock:
                if self._session is None:
                    self._early.append(request)
                else:
                    self._session.take(request)
        self._once.acquire()
        self._quit(0, patience_s)

    def _guard(self, java: subprocess.Popen[bytes]) -> None:
        """A session without Java is none."""
        code = java.wait()
        log(f"Java ended with exit code {code}")
        self._fail(_why(code, started=self._session is not None))

    def _fail(self, message: str) -> NoReturn:
        self._once.acquire()
        self._wire.send(Fatal(message=message))
        self._quit(1, _ALONE_S)

    def _quit(self, code: int, patience_s: float) -> NoReturn:
        """End both processes within two seconds, whatever user code does; from the thread that took ``_once``.

        Java ends by itself when its input closes, and its hooks stop Spark in good order; one that hangs is killed.
        """
        if self._session is not None:
            self._session.close()
        if self._java is not None and self._java.stdin is not None:
            end = time.monotonic() + patience_s
            self._java.stdin.close()
            while self._java.poll() is None and time.monotonic() < end:
                time.sleep(0.01)
            self._java.kill()
        os._exit(code)


def _why(code: int, *, started: bool) -> str:
    """What the end of Java means, and what may help."""
    if not started:
        return jvm.NOT_READY.format(code=code)
    if code == -9 or code == 137:
        return "Spark's Java process was killed, perhaps by the system for want of memory. Open a session with less."
    return f"Spark's Java process ended (exit code {code}). The session's log may say why; open a new session."


if __name__ == "__main__":
    Driver().run()
