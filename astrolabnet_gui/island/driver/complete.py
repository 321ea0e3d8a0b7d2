"""Python completion by looking at what is there: nothing is called, no line of user code is run for it."""

from __future__ import annotations

import ast
import builtins
import inspect
import keyword
import re
import sys
import types
import typing
from collections.abc import Mapping
from typing import Any

_MOST = 500
_IDENTIFIER = re.compile(r"[^\W\d]\w*\Z|\Z")
_FROM = re.compile(r"^\s*from\s+([\w.]+)\s+import\b[\w\s,(]*\Z")
_OPENING = {")": "(", "]": "[", "}": "{"}


class _Instance:
    """A value of this type; the value itself is not known, for nothing was called."""

    def __init__(self, type_: type) -> None:
        self.type = type_


def candidates(code: str, cursor: int, names: Mapping[str, Any]) -> list[str]:
    """Names that could stand at ``cursor``, sorted, at most 500; names with ``_`` only when it was typed."""
    before = code[: max(0, cursor)]
    found = _IDENTIFIER.search(before)
    start = found.group() if found else ""
    head = before[: len(before) - len(start)]
    try:
        known = _after_dot(head[:-1], names) if head.endswith(".") else _plain(head, names)
    except Exception:  # noqa: BLE001 - user objects may do anything when looked at
        return []
    return sorted({n for n in known if n.startswith(start) and (start or not n.startswith("_"))})[:_MOST]


def _plain(head: str, names: Mapping[str, Any]) -> list[str]:
    line = head.rsplit("\n", 1)[-1]
    if source := _FROM.match(line):
        module = sys.modules.get(source.group(1))
        return dir(module) if module else []
    if re.match(r"^\s*(import|from)\s+\Z", line):
        return [m for m in {*sys.builtin_module_names, *sys.stdlib_module_names, *sys.modules} if "." not in m]
    if line.count('"') % 2 or line.count("'") % 2:
        return []
    return [*keyword.kwlist, *dir(builtins), *names]


def _after_dot(text: str, names: Mapping[str, Any]) -> list[str]:
    source = _last_expression(text.rstrip())
    if not source:
        return []
    thing = _look(ast.parse(f"({source})", mode="eval").body, names)
    return dir(thing.type) if isinstance(thing, _Instance) else dir(thing)


def _last_expression(text: str) -> str:
    """The expression that ends here: names, dots, and whole brackets or strings, read backwards."""
    i = len(text)
    while i > 0:
        c = text[i - 1]
        if c in _OPENING:
            i = _back_to(text, i - 1, _OPENING[c], c)
        elif c in "\"'":
            i = text.rfind(c, 0, i - 1)
        elif c.isalnum() or c in "._":
            i -= 1
        elif c in " \n\t" and text[i:].lstrip().startswith("."):
            i -= 1  # a chain may go over several lines
        else:
            break
        if i < 0:
            return ""
    return text[i:].strip()


def _back_to(text: str, end: int, opening: str, closing: str) -> int:
    depth = 0
    for i in range(end, -1, -1):
        depth += (text[i] == closing) - (text[i] == opening)
        if depth == 0:
            return i
    return -1


def _look(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """The value of an expression, or an _Instance of the type it would have.

    Raises:
        LookupError: it can not be told without running something.
    """
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return names[node.id] if node.id in names else getattr(builtins, node.id)
    if isinstance(node, ast.Attribute):
        return _attribute(_look(node.value, names), node.attr)
    if isinstance(node, ast.Call):
        called = _look(node.func, names)
        return _Instance(called) if isinstance(called, type) else _returned(called)
    if isinstance(node, ast.Subscript):
        holder = _look(node.value, names)
        if isinstance(holder, (list, tuple, dict, str)) and isinstance(node.slice, ast.Constant):
            place: Any = node.slice.value
            return holder[place]
    raise LookupError(ast.dump(node))


def _attribute(thing: Any, name: str) -> Any:
    owner = thing.type if isinstance(thing, _Instance) else type(thing)
    plan = inspect.getattr_static(owner, name, None)
    if isinstance(plan, property) and plan.fget is not None:
        return _returned(plan.fget, owner)
    if isinstance(thing, _Instance):
        return types.MethodType(plan, thing) if isinstance(plan, types.FunctionType) else getattr(owner, name)
    return getattr(thing, name)


def _returned(function: Any, owner: type | None = None) -> _Instance:
    """What a function says it returns; its own class where it says ``Self`` or a name of that class."""
    function = inspect.unwrap(function)
    said = getattr(function, "__annotations__", {}).get("return")
    if isinstance(said, str):
        space = getattr(inspect.getmodule(function), "__dict__", {})
        said = space.get(said.strip("\"'")) or _by_name(said.strip("\"'"))
    said = typing.get_origin(said) or said
    if isinstance(said, type):
        return _Instance(said)
    raise LookupError(f"{function} of {owner} does not say what it returns")


def _by_name(name: str) -> type | None:
    """A class of that name in a loaded Spark module: pyspark imports many of them for type checkers only."""
    for path, module in list(sys.modules.items()):
        if path.startswith("pyspark.sql"):
            found = vars(module).get(name) if isinstance(module, types.ModuleType) else None
            if isinstance(found, type):
                return found
    return None
