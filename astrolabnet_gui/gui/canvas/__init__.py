"""The graph: servers float, their children are racked below them, channels run between them; painted by ourselves."""

from .canvas import Canvas
from .wire import SourceMark, Wire

__all__ = ["Canvas", "SourceMark", "Wire"]
