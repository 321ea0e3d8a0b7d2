"""Chooser: menu rows of verbs that need one more thing, offered below the verb: a server to send to, a task to compare
with, a tint. So they take three clicks and no typing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import get_args

from PySide6.QtWidgets import QMenu

from ..command.registry import Command
from ..command.session import server_up
from ..model.key import Key
from ..model.server import Tint
from ..model.task import Task
from ..model.thing import Thing
from .desk import Desk
from .icons import icon
from .safe import button_words, set_tooltip
from .words import since

MOST = 15
Offer = tuple[str, str, str, str]
"""Words of a row, name of the parameter, its value, why it can not be chosen."""


def choose_rows(menu: QMenu, verb: Command, thing: Thing, desk: Desk) -> None:
    """Add ``verb`` with what can be chosen for it below."""
    reason = desk.why_not(verb, thing)
    more = QMenu(button_words(verb.title.rstrip("…")), menu)
    more.setToolTipsVisible(True)
    more.setIcon(icon(verb.icon))
    menu.addMenu(more)
    more.menuAction().setData(verb.name)
    more.setEnabled(not reason)
    set_tooltip(more.menuAction(), reason)
    for words, field, value, why_not in CHOOSERS[verb.name](thing, desk):
        row = more.addAction(button_words(words))
        row.setEnabled(not why_not)
        set_tooltip(row, why_not)
        row.triggered.connect(lambda _=False, f=field, v=value: desk.submit(verb.name, thing.key, {f: v}))
    if more.isEmpty():
        more.addAction("There is nothing to choose yet").setEnabled(False)


def _servers(_thing: Thing, desk: Desk) -> Iterable[Offer]:
    return [(server.label, "server", server.label, server_up(server)) for server in desk.store.servers()]


def _tasks(thing: Thing, desk: Desk) -> Iterable[Offer]:
    """Kept tasks of the history: those of the same name first, then the newest."""
    own = thing.payload.task_key if isinstance(thing.payload, Task) else ""
    kept = [
        t for t in desk.store.children(Key(""))
        if t.key.kind == "tasks" and isinstance(t.payload, Task) and t.payload.archived and t.key.id != own
    ]  # fmt: skip
    kept.sort(key=lambda t: str(t.key.id), reverse=True)
    kept.sort(key=lambda t: t.label != thing.label)
    now = datetime.now(UTC)
    for t in kept[:MOST]:
        ago = since(t.since, now)
        yield f"{t.label}   {t.state}{f', {ago} ago' if ago else ''}", "other", str(t.key.id), ""


def _tints(thing: Thing, _desk: Desk) -> Iterable[Offer]:
    now = getattr(thing.payload, "tint", "")
    for tint in get_args(Tint):
        yield tint or "none", "tint", tint, "It has this tint now." if tint == now else ""


CHOOSERS: dict[str, Callable[[Thing, Desk], Iterable[Offer]]] = {
    "task.forward": _servers, "batch.forward": _servers, "task.compare": _tasks, "server.tint": _tints,
}  # fmt: skip
