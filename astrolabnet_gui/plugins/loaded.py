"""Loaded: what trusted plug-ins bring, imported; a plug-in that fails is named, and the rest goes on."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from ..errors import AstroLabNetError
from .contract import ACTIONS, AUTH, COMMANDS, SOURCES, VIEWS, Login, View
from .found import Plugin

# What other code may raise is unknown; sys.exit() in a module must not end the program.
ANY = (Exception, SystemExit)


@dataclass(slots=True)
class Brought:
    """What one plug-in brings.

    Attributes:
        commands: as they came, not yet looked at.
        actions, sources: folders.
        logins: by the name of their entry point.
        views: not imported before a window asks, for they may import Qt.
        problems: sentences that name the plug-in.
    """

    plugin: Plugin
    commands: list[Any] = field(default_factory=list)
    actions: list[Path] = field(default_factory=list)
    sources: list[Path] = field(default_factory=list)
    logins: dict[str, Login] = field(default_factory=dict)
    views: list[EntryPoint] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def blame(self, what: str) -> None:
        """Note a failure of the plug-in."""
        self.problems.append(f"the plug-in {self.plugin.name} {what}")


# In this process: hashes of what was imported once (Python imports a module only once).
_IMPORTED: dict[str, str] = {}


def load(plugin: Plugin) -> Brought:
    """Import what a trusted plug-in brings. Never raises."""
    brought = Brought(plugin)
    if _IMPORTED.setdefault(plugin.name, plugin.sha256) != plugin.sha256:
        brought.blame("has changed since it was imported: it takes part from the next start on.")
        return brought
    importlib.invalidate_caches()
    takers: dict[str, Callable[[Brought, EntryPoint, Any], object]] = {
        COMMANDS: _command, ACTIONS: _action, SOURCES: _source, AUTH: _login,
    }  # fmt: skip
    for entry in plugin.entries:
        if entry.group == VIEWS:
            brought.views.append(entry)
            continue
        try:
            takers[entry.group](brought, entry, entry.load())
        except ANY as exc:
            brought.blame(f"fails at {entry.name} ({entry.group}): {said(exc)}.")
    return brought


def view(brought: Brought, entry: EntryPoint) -> View | None:
    """The view of an entry point; None, and a problem more, if it fails. Call it where Qt may be imported."""
    try:
        found = entry.load()
        if isinstance(found, View):
            return found
        brought.blame(f"brings {entry.name}, which is no View.")
    except ANY as exc:
        brought.blame(f"fails at {entry.name} ({entry.group}): {said(exc)}.")
    return None


def said(exc: BaseException) -> str:
    """What foreign code raised, in one line; of an error that is meant for a person its words."""
    words = " ".join(str(exc).split())[:300]
    if words and isinstance(exc, AstroLabNetError):
        return words.removesuffix(".")
    return f"{type(exc).__name__}: {words}" if words else type(exc).__name__


def _command(brought: Brought, entry: EntryPoint, found: Any) -> None:
    brought.commands.extend(found if isinstance(found, list | tuple) else [found])


def _action(brought: Brought, entry: EntryPoint, found: Any) -> None:
    brought.actions.append(_folder(found))


def _source(brought: Brought, entry: EntryPoint, found: Any) -> None:
    brought.sources.append(_folder(found))


def _login(brought: Brought, entry: EntryPoint, found: Any) -> None:
    if not isinstance(found, Login):
        raise TypeError("it is no Login")
    if not re.fullmatch(r"[a-z0-9_.-]{1,40}", entry.name):
        raise ValueError("a login is named by small letters, digits, - and _")
    brought.logins[entry.name] = found


def _folder(found: Any) -> Path:
    folder = Path(found)
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}")
    return folder
