"""From a source into a server: what is known of a source, and a look at its newest messages, make the channel."""

from __future__ import annotations

import fnmatch
from typing import Any, Literal

from pydantic import Field

from ..errors import BadInput, NotApplicable
from ..model.key import Key
from ..model.source import Origin, Source, SourceKind
from ..sources import columns
from ..sources.decoding import ddl, schema_of
from .channel import new
from .channel_params import ChannelParams, Late
from .context import Context
from .listening import key_of
from .registry import Params, Result, command
from .session import server_up
from .sourcing import looked, schemas, source_at, understood

# So many of the newest messages tell how all of them are written.
_LOOK, _WAIT_S = 60, 8.0


class FromParams(Params):
    """Which source, and what of it."""

    source: str = Field(title="Source", min_length=1, max_length=60, description="Name of a source of this workspace.")
    title: str = Field(
        default="", title="Name", max_length=80, description="What people call it; empty: as the source."
    )
    where: str = Field(default="", title="Only where", description="SQL condition, as candidate.magpsf < 18.")
    columns: tuple[str, ...] = Field(default=(), title="Columns", description="SQL expressions; none: all.")
    table: str = Field(default="", title="Shown as", max_length=200, description="As night.alerts; empty: only files.")
    start: Literal["earliest", "latest"] = Field(
        default="earliest", title="Begin with", description="earliest: what the broker still keeps; latest: what comes."
    )
    mode: Literal["stream", "incremental", "snapshot"] = Field(default="stream", title="Mode")
    by: str = Field(
        default="", title="New by", max_length=200, json_schema_extra={"advanced": True},
        description="incremental, of tables, files and databases: a column, as mjd; what is above its largest value so "
        "far is new.",
    )  # fmt: skip
    late: Late = 0.0
    every_s: int = Field(default=5, ge=0, le=86_400, title="Look every", description="Seconds between two looks.")
    rows_at_once: int = Field(default=5000, ge=0, title="At most at once", description="Rows a look takes; 0: all.")
    begin: bool = Field(
        default=True, title="Start it at once", description="Off: it is only drawn; rehearse it, then start it."
    )
    to: str = Field(
        default="", title="To", max_length=2000, json_schema_extra={"advanced": True},
        description="Folder at the destination; empty: one in its home folder.",
    )  # fmt: skip
    password: str = Field(
        default="", title="Password at the server", max_length=1000, json_schema_extra={"advanced": True},
        description="Where the server finds it: file:/home/me/.broker (only you may read it), env:NAME or alias:name.",
    )  # fmt: skip


@command(
    "channel.subscribe", "Let a source flow into here…", on=("servers",), params=FromParams, when=server_up,
    inverse="channel.delete", icon="plug-in",
    example='net["lal"].subscribe_channel(source="Fink", where="candidate.magpsf < 18", table="night.bright")',
)  # fmt: skip
async def subscribe(ctx: Context, server: Key, params: FromParams) -> Result:
    """Let a source of this workspace flow into a table of this server, once or for ever.

    Its newest messages are looked at first: they tell how all of them are written and which columns they have. The
    look leaves no trace at the broker. The server reads the broker itself; this computer is not needed any more.
    """
    return Result.model_validate(await new(ctx, server, await channel_from(ctx, params)))


async def channel_from(ctx: Context, params: FromParams) -> ChannelParams:
    """The channel that lets a source flow, as it was asked for.

    Raises:
        AstroLabNetError: the source can not be read from here, or no channel is made of its kind.
    """
    source, origin = source_at(ctx, key_of(params.source))
    given = await _read_as(ctx, source, origin, params)
    return ChannelParams.model_validate({
        "title": params.title or source.name, "mode": params.mode, "where": params.where, "columns": params.columns,
        "table": params.table, "to": params.to, "every_s": params.every_s, "rows_at_once": params.rows_at_once,
        "begin": params.begin, "origin": source.name, "by": params.by, "late": params.late, **given,
    })  # fmt: skip


