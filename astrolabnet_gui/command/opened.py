"""Opened: another folder as the workspace, in place of the personal one; its servers are asked for its tasks."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from pydantic import Field

from ..errors import AstroLabNetError, BadInput
from ..model.key import Key
from ..model.server import Server
from ..settings.chosen import Chosen, choose, chosen
from ..settings.files import read_capped
from .adopting import adopt
from .context import Context
from .registry import Params, Result, command

_SHOWN = 12


class OpenFolderParams(Params):
    """Which folder."""

    folder: str = Field(
        default="", title="Folder", max_length=4096,
        description="With a workspace.json, as a network drive or a git checkout holds it, or an empty one. Empty: "
        "back to your personal workspace.",
    )  # fmt: skip


@command(
    "workspace.use", "Open workspace folder…", params=OpenFolderParams, icon="settings", group="open",
    example='net.workspace.use(folder="/mnt/fink/workspace")',
)  # fmt: skip
async def use(ctx: Context, _key: Key | None, params: OpenFolderParams) -> Result:
    """Work in a workspace that lies in a folder of yours which other computers see too, in place of the personal one.

    What is in it is shown first. It is open from the next start on (in the window that is one click), and in every
    command; tasks, sessions
    and batches that were sent from it elsewhere are yours here as well, and its servers are asked for them. No server
    is contacted before you trust it. History and results stay on this computer.
    """
    state, personal = ctx.house.paths.state, ctx.house.paths.personal
    folder = Path(params.folder).expanduser().absolute() if params.folder else personal
    if folder == personal:
        await ctx.blocking(choose, state, Chosen())
        return Result(text="Your personal workspace opens at the next start.", data={"done": True, "folder": ""})
    question = await ctx.blocking(_looked_at, folder)
    if not await ctx.ask(question):
        return Result(text="Nothing was changed.", data={"done": False, "folder": str(folder)})
    await ctx.blocking(choose, state, Chosen(folder=str(folder)))
    text = f"{folder.name} opens at the next start of AstroLabNet; your personal workspace stays as it is."
    return Result(text=text, data={"done": True, "folder": str(folder)})


def _looked_at(folder: Path) -> str:
    """The question to ask before it is opened; nothing is written.

    Raises:
        BadInput: it is no workspace.
    """
    if not folder.is_dir():
        raise BadInput(f"there is no folder {folder.name!r}.", field="folder")
    if not any(folder.iterdir()):
        return f"{folder.name} is empty. Begin a new workspace in it?"
    if not (folder / "workspace.json").is_file():
        raise BadInput(
            f"{folder.name!r} holds no workspace (workspace.json).", field="folder",
            remedy="Take an empty folder, or a folder that is one; a set-up is opened by Open set-up….",
        )  # fmt: skip
    servers = [server for file in sorted((folder / "servers").glob("*.json")) if (server := _server(file)) is not None]
    named = [f"the server {server.alias} at {server.leads_to}" for server in servers[:_SHOWN]]
    more = [f"{len(servers) - _SHOWN} more"] if len(servers) > _SHOWN else []
    actions = len({file.stem for file in (folder / "actions").glob("*.toml")})
    holds = "; ".join([*named, *more, f"{actions} action{'' if actions == 1 else 's'}"])
    return f"{folder.name} holds {holds}. Do you trust who can write there, and open it in place of your own?"


def _server(file: Path) -> Server | None:
    try:
        return Server.model_validate_json(read_capped(file))
    except (OSError, ValueError):
        return None


def ask_for_its_tasks(ctx: Context) -> None:
    """Have each server of an opened folder asked once for what was sent from elsewhere, as soon as it answers."""
    known = chosen(ctx.house.paths.state)
    if known.place != ctx.house.workspace.folder:
        return
    for server in ctx.engine.servers():
        if server.uuid not in known.adopted:
            ctx.house.sender.keep(asyncio.create_task(_adopt(ctx, Key(server.uuid))))


async def _adopt(ctx: Context, server: Key) -> None:
    await ctx.engine.until(server, lambda thing: thing is None or thing.state == "up")
    try:
        await adopt(ctx, server, Params())
        state = ctx.house.paths.state
        now = chosen(state)
        add = now.model_copy(update={"adopted": (*now.adopted, server.server)})
        await ctx.blocking(partial(choose, state, add))
    except AstroLabNetError:
        return  # at the next start
