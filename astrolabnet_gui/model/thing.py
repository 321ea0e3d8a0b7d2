"""Thing: one row of the tree, one node of the graph, one line of the CLI."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from .key import Key
from .kind import KINDS, Health, Kind


class Value(BaseModel):
    """Base of all values: frozen, unknown fields ignored (servers of other versions send more)."""

    model_config = ConfigDict(frozen=True, extra="ignore", arbitrary_types_allowed=True)


class Thing(Value):
    """A thing with an identity and a state.

    Attributes:
        key: identity.
        label: short name, plain text (already cleaned of control characters).
        fact: the grey words after the name ("pyspark", "Livy 0.9"); "" if none.
        state: state word (see the Kind table; any other word is shown as it is).
        progress: 0..1 while there is one, else None. 1.0 does not mean done: the state does.
        since: when the state began, UTC; None if not known.
        problem: one sentence why the state is bad; "" if it is not.
        stale_since: when this was last known to be true, if the server no longer answers; None = fresh.
        ends: when the server ends it by itself, if that is near and can be put off; None = no such danger.
        mine: this user started it from here (or from another copy of this workspace).
        payload: the protocol value (Server, Session, Statement, Batch…).
    """

    key: Key
    label: str
    fact: str = ""
    state: str
    progress: float | None = Field(default=None, ge=0.0, le=1.0)
    since: datetime | None = None
    problem: str = ""
    stale_since: datetime | None = None
    ends: datetime | None = None
    mine: bool = False
    payload: Any = None

    @property
    def kind(self) -> Kind:
        """Row of the Kind table."""
        return KINDS[self.key.kind]

    @property
    def health(self) -> Health:
        """Mark to show: the state's, GONE when the thing is only remembered, WARN when it will soon be ended."""
        if self.stale_since is not None:
            return Health.GONE
        return self.kind.health(self.state) if self.ends is None else Health.WARN
