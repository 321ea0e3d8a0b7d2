"""Way: a face's end of the link to an engine in another process; how the messages travel is its heir's affair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

# A window makes one before it imports anything: what is heavy is imported where it is needed.
if TYPE_CHECKING:
    from ..model.key import Key
    from .link import Event, Listener, Plan


class Way:
    """A ``Link`` whose calls are messages; its heirs send them."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def _send(self, *message: object) -> None:
        raise NotImplementedError

    def _tell(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    def submit(self, command: str, key: Key | None, params: Mapping[str, Any]) -> str:
        """Start a command; the answer is its run id."""
        from ulid import ULID  # 0.3 s, which the first picture has no time for

        run = str(ULID())
        self._send("submit", command, key, dict(params), run)
        return run

    def answer(self, run: str, question: str, choice: str) -> None:
        """Answer a Question of a run."""
        self._send("answer", run, question, choice)

    def cancel(self, run: str) -> None:
        """Stop waiting for a run; what was sent stays sent."""
        self._send("cancel", run)

    def attend(self, looked_at: Key | None, visible: frozenset[Key], hidden: bool = False) -> None:
        """Say what the person looks at."""
        self._send("attend", looked_at, visible, hidden)

    def arrange(self, plan: Plan) -> None:
        """Have the chart laid out."""
        self._send("arrange", plan)

    def lend(self) -> None:
        """Have the engine let other processes in."""
        self._send("lend")

    def subscribe(self, listener: Listener, from_seq: int = 0) -> Callable[[], None]:
        """Hear all events that come from now on, for none is kept here."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
