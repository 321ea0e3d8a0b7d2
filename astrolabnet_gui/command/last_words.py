"""Last words: of a channel's run that ended unheard its log and its folder are asked how it ended, once."""

from __future__ import annotations

from collections.abc import Callable

from ..model.key import Key
from ..model.thing import Thing
from ..network.engine import Engine
from ..network.link import Event, RunEvent, RunState


class LastWords:
    """One for the channels of a House. All calls in the engine's thread.

    Args:
        told: is called when a channel's answer has come, or will not come.
    """

    def __init__(self, told: Callable[[Engine, Key], None]) -> None:
        self._told = told
        self._asked: dict[Key, Key] = {}
        self.asking: set[Key] = set()

    def ask(self, engine: Engine, channel: Key, run: Thing | None) -> None:
        """Ask how a run ended: Livy's list shows the last ten lines of its log, or has forgotten it already."""
        if run is None or self._asked.get(channel) == run.key:
            return
        self._asked[channel] = run.key
        self.asking.add(channel)
        asked = engine.submit("channel.status", channel, {"last_word": True})

        def heard(event: Event) -> None:
            if not isinstance(event, RunEvent) or event.run != asked:
                return
            if event.state not in (RunState.RUNNING, RunState.ASKING):
                close()
                self.asking.discard(channel)
                self._told(engine, channel)

        close = engine.subscribe(heard)
