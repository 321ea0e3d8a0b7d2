"""Acting: a house and its engine on one loop; commands run as a face runs them, questions are answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Self

import astrolabnet_gui.command  # noqa: F401  (fills the table)
from astrolabnet_gui.command.house import House
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.network.link import Event, RunEvent, RunState

ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)


class Acting:
    """``async with`` it: everything is opened, and closed at the end.

    Attributes:
        patience_s: how long a command may take.
        questions: what was asked of the person; ``answer`` says what to (default yes).
        said: what the commands told on their way.
    """

    patience_s = 20.0

    def __init__(self, house: House, engine: Engine) -> None:
        self.house, self.engine = house, engine
        self.events: asyncio.Queue[RunEvent] = asyncio.Queue()
        self.questions: list[str] = []
        self.answer: Callable[[str], str] = lambda _: "yes"
        self.said: list[str] = []

    async def __aenter__(self) -> Self:
        self.engine.subscribe(self._hear)
        self._main = asyncio.create_task(self.engine.main())
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.house.browsing.aclose()
        self.engine.stop()
        await self._main
        await self.house.sender.aclose()
        self.house.close()

    def _hear(self, event: Event) -> None:
        if isinstance(event, RunEvent):
            self.events.put_nowait(event)

    async def do(
        self, command: str, key: Key | None, params: Mapping[str, Any] | None = None, answer: str = ""
    ) -> RunEvent:
        """Run a command to its end."""
        return await self.end_of(self.engine.submit(command, key, params or {}), answer)

    async def end_of(self, run: str, answer: str = "") -> RunEvent:
        """The end of a run that was submitted."""
        async with asyncio.timeout(self.patience_s):
            while True:
                event = await self.events.get()
                if event.run != run:
                    continue
                self.said.append(event.text)
                if event.question is not None:
                    self.questions.append(event.question.text)
                    self.engine.answer(run, event.question.id, answer or self.answer(event.question.text))
                if event.state in ENDED:
                    return event

    async def well(self, command: str, key: Key | None, **params: Any) -> RunEvent:
        """Run a command that must end well."""
        event = await self.do(command, key, params)
        assert event.state is RunState.DONE, event.problem
        return event

    async def ill(self, command: str, key: Key | None, **params: Any) -> Any:
        """Run a command that must fail; its problem."""
        event = await self.do(command, key, params)
        assert event.state is RunState.FAILED, event
        assert event.problem is not None
        return event.problem
