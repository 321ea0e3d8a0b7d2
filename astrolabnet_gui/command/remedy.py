"""Remedy: the command that mends a cause, with its values filled in, where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..model.key import Key
from ..model.livy import Session
from ..model.thing import Thing
from ..tasks.cause import Cause
from ..tasks.cause_rules import Code
from .needs import WORDS

FIRST = "4g"
LONGER = "8h"
_UNITS = "kmgt"
_NEW = "session.new"
_SAME = frozenset({Code.KILLED, Code.DRIVER, Code.ENDED})
_ASKED = {
    Code.QUEUE: "New session in another queue…", Code.JAR: "New session with a JAR…",
    Code.MODULE: "New session with archives…", Code.DISK: "New session with settings…",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remedy:
    """A command on a thing.

    Attributes:
        title: words of the button; "…" at its end: a person fills in the rest.
        params: values it starts with.
    """

    title: str
    command: str
    key: Key
    params: Mapping[str, Any]

    @property
    def asks(self) -> bool:
        """A form comes first."""
        return self.title.endswith("…")


def remedy_of(cause: Cause, thing: Thing, session: Thing | None = None) -> Remedy | None:
    """What mends a cause at the press of a button; None if that is for a person to do.

    Args:
        session: of a task; None of a session itself.
    """
    held = thing if session is None else session
    if not isinstance(held.payload, Session):
        return None
    same = like(held.payload)
    server = thing.key.root
    match cause.code:
        case Code.MEMORY:
            more = twice(held.payload.driverMemory)
            return Remedy(f"New session with {more}", _NEW, server, same | {"driver_memory": more})
        case Code.EXECUTOR_MEMORY:
            more = twice(held.payload.executorMemory)
            return Remedy(f"New session, {more} an executor", _NEW, server, same | {"executor_memory": more})
        case Code.RESULT_SIZE:
            conf = {**same.get("conf", {}), "spark.driver.maxResultSize": FIRST}
            return Remedy(f"New session, results to {FIRST}", _NEW, server, same | {"conf": conf})
        case Code.IDLE:
            return Remedy(f"New session, idle to {LONGER}", _NEW, server, same | {"idle_timeout": LONGER})
        case code if code in _SAME:
            return Remedy("New session like this", _NEW, server, same)
        case code if code in _ASKED:
            return Remedy(_ASKED[code], _NEW, server, same)
    return None


def like(session: Session) -> dict[str, Any]:
    """Parameters of a new session like this one, as far as the server says what it was opened with."""
    found = {ours: getattr(session, word) for ours, word in WORDS.items()}
    found |= {"kind": session.kind, "idle_timeout": session.idleTimeout}
    return {name: value for name, value in found.items() if value}


def twice(memory: str | None) -> str:
    """Twice a memory as Spark writes it ("512m" → "1g"); ``FIRST`` if it is not known."""
    text = (memory or "").strip().lower().removesuffix("b")
    number, unit = text[:-1], text[-1:]
    if not number.isdecimal() or int(number) == 0 or unit not in _UNITS:
        return FIRST
    much, larger = 2 * int(number), _UNITS.index(unit) + 1
    return f"{much // 1024}{_UNITS[larger]}" if much % 1024 == 0 and larger < len(_UNITS) else f"{much}{unit}"
