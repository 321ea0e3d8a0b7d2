"""Everything that is neither a session nor a batch: version, metrics, the page at the root."""

from __future__ import annotations

import html

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from astrolabnet_gui.island.core import Island
from astrolabnet_gui.island.rest.replies import reply

# The protocol that is spoken; `branch` says who speaks it.
_VERSION = {
    "url": "",
    "branch": "astrolabnet-island",
    "revision": "",
    "version": "0.9.0-incubating",
    "date": "",
    "user": "",
}
_POLICY = "default-src 'none'; frame-ancestors 'none'"


async def _version(request: Request) -> Response:
    return reply(_VERSION)


async def _ping(request: Request) -> Response:
    return Response(b"pong\n", media_type="text/plain;charset=iso-8859-1")


async def _metrics(request: Request) -> Response:
    island: Island = request.app.state.island
    gauges = {
        "island.sessions.active": {"value": sum(one.active for one in island.sessions)},
        "island.sessions.max": {"value": island.max_sessions},
        "island.spare.ready": {"value": int(island.spare_ready)},
        "island.memory.used_bytes": {"value": island.used_bytes()},
        "island.memory.available_bytes": {"value": island.free_bytes()},
    }
    return reply({"version": "4.0.0", "gauges": gauges, "counters": {}, "histograms": {}, "meters": {}, "timers": {}})


async def _root(request: Request) -> Response:
    return RedirectResponse(f"http://{request.headers['host']}/ui", 302, {"Content-Type": "text/html;charset=utf-8"})


async def _ui(request: Request) -> Response:
    island: Island = request.app.state.island
    rows = "".join(f"<li>session {one.id} {html.escape(one.name or '')} {one.state}</li>" for one in island.sessions)
    page = f"<!doctype html><title>Island</title><h1>AstroLabNet island</h1><ul>{rows}</ul>"
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"})


ROUTES = [
    Route("/version", _version, methods=["GET"]),
    Route("/metrics/ping", _ping, methods=["GET"]),
    Route("/metrics/metrics", _metrics, methods=["GET"]),
    Route("/ui", _ui, methods=["GET"]),
    Route("/", _root, methods=["GET"]),
]
