"""Livy's manners on the wire: its headers, its parser's words, its five shapes of errors; in front of a faultlivy."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from astrolabnet_gui.client.capabilities import written
from astrolabnet_gui.island.rest import bodies
from astrolabnet_gui.island.rest.replies import Refusal
from tests.fakehttp import FakeHttp
from tests.fakelivy import Cut
from tests.fakeroutes import Reply

if TYPE_CHECKING:
    from tests.faultlivy import FaultLivy

REASONS = "java.util.concurrent.ExecutionException: org.apache.livy.rsc.rpc.RpcException: "
_NO_KIND = "java.lang.IllegalArgumentException: Code type should be specified if session kind is shared"
_LOCAL = "requirement failed: Local path {path} cannot be added to user sessions."
_SESSION = r"/sessions/([^/]+)"


_ASKS = "org.apache.livy.server.interactive.CreateInteractiveRequest"


def _too_new(raw: bytes, known: frozenset[str]) -> str:
    """What an old Livy says of a field that came later than it; "" if there is none."""
    if known == written("0.9.0"):
        return ""
    field = next((name for name in json.loads(raw) if name not in known), None)
    names = ", ".join(f'"{name}"' for name in sorted(known))
    words = f'Unrecognized field "{field}" (class {_ASKS}), not marked as ignorable'
    return "" if field is None else f"{words} ({len(known)} known properties: {names}])"


class FaultHttp(FakeHttp):
    """Livy's manners on the wire."""

    def __init__(self, livy: FaultLivy) -> None:
        super().__init__(livy)
        self.fault = livy

    async def reply(self, method: str, path: str, headers: dict[str, str], raw: bytes) -> bytes:
        """Answer to one request."""
        livy = self.fault
        if livy.slow_s:
            await asyncio.sleep(livy.slow_s)
        place, _, query = path.partition("?")
        asked = dict(part.partition("=")[::2] for part in query.split("&") if part)
        if headers.get("accept", "").startswith("application/vnd.livy.v9"):
            return _written(406, {"msg": "No value found for '9.9'"}, "")
        if path == "/_truth":
            return _written(200, livy.truth(), "")
        login = headers.get("authorization", "")
        if livy.lets_in and login not in livy.lets_in:
            livy.refused[login] = livy.refused.get(login, 0) + 1
            return _written(401, {"msg": "Unauthorized"}, "")
        strange = livy.quirk(method, place, asked) or _no_such_way(method, place)
        if strange is not None:
            return _written(*strange, place)
        if method == "POST" and place == "/sessions" and (no := _too_new(raw, written(livy.version_body["version"]))):
            return _written(400, no, place)
        try:
            body = await _body(method, place, headers, raw)
        except Refusal as no:
            if place == "/batches" and "requirement failed" in str(no):
                livy.start_batch(None)  # the real one leaves an empty row behind
            return _written(no.status, no.body, place)
        if method == "POST" and re.fullmatch(rf"{_SESSION}/(add|upload)-[a-z]+", place):
            return _written(*self._file(place.rsplit("/", 1)[-1], body, raw), place)
        if method == "POST" and place.endswith("/statements") and body.get("kind") is None:
            session = livy.session(int(place.split("/")[2]) if place.split("/")[2].isdigit() else place.split("/")[2])
            if session is not None and session.body["kind"] == "shared":
                return _written(500, REASONS + _NO_KIND, place)
        if method == "GET" and re.fullmatch(rf"{_SESSION}/statements", place):
            await self._driver_is_up(place.split("/")[2])
        return await self.answered(method, path, body)

    def _file(self, verb: str, body: Any, raw: bytes) -> Reply:
        """Files of a session."""
        if verb.startswith("add"):
            path = body["uri"].removeprefix("file://")
            return (400, {"msg": _LOCAL.format(path=path)}) if path.startswith("/etc") else (200, None)
        part = "jar" if verb == "upload-jar" else "file"
        found = re.search(rb'name="(\w+)"', raw)
        if found is None or found[1].decode() != part:
            return 400, f"No {part} sent!"
        self.fault.uploads[verb] = self.fault.uploads.get(verb, 0) + 1
        return 200, None

    async def _driver_is_up(self, ident: str) -> None:
        """The list of statements of a starting session blocks until there is a driver."""
        while True:
            self.livy.settle()
            session = self.livy.session(int(ident) if ident.isdigit() else ident)
            if session is None or session.body["state"] not in ("starting", "recovering"):
                return
            await asyncio.sleep(0.01)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
                first, *lines = head.rstrip("\r\n").split("\r\n")
                method, path, _ = first.split(" ", 2)
                headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
                raw = await reader.readexactly(int(headers.get("content-length", "0")))
                writer.write(await self.reply(method, path, headers, raw))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, Cut):
            return
        finally:
            writer.close()

    async def answered(self, method: str, path: str, body: Any) -> bytes:
        """As ``FakeHttp``, with Livy's headers."""
        status, value = await self.carried_out(method, path, body)
        where = path.partition("?")[0]
        made = status == 201 and isinstance(value, dict)
        return _written(status, value, where, f"{where}/{value['id']}" if made else "")


