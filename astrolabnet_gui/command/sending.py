"""Sending: what all verbs that send code share: their parameters, the choice of language, waiting for a session."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from ..actions.place import lacking
from ..actions.values import render
from ..errors import BadInput, Missing, NotApplicable
from ..model.action import LANGUAGES
from ..model.key import Key
from ..model.livy import Session
from ..model.task import Task
from ..model.thing import Thing
from ..tasks.left import why_not, wrapped
from ..tasks.order import Order
from ..tasks.spool import output_of
from .context import Context
from .registry import Params, Result

ALIVE = frozenset({"idle", "busy", "running"})
COMING = frozenset({"not_started", "starting", "recovering", "waiting"})
_LIVYS_WORDS = {"python": "pyspark", "scala": "spark", "r": "sparkr"}


class SendParams(Params):
    """Code of one's own, or an action of the library with its values."""

    kind: Literal["", "pyspark", "spark", "sql", "sparkr"] = Field(
        default="", title="Language", description="Empty: the session's own, or the action's.",
        json_schema_extra={"widget": "choice", "remember": True},
    )  # fmt: skip
    code: str = Field(default="", title="Code", json_schema_extra={"widget": "code"})
    action: str = Field(default="", title="Action", description="Name of an action, in place of code.")
    values: dict[str, Any] = Field(default_factory=dict, title="Values", description="The action's parameters.")
    name: str = Field(default="", title="Name", description="What the task is called here.", max_length=120)
    keep: bool = Field(
        default=False, title="Keep on the server",
        description="The task writes its result beside the data before it ends, so that it outlives the session.",
    )  # fmt: skip
    wait: bool = Field(
        default=False, title="Wait for the result", json_schema_extra={"advanced": True},
        description="The command ends when the task has ended, and gives its output.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _one_of_both(self) -> SendParams:
        if self.action and self.code:
            raise ValueError("give code or an action, not both")
        if not self.action and not self.code.strip():
            raise ValueError("there is no code to send")
        return self


def language(kind: str) -> str:
    """Livy's present word for a session's kind ("python" is an old one for "pyspark")."""
    return _LIVYS_WORDS.get(kind, kind)


def language_of(ctx: Context, params: SendParams, session_kind: str = "") -> str:
    """Language to send in.

    Raises:
        BadInput: it is not known.
    """
    own = language(session_kind)
    if params.action:
        library = ctx.house.library
        if params.kind:
            return library.get(params.action, params.kind).kind
        kinds = {a.kind for a in library.actions() if a.name == params.action}
        return own if own in kinds else library.get(params.action).kind
    if params.kind:
        return params.kind
    if own in LANGUAGES:
        return own
    raise BadInput("say in which language the code is.", field="kind", remedy=f"One of: {', '.join(LANGUAGES)}.")


def not_lacking(ctx: Context, server: Key, kind: str) -> None:
    """Stop before anything is sent where the language is known to be absent.

    Raises:
        Missing: it is; the words say what to install.
    """
    known = ctx.server(server)
    if why := lacking(known).get(kind):
        raise Missing(f"{why}.", server=known.alias, remedy="Then stop and start the island.")


async def send(ctx: Context, session: Key, params: SendParams) -> Result:
    """Send to a session that is there, once it is ready.

    Raises:
        Missing: the server has not that language.
        NotApplicable: the session ended before it was ready.
        AstroLabNetError: as ``Sender.send``.
    """
    kind = language_of(ctx, params, _session(ctx.thing(session)).kind)
    not_lacking(ctx, session.root, kind)
    name, code, sent, shift = params.name, params.code, params.code, 0
    if params.action:
        action = ctx.house.library.get(params.action, kind)
        if action.program is not None:
            raise NotApplicable(f"{action.title} is a {action.form}: send it to the server, it runs as a batch.")
        rendered = render(action, params.values)
        name, code, sent, shift = name or action.title, action.code, rendered.code, rendered.line_shift
    name = name or first_words(code)
    if params.keep:
        reason = why_not(kind, sent)
        if reason:
            raise NotApplicable(f"this result can not be kept on the server: {reason}")
        sent, more = wrapped(sent, kind, code, name, ctx.house.workspace.short, ctx.server(session).results)
        shift += more
    thing = await ready(ctx, session)
    order = Order(
        run=ctx.run.id, session=session, identity=_session(thing), kind=kind, code=code, sent_code=sent,
        values_shift=shift, name=name, line=ctx.run.line,
        params=params.model_dump(mode="json", exclude_defaults=True, exclude={"wait"}) | {"kind": kind},
    )  # fmt: skip
    ctx.said(f"sending to {thing.label}")
    key = await ctx.house.sender.send(ctx.client(session), order, ctx.show, ctx.said, ctx.ask_if_waited_for)
    ctx.engine.poll_now(session.server)
    if not params.wait:
        return Result(text=f"Sent: {order.name}.", focus=key)
    return await result_of(ctx, key, order.name)


async def result_of(ctx: Context, key: Key, name: str) -> Result:
    """Wait for the end of a task: its state and Livy's output object."""
    ctx.said(f"{name}: running")
    thing = await ctx.engine.until(key, lambda t: t is None or t.state in t.kind.terminal)
    if thing is None or not isinstance(thing.payload, Task):
        raise NotApplicable(f"the task {name!r} is not in sight any more.", server=ctx.alias(key))
    task = thing.payload
    output = await ctx.house.keep(lambda: output_of(task)) if task.spooled else output_of(task)
    data = {"state": thing.state, "problem": thing.problem, "output": output}
    return Result(text=f"{name}: {thing.state}. {thing.problem}".rstrip(), focus=key, data=data)


async def ready(ctx: Context, session: Key) -> Thing:
    """The session, once it can take code.

    Raises:
        NotApplicable: it ended instead.
    """
    thing = ctx.thing(session)
    if thing.state in COMING:
        ctx.said(f"waiting until {thing.label} is ready")
        found = await ctx.engine.until(session, lambda t: t is None or t.state not in COMING)
        if found is None:
            raise NotApplicable("the session has vanished before it was ready.", server=ctx.alias(session))
        thing = found
    reason = not_ready(thing)
    if reason:
        raise NotApplicable(reason, server=ctx.alias(session))
    return thing


def not_ready(thing: Thing) -> str:
    """Why a session takes no code; "" if it does, or will."""
    if thing.stale_since is not None:
        return f"{thing.label} is only remembered: its server does not answer, or the session is gone."
    if thing.state in ALIVE or thing.state in COMING:
        return ""
    return f"{thing.label} is {thing.state}. {thing.problem}".rstrip()


def _session(thing: Thing) -> Session:
    if not isinstance(thing.payload, Session):
        raise NotApplicable(f"{thing.label} is no session.")
    return thing.payload


def first_words(code: str) -> str:
    """Name of code that was given none."""
    line = next((text for text in code.splitlines() if text.strip()), "code").strip()
    return line if len(line) <= 40 else line[:39] + "…"
