"""Route: an SSH connection that carries all connections to what is behind it, by the system's own ``ssh``.

One ``ssh`` a host, with the user's configuration, agent and jump hosts, and without a question: what needs a password
typed is not for a program that reconnects by itself. Each far address becomes a socket in a folder only this user can
enter, not a port of this computer, which everybody here could use.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from ..errors import AstroLabNetError, Missing, NotApplicable, Unreachable
from .trouble import quoted

_logger = logging.getLogger(__name__)
OPEN_S, GOODBYE_S, PAUSE_S = 20.0, 0.3, 2.0
_OPTIONS = (
    "BatchMode=yes", "ControlMaster=yes", "ControlPersist=no", "ClearAllForwardings=yes", "ConnectTimeout=10",
    "ExitOnForwardFailure=no", "ForwardAgent=no", "ForwardX11=no", "LogLevel=INFO", "PermitLocalCommand=no",
    "RemoteCommand=none", "RequestTTY=no", "ServerAliveInterval=10", "ServerAliveCountMax=3",
    "StreamLocalBindMask=0177", "StreamLocalBindUnlink=yes",
)  # fmt: skip
# It ends when its input does: also a program that was killed leaves no ssh behind.
_WATCH = (
    'exec 3<&0; "$@" </dev/null 3<&- & p=$!; trap "kill $p" TERM INT HUP; '
    "{ read -r x <&3; kill $p 2>/dev/null; } & r=$!; "
    "wait $p; c=$?; kill $r 2>/dev/null; exit $c"
)


class Route:
    """The way over one SSH host. For one asyncio loop; opens at the first need, and again when it was cut."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.users = 0
        self._folder: Path | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._opening: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._gate = asyncio.Lock()
        self._sockets: dict[tuple[str, int], Path] = {}
        self._said: list[str] = []
        self._failed_at = -PAUSE_S

    @property
    def said(self) -> str:
        """Last line of what ssh said."""
        return self._said[-1] if self._said else ""

    @property
    def pid(self) -> int | None:
        """Process that holds the connection; None while there is none."""
        return self._process.pid if self._up() and self._process is not None else None

    async def socket(self, host: str, port: int) -> Path:
        """Socket that leads to an address as the SSH host sees it.

        Raises:
            Missing: there is no ``ssh`` here.
            Unreachable: the connection does not open; the words are those of ``ssh``.
        """
        async with self._gate:
            await self._opened()
            path = self._sockets.get((host, port))
            if path is None:
                assert self._folder is not None
                path = self._folder / f"s{len(self._sockets)}"
                code, words = await self._ask("-O", "forward", "-L", f"{path}:{_bracketed(host)}:{port}")
                if code:
                    raise self._closed(words or "the far address was not taken")
                self._sockets[host, port] = path
            return path

    async def aclose(self) -> None:
        """End the connection and remove what it left."""
        for task in (self._opening, self._listening):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await self._end()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _up(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def _opened(self) -> None:
        """Whoever asks first opens it; a caller that gives up does not stop it for the others."""
        if self._up() and self._opening is None:
            return
        if self._opening is None:
            if asyncio.get_running_loop().time() - self._failed_at < PAUSE_S:
                raise self._closed(self.said)
            self._opening = asyncio.create_task(self._open(), name=f"ssh {self.host}")
        try:
            await asyncio.shield(self._opening)
        finally:
            if self._opening is not None and self._opening.done():
                self._opening = None

    async def _open(self) -> None:
        await self._end()
        if sys.platform == "win32":
            raise NotApplicable("an SSH route needs sockets in a folder, which ssh on Windows does not have.")
        ssh = shutil.which("ssh")
        if ssh is None:
            raise Missing("there is no ssh on this computer.", remedy="Install it: apt-get install openssh-client.")
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="aln-ssh-"))
        self._sockets.clear()
        self._said.clear()
        words = [ssh, *(w for o in _OPTIONS for w in ("-o", o)), "-N", "-T", "-S", self._control, "--", self._target]
        self._process = await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", _WATCH, "sh", *words,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip
        assert self._process.stderr is not None
        self._listening = asyncio.create_task(self._listen(self._process.stderr), name=f"ssh {self.host} says")
        try:
            async with asyncio.timeout(OPEN_S):
                while not Path(self._control).exists():
                    if not self._up():
                        await self._listening
                        raise self._closed(self.said or "it ended without a word")
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise self._closed(f"it did not open in {OPEN_S:g} s") from None
        except AstroLabNetError:
            self._failed_at = asyncio.get_running_loop().time()
            raise

    @property
    def _control(self) -> str:
        return str(self._folder / "m") if self._folder else ""

    @property
    def _target(self) -> str:
        return f"ssh://{self.host}" if ":" in self.host else self.host

    async def _ask(self, *words: str) -> tuple[int, str]:
        """Ask the one that holds the connection."""
        asker = await asyncio.create_subprocess_exec(
            "ssh", "-S", self._control, *words, "--", self._target, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            _, said = await asyncio.wait_for(asker.communicate(), OPEN_S)
        finally:
            if asker.returncode is None:
                asker.kill()
                await asker.wait()
        return asker.returncode or 0, said.decode("utf-8", "replace").strip()

    async def _listen(self, words: asyncio.StreamReader) -> None:
        with contextlib.suppress(ValueError):
            while line := await words.readline():
                text = line.decode("utf-8", "replace").strip()
                if text:
                    self._said = [*self._said[-19:], text]
                    _logger.info("ssh %s: %s", self.host, quoted(text))

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        if process.returncode is None:
            try:
                await asyncio.wait_for(process.wait(), GOODBYE_S)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    def _closed(self, said: str) -> Unreachable:
        what = f"the SSH route by {self.host} does not open: {quoted(said, 200)}."
        remedy = f"Try in a terminal: ssh {self.host}. It must log in there without a question."
        return Unreachable(what, remedy=remedy)


class Routes:
    """The routes of all servers of this program: two servers behind one host share it."""

    def __init__(self, make: Callable[[str], Route] = Route) -> None:
        self._make = make
        self.open: dict[str, Route] = {}

    def take(self, host: str) -> Route:
        """The route by a host; give it back with ``leave``."""
        route = self.open.setdefault(host, self._make(host))
        route.users += 1
        return route

    async def leave(self, route: Route) -> None:
        """One user less; the last one closes it."""
        route.users -= 1
        if not route.users:
            self.open.pop(route.host, None)
            await route.aclose()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
