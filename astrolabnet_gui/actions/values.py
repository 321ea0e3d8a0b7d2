"""Values of an action's parameters as variables of the sent code: data travel as base64, never pasted as text.

Base64 letters mean nothing in any of the four languages, so no value can end a string, expand ``${env:…}`` or start a
comment. Source: reference reliability, section 4.3.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..errors import BadInput
from ..model.action import Action, Parameter

MAX_BYTES = 1_000_000
_CHUNK = 48_000  # Scala keeps at most 64 KB in one literal
_PLACE = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")

_WANTED = {
    "integer": "a whole number", "number": "a number", "date": "a date like 2026-11-23",
    "dataset": "the name of a table, like sample_sky.alerts",
}  # fmt: skip

Checked = dict[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Rendered:
    """Code with its values; ``line_shift`` lines stand before the action's first."""

    code: str
    line_shift: int


def checked(action: Action, values: Mapping[str, Any]) -> Checked:
    """Every parameter of ``action`` with a value of its type; text from a form or a command line is converted.

    Raises:
        BadInput: a value that does not fit, none where one is needed, or one nobody asked for; ``field`` names it.
    """
    unknown = sorted(values.keys() - {p.name for p in action.parameters})
    if unknown:
        raise BadInput(f"{action.name} has no parameter {unknown[0]!r}.", field=unknown[0])
    return {p.name: _one(p, values.get(p.name, p.default)) for p in action.parameters}


def _one(parameter: Parameter, value: Any) -> str | int | float:
    label = parameter.label or parameter.name
    if value is None:
        raise BadInput(f"{label} is needed.", field=parameter.name)
    try:
        match parameter.type:
            case "integer":
                number = float(value) if isinstance(value, float) else int(str(value).strip())
                if number != int(number) or not -(2**63) <= number < 2**63:
                    raise ValueError
                return int(number)
            case "number":
                real = float(value)
                if not math.isfinite(real):
                    raise ValueError
                return real
            case "date":
                return date.fromisoformat(str(value).strip()).isoformat()
            case "dataset":
                table = str(value).strip()
                if not 0 < len(table) <= 400 or not table.isprintable() or table.count(".") > 2:
                    raise ValueError
                return table
            case "choice":
                if str(value) not in parameter.choices:
                    raise ValueError
                return str(value)
            case _:
                text = str(value)
                if len(text.encode()) > MAX_BYTES:
                    raise BadInput(f"{label} is longer than {MAX_BYTES // 1_000_000} MB.", field=parameter.name)
                return text
    except UnicodeEncodeError as exc:
        raise BadInput(f"{label} holds half a character (a lone surrogate).", field=parameter.name) from exc
    except (ValueError, TypeError, OverflowError) as exc:
        wanted = _WANTED.get(parameter.type, f"one of {', '.join(parameter.choices)}")
        raise BadInput(f"{label} must be {wanted}.", field=parameter.name) from exc


def render(action: Action, values: Mapping[str, Any]) -> Rendered:
    """Code of ``action`` with ``values``.

    Raises:
        BadInput: see ``checked``; also a text with NUL for R, whose strings can not hold one.
    """
    good = checked(action, values)
    if not good:
        return Rendered(action.code, 0)
    if action.kind == "sql":
        return Rendered(_PLACE.sub(lambda found: _sql(found, good), action.code), 0)
    head = {"pyspark": _python, "spark": _scala, "sparkr": _r}[action.kind](good)
    return Rendered("\n".join([*head, action.code]), len(head))


def arguments(action: Action, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Arguments of a program: one that reads ``{name}`` is the whole value; no value becomes a part of another text.

    Raises:
        BadInput: see ``checked``.
    """
    good = checked(action, values)
    given = () if action.program is None else action.program.args
    return tuple(
        str(good[arg[1:-1]]) if arg[:1] == "{" and arg[1:-1] in good and arg[-1:] == "}" else arg for arg in given
    )


def _python(values: Checked) -> list[str]:
    blob = _base64(json.dumps(values))
    return [f'globals().update(__import__("json").loads(__import__("base64").b64decode("{blob}")))']


def _scala(values: Checked) -> list[str]:
    ending = {str: ("String", ""), int: ("Long", ".toLong"), float: ("Double", ".toDouble")}
    lines = []
    for name, value in values.items():
        blob = _base64(value if isinstance(value, str) else repr(value))
        parts = [blob[i : i + _CHUNK] for i in range(0, len(blob), _CHUNK)] or [""]
        literal = (
            f'"{parts[0]}"'
            if len(parts) == 1
            else f"Seq({', '.join(f'{chr(34)}{p}{chr(34)}' for p in parts)}).mkString"
        )
        kind, convert = ending[type(value)]
        lines.append(
            f'val `{name}`: {kind} = new String(java.util.Base64.getDecoder.decode({literal}), "UTF-8"){convert}'
        )
    return lines


def _r(values: Checked) -> list[str]:
    lines = []
    for name, value in values.items():
        text = value if isinstance(value, str) else repr(value)
        if "\0" in text:
            raise BadInput(f"{name} holds a NUL character, which text in R can not.", field=name)
        points = f"intToUtf8(c({', '.join(map(str, map(ord, text)))}))" if text else "character(1)"
        lines.append(f'assign("{name}", {points if isinstance(value, str) else f"as.numeric({points})"})')
    return lines


def _sql(found: re.Match[str], values: Checked) -> str:
    if found[1] not in values:
        return found[0]
    value = values[found[1]]
    # decode(…, 'UTF-8') would read better, but is not yet a constant where range() or IDENTIFIER() want one.
    text = f"CAST(unbase64('{_base64(value if isinstance(value, str) else repr(value))}') AS STRING)"
    cast = {int: "BIGINT", float: "DOUBLE"}.get(type(value))
    return f"CAST({text} AS {cast})" if cast else text


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
