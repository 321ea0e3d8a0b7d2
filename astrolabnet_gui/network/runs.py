"""Run: one execution of a command in the engine: its progress, its question, its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ulid import ULID

from ..errors import AstroLabNetError
from ..model.key import Key
from .link import Problem, Question, RunEvent, RunState


class Outcome(Protocol):
    """What a command gives back (``command.registry.Result``)."""

    @property
    def text(self) -> str:
        """One sentence."""
        ...

    @property
    def focus(self) -> Key | None:
        """Thing to show next."""
        ...

    @property
    def data(self) -> Any:
        """Plain data."""
        ...


class Run:
    """What a running command holds of itself. All calls in the engine's thread.

    Attributes:
        id: ULID, also that of its journal rows.
        line: the Python that does the same; set it before the first progress.
    """

    def __init__(
        self,
        command: str,
        key: Key | None,
        params: Mapping[str, Any],
        emit: Callable[[RunEvent], None],
        ident: str = "",
    ) -> None:
        self.id = ident or str(ULID())
        self.command, self.key, self.params = command, key, params
        self.line = ""
        self._emit = emit
        self._answer: asyncio.Future[str] | None = None
        self._question: Question | None = None
        self.last: RunEvent | None = None

    @property
    def ended(self) -> bool:
        """It has said its last word."""
        return self.last is not None and self.last.state in (RunState.DONE, RunState.FAILED, RunState.CANCELLED)

    def progress(self, fraction: float | None, text: str = "") -> None:
        """Say how far it is (0..1, None = unknown) and what it does now."""
        if fraction is not None:
            fraction = min(1.0, max(0.0, fraction))
        self._say(RunState.RUNNING, progress=fraction, text=text)

    async def ask(self, question: Question) -> str:
        """Wait for a person's choice; one of ``question.choices``."""
        self._question = question
        self._answer = asyncio.get_running_loop().create_future()
        self._say(RunState.ASKING, question=question, text=question.text)
        try:
            choice = await self._answer
        finally:
            self._answer = self._question = None
        self._say(RunState.RUNNING)
        return choice

    def answered(self, question: str, choice: str) -> None:
        """A person chose; an answer to another question, or one not offered, is not heard."""
        if (
            self._question is not None
            and self._answer is not None
            and not self._answer.done()
            and self._question.id == question
            and choice in self._question.choices
        ):
            self._answer.set_result(choice)

    def done(self, outcome: Outcome) -> None:
        """It ended well."""
        self._say(RunState.DONE, text=outcome.text, focus=outcome.focus, result=outcome.data)

    def failed(self, problem: Problem) -> None:
        """It ended in an error."""
        self._say(RunState.FAILED, problem=problem, text=problem.what)

    def cancelled(self) -> None:
        """Nobody waits for it any more; what was sent stays sent."""
        self._say(RunState.CANCELLED)

    def _say(self, state: RunState, **more: Any) -> None:
        self.last = RunEvent(run=self.id, command=self.command, key=self.key, state=state, line=self.line, **more)
        self._emit(self.last)


def problem_of(error: BaseException) -> Problem:
    """An error as it travels; one that is not ours is a bug and says so."""
    if isinstance(error, AstroLabNetError):
        return Problem(
            type=type(error).__name__,
            what=error.what,
            server=error.server,
            remedy=error.remedy,
            field=str(getattr(error, "field", "")),
        )
    return Problem(
        type="Bug",
        what=f"AstroLabNet itself failed: {type(error).__name__}: {error}",
        remedy="Please report it with the log.",
    )
