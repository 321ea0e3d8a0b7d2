"""prompt: Python at the engine; it takes the lines the window's console prints: ``net["lal"].new_session()``."""

from __future__ import annotations

import code
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..command.registry import COMMANDS
from ..errors import BadInput
from ..model.key import Key
from ..model.server import Server
from ..model.thing import Thing
from ..network.link import Question
from .desk import Desk
from .opened import opened
from .show import say

_COLLECTIONS = {"sessions": "sessions", "tasks": "statements", "batches": "batches"}
_NOUNS = {"servers": "server", "sessions": "session", "statements": "task", "batches": "batch"}


class Node:
    """One thing: ``.state``, ``.sessions[3]``, and its commands as functions."""

    def __init__(self, desk: Desk, thing: Thing) -> None:
        self._desk, self._key = desk, thing.key

    @property
    def thing(self) -> Thing:
        """The thing as it is now."""
        self._desk.settle(0.0)
        found = self._desk.store.get(self._key)
        if found is None:
            raise BadInput("it is no longer there.")
        return found

    @property
    def state(self) -> str:
        """State word."""
        return self.thing.state

    def __getattr__(self, name: str) -> Any:
        if name in _COLLECTIONS:
            return Nodes(self._desk, self._key, _COLLECTIONS[name])
        verb, _, noun = name.partition("_")
        return _act(self._desk, f"{noun or _NOUNS[self._key.kind]}.{verb}", self._key)

    def __dir__(self) -> list[str]:
        own = _NOUNS[self._key.kind]
        verbs = [c.name.split(".") for c in COMMANDS.values() if self._key.kind in c.on]
        return ["state", "thing", *_COLLECTIONS, *(v if n == own else f"{v}_{n}" for n, v in verbs)]

    def __repr__(self) -> str:
        thing = self.thing
        return " ".join(p for p in (f"<{thing.kind.label}", thing.label, thing.state, thing.problem) if p) + ">"


class Nodes:
    """Children of a thing by their id."""

    def __init__(self, desk: Desk, parent: Key, collection: str) -> None:
        self._desk, self._parent, self._collection = desk, parent, collection

    def __getitem__(self, ident: int | str) -> Node:
        for child in self:
            if child.thing.key.id == ident:
                return child
        raise BadInput(f"there is no {self._collection}/{ident}.")

    def __iter__(self) -> Iterator[Node]:
        self._desk.settle(0.0)
        here = self._desk.store.children(self._parent)
        return iter([Node(self._desk, t) for t in here if t.key.kind == self._collection])

    def __repr__(self) -> str:
        return repr(list(self))


class Net:
    """All servers: ``net["lal"]``; commands of the workspace: ``net.island.start()``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __getitem__(self, alias: str) -> Node:
        self._desk.settle(10.0, alias)
        return Node(self._desk, self._desk.store.find(alias))

    def __getattr__(self, noun: str) -> _Verbs:
        return _Verbs(self._desk, noun)

    def __dir__(self) -> list[str]:
        return sorted({c.name.partition(".")[0] for c in COMMANDS.values() if not c.on})

    def __repr__(self) -> str:
        self._desk.settle(0.0)
        names = [t.payload.alias for t in self._desk.store.servers() if isinstance(t.payload, Server)]
        return f"<servers: {', '.join(names) or 'none yet: net.island.start()'}>"


class _Verbs:
    """``net.island``: the commands of one noun."""

    def __init__(self, desk: Desk, noun: str) -> None:
        self._desk, self._noun = desk, noun

    def __getattr__(self, verb: str) -> Any:
        return _act(self._desk, f"{self._noun}.{verb}", None)


def _act(desk: Desk, name: str, key: Key | None) -> Any:
    """The function of a command; a first plain argument is the name of an action."""
    verb = COMMANDS.get(name)
    if verb is None:
        raise AttributeError(f"there is no command {name}")

    def act(action: str = "", /, **given: Any) -> Any:
        fields = verb.params.model_fields
        if action:
            values = {k: given.pop(k) for k in list(given) if k not in fields}
            given |= {"action": action, "values": {**given.get("values", {}), **values}}
        if name == "island.start":
            given.setdefault("keep_running", True)
        end = desk.do(name, key, given)
        say(end.text)
        thing = None if end.focus is None else desk.store.get(end.focus)
        return end.result if thing is None else Node(desk, thing)

    act.__doc__ = verb.help
    return act


def _ask(question: Question) -> str:
    while True:
        given = input(f"{question.text} [{'/'.join(question.choices)}] ").strip() or question.default
        if given in question.choices:
            return given


def prompt(source: Path | None) -> int:
    """Run ``source`` if there is one, then read lines from the person. The answer is the exit code."""
    with opened(_ask, lambda event: None) as here:
        names = _names(here.desk, source)
        if source is None or sys.stdin.isatty():
            banner = 'AstroLabNet: net["local"].sessions[0].send(code="1+1", wait=True); help(net["local"].send)'
            code.interact(banner=banner, local=names, exitmsg="")
    return 0


def script(source: Path) -> None:
    """Run a Python file that finds ``net``, and nothing else: the window opens after it."""
    with opened(_ask, lambda event: None) as here:
        _names(here.desk, source)


def _names(desk: Desk, source: Path | None) -> dict[str, Any]:
    """What a line finds: ``net``, and all that ``source`` leaves behind."""
    names: dict[str, Any] = {"net": Net(desk)}
    return names if source is None else runpy.run_path(str(source), init_globals=names, run_name="__main__")
