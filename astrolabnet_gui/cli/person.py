"""Person: who is at the terminal, if anybody: asked what a command asks, told how far it is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from ..net.desk import NeedsAnswer
from ..network.link import Question, RunEvent
from .show import say


def answerer(choice: str | None) -> Callable[[Question], str]:
    """How questions are answered: by ``--answer``, by the person at the terminal, or not at all."""

    def asked(question: Question) -> str:
        offered = "/".join(question.choices)
        if choice is not None:
            if choice not in question.choices:
                raise NeedsAnswer(f"{question.text} The choices are {offered}, not {choice}.")
            return choice
        if not sys.stdin.isatty():
            raise NeedsAnswer(f"{question.text} Nobody is here to answer.", remedy=f"Give --answer {offered}.")
        while True:
            say(f"{question.text} [{offered}, default {question.default}]", sys.stderr)
            try:
                given = input().strip() or question.default
            except EOFError as exc:
                raise NeedsAnswer(f"{question.text} Nobody answered.", remedy=f"Give --answer {offered}.") from exc
            if given in question.choices:
                return given

    return asked


def teller(args: argparse.Namespace) -> Callable[[RunEvent], None]:
    """Progress goes to the terminal, not into pipes."""
    said: set[tuple[str, str]] = set()

    def tell(event: RunEvent) -> None:
        if args.json or args.quiet or not event.text or not sys.stderr.isatty() or event.problem is not None:
            return
        if (event.run, event.text) not in said:
            said.add((event.run, event.text))
            say(event.text, sys.stderr)

    return tell
