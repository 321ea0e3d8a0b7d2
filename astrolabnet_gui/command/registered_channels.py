"""Registered channels: a registry names the channels of a workspace, and who uses it sees them as wires."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from pydantic import ValidationError

from ..catalog.registry import Registry
from ..channels.spec import Spec
from ..errors import AstroLabNetError
from ..model.key import Key
from .context import Context
from .flow_seen import Seen, key_of


def channel_documents(ctx: Context, servers: Collection[str]) -> dict[str, dict[str, Any]]:
    """Documents of the channels on these servers (their uuids), by name. Secrets are references in a spec, never more.
    Of a channel that was only heard of the spec is not known: it is left to who knows it.
    """
    by_uuid = {server.uuid: server for server in ctx.engine.servers() if server.uuid in servers}
    return {
        seen.spec.id: {
            "spec": json.loads(seen.spec.text()), "folder": seen.folder, "server": by_uuid[seen.server.server].alias,
            "url": by_uuid[seen.server.server].url,
        }
        for seen in ctx.house.flowing.seen.values()
        if seen.whole and seen.server.server in by_uuid
    }  # fmt: skip


async def learn_channels(ctx: Context, registry: Registry) -> tuple[list[str], list[str]]:
    """Show the channels a registry names, on servers of the workspace; their names, and problems in words.

    A document is only a hint: before anything is done with such a channel its folder is read at its server.
    """
    try:
        found = await registry.all("channels")
    except AstroLabNetError as exc:
        return [], [str(exc)]
    shown, problems, flowing = list[str](), list(found.problems), ctx.house.flowing
    by_url = {server.url: Key(server.uuid) for server in ctx.engine.servers()}
    for name, document in found.documents.items():
        try:
            spec = Spec.model_validate(document["spec"])
            server, folder = by_url.get(str(document["url"])), str(document["folder"])
        except (ValidationError, KeyError, TypeError):
            problems.append(f"{name} of the registry is no channel that this version can read.")
            continue
        key = key_of(spec.id)
        if server is not None and key not in flowing.seen:
            flowing.seen[key] = Seen(server, spec, folder, fresh=False, whole=False)
            flowing.again(ctx.engine, key)
            shown.append(spec.title)
    return sorted(shown), problems
