"""Offers: what a form learns from a server while it is shown: settings that do not exist there, presets kept for it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject

from ..catalog.names import TableName
from ..model.key import Key
from ..network.link import RunState
from .controls import Control
from .desk import Act, Desk

ASKED = {"session.new": "session.options"}


class Offers(QObject):
    """Asks once, when the form of a new session comes up; silent if the server does not answer.

    Args:
        verb, key: what the form is for; controls: its fields.
    """

    def __init__(self, desk: Desk, verb: str, key: Key | None, controls: Mapping[str, Control], form: QObject) -> None:
        super().__init__(form)
        self._controls = controls
        # The answer may come before submit has given the number of the run.
        self._run: str | None = None
        desk.acted.connect(self._acted)
        self._run = desk.submit(ASKED[verb], key, {}, here=False)

    def _acted(self, act: Act) -> None:
        if act.run != self._run or act.state is not RunState.DONE or act.last is None:
            return
        told = act.last.result
        if not isinstance(told, Mapping):
            return
        for name, reason in dict(told.get("unknown", {})).items():
            if name in self._controls:
                self._controls[name].grey(str(reason))
        presets = dict(told.get("presets", {}))
        preset = self._controls.get("preset")
        if preset is not None and presets:
            preset.offer({name: f"{name}: {_words(values)}" for name, values in presets.items()})


def tables_known(desk: Desk, server: Key | None) -> list[str]:
    """Tables seen so far at a server, or at all of them; names as code takes them."""
    found = {
        str(thing.payload)
        for thing in desk.store.things.values()
        if thing.key.kind == "tables" and server in (None, thing.key.root) and isinstance(thing.payload, TableName)
    }
    return sorted((name for name in found if name.isprintable()), key=str.casefold)


def _words(values: object) -> str:
    given = values.items() if isinstance(values, Mapping) else ()
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in given)[:120]
