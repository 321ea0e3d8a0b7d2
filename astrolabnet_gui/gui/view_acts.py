"""View acts: what a person can do with the window itself; one row each for menu, palette and the list of keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ViewAct:
    """One act on the window. It is no command: nothing is journalled, no other face has it.

    Attributes:
        name: "view.fit"; title: words of the menu.
        menu: where it stands in the menu bar; "" = only in palette and keys.
        key: as Qt writes it, shown beside it; "" = none.
        bind: the key works everywhere in the window; else the panel that has the focus answers to it.
        why_not: reason why it can not be done now; "" = it can.
        words: title of the moment, if it changes ("Undo: rename lal").
    """

    name: str
    title: str
    do: Callable[[], object]
    menu: str = "View"
    key: str = ""
    bind: bool = False
    icon: str = ""
    why_not: Callable[[], str] = lambda: ""
    words: Callable[[], str] | None = None

    def now(self) -> str:
        """Title as it is now."""
        return self.words() if self.words is not None else self.title
