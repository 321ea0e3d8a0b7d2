"""connect(): the world of this user for a script or a notebook of one's own."""

from __future__ import annotations

import atexit
import builtins
from collections.abc import Callable
from contextlib import ExitStack

from ..network.link import Question, RunEvent
from .desk import NeedsAnswer
from .opened import opened
from .world import Net


def connect(answer: str = "", tell: Callable[[RunEvent], None] = lambda _: None) -> Net:
    """Open this user's workspace; ``close()`` or the program's end closes it.

    Args:
        answer: what to answer to every question ("yes"); without it a question ends the act that asks.
        tell: hears each event of a run (progress).

    Raises:
        AstroLabNetError: the workspace can not be opened.
    """

    def answers(question: Question) -> str:
        if answer in question.choices:
            return answer
        raise NeedsAnswer(
            f"{question.text} Nobody is here to answer.",
            remedy=f'Connect with an answer: connect(answer="{question.choices[0]}").',
        )

    stack = ExitStack()
    # A notebook's cells run on the kernel's loop, and may make it wait as any cell does.
    in_ipython = hasattr(builtins, "__IPYTHON__")
    here = stack.enter_context(opened(answers, tell, waits_on_a_loop=in_ipython))
    atexit.register(stack.close)

    def close() -> None:
        atexit.unregister(stack.close)
        stack.close()

    return Net(here.desk, close=close)
