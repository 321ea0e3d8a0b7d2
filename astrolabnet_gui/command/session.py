"""What can be done with sessions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..errors import NotApplicable
from ..model.key import Key
from ..model.livy import Session
from ..model.thing import Thing
from .context import Context
from .opening import NewSessionParams, open_session
from .registry import Params, Result, command
from .sending import COMING, SendParams, language, not_ready, send


def server_up(thing: Thing) -> str:
    """Why a server takes no requests now; "" if it does."""
    return "" if thing.state == "up" else f"{thing.label} is {thing.state}. {thing.problem}".rstrip()


@command(
    "session.new", "New session…", on=("servers",), params=NewSessionParams, when=server_up, inverse="session.close",
    icon="session", example='net["lal"].new_session(kind="pyspark", driver_memory="2g")',
)  # fmt: skip
async def new(ctx: Context, server: Key, params: NewSessionParams) -> Result:
    """Open a session on the server.

    A session is one Spark application that keeps its variables between tasks. It is ready when its mark says idle;
    this takes seconds on the local island and up to minutes on a busy cluster. Its name is made here and unique, so
    that a session whose creation got no reply is found again and never made twice.
    """
    key = await open_session(ctx, server, params)
    return Result(text=f"Session {key.id} is starting.", focus=key)


def _ask_before_close(thing: Thing, _params: Params) -> str:
    if not thing.mine:
        return f"{thing.label} was not started from here; it belongs to {owner_of(thing)}. Close it for everyone?"
    if thing.state in ("busy", "running"):
        return f"{thing.label} is busy. Close it and lose what runs?"
    return ""


def owner_of(thing: Thing) -> str:
    """Who a session or batch belongs to, as far as the server says."""
    payload = thing.payload
    return getattr(payload, "proxyUser", None) or getattr(payload, "owner", None) or "somebody the server does not name"


@command(
    "session.close", "Close session", on=("sessions",), dangerous=_ask_before_close, idempotent=True, icon="close",
    group="remove", example='net["lal"].sessions[3].close()',
)  # fmt: skip
async def close(ctx: Context, session: Key, params: Params) -> Result:
    """End the session and free what it holds on the server.

    Its variables and cached tables are gone; results already shown stay. A session that was not started from here is
    closed only after a question that names its owner.
    """
    thing = ctx.thing(session)
    if thing.state == "gone":
        ctx.engine.unfollow(session)
        return Result(text=f"{thing.label} is no longer shown.")
    ctx.said(f"closing {thing.label}")
    was_there = await ctx.client(session).delete_session(_id(session))
    ctx.engine.poll_now(session.server)
    return Result(text=f"{thing.label} is closed." if was_there else f"{thing.label} was closed already.")


@command(
    "session.send", "Send action…", on=("sessions",), params=SendParams, when=not_ready, icon="send",
    example='net["lal"].sessions[3].send("pi", darts=1000000)',
)  # fmt: skip
async def send_to_session(ctx: Context, session: Key, params: SendParams) -> Result:
    """Send code, or an action of the library, to the session.

    The code runs at most once: it carries a mark, and if the reply is lost the mark is looked for. Only what is surely
    not there is posted again, with a guard that stops a second copy; SQL has none, so you are asked. A session that is
    still starting is waited for.
    """
    return await send(ctx, session, params)


class LogParams(Params):
    """Which part of a log."""

    lines: int = Field(default=200, ge=1, le=10_000, title="Lines", description="The newest so many.")


@command(
    "session.log", "Log", on=("sessions",), params=LogParams, scope="read", idempotent=True, icon="journal",
    group="open", example='net["lal"].sessions[3].log()',
)  # fmt: skip
async def log(ctx: Context, session: Key, params: LogParams) -> Result:
    """Show the newest lines of the session's log, as the server keeps them (a few hundred)."""
    page = await ctx.client(session).session_log(_id(session), -1, params.lines)
    return Result(text=f"{len(page.log)} lines", data={"lines": list(page.log), "total": page.total})


class CompleteParams(Params):
    """Code and the place in it."""

    code: str
    kind: Literal["", "pyspark", "spark", "sql", "sparkr"] = ""
    cursor: int = Field(default=-1, ge=-1, description="Position in the code; -1 = its end.")


def _idle_enough(thing: Thing) -> str:
    return not_ready(thing) or (f"{thing.label} is still starting." if thing.state in COMING else "")


@command(
    "session.complete", "Complete…", on=("sessions",), params=CompleteParams, scope="read", idempotent=True,
    icon="console", group="open", when=_idle_enough,
    example='net["lal"].sessions[3].complete(code="spark.re")',
)  # fmt: skip
async def complete(ctx: Context, session: Key, params: CompleteParams) -> Result:
    """List the words that can follow at a place in the code. Apache Livy knows them for Scala only."""
    payload = ctx.thing(session).payload
    own = language(payload.kind) if isinstance(payload, Session) else ""
    kind = params.kind or ("pyspark" if own in ("", "shared") else own)
    cursor = len(params.code) if params.cursor < 0 else min(params.cursor, len(params.code))
    found = await ctx.client(session).complete(_id(session), params.code, kind, cursor)
    return Result(text=f"{len(found)} words", data={"candidates": list(found)})


def _id(session: Key) -> int | str:
    if session.kind != "sessions":
        raise NotApplicable("this is no session.")
    return session.id
