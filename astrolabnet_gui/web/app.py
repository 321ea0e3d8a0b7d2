"""The ASGI app: addresses, and what is done at each."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from ..command.registry import COMMANDS, HIDDEN, Command
from ..command.run import parse
from ..errors import AstroLabNetError, BadInput
from ..journal.row import Row
from ..model.key import Key
from ..model.task import Task
from ..network.link import Problem, RunState
from ..plugins.logins import offered
from ..resources import resource
from ..tasks.spool import output_of
from . import telling
from .door import Door, problem, told
from .hub import Hub, Ran
from .keys import Keys
from .openapi import document

History = Callable[[int, int | None], "Future[tuple[Row, ...]]"]
Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
_CONFLICTS = frozenset({"NotApplicable"})


class Asked(BaseModel):
    """Body of an act."""

    model_config = ConfigDict(extra="forbid", strict=True)

    on: str = ""
    params: dict[str, Any] = Field(default_factory=dict)
    answers: dict[str, str] = Field(default_factory=dict)
    wait_s: float = Field(default=30.0, ge=0.0, le=600.0)


class Service:
    """The endpoints, over one hub and the journal."""

    def __init__(self, hub: Hub, history: History, keys: Keys, cookie: str, *, secure: bool) -> None:
        self._hub, self._history, self._keys, self._cookie, self._secure = hub, history, keys, cookie, secure

    def routes(self) -> list[Route]:
        """Every address."""
        gets: dict[str, Endpoint] = {
            "/": self._file("index.html"),
            "/docs": self._file("docs.html"),
            "/page/{name}": self._page,
            "/page/vendor/{name}": self._vendor,
            "/api/things": self._things,
            "/api/things/{address:path}": self._thing,
            "/api/commands": self._commands,
            "/api/starts/{name}": self._starts,
            "/api/journal": self._journal,
            "/api/runs/{run}": self._run,
            "/api/events": self._events,
            "/api/openapi.json": self._openapi,
        }
        posts: dict[str, Endpoint] = {"/api/enter": self._enter, "/api/commands/{name}": self._act}
        return [
            *(Route(path, end, methods=["GET"]) for path, end in gets.items()),
            *(Route(path, end, methods=["POST"]) for path, end in posts.items()),
        ]

    def _file(self, name: str) -> Endpoint:
        async def give(request: Request) -> Response:
            return FileResponse(resource("web", name))

        return give

    async def _page(self, request: Request) -> Response:
        name = request.path_params["name"]
        folder = "icons" if name.endswith(".svg") else "web"
        try:
            return FileResponse(resource(folder, name))
        except (FileNotFoundError, ValueError) as exc:
            raise HTTPException(404, "There is no such page.") from exc

    async def _vendor(self, request: Request) -> Response:
        """A library of others, as they publish it."""
        try:
            return FileResponse(resource("web", "vendor", request.path_params["name"]))
        except (FileNotFoundError, ValueError) as exc:
            raise HTTPException(404, "There is no such page.") from exc

    async def _enter(self, request: Request) -> Response:
        """A cookie for the ticket behind the # of a link; each opens once."""
        body = await _json(request)
        ticket = body.get("ticket") if isinstance(body, dict) else None
        got = self._keys.enter(ticket) if isinstance(ticket, str) else None
        if got is None:
            return problem(401, "This link was used already; start the service again, or send a token.")
        answer = told({"scope": got[1]})
        answer.set_cookie(self._cookie, got[0], httponly=True, samesite="strict", secure=self._secure, path="/")
        return answer

    async def _things(self, request: Request) -> Response:
        store = self._hub.store
        found = [*store.servers(), *store.children(Key(""))]
        return told({"things": [telling.thing(store, thing) for thing in found]})

    async def _thing(self, request: Request) -> Response:
        thing = self._hub.store.find(_address(request, "/api/things/"))
        self._hub.look(thing.key)
        whole = telling.whole(self._hub.store, thing)
        task = thing.payload
        if isinstance(task, Task):
            whole["output"] = await run_in_threadpool(lambda: telling.outputs(output_of(task)))
        return told(whole)

    async def _commands(self, request: Request) -> Response:
        verbs = [
            {"name": c.name, "title": c.title, "on": c.on, "help": c.help, "scope": c.scope,
             "dangerous": c.dangerous is not None, "plugin": c.plugin, "hidden": c.name in HIDDEN,
             "params": c.params.model_json_schema()}
            for c in list(COMMANDS.values()) if c.scope != "view"
        ]  # fmt: skip
        return told({"commands": verbs, "logins": offered()})

    async def _starts(self, request: Request) -> Response:
        verb = _verb(request)
        _only(request, "on")
        thing = self._hub.store.find(request.query_params.get("on", ""))
        if thing.key.kind not in verb.on:
            raise BadInput(f"{verb.name} acts on {' or '.join(verb.on) or 'the workspace'}, not on that.", field="on")
        return told({"starts": {} if verb.starts is None else dict(verb.starts(thing))})

    async def _journal(self, request: Request) -> Response:
        _only(request, "limit", "before")
        limit, before = _number(request, "limit", 1, 1000), _number(request, "before", 0, 2**62)
        lines = await asyncio.wrap_future(self._history(200 if limit is None else limit, before))
        return told({"rows": [telling.row(self._hub.store, line) for line in lines]})

    async def _run(self, request: Request) -> Response:
        ran = self._hub.runs.get(request.path_params["run"])
        if ran is None:
            raise HTTPException(404, "There is no such run.")
        return self._answer(ran)

    async def _events(self, request: Request) -> Response:
        return StreamingResponse(self._hub.events(), media_type="text/event-stream")

    async def _openapi(self, request: Request) -> Response:
        return told(document())

    async def _act(self, request: Request) -> Response:
        verb = _verb(request)
        try:
            asked = Asked.model_validate(await _json(request))
        except ValidationError as exc:
            first = exc.errors(include_url=False, include_input=False)[0]
            field = ".".join(map(str, first["loc"]))
            raise BadInput(f"{field or 'the body'}: {first['msg']}.", field=field) from exc
        if not verb.on and asked.on:
            raise BadInput(f"{verb.name} is about the workspace, so it takes no 'on'.", field="on")
        key = self._hub.store.find(asked.on).key if verb.on else None
        try:
            parse(verb, asked.params)  # as the engine does, but also for those who do not wait for it
        except BadInput as exc:
            return _trouble(Problem(type="BadInput", what=exc.what, remedy=exc.remedy, field=exc.field), "")
        ran = self._hub.submit(verb.name, key, asked.params, asked.answers)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ran.over.wait(), asked.wait_s)
        return self._answer(ran)

    def _answer(self, ran: Ran) -> Response:
        if ran.asked is not None:
            asked = ran.asked.model_dump(mode="json", exclude={"id"})
            remedy = 'Send it again with "answers": {question.text: a choice}.'
            return problem(409, ran.asked.text, question=asked, remedy=remedy, run=ran.id)
        event = ran.last
        if event is not None and event.problem is not None:
            return _trouble(event.problem, ran.id)
        state = RunState.RUNNING if event is None else event.state
        out: dict[str, Any] = {"run": ran.id, "state": state.value}
        if event is not None:
            news = telling.run(self._hub.store, event)
            out |= {"text": news["text"], "line": news["line"], "focus": news["focus"], "data": news["result"]}
            if news["progress"] is not None:
                out["progress"] = news["progress"]
        return told(out, 200 if ran.over.is_set() else 202)


