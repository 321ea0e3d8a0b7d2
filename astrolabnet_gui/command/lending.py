"""Lending: a session of the user in which data are looked at, in place of a small one of its own."""

from __future__ import annotations

from ..errors import NotApplicable
from ..model.key import Key
from ..model.livy import Session
from ..model.thing import Thing
from .context import Context
from .free import is_free, is_small
from .looking import utility_of
from .registry import Nothing, Result, command
from .sending import ALIVE


def _not_lent(thing: Thing) -> str:
    """Whether one that is listed as busy works at something is seen when it is lent: the list may be a moment old."""
    if not thing.mine:
        return f"{thing.label} was not started from here."
    if is_small(thing):
        return "data are looked at in it already."
    return "" if thing.state in ALIVE else f"{thing.label} is {thing.state}."


@command(
    "session.lend", "Look at data in it", on=("sessions",), when=_not_lent, scope="read", idempotent=True,
    icon="dataset", example='net["lal"].sessions[3].lend()',
)  # fmt: skip
async def lend(ctx: Context, key: Key, params: Nothing) -> Result:
    """Use this idle session to look at the server's data, in place of a small one of its own.

    It saves a driver. While the session works, questions about data wait behind that work. It is never closed for
    being unused, and its temporary views are seen too. Closing it gives the server a small session again when needed.
    """
    thing = ctx.thing(key)
    session = thing.payload
    if not isinstance(session, Session):
        raise NotApplicable("this is no session.", server=ctx.alias(key))
    if not await is_free(ctx, thing):
        raise NotApplicable(
            f"{thing.label} works: questions would wait behind its work.", server=ctx.alias(key),
            remedy="Lend it when its work has ended.",
        )  # fmt: skip
    await utility_of(ctx, key.root).lend(session.id)
    return Result(text=f"Data of {ctx.alias(key)} are looked at in session {session.id}.", focus=key)
