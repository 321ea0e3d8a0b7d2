"""Lending: a session of the user in which data are looked at, in place of a small one of its own."""

from __future__ import annotations

from ..errors import NotApplicable
from ..model.key import Key
from ..model.livy import Session
from ..model.thing import Thing
from .context import Context
from .free import is_small
from .looking import utility_of
from .registry import Nothing, Result, command


def _idle(thing: Thing) -> str:
    if not thing.mine:
        return f"{thing.label} was not started from here."
    if is_small(thing):
        return "data are looked at in it already."
    return "" if thing.state == "idle" else f"{thing.label} is {thing.state}: questions would wait behind its work."


@command(
    "session.lend", "Look at data in it", on=("sessions",), when=_idle, scope="read", idempotent=True, icon="dataset",
    example='net["lal"].sessions[3].lend()',
)  # fmt: skip
async def lend(ctx: Context, key: Key, params: Nothing) -> Result:
    """Use this idle session to look at the server's data, in place of a small one of its own.

    It saves a driver. While the session works, questions about data wait behind that work. It is never closed for
    being unused, and its temporary views are seen too. Closing it gives the server a small session again when needed.
    """
    session = ctx.thing(key).payload
    if not isinstance(session, Session):
        raise NotApplicable("this is no session.", server=ctx.alias(key))
    await utility_of(ctx, key.root).lend(session.id)
    return Result(text=f"Data of {ctx.alias(key)} are looked at in session {session.id}.", focus=key)
