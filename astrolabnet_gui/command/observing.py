"""What can be done with the tools of astronomers: tables and places go to TOPCAT and Aladin and come from them."""

from __future__ import annotations

import secrets
from pathlib import Path

from pydantic import Field as Parameter

from ..model.key import Key
from ..sources import samp
from ..sources.places import place
from ..sources.sheet_files import write_sheet
from .context import Context
from .data import answering
from .exporting import MOST, sheet_of
from .kept import KeptParams
from .loading import bring, named
from .registry import Params, Result, command

KEPT_FILES = 20


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
