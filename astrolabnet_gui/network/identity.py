"""Identity: is session 3 still session 3? Livy's ids restart at 0 with the server, and nothing says so."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..model.livy import Batch, Id, Session, Statement
from ..model.task import Task
from .memory import Memory, is_proved

_FRESH = frozenset({"not_started", "starting"})
# "recovering" is what a server that keeps its ids shows after its own restart: no sign of a new run.
_LATER = frozenset({"idle", "busy", "running", "error", "dead", "killed", "success", "shutting_down"})


def new_epoch() -> str:
    """Random token of one run of ids."""
    return secrets.token_hex(4)


@dataclass(slots=True)
class _Seen:
    """What is remembered of one collection."""

    here: dict[Id, Session | Batch] = field(default_factory=dict)
    highest: int = -1


class Identity:
    """Finds out that a server's ids have restarted. ``epoch`` is the token of the present run.

    Signs of a new run: an id not above the highest one ever seen that was not there a moment ago; a known id with
    another name, application, owner or kind; a known id that starts again after it had run.

    Args:
        remembered: what an earlier run of the program saw. Its token holds only if the first list proves that something
            in it is still the same; without proof the ids count as new, for a mix-up is worse than a new key.
    """

    def __init__(self, token: Callable[[], str] = new_epoch, remembered: Memory | None = None) -> None:
        self._token = token
        self.epoch = remembered.epoch if remembered else token()
        self._unproved = remembered
        self._seen: dict[str, _Seen] = {}
        if remembered is not None:
            for collection, values in remembered.here.items():
                here: dict[Id, Session | Batch] = {value.id: value for value in values}
                self._seen[collection] = _Seen(here, remembered.highest.get(collection, -1))

    def look(self, collection: str, values: Iterable[Session | Batch], *, complete: bool) -> bool:
        """Take in what a list (or the reply of a creation) shows.

        Args:
            collection: "sessions" or "batches".
            values: as the server sent them.
            complete: it is the whole list, so what is absent is gone.

        Returns:
            True if the ids have restarted; ``epoch`` is new then.
        """
        now = {value.id: value for value in values}
        seen = self._seen.setdefault(collection, _Seen())
        restarted = any(
            is_other(seen.here[ident], value)
            if ident in seen.here
            else isinstance(ident, int) and ident <= seen.highest
            for ident, value in now.items()
        )
        if self._unproved is not None and complete:
            same = any(ident in seen.here and is_proved(seen.here[ident], value) for ident, value in now.items())
            restarted = restarted or not same
            self._unproved = None
        if restarted:
            self.renew()
            seen = self._seen.setdefault(collection, _Seen())
        seen.here = now if complete else {**seen.here, **now}
        seen.highest = max([seen.highest, *(ident for ident in now if isinstance(ident, int))])
        return restarted

    def renew(self) -> None:
        """Something else than a list has shown that the ids have restarted."""
        self.epoch = self._token()
        self._seen = {}
        self._unproved = None

    def memory(self, url: str) -> Memory:
        """What to keep when the program ends; what was kept before, if the server has not answered since."""
        return self._unproved or Memory(
            url, self.epoch,
            here={name: tuple(seen.here.values()) for name, seen in self._seen.items()},
            highest={name: seen.highest for name, seen in self._seen.items()},
        )  # fmt: skip

    def claim(self, collection: str, value: Session | Batch) -> bool:
        """Take in the reply of a creation; a list may have shown the thing already, in a later state.

        Returns:
            True if it shows that the ids have restarted.
        """
        seen = self._seen.get(collection)
        here = seen.here.get(value.id) if seen else None
        if here is not None and (here.name, here.owner) == (value.name, value.owner):
            return False
        return self.look(collection, [value], complete=False)


def is_other(old: Session | Batch, new: Session | Batch) -> bool:
    """Whether two sights of one id can not be of one thing."""
    if (old.name, old.owner, old.proxyUser) != (new.name, new.owner, new.proxyUser):
        return True
    if old.appId and new.appId and old.appId != new.appId:
        return True
    if isinstance(old, Session) and isinstance(new, Session) and old.kind != new.kind:
        return True
    return old.state in _LATER and new.state in _FRESH


def is_named(value: Session | Batch) -> bool:
    """Whether it carries something no other one will: then a sight of it proves that it is still the same."""
    return bool(value.name or value.appId)


def is_doubtful(old: Session | Batch, new: Session | Batch) -> bool:
    """Whether nothing but the id says that both are one session: it has no name, and its log has no line in common."""
    if is_named(old) or is_named(new) or old.log == new.log:
        return False
    before, now = ({line for line in value.log if len(line.strip()) > len("stderr: ")} for value in (old, new))
    return bool(before) and bool(now) and not before & now


def is_another(task: Task, statement: Statement) -> bool:
    """Whether other code stands under the number of a task of mine now: no driver gives a number twice."""
    marked = bool(task.task_key) and task.line_shift > 0
    return marked and bool(statement.code) and task.task_key not in statement.code
