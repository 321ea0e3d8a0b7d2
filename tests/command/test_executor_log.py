"""Logs of executors by command: whose, which, and what is said when there are none."""

from __future__ import annotations

import pytest

from astrolabnet_gui.command.executor import _chosen, with_logs
from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.spark import Executor, Progress, TryFailed
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.things import task_thing

KEY = Key("u", "e", ("sessions", 3, "statements", 1))
LOGS = {"stderr": "http://w/log"}
THREE = (Executor(id="driver"), Executor(id="0", executorLogs=LOGS), Executor(id="1", executorLogs=LOGS))


def task(*executors: Executor, failed_on: str = "") -> Thing:
    failures = (TryFailed(stage=1, index=0, attempt=0, executor=failed_on, host="w", reason="x"),) if failed_on else ()
    payload = Task(code="x", progress=Progress(executors=executors, failures=failures))
    return task_thing(KEY, payload, "failed", since=None, problem="")


def test_the_log_is_that_of_the_last_failure_unless_somebody_chooses() -> None:
    assert _chosen(task(*THREE), "").id == "0"
    assert _chosen(task(*THREE, failed_on="1"), "").id == "1"
    assert _chosen(task(*THREE, failed_on="gone"), "").id == "0"
    assert _chosen(task(*THREE, failed_on="1"), "0").id == "0"
    with pytest.raises(BadInput, match="no executor '7'") as caught:
        _chosen(task(*THREE), "7")
    assert caught.value.remedy == "One of: 0, 1."


def test_in_local_mode_the_verb_says_where_the_log_is() -> None:
    assert with_logs(task(Executor(id="driver", totalCores=2))) == ()
    verb = COMMANDS["task.log"]
    assert "the session's" in verb.when(task(Executor(id="driver")))
    assert verb.when(task(*THREE)) == ""
