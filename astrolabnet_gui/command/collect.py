"""Collect: results that tasks have left on their server are read, whoever sent them from wherever, and archived."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..errors import AstroLabNetError, Malformed
from ..journal.row import Row, State
from ..model.key import Key
from ..model.livy import NewStatement
from ..model.output import Text, parse
from ..model.record import Record
from ..settings.files import read_capped
from ..tasks.clock import growing
from ..tasks.create import BATCH
from ..tasks.left import Left, found, read, reader, why_program_not
from ..tasks.send import COMMAND
from .context import Context
from .opening import session_for
from .registry import Params, Result, command
from .sending import ready
from .session import server_up

_READING_S = 300.0


@command(
    "server.collect", "Fetch kept results", on=("servers",), when=server_up, idempotent=True, icon="seal",
    example='net["lal"].collect()',
)  # fmt: skip
async def collect(ctx: Context, server: Key, params: Params) -> Result:
    """Read the results that tasks have left on the server (sent with Keep on the server) and keep them here.

    It finds those sent from other computers too, and those whose session has ended. They are read through an idle
    session of yours, or a new one; directly if their folder is on a disk of this computer.
    """
    records, bad = await fetch(ctx, server)
    words = (
        f"{len(records)} result{'' if len(records) == 1 else 's'} fetched."
        if records
        else "Nothing new was left there."
    )
    if bad:
        words += f" {len(bad)} can not be read: {bad[0]}"
    return Result(text=words, data={"tasks": [record.task_key for record in records], "problems": list(bad)})


async def fetch(
    ctx: Context, server: Key, wanted: Collection[str] = (), session: Key | None = None
) -> tuple[list[Record], list[str]]:
    """Read, archive and show what was left and is not here yet.

    Args:
        wanted: only these task keys; () = all.
        session: through this session; None = one that is idle or new.

    Raises:
        AstroLabNetError: the server, or the archive, does not let it.
    """
    house = ctx.house
    have = await house.keep(house.archive.not_wanted)
    records: list[Record] = []
    problems: list[str] = []
    while True:
        folder = here(ctx.server(server).results)
        if folder is not None:
            good, more, bad = await ctx.blocking(_read_folder, folder, have, frozenset(wanted))
        else:
            session = session or await session_for(ctx, server, "pyspark")
            good, more, bad = found(await _ask(ctx, session, reader(ctx.server(server).results, have, wanted)))
        problems += bad
        records += [await _take(ctx, server, left) for left in good]
        have |= {left.record.task_key for left in good}
        if not more or not good:
            return records, problems


def here(results: str) -> Path | None:
    """The folder of results, if it is on a disk of this computer; None if only the server sees it."""
    parts = urlsplit(results)
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        return None
    folder = Path(unquote(parts.path) if parts.scheme else results)
    return folder if folder.is_dir() else None


def _read_folder(
    folder: Path, have: frozenset[str], wanted: frozenset[str]
) -> tuple[tuple[Left, ...], int, tuple[str, ...]]:
    good, bad = [], []
    for file in sorted(folder.glob("[!.]*.json")):
        if file.stem in have or (wanted and file.stem not in wanted):
            continue
        try:
            good.append(read(file.stem, read_capped(file)))
        except (Malformed, OSError, ValueError) as exc:
            bad.append(f"{file.stem}: {exc}")
    return tuple(good), 0, tuple(bad)


async def _ask(ctx: Context, session: Key, code: str) -> str:
    """What code says that only reads; it is nobody's task, and may run twice."""
    await ready(ctx, session)
    ctx.said("reading what was left on the server")
    client = ctx.client(session)
    statement = await client.run_statement(session.id, NewStatement(code=code, kind="pyspark"))
    async with asyncio.timeout(_READING_S):
        for delay in growing(0.2, 3.0):
            if statement.state in ("available", "error", "cancelled"):
                break
            await asyncio.sleep(delay)
            statement = await client.statement(session.id, statement.id)
    return "\n".join(part.text for part in parse(statement.output) if isinstance(part, Text))


async def _take(ctx: Context, server: Key, left: Left) -> Record:
    house, known = ctx.house, ctx.engine.store.get(server)
    where = {
        "server": server.server, "alias": ctx.alias(server), "url": ctx.server(server).url,
        "livy": "" if known is None else known.fact.removeprefix("Livy "),
    }  # fmt: skip

    def keep() -> Record:
        record = left.record.model_copy(update=where)
        if house.archive.has(record.task_key):
            before = house.archive.get(record.task_key)
            told = record.model_dump(include={"state", "problem", "started", "completed", "spark", "app_id"})
            record = before.model_copy(update=told | ({"run": "file"} if before.run == "site" else {}))
        return house.archive.put(record, left.code, left.output)

    record = await house.keep(keep)
    house.history.found(ctx.engine, record)
    rows = await ctx.written(house.journal.of_act(record.task_key))
    if rows:
        state = State.DONE if record.state == "done" else State.FAILED
        await ctx.written(house.journal.note(rows[-1], state, {"found": "left on the server", "fate": "arrived"}))
    return record


async def fetch_lost(ctx: Context) -> int:
    """At the start: results of lost tasks that were to be left on their server; how many are still to be fetched.

    Nothing is opened for it: only a folder of this computer and an idle session of mine are used.
    """
    house = ctx.house
    lost: dict[str, list[str]] = {}
    have = await house.keep(house.archive.not_wanted)
    for row in await ctx.written(house.journal.last(frozenset({State.FAILED, State.UNKNOWN}))):
        if _waits(row) and row.act not in have and row.key is not None:
            lost.setdefault(row.key.server, []).append(row.act)
    waiting = 0
    for uuid, keys in lost.items():
        server = ctx.engine.store.get(Key(uuid))
        got: list[Record] = []
        if server is not None and not server_up(server):
            idle = _idle(ctx, server.key)
            if idle is not None or here(ctx.server(server.key).results) is not None:
                try:
                    got, _ = await fetch(ctx, server.key, keys, idle)
                except (AstroLabNetError, TimeoutError) as problem:
                    ctx.said(str(problem))
        waiting += len(keys) - len(got)
    return waiting


def _waits(row: Row) -> bool:
    if row.evidence.get("fate") not in ("lost", "unknown"):
        return False
    if row.command == BATCH:
        return not why_program_not(str(row.params.get("file", ""))) and bool(row.params.get("keep", True))
    return row.command == COMMAND and bool(row.params.get("keep"))


def _idle(ctx: Context, server: Key) -> Key | None:
    for thing in ctx.engine.store.children(server):
        kind = getattr(thing.payload, "kind", "")
        if thing.key.kind == "sessions" and thing.mine and thing.state == "idle" and kind in ("pyspark", "shared"):
            return thing.key
    return None
