"""Looking: a question to the catalog of a server in its small session, and the things that come of the answer."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ..catalog import files
from ..catalog.column_tree import column_things
from ..catalog.names import TableName
from ..catalog.schema import Field
from ..catalog.utility import TITLE, Utility
from ..errors import AstroLabNetError, NotApplicable, NotFound
from ..model.key import Key
from ..model.livy import NewSession, Session
from ..model.thing import Thing
from ..tasks.create import SESSION, create
from .browsing import ASKED_FROM, data_of
from .context import Context


async def ask(ctx: Context, server: Key, sql: str) -> Mapping[str, Any]:
    """Livy's answer to a SQL statement that changes nothing: ``{"schema": …, "data": [[…]]}``.

    Raises:
        AstroLabNetError: see ``Utility.ask``.
    """
    return await utility_of(ctx, server).ask(sql, ctx.said)


async def ask_all(ctx: Context, server: Key, *questions: str) -> list[Mapping[str, Any]]:
    """Livy's answers to several such statements that do not wait for each other.

    Raises:
        AstroLabNetError: see ``Utility.ask``; the first that is refused.
    """
    return await utility_of(ctx, server).ask_all(questions, ctx.said)


async def run(ctx: Context, server: Key, code: str) -> str:
    """What Python code of ours prints that may run twice, in the same session.

    Raises:
        AstroLabNetError: see ``Utility.run``.
    """
    return await utility_of(ctx, server).run(code, ctx.said)


async def tell(ctx: Context, server: Key, scala: str) -> dict[str, Any]:
    """Answer to a line of Scala made by ``catalog.scala``.

    Raises:
        AstroLabNetError: see ``Utility.tell``.
    """
    return await utility_of(ctx, server).tell(scala, ctx.said)


def utility_of(ctx: Context, server: Key) -> Utility:
    """The small session of a server; it is opened when it is first asked, by whoever asks first."""
    clock = asyncio.get_running_loop().time
    opener = _opener(ctx, server)
    utility = ctx.house.browsing.session(
        server.server, lambda: Utility(ctx.alias(server), lambda: ctx.client(server), opener, clock)
    )
    utility.opened = opener
    return utility


async def rows(ctx: Context, server: Key, sql: str) -> Sequence[Sequence[Any]]:
    """Rows of such an answer."""
    found: Sequence[Sequence[Any]] = (await ask(ctx, server, sql))["data"]
    return found


async def on_disk(ctx: Context, server: Key, location: str) -> tuple[int | None, int | None, datetime | None]:
    """Files, bytes and last change of all below a table's location; None for what can not be told."""
    if not location:
        return None, None, None
    try:
        return files.measured(await tell(ctx, server, files.measure_statement(location)))
    except AstroLabNetError:  # a place that may not be listed still has rows
        return None, None, None


def _opener(ctx: Context, server: Key) -> Callable[[NewSession], Any]:
    async def opened(new: NewSession) -> Session:
        # One that another copy of this workspace left a moment ago: the command line is a new process each time.
        for thing in ctx.engine.store.children(server):
            if thing.mine and thing.state == "idle" and thing.label == _title() and isinstance(thing.payload, Session):
                with contextlib.suppress(NotFound):  # what was seen of it may be a moment old
                    if await ctx.client(server).session_state(thing.payload.id) in ("idle", "busy"):
                        return thing.payload
        open_now = ctx.house.browsing.open_sessions
        if open_now >= ASKED_FROM and not await ctx.ask(
            f"{open_now} small sessions for looking at data are open. Open another one on {ctx.alias(server)}?"
        ):
            raise NotApplicable(
                "no small session was opened.", server=ctx.alias(server),
                remedy="Lend an idle session of yours: right-click it, Look at data in it.",
            )  # fmt: skip
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


def show_columns(ctx: Context, table: Key, columns: Sequence[Field]) -> None:
    """Show the columns of a table below it, in place of those that were seen before."""
    things = {thing.key: thing for thing in column_things(table, columns)}
    gone = [t.key for t in data_of(ctx.engine, table) if t.key not in things]
    ctx.engine.show(things.values(), gone, server=table.server)


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
