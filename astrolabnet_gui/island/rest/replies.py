"""Replies with Livy's content types and its five shapes of errors."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

JSON_TYPE = "application/json;charset=utf-8"


def encoded(value: object) -> bytes:
    """JSON as it travels. Lone surrogates (a cell may hold them) are escaped, for UTF-8 can not carry them."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def reply(value: object, status: int = 200, *, location: str = "") -> Response:
    """A JSON reply."""
    headers = {"Location": location} if location else None
    return Response(encoded(value), status, headers, media_type=JSON_TYPE)


def message(text: str, status: int = 200) -> Response:
    """``{"msg": …}``: most refusals, and the small acknowledgements."""
    return reply({"msg": text}, status)


def empty(status: int = 200) -> Response:
    """No body."""
    return Response(b"", status, media_type=JSON_TYPE)


class Refusal(Exception):
    """Ends a request with a status and a body: ``{"msg": …}``, or a bare JSON string."""

    def __init__(self, status: int, text: str, *, bare: bool = False) -> None:
        super().__init__(text)
        self.status = status
        self.body: Any = text if bare else {"msg": text}

    def reply(self) -> Response:
        """As it travels."""
        return reply(self.body, self.status)


def not_found(id_or_name: str) -> Refusal:
    """No such session or batch (Livy has the same words for both)."""
    return Refusal(404, f"Session '{id_or_name}' not found.")


def bad_number(text: str) -> Refusal:
    """A number was wanted."""
    return Refusal(400, f'For input string: "{text}"')


def inactive() -> Refusal:
    """The session has ended."""
    return Refusal(400, "requirement failed: Session isn't active.")


def from_rpc(error: str) -> Refusal:
    """What Livy's driver answers when it can not make sense of a request."""
    head = "java.util.concurrent.ExecutionException: org.apache.livy.rsc.rpc.RpcException: "
    return Refusal(500, head + error, bare=True)
