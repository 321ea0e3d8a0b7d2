"""Example: the Python example of a verb read back as name, place and parameters, and said as a line for the shell."""

from __future__ import annotations

import ast
from typing import Any

from ..model.key import Key
from .copied import cli_line
from .line import NAMES
from .registry import Command

_KIND_OF = {name: kind for kind, name in NAMES.items()}


def cli_example(command: Command) -> str:
    """``astrolabnet sessions send lal/sessions/3 --code 1+1``; "" if the example can not be said so."""
    read = read_line(command.example, command)
    return "" if read is None else cli_line(command.name, read[1], read[2], read[0])


def read_line(line: str, command: Command) -> tuple[str, Key | None, dict[str, Any]] | None:
    """Alias, place and parameters of a line that does ``command``; None if it is more than one plain call.

    The key has no epoch: it serves to print the address.
    """
    tree = ast.parse(line.strip(), mode="eval").body
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Attribute):
        return None
    try:
        given = {word.arg: ast.literal_eval(word.value) for word in tree.keywords if word.arg}
        action = [ast.literal_eval(one) for one in tree.args]
        steps = _steps(tree.func.value)
    except ValueError:
        return None
    if action:
        fields = command.params.model_fields
        values = {name: given.pop(name) for name in list(given) if name not in fields}
        given |= {"action": action[0], "values": {**given.get("values", {}), **values}}
    if not command.on:
        return "", None, given
    # Collections and ids come in pairs; what stands before them is the server.
    alias = str(steps.pop(0)) if len(steps) % 2 else ""
    return alias, Key("u" if alias else "", "", tuple(steps)), given


def _steps(place: ast.expr) -> list[Any]:
    """``net["lal"].sessions[3]`` -> lal, sessions, 3.

    Raises:
        ValueError: it holds more than names and plain ids.
    """
    match place:
        case ast.Name():
            return []
        case ast.Attribute(value=value, attr=attr):
            # net.tasks are the tasks of the workspace, session.tasks Livy's statements.
            return [*_steps(value), attr if isinstance(value, ast.Name) else _KIND_OF.get(attr, attr)]
        case ast.Subscript(value=value, slice=inner):
            return [*_steps(value), ast.literal_eval(inner)]
        case ast.Call(func=ast.Attribute(value=value, attr="table"), args=[name]):
            *above, last = str(ast.literal_eval(name)).split(".")
            catalog = above[-2] if len(above) > 1 else "spark_catalog"
            namespace = above[-1] if above else "default"
            return [*_steps(value), "catalogs", catalog, "namespaces", namespace, "tables", last]
    raise ValueError("that is no place")
