"""A class data archive: what Java has to load at each start, kept ready on disk. It halves the start of a session.

It is built once for each pair of Java and Spark: a first archive of Java's own classes (half a second), then one of
all classes that a session uses, by training one (20 to 30 s, 170 MB). That costs, so it happens in the background,
after the first result, when the computer is idle; or at once, where a person asks for it (``island archive``).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import psutil

from astrolabnet_gui.island import platform
from astrolabnet_gui.island.driver import jvm
from astrolabnet_gui.island.jre import Jre
from astrolabnet_gui.island.options import cache_folder
from astrolabnet_gui.island.submit import clean_env
from astrolabnet_gui.island.undertaker import Undertaker

PLACE = "ASTROLABNET_CLASS_ARCHIVE"
"""Environment: the folder of archives that several homes share."""
BASE, SPARK = "base.jsa", "spark.jsa"
# A damaged or foreign archive is passed over by Java; its complaints would look like errors in a session's log.
_QUIET = ("-Xshare:auto", "-Xlog:disable", "-Xlog:all=off")
_IDLE_PERCENT = 30.0
_LOOK_S = 5.0
# The training is patient: on a busy computer it was seen to take five minutes.
_BUILD_S = 900.0
log = logging.getLogger("island.cds")


class Archive:
    """The archive for one Java, ready or not."""

    def __init__(self, jre: Jre, cache: Path | None = None, undertaker: Undertaker | None = None) -> None:
        self._jre = jre
        self._undertaker = undertaker
        shared = os.environ.get(PLACE, "")
        self._home = Path(shared).absolute() if shared and cache is None else (cache or cache_folder()) / "cds"
        self.folder = self._home / _key(jre)
        self._task: asyncio.Task[None] | None = None
        # Archives made while a program runs came with Java 13.
        self.possible = jre.major >= 13

    @property
    def ready(self) -> bool:
        """Whether starts can use it."""
        return (self.folder / SPARK).is_file()

    def java_args(self) -> tuple[str, ...]:
        """Flags that use it; none while it does not exist."""
        if not self.ready:
            return ()
        both = os.pathsep.join([str(self.folder / BASE), str(self.folder / SPARK)])
        return (f"-XX:SharedArchiveFile={both}", *_QUIET)

    def build_when_idle(self, busy: Callable[[], bool]) -> None:
        """Begin to wait for an idle moment, unless the archive exists or that was done before."""
        if self.possible and not self.ready and self._task is None:
            self._task = asyncio.create_task(self._build(busy), name="class data archive")

    async def end(self) -> None:
        """Stop waiting or building; nothing half-made is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _build(self, busy: Callable[[], bool]) -> None:
        psutil.cpu_percent()
        while True:
            await asyncio.sleep(_LOOK_S)
            if psutil.cpu_percent() < _IDLE_PERCENT and not busy():
                break
        await self.build()

    async def build(self) -> None:
        """Build it now; where that fails, the log says why, and sessions start without it."""
        draft = self._home / f"{self.folder.name}.{os.getpid()}"
        try:
            draft.mkdir(parents=True, exist_ok=True)
            if await self._run(draft):
                shutil.rmtree(self.folder, ignore_errors=True)
                draft.rename(self.folder)
                for other in self._home.iterdir():
                    if other != self.folder and "." not in other.name:
                        shutil.rmtree(other, ignore_errors=True)
                log.info("class data archive built")
        except OSError as error:
            log.warning("no class data archive: %s", error.strerror or error)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    async def _run(self, draft: Path) -> bool:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "astrolabnet_gui.island.train",
            str(self._jre.home),
            str(draft),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=draft,
            env=clean_env(),
            **platform.own_group(),
        )
        if self._undertaker is not None:  # a training ends by itself with us, but not the Java that it has begun
            self._undertaker.watch(process.pid)
        try:
            assert process.stderr is not None
            said = await asyncio.wait_for(process.stderr.read(), _BUILD_S)
            await process.wait()
        except TimeoutError:
            said = b"it took too long"
        finally:
            if process.returncode is None:
                pid = process.pid
                await asyncio.shield(asyncio.to_thread(lambda: platform.kill_all(platform.tree_of(pid))))
            if self._undertaker is not None:
                self._undertaker.forget(process.pid)
        if process.returncode != 0:
            words = said.decode("utf-8", "replace").strip().splitlines()
            log.warning(
                "no class data archive: %s", words[-1] if words else platform.end_words(process.returncode or 0)
            )
        return process.returncode == 0 and (draft / SPARK).is_file()


def _key(jre: Jre) -> str:
    """Names one pair of Java and Spark as installed here."""
    marks = [str(jre.home), jre.version, version("pyspark"), str(jvm.spark_home()), "2"]
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:16]
