"""Bodies as Livy sends them; ``test_fakelivy.py`` holds their fields to the recordings."""

from __future__ import annotations

from typing import Any

from astrolabnet_gui.errors import LoginNeeded, Unreachable
from astrolabnet_gui.model.livy import Id


def session_body(ident: Id, kind: str, name: str | None, **more: Any) -> dict[str, Any]:
    """A session as ``GET /sessions`` shows it."""
    body: dict[str, Any] = {
        "id": ident, "name": name, "appId": None, "owner": None, "proxyUser": None, "state": "starting", "kind": kind,
        "appInfo": {"driverLogUrl": None, "sparkUiUrl": None, "executorLogUrls": None},
        "log": ["stdout: ", "\nstderr: "], "ttl": None, "idleTimeout": None, "driverMemory": None, "driverCores": 0,
        "executorMemory": None, "executorCores": 0, "conf": {}, "archives": [], "files": [],
        "heartbeatTimeoutInSecond": 0, "jars": [], "numExecutors": 0, "pyFiles": [], "queue": None,
    }  # fmt: skip
    return body | more


def batch_body(ident: Id, name: str | None, **more: Any) -> dict[str, Any]:
    """A batch as ``GET /batches`` shows it."""
    body: dict[str, Any] = {
        "id": ident, "name": name, "owner": None, "proxyUser": None, "state": "starting", "appId": None,
        "appInfo": {"driverLogUrl": None, "sparkUiUrl": None, "executorLogUrls": None},
        "log": ["stdout: ", "\nstderr: "],
    }  # fmt: skip
    return body | more


def statement_body(ident: int, code: str) -> dict[str, Any]:
    """A statement as Livy answers a POST."""
    return {
        "id": ident,
        "code": code,
        "state": "waiting",
        "output": None,
        "progress": 0.0,
        "started": 0,
        "completed": 0,
    }


def text_output(ident: int, text: str) -> dict[str, Any]:
    """Output of a statement that went well."""
    return {"status": "ok", "execution_count": ident, "data": {"text/plain": text}}


def error_output(ident: int, name: str, value: str) -> dict[str, Any]:
    """Output of a statement that failed."""
    return {"status": "error", "execution_count": ident, "ename": name, "evalue": value, "traceback": [f"{name}\n"]}


def refused_connection(alias: str = "fake") -> Unreachable:
    """The port is closed."""
    return Unreachable("nothing answers: the connection was refused.", server=alias)


def login_page(alias: str = "fake") -> LoginNeeded:
    """The server wants a login."""
    return LoginNeeded("the login was refused.", status=401, server=alias, remedy="Edit the server's login.")
