"""Objects: the set-up that lies in a workspace's folder, with the time each of its objects was changed.

``changes.json`` beside them remembers of each object when it was last seen to be another, so that a change by hand or
by git counts too; ``agreed.json`` what they were when others had the same. Both are this computer's own and need not be
shared.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import Missing
from ..model.server import Server
from .files import read_capped, write_whole
from .setup import Kept, SetUp, digest, received_server, shared_server
from .workspace import Workspace, free_alias

AGREED = "agreed.json"
_ACTIONS = (".toml", ".py", ".scala", ".sql", ".r", ".R")


def objects_of(workspace: Workspace, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> dict[str, Kept]:
    """What others may have of a workspace. Islands stay at home: their address means another computer elsewhere; and so
    do actions that start a JAR kept here."""
    values: dict[str, Any] = {}
    for server in workspace.servers():
        if not server.is_island:
            values[f"servers/{server.uuid}"] = shared_server(server)
    for file in sorted(workspace.actions.glob("*")):
        if file.suffix in _ACTIONS and file.is_file():
            text = _shared_text(file)
            if text is not None:
                values[f"actions/{file.name}"] = text
    places = workspace.layout().get("places")
    for uuid, place in places.items() if isinstance(places, dict) else ():
        if f"servers/{uuid}" in values:
            values[f"places/{uuid}"] = place
    return _dated(workspace, values, now)


def take(workspace: Workspace, merged: SetUp) -> tuple[list[Server], list[str]]:
    """Bring merged objects into a workspace: servers that are new or changed, and names of those removed.

    Raises:
        Missing: the folder can not be written.
    """
    mine = {server.uuid: server for server in workspace.servers()}
    changed: list[Server] = []
    removed: list[str] = []
    layout = workspace.layout()
    places = dict(layout.get("places") or {})
    for name, kept in merged.items():
        kind, _, ident = name.partition("/")
        if kind == "servers" and kept.value is None:
            if ident in mine and not mine[ident].is_island:
                workspace.drop_server(ident)
                removed.append(ident)
        elif kind == "servers":
            server = received_server(kept.value, mine.get(ident))
            others = tuple(s for s in workspace.servers() if s.uuid != ident)
            server = server.model_copy(update={"alias": free_alias(server.alias, others)})
            if server != mine.get(ident):
                workspace.save_server(server)
                changed.append(server)
        elif kind == "places" and kept.value is not None:
            places[ident] = kept.value
        elif kind == "actions":
            _take_action(workspace.actions / ident, kept.value)
    if places != (layout.get("places") or {}):
        workspace.save_layout({**layout, "places": places})
    _remember(workspace, {**merged, **_of_now(workspace, merged)})
    return changed, removed


def _shared_text(file: Path) -> str | None:
    """Text of an action that others may have; None of one that stays at home: unreadable, far too large, or one that
    starts a file of this computer which is no text, a JAR."""
    try:
        text = read_capped(file).decode("utf-8-sig")
    except (OSError, ValueError):
        return None
    try:
        program = tomllib.loads(text).get("program")
    except ValueError:  # no TOML, or damaged: nothing is brought from here by it
        return text
    program_file = str(program.get("file", "")) if isinstance(program, dict) else ""
    at_home = program_file.startswith("here:") or (program_file.lower().endswith(".jar") and ":" not in program_file)
    return None if at_home else text


def _take_action(file: Path, text: str | None) -> None:
    if text is not None:
        write_whole(file, text.encode("utf-8", "replace"))
        return
    try:
        # One that stays at home is told to the others as removed; here it is not.
        if not file.is_file() or _shared_text(file) is not None:
            file.unlink(missing_ok=True)
    except OSError as exc:
        raise Missing(f"{file.name} could not be removed: {exc.strerror or exc}.") from exc


def _of_now(workspace: Workspace, merged: SetUp) -> dict[str, Kept]:
    """Objects as they lie there now, with the time of those they came from: a name may have given way to another's."""
    now = {f"servers/{s.uuid}": shared_server(s) for s in workspace.servers()}
    return {name: Kept(changed=merged[name].changed, value=value) for name, value in now.items() if name in merged}


def _dated(workspace: Workspace, values: dict[str, Any], now: Callable[[], datetime]) -> dict[str, Kept]:
    before = _changes(workspace)
    stamp = now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    found: dict[str, Kept] = {}
    for name, value in values.items():
        told = before.get(name)
        same = told is not None and told[1] == digest(value)
        found[name] = Kept(changed=told[0] if same and told is not None else stamp, value=value)
    for name, told in before.items():
        if name not in found:
            found[name] = Kept(changed=told[0] if told[1] == "" else stamp, value=None)
    _remember(workspace, found)
    return found


def _changes(workspace: Workspace) -> dict[str, tuple[str, str]]:
    try:
        told = json.loads(read_capped(workspace.folder / "changes.json"))
        return {str(name): (str(when), str(what)) for name, (when, what) in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _remember(workspace: Workspace, objects: SetUp) -> None:
    told = {name: [kept.changed, "" if kept.value is None else digest(kept.value)] for name, kept in objects.items()}
    before = {name: list(pair) for name, pair in _changes(workspace).items()}
    told = {**before, **told}
    text = json.dumps(told, indent=1, sort_keys=True) + "\n"
    if workspace.writable and told != before:
        write_whole(workspace.folder / "changes.json", text.encode())


def agreed(workspace: Workspace) -> dict[str, str]:
    """Digest of each object as it was last seen elsewhere: what both sides have begun from."""
    try:
        told = json.loads(read_capped(workspace.folder / AGREED))
        return {str(name): str(what) for name, what in told.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def agree(workspace: Workspace, objects: SetUp) -> None:
    """So these objects are elsewhere, and this workspace has taken that into account.

    Raises:
        Missing: the folder can not be written.
    """
    told = agreed(workspace) | {name: digest(kept.value) for name, kept in objects.items()}
    if workspace.writable:
        write_whole(workspace.folder / AGREED, (json.dumps(told, indent=1, sort_keys=True) + "\n").encode())
