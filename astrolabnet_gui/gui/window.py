"""Window: fills the shell with tree, graph, panels and strip, and lets them follow one selection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget

from ..command.registry import Nothing
from ..model.key import Key
from ..network.delta import Delta
from ..network.link import RunState
from .accessible import GraphList
from .canvas import Canvas
from .desk import Act, Desk
from .finds import Find, Finder
from .furnishing import furnish, no_servers
from .history import HistoryBranch
from .menu_bar import MenuBar
from .notice import Notice
from .own_panels import OwnPanels
from .palette import Palette
from .panels.compare import ComparePanel
from .panels.console import Console
from .panels.detail import Detail
from .panels.journal import JournalPanel, Read
from .panels.log import LogPanel
from .panels.start import Start, Steps
from .past import PastView
from .prompt.panel import PythonPanel
from .questions import Questions
from .safe import set_tooltip, set_words
from .shell import Shell
from .status import Status
from .tools import Tools
from .tree_data import DataBranch
from .tree_filter import parse_filter
from .tree_model import TreeModel
from .tree_rows import JOURNAL
from .tree_view import TreeView
from .undo import Undo
from .verb_keys import LETTERS
from .verbs import Verbs
from .view_acts import ViewAct
from .window_acts import window_acts


class Window(QObject):
    """Everything inside the shell."""

    def __init__(self, shell: Shell, desk: Desk, history: Read) -> None:
        super().__init__(shell)
        self.shell, self.desk = shell, desk
        dress = shell.dress
        self.model = TreeModel(desk.actions, self)
        self.tree = TreeView(self.model, dress)
        self.compare = ComparePanel(desk, dress)
        self.history = HistoryBranch(desk, self.model, self.tree, shell.filter)
        self.branch = DataBranch(desk, self.tree)
        self.log = LogPanel(desk, dress)
        self.verbs = Verbs(shell, desk, self.tree, self.log)
        self.menus = self.verbs.menus
        self.no_servers = no_servers()
        self.no_match = QPushButton("No match. Clear filter")
        self.canvas = Canvas(dress.now)
        self.verbs.several = self.canvas.selected_keys
        self.graph_list = GraphList(self.canvas, desk)
        self.start = Start(dress)
        self.detail = Detail(desk, self.verbs.menus, dress)
        self.own = OwnPanels(shell, desk, self.menus)
        self.steps = Steps(dress)
        self.console = Console(desk, dress)
        self.python = PythonPanel(desk, dress)
        self.journal = JournalPanel(desk, history, dress)
        self.moved = False
        self.status = Status(shell.statusBar(), desk, dress)
        self.questions = Questions(desk, shell)
        self.tools = Tools(self.canvas, lambda: self.verbs.do("server.add", None))
        self.notice = Notice(desk, self.canvas)
        self.undo = Undo(desk, self)
        self.past = PastView(self)
        self.palette = Palette(shell, desk, Finder(desk, lambda: self.acts), dress)
        self.acts: tuple[ViewAct, ...] = window_acts(self)
        self.bar = MenuBar(shell, desk, self.verbs.menus, self.acts)
        self._attend_soon = QTimer(self, interval=150, singleShot=True)
        furnish(self)
        self._connect()
        self._store_changed()
        # Once the new panels know their fonts, else the right dock stays too wide.
        QTimer.singleShot(0, shell.settle)
        (self.tree if desk.store.things else self.start.island).setFocus()

    def _connect(self) -> None:
        shell, desk = self.shell, self.desk
        desk.changed.connect(self._changed)
        desk.restocked.connect(lambda: self.model.set_actions(desk.actions))
        desk.reset.connect(self._reset)
        desk.selected.connect(self._selected)
        desk.acted.connect(self._acted)
        desk.arranged.connect(self._arranged)
        self.verbs.form_changed.connect(self._show_right)
        shell.dress.changed.connect(self.canvas.set_theme)
        shell.filter.textChanged.connect(self._filter)
        shell.shown_or_hidden.connect(lambda _: self._attend_soon.start())
        self._attend_soon.timeout.connect(self._attend)
        self.tree.picked.connect(self._picked)
        self.tree.opened.connect(self._opened)
        self.tree.menu_wanted.connect(self.verbs.popup)
        self.tree.verb_wanted.connect(self.verbs.letter)
        self.tree.place_wanted.connect(lambda key, to: desk.submit("server.move", key, {"to": to}))
        self.tree.verticalScrollBar().valueChanged.connect(lambda _: self._attend_soon.start())
        self.canvas.moved.connect(self._remember_moves)
        self.canvas.folded.connect(self._remember_moves)
        self.canvas.picked.connect(self._picked)
        self.graph_list.picked.connect(self._picked)
        self.canvas.opened.connect(self._opened)
        self.canvas.menu_wanted.connect(self.verbs.popup)
        self.start.island_wanted.connect(lambda: desk.submit("island.start", None, {}))
        self.start.add_wanted.connect(lambda: self.verbs.do("server.add", None))
        self.start.cancel_wanted.connect(self._cancel_island)
        self.detail.log_wanted.connect(self.verbs.show_log)
        self.journal.counted.connect(self.model.set_acts)
        self.status.filter_wanted.connect(shell.filter.setText)
        shell.goto.clicked.connect(lambda: self.palette.open())
        self.palette.chosen.connect(self._found)
        self.palette.form_wanted.connect(lambda find: self._found(find, form=True))
        self.palette.shown_wanted.connect(self._show_found)
        self._keys()

    def _keys(self) -> None:
        """The tree has its letters itself; on the graph they act on what is chosen."""
        narrow = self.shell.filter.setFocus
        help_keys = next(act.do for act in self.acts if act.name == "help.keys")
        keys: list[tuple[QWidget, str, Callable[[], object]]] = [(self.tree, "/", narrow), (self.canvas, "/", narrow)]
        keys += [(room, key, help_keys) for room in (self.tree, self.canvas) for key in ("?", "Shift+?")]
        for letter in LETTERS:
            keys.append((self.canvas, "Del" if letter == "Delete" else letter, partial(self._letter, letter)))
        for widget, key, act in keys:
            shortcut = QShortcut(QKeySequence(key), widget)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)

    def _letter(self, letter: str) -> None:
        self.verbs.letter(self.desk.selection, letter)

    def place(self, places: Mapping[Key, tuple[float, float]]) -> None:
        """Put servers where they were; also those that come later."""
        if places:
            self.canvas.set_positions(places)

    def say_problems(self, problems: Iterable[str]) -> None:
        """Sentences about what could not be read or written at the start."""
        found = list(problems)
        set_words(self.status.journal, found[0] if found else "journal ready")
        if found:
            set_tooltip(self.status.journal, "\n".join(found))

    # --- following

    def _remember_moves(self, _before: object, _after: object) -> None:
        self.moved = True

    def arrange(self) -> None:
        """Have all servers seated anew, those a person placed too; it can be taken back."""
        self.canvas.scene.placed.clear()
        self.desk.arrange(self.canvas.plan())

    def _arranged(self, places: dict[Key, tuple[float, float]]) -> None:
        """A layout came: those that somebody placed meanwhile stay."""
        canvas, free = self.canvas, self.canvas.scene.unplaced()
        before = {key: at for key, at in canvas.positions().items() if key in free and key in places}
        after = {key: places[key] for key in before}
        self.place(after)
        if self.moved:
            canvas.moved.emit(before, after)
        self.moved = True

    def _picked(self, ident: object) -> None:
        if isinstance(ident, Key):
            self.verbs.leave_form()
            self.desk.select(ident)
        elif ident == JOURNAL:
            self.shell.strip.setCurrentWidget(self.journal)

    def _opened(self, ident: object) -> None:
        self._picked(ident)
        if isinstance(ident, Key):
            self.shell.show_detail()

    def _found(self, find: Find, *, form: bool = False) -> None:
        """Do what was chosen in the palette."""
        if find.act is not None:
            find.act.do()
        elif find.verb is not None and form and find.verb.params is not Nothing:
            self.verbs.ask(find.verb, find.key, {})
        elif find.verb is not None:
            self.verbs.do(find.verb.name, find.key)
        elif find.key is not None:
            self._opened(find.key)

    def _show_found(self, find: Find) -> None:
        """Show it on the graph."""
        if find.key is not None:
            self.desk.select(find.key)
            self.canvas.fly_to(find.key)
            self.canvas.setFocus()

    def _selected(self, key: Key | None) -> None:
        self.tree.choose(key)
        self.canvas.select(key)
        self._show_right()
        self._attend_soon.start()

    def _show_right(self) -> None:
        room = self.shell.detail_room
        if self.verbs.form is not None:
            self.shell.detail.setCurrentWidget(self.verbs.form)
            room.set_caption(self.verbs.form.verb.title.rstrip("…"))
        elif self.desk.selection is not None and self.desk.selection.kind == "groups":
            self.own.group.show_key(self.desk.selection)
            self.shell.detail.setCurrentWidget(self.own.group)
            room.set_caption("Several servers")
        elif self.desk.selection is not None and (panel := self.own.of(self.desk.selection.kind)) is not None:
            self.shell.detail.setCurrentWidget(panel)
            panel.show_key(self.desk.selection)
            room.set_caption(panel.path, "path")
        elif self.desk.store.servers():
            self.shell.detail.setCurrentWidget(self.detail)
            room.set_caption(self.detail.path or "Detail", "path")
        else:
            self.shell.detail.setCurrentWidget(self.steps)
            room.set_caption("First result in four steps")

    def _changed(self, delta: Delta) -> None:
        self.tree.apply(delta)
        self.canvas.apply(delta)
        if self.desk.selection in delta.removed:
            self.desk.select(None)
        elif self.desk.selection is not None and not self.tree.currentIndex().isValid():
            self.tree.choose(self.desk.selection)
        if delta.added or delta.removed:
            self._store_changed()

    def _reset(self) -> None:
        self.model.show_store(self.desk.store)
        self.canvas.reset(self.desk.store.things.values())
        if len(self.canvas.scene.unplaced()) > 1:
            self.desk.arrange(self.canvas.plan())
        self._store_changed()

    def _store_changed(self) -> None:
        some = bool(self.desk.store.servers())
        self.shell.centre.setCurrentWidget(self.canvas if some else self.start)
        self.no_servers.setVisible(not some)
        self.tree.setVisible(some)
        self.no_match.setVisible(some and self.model.filtered and not self.model.shows_a_thing)
        self._show_right()
        self._attend_soon.start()

    def _filter(self, text: str) -> None:
        self.model.set_filter(parse_filter(text))
        self.tree.choose(self.desk.selection)
        self.no_match.setText(f"No match for {text[:40]}. Clear filter".replace("&", "&&"))
        self._store_changed()

    def _attend(self) -> None:
        visible = self.tree.visible_keys() | {s.key for s in self.desk.store.servers()[:200]}
        self.desk.attend(visible, not self.shell.isVisible() or self.shell.isMinimized())

    def _acted(self, act: Act) -> None:
        if act.here and act.last is None and act.command.endswith(".log"):
            self.shell.strip_room.show()
            self.shell.strip.setCurrentWidget(self.log)
        if act.command == "island.start" and not self.desk.store.servers():
            event = act.last
            if act.state in (RunState.RUNNING, RunState.ASKING):
                self.start.busy((event.text if event else "") or "Starting the island …")
            elif act.state is RunState.FAILED and event is not None:
                self.start.failed(str(event.problem))
            elif act.state is RunState.CANCELLED:
                self.start.busy("")

    def _cancel_island(self) -> None:
        for act in self.desk.acts.values():
            if act.command == "island.start" and act.state is RunState.RUNNING:
                self.desk.cancel(act.run)
