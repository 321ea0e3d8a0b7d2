"""Timetable: when channels shall start by themselves, and which new tables shall get one; a file of the workspace."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from ..errors import Missing
from ..model.thing import Value
from ..settings.files import read_object, write_whole

WHILE_ON = "while an AstroLabNet is on"
"""What is said wherever a time is shown: nothing here runs by itself."""


class Times(Value):
    """When: every so many minutes, or daily at a time, UTC; neither = never.

    Attributes:
        every_min: counted from midnight UTC of 1 January 1970, so that all windows mean the same moments.
        at: as 03:00.
    """

    every_min: int = Field(default=0, ge=0, le=10_080)
    at: str = Field(default="", pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d$")

    @property
    def words(self) -> str:
        """As a person says it; "" = never."""
        if self.at:
            return f"daily at {self.at} UTC, {WHILE_ON}"
        return f"every {self.every_min} min, {WHILE_ON}" if self.every_min else ""

    def last(self, now: datetime) -> datetime | None:
        """The latest moment that is not after ``now``."""
        if self.at:
            today = datetime.combine(now.date(), time.fromisoformat(self.at), UTC)
            return today if today <= now else today - timedelta(days=1)
        if not self.every_min:
            return None
        period = 60 * self.every_min
        return datetime.fromtimestamp(now.timestamp() // period * period, UTC)


class Schedule(Value):
    """A channel that is started again and again.

    Attributes:
        channel: its id; server: uuid of where it runs; since: moments before are not made up for.
    """

    channel: str
    server: str
    times: Times
    since: datetime

    def due(self, now: datetime) -> datetime | None:
        """The latest moment at which it was to start; None before the first. Of several that were missed only the
        latest counts."""
        moment = self.times.last(now)
        return moment if moment is not None and moment > self.since else None


class Subscription(Value):
    """New tables of a server whose names fit get a channel each.

    Attributes:
        name: its own; server: uuid of where the tables appear; target: of where they go.
        fits: as night.alerts_*; * stands for any letters.
        known: tables that were there before, which get none.
        every_min: how often it is looked.
    """

    name: str
    server: str
    target: str
    fits: str
    mode: Literal["snapshot", "incremental", "stream"] = "snapshot"
    known: tuple[str, ...] = ()
    every_min: int = Field(default=5, ge=1, le=10_080)
    since: datetime

    @property
    def words(self) -> str:
        """As a person says it."""
        return f"new tables {self.fits}, looked for every {self.every_min} min, {WHILE_ON}"

    def due(self, now: datetime) -> datetime | None:
        """The latest moment at which it was to be looked; None before the first."""
        moment = Times(every_min=self.every_min).last(now)
        return moment if moment is not None and moment > self.since else None

    def new(self, tables: Iterable[str]) -> list[str]:
        """Those of these tables that fit and were not there before."""
        return [name for name in tables if name not in self.known and fnmatch.fnmatchcase(name, self.fits)]


class Timetable:
    """Read anew each time: another window may have changed it. What can not be read is left as it is.

    Attributes:
        words: when each channel starts by itself, as last read.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "timetable.json"
        self.problems: list[str] = []
        self.words: dict[str, str] = {}
        self.schedules()

    def schedules(self) -> dict[str, Schedule]:
        """By channel."""
        found = {one.channel: one for one in self._read("schedules", Schedule)}
        self.words = {channel: one.times.words for channel, one in found.items()}
        return found

    def subscriptions(self) -> dict[str, Subscription]:
        """By name."""
        return {one.name: one for one in self._read("subscriptions", Subscription)}

    def schedule(self, channel: str, schedule: Schedule | None) -> None:
        """Keep, change or drop the times of a channel.

        Raises:
            Missing: the folder can not be written.
        """
        self._put("schedules", channel, schedule)
        self.schedules()

    def subscribe(self, name: str, subscription: Subscription | None) -> None:
        """Keep, change or drop a subscription.

        Raises:
            Missing: the folder can not be written.
        """
        self._put("subscriptions", name, subscription)

    def _raw(self) -> dict[str, Any]:
        self.problems = []
        told: dict[str, Any] = read_object(self._file, "the timetable", self.problems)
        return told

    def _read(self, part: str, shape: type[Any]) -> list[Any]:
        found = []
        rows = self._raw().get(part)
        for name, told in rows.items() if isinstance(rows, dict) else ():
            try:
                found.append(shape.model_validate(told))
            except ValidationError as exc:
                self.problems.append(f"{name} of the timetable can not be used: {str(exc).splitlines()[0]}.")
        return found

    def _put(self, part: str, name: str, value: Value | None) -> None:
        raw = self._raw()
        rows = raw.get(part)
        kept = {n: told for n, told in (rows if isinstance(rows, dict) else {}).items() if n != name}
        if value is not None:
            kept[name] = value.model_dump(mode="json")
        text = json.dumps({**raw, part: kept}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        try:
            write_whole(self._file, text.encode())
        except OSError as exc:
            raise Missing(f"the timetable can not be kept: {exc.strerror or exc}.") from exc
