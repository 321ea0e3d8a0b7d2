"""What can be done with plug-ins: see which there are, let one take part, switch it off again."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ..errors import BadInput, NotApplicable
from ..model.key import Key
from ..plugins.found import Plugin, plugins
from ..plugins.loaded import load
from ..plugins.trust import Trust
from . import plugged
from .action import show_actions
from .context import Context
from .registry import Nothing, Params, Result, command
from .undo import way_back


class TrustParams(Params):
    """Which, and as what it was seen."""

    name: str = Field(title="Plug-in", min_length=1, max_length=200)
    sha256: str = Field(
        default="", title="Hash of its files", pattern=r"^([0-9a-f]{64})?$", json_schema_extra={"advanced": True},
        description="As plugin.list tells it: if the files are others by now, it is not trusted. Empty: as they are.",
    )  # fmt: skip


class DistrustParams(Params):
    """Which."""

    name: str = Field(title="Plug-in", min_length=1, max_length=200)


@command(
    "plugin.list", "Plug-ins", scope="read", idempotent=True, icon="plug-in", group="change",
    example="net.plugin.list()",
)  # fmt: skip
async def tell(ctx: Context, _key: Key | None, params: Nothing) -> Result:
    """List the plug-ins that are installed: what each brings, whether it takes part, and if not, why.

    They are found by their metadata: nothing of a plug-in is imported before you trust it. Trust holds for its name,
    version and the hash of all its files; after any change you are asked again.
    """
    trust = Trust(ctx.house.paths.state / plugged.FILE)
    rows = [_row(found, trust) for found in await ctx.blocking(plugins)]
    on = sum(row["state"] == "on" for row in rows)
    text = (
        f"{len(rows)} plug-in{' is' if len(rows) == 1 else 's are'} installed, {on} take{'s' if on == 1 else ''} part."
        if rows
        else "No plug-in is installed."
    )
    return Result(text=text, data={"plugins": rows})


@command(
    "plugin.trust", "Trust a plug-in…", params=TrustParams, idempotent=True, inverse="plugin.distrust", icon="plug-in",
    group="change", example='net.plugin.trust(name="astro-night")',
)  # fmt: skip
async def trust(ctx: Context, _key: Key | None, params: TrustParams) -> Result:
    """Let a plug-in take part, from now on and as long as no byte of it changes. You are asked first: it is a program
    that may do whatever you may, with your files, servers and logins.
    """
    found = await _found(ctx, params.name)
    if found.unfit:
        raise NotApplicable(f"the plug-in {found.name} can not take part: {found.unfit}")
    if params.sha256 and params.sha256 != found.sha256:
        raise NotApplicable(
            f"the files of {found.name} are not those that were shown.", remedy="List the plug-ins and look again."
        )
    if not await ctx.ask(_question(found)):
        return Result(text="Nothing was done.", data={"done": False})
    # Somebody may have taken his time: only what was asked about is trusted.
    if (await _found(ctx, params.name)).sha256 != found.sha256:
        raise NotApplicable(f"the files of {found.name} have changed meanwhile.", remedy="Look at it again.")
    trusted = Trust(ctx.house.paths.state / plugged.FILE)
    await ctx.blocking(trusted.give, found)
    plugged.leave(found.name)
    brought = await ctx.blocking(load, found)
    plugged.join(brought)
    _stock(ctx)
    for server in ctx.engine.servers():
        if server.auth.kind in {f"{found.name}/{login}" for login in brought.logins}:
            ctx.engine.poll_now(server.uuid)
    text = " ".join((f"The plug-in {found.name} {found.version} takes part.", *brought.problems))
    back = way_back(f"trust in {found.name}", "plugin.distrust", None, name=found.name)
    return Result(text=text, data={**_row(found, trusted), **back})


@command(
    "plugin.distrust", "Switch a plug-in off…", params=DistrustParams, idempotent=True, inverse="plugin.trust",
    icon="plug-in", group="change", example='net.plugin.distrust(name="astro-night")',
)  # fmt: skip
async def distrust(ctx: Context, _key: Key | None, params: DistrustParams) -> Result:
    """Take what a plug-in brings out of all faces, and forget that it was trusted. What it began goes on; its code
    leaves the memory when the program ends.
    """
    name = params.name.strip()
    trusted = Trust(ctx.house.paths.state / plugged.FILE)
    if not trusted.knows(name):
        raise BadInput(f"no plug-in {name!r} is trusted.", field="name", remedy="plugin.list tells which there are.")
    await ctx.blocking(trusted.take, name)
    plugged.leave(name)
    _stock(ctx)
    back = way_back(f"distrust of {name}", "plugin.trust", None, name=name)
    return Result(text=f"The plug-in {name} takes no part any more.", data=back)


async def _found(ctx: Context, name: str) -> Plugin:
    there = {found.name: found for found in await ctx.blocking(plugins)}
    found = there.get(name.strip())
    if found is None:
        known = f"There are: {', '.join(there)}." if there else "None is installed."
        raise BadInput(f"there is no plug-in {name!r}.", field="name", remedy=known)
    return found


def _question(found: Plugin) -> str:
    return (
        f"Trust the plug-in {found.name} {found.version}? It brings {_brings(found)}, and may do whatever you may: "
        f"read your files, use your servers and logins. Hash of its files: {found.sha256[:16]}."
    )


def _brings(found: Plugin) -> str:
    return "; ".join(f"{group}: {', '.join(names)}" for group, names in found.brings.items())


def _row(found: Plugin, trusted: Trust) -> dict[str, Any]:
    brought = plugged.PLUGGED.get(found.name)
    problems = [found.unfit] if found.unfit else [] if brought is None else list(brought.problems)
    if found.unfit:
        state = "unfit"
    elif trusted.allows(found):
        state = "on"
    else:
        state = "changed" if trusted.knows(found.name) else "off"
    return {
        "name": found.name, "version": found.version, "summary": found.summary, "brings": found.brings,
        "state": state, "sha256": found.sha256, "problems": problems,
    }  # fmt: skip


def _stock(ctx: Context) -> None:
    """The library shows what plug-ins bring now."""
    ctx.house.library.lend(plugged.actions())
    show_actions(ctx.engine, ctx.house)
