"""One driver process seen from the server: start it, speak JSON lines with it, see its end, leave nothing of it."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from astrolabnet_gui.island import platform, protocol
from astrolabnet_gui.island.undertaker import Undertaker

DRIVER = (sys.executable, "-m", "astrolabnet_gui.island.driver")
_WATCH_S = 0.25
_LONGEST_LINE = 4096
# One line of JSON holds a whole output; far above any output Spark lets a driver make.
_LONGEST_EVENT = 1 << 30


class Listener(Protocol):
    """Whoever follows a driver: a session, or the warm spare."""

    def event(self, event: protocol.Event) -> None:
        """The driver said something."""

    def line(self, text: str) -> None:
        """A line of the driver's log."""

    def ended(self, returncode: int, why: str) -> None:
        """The driver and its JVM are gone; called exactly once. ``why`` is for a person."""


class DriverProcess:
    """A child process and the JVM below it. All calls from the server's loop."""

    def __init__(self, listener: Listener, undertaker: Undertaker) -> None:
        self.listener = listener
        self._undertaker = undertaker
        self.jvm_pid: int | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._fatal = ""

    @property
    def pid(self) -> int | None:
        """Process id, None before the start."""
        return self._process.pid if self._process else None

    async def start(
        self, message: protocol.Start, *, cwd: Path, env: Mapping[str, str], command: Sequence[str] = DRIVER
    ) -> None:
        """Start the process and give it its first line.

        Raises:
            OSError: the system can not start one more process.
        """
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=dict(env),
            limit=_LONGEST_EVENT,
            **platform.own_group(),
        )
        self._undertaker.watch(self._process.pid)
        self.send(message)
        self._watcher = asyncio.create_task(self._watch(), name=f"driver {self._process.pid}")

    def send(self, message: protocol.Request) -> None:
        """Give the driver one line; silently lost when it is gone (its end is reported anyway)."""
        pipe = self._process.stdin if self._process else None
        if pipe is not None and not pipe.is_closing():
            with contextlib.suppress(OSError, RuntimeError):
                pipe.write(protocol.dump(message))

    async def end(self, patience_s: float = 2.0) -> None:
        """Ask the driver to stop, then make sure; returns when it and everything below it is gone."""
        if self._process is None or self._watcher is None:
            return
        if not self._watcher.done():
            tree = await asyncio.to_thread(platform.tree_of, self._process.pid)
            self.send(protocol.Stop())
            with contextlib.suppress(OSError, RuntimeError, AttributeError):
                self._process.stdin.close()  # type: ignore[union-attr]
            await asyncio.wait({self._watcher}, timeout=patience_s)
            await self._kill(tree)
        await self._watcher

    async def _watch(self) -> None:
        """Follow the pipes until the process is gone, clean up below it, then tell the listener."""
        process = self._process
        assert process is not None
        assert process.stdout is not None
        assert process.stderr is not None
        talk = asyncio.create_task(self._listen(process.stdout))
        log = asyncio.create_task(self._log(process.stderr))
        while process.returncode is None:
            await asyncio.wait({talk}, timeout=_WATCH_S) if not talk.done() else await asyncio.sleep(0.05)
            if self._lost_its_jvm(process):
                self._fatal = self._fatal or f"its Spark JVM (process {self.jvm_pid}) is gone"
                # The driver sees that itself and ends; one that hangs is ended here.
                await asyncio.wait({talk}, timeout=_WATCH_S)
                await self._kill([])
        await self._kill([])
        _, late = await asyncio.wait({talk, log}, timeout=1.0)
        for task in late:
            task.cancel()
        await asyncio.gather(talk, log, return_exceptions=True)
        if process.stdin is not None:
            process.stdin.close()
        # A grandchild that left the group could still hold the pipes: close our ends.
        process._transport.close()  # type: ignore[attr-defined]
        self._undertaker.forget(process.pid)
        returncode = process.returncode
        self.listener.ended(returncode, self._fatal or platform.end_words(returncode))

    def _lost_its_jvm(self, process: asyncio.subprocess.Process) -> bool:
        """Whether only half of the session is left. A dead driver not yet noticed is not that."""
        if self.jvm_pid is None or process.returncode is not None or platform.is_alive(self.jvm_pid):
            return False
        return platform.is_alive(process.pid)

    async def _kill(self, more: list[Any]) -> None:
        """Kill what is left of the tree. The JVM ends by itself on the end of its input, but may be stuck."""
        assert self._process is not None
        pid, jvm = self._process.pid, self.jvm_pid

        def clean() -> None:
            left = [*platform.tree_of(pid), *(platform.tree_of(jvm) if jvm else []), *more]
            platform.kill_all(left)

        await asyncio.to_thread(clean)

    async def _listen(self, pipe: asyncio.StreamReader) -> None:
        while raw := await pipe.readline():
            try:
                event = protocol.load_event(raw)
            except ValueError:
                self.listener.line(raw.decode("utf-8", "replace").rstrip())
                continue
            if isinstance(event, protocol.Up):
                self.jvm_pid = event.jvm_pid
            elif isinstance(event, protocol.Fatal):
                self._fatal = event.message
            self.listener.event(event)

    async def _log(self, pipe: asyncio.StreamReader) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        rest = ""
        while chunk := await pipe.read(1 << 16):
            *lines, rest = (rest + decoder.decode(chunk)).split("\n")
            for line in lines:
                self.listener.line(line.rstrip("\r")[:_LONGEST_LINE])
            if len(rest) > _LONGEST_LINE:
                self.listener.line(rest[:_LONGEST_LINE])
                rest = ""
        if rest:
            self.listener.line(rest[:_LONGEST_LINE])
