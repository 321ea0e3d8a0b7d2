"""Key list: all keys of the panel that has the focus, then those that work anywhere (?). No Qt."""

from __future__ import annotations

from collections.abc import Iterable

from ..command.registry import COMMANDS
from .verb_keys import LETTERS, key_of
from .view_acts import ViewAct

COMMON = (
    ("Enter", "open in detail"),
    ("M", "menu"),
    ("Backspace", "to what is above"),
    ("/", "filter the tree"),
    ("Esc", "close card or palette, then clear the selection"),
)
OF = {
    "tree": (
        ("↑ ↓ ← →", "rows, fold, unfold"), ("Alt+↑ ↓", "move a server in the list"),
        ("W", "start a wire from a source, table, dataset or server; then the keys of the graph"), *COMMON,
    ),
    "graph": (
        ("↑ ↓ ← →", "nearest node that way"), ("Tab", "next child"), ("Shift+Tab", "next wire"), ("Space", "card"),
        ("C", "fold or unfold a rack"), ("W", "start a wire; Tab: next target, Enter: wire it, Esc: leave it"),
        ("P", "pause or resume a wire"), ("[ ]", "throttle a wire down, up"),
        ("F", "fit"), ("0", "100 %"), ("+ −", "zoom"), *COMMON,
    ),
    "editor": (
        ("Ctrl+Enter", "send the selection, the cell or all"), ("Shift+Enter", "the same, and go to the next cell"),
        ("Ctrl+Shift+Enter", "send the line"), ("Alt+↑ ↓", "code that was sent before"),
        ("Tab, Ctrl+Space", "what can follow"), ("Ctrl+/", "comment or no comment"), ("Ctrl+T", "another page"),
        ("Ctrl+W", "put the page away"), ("F3, Shift+F3", "next place found, the one before"),
        ("Esc", "leave the search"),
    ),
    "": (),
}  # fmt: skip


def keys_of(panel: str, acts: Iterable[ViewAct]) -> str:
    """Lines of key and meaning.

    Args:
        panel: "tree", "graph", "editor" or "" for another.
    """
    lines = [f"{key:<18}{words}" for key, words in OF[panel]]
    if panel in ("tree", "graph"):
        verbs = [name for kinds in LETTERS.values() for name in kinds.values()]
        lines += [f"{key_of(name):<14}{COMMANDS[name].title.rstrip('…')} ({name.partition('.')[0]})" for name in verbs]
    lines += ["", "anywhere", *(f"{act.key:<14}{act.title}" for act in acts if act.bind and act.key)]
    return "\n".join(lines)
