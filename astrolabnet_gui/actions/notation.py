"""Notation: a parameter as one line that a person types, ``band: choice(g, r, i) = g | Filter band``."""

from __future__ import annotations

import re
from typing import Any, get_args

from pydantic import ValidationError

from ..errors import BadInput
from ..model.action import Parameter, ParameterType

_LINE = re.compile(
    r"\s*(?P<name>\w+)\s*(?::\s*(?P<type>\w+)\s*(?:\((?P<choices>[^)]*)\))?)?\s*(?:=(?P<default>[^|]*))?(?:\|(?P<label>.*))?"
)
EXAMPLE = "darts: integer = 1000 | Darts"


def parameter(line: str) -> Parameter:
    """Parameter of one line. Without ``=`` a value is needed; without a type it is text.

    Raises:
        BadInput: the line can not be read; ``field`` is "parameters".
    """
    found = _LINE.fullmatch(line)
    if found is None:
        raise BadInput(f"{line.strip()!r} is no parameter.", field="parameters", remedy=f"Write it as: {EXAMPLE}")
    kind = found["type"] or "text"
    if kind not in get_args(ParameterType):
        raise BadInput(
            f"{kind!r} is no type of a parameter.", field="parameters",
            remedy=f"There are: {', '.join(get_args(ParameterType))}.",
        )  # fmt: skip
    choices = tuple(c.strip() for c in (found["choices"] or "").split(",") if c.strip())
    default = None if found["default"] is None else _value(kind, found["default"].strip())
    label = (found["label"] or "").strip()
    try:
        return Parameter.model_validate(
            {"name": found["name"], "type": kind, "label": label, "default": default, "choices": choices}
        )
    except ValidationError as exc:
        what = exc.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
        raise BadInput(f"{line.strip()!r}: {what}.", field="parameters", remedy=f"Write it as: {EXAMPLE}") from exc


def line(parameter: Parameter) -> str:
    """The line ``parameter`` reads back."""
    choices = f"({', '.join(parameter.choices)})" if parameter.choices else ""
    default = "" if parameter.default is None else f" = {parameter.default}"
    label = f" | {parameter.label}" if parameter.label else ""
    return f"{parameter.name}: {parameter.type}{choices}{default}{label}"


def _value(kind: str, text: str) -> Any:
    try:
        return {"integer": int, "number": float}.get(kind, str)(text)
    except ValueError as exc:
        raise BadInput(f"{text!r} is no {kind}.", field="parameters") from exc
