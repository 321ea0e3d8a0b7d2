"""A small Livy that keeps the folders of channels: it does what the code of their acts would do there, in memory."""

from __future__ import annotations

import base64
import itertools
import json
import re
import time
from dataclasses import dataclass
from typing import Any

from astrolabnet_gui.channels.spec import batch_name, channel_of
from astrolabnet_gui.errors import NotFound
from astrolabnet_gui.model.livy import Batch, Id, NewBatch
from tests.tasks.livy import SmallLivy

_CALL = re.compile(r'channel_(folder|rehearsal|drift)\("([A-Za-z0-9+/=]+)"\)')
REHEARSED = {"files": 3, "read_bytes": 4_200_000, "rows": 1200, "bytes": 9_000_000, "bad": 2, "took_s": 1.5}


@dataclass
class Folder:
    """One channel as it lies at its server; ``read`` is its checkpoint: how many runs it has gone through."""

    spec: dict[str, Any]
    status: dict[str, Any] | None = None
    read: int = 0


class FolderLivy(SmallLivy):
    """One server. ``folders`` are those of its channels, ``away`` those that were deleted;
    ``rehearsed`` the specs that were counted without being run; ``parts`` when their rows came; ``drift``
    what a look at a copy finds, ``mends`` whether those looks were to mend; ``told`` what runs were told."""

    _ticks = itertools.count(1)
    clock_s = 0.0  # by so much its clock is ahead of ours

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.folders: dict[str, Folder] = {}
        self.away: dict[str, Folder] = {}
        self.acts: list[str] = []
        self.tables: list[str] = []
        self.rehearsed: list[dict[str, Any]] = []
        self.parts: dict[str, Any] | None = None
        self.drift: dict[str, Any] = {"proof": True, "drift": [], "count": 0, "total": 3, "more": 0}
        self.mends: list[bool] = []
        self.told: list[dict[str, Any]] = []
        self._going: dict[int, int] = {}

    def end(self, ident: str, looks: int = 0) -> None:
        """A channel that ends by itself has read all there was; its batch is seen to run for so many looks more."""
        for number, body in self.livy.batches.items():
            if body["name"] == batch_name(ident) and body["state"] == "running":
                self._say(ident, "DONE", body)
                self._going[number] = looks
                if not looks:
                    body["state"] = "success"

    async def batch_state(self, id: Id) -> str:
        body = self.livy.batches[int(id)]
        if self._going.get(int(id)):
            self._going[int(id)] -= 1
            if not self._going[int(id)]:
                body["state"] = "success"
        return str(body["state"])

    def running(self) -> set[str]:
        """Channels whose batch runs."""
        return {channel_of(b["name"]) for b in self.livy.batches.values() if b["state"] == "running"} - {""}

    def _output(self, n: int, code: str) -> dict[str, Any]:
        if code.startswith("SHOW TABLES IN"):
            return self._rows([["night", name, False] for name in self.tables])
        called = _CALL.search(code)
        if called is None:
            return super()._output(n, code)
        given = json.loads(base64.b64decode(called[2]))
        if called[1] == "rehearsal":
            self.rehearsed.append(given["spec"])
        match called[1]:
            case "folder":
                answer = self._act(given)
            case "rehearsal":
                answer = {**REHEARSED, "parts": self.parts}
            case _:
                self.mends.append(given["mend"])
                answer = self.drift
        return {"status": "ok", "execution_count": n, "data": {"text/plain": f"ALN {json.dumps(answer)}\n"}}

    def _rows(self, rows: list[list[Any]]) -> dict[str, Any]:
        """Rows as a SQL statement of Livy answers them."""
        names = [("namespace", "string"), ("tableName", "string"), ("isTemporary", "boolean")]
        fields = [{"name": name, "type": kind, "nullable": True, "metadata": {}} for name, kind in names]
        table = {"schema": {"type": "struct", "fields": fields}, "data": rows}
        return {"status": "ok", "execution_count": 1, "data": {"application/json": table}}

    def _act(self, given: dict[str, Any]) -> dict[str, Any]:
        act, ident = given["act"], given.get("id", "")
        self.acts.append(act)
        match act:
            case "list":
                return {"channels": [self._looked(name) for name in sorted(self.folders)]}
            case "weigh":
                return {"others": 0, "own": 0, "source": None}
            case "check":
                return {"problems": [], "to": f"/data/{ident}"}
            case "stage" | "respec":
                spec = json.loads(given["spec"])
                self.folders.setdefault(ident, Folder(spec)).spec = spec
                place = {"folder": f"/ch/{ident}", "runner": f"/ch/{ident}/runner.py"}
                return place if act == "stage" else self._looked(ident)
            case "stop":
                for body in self.livy.batches.values():
                    if body["name"] == batch_name(ident) and body["state"] == "running":
                        body["state"] = "success"
                        self._say(ident, "PAUSED", body)
            case "delete" | "restore":
                here, there = (self.folders, self.away) if act == "delete" else (self.away, self.folders)
                done = ident in here and ident not in there
                if done:
                    there[ident] = here.pop(ident)
                return {"done": done}
        return self._looked(ident)

    def _looked(self, ident: str) -> dict[str, Any]:
        here = self.folders.get(ident)
        if here is None:
            return {"id": ident, "spec": None}
        status = None if here.status is None else json.dumps(here.status)
        return {"id": ident, "folder": f"/ch/{ident}", "spec": json.dumps(here.spec), "status": status, "proof": None}

    def _say(self, ident: str, state: str, body: dict[str, Any]) -> None:
        """The runner's word, in its folder and in the log of its batch."""
        here = self.folders[ident]
        here.status = {
            "channel": ident, "title": here.spec["title"], "mode": here.spec["mode"], "state": state,
            "format": here.spec["format"], "place": here.spec["place"], "where": here.spec["where"],
            "at_once": here.spec["rows_at_once"], "every_s": here.spec["every_s"],
            "origin": here.spec["origin"], "to": here.spec["to"], "rows": 10 * here.read, "rows_s": 5.0,
            "time": time.time() + self.clock_s + next(self._ticks) / 1e4,
        }  # fmt: skip
        body["log"] = [*body.get("log", ())[-5:], f"ALN-STATUS {json.dumps(here.status)}"]

    async def create_batch(self, new: NewBatch) -> Batch:
        made = await super().create_batch(new)
        ident = channel_of(new.name)
        if ident:
            self.told.append(json.loads(base64.b64decode(new.args[0])))
            self.folders[ident].read += 1
            self._say(ident, "RUNNING", self.livy.batches[made.id])
        return made

    async def delete_batch(self, id: Id) -> bool:
        try:
            return await super().delete_batch(id)
        except NotFound:
            return False  # as the real client says it
