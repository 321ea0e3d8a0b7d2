"""Furnishing: which panel stands in which room of the shell, and small pieces that only stand there."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from ..command.registry import COMMANDS
from ..model.key import Key
from ..network.link import RunState
from .canvas import Canvas
from .desk import Act, Desk
from .dropping import Dropping
from .meanings import Meanings
from .offered import offer_menu
from .panels.console import FORMS
from .parts import Parts
from .plug_ins import plugins_window
from .safe import label, set_tooltip, text_window
from .sharing import Drops, open_set_up
from .tools import Tools
from .tree_told import IdentRole
from .undo import Undo
from .unused import unused_menu
from .wires import wire_up
from .words import plural

# What Python said needs some lines.
STRIP = 260
# Facts of two tasks and the first lines of what differs.
BESIDE = 340


def furnish(window: Parts) -> None:
    """Put every panel into its room."""
    shell, verbs = window.shell, window.verbs
    add = shell.tree_room.add_button("add", "Add a server (N)")
    add.clicked.connect(lambda: verbs.do("server.add", None))
    more = shell.tree_room.add_button("more", "All verbs of the workspace")
    more.clicked.connect(lambda: verbs.popup(None, more.mapToGlobal(more.rect().bottomLeft())))
    all_verbs = shell.detail_room.add_button("more", "All verbs of this thing")
    all_verbs.clicked.connect(
        lambda: verbs.popup(window.desk.selection, all_verbs.mapToGlobal(all_verbs.rect().bottomLeft()))
    )
    shell.detail_room.add_button("close", "Close the panel at the right").clicked.connect(shell.detail_room.hide)
    window.no_match.setProperty("link", True)
    window.no_match.clicked.connect(shell.filter.clear)
    # What was typed is known since long; its rows are there now.
    window.model.sieve.done.connect(lambda: shell.filter.textChanged.emit(shell.filter.text()))
    for part in (window.no_servers, window.no_match):
        shell.tree_place.addWidget(part)
    shell.tree_place.addWidget(window.tree, 1)
    shell.centre.addWidget(window.start)
    shell.centre.addWidget(window.canvas)
    for page in (window.steps, window.detail):
        shell.detail.addWidget(page)
    strip = ((window.console, "Console"), (window.python, "Python"), (window.journal, "Journal"), (window.log, "Log"))
    for panel, title in strip:
        shell.strip.addTab(panel, title)
    shell.strip.addTab(window.compare, "Compare")
    window.desk.acted.connect(lambda act: _show_comparison(window, act))
    window.desk.acted.connect(lambda act: _show_offered(window, act, add))
    window.desk.acted.connect(lambda act: _show_plugins(window, act))
    shell.strip.setCornerWidget(_copy_as(window, shell.strip), Qt.Corner.TopRightCorner)
    window.start.set_up_wanted.connect(lambda: open_set_up(shell, window.desk))
    _join_lines(window)
    Drops(shell, window.desk)
    Meanings(shell, shell.tree_room, shell.strip_room, shell.detail_room, window.palette)
    _take_files(window)
    wire_up(window)
    _undo_by_button(window.undo, window.tools)
    _undo_on_graph(window.undo, window.canvas, window.desk)


def _join_lines(window: Parts) -> None:
    """Lines of acts can be clicked in the prompt, taken into it, and become an action."""
    console, python, shell, verbs = window.console, window.python, window.shell, window.verbs

    def clicked(run: str, at: QPoint) -> None:
        act = window.desk.acts.get(run)
        if act is not None:
            console.menu_of([act]).popup(at)

    def put(line: str) -> None:
        shell.strip.setCurrentWidget(python)
        python.entry.put(line)
        python.entry.setFocus()

    def begun() -> None:
        """A few lines more than acts alone need; only once, and never less than a person has given."""
        shell.resizeDocks([shell.strip_room], [max(shell.strip_room.height(), STRIP)], Qt.Orientation.Vertical)

    python.begun.connect(begun)
    python.transcript.clicked.connect(clicked)
    console.prompt_wanted.connect(put)
    console.action_wanted.connect(lambda fields: verbs.ask(COMMANDS["action.new"], None, fields))
    console.distilled_not.connect(lambda why: text_window(shell, "No action", why).show())


def _show_comparison(window: Parts, act: Act) -> None:
    if act.command == "task.compare" and act.here and act.state is RunState.DONE:
        shell = window.shell
        shell.strip_room.show()
        shell.strip.setCurrentWidget(window.compare)
        shell.resizeDocks([shell.strip_room], [max(shell.strip_room.height(), BESIDE)], Qt.Orientation.Vertical)


def _show_offered(window: Parts, act: Act, place: QWidget) -> None:
    menu = offer_menu(act, window.verbs, window.shell) or unused_menu(act, window.desk, window.shell)
    if menu is not None:
        menu.popup(place.mapToGlobal(place.rect().bottomLeft()))


def _show_plugins(window: Parts, act: Act) -> None:
    listed = plugins_window(act, window.desk, window.shell)
    if listed is not None:
        listed.show()


def _take_files(window: Parts) -> None:
    """What is let fall on a server in the tree or on the graph."""
    tree, canvas = window.tree, window.canvas

    def in_tree(at: QPoint) -> Key | None:
        ident = tree.indexAt(at).siblingAtColumn(0).data(IdentRole)
        return ident if isinstance(ident, Key) and ident.server else None

    def on_graph(at: QPoint) -> Key | None:
        return canvas.key_of(canvas.row_under(QPointF(at)))

    Dropping(tree.viewport(), in_tree, window.verbs.ask, window.shell)
    Dropping(canvas, on_graph, window.verbs.ask, window.shell)


def no_servers() -> QWidget:
    """What will be in the tree."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(12, 12, 12, 12)
    column.setSpacing(2)
    column.addWidget(label("No servers yet", name="strong"))
    column.addWidget(label("Servers, their sessions, tasks and data are listed here.", name="small", wrap=True))
    column.addStretch(1)
    return made