def make_app(
    hub: Hub, history: History, keys: Keys, *, names: frozenset[str], cookie: str = "astrolabnet", secure: bool = False
) -> ASGIApp:
    """The whole service.

    Args:
        history: lines of the journal, by their greatest number and the one they come before.
        names: Host names that are answered.
        secure: it is reached over TLS only.
    """
    service = Service(hub, history, keys, cookie, secure=secure)
    app = Starlette(
        routes=service.routes(), exception_handlers={AstroLabNetError: _ours, HTTPException: _theirs}
    )  # fmt: skip
    app.router.redirect_slashes = False
    return Door(app, keys, names, cookie)


async def _ours(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, AstroLabNetError)
    missing = isinstance(exc, BadInput) and exc.field == "address"
    return problem(404 if missing else 400, exc.what, type=type(exc).__name__, remedy=exc.remedy,
                   field=getattr(exc, "field", ""))  # fmt: skip


async def _theirs(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    answer = problem(exc.status_code, exc.detail)
    answer.headers.update(exc.headers or {})
    return answer


def _trouble(what: Problem, run: str) -> Response:
    status = {"BadInput": 400, "Bug": 500}.get(what.type, 409 if what.type in _CONFLICTS else 422)
    return problem(status, **what.model_dump(mode="json"), run=run)


def _verb(request: Request) -> Command:
    verb = COMMANDS.get(request.path_params["name"])
    if verb is None or verb.scope == "view":
        raise HTTPException(404, "There is no such command.")
    return verb


async def _json(request: Request) -> Any:
    """The one way to a body: a form, which a foreign page can send unasked, is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, "The body must be JSON: send the header Content-Type: application/json.")
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as exc:
        raise BadInput("the body is not JSON.") from exc


def _address(request: Request, before: str) -> str:
    """The address as it was written: its steps are percent-encoded, for any of them may hold a slash."""
    raw: Mapping[str, Any] = request.scope
    return str(raw.get("raw_path", request.url.path.encode()), "latin-1").partition("?")[0].removeprefix(before)


def _only(request: Request, *names: str) -> None:
    """A parameter that is not known is a slip: left out in silence it would give an answer to something else."""
    for name in request.query_params:
        if name not in names:
            raise BadInput(f"there is no parameter {name!r}.", field="query", remedy=f"It takes: {', '.join(names)}.")


def _number(request: Request, name: str, least: int, most: int) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and least <= int(text) <= most):
        raise BadInput(f"{name} is a number from {least} to {most}.", field=name)
    return int(text)
