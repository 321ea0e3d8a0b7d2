"""Spool: outputs over 1 MB, in files. Those of my tasks are the archive's own from the start; what others' tasks gave
was only looked at, and goes with the program.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ulid import ULID

from ..errors import Missing
from ..journal.owner import Only
from ..model.task import Task
from .blobs import Blobs

_logger = logging.getLogger(__name__)


class Spool:
    """Any thread.

    Args:
        kept: where the archive keeps outputs.
        folder: where others' outputs lie; each process has a folder of its own there, and whoever comes later sweeps
            those of processes that have ended.
    """

    def __init__(self, kept: Blobs, folder: Path) -> None:
        self._kept, self._folder = kept, folder
        self._own = folder / str(ULID())
        self._lock = Only(folder / f"{self._own.name}.lock")
        self._gate = threading.Lock()
        self._blobs: Blobs | None = None
        self._closed = False

    def put(self, output: Mapping[str, Any], mine: bool) -> str:
        """Write an output; its file. "" if there is no room for it, or the program ends: it stays in memory then."""
        data = json.dumps(output, ensure_ascii=True).encode()
        try:
            blobs = self._kept if mine else self._of_others()
            return "" if blobs is None else str(blobs.place(blobs.put(data)))
        except (Missing, OSError) as problem:
            _logger.warning("a large result stays in memory: %s", problem)
            return ""

    def close(self) -> None:
        """Delete what others' tasks gave."""
        with self._gate:
            self._closed, opened, self._blobs = True, self._blobs is not None, None
        if opened:
            shutil.rmtree(self._own, ignore_errors=True)
            self._lock.close()
            with contextlib.suppress(OSError):
                (self._folder / f"{self._own.name}.lock").unlink()

    def _of_others(self) -> Blobs | None:
        with self._gate:
            if self._blobs is None and not self._closed:
                self._sweep()
                self._lock.take()
                self._blobs = Blobs(self._own)
            return self._blobs

    def _sweep(self) -> None:
        """Take away what processes left that were killed."""
        for file in self._folder.glob("*.lock"):
            left = Only(file)
            with contextlib.suppress(OSError):
                if left.take():
                    shutil.rmtree(file.with_suffix(""), ignore_errors=True)
                    left.close()
                    file.unlink()


def output_of(task: Task) -> dict[str, Any] | None:
    """Livy's whole output object of a task, from wherever it lies; None if none is known. Blocks.

    Raises:
        Missing: its file is gone or damaged.
    """
    if task.spooled:
        return read(task.spooled)
    return None if task.statement is None else task.statement.output


def read(file: str) -> dict[str, Any]:
    """The output in a file of the spool. Blocks.

    Raises:
        Missing: it is gone or damaged.
    """
    place = Path(file)
    found: dict[str, Any] = json.loads(Blobs(place.parent.parent).get(place.name))
    return found
