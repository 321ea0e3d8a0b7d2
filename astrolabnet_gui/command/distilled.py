"""Distilled: the code that a range of acts has sent, as one action of the library with their values as parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any

from ..actions.notation import line as parameter_line
from ..errors import BadInput
from ..model.action import Action, Parameter
from .registry import COMMANDS
from .sending import SendParams


def distilled(acts: Iterable[tuple[str, str]], library: Iterable[Action]) -> dict[str, Any]:
    """Fields for ``action.new``; the person gives it a name.

    Args:
        acts: name of the command and its line, as the console shows them; acts that send nothing are left out.
        library: where the actions they name are.

    Raises:
        BadInput: nothing was sent, or what was sent can not be one action; it says why.
    """
    known: dict[tuple[str, str], Action] = {(action.name, action.kind): action for action in library}
    kinds: set[str] = set()
    codes: list[str] = []
    parameters: dict[str, Parameter] = {}
    for command, line in acts:
        verb = COMMANDS.get(command)
        if verb is None or not issubclass(verb.params, SendParams):
            continue
        given = _given(line)
        if not given.get("action"):
            kinds |= {given["kind"]} if given.get("kind") else set()
            codes.append(str(given.get("code", "")))
            continue
        action = _named(str(given["action"]), str(given.get("kind", "")), known)
        kinds.add(action.kind)
        codes.append(action.code)
        for parameter in action.parameters:
            value = given["values"].get(parameter.name, parameter.default)
            _take(parameters, parameter.model_copy(update={"default": value}))
    codes = [code.strip() for code in codes if code.strip()]
    if not codes:
        raise BadInput("none of these acts has sent code.", remedy="Choose lines that send something.")
    if len(kinds) > 1:
        raise BadInput(f"they are in several languages: {', '.join(sorted(kinds))}.", remedy="Choose lines of one.")
    kind = kinds.pop() if kinds else "pyspark"
    if kind == "sql" and len(codes) > 1:
        raise BadInput("an action of SQL is one statement.", remedy="Choose one line.")
    lines = tuple(parameter_line(parameter) for parameter in parameters.values())
    return {"kind": kind, "code": "\n\n".join(codes) + "\n", "parameters": lines}


def _given(line: str) -> dict[str, Any]:
    """The arguments of a line, ``values`` those of an action."""
    call = ast.parse(line, mode="eval").body
    assert isinstance(call, ast.Call)
    given = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
    if call.args:
        given["action"] = ast.literal_eval(call.args[0])
    own = {name: given.pop(name) for name in list(given) if name not in SendParams.model_fields}
    return {**given, "values": {**given.get("values", {}), **own}}


def _named(name: str, kind: str, known: Mapping[tuple[str, str], Action]) -> Action:
    found = [a for (n, k), a in known.items() if n == name and kind in ("", k)]
    if not found:
        raise BadInput(f"the action {name} is no longer in the library.")
    if len(found) > 1:
        raise BadInput(
            f"the action {name} exists in several languages, and the line does not say which was taken.",
            remedy="Send it with its language first.",
        )
    if found[0].program is not None:
        raise BadInput(f"{name} is a program, which can not be a part of another action.")
    return found[0]


def _take(parameters: dict[str, Parameter], parameter: Parameter) -> None:
    before = parameters.setdefault(parameter.name, parameter)
    if before.default != parameter.default:
        raise BadInput(
            f"two of them give {parameter.name} another value: {before.default!r} and {parameter.default!r}.",
            remedy="Choose fewer lines.",
        )
