"""Source form: what it does beyond a plain one: presets fill it in, each kind shows its own fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from ..model.source import SourceKind
from ..network.link import RunState
from .controls import Control
from .desk import Act, Desk

VERBS = frozenset({"source.add", "source.edit"})
_KAFKA = {"servers", "topics", "security"}
_LOGIN = {"mechanism", "user", "secret"}
_OF_KIND: Mapping[SourceKind, frozenset[str]] = {
    SourceKind.KAFKA: frozenset(_KAFKA | _LOGIN),
    SourceKind.FOLDER: frozenset({"place", "format"}),
    SourceKind.TABLE: frozenset({"place"}),
    SourceKind.FILES: frozenset({"place"}),
    SourceKind.JDBC: frozenset({"place", "table", "user", "secret"}),
    SourceKind.RATE: frozenset({"rows_s"}),
    SourceKind.SKY: frozenset({"rows_s"}),
    SourceKind.TAP: frozenset({"place"}),
}
_ALL = frozenset().union(*_OF_KIND.values())


class SourceForm(QObject):
    """Lives as long as the form.

    Args:
        controls: its fields; ``form``: what holds them.
    """

    def __init__(self, desk: Desk, verb: str, controls: Mapping[str, Control], form: QWidget) -> None:
        super().__init__(form)
        self._controls, self._presets = controls, dict[str, Mapping[str, Any]]()
        self._run: str | None = None
        for name in ("kind", "security"):
            box = controls[name].widget
            if isinstance(box, QComboBox):
                box.currentIndexChanged.connect(lambda _: self.renew())
        preset = controls.get("preset")
        if preset is not None and isinstance(preset.widget, QComboBox):
            preset.widget.currentIndexChanged.connect(lambda _: self._fill())
            desk.acted.connect(self._acted)
            self._run = desk.submit("source.presets", None, {}, here=False)
        self.renew()

    def renew(self) -> None:
        """Show the fields that mean something for this kind."""
        kind = SourceKind(self._controls["kind"].raw or "kafka")
        shown = set(_OF_KIND[kind])
        if kind is SourceKind.KAFKA and not str(self._controls["security"].raw).startswith("SASL"):
            shown -= _LOGIN
        for name in _ALL:
            self._controls[name].setVisible(name in shown)

    def _acted(self, act: Act) -> None:
        if act.run != self._run or act.state is not RunState.DONE or act.last is None:
            return
        told = act.last.result or {}
        self._presets = {str(one["name"]): one for one in told.get("presets", ())}
        self._controls["preset"].offer({name: str(one["title"]) for name, one in self._presets.items()})

    def _fill(self) -> None:
        """What is known of a broker; what a person typed already stays."""
        preset = self._presets.get(str(self._controls["preset"].raw))
        if preset is None:
            return
        for name, value in preset["origin"].items():
            control = self._controls.get(name)
            if control is not None and name != "secret" and not (control.changed and control.raw):
                put(control, value)
                control.changed = False
        named = self._controls["name"]
        if not named.changed:
            put(named, str(preset["title"]).split(",")[0])
        told = (str(preset[part]).rstrip(".") for part in ("about", "topics_are", "account") if preset[part])
        self._controls["preset"].say(" ".join(f"{words}." for words in told))
        self.renew()


def put(control: Control, value: Any) -> None:
    """Have a control say something."""
    match control.widget:
        case QComboBox() as box:
            box.setCurrentIndex(max(0, box.findData(value)))
        case QLineEdit() as line:
            line.setText(str(value))
        case QCheckBox() as check:
            check.setChecked(bool(value))
        case QPlainTextEdit() as text:
            text.setPlainText("\n".join(value) if isinstance(value, list | tuple) else str(value))
