"""Told: a thing as a short text, for the history of things, and the thing that such a text tells of.

What other people's code says and gives is not kept, nor what their logs say; of one's own tasks the archive has both.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from .channel import Channel
from .dataset import Dataset, Replica
from .group import Group
from .key import Key
from .livy import Batch, Session
from .server import Server
from .source import Source
from .task import Task
from .thing import Thing, Value

KINDS_OF: dict[str, type[Value]] = {
    kind.__name__: kind for kind in (Server, Session, Batch, Task, Channel, Dataset, Replica, Source)
}
MOST_CODE = 2_000


def key_text(key: Key) -> str:
    """A key as text; the same key gives the same text."""
    return json.dumps([key.server, key.epoch, *key.path], separators=(",", ":"))


def read_key(text: str) -> Key:
    """The key that ``key_text`` wrote.

    Raises:
        ValueError: it is no such text.
    """
    parts = json.loads(text)
    if not isinstance(parts, list) or len(parts) < 2 or not all(isinstance(p, str | int) for p in parts):
        raise ValueError("no key")
    return Key(str(parts[0]), str(parts[1]), tuple(parts[2:]))


def tell(thing: Thing) -> str:
    """A thing as text. Two states that look the same to a person give the same text."""
    payload = _slim(thing)
    kind = type(payload).__name__
    kept = payload.model_dump(mode="json", exclude_defaults=True) if kind in KINDS_OF else None
    row = (
        thing.label, thing.fact, thing.state, None if thing.progress is None else round(thing.progress, 2),
        _time(thing.since), thing.problem, _time(thing.stale_since), thing.mine, kind if kept is not None else "", kept,
    )  # fmt: skip
    return json.dumps(row, ensure_ascii=True, separators=(",", ":"))


# A slider comes by the same states again and again.
@lru_cache(maxsize=20_000)
def read_thing(key: str, text: str) -> Thing:
    """The thing that ``tell`` wrote.

    Raises:
        ValueError: it is no such text.
    """
    try:
        label, fact, state, progress, since, problem, stale, mine, kind, kept = json.loads(text)
        payload: Any = KINDS_OF[kind].model_validate(kept) if kind in KINDS_OF else None
        return Thing(
            key=read_key(key), label=label, fact=fact, state=state, progress=progress, since=_moment(since),
            problem=problem, stale_since=_moment(stale), mine=mine, payload=payload,
        )  # fmt: skip
    except (TypeError, ValidationError, OSError, OverflowError) as exc:
        raise ValueError(f"no thing: {exc}") from exc


def _slim(thing: Thing) -> Any:
    match thing.payload:
        case Task() as task:
            code = task.code[:MOST_CODE] if thing.mine else ""
            statement = task.statement and task.statement.model_copy(update={"code": "", "output": None})
            return task.model_copy(update={"code": code, "statement": statement, "spooled": "", "progress": None})
        case Session() | Batch() as spoken:
            return spoken.model_copy(update={"log": ()})
        case Group():
            return None
        case other:
            return other


def _time(moment: datetime | None) -> float | None:
    return None if moment is None else round(moment.timestamp(), 1)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
