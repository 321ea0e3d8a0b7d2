"""Run: the one path of every act: parameters, is it possible, is it meant, journal, function, outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import ValidationError

from ..errors import Ambiguous, BadInput, JournalClosed, NotApplicable
from ..journal.row import Row, State
from ..model.key import Key
from ..model.thing import Thing
from ..model.told import key_text
from ..network.engine import Engine
from ..network.runs import Run
from ..tasks.verdict import words
from .context import Context
from .house import House
from .line import masked, python_line
from .registry import COMMANDS, Command, Params, Result
from .spilled import warning

Execute = Callable[[Engine, Run, str, Key | None, Mapping[str, Any]], Awaitable[Result]]


def executor(house: House) -> Execute:
    """What an Engine is handed: ``Engine(…, execute=executor(house))``."""

    async def execute(engine: Engine, run: Run, name: str, key: Key | None, params: Mapping[str, Any]) -> Result:
        house.listen(engine)
        return await carry_out(Context(house, engine, run), name, key, params)

    return execute


async def carry_out(ctx: Context, name: str, key: Key | None, params: Mapping[str, Any]) -> Result:
    """Do what ``name`` says.

    Raises:
        BadInput: no such command, or a parameter that can not be used.
        NotApplicable: it does not fit the thing as it is now.
        JournalClosed: nothing was done, for it could not be written down.
        AstroLabNetError: what the command's function raises.
    """
    command = COMMANDS.get(name)
    if command is None:
        raise BadInput(f"there is no command {name!r}.", field="command")
    given = parse(command, params)
    thing = _thing(ctx, command, key)
    ctx.run.line = python_line(command, key, given, "" if key is None else ctx.alias(key))
    if thing is not None and command.dangerous is not None:
        question = command.dangerous(thing, given)
        if question and not await ctx.ask(question):
            return Result(text="Nothing was done.", data={"done": False})
    if command.scope != "act":
        return _result(await command.run(ctx, key, given))
    row = await ctx.written(
        ctx.house.journal.intend(ctx.run.id, ctx.run.id, name, key, masked(given), line=ctx.run.line)
    )
    spilled = warning(given)
    if spilled:
        ctx.said(spilled)
    try:
        result = _result(await command.run(ctx, key, given))
    except asyncio.CancelledError:
        await _note(ctx, row, State.CANCELLED, {})
        raise
    except Exception as exc:
        await _note(ctx, row, State.UNKNOWN if isinstance(exc, Ambiguous) else State.FAILED, {"why": words(exc)})
        raise
    made = {} if result.focus is None else {"focus": key_text(result.focus)}
    await _note(ctx, row, State.DONE, {"text": result.text, **made})
    return result.model_copy(update={"text": f"{result.text} {spilled}"}) if spilled else result


def parse(command: Command, params: Mapping[str, Any]) -> Params:
    """Checked parameters.

    Raises:
        BadInput: the first that can not be used; ``field`` names it.
    """
    try:
        return command.params.model_validate(dict(params))
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = ", ".join(command.params.model_fields) or "nothing"
            raise BadInput(f"{command.name} knows no {field!r}.", field=field, remedy=f"It takes: {known}.") from exc
        what = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"{field}: {what}." if field else f"{what}.", field=field) from exc


def _thing(ctx: Context, command: Command, key: Key | None) -> Thing | None:
    if not command.on:
        if key is not None:
            raise NotApplicable(f"{command.name} is not about a thing, but about the workspace.")
        return None
    if key is None or key.kind not in command.on:
        raise NotApplicable(f"{command.name} needs one of: {', '.join(command.on)}.")
    thing = ctx.thing(key)
    reason = command.when(thing)
    if reason:
        raise NotApplicable(reason, server=ctx.alias(key))
    return thing


def _result(value: Any) -> Result:
    assert isinstance(value, Result), "a command gives back a Result"
    return value


async def _note(ctx: Context, row: Row, state: State, evidence: Mapping[str, Any]) -> None:
    """Write the outcome if that is possible: what has been done does not become undone by a full disk."""
    try:
        await ctx.written(ctx.house.journal.note(row, state, evidence))
    except JournalClosed as exc:
        ctx.said(str(exc))
