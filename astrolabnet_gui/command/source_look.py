"""Looks at sources: whether they can be reached, their topics, their newest messages; nothing is changed by a look."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ..client.files import look as file_at
from ..errors import BadInput, NotApplicable
from ..model.key import Key
from ..model.source import Origin, Source, SourceKind
from ..sources.decoding import Opened, ddl, schema_of
from ..sources.packet import Packet
from ..sources.presets import presets
from ..sources.tap import schema_query
from . import plugged
from .context import Context
from .looking import ask
from .registry import Nothing, Params, Result, command
from .source import mine
from .sourcing import freshness, looked, shown, source_at, understood
from .tapping import of_source

# What a person is shown at once; a flood is passed over.
MOST = 200
MOST_TABLES = 1000
_WAIT_S = 8.0


@command(
    "source.presets", "Known brokers", scope="read", idempotent=True, icon="source", group="open",
    example="net.source.presets()",
)  # fmt: skip
async def known(ctx: Context, _key: Key | None, params: Nothing) -> Result:
    """List the presets: brokers of the field, with what is known of how to reach them.

    Each is a small file. One of your own in the folder sources of the workspace wins over a shipped one of its name.
    """
    found, problems = await ctx.blocking(presets, ctx.house.sources.folder, plugged.sources())
    rows = [preset.model_dump(mode="json") for preset in found]
    return Result(text=" ".join((f"{len(rows)} presets.", *problems)), data={"presets": rows, "problems": problems})


class TestParams(Params):
    """From where it is looked at."""

    server: str = Field(
        default="", title="Server", max_length=64,
        description="Name of the server that shall look, for folders, tables and databases.",
    )  # fmt: skip


@command(
    "source.test", "Test connection", on=("sources",), params=TestParams, scope="read", when=mine, icon="plug-in",
    idempotent=True, example='net.sources["Fink"].test()',
)  # fmt: skip
async def test(ctx: Context, key: Key, params: TestParams) -> Result:
    """Try whether a source can be reached, and say what is wrong if not.

    A broker is asked from this computer, with one try of the login; a folder or a table is asked of a server.
    """
    source, origin = source_at(ctx, key)
    match origin.kind:
        case SourceKind.KAFKA:
            topics = await looked(ctx, key, lambda look: look.topics())
            words = f"{source.name} answers: {len(topics)} topic{'' if len(topics) == 1 else 's'} for this login."
        case SourceKind.RATE | SourceKind.SKY:
            words = f"{source.name} is always there: Spark makes its rows itself."
        case SourceKind.TAP:
            tap = await of_source(ctx, key, schema_query(), MOST_TABLES)
            words = f"{source.name} answers: {tap.rows:,} tables{' or more' if tap.rows >= MOST_TABLES else ''}."
        case SourceKind.FILES:
            for url in origin.place.split():
                found = await file_at(url, ca=origin.ca, name=source.name)
            size = "of a size it does not say" if found.size_bytes is None else f"{found.size_bytes} bytes"
            words = f"{source.name} is there: {len(origin.place.split())} file(s), the last {size}."
        case _:
            words = await _from_server(ctx, source, origin, params.server)
    if origin.kind is not SourceKind.KAFKA or ctx.thing(key).state in ("not asked", "not reachable", "login needed"):
        shown(ctx, source, "quiet")
    return Result(text=words, data={"ok": True})


async def _from_server(ctx: Context, source: Source, origin: Origin, alias: str) -> str:
    server = next((Key(s.uuid) for s in ctx.engine.servers() if s.alias == alias), None)
    if server is None:
        names = ", ".join(s.alias for s in ctx.engine.servers()) or "none yet"
        raise BadInput(
            f"a {origin.kind.value} is seen by servers only: name the one that shall look.", field="server",
            server=source.name, remedy=f"Servers here: {names}.",
        )  # fmt: skip
    if origin.kind is SourceKind.JDBC:
        raise NotApplicable("a database is tried when a channel from it starts.", server=source.name)
    quoted = "`{}`".format(origin.place.replace("`", "``"))
    table = origin.place if origin.kind is SourceKind.TABLE else f"{_word(origin.format)}.{quoted}"
    if origin.kind is SourceKind.TABLE:
        table = ".".join("`{}`".format(part.strip("`").replace("`", "``")) for part in origin.place.split("."))
    await ask(ctx, server, f"SELECT 1 FROM {table} LIMIT 1")
    return f"{alias} can read {source.name}."


def _word(text: str) -> str:
    if not text.isidentifier():
        raise BadInput(f"{text!r} is no format.", field="format")
    return text


@command(
    "source.topics", "Topics", on=("sources",), scope="read", when=mine, icon="tree", idempotent=True, group="open",
    example='net.sources["Fink"].topics()',
)  # fmt: skip
async def topics(ctx: Context, key: Key, params: Nothing) -> Result:
    """List the topics of a broker that this login may see."""
    found = await looked(ctx, key, lambda look: look.topics())
    return Result(text=f"{len(found)} topics.", data={"topics": [topic.model_dump(mode="json") for topic in found]})


class TailParams(Params):
    """Which messages."""

    topics: tuple[str, ...] = Field(default=(), title="Topics", description="None: those of the source.")
    most: int = Field(default=50, ge=1, le=MOST, title="Messages")
    after: dict[str, int] = Field(
        default_factory=dict, title="After", json_schema_extra={"advanced": True},
        description="What the last look said; then it waits for what comes next.",
    )  # fmt: skip
    wait_s: float = Field(default=_WAIT_S, ge=0.1, le=30, title="Patience, s", json_schema_extra={"advanced": True})


@command(
    "source.tail", "Newest messages", on=("sources",), params=TailParams, scope="read", when=mine, icon="console",
    idempotent=True, group="open", example='net.sources["Fink"].tail(most=10)',
)  # fmt: skip
async def tail(ctx: Context, key: Key, params: TailParams) -> Result:
    """Look at the newest messages of a broker, decoded, whatever their form.

    A look leaves no trace: no group is joined, no offset is committed, nobody else gets a message less.
    """
    source, origin = source_at(ctx, key)
    wanted = params.topics or origin.topics
    if origin.kind is SourceKind.KAFKA and not wanted:
        remedy = "Choose one of its topics."
        raise BadInput("the source names no topic yet.", field="topics", server=source.name, remedy=remedy)
    after = params.after or None
    found = await looked(ctx, key, lambda look: look.tail(wanted, params.most, after=after, wait_s=params.wait_s))
    if found.packets or not params.after:
        shown(ctx, source, freshness(found.packets))
    read = await understood(ctx, source, origin, list(found.packets))
    rows = [_row(packet, one) for packet, one in zip(found.packets, read, strict=True)]
    data = {"packets": rows, "after": dict(found.after), "kept": found.kept}
    return Result(text=f"{len(rows)} of {found.kept} messages.", data=data)


class LookParams(Params):
    """Which message."""

    topic: str = Field(title="Topic", min_length=1, max_length=249)
    partition: int = Field(default=0, ge=0, title="Partition")
    offset: int = Field(ge=0, title="Offset")


@command(
    "source.look", "Look at one message…", on=("sources",), params=LookParams, scope="read", when=mine, icon="search",
    idempotent=True, group="open", example='net.sources["Fink"].look(topic="fink_sn_lsst", offset=12)',
)  # fmt: skip
async def look(ctx: Context, key: Key, params: LookParams) -> Result:
    """Look at one message: its content, its schema, and the columns that Spark makes of it."""
    source, origin = source_at(ctx, key)
    packet = await looked(ctx, key, lambda looking: looking.one(params.topic, params.partition, params.offset))
    [read] = await understood(ctx, source, origin, [packet])
    schema = schema_of(packet, origin.avro_schema)
    row = _row(packet, read) | {"schema": schema, "columns": ddl(schema) if schema else ""}
    return Result(text=f"{packet.ident}, {read.form}.", data=row)


def _row(packet: Packet, read: Opened) -> dict[str, Any]:
    """One message as plain data."""
    key = packet.key or b""
    return {
        "ident": packet.ident, "topic": packet.topic, "partition": packet.partition, "offset": packet.offset,
        "at": packet.at.isoformat() if packet.at else None, "size_bytes": len(packet.value or b""),
        "key": key.decode("utf-8", "replace")[:80] if read.form != "schema in key" else "", "form": read.form,
        "problem": read.problem, "tree": read.tree,
    }  # fmt: skip
