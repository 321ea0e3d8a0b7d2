"""Progress: one line below the cell for each task that is waited for; it moves as Spark's stages end."""

from __future__ import annotations

from typing import Any

from ..model.key import Key
from ..model.thing import Thing
from .html import bar, light, text


class Progress:
    """Hears of the things that are waited for; shows those that did not end at once."""

    def __init__(self) -> None:
        self._shown: dict[Key, Any] = {}
        self._said: dict[Key, str] = {}

    def __call__(self, thing: Thing) -> None:
        """A thing as it is now."""
        from IPython.display import HTML, display

        ended = thing.state in thing.kind.terminal
        handle = self._shown.get(thing.key)
        if ended and handle is None:
            return
        line = said(thing)
        if handle is None:
            handle = self._shown[thing.key] = display(  # type: ignore[no-untyped-call]
                HTML(line), display_id=True  # type: ignore[no-untyped-call]
            )  # fmt: skip
        elif line != self._said[thing.key]:
            handle.update(HTML(line))  # type: ignore[no-untyped-call]
        self._said[thing.key] = line
        if ended:
            del self._shown[thing.key], self._said[thing.key]


def said(thing: Thing) -> str:
    """Light, bar and name of a task."""
    if thing.state in thing.kind.terminal:
        return f"{light(thing.health, thing.state)} {text(thing.label, 200)}"
    # Without a value a bar moves to and fro: it goes on, and nobody knows how far it is.
    moving = bar(thing.progress) or "<progress></progress>"
    return f"{light(thing.health, thing.state)} {moving} {text(thing.label, 200)}"
