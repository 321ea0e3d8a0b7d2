"""Status: the counts at the left of the status bar, the run that takes its time at the right, with its Cancel."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStatusBar, QWidget

from ..model.channel import Channel
from ..model.key import Key
from ..model.kind import Health
from ..model.thing import Thing
from ..network.delta import Delta
from ..network.link import RunState
from .desk import ENDED, Act, Desk
from .glossary import explained
from .marks import mark_pixmap
from .safe import button_words, label, set_tooltip, set_words
from .style import Dress
from .words import one_line, percent, plural, size

PATIENCE_MS = 500


class Count(QPushButton):
    """A mark and its words; hidden while there is nothing to count. A press filters the tree by it."""

    def __init__(self, health: Health, dress: Dress) -> None:
        super().__init__()
        self._health, self._dress = health, dress
        self.setProperty("count", True)
        self.hide()

    def say(self, words: str) -> None:
        """Show the words; "" hides it."""
        self.setText(button_words(words))
        set_tooltip(self, f"Show only these in the tree\n{explained(words)}".strip())
        self.setVisible(bool(words))

    @property
    def words(self) -> str:
        """What it says."""
        return self.text()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words, then the mark."""
        super().paintEvent(event)
        painter = QPainter(self)
        drawn = mark_pixmap(self._health, self._dress.now, 12, self.devicePixelRatioF())
        painter.drawPixmap(QPoint(8, self.height() // 2 - 6), drawn)
        painter.end()


FILTERS = {
    Health.OK: "kind:server state:ok",
    Health.UNKNOWN: "kind:server state:unknown",
    Health.GONE: "kind:server state:gone",
    Health.FAILED: "kind:server state:failed",
    Health.BUSY: "kind:task state:busy",
    Health.FLOW: "kind:channel",
}


class Status(QWidget):
    """Follows the desk; lives in the status bar.

    Signals:
        filter_wanted(str): a count was pressed; this filter shows what it counts.
    """

    filter_wanted = Signal(str)

    def __init__(self, bar: QStatusBar, desk: Desk, dress: Dress) -> None:
        super().__init__()
        self._desk = desk
        self._none = label("No servers", name="small")
        self._none.setContentsMargins(12, 0, 0, 0)
        self.counts = {h: Count(h, dress) for h in FILTERS}
        left = QWidget()
        row = QHBoxLayout(left)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._none)
        for health, count in self.counts.items():
            row.addWidget(count)
            count.clicked.connect(partial(self.filter_wanted.emit, FILTERS[health]))
        bar.addWidget(left)
        self.said = label(name="small")
        self._cancel = QPushButton("Cancel")
        self._cancel.setObjectName("cancel_run")
        self._cancel.setProperty("link", True)
        self._cancel.clicked.connect(self._stop)
        self._cancel.hide()
        self.journal = label("journal ready", name="small")
        right = QHBoxLayout(self)
        right.setContentsMargins(0, 0, 12, 0)
        right.setSpacing(12)
        right.addWidget(self.said)
        right.addWidget(self._cancel)
        right.addWidget(self.journal)
        bar.addPermanentWidget(self)
        self._shown: Act | None = None
        self._late = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._late.timeout.connect(self._show_run)
        self._soon = QTimer(self, interval=100, singleShot=True)
        self._soon.timeout.connect(self.recount)
        desk.acted.connect(self._acted)
        self._running: set[Key] = set()
        desk.changed.connect(self._changed)
        desk.reset.connect(self._begin_anew)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._running = {t.key for t in self._desk.store.things.values() if _runs(t)}
        self.recount()

    def _changed(self, delta: Delta) -> None:
        """Only what changed is looked at: there may be 20 000 things."""
        self._running.difference_update(delta.removed)
        for thing in (*delta.added, *delta.changed):
            (self._running.add if _runs(thing) else self._running.discard)(thing.key)
        if not self._soon.isActive():
            self._soon.start()

    def recount(self) -> None:
        """Servers by their state, tasks that run."""
        of, running = self._desk.store.standing, len(self._running)
        servers = sum(map(of, Health))
        self._none.setVisible(not servers)
        say = self.counts
        say[Health.OK].say(f"{of(Health.OK)} of {plural(servers, 'server')} up" if servers else "")
        say[Health.UNKNOWN].say(f"{of(Health.UNKNOWN)} no answer yet" if of(Health.UNKNOWN) else "")
        unmet = of(Health.GONE, "not contacted")
        gone = ((of(Health.GONE) - unmet, "down"), (unmet, "not contacted"))
        say[Health.GONE].say(", ".join(f"{many} {word}" for many, word in gone if many))
        say[Health.FAILED].say(f"{of(Health.FAILED)} refused" if of(Health.FAILED) else "")
        say[Health.BUSY].say(f"{plural(running, 'task')} running" if running else "")
        say[Health.FLOW].say(_flow_words([t for t in self._desk.store.children(Key("")) if t.key.kind == "channels"]))

    def _acted(self, act: Act) -> None:
        if not act.here:
            return
        if act.state not in ENDED:
            self._shown = act
            if self._cancel.isVisible() or act.state is RunState.ASKING:
                self._show_run()
            elif not self._late.isActive():
                self._late.start()
            return
        if self._shown is not None and act.run == self._shown.run:
            self._late.stop()
            self._shown = next((a for a in self._desk.acts.values() if a.here and a.state not in ENDED), None)
            self._cancel.hide()
            self._say_end(act)
            if self._shown is not None:
                self._late.start()

    def _say_end(self, act: Act) -> None:
        event = act.last
        words = "" if event is None else str(event.problem) if event.problem else event.text
        set_words(self.said, one_line(words))

    def _show_run(self) -> None:
        act = self._shown
        if act is None or act.state in ENDED:
            return
        event = act.last
        words = (event.text if event else "") or act.command
        if event is not None and event.progress is not None:
            words += f" {percent(event.progress)}"
        set_words(self.said, words)
        self._cancel.show()

    def _stop(self) -> None:
        if self._shown is not None:
            self._desk.cancel(self._shown.run)


def _flow_words(channels: list[Thing]) -> str:
    """``2 channels · 412 rows/s · 64.0 MB/s`` of those that flow; "" where there are none."""
    flows = [t.payload for t in channels if t.state in ("flowing", "behind") and isinstance(t.payload, Channel)]
    if not flows:
        return ""
    rows_s, bytes_s = sum(c.rows_s or 0.0 for c in flows), sum(c.rate_bytes_s or 0.0 for c in flows)
    words = [
        plural(len(flows), "channel"),
        f"{rows_s:.3g} rows/s" if rows_s else "",
        f"{size(bytes_s)}/s" if bytes_s else "",
    ]
    return " · ".join(word for word in words if word)


def _runs(thing: Thing) -> bool:
    """It is a task at work."""
    return thing.key.kind == "statements" and thing.health is Health.BUSY
