"""What can be done with several servers at once: one action to all, results in one table as they arrive."""

from __future__ import annotations

import asyncio
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import Field

from ..actions.place import unfit
from ..actions.values import checked
from ..errors import AstroLabNetError, BadInput, NotApplicable
from ..model.group import Group, Member
from ..model.key import Key
from ..model.thing import Thing
from ..tasks.table_file import write_table
from ..tasks.verdict import words
from .context import Context
from .groups import seen, whole
from .registry import Params, Result, command
from .sending import SendParams, send
from .server import send_to_server
from .tables import SaveParams


class GroupParams(SendParams):
    """What to send, and where."""

    targets: tuple[str, ...] = Field(
        title="Servers", min_length=1, json_schema_extra={"widget": "many"},
        description="Names of servers, with * if you like, or sessions as lal/sessions/3.",
    )  # fmt: skip


@command(
    "group.send", "Send to several servers…", params=GroupParams, inverse="group.cancel", icon="send",
    example='net.group.send("pi", targets=("lal", "cern*"), darts=1000000)',
)  # fmt: skip
async def send_to_all(ctx: Context, _key: Key | None, params: GroupParams) -> Result:
    """Send one action, or code, to several servers at once; their results come into one table as they arrive.

    A server that fails is shown with its reason; it can be tried again or left out. Each server gets it at most once.
    """
    targets = _targets(ctx, params.targets)
    action = ctx.house.library.get(params.action, params.kind) if params.action else None
    if action is not None:
        checked(action, params.values)
    title = params.name or (action.title if action is not None else " ".join(params.code.split())[:40])
    sent = params.model_dump(mode="json", exclude_defaults=True, exclude={"targets", "wait"})
    sent |= {"keep": params.keep} if "keep" in params.model_fields_set else {}
    key = Key("", "", ("groups", ctx.run.id))
    members = tuple(Member(address=address, alias=ctx.alias(target)) for address, target in targets.items())
    ctx.house.groups.put(ctx.engine, key, Group(title=title, members=members, params=sent))
    await _send_members(ctx, key, targets)
    return await _ended(ctx, key, wait=params.wait)


class RetryParams(Params):
    """Which of them."""

    servers: tuple[str, ...] = Field(default=(), title="Servers", description="Empty: all that failed.")


def _has_failed(thing: Thing) -> str:
    group = thing.payload
    bad = isinstance(group, Group) and any(not m.open and not m.well for m in group.counted)
    return "" if bad else "None of them has failed."


@command(
    "group.retry", "Try the failed again", on=("groups",), params=RetryParams, when=_has_failed, icon="resume",
    example='net.groups["01J"].retry()',
)  # fmt: skip
async def retry(ctx: Context, key: Key, params: RetryParams) -> Result:
    """Send again to the servers that failed, and only to those; what the others gave stays."""
    group = _group(ctx, key)
    failed = {m.address: m for m in group.members if not m.open and not m.well}
    chosen = failed if not params.servers else {a: m for a, m in failed.items() if {a, m.alias} & set(params.servers)}
    if not chosen:
        raise BadInput("none of these has failed.", field="servers")
    doubtful = [m.alias for m in chosen.values() if m.state in ("sent?", "unknown", "lost")]
    if doubtful and not await ctx.ask(f"Nobody knows whether it ran on {', '.join(doubtful)}. Send it once more?"):
        return Result(text="Nothing was done.", data={"done": False})
    for address, member in chosen.items():
        ctx.house.groups.change(ctx.engine, key, address, Member(address=address, alias=member.alias))
    await _send_members(ctx, key, {address: ctx.engine.store.find(address).key for address in chosen})
    return await _ended(ctx, key, wait=False)


class LeaveParams(Params):
    """Which one."""

    server: str = Field(title="Server", min_length=1)


@command(
    "group.leave", "Leave a server out…", on=("groups",), params=LeaveParams, icon="close", group="change",
    example='net.groups["01J"].leave(server="lal")',
)  # fmt: skip
async def leave(ctx: Context, key: Key, params: LeaveParams) -> Result:
    """Wait no longer for a server; its part counts no more, what runs there goes on."""
    for member in _group(ctx, key).members:
        if params.server in (member.address, member.alias):
            out = member.model_copy(update={"state": "left out", "parts": ()})
            ctx.house.groups.change(ctx.engine, key, member.address, out)
            return Result(text=f"{params.server} is left out.", focus=key)
    raise BadInput(f"{params.server} has no part in it.", field="server")


@command(
    "group.cancel", "Cancel all", on=("groups",), idempotent=True, icon="cancel", group="change",
    when=lambda t: "" if t.state == "running" else "All of them have ended.", example='net.groups["01J"].cancel()',
)  # fmt: skip
async def cancel(ctx: Context, key: Key, params: Params) -> Result:
    """Ask every server that is not done yet to stop; what has not been sent is not sent any more."""
    group = _group(ctx, key)
    said: list[str] = []

    async def one(member: Member) -> None:
        thing = member.thing
        if thing is None:
            cancelled = member.model_copy(update={"state": "cancelled"})
            ctx.house.groups.change(ctx.engine, key, member.address, cancelled)
            return
        try:
            client = ctx.client(thing)
            if thing.kind == "batches":
                await client.delete_batch(thing.id)
            elif thing.parent is not None:
                await client.cancel_statement(thing.parent.id, thing.id)
            ctx.engine.poll_now(thing.server)
        except AstroLabNetError as exc:
            said.append(str(exc))

    await asyncio.gather(*(one(m) for m in group.members if m.open))
    return Result(text=" ".join(["Asked to cancel.", *said]), focus=key)


