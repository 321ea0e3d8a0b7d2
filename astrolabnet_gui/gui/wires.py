"""Wires: from a gesture on the graph to the act: what fits, the form of a new channel, pause and pace of one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from ..command.registry import COMMANDS
from ..model.dataset import Dataset
from ..model.key import Key
from ..model.server import Server
from ..model.source import Source, SourceKind
from ..model.thing import Thing
from .desk import Desk
from .fits import fits
from .parts import Parts
from .safe import button_words

# Rows a look takes when a channel that took all is slowed down for the first time.
FIRST_PACE = 10_000


def wire_up(window: Parts) -> None:
    """Connect the gestures of the graph."""
    canvas, desk = window.canvas, window.desk
    canvas.fitting = lambda key: fits(desk.store, key)

    def ask(origin: Key, target: Key) -> None:
        thing = desk.thing(origin)
        if thing is not None:
            window.verbs.ask(COMMANDS["channel.new"], target, beginning(thing, desk.thing(origin.root)))

    def offer(origin: Key, at: QPoint) -> None:
        menu = QMenu(window.shell)
        for key, fit in fits(desk.store, origin).items():
            server = desk.thing(key)
            if server is not None and not fit.reason:
                row = menu.addAction(button_words(f"{server.label}{f', {fit.note}' if fit.note else ''}"))
                row.triggered.connect(lambda _=False, k=key: ask(origin, k))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    canvas.wired.connect(ask)
    canvas.unbound.connect(offer)
    canvas.refused.connect(lambda words: window.shell.statusBar().showMessage(button_words(words, 200), 8000))
    canvas.wire_acted.connect(lambda key, word: act(desk, key, word))


def beginning(thing: Thing, server: Thing | None) -> dict[str, Any]:
    """What the form of a channel from a thing starts with."""
    given: dict[str, Any] = {"title": thing.label[:80]}
    payload = thing.payload
    if isinstance(payload, Source) and payload.origin is not None:
        origin = payload.origin
        given["origin"] = payload.name
        match origin.kind:
            case SourceKind.KAFKA:
                one = ",".join(origin.topics)
                every = {"subscribePattern": "|".join(t.replace(".", r"\.").replace("*", ".*") for t in origin.topics)}
                options = {"kafka.bootstrap.servers": origin.servers} | (every if "*" in one else {"subscribe": one})
                if origin.security.logs_in:
                    options |= {
                        "kafka.security.protocol": origin.security.value,
                        "kafka.sasl.mechanism": origin.mechanism.value, "sasl.username": origin.user,
                    }  # fmt: skip
                given |= {"format": "kafka", "options": options, "decode": "packets", "avro_schema": origin.avro_schema}
            case SourceKind.RATE:
                given |= {"format": "rate", "rows_at_once": origin.rows_s}
            case SourceKind.TABLE:
                given |= {"format": "table", "place": origin.place}
            case _:
                given |= {"format": origin.format, "place": origin.place}
    elif server is not None and isinstance(server.payload, Server):
        given["origin_url"] = server.payload.url
        if thing.key.kind == "tables":
            given |= {"format": "table", "place": str(payload), "mode": "snapshot"}
        elif isinstance(payload, Dataset):
            given |= {"mode": "snapshot"}
    return given


def act(desk: Desk, key: Key, word: str) -> None:
    """Pause or go on; half or twice the pace."""
    thing = desk.thing(key)
    if thing is None or key.kind != "channels":
        return
    if word == "turn":
        pause = COMMANDS["channel.pause"]
        name = "channel.start" if pause.when(thing) else "channel.pause"
        if not COMMANDS[name].when(thing):
            desk.submit(name, key, {})
        return
    now = int(getattr(thing.payload, "rows_at_once", 0) or 0)
    pace = (now // 2 if now > 1 else now or FIRST_PACE) if word == "slower" else now * 2
    if pace != now:
        desk.submit("channel.throttle", key, {"rows_at_once": pace})
