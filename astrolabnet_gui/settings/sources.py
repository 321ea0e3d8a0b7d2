"""Sources of a workspace: descriptions of where data comes from, in ``sources.json``; passwords are named, not held."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import Missing
from ..model.source import Source
from .files import read_object, write_whole


class SourcesFile:
    """Reading never fails: a file or a source that can not be used is named in ``problems`` and kept as it is."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "sources.json"
        self.folder = folder / "sources"
        self.problems: list[str] = []
        self._raw: dict[str, Any] = read_object(self._file, "sources", self.problems)
        self._known = self._understood()

    def all(self) -> tuple[Source, ...]:
        """By name."""
        return tuple(self._known[name] for name in sorted(self._known, key=str.casefold))

    def get(self, name: str) -> Source | None:
        """The source of that name."""
        return self._known.get(name)

    def keep(self, source: Source) -> None:
        """Keep a source, new or changed.

        Raises:
            Missing: the folder can not be written.
        """
        told = source.model_dump(mode="json", exclude={"name", "place"}, exclude_defaults=True)
        self._write({**self._raw, source.name: told})
        self._known[source.name] = source

    def drop(self, name: str) -> None:
        """Forget it.

        Raises:
            Missing: the folder can not be written.
        """
        self._write({n: told for n, told in self._raw.items() if n != name})
        self._known.pop(name, None)

    def _write(self, raw: dict[str, Any]) -> None:
        try:
            write_whole(self._file, (json.dumps(raw, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode())
        except OSError as exc:
            raise Missing(f"the sources can not be kept: {exc.strerror or exc}.") from exc
        self._raw = raw

    def _understood(self) -> dict[str, Source]:
        found: dict[str, Source] = {}
        for name, told in self._raw.items():
            try:
                source = Source.model_validate({**told, "name": name, "place": ""})
            except (ValidationError, TypeError) as exc:
                self.problems.append(f"The source {name!r} can not be used: {str(exc).splitlines()[0]}.")
                continue
            if source.origin is not None:
                found[name] = source.model_copy(update={"place": source.origin.words})
        return found
