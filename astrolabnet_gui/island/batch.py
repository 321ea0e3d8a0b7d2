"""A batch: one program run by Spark's own SparkSubmit, started directly."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from astrolabnet_gui.island import platform
from astrolabnet_gui.island.lines import Lines
from astrolabnet_gui.island.request import NewBatch
from astrolabnet_gui.island.undertaker import Undertaker

_LONGEST_LINE = 4096


class Batch:
    """States: starting, running, then success or dead (an exit code other than 0, or a kill)."""

    def __init__(
        self, number: int, request: NewBatch, undertaker: Undertaker, *, now: Callable[[], float] = time.time
    ) -> None:
        self.id = number
        self.name = request.name
        self.request = request
        self.state = "starting"
        self.lines = Lines()
        self.ended_at: float | None = None
        self._undertaker = undertaker
        self._now = now
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def start(self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> None:
        """Start the program.

        Raises:
            OSError: the system can not start one more process.
        """
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=dict(env),
            limit=1 << 20,
            **platform.own_group(),
        )
        self._undertaker.watch(self._process.pid)
        self._watcher = asyncio.create_task(self._watch(self._process), name=f"batch {self.id}")

    @property
    def pid(self) -> int | None:
        """Process id of its Java, None before the start."""
        return self._process.pid if self._process else None

    async def end(self) -> None:
        """Kill it, if it still runs; returns when nothing of it is left."""
        if self._process is None or self._watcher is None:
            return
        if self._process.returncode is None:
            pid = self._process.pid
            await asyncio.to_thread(lambda: platform.kill_all(platform.tree_of(pid)))
        await self._watcher

    def failed(self, why: str) -> None:
        """It could not be started."""
        self.lines.err(why)
        self._over("dead")

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        self.state = "running"
        assert process.stdout is not None
        log = asyncio.create_task(self._log(process.stdout))
        while process.returncode is None:
            await asyncio.wait({log}, timeout=0.25) if not log.done() else await asyncio.sleep(0.05)
        # Java is gone; the Python below it must not stay, nor what that has started.
        await asyncio.to_thread(lambda: platform.kill_all(platform.tree_of(process.pid)))
        _, late = await asyncio.wait({log}, timeout=1.0)
        for task in late:
            task.cancel()
        await asyncio.gather(log, return_exceptions=True)
        process._transport.close()  # type: ignore[attr-defined]
        self._undertaker.forget(process.pid)
        if process.returncode != 0:
            self.lines.err(f"The batch has ended: {platform.end_words(process.returncode)}.")
        self._over("success" if process.returncode == 0 else "dead")

    async def _log(self, pipe: asyncio.StreamReader) -> None:
        with contextlib.suppress(ValueError):  # a line above the limit ends the log, not the batch
            while raw := await pipe.readline():
                self.lines.out(raw.decode("utf-8", "replace").rstrip("\r\n")[:_LONGEST_LINE])
        while await pipe.read(1 << 16):
            pass

    def _over(self, state: str) -> None:
        self.state = state
        self.ended_at = self._now()