async def _read_as(ctx: Context, source: Source, origin: Origin, params: FromParams) -> dict[str, Any]:
    """How Spark reads it."""
    match origin.kind:
        case SourceKind.KAFKA:
            return await _kafka(ctx, source, origin, params)
        case SourceKind.RATE:
            return {"format": "rate", "options": {"rowsPerSecond": str(origin.rows_s)}, "rows_at_once": 0}
        case SourceKind.SKY:
            return {"format": "sky", "options": {"rowsPerSecond": str(origin.rows_s)}, "rows_at_once": 0}
        case SourceKind.TABLE:
            return {"format": "table", "place": origin.place}
        case SourceKind.FOLDER:
            packets = origin.format in ("packets", "avro")
            return {"format": "packets" if packets else origin.format, "place": origin.place}
        case SourceKind.FILES:
            return {"format": "urls", "mode": "mirror", "place": origin.place, "rows_at_once": 0}
        case SourceKind.JDBC:
            return _database(source, origin, params)
    raise NotApplicable(
        "a TAP service is asked, it does not flow.", server=source.name,
        remedy="Right-click the server: Data, Fetch from a TAP service.",
    )  # fmt: skip


def _database(source: Source, origin: Origin, params: FromParams) -> dict[str, Any]:
    """A table or query of a database; its password stays where the server finds it."""
    if params.mode != "snapshot" and not (params.mode == "incremental" and params.by):
        raise BadInput(
            "a database does not tell what is new.", field="mode", server=source.name,
            remedy="Take a snapshot, or incremental by a column that grows; a schedule takes it again.",
        )  # fmt: skip
    options = {"url": origin.place, "dbtable": origin.table} | ({"user": origin.user} if origin.user else {})
    secrets = {"password": params.password} if params.password else {}
    return {"format": "jdbc", "options": options, "secrets": secrets, "rows_at_once": 0}


async def _kafka(ctx: Context, source: Source, origin: Origin, params: FromParams) -> dict[str, Any]:
    if not origin.topics:
        raise BadInput("the source names no topic yet.", field="source", server=source.name, remedy="Edit it.")
    ctx.said("looking at its newest messages")
    found = await looked(ctx, key_of(source.name), lambda look: look.tail(origin.topics, _LOOK, wait_s=_WAIT_S))
    packets = list(found.packets)
    known = await schemas(ctx, source, origin, packets)
    texts = [text for packet in packets if (text := schema_of(packet, origin.avro_schema, known))]
    if texts or origin.avro_schema:
        shape = ddl(texts[-1] if texts else origin.avro_schema)
    elif packets:
        read = await understood(ctx, source, origin, packets)
        shape = columns.of_records(one.tree for one in read if isinstance(one.tree, dict))
    else:
        raise NotApplicable(
            "no message is there yet, so nobody knows which columns its alerts have.", server=source.name,
            remedy="Wait for the first alert, or give the source an Avro schema.",
        )  # fmt: skip
    return {
        "format": "kafka", "decode": "packets", "schema_ddl": shape, "avro_schema": origin.avro_schema,
        "registry": {str(number): text for number, text in known.items()}, **_reached(source, origin, params),
    }  # fmt: skip


def _reached(source: Source, origin: Origin, params: FromParams) -> dict[str, Any]:
    """Options and secrets by which Spark reaches the broker."""
    pattern = any(set(topic) & set("*?[") for topic in origin.topics)
    options = {"kafka.bootstrap.servers": origin.servers, "startingOffsets": params.start}
    if pattern:
        options["subscribePattern"] = "|".join(_regex(topic) for topic in origin.topics)
    else:
        options["subscribe"] = ",".join(origin.topics)
    if origin.security.value != "PLAINTEXT":
        options["kafka.security.protocol"] = origin.security.value
    if origin.group:
        options["kafka.group.id"] = origin.group
    elif origin.user:
        # Where a broker binds its users to groups, these begin with their names.
        options["groupIdPrefix"] = f"{origin.user}-aln"
    secrets: dict[str, str] = {}
    if origin.security.logs_in:
        options |= {"kafka.sasl.mechanism": origin.mechanism.value, "sasl.username": origin.user}
        if not params.password:
            raise BadInput(
                "the server needs the broker's password too, and it never travels there by itself.", field="password",
                server=source.name,
                remedy="On the server run: install -m 600 /dev/stdin ~/.broker (type it, then Ctrl+D), and give "
                "file:/home/YOU/.broker here.",
            )  # fmt: skip
        secrets["sasl.password"] = params.password
    return {"options": options, "secrets": secrets}


def _regex(topic: str) -> str:
    """A topic's name with ``*`` as Java's pattern."""
    return fnmatch.translate(topic).removeprefix("(?s:").removesuffix(r")\Z")
