"""Found: the plug-ins that are installed, read from their metadata and files; nothing of them is imported."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
from collections.abc import Iterable
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path

from .contract import API, GROUPS, VERSION

# All files are read at each start.
MOST_FILES, MOST_BYTES = 5_000, 100_000_000
# Written by the installer, on each computer in its own way; bytecode is made anew from the files that count.
_INSTALLERS = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"})
_PREFIX = "astrolabnet."


class Plugin:
    """One installed distribution that brings something.

    Attributes:
        name, version, summary: as its metadata say.
        entries: what it brings; brings: the same as names, by the last word of their group.
        sha256: of all its files, hexadecimal; "" if they can not be read.
        unfit: why it can not take part, a sentence; "" = it can.
    """

    def __init__(self, dist: Distribution) -> None:
        told = dist.metadata.json
        self.name = re.sub(r"[-_.]+", "-", str(told.get("name") or "")).lower()
        self.version = str(told.get("version") or "")
        self.summary = " ".join(str(told.get("summary") or "").split())[:200]
        points = list(dist.entry_points)
        self.entries = tuple(p for p in points if p.group in GROUPS)
        self.brings: dict[str, list[str]] = {}
        for point in self.entries:
            self.brings.setdefault(point.group.removeprefix(_PREFIX), []).append(point.name)
        self.sha256 = ""
        self.unfit = _other_contract([p.name for p in points if p.group == API])
        try:
            self.sha256 = _digest(_files(dist, self.entries))
        except (OSError, ValueError) as exc:
            self.unfit = self.unfit or f"its files can not be read: {exc}."


def plugins() -> list[Plugin]:
    """All that are installed, by name; of two with one name the first on the path, which is the one Python imports."""
    found: dict[str, Plugin] = {}
    for dist in distributions():
        if any(point.group in GROUPS for point in dist.entry_points):
            plugin = Plugin(dist)
            if plugin.name:
                found.setdefault(plugin.name, plugin)
    return [found[name] for name in sorted(found)]


def _other_contract(told: list[str]) -> str:
    if f"v{VERSION}" in told:
        return ""
    if not told:
        return f"it does not say for which contract it was written (entry point {API}, v{VERSION})."
    return f"it was written for {', '.join(sorted(told))} of the contract; this version has v{VERSION}."


def _files(dist: Distribution, entries: Iterable[EntryPoint]) -> dict[str, Path]:
    """Files by name: those the installer noted, and all beside the modules that would be imported.

    The second are not the same: an editable install notes none, a folder earlier on the path hides the noted ones, and
    a module may have been laid beside them later.
    """
    found = {str(file): Path(str(file.locate())) for file in dist.files or () if _counts(file.parts)}
    for top in sorted({entry.module.partition(".")[0] for entry in entries}):
        try:
            spec = importlib.util.find_spec(top)
        except (ImportError, ValueError):
            spec = None
        if spec is None:
            continue
        for folder in spec.submodule_search_locations or ():
            for where, below, names in os.walk(folder):
                below.sort()
                for name in names:
                    file = Path(where, name)
                    inner = file.relative_to(folder)
                    if _counts(inner.parts):
                        found[f"{top}/{inner.as_posix()}"] = file
        if not spec.submodule_search_locations and spec.origin is not None and os.path.isfile(spec.origin):
            found[f"{top} at {Path(spec.origin).name}"] = Path(spec.origin)
    return found


def _counts(parts: tuple[str, ...]) -> bool:
    return "__pycache__" not in parts and not (parts[-1] in _INSTALLERS and parts[0].endswith(".dist-info"))


def _digest(files: dict[str, Path]) -> str:
    """One number for names and contents.

    Raises:
        OSError: a file can not be read.
        ValueError: there are too many, or none.
    """
    if not files:
        raise ValueError("there are none")
    if len(files) > MOST_FILES:
        raise ValueError(f"there are more than {MOST_FILES}")
    whole, left = hashlib.sha256(), MOST_BYTES
    for name, file in sorted(files.items()):
        data = file.read_bytes()
        left -= len(data)
        if left < 0:
            raise ValueError(f"they are larger than {MOST_BYTES // 1_000_000} MB")
        whole.update(f"{len(name)} {name} {hashlib.sha256(data).hexdigest()}\n".encode())
    return whole.hexdigest()
