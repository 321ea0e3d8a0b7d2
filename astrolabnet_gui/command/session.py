"""What can be done with sessions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationError

from ..errors import BadInput, NotApplicable
from ..journal.row import MASK
from ..model.key import Key
from ..model.livy import Session
from ..model.thing import Thing
from .context import Context
from .line import masked
from .opening import NewSessionParams, open_session, unknown_fields
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
    that a session whose creation got no reply is found again and never made twice. It ends after an idle hour, where
    the server lets us say so, unless you say otherwise.
    """
    params = await _with_preset(ctx, server, params)
    key = await open_session(ctx, server, params)
    return Result(text=f"Session {key.id} is starting.", focus=key)


async def _with_preset(ctx: Context, server: Key, params: NewSessionParams) -> NewSessionParams:
    """What was given over what the preset says; kept as a preset if that was asked for.

    Raises:
        BadInput: there is no such preset, or it can not be used any more.
    """
    given = params.model_dump(exclude_unset=True, exclude={"preset", "save_as"})
    if params.preset:
        kept = ctx.house.presets.of(server.server)
        if params.preset not in kept:
            known = f"There are: {', '.join(kept)}." if kept else "This server has none yet."
            raise BadInput(f"there is no preset {params.preset!r}.", field="preset", remedy=known)
        try:
            given = NewSessionParams.model_validate({**kept[params.preset], **given}).model_dump(exclude_unset=True)
        except ValidationError as exc:
            raise BadInput(f"the preset {params.preset!r} can not be used any more.", field="preset") from exc
    if params.save_as:
        plain = NewSessionParams.model_validate(given)
        hidden = [name for name, value in masked(plain).get("conf", {}).items() if value == MASK]
        if hidden:
            raise BadInput(f"the setting {hidden[0]} is secret: it can not be kept in the workspace.", field="save_as")
        await ctx.blocking(
            ctx.house.presets.keep, server.server, params.save_as, plain.model_dump(mode="json", exclude_unset=True)
        )
    return NewSessionParams.model_validate(given)


class PresetParams(Params):
    """Which one."""

    name: str = Field(title="Preset", min_length=1)


@command(
    "session.forget", "Forget a preset…", on=("servers",), params=PresetParams, idempotent=True, icon="close",
    group="remove", example='net["lal"].forget_session(name="large")',
)  # fmt: skip
async def forget(ctx: Context, server: Key, params: PresetParams) -> Result:
    """Forget settings that were kept for new sessions of this server."""
    was = await ctx.blocking(ctx.house.presets.drop, server.server, params.name)
    return Result(text=f"{params.name} is forgotten." if was else f"There is no preset {params.name}.")


@command(
    "session.options", "What a session may ask for", on=("servers",), when=server_up, scope="read", idempotent=True,
    icon="settings", group="open", example='net["lal"].options_session()',
)  # fmt: skip
async def options(ctx: Context, server: Key, params: Params) -> Result:
    """Tell which settings of a new session this server does not know, and why; and the presets kept for it."""
    unknown = unknown_fields(await ctx.client(server).known_fields())
    words = f"{len(unknown)} settings are not known here." if unknown else "Every setting is known here."
    return Result(text=words, data={"unknown": unknown, "presets": ctx.house.presets.of(server.server)})


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
