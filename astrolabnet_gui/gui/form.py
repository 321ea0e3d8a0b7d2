"""Form: asks for the parameters of a verb in the right panel, so that the graph stays alive beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ..actions.place import lacking
from ..actions.values import checked
from ..command.registry import Command
from ..errors import BadInput
from ..model.action import Action
from ..model.key import Key
from ..network.link import RunState
from ..plugins.logins import offered
from ..tasks.left import why_program_not
from ..tasks.retention import kept_for
from .controls import Control
from .desk import Act, Desk
from .fields import errors_of, fields_of, fields_of_action
from .form_aids import aid
from .offers import tables_known
from .safe import button_words, label, set_words
from .source_form import VERBS as SOURCES
from .words import language, place, plural

# What a person writes code with needs none of these; an action brings its own code.
_NOT_FOR_CODE = frozenset({"action", "values"})
_BELOW_CODE = ("code",)
# What a source is called and the broker that fills in the rest stand above the rest.
_ABOVE = ("name", "preset")
# Verbs whose form can be tried before it is sent.
TESTED = frozenset({"server.add", "server.edit"})


class Form(QWidget):
    """Fields, errors beside them, one primary button named by the verb.

    Signals:
        closed(): it is done or was left.
    """

    closed = Signal()

    def __init__(
        self, desk: Desk, verb: Command, key: Key | None, given: Mapping[str, Any], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.verb, self.key, self._desk = verb, key, desk
        self._given = dict(given)
        self._run = self._test = ""
        self._action = self._find_action()
        self.controls: dict[str, Control] = {}
        self._advanced: list[Control] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._body(), 1)
        column.addWidget(self._foot())
        desk.acted.connect(self._acted)
        aid(desk, verb.name, key, self._given, self.controls, self)

    # --- what it is made of

    def _find_action(self) -> Action | None:
        name, kind = self._given.get("action", ""), self._given.get("kind", "")
        return next((a for a in self._desk.actions if a.name == name and kind in ("", a.kind)), None)

    def _body(self) -> QWidget:
        inside = QWidget()
        inside.setObjectName("panel")
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(12)
        title = self._action.title if self._action else self.verb.title.rstrip("…")
        rows.addWidget(label(title, name="title", wrap=True))
        where = "" if self.key is None else place(self.key, self._desk.alias(self.key))
        words = self._action.description if self._action else self.verb.help.partition("\n\n")[0]
        facts = " · ".join(w for w in (where, language(self._action.kind) if self._action else "") if w)
        for text in (facts, words):
            if text:
                rows.addWidget(label(text.replace("\n", " "), name="small", wrap=True))
        specs = self._model_fields()
        if self._action:
            program = self._action.program
            can = program is None or not why_program_not(program.file)
            kept = [spec for spec in specs if spec.name == "keep" and can]
            kept = [replace(spec, start=spec.start or self._action.form == "script") for spec in kept]
            specs = [*(spec for spec in specs if spec.kind == "many"), *fields_of_action(self._action), *kept]
        for spec in specs:
            control = self.controls[spec.name] = Control(spec)
            control.left.connect(self._check_one)
            control.sent.connect(self.send)
            rows.addWidget(control, 1 if spec.kind == "code" else 0)
            if spec.advanced:
                self._advanced.append(control)
                control.hide()
        if self._advanced:
            self._more = QPushButton(button_words(f"{plural(len(self._advanced), 'more setting')}"))
            self._more.setProperty("link", True)
            self._more.clicked.connect(self._unfold)
            rows.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        thing = self._desk.thing(self.key)
        server = None if self.key is None else self._desk.thing(self.key.root)
        if server is not None and "kind" in self.controls:
            self.controls["kind"].without(lacking(server.payload))
        file = "" if self._action is None or self._action.program is None else self._action.program.file
        for parameter in () if self._action is None else self._action.parameters:
            if parameter.type == "dataset":
                known = tables_known(self._desk, None if self.key is None else self.key.root)
                self.controls[parameter.name].suggest(known)
        keeps = "" if thing is None else kept_for(thing, self.verb.name, file)
        if keeps:
            rows.addWidget(label(keeps, name="small", wrap=True))
        if not any(spec.kind == "code" for spec in specs):
            rows.addStretch(1)
        area = self._area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        return area

    def _model_fields(self) -> list[Any]:
        """Fields of the verb; of one that edits, with what the thing has now."""
        remembered = self._desk.remembered.get(self.verb.name, {})
        thing = self._desk.thing(self.key)
        now = {} if thing is None or self.verb.starts is None else dict(self.verb.starts(thing))
        sends = {"action", "code"} <= self.verb.params.model_fields.keys()
        specs = fields_of(
            self.verb.params, {**remembered, **now, **self._given}, _NOT_FOR_CODE if sends else frozenset()
        )
        # A servers' field offers the servers there are.
        names = {self._desk.alias(s.key): f"{s.label}, {s.state}" for s in self._desk.store.servers()}
        specs = [replace(spec, choices=names) if spec.kind == "many" else spec for spec in specs]
        more = offered() if self.verb.name in TESTED else {}
        specs = [replace(s, choices={**s.choices, **more}) if s.name == "login" else s for s in specs]
        if self.verb.name in SOURCES:
            return sorted(specs, key=lambda spec: spec.name not in _ABOVE)
        return sorted(specs, key=lambda spec: spec.name in _BELOW_CODE) if sends else specs

    def _foot(self) -> QWidget:
        foot = QFrame()
        foot.setObjectName("foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 8, 16, 8)
        self._said = label(name="small", wrap=True)
        row.addWidget(self._said, 1)
        if self.verb.name in TESTED:
            test = QPushButton("Test")
            test.setObjectName("test")
            test.setToolTip("Ask this address who answers there; nothing is kept")
            test.clicked.connect(self.test)
            row.addWidget(test)
        leave = QPushButton("Close")
        leave.clicked.connect(self.closed)
        self.button = QPushButton(button_words("Send" if self._sends else self.verb.title.rstrip("…")))
        self.button.setObjectName("primary")
        self.button.setProperty("primary", True)
        self.button.clicked.connect(self.send)
        row.addWidget(leave)
        if self._sends and "keep" in self.controls:
            away = QPushButton("Send and leave")
            away.setObjectName("send_and_leave")
            away.setToolTip("The task keeps its result on the server: you may close the laptop")
            away.clicked.connect(self.send_and_leave)
            row.addWidget(away)
        row.addWidget(self.button)
        return foot

    @property
    def _sends(self) -> bool:
        return "code" in self.verb.params.model_fields

    def _unfold(self) -> None:
        self._more.hide()
        for control in self._advanced:
            control.show()

    def begin(self) -> None:
        """Put the cursor into the field that matters first."""
        first = self.controls.get("code") or next(iter(self.controls.values()), None)
        (first.widget if first else self.button).setFocus()

    # --- what it gives

    def params(self) -> dict[str, Any]:
        """What is sent: what was given, and each field that says something else than at first."""
        if self._action:
            own = {p.name for p in self._action.parameters}
            values = {name: c.value for name, c in self.controls.items() if name in own and not c.untouched}
            beside = {
                n: c.value for n, c in self.controls.items() if n not in own and (c.spec.needed or not c.untouched)
            }
            return {**self._given, **beside, **({"values": values} if values else {})}
        changed = {n: c.value for n, c in self.controls.items() if c.spec.needed or not c.untouched}
        kept = {n: c.value for n, c in self.controls.items() if n in self._desk.remembered.get(self.verb.name, {})}
        return {**self._given, **kept, **changed}

    def errors(self) -> dict[str, str]:
        """What is wrong now, by field."""
        if self._action is None:
            return errors_of(self.verb.params, self.params())
        own = {p.name for p in self._action.parameters}
        found = errors_of(self.verb.params, self.params())
        try:
            checked(self._action, {name: c.value for name, c in self.controls.items() if name in own})
        except BadInput as error:
            found[error.field] = error.what
        return found

    def _check_one(self, name: str) -> None:
        self.controls[name].show_error(self.errors().get(name, ""))
        self._count()

    def _count(self) -> None:
        wrong = sum(1 for c in self.controls.values() if c.widget.property("wrong"))
        set_words(self._said, f"{plural(wrong, 'field')} to mend" if wrong else "")

    def send(self) -> None:
        """Check everything; send it, or show what is to be mended and go there."""
        errors = self.errors()
        for name, control in self.controls.items():
            control.show_error(errors.get(name, ""))
        self._count()
        if errors:
            bad = next((c for n, c in self.controls.items() if n in errors), None)
            if bad is None:
                set_words(self._said, " ".join(errors.values()))
            if (bad := bad or self.controls.get("code")) is not None:
                self._go_to(bad)
            return
        self._remember()
        self._run = self._desk.submit(self.verb.name, self.key, self.params())
        self.button.setEnabled(False)

    def _go_to(self, control: Control) -> None:
        """Bring a field into sight, one that is folded away too (it has its place later), and the cursor into it."""
        if control in self._advanced and control.isHidden():
            self._unfold()
        control.widget.setFocus()
        QTimer.singleShot(0, control, lambda: self._area.ensureWidgetVisible(control))

    def send_and_leave(self) -> None:
        """Send it so that its result waits on the server, whoever fetches it."""
        self._given["keep"] = True
        self.controls.pop("keep", None)
        self.send()

    def test(self) -> None:
        """Ask the address as it stands in the fields; the form stays."""
        of = "" if self.key is None else self.key.server
        values = {name: control.value for name, control in self.controls.items()}
        if not values.get("url"):
            self.controls["url"].show_error("This is needed.")
            return
        set_words(self._said, "asking …")
        given = {n: v for n, v in values.items() if v not in ("", {}, ())} | {"alias": values.get("alias") or "x"}
        self._test = self._desk.submit("server.probe", None, given | ({"of": of} if of else {}))

    def _remember(self) -> None:
        kept = {
            name: self.controls[name].value
            for name, info in self.verb.params.model_fields.items()
            if name in self.controls
            and isinstance(info.json_schema_extra, dict)
            and info.json_schema_extra.get("remember")
        }
        if kept and self._action is None:
            self._desk.remembered[self.verb.name] = kept

    def _acted(self, act: Act) -> None:
        if self._test and act.run == self._test and act.last is not None:
            problem, done = act.last.problem, act.state is RunState.DONE
            set_words(self._said, str(problem) if problem else f"✓ {act.last.text}" if done else act.last.text)
            return
        if not self._run or act.run != self._run or act.last is None:
            return
        match act.state:
            case RunState.DONE:
                self.closed.emit()
            case RunState.FAILED | RunState.CANCELLED:
                self.button.setEnabled(True)
                self._run = ""
                problem = act.last.problem
                words = str(problem) if problem else "Cancelled."
                field = self.controls.get(problem.field) if problem else None
                if field is not None:
                    field.show_error(words)
                    self._count()
                    self._go_to(field)
                else:
                    set_words(self._said, words)
            case _:
                set_words(self._said, act.last.text)
