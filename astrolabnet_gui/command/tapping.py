"""What can be done with services of the Virtual Observatory: their tables, questions in ADQL, answers as tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field as Parameter

from ..errors import BadInput, Malformed, Unreachable
from ..model.key import Key
from ..model.output import Column, Table
from ..model.source import Source, SourceKind
from ..model.thing import Thing
from ..sources import tap
from ..sources.sheet_files import plain_rows
from ..sources.sheets import Sheet
from .context import Context
from .data import answering
from .loading import bring, named
from .registry import Params, Result, command
from .source import mine
from .sourcing import shown, source_at

SHOWN = 10_000
_LIMIT_S = 300.0
_ADQL: dict[str, Any] = {"widget": "code"}


class TapParams(Params):
    """Whom, what, and how much."""

    url: str = Parameter(
        title="Service", min_length=1, max_length=500, json_schema_extra={"remember": True},
        description="Name of a source that is one, or an address, as https://gea.esac.esa.int/tap-server/tap.",
    )  # fmt: skip
    query: str = Parameter(title="Query in ADQL", min_length=1, json_schema_extra=_ADQL)
    rows: int = Parameter(default=SHOWN, ge=1, le=SHOWN, title="Rows at most")


class TapFetchParams(TapParams):
    """The same, and as which table."""

    name: str = Parameter(default="", title="Table", max_length=400, description="As sky.gaia; empty: tap, here.")
    rows: int = Parameter(default=100_000, ge=1, le=tap.MOST, title="Rows at most")


class QueryParams(Params):
    """What, and how much."""

    query: str = Parameter(title="Query in ADQL", min_length=1, json_schema_extra=_ADQL)
    rows: int = Parameter(default=SHOWN, ge=1, le=SHOWN, title="Rows at most")


class TablesParams(Params):
    """Of what."""

    table: str = Parameter(
        default="", title="Table", max_length=400, description="Its columns are listed; empty: all tables."
    )


def a_service(thing: Thing) -> str:
    """Only a source of that kind is asked in ADQL."""
    origin = thing.payload.origin if isinstance(thing.payload, Source) else None
    return mine(thing) or ("" if origin and origin.kind is SourceKind.TAP else f"{thing.label} is no TAP service.")


@command(
    "tap.query", "Ask a TAP service…", params=TapParams, scope="read", idempotent=True, icon="source",
    example='net.tap.query(url="https://dc.g-vo.org/tap", query="SELECT TOP 5 * FROM tap_schema.tables")',
)  # fmt: skip
async def ask_tap(ctx: Context, key: None, params: TapParams) -> Result:
    """Ask a service of the Virtual Observatory in ADQL and see its rows, with their units. Needs the extra astro."""
    ctx.progress(None, "asking the service")
    return _told(await _answer(ctx, _address(ctx, params.url), params.query, params.rows), params.rows)


@command(
    "tap.fetch", "Fetch from a TAP service…", on=("servers", "namespaces"), params=TapFetchParams, when=answering,
    icon="source", example='net["lal"].fetch_tap(url="https://dc.g-vo.org/tap", query="SELECT 1", name="sky.one")',
)  # fmt: skip
async def fetch_tap(ctx: Context, key: Key, params: TapFetchParams) -> Result:
    """Make the answer of a TAP service a table of the server; units, UCDs and descriptions stay with the columns.

    You are asked before a table that is there already is replaced. Needs the extra astro here and Python there.
    """
    name = named(ctx, key, params.name.strip(), Path("tap"))
    ctx.progress(0.0, "asking the service")
    sheet = await _answer(ctx, _address(ctx, params.url), params.query, params.rows)
    return await bring(ctx, key, sheet, name, "the answer of the service")


@command(
    "source.query", "Ask in ADQL…", on=("sources",), params=QueryParams, scope="read", when=a_service, icon="console",
    idempotent=True, group="open", example='net.sources["Fink"].query(query="SELECT TOP 5 * FROM gaiadr3.gaia_source")',
)  # fmt: skip
async def ask_source(ctx: Context, key: Key, params: QueryParams) -> Result:
    """Ask a TAP service among the sources and see its rows, with their units. Needs the extra astro."""
    ctx.progress(None, "asking the service")
    return _told(await of_source(ctx, key, params.query, params.rows), params.rows)


@command(
    "source.tables", "Tables", on=("sources",), params=TablesParams, scope="read", when=a_service, icon="tree",
    idempotent=True, group="open", example='net.sources["Fink"].tables(table="gaiadr3.gaia_source")',
)  # fmt: skip
async def tables(ctx: Context, key: Key, params: TablesParams) -> Result:
    """List the tables of a TAP service, or the columns of one with their units and UCDs. Needs the extra astro."""
    ctx.progress(None, "asking the service")
    told = _told(await of_source(ctx, key, tap.schema_query(params.table), SHOWN), SHOWN)
    if params.table and not (told.data or {})["table"]["rows"]:
        raise BadInput(f"the service has no table {params.table!r}.", field="table")
    return told


async def of_source(ctx: Context, key: Key, adql: str, most: int) -> Sheet:
    """How it went is shown on the source; a query that is refused is no fault of the service."""
    source, origin = source_at(ctx, key)
    if origin.kind is not SourceKind.TAP:
        raise BadInput(f"{source.name} is no TAP service.")
    try:
        found = await _answer(ctx, origin.place, adql, most)
    except (Malformed, Unreachable) as exc:
        shown(ctx, source, "not reachable", exc.what)
        raise
    shown(ctx, source, "quiet")
    return found


async def _answer(ctx: Context, url: str, adql: str, most: int) -> Sheet:
    return await ctx.house.listening.run(lambda _: tap.query(url, adql, most), limit_s=_LIMIT_S)


def _address(ctx: Context, given: str) -> str:
    """The address of a source of that name, or what was given."""
    source = ctx.house.sources.get(given)
    if source is not None and source.origin is not None and source.origin.kind is SourceKind.TAP:
        return source.origin.place
    return given


def _told(sheet: Sheet, most: int) -> Result:
    columns = tuple(Column(name=c.name, type=c.type, unit=c.unit) for c in sheet.columns)
    table = Table(columns=columns, rows=plain_rows(sheet))
    cut = ", the first of more" if sheet.rows >= most else ""
    ucds = {c.name: c.ucd for c in sheet.columns if c.ucd}
    return Result(
        text=f"{sheet.rows:,} rows of {len(columns)} columns{cut}.",
        data={"table": table.model_dump(mode="json"), "ucds": ucds},
    )
