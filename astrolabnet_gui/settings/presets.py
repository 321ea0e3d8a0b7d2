"""Presets: settings of new sessions that a person keeps under a name, per server; ``presets.json`` of the workspace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import Missing
from .files import read_object, write_whole

Saved = dict[str, dict[str, Any]]


class Presets:
    """Reading never fails: a file that can not be used is kept aside and named in ``problems``."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "presets.json"
        self.problems: list[str] = []
        self._by_server: dict[str, Saved] = read_object(self._file, "presets", self.problems, _are_presets)

    def of(self, server: str) -> Saved:
        """Names and settings of the presets of a server."""
        return {name: dict(values) for name, values in self._by_server.get(server, {}).items()}

    def keep(self, server: str, name: str, values: Mapping[str, Any]) -> None:
        """Keep settings under a name, in place of those it had.

        Raises:
            Missing: the folder can not be written.
        """
        self._write({**self._by_server, server: {**self.of(server), name: dict(values)}})

    def drop(self, server: str, name: str) -> bool:
        """Forget a preset; False if there is none of that name.

        Raises:
            Missing: the folder can not be written.
        """
        left = self.of(server)
        if left.pop(name, None) is None:
            return False
        self._write({**self._by_server, server: left})
        return True

    def _write(self, by_server: dict[str, Saved]) -> None:
        try:
            text = json.dumps(by_server, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        except ValueError as exc:
            raise Missing(f"these settings can not be kept: {exc}.") from exc
        write_whole(self._file, (text + "\n").encode())
        self._by_server = by_server


def _are_presets(told: dict[str, Any]) -> bool:
    return all(
        isinstance(saved, dict) and all(isinstance(values, dict) for values in saved.values())
        for saved in told.values()
    )
