"""What can be done: the table of verbs. Importing this package fills it."""

from . import action, batch, finding, island, keeping, server, session, sky, task

__all__ = ["action", "batch", "finding", "island", "keeping", "server", "session", "sky", "task"]
