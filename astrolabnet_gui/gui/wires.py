"""Wires: from a gesture on the graph to the act: what fits, the form of a new channel, pause and pace of one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from ..catalog.names import TableName
from ..command.registry import COMMANDS
from ..model.channel import Channel
from ..model.dataset import Replica
from ..model.key import Key
from ..model.server import Server
from ..model.source import Source
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
            verb, given = beginning(thing, desk.thing(origin.root))
            window.verbs.ask(COMMANDS[verb], target, given)

    def offer(origin: Key, at: QPoint) -> None:
        menu = QMenu(window.shell)
        for key, fit in fits(desk.store, origin).items():
            server = desk.thing(key)
            if server is not None and not fit.reason:
                row = menu.addAction(button_words(f"{server.label}{f', {fit.note}' if fit.note else ''}"))
                row.triggered.connect(lambda _=False, k=key: ask(origin, k))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def from_row(ident: object, letter: str) -> None:
        if letter == "W" and isinstance(ident, Key):
            canvas.setFocus()
            canvas.start_wire(ident)

    window.tree.verb_wanted.connect(from_row)
    canvas.wired.connect(ask)
    canvas.unbound.connect(offer)
    canvas.refused.connect(lambda words: window.shell.statusBar().showMessage(button_words(words, 200), 8000))
    canvas.wire_acted.connect(lambda key, word: act(desk, key, word))


def beginning(thing: Thing, server: Thing | None) -> tuple[str, dict[str, Any]]:
    """The verb whose form a drawn wire opens, and what the form starts with."""
    payload = thing.payload
    if isinstance(payload, Source):
        return "channel.subscribe", {"source": payload.name}
    given: dict[str, Any] = {"title": thing.label[:80]}
    if server is not None and isinstance(server.payload, Server):
        given["origin_url"] = server.payload.url
        if thing.key.kind == "tables":
            given |= {"format": "table", "place": str(payload), "mode": "snapshot"}
        elif isinstance(payload, Replica):
            catalog, *spaces, name = payload.table or ("spark_catalog", thing.label)
            place = TableName(catalog=catalog, namespace=tuple(spaces), name=name)
            given |= {"format": "table", "place": str(place), "mode": "snapshot"}
        else:
            given |= {"title": f"from {thing.label}"[:80], "format": "table", "mode": "snapshot"}
    return "channel.new", given


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
    now = thing.payload.at_once if isinstance(thing.payload, Channel) else 0
    pace = (now // 2 if now > 1 else now or FIRST_PACE) if word == "slower" else now * 2
    if pace != now:
        desk.submit("channel.throttle", key, {"rows_at_once": pace})
