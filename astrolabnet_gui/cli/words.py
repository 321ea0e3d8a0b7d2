"""Words: a command's parameter model as options of the command line, and back."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ..errors import BadInput


def add_options(parser: argparse.ArgumentParser, model: type[BaseModel]) -> None:
    """One option per field; help and choices come from the model."""
    for name, field in model.model_fields.items():
        kind = _plain(field.annotation)
        more: dict[str, Any] = {"default": None, "dest": f"param_{name}", "help": _help(field)}
        if kind is bool:
            more["action"] = argparse.BooleanOptionalAction
        elif get_origin(kind) in (dict, Mapping) or kind is dict:
            more |= {"action": "append", "metavar": "NAME=VALUE"}
        elif get_origin(kind) in (list, tuple, set, frozenset) or kind in (list, tuple):
            more |= {"action": "append", "metavar": "VALUE"}
        elif get_origin(kind) is Literal:
            more["choices"] = [str(choice) for choice in get_args(kind)]
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            more["metavar"] = "JSON"
        else:
            more["metavar"] = name.upper()
        parser.add_argument(f"--{name.replace('_', '-')}", required=False, **more)


def params_of(args: argparse.Namespace, model: type[BaseModel]) -> dict[str, Any]:
    """What was given, as plain data for the engine; it checks the rest."""
    given: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        value = getattr(args, f"param_{name}", None)
        if value is None:
            continue
        kind = _plain(field.annotation)
        if get_origin(kind) in (dict, Mapping) or kind is dict:
            given[name] = pairs(name, value)
            if _is_secret(field):
                given[name] = {key: _secret(name, str(text)) for key, text in given[name].items()}
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            given[name] = _json(name, value)
        elif _is_secret(field):
            given[name] = _secret(name, value)
        else:
            given[name] = value
    return given


def _plain(annotation: Any) -> Any:
    """The type without "or None"."""
    if get_origin(annotation) in (Union, UnionType):
        left = [a for a in get_args(annotation) if a is not type(None)]
        return left[0] if len(left) == 1 else str
    return annotation


def _help(field: FieldInfo) -> str:
    words = field.description or field.title or ""
    usual = None if field.is_required() else field.get_default(call_default_factory=True)
    default = "" if usual in (None, "", (), {}) else f" (default: {usual})"
    if _is_secret(field):
        default = " (- asks for it, env:NAME is a variable, file:PATH a file of yours; never the secret itself)"
    return f"{words}{default}".strip().replace("%", "%%")


def _is_secret(field: FieldInfo) -> bool:
    extra = field.json_schema_extra
    return isinstance(extra, dict) and extra.get("widget") == "secret"


def _secret(name: str, text: str) -> str:
    """A secret from the terminal or from standard input, or the name of a variable or file that holds it when it is
    needed: other users can read a command line."""
    if text == "-":
        return getpass.getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    kind, colon, rest = text.partition(":")
    if not colon or kind not in ("env", "file"):
        raise BadInput("a secret must not stand in the command line: give -, env:NAME or file:PATH.", field=name)
    if kind == "env" and rest not in os.environ:
        raise BadInput(f"there is no variable {rest}.", field=name)
    if kind == "file":
        path = Path(rest).expanduser().absolute()
        if not path.is_file():
            raise BadInput(f"there is no file {rest}.", field=name)
        return f"file:{path}"
    return text


def pairs(name: str, texts: Iterable[str]) -> dict[str, Any]:
    """``NAME=VALUE`` texts as a mapping; a value that is JSON is read as such.

    Raises:
        BadInput: one has no equals sign.
    """
    return dict(_pair(name, text) for text in texts)


def _pair(name: str, text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise BadInput(f"--{name} {text}: it must read NAME=VALUE.", field=name)
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as exc:
        raise BadInput(f"--{name} must be JSON: {exc}", field=name) from exc
