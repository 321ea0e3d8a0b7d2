"""Menu groups: what a person does most stands first; the rest of a long menu goes below a few names, two steps deep."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from .glossary import explained
from .icons import icon
from .safe import set_tooltip

MOST = 14
"""Rows of a menu that needs no groups."""
# Verbs that come first, before any group.
FIRST = ("session.new", "server.send", "write", "batch.new", "server.add", "server.offers", "workspace.connect",
         "group.send")  # fmt: skip
GROUPS: dict[tuple[str, str], tuple[str, ...]] = {
    ("Data", "dataset"): (
        "file.open", "table.load", "table.unrefer", "tap.fetch", "tap.query", "samp.receive", "samp.point", "sky.load",
        "server.collect", "route.relay", "data.find", "dataset.new", "source.add",
    ),
    ("Channels", "channel"): (
        "channel.new", "channel.subscribe", "channel.check", "channel.try", "channel.replay", "channel.find",
        "channel.watch", "channel.unwatch", "channel.restore", "channel.times", "channel.serve",
    ),
    ("Connection", "plug-in"): (
        "server.test", "server.connect", "server.trust", "registry.learn", "route.probe",
    ),
    ("Sessions", "session"): ("session.orphans", "session.clean", "session.closeall"),
    ("Actions", "action"): ("action.new", "action.load", "action.restore"),
    ("Local island", "island"): ("island.start", "island.status", "island.log", "island.kafka", "island.stop"),
    ("Journal and past", "journal"): (
        "journal.moments", "journal.past", "journal.since", "journal.script", "journal.begin",
    ),
    ("Set-up", "settings"): (
        "workspace.open", "workspace.use", "workspace.merge", "workspace.share", "registry.use",
        "registry.share", "preferences.set",
    ),
    ("Plug-ins", "plug-in"): ("plugin.list", "plugin.trust", "plugin.distrust"),
}  # fmt: skip
_HOME = {verb: group for group, verbs in GROUPS.items() for verb in verbs}


def grouped(menu: QMenu, rows: list[QAction], foreign: Iterable[str] = ()) -> None:
    """Put the last ``rows`` of a menu into groups, if they are many; a group of one row is that row.

    Args:
        foreign: verbs of plug-ins.
    """
    if sum(not row.isSeparator() for row in rows) <= MOST:
        return
    homes = _HOME | dict.fromkeys(foreign, ("Plug-ins", "plug-in"))
    there = [homes.get(str(row.data())) for row in rows]
    for row in rows:
        menu.removeAction(row)
    first = sorted((row for row in rows if row.data() in FIRST), key=lambda row: FIRST.index(row.data()))
    menu.addActions(first)
    menu.addSeparator()
    single = [row for row, home in zip(rows, there, strict=True) if home is None or there.count(home) == 1]
    menu.addActions([row for row in single if row not in first])
    above = next((row for row in single if row.data() == "copy"), None)
    made: dict[tuple[str, str], QMenu] = {}
    for row, home in zip(rows, there, strict=True):
        if home is None or row in single or row in first:
            continue
        if home not in made:
            made[home] = _group(menu, *home)
            menu.insertMenu(above, made[home])  # type: ignore[arg-type]
        made[home].addAction(row)


def _group(menu: QMenu, title: str, picture: str) -> QMenu:
    more = QMenu(title, menu)
    more.setToolTipsVisible(True)
    more.setIcon(icon(picture))
    set_tooltip(more.menuAction(), explained(title))
    return more
