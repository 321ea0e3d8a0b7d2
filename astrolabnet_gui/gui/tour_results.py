"""Tour of results: a task with stages, a table and its plot, a picture, one result of two sessions, the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from PySide6.QtWidgets import QTabWidget

from ..model.key import Key
from ..model.spark import Stage
from ..model.task import Task
from ..network.link import RunEvent
from .desk import Desk
from .window import Window

_STAGES = """
from pyspark.sql import functions as f
stars = spark.range(400_000).withColumn("field", f.col("id") % 97).withColumn("mag", 14 + f.rand(7) * 8)
stars.repartition(8).groupBy("field").agg(f.count("*"), f.avg("mag")).orderBy("field").count()
"""
_TABLE = "select id, round(14 + 8 * rand(7), 3) as mag, round(sin(id / 9), 4) as flux from range(400)"
_PICTURE = """
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
t = np.linspace(0, 1, 200)
plt.figure(figsize=(5, 3))
plt.plot(t, 15 + 0.4 * np.sin(2 * np.pi * t), ".")
plt.gca().invert_yaxis()
plt.xlabel("phase")
plt.ylabel("mag")
plt.tight_layout()
%matplot plt
"""


class Guide(Protocol):
    """Who leads the tour."""

    desk: Desk
    window: Window

    def send(self, key: Key, **params: Any) -> Key:
        """Send code to a server; key of its task."""

    def do(self, command: str, key: Key | None, params: dict[str, Any]) -> RunEvent:
        """Run a command to its good end; its last word."""

    def text(self, key: Key) -> str:
        """What a task gave, when it has ended."""

    def check(self, what: str, said: str, right: str) -> None:
        """A result must hold what is right."""

    def until(self, what: str, so: Callable[[], bool]) -> None:
        """Let the window live until it is so."""

    def shot(self, name: str) -> None:
        """A picture."""


def show_results(guide: Guide, key: Key) -> None:
    """What tasks on the server at ``key`` give, as a person looks at it."""
    staged = guide.send(key, kind="pyspark", code=_STAGES)
    guide.check("A task with stages", guide.text(staged), "97")
    guide.desk.select(staged)
    guide.until("its stages are there", lambda: bool(_stages(guide, staged)))
    guide.shot("stages")
    rows = guide.send(key, kind="sql", code=_TABLE)
    guide.check("A table, its last row", guide.text(rows).splitlines()[-1], "399")
    _choose(guide, rows, "Table")
    guide.shot("table")
    _choose(guide, rows, "Plot")
    guide.shot("plot")
    drawn = guide.send(key, kind="pyspark", code=_PICTURE)
    guide.text(drawn)
    _choose(guide, drawn, "Image")
    guide.shot("image")
    _merged(guide)
    guide.window.shell.filter.setText("kind:task")
    guide.shot("history")
    guide.window.shell.filter.clear()


def _stages(guide: Guide, key: Key) -> Sequence[Stage]:
    """Stages of a task, as Spark told them; they come a little after the result."""
    thing = guide.desk.thing(key)
    task = None if thing is None else thing.payload
    return task.progress.stages if isinstance(task, Task) and task.progress is not None else ()


def _merged(guide: Guide) -> None:
    """One action on two sessions; their results in one table."""
    things = guide.desk.store.things
    places = tuple(
        thing.key.address(guide.desk.alias(thing.key))
        for thing in things.values()
        if thing.key.kind == "sessions" and thing.state in ("idle", "busy")
    )
    sent = guide.do("group.send", None, {"kind": "sql", "code": "select 1 as one, 2 as two", "targets": places[:2]})
    group = sent.focus
    assert group is not None
    guide.until("both have answered", lambda: (t := guide.desk.thing(group)) is not None and t.state != "running")
    guide.desk.select(group)
    guide.shot("merged")


def _choose(guide: Guide, key: Key, tab: str) -> None:
    """Look at a task, at one tab of its result."""
    guide.desk.select(key)
    guide.until(f"the tab {tab} is there", lambda: _tab(guide, tab) is not None)
    found = _tab(guide, tab)
    assert found is not None
    found[0].setCurrentIndex(found[1])


def _tab(guide: Guide, name: str) -> tuple[QTabWidget, int] | None:
    for tabs in guide.window.detail.findChildren(QTabWidget):
        for n in range(tabs.count()):
            if tabs.tabText(n) == name and tabs.isVisible():
                return tabs, n
    return None
