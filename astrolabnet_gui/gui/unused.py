"""Unused: the sessions nobody looks at as a menu; choosing one shows it, the last row closes those that are mine."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from ..errors import BadInput
from ..network.link import RunState
from .desk import Act, Desk
from .icons import icon
from .safe import button_words, set_tooltip
from .words import plural, span

MOST = 30


def unused_menu(act: Act, desk: Desk, parent: QWidget) -> QMenu | None:
    """What was just found here; None if the act is another one. Not yet shown."""
    if act.command != "session.orphans" or not act.here or act.state is not RunState.DONE or act.last is None:
        return None
    told: Any = act.last.result
    if not isinstance(told, list | tuple):
        return None
    menu = QMenu("Sessions nobody uses", parent)
    menu.setToolTipsVisible(True)
    menu.addAction("Sessions nobody uses: choose one to see it" if told else "Every session is in use").setEnabled(
        False
    )
    menu.addSeparator()
    for one in told[:MOST]:
        row = menu.addAction(icon("session"), button_words(_words(one)))
        row.setData(one["address"])
        set_tooltip(row, f"{one['label']}: holds {one['holds']}")
        row.triggered.connect(lambda _=False, at=one["address"]: _show(desk, at))
    if len(told) > MOST:
        menu.addAction(f"{len(told) - MOST} more: astrolabnet sessions orphans lists all").setEnabled(False)
    mine = sum(1 for one in told if one["mine"])
    if told:
        menu.addSeparator()
        close = menu.addAction(icon("close"), f"Close {plural(mine, 'session')} of mine…" if mine else "None is mine")
        close.setEnabled(bool(mine))
        set_tooltip(close, "You are asked first. Sessions of others are left alone, whatever they hold.")
        asked = {name: value for name, value in (act.values or {}).items() if name in ("idle_min", "server")}
        close.triggered.connect(lambda: desk.submit("session.clean", None, asked))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _words(one: Mapping[str, Any]) -> str:
    idle = "" if one["idle_s"] is None else f" for {span(one['idle_s'])}"
    who = "mine" if one["mine"] else one["owner"] or "of others"
    return f"{one['address']}   {one['state']}{idle} · {who} · {one['holds']}"


def _show(desk: Desk, address: str) -> None:
    with contextlib.suppress(BadInput):  # it is gone since
        desk.select(desk.store.find(address).key)
