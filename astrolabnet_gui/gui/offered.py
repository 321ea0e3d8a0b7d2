"""Offered: the servers of a list as a menu; choosing one opens the form that adds it, filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from ..command.registry import COMMANDS
from ..network.link import RunState
from .desk import Act
from .icons import icon
from .safe import button_words, set_tooltip
from .verbs import Verbs

MOST = 30


def offer_menu(act: Act, verbs: Verbs, parent: QWidget) -> QMenu | None:
    """What a list that was just read here offers; None if the act is another one. Not yet shown."""
    if act.command != "server.offers" or not act.here or act.state is not RunState.DONE or act.last is None:
        return None
    told: Any = act.last.result
    if not isinstance(told, Mapping):
        return None
    menu = QMenu("Servers offered", parent)
    menu.setToolTipsVisible(True)
    menu.addAction("Servers offered: choose one to add").setEnabled(False)
    menu.addSeparator()
    for offer in told["servers"][:MOST]:
        row = menu.addAction(icon("server"), button_words(f"{offer['alias']}   {offer['url']}"))
        row.setData(offer["url"])
        row.setEnabled(not offer["known_as"])
        known = f"It is in the workspace as {offer['known_as']}." if offer["known_as"] else ""
        set_tooltip(row, known or offer["note"])
        row.triggered.connect(lambda _=False, o=offer: _add(verbs, o))
    more = len(told["servers"]) - MOST
    if more > 0:
        menu.addAction(f"{more} more: astrolabnet server.offers lists all").setEnabled(False)
    if not told["servers"]:
        menu.addAction("The list names no server").setEnabled(False)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _add(verbs: Verbs, offer: Mapping[str, str]) -> None:
    given = {"alias": offer["alias"], "url": offer["url"], "login": offer["login"]}
    verbs.ask(COMMANDS["server.add"], None, given)
