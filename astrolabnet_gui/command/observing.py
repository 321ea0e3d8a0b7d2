"""What can be done with the tools of astronomers: ask a TAP service, exchange tables and places with TOPCAT, Aladin."""

from __future__ import annotations

import secrets
from pathlib import Path

from pydantic import Field as Parameter

from ..model.key import Key
from ..model.output import Column, Table
from ..sources import samp, tap
from ..sources.places import place
from ..sources.sheet_files import plain_rows, write_sheet
from .context import Context
from .data import answering
from .exporting import MOST, sheet_of
from .kept import KeptParams
from .loading import bring, named
from .registry import Params, Result, command

SHOWN = 10_000
KEPT_FILES = 20


class TapParams(Params):
    """Whom, what, and how much."""

    url: str = Parameter(
        title="Service", min_length=8, max_length=500, json_schema_extra={"remember": True},
        description="Address of a TAP service, as https://gea.esac.esa.int/tap-server/tap.",
    )  # fmt: skip
    query: str = Parameter(title="Query in ADQL", min_length=1, json_schema_extra={"widget": "code"})
    rows: int = Parameter(default=SHOWN, ge=1, le=SHOWN, title="Rows at most")


class TapFetchParams(TapParams):
    """The same, and as which table."""

    name: str = Parameter(default="", title="Table", max_length=400, description="As sky.gaia; empty: tap, here.")
    rows: int = Parameter(default=100_000, ge=1, le=tap.MOST, title="Rows at most")


@command(
    "tap.query", "Ask a TAP service…", params=TapParams, scope="read", idempotent=True, icon="source",
    example='net.tap.query(url="https://dc.g-vo.org/tap", query="SELECT TOP 5 * FROM tap_schema.tables")',
)  # fmt: skip
async def ask_tap(ctx: Context, key: None, params: TapParams) -> Result:
    """Ask a service of the Virtual Observatory in ADQL and see its rows, with their units. Needs the extra astro."""
    ctx.progress(None, "asking the service")
    sheet = await ctx.house.listening.run(lambda _: tap.query(params.url, params.query, params.rows), limit_s=300.0)
    columns = tuple(Column(name=c.name, type=c.type, unit=c.unit) for c in sheet.columns)
    table = Table(columns=columns, rows=plain_rows(sheet))
    cut = ", the first of more" if sheet.rows >= params.rows else ""
    ucds = {c.name: c.ucd for c in sheet.columns if c.ucd}
    return Result(
        text=f"{sheet.rows:,} rows of {len(columns)} columns{cut}.",
        data={"table": table.model_dump(mode="json"), "ucds": ucds},
    )


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
    sheet = await ctx.house.listening.run(lambda _: tap.query(params.url, params.query, params.rows), limit_s=300.0)
    return await bring(ctx, key, sheet, name, "the answer of the service")


class SampParams(KeptParams):
    """To whom, and how much."""

    to: str = Parameter(default="", title="To", max_length=80, description="As TOPCAT; empty: all that take tables.")
    rows: int = Parameter(default=50_000, ge=1, le=MOST, title="Rows at most")


class PointParams(Params):
    """Where, and who shall look."""

    at: str = Parameter(
        title="Place", min_length=1, max_length=200,
        description="Degrees (10.68 +41.27), hours and minutes (00:42:44.3 +41:16:09), or the name of an object.",
    )  # fmt: skip
    to: str = Parameter(default="", title="To", max_length=80, description="As Aladin; empty: all that take places.")


class ReceiveParams(Params):
    """How long, and as which table."""

    name: str = Parameter(default="", title="Table", max_length=400, description="As sky.mine; empty: its own name.")
    wait_s: float = Parameter(default=120.0, ge=1, le=900, title="Patience, s")


@command(
    "table.samp", "Send to TOPCAT, Aladin…", on=("tables",), params=SampParams, when=answering, icon="send",
    group="copy", example='net["lal"].table("sky.alerts").samp(to="TOPCAT")',
)  # fmt: skip
async def send_table(ctx: Context, key: Key, params: SampParams) -> Result:
    """Send rows of the table to the programs at the SAMP hub of this computer, with units and UCDs.

    TOPCAT and Aladin bring a hub. Of a table with more rows you are asked whether the first will do.
    """
    told = await sheet_of(ctx, key, params, params.rows)
    if told is None:
        return Result(text="Nothing was done.", data={"done": False})
    name = str(ctx.thing(key).payload)
    folder = ctx.house.paths.cache / "samp"

    def send() -> tuple[str, ...]:
        folder.mkdir(parents=True, exist_ok=True)
        # The others read a file when they like; the oldest go.
        for old in sorted(folder.glob("*.vot"), key=lambda f: f.stat().st_mtime)[:-KEPT_FILES]:
            old.unlink(missing_ok=True)
        file = folder / f"{secrets.token_hex(6)}.vot"
        write_sheet(told[0], file)
        return samp.send_table(file, name, params.to)

    ctx.progress(0.8, "sending")
    who = await ctx.house.listening.run(lambda _: send())
    text = f"{told[0].rows:,} rows of {name} went to {', '.join(who)}."
    return Result(text=text, data={"to": list(who), "rows": told[0].rows})


@command(
    "samp.point", "Point TOPCAT, Aladin at…", params=PointParams, scope="read", idempotent=True, icon="search",
    example='net.samp.point(at="10.68 +41.27")',
)  # fmt: skip
async def point(ctx: Context, key: None, params: PointParams) -> Result:
    """Let the programs at the SAMP hub of this computer look at a place of the sky."""
    at = await ctx.blocking(place, params.at, ctx.house.resolve)
    who = await ctx.house.listening.run(lambda _: samp.point_at(*at, params.to))
    return Result(text=f"{', '.join(who)}: {at[0]:.5f} {at[1]:+.5f}.", data={"to": list(who), "at": at})


@command(
    "samp.receive", "Receive from TOPCAT, Aladin…", on=("servers", "namespaces"), params=ReceiveParams, when=answering,
    icon="table", example='net["lal"].receive_samp(name="sky.mine")',
)  # fmt: skip
async def receive(ctx: Context, key: Key, params: ReceiveParams) -> Result:
    """Wait until a program at the SAMP hub of this computer sends a table, which becomes a table of the server; or a
    place, which is told. AstroLabNet stands in their Send menus while it waits.
    """
    ctx.progress(None, "waiting: choose AstroLabNet in the other program's Send menu")
    came = await ctx.house.listening.run(lambda stop: samp.receive(stop, params.wait_s), limit_s=params.wait_s + 60)
    if came.sheet is None:
        ra, dec = came.place or (0.0, 0.0)
        return Result(text=f"{came.sender} points at {ra:.5f} {dec:+.5f}.", data={"from": came.sender, "at": (ra, dec)})
    name = named(ctx, key, params.name.strip(), Path(came.name))
    made = await bring(ctx, key, came.sheet, name, f"{came.name} of {came.sender}")
    return made.model_copy(update={"data": {**(made.data or {}), "from": came.sender}})
