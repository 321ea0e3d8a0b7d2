"""Sourcing: one look at a source: its password, the broker's answer, how it stands, what its messages say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from ..client.registry import Registry
from ..errors import AstroLabNetError, LoginNeeded, Missing, NotApplicable, Refused
from ..model.key import Key
from ..model.source import Origin, Source, SourceKind
from ..sources.decoding import Opened, numbers, opened
from ..sources.kafka import Looking
from ..sources.packet import Packet
from .context import Context
from .listening import LIMIT_S, home_of, key_of, thing_of

T = TypeVar("T")
# A topic in which nothing came for so long is quiet.
FRESH = timedelta(minutes=5)


def source_at(ctx: Context, key: Key) -> tuple[Source, Origin]:
    """The source, with its description.

    Raises:
        NotApplicable: it is not of this workspace.
    """
    source = ctx.thing(key).payload
    if not isinstance(source, Source) or source.origin is None:
        raise NotApplicable("it is only known from a channel; add it as a source to look at it.")
    return source, source.origin


async def looked(ctx: Context, key: Key, ask: Callable[[Looking], T]) -> T:
    """Answer of a look at the broker of a source; how it went is shown on the source.

    Raises:
        AstroLabNetError: see ``sources.kafka``.
    """
    source, origin = source_at(ctx, key)
    if origin.kind is not SourceKind.KAFKA:
        raise NotApplicable(f"{source.name} is no broker: it is read by a server.")
    password = await password_of(ctx, source, origin)

    def look(stop: Callable[[], bool]) -> T:
        with Looking(origin, password, source.name, stop) as looking:
            return ask(looking)

    try:
        return await ctx.house.listening.run(look)
    except Missing:
        raise
    except AstroLabNetError as exc:
        state = "login needed" if isinstance(exc, LoginNeeded) else "refused" if isinstance(exc, Refused) else ""
        if not isinstance(exc, Refused) or isinstance(exc, LoginNeeded):
            shown(ctx, source, state or "not reachable", exc.what)
        raise


def shown(ctx: Context, source: Source, state: str, problem: str = "") -> None:
    """Say how it stands, if that is new."""
    old = ctx.engine.store.get(key_of(source.name))
    if old is None or (old.state, old.problem) != (state, problem):
        ctx.engine.show([thing_of(source, state, problem)])


async def password_of(ctx: Context, source: Source, origin: Origin) -> str | None:
    """Its password; None where none is needed.

    Raises:
        LoginNeeded: there is none.
    """
    if not origin.security.logs_in:
        return None
    try:
        found = await ctx.blocking(ctx.house.secrets.read, origin.secret, home_of(origin)) if origin.secret else None
    except Missing:
        # No keyring, and nothing was typed since the start.
        found = None
    if not found:
        problem = LoginNeeded(
            "there is no password for this broker on this computer.", status=401, server=source.name,
            remedy="Edit the source and give it.",
        )  # fmt: skip
        shown(ctx, source, "login needed", problem.what)
        raise problem
    return found


async def understood(ctx: Context, source: Source, origin: Origin, packets: list[Packet]) -> list[Opened]:
    """What messages say; schemas they name by number are asked of the registry."""
    known = await schemas(ctx, source, origin, packets)
    return await ctx.house.listening.pool.run(
        lambda: opened(packets, origin.avro_schema, known), timeout_s=LIMIT_S
    )  # fmt: skip


async def schemas(ctx: Context, source: Source, origin: Origin, packets: list[Packet]) -> dict[int, str]:
    """Schemas that messages name by number, as their registry knows them."""
    known: dict[int, str] = {}
    wanted = numbers(packets, origin.avro_schema) if origin.registry else frozenset()
    if wanted:
        async with Registry(origin.registry, ca=origin.ca, name=source.name) as registry:
            for number in sorted(wanted)[:20]:
                try:
                    known[number] = await registry.schema(number)
                except AstroLabNetError as exc:
                    ctx.said(str(exc))
    return known


def freshness(packets: Iterable[Packet]) -> str:
    """Flowing or quiet, by the newest message."""
    newest = max((p.at for p in packets if p.at is not None), default=None)
    return "flowing" if newest is not None and datetime.now(UTC) - newest < FRESH else "quiet"
