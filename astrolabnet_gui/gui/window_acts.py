"""Window acts: the table of what a person can do with the window itself."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QApplication, QDockWidget

from ..command.registry import COMMANDS
from ..model.key import Key
from .copying import KEY as COPY_KEY
from .find import find_near
from .glossary import GLOSSARY
from .key_list import keys_of
from .parts import Parts
from .safe import text_window
from .sharing import merge_folder, open_folder, open_set_up, share_set_up
from .shell import Shell
from .view_acts import ViewAct


def window_acts(window: Parts) -> tuple[ViewAct, ...]:
    """In the order of the menus."""
    return (*_file(window), *_edit(window), *_view(window), *_looks(window), *_aid(window))


def _file(window: Parts) -> tuple[ViewAct, ...]:
    def settings() -> None:
        window.verbs.ask(COMMANDS["preferences.set"], None, window.shell.dress.wishes())

    here = (window.shell, window.desk)
    return (
        ViewAct("file.open", "Open set-up…", partial(open_set_up, *here), "File", "Ctrl+O", True, "file"),
        ViewAct("file.share", "Share set-up…", partial(share_set_up, *here), "File", icon="send"),
        ViewAct("file.folder", "Open workspace folder…", partial(open_folder, *here), "File", icon="settings"),
        ViewAct("file.merge", "Merge with folder…", partial(merge_folder, *here), "File", icon="settings"),
        ViewAct("file.settings", "Settings…", settings, "File", "Ctrl+,", True, "settings"),
        ViewAct("file.quit", "Quit", window.shell.close, "File", "Ctrl+Q", True, "close"),
    )


def _edit(window: Parts) -> tuple[ViewAct, ...]:
    shell = window.shell
    undo = window.undo
    return (
        ViewAct(
            "edit.undo",
            "Undo",
            undo.undo,
            "Edit",
            "Ctrl+Z",
            True,
            "undo",
            why_not=undo.why_not,
            words=undo.words,
        ),
        ViewAct(
            "edit.redo",
            "Redo",
            undo.redo,
            "Edit",
            "Ctrl+Shift+Z",
            True,
            "undo",
            why_not=partial(undo.why_not, True),
            words=partial(undo.words, True),
        ),
        ViewAct("edit.find", "Find…", partial(_find, window), "Edit", "Ctrl+F", True, "search"),
        ViewAct("edit.goto", "Go to…", window.palette.open, "Edit", "Ctrl+K", True, "search"),
        ViewAct("edit.filter", "Filter the tree", shell.filter.setFocus, "Edit", "/", icon="tree"),
        ViewAct("edit.copy", "Copy as Python", window.verbs.copy_python, "Edit", COPY_KEY, True, "copy"),
    )


def _view(window: Parts) -> tuple[ViewAct, ...]:
    shell, canvas = window.shell, window.canvas
    return (
        ViewAct("view.fit", "Fit the graph", canvas.fit, key="F", icon="fit"),
        ViewAct("view.arrange", "Arrange the graph anew", window.arrange, icon="graph"),
        ViewAct("view.life", "Graph at 100 %", lambda: canvas.fly((1.0, *canvas.view.centre)), key="0", icon="graph"),
        _editor(window),
        _past(window),
        _room(shell, "Archipelago", shell.tree_room, "Ctrl+1", "tree"),
        ViewAct("view.graph", "Go to the graph", shell.focus_centre, key="Ctrl+2", bind=True, icon="graph"),
        _room(shell, "Detail", shell.detail_room, "Ctrl+3", "task"),
        _room(shell, "Console", shell.strip_room, "Ctrl+4", "console"),
        ViewAct("view.python", "Python prompt", partial(_python, window), key="Ctrl+5", bind=True, icon="console"),
    )


def _find(window: Parts) -> None:
    find_near(QApplication.focusWidget(), (window.detail.result, window.shell.strip, window.shell.tree_room))


def _python(window: Parts) -> None:
    window.shell.strip_room.show()
    window.shell.strip.setCurrentWidget(window.python)
    window.python.entry.setFocus()


def _past(window: Parts) -> ViewAct:
    def words() -> str:
        return "Back to now" if window.desk.in_past else "Look at the past"

    def act() -> None:
        window.past.toggle()

    return ViewAct("view.past", "Look at the past", act, "View", "Ctrl+H", True, "journal", words=words)


def _editor(window: Parts) -> ViewAct:
    def session() -> Key | None:
        """The chosen session, or that of the chosen task."""
        key = window.desk.selection
        return key if key is None or key.kind == "sessions" else key.parent

    def why_not() -> str:
        if window.menus.editor is None:
            return "There is no place to keep code."
        key = session()
        return "" if key is not None and key.kind == "sessions" else "Choose a session or a task first."

    def act() -> None:
        key = session()
        if key is not None and window.menus.editor is not None:
            window.menus.editor(key)

    return ViewAct("session.editor", "Open editor", act, "View", "Ctrl+E", True, "console", why_not=why_not)


def _room(shell: Shell, name: str, room: QDockWidget, key: str, icon: str) -> ViewAct:
    title = f"Show or hide {name}"
    return ViewAct(
        f"view.{room.objectName()}", title, partial(shell.focus_or_hide, room), key=key, bind=True, icon=icon
    )


def _aid(window: Parts) -> tuple[ViewAct, ...]:
    shell = window.shell

    def keys() -> None:
        from .editor.page import EditPage  # most windows never need it

        panel = "tree" if window.tree.hasFocus() else "graph" if window.canvas.hasFocus() else ""
        if isinstance(shell.pages.currentWidget(), EditPage):
            panel = panel or "editor"
        text_window(shell, "Keys", keys_of(panel, window.acts)).show()

    def words() -> None:
        text_window(shell, "Words", "\n".join(f"{name}: {text}" for name, text in GLOSSARY.items())).show()

    return (
        ViewAct("help.keys", "Keys", keys, "Help", "?", icon="more"),
        ViewAct("help.words", "Words", words, "Help", icon="more"),
    )


def _looks(window: Parts) -> tuple[ViewAct, ...]:
    dress, desk = window.shell.dress, window.desk

    def prefer(**wish: object) -> None:
        dress.wish(wish, in_turns=True)
        desk.submit("preferences.set", None, wish)

    def larger(step: int) -> None:
        prefer(text=min(200, max(100, round(100 * dress.now.text_scale) + step)))

    wishes: tuple[tuple[str, str, dict[str, object]], ...] = (
        ("system", "Colours as the system", {"theme": "system"}),
        ("dark", "Dark", {"theme": "dark"}),
        ("light", "Light", {"theme": "light"}),
        ("contrast", "High contrast", {"contrast": "high"}),
        ("usual", "Usual contrast", {"contrast": "usual"}),
        ("still", "Reduced motion", {"motion": "reduced"}),
        ("moving", "Usual motion", {"motion": "usual"}),
    )
    return (
        *(ViewAct(f"view.{name}", title, partial(prefer, **wish), icon="settings") for name, title, wish in wishes),
        ViewAct("view.larger", "Larger text", partial(larger, 25), key="Ctrl++", bind=True, icon="add"),
        ViewAct("view.smaller", "Smaller text", partial(larger, -25), key="Ctrl+-", bind=True, icon="settings"),
    )
