"""Wire: one line of data on the chart, made from a channel's or a dataset's value: its form, its words, its ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from ...model.channel import Channel
from ...model.dataset import Replica
from ...model.key import Key
from ...model.kind import Health
from ...model.thing import Thing
from ..words import THIN, count, since, size, span


class Form(Enum):
    """How a wire is drawn (look.md §4)."""

    FLOWING = auto()
    BEHIND = auto()
    PAUSED = auto()
    FAILED = auto()
    GAP = auto()
    LOST = auto()
    SEALED = auto()


_FORMS = {
    "drawn": Form.PAUSED, "rehearsing": Form.FLOWING,
    "flowing": Form.FLOWING, "behind": Form.BEHIND, "stalled": Form.BEHIND, "pending": Form.PAUSED,
    "paused": Form.PAUSED, "data missing": Form.GAP, "differs": Form.GAP,
     "failed": Form.FAILED, "lost": Form.LOST, "done": Form.SEALED,
    "verified equal": Form.SEALED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wire:
    """One line of data.

    Attributes:
        ident: thing it stands for; ``picked`` says it when the wire is chosen.
        origin, target: keys of its ends: a source, a dataset or a server.
        rate: bold word of the capsule ("412 rows/s"), "" for forms without a capsule; note: the word after or below.
        rate_bytes_s: decides the line's width and the chevrons' speed; 0 = nothing moves.
        fullness: 0..1 of the room in which data waits, None = not known.
        since: when its state began; forms that stand still say how long.
        many: how many channels it stands for, where parallel ones are bundled.
    """

    ident: Key
    origin: Key
    target: Key
    form: Form = Form.FLOWING
    health: Health = Health.FLOW
    rate: str = ""
    note: str = ""
    rate_bytes_s: float = 0.0
    fullness: float | None = None
    since: datetime | None = None
    many: int = 1

    @property
    def moves(self) -> bool:
        """Data is under way: chevrons are shown."""
        return self.form in (Form.FLOWING, Form.BEHIND) and self.rate_bytes_s > 0

    def words(self, now: datetime) -> str:
        """Note with its age, where the form is one that stands."""
        age = since(self.since, now)
        match self.form:
            case Form.PAUSED:
                return f"paused {age}{', ' + self.note if self.note else ''}" if age else self.note or "paused"
            case Form.LOST:
                return f"last seen {age} ago" if age else "lost"
            case Form.SEALED:
                return f"{self.note} · {age}" if age else self.note
            case _:
                return self.note


def wire_of(thing: Thing) -> Wire | None:
    """Wire of a channel; None if the thing holds none."""
    value = thing.payload
    if not isinstance(value, Channel):
        return None
    form = Form.LOST if thing.stale_since is not None else _FORMS.get(thing.state, Form.LOST)
    return Wire(
        thing.key, value.origin, value.target, form, thing.health, rate_of(value) if form in _RATED else "",
        _note(form, value, thing), value.rate_bytes_s or 0.0, value.fullness,
        thing.stale_since or (None if form is Form.PAUSED and _never_ran(value, thing) else thing.since),
    )  # fmt: skip


def _never_ran(value: Channel, thing: Thing) -> bool:
    return thing.state == "drawn" or value.rehearsed is not None


_RATED = (Form.FLOWING, Form.BEHIND)


def seals(things: dict[Key, Thing]) -> Iterator[Wire]:
    """Lines between replicas that were proved equal, each pair once."""
    for key, thing in things.items():
        value = thing.payload
        if not isinstance(value, Replica):
            continue
        for other in value.equal_to:
            if other in things and (key < other or key not in _equal_to(things[other])):
                yield Wire(key, key, other, Form.SEALED, Health.OK, note="equal", since=value.proved)


def _equal_to(thing: Thing) -> tuple[Key, ...]:
    return thing.payload.equal_to if isinstance(thing.payload, Replica) else ()


def rate_of(value: Channel) -> str:
    """What flows: rows where they are counted, else bytes; "" if neither is known."""
    if value.rows_s is not None:
        return f"{count(round(value.rows_s))} rows/s"
    return "" if not value.rate_bytes_s else f"{size(value.rate_bytes_s)}/s"


def _note(form: Form, value: Channel, thing: Thing) -> str:
    if value.speed:
        return f"rehearsal ×{value.speed:g}: {count(value.rows or 0)} rows, {size(value.written_bytes)}"
    if value.rehearsed is not None and form in (Form.FLOWING, Form.BEHIND, Form.PAUSED, Form.SEALED):
        what = "files" if value.mode == "mirror" else "rows"
        return f"rehearsed {count(value.rehearsed[0])} {what}, {size(value.rehearsed[1])}"
    match form:
        case Form.FLOWING | Form.BEHIND:
            return "" if value.lag_s is None else f"lag {span(value.lag_s)}"
        case Form.PAUSED:
            if thing.state == "drawn":
                return "not started"
            return "" if value.waiting_rows is None else f"{count(value.waiting_rows)} waiting"
        case Form.FAILED:
            return value.error or thing.problem or "failed"
        case Form.GAP:
            if thing.state == "differs":
                return thing.problem or "the copy differs"
            first, last = value.missing or (0, 0)
            return f"offsets {count(first)}–{count(last)} expired" if value.missing else f"data{THIN}missing"
        case Form.SEALED:
            return "done"
        case _:
            return ""
