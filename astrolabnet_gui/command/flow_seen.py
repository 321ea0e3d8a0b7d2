"""Seen flows: what is known of one channel, and the file that lets a window that is opened again show all of them."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..channels.spec import Spec, channel_of
from ..channels.status import Status, read
from ..errors import Malformed, Missing
from ..model.key import Key
from ..model.livy import Batch
from ..model.thing import Thing
from ..network.engine import Engine
from ..settings.files import read_capped, write_whole

_logger = logging.getLogger(__name__)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """One channel. ``status`` is the runner's last word; ``proof`` what it wrote, when it ended; ``batch`` its run.

    Attributes:
        fresh: its folder was read by this process; else it is remembered, or heard of by the name of its batch.
        whole: ``spec`` is all of it; of one that was only heard of, the folder is read before anything is done with it.
    """

    server: Key
    spec: Spec
    folder: str
    status: Status | None = None
    proof: Mapping[str, Any] | None = None
    batch: Thing | None = None
    fresh: bool = True
    whole: bool = True

    def row(self) -> Row:
        """As it is remembered."""
        status = None if self.status is None else self.status.model_copy(update={"samples": ()}).model_dump_json()
        return {"server": self.server.server, "spec": self.spec.text(), "folder": self.folder, "status": status}


def heard_of(server: Key, said: Status) -> Seen | None:
    """A channel as its own runner tells of it; the rest stands in its folder. None if it tells too little."""
    told = said.model_dump(include={"title", "mode", "format", "place", "where", "table", "origin", "to", "every_s"})
    told |= {"id": said.channel, "rows_at_once": said.at_once, "origin_url": said.origin_url}
    try:
        spec = Spec.model_validate(told)
    except ValidationError:
        return None
    return Seen(server, spec, said.folder, said, fresh=False, whole=False)


def proved(seen: Seen) -> str:
    """What its proof says, in words."""
    proof, status = seen.proof, seen.status
    if not proof:
        # It is in its folder; what the runner's last word says of it is known without a look there.
        return f"{status.rows} rows, equal to the source" if status and status.verified and not status.files else ""
    files, parts = proof.get("files"), proof.get("parts")
    if isinstance(files, Mapping):
        return f"{len(files)} files, each read again and equal"
    count = len(parts) if isinstance(parts, list) else 0
    said = "equal to the source" if proof.get("verified") else "counted and summed"
    left = f"; {proof['left']} rows of the source came too late or have no value" if proof.get("left") else ""
    return f"{proof.get('rows', 0)} rows in {count} part{'' if count == 1 else 's'}, {said}{left}"


def key_of(ident: str) -> Key:
    """Key of a channel: it belongs to no one server."""
    return Key("").child("channels", ident)


def batch_of(engine: Engine, server: Key, ident: str) -> Thing | None:
    """The run of a channel: one that lives, else the newest; None if its server lists none."""
    return max(
        batches_of(engine, server, ident), default=None,
        key=lambda thing: (thing.state not in thing.kind.terminal, len(str(thing.key.id)), str(thing.key.id)),
    )  # fmt: skip


def batches_of(engine: Engine, server: Key, ident: str) -> list[Thing]:
    """All its runs that its server was last seen to list."""
    return [
        thing for thing in engine.store.children(server)
        if thing.key.kind == "batches" and isinstance(thing.payload, Batch) and channel_of(thing.payload.name) == ident
    ]  # fmt: skip


def later(one: Status | None, other: Status | None) -> Status | None:
    """The newer word."""
    if one is None or other is None:
        return one or other
    return one if one.time >= other.time else other


class Kept:
    """One for the House: the channels that were seen, in this user's state folder.

    Losing the file costs a Find channels, so nothing here ever fails.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file, self._turn = file, threading.Lock()
        self._rows: defaultdict[str, list[Row]] = defaultdict(list)
        try:
            told = json.loads(read_capped(file)) if file is not None else []
            for row in told:
                self._rows[str(row["server"])].append({**row})
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            self._rows.clear()

    def of(self, server: Key) -> list[Seen]:
        """Those of a server; each is given once."""
        found = []
        for row in self._rows.pop(server.server, ()):
            with contextlib.suppress(Malformed):
                spec = Spec.read(str(row.get("spec") or ""))
                found.append(Seen(server, spec, str(row.get("folder") or ""), read(row.get("status")), fresh=False))
        return found

    def now(self, seen: Iterable[Seen]) -> list[Row]:
        """What is to be kept: these, and those whose server was not met yet."""
        return [*(row for rows in self._rows.values() for row in rows), *(one.row() for one in seen)]

    def save(self, rows: list[Row]) -> None:
        """Write it down. Any thread; it blocks."""
        if self._file is None:
            return
        with self._turn:
            try:
                write_whole(self._file, json.dumps(rows).encode("utf-8"))
            except Missing as problem:
                _logger.warning("the channels that were seen are not kept: %s", problem)
