"""Order: what is to be sent, and the three things a sending needs of its surroundings: a client, a show, a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..model.key import Key
from ..model.livy import Id, NewStatement, Session, Statement
from ..model.task import Task
from .reconcile import StatementSource


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sent.

    Attributes:
        run: ULID of the command's run.
        session: key of the session, and ``identity`` as it was when chosen.
        kind: language; ``code`` what the user wrote or the action holds.
        sent_code: ``code`` with its values, ``values_shift`` lines longer at its head.
        params: for "send again": kind, code, action, values, name.
    """

    run: str
    session: Key
    identity: Session
    kind: str
    code: str
    sent_code: str
    values_shift: int = 0
    name: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    line: str = ""


class Client(StatementSource, Protocol):
    """The calls of a sending."""

    async def run_statement(self, id: Id, new: NewStatement) -> Statement:
        """POST it."""
        ...


class Show(Protocol):
    """How a sending tells where it stands: the engine's ``follow``."""

    def __call__(self, session: Key, task: Task, state: str = "", problem: str = "") -> Key:
        """Show a task; ``state`` "" = as its statement says. Answers with the thing's key."""
        ...


Ask = Callable[[str], Awaitable[bool]]


async def nobody(_question: str) -> bool:
    """There is no person to ask: no."""
    return False
