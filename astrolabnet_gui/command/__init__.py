"""What can be done: the table of verbs. Importing this package fills it."""

from . import action, batch, executor, finding, group, island, keeping, order, resend, server, session, sky, task

__all__ = [
    "action",
    "batch",
    "executor",
    "finding",
    "group",
    "island",
    "keeping",
    "order",
    "resend",
    "server",
    "session",
    "sky",
    "task",
]
