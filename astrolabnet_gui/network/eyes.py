"""Eyes: what is looked at by all who use one engine, the window and those it is lent to."""

from __future__ import annotations

from dataclasses import dataclass

from ..model.key import Key


@dataclass(frozen=True, slots=True)
class _Look:
    looked_at: Key | None
    visible: frozenset[str]
    hidden: bool


class Eyes:
    """In the engine's thread.

    Attributes:
        looked: things somebody looks at.
        visible: uuids of servers somebody has in sight.
        hidden: nobody looks: all of the windows are out of sight.
    """

    def __init__(self) -> None:
        self._looks: dict[str, _Look] = {}
        self.looked: frozenset[Key] = frozenset()
        self.visible: frozenset[str] = frozenset()
        self.hidden = False

    def turn(self, who: str, looked_at: Key | None, visible: frozenset[Key], hidden: bool) -> None:
        """One turns to something else; who looks at nothing, and is no hidden window, is forgotten."""
        if looked_at is None and not visible and not hidden:
            self._looks.pop(who, None)
        else:
            servers = frozenset(key.server for key in visible)
            self._looks[who] = _Look(None if hidden else looked_at, servers, hidden)
        looks = self._looks.values()
        self.looked = frozenset(look.looked_at for look in looks if look.looked_at is not None)
        self.visible = frozenset[str]().union(*(look.visible for look in looks))
        self.hidden = bool(looks) and all(look.hidden for look in looks)
