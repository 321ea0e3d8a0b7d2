"""The same graph in other hands: NodeGraphQt and a plain QGraphicsScene, for the bench of the graph.

Each peer shows N nodes with 3 N links at the same places, is panned, zoomed, dragged and recoloured by its own means,
and is painted into the same picture. NodeGraphQt's nodes are richer (ports, curves); that is what it offers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QApplication, QGraphicsLineItem, QGraphicsRectItem, QGraphicsScene, QGraphicsView

from astrolabnet_gui.gui.theme import theme

WIDE, HIGH = 1600, 1000
Places = np.ndarray[Any, np.dtype[np.float64]]
Pairs = np.ndarray[Any, np.dtype[np.int64]]


class Peer(Protocol):
    """What is measured of a peer."""

    view: QGraphicsView

    def drag(self, dx: float, dy: float) -> None: ...

    def recolour(self, rows: range, on: bool) -> None: ...


class Plain:
    """One Qt item for each node and link, as a first program would do it."""

    def __init__(self, at: Places, pairs: Pairs) -> None:
        dress = theme("dark")
        self._colours = QColor(dress.text3), QColor(dress.busy)
        self.scene = QGraphicsScene()
        pen = QPen(QColor(dress.link_wire), 0)
        self._at, self._lines = at, []
        for a, b in pairs.tolist():
            line = QGraphicsLineItem(QLineF(*at[a].tolist(), *at[b].tolist()))
            line.setPen(pen)
            self.scene.addItem(line)
            self._lines.append(line)
        self._nodes = []
        for x, y in at.tolist():
            node = QGraphicsRectItem(-82, -23, 164, 46)
            node.setPos(x, y)
            node.setBrush(self._colours[0])
            self.scene.addItem(node)
            self._nodes.append(node)
        self._mine = np.nonzero((pairs == len(at) // 2).any(1))[0].tolist()
        self._pairs = pairs
        self.view = QGraphicsView(self.scene)

    def drag(self, dx: float, dy: float) -> None:
        """Move the middle node with its links."""
        row = len(self._at) // 2
        self._at[row] += (dx, dy)
        self._nodes[row].setPos(*self._at[row].tolist())
        for edge in self._mine:
            a, b = self._pairs[edge].tolist()
            self._lines[edge].setLine(QLineF(*self._at[a].tolist(), *self._at[b].tolist()))

    def recolour(self, rows: range, on: bool) -> None:
        """Another fill."""
        for row in rows:
            self._nodes[row].setBrush(self._colours[on])


class Nodes:
    """NodeGraphQt with one input and one output for each node."""

    def __init__(self, at: Places, pairs: Pairs) -> None:
        from NodeGraphQt import BaseNode, NodeGraph

        class Server(BaseNode):  # type: ignore[misc]
            """A node with a port at each end."""

            __identifier__, NODE_NAME = "bench", "server"

            def __init__(self) -> None:
                super().__init__()
                self.add_input("in", multi_input=True)
                self.add_output("out", multi_output=True)

        self.graph = NodeGraph()
        self.graph.register_node(Server)
        self._nodes = [
            self.graph.create_node("bench.Server", name=f"s{n}", pos=place, push_undo=False, selected=False)
            for n, place in enumerate(at.tolist())
        ]
        for a, b in pairs.tolist():
            self._nodes[a].output(0).connect_to(self._nodes[b].input(0), push_undo=False)
        self.view = self.graph.viewer()

    def drag(self, dx: float, dy: float) -> None:
        """Move the middle node with its links."""
        view = self._nodes[len(self._nodes) // 2].view
        x, y = view.xy_pos
        view.xy_pos = [x + dx, y + dy]

    def recolour(self, rows: range, on: bool) -> None:
        """Another fill."""
        for row in rows:
            self._nodes[row].set_property("color", (75, 169, 255, 255) if on else (152, 162, 175, 255), push_undo=False)


def measure(make: Callable[[Places, Pairs], Peer], at: Places, pairs: Pairs, frames: int) -> dict[str, object]:
    """Build it and take the same frames as of the canvas; CPU ms."""
    begun = time.thread_time()
    peer = make(at.copy(), pairs)
    view = peer.view
    view.resize(WIDE, HIGH)
    view.show()
    QApplication.processEvents()
    out: dict[str, object] = {"nodes": len(at), "build_ms": round((time.thread_time() - begun) * 1000)}
    view.fitInView(view.scene().itemsBoundingRect(), Qt.AspectRatioMode.KeepAspectRatio)

    def pan(i: int) -> None:
        bar = view.horizontalScrollBar()
        bar.setValue(bar.value() + (7 if (i // 8) % 2 else -7))

    def zoom(i: int) -> None:
        factor = 1.1 if (i // 4) % 2 else 1 / 1.1
        view.scale(factor, factor)

    def drag(i: int) -> None:
        peer.drag(3 if i % 2 else -3, 2)

    def recolour(i: int) -> None:
        share = max(1, len(at) // 100)
        peer.recolour(range(0, share), bool(i % 2))

    for name, act in (("pan", pan), ("zoom", zoom), ("drag", drag), ("recolour", recolour)):
        spent = []
        for i in range(frames):
            begun = time.thread_time()
            act(i)
            view.viewport().repaint()
            spent.append((time.thread_time() - begun) * 1000)
        out[f"{name}_far"] = {q: round(float(np.percentile(spent, p)), 1) for q, p in (("p50", 50), ("p95", 95))}
    view.close()
    view.deleteLater()
    QApplication.processEvents()
    return out
