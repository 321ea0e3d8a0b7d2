"""Opening: a session made at most once, with what its server understands; or one of mine that is there already."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..errors import BadInput
from ..model.key import Key
from ..model.livy import NewSession
from ..tasks.create import SESSION, create
from .context import Context
from .free import fitting, free_session
from .line import masked
from .needs import ADVANCED, WORDS, Needs
from .registry import Params
from .sending import COMING, not_lacking
from .upload import brought

IDLE = "1h"
_TIME = r"^(\d+(ms|s|m|min|h|d))?$"


class _Language(Params):
    """What a session speaks, and its name."""

    kind: Literal["pyspark", "spark", "sql", "sparkr", "shared"] = Field(
        default="pyspark", title="Language", json_schema_extra={"widget": "choice", "remember": True}
    )
    name: str = Field(default="", title="Name", max_length=40, description="What it is called here and on the server.")


class NewSessionParams(Needs, _Language):
    """What a new session shall be; "" and 0 leave it to the server."""

    idle_timeout: str = Field(
        default="", title="Ends when idle for", pattern=_TIME, json_schema_extra=ADVANCED,
        description="As 30m or 2h. Empty: one hour, where the server lets us choose (Livy 0.9).",
    )  # fmt: skip
    ttl: str = Field(
        default="", title="Ends after", pattern=_TIME, json_schema_extra=ADVANCED,
        description="As 1d. Livy 0.9 obeys only if its operator allows it; 0.8 takes it for the time when idle.",
    )  # fmt: skip
    heartbeat_s: int = Field(
        default=0, ge=0, title="Ends when unseen for, s", json_schema_extra=ADVANCED,
        description="The server ends the session when nobody has asked about it for so long.",
    )  # fmt: skip

    preset: str = Field(
        default="", title="Preset", json_schema_extra=ADVANCED | {"widget": "preset"},
        description="Settings kept for this server; what is given here wins over them.",
    )  # fmt: skip
    save_as: str = Field(
        default="", title="Keep as preset", max_length=60, json_schema_extra=ADVANCED,
        description="Keep these settings for this server under a name.",
    )  # fmt: skip

    def request(self, name: str, known: frozenset[str]) -> NewSession:
        """Body of the request for a server that knows these fields."""
        more = {"idleTimeout": self.idle_timeout, "ttl": self.ttl, "heartbeatTimeoutInSecond": self.heartbeat_s}
        body = {"kind": self.kind, "name": name, **self.body(), **{word: v for word, v in more.items() if v}}
        if not self.idle_timeout and not self.ttl:
            # Livy 0.8 has ttl only, and means by it the time when idle.
            word = next((word for word in ("idleTimeout", "ttl") if word in known), "")
            body |= {word: IDLE} if word else {}
        return NewSession.model_validate(body)


def unknown_fields(known: frozenset[str]) -> dict[str, str]:
    """Fields of a new session that a server does not have, each with the reason."""
    ours = {**WORDS, "idle_timeout": "idleTimeout", "ttl": "ttl", "heartbeat_s": "heartbeatTimeoutInSecond"}
    since = {"ttl": "Livy 0.8", "idleTimeout": "Livy 0.9"}
    return {
        name: f"This server knows no {word}{f' (it came with {since[word]})' if word in since else ''}."
        for name, word in ours.items()
        if word not in known
    }


async def open_session(ctx: Context, server: Key, params: NewSessionParams) -> Key:
    """Open a session; its key, before it is ready.

    Raises:
        BadInput: a field that this server does not know; nothing was made.
        Missing: it has not that language.
    """
    not_lacking(ctx, server, params.kind)
    client = ctx.client(server)
    ctx.said("opening a session")
    known = await client.known_fields()
    for name, reason in unknown_fields(known).items():
        if name in params.model_fields_set and getattr(params, name):
            raise BadInput(reason, field=name, server=ctx.alias(server), remedy="Leave it empty.")
    ready = await brought(ctx, server, params, session_for)
    made = await create(
        ctx.house.journal, ctx.house.workspace.short, ctx.run.id, server, SESSION,
        lambda name: client.create_session(ready.request(name, known)), client.session,
        title=params.name, params=masked(params), clock=ctx.house.clock, said=ctx.said,
    )  # fmt: skip
    key = ctx.engine.claim(server.server, made)
    ctx.house.sender.opened(key)
    return key


async def session_for(ctx: Context, server: Key, kind: str) -> Key:
    """My session that can take code in a language: a free one, else one that is coming, else a new one."""
    # One at a time: a double click must find the session the first click is opening.
    async with ctx.house.opening[server.server]:
        free = await free_session(ctx, server, kind)
        if free is not None:
            return free.key
        for thing in fitting(ctx, server, kind):
            if thing.state in COMING:
                return thing.key
        new_kind = kind if kind != "sql" else "pyspark"
        return await open_session(ctx, server, NewSessionParams.model_validate({"kind": new_kind}))
