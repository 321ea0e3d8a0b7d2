"""Request bodies to values, with Livy's words (they are its JSON parser's) for everything that does not fit."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from astrolabnet_gui.island.request import NewBatch, NewSession
from astrolabnet_gui.island.rest.replies import Refusal, bad_number

_SOURCE = "at [Source: (org.eclipse.jetty.server.HttpInputOverHTTP); line: {line}, column: {column}]"
_SESSION = "org.apache.livy.server.interactive.CreateInteractiveRequest"
_BATCH = "org.apache.livy.server.batch.CreateBatchRequest"
_EXECUTE = "org.apache.livy.ExecuteRequest"
_COMPLETE = "org.apache.livy.CompletionRequest"
_ADD = "org.apache.livy.server.interactive.AddResource"

KINDS = {
    "spark": "spark",
    "scala": "spark",
    "pyspark": "pyspark",
    "python": "pyspark",
    "sparkr": "sparkr",
    "r": "sparkr",
    "sql": "sql",
    "shared": "shared",
}
# The order in which Livy names its fields.
_SESSION_FIELDS = (
    "executorCores", "conf", "driverMemory", "name", "driverCores", "idleTimeout", "pyFiles", "archives", "kind",
    "files", "jars", "proxyUser", "numExecutors", "heartbeatTimeoutInSecond", "ttl", "queue", "executorMemory",
)  # fmt: skip
_BATCH_FIELDS = (
    "executorCores", "className", "conf", "driverMemory", "name", "driverCores", "pyFiles", "archives",
    "executorMemory", "files", "jars", "proxyUser", "numExecutors", "file", "args", "queue",
)  # fmt: skip


async def _object(request: Request, of: str, fields: tuple[str, ...]) -> dict[str, Any]:
    raw = await request.body()
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raw = b""  # Livy's servlet has read it as a form, nothing is left for the parser
    text = raw.decode("utf-8", "replace")
    if not text.strip():
        where = _SOURCE.format(line=1, column=0)
        raise Refusal(400, f"No content to map due to end-of-input\n {where}", bare=True)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise _syntax(text, error) from None
    except RecursionError:
        raise Refusal(400, "Document nesting depth exceeds the maximum allowed", bare=True) from None
    if value is None:
        raise Refusal(500, "java.lang.NullPointerException", bare=True)
    if not isinstance(value, dict):
        where = _SOURCE.format(line=1, column=1)
        raise Refusal(400, f"Cannot deserialize value of type `{of}`\n {where}", bare=True)
    for name in value:
        if name not in fields:
            known = ", ".join(f'"{field}"' for field in fields)
            where = _SOURCE.format(line=1, column=text.find(json.dumps(name)) + 1)
            raise Refusal(
                400,
                f'Unrecognized field "{name}" (class {of}), not marked as ignorable ({len(fields)} known properties: '
                f'{known}])\n {where} (through reference chain: {of}["{name}"])',
                bare=True,
            )
    return value


def _syntax(text: str, error: json.JSONDecodeError) -> Refusal:
    at = error.pos
    where = _SOURCE.format(line=error.lineno, column=error.colno + 1)
    if at >= len(text):
        what = "Unexpected end-of-input"
    else:
        what = f"Unexpected character ('{text[at]}' (code {ord(text[at])}))"
        if "property name" in error.msg:
            what += ": was expecting double-quote to start field name"
    return Refusal(400, f"{what}\n {where}", bare=True)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    raise Refusal(400, "Cannot deserialize value of type `java.lang.String` from Object value", bare=True)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, type(None))):
        kind = {str: "java.lang.String", bool: "java.lang.Boolean", float: "java.lang.Double"}.get(
            type(value), "java.util.Map"
        )
        module = "are in module java.base of loader 'bootstrap'"
        raise Refusal(
            500,
            f"java.lang.ClassCastException: class {kind} cannot be cast to class java.lang.Integer "
            f"({kind} and java.lang.Integer {module})",
            bare=True,
        )
    return value or 0


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Refusal(400, "Cannot deserialize value of type `scala.collection.immutable.List`", bare=True)
    return tuple(_text(one) or "" for one in value)


def _conf(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refusal(400, "Cannot deserialize value of type `scala.collection.immutable.Map`", bare=True)
    return {key: _text(one) or "" for key, one in value.items()}


_SHAPED = {
    "jars": _texts, "pyFiles": _texts, "files": _texts, "archives": _texts, "args": _texts, "conf": _conf,
    "driverCores": _whole, "executorCores": _whole, "numExecutors": _whole, "heartbeatTimeoutInSecond": _whole,
}  # fmt: skip


def _fill(kind: type[NewSession] | type[NewBatch], value: Mapping[str, Any]) -> dict[str, Any]:
    known = {field.name for field in dataclasses.fields(kind)}
    return {name: _SHAPED.get(name, _text)(one) for name, one in value.items() if name in known}


async def new_session(request: Request) -> NewSession:
    """Body of POST /sessions."""
    value = _fill(NewSession, await _object(request, _SESSION, _SESSION_FIELDS))
    asked = value.get("kind")
    if asked is None:
        value["kind"] = "shared"
    elif asked not in KINDS:
        raise Refusal(400, f'Invalid kind: {asked} (through reference chain: {_SESSION}["kind"])', bare=True)
    else:
        value["kind"] = KINDS[asked]
    return NewSession(**value)


async def new_batch(request: Request) -> NewBatch:
    """Body of POST /batches."""
    return NewBatch(**_fill(NewBatch, await _object(request, _BATCH, _BATCH_FIELDS)))


async def statement(request: Request) -> tuple[str | None, str | None]:
    """Body of POST …/statements: code and kind, as sent."""
    value = await _object(request, _EXECUTE, ("msg_type", "kind", "code"))
    return _text(value.get("code")), _text(value.get("kind"))


async def completion(request: Request) -> tuple[str, str | None, int]:
    """Body of POST …/completion: code, kind as sent, cursor."""
    value = await _object(request, _COMPLETE, ("kind", "code", "cursor"))
    return _text(value.get("code")) or "", _text(value.get("kind")), _whole(value.get("cursor"))


async def resource_uri(request: Request) -> str:
    """Body of POST …/add-jar and its like."""
    value = await _object(request, _ADD, ("uri",))
    return _text(value.get("uri")) or ""


def number(request: Request, name: str, default: int | None = None) -> int | None:
    """A whole number of the query."""
    text = request.query_params.get(name)
    return default if text is None else whole(text)


def whole(text: str) -> int:
    """A whole number of a path or query, as Java's 32 bits hold it."""
    plain = text.removeprefix("-").removeprefix("+")
    if not (plain.isascii() and plain.isdigit()) or abs(int(text)) > 2**31 - 1:
        raise bad_number(text)
    return int(text)
