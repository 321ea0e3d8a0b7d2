"""Epochs: the file of this state folder that lets the things of a server keep their keys over a restart of ours."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from pathlib import Path

from ..errors import Missing
from ..network.memory import Memories, Memory, memory_of
from ..settings.files import read_capped, write_whole

_logger = logging.getLogger(__name__)


class Epochs:
    """What was kept, by the server's uuid. Losing it costs new keys, nothing else, so nothing here ever fails.

    Attributes:
        memories: for the engine.
    """

    def __init__(self, file: Path) -> None:
        self._file, self._turn = file, threading.Lock()
        self.memories = Memories(self._read())

    def save(self, now: Mapping[str, Memory]) -> None:
        """Keep ``memories.now()``. Any thread; it blocks."""
        with self._turn:
            told = {uuid: memory.data() for uuid, memory in now.items()}
            try:
                write_whole(self._file, json.dumps(told, separators=(",", ":")).encode())
            except Missing as problem:
                _logger.warning("the keys of servers' things are not kept: %s", problem)

    def _read(self) -> dict[str, Memory]:
        try:
            told = json.loads(read_capped(self._file))
        except (OSError, ValueError, RecursionError):
            return {}
        found = {uuid: memory_of(data) for uuid, data in told.items()} if isinstance(told, dict) else {}
        return {uuid: memory for uuid, memory in found.items() if memory is not None}
