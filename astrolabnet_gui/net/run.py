"""Run: code sent to a session or server and followed to its end, plain or awaited."""

from __future__ import annotations

from typing import Any

from ..model.thing import Thing
from ..tasks.cause import cause_of
from .desk import Failed


class Run:
    """``session.run(code)`` and ``await session.run.aio(code)``: the task, once it has ended well."""

    def __init__(self, node: Any) -> None:
        self._node = node

    def __call__(self, code: str, **given: Any) -> Any:
        """Send code, wait for its end.

        Args:
            code: in the session's own language, or that of ``kind=``.
            given: further parameters of ``send``.

        Raises:
            Failed: the task did not end well; it says why.
        """
        task = self._node.send(code=code, **given)
        return self._good(task, self._node._desk.until(task._key, _ended))

    async def aio(self, code: str, **given: Any) -> Any:
        """The same for a loop of one's own."""
        task = await self._node.send.aio(code=code, **given)
        return self._good(task, await self._node._desk.until_async(task._key, _ended))

    def _good(self, task: Any, thing: Thing) -> Any:
        if thing.state in ("done", "available", "success"):
            return task
        above = None if thing.key.parent is None else self._node._desk.store.get(thing.key.parent)
        cause = cause_of(thing, above)
        why = cause.words if cause is not None else thing.problem
        raise Failed(f"the task ended as {thing.state}: {why}", remedy=cause.remedy if cause is not None else "")


def _ended(thing: Thing) -> bool:
    return thing.state in thing.kind.terminal
