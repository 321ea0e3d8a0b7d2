"""Shared: the registry that others use too, on this computer's disk or where a server sees it."""

from __future__ import annotations

from pathlib import Path

from ..catalog.registry import DiskShelf, Registry, ServerShelf
from ..model.key import Key
from .context import Context
from .looking import tell


def registry_at(ctx: Context, folder: str, server: str) -> Registry:
    """The registry in a folder: of a server by its uuid, or of this computer."""
    if server:
        return Registry(ServerShelf(folder, lambda scala: tell(ctx, Key(server), scala)))
    return Registry(DiskShelf(Path(folder).expanduser(), ctx.house.beside))


def shared_registry(ctx: Context) -> Registry | None:
    """The one this workspace uses; None if it has none but its own."""
    shared = ctx.house.registered.shared
    return None if shared is None else registry_at(ctx, *shared)
