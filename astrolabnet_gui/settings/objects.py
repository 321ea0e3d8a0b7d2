"""Objects: the set-up that lies in a workspace's folder, with the time each of its objects was changed.

``changes.json`` beside them remembers of each object when it was last seen to be another, so that a change by hand or
by git counts too; ``agreed.json`` what they were when others had the same. Both are this computer's own and need not be
shared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ..model.server import Server
from .files import read_capped, write_whole
from .setup import NAME, Kept, SetUp, digest, received_server, shared_server
from .workspace import Workspace, free_alias

AGREED = "agreed.json"


class SharedActions(NamedTuple):
    """Actions of a workspace by their files: texts others may have, and why the others stay at home."""

    texts: Mapping[str, str]
    home: Mapping[str, str]

    def to_take(self, came: SetUp) -> dict[str, Kept]:
        """What came, without what stays at home here."""
        return {name: kept for name, kept in came.items() if name.removeprefix("actions/") not in self.home}


def objects_of(
    workspace: Workspace, actions: SharedActions, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> dict[str, Kept]:
    """What others may have of a workspace. Islands stay at home: their address means another computer elsewhere. Of an
    action that stays at home nothing is told, neither that it is here nor that it is removed."""
    values: dict[str, Any] = {}
    for server in workspace.servers():
        if not server.is_island:
            values[f"servers/{server.uuid}"] = shared_server(server)
    values |= {f"actions/{name}": text for name, text in actions.texts.items()}
    places = workspace.layout().get("places")
    for uuid, place in places.items() if isinstance(places, dict) else ():
        if f"servers/{uuid}" in values:
            values[f"places/{uuid}"] = place
    return _dated(workspace, values, {f"actions/{name}" for name in actions.home}, now)


def take(
    workspace: Workspace, merged: SetUp, keep: Callable[[str, str | None], str | None]
) -> tuple[list[Server], list[str]]:
    """Bring merged objects into a workspace: servers that are new or changed, and names of those removed.

    Args:
        keep: puts an action into its file, or removes it; gives its text as others have it from here.

    Raises:
        Missing: the folder can not be written.
    """
    mine = {server.uuid: server for server in workspace.servers()}
    changed: list[Server] = []
    removed: list[str] = []
    now: dict[str, Kept] = {}
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
            now[name] = kept.model_copy(update={"value": keep(ident, kept.value)})
    if places != (layout.get("places") or {}):
        workspace.save_layout({**layout, "places": places})
    _remember(workspace, {**merged, **now, **_of_now(workspace, merged)})
    return changed, removed


def _of_now(workspace: Workspace, merged: SetUp) -> dict[str, Kept]:
    """Objects as they lie there now, with the time of those they came from: a name may have given way to another's."""
    now = {f"servers/{s.uuid}": shared_server(s) for s in workspace.servers()}
    return {name: Kept(changed=merged[name].changed, value=value) for name, value in now.items() if name in merged}


def _dated(
    workspace: Workspace, values: dict[str, Any], home: Collection[str], now: Callable[[], datetime]
) -> dict[str, Kept]:
    before = _changes(workspace)
    stamp = now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    found: dict[str, Kept] = {}
    for name, value in values.items():
        told = before.get(name)
        same = told is not None and told[1] == digest(value)
        found[name] = Kept(changed=told[0] if same and told is not None else stamp, value=value)
    for name, told in before.items():
        if name not in found and name not in home and NAME.fullmatch(name):
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
