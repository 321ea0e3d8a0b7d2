"""Verb keys: single letters that act on a row of the tree or a node of the graph, by kind of thing. No Qt."""

from __future__ import annotations

LETTERS = {
    "S": {"servers": "server.send", "sessions": "session.send"},
    "R": {"statements": "task.again"},
    "N": {"servers": "session.new"},
    "E": {"servers": "server.edit", "sources": "source.edit"},
    "Delete": {
        "servers": "server.remove", "sessions": "session.close", "statements": "task.cancel", "batches": "batch.kill",
        "sources": "source.remove",
    },
}  # fmt: skip
_NAMES = {"Delete": "Del"}


def key_of(verb: str) -> str:
    """Key that does a verb on a row or node; "" if none does."""
    return next((_NAMES.get(letter, letter) for letter, kinds in LETTERS.items() if verb in kinds.values()), "")


def verb_of(letter: str, kind: str) -> str:
    """Verb a letter does on a thing of that kind; "" if none."""
    return LETTERS.get(letter, {}).get(kind, "")
