"""What can be done with files and folders of a server: open a place, sum it up, make a table of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field as Parameter

from ..catalog import files, questions
from ..catalog.files import FileFacts
from ..catalog.names import table_name
from ..catalog.sky_index import sky_index
from ..errors import BadInput, NotApplicable
from ..model.key import Key
from ..model.thing import Thing
from .context import Context
from .data import answering, columns_of
from .folders import ROOT, facts_at, folder_thing, listing, look_into, show_root
from .looking import namespace_thing, rows, table_thing, tell
from .registry import Nothing, Params, Result, command


class OpenParams(Params):
    """Which place."""

    uri: str = Parameter(
        title="Folder", min_length=1, max_length=4000, json_schema_extra={"remember": True},
        description="As the server reads it: hdfs://host/data, s3a://bucket/x, file:/data, or a path of its default.",
    )  # fmt: skip


@command(
    "file.open", "Open a folder…", on=("servers",), params=OpenParams, when=answering, scope="read", idempotent=True,
    icon="file", group="open", example='net["lal"].open_file(uri="hdfs://nn/data")',
)  # fmt: skip
async def open_folder(ctx: Context, server: Key, params: OpenParams) -> Result:
    """See what a folder of any file system holds that the server can read. It stands below Files from then on."""
    uri = params.uri.strip()
    inside, _ = await listing(ctx, server, uri)
    show_root(ctx, server)
    root = server.child("files", ROOT, epoch="")
    facts = FileFacts(uri=uri, name=uri, kind="folder", format=files.folder_format(inside))
    thing = folder_thing(root, facts, uri)
    ctx.engine.show([thing], server=server.server)
    return await look_into(ctx, thing.key)


def _real(thing: Thing) -> str:
    if isinstance(thing.payload, FileFacts) and not thing.payload.uri:
        return "this row stands for all file systems: choose a folder below it."
    return answering(thing)


@command(
    "file.summary", "Sum up", on=("files",), when=_real, scope="read", idempotent=True, icon="file", group="open",
    example='net["lal"].files["Files"].summary()',
)  # fmt: skip
async def summary(ctx: Context, key: Key, params: Nothing) -> Result:
    """Bytes and files of all that lies below, owner, rights, and the room left. One question to the file system; it
    is slow on object stores, which list everything for it.
    """
    facts = facts_at(ctx, key)
    found = files.summary(await tell(ctx, key, files.summary_statement(facts.uri)))
    text = f"{facts.name}: {found.size_bytes:,} bytes in {found.files:,} files; {found.free_bytes / 1e9:.1f} GB free."
    return Result(text=text, focus=key, data=found.model_dump(mode="json"))


class TableParams(Params):
    """What the table shall be."""

    name: str = Parameter(title="Name", min_length=1, max_length=400, description="As sky.alerts; it must be new.")
    format: Literal["", "parquet", "orc", "avro", "csv", "json", "text", "delta", "iceberg", "hats"] = Parameter(
        default="", title="Format", description="Empty: as its names say.", json_schema_extra={"widget": "choice"}
    )


@command(
    "file.table", "Make a table of it…", on=("files",), params=TableParams, when=_real, icon="table",
    example='net["lal"].files["Files"].table(name="sky.alerts")',
)  # fmt: skip
async def make_table(ctx: Context, key: Key, params: TableParams) -> Result:
    """Enter a file or folder into the server's catalog as a table. The files stay where they are and as they are;
    dropping the table later leaves them there. A HATS catalog becomes a table with its index of the sky.
    """
    facts, name = facts_at(ctx, key), table_name(params.name)
    inside = (await listing(ctx, key, facts.uri))[0] if facts.kind == "folder" else ()
    fmt = params.format or (files.folder_format(inside) if facts.kind == "folder" else facts.format)
    if fmt not in files.TABLES:
        held = f"holds {fmt}, which Spark reads by no table" if fmt else "does not say by its names what it holds"
        raise NotApplicable(f"{facts.name} {held}.", server=ctx.alias(key), remedy="Say its format, if you know it.")
    if not name.namespace:
        raise BadInput("a table needs a namespace.", field="name")
    await rows(ctx, key, files.table_statement(name, facts.uri, fmt, inside))
    if questions.facts(await rows(ctx, key, questions.describe_statement(name))).partitioned_by:
        await rows(ctx, key, files.repair_statement(name))
    catalog = key.root.child("catalogs", name.catalog, epoch="")
    if ctx.engine.store.get(catalog) is None:
        return Result(text=f"{name} is made.")
    namespace = namespace_thing(catalog, name.namespace)
    made = table_thing(namespace.key, name)
    ctx.engine.show([t for t in (namespace, made) if ctx.engine.store.get(t.key) is None], server=key.server)
    columns = await columns_of(ctx, made.key, name)
    index = sky_index(c.name for c in columns)
    sky = f" Its index of the sky is {index}." if index else ""
    return Result(text=f"{name} is made: {len(columns)} columns.{sky}", focus=made.key,
                  data={"format": fmt, "columns": [c.name for c in columns], "sky_index": index})  # fmt: skip
