"""Replays a recording of a real Livy against an island and says, field by field, what is not alike.

Session, batch and statement numbers are translated, since they differ; so are the paths and ports of the recording.
What depends on the moment (a statement that still runs, log lines, times) is compared by its type only.
"""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.island.alike import RECORDINGS, difference
from tests.island_fixture import Answer, RunningIsland, wait_until

ENDED = ("available", "cancelled")
KINDS = {"statements-python": "pyspark", "upload-file": "pyspark", "errors": "pyspark"}
_OK = """
import sys
from pyspark.sql import SparkSession
print(sys.argv[1:])
print(SparkSession.builder.getOrCreate().range(10).count())
"""
_SCRIPTS = {
    "rec-ok": _OK,
    "rec-fail": "import sys\nprint('about to fail')\nsys.exit(3)\n",
    "rec-sleep": "import time\nprint('sleeping', flush=True)\ntime.sleep(600)\n",
}
_TIMES = ("started", "completed", "progress")


@dataclass
class Difference:
    """One field that is not alike."""

    request: str
    note: str
    field: str
    recorded: Any
    ours: Any


@dataclass
class Replay:
    """One recording against one island; ``allowed`` is the folder whose files requests may name."""

    island: RunningIsland
    topic: str
    allowed: Path
    found: list[Difference] = field(default_factory=list)
    _numbers: dict[str, str] = field(default_factory=dict)
    _ports: dict[str, str] = field(default_factory=dict)
    _app: dict[str, str] = field(default_factory=dict)

    def run(self) -> list[Difference]:
        """Everything that differs."""
        if self.topic == "completion":  # it was recorded in a session that had such a value
            self.island.run(self.island.session("spark"), "val myValue = 1")
        for pair in json.loads((RECORDINGS / f"{self.topic}.json").read_text("utf-8")):
            self._pair(pair["request"], pair["response"], pair["note"] or "")
        for number in {value for key, value in self._numbers.items() if re.fullmatch(r"/sessions/\d+", key)}:
            if number not in map(str, self.island.shared.values()):
                self.island.ask("DELETE", f"/sessions/{number}")
        return self.found

    def _pair(self, request: dict[str, Any], recorded: dict[str, Any], note: str) -> None:
        method, path = request["method"], request["path"]
        headers = {key: value for key, value in request["headers"].items() if key in ("Accept", "Content-Type")}
        ours_path = self._path(path)
        raw = self._body(request["body"], method, path, note)
        if path.startswith("/api/"):
            ours = self._of_the_ui(ours_path, headers)
        else:
            if "in state starting" not in str(recorded["body"]):
                self._wait_until_up(ours_path)
            if method == "GET":
                self._wait(ours_path, recorded, note)
            ours = self.island.ask(method, ours_path, raw=raw, headers={"Content-Type": "", **headers})
        self._learn(method, path, ours_path, recorded, ours)
        for name, theirs, mine in self._compare(method, path, recorded, ours, note):
            self.found.append(Difference(f"{method} {path}", note, name, theirs, mine))

    # -- the request -----------------------------------------------------------------------------------------------

    def _path(self, path: str) -> str:
        for mark in ("/sessions/", "/batches/"):
            found = re.match(rf"{mark}(\d{{1,3}})(/.*)?$", path.partition("?")[0])
            if found:
                return (
                    self._own(mark, found[1])
                    + self._statement(found[1], found[2] or "")
                    + path[len(path.partition("?")[0]) :]
                )
        for theirs, mine in self._app.items():
            path = path.replace(theirs, mine)
        return path

    def _own(self, mark: str, number: str) -> str:
        key = mark + number
        if number != "777" and key not in self._numbers and mark == "/sessions/":
            kind = "spark" if self.topic in ("statements-scala", "completion") else KINDS.get(self.topic, "")
            if kind and self.topic != "errors":
                self._numbers[key] = str(self.island.session(kind))
            elif kind:
                self._numbers[key] = str(self.island.open(kind=kind))
        return mark + self._numbers.get(key, number)

    def _statement(self, session: str, rest: str) -> str:
        found = re.match(r"/statements/(\d+)(.*)", rest)
        if not found:
            return rest
        return f"/statements/{self._numbers.get(f'/sessions/{session}/statements/{found[1]}', found[1])}{found[2]}"

    def _body(self, body: Any, method: str, path: str, note: str) -> bytes | None:
        if body is None:
            return None
        text = body if isinstance(body, str) else json.dumps(body)
        if method == "POST" and path == "/batches" and isinstance(body, dict) and body.get("name") in _SCRIPTS:
            script = self.allowed / f"{body['name']}.py"
            script.write_text(_SCRIPTS[body["name"]])
            text = text.replace("<path>", str(script))
        elif "outside the whitelist" in note:
            text = text.replace("<path>", "/etc/hostname")
        elif "<path>" in text:
            (self.allowed / "extra.txt").write_text("extra\n")
            text = text.replace("<path>", str(self.allowed / "extra.txt"))
        for port in re.findall(r'"spark.ui.port": "(\d+)"', text):
            self._ports[port] = str(_free_port())
            text = text.replace(port, self._ports[port])
        return text.encode()

    def _of_the_ui(self, path: str, headers: dict[str, str]) -> Answer:
        session = next(value for key, value in self._numbers.items() if re.fullmatch(r"/sessions/\d+", key))
        about = self.island.get(f"/sessions/{session}")
        self._app["local-1795434543242"] = about["appId"]
        ui = RunningIsland(about["appInfo"]["sparkUiUrl"], "", self.island.state, 0)
        own = path.replace("local-1795434543242", about["appId"])
        if "status=" in own and "failed" not in own:  # to be looked at while it runs: wait until it does
            wait_until(lambda: ui.ask("GET", own, headers=headers).value, what=own)
        return ui.ask("GET", own, headers=headers)

    def _wait_until_up(self, path: str) -> None:
        """What needs a session that is up was asked of one, though the recording leaves the waiting out."""
        found = re.match(r"(/sessions/\d+)/(statements|completion|upload|add|jobs)", path)
        if found and found[1] != "/sessions/777":
            wait_until(lambda: self.island.ask("GET", f"{found[1]}/state").value.get("state") != "starting")

    def _wait(self, path: str, recorded: dict[str, Any], note: str) -> None:
        """Wait for what was waited for when it was recorded."""
        body = recorded["body"]
        if not isinstance(body, dict) or not isinstance(body.get("state"), str) or recorded["status"] != 200:
            return
        statement = "/statements/" in path
        if statement and body["state"] in ENDED:
            self._wait_for(path, ENDED)
        elif note == "running":
            self._wait_for(path, (body["state"], *ENDED) if statement else (body["state"],))
        elif not statement and body["state"] == "error":  # it may never come; then that is the difference
            self._wait_for(path, ("error",), at_most_s=3.0)
        elif not statement and body["state"] in ("idle", "success", "dead"):
            self._wait_for(path, (body["state"],))

    def _wait_for(self, path: str, states: tuple[str, ...], at_most_s: float = 0.0) -> None:
        end = time.monotonic() + at_most_s

        def there() -> bool:
            answer = self.island.ask("GET", path)
            # An answer that is no state is compared, and found to differ.
            over = at_most_s > 0 and time.monotonic() > end
            return over or answer.status != 200 or answer.value.get("state") in states

        wait_until(there, what=f"{path} is {states}")

    def _learn(self, method: str, path: str, ours_path: str, recorded: dict[str, Any], ours: Answer) -> None:
        """Remember which number of ours stands for which of theirs."""
        theirs = recorded["headers"].get("Location", "")
        mine = ours.headers.get("Location", "") or ""
        if method == "POST" and recorded["status"] == 201 and ours.status == 201:
            key = theirs if "/statements/" not in theirs else f"{path}/{theirs.rsplit('/', 1)[-1]}"
            self._numbers[key] = mine.rsplit("/", 1)[-1]

    # -- the answer ------------------------------------------------------------------------------------------------

    def _compare(
        self, method: str, path: str, recorded: dict[str, Any], ours: Answer, note: str
    ) -> Iterator[tuple[str, Any, Any]]:
        if recorded["status"] != ours.status:
            yield "status", recorded["status"], ours.status
            return
        for name in ("Content-Type", "Content-Encoding", "Location"):
            theirs, mine = recorded["headers"].get(name), ours.headers.get(name)
            if name == "Location" and theirs and mine:
                theirs, mine = re.sub(r"\d+", "#", theirs), re.sub(r"\d+", "#", mine)
            if (theirs or "").lower() != (mine or "").lower():
                yield f"header {name}", theirs, mine
        if "body_base64" in recorded:
            yield "raw body", recorded["body_base64"], ours.value
            return
        early = "0.0 s after create" in note
        moment = method == "POST" or early or ": sample" in note or note in ("cancelling", "cancel a running spark job")
        yield from self._value("body", recorded["body"], ours.value, path, moment)

    def _value(self, name: str, theirs: Any, mine: Any, path: str, moment: bool) -> Iterator[tuple[str, Any, Any]]:
        if type(theirs) is not type(mine) and not (isinstance(theirs, (int, float)) and isinstance(mine, (int, float))):
            if not (moment and name.endswith(".output")):
                yield name, theirs, mine
        elif isinstance(theirs, dict):
            yield from self._object(name, theirs, mine, path, moment)
        elif isinstance(theirs, list):
            if name.endswith("candidates"):
                if len(set(theirs) ^ set(mine)) > len(theirs) / 10:  # names come from jars and folders too
                    yield name, theirs[:5], mine[:5]
                return
            if name.endswith(("sessions", "statements")) and len(theirs) != len(mine):
                yield f"{name} (length)", len(theirs), len(mine)
            for one, other in zip(theirs, mine, strict=False):
                if not name.endswith(".log"):
                    yield from self._value(f"{name}[]", one, other, path, moment)
        elif isinstance(theirs, str):
            yield from self._text(name, theirs, mine, moment)
        elif isinstance(theirs, (int, float)) and theirs != mine and not self._any_number(name, path, moment):
            yield name, theirs, mine

    def _object(self, name: str, theirs: Any, mine: Any, path: str, moment: bool) -> Iterator[tuple[str, Any, Any]]:
        of_the_moment = path.startswith("/api/") and "status=" in path
        if set(theirs) != set(mine) and not of_the_moment:
            yield f"{name} (names)", sorted(theirs), sorted(mine)
        for key in theirs.keys() & mine.keys():
            if key == "output" and isinstance(theirs[key], dict) and isinstance(mine[key], dict):
                why = difference(theirs[key], mine[key])
                if why:
                    part, _, how = why.partition(" ")
                    yield f"{name}.output.{part}", "", how
            elif path.startswith("/api/"):
                if type(theirs[key]) is not type(mine[key]):
                    yield f"{name}.{key}", theirs[key], mine[key]
            else:
                yield from self._value(f"{name}.{key}", theirs[key], mine[key], path, moment)

    def _text(self, name: str, theirs: str, mine: str, moment: bool) -> Iterator[tuple[str, Any, Any]]:
        if (moment and name.endswith(".state")) or name == "body.date":
            return
        theirs, mine = self._plain(theirs), self._plain(mine)
        head, _, more = theirs.partition("\n")
        own_head, _, own_more = mine.partition("\n")
        if head != own_head:
            yield name, head, own_head
        if more != own_more:
            yield f"{name} (more lines)", more[:80], own_more[:80]

    def _plain(self, text: str) -> str:
        for theirs, mine in self._ports.items():
            text = text.replace(mine, theirs)
        text = re.sub(r"<path>|(?<![\w:])/[\w./-]{6,}", "<p>", text)
        return re.sub(r"(for session|column:|Session) '?\d+", r"\1 #", text)

    def _any_number(self, name: str, path: str, moment: bool) -> bool:
        key = name.rsplit(".", 1)[-1]
        if key in ("id", *_TIMES):
            return True
        return "/log" in path and (key == "total" or (key == "from" and "from=0" not in path and "from=1" not in path))


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
