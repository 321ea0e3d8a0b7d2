"""Plugged: trusted plug-ins take part: verbs in the table, folders where those are looked for."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import AstroLabNetError
from ..model.kind import KINDS
from ..plugins.found import plugins
from ..plugins.loaded import ANY, Brought, load, said
from ..plugins.logins import LOGINS
from ..plugins.trust import Trust
from ..resources import resource
from .registry import COMMANDS, Command, Params, Result

# Those that take part, by name: as the table of verbs, one for the whole process.
PLUGGED: dict[str, Brought] = {}
FILE = "plugins.json"


def follow(state: Path) -> None:
    """Let those take part that are trusted, and no others. Without any that is trusted nothing is looked for.

    Args:
        state: folder of this user, ``Paths.state``.
    """
    trust = Trust(state / FILE)
    wanted = {found.name: found for found in plugins() if trust.allows(found)} if trust else {}
    for name, brought in list(PLUGGED.items()):
        if name not in wanted or wanted[name].sha256 != brought.plugin.sha256:
            leave(name)
    for name, found in wanted.items():
        if name not in PLUGGED:
            join(load(found))


def join(brought: Brought) -> None:
    """What a plug-in brings takes part from now on; what does not fit is noted in its problems."""
    name = brought.plugin.name
    PLUGGED[name] = brought
    LOGINS.update({f"{name}/{word}": login for word, login in brought.logins.items()})
    for verb in brought.commands:
        try:
            marked = _marked(verb, name)
        except ANY as exc:
            brought.blame(f"brings a command that can not be used: {said(exc)}.")
            continue
        COMMANDS[marked.name] = marked


def leave(name: str) -> None:
    """It takes no part any more; its modules stay imported until the program ends."""
    PLUGGED.pop(name, None)
    for login in [login for login in LOGINS if login.startswith(f"{name}/")]:
        del LOGINS[login]
    for verb in [verb for verb in COMMANDS.values() if verb.plugin == name]:
        del COMMANDS[verb.name]


def actions() -> dict[str, list[Path]]:
    """Folders of actions, by the plug-in that brings them."""
    return {name: brought.actions for name, brought in PLUGGED.items() if brought.actions}


def sources() -> tuple[Path, ...]:
    """Folders of presets of brokers."""
    return tuple(folder for brought in PLUGGED.values() for folder in brought.sources)


def problems() -> Iterator[str]:
    """What went wrong, in sentences that name the plug-in."""
    for brought in PLUGGED.values():
        yield from brought.problems


def _marked(verb: Any, plugin: str) -> Command:
    """The verb as it enters the table: named after its plug-in, and unable to break what calls it.

    Raises:
        ValueError: it does not fit; the words say why.
    """
    if not isinstance(verb, Command):
        raise ValueError("it is no Command")
    if not re.fullmatch(r"[a-z]+\.[a-z]+", verb.name):
        raise ValueError(f"{verb.name!r} is not named noun.verb, in small letters")
    if verb.name in COMMANDS:
        raise ValueError(f"{verb.name} is taken by {COMMANDS[verb.name].plugin or 'AstroLabNet itself'}")
    if not inspect.iscoroutinefunction(verb.run) or len(inspect.signature(verb.run).parameters) != 3:
        raise ValueError(f"{verb.name} must be: async def (ctx, key, params)")
    if not (verb.run.__doc__ or "").strip():
        raise ValueError(f"{verb.name} has no help: write its docstring")
    if not (isinstance(verb.params, type) and issubclass(verb.params, Params)):
        raise ValueError(f"the params of {verb.name} are no Params")
    if not set(verb.on) <= set(KINDS) or verb.scope not in ("act", "read"):
        raise ValueError(f"{verb.name} is on a kind, or has a scope, that there is not")
    verb.params.model_json_schema()
    try:
        resource("icons", f"{verb.icon}.svg")
    except (FileNotFoundError, ValueError):
        verb = replace(verb, icon="plug-in")
    dangerous, starts = verb.dangerous, verb.starts
    unsaid = f"The plug-in {plugin} can not say what this does. Do it all the same?"
    marked: Command = replace(
        verb, plugin=plugin, run=_guarded(verb, plugin),
        when=_safe(verb.when, f"The plug-in {plugin} fails here."),
        dangerous=None if dangerous is None else _safe(dangerous, unsaid),
        starts=None if starts is None else _safe(starts, {}),
    )  # fmt: skip
    return marked


def _guarded(verb: Command, plugin: str) -> Callable[[Any, Any, Any], Any]:
    run = verb.run

    @functools.wraps(run)
    async def guarded(ctx: Any, key: Any, params: Any) -> Result:
        try:
            result = await run(ctx, key, params)
            if not isinstance(result, Result):
                raise TypeError(f"it gave {type(result).__name__}, not a Result")
        except AstroLabNetError:
            raise
        except ANY as exc:
            raise AstroLabNetError(
                f"the plug-in {plugin} failed in {verb.name}: {said(exc)}.",
                remedy="Tell its author; plugin.distrust switches it off.",
            ) from exc
        return result

    return guarded


def _safe(call: Callable[..., Any], instead: Any) -> Callable[..., Any]:
    @functools.wraps(call)
    def safe(*args: Any) -> Any:
        try:
            return call(*args)
        except ANY:
            return instead

    return safe
