"""The OpenAPI 3.1 document, made from the command table: a new command appears by itself."""

from __future__ import annotations

from typing import Any

from .. import __version__
from ..command.registry import COMMANDS, Command

_OBJECT = {"type": "object"}
_ERRORS = {
    "400": "a body or a parameter that can not be used",
    "401": "no token",
    "403": "the token may not act, or another page asks",
    "404": "there is no such thing",
    "409": "it asks first (problem.question), or does not fit the thing as it is now",
    "415": "not JSON",
    "422": "the command failed; nothing else is known to be wrong with the request",
    "500": "a fault of AstroLabNet itself; its log has the line",
}


def document() -> dict[str, Any]:
    """The whole document."""
    schemas: dict[str, Any] = {"Problem": _problem(), "Done": _done()}
    paths: dict[str, Any] = {
        "/api/things": {"get": _get("things", "All servers, and the things of the workspace.")},
        "/api/things/{address}": {
            "get": _get("thing", "One thing, as lal/sessions/3: what is below it, what can be done, what it gave.")
            | {"parameters": [_parameter("address", "path", {"type": "string"})]}
        },
        "/api/commands": {"get": _get("commands", "Every act there is.")},
        "/api/starts/{name}": {
            "get": _get("starts", "What a form of that act about a thing begins with: what it edits, as it is now.")
            | {
                "parameters": [
                    _parameter("name", "path", {"type": "string"}), _parameter("on", "query", {"type": "string"})
                ]
            }
        },
        "/api/journal": {
            "get": _get("journal", "What was done, newest first.")
            | {
                "parameters": [
                    _parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 1000}),
                    _parameter("before", "query", {"type": "integer", "minimum": 0, "maximum": 2**62}),
                ]
            }
        },
        "/api/runs/{run}": {
            "get": _get("run", "How an act stands that was not over when it was answered (202).")
            | {"parameters": [_parameter("run", "path", {"type": "string"})]}
        },
        "/api/events": {
            "get": _get("events", "Server-sent: reset (all things), delta (things, removed), run.", "text/event-stream")
        },
        "/api/openapi.json": {"get": _get("openapi", "This document.")},
    }  # fmt: skip
    for verb in list(COMMANDS.values()):
        if verb.scope != "view":
            paths[f"/api/commands/{verb.name}"] = {"post": _post(verb, schemas)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "AstroLabNet", "version": __version__, "summary": "Every act of the window, over HTTP."},
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _get(name: str, summary: str, mime: str = "application/json") -> dict[str, Any]:
    schema = {"type": "string"} if mime != "application/json" else _OBJECT
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {"description": "it", "content": {mime: {"schema": schema}}},
            "202": {"description": "it is not over yet", "content": {mime: {"schema": schema}}},
            **_errors(*_ERRORS),
        },
    }  # fmt: skip


def _parameter(name: str, place: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _post(verb: Command, schemas: dict[str, Any]) -> dict[str, Any]:
    params = verb.params.model_json_schema(ref_template=f"#/components/schemas/{verb.name}.{{model}}")
    for name, schema in params.pop("$defs", {}).items():
        schemas[f"{verb.name}.{name}"] = schema
    fields = {
        "params": params,
        "answers": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "choices, by the words of the questions they answer",
        },
        "wait_s": {"type": "number", "minimum": 0, "maximum": 600, "default": 30, "description": "then: 202"},
    }
    needed = [name for name, field in verb.params.model_fields.items() if field.is_required()][:1] and ["params"]
    if verb.on:
        fields["on"] = {"type": "string", "description": f"address of one of: {', '.join(verb.on)}"}
        needed = ["on", *needed]
    body = {"type": "object", "properties": fields, "required": needed, "additionalProperties": False}
    done = {"application/json": {"schema": {"$ref": "#/components/schemas/Done"}}}
    return {
        "operationId": verb.name,
        "summary": verb.words,
        "description": f"{verb.help}\n\nIn Python: {verb.example}",
        "tags": [verb.name.partition(".")[0]],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "200": {"description": "done", "content": done},
            "202": {"description": "not over yet; ask /api/runs/{run}", "content": done},
            **_errors(*_ERRORS),
        },
    }


def _errors(*which: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _ERRORS[status], "content": content} for status in which}


def _problem() -> dict[str, Any]:
    words = {name: {"type": "string"} for name in ("type", "what", "server", "remedy", "field", "run")}
    problem = {"type": "object", "properties": {**words, "question": _OBJECT}, "required": ["what"]}
    return {"type": "object", "properties": {"problem": problem}, "required": ["problem"]}


def _done() -> dict[str, Any]:
    words = {name: {"type": "string"} for name in ("run", "state", "text", "focus", "line")}
    return {"type": "object", "properties": {**words, "data": {}}, "required": ["run", "state"]}
