"""Desk: what all panels share in the GUI thread: the replica of the store, the runs, the selection, the way to act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from ..command.registry import COMMANDS, HIDDEN, Command
from ..model.action import Action
from ..model.key import Key
from ..model.thing import Thing
from ..network.delta import Delta, rank
from ..network.link import Arranged, DeltaEvent, Event, Lent, Link, Opened, Plan, Problem, Reset, RunEvent, RunState
from ..network.store import Store

# What may be asked while a past moment is shown: only that.
OF_THE_PAST = frozenset({"journal.moments", "journal.past", "journal.since", "task.result"})
# What the window asks by itself: no act of a person, so the console is silent about it.
UNASKED = HIDDEN | OF_THE_PAST | {"island.status", "source.tail", "source.topics", "dataset.newest", "data.more",
                               "channel.serve"}  # fmt: skip
ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)


@dataclass(slots=True)
class Act:
    """One run of a command as this window saw it.

    Attributes:
        began, ended: when, UTC.
        last: its newest event; None while the engine has not said a word.
        here: a person raised it in this window (only such runs may open a dialog).
        values: its parameters, as given.
    """

    run: str
    command: str
    key: Key | None
    began: datetime
    last: RunEvent | None = None
    ended: datetime | None = None
    here: bool = False
    values: Mapping[str, Any] | None = None

    @property
    def state(self) -> RunState:
        """Where it stands."""
        return RunState.RUNNING if self.last is None else self.last.state


class Desk(QObject):
    """The face's side of the Link. Everything in the GUI thread.

    Signals:
        changed(Delta): the store took this in; reset(): the store is another one.
        acted(Act): news of a run; asked(Act): a run raised here waits for an answer.
        selected(Key | None): another thing is looked at.
        arranged(dict): places for the graph, as asked for by ``arrange``.
        restocked(): the library of actions has changed.
        lent(Lent): other processes may use the engine.
        opened(tuple[str, ...]): the engine's process is there; what it could not read or write.
    """

    changed = Signal(object)
    reset = Signal()
    acted = Signal(object)
    asked = Signal(object)
    selected = Signal(object)
    arranged = Signal(object)
    restocked = Signal()
    lent = Signal(object)
    opened = Signal(object)

    def __init__(self, actions: Iterable[Action] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = Store()
        self.actions = tuple(actions)
        self.acts: dict[str, Act] = {}
        self.selection: Key | None = None
        self.remembered: dict[str, dict[str, Any]] = {}
        self._link: Link | None = None
        self._asking: set[tuple[str, str]] = set()
        self._live: Store | None = None
        self._expected: Key | None = None
        self._refused = 0

    @property
    def connected(self) -> bool:
        """There is an engine behind."""
        return self._link is not None

    def connect_to(self, link: Link) -> None:
        """The engine is there; events come by ``receive``."""
        self._link = link

    def submit(self, command: str, key: Key | None, params: Mapping[str, Any], *, here: bool = True) -> str:
        """Start a command; its run id. Nothing happens without an engine.

        Args:
            here: a person asked for it in this window.
        """
        if self._link is None:
            return ""
        if self._live is not None and command not in OF_THE_PAST:
            return self._refuse(command, key) if here else ""
        run = self._link.submit(command, key, params)
        act = self.acts.setdefault(run, Act(run, command, key, datetime.now(UTC)))
        act.here, act.values = here, dict(params)
        self.acted.emit(act)
        return run

    def answer(self, act: Act, choice: str) -> None:
        """A person's choice."""
        if self._link is not None and act.last is not None and act.last.question is not None:
            self._link.answer(act.run, act.last.question.id, choice)

    def cancel(self, run: str) -> None:
        """Stop waiting for a run."""
        if self._link is not None:
            self._link.cancel(run)

    def attend(self, visible: frozenset[Key], hidden: bool) -> None:
        """Tell the engine what is looked at."""
        if self._link is not None:
            self._link.attend(self.selection, visible, hidden)

    def arrange(self, plan: Plan) -> None:
        """Have the graph laid out; ``arranged`` says how."""
        if self._link is not None:
            self._link.arrange(plan)

    def lend(self) -> None:
        """Have the engine let other processes in; ``lent`` says where."""
        if self._link is not None:
            self._link.lend()

    def select(self, key: Key | None) -> None:
        """Look at a thing."""
        self._expected = None
        if key != self.selection:
            self.selection = key
            self.selected.emit(key)

    def expect(self, key: Key) -> None:
        """Look at a thing as soon as it is known here; another process may know it first."""
        self._expected = key
        if key in self.store.things:
            self.select(key)

    def thing(self, key: Key | None) -> Thing | None:
        """Thing as it is known now."""
        return None if key is None else self.store.get(key)

    def alias(self, key: Key) -> str:
        """Name of the server a thing is on."""
        root = self.store.get(key.root)
        return "" if root is None else root.label

    def receive(self, event: Event) -> None:
        """Take an event in."""
        match event:
            case DeltaEvent() if self._live is not None:
                self._live.apply_all(event.deltas)
            case Reset() if self._live is not None:
                self._live = _stored(event.things)
            case DeltaEvent():
                for delta in event.deltas:
                    self.store.apply(delta)
                    rest = self._library(delta)
                    if rest:
                        self.changed.emit(rest)
                if self._expected is not None:
                    self.expect(self._expected)
            case Reset():
                self._begin_anew(event.things)
            case RunEvent():
                self._news(event)
            case Arranged():
                self.arranged.emit(dict(event.places))
            case Lent():
                self.lent.emit(event)
            case Opened():
                self.opened.emit(event.problems)

    def _begin_anew(self, things: Iterable[Thing]) -> None:
        self._show(_stored(things))

    # --- the past

    @property
    def in_past(self) -> bool:
        """The store is that of a past moment; nothing is sent."""
        return self._live is not None

    def why_not(self, verb: Command, thing: Thing | None) -> str:
        """Reason why a verb can not act on a thing (None: the workspace) now; "" = it can."""
        if self._live is not None:
            return "The window shows the past, where nothing can be done."
        return verb.when(thing) if thing is not None else ""

    def look_back(self, come: Iterable[Thing], gone: Iterable[Key] = ()) -> None:
        """Show a past moment: all its things at first, then what is another at the next moment."""
        if self._live is None:
            live, store = self.store, _stored(come)
            self._live = live
            self._show(store)
            return
        delta = self.store.difference(come, gone)
        if delta:
            self.store.apply(delta)
            self.changed.emit(delta)

    def look_now(self) -> None:
        """Back to what is."""
        if self._live is not None:
            live, self._live = self._live, None
            self._show(live)

    def _refuse(self, command: str, key: Key | None) -> str:
        self._refused += 1
        run = f"past-{self._refused}"
        problem = Problem(
            type="NotApplicable", what="the window shows the past, where nothing can be done.",
            remedy="Go back to now first.",
        )  # fmt: skip
        event = RunEvent(run=run, command=command, key=key, state=RunState.FAILED, problem=problem)
        self.acts[run] = Act(run, command, key, datetime.now(UTC), here=True)
        QTimer.singleShot(0, self, lambda: self._news(event))
        return run

    def _show(self, store: Store) -> None:
        self.store = store
        if self.selection is not None and self.selection not in self.store.things:
            self.select(None)
        self._take_library()
        self.reset.emit()

    def _library(self, delta: Delta) -> Delta:
        """Take news of the library out of a delta; what is left is about the archipelago."""
        keys = {*delta.removed, *(t.key for t in (*delta.added, *delta.changed))}
        if not any(key.kind == "actions" for key in keys):
            return delta
        self._take_library()
        return Delta(
            delta.server,
            tuple(k for k in delta.removed if k.kind != "actions"),
            tuple(t for t in delta.added if t.key.kind != "actions"),
            tuple(t for t in delta.changed if t.key.kind != "actions"),
        )

    def _take_library(self) -> None:
        things = [t for t in self.store.children(Key("")) if t.key.kind == "actions"]
        if things:
            found = [action for thing in things for action in thing.payload]
            self.actions = tuple(sorted(found, key=lambda a: (a.folder.casefold(), a.title.casefold())))
            self.restocked.emit()

    def _news(self, event: RunEvent) -> None:
        now = datetime.now(UTC)
        act = self.acts.setdefault(event.run, Act(event.run, event.command, event.key, now))
        act.last = event
        if event.state in ENDED and act.ended is None:
            act.ended = now
        self.acted.emit(act)
        if event.command == "task.result" and event.result is not None:
            act.last = event.model_copy(update={"result": None})  # whoever asked has it; the list of acts grows all day
        if (
            event.state is RunState.ASKING
            and event.question is not None
            and (event.run, event.question.id) not in self._asking
        ):
            self._asking.add((event.run, event.question.id))
            if act.here:
                self.asked.emit(act)
        elif event.state is RunState.DONE and event.focus is not None and act.here and not self._is_read(act):
            self.select(event.focus)

    def _is_read(self, act: Act) -> bool:
        command = COMMANDS.get(act.command)
        return command is not None and command.scope == "read"


def _stored(things: Iterable[Thing]) -> Store:
    """A store with these things, parents before children."""
    store = Store()
    by_server: dict[str, list[Thing]] = {}
    for thing in things:
        by_server.setdefault(thing.key.server, []).append(thing)
    for server, found in by_server.items():
        store.apply(Delta(server, added=tuple(sorted(found, key=lambda t: (len(t.key.path), rank(t.key))))))
    return store
