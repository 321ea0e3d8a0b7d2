"""Flowing: the channels that were seen, and their state as their runners say it in the logs of their batches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ..channels.night import Played
from ..channels.spec import Spec, channel_of
from ..channels.status import (
    Status,
    as_json,
    catch_up_s,
    full_in_s,
    fullness,
    newest,
    of_checkpoint,
    read,
    state_word,
)  # fmt: skip
from ..model.channel import Channel
from ..model.key import Key
from ..model.livy import Batch
from ..model.source import Source
from ..model.thing import Thing
from ..network.delta import Delta
from ..network.engine import Engine
from .flow_seen import Kept, Row, Seen, batch_of, heard_of, key_of, later, proved
from .last_words import LastWords
from .silence import Silence

PLACES = {
    "rate": "rows for tests", "sky": "sample sky", "kafka": "Kafka", "table": "table", "files": "folder",
    "urls": "files",
}  # fmt: skip


class Flowing:
    """One for the House. All calls in the engine's thread."""

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        times: Callable[[str], str] = lambda _: "",
        road: Callable[[str, str], tuple[str, datetime | None]] = lambda *_: ("", None),
        kept: Kept | None = None,
        keep: Callable[[list[Row]], object] = lambda _: None,
    ) -> None:
        self._now, self._times, self._road = now, times, road
        self._kept, self._keep = kept or Kept(), keep
        self._written: dict[Key, str] = {}
        self.seen: dict[Key, Seen] = {}
        self._left: set[Key] = set()
        self._rehearsed: dict[Key, tuple[int, int]] = {}
        self._drift: dict[Key, str] = {}
        self._begun: dict[Key, float] = {}
        self._played: dict[Key, tuple[float, Played]] = {}
        self._last, self._silence = LastWords(self.again), Silence(now, self.again)

    def heard(self, engine: Engine, delta: Delta) -> None:
        """A batch said something or ended, a server came or went: the wires follow.

        A channel that nobody here knew is found by the name of its batch.
        """
        touched: set[Key] = set()
        for thing in (*delta.added, *delta.changed):
            if thing.key.kind == "batches" and isinstance(thing.payload, Batch):
                touched |= self._of(thing, thing.payload)
            elif thing.key.kind == "servers" and thing.state == "up":
                touched |= self._remembered(thing.key)
        for key in delta.removed:
            if key.kind == "batches":
                touched |= {own for own, seen in self.seen.items() if seen.batch is not None and seen.batch.key == key}
            elif key.kind == "servers":
                gone = [own for own, seen in self.seen.items() if seen.server.server == key.server]
                for own in gone:
                    del self.seen[own]
                _soon(partial(engine.show, (), gone))
        if touched:
            _soon(partial(self._followed, engine, touched))

    def take(self, engine: Engine, server: Key, told: Mapping[str, Any]) -> Key:
        """A channel as its folder tells it; it is shown.

        Raises:
            Malformed: its spec can not be read.
        """
        spec = Spec.read(str(told.get("spec") or ""))
        proof = as_json(told.get("proof"))
        key = key_of(spec.id)
        known = self.seen.get(key)
        status = read(told.get("status")) or of_checkpoint(spec, told.get("checkpoint") or {})
        status = later(status, known.status if known else None)
        self.seen[key] = Seen(
            server, spec, str(told.get("folder") or ""), status, proof if isinstance(proof, Mapping) else None
        )
        self._left.discard(key)
        self._again(engine, {key})
        return key

    def said(self, engine: Engine, key: Key, status: Status) -> None:
        """Its runner said this, where the list of batches does not show it."""
        if (known := self.seen.get(key)) is not None:
            self.seen[key] = replace(known, status=later(status, known.status))
            self._again(engine, {key})

    def rehearsed(self, engine: Engine, key: Key, counted: Mapping[str, Any]) -> None:
        """A rehearsal of it counted rows (of a mirror: files) and bytes."""
        rows = counted.get("rows", counted.get("files"))
        self._rehearsed[key] = int(rows or 0), int(counted.get("bytes") or counted.get("read_bytes") or 0)
        self._again(engine, {key})

    def drifted(self, engine: Engine, key: Key, words: str) -> None:
        """Its copy was compared with its proof: what is not the same, "" = nothing."""
        self._drift.pop(key, None)
        if words:
            self._drift[key] = words
        self._again(engine, {key})

    def begun(self, engine: Engine, key: Key, last: Status | None) -> None:
        """A run of it has begun: what was rehearsed, and what its last run said (``last``), is past."""
        self._rehearsed.pop(key, None)
        self._drift.pop(key, None)
        if last is not None:
            self._begun[key] = last.time
        self._again(engine, {key})

    def plays(self, engine: Engine, speed: float, played: Mapping[Key, Played | None]) -> None:
        """A night is played through these wires, so many times faster than it was; None: no more."""
        for key, now in played.items():
            if now is None:
                self._played.pop(key, None)
            else:
                self._played[key] = speed, now
        self._again(engine, set(played))

    def again(self, engine: Engine, key: Key) -> None:
        """Something that is said of it beside its folder has changed."""
        self._again(engine, {key})

    def forget(self, engine: Engine, key: Key) -> None:
        """It is deleted."""
        self._rehearsed.pop(key, None)
        self._played.pop(key, None)
        self._left.add(key)
        if self.seen.pop(key, None) is not None:
            engine.show((), [key])
            self._write()

    def _followed(self, engine: Engine, keys: set[Key]) -> None:
        """Show what they are now; of a run that ended without a word that was heard, that word is asked for."""
        for key in keys & self.seen.keys():
            before = self.seen[key].batch
            seen = self._now_of(engine, key)
            said = self._word(seen)
            ended = seen.batch is None or seen.batch.state in seen.batch.kind.terminal
            # Of one that is only remembered nothing is asked unasked; one that was seen to run is followed to its end.
            if (seen.fresh or before is not None) and ended and (said is None or not said.is_last):
                self._last.ask(engine, key, seen.batch or before)
        self._show(engine, keys)

    def _of(self, batch: Thing, value: Batch) -> set[Key]:
        ident = channel_of(value.name)
        key = key_of(ident)
        if not ident or key in self._left:
            return set()
        if key not in self.seen and batch.state not in batch.kind.terminal:
            said = newest(value.log)
            found = heard_of(batch.key.root, said) if said is not None and said.channel == ident else None
            if found is not None:
                self.seen[key] = found
        return {key} if key in self.seen and self.seen[key].server.server == batch.key.server else set()

    def _remembered(self, server: Key) -> set[Key]:
        """Channels that were seen there before this process began."""
        found = {key_of(one.spec.id): one for one in self._kept.of(server)}
        new = {key: one for key, one in found.items() if key not in self._left and not self._fresh(key)}
        for key, one in new.items():
            heard = self.seen.get(key)
            self.seen[key] = replace(one, status=later(one.status, heard.status if heard else None))
        return set(new)

    def _fresh(self, key: Key) -> bool:
        return key in self.seen and self.seen[key].fresh

    def _write(self) -> None:
        """Remember them, whenever one came, went or said that it stands otherwise."""
        now = {key: seen.status.state if seen.status else "" for key, seen in self.seen.items()}
        if now != self._written:
            self._written = now
            self._keep(self._kept.now(self.seen.values()))

    def _again(self, engine: Engine, keys: set[Key]) -> None:
        """Show what they are now."""
        for key in keys & self.seen.keys():
            self._now_of(engine, key)
        self._show(engine, keys)

    def _show(self, engine: Engine, keys: set[Key]) -> None:
        """Show them as they were last seen."""
        shown: list[Thing] = []
        for key in keys & self.seen.keys():
            seen = self.seen[key]
            origin = self._origin(engine, seen)
            if origin is not None:
                shown.append(origin)
            shown.append(self._thing(engine, seen, origin))
        engine.show(shown)
        self._write()

    def _now_of(self, engine: Engine, key: Key) -> Seen:
        """It with its run, and with what that said last."""
        old = self.seen[key]
        batch = batch_of(engine, old.server, old.spec.id)
        said = newest(batch.payload.log) if batch is not None else None
        self.seen[key] = replace(old, status=later(said, old.status), batch=batch)
        return self.seen[key]

    def _word(self, seen: Seen) -> Status | None:
        """Its last word of this run: that of an earlier one says nothing of it."""
        status = seen.status
        return status if status is None or self._begun.get(key_of(seen.spec.id)) != status.time else None

    def _origin(self, engine: Engine, seen: Seen) -> Thing | None:
        """The source as a thing of its own; None where the data come from a server of the workspace.

        One that the workspace describes keeps its description: further wires are drawn from it.
        """
        if _origin_server(engine, seen) is not None:
            return None
        spec = seen.spec
        name = spec.origin or spec.place.rstrip("/").rpartition("/")[2] or spec.format
        known = engine.store.get(Key("").child("sources", name))
        if known is not None and isinstance(known.payload, Source) and known.payload.origin is not None:
            return known
        place = f"{PLACES.get(spec.format, spec.format)}{' · ' if spec.place else ''}{spec.place}"
        source = Source(name=name, place=place)
        ended = seen.status is not None and seen.status.state in ("DONE", "FAILED", "LOST")
        state = "quiet" if ended else "flowing"
        return Thing(key=Key("").child("sources", name), label=name, fact=place, state=state, payload=source)

    def _thing(self, engine: Engine, seen: Seen, origin: Thing | None) -> Thing:
        spec, status, batch = seen.spec, seen.status, seen.batch
        server = _origin_server(engine, seen)
        road, asked = self._road(server.server, seen.server.server) if server is not None else ("", None)
        # While its folder is asked how it ended, nobody says that it is lost.
        runs = "running" if key_of(spec.id) in self._last.asking else batch.state if batch is not None else ""
        state, problem = state_word(self._word(seen), runs, self._silence.moment(key_of(spec.id), status))
        stale = None
        if not seen.fresh and batch is None and status is not None and not status.is_last:
            # It ran when it was last heard of; how it ended stands in its folder, which is not read unasked.
            state, problem, stale = "flowing", "", status.at
        if state in ("done", "verified equal", "paused") and (drift := self._drift.get(key_of(spec.id))):
            state, problem = "differs", drift
        moves = state in ("flowing", "behind") and stale is None
        if moves or (state == "pending" and runs):
            self._silence.watch(engine, key_of(spec.id), self._word(seen))
        payload = Channel(
            name=spec.id, origin=origin.key if origin is not None else server or seen.server,
            target=seen.server, mode=spec.mode, to=spec.to, batch=batch.key if batch is not None else None,
            rows_s=status.rows_s if status and moves else None, rows=status.rows if status else None,
            rate_bytes_s=status.bytes_s if status and moves else None, written_bytes=status.bytes if status else 0,
            lag_s=status.lag_s if status and moves else None, fullness=fullness(status) if status and moves else None,
            full_in_s=full_in_s(status) if status and moves else None,
            waiting_rows=int(status.waiting) if status and status.waiting is not None else None,
            catch_up_s=catch_up_s(status) if status and moves else None, error=problem, where=spec.where,
            table=spec.table, at_once=spec.rows_at_once, bad=status.bad if status else 0,
            bad_why=status.bad_why if status else "", proved=proved(seen), times=self._times(spec.id),
            route=spec.route, road=road, road_asked=asked,
            rehearsed=self._rehearsed.get(key_of(spec.id)),
        )  # fmt: skip
        if (playing := self._played.get(key_of(spec.id))) is not None:
            speed, played = playing
            state, problem = "rehearsing", ""
            payload = payload.model_copy(update={
                "speed": speed, "rows": played.rows, "written_bytes": played.size_bytes, "error": "",
                "rows_s": speed * played.rows_s, "rate_bytes_s": speed * played.bytes_s,
            })  # fmt: skip
        return Thing(
            key=key_of(spec.id), label=spec.title, fact=spec.mode, state=state, problem=problem,
            since=status.at if status else None, payload=payload, mine=True, stale_since=stale,
        )  # fmt: skip


def _origin_server(engine: Engine, seen: Seen) -> Key | None:
    url = seen.spec.origin_url.rstrip("/")
    for server in engine.servers() if url else ():
        if server.url.rstrip("/") == url:
            return Key(server.uuid)
    return None


def _soon(call: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_soon(call)
