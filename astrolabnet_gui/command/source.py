"""What can be done with sources: add, mend, remove; and their parameters."""

from __future__ import annotations

import json
from typing import Any

from pydantic import Field, ValidationError
from pydantic.config import JsonDict

from ..errors import BadInput
from ..model.key import Key
from ..model.source import Mechanism, Origin, Security, Source, SourceKind
from ..model.thing import Thing
from ..sources import tap
from ..sources.decoding import ddl
from ..sources.presets import presets
from . import plugged
from .context import Context
from .listening import home_of, key_of, thing_of
from .registry import Params, Result, command
from .server import RemoveParams
from .sourcing import source_at
from .undo import way_back

_SECRET: JsonDict = {"widget": "secret"}
_ADVANCED: JsonDict = {"advanced": True}
_LASTS = " This computer has no keyring: the password is kept only until you quit."


class SourceFields(Params):
    """What describes a source; a field that is not given stays as the preset has it."""

    kind: SourceKind | None = Field(default=None, title="Kind", json_schema_extra={"widget": "choice"})
    servers: str | None = Field(
        default=None, title="Brokers", max_length=2000, description="As kafka.example.org:9092, several by commas."
    )
    topics: tuple[str, ...] | None = Field(
        default=None, title="Topics", max_length=100, description="Names; * stands for any letters."
    )
    security: Security | None = Field(default=None, title="Security", json_schema_extra={"widget": "choice"})
    mechanism: Mechanism | None = Field(default=None, title="Login", json_schema_extra={"widget": "choice"})
    user: str | None = Field(default=None, title="User", max_length=200)
    secret: str | None = Field(
        default=None, title="Password", json_schema_extra=_SECRET,
        description="Goes to the keyring; or env:NAME, or file:PATH of a file only you can read.",
    )  # fmt: skip
    place: str | None = Field(
        default=None, title="Place", max_length=2000,
        description="Folder, table, addresses of files (an index page ends with /, a list has @ before it) or of a "
        "database, as the reading server sees it; a TAP service.",
    )  # fmt: skip
    format: str | None = Field(
        default=None, title="Format", max_length=40, description="Of its files: json, csv, parquet, orc, text."
    )
    table: str | None = Field(default=None, title="Table", max_length=2000, description="Of the database, or a query.")
    rows_s: int | None = Field(default=None, ge=1, le=1_000_000, title="Rows a second")
    group: str | None = Field(
        default=None, title="Group", max_length=200, json_schema_extra=_ADVANCED,
        description="Consumer group, where the broker binds you to one.",
    )  # fmt: skip
    ca: str | None = Field(
        default=None, title="Authority", max_length=1000, json_schema_extra=_ADVANCED | {"widget": "file"},
        description="File of who signed the broker's certificate; empty: as this computer trusts.",
    )  # fmt: skip
    registry: str | None = Field(
        default=None, title="Schema registry", max_length=500, json_schema_extra=_ADVANCED,
        description="As https://registry.example.org, for messages that name their schema by a number.",
    )  # fmt: skip
    avro_schema: str | None = Field(
        default=None, title="Avro schema", max_length=500_000, json_schema_extra=_ADVANCED | {"widget": "code"},
        description="JSON, for messages that bring no schema.",
    )  # fmt: skip


class SourceParams(SourceFields):
    """A new source."""

    name: str = Field(
        title="Name", min_length=1, max_length=60, pattern=r"^[^/\x00-\x1f]*$",
        description="How channels call it, here and at other sites; it stays.",
    )  # fmt: skip
    preset: str = Field(default="", title="Broker", json_schema_extra={"widget": "preset"})


class EditSourceParams(SourceFields):
    """What shall change; a field that is not given stays."""


def _now(thing: Thing) -> dict[str, Any]:
    source = thing.payload
    told = source.origin.model_dump(exclude={"secret"}) if isinstance(source, Source) and source.origin else {}
    return {name: value for name, value in told.items() if name in SourceFields.model_fields}


def mine(thing: Thing) -> str:
    """Sources that are only known from channels can not be changed here."""
    known = isinstance(thing.payload, Source) and thing.payload.origin is not None
    return "" if known else f"{thing.label} is only known from a channel; add it as a source first."


@command(
    "source.add", "Add source…", params=SourceParams, inverse="source.remove", icon="source",
    example='net.source.add(name="Fink", preset="fink-lsst", servers="broker.example.org:9092", topics=["fink_sn"])',
)  # fmt: skip
async def add(ctx: Context, _key: Key | None, params: SourceParams) -> Result:
    """Describe where data comes from: a broker's topics, a folder, a table, files, a database, or test rows.

    A preset fills in what is known of a broker of the field. The password is kept in the keyring of the computer,
    bound to the broker's address; the workspace holds only its name.
    """
    if ctx.house.sources.get(params.name) is not None:
        raise BadInput(f"there is already a source named {params.name!r}.", field="name")
    begins = Origin()
    if params.preset:
        found = {preset.name: preset for preset in presets(ctx.house.sources.folder, plugged.sources())[0]}
        if params.preset not in found:
            remedy = f"There are: {', '.join(found)}."
            raise BadInput(f"there is no preset {params.preset!r}.", field="preset", remedy=remedy)
        begins = found[params.preset].origin
    origin, kept = await _described(ctx, params.name, begins, params)
    source = Source(name=params.name, place=origin.words, origin=origin, preset=params.preset)
    await ctx.blocking(ctx.house.sources.keep, source)
    key = key_of(source.name)
    ctx.engine.show([thing_of(source)])
    back = way_back(f"add {source.name}", "source.remove", key, sure=True)
    return Result(text=f"{source.name} is among the sources.{'' if kept else _LASTS}", focus=key, data=back)


