"""Fields of a form: from a parameter model or from an action's parameters, as plain values. No Qt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from ..command.registry import Params
from ..model.action import LANGUAGES, Action


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a form asks for.

    Attributes:
        kind: line, code, secret, choice, check, number, lines (one value a line), pairs (``name=value`` a line), file
            and files (with a way to choose those of this computer), or many (some of the choices).
        start: text, or True and False, the control begins with.
        choices: value -> words.
        advanced: folded away at first.
    """

    name: str
    label: str
    kind: str = "line"
    start: Any = ""
    help: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    needed: bool = False
    advanced: bool = False


def fields_of(model: type[Params], values: Mapping[str, Any], hidden: frozenset[str] = frozenset()) -> list[Field]:
    """Fields of a parameter model, starting with ``values`` where given."""
    return [_field(name, info, values) for name, info in model.model_fields.items() if name not in hidden]


def fields_of_action(action: Action) -> list[Field]:
    """Fields of an action's own parameters."""
    kinds = {"number": "number", "integer": "number", "choice": "choice"}
    return [
        Field(
            name=p.name,
            label=p.label or p.name,
            kind=kinds.get(p.type, "line"),
            start="" if p.default is None else str(p.default),
            help={"date": "As 2026-11-23.", "dataset": "A table, as sky.alerts."}.get(p.type, ""),
            choices={c: c for c in p.choices},
            needed=p.default is None,
        )
        for p in action.parameters
    ]


def errors_of(model: type[Params], given: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong, by field ("" = with the whole), in words that say what to do."""
    try:
        model.model_validate(given)
    except ValidationError as error:
        found: dict[str, str] = {}
        for one in error.errors(include_url=False, include_input=False):
            name = str(one["loc"][0]) if one["loc"] else ""
            found.setdefault(name, words_of(str(one["type"]), str(one["msg"]), one.get("ctx", {})))
        return found
    return {}


def words_of(kind: str, message: str, context: Mapping[str, Any]) -> str:
    """A validation error for a person."""
    match kind:
        case "missing" | "string_too_short":
            return "This is needed."
        case "too_short":
            return "Choose at least one."
        case "string_too_long":
            return f"At most {context.get('max_length')} characters."
        case "string_pattern_mismatch":
            return "This does not look as it should; see the line below."
        case "int_parsing" | "int_from_float" | "float_parsing":
            return "Type a number."
        case "greater_than_equal":
            return f"At least {context.get('ge')}."
        case "less_than_equal":
            return f"At most {context.get('le')}."
    text = message.removeprefix("Value error, ")
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def value_of(spec: Field, raw: Any) -> Any:
    """Value that goes into the parameters; a text that can not be read stays text, for the model to refuse."""
    match spec.kind:
        case "many":
            return tuple(raw)
        case "lines" | "files":
            return tuple(line.strip() for line in str(raw).splitlines() if line.strip())
        case "pairs":
            pairs = (line.split("=", 1) for line in str(raw).splitlines() if line.strip())
            return {pair[0].strip(): pair[1].strip() if len(pair) > 1 else "" for pair in pairs}
        case "line" | "file" | "number" if spec.kind != "number" or spec.choices:
            return str(raw).strip()
    return raw.strip() if isinstance(raw, str) and spec.kind == "number" else raw


def _field(name: str, info: FieldInfo, values: Mapping[str, Any]) -> Field:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    default = None if info.default is PydanticUndefined else info.get_default(call_default_factory=True)
    start = values.get(name, default)
    choices = {"": "None"} if extra.get("widget") == "preset" else _choices(info.annotation)
    if "" in choices and "none" in extra:
        choices[""] = str(extra["none"])
    return Field(
        name=name,
        label=info.title or name.replace("_", " ").capitalize(),
        kind=_kind(info.annotation, str(extra.get("widget", "")), choices),
        start=_start(start),
        help=info.description or "",
        choices=choices,
        needed=info.is_required(),
        advanced=bool(extra.get("advanced", False)),
    )


def _kind(annotation: Any, widget: str, choices: Mapping[str, str]) -> str:
    if get_origin(annotation) in (Union, UnionType):
        # A list that may also be left out is still a list.
        annotation = next((a for a in get_args(annotation) if get_origin(a) in (tuple, list, dict)), annotation)
    origin = get_origin(annotation)
    if origin is dict or annotation is dict:
        return "pairs"
    if origin in (tuple, list):
        return widget if widget in ("files", "many") else "lines"
    if widget in ("code", "secret", "file"):
        return widget
    if widget == "preset":
        return "choice"
    if choices:
        return "choice"
    if annotation is bool:
        return "check"
    return "number" if annotation in (int, float) else "line"


def _choices(annotation: Any) -> dict[str, str]:
    if get_origin(annotation) in (Union, UnionType):
        annotation = next((a for a in get_args(annotation) if a is not type(None)), annotation)
    if get_origin(annotation) is Literal:
        return {str(c): _word(str(c)) for c in get_args(annotation)}
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return {str(c.value): _word(str(c.value)) for c in annotation}
    return {}


def _word(choice: str) -> str:
    names = {
        "": "as the session",
        "shared": "All four",
        "none": "None",
        "spnego": "Kerberos",
        "cookie": "Cookie of a gateway",
    }
    return LANGUAGES.get(choice) or names.get(choice) or (choice if choice.isupper() else choice.capitalize())


def _start(value: Any) -> Any:
    match value:
        case None:
            return ""
        case bool():
            return value
        case Enum():
            return str(value.value)
        case Mapping():
            return "\n".join(f"{k}={v if isinstance(v, str) else json.dumps(v)}" for k, v in value.items())
        case tuple() | list():
            return "\n".join(str(v) for v in value)
    return str(value)
