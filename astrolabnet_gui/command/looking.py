"""Looking: a question to the catalog of a server in its small session, and the things that come of the answer."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ..catalog.names import TableName
from ..catalog.utility import TITLE, Utility
from ..model.key import Key
from ..model.livy import NewSession, Session
from ..model.thing import Thing
from ..tasks.create import SESSION, create
from .browsing import data_of
from .context import Context


async def ask(ctx: Context, server: Key, sql: str) -> Mapping[str, Any]:
    """Livy's answer to a SQL statement that changes nothing: ``{"schema": …, "data": [[…]]}``.

    Raises:
        AstroLabNetError: see ``Utility.ask``.
    """
    clock = asyncio.get_running_loop().time
    utility = ctx.house.browsing.session(
        server.server, lambda: Utility(ctx.alias(server), lambda: ctx.client(server), _opener(ctx, server), clock)
    )
    return await utility.ask(sql, ctx.said)


async def rows(ctx: Context, server: Key, sql: str) -> Sequence[Sequence[Any]]:
    """Rows of such an answer."""
    found: Sequence[Sequence[Any]] = (await ask(ctx, server, sql))["data"]
    return found


def _opener(ctx: Context, server: Key) -> Callable[[NewSession], Any]:
    async def opened(new: NewSession) -> Session:
        # One that another copy of this workspace left a moment ago: the command line is a new process each time.
        for thing in ctx.engine.store.children(server):
            if thing.mine and thing.state == "idle" and thing.label == _title() and isinstance(thing.payload, Session):
                return thing.payload
        made = await create(
            ctx.house.journal, ctx.house.workspace.short, ctx.run.id, server, SESSION,
            lambda name: ctx.client(server).create_session(new.model_copy(update={"name": name})),
            ctx.client(server).session, title=_title(), clock=ctx.house.clock, said=ctx.said,
        )  # fmt: skip
        ctx.engine.claim(server.server, made)
        return made

    return opened


def _title() -> str:
    return f"{TITLE}-{getpass.getuser()}"


def replace_children(ctx: Context, parent: Key, kind: str, things: Iterable[Thing]) -> None:
    """Show what a look saw below ``parent``; what is of this kind and was not seen any more goes."""
    new = {thing.key: thing for thing in things}
    gone: list[Key] = []
    for old in ctx.engine.store.children(parent):
        if old.key.kind == kind and old.key not in new:
            gone += [old.key, *(t.key for t in data_of(ctx.engine, old.key))]
    ctx.engine.show(new.values(), gone, server=parent.server)


def catalog_thing(server: Key, name: str) -> Thing:
    """A catalog of a server."""
    return Thing(key=server.child("catalogs", name, epoch=""), label=name, state="ready", since=datetime.now(UTC))


def namespace_thing(catalog: Key, parts: Sequence[str]) -> Thing:
    """A namespace; the parts of a nested one stand in its payload."""
    return Thing(
        key=catalog.child("namespaces", ".".join(parts)), label=".".join(parts), state="ready",
        since=datetime.now(UTC), payload=tuple(parts),
    )  # fmt: skip


def table_thing(namespace: Key, name: TableName, view: bool = False) -> Thing:
    """A table or view."""
    return Thing(
        key=namespace.child("tables", name.name), label=name.name, fact="view" if view else "", state="ready",
        since=datetime.now(UTC), payload=name,
    )  # fmt: skip
