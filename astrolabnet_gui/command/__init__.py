"""What can be done: the table of verbs. Importing this package fills it."""

from . import (
    action,
    alive,
    batch,
    data,
    executor,
    finding,
    group,
    holding,
    island,
    keeping,
    order,
    resend,
    server,
    session,
    sky,
    task,
)

__all__ = [
    "action",
    "alive",
    "batch",
    "data",
    "executor",
    "finding",
    "group",
    "holding",
    "island",
    "keeping",
    "order",
    "resend",
    "server",
    "session",
    "sky",
    "task",
]
