"""Recordings of a real Livy, and a loopback server that plays one answer at a time."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faultserver import Conversation, FaultServer

FOLDER = Path(__file__).parent.parent / "data" / "livy"


@dataclass(frozen=True)
class Recording:
    """One request and its answer."""

    name: str
    method: str
    path: str
    sent: Any
    status: int
    headers: dict[str, str]
    body: Any
    raw: bytes

    def answer(self) -> bytes:
        """The answer as it went over the wire."""
        lines = [f"HTTP/1.1 {self.status} X"]
        lines += [f"{k}: {v}" for k, v in self.headers.items() if k.lower() not in ("content-length", "date")]
        lines += [] if self.status == 204 else [f"Content-Length: {len(self.raw)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + self.raw


def _raw(response: dict[str, Any]) -> bytes:
    if "body_base64" in response:
        return base64.b64decode(response["body_base64"])
    kind = response["headers"].get("Content-Type", "")
    if "body_text" in response:
        raw = response["body_text"].encode()
    elif response["body"] is None:
        raw = b""
    elif "json" in kind:
        raw = json.dumps(response["body"], ensure_ascii=False).encode()
    else:
        raw = str(response["body"]).encode()
    packed = response["headers"].get("Content-Encoding") == "gzip"
    return gzip.compress(raw, mtime=0) if packed else raw


def load() -> list[Recording]:
    """All recordings."""
    found = []
    for file in sorted(FOLDER.glob("*.json")):
        for number, pair in enumerate(json.loads(file.read_text())):
            request, response = pair["request"], pair["response"]
            found.append(
                Recording(
                    name=f"{file.stem}-{number}",
                    method=request["method"],
                    path=request["path"],
                    sent=request["body"],
                    status=response["status"],
                    headers=response["headers"],
                    body=json.loads(response["body_text"]) if "body_text" in response else response["body"],
                    raw=_raw(response),
                )
            )
    return found


class Player(FaultServer):
    """Answers every request with the recording in ``now``; keeps what was asked in ``asked``."""

    def __init__(self) -> None:
        super().__init__(self._play)
        self.now: Recording | None = None
        self.asked: list[tuple[str, str]] = []

    async def __aenter__(self) -> Player:
        await super().__aenter__()
        return self

    async def _play(self, talk: Conversation) -> None:
        while await talk.request():
            self.asked.append((talk.method, talk.path))
            assert self.now is not None
            await talk.send(self.now.answer())