def _copy_as(window: Parts, strip: QTabWidget) -> QWidget:
    corner = QWidget(strip)
    corner.setObjectName("corner")
    corner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    row = QHBoxLayout(corner)
    row.setContentsMargins(0, 2, 12, 2)
    row.addWidget(label("Copy as", name="small"))
    for form, words in FORMS.items():
        button = QPushButton(words)
        button.setProperty("chip", True)
        button.clicked.connect(lambda _=False, form=form: window.console.copy(form))
        row.addWidget(button)
    corner.show()
    return corner


def _undo_by_button(undo: Undo, tools: Tools) -> None:
    def renew() -> None:
        reason = undo.why_not()
        tools.undo.setEnabled(not reason)
        set_tooltip(tools.undo, f"Undo (Ctrl+Z): {reason}" if reason else f"{undo.words()} (Ctrl+Z)")
        tools.undo.setAccessibleName(undo.words())

    undo.changed.connect(renew)
    tools.undo.clicked.connect(undo.undo)
    renew()


def _undo_on_graph(undo: Undo, canvas: Canvas, desk: Desk) -> None:
    """A move by hand and a folded rack are local acts."""

    def name(key: Key) -> str:
        thing = desk.thing(key)
        return thing.label if thing is not None else "a server"

    def moved(before: dict[Key, tuple[float, float]], after: dict[Key, tuple[float, float]]) -> None:
        what = name(next(iter(after))) if len(after) == 1 else plural(len(after), "server")
        undo.did(f"move {what}", lambda: canvas.set_positions(before), lambda: canvas.set_positions(after))

    def folded(key: Key, now: bool) -> None:
        verb = "fold" if now else "unfold"
        undo.did(f"{verb} {name(key)}", lambda: canvas.fold(key, not now), lambda: canvas.fold(key, now))

    canvas.moved.connect(moved)
    canvas.folded.connect(folded)
