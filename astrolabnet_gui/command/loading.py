"""What can be done to bring a table of this computer onto a server: from FITS, VOTable, CSV or Parquet."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field as Parameter

from ..actions.program import LARGEST
from ..catalog.names import TableName, table_name
from ..catalog.scala import answer
from ..errors import AstroLabNetError, BadInput
from ..model.key import Key
from ..model.output import Text, parse
from ..model.thing import Thing
from ..resources import resource
from ..sources.sheets import Sheet, read
from .context import Context
from .data import answering
from .looking import namespace_thing, table_thing
from .needs import ADVANCED
from .opening import session_for
from .registry import Params, Result, command
from .sending import SendParams, ready, send

WAIT_S = 600.0


class LoadParams(Params):
    """Which file, as which table."""

    file: str = Parameter(
        title="File", min_length=1, max_length=4096, json_schema_extra={"widget": "file"},
        description="Of this computer: FITS, VOTable, CSV, ECSV or Parquet.",
    )  # fmt: skip
    name: str = Parameter(
        default="",
        title="Table",
        max_length=400,
        description="As sky.stars; empty: the file's name, in this namespace.",
    )
    part: int = Parameter(
        default=0, ge=0, le=1000, title="Table of the file", json_schema_extra=ADVANCED,
        description="Its number from 1, where a file holds several; 0: the first with rows.",
    )  # fmt: skip


def _starts(thing: Thing) -> dict[str, Any]:
    return {"name": f"{thing.label}."} if thing.key.kind == "namespaces" else {}


@command(
    "table.load", "Load a table…", on=("servers", "namespaces"), params=LoadParams, when=answering, starts=_starts,
    icon="table",
    example='net["lal"].load_table(file="stars.fits", name="sky.stars")',
)  # fmt: skip
async def load(ctx: Context, key: Key, params: LoadParams) -> Result:
    """Bring a table from a file of this computer onto the server: FITS, VOTable, CSV, ECSV or Parquet.

    Units, UCDs and descriptions stay with the columns; masked cells are null. The namespace is made if it is missing.
    You are asked before a table that is there already is replaced. Needs the extra astro here and Python there.
    """
    file = Path(params.file.removeprefix("here:")).expanduser().absolute()
    name = named(ctx, key, params.name.strip().rstrip("."), file)
    ctx.progress(0.0, f"reading {file.name}")
    sheet = await ctx.blocking(read, file, params.part)
    return await bring(ctx, key, sheet, name, file.name)


def named(ctx: Context, key: Key, given: str, file: Path) -> TableName:
    """Name of the new table: as given, else that of the file, in the namespace.

    Raises:
        BadInput: a name that a session would change.
    """
    parts = ctx.thing(key).payload if key.kind == "namespaces" else ()
    where = tuple(parts) if isinstance(parts, tuple) else ()
    catalog = str(key.parent.id) if where and key.parent is not None else "spark_catalog"
    stem = re.sub(r"\W+", "_", file.name.split(".")[0]).strip("_").lower() or "table"
    if not given or given == ".".join(where):
        name = TableName(catalog=catalog, namespace=where or ("default",), name=stem)
    else:
        name = table_name(given)
        if name.namespace == where:
            name = name.model_copy(update={"catalog": catalog})
    if "${" in str(name):
        raise BadInput("the name holds ${…}, which a session replaces.", field="name")
    return name


def reads_our_files(ctx: Context, server: Key) -> bool:
    """Its Spark runs on this computer."""
    return ctx.server(server).is_island


async def bring(ctx: Context, key: Key, sheet: Sheet, name: TableName, title: str) -> Result:
    """Make a sheet a table of the server of ``key``.

    Raises:
        AstroLabNetError: it is too large for Livy, or the server refused it.
    """
    server = key.root
    session = await session_for(ctx, server, "pyspark")
    await ready(ctx, session)
    table = [name.catalog, *name.namespace, name.name]
    over = bool((await _told(ctx, session, {"table": table, "look": True}, f"Look for {name}"))["there"])
    if over and not await ctx.ask(f"{name} is there already. Replace it by {title}? Its rows are lost."):
        return Result(text="Nothing was done.", data={"done": False})
    with tempfile.TemporaryDirectory(prefix="aln-load-") as folder:
        packed = Path(folder) / f"{secrets.token_hex(8)}.parquet"
        await ctx.blocking(sheet.write, packed)
        upload = ""
        if not reads_our_files(ctx, server):
            upload = packed.name
            octets = await ctx.blocking(packed.read_bytes)
            if len(octets) > LARGEST:
                raise BadInput(
                    f"{title} has {len(octets) / 1e6:.0f} MB as Parquet; Livy takes at most {LARGEST // 1_000_000} MB.",
                    field="file", remedy="Copy it to where the server reads, and make a table of it there.",
                )  # fmt: skip
            ctx.progress(0.3, f"bringing {len(octets) / 1e6:.1f} MB to {ctx.alias(server)}")
            await ctx.client(session).upload_file(session.id, upload, octets)
        ctx.progress(0.6, f"making {name}")
        columns = [
            {"name": c.name, "metadata": {k: v for k in ("unit", "ucd", "comment") if (v := getattr(c, k))}}
            for c in sheet.columns
        ]
        values = {"table": table, "uri": packed.as_uri(), "upload": upload, "over": over, "columns": columns}
        await _told(ctx, session, values, f"Load {name}")
    ctx.house.browsing.columns.pop(_show(ctx, server, name), None)
    notes = f" {'; '.join(sheet.notes[:3])}." if sheet.notes else ""
    data = {"table": str(name), "rows": sheet.rows, "columns": [c.model_dump() for c in sheet.columns],
            "notes": list(sheet.notes)}  # fmt: skip
    return Result(
        text=f"{name} is made of {title}: {sheet.rows:,} rows, {len(sheet.columns)} columns.{notes}",
        focus=_show(ctx, server, name), data=data,
    )  # fmt: skip


async def _told(ctx: Context, session: Key, values: Mapping[str, Any], title: str) -> dict[str, Any]:
    """What our code says in a session of mine; values travel as base64 JSON."""
    code = resource("code", "load_table.py").read_text(encoding="utf-8")
    words = base64.b64encode(json.dumps(dict(values)).encode()).decode("ascii")
    async with asyncio.timeout(WAIT_S):
        done = await send(
            ctx, session, SendParams(kind="pyspark", code=f"{code}\nload_table({words!r})", name=title, wait=True)
        )
    if done.data["state"] != "done":
        raise AstroLabNetError(
            f"{title}: {done.data['problem'] or done.data['state']}", server=ctx.alias(session),
            remedy="The task shows the whole error.",
        )  # fmt: skip
    said = "\n".join(part.text for part in parse(done.data["output"]) if isinstance(part, Text))
    return answer(said, ctx.alias(session))


def _show(ctx: Context, server: Key, name: TableName) -> Key:
    """Show the new table in the tree, if its catalog was looked into; its key."""
    catalog = server.child("catalogs", name.catalog, epoch="")
    namespace = namespace_thing(catalog, name.namespace)
    made = table_thing(namespace.key, name)
    if ctx.engine.store.get(catalog) is not None:
        new = [thing for thing in (namespace, made) if ctx.engine.store.get(thing.key) is None]
        ctx.engine.show(new, server=server.server)
    return made.key
