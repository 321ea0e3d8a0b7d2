"""Telling: things, outputs, runs and lines of the journal as JSON. Payloads stay here, for they know of logins."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ..command.registry import HIDDEN, commands_for
from ..journal.row import Row
from ..model.channel import Channel
from ..model.key import Key
from ..model.output import parse
from ..model.server import Server
from ..model.task import Task
from ..model.thing import Thing
from ..network.link import RunEvent
from ..network.store import Store
from ..tasks.cause import cause_of

MOST_ROWS = 1000


def key_text(key: Key | None) -> str:
    """A key as one word for the page to hold on to; "" for the workspace. Acts take addresses, not this."""
    if key is None:
        return ""
    return "/".join(quote(str(step), safe="") for step in (f"{key.server}~{key.epoch}", *key.path))


def address(store: Store, key: Key) -> str:
    """Printed address, as acts take it."""
    root = store.get(key.root)
    alias = root.payload.alias if root is not None and isinstance(root.payload, Server) else key.server
    return key.address(alias)


def thing(store: Store, it: Thing) -> dict[str, Any]:
    """One thing; a channel tells its two ends."""
    told = {
        "key": key_text(it.key),
        "parent": key_text(it.key.parent),
        "address": address(store, it.key),
        "collection": it.key.kind,
        "kind": it.kind.label,
        **it.model_dump(mode="json", exclude={"key", "payload"}),
        "health": it.health.value,
        "ended": it.state in it.kind.terminal,
    }
    if isinstance(it.payload, Channel):
        told |= {"origin": key_text(it.payload.origin), "target": key_text(it.payload.target)}
    return told


def whole(store: Store, it: Thing) -> dict[str, Any]:
    """One thing with what is below it, what can be done with it, and why it failed; of a task its code."""
    above = None if it.key.parent is None else store.get(it.key.parent)
    cause = cause_of(it, above)
    told = thing(store, it) | {
        "children": [thing(store, child) for child in store.children(it.key)],
        "commands": [
            {
                "name": c.name,
                "title": c.title,
                "why_not": c.when(it),
                "plugin": c.plugin,
                "group": c.group,
                "hidden": c.name in HIDDEN,
            }
            for c in commands_for(it)
            if c.scope != "view"
        ],
        "cause": None if cause is None else cause.model_dump(mode="json"),
    }
    if isinstance(it.payload, Task):
        told |= {"code": it.payload.code}
    return told


def outputs(output: Any) -> list[dict[str, Any]]:
    """Parts of an output, each with its ``type``: Text, Table, Json, Image or Failure."""
    parts = []
    for part in parse(output):
        told = {"type": type(part).__name__, **part.model_dump(mode="json")}
        if told["type"] == "Table":
            told |= {"rows": told["rows"][:MOST_ROWS], "total": len(told["rows"])}
        parts.append(told)
    return parts


def run(store: Store, event: RunEvent) -> dict[str, Any]:
    """News of one run."""
    told = event.model_dump(mode="json", exclude={"key", "focus", "seq"})
    on = "" if event.key is None else address(store, event.key)
    return told | {"on": on, "focus": "" if event.focus is None else address(store, event.focus)}


def row(store: Store, line: Row) -> dict[str, Any]:
    """One line of the journal; secrets were masked when it was written."""
    on = "" if line.key is None else address(store, line.key)
    return line.model_dump(mode="json", exclude={"key"}) | {"on": on}
