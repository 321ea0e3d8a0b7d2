"""What the engine asks of a client: the few calls it makes by itself. The room ``client`` answers them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from ..errors import AstroLabNetError
from ..model.livy import Batches, Id, LogPage, Sessions, Statement, Version
from ..model.spark import Executor, Progress, Spread, Stage, TryFailed


class Livy(Protocol):
    """The calls an actor makes. Every one may raise an ``AstroLabNetError``; none is repeated by the engine."""

    async def version(self) -> Version:
        """GET /version."""
        ...

    async def sessions_if_changed(self, last: bytes | None) -> tuple[bytes, Sessions | None]:
        """GET /sessions: its bytes, and None in place of the value when they equal ``last``."""
        ...

    async def batches_if_changed(self, last: bytes | None) -> tuple[bytes, Batches | None]:
        """GET /batches: its bytes, and None in place of the value when they equal ``last``."""
        ...

    async def statement(self, session: Id, statement: Id, /) -> Statement:
        """GET one statement of a session of mine; it is a heartbeat, so never ask it of others' sessions."""
        ...

    async def session_log(self, session: Id, from_: int, size: int, /) -> LogPage:
        """GET log lines of a session of mine, to find where its Spark is; size -1 = all there are."""
        ...

    def login_again(self) -> None:
        """Read the secret anew and try it once more."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class Unusable:
    """In place of a client that could not be made (a CA file that is gone, say): every call says why."""

    def __init__(self, error: AstroLabNetError) -> None:
        self._error = error

    def __getattr__(self, _name: str) -> Callable[..., Awaitable[Any]]:
        async def call(*_args: object, **_kwargs: object) -> Any:
            raise self._error

        return call

    def login_again(self) -> None:
        """There is no login."""

    async def aclose(self) -> None:
        """There is no connection."""


class Spark(Protocol):
    """Spark's own account of the statements of one session."""

    @property
    def requests(self) -> int:
        """How many were sent so far."""
        ...

    async def progress(self, group: str, /, *, with_stages: bool = False) -> Progress:
        """Counts over the jobs of one job group (= statement id); the stages cost a second request."""
        ...

    async def executors(self) -> tuple[Executor, ...]:
        """Executors that live and those that went."""
        ...

    async def failures(self, stage: Stage, /) -> tuple[TryFailed, ...]:
        """Why tries of the tasks of one stage failed."""
        ...

    async def spread(self, stage: Stage, /) -> Spread | None:
        """How evenly the tasks of one stage ran."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...
