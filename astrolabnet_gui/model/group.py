"""Group: one sending of an action to several servers; each server's part, and their results in one table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .key import Key
from .output import Column, Part, Table, Text
from .thing import Value

SERVER = "server"
OPEN = frozenset({"sending", "queued", "sent?", "waiting", "running", "cancelling", "starting", "not_started"})


class Member(Value):
    """One server's part.

    Attributes:
        address: where it was sent, ``lal`` or ``lal/sessions/3``; alias: name of the server.
        thing: its task or batch, None until the server has it; task_key: of a task.
        state: ``sending`` until it is there, then its own; ``left out`` when nobody waits for it any more.
        progress: 0..1, None = unknown.
        parts: what it gave; spooled: the file with it, in its place, if it is large.
    """

    address: str
    alias: str
    thing: Key | None = None
    task_key: str = ""
    state: str = "sending"
    problem: str = ""
    progress: float | None = None
    parts: tuple[Part, ...] = ()
    spooled: str = ""

    @property
    def well(self) -> bool:
        """It ended, and gave what it should."""
        return self.state in ("done", "available", "success")

    @property
    def open(self) -> bool:
        """It has not ended."""
        return self.state in OPEN


class Group(Value):
    """Payload of a Thing of kind ``groups``.

    Attributes:
        params: what was sent, for those that are tried again.
    """

    title: str
    members: tuple[Member, ...]
    params: dict[str, Any]

    @property
    def counted(self) -> tuple[Member, ...]:
        """Those that were not left out."""
        return tuple(m for m in self.members if m.state != "left out")

    @property
    def state(self) -> str:
        """One word for all."""
        counted = self.counted
        if any(m.open for m in counted):
            return "running"
        if not counted or all(m.state == "cancelled" for m in counted):
            return "cancelled"
        good = sum(m.well for m in counted)
        return "done" if good == len(counted) else "partly done" if good else "failed"

    @property
    def progress(self) -> float | None:
        """Mean over all that count; None once all have ended."""
        counted = self.counted
        if not counted or not any(m.open for m in counted):
            return None
        return min(1.0, sum((m.progress or 0.0) if m.open else 1.0 for m in counted) / len(counted))

    @property
    def table(self) -> Table:
        """Results of those that have ended well, with the server before each row; without the large ones."""
        return merged((self.name_of(m), m.parts) for m in self.counted if m.well and not m.spooled)

    @property
    def large(self) -> tuple[str, ...]:
        """Whose results are not in that table."""
        return tuple(self.name_of(m) for m in self.counted if m.well and m.spooled)

    def name_of(self, member: Member) -> str:
        """Its server; its address where several parts went to one server, so that rows can be told apart."""
        return member.address if sum(m.alias == member.alias for m in self.members) > 1 else member.alias


def merged(results: Iterable[tuple[str, tuple[Part, ...]]]) -> Table:
    """One table of several results.

    Columns are those of all, in the order of their first coming; where one has no such column its cell is null. A
    result that is no table is one row with its text.

    Args:
        results: name of the server, and the parts of its output.
    """
    columns: dict[str, Column] = {}
    found: list[tuple[str, tuple[str, ...], tuple[tuple[Any, ...], ...]]] = []
    for server, parts in results:
        tables = [part for part in parts if isinstance(part, Table)]
        for table in tables or [_told(parts)]:
            names = tuple(column.name for column in table.columns)
            for column in table.columns:
                columns.setdefault(column.name, column)
            found.append((server, names, table.rows))
    # A result may have a column of that name itself.
    own = SERVER if SERVER not in columns else f"{SERVER} (here)"
    rows = []
    for server, names, cells in found:
        for row in cells:
            by_name = dict(zip(names, row, strict=False))
            rows.append((server, *(by_name.get(name) for name in columns)))
    return Table(columns=(Column(name=own, type="string"), *columns.values()), rows=tuple(rows))


def _told(parts: tuple[Part, ...]) -> Table:
    said = [part.text.strip() for part in parts if isinstance(part, Text)]
    column = Column(name="result", type="string")
    return Table(columns=(column,), rows=tuple((text,) for text in said))
