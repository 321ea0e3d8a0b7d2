"""Words of a cell of the tree. No Qt."""

from __future__ import annotations

from datetime import datetime

from ..model.kind import Health
from .canvas.wire import wire_of
from .tree_row import Row
from .words import percent, since, state_word

NAME, STATE, SINCE = range(3)


def is_bare(row: Row) -> bool:
    """It has no state of its own: a group, a column of a table. Its name and fact may use all the room of the row."""
    return row.thing is None or row.thing.key.kind == "columns"


def cell_text(row: Row, column: int, now: datetime) -> str:
    """What a cell says."""
    if column == NAME:
        return row.text
    thing = row.thing
    if thing is None or is_bare(row):
        return ""
    if column == SINCE:
        return since(thing.stale_since or thing.since, now)
    if thing.progress is not None and thing.health is Health.BUSY:
        return percent(thing.progress)
    flow = wire_of(thing)
    if flow is not None and flow.rate:
        return flow.note or flow.rate
    return "last seen" if thing.stale_since is not None and thing.key.path else state_word(thing.state)
