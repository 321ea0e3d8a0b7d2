"""What can be done about the ways between servers: who reaches whom, with the age of the answer, and asking again."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from ..channels.folder import told
from ..channels.routes import WORDS, Probe, age_words, road_of
from ..errors import AstroLabNetError, NotApplicable
from ..model.key import Key
from ..model.server import Server
from ..model.thing import Thing
from ..resources import resource
from .context import Context
from .looking import run
from .registry import Nothing, Params, Result, command
from .session import server_up


async def road_act(ctx: Context, server: Key, act: str, **given: Any) -> Mapping[str, Any]:
    """One act on files of a server, in its small session; see ``resources/code/roads.py``."""
    blob = base64.b64encode(json.dumps({"act": act, **given}).encode("utf-8")).decode("ascii")
    code = resource("code", "roads.py").read_text("utf-8")
    return told(await run(ctx, server, f'{code}\nroads("{blob}")'))


class ProbeParams(Params):
    """With whom."""

    other: str = Field(default="", title="Other server", max_length=80, description="Empty: all that are up.")


@command(
    "route.probe", "Who reaches whom?", on=("servers",), params=ProbeParams, when=server_up, scope="read",
    idempotent=True, icon="plug-in", group="open", example='net["lal"].probe_route(other="cern")',
)  # fmt: skip
async def probe(ctx: Context, server: Key, params: ProbeParams) -> Result:
    """Find out by trying whether this server and others can read each other's files, so how data can get there.

    Each writes a small file of its own, the others try to read it, and it is taken away again. Small sessions are
    opened where there are none.
    """
    others = _others(ctx, server, params.other)
    marks: dict[str, tuple[str, str]] = {}
    sides = [ctx.server(server), *others]
    try:
        for side in sides:
            ctx.said(f"leaving a mark on {side.alias}")
            token = secrets.token_hex(32)
            try:
                made = await road_act(ctx, Key(side.uuid), "mark", base=side.results, token=token)
            except AstroLabNetError as problem:
                if side.uuid == server.server:
                    raise
                ctx.said(f"{side.alias}: {problem}")
                continue
            marks[side.uuid] = str(made.get("uri") or ""), hashlib.sha256(token.encode("ascii")).hexdigest()
        now, found = ctx.house.now(), []
        pairs = [(a, b) for other in others for a, b in ((server.server, other.uuid), (other.uuid, server.server))]
        for holder, reader in pairs:
            if holder in marks and reader in marks:
                found.append(await _see(ctx, holder, reader, marks[holder], now))
    finally:
        for uuid, (uri, _) in marks.items():
            with contextlib.suppress(AstroLabNetError):
                await road_act(ctx, Key(uuid), "unmark", place=uri)
    ctx.house.reach.learn(found)
    await ctx.house.beside(ctx.house.reach.save)
    rows, text = matrix_of(ctx, server.server)
    left = [side.alias for side in others if side.uuid not in marks]
    return Result(
        text=f"{text}{' Not asked: ' + ', '.join(left) + '.' if left else ''}", data={"routes": rows, "not_asked": left}
    )


async def _see(ctx: Context, holder: str, reader: str, mark: tuple[str, str], now: datetime) -> Probe:
    ctx.said(f"{ctx.alias(Key(reader))} tries to read it")
    seen = await road_act(ctx, Key(reader), "see", place=mark[0], sha=mark[1])
    return Probe(holder=holder, reader=reader, road=road_of(seen), asked=now, why=str(seen.get("why") or "")[:200])


def _others(ctx: Context, server: Key, wanted: str) -> list[Server]:
    up = [s for s in ctx.engine.servers() if s.uuid != server.server and _is_up(ctx.engine.store.get(Key(s.uuid)))]
    found = [s for s in up if wanted in ("", s.alias)]
    if not found:
        raise NotApplicable(f"no other server{' ' + wanted if wanted else ''} is up.", server=ctx.alias(server))
    return found


def _is_up(thing: Thing | None) -> bool:
    return thing is not None and thing.state == "up"


@command(
    "route.matrix", "Ways of data", on=("servers",), params=Nothing, scope="read", idempotent=True, icon="plug-in",
    group="open", example='net["lal"].matrix_route()',
)  # fmt: skip
async def matrix(ctx: Context, server: Key, params: Nothing) -> Result:
    """How data get from this server to the others and back, as was found when it was asked; nothing is asked now."""
    rows, text = matrix_of(ctx, server.server)
    return Result(text=text, data={"routes": rows})


def matrix_of(ctx: Context, uuid: str, only: str = "") -> tuple[list[dict[str, Any]], str]:
    """Both directions between a server and each other one (or one of them), as rows and in words."""
    names = {server.uuid: server.alias for server in ctx.engine.servers()}
    now, reach = ctx.house.now(), ctx.house.reach
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    for other in (one for one in names if one != uuid and only in ("", one)):
        for holder, reader in ((uuid, other), (other, uuid)):
            found, rate = reach.probes.get((holder, reader)), reach.rates.get((holder, reader))
            rows.append({
                "from": names[holder], "to": names[reader], "route": found.road if found else None,
                "why": found.why if found else "", "asked": found.asked.isoformat() if found else None,
                "age_s": round((now - found.asked).total_seconds()) if found else None,
                "relay_bytes_s": rate.bytes_s if rate else None,
            })  # fmt: skip
            if found is not None:
                age = age_words((now - found.asked).total_seconds())
                lines.append(f"{names[holder]} → {names[reader]}: {WORDS[found.road]} ({age} ago)")
    return rows, "\n".join(lines) or "It was not asked yet who reaches whom."
