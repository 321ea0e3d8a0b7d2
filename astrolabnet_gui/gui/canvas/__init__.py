"""The graph: servers float, their children are racked below them, channels run between them; painted by ourselves."""

from .canvas import Canvas

__all__ = ["Canvas"]
