"""What can be done: the table of verbs. Importing this package fills it."""

from . import batch, island, server, session, sky, task

__all__ = ["batch", "island", "server", "session", "sky", "task"]
