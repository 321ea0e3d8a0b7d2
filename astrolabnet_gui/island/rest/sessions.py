"""/sessions: what Livy's clients ask of sessions."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from astrolabnet_gui.island.core import TOO_MANY, Island, NotYou, TooMany
from astrolabnet_gui.island.request import Rejected
from astrolabnet_gui.island.rest import bodies
from astrolabnet_gui.island.rest.replies import (
    Refusal,
    empty,
    from_rpc,
    inactive,
    message,
    reply,
)
from astrolabnet_gui.island.rest.shelf import Shelf, island_of
from astrolabnet_gui.island.rest.views import session_view, statement_view
from astrolabnet_gui.island.session import DriverSaid, Inactive, Session

_CHUNK = 1 << 20


# Asking for a session is its client's heartbeat.
_SESSIONS = Shelf(
    "/sessions", lambda island: island.sessions, session_view, Island.delete_session, asked=Session.heartbeat
)


async def _create(request: Request) -> Response:
    asked = await bodies.new_session(request)
    do_as = request.query_params.get("doAs")
    if do_as:
        raise NotYou(do_as)
    try:
        session = await island_of(request).create_session(asked)
    except TooMany:
        raise Refusal(400, TOO_MANY) from None
    except Rejected as error:
        raise Refusal(400, f"Rejected, Reason: {error}") from None
    return reply(session_view(session), 201, location=f"/sessions/{session.id}")


async def _stop(request: Request) -> Response:
    await _SESSIONS.one(request).stop()
    return empty(204)


async def _interrupt(request: Request) -> Response:
    await _SESSIONS.one(request).stop()  # Livy's interrupt ends the whole session
    return message("interrupted")


async def _connect(request: Request) -> Response:
    session = _SESSIONS.one(request)
    session.touch()
    return reply(session_view(session))


async def _statements(request: Request) -> Response:
    session = _SESSIONS.one(request)
    if not session.active:
        raise inactive()
    start = bodies.number(request, "from", 0) or 0
    size = bodies.number(request, "size")
    newest_first = request.query_params.get("order", "").lower() == "desc"
    page = session.statements.page(start, size, newest_first=newest_first)
    return reply({"total_statements": len(session.statements), "statements": [statement_view(one) for one in page]})


async def _run(request: Request) -> Response:
    code, kind = await bodies.statement(request)
    session = _SESSIONS.one(request)
    if session.state not in ("idle", "busy", "error"):
        raise Refusal(500, f"java.lang.IllegalStateException: Session is in state {session.state}", bare=True)
    refused = ""
    if code is None:
        refused = 'java.lang.NullPointerException: Cannot invoke "String.toCharArray()" because "s" is null'
    elif kind is not None and kind not in bodies.KINDS:
        refused = f"java.lang.IllegalArgumentException: Invalid kind: {kind}"
    elif kind is None and session.kind == "shared":
        refused = "java.lang.IllegalArgumentException: Code type should be specified if session kind is shared"
    if refused or code is None:
        raise from_rpc(refused)
    plain = code.replace("\r\n", "\n").replace("\r", "\n")
    statement = session.execute(plain, bodies.KINDS[kind] if kind else session.kind)
    location = f"/sessions/{session.id}/statements/{statement.id}"
    return reply(statement_view(statement), 201, location=location)


async def _statement(request: Request) -> Response:
    session = _SESSIONS.one(request)
    number = bodies.whole(request.path_params["number"])
    if not session.active:
        raise inactive()
    statement = session.statements.get(number)
    if statement is None:
        raise Refusal(404, "Statement not found", bare=True)
    return reply(statement_view(statement))


async def _cancel(request: Request) -> Response:
    session = _SESSIONS.one(request)
    number = bodies.whole(request.path_params["number"])
    if not session.active:
        raise inactive()
    session.cancel(number)
    return message("canceled")


async def _complete(request: Request) -> Response:
    code, kind, cursor = await bodies.completion(request)
    session = _SESSIONS.one(request)
    if kind not in bodies.KINDS:
        raise from_rpc(f"java.lang.IllegalArgumentException: Invalid kind: {'null' if kind is None else kind}")
    return reply({"candidates": await session.complete(code, bodies.KINDS[kind], cursor)})


def _add(what: str) -> Route:
    async def add(request: Request) -> Response:
        uri = await bodies.resource_uri(request)
        session = _SESSIONS.one(request)
        try:
            path = island_of(request).files.uri(uri)
        except Rejected as error:
            raise Refusal(400, str(error)) from None
        await session.add(what, path)
        return empty()

    return Route(f"/sessions/{{id}}/add-{what}", add, methods=["POST"])


def _no_place(folder: str | Path, error: OSError) -> Refusal:
    return Refusal(500, f"The file can not be kept in {folder}: {error.strerror or error}", bare=True)


async def _keep(island: Island, session: Session, sent: UploadFile) -> Path:
    """Write it whole or not at all: what was there under its name stays until then."""
    draft: Path | None = None
    try:
        path = island.upload_path(session, sent.filename or "")
        draft = path.with_name(f".{secrets.token_hex(8)}")
        with open(draft, "wb") as file:
            while chunk := await sent.read(_CHUNK):
                file.write(chunk)
        draft.replace(path)
    except OSError as error:
        raise _no_place(island.work, error) from None
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
    return path


def _upload(what: str) -> Route:
    part = "jar" if what == "jar" else "file"

    async def upload(request: Request) -> Response:
        session = _SESSIONS.one(request)
        try:
            async with request.form(max_files=10) as form:
                sent = form.get(part)
                if not isinstance(sent, UploadFile) or not sent.filename:
                    raise Refusal(400, f"No {part} sent!", bare=True)
                if not session.active:
                    raise inactive()
                path = await _keep(island_of(request), session, sent)
        except MultiPartException as error:
            raise Refusal(400, str(error), bare=True) from None
        except OSError as error:  # the request waits in the system's folder, not in ours, until all of it is there
            raise _no_place(tempfile.gettempdir(), error) from None
        await session.add(what, path.as_uri())
        return empty()

    return Route(f"/sessions/{{id}}/upload-{what}", upload, methods=["POST"])


async def _submit_job(request: Request) -> Response:
    _SESSIONS.one(request)
    raise Refusal(
        500,
        "java.lang.UnsupportedOperationException: the island runs code, not serialized jobs; send a statement",
        bare=True,
    )


async def _job(request: Request) -> Response:
    _SESSIONS.one(request)
    number = bodies.whole(request.path_params["number"])
    raise Refusal(500, f"java.util.NoSuchElementException: key not found: {number}", bare=True)


def refusal_of(error: Inactive | DriverSaid) -> Refusal:
    """What the client is told when a session can not do it."""
    if isinstance(error, DriverSaid):
        return from_rpc(f"org.apache.spark.SparkException: {error}")
    if str(error) in ("dead", "shutting_down"):
        return inactive()
    return Refusal(500, f"java.lang.IllegalStateException: Session is in state {error}", bare=True)


ROUTES = [
    *_SESSIONS.routes,
    Route("/sessions", _create, methods=["POST"]),
    Route("/sessions/{id}/stop", _stop, methods=["POST"]),
    Route("/sessions/{id}/interrupt", _interrupt, methods=["POST"]),
    Route("/sessions/{id}/connect", _connect, methods=["POST"]),
    Route("/sessions/{id}/statements", _statements, methods=["GET"]),
    Route("/sessions/{id}/statements", _run, methods=["POST"]),
    Route("/sessions/{id}/statements/{number}", _statement, methods=["GET"]),
    Route("/sessions/{id}/statements/{number}/cancel", _cancel, methods=["POST"]),
    Route("/sessions/{id}/completion", _complete, methods=["POST"]),
    Route("/sessions/{id}/submit-job", _submit_job, methods=["POST"]),
    Route("/sessions/{id}/run-job", _submit_job, methods=["POST"]),
    Route("/sessions/{id}/jobs/{number}", _job, methods=["GET"]),
    Route("/sessions/{id}/jobs/{number}/cancel", _job, methods=["POST"]),
    *(_add(what) for what in ("jar", "pyfile", "file")),
    *(_upload(what) for what in ("jar", "pyfile", "file")),
]
