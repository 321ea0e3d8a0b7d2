"""Copied: an act, or a thing, as a line for the shell, and as the one HTTP request it comes to; no secret is ever in
either.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from ..actions.values import render
from ..errors import BadInput
from ..model.action import Action
from ..model.key import Key
from ..model.livy import NewStatement
from ..model.server import Auth, AuthKind, Server
from .batch import NewBatchParams
from .line import group, masked, secret_fields
from .opening import NewSessionParams
from .registry import COMMANDS, Params
from .sending import SendParams

# Steps of Livy's address behind that of the thing, and the method; "" = GET.
_PLAIN = {
    "session.close": ("DELETE", ""), "session.log": ("GET", "/log?size=200"), "batch.log": ("GET", "/log?size=200"),
    "batch.kill": ("DELETE", ""), "task.cancel": ("POST", "/cancel"), "session.keep": ("POST", "/connect"),
}  # fmt: skip


# Things that are pages of Livy itself, below the server's.
_PAGES = frozenset({"servers", "sessions", "statements", "batches"})


def cli_read(key: Key, alias: str) -> str:
    """``astrolabnet show lal/sessions/3``"""
    return f"astrolabnet show {shlex.quote(key.address(alias))}"


def curl_read(key: Key, server: Server | None) -> str:
    """The reading of a thing as curl; "" if Livy does not know such things, as actions and tables."""
    if server is None or key.kind not in _PAGES:
        return ""
    path = "".join(f"/{step}" for step in key.path) or "/sessions"
    return " ".join(["curl", "-sS", *_login(server.auth), shlex.quote(server.url + path)])


def cli_line(name: str, key: Key | None, values: Mapping[str, Any], alias: str = "") -> str:
    """``astrolabnet sessions send lal/sessions/3 --code '1+1'``; "" if the values do not fit the command."""
    params = _params(name, values)
    if params is None:
        return ""
    noun, _, verb = name.partition(".")
    words = ["astrolabnet", group(noun), verb]
    if key is not None:
        words.append(shlex.quote(key.address(alias)))
    hidden = secret_fields(type(params))
    for field, value in masked(params).items():
        option = f"--{field.replace('_', '-')}"
        if field in hidden:
            words += [option, "-"]
        else:
            words += _options(option, value)
    return " ".join(words)


def _options(option: str, value: Any) -> list[str]:
    match value:
        case bool():
            return [option if value else option.replace("--", "--no-", 1)]
        case dict():
            pairs = (f"{name}={_said(one)}" for name, one in value.items())
            return [word for pair in pairs for word in (option, shlex.quote(pair))]
        case list() | tuple():
            return [word for one in value for word in (option, shlex.quote(str(one)))]
    return [option, shlex.quote(str(value))]


def _said(value: Any) -> str:
    """A value of a pair: a text stands as it is, unless it would be read as JSON, as ``33`` or ``true``."""
    if isinstance(value, str):
        try:
            json.loads(value)
        except ValueError:
            return value
    return json.dumps(value)


def curl_line(
    name: str, key: Key | None, values: Mapping[str, Any], server: Server | None, actions: Iterable[Action] = ()
) -> str:
    """The act as curl; "" if it is no single request to Livy. What is secret stands as ``$TOKEN``.

    It carries neither marker nor guard: run it twice and the code runs twice.

    Args:
        server: that of ``key``.
        actions: library, for sending an action.
    """
    params = _params(name, values)
    if params is None or key is None or server is None:
        return ""
    method, path, body = "POST", "".join(f"/{step}" for step in key.path), None
    if name in _PLAIN:
        method, behind = _PLAIN[name]
        path += behind
    elif isinstance(params, NewSessionParams):
        path, body = "/sessions", params.request("", frozenset()).body()
    elif isinstance(params, NewBatchParams):
        path, body = "/batches", params.request("").body()
    elif isinstance(params, SendParams) and name == "session.send":
        path, body = f"{path}/statements", _statement(params, actions)
        if body is None:
            return ""
    else:
        return ""
    words = ["curl", "-sS", "-X", method, *_login(server.auth), "-H", "'X-Requested-By: me'"]
    if body is not None:
        shown = {word: value for word, value in body.items() if value not in ("", None)}
        words += ["-H", "'Content-Type: application/json'", "--data-raw", shlex.quote(json.dumps(shown))]
    return " ".join([*words, shlex.quote(server.url + path)])


def _params(name: str, values: Mapping[str, Any]) -> Params | None:
    """Checked values with their secrets masked."""
    try:
        given = COMMANDS[name].params.model_validate(dict(values))
        return type(given).model_validate(masked(given))
    except (KeyError, ValidationError):
        return None


def _statement(params: SendParams, actions: Iterable[Action]) -> dict[str, Any] | None:
    if not params.action:
        return NewStatement(code=params.code, kind=params.kind or None).body()
    fitting = [a for a in actions if a.name == params.action and params.kind in ("", a.kind)]
    if not fitting:
        return None
    try:
        return NewStatement(code=render(fitting[0], params.values).code, kind=fitting[0].kind).body()
    except BadInput:
        return None


def _login(auth: Auth) -> list[str]:
    """How the server lets one in; double quotes, for the shell shall fill the variable in."""
    match auth.kind:
        case AuthKind.BASIC:
            return ["-u", f'{shlex.quote(auth.user)}:"$TOKEN"']
        case AuthKind.BEARER:
            return ["-H", '"Authorization: Bearer $TOKEN"']
        case AuthKind.HEADERS:
            return [word for name in auth.headers for word in ("-H", f'"{name}: $TOKEN"')]
        case AuthKind.SPNEGO:
            return ["--negotiate", "-u", ":"]
    return []
