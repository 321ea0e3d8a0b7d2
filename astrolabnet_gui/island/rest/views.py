"""Sessions and batches as they travel."""

from __future__ import annotations

from typing import Any

from astrolabnet_gui.island.batch import Batch
from astrolabnet_gui.island.session import Session
from astrolabnet_gui.island.statement import Statement


def session_view(session: Session) -> dict[str, Any]:
    """All fields of Livy 0.9, with the last ten lines of the log."""
    ask = session.request
    return {
        "id": session.id,
        "name": session.name,
        "appId": session.app_id,
        "owner": None,
        "proxyUser": None,
        "state": session.state,
        "kind": session.kind,
        "appInfo": {"driverLogUrl": None, "sparkUiUrl": session.ui_url, "executorLogUrls": None},
        "log": session.lines.last(10),
        "ttl": ask.ttl,
        "idleTimeout": ask.idleTimeout,
        "driverMemory": ask.driverMemory,
        "driverCores": ask.driverCores,
        "executorMemory": ask.executorMemory,
        "executorCores": ask.executorCores,
        "conf": dict(ask.conf),
        "archives": list(ask.archives),
        "files": list(ask.files),
        "heartbeatTimeoutInSecond": ask.heartbeatTimeoutInSecond,
        "jars": list(ask.jars),
        "numExecutors": ask.numExecutors,
        "pyFiles": list(ask.pyFiles),
        "queue": ask.queue,
    }


def batch_view(batch: Batch) -> dict[str, Any]:
    """Livy does not echo what was asked for, so neither does the island."""
    return {
        "id": batch.id,
        "name": batch.name,
        "owner": None,
        "proxyUser": None,
        "state": batch.state,
        "appId": None,
        "appInfo": {"driverLogUrl": None, "sparkUiUrl": None, "executorLogUrls": None},
        "log": batch.lines.last(10),
    }


def statement_view(statement: Statement) -> dict[str, Any]:
    """Times are epoch milliseconds."""
    return {
        "id": statement.id,
        "code": statement.code,
        "state": statement.state,
        "output": statement.output,
        "progress": statement.progress,
        "started": statement.started,
        "completed": statement.completed,
    }
