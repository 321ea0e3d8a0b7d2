"""Context: what a command's function is handed: the engine, the house, and the person who asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from ulid import ULID

from ..client.livy import LivyClient
from ..errors import NotApplicable
from ..model.key import Key
from ..model.server import Server
from ..model.task import Task
from ..model.thing import Thing
from ..network.engine import Engine
from ..network.link import Question
from ..network.runs import Run
from .house import House

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """One run of a command. All in the engine's thread."""

    house: House
    engine: Engine
    run: Run

    def progress(self, fraction: float | None, text: str = "") -> None:
        """Say how far it is (0..1, None = unknown) and what it does now."""
        self.run.progress(fraction, text)

    def said(self, text: str) -> None:
        """Say what it does now; what goes on in the background after its end is silent."""
        if not self.run.ended:
            self.run.progress(None, text)

    async def ask(self, text: str) -> bool:
        """Put a yes-or-no question; without a person the face decides what silence means."""
        question = Question(id=str(ULID()), text=text)
        return await self.run.ask(question) == "yes"

    async def ask_if_waited_for(self, text: str) -> bool:
        """The same for what may go on after its run has ended: nobody is there to answer then, which means no."""
        return not self.run.ended and await self.ask(text)

    def thing(self, key: Key) -> Thing:
        """Thing at ``key`` as it is now.

        Raises:
            NotApplicable: it is not there (any more).
        """
        found = self.engine.store.get(key)
        if found is None:
            raise NotApplicable("it is not there (any more).", server=self.alias(key))
        return found

    def server(self, key: Key) -> Server:
        """Server that ``key`` is on."""
        return self.engine.server(key.server)

    def alias(self, key: Key) -> str:
        """Name of that server; "" if it is not in the workspace any more."""
        try:
            return self.server(key).alias
        except NotApplicable:
            return ""

    def client(self, key: Key) -> LivyClient:
        """Client of that server; each call keeps its manners."""
        client: LivyClient = self.engine.client(key.server)
        return client

    def show(self, session: Key, task: Task, state: str = "", problem: str = "") -> Key:
        """Show a task of mine; one whose session is gone from sight stays in the journal only."""
        try:
            return self.engine.follow(session, task, state=state or "queued", problem=problem)
        except NotApplicable:
            return session.child("statements", task.task_key if task.statement is None else task.statement.id)

    async def written(self, row: Future[T]) -> T:
        """Wait for the journal.

        Raises:
            JournalClosed: it was not written.
        """
        return await asyncio.wrap_future(row)

    async def blocking(self, call: Callable[..., T], *args: Any) -> T:
        """Let a call that may block (a keyring, which may ask the person) run beside the loop."""
        return await self.house.beside(lambda: call(*args))
