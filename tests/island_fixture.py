"""A real island for tests: one process, started once a module, with Spark sessions made when a test asks.

Use it by ``from tests.island_fixture import island  # noqa: F401`` in a module or conftest.py, and mark the module
``pytest.mark.island``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Two cores shared with whatever else runs: generous, for a wait ends as soon as what it waits for is there.
PATIENCE_S = 100.0


def wait_until(true: Callable[[], Any], within_s: float = PATIENCE_S, what: str = "it") -> Any:
    """The first true answer; fails after a while."""
    end = time.monotonic() + within_s
    while not (answer := true()):
        if time.monotonic() > end:
            pytest.fail(f"{what} did not happen within {within_s} s")
        time.sleep(0.02)
    return answer


@dataclass
class Answer:
    """One reply; ``value`` is the parsed JSON, or the text, or None for an empty body."""

    status: int
    headers: Message
    value: Any


@dataclass
class RunningIsland:
    """An island process and a plain client for it."""

    url: str
    token: str
    state: Path
    pid: int
    about: dict[str, Any] = field(default_factory=dict)
    shared: dict[str, int] = field(default_factory=dict)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request, with the token and ``X-Requested-By``; a header given as "" is left out."""
        sent = {"Accept": "application/json", "X-Requested-By": "tests", "Content-Type": "application/json"}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        sent = {key: value for key, value in (sent | (headers or {})).items() if value}
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=sent)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
        try:
            with opener.open(request, timeout=PATIENCE_S) as reply:
                return _answer(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.headers, error.read())

    def get(self, path: str) -> Any:
        """The value of a GET that must go well."""
        answer = self.ask("GET", path)
        assert answer.status == 200, answer
        return answer.value

    def open(self, **asked: Any) -> int:
        """A new session, idle."""
        answer = self.ask("POST", "/sessions", asked)
        assert answer.status == 201, answer
        number: int = answer.value["id"]
        wait_until(lambda: self.state_of(number) not in ("starting",), what=f"session {number} comes up")
        assert self.state_of(number) == "idle", self.get(f"/sessions/{number}/log")["log"][-20:]
        return number

    def session(self, kind: str) -> int:
        """A session of that kind that all tests of the module share."""
        if kind not in self.shared or self.state_of(self.shared[kind]) not in ("idle", "busy"):
            self.shared[kind] = self.open(kind=kind)
        return self.shared[kind]

    def state_of(self, number: int) -> str:
        """State of a session."""
        return str(self.get(f"/sessions/{number}/state")["state"])

    def send(self, number: int, code: str, kind: str | None = None) -> int:
        """Post a statement."""
        answer = self.ask("POST", f"/sessions/{number}/statements", {"code": code} | ({"kind": kind} if kind else {}))
        assert answer.status == 201, answer
        return int(answer.value["id"])

    def finished(self, number: int, statement: int) -> dict[str, Any]:
        """The statement when it has ended."""

        def ended() -> Any:
            found = self.get(f"/sessions/{number}/statements/{statement}")
            return found if found["state"] in ("available", "cancelled") else None

        found: dict[str, Any] = wait_until(ended, what=f"statement {statement} ends")
        return found

    def run(self, number: int, code: str, kind: str | None = None) -> dict[str, Any]:
        """Output of a statement."""
        output: dict[str, Any] = self.finished(number, self.send(number, code, kind))["output"]
        return output


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _answer(status: int, headers: Message, body: bytes) -> Answer:
    try:
        return Answer(status, headers, json.loads(body))
    except ValueError:
        return Answer(status, headers, body.decode() or None)


def island_command(*words: str, state: Path, home: Path, timeout: float = 90.0) -> subprocess.CompletedProcess[str]:
    """``python -m astrolabnet_gui.island WORDS…`` with a home of its own."""
    env = os.environ | {"HOME": str(home), "ASTROLABNET_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "astrolabnet_gui.island", *words, "--state", str(state)],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def start_island(home: Path, *options: str) -> RunningIsland:
    """Start one; it ends with this process at the latest."""
    state = home / "island"
    told = island_command("start", "--json", "--exit-with-parent", *options, state=state, home=home)
    assert told.returncode == 0, told.stderr
    about = json.loads(told.stdout)
    token = Path(about["token_file"]).read_text() if about["token_file"] else ""
    return RunningIsland(about["url"], token, state, about["pid"], about)


def stop_island(running: RunningIsland, home: Path) -> None:
    """End it with all its sessions."""
    told = island_command("stop", state=running.state, home=home)
    assert told.returncode == 0, told.stderr


@pytest.fixture(scope="module")
def island(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningIsland]:
    """A real island without a spare; sessions are made when asked for."""
    home = tmp_path_factory.mktemp("island")
    running = start_island(home, "--no-spare", "--no-archive")
    yield running
    stop_island(running, home)
