"""Line: the Python that does what a command did, for the console, for scripts, and to read what happened."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from ..journal.row import redacted
from ..model.key import Key
from .registry import Command

# The noun whose verbs stand alone on a thing of a kind: .send(…), not .send_session(…).
NOUNS = {
    "servers": "server",
    "sessions": "session",
    "statements": "task",
    "batches": "batch",
    "actions": "action",
    "groups": "group",
    "channels": "channel",
    "sources": "source",
    "tasks": "task",
    "tables": "table",
    "files": "file",
    "datasets": "dataset",
    "catalogs": "data",
    "namespaces": "data",
}
# Kinds that a person calls otherwise.
NAMES = {"statements": "tasks"}
# How a noun of the table is called on the command line, where that is not the noun with an s.
_GROUPS = {
    "batch": "batches", "registry": "registries", "data": "data", "island": "island", "journal": "journal",
    "preferences": "preferences", "sky": "sky",
}  # fmt: skip


def group(noun: str) -> str:
    """Word of the command line under which the verbs of a noun stand: ``sessions`` for ``session``."""
    return _GROUPS.get(noun, f"{noun}s")


def secret_fields(model: type[BaseModel]) -> frozenset[str]:
    """Fields whose values are never written down."""
    return frozenset(
        name
        for name, field in model.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("widget") == "secret"
    )


def masked(params: BaseModel) -> dict[str, Any]:
    """What was given, as plain data, secrets masked; what was left at its default is left out."""
    return redacted(params.model_dump(mode="json", exclude_defaults=True), secret_fields(type(params)))


def python_line(command: Command, key: Key | None, params: BaseModel, alias: str = "") -> str:
    """``net["lal"].sessions[3].send("pi", darts=1000)``

    Args:
        alias: name of the server of ``key``.
    """
    noun, _, verb = command.name.partition(".")
    if key is None:
        return f"net.{noun}.{verb}({_arguments(masked(params))})"
    own = noun == NOUNS.get(key.kind)
    return f"{python_place(key, alias)}.{verb if own else f'{verb}_{noun}'}({_arguments(masked(params))})"


def python_place(key: Key, alias: str = "") -> str:
    """The thing itself: ``net["lal"].sessions[3]``"""
    place = f"net[{alias!r}]" if key.server else "net"
    for collection, ident in zip(key.path[::2], key.path[1::2], strict=True):
        place += f".{NAMES.get(str(collection), collection)}[{ident!r}]"
    return place


def _arguments(given: dict[str, Any]) -> str:
    words = []
    action = given.pop("action", "")
    if action:
        words.append(repr(action))
        values = given.pop("values", {})
        if values.keys() & given.keys() or not all(name.isidentifier() for name in values):
            given["values"] = values
        else:
            given |= values
    words += [f"{name}={value!r}" for name, value in given.items()]
    return ", ".join(words)
