"""Schedule: when to ask one server what; it knows pace, manners and what the person looks at, but never asks."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..model.key import Key
from . import pace
from .budget import Lane
from .follow import Followed
from .known import Known
from .manners import Manners
from .pace import Attention

NEVER = math.inf
_UNCHANGED = 5
_AGAIN_S = 1.0
_INTERVALS: dict[str, Callable[..., float]] = {
    "sessions": pace.sessions_interval_s,
    "batches": pace.batches_interval_s,
}


class Schedule:
    """Due times of the lists and of my tasks.

    Attributes:
        due: name of a question -> when, monotonic seconds.
        attention: of the person; looked: keys looked at or waited for, of this server.
        unchanged: lists in a row that said nothing new.
    """

    def __init__(self, known: Known, manners: Manners, clock: Callable[[], float]) -> None:
        self._known, self._clock = known, clock
        self.manners = manners
        self.due = {"sessions": self._in_turn("sessions", 1), "batches": self._in_turn("batches", 4), "version": NEVER}
        self.attention = Attention.IDLE
        self.looked: frozenset[Key] = frozenset()
        self.unchanged = 0

    def answered(self) -> None:
        """The server is there, for the first time or again: what else there is to ask comes in its turn."""
        self.due.update(batches=self._in_turn("batches", 4), version=self._in_turn("version", 4))

    def _in_turn(self, line: str, rounds: int) -> float:
        """When to ask what all servers may be due for at once; now, if they are few."""
        round_s = self.manners.round_s()
        if not round_s:
            return 0.0
        return self._clock() + pace.share(f"{self._known.server.uuid} {line}") * rounds * round_s

    def attend(self, attention: Attention, looked: frozenset[Key]) -> bool:
        """Take in what the person looks at; True if that makes something due sooner."""
        more = attention > self.attention or bool(looked - self.looked)
        self.attention, self.looked = attention, looked
        if more:
            self.unchanged = 0
            self.sooner()
        return more

    def now(self) -> None:
        """Make the lists and my tasks due at once."""
        self.unchanged = 0
        self.due.update(sessions=0.0, batches=0.0)
        for task in self._known.tasks.values():
            if task.due is not None:
                task.due = min(task.due, self._clock())

    def sooner(self) -> None:
        """Plan anew what was planned for less attention."""
        for line in _INTERVALS:
            old = self.due[line]
            self.plan(line)
            self.due[line] = min(old, self.due[line])
        for task in self._known.tasks.values():
            if task.due is not None:
                task.due = min(task.due, self._clock() + self._task_interval_s(task))

    def plan(self, line: str, *, again: bool = False) -> None:
        """Set when a list is due next; ``again``: a server that was down gave its first good answer, the next makes it
        green."""
        attention = self.attention
        if self._known.active(mine=True):
            attention = max(attention, Attention.IDLE if attention is Attention.HIDDEN else Attention.VISIBLE)
        server = self._known.server
        interval_s = _INTERVALS[line](
            attention, active=self._known.active(), own=server.is_island, watched=self._watched()
        )
        if attention < Attention.LOOKED_AT:
            floor_s = self.manners.floor_s(seen=attention is Attention.VISIBLE)
            interval_s = max(interval_s, floor_s * (3 if line == "batches" else 1))
        stretch = 2.0 if self.unchanged > _UNCHANGED and attention < Attention.VISIBLE else 1.0
        at = pace.next_time(self._clock(), interval_s, server.uuid, stretch)
        self.due[line] = min(at, self._clock() + _AGAIN_S) if again else at

    def plan_task(self, task: Followed) -> None:
        """Set when a task that has not ended is due next."""
        interval_s = self._task_interval_s(task)
        behind = task.state == "waiting" and not self.is_first(task)
        task.due = self._clock() + (max(5.0, interval_s) if behind else interval_s)

    def spark_due(self, task: Followed) -> bool:
        """True once each time Spark may be asked about a running task."""
        now = self._clock()
        own = self._known.server.is_island
        if task.state != "running" or now < task.spark_due or not self.manners.free_at() <= now:
            return False
        task.spark_due = now + pace.spark_interval_s(own=own, looked_at=self.looks_at(task), age_s=now - task.sent_at)
        return True

    def ended(self, task: Followed) -> None:
        """A task ended: the one behind it begins, its session changes its state."""
        now = self._clock()
        self.due["sessions"] = min(self.due["sessions"], now + 0.2)
        for other in self._known.tasks.values():
            if other.session == task.session and other.due is not None:
                other.due = min(other.due, now)

    def next(self) -> tuple[float, str | Followed]:
        """When to ask what. Of all that is due, what has waited longest."""
        free = self.manners.free_at()
        ways: list[tuple[float, float, str | Followed]] = [(max(at, free), at, line) for line, at in self.due.items()]
        for task in self._known.tasks.values():
            if task.due is not None:
                ways.append((max(task.due, self.manners.silent_until() if self.fast(task) else free), task.due, task))
        at, _, what = min(ways, key=lambda way: way[:2])
        return at, what

    def lane(self, task: Followed | None = None) -> Lane:
        """Who goes first when all servers together are asked too much."""
        looked = self.attention is Attention.LOOKED_AT if task is None else self.looks_at(task)
        return Lane.LOOKED_AT if looked else Lane.POLL

    def looks_at(self, task: Followed) -> bool:
        """A person looks at it, or a command waits for it, and its session works at it."""
        return bool({task.key, task.session} & self.looked) and self.is_first(task)

    def fast(self, task: Followed) -> bool:
        """May be asked four times a second: mine, looked at, in its first 30 s."""
        return self.looks_at(task) and self._clock() - task.sent_at < pace.FIRST_S

    def is_first(self, task: Followed) -> bool:
        """The session works at this one; those behind it only wait."""
        queue = [t for t in self._known.tasks.values() if t.session == task.session and t.due is not None]
        return not queue or min(queue, key=lambda t: t.sent_at) is task

    def _task_interval_s(self, task: Followed) -> float:
        return pace.task_interval_s(
            self.attention,
            own=self._known.server.is_island,
            looked_at=self.looks_at(task),
            age_s=self._clock() - task.sent_at,
        )

    def _watched(self) -> float | None:
        """Age of the youngest task somebody waits for."""
        now = self._clock()
        ages = [now - t.sent_at for t in self._known.tasks.values() if t.due is not None and self.looks_at(t)]
        return min(ages, default=None)
