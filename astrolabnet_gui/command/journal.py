"""What can be done with the journal."""

from __future__ import annotations

from ..journal.row import State
from ..model.key import Key
from .context import Context
from .reconcile import reconcile
from .registry import Params, Result, command

NAME = "journal.begin"


# Not scope "act": what is written down first could not be, which is why it is done.
@command(NAME, "Begin a new journal", scope="read", icon="journal", group="remove", example="net.journal.begin()")
async def begin(ctx: Context, _key: Key | None, params: Params) -> Result:
    """Move a damaged journal aside, with its date, and begin a new one, so that something can be sent again.

    The old file is kept and nothing in it is changed. Every entry that can still be read is carried over, and what is
    open in it is looked for; Find tasks sent from elsewhere brings back what its server still has of the rest. A
    journal that can be read is left alone.
    """
    question = (
        "Move the damaged journal aside and begin a new one? It is kept, and every entry that can still be read is"
        " carried over; what was sent and never answered in the others is not looked for any more."
    )
    if ctx.house.journal.problem and not await ctx.ask(question):
        return Result(text="Nothing was done.", data={"done": False})
    begun = await ctx.written(ctx.house.journal.begin())
    aside, saved = begun
    done = {"aside": str(aside), "saved": saved}
    row = await ctx.written(ctx.house.journal.intend(ctx.run.id, ctx.run.id, NAME, None, done, line=ctx.run.line))
    carried = f"{saved:,} entr{'y' if saved == 1 else 'ies'} of the damaged one could be read and are in it"
    text = f"A new journal is begun; {carried if saved else 'nothing of the damaged one could be read'}. It is {aside}."
    await ctx.written(ctx.house.journal.note(row, State.DONE, {"text": text}))
    if saved:
        text = f"{text} {(await reconcile(ctx)).sentence}"
    return Result(text=text, data=done)