@command(
    "source.edit", "Edit…", on=("sources",), params=EditSourceParams, starts=_now, when=mine, inverse="source.restore",
    icon="settings", group="change", example='net.sources["Fink"].edit(topics=["fink_sn_lsst"])',
)  # fmt: skip
async def edit(ctx: Context, key: Key, params: EditSourceParams) -> Result:
    """Change the description of a source; what is left out stays. Channels that run go on as they were set up."""
    source, old = source_at(ctx, key)
    origin, kept = await _described(ctx, source.name, old, params)
    changed = source.model_copy(update={"origin": origin, "place": origin.words})
    await ctx.blocking(ctx.house.sources.keep, changed)
    ctx.engine.show([thing_of(changed)])
    back = way_back(f"edit {source.name}", "source.restore", None, name=source.name, text=_text(source))
    return Result(text=f"{source.name} is changed.{'' if kept else _LASTS}", focus=key, data=back)


@command(
    "source.remove", "Remove from workspace", on=("sources",), params=RemoveParams, inverse="source.restore",
    icon="close", group="remove", when=mine,
    dangerous=lambda t, given: "" if given.sure else f"Take {t.label} out of the workspace? Channels that run go on.",
    example='net.sources["Fink"].remove(sure=True)',
)  # fmt: skip
async def remove(ctx: Context, key: Key, params: RemoveParams) -> Result:
    """Take a source out of the workspace. Its password stays in the keyring until the source is added anew."""
    source, _ = source_at(ctx, key)
    await ctx.blocking(ctx.house.sources.drop, source.name)
    ctx.engine.show((), [key])
    back = way_back(f"remove {source.name}", "source.restore", None, name=source.name, text=_text(source))
    return Result(text=f"{source.name} is removed.", data=back)


class RestoreSourceParams(Params):
    """Which one, and as it was."""

    name: str = Field(title="Name", min_length=1, max_length=60)
    text: str = Field(title="As it was", max_length=1_000_000, json_schema_extra={"widget": "code"})


@command(
    "source.restore", "Bring back a source…", params=RestoreSourceParams, idempotent=True, inverse="source.restore",
    icon="undo", group="change", example='net.source.restore(name="Fink", text="{}")',
)  # fmt: skip
async def restore(ctx: Context, _key: Key | None, params: RestoreSourceParams) -> Result:
    """Bring back a source of the workspace that was removed or changed, as it was before."""
    try:
        source = Source.model_validate({**json.loads(params.text), "name": params.name})
    except (ValueError, TypeError, ValidationError) as exc:
        raise BadInput("this describes no source.", field="text") from exc
    if source.origin is None:
        raise BadInput("this describes no source.", field="text")
    before = ctx.house.sources.get(params.name)
    await ctx.blocking(ctx.house.sources.keep, source)
    ctx.engine.show([thing_of(source)])
    key = key_of(source.name)
    back = (
        way_back(f"bring back {source.name}", "source.remove", key, sure=True) if before is None
        else way_back(f"edit {source.name}", "source.restore", None, name=source.name, text=_text(before))
    )  # fmt: skip
    return Result(text=f"{source.name} is back.", focus=key, data=back)


def _text(source: Source) -> str:
    return source.model_dump_json(exclude={"name"})


async def _described(ctx: Context, name: str, old: Origin, params: SourceFields) -> tuple[Origin, bool]:
    """``old`` with what is given, checked; False if a password lasts only until the program ends.

    Raises:
        BadInput: ``field`` names what can not be used.
    """
    given = params.model_dump(exclude_none=True, include=set(SourceFields.model_fields) - {"secret"})
    try:
        origin = Origin.model_validate(old.model_dump() | given)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        raise BadInput(f"{first['msg']}.", field=str(first["loc"][0]) if first["loc"] else "") from exc
    _complete(origin)
    kept = True
    if params.secret:
        secret = params.secret
        if not secret.startswith(("env:", "file:")):
            secret = f"source/{name}"
            kept = await ctx.blocking(ctx.house.secrets.write, secret, params.secret, home_of(origin))
        origin = origin.model_copy(update={"secret": secret})
    return origin, kept


def _complete(origin: Origin) -> None:
    """What every kind needs."""
    if origin.kind is SourceKind.KAFKA:
        for host in origin.servers.split(","):
            if not _is_host(host.strip()):
                words = "name a broker as host:port." if not host.strip() else f"{host.strip()!r} is not host:port."
                raise BadInput(words, field="servers")
        if origin.security.logs_in and not origin.user:
            raise BadInput("this broker asks for a user.", field="user")
    elif origin.kind not in (SourceKind.RATE, SourceKind.SKY) and not origin.place.strip():
        raise BadInput("say where it is.", field="place")
    elif origin.kind is SourceKind.TAP:
        tap.check_address(origin.place, "place")
    if origin.avro_schema:
        ddl(origin.avro_schema)


def _is_host(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and port.isdigit() and 0 < int(port) < 65_536 and not any(c.isspace() for c in host)
