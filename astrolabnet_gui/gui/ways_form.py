"""Ways form: in the form of a channel from another server: how its data can get there, as it was found and when, a
button that asks anew, and the choice of another way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QComboBox, QPushButton, QVBoxLayout, QWidget

from ..channels.routes import WORDS
from ..model.channel import Channel
from ..model.key import Key
from ..model.server import Server
from ..network.link import RunState
from .controls import Control
from .desk import Act, Desk
from .offers import tables_known
from .safe import button_words
from .words import since, size

VERBS = frozenset({"channel.new", "channel.route"})
_CHOICES = {"": "As it was found", "pull": "{to} reads the files of {of}", "relay": "Through this computer"}


class WaysForm(QObject):
    """Lives as long as the form; does nothing where the data come from no other server of the workspace.

    Args:
        key: of the server a new channel ends at, or of a channel; given: what the form started with.
        controls: its fields; form: what holds them.
    """

    def __init__(
        self, desk: Desk, key: Key | None, given: Mapping[str, Any], controls: Mapping[str, Control], form: QWidget
    ) -> None:
        super().__init__(form)
        self._desk = desk
        origin, target = ends(desk, key, given)
        if origin is None or target is None or origin == target:
            return
        self._of, self._to, self._target = desk.alias(origin), desk.alias(target), target
        self._route = controls["route"]
        self._route.show()
        box = self._route.widget
        assert isinstance(box, QComboBox)
        for value, words in _CHOICES.items():
            at = box.findData(value)
            if at >= 0:
                box.setItemText(at, button_words(words.format(of=self._of, to=self._to)))
        self.again = QPushButton("Find out now")
        self.again.setObjectName("ask_ways")
        self.again.setProperty("link", True)
        self.again.setToolTip("Each of both tries to read a small file of the other; small sessions are opened for it")
        self.again.clicked.connect(self._ask)
        self._route.below(self.again)
        if (place := controls.get("place")) is not None:
            # What decides how the data travel stands where they are named, not below all that has a good default.
            place.suggest(tables_known(desk, origin))
            above = place.parentWidget()
            column = above.layout() if above is not None else None
            if isinstance(column, QVBoxLayout):
                column.removeWidget(self._route)
                column.insertWidget(column.indexOf(place) + 1, self._route)
        desk.acted.connect(self._acted)
        self._say("It was not asked yet.")
        desk.submit("route.matrix", target, {}, here=False)

    def _ask(self) -> None:
        self.again.setEnabled(False)
        self._say("asking …")
        self._desk.submit("route.probe", self._target, {"other": self._of})

    def _acted(self, act: Act) -> None:
        if act.key != self._target or act.command not in ("route.matrix", "route.probe") or act.last is None:
            return
        match act.state:
            case RunState.DONE:
                self._show((act.last.result or {}).get("routes", ()))
            case RunState.FAILED | RunState.CANCELLED:
                self._say(str(act.last.problem or "It was not asked."))
            case _:
                self._say(act.last.text or "asking …")
                return
        self.again.setEnabled(True)

    def _show(self, routes: Iterable[Mapping[str, Any]]) -> None:
        row = next((one for one in routes if (one["from"], one["to"]) == (self._of, self._to)), None)
        if row is None or not row["route"]:
            self._say(f"Nobody asked yet whether {self._to} reads the files of {self._of}.")
            return
        asked = since(datetime.fromisoformat(row["asked"]), datetime.now(UTC))
        pace = row["relay_bytes_s"]
        more = f" This computer carried {size(pace)}/s." if pace else ""
        why = f" ({row['why']})" if row["why"] else ""
        self._say(f"Found: {WORDS[row['route']]}{why}, asked {asked} ago.{more}")
        self.again.setText("Find out anew")

    def _say(self, words: str) -> None:
        self._route.say(words)


def ends(desk: Desk, key: Key | None, given: Mapping[str, Any]) -> tuple[Key | None, Key | None]:
    """Server the data of a form's channel come from, and server they go to; None where that is no server of ours."""
    thing = desk.thing(key)
    if thing is not None and isinstance(thing.payload, Channel):
        origin, target = thing.payload.origin, thing.payload.target
        return origin.root if origin.server else None, target.root
    url = str(given.get("origin_url") or "").rstrip("/")
    for server in desk.store.servers() if url else ():
        if isinstance(server.payload, Server) and server.payload.url.rstrip("/") == url:
            return server.key, key
    return None, key
