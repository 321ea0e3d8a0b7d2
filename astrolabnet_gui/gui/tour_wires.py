"""Wires of the tour: drawn by the mouse from a broker to a server, and from there to the next; the rows are counted."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QPushButton

from ..errors import AstroLabNetError
from ..model.channel import Channel
from ..model.key import Key
from ..network.link import RunEvent
from ..sources.publishing import publish
from .canvas.pull import ports
from .desk import Act, Desk
from .form import Form
from .robot import Robot, Stuck
from .window import Window

_ALERTS, _LIMIT = 400, 18
_PROGRAM = (sys.executable, "-P", "-m", "astrolabnet_gui.island", "broker")
_SOURCE, _TOPIC, _TABLE, _COPY = "night broker", "night", "night.bright", "copies.night"
# Without a broker here: what the sample sky left.
_SKY = "sample_sky.alerts"


class Guide(Protocol):
    """Who leads the tour."""

    desk: Desk
    window: Window
    robot: Robot

    def do(self, command: str, key: Key | None, params: dict[str, Any]) -> RunEvent:
        """Run a command to its good end; its last word."""

    def end_of(self, act: Act) -> RunEvent:
        """Wait for the good end of an act that a person began; its last word."""

    def check(self, what: str, said: str, right: str) -> None:
        """A result must hold what is right."""

    def until(self, what: str, so: Callable[[], bool]) -> None:
        """Let the window live until it is so."""

    def leave_out(self, what: str, why: str) -> None:
        """A part that can not be done here."""

    def shot(self, name: str) -> None:
        """A picture."""


def show_wires(guide: Guide, first: Key, second: Key) -> None:
    """Broker → first server → second server; where no broker can be had, its part is left out."""
    with own_broker(guide) as address:
        flows = _subscribed(guide, address, first) if address else None
        table = _SKY if flows is None else _TABLE
        copied = _onward(guide, table, first, second)
        guide.window.canvas.fit()
        guide.shot("wires")
        for channel in (copied, flows):
            if channel is not None:
                guide.do("channel.delete", channel, {})


@contextmanager
def own_broker(guide: Guide) -> Iterator[str]:
    """Address of a small Kafka that ends with this; "" if none can be had here, which is said."""
    with tempfile.TemporaryDirectory(prefix="astrolabnet-broker-") as folder:
        said, wrong = Path(folder, "said"), Path(folder, "wrong")
        with said.open("wb") as out, wrong.open("wb") as err:
            process = subprocess.Popen(_PROGRAM, stdin=subprocess.PIPE, stdout=out, stderr=err, env=dict(os.environ))
        try:
            guide.until("a broker answers, or says why not", lambda: bool(_line(said)) or process.poll() is not None)
            address = _line(said)
            if not address:
                guide.leave_out("the broker", wrong.read_text("utf-8", "replace").strip() or "it did not start")
            yield address
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


def _line(file: Path) -> str:
    """First whole line of a file."""
    return next((line for line in file.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")), "").strip()


def alerts() -> list[dict[str, Any]]:
    """The same ones at each tour."""
    dice = random.Random(2026)
    return [
        {"objectId": f"ALN26{n // 4:05}", "candid": n,
         "candidate": {"jd": 2461000.5 + n / 1e4, "ra": dice.uniform(0, 360), "dec": dice.uniform(-30, 90),
                       "magpsf": round(dice.uniform(14, 21), 3)}}
        for n in range(_ALERTS)
    ]  # fmt: skip


def _subscribed(guide: Guide, address: str, server: Key) -> Key | None:
    """Alerts flow from the broker into a table; None where the client of Kafka is not here."""
    sent = alerts()
    try:
        publish(address, _TOPIC, (json.dumps(one).encode() for one in sent))
        guide.do("island.kafka", None, {})
    except AstroLabNetError as error:
        guide.leave_out("the broker", str(error))
        return None
    added = guide.do("source.add", None, {"name": _SOURCE, "servers": address, "topics": [_TOPIC]})
    source = added.focus
    assert source is not None
    form = _drawn(guide, source, server, shot="wire-pulled")
    guide.robot.type(form.controls["table"].widget, _TABLE)
    guide.robot.type(form.controls["where"].widget, f"candidate.magpsf < {_LIMIT}")
    guide.shot("wire-form")
    channel = _sent(guide, form)
    right = sum(one["candidate"]["magpsf"] < _LIMIT for one in sent)
    guide.until("all alerts are there", lambda: _of(guide, channel).rows == right)
    guide.check("Alerts of the broker, the bright ones", f"{_of(guide, channel).rows}", f"{right}")
    guide.desk.select(channel)
    guide.shot("wire-flows")
    return channel


def _onward(guide: Guide, table: str, first: Key, second: Key) -> Key:
    """A table of the first server is copied to the second, once it is known how its rows can get there."""
    form = _drawn(guide, first, second)
    guide.robot.type(form.controls["place"].widget, table)
    guide.robot.type(form.controls["table"].widget, _COPY)
    again = form.findChild(QPushButton, "ask_ways")
    if not isinstance(again, QPushButton):
        raise Stuck("the form of a channel between two servers does not offer to find out how data can travel.")
    guide.robot.click(again)
    guide.until("it is known who reaches whom", lambda: again.isEnabled() and "anew" in again.text())
    guide.shot("wire-road")
    channel = _sent(guide, form)
    guide.until("the copy is proved", lambda: _state(guide, channel) in ("verified equal", "failed", "lost"))
    guide.check("The copy at the second server", _state(guide, channel), "verified equal")
    guide.desk.select(channel)
    guide.shot("wire-proved")
    return channel


def _drawn(guide: Guide, origin: Key, target: Key, shot: str = "") -> Form:
    """Pull a wire from a handle to a server; the form that opens."""
    canvas, robot = guide.window.canvas, guide.robot
    guide.until("both ends are on the graph", lambda: {origin, target} <= canvas.scene.rows.keys())
    canvas.fit()
    guide.until("the graph rests", lambda: not canvas.flying)

    def at(x: float, y: float) -> QPoint:
        return QPoint(*(round(value) for value in canvas.view.on_widget(x, y)))

    row, end = canvas.scene.rows[origin], canvas.scene.middle(canvas.scene.rows[target])
    robot.drag(
        canvas, at(*canvas.scene.middle(row)), at(*ports(canvas.scene, row)[-1]), at(*end),
        before_drop=lambda: guide.shot(shot) if shot else None,
    )  # fmt: skip
    form = guide.window.verbs.form
    if form is None:
        raise Stuck("a wire was drawn, and no form opened.")
    return form


def _sent(guide: Guide, form: Form) -> Key:
    """Click the form's button; the channel that comes of it."""
    known = set(guide.desk.acts)
    guide.robot.click(form.button)
    act = next(act for run, act in guide.desk.acts.items() if run not in known and act.command == form.verb.name)
    channel = guide.end_of(act).focus
    assert channel is not None
    guide.until("its wire is there", lambda: guide.desk.thing(channel) is not None)
    return channel


def _of(guide: Guide, channel: Key) -> Channel:
    thing = guide.desk.thing(channel)
    if thing is None or not isinstance(thing.payload, Channel) or thing.state in ("failed", "lost"):
        raise Stuck(f"the channel is {'gone' if thing is None else f'{thing.state}: {thing.problem}'}")
    return thing.payload


def _state(guide: Guide, channel: Key) -> str:
    thing = guide.desk.thing(channel)
    return "" if thing is None else thing.state
