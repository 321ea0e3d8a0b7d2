"""Looked: what one act left: its end, the journal, files and servers, without what chance and clock made."""

from __future__ import annotations

import base64
import queue
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astrolabnet_gui.command.house import House
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.net.desk import ENDED, Desk
from astrolabnet_gui.net.opened import Opened
from astrolabnet_gui.net.world import Net
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.network.link import Event, RunEvent

PATIENCE_S = 30.0
# What is made by chance, and what a clock says.
_CHANCE = re.compile(
    r"\b[0-9A-HJKMNP-TV-Z]{26}\b|\b[0-9a-hjkmnp-tv-z]{26}\b"  # ULIDs
    r"|(?<=· )[0-9A-Z]{6}\b"  # their last letters
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{16,64}\b|\b(?=[a-f]*\d)[0-9a-f]{6,12}\b|(?<=-)[0-9a-f]{6}\b"
)
_PACKED = re.compile(r"\b(?:eyJ|W3si)[A-Za-z0-9+/]{16,}={0,2}")  # JSON in base64: values on their way into code
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)?")
_EPOCH = re.compile(r"\b\d{10}(\.\d+)?\b")
_TOOK = re.compile(r"\b\d+(\.\d+)? (ms|s|min)\b")
_CLOCKS = ("time", "since", "took_s", "seq", "pid", "owner", "began", "ended", "seen", "idle_s")


class Masks:
    """Takes out what chance and clock made."""

    def __init__(self, home: Path) -> None:
        self._home = str(home)

    def text(self, text: str) -> str:
        """A text without chance and clock."""
        text = _PACKED.sub(lambda packed: base64.b64decode(packed[0] + "==").decode("utf-8", "replace"), text)
        text = _EPOCH.sub("TIME", text)
        return _TOOK.sub("TOOK", _CHANCE.sub("CHANCE", _TIME.sub("TIME", text.replace(self._home, "HOME"))))

    def value(self, value: Any) -> Any:
        """Plain data without chance and clock."""
        match value:
            case dict():
                return {self.text(str(k)): "TIME" if k in _CLOCKS and v else self.value(v) for k, v in value.items()}
            case list() | tuple():
                return [self.value(one) for one in value]
            case str():
                return self.text(value)
        return value


@dataclass
class Left:
    """What one act left: its end as the engine tells it, and what is new in journal, files and servers."""

    end: dict[str, Any]
    asked: list[str]
    journal: list[dict[str, Any]]
    files: list[list[str]]
    servers: list[dict[str, Any]]


class Looked:
    """An engine of a house in its thread, with who prepares and looks.

    Attributes:
        desk, net: theirs. questions: what the last act asked.
        home: folder that is named HOME in what is compared; files that acts write are in its folder ``made``.
    """

    def __init__(self, house: House, engine: Engine, home: Path) -> None:
        self.house, self.engine, self.home = house, engine, home
        self.desk = Desk(engine, lambda _: "yes", lambda _: None, waits_on_a_loop=True)
        self.net = Net(self.desk)
        self.heard: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._leave = engine.subscribe(self.heard.put)
        self.masks = Masks(home)
        self.questions: list[str] = []
        self._rows = 0

    def close(self) -> None:
        """Hear no more."""
        self._leave()
        self.desk.close()

    def opened(self, desk: Desk) -> Opened:
        """As the command line opens it."""
        return Opened(self.house, desk)

    def alias(self, key: Key | None) -> str:
        """Name of the server of a thing."""
        self.desk.settle(0.0)
        root = None if key is None else self.desk.store.get(key.root)
        return "" if root is None else root.label

    def forget(self) -> None:
        """What was heard before counts no more."""
        while not self.heard.empty():
            self.heard.get()
        self._rows = max((row.seq for row in self.house.journal.history(1).result(PATIENCE_S)), default=0)

    def left(self, command: str) -> Left:
        """What the last act of that command left."""
        end, asked = None, dict[str, None]()
        while end is None or not self.heard.empty():
            event = self.heard.get(timeout=PATIENCE_S)
            if isinstance(event, RunEvent) and event.command == command:
                if event.question is not None:
                    asked[event.question.text] = None
                end = event if event.state in ENDED else end
        self.questions = [*asked]
        told = end.model_dump(mode="json", exclude={"run", "seq"})
        rows = list(reversed(self.house.journal.history(1000).result(PATIENCE_S)))
        new = [row.model_dump(mode="json") for row in rows if row.seq > self._rows and row.command == command]
        self._rows = max([self._rows, *(row.seq for row in rows)])
        value = self.masks.value
        return Left(value(told), value([*asked]), value(new), self.files(), value(self.servers()))

    def servers(self) -> list[dict[str, Any]]:
        """What lies at the servers, if that can be looked at."""
        return []

    def files(self) -> list[list[str]]:
        """Files of preferences, workspace and set-up."""
        found = []
        for folder in (self.house.paths.config, self.house.paths.data, self.home / "made"):
            for file in sorted(folder.rglob("*")):
                if file.is_file() and ".sqlite" not in file.name and ".lock" not in file.name:
                    text = file.read_bytes().decode("utf-8", "replace")
                    found.append([self.masks.text(str(file.relative_to(self.home))), self.masks.text(text)])
        return sorted(found)


def difference(one: Any, other: Any, where: str = "") -> str:
    """Where two values first differ."""
    match one, other:
        case dict(), dict() if one.keys() == other.keys():
            found = next(name for name in one if one[name] != other[name])
            return difference(one[found], other[found], f"{where}/{found}")
        case list(), list() if len(one) == len(other):
            at = next(n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
            return difference(one[at], other[at], f"{where}/{at}")
    return f"{where}: {str(one)[:300]} | {str(other)[:300]}"