def _written(status: int, value: Any, place: str, location: str = "") -> bytes:
    html = isinstance(value, str) and value.startswith("<html>")
    text = b"" if value is None else value.encode() if html else json.dumps(value).encode()
    kind = "text/html;charset=utf-8" if html else "application/json;charset=utf-8"
    where = f"Location: {location}\r\n" if location else ""
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{where}Content-Length: {len(text)}\r\n\r\n"
    return head.encode() + text


def is_number(text: str) -> bool:
    """Whether Java would read it as one."""
    return text.removeprefix("-").isdigit()


def _no_such_way(method: str, place: str) -> Reply | None:
    if not place.startswith(("/sessions", "/batches", "/version")):
        return (302, None) if place == "/" else (404, "<html>Not Found</html>")
    if method in ("PUT", "PATCH"):
        return 405, None
    verbs = "state|log|statements|completion|connect|stop|interrupt|cancel|add-[a-z]+|upload-[a-z]+"
    if not re.fullmatch(rf"/(version|(sessions|batches)(/[^/]+(/({verbs})(/[^/]+(/cancel)?)?)?)?)", place):
        return 404, None
    return None


async def _body(method: str, place: str, headers: dict[str, str], raw: bytes) -> Any:
    """The body as Livy's parser takes it.

    Raises:
        Refusal: in its words.
    """
    if method != "POST":
        return None

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    scope = {"type": "http", "headers": [(n.encode(), v.encode("latin-1")) for n, v in headers.items()]}
    request = Request(scope, receive)
    end = place.rsplit("/", 1)[-1]
    if place == "/sessions":
        new = await bodies.new_session(request)
        _check_new(new.name, new.pyFiles, str(json.loads(raw).get("idleTimeout") or ""))
    elif place == "/batches":
        batch = await bodies.new_batch(request)
        if not batch.file:
            raise Refusal(400, "Rejected, Reason: requirement failed: File is required.")
        _check_new(batch.name, (batch.file,), "")
    elif end == "statements":
        code, kind = await bodies.statement(request)
        if code is None or (kind is not None and kind not in bodies.KINDS):
            bad_kind = f"java.lang.IllegalArgumentException: Invalid kind: {kind}"
            raise Refusal(500, REASONS + ("java.lang.NullPointerException" if code is None else bad_kind), bare=True)
    elif end.startswith("add-"):
        uri = await bodies.resource_uri(request)
        if "/" not in uri:
            raise Refusal(400, f"requirement failed: Path '{uri}' is not absolute.")
    return json.loads(raw) if raw.strip() and end[:6] != "upload" else None


def _check_new(name: str | None, files: tuple[str, ...], idle: str) -> None:
    for file in files:
        if file.startswith("/etc"):
            raise Refusal(400, "Rejected, Reason: " + _LOCAL.format(path=file))
        if "/" not in file:
            raise Refusal(400, f"Rejected, Reason: requirement failed: Path '{file}' is not absolute.")
    if idle and not re.fullmatch(r"\d+\s*(ms|s|m|min|h|d)?", idle):
        raise Refusal(400, f"Rejected, Reason: Invalid time string: {idle}")
    if name and name.isdigit():
        raise Refusal(400, f"Rejected, Reason: Invalid session name: {name}")
