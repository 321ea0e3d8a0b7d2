"""Act: one row of the command table as a function, plain or awaited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..command.line import secret_fields
from ..command.registry import COMMANDS
from ..errors import BadInput
from ..journal.row import MASK
from ..model.key import Key
from ..model.thing import Thing
from ..network.link import RunEvent
from .desk import Desk


class Act:
    """``net["lal"].test()`` and ``await net["lal"].test.aio()``.

    Args:
        of: makes an object of the thing a command gives back.
        say: hears the sentence a command ends with.
    """

    def __init__(
        self, desk: Desk, name: str, key: Key | None, of: Callable[[Thing], Any], say: Callable[[str], None]
    ) -> None:
        verb = COMMANDS.get(name)
        if verb is None:
            raise AttributeError(f"there is no command {name}")
        self._desk, self._verb, self._key, self._of, self._say = desk, verb, key, of, say
        self.__doc__ = f"{verb.help}\n\nExample: {verb.example}"

    def __call__(self, action: str = "", /, **given: Any) -> Any:
        """Do it and wait; a first plain argument is the name of an action.

        Raises:
            AstroLabNetError: it did not end well, or a loop runs in this thread.
        """
        return self._end(self._desk.do(self._verb.name, self._key, self._given(action, given)))

    async def aio(self, action: str = "", /, **given: Any) -> Any:
        """The same for a loop of one's own; cancelling it cancels the command."""
        return self._end(await self._desk.do_async(self._verb.name, self._key, self._given(action, given)))

    def __repr__(self) -> str:
        return f"<{self._verb.name}: {self._verb.help.splitlines()[0]}>"

    def _given(self, action: str, given: dict[str, Any]) -> dict[str, Any]:
        fields = self._verb.params.model_fields
        if action:
            values = {k: given.pop(k) for k in list(given) if k not in fields}
            given |= {"action": action, "values": {**given.get("values", {}), **values}}
        for name in secret_fields(self._verb.params) & given.keys():
            if MASK in str(given[name]):
                raise BadInput(
                    f"{name} is not written down: the line holds dots in its place.", field=name,
                    remedy=f"Put it there yourself, as {name}=getpass.getpass().",
                )  # fmt: skip
        return given

    def _end(self, end: RunEvent) -> Any:
        self._say(end.text)
        thing = None if end.focus is None else self._desk.store.get(end.focus)
        return end.result if thing is None else self._of(thing)


class Verbs:
    """``net.island``: the commands of one noun.

    Args:
        of, say: as in ``Act``.
    """

    def __init__(self, desk: Desk, noun: str, of: Callable[[Thing], Any], say: Callable[[str], None]) -> None:
        self._desk, self._noun, self._of, self._say = desk, noun, of, say

    def __getattr__(self, verb: str) -> Any:
        if verb.startswith("_"):
            raise AttributeError(verb)
        return Act(self._desk, f"{self._noun}.{verb}", None, self._of, self._say)

    def __dir__(self) -> list[str]:
        return [c.name.partition(".")[2] for c in COMMANDS.values() if not c.on and c.name.startswith(f"{self._noun}.")]
