"""What can be done with the workspace as a whole: share it as one file, take in somebody's, keep two sites alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from ..actions.former import joined
from ..errors import BadInput
from ..model.key import Key
from ..model.server import Server
from ..settings.objects import SharedActions, agree, agreed, objects_of, take
from ..settings.setup import SUFFIX, Kept, merge, read_file, settle, write_file
from .action import show_actions
from .context import Context
from .registry import Params, Result, command
from .sites import exchange

FILE = f"set-up{SUFFIX}"
_SHOWN = 12


class FileParams(Params):
    """Which file."""

    file: str = Field(
        min_length=1, title="File", max_length=4096, json_schema_extra={"widget": "file"},
        description=f"On this computer, as set-up{SUFFIX}.",
    )  # fmt: skip


@command(
    "workspace.share", "Share set-up…", params=FileParams, icon="send", group="copy",
    example='net.workspace.share(file="fink.astrolabnet")',
)  # fmt: skip
async def share(ctx: Context, _key: Key | None, params: FileParams) -> Result:
    """Write servers, actions and places of the graph into one file that somebody else can open.

    It holds no password, no name of a secret and no path of this computer's disk; actions take the script or JAR they
    start along. Islands stay at home, and so do actions that are too large for it; those are named. Who opens it sees
    what is in it first, and logs in as himself.
    """
    file = Path(params.file).expanduser()
    file = file if file.suffix else file.with_suffix(SUFFIX)

    def write() -> tuple[dict[str, Kept], str]:
        if file.exists():
            raise BadInput(f"{file.name} is there already; nothing is written over.", field="file")
        actions = ctx.house.library.shared()
        told = objects_of(ctx.house.workspace, actions)
        objects = {name: kept for name, kept in told.items() if kept.value is not None}
        write_file(file, objects, ctx.house.workspace.uuid)
        return objects, _at_home(actions)

    objects, home = await ctx.blocking(write)
    data = {"file": str(file), "objects": sorted(objects)}
    return Result(text=f"{_words(objects)} are in {file.name}.{home}", data=data)


@command(
    "workspace.open", "Open set-up…", params=FileParams, icon="file", group="open",
    example='net.workspace.open(file="fink.astrolabnet")',
)  # fmt: skip
async def open_(ctx: Context, _key: Key | None, params: FileParams) -> Result:
    """Take in servers and actions that somebody shared as one file.

    What is in it is shown first; no server is asked and nothing runs before you trust it. Servers you were not shown
    wait until you trust each. What you changed later than the sender stays yours. Passwords are never in it: a server
    that needs one says so.
    """
    came, left = joined(await ctx.blocking(read_file, Path(params.file).expanduser()))
    return await _take_in(ctx, came, left, Path(params.file).name)


class FolderParams(Params):
    """Which folder."""

    folder: str = Field(min_length=1, title="Folder", max_length=4096, description="On a drive that both sites see.")


@command(
    "workspace.merge", "Merge with folder…", params=FolderParams, icon="settings", group="open", idempotent=True,
    example='net.workspace.merge(folder="/mnt/fink/astrolabnet")',
)  # fmt: skip
async def merge_folder(ctx: Context, _key: Key | None, params: FolderParams) -> Result:
    """Keep this workspace and a folder alike: a network drive, or a git checkout that others push to.

    Both get what the other has; of what both have, the newer. The tasks of each site are told in a file of its own
    (journal-<site>.ndjson). What came is shown first and asked for; nothing of it is contacted before.
    """
    folder = Path(params.folder).expanduser()
    if not folder.is_dir():
        raise BadInput(f"there is no folder {folder.name!r}.", field="folder")
    shared = folder / FILE
    came, left = joined(await ctx.blocking(read_file, shared) if shared.exists() else {})
    result = await _take_in(ctx, came, left, folder.name)
    if isinstance(result.data, dict) and result.data.get("done") is False:
        return result
    house = ctx.house
    actions = await ctx.blocking(house.library.shared)
    objects = await ctx.blocking(objects_of, house.workspace, actions)
    await ctx.blocking(write_file, shared, merge(objects, came), house.workspace.uuid)
    await ctx.blocking(agree, house.workspace, objects)
    seen = await house.keep(lambda: exchange(house.archive, folder, house.site))
    house.history.show(ctx.engine, seen)
    others = f" {len(seen)} task{'' if len(seen) == 1 else 's'} of other sites." if seen else ""
    return Result(text=f"{result.text}{others}{_at_home(actions)}", data=result.data)


async def _take_in(ctx: Context, came: dict[str, Kept], left: Sequence[str], source: str) -> Result:
    """Ask, then take in what came.

    Args:
        left: names of what came and can not be taken.
    """
    house = ctx.house
    names = ", ".join(left[:_SHOWN]) + (f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else "")
    unused = f" Left out: {names} (no action starts {'it' if len(left) == 1 else 'them'})." if left else ""
    actions = await ctx.blocking(house.library.shared)
    came = actions.to_take(came)
    mine = await ctx.blocking(objects_of, house.workspace, actions)
    merged = settle(mine, came, await ctx.blocking(agreed, house.workspace))
    news = {name: kept for name, kept in merged.items() if name not in mine or mine[name].value != kept.value}
    if not news:
        await ctx.blocking(agree, house.workspace, came)
        return Result(text=f"{source} holds nothing new.{unused}", data={"done": True, "objects": []})
    listed, named = _listed(news)
    if not await ctx.ask(f"{source} brings {listed}.{unused} Do you trust who gave it to you, and take it in?"):
        return Result(text="Nothing was taken in.", data={"done": False, "objects": sorted(news)})
    changed, removed = await ctx.blocking(take, house.workspace, news, house.library.take)
    await ctx.blocking(agree, house.workspace, came)
    await ctx.blocking(house.trusted.meet, *(server for server in changed if server.uuid in named))
    known = {server.uuid for server in ctx.engine.servers()}
    for uuid in removed:
        await ctx.engine.remove_server(uuid)
    for server in changed:
        if server.uuid in known:
            await ctx.engine.change_server(server)
        else:
            ctx.engine.add_server(server)
    house.library.reload()
    show_actions(ctx.engine, house)
    return Result(text=f"Taken in: {_words(news)}.{unused}", data={"done": True, "objects": sorted(news)})


def _words(objects: dict[str, Kept]) -> str:
    """``3 servers and 2 actions``."""
    servers = sum(1 for name in objects if name.startswith("servers/"))
    actions = sum(1 for name in objects if name.startswith("actions/"))
    return f"{servers} server{'' if servers == 1 else 's'} and {actions} action{'' if actions == 1 else 's'}"


def _at_home(actions: SharedActions) -> str:
    """Which actions do not go along, and why; "" if all do."""
    words = "; ".join(f"{name.removesuffix('.toml')} ({why.rstrip('.')})" for name, why in sorted(actions.home.items()))
    return f" At home stays {words}." if words else ""


def _listed(objects: dict[str, Kept]) -> tuple[str, frozenset[str]]:
    """What a person should read before trusting it: every address, every action; and the uuids of the servers in it."""
    servers, others = dict[str, str](), list[str]()
    for name, kept in objects.items():
        kind, _, ident = name.partition("/")
        if kind == "servers" and kept.value is not None:
            server = Server.model_validate(kept.value)
            servers[ident] = f"the server {server.alias} at {server.leads_to}"
        elif kind == "servers":
            others.append("the removal of a server")
        elif kind == "actions":
            others.append(f"{'the action' if kept.value is not None else 'the removal of the action'} {ident[:-5]}")
    named = frozenset(list(servers)[:_SHOWN])
    parts = [*servers.values(), *others]
    shown = "; ".join(parts[:_SHOWN]) or "places on the graph"
    return (f"{shown}; and {len(parts) - _SHOWN} more" if len(parts) > _SHOWN else shown), named
