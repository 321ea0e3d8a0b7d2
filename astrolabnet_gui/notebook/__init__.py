"""Face 4, Jupyter: the objects of ``net`` as tables with state lights, progress that moves, the graph, ``%%aln``."""

from __future__ import annotations

from typing import Any

from IPython.core.getipython import get_ipython

from ..net.graph import Graph
from ..net.world import Net, Node, Nodes, Servers
from . import html
from .chart import svg
from .magic import Cells
from .progress import Progress


def prepare(net: Net) -> None:
    """What ``connect()`` does in IPython: ``net`` and all that comes of it are shown richly."""
    shell = get_ipython()
    if shell is not None:
        net.desk.watcher = Progress()
        _formatters(shell)


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext astrolabnet_gui.notebook``: the cell magic ``%%aln``."""
    _formatters(shell)
    shell.register_magics(Cells(shell))


def _formatters(shell: Any) -> None:
    pages = shell.display_formatter.formatters["text/html"]
    pages.for_type(Node, html.node)
    pages.for_type(Nodes, html.nodes)
    pages.for_type(Servers, html.nodes)
    pages.for_type(Net, html.net)
    shell.display_formatter.formatters["image/svg+xml"].for_type(Graph, svg)
