"""Tour of results: a task with stages, a table and its plot, a picture, one result of two servers, the history."""

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
_FIELDS = """
select id % 4 as field, count(*) as stars, round(avg(14 + (id * 37 % 800) / 100), 3) as mag from range(100000)
group by id % 4 order by field
"""
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

    def leave_out(self, what: str, why: str) -> None:
        """A part that can not be done here."""

    def shot(self, name: str) -> None:
        """A picture."""


def show_results(guide: Guide, key: Key, second: Key) -> None:
    """What tasks on the server at ``key``, and on a second one, give, as a person looks at it."""
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
    guide.check("A picture", guide.text(drawn), "Image")
    _choose(guide, drawn, "Image")
    guide.shot("image")
    _merged(guide, key, second)
    guide.window.shell.filter.setText("kind:task")
    guide.shot("history")
    guide.window.shell.filter.clear()


def _stages(guide: Guide, key: Key) -> Sequence[Stage]:
    """Stages of a task, as Spark told them; they come a little after the result."""
    thing = guide.desk.thing(key)
    task = None if thing is None else thing.payload
    return task.progress.stages if isinstance(task, Task) and task.progress is not None else ()


def _merged(guide: Guide, key: Key, second: Key) -> None:
    """One action on two servers; their results in one table."""
    names = tuple(guide.desk.alias(server) for server in (key, second))
    sent = guide.do("group.send", None, {"kind": "sql", "code": _FIELDS, "name": "Stars by field", "targets": names})
    group = sent.focus
    assert group is not None
    guide.until("both have answered", lambda: (t := guide.desk.thing(group)) is not None and t.state != "running")
    rows = guide.do("group.result", group, {}).result["rows"]
    guide.check("One table of two servers", " ".join(f"{row[0]}:{row[1]}" for row in rows), f"{names[1]}:3")
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
