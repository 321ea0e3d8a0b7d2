"""The table of verbs: every face reads it, no face adds to it."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from ..model.key import Key
from ..model.thing import Thing

Scope = Literal["act", "read", "view"]
Run = Callable[[Any, Any, Any], Awaitable[Any]]


class Params(BaseModel):
    """Base of all parameter models. Forms, CLI options and REST bodies are made from its fields.

    ``json_schema_extra`` of a field may say: ``widget`` ("code", "secret", "choice", "file", "files"),
    ``advanced`` (True: folded), ``remember`` (True: the form starts with the last value).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Params):
    """For verbs that ask nothing."""


class Result(BaseModel):
    """What a command gives back: one sentence, the thing to look at next, plain data."""

    model_config = ConfigDict(frozen=True)
    text: str = ""
    focus: Key | None = None
    data: Any = None


@dataclass(frozen=True, slots=True)
class Command:
    """One verb.

    Attributes:
        name: "session.send"; title: words of the menu, "…" at the end if it asks something.
        on: kinds of things it acts on; () = the workspace.
        params: model of what it asks for.
        run: ``async (ctx, key, params) -> Result``; its docstring is the help in all faces.
        when: reason why it can not act on this thing now; "" = it can.
        dangerous: question to put before; None = none. It is asked only where the answer is not "".
        idempotent: may be repeated blindly.
        inverse: name of the command that undoes it.
        starts: what a form about this thing begins with; None = with the defaults.
        scope: act (journalled), read (not journalled), view (GUI only).
        icon: file in resources/icons; group: place in the menu (open, act, copy, change, remove).
        plugin: name of the plug-in that brings it; "" = it is our own.
    """

    name: str
    title: str
    run: Run
    on: tuple[str, ...] = ()
    params: type[Params] = Nothing
    when: Callable[[Thing], str] = lambda _: ""
    dangerous: Callable[[Thing, Any], str] | None = None
    idempotent: bool = False
    inverse: str = ""
    starts: Callable[[Thing], Mapping[str, Any]] | None = None
    scope: Scope = "act"
    icon: str = ""
    group: Literal["open", "act", "copy", "change", "remove"] = "act"
    example: str = ""
    plugin: str = ""

    @property
    def help(self) -> str:
        """Help text: the function's docstring; of a plug-in's verb it ends with whose it is."""
        told = inspect.cleandoc(self.run.__doc__ or "")
        return f"{told}\n\nThis comes from the plug-in {self.plugin}, not from AstroLabNet." if self.plugin else told

    @property
    def words(self) -> str:
        """Words of the menu; of a plug-in's verb with its name."""
        return f"{self.title}  [{self.plugin}]" if self.plugin else self.title


COMMANDS: dict[str, Command] = {}
# Verbs the program uses by itself: no menu shows them.
HIDDEN = frozenset({"task.reconcile", "session.complete", "server.probe", "server.restore", "task.find", "task.result",
                    "session.options", "source.restore", "source.presets", "source.look", "route.matrix"})  # fmt: skip


def command(name: str, title: str, **more: Any) -> Callable[[Run], Run]:
    """Enter a function in the table.

    Raises:
        ValueError: a second command of that name, no docstring, or not an async function of three parameters.
    """

    def enter(run: Run) -> Run:
        if name in COMMANDS:
            raise ValueError(f"two commands named {name}")
        if not inspect.iscoroutinefunction(run) or len(inspect.signature(run).parameters) != 3:
            raise ValueError(f"{name} must be: async def (ctx, key, params)")
        if not (run.__doc__ or "").strip():
            raise ValueError(f"{name} has no help: write its docstring")
        COMMANDS[name] = Command(name, title, run, **more)
        return run

    return enter


_ORDER = ("open", "act", "copy", "change", "remove")


def commands_for(thing: Thing | None) -> list[Command]:
    """Verbs for a thing (None: the workspace), in the order of the menu; those that can not act now included."""
    kind = None if thing is None else thing.key.kind
    # A copy: a plug-in may come in while another thread looks.
    found = [c for c in list(COMMANDS.values()) if (kind in c.on if kind else not c.on)]
    return sorted(found, key=lambda c: _ORDER.index(c.group))
