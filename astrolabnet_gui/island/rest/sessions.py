"""/sessions: what Livy's clients ask of sessions."""

from __future__ import annotations

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
    bad_number,
    empty,
    from_rpc,
    inactive,
    message,
    not_found,
    reply,
)
from astrolabnet_gui.island.rest.views import session_view, statement_view
from astrolabnet_gui.island.session import DriverSaid, Inactive, Session

_CHUNK = 1 << 20


def _island(request: Request) -> Island:
    island: Island = request.app.state.island
    return island


def _session(request: Request) -> Session:
    """The session of the path; asking for it is its client's heartbeat."""
    name = request.path_params["id"]
    try:
        session = _island(request).sessions.get(name)
    except OverflowError:
        raise bad_number(name) from None
    if session is None:
        raise not_found(name)
    session.heartbeat()
    return session


async def _list(request: Request) -> Response:
    start = bodies.number(request, "from", 0) or 0
    size = bodies.number(request, "size", 100)
    held = _island(request).sessions
    page = held.page(start, 100 if size is None else size)
    return reply({"from": start, "total": len(held), "sessions": [session_view(one) for one in page]})


async def _create(request: Request) -> Response:
    asked = await bodies.new_session(request)
    do_as = request.query_params.get("doAs")
    if do_as:
        raise NotYou(do_as)
    try:
        session = await _island(request).create_session(asked)
    except TooMany:
        raise Refusal(400, TOO_MANY) from None
    except Rejected as error:
        raise Refusal(400, f"Rejected, Reason: {error}") from None
    return reply(session_view(session), 201, location=f"/sessions/{session.id}")


async def _get(request: Request) -> Response:
    return reply(session_view(_session(request)))


async def _state(request: Request) -> Response:
    session = _session(request)
    return reply({"id": session.id, "state": session.state})


async def _log(request: Request) -> Response:
    session = _session(request)
    start, total, lines = session.lines.page(bodies.number(request, "from"), bodies.number(request, "size"))
    return reply({"id": session.id, "from": start, "total": total, "log": lines})


async def _delete(request: Request) -> Response:
    await _island(request).delete_session(_session(request))
    return message("deleted")


async def _stop(request: Request) -> Response:
    await _session(request).stop()
    return empty(204)


async def _interrupt(request: Request) -> Response:
    await _session(request).stop()  # Livy's interrupt ends the whole session
    return message("interrupted")


async def _connect(request: Request) -> Response:
    session = _session(request)
    session.touch()
    return reply(session_view(session))


async def _statements(request: Request) -> Response:
    session = _session(request)
    if not session.active:
        raise inactive()
    start = bodies.number(request, "from", 0) or 0
    size = bodies.number(request, "size")
    newest_first = request.query_params.get("order", "").lower() == "desc"
    page = session.statements.page(start, size, newest_first=newest_first)
    return reply({"total_statements": len(session.statements), "statements": [statement_view(one) for one in page]})


async def _run(request: Request) -> Response:
    code, kind = await bodies.statement(request)
    session = _session(request)
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
    session = _session(request)
    number = bodies.whole(request.path_params["number"])
    if not session.active:
        raise inactive()
    statement = session.statements.get(number)
    if statement is None:
        raise Refusal(404, "Statement not found", bare=True)
    return reply(statement_view(statement))


async def _cancel(request: Request) -> Response:
    session = _session(request)
    number = bodies.whole(request.path_params["number"])
    if not session.active:
        raise inactive()
    session.cancel(number)
    return message("canceled")


async def _complete(request: Request) -> Response:
    code, kind, cursor = await bodies.completion(request)
    session = _session(request)
    if kind not in bodies.KINDS:
        raise from_rpc(f"java.lang.IllegalArgumentException: Invalid kind: {'null' if kind is None else kind}")
    return reply({"candidates": await session.complete(code, bodies.KINDS[kind], cursor)})


def _add(what: str) -> Route:
    async def add(request: Request) -> Response:
        uri = await bodies.resource_uri(request)
        session = _session(request)
        try:
            path = _island(request).files.uri(uri)
        except Rejected as error:
            raise Refusal(400, str(error)) from None
        await session.add(what, path)
        return empty()

    return Route(f"/sessions/{{id}}/add-{what}", add, methods=["POST"])


def _upload(what: str) -> Route:
    part = "jar" if what == "jar" else "file"

    async def upload(request: Request) -> Response:
        session = _session(request)
        try:
            async with request.form(max_files=10) as form:
                sent = form.get(part)
                if not isinstance(sent, UploadFile) or not sent.filename:
                    raise Refusal(400, f"No {part} sent!", bare=True)
                if not session.active:
                    raise inactive()
                path = _island(request).upload_path(session, sent.filename)
                with open(path, "wb") as file:
                    while chunk := await sent.read(_CHUNK):
                        file.write(chunk)
        except MultiPartException as error:
            raise Refusal(400, str(error), bare=True) from None
        except OSError as error:
            raise Refusal(500, f"The file can not be kept: {error.strerror or error}", bare=True) from None
        await session.add(what, path.as_uri())
        return empty()

    return Route(f"/sessions/{{id}}/upload-{what}", upload, methods=["POST"])


async def _submit_job(request: Request) -> Response:
    _session(request)
    raise Refusal(
        500,
        "java.lang.UnsupportedOperationException: the island runs code, not serialized jobs; send a statement",
        bare=True,
    )


async def _job(request: Request) -> Response:
    _session(request)
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
    Route("/sessions", _list, methods=["GET"]),
    Route("/sessions", _create, methods=["POST"]),
    Route("/sessions/{id}", _get, methods=["GET"]),
    Route("/sessions/{id}", _delete, methods=["DELETE"]),
    Route("/sessions/{id}/state", _state, methods=["GET"]),
    Route("/sessions/{id}/log", _log, methods=["GET"]),
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
