"""Script: acts of the journal as a program that does them again. Servers are parameters at its head, and what one act
made is a name in those after it, so that it runs where the numbers are others.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..journal.row import MASK
from ..model.key import Key

_HEAD = "# recorded by AstroLabNet; run it with: astrolabnet -s FILE\n"


@dataclass(frozen=True)
class Done:
    """One act.

    Attributes:
        line: the Python that does it.
        key: what it was done to; None = the workspace.
        focus: what it made or sent; None if nothing.
    """

    line: str
    key: Key | None = None
    focus: Key | None = None


@dataclass
class _Names:
    """Names given so far."""

    taken: set[str] = field(default_factory=lambda: {"net"})
    made: dict[Key, str] = field(default_factory=dict)

    def new(self, wish: str) -> str:
        """A name nothing else has."""
        plain = re.sub(r"\W", "_", wish.casefold(), flags=re.ASCII).strip("_") or "thing"
        plain = plain if plain.isidentifier() and not plain[0].isdigit() else f"x{plain}"
        n = 1
        while (name := plain if n == 1 else f"{plain}{n}") in self.taken:
            n += 1
        self.taken.add(name)
        return name


def script_of(acts: Iterable[Done]) -> str:
    """The program; each act is one statement. What is secret stands as dots, and asks to be filled in when it runs."""
    names, servers, body = _Names(), dict[str, str](), list[str]()
    found = list(acts)
    needed = _needed(found)
    for act in found:
        tree = ast.parse(act.line.strip(), mode="eval")
        call = _Renamed(act, names, servers).visit(tree).body
        made = act.focus
        if made is not None and made in needed and made not in names.made:
            names.made[made] = names.new({"statements": "task", "batches": "batch"}.get(made.kind, made.kind[:-1]))
            body.append(f"{names.made[made]} = {ast.unparse(call)}")
        else:
            body.append(ast.unparse(call))
        if MASK in body[-1]:
            body[-1] = f"{body[-1]}  # put the secret here"
    head = [f"{name} = {alias!r}" for alias, name in servers.items()]
    return "\n".join([_HEAD, *head, "", *body]).replace("\n\n\n", "\n\n") + "\n"


def _needed(acts: list[Done]) -> set[Key]:
    """Things that one act made and a later one was done to, or to what is below."""
    needed: set[Key] = set()
    for n, act in enumerate(acts):
        # A server keeps its name; all else has a number that another run will not give.
        if act.focus is not None and act.focus.path and any(_is_at(later.key, act.focus) for later in acts[n + 1 :]):
            needed.add(act.focus)
    return needed


def _is_at(key: Key | None, above: Key) -> bool:
    while key is not None and key.path:
        if key == above:
            return True
        key = key.parent
    return False


class _Renamed(ast.NodeTransformer):
    """A line with the names of things in place of their numbers, and of servers in place of their aliases."""

    def __init__(self, act: Done, names: _Names, servers: dict[str, str]) -> None:
        self._act, self._names, self._servers = act, names, servers

    def visit_Call(self, node: ast.Call) -> Any:
        """Only the place is renamed: what is in the parameters is a value."""
        if isinstance(node.func, ast.Attribute):
            node.func.value = self._place(node.func.value)
        return node

    def _place(self, place: ast.expr) -> ast.expr:
        known = self._known()
        steps = 0 if known is None or self._act.key is None else (len(self._act.key.path) - len(known.path)) // 2
        if known is not None:
            return self._cut(place, steps, self._names.made[known])
        inner = place
        while isinstance(inner, ast.Subscript | ast.Attribute):
            if isinstance(inner, ast.Subscript) and isinstance(inner.value, ast.Name):
                alias = str(ast.literal_eval(inner.slice))
                name = self._servers.get(alias) or self._names.new(alias)
                self._servers[alias] = name
                inner.slice = ast.Name(name, ast.Load())
            inner = inner.value
        return place

    def _known(self) -> Key | None:
        """The thing itself, or the nearest above it, that has a name."""
        key = self._act.key
        while key is not None and key.path and key not in self._names.made:
            key = key.parent
        return key if key in self._names.made else None

    def _cut(self, place: ast.expr, steps: int, name: str) -> ast.expr:
        """``net["lal"].sessions[3].tasks[7]`` with its front replaced: ``session.tasks[7]``."""
        if steps == 0:
            return ast.Name(name, ast.Load())
        assert isinstance(place, ast.Subscript)
        assert isinstance(place.value, ast.Attribute)
        place.value.value = self._cut(place.value.value, steps - 1, name)
        return place
