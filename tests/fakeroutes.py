"""Routes of the fake Livy: what each method and path of the protocol answers, in the words of the recordings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakelivy import FakeLivy, FakeSession

Reply = tuple[int, Any]
Asked = dict[str, str]
Body = dict[str, Any]
NOT_ACTIVE = "requirement failed: Session isn't active."
_NO_STATEMENT: Reply = (404, "Statement not found")


def _not_found(ident: object) -> Reply:
    return 404, {"msg": f"Session '{ident}' not found."}


def _page(bodies: list[Body], asked: Asked, total: str, name: str) -> Reply:
    begin, size = int(asked.get("from", 0)), int(asked.get("size", 100))
    head = {"from": begin} if name == "sessions" else {}
    return 200, {**head, total: len(bodies), name: bodies[begin : begin + size]}


def _version(livy: FakeLivy, body: Body, asked: Asked) -> Reply:
    return 200, livy.version_body


def _sessions(livy: FakeLivy, body: Body, asked: Asked) -> Reply:
    return _page([s.body for s in livy.sessions.values()], asked, "total", "sessions")


def _session(livy: FakeLivy, ident: Any, body: Body, asked: Asked) -> Reply:
    found = livy.session(ident)
    return _not_found(ident) if found is None else (200, found.body)


def _state(livy: FakeLivy, ident: Any, body: Body, asked: Asked) -> Reply:
    found = livy.session(ident)
    return _not_found(ident) if found is None else (200, {"id": found.body["id"], "state": found.body["state"]})


def _log(livy: FakeLivy, ident: Any, body: Body, asked: Asked) -> Reply:
    found = livy.session(ident)
    return _not_found(ident) if found is None else _lines(found.body, asked)


def _lines(body: Body, asked: Asked) -> Reply:
    """A page of the log; without "from" the last lines, and a "from" beyond the end is kept as it is."""
    log, size, begin = body["log"], int(asked.get("size", 100)), int(asked.get("from", -1))
    if begin < 0:
        begin = max(0, len(log) - size) if size >= 0 else 0
    shown = log[begin:] if size < 0 else log[begin : begin + size]
    return 200, {"id": body["id"], "from": begin, "total": len(log), "log": shown}


def _open(livy: FakeLivy, body: Body, asked: Asked) -> Reply:
    name = body.get("name")
    taken = name and next((s.body["id"] for s in livy.sessions.values() if s.body["name"] == name), None)
    if taken is not None and name:
        return 400, {"msg": f"Rejected, Reason: Duplicate session name: Some({name}) for session {taken}"}
    state = "starting" if livy.starts_s else "idle"
    asked_for = {field: value for field, value in body.items() if field not in ("kind", "name")}
    ident = livy.open(body.get("kind") or "shared", name, state=state, **{"conf": {}, **asked_for})
    livy.ran[f"session {name}"] += 1
    return 201, livy.sessions[ident].body


def _close(livy: FakeLivy, ident: Any, body: Body, asked: Asked) -> Reply:
    found = livy.session(ident)
    if found is None:
        return _not_found(ident)
    del livy.sessions[found.body["id"]]
    return 200, {"msg": "deleted"}


def _stop(livy: FakeLivy, ident: Any, body: Body, asked: Asked) -> Reply:
    found = livy.session(ident)
    if found is None:
        return _not_found(ident)
    livy.kill(found.body["id"])
    return 204, None


def _active(livy: FakeLivy, ident: Any) -> tuple[FakeSession | None, Reply]:
    found = livy.session(ident)
    if found is None:
        return None, _not_found(ident)
    if found.body["state"] in ("dead", "killed", "success", "shutting_down"):
        return None, (400, {"msg": NOT_ACTIVE})
    return found, (200, None)


def _statements(livy: FakeLivy, ident: Any, body: Body, asked: Asked) -> Reply:
    found, no = _active(livy, ident)
    if found is None:
        return no
    kept = list(found.statements.values())
    return _page(kept[::-1] if asked.get("order") == "desc" else kept, asked, "total_statements", "statements")


def _statement(livy: FakeLivy, ident: Any, n: Any, body: Body, asked: Asked) -> Reply:
    found, no = _active(livy, ident)
    if found is None:
        return no
    return (200, found.statements[n]) if n in found.statements else _NO_STATEMENT


def _run(livy: FakeLivy, ident: Any, body: Body, asked: Asked) -> Reply:
    found, no = _active(livy, ident)
    if found is None:
        return no
    if found.body["state"] not in ("idle", "busy", "error"):
        return 500, f"java.lang.IllegalStateException: Session is in state {found.body['state']}"
    return 201, found.statements[livy.accept(found.body["id"], body["code"])]


def _cancel(livy: FakeLivy, ident: Any, n: Any, body: Body, asked: Asked) -> Reply:
    found, no = _active(livy, ident)
    if found is None:
        return no
    statement = found.statements.get(n)
    if statement is not None and statement["state"] in ("waiting", "running"):
        statement["state"] = "cancelled"
        found.free_at = livy.now()
    return 200, {"msg": "canceled"}


def _complete(livy: FakeLivy, ident: Any, body: Body, asked: Asked) -> Reply:
    return 200, {"candidates": [body["code"][: int(body["cursor"])] + "_all"]}


def _connect(livy: FakeLivy, ident: Any, body: Body, asked: Asked) -> Reply:
    return _session(livy, ident, body, asked)


def _batches(livy: FakeLivy, body: Body, asked: Asked) -> Reply:
    return _page(list(livy.batches.values()), asked, "total", "sessions")


def _batch(livy: FakeLivy, ident: Any, body: Body, asked: Asked) -> Reply:
    found = livy.batch(ident)
    return _not_found(ident) if found is None else (200, found)


def _batch_state(livy: FakeLivy, ident: Any, body: Body, asked: Asked) -> Reply:
    found = livy.batch(ident)
    return _not_found(ident) if found is None else (200, {"id": found["id"], "state": found["state"]})


def _batch_log(livy: FakeLivy, ident: Any, body: Body, asked: Asked) -> Reply:
    found = livy.batch(ident)
    return _not_found(ident) if found is None else _lines(found, asked)


def _start(livy: FakeLivy, body: Body, asked: Asked) -> Reply:
    name = body.get("name")
    taken = name and livy.batch(name)
    if taken:
        return 400, {"msg": f"Rejected, Reason: Duplicate session name: Some({name}) for session {taken['id']}"}
    return 201, livy.start_batch(name)


def _end(livy: FakeLivy, ident: Any, body: Body, asked: Asked) -> Reply:
    found = livy.batch(ident)
    if found is None:
        return _not_found(ident)
    del livy.batches[found["id"]]
    return 200, {"msg": "deleted"}


_ID, _STATEMENT = "/sessions/([^/]+)", "/sessions/([^/]+)/statements/([0-9]+)"
ROUTES: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
    ("GET", "/version", _version),
    ("GET", "/sessions", _sessions),
    ("POST", "/sessions", _open),
    ("GET", _ID, _session),
    ("DELETE", _ID, _close),
    ("GET", f"{_ID}/state", _state),
    ("GET", f"{_ID}/log", _log),
    ("POST", f"{_ID}/stop", _stop),
    ("POST", f"{_ID}/connect", _connect),
    ("POST", f"{_ID}/completion", _complete),
    ("GET", f"{_ID}/statements", _statements),
    ("POST", f"{_ID}/statements", _run),
    ("GET", _STATEMENT, _statement),
    ("POST", f"{_STATEMENT}/cancel", _cancel),
    ("GET", "/batches", _batches),
    ("POST", "/batches", _start),
    ("GET", "/batches/([^/]+)", _batch),
    ("DELETE", "/batches/([^/]+)", _end),
    ("GET", "/batches/([^/]+)/state", _batch_state),
    ("GET", "/batches/([^/]+)/log", _batch_log),
)
