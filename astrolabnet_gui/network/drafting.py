"""Drafting: layouts of the chart, made in a thread beside the engine's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .link import Arranged, Plan


def draft(plan: Plan, tell: Callable[[Arranged], None]) -> None:
    """Answer a face's question when it is done; a plan that can not be drawn is an error of the loop."""
    # Here, not above: who never draws needs no graph library.
    from .layout import arranged

    def answer(done: asyncio.Future[Arranged]) -> None:
        if not done.cancelled():
            tell(done.result())

    asyncio.get_running_loop().run_in_executor(None, arranged, plan).add_done_callback(answer)
