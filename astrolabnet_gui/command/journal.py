"""What can be done with the journal."""

from __future__ import annotations

from ..journal.row import State
from ..model.key import Key
from .context import Context
from .registry import Params, Result, command

NAME = "journal.begin"


# Not scope "act": what is written down first could not be, which is why it is done.
@command(NAME, "Begin a new journal", scope="read", icon="journal", group="remove", example="net.journal.begin()")
async def begin(ctx: Context, _key: Key | None, params: Params) -> Result:
    """Move a damaged journal aside, with its date, and begin a new one, so that something can be sent again.

    The old file is kept and nothing in it is changed. What was open in it is not looked for any more; Find tasks sent
    from elsewhere brings back what its server still has. A journal that can be read is left alone.
    """
    question = (
        "Move the damaged journal aside and begin a new one? It is kept, but what was sent and never answered is not"
        " looked for any more."
    )
    if ctx.house.journal.problem and not await ctx.ask(question):
        return Result(text="Nothing was done.", data={"done": False})
    aside = await ctx.written(ctx.house.journal.begin())
    row = await ctx.written(
        ctx.house.journal.intend(ctx.run.id, ctx.run.id, NAME, None, {"aside": str(aside)}, line=ctx.run.line)
    )
    text = f"A new journal is begun; the damaged one is {aside}."
    await ctx.written(ctx.house.journal.note(row, State.DONE, {"text": text}))
    return Result(text=text, data={"aside": str(aside)})
