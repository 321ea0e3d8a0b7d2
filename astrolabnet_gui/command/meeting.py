"""What can be done with servers that came with a workspace and that nobody here has trusted yet: contact them."""

from __future__ import annotations

from ..model.key import Key
from ..model.server import Server
from ..model.thing import Thing
from .context import Context
from .registry import Params, Result, command

UNMET = "not contacted"
_SHOWN = 12


def _is_unmet(thing: Thing) -> str:
    return "" if thing.state == UNMET else f"{thing.label} is trusted already."


@command(
    "server.connect", "Trust and connect", on=("servers",), when=_is_unmet, idempotent=True, icon="plug-in",
    group="open", example='net["lal"].connect()',
)  # fmt: skip
async def connect(ctx: Context, key: Key, params: Params) -> Result:
    """Contact a server that came with the workspace; until then nothing is sent to it, no name is looked up for it.

    It is trusted as it stands: another address, way or login is asked for again. Your secrets are not meant by it:
    one that the workspace names is sent only after you gave it for this address in *Edit…*.
    """
    server = ctx.server(key)
    if not await _agreed(ctx, [server]):
        return Result(text="Nothing was sent.", focus=key, data={"done": False})
    return Result(text=f"{server.alias} is asked.", focus=key, data={"done": True})


@command(
    "workspace.connect", "Trust and connect all", idempotent=True, icon="plug-in", group="open",
    example="net.workspace.connect()",
)  # fmt: skip
async def connect_all(ctx: Context, _key: Key | None, params: Params) -> Result:
    """Contact all servers that came with the workspace and were not contacted yet; each is shown with its address."""
    house = ctx.house
    unmet = [server for server in ctx.engine.servers() if not house.trusted.met(server)]
    met = 0
    for begin in range(0, len(unmet), _SHOWN):
        some = unmet[begin : begin + _SHOWN]
        if not await _agreed(ctx, some):
            break
        met += len(some)
    text = f"{met} server{'' if met == 1 else 's'} asked." if unmet else "All servers are trusted already."
    return Result(text=text, data={"done": met == len(unmet), "asked": met})


async def _agreed(ctx: Context, servers: list[Server]) -> bool:
    """Whether the person wants them contacted; then they are."""
    listed = "; ".join(f"{server.alias} at {server.leads_to}" for server in servers)
    one = len(servers) == 1
    if not await ctx.ask(
        f"{listed}. {'It' if one else 'They'} came with the workspace; nothing was sent there yet. "
        f"Do you trust {'it' if one else 'them'}, and connect?"
    ):
        return False
    await ctx.blocking(ctx.house.trusted.meet, *servers)
    for server in servers:
        ctx.engine.poll_now(server.uuid)
    return True