@command(
    "group.result", "Merged result", on=("groups",), scope="read", idempotent=True, icon="table", group="open",
    example='net.groups["01J"].result()',
)  # fmt: skip
async def result(ctx: Context, key: Key, params: Params) -> Result:
    """Give what has arrived so far as one table, with the server before each row, and how each server stands."""
    return await _told(ctx, key)


@command(
    "group.save", "Save merged table…", on=("groups",), params=SaveParams, idempotent=True, icon="table",
    group="copy", example='net.groups["01J"].save(file="sky.csv")',
)  # fmt: skip
async def save(ctx: Context, key: Key, params: SaveParams) -> Result:
    """Write what has arrived so far into one file, with the server before each row: CSV, Parquet or VOTable."""
    group, file = _group(ctx, key), Path(params.file).expanduser()

    def write() -> tuple[int, int]:
        table = whole(group).table
        if not table.rows:
            raise NotApplicable("there is no row yet.")
        return len(table.rows), write_table(table, file)

    rows, size = await ctx.house.keep(write)
    return Result(text=f"{rows} rows are in {file.name}.", data={"file": str(file), "rows": rows, "bytes": size})


@command(
    "group.remove", "Remove from list", on=("groups",), idempotent=True, icon="close", group="remove",
    when=lambda t: "It still runs: cancel it first." if t.state == "running" else "",
    example='net.groups["01J"].remove()',
)  # fmt: skip
async def remove(ctx: Context, key: Key, params: Params) -> Result:
    """Take the group out of sight. Its tasks and their results stay."""
    ctx.house.groups.drop(ctx.engine, key)
    return Result(text="The group is no longer shown.")


def _targets(ctx: Context, texts: tuple[str, ...]) -> dict[str, Key]:
    """Addresses and keys, each once, in the order given.

    Raises:
        BadInput: one names nothing.
    """
    found: dict[str, Key] = {}
    for text in texts:
        if "/" in text:
            thing = ctx.engine.store.find(text)
            if thing.key.kind != "sessions":
                raise BadInput(f"{text} is neither a server nor a session.", field="targets")
            found[text] = thing.key
            continue
        named = [t for t in ctx.engine.store.servers() if fnmatchcase(ctx.alias(t.key), text)]
        if not named:
            raise BadInput(f"there is no server {text!r}.", field="targets")
        found |= {ctx.alias(thing.key): thing.key for thing in named}
    return found


async def _send_members(ctx: Context, key: Key, targets: dict[str, Key]) -> None:
    left = len(targets)

    async def one(address: str, target: Key) -> None:
        nonlocal left
        member = next(m for m in _group(ctx, key).members if m.address == address)
        given = SendParams.model_validate(_group(ctx, key).params)
        try:
            _must_fit(ctx, target, given)
            sent = await (send(ctx, target, given) if target.kind == "sessions" else send_to_server(ctx, target, given))
            member = _arrived(ctx, member, sent.focus)
        except AstroLabNetError as exc:
            state = "unknown" if type(exc).__name__ == "Ambiguous" else "refused"
            member = member.model_copy(update={"state": state, "problem": words(exc)})
        left -= 1
        now = ctx.house.groups.get(key)
        if now is None or any(m.address == address and m.state in ("left out", "cancelled") for m in now.members):
            return
        ctx.house.groups.change(ctx.engine, key, address, member)
        ctx.progress((len(targets) - left) / len(targets), f"sent to {len(targets) - left} of {len(targets)} servers")

    await asyncio.gather(*(one(address, target) for address, target in targets.items()))


def _must_fit(ctx: Context, target: Key, given: SendParams) -> None:
    server = ctx.thing(target.root)
    if server.state != "up":
        raise NotApplicable(f"it is {server.state}. {server.problem}".rstrip(), server=ctx.alias(target))
    if given.action:
        reason = unfit(ctx.house.library.get(given.action, given.kind), ctx.alias(target), server.fact)
        if reason:
            raise NotApplicable(reason, server=ctx.alias(target))


def _arrived(ctx: Context, member: Member, sent: Key | None) -> Member:
    thing = None if sent is None else ctx.engine.store.get(sent)
    if thing is None:
        return member.model_copy(update={"state": "lost", "thing": sent})
    return seen(member, thing)


async def _ended(ctx: Context, key: Key, *, wait: bool) -> Result:
    if wait:
        await ctx.engine.until(key, lambda t: t is None or t.state != "running")
    return await _told(ctx, key)


async def _told(ctx: Context, key: Key) -> Result:
    group = _group(ctx, key)
    group = await ctx.house.keep(lambda: whole(group)) if group.large else group
    well, counted = sum(m.well for m in group.counted), len(group.counted)
    table = group.table
    data: dict[str, Any] = {
        "state": group.state,
        "columns": [column.name for column in table.columns],
        "rows": [list(row) for row in table.rows],
        "servers": [
            {"address": m.address, "state": m.state, "problem": m.problem, "task": m.task_key} for m in group.members
        ],
    }
    running = " Some still run." if group.state == "running" else ""
    return Result(text=f"{group.title}: {well} of {counted} servers are done.{running}", focus=key, data=data)


def _group(ctx: Context, key: Key) -> Group:
    found = ctx.house.groups.get(key)
    if found is None:
        raise NotApplicable("this group is not there (any more).")
    return found
