"""The Kind table: one row per kind of thing; every face reads its label, icon, columns and states here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Health(StrEnum):
    """The eight marks (look.md §1). Colour and shape come from these alone."""

    OK = "ok"
    BUSY = "busy"
    PENDING = "pending"
    WARN = "warn"
    FAILED = "failed"
    GONE = "gone"
    UNKNOWN = "unknown"
    FLOW = "flow"


@dataclass(frozen=True, slots=True)
class Kind:
    """What all things of one kind have in common.

    Attributes:
        name: collection name as it stands in a Key and in a URL.
        label: singular, as a person reads it.
        parent: name of the kind above; "" for a root.
        icon: name of the file in ``resources/icons``.
        states: state word -> mark; a word not listed is UNKNOWN and shown as the server wrote it.
        terminal: states which never change again.
    """

    name: str
    label: str
    parent: str
    icon: str
    states: Mapping[str, Health] = field(default_factory=dict)
    terminal: frozenset[str] = frozenset()

    def health(self, state: str) -> Health:
        """Mark of a state word."""
        return self.states.get(state, Health.UNKNOWN)


_OK, _BUSY, _PENDING, _FAILED, _GONE = Health.OK, Health.BUSY, Health.PENDING, Health.FAILED, Health.GONE

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "servers", "Server", "", "server",
            {"up": _OK, "starting": _BUSY, "asking": Health.UNKNOWN, "no answer": Health.UNKNOWN, "down": _GONE,
             "login needed": _FAILED, "not Livy": _FAILED, "not trusted": _FAILED,
             "certificate changed": _FAILED, "stopped": _GONE,
             "not contacted": _GONE, "disabled": _FAILED},
        ),
        Kind(
            "sessions", "Session", "servers", "session",
            {"not_started": _PENDING, "starting": _BUSY, "recovering": _BUSY, "idle": _OK, "running": _BUSY,
             "busy": _BUSY, "shutting_down": _PENDING, "error": _FAILED, "dead": _FAILED, "killed": _GONE,
             "success": _OK, "gone": _GONE},
            frozenset({"error", "dead", "killed", "success", "gone"}),
        ),
        Kind(
            "statements", "Task", "sessions", "task",
            {"queued": _PENDING, "sent?": Health.UNKNOWN, "waiting": _PENDING, "running": _BUSY, "cancelling": _BUSY,
             "available": _OK, "done": _OK, "failed": _FAILED, "cancelled": _GONE, "refused": _FAILED, "lost": _GONE,
             "unknown": Health.UNKNOWN, "still runs": Health.WARN},
            frozenset({"available", "done", "failed", "cancelled", "refused", "lost", "unknown"}),
        ),
        Kind(
            "batches", "Batch", "servers", "batch",
            {"not_started": _PENDING, "starting": _BUSY, "recovering": _BUSY, "running": _BUSY, "success": _OK,
             "dead": _FAILED, "error": _FAILED, "killed": _GONE, "shutting_down": _PENDING, "gone": _GONE},
            frozenset({"dead", "killed", "success", "error", "gone"}),
        ),
        Kind(
            "datasets", "Dataset", "servers", "dataset",
            {"ready": _OK, "verified equal": _OK, "behind": Health.WARN, "changed": Health.WARN,
             "arriving": _BUSY, "lost": _GONE, "differs": Health.WARN, "not compared": Health.UNKNOWN,
             "not asked": Health.UNKNOWN},
        ),
        Kind("catalogs", "Catalog", "servers", "dataset", {"ready": _OK, "not asked": Health.UNKNOWN}),
        Kind("namespaces", "Namespace", "catalogs", "file", {"ready": _OK, "not asked": Health.UNKNOWN}),
        Kind("tables", "Table", "namespaces", "table", {"ready": _OK, "changed": Health.WARN, "vanished": _GONE}),
        Kind("columns", "Column", "tables", "column", {"ready": _OK}),
        Kind("files", "File", "servers", "file", {"ready": _OK, "not asked": Health.UNKNOWN, "vanished": _GONE}),
        Kind(
            "sources", "Source", "", "source",
            {"flowing": Health.FLOW, "quiet": _OK, "asking": Health.UNKNOWN, "not asked": Health.UNKNOWN,
             "not reachable": _FAILED, "login needed": _FAILED},
        ),
        Kind(
            "channels", "Channel", "", "channel",
            {"drawn": _PENDING, "rehearsing": Health.FLOW, "pending": _PENDING,
             "flowing": Health.FLOW, "behind": Health.WARN, "stalled": Health.WARN,
             "paused": _PENDING, "data missing": Health.WARN, "failed": _FAILED, "lost": _GONE, "done": _OK,
             "verified equal": _OK, "differs": Health.WARN},
            frozenset({"done", "verified equal"}),
        ),
        Kind(
            "tasks", "Task", "", "task",
            {"queued": _PENDING, "sent?": Health.UNKNOWN, "waiting": _PENDING, "running": _BUSY, "cancelling": _BUSY,
             "done": _OK, "failed": _FAILED, "cancelled": _GONE, "refused": _FAILED, "lost": _GONE,
             "unknown": Health.UNKNOWN, "dead": _FAILED, "error": _FAILED, "killed": _GONE, "gone": _GONE},
            frozenset({"done", "failed", "cancelled", "refused", "lost", "unknown", "dead", "error", "killed", "gone"}),
        ),
        Kind(
            "groups", "Several servers", "", "tree",
            {"running": _BUSY, "done": _OK, "partly done": Health.WARN, "failed": _FAILED, "cancelled": _GONE},
            frozenset({"done", "partly done", "failed", "cancelled"}),
        ),
        Kind("actions", "Action", "", "action", {"ready": _OK}),
    )
}  # fmt: skip
